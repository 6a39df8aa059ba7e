"""A server of ours that a student's client joins."""

from __future__ import annotations

import socket
from typing import Literal

from checker.stage.containment import take_address
from checker.stage.failure import Failed
from checker.stage.peers import Peer
from checker.stage.rest.sockdiag import Address
from checker.stage.stage import Stage
from checker.texts import _

BACKLOG = 16


class Guest(Peer):
    """Our end of a client's connection. It answers a half-close, as a right server does, with its own."""

    def _ended(self, how: Literal["fin", "reset"]) -> None:
        super()._ended(how)
        if how == "fin" and not self.left:
            self.half_closes()


class Door:
    """A listening socket of ours, from the moment it is made; `name` is what the timeline calls it.

    Raises OSError where the system does not have the address, or somebody else has it.
    """

    of_peers = True

    def __init__(self, stage: Stage, name: str, host: str, port: int | None) -> None:
        self.stage, self.name = stage, name
        self.address: Address = (host, port if port is not None else stage.port())
        self._listener = stage.socket("inet6" if ":" in host else "inet")
        take_address(self._listener)
        try:
            self._listener.bind(self.address)
        except OSError:
            self._listener.close()
            raise
        self._listener.listen(BACKLOG)
        self._listener.setblocking(False)
        stage.rooms.add(self.address)
        stage.claim(self.address[1])
        stage.timeline.add(name, "listening", host=self.address[0], port=self.address[1])
        stage.watch(self)
        stage.at_close(self.close)

    def fileno(self) -> int:
        """The listening socket, to be watched."""
        return self._listener.fileno()

    def read_now(self) -> bool:
        """Accept whoever has come."""
        try:
            sock, _address = self._listener.accept()
        except BlockingIOError:
            return False
        self.comes_in(sock)
        return True

    def comes_in(self, sock: socket.socket) -> None:
        """Somebody has connected."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop listening: from now on a connection is refused. Those that stand go on."""
        if self._listener.fileno() >= 0:
            self.stage.unwatch(self)
            self.stage.rooms.discard(self.address)
            self._listener.close()
            self.stage.timeline.add(self.name, "note", text="stops listening")


class Room(Door):
    """A server: whoever connects becomes a `Guest`, named "room" in the timeline. Raises OSError as `Door` does."""

    def __init__(self, stage: Stage, host: str = "127.0.0.1", port: int | None = None) -> None:
        self.guests: list[Guest] = []
        super().__init__(stage, "room", host, port)

    def comes_in(self, sock: socket.socket) -> None:
        """See `Door`."""
        guest = Guest(self.stage, self.name, sock)
        try:
            guest.opened()
        except OSError:  # it has broken off again already
            sock.close()
            return
        self.guests.append(guest)

    def welcomes(self) -> Guest:
        """Wait for the next guest; raises `Failed` where nobody comes."""
        before = len(self.guests)
        if self.stage.wait(lambda: len(self.guests) > before) != "seen":
            host, port = self.address
            raise Failed(_("The client never connected to {host}, port {port}.").format(host=host, port=port))
        return self.guests[before]

    def ends(self, *, breaks_off: bool = False) -> None:
        """The server is gone: nobody listens there, and every guest's connection ends, by FIN or by RST."""
        self.close()
        for guest in self.guests:
            if not guest.left:
                if breaks_off:
                    guest.resets()
                else:
                    guest.leaves()
