"""What happened in a check, as the rows of a table: a row an event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checker.report.marked import shortened
from checker.texts import N_, _, ngettext

MOST_EVENTS = 80
"""Rows of a table of events; of a longer scene the beginning and the end."""
LONGEST_EVENT = 160

KINDS = {
    "started": N_("is started"),
    "listening": N_("listens"),
    "connected": N_("connects"),
    "sent": N_("sends"),
    "received": N_("receives"),
    "half_closed": N_("closes its sending side"),
    "closed": N_("closes the connection"),
    "reset": N_("breaks the connection off (reset)"),
    "saw_end": N_("sees the end of the stream"),
    "saw_reset": N_("sees the connection broken off (reset)"),
    "typed": N_("is typed to"),
    "closed_input": N_("has no more input"),
    "output": N_("prints"),
    "signal": N_("gets a signal"),
    "exit": N_("ends"),
    "rest": N_("sees your program at rest"),
    "missing": N_("WAITED FOR THIS IN VAIN"),
    "verdict": N_("gives its verdict"),
    "note": N_("notes"),
}

FACTS = {
    "data": "{data}",
    "text": "{text}",
    "signal": "{signal}",
    "file": "{file}",
    "status": N_("with exit status {status}"),
    "port": N_("port {port}"),
}
"""Of what is known of an event the first that it has, and how it is shown."""

WHAT = {"end": N_("the end of the stream"), "line": N_("a whole line")}
"""What never came and has no bytes to show."""


@dataclass
class Happening:
    """One row of the table of events."""

    when: str
    who: str
    what: str
    text: str


def rows(timeline: Sequence[Mapping[str, Any]]) -> Iterator[Happening]:
    """The events of a timeline; of a long one the beginning and the end."""
    half = MOST_EVENTS // 2
    for at, event in enumerate(timeline):
        if len(timeline) <= MOST_EVENTS or at < half or at >= len(timeline) - half:
            yield _event(event)
        elif at == half:
            count = len(timeline) - 2 * half
            text = ngettext("{count} event is not shown here", "{count} events are not shown here", count)
            yield Happening("", "", "...", text.format(count=count))


def _event(event: Mapping[str, Any]) -> Happening:
    kind = str(event["kind"])
    when = f"{event['t'] * 1000:.1f} ms"
    what = _(KINDS[kind]) if kind in KINDS else kind
    return Happening(when, str(event["who"]), what, shortened(_carried(event), LONGEST_EVENT))


def _carried(event: Mapping[str, Any]) -> str:
    """What was said or printed, or else what is to be known of an event."""
    for fact, text in FACTS.items():
        if event.get(fact) is not None:
            return _(text).format_map({fact: event[fact]})
    return _(WHAT[event["what"]]) if event.get("what") in WHAT else ""
