"""What of a long scene is shown, and what stands in the place of the rest."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from checker.report.diagram.parts import Label, Row
from checker.report.diagram.scene import Scene, Step
from checker.texts import N_, _, ngettext

MOST_ROWS = 13
"""Rows that the steps of a scene may take where not all of them matter."""
CONTEXT = 2
"""Talks before the end that are shown although nothing is wrong with them."""
PARTINGS_SHOWN = 2
MOST_MATTERING = 3

JOINS = ("connected", "started")
LEAVES = ("closed", "reset")


@dataclass
class Unit:
    """Steps that are shown together or not at all."""

    steps: list[Step]
    rows: list[Row]

    @property
    def deed(self) -> str:
        """The kind of its deeds; all are of one kind."""
        return self.steps[0].deed.kind if self.steps[0].deed is not None else ""

    @property
    def parts_company(self) -> bool:
        """Whether somebody goes in it, or something breaks."""
        gone = ("closed", "reset", "half_closed", "signal", "saw_end", "saw_reset", "exit")
        return any(step.has(*gone) for step in self.steps) or any(row.kind == "note" for row in self.rows)


def units_of(steps: Sequence[Step], rows: Sequence[list[Row]]) -> list[Unit]:
    """Steps and their rows as units: joins in a row are one, and so are goodbyes and the like."""
    units: list[Unit] = []
    for step, made in zip(steps, rows, strict=True):
        merged = _merged(units[-1], step, made) if units else None
        if merged is None:
            units.append(Unit([step], _some(made)))
        else:
            units[-1] = merged
    return units


def _some(rows: Sequence[Row]) -> list[Row]:
    """The rows of one step, without the middle where they are very many."""
    if len(rows) <= MOST_ROWS:
        return list(rows)
    hidden = len(rows) - MOST_ROWS + 1
    text = ngettext("{count} more thing happens", "{count} more things happen", hidden).format(count=hidden)
    half = MOST_ROWS // 2
    return [*rows[:half], Row("fold", Label(text), rows[half].t), *rows[half + hidden :]]


def _merged(last: Unit, step: Step, rows: list[Row]) -> Unit | None:
    """`last` with one more step, where both are the same thing done by several and nothing else came of the first."""
    if len(last.rows) != 1 or not rows:
        return None
    before, now = last.rows[0], rows[0]
    same = (before.kind, before.label, before.hub, before.out) == (now.kind, now.label, now.hub, now.out)
    new = not set(before.ends) & set(now.ends)
    if not same or not new or now.kind not in ("connect", "goodbye", "reset", "half_close"):
        return None
    return Unit([*last.steps, step], [replace(before, ends=before.ends + now.ends), *rows[1:]])


def folded(units: Sequence[Unit], scene: Scene, matter: frozenset[str]) -> list[Unit | list[Unit]]:
    """The units in order; lists are those that are not to be shown one by one."""
    kept = _kept(units, scene, matter)
    found: list[Unit | list[Unit]] = []
    for shown, group in itertools.groupby(range(len(units)), lambda number: number in kept):
        some = [units[number] for number in group]
        # One row in the place of one row would say less and save nothing.
        found += some if shown or sum(len(unit.rows) for unit in some) < 2 else [some]
    return found


def _kept(units: Sequence[Unit], scene: Scene, matter: frozenset[str]) -> set[int]:
    if sum(len(unit.rows) for unit in units) <= MOST_ROWS:
        return set(range(len(units)))
    kept = _must(units, scene, matter)
    partings = [number for number in range(len(units)) if number not in kept and units[number].parts_company]
    talks = [n for n in range(len(units)) if n not in (*kept, *partings) and units[n].deed not in JOINS]

    def add(numbers: Sequence[int]) -> None:
        for number in numbers:
            if sum(len(units[one].rows) for one in {*kept, number}) <= MOST_ROWS:
                kept.add(number)

    add(range(min([*_missing(units), len(units)]), len(units)))
    add(partings[: -PARTINGS_SHOWN - 1 : -1])
    add(talks[: -CONTEXT - 1 : -1])
    add(_arrivals(units, kept))
    return kept


def _missing(units: Sequence[Unit]) -> list[int]:
    return [number for number, unit in enumerate(units) if any(row.kind == "missing" for row in unit.rows)]


def _arrivals(units: Sequence[Unit], kept: set[int]) -> list[int]:
    """Where those who have a part in what is shown came, the last time that they did."""
    waiting = {name for number in kept for row in units[number].rows if row.kind != "connect" for name in row.ends}
    found = []
    for number in range(len(units) - 1, -1, -1):
        came = {name for row in units[number].rows if row.kind == "connect" for name in row.ends}
        if came & waiting:
            found.append(number)
            waiting -= came
    return [number for number in found if number not in kept]


def _must(units: Sequence[Unit], scene: Scene, matter: frozenset[str]) -> set[int]:
    """The first setup, what is missing, what was said that matters, and the end."""
    kept = {0, *_missing(units)[:MOST_MATTERING], len(units) - 1}
    if len(units) > 1 and units[1].deed in JOINS:
        kept.add(1)
    said = [scene.said[token].step for token in sorted(matter) if token in scene.said]
    for number, unit in enumerate(units):
        if any(scene.steps[one] in unit.steps for one in said[:MOST_MATTERING]):
            kept.add(number)
    return kept


def summary(units: Sequence[Unit], scene: Scene) -> Row:
    """One row in the place of many: who came and went, what was said."""
    steps = [step for unit in units for step in unit.steps if step.deed is not None]
    joins = [step.deed.who for step in steps if step.deed is not None and step.deed.kind in JOINS]
    leaves = [step.deed.who for step in steps if step.deed is not None and step.deed.kind in LEAVES]
    both = [name for name in leaves if name in joins]
    visits = min(len(both), sum(name in leaves for name in joins))
    said = [step for step in steps if step.has("sent", "typed")]
    parts = []
    if visits:
        parts.append(_people(both[:visits], N_("{names} comes and goes"), N_("{names} come and go"), visits))
    if len(joins) > visits:
        more = [name for name in joins if name not in leaves]
        parts.append(_people(more, N_("{names} joins"), N_("{names} join"), len(joins) - visits))
    if said:
        parts.append(_messages(said, scene))
    if len(leaves) > visits:
        gone = [name for name in leaves if name not in joins]
        parts.append(_people(gone, N_("{names} leaves"), N_("{names} leave"), len(leaves) - visits))
    if not parts:
        parts.append(ngettext("{count} step", "{count} steps", len(steps)).format(count=len(steps)))
    return Row("fold", Label("; ".join(parts)), units[0].rows[0].t)


def _people(names: Sequence[str], one: str, many: str, count: int) -> str:
    """Who does something, by name where they are one or two."""
    different = list(dict.fromkeys(names))
    if len(different) == count == 1:
        return _(one).format(names=different[0])
    if len(different) == count == 2:
        return _(many).format(names=_("{one} and {other}").format(one=different[0], other=different[1]))
    if count == 1:
        return _(one).format(names=_("somebody"))
    return _(many).format(names=_("{count} people").format(count=f"{count:,}"))


def _messages(steps: Sequence[Step], scene: Scene) -> str:
    count = len(steps)
    if all(_arrived(step, scene) for step in steps):
        text = ngettext("{count} message, which arrived", "{count} messages, all of which arrived", count)
    else:
        text = ngettext("{count} message", "{count} messages", count)
    return text.format(count=f"{count:,}")


def _arrived(step: Step, scene: Scene) -> bool:
    """Whether what was said in a step came to everybody else who was there, or back to who said it."""
    if step.deed is None:
        return False
    who = step.deed.who
    heard = {name for token in scene.tokens(step.deed.text) for name in scene.heard[token]}
    others = {name for name in step.present if name not in (who, scene.hub)}
    return bool(heard) and (others <= heard or heard - {scene.hub} == {who})
