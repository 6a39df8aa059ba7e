"""The demo, and the ready client and server."""

from __future__ import annotations

import io
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from checker import demo, live
from checker.stage.finished import finished

ROOT = Path(__file__).resolve().parents[1]


def _shown(width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    assert demo.play(console) == 0
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_scene_is_played_line_by_line_where_there_is_no_terminal() -> None:
    lines = _shown(80).splitlines()
    for screen in ("Server", "Client 1", "Client 3"):
        assert any(line.lstrip().startswith(f"{screen} |") and "Hello!" in line for line in lines), screen
    assert "* The end" in lines[-1]


def test_the_scene_is_played_beside_somebody_on_the_default_port() -> None:
    try:
        taken = socket.create_server(("localhost", demo.DEFAULT_PORT))
    except OSError:  # somebody else has it: as good
        taken = socket.socket()
    with taken:
        assert "Hello!" in _shown(80)


def test_a_students_programs_that_do_not_play_the_scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = tmp_path / "client.py"
    client.write_text("print('Hi!')\n", "utf-8")  # never connects, however long one waits
    monkeypatch.setattr(demo.edition, "is_students", lambda: True)
    monkeypatch.setattr(demo, "_written", lambda: {"server": finished("server"), "client": client})
    monkeypatch.setattr(demo, "BOUND", 1.0)
    console = Console(file=io.StringIO(), width=80)
    assert demo.play(console) == 1
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert "Your own programs" in said and "stuck at" in said and "grade 6" in said


def test_talk_says_so_when_nobody_answers() -> None:
    assert live.talk("localhost", _free_port()) == 1


def test_room_says_so_when_the_port_is_taken() -> None:
    with socket.create_server(("localhost", 0)) as listener:
        assert live.room("localhost", listener.getsockname()[1]) == 1


@pytest.mark.needs("posix")  # Ctrl-C for one program
def test_a_room_and_two_who_talk() -> None:
    port = _free_port()
    with _started("room", port) as room:
        _reads(room, str(port))
        with _started("talk", port) as alice:
            _reads(room, "; 1 here")
            with _started("talk", port) as bob:
                _reads(room, "; 2 here")
                _types(alice, "Привет!")
                _reads(room, "Привет!")
                _reads(bob, "Привет!")
                _types(room, "Hello!")
                _reads(alice, "[room] Hello!")
                _reads(bob, "[room] Hello!")
                _types(bob, "exit")
                assert bob.wait() == 0
            _reads(room, "; 1 here")
            room.send_signal(signal.SIGINT)
            assert room.wait() == 0
            _reads(alice, "Enter")
            _types(alice, "")
            assert alice.wait() == 0


def _free_port() -> int:
    with socket.create_server(("localhost", 0)) as listener:
        return int(listener.getsockname()[1])


def _started(verb: str, port: int) -> subprocess.Popen[str]:
    code = f"from checker.live import {verb}; {verb}('localhost', {port})"
    return subprocess.Popen(
        [sys.executable, "-u", "-X", "utf8", "-c", code],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        bufsize=1,
        start_new_session=True,
    )


def _types(program: subprocess.Popen[str], line: str) -> None:
    assert program.stdin is not None
    program.stdin.write(line + "\n")


def _reads(program: subprocess.Popen[str], text: str) -> None:
    assert program.stdout is not None
    assert any(text in line for line in program.stdout), text
