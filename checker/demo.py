"""The assignment's scene, live: one server and three clients, the reference programs as real processes. A student edition has
none: there the student's own programs play, once they are written, and before that the kit's room and client."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from checker import edition, system
from checker.authoring.stubs import is_untouched
from checker.facts import NOT_WRITTEN
from checker.grading.submission import AskedWrongly, find_root
from checker.stage.finished import finished
from checker.texts import N_, _

if TYPE_CHECKING:
    from rich.console import Console

OURS = N_(
    "So a finished chat looks: the server of `python -m checker room` and the client of `python -m checker talk` play. As soon "
    "as both your programs of lab 6 are written, yours will."
)
OWN = N_("Your own programs of lab 6 play.")
DEFAULT_PORT = 12345
BOUND = 20.0
"""Seconds after which a program that does not do its part is given up."""

_PORT = re.compile(r"\b\d{4,5}\b")


class Screen:
    """A program and its screen: what it printed and what was typed, as a terminal shows both."""

    def __init__(self, scene: Scene, title: str, *command: str) -> None:
        self.scene, self.title = scene, title
        self.text = ""
        self.over = False
        self.process = subprocess.Popen(
            [sys.executable, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"},
            **system.out_of_reach(),  # a Ctrl-C at the terminal ends the show, not one program of it
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while data := self.process.stdout.read(4096):
            self._add(decoder.decode(data))
        with self.scene.changed:
            self.over = True
            self.scene.changed.notify_all()

    def _add(self, text: str) -> None:
        with self.scene.changed:
            self.text += text
            self.scene.changed.notify_all()

    def types(self, line: str) -> None:
        """Type a line and Enter; raises `Stuck` where the program has ended."""
        assert self.process.stdin is not None
        self._add(line + "\n")
        try:
            self.process.stdin.write(line.encode() + b"\n")
        except OSError:
            raise Stuck(self.scene.caption) from None

    @property
    def lines(self) -> str:
        """The lines that have come to their end."""
        return self.text[: self.text.rfind("\n") + 1]

    @property
    def prompts(self) -> bool:
        """Whether the last thing on it is a prompt, as ours are: with a blank at its end."""
        return self.text.endswith(" ")

    def is_interrupted(self) -> None:
        """Ctrl-C, where there is such a thing; else the end."""
        system.press_ctrl_c(self.process)

    def end(self) -> None:
        """End the program, if it still runs, and read its last words."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


class View(Protocol):
    """Shows a scene to somebody."""

    pace: float
    """Seconds between two steps, for the eye alone: no program is waited for like this."""

    def refresh(self, scene: Scene) -> None:
        """Show what is new. Called with the scene's lock held."""


class Stuck(Exception):
    """A program did not do its part in time."""


class Scene:
    """The screens, in the order in which their programs were started, and `caption`: what is going on. Of `ours` it is known
    that the client shows a prompt: nobody types before it is there."""

    def __init__(self, port: int, view: View, programs: Mapping[str, Path], *, ours: bool = True) -> None:
        self.port, self.view, self.programs, self.ours = port, view, programs, ours
        self.caption = ""
        self.screens: list[Screen] = []
        self.changed = threading.Condition()

    def start(self, title: str, program: str) -> Screen:
        """Start one of the two programs; it is told where only if that is not the default."""
        told = () if self.port == DEFAULT_PORT else ("localhost", str(self.port))
        screen = Screen(self, title, str(self.programs[program]), *told)
        with self.changed:
            self.screens.append(screen)
        return screen

    def tells(self, caption: str) -> None:
        """Say what comes next, and give whoever watches the time to read it."""
        with self.changed:
            self.caption = caption
            self.view.refresh(self)
            self._show(lambda: False, self.view.pace)

    def until(self, fact: Callable[[], bool]) -> None:
        """Wait until `fact` holds; raises `Stuck`."""
        with self.changed:
            if not self._show(fact, BOUND):
                raise Stuck(self.caption)

    def _show(self, fact: Callable[[], bool], seconds: float) -> bool:
        def shown() -> bool:
            self.view.refresh(self)
            return fact()

        return self.changed.wait_for(shown, seconds)

    def end(self) -> None:
        """End every program."""
        for screen in self.screens:
            screen.end()


