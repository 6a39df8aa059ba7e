"""What a page shows of a grade, laid out for its templates: they only put it in its place."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property

from checker.facts import EndedBy
from checker.grading.model import CheckResult, Evidence, Grade, GradedFile, LabResult, Outcome, ThreadState
from checker.paths import as_known
from checker.report import marked, words
from checker.report.eventtable import Happening, rows
from checker.report.marked import Piece
from checker.texts import N_, _

DIGEST_SHOWN = 12
"""Hexadecimal digits of a file's SHA-256: enough to tell two versions of it apart."""

LONGEST_NAME = 80
LONGEST_SOURCE = 240

HOW: dict[Evidence, str] = {
    "wire": N_("Seen from outside, over real connections."),
    "inside": N_("Watched inside your program while it ran."),
    "text": N_("Read in the source: nothing was run for it."),
}
ENDED: dict[EndedBy, str] = {
    "rest": N_("The verdict came when your program had nothing left to do."),
    "seen": N_("The verdict came as soon as what was expected had come."),
    "exit": N_("The verdict came when your program had ended."),
    "bound": N_("The verdict came when the checker stopped waiting: your program was still busy."),
}
OBSERVED = N_("The verdict came when nothing had moved for a while (observed, not proved).")


@dataclass
class Compared:
    """What was expected, or what came. `said` is what is wrong from the mark on; `missing` where nothing is there to mark."""

    label: str
    pieces: list[Piece]
    long: bool = False
    said: str = ""
    missing: bool = False


@dataclass
class Waiting:
    """Threads that are at one place."""

    names: str
    waits: str
    source: str
    locks: list[str]


@dataclass
class CheckView:
    """One check. `above` is an earlier one of the lab that failed with the same message, `builds_on` one that failed."""

    result: CheckResult
    lab: LabResult
    asked: str
    proved: bool
    place: str = ""
    above: CheckView | None = None
    builds_on: CheckView | None = None

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return f"{self.place}{self.lab.lab}-{self.result.id}"

    @property
    def points(self) -> str:
        """What it got of what it is worth."""
        return _("{score} of {max}").format(score=self.result.points, max=self.result.max)

    @property
    def message(self) -> str:
        """What went wrong."""
        return self.result.message or _(words.NO_MESSAGE)

    @property
    def how(self) -> str:
        """What the verdict rests on, how it came about, and how long that took."""
        result = self.result
        said = [_(HOW[result.evidence])]
        if result.ended_by is not None:
            said.append(_(ENDED[result.ended_by] if self.proved or result.ended_by != "rest" else OBSERVED))
        if result.seconds:
            said.append(_("({seconds} s)").format(seconds=f"{result.seconds:.2f}"))
        return " ".join(said)

    @cached_property
    def compared(self) -> list[Compared]:
        """What was expected and what came, as far as the check says."""
        found = []
        expected, got = self.result.expected, self.result.got
        if expected is not None:
            pieces = marked.marked(expected.text, None)
            found.append(Compared(_("expected"), pieces, marked.is_long(expected.text)))
        if got is not None:
            mark = marked.mark_of(expected, got)
            came = Compared(_("came"), marked.marked(got.text, mark), marked.is_long(got.text))
            if expected is not None and mark is not None:
                came.said = words.difference(expected.text, got.text, mark)
                came.missing = mark >= len(got.text)
            found.append(came)
        return found

    @property
    def then(self) -> str | None:
        """The words before its program's threads, or in their place."""
        if not self.result.threads:
            return words.no_threads(self.result)
        return _(words.THEN[self.result.ended_by])

    @cached_property
    def threads(self) -> list[Waiting]:
        """Where its program was."""
        groups = list(words.alike(self.result.threads).values())
        return [_waiting(group) for group in groups[: words.MOST_THREADS]]

    @property
    def more_threads(self) -> str:
        """How many threads are not shown."""
        groups = list(words.alike(self.result.threads).values())
        count = sum(len(group) for group in groups[words.MOST_THREADS :])
        return words.more_threads(count) if count else ""

    @cached_property
    def printed(self) -> list[str]:
        """The last lines of what its program printed."""
        output = self.result.output
        if output is None or words.told_already(output, self.result.got):
            return []
        return marked.printed(output)

    @cached_property
    def events(self) -> list[Happening]:
        """What happened, a row an event."""
        return list(rows(self.result.timeline))

    @property
    def commands(self) -> list[tuple[str, str]]:
        """What can be done next, in words and as it is typed."""
        lab, check = self.lab.lab, self.result.id
        again = words.command("grade", lab, f"--check {check}", self.asked)
        if self.result.outcome == "error":
            return [(_("Try this one again:"), again)]
        return [
            (_("Try this one again:"), again),
            (_("See it step by step:"), words.command("replay", lab, check, self.asked)),
            (_("The next hint:"), words.command("hint", lab, check)),
        ]


