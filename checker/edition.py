"""Which kit this is: the full one, or a student edition that `author release` wrote, which has no solutions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from checker import __version__

FILE = Path(__file__).with_name("edition.json")
"""In a student edition alone: {"kit": version, "commit": short hash, "date": day}."""
FULL, STUDENTS = "full", "student"
PRISTINE = Path(__file__).with_name("pristine")
"""In a student edition alone: the untouched stubs, as labs/ has them; the full kit cuts them out of the solutions."""


def is_students() -> bool:
    """Whether this is a student edition."""
    return FILE.is_file()


def facts() -> dict[str, Any]:
    """What the edition says of itself: version and which of the two, a student's also its commit and its day."""
    if not is_students():
        return {"kit": __version__, "edition": FULL}
    return {**json.loads(FILE.read_text(encoding="utf-8")), "edition": STUDENTS}


def version() -> str:
    """As `--version` says it: "0.1.0", or "0.1.0, student edition of 2026-11-25 (3c3ecce01234)"."""
    told = facts()
    if told["edition"] == FULL:
        return __version__
    return f"{told['kit']}, student edition of {told['date']} ({told['commit']})"
