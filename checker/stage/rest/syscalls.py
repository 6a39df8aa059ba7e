"""Which system call a thread waits in, and whether that wait ends by itself (proc(5): /proc/PID/syscall)."""

from __future__ import annotations

import platform
import struct
import time
from typing import Literal

Limit = Literal["never", "milliseconds", "pointer", "futex", "sleep", "always"]

# name -> (number on x86_64, number on aarch64 or None, which argument holds the descriptor, how a time-out is given,
# which argument holds it). aarch64 has only the newer forms of some calls.
_CALLS: dict[str, tuple[int | None, int | None, int | None, Limit, int]] = {
    "read": (0, 63, 0, "never", 0),
    "write": (1, 64, 0, "never", 0),
    "readv": (19, 65, 0, "never", 0),
    "writev": (20, 66, 0, "never", 0),
    "accept": (43, 202, 0, "never", 0),
    "accept4": (288, 242, 0, "never", 0),
    "connect": (42, 203, 0, "never", 0),
    "recvfrom": (45, 207, 0, "never", 0),
    "recvmsg": (47, 212, 0, "never", 0),
    "sendto": (44, 206, 0, "never", 0),
    "sendmsg": (46, 211, 0, "never", 0),
    "poll": (7, None, None, "milliseconds", 2),
    "ppoll": (271, 73, None, "pointer", 2),
    "select": (23, None, None, "pointer", 4),
    "pselect6": (270, 72, None, "pointer", 4),
    "epoll_wait": (232, None, 0, "milliseconds", 3),
    "epoll_pwait": (281, 22, 0, "milliseconds", 3),
    "futex": (202, 98, None, "futex", 3),
    "pause": (34, None, None, "never", 0),
    "rt_sigsuspend": (130, 133, None, "never", 0),
    "rt_sigtimedwait": (128, 137, None, "pointer", 2),
    "wait4": (61, 260, None, "never", 0),
    "waitid": (247, 95, None, "never", 0),
    "nanosleep": (35, 101, None, "sleep", 0),
    "clock_nanosleep": (230, 115, None, "sleep", 2),
    "restart_syscall": (219, 128, None, "always", 0),
    "fcntl": (72, 25, 0, "never", 0),
    "flock": (73, 32, 0, "never", 0),
}  # fmt: skip

_COLUMN = 1 if platform.machine() in ("aarch64", "arm64") else 0
_BY_NUMBER = {
    numbers[_COLUMN]: (name, *numbers[2:]) for name, numbers in _CALLS.items() if numbers[_COLUMN] is not None
}

_FUTEX_WAIT_BITSET = 9
_FUTEX_CLOCK_REALTIME = 256
_TIMER_ABSTIME = 1

Place = tuple[int, int | None, int]

SAME_STACK = 256
"""Bytes between two stack pointers within which the interpreter called from the same depth."""

PAGE = 4096
"""Stacks begin at a page: where in its page a stack pointer lies tells the depth of calls in any thread."""

LONG = 2.0
"""Seconds from which a timed wait is as good as untimed where it was there before, or where it waits for input."""

ENDLESS = 30.0
"""The same for any timed wait: nobody here waits so long for what may come after it."""


class Call:
    """One thread's wait: `name`, `descriptor`, whether it is `timed`, waits for `input`, and the `place` in the program
    that it is made from (number, descriptor, stack pointer)."""

    __slots__ = ("arguments", "descriptor", "for_input", "limit", "limit_at", "name", "place", "timed")

    def __init__(self, line: str) -> None:
        words = line.split()
        number = int(words[0])
        self.arguments = arguments = [int(word, 16) for word in words[1:7]]
        name, descriptor, limit, limit_at = _BY_NUMBER.get(number, (f"system call {number}", None, "always", 0))
        self.name, self.limit, self.limit_at = name, limit, limit_at
        self.descriptor = None if descriptor is None else arguments[descriptor]
        self.place = (number, self.descriptor, int(words[7], 16))
        if limit == "milliseconds":
            self.timed = arguments[limit_at] & 0x80000000 == 0
        elif limit in ("pointer", "futex"):
            self.timed = arguments[limit_at] != 0
        else:
            self.timed = limit in ("sleep", "always")
        how_many = arguments[1] if name in ("poll", "ppoll") else arguments[0]
        self.for_input = name.startswith(("epoll", "poll", "ppoll", "select", "pselect")) and how_many > 0

    def is_at(self, place: Place | None) -> bool:
        """Whether it is the same wait as one at `place`, made again. The C library makes a call from elsewhere once there
        is a second thread, and the interpreter once it has specialized an instruction: nearly the same stack is the same."""
        return place is not None and place[:2] == self.place[:2] and abs(place[2] - self.place[2]) < SAME_STACK

    def is_like(self, place: Place | None) -> bool:
        """Whether it is the same wait as one at `place`, made by another thread that runs the same code."""
        if place is None or place[:2] != self.place[:2]:
            return False
        apart = (place[2] - self.place[2]) % PAGE
        return min(apart, PAGE - apart) < SAME_STACK

    @property
    def waits(self) -> bool:
        """Whether this is a call known to wait for something, so that being in it means being parked."""
        return self.limit != "always"

    def seconds(self, memory: int) -> float | None:
        """How long the wait may last from now on, read from the thread's memory (a descriptor of /proc/PID/mem)."""
        if self.limit == "milliseconds":
            return self.arguments[self.limit_at] / 1000
        try:
            if self.limit == "pointer":
                divisor = 1e6 if self.name == "select" else 1e9
                return _duration(memory, self.arguments[self.limit_at], divisor)
            if self.limit == "futex":
                seconds = _duration(memory, self.arguments[3], 1e9)
                operation = self.arguments[1]
                if operation & 0x7F != _FUTEX_WAIT_BITSET:
                    return seconds
                realtime = operation & _FUTEX_CLOCK_REALTIME
                return seconds - (time.time() if realtime else time.monotonic())
            if self.limit == "sleep":
                seconds = _duration(memory, self.arguments[self.limit_at], 1e9)
                absolute = self.name == "clock_nanosleep" and self.arguments[1] & _TIMER_ABSTIME
                return seconds - time.clock_gettime(self.arguments[0]) if absolute else seconds
        except (OSError, struct.error):
            return None
        return None


def _duration(memory: int, address: int, divisor: float) -> float:
    import os

    seconds, fraction = struct.unpack("qq", os.pread(memory, 16, address))
    return float(seconds + fraction / divisor)
