"""Results made by hand, and what the screen shows of them."""

import io

from checker.grading.model import CheckResult, Grade, GradedFile, LabResult
from checker.report.screen import Screen

NOW = 1_700_000_000.0


class Terminal(io.StringIO):
    """A file that says it is a terminal."""

    def isatty(self):
        return True


def a_check(**facts):
    fields = {
        "id": "reaches_every_other_client",
        "title": "A message reaches every other client, once.",
        "outcome": "passed",
        "points": 3,
        "max": 3,
    }
    return CheckResult(**{**fields, **facts})


def a_failure(**facts):
    fields = {
        "outcome": "failed",
        "points": 0,
        "message": "alice said something and bob received nothing.",
        "hint": "After recv() returns, who else is waiting to hear it?",
        "read": "notebooks/03_broadcast.ipynb",
        "ended_by": "rest",
    }
    return a_check(**{**fields, **facts})


def a_lab(checks=(), **facts):
    fields = {
        "lab": "lab3_broadcast",
        "max": sum(check.max for check in checks),
        "files": [GradedFile("labs/lab3_broadcast/server.py", "0" * 64, NOW - 200)],
        "checks": list(checks),
    }
    return LabResult(**{**fields, **facts})


def a_grade(*labs, **facts):
    fields = {
        "submission": "labs",
        "checker": "0.1.0",
        "python": "3.11.7",
        "platform": "Linux",
        "rest": "procfs",
        "seed": 1234,
        "labs": list(labs),
        "complete": True,
    }
    return Grade(**{**fields, **facts})


def shown(*checks, unchanged=False, file=None, asked="", **facts):
    """The screen after a whole lab."""
    file = io.StringIO() if file is None else file
    screen = Screen(file, asked=asked, now=NOW)
    lab = a_lab(checks, **facts)
    screen.begin_lab("a room", 3, lab, unchanged)
    for check in checks:
        screen.check(check, lab.lab)
    screen.end_lab(lab)
    if isinstance(file, io.StringIO):
        return file.getvalue()
    file.flush()
    return file.buffer.getvalue().decode(file.encoding)


def words(text):
    return " ".join(text.split())


def in_encoding(encoding, errors="strict"):
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors=errors, newline="\n")
