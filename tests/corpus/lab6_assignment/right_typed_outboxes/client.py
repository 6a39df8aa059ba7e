"""A chat client."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading

from arguments import address


def receive(sock: socket.socket, ended: threading.Event) -> None:
    with contextlib.suppress(OSError), sock.makefile("rb", buffering=0) as stream:
        while data := stream.read(4096):
            sys.stdout.write(data.decode("utf-8", errors="replace") + "\n")
            sys.stdout.flush()
    if not ended.is_set():
        print("The chat is over, press Enter.")
        ended.set()


def hang_up(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def start_client(host: str = "localhost", port: int = 12345) -> None:
    ended = threading.Event()
    with contextlib.ExitStack() as stack:
        try:
            sock = stack.enter_context(socket.create_connection((host, port)))
        except OSError as error:
            sys.exit(f"no chat at {host}:{port}: {error}")
        receiver = threading.Thread(target=receive, args=(sock, ended))
        receiver.start()
        stack.callback(receiver.join)
        stack.callback(hang_up, sock)
        stack.callback(ended.set)
        stack.enter_context(contextlib.suppress(KeyboardInterrupt, OSError))
        for line in sys.stdin:
            match line.strip().lower():
                case _ if ended.is_set():
                    break
                case "exit" | "quit":
                    break
                case "":
                    pass
                case _:
                    sock.sendall(line.strip().encode())


if __name__ == "__main__":
    start_client(*address("chat client"))
