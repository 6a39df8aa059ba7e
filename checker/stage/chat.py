"""A student's server and the student's clients, together on one stage, as scenes speak of them.

What is typed into one program is read off the others' screens; who is connected is the kernel's word.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from checker.stage.failure import Failed
from checker.stage.program import Program
from checker.stage.rest.sockdiag import LISTEN, Address
from checker.stage.server import HOST, Server
from checker.stage.stage import Stage
from checker.texts import _


class Person:
    """One running client, and who sits at it. `address` is the client's end of the connection: what the
    server knows it by. `left` is true from the moment when the person was made to leave."""

    def __init__(self, stage: Stage, name: str, program: Program, address: Address) -> None:
        self.stage, self.name, self.program, self.address = stage, name, program, address
        self.left = False

    def types(self, text: str) -> str:
        """Type `text` made unique, so that nothing can be guessed, and Enter; returns the line."""
        line = f"{text} {self.stage.token()}"
        self.program.types(line)
        return line

    def shows(self, line: str, speaker: Person) -> None:
        """Wait for what `speaker` typed to come on the screen; raises `Failed` where it does not."""
        self.stage.wait(lambda: self.program.shows(line))
        if self.program.shows(line):
            return
        self.stage.timeline.add(self.name, "missing", line.encode(), what="output", said_by=speaker.name)
        message = _("{who} typed a line, and it never came on {name}'s screen.")
        if self.program.status is not None:
            message += " " + _("{name}'s client had ended, with exit status {status}.")
        raise Failed(
            message.format(who=speaker.name, name=self.name, status=self.program.status),
            expected=line,
            got=self.program.printed,
        )

    def shown_since(self, screen: tuple[int, ...]) -> str:
        """What has come on the screen since `screen` (see `Program.screen`)."""
        return self.program.printed_since(screen).decode("utf-8", "backslashreplace")

    def leaves(self) -> None:
        """Type `exit`."""
        self.left = True
        self.program.types("exit")

    def is_killed(self) -> None:
        """The program is gone when this returns. Its kernel says goodbye for it: FIN, or RST where it has
        bytes that nobody read (RFC 9293, 3.6 and 3.10.4)."""
        self.left = True
        self.stage.mark()
        self.program.stop()


class Chat:
    """A running server and those who are in the chat. Options are the server's, as `Server` and the launcher
    take them; with `alone` both programs are run as `python FILE` runs them, told no address."""

    def __init__(self, stage: Stage, server: Path, client: Path, **options: Any) -> None:
        self.stage, self.client, self.options = stage, client, options
        self.server = Server(stage, server, **options)
        self.people: list[Person] = []
        self._ends: set[Address] = set()

    @property
    def program(self) -> Program:
        """The server's program."""
        return self.server.program

    def others(self, *without: Person) -> list[Person]:
        """Everybody who has not left but `without`."""
        return [person for person in self.people if person not in without and not person.left]

    # Joining

    def join(self, *names: str) -> list[Person]:
        """Start one client a name, each accepted before the next one comes; everything is at rest when this
        returns. Raises `Failed` where one does not connect, or is not accepted."""
        people = [self._join(name) for name in names]
        self.stage.settle()
        return people

    def _join(self, name: str) -> Person:
        try:
            return self._let_in(name)
        except Failed:
            if not self.people:
                self.server.was_there()
            raise

    def _let_in(self, name: str) -> Person:
        program = self._start_client(name)
        if not self._comes(program) and not self.people:
            elsewhere = where_it_went(program, self.server.address)
            if elsewhere is not None and self.stage.is_free(elsewhere[1]):
                program.dismiss()
                self._move(elsewhere)
                program = self._start_client(name)
                self._comes(program)
        person = Person(self.stage, name, program, self._address_of(name, program))
        if not self._accepted(person.address):
            message = _("The server never accepted {name}: the connection still waits in the accept queue.")
            raise Failed(message.format(name=name))
        self.people.append(person)
        return person

    def _start_client(self, name: str) -> Program:
        self.stage.mark()
        alone: dict[str, Any] = {"alone": True} if self.options.get("alone") else {}
        return Program(self.stage, name, self.client, "client", *self.server.address, **alone)

    def _move(self, address: Address) -> None:
        """The client's address is hard-coded: ask the server to be there."""
        self.program.dismiss()
        options = {**self.options, "host": address[0], "port": address[1]}
        self.server = Server(self.stage, self.server.file, **options)

    def _comes(self, program: Program) -> bool:
        """Wait until a new connection is accepted, or nothing more happens; whether there is a new one."""

        def came() -> bool:
            return program.status is not None or any(self._accepted(end) for end in self._new_ends())

        self.stage.wait(came)
        return bool(self._new_ends())

    def _new_ends(self) -> set[Address]:
        """The clients' ends of connections to the server that nobody has been counted for."""
        port = self.server.address[1]
        ends = {row.local for row in self.stage.rows() if row.remote[1] == port and row.state != LISTEN}
        return ends - self._ends

    def _address_of(self, name: str, program: Program) -> Address:
        new = self._new_ends()
        if not new:
            message = _("{name}'s client did not connect to the server at {host}, port {port}.")
            host, port = self.server.address
            ended = " " + program.explain_end() if program.status is not None else ""
            raise Failed(message.format(name=name, host=host, port=port) + ended, got=program.printed)
        self._ends |= new
        return new.pop()

    def _accepted(self, end: Address) -> bool:
        """Whether the server's end is a socket of the program by now: in the accept queue it has no inode."""
        port = self.server.address[1]
        return any(row.remote == end and row.local[1] == port and row.inode for row in self.stage.rows())

    # What happens

    def settle(self) -> None:
        """Wait until every program is at rest; raises `Failed` where the server has ended."""
        self.stage.settle()
        self.server.still_runs()

    def everybody_sees(self, speaker: Person, text: str = "Hi!") -> str:
        """`speaker` types a line, and it comes on every other screen; returns the line."""
        line = speaker.types(text)
        for other in self.others(speaker):
            other.shows(line, speaker)
        return line

    def dismiss(self) -> None:
        """End every program of this chat and take them off the stage."""
        for program in (self.program, *(person.program for person in self.people)):
            program.dismiss()


def where_it_went(program: Program, told: Address) -> Address | None:
    """The address of its first connect() to somewhere else on this machine, by its own process's word."""
    for event in program.hearsay.all("connect"):
        host, port = event.get("parts") or (None, None)
        if isinstance(host, str) and isinstance(port, int) and 0 < port < 65536:
            host = HOST if host in ("localhost", "", "0.0.0.0") else host
            if (host, port) != told and host.startswith("127."):
                return host, port
    return None
