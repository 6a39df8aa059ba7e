"""Echo client."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Iterator
from contextlib import ExitStack


def typed_lines(prompt: str) -> Iterator[str]:
    while True:
        match input(prompt).split():
            case ["exit"]:
                return
            case words:
                yield " ".join(words)


def read_back(connection: socket.socket, size: int) -> bytes:
    buffer = bytearray(size)
    view, got = memoryview(buffer), 0
    while got < size:
        count = connection.recv_into(view[got:])
        if count == 0:
            raise EOFError("the server has left")
        got += count
    return bytes(buffer)


def start_client(host: str = "localhost", port: int = 12345) -> None:
    with ExitStack() as stack:
        connection = stack.enter_context(socket.create_connection((host, port), timeout=10))
        connection.settimeout(None)
        stack.callback(print, "Bye.")
        for line in typed_lines(f"{host}:{port}> "):
            payload = line.encode()
            connection.sendall(payload)
            print("=", read_back(connection, len(payload)).decode())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host", nargs="?", default="localhost")
    parser.add_argument("port", nargs="?", type=int, default=12345)
    start_client(**vars(parser.parse_args()))
