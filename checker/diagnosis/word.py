"""What a program's own process told of its threads (`checker.inside.asked`), taken in with care: it may be made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST_NAME = 80


@dataclass(frozen=True)
class FrameWord:
    """One frame of the student's. `enters`: of the things that the `with` of its line enters, the number of the one that is
    being entered. `locks`: by the names that the code has for them, the object's number and whether one thread may take it
    twice."""

    file: str
    line: int
    function: str
    enters: int | None
    locks: Mapping[str, tuple[int, bool]]


@dataclass(frozen=True)
class ThreadWord:
    """One thread: Python's number and name for it, and its frames, innermost first."""

    ident: int
    name: str
    frames: Sequence[FrameWord]


def of_threads(hearsay: Sequence[Mapping[str, Any]]) -> list[ThreadWord]:
    """The last that was told, the oldest thread first; nothing where nothing was told, or what no answer of ours looks like."""
    nothing: Mapping[str, Any] = {"threads": []}
    said = next((event for event in reversed(hearsay) if event.get("event") == "where"), nothing)
    try:
        return [
            ThreadWord(int(one["ident"]), _name(one["name"]), [_frame(frame) for frame in one["frames"]])
            for one in said["threads"]
        ]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return []


def _name(said: object) -> str:
    """A name as it may stand in a report: of bearable length, and without half surrogate pairs."""
    return str(said)[:LONGEST_NAME].encode("utf-8", "backslashreplace").decode("utf-8")


def _frame(said: Mapping[str, Any]) -> FrameWord:
    enters = None if said["enters"] is None else int(said["enters"])
    locks = {str(name): (int(number), bool(twice)) for name, (number, twice) in said["locks"].items()}
    return FrameWord(str(said["file"]), int(said["line"]), str(said["function"]), enters, locks)
