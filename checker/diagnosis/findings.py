"""The evidence of a failed check, and what is read out of it, each once and only where somebody asks."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property

from checker.diagnosis.evidence import Actor, Connection, Evidence
from checker.diagnosis.scene import Message, Scene
from checker.diagnosis.syntax import Place, Sources
from checker.diagnosis.traces import Raised, tracebacks
from checker.grading.model import Cause, CheckResult, Frame, ThreadState
from checker.texts import _

RECEIVING = ("recvfrom", "recvmsg", "read", "readv")
ACCEPTING = ("accept", "accept4")
SENDING = ("sendto", "sendmsg", "write", "writev")
CONNECTED = ("established", "close_wait", "fin_wait1", "fin_wait2")


class Findings:
    """Everything that the causes ask about."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence

    @property
    def result(self) -> CheckResult:
        """The verdict."""
        return self.evidence.result

    @property
    def is_server(self) -> bool:
        """Whether the judged program is a server."""
        return self.evidence.role == "server"

    @property
    def runs(self) -> bool:
        """Whether the judged program has not ended."""
        return self.evidence.status is None

    @cached_property
    def judged(self) -> Actor:
        """The judged program among the cast: of its kind the last that was started."""
        return next(actor for actor in reversed(self.evidence.cast) if actor.role == self.evidence.role)

    @cached_property
    def scene(self) -> Scene:
        """What happened."""
        return Scene(self.evidence.events, self.judged.name, self.evidence.cast)

    @cached_property
    def sources(self) -> Sources:
        """The student's files."""
        another = "client.py" if self.is_server else "server.py"
        return Sources(self.evidence.sources, "" if another == self._file() else another)

    def _file(self) -> str:
        """The judged program's file."""
        events = self.evidence.events
        return str(events[self.scene.began].facts.get("file", "")) if events else ""

    # Its own words

    @cached_property
    def raised(self) -> list[Raised]:
        """The tracebacks of the judged program, oldest first."""
        return tracebacks(self.evidence.printed.decode("utf-8", "replace"), self.evidence.folder)

    @cached_property
    def uncaught(self) -> list[Raised]:
        """Those that ended a thread, or the program itself (its main thread)."""
        return [
            one for one in self.raised if one.thread is not None or (one is self.raised[-1] and self._main_is_over())
        ]

    @property
    def first_end(self) -> Raised | None:
        """The first that ended something, among those with a line of the student's: threads that end at the same time print
        into each other's words."""
        placed_ones = (one for one in self.uncaught if one.own is not None and one.own.source)
        return next(placed_ones, self.uncaught[0] if self.uncaught else None)

    def _main_is_over(self) -> bool:
        if not self.runs:
            return self.evidence.status not in (0, None)
        return bool(self.threads) and bool(self.threads[0].frames) and not own_frames(self.threads[0])

    def when(self, raised: Raised) -> int:
        """The place among the events at which a traceback was printed."""
        text, marks = self.scene.printed(self.judged.name)
        begins = [one.at for one in tracebacks(text, self.evidence.folder)]
        number = self.raised.index(raised)
        if number >= len(begins):
            return len(self.evidence.events)
        return marks[bisect_right([start for start, _at in marks], begins[number]) - 1][1]

    # Its threads

    @cached_property
    def _groups(self) -> dict[str, list[ThreadState]]:
        """The threads of each running program; those of one program begin with its main thread."""
        running = [actor.name for actor in self.evidence.cast if actor.status is None]
        groups: list[list[ThreadState]] = []
        for thread in self.result.threads:
            if thread.name == "MainThread" or not groups:
                groups.append([])
            groups[-1].append(thread)
        return dict(zip(running, groups, strict=False)) if len(groups) <= len(running) else {}

    def threads_of(self, name: str) -> list[ThreadState]:
        """The threads of one program, the main thread first."""
        return self._groups.get(name, [])

    @cached_property
    def threads(self) -> list[ThreadState]:
        """The threads of the judged program."""
        return self.threads_of(self.judged.name)

    def receives_from(self, name: str) -> list[ThreadState]:
        """The judged program's threads that wait in recv() on the connection with `name`."""
        return [thread for thread in self.threads if thread.call in RECEIVING and thread.peer == name]

    # Its connections

    def connection(self, name: str) -> Connection | None:
        """The judged program's end of the connection with `name`."""
        ends = (self.judged.name, None)
        return next((one for one in self.evidence.connections if one.who == name and one.end in ends), None)

    @cached_property
    def queued(self) -> list[Connection]:
        """Connections that nobody has accepted."""
        return [one for one in self.evidence.connections if not one.accepted and one.state == "established"]

    def heard_by(self, message: Message) -> list[str]:
        """Names of the others who heard a message, in the order of joining."""
        return [player.name for player in self.scene.others(message) if player.has(message)]

    def missed_by(self, message: Message) -> list[str]:
        """Names of the others who are there and did not hear it."""
        return [player.name for player in self.scene.others(message) if not player.has(message)]


def names(who: Sequence[str]) -> str:
    """People in a sentence."""
    if len(who) < 2:
        return "".join(who)
    return _("{some} and {last}").format(some=", ".join(who[:-1]), last=who[-1])


def own_frames(thread: ThreadState) -> list[Frame]:
    """The student's own calls on a thread's stack, innermost first."""
    return [frame for frame in thread.frames if frame.own]


def above_own(thread: ThreadState) -> list[Frame]:
    """What the student's innermost call has called: frames of the library, innermost first."""
    frames = []
    for frame in thread.frames:
        if frame.own:
            break
        frames.append(frame)
    return frames


def calls_library(thread: ThreadState, file: str, *functions: str) -> bool:
    """Whether the student's innermost call waits in one of the `functions` of a file of the library."""
    return any(os.path.basename(frame.file) == file and frame.function in functions for frame in above_own(thread))


def placed(id_: str, text: str, place: Place | None = None) -> Cause:
    """A cause with its line, where that could be found."""
    return Cause(id_, text) if place is None else Cause(id_, text, place[1], place[0])


def at(id_: str, text: str, thread: ThreadState) -> Cause:
    """A cause at the line on which a thread stands."""
    return Cause(id_, text, thread.line, thread.file)
