"""Programs and peers that a notebook plays with: started, spoken to and shown from its cells, gone when it is left.

Every verb waits until everything is at rest before it returns, so what a cell shows is complete: no cell sleeps.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from checker.notebook import cells
from checker.notebook.leftovers import Leftovers
from checker.notebook.shown import Picture, Transcript
from checker.stage import containment
from checker.stage.containment import Starter
from checker.stage.failure import Failed
from checker.stage.peers import Joining, Peer
from checker.stage.program import Program
from checker.stage.server import Server
from checker.stage.stage import Settings, Stage
from checker.stage.tap import Tap
from checker.texts import _

BOUND = 10.0
"""Seconds of wall clock for each verb, against programs that never come to rest."""

FILES = {"start_server": "server.py", "start_client": "client.py"}

Runnable = str | Path | Callable[..., Any]


class Studio:
    """What this kernel has running: one starter of programs, and the shows that were opened with it."""

    def __init__(self) -> None:
        self.settings = Settings(bound=BOUND)
        self.shows: list[Show] = []
        self.leftovers = Leftovers()
        self._starter: Starter | None = None
        self._folders: list[Path] = []

    @property
    def starter(self) -> Starter:
        """Started when first asked for."""
        if self._starter is None:
            self._starter = containment.choose(self.settings).starter()
        return self._starter

    def file(self, what: Runnable, history: Sequence[str], role: str = "start_server") -> Path:
        """The file to run: `what` itself, or one made of the cells that the function `what` is defined in.

        There the function also goes by the name `role`, by which programs are started.
        """
        if isinstance(what, (str, Path)):
            path = Path(what)
            if not path.is_file():
                raise FileNotFoundError(_("There is no file {path}.").format(path=path))
            return path.resolve()
        name = what.__name__
        source = cells.program(name, history)
        if name != role:
            source += f"\n\n{role} = {name}\n"
        folder = Path(tempfile.mkdtemp(prefix="chat-lab-"))
        folder.chmod(0o755)  # where we are root the programs run as another user
        self._folders.append(folder)
        file = folder / FILES[role]
        file.write_text(source, encoding="utf-8")
        return file

    def close(self) -> None:
        """End everything that was started."""
        for show in list(self.shows):
            show.close()
        if self._starter is not None:
            self._starter.close()
            self._starter = None
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
        self._folders.clear()


studio = Studio()
atexit.register(studio.close)


class Guest:
    """A scripted peer in a show, spoken to from a cell."""

    def __init__(self, show: Show, peer: Peer) -> None:
        self._show, self.peer = show, peer

    @property
    def name(self) -> str:
        """As it was joined."""
        return self.peer.name

    @property
    def port(self) -> int:
        """Its own end of the connection."""
        return self.peer.address[1]

    @property
    def heard(self) -> str:
        """Everything that it has received, as text."""
        return bytes(self.peer.heard).decode("utf-8", "backslashreplace")

    def says(self, what: str | bytes, *more: str | bytes) -> None:
        """Send one message, or several pieces, each only when the program is at rest with the one before."""
        for piece in (what, *more):
            self.peer.sends(piece.encode() if isinstance(piece, str) else piece)
            self._show.settle()

    def half_closes(self) -> None:
        """Say that nothing more will be said (FIN), and go on listening."""
        self.peer.half_closes()
        self._show.settle()

    def leaves(self) -> None:
        """Say goodbye: FIN."""
        self.peer.leaves()
        self._show.settle()

    def resets(self) -> None:
        """Break off: RST."""
        self.peer.resets()
        self._show.settle()

    def stops_reading(self) -> None:
        """Leave what comes in the kernel's queue."""
        self.peer.stops_reading()

    def reads_again(self) -> None:
        """Read again, beginning with what has gathered."""
        self.peer.reads_again()
        self._show.settle()


class Keyboard:
    """A client program in a show, and the keyboard and screen of whoever sits at it."""

    def __init__(self, show: Show, program: Program) -> None:
        self._show, self.program = show, program

    def types(self, *lines: str) -> None:
        """Type lines, each when everything is at rest with the one before."""
        for line in lines:
            self.program.types(line)
            self._show.settle()

    def presses_ctrl_c(self) -> None:
        """SIGINT."""
        self.program.interrupt()
        self._show.settle()

    def ends_input(self) -> None:
        """End of file at the keyboard: Ctrl-D."""
        self.program.closes_input()
        self._show.settle()

    def is_killed(self) -> None:
        """Its program ends at once and says nothing more: a window closed by force. The system closes its connection."""
        self._show.stage.mark()
        self.program.stop()
        self._show.settle()

    def threads(self) -> list[str]:
        """As `Show.threads`, of the client."""
        return _threads(self.program)

    @property
    def screen(self) -> str:
        """What it has printed."""
        return self.program.printed.decode("utf-8", "backslashreplace")

    @property
    def runs(self) -> bool:
        """Whether the program has not ended."""
        return self.program.status is None


