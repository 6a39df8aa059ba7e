"""Everything that happened on a stage, in one append-only list that every report is a view of."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from checker.facts import Text

Kind = Literal[
    "step", "started", "listening", "connected", "joined", "sent", "received", "half_closed", "closed", "reset",
    "saw_end", "saw_reset", "typed", "closed_input", "output", "signal", "exit", "rest", "expected", "missing", "passed",
    "note",
]  # fmt: skip


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
        """The event as the result format has it: data as text, with `escaped` beside it."""
        shown: dict[str, Any] = {"t": round(self.t, 6), "who": self.who, "kind": self.kind, "step": self.step}
        if self.data:
            view = Text.of(self.data)
            shown.update(data=view.text, escaped=view.escaped, size=self.size)
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
        """Append one event; a `step` begins a new step of the scene."""
        with self._lock:
            if kind == "step":
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
