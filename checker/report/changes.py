"""What became of a lab from one grade to the next."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from checker.grading.model import CheckResult, LabResult
from checker.report.edits import Edit
from checker.report.words import needs_a_missing_program


@dataclass(frozen=True)
class Change:
    """`gained` are the checks that pass now and did not, `lost` those that did and do not any more; `points` is the
    difference that they make, None where nothing was graded before."""

    gained: list[CheckResult] = field(default_factory=list)
    lost: list[CheckResult] = field(default_factory=list)
    points: int | None = None


@dataclass(frozen=True)
class Kept:
    """An earlier grade: when it was (Unix seconds), its points, and copies of the files that were others then, by path."""

    when: float
    score: int
    max: int
    files: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Since:
    """A grade of a lab beside `before`, the last one of the same files. `edits` is what was done to them between the two.
    `best` is the best of all earlier grades, None where none was better than this one. `same_kit`: both were made by the
    same checker and the same Python. `seeds` are those of the two."""

    before: Kept
    change: Change
    edits: list[Edit] = field(default_factory=list)
    best: Kept | None = None
    same_kit: bool = True
    seeds: tuple[int, int] = (0, 0)


def between(before: LabResult | None, after: LabResult) -> Change:
    """Compare two grades of one lab; what only one of them has was neither gained nor lost."""
    if before is None:
        return Change()
    passed = {check.id: check.outcome == "passed" for check in before.checks}
    gained: list[CheckResult] = []
    lost: list[CheckResult] = []
    for check in after.checks:
        now = check.outcome == "passed"
        if passed.get(check.id, now) != now:
            (gained if now else lost).append(check)
    return Change(gained, lost, after.score - before.score)


def latest(before: LabResult | None, after: LabResult) -> LabResult:
    """What is known of a lab: of checks that could not be played now, as their program is not there or is no Python at the
    moment, what was known before."""
    if before is None:
        return after
    known = {check.id: check for check in before.checks}
    checks = [known.get(check.id, check) if needs_a_missing_program(check) else check for check in after.checks]
    return replace(after, checks=checks, mark=after.mark if after.files else before.mark)
