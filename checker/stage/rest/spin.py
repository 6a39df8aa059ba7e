"""When a program only burns: it is as much at rest as it will ever be."""

from __future__ import annotations

from collections.abc import Callable

SECONDS = 2.0
"""Processor seconds without any effect after which a program is said to spin."""
SECONDS_AT_START = 5.0
"""The same before it has been at rest or reached anybody: a large library takes its time to be imported."""
SECONDS_AGAIN = 0.2
"""The same where it was seen to spin already."""
SECONDS_OF_CALLS = 0.25
"""The same, of time spent in system calls alone: who computes makes few of them, who reads on at the end of a stream
makes half a million a second. Counted from `SUSPECTED` processor seconds on, so that it costs nothing before."""
SUSPECTED = 0.05


class Spin:
    """Judges one program. `called` tells how many seconds it has spent in system calls by now."""

    def __init__(self, called: Callable[[], float]) -> None:
        self.seen = False
        self._seen_before = False
        self._called = called
        self._called_when_suspected: float | None = None

    def look(self, burned: float, has_started: bool) -> bool:
        """Whether nothing comes of all that it does; `burned` seconds of processor time since anything did."""
        self.seen = self._spins(burned, has_started)
        self._seen_before = self._seen_before or self.seen
        return self.seen

    def _spins(self, burned: float, has_started: bool) -> bool:
        if self._seen_before:
            return burned >= SECONDS_AGAIN
        if not has_started:
            return burned >= SECONDS_AT_START
        return burned >= SECONDS or (burned >= SUSPECTED and self._only_calls())

    def _only_calls(self) -> bool:
        called = self._called()
        if self._called_when_suspected is None:
            self._called_when_suspected = called
        return called - self._called_when_suspected >= SECONDS_OF_CALLS

    def effect(self) -> None:
        """What it has burned so far was not for nothing, or is not to be counted."""
        self._called_when_suspected = None
