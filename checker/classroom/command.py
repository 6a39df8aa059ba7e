"""`grade --submission A B C ... --csv FILE`: a class, one after the other and several at once."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker.classroom import alike
from checker.classroom.crew import Answer, Crew, Job
from checker.classroom.results import Conditions, Results, outcome_from
from checker.grading import rubric
from checker.grading.submission import AskedWrongly, select
from checker.handin.gathering import gather
from checker.handin.received import Handed
from checker.paths import as_known
from checker.report import outfile, rollcsv
from checker.report.roll import Outcome, Row
from checker.report.rollscreen import RollScreen
from checker.stage import containment
from checker.stage.stage import Settings
from checker.texts import _
from checker.unpacking import Programs
from checker.workplace import STATE, kit_root

LIMIT = 10.0
"""Minutes for one hand-in. A program that never comes to rest can cost half a minute a check."""
CHECKS_AT_ONCE = 2
"""In one hand-in, while others are graded as well."""
STANDARD_OUTPUT = "-"


@dataclass
class _One:
    """A hand-in, and what is known of it."""

    handed: Handed
    row: Row


def grade_class(options: argparse.Namespace, settings: Settings) -> int:
    """Grade every hand-in that is named; returns the exit status, that of the worst of them."""
    began = time.monotonic()
    asked = select(options.words, rubric.names())
    _are_there(options)
    gathered = gather(options.submissions, Programs(), asked)
    if not gathered.hand_ins:
        raise AskedWrongly(_("there are no submissions in {path}").format(path=as_known(options.submissions[0])))
    labs = asked or rubric.names()
    results = Results(_folder(options), _conditions(options, settings, labs))
    class_ = _Class(options, settings, labs, _rows(gathered.hand_ins), results)
    class_.play()
    class_.screen.end([one.row for one in class_.ones], gathered.left_out, class_.written(), time.monotonic() - began)
    return class_.status()


def _are_there(options: argparse.Namespace) -> None:
    for path in options.submissions:
        if not path.exists():
            raise AskedWrongly(_("there is no {path}").format(path=as_known(path)))
    if options.server or options.client:
        raise AskedWrongly(_("name folders with --submission or files with --server and --client, not both"))
    if options.check is not None or any(getattr(options, kind) for kind in ("json", "html", "junit", "github", "gradescope")):
        raise AskedWrongly(_("of several submissions there is a JSON and a page for each: say --results DIR, and no --check"))
    if options.limit is not None and options.limit <= 0:
        raise AskedWrongly(_("--limit takes a number of minutes greater than 0"))


def _folder(options: argparse.Namespace) -> Path:
    """Where the results go: where one says, else beside the CSV, else to the checker's own."""
    if options.results is not None:
        return Path(options.results)
    if options.csv is not None and options.csv != STANDARD_OUTPUT:
        csv = Path(options.csv)
        return csv.with_name(f"{csv.stem}-results")
    return Path(STATE) / "class"


def _conditions(options: argparse.Namespace, settings: Settings, labs: Sequence[str]) -> Conditions:
    python = ".".join(map(str, sys.version_info[:2]))
    return Conditions(tuple(labs), python, settings.bound, options.seed, Conditions.kit_digest(kit_root()))


def _rows(hand_ins: Sequence[Handed]) -> list[_One]:
    ones = []
    for handed, same in zip(hand_ins, alike.remarks(hand_ins, kit_root() / "solutions"), strict=True):
        row = Row(handed.name, handed.source, handed.number, handed.problem)
        row.notes += handed.notes
        if handed.problem is None:
            different = handed.differences()
            stubs = alike.not_begun(handed)
            row.packed = ("differs" if different else "agrees") if handed.claim else ""
            row.notes += different
            row.asides += [*same, *([stubs] if stubs else [])]
        ones.append(_One(handed, row))
    return ones


