"""A class and what became of each hand-in: what the table on the screen and the CSV are views of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from checker.grading.model import Grade
from checker.report import words
from checker.texts import N_

Standing = Literal["graded", "out of time", "error"]
Status = Literal["graded", "not graded", "out of time", "error", "not yet"]

STATUSES: dict[Status, str] = {
    "graded": N_("graded"),
    "not graded": N_("not graded"),
    "out of time": N_("out of time"),
    "error": N_("the checker failed"),
    "not yet": N_("not yet"),
}
MOST_NOTES = 6
EVERYTHING = "everything"
"""What is lost of a lab without a point."""


@dataclass
class Outcome:
    """What a grade came to, without its evidence. `labs` are (points, of how many) of those that were played to the end;
    `failed` and `skipped` ids of checks by lab. `result` is the name of the files with everything else, without suffix."""

    standing: Standing
    labs: dict[str, tuple[int, int]] = field(default_factory=dict)
    failed: dict[str, list[str]] = field(default_factory=dict)
    skipped: dict[str, list[str]] = field(default_factory=dict)
    mark: str | None = None
    notes: list[str] = field(default_factory=list)
    problem: str | None = None
    seconds: float = 0.0
    when: str = ""
    python: str = ""
    kit: str = ""
    seed: int = 0
    result: str = ""


@dataclass
class Row:
    """One hand-in of a class. `problem` is why it could not be graded, `notes` are to be read, `asides` may be; `packed`
    whether it is what its manifest says: "agrees", "differs", "" without one; `before` where the grade is of an earlier run."""

    name: str
    source: str
    number: str = ""
    problem: str | None = None
    notes: list[str] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)
    packed: str = ""
    outcome: Outcome | None = None
    before: bool = False

    @property
    def status(self) -> Status:
        """What to call it."""
        if self.outcome is not None:
            return self.outcome.standing
        return "not graded" if self.problem is not None else "not yet"

    @property
    def score(self) -> int | None:
        """Points over all labs; None where there is no grade."""
        return sum(score for score, _max in self.outcome.labs.values()) if self.outcome and self.status == "graded" else None

    @property
    def max(self) -> int | None:
        """Of how many."""
        return sum(most for _score, most in self.outcome.labs.values()) if self.outcome and self.status == "graded" else None

    def remarks(self) -> list[str]:
        """Everything that is to be told in words, a line each."""
        outcome = self.outcome or Outcome("error")
        told = [self.problem, outcome.problem, *self.notes, *outcome.notes, *self.asides]
        return [one for one in dict.fromkeys(told) if one]


def of_grade(grade: Grade) -> Outcome:
    """What a whole grade came to; one that is none is an error."""
    outcome = Outcome("graded", python=grade.python, kit=grade.checker, seed=grade.seed, problem=words.no_grade(grade))
    if outcome.problem is not None:
        outcome.standing = "error"
    for lab in grade.labs:
        outcome.labs[lab.lab] = (lab.score, lab.max)
        outcome.failed[lab.lab] = [check.id for check in lab.checks if check.outcome in ("failed", "error")]
        outcome.skipped[lab.lab] = [check.id for check in lab.checks if check.outcome == "skipped"]
        outcome.mark = lab.mark or outcome.mark
        told = [one.splitlines()[0] for one in (lab.missing, *lab.notes) if one]
        outcome.notes += [f"{lab.lab}: {one}" for one in told]
    if len(outcome.notes) > MOST_NOTES:
        outcome.notes[MOST_NOTES:] = ["..."]
    return outcome


def lost(outcome: Outcome) -> str:
    """The checks that were lost, by lab, and in parentheses those that were not tried because of them."""
    told = []
    for lab, (score, _max) in outcome.labs.items():
        failed, skipped = outcome.failed.get(lab, []), outcome.skipped.get(lab, [])
        parts = [", ".join(failed), f"({', '.join(skipped)})" if skipped else ""]
        if failed or skipped:
            told.append(f"{lab}: {' '.join(part for part in parts if part) if score else EVERYTHING}")
    return "; ".join(told)


def most_lost(rows: Iterable[Row], most: int) -> Sequence[tuple[str, str, int, int]]:
    """The (lab, check) that most have lost, how many, and of how many that have a point in that lab: who has none has not
    begun it, and tells nothing of a check. Those that only one has lost are left out."""
    outcomes = [row.outcome for row in rows if row.outcome is not None and row.status == "graded"]
    begun = Counter(lab for one in outcomes for lab, (score, _max) in one.labs.items() if score)
    counts = Counter(
        (lab, check) for one in outcomes for lab, checks in one.failed.items() for check in checks if one.labs[lab][0]
    )
    return [(lab, check, count, begun[lab]) for (lab, check), count in counts.most_common(most) if count > 1]
