"""What came of one step, put together: the pieces of a stream, and several peers who saw the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from checker.report.literal import Carried

Event = Mapping[str, Any]


@dataclass
class Seen:
    """What one peer saw, or several alike: `kind` is "received", "saw_end" or "saw_reset"."""

    kind: str
    who: list[str]
    carried: Carried = Carried()


@dataclass
class Printed:
    """What a program printed, as it came."""

    who: str
    text: str = ""


@dataclass
class _Step:
    found: list[Seen | Printed | Event] = field(default_factory=list)
    seen: dict[str, Seen] = field(default_factory=dict)
    """The last thing that each peer saw."""
    printed: dict[str, Printed] = field(default_factory=dict)


def gathered(events: Sequence[Event]) -> list[Seen | Printed | Event]:
    """The events of one step, in order, what belongs together in the place of its first piece. Rest is left in where it proves
    that something will not come any more."""
    step = _Step()
    for number, event in enumerate(events):
        if event["kind"] in ("received", "saw_end", "saw_reset"):
            _see(step, event)
        elif event["kind"] == "output":
            _print(step, event)
        elif event["kind"] != "rest" or _proves(events[number + 1 :]):
            step.found.append(event)
    return _alike(step.found)


def _proves(later: Sequence[Event]) -> bool:
    return bool(later) and later[0]["kind"] in ("missing", "verdict")


def _see(step: _Step, event: Event) -> None:
    kind, who = event["kind"], event["who"]
    last = step.seen.get(who)
    if last is None or last.kind != kind:
        last = step.seen[who] = Seen(kind, [who])
        step.found.append(last)
    last.carried += Carried.by(event)


def _print(step: _Step, event: Event) -> None:
    who, text = event["who"], event.get("data", "")
    if who in step.printed:
        step.printed[who].text += text
    elif text.strip():
        step.printed[who] = Printed(who, text)
        step.found.append(step.printed[who])


def _alike(found: list[Seen | Printed | Event]) -> list[Seen | Printed | Event]:
    kept: list[Seen | Printed | Event] = []
    first: dict[tuple[str, Carried], Seen] = {}
    for one in found:
        if isinstance(one, Seen):
            same = first.setdefault((one.kind, one.carried), one)
            if same is not one:
                same.who += one.who
                continue
        kept.append(one)
    return kept
