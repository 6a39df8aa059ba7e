"""A student's server on a stage, as scenes speak of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from checker.stage.failure import Failed, Refused
from checker.stage.peers import Joining, Peer
from checker.stage.program import Program
from checker.stage.stage import Stage
from checker.stage.starting import ended_unvisited, start_server
from checker.texts import _

HOST = "127.0.0.1"
EVERYWHERE = ("0.0.0.0", "::")


def ended_too_early(program: Program) -> Failed:
    """What is to be raised where a server has ended in the middle of a scene."""
    return Failed(_("The server ended too early. ") + program.explain_end())


class Server:
    """A running server. `told` is the address it was given, `address` where it listens."""

    def __init__(self, stage: Stage, file: Path, *, host: str = HOST, port: int | None = None, **options: Any) -> None:
        self.stage, self.file, self.options = stage, file, options
        self.told = (host, port if port is not None else stage.port())
        self.program: Program
        self.start()

    def start(self) -> None:
        """Start it (again, at the same address) and wait until it listens."""
        self.program, found = start_server(self.stage, self.file, *self.told, **self.options)
        self.listens = found
        host, port = next((one for one in found if one[1] == self.told[1]), found[0])
        self.address = (("::1" if host == "::" else self.told[0]) if host in EVERYWHERE else host, port)
        self._joining = Joining(self.stage, *self.address)

    @property
    def peers(self) -> list[Peer]:
        """Everybody who joined and has not left, in the order of joining."""
        return [peer for peer in self._joining.peers if not peer.left]

    def join(self, *names: str) -> list[Peer]:
        """Peers join one after the other; the server is at rest with all of them when this returns."""
        return self._let_in(self._joining.join, names)

    def connect(self, *names: str) -> list[Peer]:
        """Peers connect and are accepted; the server may still be busy with them when this returns."""
        return self._let_in(self._joining.connect, names)

    def _let_in(self, come: Callable[..., list[Peer]], names: Sequence[str]) -> list[Peer]:
        try:
            peers = come(*names)
        except Refused as refused:
            self.was_there()
            if self.program.ends():
                raise Failed(f"{refused.message} {self.program.explain_end()}") from None
            raise
        self.was_there()
        return peers

    def was_there(self) -> None:
        """Raise `Failed` where the program has ended before it had accepted anybody of ours: who came meanwhile was refused,
        or reset in the accept queue."""
        if all(peer.end == "reset" and not peer.said for peer in self._joining.peers) and self.program.ends():
            raise Failed(ended_unvisited(self.program, listened=True))

    def others(self, *without: Peer) -> list[Peer]:
        """Everybody on the server but `without`."""
        return [peer for peer in self.peers if peer not in without]

    def in_accept_queue(self) -> list[str]:
        """Names of those whom the server has not accepted."""
        return self._joining.in_accept_queue()

    def has_read_all_of(self, peer: Peer) -> bool:
        """Whether the program has taken in everything that `peer` sent (an empty receive queue at its end)."""
        mine = theirs = None
        for row in self.stage.rows():
            if row.local == peer.address:
                mine = row
            elif row.remote == peer.address:
                theirs = row
        return mine is None or theirs is None or (theirs.unread == 0 and mine.sent <= theirs.received)

    def is_calm(self) -> bool:
        """See `Stage.is_calm`."""
        return self.stage.is_calm(self.program)

    def still_runs(self) -> None:
        """Raise `Failed` where the program has ended."""
        self.stage.pump(0)
        if self.program.status is not None:
            raise Failed(self.program.explain_end())

    def everyone_hears(self, speaker: Peer, text: str = "Hi!") -> None:
        """`speaker` says something, everyone else hears it; raises `Failed` naming the first who does not."""
        said = speaker.says(text)
        for other in self.others(speaker):
            other.hears(said)

    def settle(self) -> None:
        """Wait until the server is at rest."""
        if self.stage.settle() == "exit":
            raise ended_too_early(self.program)
