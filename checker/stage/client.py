"""A student's client on a stage, as scenes speak of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from checker.stage.failure import Failed
from checker.stage.peers import Peer, Said
from checker.stage.program import Program
from checker.stage.rest.sockdiag import Address
from checker.stage.room import Room
from checker.stage.stage import Stage
from checker.texts import _


class Client:
    """A running client, told to join `room`. Where it connects elsewhere (a hard-coded address), a room is opened there,
    it is started once more and judged there; `strayed` is that address then."""

    def __init__(self, stage: Stage, file: Path, room: Room, *, name: str = "client", **options: Any) -> None:
        self.stage, self.file, self.name, self.options = stage, file, name, options
        self.room = room
        self.told: Address = room.address
        self.strayed: Address | None = None
        self.program = Program(stage, name, file, "client", *self.told, **options)
        self.end: Peer = self._connected()

    def _connected(self) -> Peer:
        room = self.room
        if self._guest_comes(room):
            return room.guests[-1]
        elsewhere = self._where_it_went()
        if elsewhere is not None:
            self.strayed = elsewhere
            self.program.stop()
            self.stage.programs.remove(self.program)
            self.room = Room(self.stage, *elsewhere)
            old = self.program
            self.program = Program(self.stage, self.name, self.file, "client", *self.told, **self.options)
            self.stage.at_close(old.close)
            if self._guest_comes(self.room):
                return self.room.guests[-1]
        raise Failed(self._why_not())

    def _guest_comes(self, room: Room) -> bool:
        before = len(room.guests)
        return self.stage.wait(lambda: len(room.guests) > before) == "seen"

    def _where_it_went(self) -> Address | None:
        """The address of its first connect() to somewhere else on this machine, by its own process's word."""
        for event in self.program.hearsay.all("connect"):
            host, port = event.get("parts") or (None, None)
            if isinstance(host, str) and isinstance(port, int) and 0 < port < 65536:
                host = "127.0.0.1" if host in ("localhost", "") else host
                if (host, port) != self.told and host.startswith("127."):
                    return host, port
        return None

    def _why_not(self) -> str:
        told = _("The client never connected to {host}, port {port}.").format(host=self.told[0], port=self.told[1])
        return told if self.program.status is None else told + " " + self.program.explain_end()

    # What a person does

    def types(self, line: str) -> None:
        """Type a line and Enter."""
        self.program.types(line)

    def shows(self, text: str, why: str | None = None) -> None:
        """Wait until `text` is on its screen; raises `Failed` once it is certain that it will not be."""
        if self.stage.wait(lambda: self.program.shows(text)) != "seen":
            self.stage.timeline.add(self.name, "missing", text.encode(), what="output")
            raise Failed(why or _("The client never showed a message that it received."), expected=text, got=self.program.printed)

    def ends(self, why: str, *, status: int | None = None) -> None:
        """Wait until it has ended; raises `Failed` with `why`, or where `status` is asked for and is another one."""
        if not self.program.ends():
            raise Failed(why)
        if status is not None and self.program.status != status:
            raise Failed(
                _("The client ended with exit status {got}, not {wanted}.").format(got=self.program.status, wanted=status),
                got=self.program.printed,
            )

    def no_traceback(self) -> None:
        """Raise `Failed` where it has printed a traceback."""
        if self.program.traceback:
            raise Failed(_("The client printed a traceback where a person expects a readable line."), got=self.program.printed)

    def sends(self, line: str, token: str | None = None) -> Said:
        """Type a line made unique and wait until our end of the connection has it."""
        text = f"{line} {token or self.stage.token()}"
        said = Said(self.name, text.encode(), 0)
        self.types(text)
        self.end.hears(said)
        return said
