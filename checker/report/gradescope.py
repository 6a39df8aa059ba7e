"""A grade as the results.json of a Gradescope autograder (https://gradescope-autograders.readthedocs.io/en/latest/specs)."""

from __future__ import annotations

import json
from typing import Any

from checker.grading.model import CheckResult, Grade, LabResult
from checker.report import words
from checker.report.plain import bounded, clean, cut, explained, titles
from checker.texts import _

SECONDS_DIGITS = 3
MOST_OUTPUT = 6_000
"""Characters of a test's output. A class of hundreds hands in often, and all of it is kept."""

TEXT = "text"
"""Shown as it is. The format of the whole output would be HTML if it were not named."""


def to_bytes(grade: Grade) -> bytes:
    """The grade as a JSON file, UTF-8."""
    return (json.dumps(_results(grade), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _results(grade: Grade) -> dict[str, Any]:
    said = words.no_grade(grade)
    results: dict[str, Any] = {
        "execution_time": round(sum(lab.seconds for lab in grade.labs), SECONDS_DIGITS),
        "output": cut("\n".join(([] if said is None else [said]) + _summary(grade, said is None)), MOST_OUTPUT),
        "output_format": TEXT,
        "stdout_visibility": "hidden",
        "extra_data": {
            "checker": grade.checker,
            "python": grade.python,
            "platform": grade.platform,
            "rest": grade.rest,
            "seed": grade.seed,
            "complete": said is None,
        },
        "tests": [test for lab in grade.labs for test in _tests(lab, scored=said is None)],
    }
    if said is None:
        results["score"] = grade.score
        results["extra_data"]["marks"] = {lab.lab: lab.mark for lab in grade.labs if lab.mark is not None}
    return results


def _summary(grade: Grade, scored: bool) -> list[str]:
    lines = []
    for lab in grade.labs:
        if scored:
            points = _("{score} of {max} points").format(score=lab.score, max=lab.max)
            mark = "" if lab.mark is None else " " + _(words.LAB_MARKS[lab.mark])
            lines.append(f"{lab.lab}: {points}.{mark}")
        lines += [f"{lab.lab}: {bounded(said, MOST_OUTPUT)}" for said in (lab.missing, *lab.notes) if said]
    return lines


def _tests(lab: LabResult, scored: bool) -> list[dict[str, Any]]:
    known = titles(lab)
    place = words.lab_number(lab.lab)
    return [_test(check, lab.lab, f"{place}.{row}", known, scored) for row, check in enumerate(lab.checks, 1)]


def _test(check: CheckResult, lab: str, number: str, known: dict[str, str], scored: bool) -> dict[str, Any]:
    """`scored`: with points. Without any it says only what was found, and whether that is well."""
    points = {"score": check.points, "max_score": check.max} if scored else {}
    return {
        **points,
        "status": "passed" if check.outcome == "passed" else "failed",
        "name": clean(check.title),
        "name_format": TEXT,
        "number": number,
        "output": explained(check, known, MOST_OUTPUT),
        "output_format": TEXT,
        "tags": [lab],
        "visibility": "visible",
        "extra_data": {"id": check.id, "outcome": check.outcome, "seconds": round(check.seconds, SECONDS_DIGITS)},
    }