def _perform(scene: Scene) -> None:
    scene.tells(_("The server starts."))
    server = scene.start(_("Server"), "server")
    scene.until(lambda: bool(server.lines))

    def ports() -> list[str]:
        found = dict.fromkeys(_PORT.findall(server.lines))
        return [port for port in found if port != str(scene.port)]

    def joins(number: int) -> Screen:
        scene.tells(_("Client {number} joins.").format(number=number))
        client = scene.start(_("Client {number}").format(number=number), "client")
        scene.until(lambda: len(ports()) == number)
        return client

    def goes(number: int, how: Callable[[], None]) -> None:
        port = ports()[number - 1]
        before = server.lines.count(port)
        how()
        scene.until(lambda: scene.screens[number].over and server.lines.count(port) > before)

    def says(client: Screen, text: str) -> None:
        scene.until(lambda: client.prompts or (bool(client.lines) and not scene.ours))
        client.types(text)

    first = joins(1)
    scene.tells(_("Client 1 says Hi! to an empty room."))
    says(first, "Hi!")
    scene.until(lambda: "Hi!" in server.lines)
    second, third = joins(2), joins(3)
    scene.tells(_("Client 1 says Hi! once more: now there is somebody to hear it."))
    says(first, "Hi!")
    scene.until(lambda: all("Hi!" in screen.lines for screen in (second, third)))
    scene.tells(_("Client 2 answers."))
    says(second, "Hello!")
    scene.until(lambda: all("Hello!" in screen.lines for screen in (server, first, third)))
    scene.tells(_("Client 1 is lost: its program is killed."))
    goes(1, first.process.kill)
    scene.tells(_("Client 2 leaves."))
    goes(2, lambda: says(second, "exit"))
    scene.tells(_("Ctrl-C at the server: it says goodbye to whoever is left."))
    server.is_interrupted()
    scene.until(lambda: server.over and not (scene.ours and third.prompts))
    with contextlib.suppress(Stuck):  # a student's client may end without a key
        third.types("")
    scene.until(lambda: third.over)
    scene.tells(_("The end. Your turn: labs/lab6_assignment") if scene.ours else _("The end."))


def play(console: Console | None = None) -> int:
    """Play the scene on `console` (standard output without one). Returns the exit status where a program did not do its
    part: 3 if it is ours, 1 if it is the student's."""
    from rich.console import Console

    from checker.demo_views import Plain, SideBySide

    console = console or Console()
    students = edition.is_students()
    own = _written() if students else None
    if students:
        console.print(_(OWN if own else OURS), markup=False, highlight=False)
    wide = console.is_terminal and console.width >= SideBySide.narrowest
    with SideBySide(console) if wide else Plain(console) as view:
        scene = Scene(_port(), view, own or {one: finished(one) for one in ("server", "client")}, ours=own is None)
        try:
            _perform(scene)
        except Stuck as stuck:
            console.print(_("The scene is stuck at: {caption}").format(caption=stuck), markup=False)
            if own:
                console.print(_("`python -m checker grade 6` tells what your programs lack for it."), markup=False)
            return 1 if own else 3
        except KeyboardInterrupt:
            return 130
        finally:
            scene.end()
    return 0


def _written() -> dict[str, Path] | None:
    """The student's own programs of lab 6, where both are written."""
    try:
        folder = find_root(Path.cwd()) / "labs" / "lab6_assignment"
    except AskedWrongly:  # called from outside of the kit's folder
        return None
    programs = {program: folder / f"{program}.py" for program in ("server", "client")}
    return programs if all(map(_is_written, programs.values())) else None


def _is_written(file: Path) -> bool:
    if not file.is_file():
        return False
    text = file.read_text(encoding="utf-8", errors="replace")
    return NOT_WRITTEN not in text and not is_untouched(text)


def _port() -> int:
    """The default port where it is free, else one that is."""
    try:
        probe = socket.create_server(("localhost", DEFAULT_PORT))
    except OSError:
        probe = socket.create_server(("localhost", 0))
    with probe:
        return int(probe.getsockname()[1])
