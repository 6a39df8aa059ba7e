"""Scripted peers: a client that joins a student's server. (A server that a student's client joins: `room`.)"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from checker.stage.containment import CONNECTING, RESET_ON_CLOSE, acknowledge_at_once
from checker.stage.failure import Failed, Refused, Unjudgeable
from checker.stage.rest.sockdiag import ESTABLISHED, Address
from checker.stage.stage import Stage
from checker.texts import _

_READ = 1 << 18
MOST_HEARD = 256 << 20
"""Bytes that one peer takes in: far more than any scene asks for. Whoever sends more is ended."""


@dataclass(frozen=True)
class Said:
    """One message that a peer sent: what it meant to say, made unique, and the bytes; `events` are how many the timeline had
    before that."""

    who: str
    data: bytes
    port: int
    events: int = 0

    @property
    def text(self) -> str:
        """The message as text."""
        return self.data.decode("utf-8", "backslashreplace")


class Peer:
    """One connection of ours, from its TCP socket up. Every verb is on the timeline.

    `heard` holds every byte that came, `end` how the stream ended: "fin", "reset", or None while it is open.
    """

    of_peers = True

    def __init__(self, stage: Stage, name: str, sock: socket.socket) -> None:
        self.stage, self.name, self.sock = stage, name, sock
        self.heard = bytearray()
        self.end: Literal["fin", "reset"] | None = None
        self.left = False
        self.address: Address = ("", 0)
        self.remote: Address = ("", 0)
        self.said: list[Said] = []
        self._reading = True
        self._at_a_time = _READ
        self._searched: dict[bytes, tuple[int, int]] = {}  # of what was listened for: up to where, and how often it was there
        self._lines_end = 0  # where the last line ends that `hears_line` has returned
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    # Reading

    def opened(self) -> None:
        """The connection stands: note both addresses and begin to read."""
        self.address = self.sock.getsockname()[:2]
        self.remote = self.sock.getpeername()[:2]
        self.stage.claim(self.address[1])
        self.stage.timeline.add(self.name, "connected", port=self.address[1], to=self.remote[1])
        self.stage.watch(self)
        self.stage.peers.append(self)
        self.stage.at_close(self.breaks_off)

    def fileno(self) -> int:
        """The socket to watch."""
        return self.sock.fileno()

    def read_now(self) -> bool:
        """Take in what has come; notes the end of the stream."""
        try:
            data = self.sock.recv(self._at_a_time)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in (errno.ECONNRESET, errno.EPIPE, errno.ETIMEDOUT):
                raise
            self._ended("reset")
            return True
        if not data:
            self._ended("fin")
            return True
        self.heard += data
        self.stage.timeline.add(self.name, "received", data)
        if len(self.heard) > MOST_HEARD:
            self.stage.flooded(self.name)
        acknowledge_at_once(self.sock)
        return True

    def _ended(self, how: Literal["fin", "reset"]) -> None:
        self.end = how
        self.stage.unwatch(self)
        self.stage.timeline.add(self.name, "saw_end" if how == "fin" else "saw_reset")

    def stops_reading(self) -> None:
        """Leave what comes in the kernel's queue from now on."""
        self._reading = False
        self.stage.unwatch(self)
        self.stage.timeline.add(self.name, "note", text="stops reading")

    def reads_slowly(self, most: int) -> None:
        """Take in at most `most` bytes a turn from now on, out of a receive buffer as small as the system allows: for whoever
        sends, the window is hardly ever open."""
        self._at_a_time = most
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        self.stage.timeline.add(self.name, "note", text="reads slowly")

    def reads_again(self) -> None:
        """Read again, beginning with what has gathered."""
        self._reading = True
        self.stage.timeline.add(self.name, "note", text="reads again")
        if self.end is None:
            self.stage.watch(self)

    # Talking

    def sends(self, data: bytes, *, marked: bool = True) -> None:
        """Send bytes as they are, reading meanwhile where the other side does not take them at once."""
        if marked:
            self.stage.mark()
        self.stage.timeline.add(self.name, "sent", data)
        view = memoryview(data)

        def sent_all() -> bool:
            nonlocal view
            while view and self.end is None:
                try:
                    view = view[self.sock.send(view) :]
                except BlockingIOError:
                    return False
                except (ConnectionError, OSError):
                    self.stage.pump(0)
                    if self.end is None:
                        self._ended("reset")
            return True

        if not sent_all():
            self.stage.wait(sent_all)

    def sends_in_pieces(self, pieces: Iterable[bytes]) -> None:
        """Send piece by piece, each only when the program is at rest with the one before."""
        for piece in pieces:
            self.sends(piece)
            self.stage.settle()

    def says(self, text: str, *, end: str = "") -> Said:
        """Say `text` made unique, so that nothing can be guessed; returns what to listen for."""
        data = f"{text} {self.stage.token()}".encode()
        said = Said(self.name, data, self.address[1], len(self.stage.timeline.events))
        self.said.append(said)
        self.sends(said.data + end.encode())
        return said

    def half_closes(self) -> None:
        """Say that nothing more will be said, and go on listening (RFC 9293, 3.6: FIN)."""
        self.stage.mark()
        self.stage.timeline.add(self.name, "half_closed")
        if self.end != "reset":
            try:
                self.sock.shutdown(socket.SHUT_WR)
            except OSError:
                self.stage.pump(0)

    def leaves(self) -> None:
        """A goodbye: everything that came is read, then FIN."""
        self.stage.mark()
        self.stage.unwatch(self)
        while self.end is None and self._reading and self.read_now():
            pass
        self.stage.timeline.add(self.name, "closed")
        self.left = True
        self.sock.close()

    def resets(self) -> None:
        """Break off: RST (RFC 9293, 3.10.4 ABORT)."""
        self.stage.mark()
        self.stage.timeline.add(self.name, "reset")
        self._abort()

    def _abort(self) -> None:
        self.stage.unwatch(self)
        self.left = True
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.sock.close()

    def breaks_off(self) -> None:
        """End what still stands, by RST, so that no TIME_WAIT stays on the program's port. No event of the scene."""
        if not self.left:
            self._abort()

    # Listening: each waits until the fact is there or cannot come any more

    def has_heard(self, said: Said | bytes) -> int:
        """How many times a message is in what was heard. What was searched is not searched again: of a server that
        floods there is ever more."""
        data = said.data if isinstance(said, Said) else said
        start, times = self._searched.get(data, (0, 0))
        while (place := self.heard.find(data, start)) >= 0:
            start, times = place + len(data), times + 1
        self._searched[data] = (max(start, len(self.heard) - len(data) + 1), times)
        return times

    def hears(self, said: Said) -> None:
        """Wait for a message; raises `Failed` once it is certain that it will not come."""
        if self.stage.wait(lambda: self.has_heard(said) > 0) != "seen":
            self.missed(said)

    def missed(self, said: Said, since: int | None = None) -> None:
        """Say what was expected here and never came. What had come before it was sent (`since` bytes) did not come instead."""
        since = self._heard_before(said) if since is None else since
        self.stage.timeline.add(self.name, "missing", said.data, said_by=said.who)
        if not self.heard[since:]:
            what = _("{who} said something and {name} received nothing.")
        else:
            what = _("{who} said something and {name} received something else.")
        message = what.format(who=said.who, name=self.name)
        if self.end is not None:
            message += " " + _("The server had ended {name}'s connection.").format(name=self.name)
        raise Failed(message, expected=said.data, got=bytes(self.heard[since:]))

    def _heard_before(self, said: Said) -> int:
        """How many bytes had come here when a message was sent."""
        later = self.stage.timeline.events[said.events :]
        return len(self.heard) - sum(one.size for one in later if one.kind == "received" and one.who == self.name)

    def hears_once(self, said: Said) -> None:
        """To be asked at rest: the message came exactly once."""
        times = self.has_heard(said)
        if times == 0:
            self.missed(said)
        if times > 1:
            raise Failed(
                _("{name} received the message of {who} {times} times.").format(
                    name=self.name, who=said.who, times=times
                ),
                expected=said.data,
                got=bytes(self.heard),
            )

    def hears_nothing_of(self, said: Said, why: str) -> None:
        """To be asked at rest: the message did not come here. `why` says what that means."""
        if self.has_heard(said):
            raise Failed(why, expected=b"", got=bytes(self.heard))

    def hears_line(self, why: str) -> str:
        """Wait for the next line that the server sends, whether anybody asked for it or not; returns it without its line end.
        Raises `Failed` with `why` once it is certain that none will come."""
        begin = searched = self._lines_end

        def is_there() -> bool:
            nonlocal searched
            place = self.heard.find(b"\n", searched)
            searched = place if place >= 0 else len(self.heard)
            return place >= 0

        if self.stage.wait(is_there) != "seen":
            self.stage.timeline.add(self.name, "missing", what="line")
            raise Failed(why, got=bytes(self.heard[begin:]))
        self._lines_end = searched + 1
        return self.heard[begin:searched].removesuffix(b"\r").decode("utf-8", "backslashreplace")

    def sees_end(self, why: str) -> None:
        """Wait for the end of the stream, FIN or RST; raises `Failed` with `why` otherwise."""
        if self.stage.wait(lambda: self.end is not None, exits=False) != "seen":
            self.stage.timeline.add(self.name, "missing", what="end")
            raise Failed(why)


