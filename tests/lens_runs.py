"""Runs programs under the lens, each in a process of its own forked from one interpreter, and gives the lens's report.

`run` runs a program to its end. `serve` runs a chat server and plays a scene in its room with plain sockets; every step
waits for bytes, or the end of a stream, that the server sends only when the step before is done.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

KIT = Path(__file__).resolve().parent.parent
LONGEST = 60.0  # seconds: against a program that hangs
_interpreter: subprocess.Popen[str] | None = None


def run(source: str, **modules: str) -> tuple[dict[str, Any], str]:
    """Run `source` as program.py beside `modules`; (the report at its end, what it printed)."""
    return _play("run", source, modules)


def serve(source: str, **modules: str) -> dict[str, Any]:
    """The report after a scene in the room of the server: four join and speak, the last and the first leave."""
    return _play("greeted" if 'b"*"' in source else "serve", source, modules)[0]


def _play(how: str, source: str, modules: dict[str, str]) -> tuple[dict[str, Any], str]:
    global _interpreter
    if _interpreter is None:
        command = [sys.executable, str(Path(__file__).resolve())]
        _interpreter = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        atexit.register(_interpreter.kill)
    assert _interpreter.stdin is not None and _interpreter.stdout is not None
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {"program": source, **modules}.items():
            Path(folder, name + ".py").write_text(text, encoding="utf-8")
        print(how, folder, file=_interpreter.stdin, flush=True)
        status = _interpreter.stdout.readline().strip()
        printed = Path(folder, "printed").read_text(encoding="utf-8")
        assert status == "0", f"{status}: {printed}\n{source}"
        return json.loads(Path(folder, "report").read_text(encoding="utf-8")), printed


# What follows runs in the other interpreter.


def _serve_requests() -> None:
    sys.path.insert(0, str(KIT))
    sys.path.remove(str(Path(__file__).resolve().parent))
    from checker.inside import lens

    sys.path.remove(str(KIT))
    for line in sys.stdin:
        how, folder = line.split()
        child = os.fork()
        if child == 0:
            _become_program(how, folder, lens.Lens(folder))
        ended = select.select([os.pidfd_open(child)], [], [], LONGEST)[0] if hasattr(os, "pidfd_open") else [child]
        if not ended:
            os.kill(child, 9)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _become_program(how: str, folder: str, lens: Any) -> None:
    status = 1
    try:
        os.dup2(os.open(folder + "/printed", os.O_CREAT | os.O_WRONLY), 1)
        os.dup2(1, 2)
        listening = _listening()
        lens.install()
        sys.path.insert(0, folder)
        module = sys.modules["program"] = types.ModuleType("program")
        file = module.__file__ = folder + "/program.py"
        code = lens.compile(Path(file).read_text(encoding="utf-8"), file)
        if how == "run":
            exec(code, module.__dict__)
            _tell(lens, folder)
        else:
            scene = (listening, how == "greeted", lambda: _tell(lens, folder))
            play = threading.Thread(target=_scene, args=scene, name="lens")
            play.start()
            exec(code, module.__dict__)
            module.start_server("127.0.0.1", 0)
        status = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def _tell(lens: Any, folder: str) -> None:
    Path(folder, "report").write_text(json.dumps(lens.report()), encoding="utf-8")


def _listening() -> Callable[[], tuple[str, int]]:
    """Where the program listens, as soon as it does."""
    reading, writing = os.pipe()
    listen = socket.socket.listen
    found: list[tuple[str, int]] = []

    def noticed(self: socket.socket, *backlog: int) -> None:
        listen(self, *backlog)
        found.append(self.getsockname())
        os.write(writing, b".")

    def wait() -> tuple[str, int]:
        os.read(reading, 1)
        return found[0]

    socket.socket.listen = noticed  # type: ignore[method-assign]
    return wait


class _Guest:
    def __init__(self, name: str, address: tuple[str, int]) -> None:
        self.name = name
        self.socket = socket.create_connection(address)
        self.socket.settimeout(LONGEST)
        self.heard = b""

    def says(self, text: bytes) -> None:
        self.socket.sendall(text)

    def hears(self, text: bytes) -> None:
        while text not in self.heard:
            data = self.socket.recv(4096)
            assert data, f"{self.name} was left alone"
            self.heard += data

    def leaves(self) -> None:
        """The server closes our connection when it has taken us off its list."""
        self.socket.shutdown(socket.SHUT_WR)
        while self.socket.recv(4096):
            pass


def _scene(listening: Callable[[], tuple[str, int]], greeted: bool, tell: Callable[[], None]) -> None:
    status = 1
    try:
        address = listening()
        room: list[_Guest] = []
        for name in ("alice", "bob", "carol", "dave"):
            room.append(_Guest(name, address))
            if greeted:
                room[-1].hears(b"*")
            _speaks(room, room[-1])
        for speaker in list(room):
            _speaks(room, speaker)
        for leaver in (room[-1], room[0]):
            room.remove(leaver)
            leaver.leaves()
            _speaks(room, room[0])
        tell()
        status = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


_said = 0


def _speaks(room: list[_Guest], speaker: _Guest) -> None:
    global _said
    _said += 1
    text = b"<%d>" % _said
    speaker.says(text)
    for other in room:
        if other is not speaker:
            other.hears(text)


if __name__ == "__main__":
    _serve_requests()
