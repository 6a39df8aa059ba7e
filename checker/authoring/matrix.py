"""What became of a corpus: wrong programs by checks, what survived, and which checks no program needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from checker.authoring.corpus import Case, Disagreement, Played
from checker.authoring.differing import Verdict
from checker.authoring.pool import Record
from checker.grading.model import Outcome

Mark = Literal["lost", "skipped", "kept", "not lost", "lost wrongly", "skipped wrongly", "changed", "error"]
"""What a program did to a check: `lost`, `skipped` and `kept` as it should; `not lost` where it should have been lost,
`lost wrongly` where not; `skipped wrongly` where it is skipped only one way of the two; `changed` between runs."""


@dataclass(frozen=True)
class Run:
    """One playing of a program. `messages` are those of the checks that did not pass."""

    run: int
    seed: int
    seconds: float
    verdicts: dict[str, Verdict]
    messages: dict[str, str]
    disagreement: Disagreement

    @property
    def lost(self) -> frozenset[str]:
        """Ids that failed, or ended in the checker's own error."""
        return frozenset(id_ for id_, one in self.verdicts.items() if one.outcome in ("failed", "error"))


@dataclass
class Row:
    """A program, and what became of it so far."""

    case: Case
    runs: list[Run] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether every run was exactly as foretold."""
        return not any(run.disagreement for run in self.runs)

    @property
    def survived(self) -> bool:
        """Whether it is wrong and there is a run in which it lost nothing."""
        return not self.case.right and any(not run.lost for run in self.runs)

    def outcomes(self, check: str) -> Counter[Outcome]:
        """How often a check ended in which way."""
        return Counter(run.verdicts[check].outcome for run in self.runs if check in run.verdicts)

    def mark(self, check: str) -> Mark:
        """How a check that was played ended, as against what was foretold."""
        outcomes = set(self.outcomes(check))
        if "error" in outcomes:
            return "error"
        if len(outcomes) != 1:
            return "changed"
        (outcome,) = outcomes
        foretold: Mark = "lost" if check in self.case.loses else "skipped" if check in self.case.skips else "kept"
        met: Mark = "lost" if outcome == "failed" else "skipped" if outcome == "skipped" else "kept"
        if met == foretold:
            return met
        if met == "lost":
            return "lost wrongly"
        return "not lost" if foretold == "lost" else "skipped wrongly"


@dataclass
class Matrix:
    """A lab's programs by its checks, as far as they were played."""

    lab: str
    checks: list[str]
    rows: dict[str, Row]

    @classmethod
    def of(cls, lab: str, checks: list[str], cases: list[Case]) -> Matrix:
        """One that nothing has been played of yet."""
        return cls(lab, checks, {case.name: Row(case) for case in cases if case.lab == lab})

    def add(self, record: Record[Case], proved: bool) -> Run:
        """Take in what became of a program. `proved`: see `Played`."""
        played = Played(record.job, record.results, proved)
        run = Run(
            record.run,
            record.seed,
            record.seconds,
            {one.id: Verdict.of(one) for one in record.results},
            {one.id: one.message for one in record.results if one.message is not None},
            played.disagreement,
        )
        self.rows[record.job.name].runs.append(run)
        return run

    @property
    def played(self) -> list[Row]:
        """The programs that were played."""
        return [row for row in self.rows.values() if row.runs]

    @property
    def wrong(self) -> list[Row]:
        """The wrong ones among those that were played."""
        return [row for row in self.played if not row.case.right]

    @property
    def right(self) -> list[Row]:
        """The right ones among those that were played."""
        return [row for row in self.played if row.case.right]

    @property
    def survivors(self) -> list[str]:
        """Wrong programs that lost nothing."""
        return [row.case.name for row in self.wrong if row.survived]

    @property
    def right_that_lose(self) -> list[str]:
        """Right programs that lost a point in some run."""
        return [row.case.name for row in self.right if any(run.lost for run in row.runs)]

    @property
    def unneeded(self) -> list[str]:
        """Checks that no wrong program loses: they could not fail."""
        return [check for check in self.checks if not any(check in lost for lost in self._lost())]

    @property
    def never_alone(self) -> list[str]:
        """Checks that wrong programs lose, but none of them this check alone: without it, all the same would be found."""
        lost = list(self._lost())
        return [one for one in self.checks if one not in self.unneeded and frozenset({one}) not in lost]

    def _lost(self) -> Iterator[frozenset[str]]:
        return (run.lost for row in self.wrong for run in row.runs)

    @property
    def errors(self) -> int:
        """How many verdicts were the checker's own fault."""
        return sum(row.outcomes(check)["error"] for row in self.played for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """It in plain types: see `checker.authoring.playing`."""
        return {
            "lab": self.lab,
            "checks": self.checks,
            "programs": [_program(row) for row in self.rows.values()],
            "survivors": self.survivors,
            "right_that_lose": self.right_that_lose,
            "unneeded": self.unneeded,
            "never_alone": self.never_alone,
        }


def _program(row: Row) -> dict[str, Any]:
    case = row.case
    return {
        "name": case.name,
        "why": case.why,
        "right": case.right,
        "loses": sorted(case.loses),
        "skips": sorted(case.skips),
        "causes": sorted(case.causes),
        "agrees": row.agrees if row.runs else None,
        "runs": [
            {
                "run": run.run,
                "seed": run.seed,
                "seconds": round(run.seconds, 3),
                "disagreement": asdict(run.disagreement) if run.disagreement else None,
                "verdicts": {check: verdict._asdict() for check, verdict in run.verdicts.items()},
                "messages": run.messages,
            }
            for run in sorted(row.runs, key=lambda one: one.run)
        ],
    }
