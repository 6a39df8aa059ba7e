"""Everything that happened on a stage, in one append-only list that every report is a view of."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from checker.facts import Text

Kind = Literal[
    "started", "listening", "connected", "sent", "received", "half_closed", "closed", "reset",
    "saw_end", "saw_reset", "typed", "closed_input", "output", "signal", "exit", "rest", "missing", "verdict", "passed", "note",
]  # fmt: skip

DEEDS: frozenset[Kind] = frozenset(
    ("started", "connected", "sent", "half_closed", "closed", "reset", "typed", "closed_input", "signal")
)
"""What is done to a program: each deed is a step of the scene."""


@dataclass(frozen=True)
class Event:
    """`t` in seconds since the stage opened (monotonic); `who` a peer's or program's name; `step` counts the scene's steps.

    `data` are the first `LONGEST_SHOWN` bytes of what there was, `size` is how many there were.
    """

    t: float
    who: str
    kind: Kind
    step: int
    data: bytes = b""
    size: int = 0
    facts: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The event as the result format has it: data as text, with `escaped` beside it, and `hex` where it is no UTF-8."""
        shown: dict[str, Any] = {"t": round(self.t, 6), "who": self.who, "kind": self.kind, "step": self.step}
        if self.data:
            view = Text.of(self.data)
            shown.update(data=view.text, escaped=view.escaped, size=self.size)
            if view.text.encode() != self.data:
                shown["hex"] = self.data.hex()
        shown.update(self.facts)
        return shown


LONGEST_SHOWN = 4096
MOST_SHOWN = 2000


class Timeline:
    """Append-only. Times never go back."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.step = 0
        self._began = time.monotonic()
        self._lock = threading.Lock()

    def now(self) -> float:
        """Seconds since this timeline began."""
        return time.monotonic() - self._began

    def add(self, who: str, kind: Kind, data: bytes = b"", **facts: Any) -> Event:
        """Append one event; a deed begins a new step of the scene."""
        with self._lock:
            if kind in DEEDS:
                self.step += 1
            event = Event(self.now(), who, kind, self.step, data[:LONGEST_SHOWN], len(data), facts)
            self.events.append(event)
        return event

    def as_json(self) -> list[dict[str, Any]]:
        """The events for a result; of a very long scene the beginning and the end, with a note of what is left out."""
        if len(self.events) <= MOST_SHOWN:
            return [event.as_json() for event in self.events]
        half = MOST_SHOWN // 2
        left_out = Event(
            self.events[half].t,
            "checker",
            "note",
            self.events[half].step,
            facts={"left_out": len(self.events) - 2 * half},
        )
        return [event.as_json() for event in (*self.events[:half], left_out, *self.events[-half:])]
