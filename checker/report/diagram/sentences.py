"""A diagram in sentences, for whoever cannot see it."""

from __future__ import annotations

from collections.abc import Sequence

from checker.report import harmless
from checker.report.diagram.parts import TERMINAL, Diagram, Label, Row, milliseconds
from checker.report.words import listed
from checker.texts import N_, _

LONGEST_DATA = 200
ENCODING = "utf-8"

ARROWS = {
    "connect": (N_("{names} connects to {to}"), N_("{names} connect to {to}")),
    "half_close": (
        N_("{names} sends nothing more and still listens: half-close (FIN) to {to}"),
        N_("{names} send nothing more and still listen: half-close (FIN) to {to}"),
    ),
    "goodbye": (N_("{names} says goodbye (FIN) to {to}"), N_("{names} say goodbye (FIN) to {to}")),
    "reset": (N_("{names} breaks off (RST) from {to}"), N_("{names} break off (RST) from {to}")),
    "end_seen": (N_("{names} ends (FIN) the connection to {to}"), N_("{names} end (FIN) the connection to {to}")),
    "reset_seen": (N_("{names} breaks off (RST) from {to}"), N_("{names} break off (RST) from {to}")),
    "message": (N_("{names} sends {label} to {to}"), N_("{names} send {label} to {to}")),
}
"""What an arrow says, of one and of several at its beginning."""


def of(diagram: Diagram) -> list[str]:
    """Who takes part, from left to right, and a sentence for each row."""
    people = _("From left to right stand {names}.").format(names=listed([one.name for one in diagram.lifelines]))
    return [people, *(sentence(row, diagram) for row in diagram.rows)]


def words_of(label: Label) -> str:
    """A label in full, as far as anybody reads; harmless."""
    data = label.data
    if len(data) > LONGEST_DATA:
        data = data[:LONGEST_DATA] + "…"
    text = label.before + (f'"{data}"' if data else "") + label.after
    return harmless.harmless(text, ENCODING)


def sentence(row: Row, diagram: Diagram) -> str:
    """One row as a sentence, with its time."""
    text = _what(row, diagram)
    when = "" if row.t is None else _("At {ms} ms: ").format(ms=milliseconds(row.t))
    return when + text + ("" if text.endswith((".", "!", "?")) else ".")


def _what(row: Row, diagram: Diagram) -> str:
    label = words_of(row.label)
    if row.kind == "verdict":
        return _("What did not hold: {label}").format(label=label)
    if row.hub is None:
        return label
    hub = diagram.lifelines[diagram.place(row.hub)].name
    names = [_name(key, row, diagram) for key in row.ends]
    if row.kind == "rest":
        return _("{name} is {label}").format(name=hub, label=label)
    if not names:
        text = _("{name} {label}") if row.kind in ("exit", "output", "typed") else _("{name}: {label}")
        return text.format(name=hub, label=label)
    if row.kind == "missing":
        return _("What should have come from {name} to {to} and did not: {label}").format(
            name=hub, to=listed(names), label=label
        )
    if row.kind in ("typed", "signal", "output"):
        return _at_a_screen(row, hub, names, label)
    source, to = ([hub], names) if row.out else (names, [hub])
    one, several = ARROWS[row.kind]
    text = _(one) if len(source) == 1 and not row.of_others > 1 else _(several)
    return text.format(names=listed(source), to=listed(to), label=label)


def _at_a_screen(row: Row, hub: str, names: Sequence[str], label: str) -> str:
    """What was typed, and what came on a screen: at the terminal of the one client, or at those of several."""
    if row.kind == "output":
        where = hub if row.ends == (TERMINAL,) else listed(names)
        return _("on the screen of {names} comes {label}").format(names=where, label=label)
    if row.ends == (TERMINAL,):
        return _("at the keyboard of {name}: {label}").format(name=hub, label=label)
    return _("{names} {label}, which comes to {to}").format(names=listed(names), to=hub, label=label)


def _name(key: str, row: Row, diagram: Diagram) -> str:
    """A lifeline's name; of those who share one, how many it is about."""
    lifeline = diagram.lifelines[diagram.place(key)]
    if lifeline.names and row.of_others:
        return _("{count} of {name}").format(count=row.of_others, name=lifeline.name)
    return lifeline.name
