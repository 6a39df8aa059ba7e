"""A class as CSV, for a spreadsheet: a line each, and nothing that a name or a note could make a spreadsheet do."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from checker.report import harmless, roll
from checker.report.roll import Row

ENCODING = "utf-8-sig"
"""With a mark, as Excel takes CSV for the code page of its country without."""

_BEGINS = re.compile(r"(^|[;,|])(\s*)(?=[=+\-@＝＋－＠])")
r"""Where a spreadsheet sees the beginning of a formula: at the beginning of a cell (OWASP, "CSV Injection"), or after what it
takes for the end of one, which is a semicolon in half of Europe."""


def to_bytes(rows: Sequence[Row], labs: Sequence[str]) -> bytes:
    """The rows, in their order, as a file."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(
        ["name", "id", "submission", "status", *labs, "total", "of", "mark", "lost", "notes"]
        + ["packed", "python", "kit", "graded", "seed", "result"]
    )
    for row in rows:
        writer.writerow([one if isinstance(one, int) else cell(one) for one in _cells(row, labs)])
    return text.getvalue().encode(ENCODING, "backslashreplace")


def _cells(row: Row, labs: Sequence[str]) -> list[int | str]:
    outcome = row.outcome or roll.Outcome("error")
    points = [outcome.labs[lab][0] if lab in outcome.labs else "" for lab in labs]
    totals: list[int | str] = ["" if row.score is None else row.score, "" if row.max is None else row.max]
    graded = row.status == "graded"
    told: list[int | str] = [outcome.mark or "" if graded else "", roll.lost(outcome), "; ".join(row.remarks()), row.packed]
    made: list[int | str] = [outcome.python, outcome.kit, outcome.when, outcome.seed if row.outcome else "", outcome.result]
    return [row.name, row.number, row.source, row.status, *points, *totals, *told, *made]


def cell(text: str) -> str:
    """A text on one line that no spreadsheet takes for a formula: an apostrophe stands where one would begin."""
    return _BEGINS.sub(r"\1\2'", harmless.harmless(text, ENCODING))
