"""The room: who is in it, how they come and go, and how to speak to all of them."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(eq=False)
class Guest:
    sock: socket.socket
    address: tuple[str, int]
    lost: bool = False

    def tell(self, data: bytes) -> bool:
        if self.lost:
            return False
        try:
            self.sock.sendall(data)
        except OSError:
            self.lost = True
        return not self.lost

    def hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


@dataclass
class Room:
    guests: list[Guest] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @contextlib.contextmanager
    def visit(self, guest: Guest) -> Iterator[None]:
        """`guest` is in the room as long as the block runs; afterwards the socket is closed."""
        with self.lock:
            self.guests.append(guest)
        try:
            yield
        finally:
            with self.lock:
                self.guests.remove(guest)
            guest.hang_up()
            guest.sock.close()

    def say(self, speaker: Guest, data: bytes) -> int:
        """Returns how many have heard it."""
        host, port = speaker.address
        line = f"('{host}', {port}): ".encode() + data
        with self.lock:
            return sum(guest.tell(line) for guest in self.guests if guest is not speaker)

    def close(self) -> None:
        with self.lock:
            for guest in self.guests:
                guest.hang_up()
