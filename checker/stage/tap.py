"""A tap: sits between any client and any server, passes on every byte, FIN and RST, and keeps what has passed."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass

from checker.stage.containment import RESET_ON_CLOSE
from checker.stage.rest.sockdiag import Address
from checker.stage.room import Door
from checker.stage.stage import Stage

_READ = 1 << 16


@dataclass(frozen=True)
class Passed:
    """What passed in one piece: `t` in seconds on the stage's timeline, `to_server` its direction. Of the end of a direction
    `data` is empty and `end` is "fin" or "reset"."""

    t: float
    connection: int
    to_server: bool
    data: bytes
    end: str | None = None


class Tap(Door):
    """Whoever connects is connected on to `server`.

    `address` is what a client is to be told, `passed` everything in the order in which it passed. Like a cable it never says
    anything itself; unlike one it has a connection to either side, so the server sees the tap's port.
    """

    def __init__(self, stage: Stage, server: Address, host: str = "127.0.0.1") -> None:
        self.server = server
        self.passed: list[Passed] = []
        self.upstream: list[Address] = []  # the tap's own ends towards the server, one a connection
        super().__init__(stage, "tap", host, None)

    def comes_in(self, sock: socket.socket) -> None:
        """See `Door`. Where nobody listens, the first read says so, and the client is told by a RST."""
        server = self.stage.socket("inet6" if ":" in self.server[0] else "inet")
        for one in (sock, server):
            one.setblocking(False)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server.connect_ex(self.server)
        self.upstream.append(server.getsockname()[:2])
        self.stage.claim(self.upstream[-1][1])
        Wire(self, len(self.upstream) - 1, sock, server)

    def note(self, connection: int, to_server: bool, data: bytes, end: str | None = None) -> None:
        """Keep what has passed, here and on the timeline."""
        self.passed.append(Passed(self.stage.timeline.now(), connection, to_server, data, end))
        way = "to the server" if to_server else "to the client"
        self.stage.timeline.add(self.name, "passed", data, way=way, connection=connection, end=end)

    def said(self, *, to_server: bool, connection: int = 0) -> bytes:
        """All bytes of one direction of a connection."""
        return b"".join(
            one.data for one in self.passed if one.to_server is to_server and one.connection == connection
        )


class Wire:
    """One connection through a tap: two sockets of ours, and a direction each way."""

    def __init__(self, tap: Tap, number: int, client: socket.socket, server: socket.socket) -> None:
        self.tap, self.number = tap, number
        self._sockets = (client, server)
        self._directions = (Direction(self, True, client, server), Direction(self, False, server, client))
        tap.stage.at_close(self.breaks_off)

    def direction_ended(self) -> None:
        """A FIN has been passed on. After that of both directions everything is closed."""
        if all(one.ended for one in self._directions):
            self._close()

    def breaks_off(self) -> None:
        """End what still stands, by RST on both sides."""
        for sock in self._sockets:
            if sock.fileno() >= 0:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self._close()

    def _close(self) -> None:
        for direction in self._directions:
            direction.stops()
        for sock in self._sockets:
            sock.close()


class Direction:
    """Hands on in one direction. While the other side does not take what there is, nothing more is read: its window closes
    for the sender as it would without the tap."""

    of_peers = True

    def __init__(self, wire: Wire, to_server: bool, source: socket.socket, target: socket.socket) -> None:
        self.ended = False
        self._wire, self._to_server = wire, to_server
        self._source, self._target = source, target
        self._pending = b""
        self._stage = wire.tap.stage
        self._blocked: Blocked | None = None
        self._stage.watch(self)

    def fileno(self) -> int:
        """The socket to read from."""
        return self._source.fileno()

    def read_now(self) -> bool:
        """Take in what has come and hand it on."""
        try:
            data = self._source.recv(_READ)
        except BlockingIOError:
            return False
        except OSError:
            self._passes(b"", "reset")
            self._wire.breaks_off()
            return True
        if data:
            self._passes(data)
            self._pending = data
            self.hand_on()
        else:
            self._passes(b"", "fin")
            self._stage.unwatch(self)
            self.ended = True
            with contextlib.suppress(OSError):  # who has gone meanwhile says so in the other direction
                self._target.shutdown(socket.SHUT_WR)
            self._wire.direction_ended()
        return True

    def _passes(self, data: bytes, end: str | None = None) -> None:
        self._wire.tap.note(self._wire.number, self._to_server, data, end)

    def hand_on(self) -> None:
        """Send what is pending, as far as it goes now."""
        try:
            while self._pending:
                self._pending = self._pending[self._target.send(self._pending) :]
        except BlockingIOError:
            if self._blocked is None:
                self._stage.unwatch(self)
                self._blocked = Blocked(self._stage, self._target, self.hand_on)
            return
        except OSError:  # read from that side, it is a reset
            self._pending = b""
        if self._blocked is not None:
            self._blocked.close()
            self._blocked = None
            self._stage.watch(self)

    def stops(self) -> None:
        """Nothing is handed on any more."""
        if self._blocked is not None:
            self._blocked.close()
            self._blocked = None
        elif self._source.fileno() >= 0:
            self._stage.unwatch(self)


class Blocked:
    """A socket that takes no more for now, watched until it does. Its descriptor is a copy: one selector watches a descriptor
    for one thing, and the other direction reads from the original."""

    of_peers = False

    def __init__(self, stage: Stage, target: socket.socket, go_on: Callable[[], None]) -> None:
        self._stage, self._copy, self._go_on = stage, target.dup(), go_on
        stage.watch(self, writable=True)

    def fileno(self) -> int:
        """The copy."""
        return self._copy.fileno()

    def read_now(self) -> bool:
        """There is room again."""
        self._go_on()
        return True

    def close(self) -> None:
        """Leave it alone from now on."""
        self._stage.unwatch(self)
        self._copy.close()
