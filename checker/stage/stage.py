"""The stage: one scene's programs, peers, network and timeline, and the one loop that everything waits in."""

from __future__ import annotations

import itertools
import random
import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from checker.facts import EndedBy
from checker.stage import containment
from checker.stage.containment import Hand, Starter
from checker.stage.failure import Failed, Unjudgeable
from checker.stage.rest import Table
from checker.stage.rest.sockdiag import LISTEN, Address, Row
from checker.stage.timeline import Timeline
from checker.texts import _

if TYPE_CHECKING:
    from checker.stage.peers import Peer
    from checker.stage.program import Program

MEMORY_LIMIT = 512 << 20

TAKES_IN = ("recvfrom", "recvmsg", "read", "readv", "accept", "accept4")
MOST_WAKING_LOOKS = 20


@dataclass(frozen=True)
class Settings:
    """How a run is played. `bound` in seconds of wall clock, against programs that never come to rest."""

    bound: float = 30.0
    seed: int = 0
    portable: bool = False
    stop: threading.Event = field(default_factory=threading.Event, compare=False)


class Reader(Protocol):
    """Something of ours that the loop reads when it has news; `of_peers` where that is what a peer would see."""

    of_peers: bool

    def fileno(self) -> int:
        """The descriptor to watch."""

    def read_now(self) -> bool:
        """Take in what is there without waiting; whether anything came."""


