"""Who plays at the same time: checks usually together, one alone where it uses what all of them share.

Without a network of its own a program with a port written into it takes that port from every other check.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from checker.stage.stage import Stage

IN_USE = (b"Address already in use", b"Errno 98]", b"Errno 48]", b"WinError 10048]")
"""How an interpreter says EADDRINUSE, on Linux, macOS and Windows."""


class Turns:
    """Many together, or one alone; who wants to be alone comes first, so that the others cannot starve it."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._together = 0
        self._alone = 0  # that play or wait to

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Play while others do."""
        with self._change:
            self._change.wait_for(lambda: self._alone == 0)
            self._together += 1
        try:
            yield
        finally:
            with self._change:
                self._together -= 1
                self._change.notify_all()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Play while nobody else does."""
        with self._change:
            self._alone += 1
            self._change.wait_for(lambda: self._together == 0)
            self._together = 1
        try:
            yield
        finally:
            with self._change:
                self._alone -= 1
                self._together = 0
                self._change.notify_all()


def met_others(stage: Stage | None) -> bool:
    """Whether a program of this stage used a port that was not this stage's alone, or found its own taken."""
    if stage is None or stage.hand.contained:
        return False
    for program in stage.cast:
        if any(word in program.printed for word in IN_USE):
            return True
        for event in program.hearsay.all("bind") + program.hearsay.all("connect"):
            _host, port = event.get("parts") or (None, None)
            if port and not stage.is_ours(port):
                return True
    return False