class Joining:
    """How peers come onto a student's server: one after the other, each known to the server before the next."""

    def __init__(self, stage: Stage, host: str, port: int) -> None:
        self.stage, self.host, self.port = stage, host, port
        self.peers: list[Peer] = []

    def join(self, *names: str) -> list[Peer]:
        """Connect one peer a name. Returns when the server is at rest with all of them."""
        peers = self.connect(*names)
        self.stage.settle()
        return peers

    def connect(self, *names: str) -> list[Peer]:
        """Connect peers in order; each is out of the accept queue, or never will be, before the next one comes."""
        family = "inet6" if ":" in self.host else "inet"
        sockets: Sequence[socket.socket] = self.stage._hand.sockets(len(names), family)
        return [self._connect(name, sock) for name, sock in zip(names, sockets, strict=True)]

    def _connect(self, name: str, sock: socket.socket) -> Peer:
        peer = Peer(self.stage, name, sock)
        self.stage.mark()
        number = sock.connect_ex((self.host, self.port))
        if number != 0 and number not in CONNECTING:
            sock.close()
            raise self._refused(name, number)
        if number:
            self.stage.wait(lambda: _writable(sock))
            number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if number:
                sock.close()
                raise self._refused(name, number)
        try:
            peer.opened()
        except OSError as error:
            sock.close()
            raise self._refused(name, error.errno or 0) from None
        self.stage.wait(lambda: peer.end is not None or self.accepted(peer))
        self.peers.append(peer)
        return peer

    def _refused(self, name: str, number: int) -> Exception:
        if number in (errno.ECONNREFUSED, errno.ECONNRESET, errno.ENOTCONN):
            return Refused(_("{name} could not connect: the server did not listen any more.").format(name=name))
        return Unjudgeable(f"{name} could not connect: {errno.errorcode.get(number, number)}")

    def accepted(self, peer: Peer) -> bool:
        """Whether the server's end is a socket of the program by now: in the accept queue it has no inode."""
        for row in self.stage.rows():
            if row.remote == peer.address and row.local[1] == self.port:
                return row.inode != 0
        return peer.end is not None or not self.stage.running()

    def in_accept_queue(self) -> list[str]:
        """Names of the peers that nobody has accepted."""
        waiting = {row.remote for row in self.stage.rows() if row.inode == 0 and row.state == ESTABLISHED}
        return [peer.name for peer in self.peers if peer.address in waiting]


def _writable(sock: socket.socket) -> bool:
    import select

    _readable, writable, failed = select.select([], [sock], [sock], 0)  # Windows shows a failure apart
    return bool(writable or failed)