def _waiting(group: list[ThreadState]) -> Waiting:
    short = [ThreadState(marked.shortened(one.name, LONGEST_NAME), one.call) for one in group]
    source = marked.shortened(group[0].source or "", LONGEST_SOURCE)
    return Waiting(
        words.names(short), marked.shortened(words.waits(*group), LONGEST_SOURCE), source, words.locks(group[0])
    )


@dataclass
class LabView:
    """One lab. `not_tried` are sentences on checks whose program is not there, with those checks; `checks` the others."""

    lab: LabResult
    checks: list[CheckView] = field(default_factory=list)
    not_tried: list[tuple[str, list[CheckResult]]] = field(default_factory=list)
    place: str = ""

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return f"{self.place}{self.lab.lab}"

    @property
    def heading(self) -> str:
        """Its number and its title."""
        return words.lab_heading(self.lab.title or self.lab.lab, words.lab_number(self.lab.lab))

    @property
    def points(self) -> str:
        """What it got of what it is worth."""
        return _("{score} of {max} points").format(score=self.lab.score, max=self.lab.max)

    @property
    def mark(self) -> str:
        """Lab 6's mark."""
        return _(words.LAB_MARKS[self.lab.mark]) if self.lab.mark is not None and self.lab.files else ""

    @property
    def part(self) -> int:
        """Its points in percent."""
        return 100 * self.lab.score // self.lab.max if self.lab.max else 0

    @property
    def counts(self) -> list[str]:
        """How many checks had which outcome: "8 passed", "2 failed"."""
        outcomes = [check.outcome for check in self.lab.checks]
        said: list[Outcome] = ["passed", "failed", "skipped", "error"]
        return [f"{outcomes.count(one)} {_(words.OUTCOMES[one])}" for one in said if one in outcomes]

    @property
    def sentences(self) -> list[str]:
        """What is to be noted, each once."""
        return list(dict.fromkeys(note for note in self.lab.notes if note))

    @property
    def begin_with(self) -> CheckView | None:
        """The first check that failed, where there is more than one."""
        lost = next((view for view in self.checks if view.result.outcome == "failed"), None)
        return lost if len(self.lab.checks) > 1 else None

    @property
    def files(self) -> list[tuple[str, str, str]]:
        """Path, when it was saved, and the beginning of its digest, of each file that was judged."""
        return [(as_known(one.path), _saved(one), one.sha256[:DIGEST_SHOWN]) for one in self.lab.files]


def _saved(file: GradedFile) -> str:
    when = time.strftime(_("on %Y-%m-%d at %H:%M"), time.localtime(file.saved))
    return _("saved {when}").format(when=when)


def labs(grade: Grade, place: str = "") -> list[LabView]:
    """Every lab of a grade; their ids on the page begin with `place`."""
    return [_lab(grade, lab, place) for lab in grade.labs]


def _lab(grade: Grade, lab: LabResult, place: str) -> LabView:
    view = LabView(lab, not_tried=words.not_tried(lab), place=place)
    told: dict[str, CheckView] = {}
    known: dict[str, CheckView] = {}
    for result in lab.checks:
        if words.needs_a_missing_program(result):
            continue
        check = CheckView(result, lab, grade.asked, grade.rest == "procfs", place)
        known[result.id] = check
        check.builds_on = known.get(result.skipped_because or "")
        if result.outcome == "failed":
            before = told.setdefault(check.message, check)
            check.above = None if before is check else before
        view.checks.append(check)
    return view
