"""A chat for two, and for the next two, and so on: several pairs can talk at the same time."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import queue
import socket
import threading
from dataclasses import dataclass, field


@dataclass(eq=False)
class Person:
    sock: socket.socket
    address: tuple[str, int]

    @property
    def label(self) -> bytes:
        return f"[{self.address[0]}:{self.address[1]}] ".encode()

    def hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


@dataclass(eq=False)
class Pair:
    number: int
    left: Person
    right: Person
    still_talking: int = 2
    guard: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        for source, target in ((self.left, self.right), (self.right, self.left)):
            threading.Thread(target=self.carry, args=(source, target), name=f"pair-{self.number}").start()

    def carry(self, source: Person, target: Person) -> None:
        with contextlib.suppress(OSError):
            while data := source.sock.recv(1024):
                target.sock.sendall(source.label + data + b"\n")
        target.hang_up()
        source.hang_up()
        with self.guard:
            self.still_talking -= 1
            last = self.still_talking == 0
        if last:
            self.left.sock.close()
            self.right.sock.close()
            print(f"pair {self.number} is over")


def match_people(lobby: queue.SimpleQueue[Person]) -> None:
    for number in itertools.count(1):
        left, right = lobby.get(), lobby.get()
        print(f"pair {number}: {left.address} and {right.address}")
        Pair(number, left, right).start()


def start_server(host: str = "localhost", port: int = 12345) -> None:
    lobby: queue.SimpleQueue[Person] = queue.SimpleQueue()
    threading.Thread(target=match_people, args=(lobby,), daemon=True).start()
    with socket.create_server((host, port)) as listener:
        while True:
            lobby.put(Person(*listener.accept()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host", nargs="?", default="localhost")
    parser.add_argument("port", nargs="?", default=12345, type=int)
    arguments = parser.parse_args()
    start_server(arguments.host, arguments.port)
