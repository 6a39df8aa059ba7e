"""Other systems: what differs between them is asked in few places, all of them in docs/systems.md, and a grade runs on what
Windows and macOS have. Neither of them is here: types are checked for them, and Python is had as they have it (`pretended`)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebook_file import notebooks
from system_marks import marks, marks_in

from checker import facts, system
from checker.labs import lab4_client
from checker.stage.spawn import SpawnHand
from tests.conftest import ROOT

OTHERS = ("win32", "darwin")

LINUX_ALONE = {
    "checker/inside/__main__.py",
    "checker/inside/kernel.py",
    "checker/inside/owncopy.py",
    "checker/inside/procfs.py",
    "checker/inside/stagehands.py",
    "checker/inside/warm.py",
    "checker/stage/forkserver.py",
    "checker/stage/rest/chain.py",
    "checker/stage/rest/impersonation.py",
    "checker/stage/rest/procfs.py",
    "checker/stage/rest/syscalls.py",
    "checker/stage/rest/thread.py",
}
"""Nobody imports these elsewhere; but for `inside.procfs`, which says there that there is no procfs."""

KNOW_SYSTEMS = {
    "checker/authoring/load.py",
    "checker/authoring/pictures/terminal.py",
    "checker/authoring/pool.py",
    "checker/authoring/soaking.py",
    "checker/authoring/timewait.py",
    "checker/classroom/crew.py",
    "checker/doctor/letters.py",
    "checker/doctor/network.py",
    "checker/doctor/programs.py",
    "checker/doctor/python.py",
    "checker/handin/folder.py",
    "checker/inside/launcher.py",
    "checker/inside/process.py",
    "checker/inside/signals.py",
    "checker/setup/command.py",
    "checker/setup/kernel.py",
    "checker/setup/lab.py",
    "checker/setup/lock.py",
    "checker/setup/obstacles.py",
    "checker/setup/place.py",
    "checker/setup/terminal.py",
    "checker/stage/containment.py",
    "checker/stage/family.py",
    "checker/stage/pipes.py",
    "checker/stage/rest/portable.py",
    "checker/stage/spawn.py",
    "checker/system.py",
}
"""Where it is asked which system this is."""

FOR_CTRL_C = {"lab5_disconnect/server.py", "lab6_assignment/server.py"}
"""A server that its owner on Windows can stop: the one difference that is a student's business."""


ASKED_IN_CELLS = {"00_start_here", "05_disconnect"}
"""Notebooks that show how a command is typed, and what resets a connection."""


def _sources(folder: str) -> list[Path]:
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "corpus" not in path.parts]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# Where it is asked


def test_what_differs_is_asked_in_its_place() -> None:
    found = {_name(path): marks(path) for path in _sources("checker")}
    strangers = {name: seen for name, seen in found.items() if seen and name not in KNOW_SYSTEMS | LINUX_ALONE}
    assert strangers == {}, "ask in one of KNOW_SYSTEMS, or make it one and put it into docs/systems.md"
    assert {name for name in KNOW_SYSTEMS if not found[name]} == set(), "it asks nothing any more"


@pytest.mark.parametrize("folder", ["labs", "solutions"])
def test_students_programs_know_no_system(folder: str) -> None:
    found = {path.relative_to(ROOT / folder).as_posix(): marks(path) for path in _sources(folder)}
    assert all(seen == {"os.name"} for name, seen in found.items() if name in FOR_CTRL_C and seen)
    assert {name: seen for name, seen in found.items() if seen and name not in FOR_CTRL_C} == {}


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_notebooks_know_no_system(path: Path) -> None:
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    python = "\n".join(line for cell in cells for line in cell.split("\n") if not line.lstrip().startswith(("%", "!")))
    assert marks_in(python) <= ({"os.name"} if path.stem in ASKED_IN_CELLS else set())


ASKS = re.compile(r'needs\("(linux|posix)"\)|sys\.platform|os\.name|hasattr\((os|signal|socket), ')
"""How a test says where it can be run, or finds it out."""


def test_tests_that_need_a_system_say_so() -> None:
    asked = {_name(path): path.read_text(encoding="utf-8") for path in _sources("tests") if marks(path)}
    assert {name for name, text in asked.items() if not ASKS.search(text)} == {"tests/pretended.py", "tests/system_marks.py"}


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.fork()",
        "import os\nif hasattr(os, 'getloadavg'): pass",
        "from signal import SIGALRM",
        "import resource",
        "from fcntl import flock",
        "import os\nos.name == 'nt'",
        "from sys import platform",
        "open('/proc/self/stat')",
        "import ctypes",
        "import socket as s\ns.AF_UNIX",
    ],
)
def test_every_way_to_ask_is_seen(source: str) -> None:
    assert marks_in(source)


def test_what_is_everywhere_is_not_taken_for_a_difference() -> None:
    assert marks_in('"""Of /proc, and fork()."""\nimport os, signal\nos.kill(os.getpid(), signal.SIGTERM)') == set()


# In the docs

DOCS = ROOT / "docs" / "systems.md"


def test_the_docs_name_every_place_and_no_other() -> None:
    named = set(re.findall(r"`(checker/[\w/]+\.py)`", DOCS.read_text(encoding="utf-8")))
    assert named >= LINUX_ALONE | KNOW_SYSTEMS
    assert {name for name in named if not (ROOT / name).is_file()} == set()


def test_the_docs_name_tests_that_there_are() -> None:
    for file, test in re.findall(r"`(tests/\w+\.py)::(\w+)`", DOCS.read_text(encoding="utf-8")):
        assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{test}"


# On what another system has


