"""Legal schedules: the order of events that a check needs, where POSIX leaves it open and luck would decide.

    {"kind": "reorder", "piece": n}    who is about to act waits for the others: what can be overtaken, is
    {"kind": "epipe", "held": bool}    sends to peers named at run time fail as if those had just been reset; `held`: the
                                       first of them only when the stage says so
    {"kind": "shutdown"}               who was woken by a shutdown runs before the one that called it goes on

Nothing here does what a kernel may not do: a thread may be held up at any point, a `recv` may return less than
there is, and a send to somebody who has broken off fails.
"""

from __future__ import annotations

import contextlib
import errno
import os
import queue
import select
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from checker.inside.process import never_wait
from checker.inside.procfs import other_threads

SWITCH_INTERVAL = 1e-6
LOOK_AGAIN = 0.0003
"""Seconds between two looks at the other threads. Who waits for the interpreter wakes up far more often."""
LONGEST_HOLD = 1.0
"""Seconds for which one thread is held at most: somebody who never parks would keep everybody for ever."""
HOLD_UNSEEN = 0.01
"""Seconds for which a thread is held where it cannot be seen what the others do."""

GO = b"go"

# Where a thread is held. Of all that are, the highest goes first, and of equals the one that came last.
TASK, START, SEND, SHUTDOWN = range(4)


def install(schedule: dict[str, Any], control_fd: int) -> None:
    """Patch this process before the student's file is loaded. Over the pipe `control_fd` the stage may tell more."""
    if schedule["kind"] == "reorder":
        _install_reorder(schedule.get("piece"))
    elif schedule["kind"] == "epipe":
        _install_epipe(control_fd, bool(schedule.get("held")))
    elif schedule["kind"] == "shutdown":
        _install_shutdown()
    else:
        raise ValueError(f"no schedule is called {schedule['kind']!r}")


# What could be overtaken is overtaken


class Gate:
    """Holds threads until every other thread of the process is parked, in the kernel or here; then one goes."""

    def __init__(self) -> None:
        self._turn = threading.Condition(threading.Lock())
        self._held: list[tuple[int, int]] = []
        self._count = 0
        self._given_up = False

    def hold(self, place: int) -> None:
        """Wait for the turn of the calling thread, which has come to `place`."""
        if self._given_up:
            return
        with self._turn:
            self._count += 1
            me = (place, self._count)
            self._held.append(me)
            self._turn.notify_all()
        began = time.monotonic()
        while not self._next_is(me) or not self._may_go(began):
            pass
        with self._turn:
            self._held.remove(me)
            self._turn.notify_all()

    def _next_is(self, me: tuple[int, int]) -> bool:
        # Without a time-out: seen from outside, those who are held are parked, and only the next one is busy.
        with self._turn:
            while max(self._held) != me:
                self._turn.wait()
        return True

    def _may_go(self, began: float) -> bool:
        try:
            before = other_threads()
            time.sleep(LOOK_AGAIN)
            parked = before is not None and before == other_threads()
        except OSError:
            time.sleep(HOLD_UNSEEN)
            parked = True
        if not parked and time.monotonic() - began > LONGEST_HOLD:
            self._given_up = True
        return parked or self._given_up


