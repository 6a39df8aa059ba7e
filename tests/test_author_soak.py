"""`author soak`, the real command: of the checker, and of one that is played here and wavers when it is told to."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest

from checker.authoring.differing import Differing
from checker.authoring.load import Measured
from checker.authoring.soaking import Ran, Soak
from checker.authoring.timewait import TimeWait, in_time_wait
from checker.cli import INTERRUPTED
from checker.report import jsonfile
from tests.bad_input.command import Fact, Place, Run
from tests.conftest import ROOT
from tests.made_corpus import SENDS
from tests.made_results import a_check, a_failure, a_grade, a_lab

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="NOT RUN: who is left is asked of Linux")

SOLUTIONS = str(ROOT / "solutions")
ID = "reaches_every_other_client"
ONCE_WRONG = 12
"""The seed that the played checker wavers at."""

PLAYED = """\
#!{python} -I
import pathlib, sys
here, words = pathlib.Path(__file__).parent, sys.argv[1:]
seed, result = (words[words.index(option) + 1] for option in ("--seed", "--json"))
kind = {kinds!r}.get(int(seed), "good")
if kind == "none":
    sys.exit("it broke\\nin two lines")
pathlib.Path(result).write_bytes((here / (kind + ".json")).read_bytes())
"""
HANGS = """\
#!{python} -I
import pathlib, signal
open(pathlib.Path(__file__).parent / "begun", "w").close()
signal.pause()
"""


def put_python(place: Place, text: str, **facts: object) -> str:
    """A program to be run in place of Python; what it hands on lies beside it."""
    failed = a_failure(timeline=[{"t": 0.001, "who": "alice", "kind": "sent", "step": 1}])
    for name, check in (("good", a_check()), ("bad", failed)):
        path = place.folder / f"{name}.json"
        path.write_bytes(jsonfile.to_bytes(a_grade(a_lab([check]))))
    program = place.folder / "python"
    program.write_text(text.format(python=sys.executable, **facts), encoding="utf-8")
    program.chmod(0o755)
    return str(program)


def soaked(place: Place, *arguments: str) -> Run:
    """The command with its JSON as the result."""
    path = place.temporary.parent / "soak.json"
    process = place.start("author", "soak", *arguments, "--json", str(path))
    return place.ended(process, path)


def test_the_real_thing_under_load(place: Place) -> None:
    words = ("2", "--submission", SOLUTIONS, "--seed", "5", "--jobs", "2")
    run = soaked(place, *words, "--runs", "3", "--at-once", "2", "--load", "--time-wait", "40")
    found = run.result
    assert (run.status, run.err) == (0, "") and found is not None
    assert found["words"] == ["2", "--submission", SOLUTIONS, "--jobs", "2"]
    assert found["scores"] == [{"score": 10, "max": 10, "complete": True, "runs": [0, 1, 2]}]
    assert (found["not_passed"], found["changed"], found["kept"], found["not_graded"]) == ([], [], {}, [])
    times = found["times"]
    assert 0 < times["min"] <= times["median"] <= times["p90"] <= times["p99"] <= times["max"]
    assert found["time_wait"]["least"] >= 40 and found["time_wait"]["problem"] is None
    assert found["processors"]["load"]["problem"] is None
    assert "3 times 10 of 10" in run.words


def test_what_is_always_lost_is_named_and_kept(place: Place) -> None:
    text = (ROOT / "solutions" / "lab2_duo" / "server.py").read_text(encoding="utf-8")
    place.put({"mine.py": text.replace(SENDS, 'target.sendall(message.decode("ascii", "ignore").encode())')})
    run = soaked(place, "2", "--server", "mine.py", "--runs", "2")
    assert (run.status, run.err) == (1, "") and run.result is not None
    (lost,) = run.result["not_passed"]
    assert lost["check"] == "carries_unicode"
    assert [(one["outcome"], one["runs"]) for one in lost["verdicts"]] == [("failed", [0, 1])]
    assert run.result["changed"] == []
    assert "Never passed, and always in the same way:" in run.words
    replayed = place.run("replay", "2", "carries_unicode", "--json", run.result["kept"][""]["1"])
    assert (replayed.status, "A message in any alphabet arrives unchanged." in replayed.words) == (1, True), replayed.words


def test_a_verdict_that_differs_is_counted_and_kept(place: Place) -> None:
    python = put_python(place, PLAYED, kinds={ONCE_WRONG: "bad"})
    run = soaked(place, "3", "--submission", SOLUTIONS, "--python", python, "--seed", "10", "--runs", "5", "--at-once", "2")
    assert (run.status, run.err) == (1, "") and run.result is not None
    (changed,) = run.result["changed"]
    assert changed == run.result["not_passed"][0]
    common, other = changed["verdicts"]
    assert (changed["check"], common["outcome"], common["runs"]) == (ID, "passed", [0, 1, 3, 4])
    assert other == {"outcome": "failed", "cause": None, "runs": [2]}
    assert "4 times passed" in run.words and "1 time failed" in run.words
    kept = run.result["kept"][""]["2"]
    assert json.loads((place.folder / kept).read_text(encoding="utf-8"))["labs"][0]["checks"][0]["timeline"]
    assert place.run("replay", "3", ID, "--json", kept).status == 1


def test_a_command_that_gives_no_grade_is_told(place: Place) -> None:
    python = put_python(place, PLAYED, kinds={1: "none"})
    run = soaked(place, "3", "--submission", SOLUTIONS, "--python", python, "--seed", "0", "--runs", "2")
    assert (run.status, run.err) == (3, "") and run.result is not None
    assert run.result["not_graded"] == [{"run": 1, "status": 1, "said": "it broke\nin two lines"}]
    assert "run 1 gave no grade (status 1) | it broke | in two lines" in run.words


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_that_is_broken_off_leaves_nothing(place: Place, number: signal.Signals) -> None:
    begun = Fact(place.folder / "begun")
    python = put_python(place, HANGS)
    words = ("3", "--submission", SOLUTIONS, "--python", python, "--runs", "4", "--load", "--time-wait", "5")
    process = place.start("author", "soak", *words)
    begun.wait()
    process.send_signal(number)
    run = place.ended(process)
    assert (run.status, run.err.strip()) == (INTERRUPTED, "Interrupted: everything that was started has been ended.")
    assert "Broken off: 0 of 4 runs have ended." in run.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("3", "--runs", "0"), "--runs and --at-once take a number greater than 0"),
        (("3", "--runs", "1", "--python", "nowhere"), "there is no program nowhere"),
        (("3", "--runs", "1", "--submission", "nowhere"), "there is no folder nowhere"),
        (("3",), "--runs"),
    ],
)
def test_asked_wrongly(place: Place, arguments: tuple[str, ...], sentence: str) -> None:
    run = place.run("author", "soak", *arguments)
    assert (run.status, sentence in run.err, run.err.count("\n")) == (2, True, 1), run.err


# What is counted


def test_times_are_those_of_runs_that_were(tmp_path: Path) -> None:
    soak = Soak([], 200, 1, 0, Differing(tmp_path))
    soak.ran = [Ran(number, float(number), 0, None, "") for number in range(200, 0, -1)]
    assert soak.times == {"min": 1.0, "median": 100.0, "p90": 180.0, "p99": 198.0, "max": 200.0}


def test_a_load_that_was_not_there_proves_nothing() -> None:
    assert Measured(60.0, 1.0, [0.5, 0.4]).problem is None
    assert Measured(60.0, 0.3).problem is None, "none was asked for"
    assert Measured(60.0, 1.0, [0.5, 0.001]).problem is not None
    assert Measured(60.0, 0.7, [0.5, 0.5]).problem is not None


def test_sockets_in_time_wait_are_really_there() -> None:
    wanted = (in_time_wait() or 0) + 60  # those that there are may go meanwhile
    with TimeWait(wanted) as sockets:
        now = in_time_wait()
    assert now is not None and now >= wanted
    assert (sockets.least or 0) >= wanted
    assert sockets.problem is None


def test_too_few_sockets_in_time_wait_are_a_problem() -> None:
    sockets = TimeWait(100)
    sockets.least = sockets.most = 20
    assert sockets.problem == "There were too few sockets in TIME_WAIT: 20 of 100."