class _Class:
    """One run over a class. `ones` are in the order in which they are shown."""

    def __init__(
        self, options: argparse.Namespace, settings: Settings, labs: Sequence[str], ones: list[_One], results: Results
    ) -> None:
        self.ones = ones
        self.screen = RollScreen(sys.stderr if options.csv == STANDARD_OUTPUT else sys.stdout, len(ones))
        self._labs = list(labs)
        self._csv: str | None = options.csv
        self._results = results
        self._settings = settings
        self._limit = (options.limit or LIMIT) * 60
        self._at_once: int = options.jobs or containment.processors()
        self._afresh: bool = options.afresh

    def play(self) -> None:
        """Grade whoever has no grade yet; what is there is kept at once, and shown in the end."""
        to_do = [number for number, one in enumerate(self.ones) if one.row.problem is None and not self._knows(one)]
        with self._writing():
            self._write()
            self._results.make()
        at_once = min(len(to_do), self._at_once)
        self.screen.begin(sum(one.row.before for one in self.ones), len(to_do), at_once)
        crew = Crew(at_once, self._limit)
        try:
            with contextlib.closing(crew.play([self._job(number) for number in to_do])) as answers:
                for answer in answers:
                    self._take(answer)
        except KeyboardInterrupt:
            self.screen.interrupted([one.row for one in self.ones], as_known(self._results.folder))
            raise
        finally:
            self.screen.close()
        with self._writing():
            self._write(last=True)
        self.screen.table([one.row for one in self.ones], self._labs)

    def _knows(self, one: _One) -> bool:
        outcome = None if self._afresh else self._results.kept(one.handed, self._limit)
        if outcome is not None:
            self._known(one, outcome)
            one.row.before = True
        return one.row.before

    def _known(self, one: _One, outcome: Outcome) -> None:
        one.row.outcome = outcome
        claim = one.handed.claim
        if claim is None or one.row.packed != "agrees":
            return
        for lab, seen in claim.points.items():
            if lab in outcome.labs and outcome.labs[lab][0] != seen:
                text = _("{lab}: its manifest says {seen} points, with Python {python}")
                one.row.notes.append(text.format(lab=lab, seen=seen, python=claim.python))

    def _job(self, number: int) -> Job:
        handed = self.ones[number].handed
        about: dict[str, Any] = {
            "submission": handed.source,
            "labs": self._labs,
            "seed": self._settings.seed,
            "bound": self._settings.bound,
            "jobs": CHECKS_AT_ONCE if containment.choose(self._settings).rest == "procfs" else None,
            "limit": self._limit,
            "to": str(self._results.folder.absolute() / self._results.stem(handed)),
        }
        return Job(number, handed.write, about)

    def _take(self, answer: Answer) -> None:
        one = self.ones[answer.job.number]
        outcome = _outcome(answer)
        self._known(one, outcome)
        with self._writing():
            self._results.keep(one.handed, outcome, self._limit)
        with contextlib.suppress(OSError):  # somebody looks at it, which locks it on Windows: there will be another time
            self._write()
        self.screen.ended(one.row)

    def _write(self, last: bool = False) -> None:
        """The CSV as far as it is known: it is whole at any moment."""
        if self._csv is not None and (last or self._csv != STANDARD_OUTPUT):
            outfile.write(rollcsv.to_bytes([one.row for one in self.ones], self._labs), self._csv)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise AskedWrongly(_("the results could not be written: {error}").format(error=error)) from None

    def written(self) -> list[tuple[str, str]]:
        """What was written, and where."""
        pages = (_("A page and a JSON result for each:"), as_known(self._results.folder))
        to_a_file = self._csv is not None and self._csv != STANDARD_OUTPUT
        return [*([(_("CSV:"), as_known(str(self._csv)))] if to_a_file else []), pages]

    def status(self) -> int:
        """0 every point for everybody, 1 points lost or something not graded, 3 the checker's own fault."""
        rows = [one.row for one in self.ones]
        if any(row.status == "error" for row in rows):
            return 3
        return 0 if all(row.score is not None and row.score == row.max for row in rows) else 1


def _outcome(answer: Answer) -> Outcome:
    said = answer.said or {}
    if "outcome" in said:
        return outcome_from(said["outcome"])
    if answer.late:
        return Outcome("error", problem=_("the checker did not come to an end with it, and was ended"))
    words = (said.get("error") or answer.last_words).strip().splitlines()
    return Outcome("error", problem=_("the checker itself failed: {reason}").format(reason=words[-1] if words else "?"))
