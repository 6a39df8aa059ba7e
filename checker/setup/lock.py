"""Two calls at once: the second waits, and finds everything done."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

from checker.setup.place import Place


@contextlib.contextmanager
def one_at_a_time(place: Place, before_waiting: Callable[[], None]) -> Iterator[None]:
    """Keep every other call of this kit's `start.py` out; the system gives the lock back however a call ends."""
    place.state.mkdir(exist_ok=True)
    with open(place.state / "start.lock", "a+b") as file:
        if not _taken(file.fileno(), wait=False):
            before_waiting()
            while not _taken(file.fileno(), wait=True):
                pass
        yield


if sys.platform == "win32":
    import msvcrt

    def _taken(descriptor: int, *, wait: bool) -> bool:
        """Lock the file's first byte; the system itself tries for ten seconds where it is told to wait."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _taken(descriptor: int, *, wait: bool) -> bool:
        """Lock the file; where the file system has no locks (some network drives), nobody is kept out."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True
