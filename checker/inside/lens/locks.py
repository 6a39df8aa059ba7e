"""Locks that record who holds them. What waits is the real lock, in the ordinary wait of the system."""

from __future__ import annotations

import _thread
import threading
from typing import Any

from checker.inside.lens.clocks import Signal, merge, threads
from checker.inside.lens.lockset import findings

_RealLock, _RealRLock = threading.Lock, threading.RLock


class Lock:
    """`threading.Lock`; the library's own code gets the real one."""

    _kind = "Lock"
    _make: Any = staticmethod(_RealLock)

    def __new__(cls) -> Any:
        if not threads.made_by_program():
            return cls._make()
        return object.__new__(cls)

    def __init__(self) -> None:
        self._real = self._make()
        self._lens = findings.made_lock(self._kind)

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """As the real lock."""
        got: bool = self._real.acquire(blocking, timeout)
        if got:
            threads.acquired(self._lens)
        return got

    def release(self) -> None:
        """As the real lock."""
        if self._may_release():
            threads.releasing(self._lens)
        self._real.release()

    def _may_release(self) -> bool:
        return bool(self._real.locked())

    def __enter__(self) -> bool:
        self._real.acquire()
        threads.acquired(self._lens)
        return True

    def __exit__(self, *_exception: object) -> None:
        self.release()

    def __repr__(self) -> str:
        return repr(self._real)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._real)


class RLock(Lock):
    """`threading.RLock`, with what a Condition asks of it."""

    _kind = "RLock"
    _make = staticmethod(_RealRLock)

    def _may_release(self) -> bool:
        return bool(self._real._is_owned())

    def _release_save(self) -> Any:
        held = threads.releasing(self._lens, times=1 << 30)
        return self._real._release_save(), held

    def _acquire_restore(self, state: Any) -> None:
        saved, held = state
        self._real._acquire_restore(saved)
        for _i in range(held):
            threads.acquired(self._lens)

    def _is_owned(self) -> Any:
        return self._real._is_owned()


class Channel:
    """What has been told by all who signalled, for whoever waited."""

    __slots__ = ("ordered", "passed")

    def __init__(self) -> None:
        self.ordered: dict[int, int] = {}
        self.passed: dict[int, int] = {}

    def tell(self) -> None:
        """The present thread signals."""
        signal: Signal = threads.give()
        with threads.mutex:
            merge(self.ordered, signal.ordered)
            merge(self.passed, signal.passed)

    def hear(self) -> None:
        """The present thread has waited for it."""
        me = threads.current()
        with threads.mutex:
            merge(me.ordered, self.ordered)
            merge(me.passed, self.passed)


class Condition(threading.Condition):
    """`threading.Condition`: its lock is recorded, and who is notified comes after who notified."""

    def __init__(self, lock: Any = None) -> None:
        self._told: Channel | None = None
        if threads.made_by_program():
            self._told = Channel()
            if lock is None:
                lock = _recorded_rlock()
        super().__init__(lock)
        self._lens = getattr(lock, "_lens", None)

    def wait(self, timeout: float | None = None) -> bool:
        """As the real condition."""
        notified = super().wait(timeout)
        if notified and self._told is not None:
            self._told.hear()
        return notified

    def notify(self, n: int = 1) -> None:
        """As the real condition; notify_all comes by here as well."""
        if self._told is not None:
            self._told.tell()
        super().notify(n)


def _recorded_rlock() -> RLock:
    lock = object.__new__(RLock)
    lock._real = _RealRLock()
    lock._lens = findings.made_lock("Condition")
    return lock


def _counted(real: type[threading.Semaphore]) -> type[threading.Semaphore]:
    """A semaphore of 1 is a lock; of one that begins at 0, who acquires comes after who released; more is neither."""

    class Counted(real):  # type: ignore[valid-type, misc]
        def __init__(self, value: int = 1) -> None:
            real.__init__(self, value)
            own = threads.made_by_program()
            self._lens = findings.made_lock("Semaphore") if own and value == 1 else None
            self._told = Channel() if own and value == 0 else None

        def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
            got = real.acquire(self, blocking, timeout)
            if got and self._lens is not None:
                threads.acquired(self._lens)
            elif got and self._told is not None:
                self._told.hear()
            return got

        __enter__ = acquire

        def release(self, n: int = 1) -> None:
            if self._lens is not None:
                threads.releasing(self._lens)
            elif self._told is not None:
                self._told.tell()
            real.release(self, n)

    Counted.__name__ = Counted.__qualname__ = real.__name__
    return Counted


Semaphore = _counted(threading.Semaphore)
BoundedSemaphore = _counted(threading.BoundedSemaphore)


class Event(threading.Event):
    """`threading.Event`: who has seen it set comes after who set it."""

    def __init__(self) -> None:
        super().__init__()
        self._told = Channel() if threads.made_by_program() else None

    def set(self) -> None:
        """As the real event."""
        if self._told is not None:
            self._told.tell()
        super().set()

    def is_set(self) -> bool:
        """As the real event."""
        seen = super().is_set()
        if seen and self._told is not None:
            self._told.hear()
        return seen

    def wait(self, timeout: float | None = None) -> bool:
        """As the real event."""
        seen = super().wait(timeout)
        if seen and self._told is not None:
            self._told.hear()
        return seen


class Barrier(threading.Barrier):
    """`threading.Barrier`: what any thread did before it comes before what any does after."""

    def __init__(self, parties: int, action: Any = None, timeout: float | None = None) -> None:
        super().__init__(parties, action, timeout)
        self._told = Channel() if threads.made_by_program() else None

    def wait(self, timeout: float | None = None) -> int:
        """As the real barrier."""
        if self._told is None:
            return super().wait(timeout)
        self._told.tell()
        place = super().wait(timeout)
        self._told.hear()
        return place


def install() -> None:
    """Put these in the place of the real ones, for code that is loaded from now on."""
    for made in (Lock, RLock, Condition, Semaphore, BoundedSemaphore, Event, Barrier):
        setattr(threading, made.__name__, made)
    for name in ("allocate_lock", "allocate"):
        if hasattr(_thread, name):
            setattr(_thread, name, Lock)
