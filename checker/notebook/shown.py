"""What a cell shows of a show: everybody's transcript, and the diagram."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from checker.grading.model import CheckResult
from checker.report import harmless
from checker.report.diagram import model, svg, text
from checker.stage.timeline import Event
from checker.texts import _

WIDTH = 79


@dataclass(frozen=True)
class Line:
    """One line of a transcript: `way` is ">" for what was sent or typed, "<" for what came, "" for what happened."""

    way: str
    text: str


class Transcript:
    """Who said and heard what, a column each. A notebook draws it as a table, a terminal as plain lines."""

    def __init__(self, columns: dict[str, list[Line]]) -> None:
        self.columns = columns

    @classmethod
    def of(cls, events: Iterable[Event]) -> Transcript:
        """The transcript of a timeline."""
        columns: dict[str, list[Line]] = {}
        for event in events:
            for line in _lines(event):
                columns.setdefault(event.who, []).append(line)
        return cls(columns)

    def __repr__(self) -> str:
        rows = []
        for who, lines in self.columns.items():
            rows.append(f"-- {who}")
            rows += [f"   {line.way or '*'} {line.text}" for line in lines]
        return "\n".join(rows)

    def _repr_html_(self) -> str:
        heads = "".join(f"<th scope='col'>{escape(who)}</th>" for who in self.columns)
        cells = "".join(
            "<td>" + "".join(f"<div><b>{escape(one.way or '*')}</b> {escape(one.text)}</div>" for one in lines) + "</td>"
            for lines in self.columns.values()
        )
        style = "vertical-align:top;text-align:left;white-space:pre-wrap;font-family:monospace;padding:0.3em 1em"
        table = f"<table class='chat-transcript'><tr>{heads}</tr><tr>{cells}</tr></table>"
        return f"<style>.chat-transcript th, .chat-transcript td {{{style}}}</style>{table}"


def _lines(event: Event) -> list[Line]:
    said = harmless.lines(event.data.decode("utf-8", "backslashreplace").rstrip("\n"), "utf-8")
    if event.kind in ("sent", "typed"):
        return [Line(">", one) for one in said]
    if event.kind in ("received", "output"):
        return [Line("<", one) for one in said]
    happened = {
        "connected": _("connects"),
        "half_closed": _("has nothing more to say (FIN)"),
        "closed": _("leaves (FIN)"),
        "reset": _("breaks off (RST)"),
        "saw_end": _("sees the end of the stream"),
        "saw_reset": _("sees the connection broken off"),
        "exit": _("ends with status {status}").format(status=event.facts.get("status")),
    }.get(event.kind)
    return [Line("", happened)] if happened else []


class Picture:
    """A sequence diagram. A notebook draws it as SVG, a terminal as text."""

    _drawn = 0

    def __init__(self, diagram: model.Diagram) -> None:
        self._diagram = diagram

    @classmethod
    def of(cls, timeline: Sequence[dict[str, Any]]) -> Picture:
        """The diagram of a timeline, as results have it."""
        result = CheckResult("show", "", "passed", 0, 0, timeline=list(timeline))
        diagram = model.of(result)
        if diagram is None:
            raise ValueError(_("Nothing has happened yet: there is nothing to draw."))
        return cls(diagram)

    def __repr__(self) -> str:
        return "\n".join(text.draw(self._diagram, WIDTH, "utf-8"))

    def _repr_html_(self) -> str:
        Picture._drawn += 1
        return svg.draw(self._diagram, f"show-{Picture._drawn}")
