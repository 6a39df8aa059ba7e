"""`author corpus`, the real command on a small corpus."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.cli import INTERRUPTED
from tests.bad_input.command import BOUND, Fact, Place
from tests.made_corpus import CHECKS, ITS_LOSS, LAB, WRONG, put, put_fallen, put_real, put_survivor

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="NOT RUN: who is left is asked of Linux")


def result(place: Place) -> Path:
    return place.temporary.parent / "result.json"


def test_says_what_the_checks_are_worth(place: Place) -> None:
    put_real(place.folder)
    put_survivor(place.folder)
    put_fallen(place.folder)
    run = place.run("author", "corpus", "--corpus", ".", "--keep", "kept", "--json", str(result(place)))
    place.wait_until_nobody_is_left()
    assert run.status == 1, run.err
    found = json.loads(result(place).read_text(encoding="utf-8"))
    (lab,) = found["labs"]
    assert (found["complete"], found["right"], found["wrong"]) == (True, 1, 2)
    assert lab["survivors"] == ["in_other_words"]
    assert lab["right_that_lose"] == ["right_but_ascii_only"]
    assert lab["unneeded"] == [check for check in CHECKS if check != ITS_LOSS]
    assert sorted(found["disagree"]) == [f"{LAB}/in_other_words", f"{LAB}/right_but_ascii_only"]
    for sentence in (
        f"Wrong programs that lost nothing: {LAB}/in_other_words",
        f"Right programs that lost a point: {LAB}/right_but_ascii_only",
        "lost and should not have: carries_unicode",
        "did not lose: carries_unicode",
        f"could not fail: {LAB}/{lab['unneeded'][0]}",
        "1 right program, 2 wrong programs, 2 disagree.",
    ):
        assert sentence in run.words
    path = found["kept"][f"{LAB}/right_but_ascii_only"]["0"]
    replayed = place.run("replay", "2", "carries_unicode", "--json", path)
    assert (replayed.status, "carries_unicode" in replayed.words) == (1, True), replayed.words


def test_each_time_has_a_seed_of_its_own_and_the_same_verdicts(place: Place) -> None:
    put_real(place.folder)
    arguments = ("--repeat", "3", "--seed", "5", "--load", "--json", "-")
    run = place.run("author", "corpus", "2", "--corpus", ".", *arguments)
    place.wait_until_nobody_is_left()
    found = json.loads(run.out)
    assert (run.status, found["changed"], found["kept"]) == (0, [], {}), run.err
    (program,) = found["labs"][0]["programs"]
    assert [(one["run"], one["seed"]) for one in program["runs"]] == [(0, 5), (1, 6), (2, 7)]
    assert program["name"] == WRONG
    load = found["processors"]["load"]
    assert load["problem"] is None and min(load["shares"]) > 0
    assert "Played 3 times: 0 verdicts changed." in run.words


@pytest.mark.parametrize(
    ("number", "to"),
    [
        (signal.SIGINT, os.kill),
        (signal.SIGINT, os.killpg),  # a terminal
        (signal.SIGTERM, os.kill),
        (signal.SIGTERM, os.killpg),  # timeout(1)
        (signal.SIGKILL, os.kill),
    ],
)
def test_one_that_is_broken_off_says_what_is_known_and_leaves_nothing(
    place: Place, number: signal.Signals, to: Callable[[int, int], None]
) -> None:
    begun = Fact(place.folder / "begun")
    first = "def start_server("
    spins = f'open({str(place.folder / "begun")!r}, "w").close()\nwhile True:\n    print("not yet")\n\n\n'
    put(place.folder, "spins", loses=CHECKS, replace=[[first, spins + first]])
    arguments = ("--corpus", ".", "--load", "--repeat", "50", "--bound", str(10 * BOUND), "--json", str(result(place)))
    process = place.start("author", "corpus", *arguments)
    begun.wait()
    to(process.pid, number)
    run = place.ended(process)
    place.wait_until_nobody_is_left()
    assert "Traceback" not in run.err
    if number != signal.SIGKILL:
        assert (run.status, run.err.strip()) == (INTERRUPTED, "Interrupted: everything that was started has been ended.")
        assert "Broken off:" in run.out
        assert json.loads(result(place).read_text(encoding="utf-8"))["complete"] is False


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--corpus", "nowhere"), "there are no programs of lab1_echo,"),
        (("3", "--corpus", "."), "there are no programs of lab3_broadcast in"),
        (("--corpus", ".", "--repeat", "0"), "--repeat and --at-once take a number greater than 0"),
        (("--corpus", "unlike"), "lab2_duo/unlike: 'nowhere in it' occurs 0 times in solutions/lab2_duo/server.py"),
    ],
)
def test_asked_wrongly(place: Place, arguments: tuple[str, ...], sentence: str) -> None:
    put_real(place.folder)
    put(place.folder / "unlike", "unlike", loses=[], replace=[["nowhere in it", ""]])
    run = place.run("author", "corpus", *arguments)
    place.wait_until_nobody_is_left()
    assert (run.status, sentence in run.err) == (2, True), run.err
    assert run.err.count("\n") == 1
