"""What is known of a failed check at the moment of its verdict, gathered while its stage still stands."""

from __future__ import annotations

import contextlib
from pathlib import Path

from checker.diagnosis.evidence import Actor, Connection, Evidence, Typed
from checker.grading.model import CheckResult
from checker.stage.failure import Failed, Unjudgeable
from checker.stage.peers import Joining, Peer
from checker.stage.program import Program
from checker.stage.rest import sockdiag
from checker.stage.stage import Stage

STATES = {
    number: name.lower()
    for name, number in vars(sockdiag).items()
    if name.isupper() and isinstance(number, int) and 1 <= number <= 11
}
"""Names of the states of a connection by the kernel's numbers (linux/net/tcp_states.h)."""

MOST_ANSWERED = 300
"""Events after one question, above which a program is taken for one that goes on without end."""


NEWCOMER = "newcomer"
"""Who joins where a diagnosis asks for somebody new."""


def last_words(stage: Stage) -> None:
    """Let a server that has stopped listening, though nobody asked it to, come to its end: what ends it is being printed."""
    asked_to = any(event.kind == "signal" and event.facts.get("signal") == "SIGINT" for event in stage.timeline.events)
    servers = [program for program in stage.running() if program.role == "server"]
    if stage.ended_by == "seen" and servers and not asked_to and not servers[-1].listening():
        with contextlib.suppress(Failed, Unjudgeable):
            stage.wait()


def judged(stage: Stage) -> Program:
    """Whom a check is about: the program that was started first, or, of several of its kind, last."""
    there = stage.programs or stage.cast
    return next(one for one in reversed(there) if one.role == there[0].role)


def is_busy(stage: Stage) -> bool:
    """Whether the judged program burns processor time and nothing comes of it. To be asked before its threads are asked
    where they are: the answer to that is something that comes."""
    return any(program.observer.spinning() for program in stage.running() if program is judged(stage))


def evidence_of(stage: Stage, result: CheckResult, lab: str, busy: bool) -> Evidence | None:
    """Everything that a diagnosis may want to know; None where no program was started. `busy`: see `is_busy`."""
    if not stage.cast:
        return None
    program = judged(stage)
    return Evidence(
        lab=lab,
        check=result.id,
        result=result,
        role=program.role,
        told=(program.host, program.port),
        events=list(stage.timeline.events),
        printed=program.printed,
        status=program.status,
        spinning=busy and program.status is None,
        connections=_connections(stage),
        hearsay=list(program.hearsay.events),
        folder=str(program.folder),
        options=program.options,
        sources=sources_of(program),
        cast=[_actor(one) for one in stage.cast],
        proved=program.observer.proved and stage.table.proved,
        probe=StageProbe(stage) if not busy and _can_be_asked(program, result) else None,
    )


def _actor(program: Program) -> Actor:
    unread = program.unread_input if program.status is None else 0
    hearsay = list(program.hearsay.events)
    return Actor(
        program.name, program.role, program.printed, program.status, unread, hearsay, folder=str(program.folder)
    )


def _connections(stage: Stage) -> list[Connection]:
    rows = [row for row in stage.rows() if row.state != sockdiag.LISTEN]
    names = {peer.address: peer.name for peer in stage.peers if not peer.left}
    ours = {peer.address for peer in stage.peers}
    held = {inode: program.name for program in stage.running() for inode in program.observer.inodes()}
    names.update({row.local: held[row.inode] for row in rows if row.inode in held and row.local not in ours})
    return [
        Connection(
            names.get(row.remote),
            STATES.get(row.state, "unknown"),
            row.inode != 0,
            row.unread,
            held.get(row.inode),
            row.remote[1],
        )
        for row in rows
        if row.local not in ours
    ]


def sources_of(program: Program) -> dict[str, str]:
    """The Python files beside the program, its own included: what it may have imported."""
    sources = {}
    for file in sorted(program.file.parent.glob("*.py")):
        sources[file.name] = _text(file)
    return sources


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return ""


def _can_be_asked(program: Program, result: CheckResult) -> bool:
    alive = program.status is None and not program.paused
    return alive and result.ended_by in ("rest", "seen")


class StageProbe:
    """See `checker.diagnosis.evidence.Probe`."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._rests = True

    def speaks(self, who: str, end: str = "") -> frozenset[str]:
        """See `Probe`."""
        speaker = self._peer(who)
        if speaker is None or not self._rests:
            return frozenset()
        said = speaker.says("Hi!", end=end)
        self._settle()
        return self._heard(said.data)

    def types(self, who: str) -> Typed:
        """See `Probe`."""
        program = next((one for one in self._stage.running() if one.name == who), None)
        if program is None or not self._rests:
            return Typed(b"", b"", b"")
        screen = program.screen()
        guests = [(peer, len(peer.heard)) for peer in self._present()]
        line = f"Hi! {self._stage.token()}"
        program.types(line)
        self._settle()
        sent = b"".join(bytes(peer.heard[before:]) for peer, before in guests)
        return Typed(line.encode(), program.printed_since(screen), sent)

    def waiting(self) -> frozenset[str]:
        """See `Probe`."""
        queued = (one for one in _connections(self._stage) if not one.accepted and one.state == "established")
        return frozenset(one.who for one in queued if one.who is not None)

    def joins(self) -> str:
        """See `Probe`."""
        if not self._stage.peers or not self._rests:
            return ""
        joining = Joining(self._stage, *self._stage.peers[-1].remote)
        try:
            (peer,) = joining.connect(NEWCOMER)
        except (Failed, Unjudgeable):
            return ""
        self._settle()
        return peer.name if peer.end is None and joining.accepted(peer) else ""

    def speaks_while_one_vanishes(self, who: str, vanishing: str) -> frozenset[str]:
        """See `Probe`."""
        speaker, leaver = self._peer(who), self._peer(vanishing)
        server = next((one for one in self._stage.running() if one.role == "server"), None)
        if speaker is None or leaver is None or server is None or not self._rests:
            return frozenset()
        server.control(b"%d " % leaver.address[1])
        said = speaker.says("Hi!")
        self._settle()
        leaver.resets()
        self._settle()
        return self._heard(said.data)

    def _settle(self) -> None:
        """Wait until everything is at rest; whoever does not come to rest is asked nothing more."""
        enough = len(self._stage.timeline.events) + MOST_ANSWERED
        try:
            ended = self._stage.wait(lambda: len(self._stage.timeline.events) > enough)
        except (Failed, Unjudgeable):
            ended = "bound"
        self._rests = ended == "rest"

    def _heard(self, said: bytes) -> frozenset[str]:
        heard = {peer.name for peer in self._stage.peers if peer.has_heard(said)}
        shown = {one.name for one in self._stage.programs if one.role == "client" and one.shows(said.decode())}
        return frozenset(heard | shown) if self._rests else frozenset()

    def _peer(self, who: str) -> Peer | None:
        return next((peer for peer in self._present() if peer.name == who), None)

    def _present(self) -> list[Peer]:
        return [peer for peer in self._stage.peers if not peer.left and peer.end is None]
