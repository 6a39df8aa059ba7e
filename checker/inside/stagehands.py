"""What the fork server keeps of the stagehands that it has started, and what it does when all of it is over."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile

from checker.inside.leftovers import remove
from checker.inside.procfs import descendants


class Stagehands:
    """The running stagehands, and `home`: the folder that their programs' own folders are in."""

    def __init__(self) -> None:
        self.home = tempfile.mkdtemp(prefix="chat-lab-")
        os.chmod(self.home, 0o711)  # programs of another user go through it, into their own
        self._running: set[int] = set()

    def born(self, process: int) -> None:
        """Keep a new one; those that have ended are let go, so that a long run does not gather them."""
        self._wait(os.WNOHANG)
        self._running.add(process)

    def _wait(self, options: int) -> None:
        """Wait for those that have ended, or for all. The kernel is not left to reap them: it would drop the processor
        time of whom they waited for from the run's, wait(2)."""
        while self._running and (process := os.waitpid(-1, options)[0]):
            self._running.discard(process)

    def end(self, contained: bool) -> None:
        """Wait for the stagehands, end whom a killed one has left to us, and take the folder away.

        They end once the checker has closed their sockets, or is gone. Where the fork server is process 1 of a PID
        namespace they would not live to clean up if it went first.
        """
        self._wait(0)
        while not contained and (orphans := descendants(os.getpid())):
            for process in orphans:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(process, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):  # nobody is left to wait for
                os.waitpid(-1, 0)
        remove(self.home)
