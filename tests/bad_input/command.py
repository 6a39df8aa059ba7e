"""The real command in a folder of its own, and what is left when it has ended."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.conftest import ROOT

BOUND = 60.0 if sys.platform == "linux" else 300.0
"""Seconds after which something that had to happen is said not to: a hang, not a slow machine. A grade in quiet spells takes
its time."""

SET_CHILD_SUBREAPER = 36
ONE_CHECK = ("--check", "reaches_every_other_client")


@dataclass
class Run:
    """How a command ended: `result` is its JSON result where it wrote one."""

    status: int
    out: str
    err: str
    result: dict[str, Any] | None

    @property
    def checks(self) -> dict[str, dict[str, Any]]:
        """Every check's result by its id."""
        assert self.result is not None, self.err
        return {check["id"]: check for lab in self.result["labs"] for check in lab["checks"]}

    @property
    def words(self) -> str:
        """What was shown, in one line: where it was wrapped does not matter."""
        return " ".join((self.out + self.err).split())


class Place:
    """A folder with a submission in it, and a temporary folder that must be empty in the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "handed in"
        self.folder.mkdir()
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self._before = _descendants()

    def put(self, files: Mapping[str, str | bytes]) -> None:
        """Write files, by their paths in the folder."""
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def start(
        self, *arguments: str, before: tuple[str, ...] = (), stdin: int = subprocess.DEVNULL
    ) -> subprocess.Popen[str]:
        """Start `python -m checker ARGUMENTS`, after the words `before` (nohup)."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(self.temporary)}
        return subprocess.Popen(
            [*before, sys.executable, "-m", "checker", *arguments],
            cwd=self.folder,
            env=environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def ended(
        self, process: subprocess.Popen[str], result: Path | None = None, typed: str | None = None, bound: float = BOUND
    ) -> Run:
        """Wait for its end, after `typed` has been given to its standard input."""
        try:
            out, err = process.communicate(typed, timeout=bound)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        found = json.loads(result.read_text(encoding="utf-8")) if result and result.exists() else None
        return Run(process.returncode, out, err, found)

    def run(self, *arguments: str, before: tuple[str, ...] = (), bound: float = BOUND) -> Run:
        """`python -m checker ARGUMENTS` from start to end."""
        return self.ended(self.start(*arguments, before=before), bound=bound)

    def grade(self, *arguments: str, before: tuple[str, ...] = ()) -> Run:
        """`python -m checker grade ARGUMENTS` with its JSON result."""
        result = self.temporary.parent / "result.json"
        process = self.start("grade", *arguments, "--json", str(result), before=before)
        return self.ended(process, result)

    # What is left

    def processes(self) -> set[int]:
        """Those that were not there before. This process adopts whom a command leaves (see `adopting`)."""
        return _descendants() - self._before

    def wait_until_nobody_is_left(self) -> None:
        """After a command that was killed: its processes go by themselves, as soon as they notice."""
        while left := self.processes():
            for process in left:
                with contextlib.suppress(ProcessLookupError):
                    _wait_for_end(process)

    def nothing_is_left(self) -> None:
        """No process, no temporary file of ours, nothing in the folder but what keeps the last grades."""
        assert self.processes() == set()
        assert list(self.temporary.iterdir()) == []
        assert list(self.folder.rglob("__pycache__")) == []


def _descendants() -> set[int]:
    return {one.pid for one in psutil.Process().children(recursive=True)}


def _wait_for_end(process: int) -> None:
    handle = os.pidfd_open(process)
    try:
        ended, _writable, _failed = select.select([handle], [], [], BOUND)
        assert ended, f"process {process} does not end"
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process, os.WNOHANG)
    finally:
        os.close(handle)


@contextlib.contextmanager
def adopting() -> Iterator[None]:
    """Orphans of whatever is started here become our children, prctl(2): nobody can get out of sight, on Linux."""
    if sys.platform != "linux":
        yield
        return
    libc = ctypes.CDLL(None)
    libc.prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(SET_CHILD_SUBREAPER, 0, 0, 0, 0)


class Fact:
    """A named pipe that a program writes to once it has come to a certain line."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        path.chmod(0o666)
        self._descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def wait(self) -> None:
        """Return when the program is there."""
        ready, _writable, _failed = select.select([self._descriptor], [], [], BOUND)
        assert ready, "the program was never started"
        os.close(self._descriptor)
