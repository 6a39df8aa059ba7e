"""A grade as JSON, version 1: fields may be added, none renamed; what does not apply is null."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from checker.grading.model import CheckResult, Grade, LabResult

SECONDS_DIGITS = 3


def to_json(grade: Grade) -> dict[str, Any]:
    """The documented shape of a grade, of plain types only."""
    return {
        "version": grade.version,
        "checker": grade.checker,
        "python": grade.python,
        "platform": grade.platform,
        "rest": grade.rest,
        "seed": grade.seed,
        "submission": grade.submission,
        "score": grade.score,
        "max": grade.max,
        "complete": grade.complete,
        "labs": [_lab(lab) for lab in grade.labs],
    }


def _lab(lab: LabResult) -> dict[str, Any]:
    return {
        "lab": lab.lab,
        "title": lab.title,
        "score": lab.score,
        "max": lab.max,
        "mark": lab.mark,
        "seconds": round(lab.seconds, SECONDS_DIGITS),
        "missing": lab.missing,
        "notes": list(lab.notes),
        "files": [asdict(file) for file in lab.files],
        "checks": [_check(check) for check in lab.checks],
    }


def _check(check: CheckResult) -> dict[str, Any]:
    return {**asdict(check), "seconds": round(check.seconds, SECONDS_DIGITS)}


def to_bytes(grade: Grade) -> bytes:
    """The grade as a JSON file, UTF-8."""
    text = json.dumps(to_json(grade), ensure_ascii=False, indent=1) + "\n"
    # Half a surrogate pair has no UTF-8: it can only come from a name on disk that is not UTF-8 either.
    return text.encode("utf-8", "backslashreplace")
