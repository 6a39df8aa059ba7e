"""What a sequence diagram is made of: lifelines and rows. Both drawings, as text and as SVG, are drawn from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal[
    "start", "connect", "message", "half_close", "goodbye", "reset", "end_seen", "reset_seen", "typed", "output",
    "signal", "exit", "rest", "note", "fold", "missing", "verdict",
]  # fmt: skip

TERMINAL, OTHERS = ":terminal", ":others"
"""Keys of two lifelines that are nobody by that name: who sits at a client's keyboard, and those who share a lifeline."""


@dataclass(frozen=True)
class Label:
    """What stands at an arrow or a mark: words of ours around `data`, which a program or a peer said. Too long, `data`
    loses its end, or with `keep_end` its beginning; without `data`, `before` alone will do."""

    before: str = ""
    data: str = ""
    after: str = ""
    keep_end: bool = False


@dataclass(frozen=True)
class Lifeline:
    """One who takes part. `short` is the name where there is little room. `students`: a program of the student's. `names` are
    those who share the lifeline of the others."""

    key: str
    name: str
    short: str
    students: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One thing that happened, or that did not.

    With `ends` it is arrows between the lifeline `hub` and each of them, from the hub where `out` is true; without, a mark
    or a note at the hub; with no hub it is about the whole scene ("fold", "verdict"). `t` in ms since the first deed.
    `alive` are the lifelines that stand when it is over. `of_others` is how many of those who share a lifeline it is about,
    0 where all or none.
    """

    kind: Kind
    label: Label
    t: float | None = None
    hub: str | None = None
    ends: tuple[str, ...] = ()
    out: bool = True
    alive: frozenset[str] = frozenset()
    of_others: int = 0


@dataclass(frozen=True)
class Diagram:
    """Lifelines from left to right, rows from first to last. `title` is the check's."""

    title: str
    lifelines: tuple[Lifeline, ...]
    rows: tuple[Row, ...]

    def place(self, key: str) -> int:
        """The place of a lifeline, from 0 at the left."""
        return next(number for number, one in enumerate(self.lifelines) if one.key == key)


def milliseconds(t: float | None) -> str:
    """A row's time as shown: one digit behind the point where there is room for it."""
    if t is None:
        return ""
    return f"{t:.1f}" if t < 1000 else f"{t:.0f}"


def shared(row: Row, others: frozenset[str]) -> Row:
    """`row` with those in `others` on the lifeline that they share."""
    if not others or row.hub is None:
        return row
    of_others = sum(name in others for name in row.ends)
    hub = OTHERS if row.hub in others else row.hub
    ends = tuple(dict.fromkeys(OTHERS if name in others else name for name in row.ends))
    ends = tuple(name for name in ends if name != hub)
    alive = frozenset(OTHERS if name in others else name for name in row.alive)
    all_of_them = len(others) - (row.kind == "message")  # one of them may have said it
    return replace(row, hub=hub, ends=ends, alive=alive, of_others=0 if of_others >= all_of_them else of_others)
