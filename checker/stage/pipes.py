"""The pipes to a program. Where a selector cannot watch a pipe (Windows), a thread carries it to a socket."""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import sys
import threading
from typing import Protocol

from checker.inside.process import never_wait

READ = 1 << 16
LAST_WORDS = 1.0
"""Seconds that the carrying thread is given to hand over what an ended program had printed. The end of the
pipe may never come: somebody whom the program started may hold it open."""


class Incoming(Protocol):
    """Our end of a pipe that a program writes to."""

    def fileno(self) -> int:
        """For a selector."""

    def read(self) -> bytes:
        """What is there, up to 64 KiB, b"" at the end; raises BlockingIOError where nothing is there."""

    def expect_end(self) -> None:
        """The program has ended: what it wrote is to be read now."""

    def close(self) -> None:
        """Close it."""


class Outgoing(Protocol):
    """Our end of a pipe that a program reads from."""

    def write(self, data: bytes) -> None:
        """Write without waiting. Nobody reads any more: the data is lost, as it is in a terminal."""

    def unread(self) -> int:
        """Bytes that the program has not read, as far as the system tells: 0 on Windows."""

    def close(self) -> None:
        """The program sees the end of file."""


class PipeIn:
    """`Incoming` where pipes can be selected."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        never_wait(descriptor)

    def fileno(self) -> int:
        """See `Incoming`."""
        return self._descriptor

    def read(self) -> bytes:
        """See `Incoming`."""
        return os.read(self._descriptor, READ)

    def expect_end(self) -> None:
        """See `Incoming`: all of it is in the pipe."""

    def close(self) -> None:
        """See `Incoming`."""
        os.close(self._descriptor)


class CarriedIn:
    """`Incoming` through a thread that reads the pipe and a pair of sockets."""

    def __init__(self, descriptor: int) -> None:
        self._ours, self._theirs = socket.socketpair()
        self._theirs.settimeout(None)
        self._ours.setblocking(False)
        self._descriptor = descriptor
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def _carry(self) -> None:
        # OSError: the pipe is broken (a program that was killed, on Windows), or the other socket was closed.
        with contextlib.suppress(OSError), self._theirs:
            while data := os.read(self._descriptor, READ):
                self._theirs.sendall(data)
        os.close(self._descriptor)

    def fileno(self) -> int:
        """See `Incoming`."""
        return self._ours.fileno()

    def read(self) -> bytes:
        """See `Incoming`."""
        try:
            return self._ours.recv(READ)
        except TimeoutError:
            raise BlockingIOError from None
        except ConnectionError:
            return b""

    def expect_end(self) -> None:
        """See `Incoming`: the thread may still be at it."""
        self._ours.settimeout(LAST_WORDS)

    def close(self) -> None:
        """See `Incoming`. The thread goes when the last writer has gone."""
        self._ours.close()


class PipeOut:
    """`Outgoing` where a write can be told not to wait."""

    def __init__(self, descriptor: int, other_end: int) -> None:
        self._descriptor = descriptor
        never_wait(descriptor)
        # Linux tells at either end how much lies in a pipe; elsewhere only the reading end knows.
        self._asked = descriptor if sys.platform == "linux" else os.dup(other_end)

    def write(self, data: bytes) -> None:
        """See `Outgoing`."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._descriptor, data)

    def unread(self) -> int:
        """See `Outgoing`."""
        return _lies_in(self._asked)

    def close(self) -> None:
        """See `Outgoing`."""
        os.close(self._descriptor)
        if self._asked != self._descriptor:
            os.close(self._asked)


class CarriedOut:
    """`Outgoing` through a thread that writes the pipe."""

    def __init__(self, descriptor: int) -> None:
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._descriptor = descriptor
        threading.Thread(target=self._carry, daemon=True).start()

    def _carry(self) -> None:
        with contextlib.suppress(OSError):
            while (data := self._waiting.get()) is not None:
                while data:
                    data = data[os.write(self._descriptor, data) :]
        os.close(self._descriptor)

    def write(self, data: bytes) -> None:
        """See `Outgoing`."""
        self._waiting.put(data)

    def unread(self) -> int:
        """See `Outgoing`."""
        return 0

    def close(self) -> None:
        """See `Outgoing`: the end of file follows what was written."""
        self._waiting.put(None)


def _lies_in(pipe: int) -> int:
    """How many bytes lie in a pipe (FIONREAD)."""
    if sys.platform != "win32":
        import array
        import fcntl
        import termios

        size = array.array("i", [0])
        fcntl.ioctl(pipe, termios.FIONREAD, size)
        return size[0]
    return 0


def incoming(descriptor: int) -> Incoming:
    """Take over the reading end of a pipe."""
    return CarriedIn(descriptor) if sys.platform == "win32" else PipeIn(descriptor)


def outgoing(descriptor: int, other_end: int) -> Outgoing:
    """Take over the writing end of a pipe; `other_end` may be closed afterwards."""
    return CarriedOut(descriptor) if sys.platform == "win32" else PipeOut(descriptor, other_end)
