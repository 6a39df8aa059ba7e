"""The room: who is in it, and how to speak to all of them."""

from __future__ import annotations

import contextlib
import socket
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock


@dataclass(eq=False)
class Guest:
    sock: socket.socket
    host: str
    port: int
    messages: int = 0

    def __str__(self) -> str:
        return f"('{self.host}', {self.port})"

    def tell(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self.sock.sendall(text.encode())


@dataclass
class Room:
    _guests: deque[Guest] = field(default_factory=deque)
    _lock: Lock = field(default_factory=Lock)

    @contextlib.contextmanager
    def guests(self) -> Iterator[deque[Guest]]:
        with self._lock:
            yield self._guests

    @contextlib.contextmanager
    def visit(self, guest: Guest) -> Iterator[None]:
        """`guest` is in the room as long as the block runs."""
        with self.guests() as guests:
            guests.append(guest)
        try:
            yield
        finally:
            with self.guests() as guests:
                guests.remove(guest)

    def say(self, speaker: Guest, text: str) -> int:
        with self.guests() as guests:
            hearers = [guest for guest in guests if guest is not speaker]
            for hearer in hearers:
                hearer.tell(f"{speaker}: {text}\r\n")
        return len(hearers)
