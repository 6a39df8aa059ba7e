"""What the fork server keeps of the stagehands that it has started, and what it does when all of it is over."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import tempfile


class Stagehands:
    """The running stagehands, and `home`: the folder that their programs' own folders are in."""

    def __init__(self) -> None:
        self.home = tempfile.mkdtemp(prefix="chat-lab-")
        os.chmod(self.home, 0o711)  # programs of another user go through it, into their own
        self._handles: list[int] = []

    def born(self, process: int) -> None:
        """Keep a new one; those that have ended are let go, so that a long run does not gather them."""
        for handle in self._ended():
            self._handles.remove(handle)
            os.close(handle)
        with contextlib.suppress(ProcessLookupError):
            self._handles.append(os.pidfd_open(process))

    def _ended(self) -> list[int]:
        poll = select.poll()
        for handle in self._handles:
            poll.register(handle, select.POLLIN)
        return [handle for handle, _event in poll.poll(0)]

    def forget(self) -> None:
        """In a process that is to be a stagehand itself."""
        for handle in self._handles:
            os.close(handle)

    def end(self, contained: bool) -> None:
        """Wait for the stagehands, end whom a killed one has left to us, and take the folder away.

        They end once the checker has closed their sockets, or is gone. Where the fork server is process 1 of a PID
        namespace they would not live to clean up if it went first.
        """
        for handle in self._handles:
            poll = select.poll()
            poll.register(handle, select.POLLIN)
            poll.poll()
        while not contained and (orphans := descendants(os.getpid())):
            for process in orphans:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(process, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):  # nobody is left to wait for
                os.waitpid(-1, 0)
        remove(self.home)


def descendants(ancestor: int) -> list[int]:
    """Process ids of all descendants of `ancestor`, by procfs (proc(5): the parent is field 4 of stat)."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
                parent = int(file.read().rpartition(b")")[2].split()[1])
                children.setdefault(parent, []).append(int(name))
    found: list[int] = []
    waiting = [ancestor]
    while waiting:
        born = children.get(waiting.pop(), [])
        found += born
        waiting += born
    return found


def remove(folder: str) -> None:
    """Take a folder away, whatever a program has left in it."""
    try:
        os.rmdir(folder)
    except OSError:
        import shutil  # only where something was left: the import is not free

        shutil.rmtree(folder, ignore_errors=True)
