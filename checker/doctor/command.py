"""Has every part looked at, and shows what was found."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec

from checker import edition
from checker.doctor import folder, jupyter, letters, network, programs, python
from checker.doctor.finding import Finding, State
from checker.report.pen import Pen
from checker.setup.place import Place
from checker.texts import N_, _, ngettext
from checker.workplace import kit_root

WELL, IN_THE_WAY = 0, 1

MARKS: dict[State, str] = {"good": "✓", "note": "!", "bad": "✗"}
ASCII_MARKS: dict[State, str] = {"good": "+", "note": "!", "bad": "x"}
STYLES: dict[State, str] = {"good": "good", "note": "warn", "bad": "bad"}

PARTS: tuple[tuple[str, Callable[[Place], Iterator[Finding]]], ...] = (
    (N_("Python"), python.look),
    (N_("The kit's folder"), folder.look),
    (N_("Letters"), letters.look),
    (N_("This machine talking to itself"), network.look),
    (N_("How your programs are watched"), programs.look),
    (N_("JupyterLab"), jupyter.look),
)


def doctor() -> int:
    """Look at everything; returns 0 where nothing stands in the way, else 1."""
    place = Place(kit_root())
    pen = Pen(sys.stdout)
    pen.terminal = pen.terminal and find_spec("rich") is not None  # what draws on it may be just what is missing
    title = _("Chat lab kit {version}, {system}").format(version=edition.version(), system=platform.platform())
    pen.paragraph(title, "title")
    bad = 0
    for name, look in PARTS:
        pen.blank()
        pen.paragraph(_(name), "title")
        for finding in _found(look, place):
            _show(pen, finding)
            bad += finding.state == "bad"
        pen.flush()
    pen.blank()
    if not bad:
        pen.paragraph(_("Nothing stands in the way."), "good")
        return WELL
    said = ngettext("{count} thing stands in the way.", "{count} things stand in the way.", bad).format(count=bad)
    pen.paragraph(
        said + " " + _("Do what the arrow says, then ask again. Not clear? Show all of this to somebody."), "bad"
    )
    return IN_THE_WAY


def _found(look: Callable[[Place], Iterator[Finding]], place: Place) -> Iterator[Finding]:
    try:
        yield from look(place)
    except OSError as error:
        yield Finding(
            "bad",
            _("This could not be looked at: {error}").format(error=error),
            _("The system refused what every program needs to ask it."),
            _("Show this to your instructor."),
        )


def _show(pen: Pen, finding: Finding) -> None:
    mark = (MARKS if pen.can("".join(MARKS.values())) else ASCII_MARKS)[finding.state]
    pen.paragraph(finding.fact, "", (f" {mark}  ", STYLES[finding.state]))
    pen.paragraph(finding.means, "dim", indent=4)
    if finding.todo:
        arrow = "→ " if pen.can("→") else "> "
        pen.paragraph(finding.todo, STYLES[finding.state], (arrow, STYLES[finding.state]), indent=4)