class Show:
    """A running server and those who have joined it; `run` makes one."""

    def __init__(self, file: Path, *, lens: bool = False) -> None:
        self.stage = Stage(studio.starter, studio.settings, "notebook")
        studio.shows.append(self)
        try:
            self.server = Server(self.stage, file, lens=lens)
        except BaseException:
            self.close()
            raise
        self._tap: Tap | None = None
        self._panel: Any = None

    # Who takes part

    def join(self, *names: str) -> Guest | list[Guest]:
        """Scripted peers connect, one after the other. One name gives one guest, several give a list."""
        return self._seated(self.server.join(*names))

    def tap(self) -> Tap:
        """A tap in front of the server; clients that are started from then on are told its address."""
        if self._tap is None:
            self._tap = Tap(self.stage, self.server.address)
        return self._tap

    def listen_in(self, *names: str) -> Guest | list[Guest]:
        """As `join`, through the tap."""
        return self._seated(Joining(self.stage, *self.tap().address).join(*names))

    def _seated(self, peers: list[Peer]) -> Guest | list[Guest]:
        guests = [Guest(self, peer) for peer in peers]
        self._update()
        return guests[0] if len(guests) == 1 else guests

    def client(self, what: Runnable, name: str = "client") -> Keyboard:
        """Start a client program, told where the server (or the tap, if there is one) listens."""
        host, port = self.server.address if self._tap is None else self._tap.address
        self.stage.mark()
        program = Program(self.stage, name, studio.file(what, _history(), "start_client"), "client", host, port)
        self.settle()
        return Keyboard(self, program)

    # What happens

    def settle(self) -> None:
        """Wait until everything is at rest."""
        self.stage.settle()
        self._update()

    def interrupt(self) -> None:
        """Ctrl-C in the server's window."""
        self.server.program.interrupt()
        self.settle()

    @property
    def runs(self) -> bool:
        """Whether the server's program has not ended."""
        self.stage.pump(0)
        return self.server.program.status is None

    @property
    def printed(self) -> str:
        """What the server has printed, on both streams."""
        return self.server.program.printed.decode("utf-8", "backslashreplace")

    @property
    def waiting(self) -> list[str]:
        """Who has connected and lies in the accept queue."""
        return self.server.in_accept_queue()

    @property
    def sockets(self) -> int:
        """How many sockets the server's program has open, its listener among them."""
        return self.server.program.observer.descriptors()

    def threads(self) -> list[str]:
        """Each thread of the server: the call that it waits in, and the line."""
        return _threads(self.server.program)

    def lens(self) -> str:
        """What the lens says of the lists that the server's threads share, of a server that was run with `lens=True`."""
        from checker.labs.scenes_lock import guards_its_containers

        notes: list[str] = []
        try:
            guards_its_containers(self.server, notes)
        except Failed as failure:
            return failure.message
        return notes[0] if notes else _("Whoever used a list that several threads share held one and the same lock.")

    # What is shown

    def show(self) -> Transcript:
        """Everybody's transcript, as it is now."""
        return Transcript.of(self.stage.timeline.events)

    def draw(self) -> Picture:
        """The sequence diagram of everything so far."""
        return Picture.of(self.stage.timeline.as_json())

    def watch(self) -> None:
        """Show everybody's transcript here and now, and let it grow with every verb from here on."""
        from IPython.display import display

        self._panel = display(self.show(), display_id=True)  # type: ignore[no-untyped-call]

    def _update(self) -> None:
        if self._panel is not None:
            self._panel.update(self.show())

    def close(self) -> None:
        """End the server and everybody who joined it. More than once is no mistake."""
        if self in studio.shows:
            studio.shows.remove(self)
            self.stage.close()


def run(what: Runnable, *, lens: bool = False) -> Show:
    """Start a server: a file's path, or a function `(host, port)` that is defined in this notebook's cells.

    What ran before is ended first. With `lens` it is watched from inside: see `Show.lens`. Raises `Failed`, with what it did
    instead, where it does not listen.
    """
    for show in list(studio.shows):
        show.close()
    file = studio.file(what, _history())
    return Show(file, lens=lens)


def nothing_is_left() -> None:
    """End what was started here, and prove that nothing of it is left: for a notebook's last cell.

    Raises AssertionError, naming what is left, where a thread, a process or a socket is still there.
    """
    studio.close()
    left = studio.leftovers.find()
    assert not left, _("still there: ") + ", ".join(left)
    print(_("Nothing is left: no thread, no process, no open port."))


def _threads(program: Program) -> list[str]:
    from checker.grading.threads import where

    return [
        f"{one.name}: {one.call} {one.file or ''}:{one.line or ''} {one.source or ''}".rstrip(" :")
        for one in where(program)
    ]


def _history() -> list[str]:
    """The cells of this notebook in the order in which they were run."""
    from IPython import get_ipython

    shell = get_ipython()
    return [] if shell is None else [str(cell) for cell in shell.user_ns.get("In", [])]


__all__ = ["Failed", "Guest", "Keyboard", "Show", "nothing_is_left", "run", "studio"]
