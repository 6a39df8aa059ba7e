"""What a grade of lab 3 costs, counted, never timed: modules, program starts, sleeps, proofs of rest."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOLUTION = ROOT / "solutions" / "lab3_broadcast" / "server.py"
RELAYS = "                client.sendall(message)\n"

MOST_MODULES = 232
"""Modules in the checker's process after a grade, Python's own included (3.10 to 3.13 bring 190 to 220 along)."""
NOT_FOR_A_PIPE = {"rich", "psutil", "pytest", "asyncio", "jinja2", "notebook", "IPython", "multiprocessing", "unittest"}
PROGRAMS = 12
"""Eight checks with one server each, two with two (as it is, and under a schedule); one that only reads the file."""
LONG_BOUND = 600.0

COUNT = """
import json, sys
counts = {"subprocess.Popen": 0, "os.fork": 0, "os.posix_spawn": 0, "os.system": 0}
def count(event, arguments):
    if event in counts:
        counts[event] += 1
sys.addaudithook(count)
import time
def sleep(seconds):
    raise AssertionError("the checker sleeps")
time.sleep = sleep
from checker.cli import main
status = main(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    json.dump({"status": status, "modules": sorted(sys.modules), "counts": counts}, file)
"""

procfs = pytest.mark.skipif(sys.platform != "linux", reason="rest is observed here, in quiet spells, not proved")


class Counted:
    """One grade in a process of its own: `counts` and `modules` of that process, and the result."""

    def __init__(self, folder: Path, source: str) -> None:
        server = folder / "server.py"
        server.write_text(source, encoding="utf-8")
        folder.chmod(0o755)
        options = ["--server", str(server), "--seed", "1", "--bound", str(LONG_BOUND), "--json", str(folder / "result")]
        subprocess.run(
            [sys.executable, "-c", COUNT, str(folder / "counted"), "grade", "lab3", *options],
            check=True,
            stdout=subprocess.PIPE,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        counted = json.loads((folder / "counted").read_text())
        self.status: int = counted["status"]
        self.modules = set(counted["modules"])
        self.counts: dict[str, int] = counted["counts"]
        result = json.loads((folder / "result").read_text(encoding="utf-8"))
        self.rest: str = result["rest"]
        self.checks: list[dict[str, Any]] = result["labs"][0]["checks"]

    def events(self, kind: str) -> int:
        """How many events of a kind its timelines have."""
        return sum(event["kind"] == kind for check in self.checks for event in check["timeline"])


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    """The solution."""
    return Counted(tmp_path_factory.mktemp("right"), SOLUTION.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    """The solution, but that it sends nothing to anybody."""
    source = SOLUTION.read_text(encoding="utf-8")
    assert source.count(RELAYS) == 1
    changed = source.replace(RELAYS, RELAYS.replace("client.sendall(message)", "pass"))
    return Counted(tmp_path_factory.mktemp("silent"), changed)


@procfs
def test_imports_what_the_command_at_hand_needs(right: Counted) -> None:
    assert right.status == 0
    unasked = NOT_FOR_A_PIPE - ({"psutil"} if right.rest == "portable" else set())
    assert not {name.partition(".")[0] for name in right.modules} & unasked
    assert len(right.modules) <= MOST_MODULES, sorted(right.modules)


def test_loads_no_other_lab(right: Counted) -> None:
    labs = {name for name in right.modules if name.startswith("checker.labs.lab")}
    assert labs <= {"checker.labs.lab3_broadcast"}


def test_asks_for_no_cause_where_nothing_failed(right: Counted) -> None:
    assert not {name for name in right.modules if name.startswith("checker.diagnosis")}


@procfs
def test_starts_one_interpreter_and_forks_each_program(right: Counted) -> None:
    if os.environ.get("CHAT_LAB_START") == "spawn":
        pytest.skip("told to start an interpreter for each program")
    assert right.counts == {"subprocess.Popen": 1, "os.fork": 0, "os.posix_spawn": 0, "os.system": 0}
    assert right.events("started") == PROGRAMS


@procfs
def test_what_never_comes_is_known_at_rest(right: Counted, silent: Counted) -> None:
    """With ten minutes to wait, nobody waits: no verdict ends at the bound, and no more rest is proved than for a right
    server."""
    if silent.rest != "procfs":
        pytest.skip("rest is observed here, in quiet spells")
    assert silent.status == 1
    failed = [check for check in silent.checks if check["outcome"] == "failed"]
    assert len(failed) == len(silent.checks) - 1
    assert {check["ended_by"] for check in failed} == {"rest"}
    assert {check["ended_by"] for check in right.checks} <= {"rest", "seen", "exit", None}
    assert silent.events("started") <= right.events("started")
    assert silent.events("rest") <= right.events("rest") + len(failed)


MAY_SLEEP = {
    # In the student's process: between two looks at whether the other threads are parked, as seen from within.
    "checker/inside/schedules.py",
    # For the eye, between two steps of what has long been played.
    "checker/replaying.py",
}


def _sources() -> Iterator[Path]:
    for folder in ("checker", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not path.is_relative_to(ROOT / "tests" / "corpus"):
                yield path


def test_nothing_sleeps() -> None:
    found = set()
    for path in _sources():
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and name not in MAY_SLEEP:
                called = node.func
                if getattr(called, "attr", getattr(called, "id", None)) == "sleep":
                    found.add(f"{name}:{node.lineno}")
    assert not found