class Stage:
    """One scene's world: a network where the system gives one, the programs on it, the peers, and what happened."""

    def __init__(self, starter: Starter, settings: Settings, name: str) -> None:
        self.settings = settings
        self.way = containment.choose(settings)
        self.random = random.Random(f"{settings.seed} {name}")
        self.timeline = Timeline()
        self.programs: list[Program] = []
        self.cast: list[Program] = []  # those that were taken off the stage as well
        self.peers: list[Peer] = []
        self.rooms: set[Address] = set()
        self.ended_by: EndedBy | None = None
        self._hand: Hand = starter.stagehand()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._hand, selectors.EVENT_READ, None)
        self.table: Table = self.way.table(self._hand, self._processes)
        self._leases: dict[int, socket.socket] = {}
        self._ports: set[int] = set()
        self._closing: list[Callable[[], None]] = []
        self._numbers = itertools.count()
        self._waking: set[tuple[int, int]] = set()
        self._waking_looks = 0

    # What a scene is made of

    @property
    def hand(self) -> Hand:
        """The supervisor of this stage's programs."""
        return self._hand

    def socket(self, family: str = "inet") -> socket.socket:
        """A TCP socket of ours in the programs' network."""
        return self._hand.sockets(1, family)[0]

    def port(self) -> int:
        """A port that nobody has on this stage, and that nobody could guess."""
        choice = containment.ports()
        while True:
            port = self.random.choice(choice)
            if port in self._ports:
                continue
            if not self._hand.contained:
                lease = containment.lease(port)
                if lease is None:
                    continue
                self._leases[port] = lease
            self._ports.add(port)
            return port

    def token(self) -> str:
        """A short word that occurs nowhere else."""
        letters = "bcdfghjklmnpqrstvwxz"
        return "".join(self.random.choices(letters, k=8))

    def watch(self, reader: Reader, *, writable: bool = False) -> None:
        """Have the loop read from `reader` when there is something, or, with `writable`, when there is room again."""
        self._selector.register(reader, selectors.EVENT_WRITE if writable else selectors.EVENT_READ, reader)

    def unwatch(self, reader: Reader) -> None:
        """Have the loop leave `reader` alone (it stopped reading, or it ended)."""
        if reader in self._selector.get_map():
            self._selector.unregister(reader)

    def next_number(self) -> int:
        """A number for a program that no program of this stage has had."""
        return next(self._numbers)

    def is_free(self, port: int) -> bool:
        """Whether a program of this stage may listen on `port`."""
        return self._hand.contained or containment.is_free(port)

    def at_close(self, action: Callable[[], None]) -> None:
        """Have `action` done when the stage closes, last in, first out."""
        self._closing.append(action)

    def rows(self) -> list[Row]:
        """The socket table of the stage: its own ports, and those that its programs listen on untold."""
        rows = self.table.rows()
        if self._hand.contained or not self.table.proved:
            return rows
        ours = [row for row in rows if row.local[1] in self._ports or row.remote[1] in self._ports]
        strangers = [row for row in rows if row.state == LISTEN and row.local[1] not in self._ports]
        if strangers and self.programs:
            held = {inode for program in self.running() for inode in program.observer.inodes()}
            ours += [row for row in strangers if row.inode in held]
        return ours

    def _processes(self) -> list[int]:
        return [process for program in self.running() for process in program.observer.processes()]

    def is_ours(self, port: int) -> bool:
        """Whether nobody but this stage can have `port`."""
        return self._hand.contained or port in self._leases or any(peer.address[1] == port for peer in self.peers)

    def claim(self, port: int) -> None:
        """Count `port` among the stage's own."""
        self._ports.add(port)

    # The loop

    def mark(self) -> None:
        """Called before anything is done to a program."""
        self.table.forget()
        for program in self.programs:
            program.observer.mark()

    def pump(self, timeout: float = 0.0) -> bool:
        """Read whatever has come for us, waiting up to `timeout` seconds for the first of it; whether anything came."""
        came = reached = False
        for key, _mask in self._selector.select(timeout):
            if key.data is None:
                exits = len(self._hand.exits)
                self._hand.news()
                reached = reached or len(self._hand.exits) != exits
            elif key.data.read_now():
                came = True
                reached = reached or key.data.of_peers
        for program in self.programs:
            program.notice_exit()
        if came or reached:
            for program in self.programs:
                program.observer.effect(printed_only=not reached)
        return came or reached

    def wait(self, seen: Callable[[], bool] | None = None, *, exits: bool = True) -> EndedBy:
        """Wait until `seen()` holds, or every program is at rest, or (with `exits`) all have ended, or the bound is over."""
        deadline = time.monotonic() + self.settings.bound
        looks = 0
        while True:
            if self.settings.stop.is_set():
                raise Unjudgeable("the run was interrupted")
            if seen is not None and seen():
                return self._ended("seen")
            if exits and self.programs and not self.running():
                self.drain()
                return self._ended("seen" if seen is not None and seen() else "exit")
            if self.at_rest():
                if seen is not None and seen():
                    return self._ended("seen")
                return self._ended("rest" if not any(p.observer.spinning() for p in self.running()) else "bound")
            if time.monotonic() > deadline:
                self.table.forget()  # what was last seen of the network may be old by now, on a busy machine
                return self._ended("seen" if seen is not None and seen() else "bound")
            if not self.pump(self.way.pauses[min(looks, len(self.way.pauses) - 1)]):
                looks += 1
            else:
                looks = 0
            self._watch_memory(looks)

    def _ended(self, how: EndedBy) -> EndedBy:
        self.ended_by = how
        if how == "rest":
            self.timeline.add("checker", "rest")
            for program in self.running():
                program.observer.rested()
        return how

    def running(self) -> list[Program]:
        """The programs that have not ended."""
        return [program for program in self.programs if program.status is None]

    def at_rest(self) -> bool:
        """One look at everything: threads, what came, the network, and the threads again."""
        running = [program for program in self.running() if not program.paused]
        if self.pump(0):
            return False
        for program in running:
            program.observer.look()
        if not all(program.observer.look() for program in running):
            return False
        self.table.forget()
        rows = self.rows()
        if self.pump(0) or self._hand.starting or self.table.under_way(rows) or self._wakes(running, rows):
            return False
        if not all(program.observer.asleep() for program in running):
            return False
        return all(program.observer.look() for program in running) and not self.pump(0)

    def is_calm(self, program: Program) -> bool:
        """Whether a program has noticed everything that was done: each of its threads waits, if only for time, and nothing
        is on its way to it. Less than rest (an answer may still be to come), and known sooner where a loop has a time-out."""
        observer = program.observer
        if self.pump(0) or not observer.calm():  # who waits until its output is read goes on now
            return False
        rows = self.rows()
        if self.table.under_way(rows) or self._wakes([program], rows):
            return False
        return observer.asleep() and observer.calm()

    def _wakes(self, running: list[Program], rows: list[Row]) -> bool:
        """Whether a thread waits for what lies ready for it: there is a moment between queueing data and waking whom it
        is for. Who asked for more than there is (MSG_WAITALL) waits on: seen often enough, that is rest."""
        ready = {row.inode: row.unread for row in rows if row.unread and row.inode}
        held = set()
        if ready:
            for program in running:
                held |= {wait.inode for wait in program.observer.threads() if wait.call in TAKES_IN}
        waking = {(inode, unread) for inode, unread in ready.items() if inode in held}
        self._waking_looks = self._waking_looks + 1 if waking == self._waking else 0
        self._waking = waking
        return bool(waking) and self._waking_looks < MOST_WAKING_LOOKS

    def drain(self) -> None:
        """Read until nothing more comes at once, and nothing of the network is on its way to us."""
        while self.pump(0.0):
            pass

    def settle(self) -> EndedBy:
        """Wait until everything is at rest, or a program has ended."""
        return self.wait()

    def flooded(self, name: str) -> None:
        """Somebody was sent far more than is ever asked for: end the programs; raises `Failed`."""
        for program in self.running():
            program.kill()
        raise Failed(_("Your program sent {name} more and more without end, and was ended.").format(name=name))

    def _watch_memory(self, looks: int) -> None:
        if looks % 8 != 7:
            return
        for program in self.running():
            if program.observer.memory() > MEMORY_LIMIT:
                program.overgrown = True
                program.kill()
                raise Failed(program.explain_end())

    def close(self) -> None:
        """End every program, close everything of ours; nothing is left when this returns."""
        for action in reversed(self._closing):
            action()
        if not self._hand.contained:
            # Clients go first: the one who closes first keeps its port in TIME_WAIT (RFC 9293, 3.6).
            for program in self.running():
                if program.role == "client":
                    program.stop()
        self._hand.close()
        for program in self.programs:
            program.close()
        self.table.close()
        self._selector.close()
        for lease in self._leases.values():
            lease.close()
