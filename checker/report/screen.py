"""The screen: what a student reads while the checks end one after another, and what to do next."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from checker.grading.model import CheckResult, Grade, GradedFile, LabResult, Outcome
from checker.paths import as_known
from checker.report import words
from checker.report.evidence import Evidence
from checker.report.pen import Pen
from checker.texts import _, ngettext

if TYPE_CHECKING:
    from checker.report.changes import Since

BODY = 4
"""Columns that everything below a check's own line is indented by."""

ASCII_MARKS: dict[Outcome, str] = {"passed": "+", "failed": "x", "skipped": "-", "error": "!"}
COLOURS: dict[Outcome, str] = {"passed": "good", "failed": "bad", "skipped": "dim", "error": "bad"}

LONGEST_HEAD = 32
"""Columns of a lab's title that stand before its files' names; a longer one stands above them."""

DAY = 24 * 60 * 60


class Screen:
    """Shows results as they come. `asked` are the options that a command must repeat to judge the same files
    (`--submission DIR`); `now` is the present in Unix seconds where it is not the clock's."""

    def __init__(
        self, console_file: TextIO | None = None, *, asked: str = "", now: float | None = None
    ) -> None:
        self.pen = Pen(sys.stdout if console_file is None else console_file)
        self._asked = asked
        self._now = now
        self._marks = words.MARKS if self.pen.can("".join(words.MARKS.values())) else ASCII_MARKS
        self._title = ""
        self._titles: dict[str, str] = {}
        self._told: dict[str, str] = {}
        self._said: set[str] = set()
        self._evidence = Evidence(self.pen, BODY)
        self.hinted: list[tuple[str, str]] = []
        """Checks (lab, id) whose first hint was shown."""

    def begin_lab(self, title: str, number: int, result: LabResult, unchanged: bool) -> None:
        """The lab's name and which files are judged. `unchanged`: they are those of the last grade."""
        self._titles, self._told, self._said = {}, {}, set()
        self._evidence = Evidence(self.pen, BODY)
        if self._title:
            self.pen.blank()
        self._title = title or result.lab
        head = words.lab_heading(self._title, number) + "  "
        if len(head) > LONGEST_HEAD or not result.files:
            self.pen.paragraph(head.strip(), "title")
            head = ""
        for file in result.files:
            self._file(file, unchanged, head)
            head = " " * len(head)
        self._sentences(result)
        self.pen.flush()

    def _file(self, file: GradedFile, unchanged: bool, head: str) -> None:
        text = _("{file}, saved {when}").format(file=as_known(file.path), when=self._when(file.saved))
        if unchanged:
            text += _(", unchanged since the last grade (is it saved in your editor?)")
        self.pen.paragraph(text, "warn" if unchanged else "", (head, "title"))

    def _when(self, saved: float) -> str:
        now = time.time() if self._now is None else self._now
        age = now - saved
        then = time.localtime(saved)
        if not -1 < age < DAY:
            return time.strftime(_("on %Y-%m-%d at %H:%M"), then)
        clock = time.strftime("%H:%M:%S", then)
        if age < 60:
            count = max(0, int(age))
            ago = ngettext("{count} second ago", "{count} seconds ago", count)
        elif age < 60 * 60:
            count = int(age / 60)
            ago = ngettext("{count} minute ago", "{count} minutes ago", count)
        else:
            count = int(age / 60 / 60)
            ago = ngettext("{count} hour ago", "{count} hours ago", count)
        return f"{ago.format(count=count)} ({clock})"

    def _sentences(self, result: LabResult) -> None:
        """What is missing and what is to be noted, each once a lab."""
        for text, style in ((result.missing, "bad"), *((note, "warn") for note in result.notes)):
            if text and text not in self._said:
                self._said.add(text)
                self.pen.paragraph(text, style)

    def check(self, result: CheckResult, lab: str) -> None:
        """One check's line, and below it what is needed to understand it."""
        self._titles[result.id] = result.title
        if words.needs_a_missing_program(result):
            return
        points = f"{result.points}/{result.max}".rjust(5)
        head = (f" {self._marks[result.outcome]} ", COLOURS[result.outcome])
        style = "dim" if result.outcome == "skipped" else ""
        self.pen.paragraph(result.title, style, head, (f"{points}  ", "dim"))
        if result.outcome == "skipped":
            self._skipped(result)
        elif result.outcome == "failed":
            self._failed(result, lab)
        elif result.outcome == "error":
            self._error(result, lab)
        if result.note:
            self.pen.paragraph(result.note, "dim", (_("Note: "), "dim"), indent=BODY)
        self.pen.flush()

    def _skipped(self, result: CheckResult) -> None:
        because = result.skipped_because or ""
        builds_on = self._titles.get(because, because)
        text = _('not tried, as it builds on "{check}"').format(check=builds_on)
        self.pen.paragraph(text, "dim", indent=BODY)

    def _failed(self, result: CheckResult, lab: str) -> None:
        message = result.message or _(words.NO_MESSAGE)
        before = self._told.setdefault(message, result.title)
        if before != result.title:
            self.pen.paragraph(message, "", indent=BODY)
            self.pen.paragraph(_("As above: {check}").format(check=before), "dim", indent=BODY)
            self.pen.blank()
            return
        self.pen.paragraph(message, "title", indent=BODY)
        self._evidence.show(result)
        if result.hint:
            self.hinted.append((lab, result.id))
            self.pen.paragraph(_(result.hint), "", (_("Hint: "), "warn"), indent=BODY)
        if result.read:
            self.pen.paragraph(result.read, "", (_("Read: "), "dim"), indent=BODY)
        self._again(result, lab, hint=result.hint is not None)
        self.pen.blank()

    def _error(self, result: CheckResult, lab: str) -> None:
        self.pen.paragraph(_(words.CHECKERS_FAULT), "bad", indent=BODY)
        self.pen.paragraph(result.message or "", "", indent=BODY)
        self._again(result, lab)
        self.pen.blank()

    def _again(self, result: CheckResult, lab: str, hint: bool = False) -> None:
        commands = [words.command("grade", lab, f"--check {result.id}", self._asked)]
        text = _("Try this one again:")
        if hint:
            commands.append(words.command("hint", lab, result.id))
            text = _("Try this one again, or read the next hint:")
        self.pen.row((" " * BODY + text, "dim"))
        for command in commands:  # each on one line however long, so that it can be copied
            self.pen.row((" " * BODY, ""), (command, "evidence"))

    def end_lab(
        self, result: LabResult, solutions: Sequence[str] = (), since: Since | None = None, *, to_ask_for: bool = False
    ) -> None:
        """The lab's points, what has become of them `since` the last grade, and where to begin where some were lost;
        `solutions` are files to compare one's own with. Is there none here but `to_ask_for`, it says who has it."""
        self._sentences(result)
        self._not_there(result)
        points = _("{score} of {max} points").format(score=result.score, max=result.max)
        full = bool(result.checks) and result.score == result.max
        text = points + (_(": every one of them.") if full else ".")
        if result.seconds:
            text += " " + _("({seconds} s)").format(seconds=f"{result.seconds:.1f}")
        if result.mark is not None:
            text += " " + _(words.LAB_MARKS[result.mark])
        self.pen.paragraph(text, "good" if full else "title")
        if since is not None:
            from checker.report import since as view

            view.show(self.pen, since, self._when, BODY)
        lost = next((check for check in result.checks if check.outcome == "failed"), None)
        if lost is not None and len(result.checks) > 1:
            self.pen.paragraph(_("Begin with: {check}").format(check=lost.title))
        if solutions:
            self.pen.paragraph(_("Compare it with our solution:"))
            for file in solutions:  # each on one line however long, so that it can be copied
                self.pen.row((" " * BODY, ""), (file, "evidence"))
        if to_ask_for:
            self.pen.paragraph(_("Ask your instructor for our solution, to compare yours with it."))
        self.pen.flush()

    def _not_there(self, result: LabResult) -> None:
        """The checks that need a program which is not there: one line for each program."""
        for text, _checks in words.not_tried(result):
            self.pen.paragraph(text, "dim", (f" {self._marks['skipped']} ", "dim"))

    def overview(self, labs: Iterable[LabResult]) -> None:
        """A line a lab, each as soon as `labs` yields it, and what to do next."""
        results: list[LabResult] = []
        for lab in labs:
            results.append(lab)
            self._overview_line(lab)
            self.pen.flush()
        unfinished = next((lab for lab in results if lab.score < lab.max), None)
        self.pen.blank()
        if unfinished is not None:
            self.pen.row(
                (_("next: "), "title"),
                (words.command("grade", unfinished.lab, asked=self._asked), "evidence"),
            )
        elif results:
            self.pen.paragraph(_("Every point of every lab. Well done!"), "good")
        self.pen.flush()

    def _overview_line(self, lab: LabResult) -> None:
        outcomes = {check.outcome for check in lab.checks}
        outcome: Outcome
        if "error" in outcomes:
            outcome = "error"
        elif lab.checks and lab.score == lab.max:
            outcome = "passed"
        else:
            outcome = "failed" if lab.files else "skipped"
        points = _("{score} of {max}").format(score=f"{lab.score:>3}", max=f"{lab.max:>2}")
        said = "   " + _(words.LAB_MARKS[lab.mark]) if lab.files and lab.mark else ""
        self.pen.row(
            (f" {self._marks[outcome]} ", COLOURS[outcome]),
            (f"{lab.lab:<20}", ""),
            (points, "good" if outcome == "passed" else ""),
            (said, "dim"),
        )
        if lab.missing:
            self.pen.paragraph(lab.missing, "dim", indent=BODY)
        if "error" in outcomes:
            self.pen.paragraph(
                _("The checker itself failed here: see the lab by itself."), "bad", indent=BODY
            )

    def end(self, grade: Grade) -> None:
        """The sum over several labs, and loudly where the run is no grade."""
        if len(grade.labs) > 1:
            self.pen.blank()
            total = _("Together: {score} of {max} points.").format(score=grade.score, max=grade.max)
            self.pen.paragraph(total, "good" if grade.score == grade.max else "title")
        no_grade = words.no_grade(grade)
        if no_grade is not None:
            self.pen.paragraph(no_grade, "bad")
        if grade.score < grade.max:
            self.pen.paragraph(_("This run again, exactly: --seed {seed}").format(seed=grade.seed), "dim")
        self.pen.flush()
