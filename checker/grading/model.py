"""The result of a grade: what the screen, the JSON file and every other report are views of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from checker.facts import EndedBy as EndedBy
from checker.facts import Text as Text

Outcome = Literal["passed", "failed", "skipped", "error"]
Evidence = Literal["wire", "inside", "text"]
Mark = Literal["none", "pass", "full"]

FORMAT_VERSION = 1
MOST_FRAMES = 30
"""Frames of one stack that are kept, the innermost."""


@dataclass
class Cause:
    """A named mistake that the evidence points to, with the line of the student's file where that can be told."""

    id: str
    text: str
    line: int | None = None
    file: str | None = None


@dataclass
class Frame:
    """One call on a thread's stack; `own` where the file is the student's, `source` its line where it is."""

    file: str
    line: int
    function: str
    own: bool
    source: str | None = None


@dataclass
class ThreadState:
    """One thread of the student's program: the call it waits in and, where known, the line it stands on.

    `file`, `line` and `source` are those of the innermost of its `frames` (innermost first) that is the student's own.
    `holds` and `wants` are locks, as the source names them. `peer` is who is at the other end of the connection that the
    thread waits on; `closed` is true where it waits on a descriptor that is not open any more.
    """

    name: str
    call: str
    file: str | None = None
    line: int | None = None
    source: str | None = None
    holds: list[str] = field(default_factory=list)
    wants: str | None = None
    peer: str | None = None
    closed: bool = False
    frames: list[Frame] = field(default_factory=list)


@dataclass
class CheckResult:
    """What one check found. `points` is `max` or 0; what does not apply is None."""

    id: str
    title: str
    outcome: Outcome
    points: int
    max: int
    seconds: float = 0.0
    ended_by: EndedBy | None = None
    evidence: Evidence = "wire"
    message: str | None = None
    cause: Cause | None = None
    expected: Text | None = None
    got: Text | None = None
    skipped_because: str | None = None
    note: str | None = None
    threads: list[ThreadState] = field(default_factory=list)
    output: Text | None = None
    timeline: list[dict[str, Any]] = field(default_factory=list)
    hint: str | None = None
    read: str | None = None


@dataclass
class GradedFile:
    """A file that was judged, by path as the student knows it and by digest; `saved` is its mtime (Unix seconds)."""

    path: str
    sha256: str
    saved: float


@dataclass
class LabResult:
    """One lab: its checks in the lab's own order, and the sum of their points."""

    lab: str
    max: int
    files: list[GradedFile] = field(default_factory=list)
    checks: list[CheckResult] = field(default_factory=list)
    mark: Mark | None = None
    seconds: float = 0.0
    missing: str | None = None
    notes: list[str] = field(default_factory=list)
    title: str | None = None

    @property
    def score(self) -> int:
        """The points of the checks that passed."""
        return sum(check.points for check in self.checks)


@dataclass
class Grade:
    """A whole run of the checker over a submission. `asked` are the options that make a command judge the same files."""

    submission: str
    checker: str
    python: str
    platform: str
    rest: str
    seed: int
    labs: list[LabResult] = field(default_factory=list)
    complete: bool = False
    version: int = FORMAT_VERSION
    asked: str = ""

    @property
    def score(self) -> int:
        """Points over all labs."""
        return sum(lab.score for lab in self.labs)

    @property
    def max(self) -> int:
        """Points that could be had over all labs asked for."""
        return sum(lab.max for lab in self.labs)
