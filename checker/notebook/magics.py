"""`%check` and `%hint`: the command line's own work, shown in the cell."""

from __future__ import annotations

import contextlib
import io
import shlex
from typing import TYPE_CHECKING

from checker.grading.submission import AskedWrongly
from checker.texts import _

if TYPE_CHECKING:
    from checker.notebook.report import Report


def check(line: str) -> Report | None:
    """`%check LAB [ID]`: grade a lab of the folder `labs/` and show what came of it."""
    try:
        return _check(shlex.split(line))
    except (AskedWrongly, ValueError) as error:
        print(f"%check: {error}")
        return None


def _check(words: list[str]) -> Report:
    from checker import commands, memory
    from checker.cli import parse
    from checker.grading.session import opened
    from checker.notebook.report import Report

    if not words:
        raise AskedWrongly(_("say which lab: %check 3"))
    lab, *ids = words
    options = parse(["grade", lab, *(word for id_ in ids[:1] for word in ("--check", id_))])
    submitted, only, asked = commands.to_judge(options)
    seen = memory.digests()
    with opened(commands.submission_of(options), commands.settings(options)) as session:
        session.only = only
        session.grade.asked = asked
        for _lab in session.run(submitted):
            pass
    files = [file for lab in session.grade.labs for file in lab.files]
    report = Report(session.grade, unchanged=memory.unchanged(files, seen))
    memory.remember_grade(session.grade, [])
    return report


def hint(line: str) -> None:
    """`%hint LAB [ID]`: the next of the three hints to a check."""
    from checker.cli import main

    said, wrong = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(wrong):
        main(["hint", *shlex.split(line)])
    print((said.getvalue() + wrong.getvalue()).strip())
