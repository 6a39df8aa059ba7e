"""What a student has done to a lab since the last grade, and what became of it: told below the lab's points."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from checker.grading.model import CheckResult
from checker.report import edits
from checker.report.changes import Kept, Since
from checker.report.pen import Pen
from checker.report.words import listed
from checker.texts import _, ngettext

MOST_CHECKS = 4
"""Checks that are named; of more that were gained or lost also their number."""
INDENT = 2


def show(pen: Pen, since: Since, when: Callable[[float], str], indent: int) -> None:
    """Write it. `when` puts a time in words; `indent` is for what is to be copied."""
    change = since.change
    moved = bool(change.gained or change.lost)
    if since.edits:
        done = listed([edits.told(one) for one in since.edits])
        head = _("Since the last grade, {when}, you {done}").format(when=when(since.before.when), done=done)
        pen.paragraph(head + (":" if moved else _(": no check was gained, and none lost.")))
    elif moved:
        pen.paragraph(_by_itself(since, when))
    _checks(pen, _("gained"), change.gained, "good")
    _checks(pen, _("lost"), change.lost, "bad")
    if moved and not since.edits and since.same_kit:
        pen.paragraph(_luck(since))
    told = None
    if since.edits and change.lost:
        if any(one.lines for one in since.edits):
            pen.paragraph(_("What you changed:"))
            edits.show(pen, since.edits, indent)
        told = since.before
        _files(pen, told, _as_it_was(since), indent)
    if since.best is not None and since.best != told:
        text = _("Your best so far was {score} of {max} points, {when}. That version is kept:")
        best = since.best
        _files(pen, best, text.format(score=best.score, max=best.max, when=when(best.when)), indent)


def _checks(pen: Pen, label: str, checks: Sequence[CheckResult], style: str) -> None:
    for check in checks[:MOST_CHECKS]:
        pen.paragraph(f"{check.title} ({'+' if style == 'good' else '-'}{check.max})", "", (f"{label}: ", style), indent=INDENT)
    more = len(checks) - MOST_CHECKS
    if more > 0:
        text = ngettext("and {count} more check", "and {count} more checks", more).format(count=more)
        pen.paragraph(text, "dim", (f"{label}: ", style), indent=INDENT)


def _by_itself(since: Since, when: Callable[[float], str]) -> str:
    """Verdicts are others although no file is."""
    if since.same_kit:
        text = _("You have changed nothing since the last grade, {when}, and its verdicts are not the same:")
    else:
        text = _("Your files are those of the last grade, {when}. It was made by another version of the kit or of Python:")
    return text.format(when=when(since.before.when))


def _luck(since: Since) -> str:
    text = _(
        "That should not be. Grade it once more. If it changes again, either your program depends on which of its threads is "
        "faster, or the checker is mistaken: show your instructor this and the two seeds, --seed {then} and --seed {now}."
    )
    then, now = since.seeds
    return text.format(then=then, now=now)


def _as_it_was(since: Since) -> str:
    if since.best != since.before:
        return _("To go back to the version before, copy this over yours:")
    text = _("To go back to the version before ({score} of {max} points, your best so far), copy this over yours:")
    return text.format(score=since.before.score, max=since.before.max)


def _files(pen: Pen, kept: Kept, text: str, indent: int) -> None:
    """The copies that are kept of a grade's files, each on one line however long, so that it can be copied."""
    if kept.files:
        pen.paragraph(text)
        for file in kept.files:
            pen.row((" " * indent, ""), (file, "evidence"))
