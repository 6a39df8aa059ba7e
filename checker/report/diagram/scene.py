"""A timeline as a scene: who is in it, what was said, and the steps in which it goes, each with what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Event = Mapping[str, Any]
"""One event as the result has it: t, who, kind and step, and what `checker.stage.timeline.Event.as_json` adds."""

DEEDS = frozenset(
    ("started", "connected", "sent", "half_closed", "closed", "reset", "typed", "closed_input", "signal")
)
"""What is done to a program, or by it: each begins a step."""

ROOM = "room"
"""Our end of a client's connection, by the timeline's name for it."""

TOKEN = re.compile(r"<\w{8}>|[bcdfghjklmnpqrstvwxz]{8}")
"""The part of what is said that occurs nowhere else."""

LONGEST = 100_000
"""Characters that are looked at of what came to one person in one step."""

MOST_PROMPTS = 10

Shape = Literal["server", "client", "chat"]
"""Whose program stands among whom: a student's server among peers, a student's client between a person and a server of
ours, or a student's server among the student's clients."""


@dataclass(eq=False)
class Happening:
    """What happened to one person or program in one step, everything of one kind taken together.

    `parts` are the texts as they came, `size` how many bytes that was, `fresh` the lines that this program had not printed
    before. `t` in seconds.
    """

    t: float
    who: str
    kind: str
    parts: list[str]
    size: int
    facts: Event
    fresh: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The parts in one; of very much the beginning and the end."""
        whole = "".join(self.parts)
        return whole if len(whole) <= LONGEST else whole[: LONGEST // 2] + whole[-LONGEST // 2 :]


@dataclass(eq=False)
class Step:
    """A deed (None where something came before any) and what came of it. `present` are those who were connected then."""

    deed: Happening | None
    came: list[Happening] = field(default_factory=list)
    present: frozenset[str] = frozenset()

    @property
    def happenings(self) -> list[Happening]:
        """All of it, in order."""
        return [*([] if self.deed is None else [self.deed]), *self.came]

    def has(self, *kinds: str) -> bool:
        """Whether something of these kinds happened."""
        return any(one.kind in kinds for one in self.happenings)


@dataclass(frozen=True)
class Said:
    """What somebody said, and in which step."""

    who: str
    text: str
    step: int


@dataclass
class Scene:
    """One run of the programs. `programs` are the student's, by role; `hub` is the one that the others talk to.

    `said` is found by its token; `heard` tells who received a token, and how many times. `earlier`: programs were run
    before this, in the same check.
    """

    programs: dict[str, str]
    hub: str
    shape: Shape
    people: list[str]
    steps: list[Step]
    said: dict[str, Said]
    heard: dict[str, dict[str, int]]
    earlier: bool

    def ms(self, t: float) -> float:
        """A time of the timeline in ms since this scene began."""
        return (t - self.steps[0].happenings[0].t) * 1000

    def tokens(self, text: str) -> list[str]:
        """The tokens in `text` of what was said in this scene."""
        return [token for token in TOKEN.findall(text) if token in self.said]


def scene_of(timeline: Sequence[Event]) -> Scene | None:
    """The scene that a check ended in; None where no program was started."""
    events = list(_judged(timeline))
    begins = _last_run(events)
    shown = events[begins:]
    programs = _programs(shown)
    if not programs:
        return None
    hub = next((name for name, role in programs.items() if role == "server"), next(iter(programs)))
    shape: Shape = "client" if programs[hub] == "client" else "chat" if len(programs) > 1 else "server"
    steps = _steps(shown, shape)
    said = _said(steps)
    return Scene(
        programs=programs,
        hub=hub,
        shape=shape,
        people=list(dict.fromkeys(str(one["who"]) for one in shown if one["who"] not in (hub, "checker"))),
        steps=steps,
        said=said,
        heard=_heard(steps, said),
        earlier=begins > 0,
    )


def _judged(timeline: Sequence[Event]) -> Iterable[Event]:
    """The events up to the verdict: what comes after it was not judged."""
    for event in timeline:
        yield event
        if event["kind"] == "verdict":
            return


def _last_run(events: Sequence[Event]) -> int:
    """Where the last run begins: its first program was started before, with another port. At the same port its being
    started again is part of the story."""
    ports: dict[str, Any] = {}
    begins = 0
    for number, event in enumerate(events):
        if event["kind"] == "started" and event.get("port") is not None:
            name = str(event["who"])
            if ports and name == next(iter(ports)) and ports[name] != event["port"]:
                begins = number
                ports.clear()
            ports[name] = event["port"]
    return begins


def _programs(events: Sequence[Event]) -> dict[str, str]:
    listens = {one["who"] for one in events if one["kind"] == "listening"}
    programs = {}
    for event in events:
        if event["kind"] == "started":
            name = str(event["who"])
            server = name == "server" or name in listens
            programs[name] = str(event.get("role") or ("server" if server else "client"))
    return programs


def _steps(events: Sequence[Event], shape: Shape) -> list[Step]:
    steps: list[Step] = []
    present: set[str] = set()
    printed: dict[str, _Printed] = {}
    for event in events:
        who, kind = str(event["who"]), event["kind"]
        if kind == "listening" and who == ROOM or _answers_goodbye(event, shape):
            continue
        happening = Happening(event["t"], who, kind, [str(event.get("data", ""))], int(event.get("size", 0)), event)
        if kind == "output":
            happening.fresh = printed.setdefault(who, _Printed()).fresh(happening.parts[0])
        if kind in DEEDS:
            steps.append(Step(happening, [], frozenset(present)))
        else:
            if not steps:
                steps.append(Step(None))
            _add(steps[-1].came, happening)
        if kind in ("connected", "started"):
            present.add(who)
        elif kind in ("closed", "reset", "exit"):
            present.discard(who)
    return steps


def _answers_goodbye(event: Event, shape: Shape) -> bool:
    """Our room answers a client's FIN with its own by itself: no deed of the scene."""
    return shape == "client" and event["who"] == ROOM and event["kind"] == "half_closed"


def _add(came: list[Happening], new: Happening) -> None:
    """Add what came to a step; more of what this person got there already becomes a part of that."""
    if new.kind in ("received", "output"):
        for one in came:
            if (one.who, one.kind) == (new.who, new.kind):
                one.parts += new.parts
                one.size += new.size
                one.fresh += new.fresh
                return
    came.append(new)


def lines_of(parts: Iterable[str]) -> list[str]:
    """The lines of what was printed, each once, in order, without the blanks around them."""
    lines = (line.strip() for part in parts for line in part.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


class _Printed:
    """The lines that a program has printed by now, and its prompts: what it printed last without a line end."""

    def __init__(self) -> None:
        self._lines: set[str] = set()
        self._prompts: list[str] = []

    def fresh(self, text: str) -> list[str]:
        """The lines of `text` that are new: neither printed before nor only prompts again."""
        lines = [line for line in lines_of([text]) if line not in self._lines and not self._prompted(line)]
        self._lines.update(lines)
        if lines and len(self._prompts) < MOST_PROMPTS and not text.endswith("\n"):
            self._prompts.append(lines[-1])
        return lines

    def _prompted(self, line: str) -> bool:
        return any(not line.replace(prompt, "").strip() for prompt in self._prompts)


def _said(steps: Sequence[Step]) -> dict[str, Said]:
    said: dict[str, Said] = {}
    for number, step in enumerate(steps):
        if step.deed is not None and step.deed.kind in ("sent", "typed"):
            for token in TOKEN.findall(step.deed.text):
                said.setdefault(token, Said(step.deed.who, step.deed.text, number))
    return said


def _heard(steps: Sequence[Step], said: Mapping[str, Said]) -> dict[str, dict[str, int]]:
    """Who received what was said, over the whole scene, and how often; what a program prints it has received."""
    heard: dict[str, dict[str, int]] = {token: {} for token in said}
    for step in steps:
        for one in step.came:
            if one.kind in ("received", "output"):
                for token in TOKEN.findall(one.text):
                    if token in said:
                        heard[token][one.who] = heard[token].get(one.who, 0) + 1
    return heard
