"""What differs from run to run: every verdict is counted, and grades to look at afterwards are kept."""

from __future__ import annotations

import shlex
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from checker.grading.model import CheckResult, Grade, LabResult, Outcome
from checker.paths import as_known
from checker.report import jsonfile, outfile, words
from checker.report.pen import Pen
from checker.texts import _, ngettext
from checker.workplace import STATE

KEPT = Path(STATE) / "differing"
"""Where grades are kept, in a folder for each time."""
MOST_KEPT = 10
"""Grades of one program with the same verdicts that are kept: a program that always loses is not kept a thousand times."""

Save = Callable[[Path], Grade]
"""Puts whatever belongs to a grade into a folder, and gives the grade that is to be written there."""


class Verdict(NamedTuple):
    """How a check ended, and the id of the cause that was named."""

    outcome: Outcome
    cause: str | None = None

    @classmethod
    def of(cls, result: CheckResult) -> Verdict:
        """That of a result."""
        return cls(result.outcome, None if result.cause is None else result.cause.id)


@dataclass(frozen=True)
class Endings:
    """How a check of a program ended: the numbers of the runs that ended so by verdict, the most common one first."""

    program: str
    lab: str
    check: str
    runs: dict[Verdict, list[int]]

    def as_json(self) -> dict[str, Any]:
        """It in plain types."""
        verdicts = [{**verdict._asdict(), "runs": sorted(runs)} for verdict, runs in self.runs.items()]
        return {"program": self.program, "lab": self.lab, "check": self.check, "verdicts": verdicts}


class Differing:
    """Counts verdicts, by program (any name that can be a path), lab and check. A grade is kept below `folder` (None: `KEPT`)
    where it is unlike what it should be, or unlike the program's first one, which then is kept too."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = (folder or KEPT) / time.strftime("%Y-%m-%d-%H%M%S")
        self._runs: dict[tuple[str, str, str], dict[Verdict, list[int]]] = {}
        self._several: list[tuple[str, str, str]] = []
        self._first: dict[str, tuple[int, tuple[Verdict, ...], Save]] = {}
        self._alike: Counter[tuple[str, tuple[Verdict, ...]]] = Counter()
        self.kept: dict[str, dict[int, Path]] = {}
        """The files that grades were kept in, by program and run."""
        self.problem: str | None = None
        """Why some could not be kept."""

    def add(self, program: str, run: int, labs: Iterable[LabResult], save: Save, *, unlike: bool = False) -> None:
        """Count a run's verdicts. `unlike`: it is not what it should be, whatever the other runs are."""
        verdicts = []
        for lab in labs:
            for result in lab.checks:
                verdict = Verdict.of(result)
                verdicts.append(verdict)
                where = program, lab.lab, result.id
                met = self._runs.setdefault(where, {})
                met.setdefault(verdict, []).append(run)
                if len(met) > 1 and where not in self._several:
                    self._several.append(where)
        signature = tuple(verdicts)
        first_run, first, save_first = self._first.setdefault(program, (run, signature, save))
        if signature != first:
            self._keep(program, first_run, first, save_first)
        if unlike or signature != first:
            self._keep(program, run, signature, save)

    def _keep(self, program: str, run: int, signature: tuple[Verdict, ...], save: Save) -> None:
        of_program = self.kept.setdefault(program, {})
        if run in of_program or self._alike[program, signature] == MOST_KEPT:
            return
        self._alike[program, signature] += 1
        folder = self._folder / program
        path = folder / f"run-{run}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            outfile.write(jsonfile.to_bytes(save(folder)), path)
        except OSError as error:  # what is counted stands without it
            self.problem = _("Grades could not be kept: {error}").format(error=error)
            return
        of_program[run] = path

    @property
    def changed(self) -> list[Endings]:
        """The checks that ended in more than one way, in the order in which that was met."""
        return [self._endings(where) for where in self._several]

    @property
    def not_passed(self) -> list[Endings]:
        """The checks that did not pass every time."""
        passed = {Verdict("passed")}
        return [self._endings(where) for where, runs in self._runs.items() if runs.keys() != passed]

    def _endings(self, where: tuple[str, str, str]) -> Endings:
        return Endings(*where, dict(sorted(self._runs[where].items(), key=lambda one: -len(one[1]))))

    def as_json(self) -> dict[str, Any]:
        """`changed` and `kept` in plain types."""
        return {
            "changed": [one.as_json() for one in self.changed],
            "kept": {
                program: {str(run): as_known(path) for run, path in sorted(runs.items())}
                for program, runs in self.kept.items()
            },
        }

    def show_changed(self, pen: Pen) -> None:
        """Write what changed, and the command that shows a run of each verdict."""
        if self.problem is not None:
            pen.blank()
            pen.paragraph(self.problem, "bad")
        changed = self.changed
        if changed:
            text = ngettext(
                "{count} verdict changed between runs:", "{count} verdicts changed between runs:", len(changed)
            )
            pen.blank()
            pen.paragraph(text.format(count=len(changed)), "bad")
            self.show(pen, changed)

    def show(self, pen: Pen, endings: Iterable[Endings]) -> None:
        """Write how some checks ended, and the command that shows a run of each verdict that was kept."""
        for one in endings:
            pen.paragraph(one.check, "", (f"{one.program or one.lab}  ", "title"), indent=2)
            kept = self.kept.get(one.program, {})
            for verdict, runs in one.runs.items():
                cause = f" ({verdict.cause})" if verdict.cause else ""
                times = ngettext("{count} time", "{count} times", len(runs)).format(count=len(runs))
                pen.paragraph(f"{times} {verdict.outcome}{cause}", indent=4)
                path = next((kept[run] for run in runs if run in kept), None)
                if path is not None:
                    show_replay(pen, one.lab, one.check, path)


def show_replay(pen: Pen, lab: str, check: str, path: Path) -> None:
    """Write the command that shows a check of a grade that was kept."""
    command = words.command("replay", lab, check, f"--json {shlex.quote(as_known(path))}")
    pen.row((f"      {command}", "evidence"))
