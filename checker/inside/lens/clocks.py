"""Threads as the lens sees them: vector clocks for what is ordered, and the locks that each holds.

Two orders are kept (Lamport, 1978; Mattern, 1989). `ordered` holds what is ordered in every schedule: by Thread.start
and join, a queue, an event, a future. `passed` has the edges from a lock's release to its next acquire as well, which
are an accident of this one schedule: they excuse only how a container comes into the hands of another owner.
"""

from __future__ import annotations

import _thread
import sys
import threading
from types import FrameType
from typing import Any, NamedTuple

Clock = dict[int, int]  # number of a thread -> how far it had come, in steps of its own


class Site(NamedTuple):
    """A line of the program's."""

    file: str
    line: int


NOWHERE = Site("?", 0)
_OURS = __file__[: -len("clocks.py")]


class LockShadow:
    """What is known of one lock: its name where an assignment gave one, where it was made, who holds it."""

    __slots__ = ("kind", "name", "site", "holders", "passed", "ordered")

    def __init__(self, kind: str, site: Site) -> None:
        self.kind, self.site = kind, site
        self.name: str | None = None
        self.holders: dict[ThreadShadow, int] = {}
        self.passed: Clock = {}
        self.ordered: Clock = {}


class ThreadShadow:
    """One thread of the program's: its clocks, and the set of locks that it holds now."""

    __slots__ = ("number", "name", "role", "time", "birth", "ordered", "passed", "lockset", "busy", "site")

    def __init__(self, number: int, name: str, role: Any, birth: Signal | None) -> None:
        self.number, self.name, self.role = number, name, role
        self.time = 1
        self.birth: Clock = birth.ordered if birth is not None else {}
        self.ordered: Clock = dict(self.birth)
        self.passed: Clock = dict(birth.passed) if birth is not None else {}
        self.lockset: frozenset[LockShadow] = frozenset()
        self.busy = False  # inside the lens now: what a finalizer does meanwhile is not recorded
        self.site = NOWHERE

    def after(self, other: ThreadShadow, time: int) -> bool:
        """Whether `other`'s step `time` comes before this thread's present in every schedule."""
        return self.ordered.get(other.number, 0) >= time

    def after_this_time(self, other: ThreadShadow, time: int) -> bool:
        """Whether it came before in this schedule, the passing of locks counted."""
        return self.passed.get(other.number, 0) >= time or self.after(other, time)


class Signal:
    """What a thread knew when it gave something on: whoever takes it knows that as well."""

    __slots__ = ("giver", "ordered", "passed")

    def __init__(self, giver: ThreadShadow) -> None:
        self.giver = giver
        self.ordered = {**giver.ordered, giver.number: giver.time}
        self.passed = {**giver.passed, giver.number: giver.time}


def merge(clock: Clock, other: Clock) -> None:
    """Take over from `other` whatever is later."""
    for number, time in other.items():
        if clock.get(number, 0) < time:
            clock[number] = time


class Threads:
    """All threads that were met; `mutex` guards everything the lens knows."""

    def __init__(self) -> None:
        # Reentrant: a garbage collection in the middle of it may run a finalizer of the program's, which uses a lock.
        self.mutex = _thread.RLock()
        self.folder = "?"
        self._local = threading.local()
        self._count = 0
        self._own_files: dict[str, bool] = {}

    def forget_mutex(self) -> None:
        """In a forked child: whoever held it is not here."""
        self.mutex = _thread.RLock()

    def current(self) -> ThreadShadow:
        """The calling thread's shadow; a thread begins with what its starter knew."""
        try:
            return self._local.shadow  # type: ignore[no-any-return]
        except AttributeError:
            return self._begin()

    def _begin(self) -> ThreadShadow:
        thread: Any = getattr(threading, "_active", {}).get(_thread.get_ident())
        birth, role = getattr(thread, "_lens_birth", (None, None))
        name = thread.name if thread is not None else f"thread {_thread.get_ident()}"
        self._count += 1
        shadow = self._local.shadow = ThreadShadow(self._count, name, role, birth)
        if thread is not None:
            thread._lens_shadow = shadow
        return shadow

    def give(self) -> Signal:
        """The present thread gives something on: what it does from now on comes after."""
        me = self.current()
        signal = Signal(me)
        me.time += 1
        return signal

    def take(self, signal: Signal | None) -> None:
        """The present thread has been given something: what the giver did comes before."""
        if signal is not None:
            me = self.current()
            merge(me.ordered, signal.ordered)
            merge(me.passed, signal.passed)

    def is_own(self, filename: str) -> bool:
        """Whether a file is one of the program's own."""
        try:
            return self._own_files[filename]
        except KeyError:
            own = filename.startswith(self.folder) and "site-packages" not in filename[len(self.folder) :]
            own = own and not filename.startswith(_OURS)
            self._own_files[filename] = own
            return own

    def made_by_program(self, depth: int = 2) -> bool:
        """Whether the code `depth` calls up is the program's; a dataclass's generated __init__ is its caller's."""
        frame: FrameType | None = sys._getframe(depth)
        while frame is not None and frame.f_code.co_filename == "<string>":
            frame = frame.f_back
        return frame is not None and self.is_own(frame.f_code.co_filename)

    def site(self, frame: FrameType | None) -> Site:
        """The innermost line of the program's own at or above `frame`; the thread's last one where there is none."""
        while frame is not None:
            if self.is_own(frame.f_code.co_filename):
                return Site(frame.f_code.co_filename, frame.f_lineno or 0)
            frame = frame.f_back
        return self.current().site

    def acquired(self, lock: LockShadow) -> None:
        """The present thread holds `lock`, once more if it did already."""
        me = self.current()
        with self.mutex:
            lock.holders[me] = lock.holders.get(me, 0) + 1
            me.lockset |= {lock}
        merge(me.passed, lock.passed)
        merge(me.ordered, lock.ordered)

    def releasing(self, lock: LockShadow, times: int = 1) -> int:
        """The lock is about to be released, by its holder or (a Lock may) by another; returns how often it was held."""
        me = self.current()
        with self.mutex:
            holder = me if me in lock.holders else next(iter(lock.holders), None)
            lock.passed = {**me.passed, me.number: me.time}
            if holder is not me:  # released by somebody else: a message, as with Semaphore(0)
                lock.ordered = {**me.ordered, me.number: me.time}
            me.time += 1
            if holder is None:
                return 0
            held = lock.holders[holder]
            if held > times:
                lock.holders[holder] = held - times
            else:
                del lock.holders[holder]
                holder.lockset -= {lock}
            return held


threads = Threads()
