"""Watching a program's threads through procfs (proc(5)), from outside.

A thread is parked when /proc/PID/task/TID/syscall names a call that waits and its count of time slices
(/proc/PID/task/TID/schedstat) did not change between two looks. If that holds for every thread, there was a moment between
the looks when all of them were parked at once: each was parked from its first look to its second, and every first look came
before any second one.

One window is left: who was woken up shows the call that it waited in, and the old count, until a processor takes it up, and
that of a virtual machine may be away for milliseconds. Its state in stat is R by then (sched/core.c: TASK_WAKING is set
first), so the states are read as well, once, between the last two looks.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator

from checker.inside.procfs import descendants
from checker.stage.rest import Waiting
from checker.stage.rest.chain import Chain
from checker.stage.rest.spin import Spin
from checker.stage.rest.syscalls import ENDLESS, LONG, Call
from checker.stage.rest.thread import Thread

ROUNDS = 2
PRINTS = 5.0
"""Seconds after the last thing that a peer could see, for which words on the screen mean that there is more to come. Before
anything has come of a program they always do: it may take its time to begin, and say so."""
WHEN_NEW = (8, 1.0)
FEW_WHEN_NEW = (ROUNDS, PRINTS)
"""After how many rounds a timed wait that was not there before is a rhythm, and after how many such seconds at least: many
short ones, or a few long ones."""
USER_TIME, SYSTEM_TIME = 11, 12

_PAGE = os.sysconf("SC_PAGE_SIZE")


def readable(pid: int) -> bool:
    """Whether this user may see the system calls of `pid`'s threads here (containers and other users' often may not)."""
    try:
        with open(f"/proc/{pid}/syscall", "rb") as file:
            file.read()
        with open(f"/proc/{pid}/schedstat", "rb") as file:
            return len(file.read().split()) == 3
    except OSError:
        return False


def _state(folder: str) -> bytes:
    """The state of a process or thread, by its folder in procfs; X (dead) where it is not there any more."""
    try:
        file = os.open(folder + "/stat", os.O_RDONLY)
    except OSError:
        return b"X"
    try:
        return _state_in(file)
    finally:
        os.close(file)


def _state_in(stat: int) -> bytes:
    """The same, by its file stat, opened."""
    try:
        return os.pread(stat, 512, 0).rpartition(b")")[2].split()[0]
    except (OSError, IndexError):
        return b"X"


def _reaches(now: tuple[int, float], enough: tuple[int, float]) -> bool:
    return now[0] >= enough[0] and now[1] >= enough[1]


class ProcfsObserver:
    """See `checker.stage.rest.Observer`."""

    proved = True

    def __init__(self, pid: int, has_children: Callable[[], bool], now: Callable[[], float]) -> None:
        self.pid = pid
        self._has_children = has_children
        self._now = now
        self._threads: dict[int, Thread] = {}
        self._memory: dict[int, int] = {}
        self._chain = Chain()
        self._looks = 0
        self._moved = now()  # asked for something, or seen to do it by a peer
        self._rested = True  # nothing has been asked of the program yet
        self._has_started = False
        self._spin = Spin(lambda: self._ticks(SYSTEM_TIME))

    # Looking

    def processes(self) -> list[int]:
        """The program's process, and its descendants where it was seen to start any."""
        return [self.pid, *descendants(self.pid)] if self._has_children() else [self.pid]

    def look(self) -> bool:
        """See `Observer`: true when nothing has run since the look before and every thread is parked."""
        same = self._see()
        if self._has_ended():
            return False
        if self._spin.look(self._burned(), self._has_started):
            return all(thread.burns() or self._parked(thread) for thread in self._threads.values())
        return same and all(self._parked(thread) for thread in self._threads.values())

    def calm(self) -> bool:
        """See `Observer`: whatever ends by itself counts as waiting, too."""
        same = self._see() and not self._has_ended()
        return same and all(thread.gone or thread.call is not None for thread in self._threads.values())

    def asleep(self) -> bool:
        """See `Observer`. State D is a wait for a disk (a slow import), and sure to end by itself."""
        return all(thread.call is None or _state_in(thread.files[2]) not in b"RD" for thread in self._threads.values())

    def _has_ended(self) -> bool:
        """Whether it is over and its supervisor is about to say so: that is news, neither calm nor rest."""
        main = self._threads.get(self.pid)
        return main is None or main.gone

    def _see(self) -> bool:
        """Read every thread once; whether all of them are as they were."""
        same = True
        seen = set()
        self._looks += 1
        for process in self.processes():
            try:
                names = os.listdir(f"/proc/{process}/task")
            except OSError:
                continue
            for name in names:
                tid = int(name)
                thread = self._threads.get(tid)
                if thread is None:
                    thread = self._open(process, tid)
                    if thread is None:
                        continue
                    same = False
                seen.add(tid)
                same = self._read(thread) and same
                thread.is_seen_waiting(self._looks)
        for tid in self._threads.keys() - seen:
            self._chain.ends(self._forget(tid))
            same = False
        self._chain.goes_on(self._threads.values())
        return same

    def _open(self, process: int, tid: int) -> Thread | None:
        files: list[int] = []
        try:
            for name in ("syscall", "schedstat", "stat"):
                files.append(os.open(f"/proc/{process}/task/{tid}/{name}", os.O_RDONLY))
        except OSError:
            for file in files:
                os.close(file)
            return None
        thread = self._threads[tid] = Thread(process, (files[0], files[1], files[2]), first_seen=self._looks)
        return thread

    def _read(self, thread: Thread) -> bool:
        try:
            slices = os.pread(thread.files[1], 64, 0).split()
            line = os.pread(thread.files[0], 200, 0).decode()
        except OSError:
            thread.gone, thread.call = True, None
            return False
        if not slices:
            thread.gone, thread.call = True, None
            return False
        thread.gone = False
        count = int(slices[2])
        thread.ran = int(slices[0])
        same = count == thread.slices
        thread.slices = count
        if line.startswith(("running", "-1")):
            thread.call = None
            thread.gone = line.startswith("-1") and self._dead(thread)
            return thread.gone and same
        if not same or thread.call is None:
            thread.call = Call(line)
            thread.counts_round()
        return same

    def _dead(self, thread: Thread) -> bool:
        """Whether a thread that is in no system call is one that has ended and was not reaped yet."""
        return _state(f"/proc/{thread.process}") in b"ZX"

    # Judging

    def _parked(self, thread: Thread) -> bool:
        call = thread.call
        if call is None:
            return thread.gone
        if not call.waits:
            return False
        if not call.timed:
            return True
        known = thread.is_used_to(call)
        if known and thread.rounds >= ROUNDS:
            return True
        now = (thread.rounds, self._now() - self._moved)
        if _reaches(now, WHEN_NEW) or (self._has_started and _reaches(now, FEW_WHEN_NEW)):
            return True
        left = call.seconds(self._memory_of(thread.process))
        return left is not None and left >= (LONG if known else ENDLESS)

    def _burned(self) -> float:
        """Processor seconds since anything came of them. Of all threads together: of several that spin, all but one
        wait for the interpreter's own lock."""
        return sum(thread.ran - thread.ran_at_mark for thread in self._threads.values()) / 1e9

    def effect(self, *, printed_only: bool) -> None:
        """See `Observer`: what has run so far was not for nothing, and rounds are counted from here.

        A line printed in every round of a rhythm that was there before (a server that logs "nobody came") is part of it,
        and so is one of a program that has only printed for a while.
        """
        self._has_started = self._has_started or not printed_only
        self._spin.effect()
        if not printed_only:
            self._moved = self._now()
        only_prints = self._has_started and self._now() - self._moved >= PRINTS
        if not only_prints:
            self._chain.effect(printed_only=printed_only)
        for thread in self._threads.values():
            thread.ran_at_mark = thread.ran
            if not only_prints and not (printed_only and thread.call is not None and thread.is_used_to(thread.call)):
                thread.rounds = 0

    def spinning(self) -> bool:
        """See `Observer`."""
        return self._spin.seen

    def mark(self) -> None:
        """See `Observer`. Timed waits that are there when nothing is under way are the program's own rhythm."""
        self._see()
        self._moved = self._now()
        self._spin.effect()
        self._chain.effect(printed_only=False)
        at_start = self._rested and not self._has_started
        if at_start:
            self._chain.learns()
        for thread in self._threads.values():
            if self._rested:
                thread.learns(between_rounds=at_start)
            thread.rounds = 0
            thread.round_slices = thread.slices
            thread.ran_at_mark = thread.ran
        self._rested = False

    def rested(self) -> None:
        """The stage found everything at rest: timed waits seen now are the program's own rhythm from here on."""
        self._rested = self._has_started = True
        self._chain.forget()
        for thread in self._threads.values():
            thread.learns()

    # Facts

    def threads(self) -> list[Waiting]:
        """See `Observer`."""
        return [self._waiting(tid, thread) for tid, thread in sorted(self._threads.items()) if not thread.gone]

    def _waiting(self, tid: int, thread: Thread) -> Waiting:
        call = thread.call
        if call is None:
            return Waiting(tid, "running")
        inode = None
        if call.descriptor is not None:
            with contextlib.suppress(OSError, ValueError):
                target = os.readlink(f"/proc/{thread.process}/fd/{call.descriptor}")
                inode = int(target[len("socket:[") : -1]) if target.startswith("socket:[") else None
        return Waiting(tid, call.name, call.descriptor, inode, call.timed)

    def is_own(self, thread: int) -> bool:
        """See `Observer`."""
        return os.path.exists(f"/proc/{self.pid}/task/{thread}")

    def processor_time(self) -> float:
        """See `Observer`."""
        return self._ticks(USER_TIME) + self._ticks(SYSTEM_TIME)

    def _ticks(self, field: int) -> float:
        """Seconds in a field of stat after the name (proc(5)): utime or stime, dead threads included."""
        ticks = 0
        for process in self.processes():
            with contextlib.suppress(OSError), open(f"/proc/{process}/stat", "rb") as file:
                ticks += int(file.read().rpartition(b")")[2].split()[field])
        return ticks / os.sysconf("SC_CLK_TCK")

    def stopped(self) -> bool:
        """See `Observer` (proc(5): state T in stat)."""
        return all(_state(f"/proc/{process}/task/{task}") in b"TZX" for process, task in self._tasks())

    def _tasks(self) -> Iterator[tuple[int, str]]:
        for process in self.processes():
            with contextlib.suppress(OSError):
                yield from ((process, task) for task in os.listdir(f"/proc/{process}/task"))

    def memory(self) -> int:
        """See `Observer` (proc(5): the second number of statm, in pages)."""
        pages = 0
        for process in self.processes():
            with contextlib.suppress(OSError), open(f"/proc/{process}/statm", "rb") as file:
                pages += int(file.read().split()[1])
        return pages * _PAGE

    def descriptors(self) -> int:
        """See `Observer`."""
        count = 0
        for process in self.processes():
            with contextlib.suppress(OSError):
                for name in os.listdir(f"/proc/{process}/fd"):
                    with contextlib.suppress(OSError):
                        count += os.readlink(f"/proc/{process}/fd/{name}").startswith("socket:")
        return count

    def inodes(self) -> set[int]:
        """See `Observer`."""
        found = set()
        for process in self.processes():
            with contextlib.suppress(OSError):
                for name in os.listdir(f"/proc/{process}/fd"):
                    with contextlib.suppress(OSError):
                        target = os.readlink(f"/proc/{process}/fd/{name}")
                        if target.startswith("socket:["):
                            found.add(int(target[len("socket:[") : -1]))
        return found

    def _memory_of(self, process: int) -> int:
        if process not in self._memory:
            try:
                self._memory[process] = os.open(f"/proc/{process}/mem", os.O_RDONLY)
            except OSError:
                return -1
        return self._memory[process]

    def _forget(self, tid: int) -> Thread:
        thread = self._threads.pop(tid)
        for file in thread.files:
            os.close(file)
        return thread

    def close(self) -> None:
        """Close every file of procfs."""
        for tid in list(self._threads):
            self._forget(tid)
        for file in self._memory.values():
            os.close(file)
        self._memory.clear()
