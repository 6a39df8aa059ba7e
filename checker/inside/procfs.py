"""What the processes around the student's program, and the student's own, read of procfs (proc(5)). OSError where there is
none."""

from __future__ import annotations

import contextlib
import os


def descendants(ancestor: int) -> list[int]:
    """Process ids of all descendants of `ancestor`, by the lists that their threads have of them (children).

    That there are none is certain; of several, one may be left out while another ends.
    """
    if not os.path.exists("/proc/thread-self/children"):  # a kernel without CONFIG_PROC_CHILDREN
        return _by_parents(ancestor)
    found: list[int] = []
    waiting = [ancestor]
    while waiting:
        process = waiting.pop()
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{process}/task"):
                with contextlib.suppress(OSError), open(f"/proc/{process}/task/{task}/children", "rb") as file:
                    born = [int(child) for child in file.read().split()]
                    found += born
                    waiting += born
    return found


def _by_parents(ancestor: int) -> list[int]:
    """The same, asking every process of the system for its parent (field 4 of stat)."""
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


def other_threads() -> dict[str, bytes] | None:
    """Each other thread of this process and how often it has run (schedstat); None where one runs.

    A thread that waits for the interpreter sleeps, too, but its count grows with every switch interval.
    """
    me = os.path.basename(os.readlink("/proc/thread-self"))
    slices: dict[str, bytes] = {}
    for task in os.listdir("/proc/self/task"):
        if task == me:
            continue
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended
            if _read(f"/proc/self/task/{task}/stat").rpartition(b")")[2].split()[0] not in b"SZX":
                return None
            slices[task] = _read(f"/proc/self/task/{task}/schedstat")
    return slices


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, 1024)
    finally:
        os.close(descriptor)
