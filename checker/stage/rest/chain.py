"""Threads that take turns: each waits for a while, does something, starts the next one and ends, as a threading.Timer does
that starts another. What one thread in a loop would be is here many, with one rhythm."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from checker.stage.rest.thread import Thread

MOST_KEPT = 16


class Chain:
    """The timed waits of threads that have ended, each kept for one thread that goes on with it."""

    def __init__(self) -> None:
        self._ended: deque[Thread] = deque(maxlen=MOST_KEPT)

    def ends(self, thread: Thread) -> None:
        """A thread has ended."""
        if thread.round_of is not None:
            self._ended.append(thread)

    def goes_on(self, threads: Iterable[Thread]) -> None:
        """Find who of `threads` (in the order of their coming) goes on for those that have ended. The youngest is asked first:
        a link of a chain is made when the one before it has done waiting."""
        if not self._ended:
            return
        for thread in reversed(list(threads)):
            before = next((one for one in self._ended if thread.goes_on_for(one)), None)
            if before is not None:
                self._ended.remove(before)

    def effect(self, *, printed_only: bool) -> None:
        """See `Observer`: rounds are counted from here, but where a line was printed in a rhythm that was there before."""
        for thread in self._ended:
            if not printed_only or not thread.known:
                thread.rounds = 0

    def learns(self) -> None:
        """What those waited in that have ended was there before anything was asked of the program: it is its own rhythm."""
        for thread in self._ended:
            thread.learns(between_rounds=True)

    def forget(self) -> None:
        """Everything is at rest: whoever is to go on has begun."""
        self._ended.clear()
