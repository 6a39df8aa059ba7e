"""Echo server: one visitor at a time."""

from __future__ import annotations

import argparse
import socket
from contextlib import closing, suppress
from dataclasses import dataclass, field

Address = tuple[str, int]


@dataclass
class Statistics:
    visitors: int = 0
    echoed: int = 0
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class EchoServer:
    address: Address
    chunk: int = 1500
    patience: float = 0.2  # seconds
    statistics: Statistics = field(default_factory=Statistics)

    def __call__(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, True)
            listener.bind(self.address)
            listener.listen()
            with suppress(KeyboardInterrupt):
                while True:
                    self.welcome(*listener.accept())

    def welcome(self, visitor: socket.socket, address: Address) -> None:
        self.statistics.visitors += 1
        visitor.settimeout(self.patience)
        with closing(visitor):
            try:
                self.converse(visitor)
            except OSError as error:
                self.statistics.failures.append(f"{address}: {error}")
        print(self.statistics)

    def converse(self, visitor: socket.socket) -> None:
        while True:
            try:
                data: bytes = visitor.recv(self.chunk)
            except TimeoutError:
                continue
            if not data:
                return
            visitor.settimeout(None)
            visitor.sendall(data)
            visitor.settimeout(self.patience)
            self.statistics.echoed += len(data)


def start_server(host: str = "localhost", port: int = 12345) -> None:
    EchoServer((host, port))()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host", nargs="?", default="localhost")
    parser.add_argument("port", nargs="?", type=int, default=12345)
    start_server(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
