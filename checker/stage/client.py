"""A student's client on a stage, as scenes speak of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from checker.facts import EndedBy
from checker.stage.failure import Failed
from checker.stage.peers import Peer, Said
from checker.stage.program import Program
from checker.stage.rest.sockdiag import Address
from checker.stage.room import Room
from checker.stage.stage import Stage
from checker.texts import _

NAME = "Anna"
"""What is typed where a client asks for something before it connects."""

SOMEBODY = "[('127.0.0.1', 41000)] "
"""Another client's address, as the assignment's server puts it before what that client says."""

MOST_WORDS = 32 << 10
"""Bytes on the screen in answer to one event, above which a program is said to print without end."""

MOST_LAST_WORDS = 4 << 20
"""The same for a program that is about to end: what prints without end may be stopped by the end."""

MOST_ATTEMPTS = 500
"""Calls of connect(), above which a program is said to try without a pause."""


class Client:
    """A running client, told to join `room`.

    Where it connects elsewhere (a hard-coded address), a room is opened there, it is started once more and
    judged there; `strayed` is that address then. Where it asks for a line first, it is given one, and then
    `asked_first` is true. With `awaited` false nobody waits for it to connect, and there is no `end`.
    """

    end: Peer
    """The room's end of its connection."""

    def __init__(
        self,
        stage: Stage,
        file: Path,
        room: Room,
        *,
        name: str = "client",
        awaited: bool = True,
        **options: Any,
    ) -> None:
        self.stage, self.file, self.name, self.options = stage, file, name, options
        self.room = room
        self.told: Address = room.address
        self.strayed: Address | None = None
        self.asked_first = False
        self._first = len(room.guests)
        self._start()
        if awaited:
            self.end = self._connected()

    def _start(self) -> None:
        self.program = Program(self.stage, self.name, self.file, "client", *self.told, **self.options)

    def _connected(self) -> Peer:
        before = len(self.room.guests)
        if not self._comes(before):
            elsewhere = self._where_it_went()
            if elsewhere is None:
                raise Failed(self._why_not())
            self.program.dismiss()
            try:
                self.room = Room(self.stage, *elsewhere)
            except OSError:
                taken = _("Somebody listens there now: if that is a server of yours, end it and grade again.")
                raise Failed(f"{self._why_not(elsewhere)} {taken}") from None
            self.strayed, before = elsewhere, 0
            self._start()
            if not self._comes(before):
                raise Failed(self._why_not(elsewhere))
        self.stage.settle()
        # Of several connections the last one that is open is the one to talk over.
        self._first = before
        mine = self.room.guests[before:]
        return next((guest for guest in reversed(mine) if guest.end is None), mine[-1])

    @property
    def sent(self) -> bytes:
        """What has arrived of it, over whichever connection."""
        return b"".join(bytes(guest.heard) for guest in self.room.guests[self._first :])

    def _comes(self, before: int) -> bool:
        """Wait until there are more than `before` guests in its room."""
        came: Callable[[], bool] = lambda: len(self.room.guests) > before  # noqa: E731
        ended = self.stage.wait(came)
        if ended == "rest" and not self._where_it_went() and self.waits_for_input():
            self.asked_first = True
            self.types(NAME)
            ended = self.stage.wait(came)
        return ended == "seen"

    def _where_it_went(self) -> Address | None:
        """The address of its first connect() to somewhere else on this machine, by its own process's word."""
        for event in self.program.hearsay.all("connect"):
            host, port = event.get("parts") or (None, None)
            if isinstance(host, str) and isinstance(port, int) and 0 < port < 65536:
                host = "127.0.0.1" if host in ("localhost", "", "0.0.0.0") else host
                if (host, port) != self.told and host.startswith("127."):
                    return host, port
        return None

    def _why_not(self, elsewhere: Address | None = None) -> str:
        host, port = self.told
        tried = [event.get("address") for event in self.program.hearsay.all("connect")]
        if elsewhere is not None:
            tried = [f"({elsewhere[0]!r}, {elsewhere[1]})"]
        never = _("The client never connected to {host}, port {port}.") if tried else _("The client never connected.")
        why = [self.program.explain_start() + never.format(host=host, port=port)]
        if tried and tried[0] != repr(self.told):
            why.append(_("It tried {address}.").format(address=tried[0]))
        if self.program.status is not None:
            why.append(self.program.explain_end())
        return " ".join(why)

    def dismiss(self) -> None:
        """Stop it and shut its room: what follows on the stage is judged without them."""
        self.program.dismiss()
        self.room.close()

    # What a person does

    def types(self, line: str) -> None:
        """Type a line and Enter."""
        self.program.types(line)

    def sends(self, line: str, token: str | None = None) -> Said:
        """Type a line made unique and wait until our end of the connection has it."""
        text = f"{line} {token or self.stage.token()}"
        said = Said(self.name, text.encode(), 0)
        before = len(self.sent)
        self.types(text)
        if self.stage.wait(lambda: said.data in self.sent) != "seen":
            self.stage.timeline.add(self.end.name, "missing", said.data, said_by=said.who)
            why = _("A line was typed, and what arrived at the server is something else.")
            if not self.sent[before:]:
                why = _("A line was typed, and nothing arrived at the server.")
            if self.end.end is not None:
                why += " " + _("The client had ended its connection.")
            raise Failed(why, expected=said.data, got=self.sent[before:])
        return said

    def hears(self, text: str) -> str:
        """The room passes on what somebody says there, made unique; returns what is to be seen of it."""
        return self.end.says(SOMEBODY + text).text.removeprefix(SOMEBODY)

    # What a person sees

    def shows(self, text: str, why: str | None = None) -> None:
        """Wait until `text` is on its screen; raises `Failed` once it is certain that it will not be."""
        if self.stage.wait(lambda: self.program.shows(text)) != "seen":
            self.stage.timeline.add(self.name, "missing", text.encode(), what="output")
            why = why or _("The client never showed a message that it received.")
            raise Failed(why, expected=text, got=self.program.printed)

    def settle(self, since: tuple[int, ...] | None = None) -> EndedBy:
        """Wait until it is at rest or has ended. "bound" means that it runs without end: a thread that only
        uses the processor, attempt after attempt to connect, or more words on the screen after `since` (see
        `Program.screen`) than anybody reads."""
        screen = self.program.screen() if since is None else since

        def runs_without_end() -> bool:
            words = sum(self.program.screen()) - sum(screen)
            return words > MOST_WORDS or len(self.program.hearsay.all("connect")) > MOST_ATTEMPTS

        ended = self.stage.wait(runs_without_end)
        return "bound" if ended == "seen" else ended

    def still_runs(self, why: str) -> None:
        """Wait until it is at rest; raises `Failed` with `why` where it has ended."""
        self.settle()
        if self.program.status is not None:
            raise Failed(f"{why} {self.program.explain_end()}", got=self.program.printed)

    def ends(self, why: str, *, status: int | None = None) -> None:
        """Wait until it has ended; raises `Failed` with `why`, or where it ended with another `status`."""
        before = sum(output.size for output in self.program.outputs)

        def ended_or_endless() -> bool:
            words = sum(output.size for output in self.program.outputs) - before
            return self.program.status is not None or words > MOST_LAST_WORDS

        self.stage.wait(ended_or_endless, exits=False)
        if self.program.status is None:
            raise Failed(why)
        if status is not None and self.program.status != status:
            why = _("The client ended with exit status {got}, not {wanted}.")
            if self.program.status < 0:
                why = self.program.explain_end() + " " + _("It has to end by itself, with exit status {wanted}.")
            raise Failed(why.format(got=self.program.status, wanted=status), got=self.program.printed)

    def no_traceback(self) -> None:
        """Raise `Failed` where it has printed a traceback."""
        if self.program.traceback:
            why = _("The client printed a traceback where a person expects a readable line.")
            raise Failed(why, got=self.program.printed)

    def waits_for_input(self) -> bool:
        """Ask this at rest: whether one of its threads waits in read() on standard input. Where it cannot be
        seen, whatever runs may."""
        if not self.program.observer.proved:
            return self.program.status is None
        return any(wait.call == "read" and wait.descriptor == 0 for wait in self.program.observer.threads())


def lines_of(printed: bytes) -> set[str]:
    """The lines with a word in them, numbers made alike: ports, counts and times differ from run to run."""
    lines = (re.sub(r"\d+", "0", line.strip()) for line in printed.decode("utf-8", "replace").splitlines())
    return {line for line in lines if any(sign.isalpha() for sign in line)}


def filled(line: str, answer: str) -> str:
    """`line` with dots behind it, of the size of `answer` as `Client.hears` sends it: some programs read as
    many bytes as they sent, and how much to read is not what they are asked."""
    return line + "." * (len((SOMEBODY + answer).encode()) - len(line.encode()))
