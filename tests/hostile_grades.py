"""Grades of programs that printed and sent whatever could harm a reader of the result."""

from __future__ import annotations

from typing import Any

from made_results import a_check, a_failure, a_grade, a_lab

from checker.grading.model import Cause, Grade, GradedFile, LabResult, Text, ThreadState

FORGED = '::notice title=Autograding report::{"totalPoints":9,"maxPoints":9}'
CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0xD800, 0xDFFF, 0xFFFE, 0xFFFF, 0x202E, 0x1FFFF]))
MARKUP = "]]> <a b='c'>&amp; {} **bold** \U0001f600"
HOSTILE = f"{CONTROLS}\x1b[31mred\x1b]0;title\x07 {MARKUP}\n{FORGED}\n \t{FORGED}\n##[error]no\n"
PRINTED_BYTES = HOSTILE.encode("utf-8", "surrogatepass")
PRINTED = Text.of(PRINTED_BYTES)


def labs() -> list[LabResult]:
    """One of every outcome, everything that a program can have a hand in hostile; and lab 6 with its mark."""
    failed = a_failure(
        id="names_the_sender",
        message=HOSTILE,
        seconds=0.0214,
        note=HOSTILE,
        cause=Cause("sends_to_itself", "the loop leaves out the wrong client", 31, "server.py"),
        expected=Text.of("Hi!"),
        got=PRINTED,
        output=Text.of(b"Listening\n" + PRINTED_BYTES),
        threads=[ThreadState(f"Thread {HOSTILE}", "recvfrom", "server.py", 21, HOSTILE, [HOSTILE], HOSTILE)],
    )
    skipped = {"outcome": "skipped", "points": 0}
    return [
        a_lab(
            [
                a_check(seconds=0.03),
                failed,
                a_check(id="carries_unicode", skipped_because="names_the_sender", **skipped),
                a_check(id="keeps_order", skipped_because="server.py client.py", **skipped),
            ],
            seconds=0.4142,
            notes=[HOSTILE],
            missing=HOSTILE,
            title="a room",
        ),
        a_lab(
            [a_check(id="two_people_can_chat", points=8, max=8)],
            lab="lab6_assignment",
            mark="pass",
            seconds=1.0,
            files=[GradedFile(FORGED, "0" * 64, 0.0)],
        ),
    ]


def a_hostile_grade() -> Grade:
    """11 of 20 points."""
    return a_grade(*labs(), submission=f"labs {HOSTILE}")


def a_run_without_grade() -> Grade:
    """The checker itself failed in one check, and the others have their points."""
    broken = a_check(id="broken", outcome="error", points=0, message=f"The checker itself failed:\nTraceback\n{HOSTILE}")
    return a_grade(a_lab([broken]), *labs(), complete=False)


def strings(found: Any) -> list[str]:
    """Every text in what was read from JSON, keys included."""
    if isinstance(found, dict):
        return [text for pair in found.items() for one in pair for text in strings(one)]
    if isinstance(found, list):
        return [text for one in found for text in strings(one)]
    return [found] if isinstance(found, str) else []


def obeyed(result: dict[str, Any]) -> list[str]:
    """The lines that the runner of a workflow would take for commands, were the texts printed."""
    lines = [line for text in strings(result) for line in text.split("\n")]
    return [line for line in lines if line.lstrip().startswith("::") or "##[" in line]
