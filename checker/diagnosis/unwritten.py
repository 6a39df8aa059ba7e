"""A part that the stub leaves to write, and that the program came to."""

from __future__ import annotations

import re

from checker.diagnosis.evidence import Actor
from checker.diagnosis.findings import Findings, placed
from checker.diagnosis.syntax import Place
from checker.facts import NOT_WRITTEN
from checker.grading.model import Cause
from checker.texts import _

_SAID = re.compile(rf"^(TODO \d+) {NOT_WRITTEN}\r?$".encode(), re.MULTILINE)


def not_written(f: Findings) -> Cause | None:
    """It came to a part that is not written yet: whatever failed then follows from that.

    Rests on the line that a stub prints in place of the part, on the screen of any program of the scene, and on its print()
    in the file. Not taken for it: a print() that was left behind the code that was written above it.
    """
    others = [actor for actor in f.evidence.cast if actor is not f.judged]
    for actor in (f.judged, *others):
        for said in _SAID.finditer(actor.printed):
            part = said[1].decode()
            place = _printed_at(f, actor, part)
            if place is not None:
                text = _("Your program came to {part}, and that part is not written yet. Write it next.")
                return placed("not_written", text.format(part=part), place)
    return None


def _printed_at(f: Findings, actor: Actor, part: str) -> Place | None:
    """Where a program's file says so of a part; None where code was written between that and the part's instructions."""
    file = f"{actor.role}.py"
    lines = f.evidence.sources.get(file, "").splitlines()
    instructed = any(line.lstrip().startswith(f"# {part} of ") for line in lines)
    for at, line in enumerate(lines):
        if "print(" in line and f"{part} {NOT_WRITTEN}" in line:
            follows = at > 0 and lines[at - 1].lstrip().startswith("#")
            return (file, at + 1) if follows or not instructed else None
    return None