LIBRARIES = ("IPython", "jinja2", "playwright", "rich")
"""Large ones that are used as they are here: `mypy` alone, without a platform, looks into them."""
ALLOWED = ("--allow-subclassing-any", "--allow-untyped-decorators", "--no-warn-return-any", "--no-warn-unused-ignores")
"""What is said of whatever comes from a library that is not looked into."""


@pytest.mark.parametrize("platform", OTHERS)
def test_types_hold_there(platform: str, tmp_path: Path) -> None:
    """Every name that is used is there, and is what it is used as."""
    files = [str(path) for path in _sources("checker") if _name(path) not in LINUX_ALONE]
    settings = tmp_path / "mypy.ini"
    passed_over = ",".join(f"{name}.*" for name in LIBRARIES)
    settings.write_text(f"[mypy]\npython_version = 3.10\n[mypy-{passed_over}]\nfollow_imports = skip\n", encoding="utf-8")
    options = ["--config-file", str(settings), "--cache-dir", os.devnull, "--platform", platform, "--strict", *ALLOWED]
    run = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *files],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stdout


def _there(platform: str, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tests" / "pretended.py"), platform, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", **options
    )


IMPORTS = """
import importlib, os, signal, sys
assert sys.platform == sys.argv[1] and hasattr(os, "fork") is (sys.argv[1] == "darwin") and not hasattr(signal, "SIGRTMAX")
try:
    open("/proc/self/stat")
except FileNotFoundError:
    for name in sys.argv[2:]:
        importlib.import_module(name)
    print("imported")
"""


@pytest.mark.needs("linux")
@pytest.mark.parametrize("platform", OTHERS)
def test_everything_is_imported_there(platform: str, tmp_path: Path) -> None:
    own = {"checker/__main__.py", "checker/inside/spawned.py"}  # they begin at once
    paths = [path for path in _sources("checker") if _name(path) not in LINUX_ALONE | own]
    modules = [_name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in paths]
    assert _there(platform, "-c", IMPORTS, platform, *modules, cwd=tmp_path).stdout == "imported\n"


SILENT = "            if client is not sender:", "            if client is sender and False:"


@pytest.mark.needs("linux")
@pytest.mark.parametrize("platform", OTHERS)
@pytest.mark.parametrize("right", [True, False])
def test_a_grade_is_the_same_there(platform: str, right: bool, open_folder: Path) -> None:
    """From the command to the last word of a verdict, the lens and its locks included."""
    source = (ROOT / "solutions" / "lab3_broadcast" / "server.py").read_text(encoding="utf-8")
    assert source.count(SILENT[0]) == 1
    server = open_folder / "server.py"
    server.write_text(source if right else source.replace(*SILENT), encoding="utf-8")
    check = "guards_the_client_list_with_a_lock" if right else "reaches_every_other_client"
    options = ("--check", check, "--json", "result.json", "--html", "page.html")
    run = _there(platform, "-m", "checker", "grade", "3", "--server", "server.py", *options, cwd=open_folder)
    assert run.returncode == (0 if right else 1), run.stdout
    result = json.loads((open_folder / "result.json").read_text(encoding="utf-8"))
    (found,) = result["labs"][0]["checks"]
    assert (result["complete"], result["rest"], found["outcome"]) == (True, "portable", "passed" if right else "failed")
    assert right or found["ended_by"] == "rest"
    # Where its threads are is asked by signal.
    assert right or [bool(thread["line"]) for thread in found["threads"]] == [True] * 4 * (platform == "darwin")


# One by one


def test_a_command_is_quoted_as_cmd_exe_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert system.as_typed(["--server", r"C:\My labs\server.py"]) == r'--server "C:\My labs\server.py"'


def test_a_signal_of_another_system_has_a_name_or_a_number() -> None:
    assert (facts.name_of_signal(9), facts.name_of_signal(777)) == ("SIGKILL", "777")


def test_where_ctrl_c_does_not_reach_who_reads_no_point_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab4_client.containment, "CTRL_C_ENDS_INPUT", False)
    monkeypatch.setattr(lab4_client, "_talking_client", lambda _launch: None)
    notes: list[str] = []
    lab4_client.check_leaves_on_ctrl_c(None, notes)
    assert "not judged" in notes[0]


@pytest.mark.skipif(sys.platform == "win32", reason="NOT RUN: as it is here")
def test_who_was_ended_by_us_is_told_as_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """psutil has TerminateProcess give 15 on Windows."""
    hand = SpawnHand()
    hand._killed.add(0)
    for number, status in ((0, 15), (1, 15)):
        hand._ended.put((number, status))
    monkeypatch.setattr(sys, "platform", "win32")
    hand.news()
    monkeypatch.undo()
    assert hand.exits == {0: -9, 1: 15}
    hand.close()


@pytest.mark.parametrize("encoding", ["cp866", "cp1251", "ascii"])
def test_words_come_through_a_console_of_another_age(encoding: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "checker", "grade", "1", "--check", "client_leaves_on_exit"]
    run = subprocess.run([*command, "--submission", str(ROOT / "labs")], cwd=tmp_path, env=environment, capture_output=True)
    assert (run.returncode, run.stderr) == (1, b"")
    assert "client_leaves_on_exit" in run.stdout.decode(encoding)


def test_no_file_is_read_as_the_system_has_it() -> None:
    """cp1251 on a Russian Windows: every open() of text names its encoding."""
    files = [str(ROOT / folder) for folder in ("checker", "solutions")]
    rule = ["--preview", "--select", "PLW1514", "--no-cache", "--isolated", "--target-version", "py310"]
    run = subprocess.run([sys.executable, "-m", "ruff", "check", *rule, *files], stdout=subprocess.PIPE, encoding="utf-8")
    assert run.returncode == 0, run.stdout
