"""`replay`: one check, step by step, and how to do each step by hand.

The check is played once, as a grade plays it, and shown afterwards from its record: a pause in the middle of the run could
change what it finds.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from checker.commands import settings, submission_of, to_judge
from checker.grading import rubric
from checker.grading.model import CheckResult, LabResult
from checker.grading.session import opened
from checker.grading.submission import AskedWrongly, select
from checker.hinting import named
from checker.report import harmless, words
from checker.report.byhand import ByHand, Line, Step, window
from checker.report.excerpt import last_lines
from checker.report.pen import Pen
from checker.report.screen import Screen
from checker.texts import _

PACE = 1.0
"""Seconds between two steps, for the eye."""
MOST_STEPS, FIRST_STEPS, LAST_STEPS = 50, 25, 20
"""Of a scene of more steps than that only the first and the last are shown to somebody who looks on."""
LONGEST_LISTING = 100
"""Lines of Python that are listed once more in one piece."""
MARGIN, BODY = 5, 8
"""Columns that lines are indented by: what happens, and how it is done."""

LOST = ("failed", "error")


def replay(options: argparse.Namespace) -> int:
    """`replay`: show one check of one lab; without its name the first one that is lost. Returns the exit status."""
    lab = _lab(options.lab)
    if options.check is not None:
        options.check = named(lab, options.check).id
    files = [("--submission", options.submission), ("--server", options.server), ("--client", options.client)]
    if options.json is not None:
        if any(path for _option, path in files):
            raise AskedWrongly(_("--json shows what was recorded: leave out --submission, --server and --client"))
        result, check = _recorded(options.json, lab, options.check)
        asked = ""
    else:
        result, check, asked = _played(options, lab)
    screen = Screen(sys.stdout, asked=asked)
    screen.begin_lab(_(lab.title), lab.number, result, False)
    if check is None:
        return _nothing_lost(screen, lab, result)
    if check.outcome == "skipped":
        return _not_tried(screen, result, check, asked)
    Show(screen.pen, check, result, at_once=options.at_once).play()
    screen.check(check, lab.name)
    return {"passed": 0, "error": 3}.get(check.outcome, 1)


def _lab(word: str) -> rubric.Lab:
    chosen = select([word], rubric.names())
    if len(chosen) != 1:
        raise AskedWrongly(_("name one lab and one of its checks: replay 3 ID"))
    return rubric.load(chosen[0])


# Where the scene comes from


class _Found(Exception):
    """The first check that is lost: nobody asks for the others."""


def _played(options: argparse.Namespace, lab: rubric.Lab) -> tuple[LabResult, CheckResult | None, str]:
    """Play the check, and what it builds on, as `grade --check` does; without a name the lab up to the first one lost."""
    options.words = [lab.name]
    submitted, only, asked = to_judge(options)

    def stop(result: CheckResult) -> None:
        if only is None and result.outcome in LOST:
            raise _Found

    with opened(submission_of(options), settings(options), options.jobs) as session:
        session.only, session.on_check = only, stop
        try:
            for _done in session.run(submitted):
                pass
        except _Found:
            pass
    result = session.grade.labs[0]
    return result, _chosen(result, options.check), asked


def _recorded(path: Path, lab: rubric.Lab, name: str | None) -> tuple[LabResult, CheckResult | None]:
    from checker.report import saved

    try:
        grade = saved.load(path)
    except ValueError as error:
        raise AskedWrongly(str(error)) from None
    result = next((one for one in grade.labs if one.lab == lab.name), None)
    if result is None:
        labs = ", ".join(one.lab for one in grade.labs) or _("none")
        said = _("{file} has no {lab}; it has: {labs}")
        raise AskedWrongly(said.format(file=path.name, lab=lab.name, labs=_plain(labs)))
    check = _chosen(result, name)
    if name is not None and check is None:
        ids = ", ".join(one.id for one in result.checks) or _("none")
        said = _("{file} has no check {id} of {lab}; it has: {ids}")
        raise AskedWrongly(said.format(file=path.name, id=name, lab=lab.name, ids=_plain(ids)))
    return result, check


def _plain(text: str) -> str:
    """A text out of somebody's file, for a message that goes to the terminal as it is."""
    return harmless.harmless(text, sys.stderr.encoding or "utf-8")


def _chosen(result: LabResult, name: str | None) -> CheckResult | None:
    if name is None:
        return next((check for check in result.checks if check.outcome in LOST), None)
    return next((check for check in result.checks if check.id == name), None)


# Where there is nothing to show


