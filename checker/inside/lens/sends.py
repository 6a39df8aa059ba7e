"""Sends on sockets, with the locks that are held at that moment."""

from __future__ import annotations

import socket
import sys
from typing import Any

from checker.inside.lens.lockset import findings


class Sending:
    """A method that sends: recorded when it is looked up, the real one is called."""

    def __init__(self, real: Any) -> None:
        self.real = real

    def __get__(self, sock: Any, owner: Any = None) -> Any:
        if sock is None:
            return self.real
        findings.sent(sys._getframe(1))
        return self.real.__get__(sock, owner)


def install() -> None:
    """Record the sends of every socket, whatever they were replaced by before."""
    for name in ("send", "sendall", "sendto", "sendmsg"):
        real = getattr(socket.socket, name, None)
        if real is not None:
            setattr(socket.socket, name, Sending(real))
