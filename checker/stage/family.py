"""The processes that a program has started and that are killed along with it: those of its process group."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from collections.abc import Iterable


class Family:
    """Keeps hold of them from before the kill: afterwards nobody could tell whose child somebody was."""

    def __init__(self, leader: int, others: Iterable[int]) -> None:
        self._handles: list[int] = []
        self._processes: list[int] = []
        if sys.platform == "win32":  # Windows knows no groups: there each is waited for where it is ended
            return
        for process in others:
            with contextlib.suppress(OSError):
                if os.getpgid(process) != leader:
                    continue
                if sys.platform == "linux":
                    self._handles.append(os.pidfd_open(process))
                else:
                    self._processes.append(process)

    def wait(self) -> None:
        """Wait until all have ended and what they held open is closed. They have been sent SIGKILL, so that is certain."""
        for handle in self._handles:
            select.select([handle], [], [])
            os.close(handle)
        if self._processes:
            import psutil

            for process in self._processes:
                with contextlib.suppress(psutil.Error):
                    psutil.Process(process).wait()