def _nothing_lost(screen: Screen, lab: rubric.Lab, result: LabResult) -> int:
    """No check was named and none is lost: every one passed, or none could be played."""
    if any(check.outcome == "passed" for check in result.checks):
        screen.pen.paragraph(_("No check is lost here. Name one to see it played:"), "good")
        for check in lab.checks:
            screen.pen.row((f"  {words.command('replay', lab.name, check.id)}", "evidence"))
    screen.pen.flush()
    return 0 if result.score == result.max else 1


def _not_tried(screen: Screen, result: LabResult, check: CheckResult, asked: str) -> int:
    """The check was not played: its program is not there, or what it builds on is lost."""
    if not words.needs_a_missing_program(check):
        builds_on = check.skipped_because or ""
        said = _("{check} was not tried, as it builds on {other}, which is lost. See that one first:")
        screen.pen.paragraph(said.format(check=check.id, other=builds_on))
        screen.pen.row((f"  {words.command('replay', result.lab, builds_on, asked)}", "evidence"))
    elif not result.missing:
        screen.pen.paragraph(_("{check} needs {program}.").format(check=check.id, program=check.skipped_because))
    screen.pen.flush()
    return 1


# The show


class Show:
    """Shows the scene of one check: how to set it up, each step, and Python's part of it in one piece."""

    def __init__(self, pen: Pen, check: CheckResult, lab: LabResult, *, at_once: bool = False) -> None:
        self.pen, self.check, self.lab = pen, check, lab
        self.scene = ByHand(check.timeline)
        self.pause = 0.0 if at_once or not pen.terminal else PACE

    def play(self) -> None:
        """All of it, at a human pace where somebody looks on."""
        self.pen.blank()
        if not self.scene.steps:
            self.pen.paragraph(_("Nothing is played for this check: your file was read."), "dim")
            self.pen.blank()
            return
        self._setting()
        steps = self.scene.steps
        folded = self.pause > 0 and len(steps) > MOST_STEPS
        for step in steps[:FIRST_STEPS] if folded else steps:
            self._step(step)
        if folded:
            text = _("{count} steps are left out here: --at-once shows them all.")
            self.pen.paragraph(text.format(count=len(steps) - FIRST_STEPS - LAST_STEPS), "warn", indent=MARGIN)
            for step in steps[-LAST_STEPS:]:
                self._step(step)
        self.pen.blank()
        self._listing()

    def _setting(self) -> None:
        """Which windows to open."""
        folder = os.path.dirname(self.lab.files[0].path) if self.lab.files else ""
        where = _("To do it by hand, open in {folder}:").format(folder=folder or _("this folder"))
        self.pen.paragraph(where, "title")
        for who in self.scene.windows:
            self.pen.paragraph(window(who), "", ("- ", "dim"), indent=2)
        if self.scene.peers:
            self.pen.paragraph(_("one for everybody else, with Python in it:"), "", ("- ", "dim"), indent=2)
            for command in ("python -i", "import socket, struct"):
                self.pen.row((" " * BODY + command, "evidence"))
        if self.scene.moved is not None:
            text = _("In the run your program was told port {port}; by hand {here} does as well.")
            here = self.scene.here(self.scene.moved)
            self.pen.paragraph(text.format(port=self.scene.moved, here=here), "dim")
        self.pen.paragraph(_("Other ports, and the last word of a message, are new in every run."), "dim")
        self.pen.blank()

    def _step(self, step: Step) -> None:
        head = f"{step.number:>3}  " if step.number else " " * MARGIN
        for line in step.lines:
            self._line(line, head)
            head = " " * MARGIN
        self.pen.flush()
        time.sleep(self.pause)

    def _line(self, line: Line, head: str) -> None:
        mark = (head, "bad" if line.style == "bad" else "title")
        self.pen.paragraph(line.words, line.style, mark)
        for one in line.code:
            where = f"{line.window}: " if line.window else ""
            self.pen.row((" " * BODY + where, "dim"), (one, "evidence"))
        if line.other:
            self.pen.row((" " * BODY + _("or "), "dim"), (line.other, "dim"))
        for printed in last_lines(line.output, self.pen.encoding):
            self.pen.row((" " * BODY + "| ", "dim"), (printed, "evidence"))

    def _listing(self) -> None:
        listing = self.scene.listing
        if not self.scene.peers or len(listing) > LONGEST_LISTING:
            return
        text = _("Python's part of it in one piece, to be pasted up to a line that asks for something else first:")
        self.pen.paragraph(text, "title")
        for line in listing:
            self.pen.row(("    " + line, "dim" if line.startswith("#") else "evidence"))
        self.pen.blank()
