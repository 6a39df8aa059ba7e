"""Watching a program where the kernel does not show its threads: a bounded quiet spell, measured with psutil.

What the program is seen to do (bytes, output, threads that come and go, processor time beyond a trickle)
begins the spell anew. It is counted in turns of our own, not by the clock: on a busy machine our pauses end
late, a late turn counts no more than the pause that was asked for, and its lateness makes the spell longer.
Verdicts are observed, not proved: who does nothing for longer than the spell, and then goes on, is misjudged.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import psutil

from checker.stage.rest import Waiting
from checker.stage.rest.connections import connections

QUIET = 0.75
"""Seconds: longer than the pauses that programs make on purpose before they answer (0.3 s is usual)."""
QUIET_AT_START = 3.0
"""Seconds, before anything was asked of a program: imports and set-up may pause longer than an answer."""
LATENESS_COUNTS = 4
LATEST_COUNTED = 0.5
LONGEST_TURN = 0.03
SHORTEST_TURN = 0.01
TRICKLE = 0.1
"""The share of one processor that a program at rest may use: timed waits that go round."""
CALM = 0.06
"""Seconds after which one that does nothing has noticed what was done; more than `TICKS`."""
TICKS = 0.04
"""Seconds of processor time within which the systems' own counting is coarse (10 to 16 ms a tick)."""
STIRS = 5.0
"""Seconds after the last thing that a peer could see, for which words on the screen, and threads that come and go, begin the
spell anew."""
SPIN_SECONDS = 1.0
"""Processor seconds without any effect after which a program spins; where it did before, `QUIET`."""

STOPPED = (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)


@dataclass(frozen=True)
class _Sample:
    """What is compared between two looks, and the processor time in seconds."""

    processes: tuple[int, ...]
    threads: int
    time: float

    def is_like(self, other: _Sample) -> bool:
        """Whether nobody came or went in between."""
        return (self.processes, self.threads) == (other.processes, other.threads)


class PortableObserver:
    """See `checker.stage.rest.Observer`. Not for several threads at once."""

    proved = False

    def __init__(self, pid: int, has_children: Callable[[], bool], now: Callable[[], float]) -> None:
        self.pid = pid
        self._has_children = has_children
        self._now = now
        self._known: dict[int, psutil.Process] = {}
        self._asked = False
        self._spins = False
        self._last = self._sample()
        self._looked = now()
        self._time_at_effect = self._last.time
        self._marked = self._looked
        self._changed = self._reached = False
        self._begin()

    def _begin(self) -> None:
        """The quiet spell begins anew."""
        self._quiet = 0.0
        self._latest = 0.0
        self._time_at_begin = self._last.time

    # Looking

    def processes(self) -> list[int]:
        """See `Observer`."""
        found = [self.pid]
        if self._has_children():
            with contextlib.suppress(psutil.Error):
                found += [child.pid for child in self._process(self.pid).children(recursive=True)]
        return found

    def _process(self, pid: int) -> psutil.Process:
        if pid not in self._known:
            self._known[pid] = psutil.Process(pid)
        return self._known[pid]

    def _each(self) -> Iterable[psutil.Process]:
        for pid in self.processes():
            with contextlib.suppress(psutil.Error):
                yield self._process(pid)

    def _sample(self) -> _Sample:
        processes = []
        threads = 0
        used = 0.0
        for process in self._each():
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                processes.append(process.pid)
                used += times.user + times.system
                threads += process.num_threads()
        return _Sample(tuple(processes), threads, used)

    def look(self) -> bool:
        """See `Observer`: true when the quiet spell is over, or the program was seen to spin."""
        turn = self._now() - self._looked
        if self._changed:
            self._changed = False
            self._looked += turn
            self._last = self._sample()
            if self._reached:
                self._reached = False
                self._marked = self._looked
                self._time_at_effect = self._last.time
            self._begin()
        elif turn >= SHORTEST_TURN:
            self._looked += turn
            self._quiet += min(turn, LONGEST_TURN)
            self._latest = max(self._latest, min(turn - LONGEST_TURN, LATEST_COUNTED))
            before, self._last = self._last, self._sample()
            if self._busy() or not (self._last.is_like(before) or self._only_stirs()):
                self._begin()
        return self.spinning() or self._quiet >= self._needed()

    def _only_stirs(self) -> bool:
        """Whether nobody has seen anything of it for long but its own screen: a timer that starts the next one does not end."""
        return self._asked and self._now() - self._marked > STIRS

    def _needed(self) -> float:
        return (QUIET if self._asked else QUIET_AT_START) + LATENESS_COUNTS * self._latest

    def _busy(self) -> bool:
        return self._last.time - self._time_at_begin > TICKS + TRICKLE * self._quiet

    def spinning(self) -> bool:
        """See `Observer`."""
        spins = self._last.time - self._time_at_effect >= (QUIET if self._spins else SPIN_SECONDS)
        self._spins = self._spins or spins
        return spins and self._quiet < self._needed()

    def mark(self) -> None:
        """See `Observer`."""
        self._asked = True
        self.effect(printed_only=False)

    def effect(self, *, printed_only: bool) -> None:
        """See `Observer`. One that only prints, and goes on, is as much at rest as it will ever be."""
        if not printed_only:
            self._reached = True
        elif self._only_stirs():
            return
        self._changed = True

    def rested(self) -> None:
        """See `Observer`. The next question has a spell of its own, whatever is done before it."""
        self._begin()

    # Facts

    def calm(self) -> bool:
        """See `Observer`: a short quiet spell, just long enough for one that spins to be seen."""
        return self._quiet >= CALM

    def asleep(self) -> bool:
        """See `Observer`: as `calm`."""
        return True

    def threads(self) -> list[Waiting]:
        """See `Observer`: psutil knows how many there are, not what they wait for."""
        found = []
        for process in self._each():
            with contextlib.suppress(psutil.Error):
                try:
                    numbers = [thread.id for thread in process.threads()]
                except psutil.AccessDenied:
                    numbers = list(range(process.num_threads()))
                found += [Waiting(number, "") for number in sorted(numbers)]
        return found

    def is_own(self, thread: int) -> bool:
        """See `Observer`: never told apart here."""
        return True

    def processor_time(self) -> float:
        """See `Observer`."""
        return self._sample().time

    def memory(self) -> int:
        """See `Observer`."""
        held = 0
        for process in self._each():
            with contextlib.suppress(psutil.Error):
                held += process.memory_info().rss
        return held

    def descriptors(self) -> int:
        """See `Observer`: whatever is open where the system counts that. A socket that was reset is in no table of
        connections any more, and still a descriptor."""
        count = 0
        for process in self._each():
            with contextlib.suppress(psutil.Error):
                count += _descriptors(process)
        return count

    def stopped(self) -> bool:
        """See `Observer`."""
        states = []
        for process in self._each():
            with contextlib.suppress(psutil.Error):
                states.append(process.status())
        return all(state in STOPPED for state in states)

    def inodes(self) -> set[int]:
        """See `Observer`: never known here. The rows of `connections` are the program's own anyway."""
        return set()

    def close(self) -> None:
        """See `Observer`."""
        self._known.clear()


def _descriptors(process: psutil.Process) -> int:
    if sys.platform != "win32":
        return process.num_fds()
    return len(connections(process))
