"""Whom a process has started, found in procfs in both ways."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from checker.inside import procfs

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="procfs")

FAMILY = """
import subprocess, sys
child = subprocess.Popen(["sleep", "1000"])
print(child.pid, flush=True)
sys.stdin.read()
child.kill()
child.wait()
"""


@pytest.fixture
def family() -> Iterator[set[int]]:
    """A child with a child of its own, started by another thread than the main one; the ids of both."""
    with ExitStack() as stack:
        started: list[subprocess.Popen[str]] = []

        def start() -> None:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            child = subprocess.Popen([sys.executable, "-c", FAMILY], text=True, **pipes)  # type: ignore[call-overload]
            started.append(stack.enter_context(child))

        thread = threading.Thread(target=start)
        thread.start()
        thread.join()
        assert started[0].stdout is not None
        yield {started[0].pid, int(started[0].stdout.readline())}
        started[0].communicate()


@pytest.mark.parametrize("find", [procfs.descendants, procfs._by_parents])
def test_a_family_is_found(find: Callable[[int], list[int]], family: set[int]) -> None:
    before = set(find(os.getpid()))
    assert family <= before
    assert len(find(os.getpid())) == len(before)


@pytest.mark.parametrize("find", [procfs.descendants, procfs._by_parents])
def test_who_has_no_children_and_who_is_gone(find: Callable[[int], list[int]]) -> None:
    with subprocess.Popen(["sleep", "1000"]) as childless:
        assert find(childless.pid) == []
        childless.kill()
    assert find(childless.pid) == []
