"""A grade as GitHub Classroom's autograding takes it: the JSON of a test runner, version 1.

A workflow hands it, in base64, to https://github.com/classroom-resources/autograding-grading-reporter in the environment
variable `<RUNNER>_RESULTS`. The reporter adds up `score`, uploads points where `max_score` is not 0, and prints the rest.
"""

from __future__ import annotations

import json
from typing import Any

from checker.grading.model import CheckResult, Grade, LabResult
from checker.report import words
from checker.report.plain import clean, explained, titles
from checker.texts import _

VERSION = 1
STATUS = {"passed": "pass", "failed": "fail", "skipped": "fail", "error": "error"}
"""There is no word for a test that was skipped; it has no points."""

MOST_BYTES = 90_000
"""Linux takes no environment variable above 128 KiB, and base64 makes four bytes of three."""
MOST_MESSAGE = (4_000, 2_000, 1_000, 500, 250, 100)
"""Characters of each message: the most with which all of it is within the bound."""


def to_bytes(grade: Grade) -> bytes:
    """The grade as a JSON file, UTF-8, not yet in base64."""
    data = b""
    for most in MOST_MESSAGE:
        data = _encoded(grade, most)
        if len(data) <= MOST_BYTES:
            break
    return data


def _encoded(grade: Grade, most: int) -> bytes:
    text = json.dumps(_result(grade, most), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8") + b"\n"


def _result(grade: Grade, most: int) -> dict[str, Any]:
    said = words.no_grade(grade)
    tests = [test for lab in grade.labs for test in _tests(lab, most, scored=said is None)]
    if said is None:
        status = "pass" if grade.score == grade.max else "fail"
        return {"version": VERSION, "status": status, "max_score": grade.max, "tests": tests}
    # Where no points can be had the reporter uploads none.
    return {"version": VERSION, "status": "error", "max_score": 0, "tests": [_test(_("The grade"), "error", said), *tests]}


def _tests(lab: LabResult, most: int, scored: bool) -> list[dict[str, Any]]:
    known = titles(lab)
    tests = [_of_check(check, lab, known, most, scored) for check in lab.checks]
    if lab.mark is not None and scored:
        status = "fail" if lab.mark == "none" else "pass"
        tests.append(_test(f"{lab.lab}: {_(words.LAB_MARKS[lab.mark])}", status, None))
    return tests


def _of_check(check: CheckResult, lab: LabResult, known: dict[str, str], most: int, scored: bool) -> dict[str, Any]:
    line = check.cause.line if check.cause is not None else None
    file = check.cause.file if check.cause is not None else None
    return _test(
        f"{lab.lab}: {check.title}",
        STATUS[check.outcome],
        explained(check, known, most) or None,
        test_code=words.command("grade", lab.lab, f"--check {check.id}"),
        filename=clean(file or (lab.files[0].path if lab.files else "")),
        line_no=line or 0,
        execution_time=f"{check.seconds:.3f}s",
        score=check.points if scored else 0,
    )


def _test(name: str, status: str, message: str | None, **facts: Any) -> dict[str, Any]:
    nothing = {"test_code": "", "filename": "", "line_no": 0, "execution_time": "0s", "score": 0}
    return {"name": clean(name), "status": status, "message": message, **nothing, **facts}
