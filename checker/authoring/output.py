"""Where what was measured goes: to a person, and as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

from checker.grading.submission import AskedWrongly
from checker.report import outfile
from checker.report.pen import Pen
from checker.texts import _


def pen_beside(path: str | None) -> Pen:
    """Writes to standard output, unless that is for the JSON."""
    return Pen(sys.stderr if path == "-" else sys.stdout)


def write_json(found: dict[str, Any], path: str | None) -> None:
    """Write plain types to a file, or to standard output ("-"); nowhere where no file was named."""
    if path is None:
        return
    data = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    try:
        outfile.write(data.encode("utf-8", "backslashreplace"), path)
    except OSError as error:
        raise AskedWrongly(_("the result could not be written: {error}").format(error=error)) from None
