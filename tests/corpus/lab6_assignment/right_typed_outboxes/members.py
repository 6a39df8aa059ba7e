"""Who is in the chat."""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(eq=False)
class Member:
    sock: socket.socket
    address: tuple[str, int]
    outbox: queue.SimpleQueue[str | None] = field(default_factory=queue.SimpleQueue)

    def __post_init__(self) -> None:
        threading.Thread(target=self._write, name=f"writer {self}", daemon=True).start()

    def __str__(self) -> str:
        return "{} port {}".format(*self.address)

    def _write(self) -> None:
        while (text := self.outbox.get()) is not None:
            with contextlib.suppress(OSError):
                self.sock.sendall(text.encode())
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()


@dataclass
class Members:
    report: Callable[[str], None]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _members: dict[tuple[str, int], Member] = field(default_factory=dict)

    def join(self, member: Member) -> None:
        with self._lock:
            self._members[member.address] = member
            self.report(f"+ {member} ({len(self._members)} online)")

    def leave(self, member: Member) -> None:
        with self._lock:
            del self._members[member.address]
            self.report(f"- {member} ({len(self._members)} online)")
        member.outbox.put(None)

    def post(self, sender: Member, text: str) -> None:
        with self._lock:
            receivers = [one for one in self._members.values() if one is not sender]
        for receiver in receivers:
            receiver.outbox.put(f"[{sender}] {text}")

    def dismiss(self) -> None:
        with self._lock:
            for member in self._members.values():
                member.outbox.put(None)
