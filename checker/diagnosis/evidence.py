"""What a diagnosis rests on: everything that is known of a failed check at the moment of its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from checker.grading.model import CheckResult


class Happening(Protocol):
    """One event of the timeline (`checker.stage.timeline.Event`), its bytes as they were."""

    @property
    def t(self) -> float:
        """Seconds since the stage opened."""

    @property
    def who(self) -> str:
        """A peer's or a program's name."""

    @property
    def kind(self) -> str:
        """See `checker.stage.timeline.Kind`."""

    @property
    def step(self) -> int:
        """Each deed of ours begins a new one: what the program did about it has the same number."""

    @property
    def data(self) -> bytes:
        """The first bytes of what was sent, received, typed or printed (4,096 at most); `size` is how many there were."""

    @property
    def size(self) -> int:
        """See `data`."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What else is known: port, to, said_by, stream, status, signal, ..."""


@dataclass(frozen=True)
class Connection:
    """One end of a connection, by the kernel's socket table. `end` is the program whose end it is (None where nobody holds
    it any more), `who` the peer of ours or the program at the other end, None where that one has left, and `port` the port
    there; `accepted` false while it lies in the accept queue; `unread` counts bytes that the program has not taken in (the
    end of the stream counts as one); `state` is "established", "close_wait", ... (RFC 9293, 3.3.2)."""

    who: str | None
    state: str
    accepted: bool
    unread: int
    end: str | None = None
    port: int = 0


@dataclass(frozen=True)
class Actor:
    """One program of the scene: `name` as on the timeline ("server", "client", in lab 6 "alice"), `role` "server" or
    "client", `unread` the bytes that were typed to it and that it has not read, `folder` where it was played."""

    name: str
    role: str
    printed: bytes
    status: int | None
    unread: int = 0
    hearsay: Sequence[Mapping[str, Any]] = ()
    folder: str = ""


@dataclass(frozen=True)
class Typed:
    """What came of a line that was typed: `printed` on the typist's own screen, `sent` to the room of ours."""

    line: bytes
    printed: bytes
    sent: bytes


class Probe(Protocol):
    """Questions that can still be put to the running program: what is done here is not part of the run that was judged.

    A program that does not come to rest is asked nothing more: every answer is then an empty one.
    """

    def speaks(self, who: str, end: str = "") -> frozenset[str]:
        """`who` says something new, with `end` behind it; the names of those that heard it once everything is at rest: of
        peers that received it, of clients' programs that showed it. Empty where `who` is not connected any more."""

    def types(self, who: str) -> Typed:
        """A line is typed at the client's program `who`."""

    def waiting(self) -> frozenset[str]:
        """Names of those whom the server has not accepted."""

    def joins(self) -> str:
        """Somebody new connects to the server; the name, or "" where the server does not accept."""

    def speaks_while_one_vanishes(self, who: str, vanishing: str) -> frozenset[str]:
        """`who` says something while the connection of `vanishing` breaks off; who has heard it. Only where the program
        was started under the schedule "epipe"."""


@dataclass(frozen=True)
class Evidence:
    """One failed check. `result` holds the verdict: message, expected, got, ended_by, threads with their stacks.

    `role` is the judged program's ("server" or "client"; of several that were started it is the last), `told` the address
    it was given, `folder` where it was played, `printed` what it printed on both streams, `status` its exit status (None
    while it runs), `spinning` whether it burned processor time and nothing came of it, `hearsay` its own process's word
    (dicts with "event": loading, calling, returned, no_function, bind, connect, forked, where), `options` how it was played
    ("small_print", "schedule", ...), `sources` the student's files by name, `cast` every program that was on the stage, in
    order, those that have ended included. Where `proved` is false it is not known what lies unread and in which calls the
    threads wait. `probe` is None where nothing can be asked any more (the program has ended or does not come to rest).
    """

    lab: str
    check: str
    result: CheckResult
    role: str
    told: tuple[str, int]
    events: Sequence[Happening]
    printed: bytes
    status: int | None
    spinning: bool
    connections: Sequence[Connection] = ()
    hearsay: Sequence[Mapping[str, Any]] = ()
    folder: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    cast: Sequence[Actor] = ()
    proved: bool = True
    probe: Probe | None = None
