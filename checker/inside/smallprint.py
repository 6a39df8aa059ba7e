"""The kernel's small print: a `send` that takes only part, a `recv` that returns less than there is.

POSIX send() and recv() may both move fewer bytes than they were asked to, and the documentation of Python's socket
module says so. `sendall` is C and does not call the patched method; MSG_WAITALL and MSG_PEEK are exempt.
"""

from __future__ import annotations

import socket
from typing import Any

MOST_SENT = 1009  # primes, so that no buffer of a power of two fits by chance; and never more than the larger half,
MOST_RECEIVED = 997  # or else what one recv() gave would always fit into one send()


def install() -> None:
    """Patch `socket.socket` in this process."""
    send, recv, recv_into = socket.socket.send, socket.socket.recv, socket.socket.recv_into
    exempt = socket.MSG_PEEK | getattr(socket, "MSG_WAITALL", 0)

    def short_send(self: socket.socket, data: Any, flags: int = 0) -> int:
        view = memoryview(data).cast("B")
        return send(self, view[: min(MOST_SENT, (len(view) + 1) // 2)], flags)

    def short_recv(self: socket.socket, size: int, flags: int = 0) -> bytes:
        return recv(self, size if flags & exempt else min(size, MOST_RECEIVED), flags)

    def short_recv_into(self: socket.socket, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        size = nbytes or memoryview(buffer).nbytes
        return recv_into(self, buffer, size if flags & exempt else min(size, MOST_RECEIVED), flags)

    socket.socket.send = short_send  # type: ignore[method-assign, assignment]
    socket.socket.recv = short_recv  # type: ignore[method-assign, assignment]
    socket.socket.recv_into = short_recv_into  # type: ignore[method-assign, assignment]