def _install_reorder(piece: int | None) -> None:
    """Hold threads at their start, tasks as they leave a queue, and every send; a recv returns at most `piece` bytes.

    The newest thread starts first and runs to its end, the task taken last is worked off first, and a send goes
    out when nobody else has anything left to begin. Who starts a thread for each message, or hands each to a
    pool, turns them round, provided that several are there at once: `piece` cuts what came in one segment.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    gate = Gate()

    _before_each_thread(lambda: gate.hold(START))
    _before_each_send(lambda _socket: gate.hold(SEND))
    _after_each_task(lambda: gate.hold(TASK))
    if piece is not None:
        _receive_at_most(piece)


def _before_each_thread(do: Callable[[], None]) -> None:
    start = threading.Thread.start

    def start_held(self: threading.Thread) -> None:
        run = self.run

        def run_held() -> None:
            do()
            run()

        self.run = run_held  # type: ignore[method-assign]
        start(self)

    threading.Thread.start = start_held  # type: ignore[method-assign]


def _after_each_task(do: Callable[[], None]) -> None:
    take = queue.Queue.get

    def get(self: Any, block: bool = True, timeout: float | None = None) -> Any:
        task = take(self, block, timeout)
        do()
        return task

    queue.Queue.get = get  # type: ignore[method-assign]

    class SimpleQueue(queue.SimpleQueue):  # type: ignore[type-arg]
        """What ThreadPoolExecutor keeps its tasks in: a C type, which cannot be patched in place."""

        def get(self, block: bool = True, timeout: float | None = None) -> Any:
            task = super().get(block, timeout)
            do()
            return task

        def get_nowait(self) -> Any:
            return self.get(False)

    queue.SimpleQueue = SimpleQueue  # type: ignore[misc]


def _receive_at_most(piece: int) -> None:
    recv, recv_into = socket.socket.recv, socket.socket.recv_into
    exempt = socket.MSG_PEEK | getattr(socket, "MSG_WAITALL", 0)

    def short_recv(self: socket.socket, size: int, flags: int = 0) -> bytes:
        return recv(self, size if flags & exempt else min(size, piece), flags)

    def short_recv_into(self: socket.socket, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        size = nbytes or memoryview(buffer).nbytes
        return recv_into(self, buffer, size if flags & exempt else min(size, piece), flags)

    socket.socket.recv = short_recv  # type: ignore[method-assign, assignment]
    socket.socket.recv_into = short_recv_into  # type: ignore[method-assign, assignment]


# Peers vanish


class Vanished:
    """Peers, by their ports, that nothing can be sent to any more.

    As in the kernel: after a RST the first send may say ECONNRESET or EPIPE, by turns here, every later one EPIPE. Where
    they are `held`, the first send to one of them does not return before the stage has written GO: others may find out
    first who has gone.
    """

    def __init__(self, control_fd: int, held: bool) -> None:
        self._control = control_fd
        self._held = held
        self._ports: dict[int, type[OSError]] = {}
        self._reading = threading.Lock()
        never_wait(control_fd)

    def check(self, sock: socket.socket) -> None:
        """Raise what a send on `sock` raises, if its peer has vanished. Learns first who has."""
        with self._reading:
            self._learn()
        if not self._ports:
            return
        try:
            port = sock.getpeername()[1]
        except (OSError, IndexError):
            return
        if port in self._ports:
            with self._reading:  # another one that sends meanwhile is held up, too
                while self._held:
                    select.select([self._control], [], [])
                    self._learn()
            error = self._ports[port]
            self._ports[port] = BrokenPipeError
            number = errno.EPIPE if error is BrokenPipeError else errno.ECONNRESET
            raise error(number, os.strerror(number))

    def _learn(self) -> None:
        with contextlib.suppress(BlockingIOError):
            for word in os.read(self._control, 1 << 12).split():
                if word == GO:
                    self._held = False
                else:
                    self._ports[int(word)] = ConnectionResetError if len(self._ports) % 2 else BrokenPipeError


def _install_epipe(control_fd: int, held: bool) -> None:
    with contextlib.suppress(OSError):  # a pipe that cannot be polled (Windows before 3.12): no schedule
        _before_each_send(Vanished(control_fd, held).check)


# Who is woken up


def _install_shutdown() -> None:
    """A thread whose recv() returns because its connection was shut down runs until it waits or ends; then the one that
    shut it down goes on: it may go through a list that is not the same any more."""
    gate = Gate()
    shutdown = socket.socket.shutdown

    def shuts_down(self: socket.socket, how: int) -> None:
        shutdown(self, how)
        gate.hold(SHUTDOWN)

    socket.socket.shutdown = shuts_down  # type: ignore[method-assign, assignment]


def _before_each_send(do: Callable[[socket.socket], None]) -> None:
    for name in ("send", "sendall", "sendmsg"):
        if hasattr(socket.socket, name):
            setattr(socket.socket, name, _preceded(getattr(socket.socket, name), do))


def _preceded(send: Callable[..., Any], do: Callable[[socket.socket], None]) -> Callable[..., Any]:
    def sends(self: socket.socket, *arguments: Any, **keywords: Any) -> Any:
        do(self)
        return send(self, *arguments, **keywords)

    return sends
