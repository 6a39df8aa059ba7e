"""A grade as JSON, version 1: fields may be added, none renamed; what does not apply is null."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
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


def write(grade: Grade, path: str | Path) -> None:
    """Write the grade to `path`, whole or not at all; "-" is standard output. Raises OSError."""
    text = json.dumps(to_json(grade), ensure_ascii=False, indent=1) + "\n"
    # Half a surrogate pair has no UTF-8: it can only come from a name on disk that is not UTF-8 either.
    data = text.encode("utf-8", "backslashreplace")
    if str(path) == "-":
        _to_standard_output(data)
        return
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():  # a device or a pipe: to be written to, not replaced
        target.write_bytes(data)
        return
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        _permit(temporary, target)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _to_standard_output(data: bytes) -> None:
    """UTF-8 whatever the console's encoding is: JSON is."""
    sys.stdout.flush()
    raw = getattr(sys.stdout, "buffer", None)
    if raw is None:  # a stream without bytes below, as a notebook's
        sys.stdout.write(data.decode("utf-8"))
    else:
        raw.write(data)
    sys.stdout.flush()


def _permit(temporary: str, target: Path) -> None:
    """mkstemp makes a file for its owner alone; the result is to be as readable as any other file."""
    if os.name != "posix":
        return
    umask = os.umask(0)
    os.umask(umask)
    os.chmod(temporary, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~umask)
