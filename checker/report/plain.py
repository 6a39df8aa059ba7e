"""A check's outcome as plain text, for reports that other programs read: harmless, and of a bounded length."""

from __future__ import annotations

import io
from collections.abc import Mapping

from checker.grading.model import CheckResult, LabResult
from checker.report import harmless, words
from checker.report.evidence import Evidence
from checker.report.pen import Pen
from checker.texts import _

ENCODING = "utf-8"


def clean(text: str) -> str:
    """`text` in lines, everything invisible as an escape: no character that XML forbids, nothing that a terminal or a
    workflow obeys."""
    return harmless.defused("\n".join(harmless.lines(text, ENCODING)))


def cut(text: str, most: int) -> str:
    """`text` where it has at most `most` characters; a longer one loses its middle and says so."""
    if len(text) <= most:
        return text
    kept = max(most - len(_gap(len(text))), 0)
    last = kept // 3
    return text[: kept - last] + _gap(len(text) - kept) + text[len(text) - last :]


def _gap(characters: int) -> str:
    return "\n... " + _("{count} characters are not shown here").format(count=f"{characters:,}") + " ...\n"


def bounded(text: str, most: int) -> str:
    """`text` clean, and cut before that is done as well as after it: a MiB is not to be looked at for a page of it."""
    return harmless.defused(cut(clean(cut(text, most)), most)).strip("\n")


def titles(lab: LabResult) -> dict[str, str]:
    """The titles of a lab's checks by their ids."""
    return {check.id: check.title for check in lab.checks}


def verdict(check: CheckResult, known: Mapping[str, str], most: int) -> str:
    """Why a check has no points, in a sentence or two; "" where it has. `known` are the titles of the lab's checks."""
    if check.outcome == "passed":
        return ""
    if check.outcome == "skipped":
        because = check.skipped_because or ""
        if words.needs_a_missing_program(check):
            return clean(_("not tried, as this is missing: {program}").format(program=because.replace(" ", ", ")))
        return clean(_('not tried, as it builds on "{check}"').format(check=known.get(because, because)))
    return bounded(check.message or _(words.NO_MESSAGE), most)


def details(check: CheckResult, most: int) -> str:
    """What the verdict on a failed check rests on, as the screen shows it, with the first hint and what to read."""
    if check.outcome != "failed":
        return ""
    written = io.StringIO()
    pen = Pen(written)
    Evidence(pen, 0).show(check)
    if check.hint:
        pen.paragraph(_(check.hint), "", (_("Hint: "), ""))
    if check.read:
        pen.paragraph(check.read, "", (_("Read: "), ""))
    return harmless.defused(cut(written.getvalue().rstrip("\n"), most))


def explained(check: CheckResult, known: Mapping[str, str], most: int) -> str:
    """Verdict, details and note, at most `most` characters of them."""
    parts = [verdict(check, known, most), details(check, most)]
    if check.note:
        parts.append(_("Note: ") + bounded(check.note, most))
    return harmless.defused(cut("\n".join(part for part in parts if part), most))

