"""The diagram of a check's timeline: one model for both drawings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from checker.grading.model import CheckResult, ThreadState
from checker.report import words
from checker.report.diagram.cast import lifelines
from checker.report.diagram.deeds import Rows
from checker.report.diagram.fold import Unit, folded, summary, units_of
from checker.report.diagram.parts import OTHERS, TERMINAL, Label, Row, shared
from checker.report.diagram.parts import Diagram as Diagram
from checker.report.diagram.scene import Scene, scene_of
from checker.texts import _, ngettext

MOST_MATTERING = 3
"""Messages that what was expected may name, to be looked for in the scene."""
MOST_PLACES = 2
"""Places of threads that are told."""

BUSY = ("sendto", "sendmsg", "write", "writev", "running")
IDLE = ("recvfrom", "recvmsg", "accept", "accept4")
WAITS_ONLY = 3


def of(result: CheckResult) -> Diagram | None:
    """The diagram of a check: made of the plain timeline, threads and message, as a result that was read from a file has
    them, too. None where no program was started."""
    scene = scene_of(result.timeline)
    if scene is None:
        return None
    matter = _matter(result, scene)
    maker = Rows(scene, matter, "" if result.got is None else result.got.text)
    units = units_of(scene.steps, [maker.of(step) for step in scene.steps])
    rows = list(_shown(units, scene, matter))
    if result.ended_by == "rest":
        rows = _at_rest(rows, scene)
    rows += _end(result, scene, rows[-1].alive if rows else frozenset())
    people = lifelines(scene, rows, {scene.said[token].who for token in matter})
    others = frozenset(name for one in people if one.key == OTHERS for name in one.names)
    return Diagram(result.title, people, tuple(shared(row, others) for row in rows))


def _matter(result: CheckResult, scene: Scene) -> frozenset[str]:
    """The tokens of what the verdict is about."""
    missing = [str(one.get("data", "")) for one in result.timeline if one["kind"] == "missing"]
    expected = "" if result.expected is None else result.expected.text
    tokens = [token for text in (*missing, expected) for token in scene.tokens(text)]
    return frozenset(tokens[:MOST_MATTERING])


def _shown(units: Sequence[Unit], scene: Scene, matter: frozenset[str]) -> Iterator[Row]:
    """The rows of the scene, each with who was there when it was over."""
    if scene.earlier:
        yield Row("fold", Label(_("an earlier run of the program is not shown")))
    alive = frozenset((TERMINAL,) if scene.shape == "client" else ())
    for one in folded(units, scene, matter):
        if isinstance(one, list):
            for unit in one:
                for row in unit.rows:
                    alive = _alive(alive, row)
            yield replace(summary(one, scene), alive=alive)
        else:
            for row in one.rows:
                alive = _alive(alive, row)
                yield replace(row, alive=alive)


def _alive(alive: frozenset[str], row: Row) -> frozenset[str]:
    """Who is there after a row."""
    hub = frozenset(() if row.hub is None else (row.hub,))
    if row.kind in ("start", "connect"):
        return alive | hub | frozenset(row.ends)
    if row.kind in ("goodbye", "reset", "reset_seen"):
        return alive - frozenset(row.ends)
    return alive - hub if row.kind == "exit" else alive


def _end(result: CheckResult, scene: Scene, alive: frozenset[str]) -> list[Row]:
    """What is known of the moment of the verdict, and the verdict."""
    notes = [Row("note", Label(text), hub=scene.hub, alive=alive) for text in _where(result, scene)]
    verdict = next((one for step in scene.steps for one in step.came if one.kind == "verdict"), None)
    if verdict is None and result.outcome == "passed":
        return notes
    text = result.message or _(words.NO_MESSAGE)
    return [*notes, Row("verdict", Label(text), None if verdict is None else scene.ms(verdict.t))]


def _where(result: CheckResult, scene: Scene) -> list[str]:
    """Where the threads that matter were, in a line for each place."""
    missing = next((one for step in scene.steps for one in step.came if one.kind == "missing"), None)
    if missing is None and scene.shape != "client" and result.ended_by != "bound":
        return []
    files = {one.deed.facts.get("file") for one in scene.steps if one.deed is not None and one.deed.who == scene.hub}
    threads = [one for one in result.threads if one.file in files] or result.threads
    # A client has only one connection: that it is the one with our server goes without saying.
    threads = [replace(one, peer=None) for one in threads] if scene.shape == "client" else threads
    served = "" if missing is None else str(missing.facts.get("said_by") or missing.who)
    serving = [one for one in threads if one.peer == served]
    groups = sorted(words.alike(threads).values(), key=lambda group: min(map(_rank, group)))
    if serving:
        groups = [serving, *(one for one in groups if _rank(one[0]) < WAITS_ONLY and one[0] not in serving)]
    said = [f"{_names(group)} {words.waits(*group)}" for group in groups[:MOST_PLACES]]
    if served and not serving and scene.shape == "server" and _all_served(threads):
        said.insert(0, _("no thread waits in recv() for {name}").format(name=served))
    return said[:MOST_PLACES]


def _names(group: Sequence[ThreadState]) -> str:
    if len(group) == 1:
        return group[0].name
    return ngettext("{count} thread", "each of {count} threads", len(group)).format(count=len(group))


def _rank(thread: ThreadState) -> int:
    """How much a thread says of why nothing came: first one that wants a lock, last those that only wait for more."""
    if thread.wants is not None:
        return 0
    if thread.call in BUSY:
        return 1
    return WAITS_ONLY + IDLE.index(thread.call) if thread.call in IDLE else 2


def _all_served(threads: Sequence[ThreadState]) -> bool:
    """Whether every thread waits for somebody new, or in recv() for somebody who is known: so that of the others it is
    certain that nobody waits for them."""
    serving = [one for one in threads if one.call in ("recvfrom", "recvmsg")]
    return bool(serving) and all(one.peer is not None for one in serving) and all(one.call in IDLE for one in threads)


def _at_rest(rows: list[Row], scene: Scene) -> list[Row]:
    """`rows` with a row before what is missing, or last, that says that the programs were at rest by then."""
    rest = next((one for one in reversed(scene.steps[-1].came) if one.kind == "rest"), None)
    if rest is None or not rows:
        return rows
    place = len(rows)
    while rows[place - 1].kind == "missing":
        place -= 1
    label = Label(_("at rest"), after=_(": nothing more will happen"))
    row = Row("rest", label, scene.ms(rest.t), scene.hub, alive=rows[place - 1].alive)
    return [*rows[:place], row, *rows[place:]]
