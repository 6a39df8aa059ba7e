"""`hint`: the next of three hints to a check."""

from __future__ import annotations

import argparse
import difflib
import sys

from checker import memory
from checker.grading import rubric
from checker.grading.submission import AskedWrongly, select
from checker.report import words
from checker.report.pen import Pen
from checker.texts import _

HINTS = 3
INDENT = 4


def hint(options: argparse.Namespace) -> int:
    """The next hint to a check; without its name that to the first one lost in the last grade, else how far one is."""
    lab = _lab(options.lab)
    pen = Pen(sys.stdout)
    check = named(lab, options.check) if options.check is not None else _first_lost(lab)
    if check is None:
        _list(pen, lab)
    else:
        _give(pen, lab, check, chosen=options.check is None)
    pen.flush()
    return 0


def _lab(word: str) -> rubric.Lab:
    chosen = select([word], rubric.names())
    if len(chosen) != 1:
        raise AskedWrongly(_("name one lab: hint 3"))
    return rubric.load(chosen[0])


def named(lab: rubric.Lab, word: str) -> rubric.Check:
    """The check of a lab that `word` names; raises `AskedWrongly`, with the nearest name where one is near."""
    ids = [check.id for check in lab.checks]
    if word in ids:
        return lab.check(word)
    near = difflib.get_close_matches(word, ids, n=1) or [one for one in ids if word and word.lower() in one]
    if near:
        said = _("{lab} has no check {id!r}: did you mean {near}?")
        raise AskedWrongly(said.format(lab=lab.name, id=word, near=near[0]))
    raise AskedWrongly(_("{lab} has no check {id!r}; it has: {ids}").format(lab=lab.name, id=word, ids=", ".join(ids)))


def _first_lost(lab: rubric.Lab) -> rubric.Check | None:
    outcomes = memory.outcomes(lab.name)
    return next((check for check in lab.checks if outcomes.get(check.id) == "failed"), None)


def _give(pen: Pen, lab: rubric.Lab, check: rubric.Check, chosen: bool) -> None:
    read = memory.hints_read(lab.name).get(check.id, 0)
    number = min(read + 1, HINTS)
    if chosen:
        pen.paragraph(_("The first check that failed in your last grade:"), "dim")
    pen.paragraph(words.lab_heading(_(check.title), lab.number), "title")
    pen.blank()
    for one in range(1 if read >= HINTS else number, number + 1):
        _one(pen, check.hints[one - 1], one)
    if read >= HINTS:
        text = _(
            "You have read all three. Put them beside your program and compare, line by line. "
            "If it still will not work, show it to your instructor: that is what instructors are for."
        )
        pen.paragraph(text)
    elif number < HINTS:
        _command(pen, _("The next one: "), words.command("hint", lab.name, check.id))
    else:
        pen.paragraph(_("That was the last one: write it your own way, then try again."))
    if number == HINTS:
        _command(pen, _("This check again: "), words.command("grade", lab.name, f"--check {check.id}"))
    memory.remember_hint(lab.name, check.id, number)


def _one(pen: Pen, text: str, number: int) -> None:
    """A question or a pointer as a paragraph; the last hint is code, shown as it is."""
    head = _("Hint {number} of {all}: ").format(number=number, all=HINTS)
    if number < HINTS:
        pen.paragraph(_(text), "", (head, "warn"))
    else:
        pen.row((head, "warn"))
        for line in _(text).split("\n"):
            pen.row((" " * INDENT + line, "evidence"))
    pen.blank()


def _command(pen: Pen, head: str, command: str) -> None:
    pen.row((head, "dim"), (command, "evidence"))


def _list(pen: Pen, lab: rubric.Lab) -> None:
    """The lab's checks, and how many hints to each have been read."""
    outcomes = memory.outcomes(lab.name)
    pen.paragraph(words.lab_heading(_(lab.title), lab.number), "title")
    if all(outcomes.get(check.id) == "passed" for check in lab.checks):
        pen.paragraph(_("Every one of its checks passed when you graded it last."), "good")
    pen.paragraph(_("Its checks, and how many of the three hints to each you have read:"))
    pen.blank()
    read = memory.hints_read(lab.name)
    for check in lab.checks:
        pen.row((f" {min(read.get(check.id, 0), HINTS)}/{HINTS}  ", "dim"), (check.id, "evidence"))
        pen.paragraph(_(check.title), "dim", indent=INDENT + 2)
    pen.blank()
    _command(pen, _("A hint to one of them: "), words.command("hint", lab.name, lab.checks[0].id))
