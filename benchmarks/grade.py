"""How fast a grade is, as ratios: `python benchmarks/grade.py [--runs N]`.

Graded is lab 3: a right server (the solution), one that relays nothing, and the untouched stub. Against it stand the
floor (`floor.py`: the same programs and exchanges with nothing around them) and the same eleven checks written with
pytest and sleeps (`with_sleeps/`). In each run all of them are measured one after the other, so that a ratio is between
neighbours on the same machine in the same minute; what is printed is the median of the runs' ratios. Seconds are there
for the scale alone. Processor time is that of the whole tree of processes.
"""

from __future__ import annotations

import argparse
import json
import marshal
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SOLUTION = ROOT / "solutions" / "lab3_broadcast" / "server.py"
STUB = ROOT / "labs" / "lab3_broadcast" / "server.py"
RELAYS = "                client.sendall(message)\n"
NEEDS_NO_PROGRAM = "uses_socket_and_threading"


@dataclass(frozen=True)
class Cost:
    """What one command took: seconds of wall clock, seconds of processor time with all descendants."""

    wall: float
    processor: float


@dataclass(frozen=True)
class Command:
    """One thing that is measured, and the exit statuses that it may have."""

    words: Sequence[str | Path]
    environment: dict[str, str]
    folder: Path
    statuses: tuple[int, ...] = (0,)

    def run(self) -> Cost:
        """Run it once. Raises SystemExit where it ends otherwise than it should."""
        began = time.monotonic()
        process = subprocess.Popen(
            [str(word) for word in self.words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env={**os.environ, **self.environment},
        )
        assert process.stdout is not None
        printed = process.stdout.read()
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        if process.returncode not in self.statuses:
            said = printed.decode(errors="replace")
            raise SystemExit(f"{self.words}\nended with status {process.returncode}:\n{said}")
        return Cost(wall, usage.ru_utime + usage.ru_stime)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How fast a grade of lab 3 is, as ratios.")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs that the medians are of (default: 5)")
    parser.add_argument("--no-pytest", action="store_true", help="leave out pytest with sleeps (half a minute a run)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chat-lab-benchmark-") as folder:
        commands, counts = _commands(Path(folder))
        if options.no_pytest:
            del commands["pytest"]
        for name, command in commands.items():
            if name != "pytest":
                command.run()  # once before: files are in the cache, byte code is written
        runs = []
        for number in range(options.runs):
            runs.append({name: command.run() for name, command in commands.items()})
            print(f"\rrun {number + 1} of {options.runs}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    _print(runs, counts)


def _commands(folder: Path) -> tuple[dict[str, Command], str]:
    """What is measured, by name, and what the floor is made of."""
    source = SOLUTION.read_text(encoding="utf-8")
    if source.count(RELAYS) != 1:
        raise SystemExit(f"lab 3's solution is not what this benchmark knows: {RELAYS.strip()}")
    silent = source.replace(RELAYS, RELAYS.replace("client.sendall(message)", "pass"))
    servers = {"right": source, "relays nothing": silent, "stub": _stub(source)}
    files = {}
    for name, text in servers.items():
        files[name] = folder / name.replace(" ", "_") / "server.py"
        files[name].parent.mkdir()
        files[name].write_text(text, encoding="utf-8")
    # Byte code is kept, as it is by default, and apart from the tree that is measured.
    kept = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "byte-code"), "PYTHONUNBUFFERED": ""}
    kit = {"PYTHONPATH": str(ROOT), **kept}
    grade = [sys.executable, "-m", "checker", "grade", "lab3", "--seed", "1", "--server"]
    result = folder / "result.json"
    Command([*grade, files["right"], "--json", result], kit, folder).run()
    programs = _plan(json.loads(result.read_text(encoding="utf-8")))
    plan = folder / "plan"
    plan.write_bytes(marshal.dumps(programs))
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    commands = {
        "interpreter": Command([sys.executable, "-c", "pass"], kit, folder),
        "floor": Command([sys.executable, HERE / "floor.py", plan, SOLUTION], kit, folder),
        "no program": Command([*grade, files["right"], "--check", NEEDS_NO_PROGRAM], kit, folder),
        "right": Command([*grade, files["right"]], kit, folder),
        "relays nothing": Command([*grade, files["relays nothing"]], kit, folder, (1,)),
        "stub": Command([*grade, files["stub"]], kit, folder, (1,)),
        "pytest": Command([*pytest, HERE / "with_sleeps"], {"SERVER": str(files["right"]), **kept}, folder),
    }
    return commands, _counted(programs)


def _stub(source: str) -> str:
    """The stub as students get it."""
    sys.path.insert(0, str(ROOT))
    from checker.authoring import stubs

    return stubs.cut(source)


def _plan(grade: dict[str, Any]) -> list[list[Any]]:
    """The moves of every program that a grade started (see `floor.py`), read from the timelines of its result."""
    programs: list[list[Any]] = []
    for check in grade["labs"][0]["checks"]:
        names: list[str] = []
        before = ""
        for event in check["timeline"]:
            if event["kind"] == "started":
                programs.append([])
                names = []
            elif event["kind"] == "connected":
                names.append(event["who"])
                programs[-1].append(["connect"])
            elif event["kind"] == "sent":
                said = [names.index(event["who"]), event["data"].encode()]
                if programs[-1][-1][0] == "say" and before == "sent":
                    programs[-1][-1][1].append(said)
                else:
                    programs[-1].append(["say", [said]])
            before = event["kind"]
    return programs


def _counted(programs: list[list[Any]]) -> str:
    moves = [move for program in programs for move in program]
    connects = sum(move[0] == "connect" for move in moves)
    messages = [said for move in moves if move[0] == "say" for said in move[1]]
    return f"{len(programs)} forked programs, {connects} connections, {len(messages)} messages"


def _print(runs: list[dict[str, Cost]], counts: str) -> None:
    print(f"Lab 3, medians of {len(runs)} runs; ratios are taken within a run.\n")
    print(f"{'':34}{'processor':>10}{'wall clock':>12}")
    for name, text in (
        ("interpreter", "a bare interpreter"),
        ("floor", "the floor"),
        ("no program", "a grade that starts no program"),
        ("right", "grade: a right server"),
        ("relays nothing", "grade: relays nothing"),
        ("stub", "grade: the stub"),
        ("pytest", "pytest with sleeps: right server"),
    ):
        if name in runs[0]:
            processor = statistics.median(run[name].processor for run in runs)
            wall = statistics.median(run[name].wall for run in runs)
            print(f"{text:34}{processor:8.3f} s{wall:10.3f} s")
    print(f"\nThe floor: a bare interpreter, the start of a warm one, {counts}.\n")
    for one, other, text in (
        ("right", "floor", "a right server / the floor"),
        ("no program", "floor", "  of which: start, imports, report"),
        ("relays nothing", "right", "relays nothing / a right server"),
        ("stub", "right", "the stub / a right server"),
        ("pytest", "right", "pytest with sleeps / the checker"),
    ):
        if one in runs[0]:
            processor = statistics.median(run[one].processor / run[other].processor for run in runs)
            wall = statistics.median(run[one].wall / run[other].wall for run in runs)
            print(f"{text:34}{processor:9.2f}x{wall:10.2f}x")


if __name__ == "__main__":
    main()
