"""What a program finds around itself when it starts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from checker.grading.engine import Engine
from checker.stage.server import Server
from checker.stage.spawn import Spawner
from checker.stage.stage import Stage
from tests.conftest import ROOT

TELLS_ITS_ZONE = """
import datetime
import os
import socket


def start_server(host, port):
    listener = socket.create_server((host, port))
    here = datetime.datetime.fromtimestamp(0).astimezone()
    print(os.environ["TZ"], here.isoformat())
    listener.accept()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="NOT RUN: a program there has the system's time zone")
@pytest.mark.parametrize("way", ["as here", "spawned"])
def test_a_time_zone_that_it_is_given_is_obeyed(engine: Engine, open_folder: Path, way: str) -> None:
    """Also where the interpreter that it was forked from has read another one."""
    file = open_folder / "server.py"
    file.write_text(TELLS_ITS_ZONE, encoding="utf-8")
    starter = engine.starter if way == "as here" else Spawner()
    for zone, told in (("XXX-5:45", b"1970-01-01T05:45:00+05:45"), ("YYY+1", b"1969-12-31T23:00:00-01:00")):
        stage = Stage(starter, engine.settings, "zones")
        try:
            server = Server(stage, file, environment={"TZ": zone})
            server.settle()
            assert server.program.printed.split() == [zone.encode(), told]
        finally:
            stage.close()


TAKES_OURS = """
import importlib
import json
import socket

found = {}
for name in ("checker.live", "checker.stage.room", "checker.grading.engine", "json"):
    try:
        found[name] = importlib.import_module(name).__name__
    except ImportError as error:
        found[name] = str(error)
print(json.dumps(found))


def start_server(host, port):
    socket.create_server((host, port)).accept()
"""


@pytest.mark.parametrize("way", ["as here", "spawned"])
def test_a_program_is_not_given_what_the_checker_can_do(engine: Engine, open_folder: Path, way: str) -> None:
    """A server of ours in the place of its own would be a chat that nobody has written."""
    file = open_folder / "server.py"
    file.write_text(TAKES_OURS, encoding="utf-8")
    stage = Stage(engine.starter if way == "as here" else Spawner(), engine.settings, "ours")
    try:
        server = Server(stage, file)
        found = json.loads(server.program.printed)
    finally:
        stage.close()
    assert found.pop("json") == "json"
    assert all(error.startswith("No module named 'checker.") for error in found.values()) and len(found) == 3


SHUT = """
import sys
from checker.inside import launcher

launcher._shut_the_kit(sys.argv[1])
print("checker.live" in sys.modules)
"""


@pytest.mark.parametrize(("program", "loaded"), [("checker/standins/server.py", True), ("labs/lab1_echo/server.py", False)])
def test_a_program_of_the_kits_own_is_given_what_it_is_made_of(program: str, loaded: bool) -> None:
    """At once: in a kit in root's own folder, the user whom it becomes finds nothing any more."""
    command = [sys.executable, "-c", SHUT, str(ROOT / program)]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    assert run.stdout == f"{loaded}\n"
