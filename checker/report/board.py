"""A screen that stands still: where the labs are, what changed, and the first check that is lost. Not on a terminal, one
block of plain lines after the other."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from checker.grading.model import CheckResult, LabResult
from checker.report import words
from checker.report.changes import Change
from checker.report.pen import Pen
from checker.report.screen import ASCII_MARKS, COLOURS, Screen
from checker.texts import _

if TYPE_CHECKING:
    from rich.live import Live


class _Sheet(io.StringIO):
    """A place to draw on that takes what the terminal takes."""

    def __init__(self, like: TextIO) -> None:
        super().__init__()
        self._like = like

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The terminal's."""
        return self._like.encoding or "utf-8"

    def isatty(self) -> bool:
        """It becomes one in the end."""
        return self._like.isatty()


class Board:
    """Shows grade after grade of what is `watched`. `asked` are the options that a command must repeat to judge the same
    files. `shown` is the check whose report is on it, with its lab."""

    def __init__(self, file: TextIO, watched: str, asked: str = "") -> None:
        self._file, self._asked = file, asked
        self._still = file.isatty() and os.environ.get("TERM") != "dumb"
        self._body = ""
        self._live: Live | None = None
        self.shown: tuple[str, CheckResult] | None = None
        self._watching = _("Watching {what}: it is graded whenever you save. Ctrl-C ends this.").format(what=watched)
        self._state(self._watching)

    # What there is to show

    def plays(self, done: int, all_: int) -> None:
        """A grade is going on: `done` of its checks have ended."""
        if self._still:
            self._state(_("Grading: {done} of {all} checks ...").format(done=done, all=all_))

    def begins_anew(self) -> None:
        """A file was saved in the middle of a grade."""
        if not self._still:
            self._state(_("Saved again: that grade is broken off, a new one begins."))

    def show(self, labs: Sequence[LabResult], changes: Mapping[str, Change]) -> None:
        """A grade has ended: `labs` is what is known of each by now, `changes` what is new."""
        sheet = _Sheet(self._file)
        screen = Screen(sheet, asked=self._asked)
        for lab in labs:
            self._lab(screen.pen, lab, changes.get(lab.lab, Change()))
        played = [lab for lab in labs if lab.files]
        self.shown = next(((lab.lab, check) for lab in played for check in lab.checks if _is_lost(check)), None)
        if self.shown is not None:
            screen.pen.blank()
            screen.check(self.shown[1], self.shown[0])
        elif played == list(labs) and all(lab.checks and lab.score == lab.max for lab in labs):
            screen.pen.paragraph(_("Every point. Well done!"), "good")
        self._new_body(sheet)

    def says(self, sentence: str) -> None:
        """Something that is in the way of a grade, in its place."""
        sheet = _Sheet(self._file)
        Pen(sheet).paragraph(sentence, "bad")
        self._new_body(sheet)

    def close(self) -> None:
        """Leave the terminal as it was, with the last grade on it."""
        if self._live is not None:
            self._live.stop()
            self._live = None
            self._file.write("\n" + self._body)  # below the ^C that the terminal shows
            self._file.flush()

    def _lab(self, pen: Pen, lab: LabResult, change: Change) -> None:
        heading = words.lab_heading(_(lab.title or lab.lab), words.lab_number(lab.lab))
        points = _("{score} of {max}").format(score=lab.score, max=lab.max)
        if change.points:
            points += f" ({change.points:+d})"
        if not lab.files and not all(map(words.needs_a_missing_program, lab.checks)):
            points = _("before this {points}").format(points=points)
        elif lab.mark is not None:
            points += ". " + _(words.LAB_MARKS[lab.mark])
        full = bool(lab.checks) and lab.score == lab.max
        table = words.MARKS if pen.can("".join(words.MARKS.values())) else ASCII_MARKS
        marks = [(table[check.outcome], COLOURS[check.outcome]) for check in lab.checks]
        pen.row((f"{heading}  ", "title"), *marks, ("  ", ""), (points, "good" if full else "title"))
        for label, checks, style in ((_("gained"), change.gained, "good"), (_("lost"), change.lost, "bad")):
            for check in checks:
                pen.paragraph(check.title, "", (f"{label}: ", style), indent=2)
        for sentence in dict.fromkeys((lab.missing, *lab.notes)):
            if sentence:
                pen.paragraph(sentence, "bad" if sentence == lab.missing else "warn", indent=2)

    # How it is shown

    def _new_body(self, sheet: _Sheet) -> None:
        self._body = sheet.getvalue()
        when = time.strftime("%H:%M:%S")
        if self._still:
            self._state(f"{when}  {self._watching}")
            return
        self._file.write(f"\n{when}\n{self._body}")
        self._file.flush()

    def _state(self, sentence: str) -> None:
        """What is going on, above the last grade."""
        if not self._still:
            self._file.write(sentence + "\n")
            self._file.flush()
            return
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        if self._live is None:
            console = Console(file=self._file, highlight=False, markup=False, emoji=False, force_jupyter=False)
            self._live = Live(console=console, screen=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False)
            self._live.start()
        console = self._live.console
        drawn = Text.assemble((sentence, "dim"), "\n\n", Text.from_ansi(self._body))
        lines = list(drawn.wrap(console, console.width))
        if len(lines) > console.height:
            note = Text(self._more(), "dim").wrap(console, console.width)
            lines[console.height - len(note) :] = note
        self._live.update(Text("\n").join(lines), refresh=True)

    def _more(self) -> str:
        """What stands below a report that is too long."""
        if self.shown is None:
            return _("... and more")
        lab, check = self.shown
        whole = words.command("grade", lab, f"--check {check.id}", self._asked)
        return _("... and more: {command}").format(command=whole)


def _is_lost(check: CheckResult) -> bool:
    return check.outcome in ("failed", "error")
