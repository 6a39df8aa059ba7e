"""Who has a lifeline, who shares one, and their order from left to right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from checker.report.diagram.parts import OTHERS, TERMINAL, Lifeline, Row
from checker.report.diagram.scene import ROOM, Scene
from checker.texts import _, ngettext

FOREMOST = 10**6
MOST_PEOPLE = 5
"""Lifelines beside the program's."""


def lifelines(scene: Scene, rows: Sequence[Row], speakers: Collection[str]) -> tuple[Lifeline, ...]:
    """The lifelines for the rows that are shown, the program's between those who speak to it at the end and those who hear.
    `speakers` said what the verdict is about: each has a lifeline."""
    alone, sharing = _alone(scene, rows, speakers)
    people = [_somebody(scene, name) for name in alone]
    if sharing:
        text = ngettext("{count} other", "{count} others", len(sharing)).format(count=len(sharing))
        people.append(Lifeline(OTHERS, text, text, sharing[0] in scene.programs, tuple(sharing)))
    if scene.shape == "client":
        return (Lifeline(TERMINAL, _("terminal"), _("terminal")), _program(scene), *people)
    place = _place([one.key for one in people], rows)
    return (*people[:place], _program(scene), *people[place:])


def _program(scene: Scene) -> Lifeline:
    if scene.programs[scene.hub] == "server":
        return Lifeline(scene.hub, _("your server"), _("server"), True)
    return Lifeline(scene.hub, _("your client"), _("client"), True)


def _somebody(scene: Scene, name: str) -> Lifeline:
    if name == ROOM and name not in scene.programs:
        return Lifeline(name, _("our server"), _("server"))
    return Lifeline(name, name, name, name in scene.programs)


def _alone(scene: Scene, rows: Sequence[Row], speakers: Collection[str]) -> tuple[list[str], list[str]]:
    """Those with a lifeline of their own and those who share one, each in the order in which they came."""
    if len(scene.people) <= MOST_PEOPLE:
        return scene.people, []
    weight: Counter[str] = Counter(dict.fromkeys(speakers, FOREMOST))
    for number, row in enumerate(rows, 1):
        people = [name for name in (*row.ends, row.hub) if name is not None and name in scene.people]
        for nth, name in enumerate(people):
            weight[name] += _weight(row, nth, number)
    chosen = {name for name, _weight in weight.most_common(MOST_PEOPLE - 1)}
    alone = [name for name in scene.people if name in chosen]
    return alone, [name for name in scene.people if name not in chosen]


def _weight(row: Row, nth: int, number: int) -> int:
    """How much a row makes of the `nth` of those at its ends: the later the more, and less of each of many."""
    important = {"missing": 1000, "fold": 0, "connect": 0}.get(row.kind, 1 if row.out else 10)
    return important * number // (1 + nth)


def _place(people: Sequence[str], rows: Sequence[Row]) -> int:
    """How many stand to the left of the program: between the last who spoke and the last who should have heard it, and
    as far in the middle as that allows."""
    middle = (len(people) + 1) // 2
    arrows = [row for row in reversed(rows) if row.ends]
    spoke = next((row.ends[0] for row in arrows if row.kind in ("message", "typed") and not row.out), None)
    missed = next((row.ends[0] for row in arrows if row.kind == "missing"), None)
    if spoke not in people or missed not in people or spoke == missed:
        return middle
    first, last = sorted((people.index(spoke), people.index(missed)))
    return min(max(middle, first + 1), last)
