"""The command `quiz`: who is asked about what, and how it is played and left."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from checker import memory
from checker.cli import INTERRUPTED
from checker.grading.rubric import load
from checker.grading.submission import AskedWrongly
from checker.quiz import command
from checker.quiz.questions import CHOICES, questions, wrong_programs
from tests.bad_input.command import BOUND, Place
from tests.conftest import ROOT

linux = pytest.mark.skipif(sys.platform != "linux", reason="NOT RUN: who is left is asked of Linux")


# Who is asked about what


def options(**facts: object) -> Namespace:
    return Namespace(**{"words": [], "questions": 1, "seed": None, "all": False, **facts})


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def finish(folder: Path, *labs: str) -> None:
    """Write down that every check of these labs passed in the last grade."""
    (folder / ".checker").mkdir(exist_ok=True)
    outcomes = {lab: {check.id: "passed" for check in load(lab).checks} for lab in labs}
    (folder / ".checker" / "last.json").write_text(json.dumps(outcomes), encoding="utf-8")


def test_it_asks_about_labs_that_are_finished(here: Path) -> None:
    with pytest.raises(AskedWrongly, match="first get every point of one, as with python -m checker grade 1"):
        command.quiz(options())
    finish(here, "lab1_echo", "lab2_duo")
    outcomes = memory.load(memory.LAST)
    outcomes["lab2_duo"]["carries_unicode"] = "failed"
    memory.keep({memory.LAST: outcomes})
    with pytest.raises(AskedWrongly, match="as with python -m checker grade 2"):
        command.quiz(options(words=["2"]))


def test_without_the_corpus_it_says_where_it_is(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "kit_root", lambda: here)
    with pytest.raises(AskedWrongly, match="tests/corpus and solutions of the full kit"):
        command.quiz(options(all=True))


def test_what_was_answered_is_remembered(here: Path) -> None:
    memory.remember_answer("lab1_echo", "a", True)
    memory.remember_answer("lab1_echo", "b", True)
    memory.remember_answer("lab1_echo", "a", False)
    assert memory.understood() == {("lab1_echo", "b")}
    memory.QUIZ.write_text('{"lab1_echo": {"b": "yes"}, "lab2_duo": 3}')
    assert memory.understood() == set()


# The real thing


def right_answers(lab: str, seed: int, number: int) -> list[str]:
    """What to type, line by line."""
    typed = []
    for one in list(questions(wrong_programs(ROOT / "tests" / "corpus", [lab]), number, seed))[:number]:
        if one.checks:
            typed.append(str(one.checks.index(one.check) + 1))
        typed.append(str(one.whys.index(one.case.why) + 1))
    return typed


def ask(place: Place, *arguments: str) -> subprocess.Popen[str]:
    finish(place.folder, "lab2_duo")
    return place.start("quiz", *arguments, stdin=subprocess.PIPE)


@linux
def test_two_questions_answered_rightly(place: Place) -> None:
    typed = "\n".join(["5", "what?", "", *right_answers("lab2_duo", 7, 2)]) + "\n"
    run = place.ended(ask(place, "1-2", "--questions", "2", "--seed", "7"), typed=typed)
    assert (run.status, run.err) == (0, "")
    assert "Left out until you have every point of it: lab1_echo.\n" in run.out
    assert run.out.count("\nRight.\n") == len(right_answers("lab2_duo", 7, 2))
    assert run.out.count("\nThe mistake: ") == 2 == run.out.count("Read: notebooks/02_duo.ipynb\n")
    assert "Your score: 2 of 2.\n" in run.out and "read again" not in run.out
    assert "The same questions again: --seed 7\n" in run.out
    kept = json.loads((place.folder / ".checker" / "quiz.json").read_text(encoding="utf-8"))
    assert list(kept["lab2_duo"].values()) == [True, True]


@linux
@pytest.mark.parametrize(("typed", "score"), [("q\n", "No question was answered."), ("", "No question was answered.")])
def test_it_can_be_left_at_any_time(place: Place, typed: str, score: str) -> None:
    run = place.ended(ask(place, "2", "--seed", "7"), typed=typed)
    assert (run.status, run.err) == (0, "")
    assert score in run.out and "--seed 7" in run.out


@linux
def test_a_wrong_answer_is_explained_and_ctrl_c_tells_the_score(place: Place) -> None:
    wrong = [str(int(one) % CHOICES + 1) for one in right_answers("lab2_duo", 7, 1)]
    process = ask(place, "2", "--seed", "7")
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write("\n".join(wrong) + "\n")
    process.stdin.flush()
    said = ""
    while "Question 2 of 10." not in said:
        said += process.stdout.readline()
    process.send_signal(signal.SIGINT)
    run = place.ended(process)
    assert run.status == INTERRUPTED
    assert said.count("No, it is ") == len(wrong)
    assert "Your score: 0 of 1.\nAbout what you missed, read again:\n    notebooks/02_duo.ipynb\n" in run.out
    assert run.err.strip() == "Interrupted: everything that was started has been ended."


@linux
def test_at_a_terminal_it_waits_before_the_next_question(place: Place) -> None:
    pty = pytest.importorskip("pty")
    finish(place.folder, "lab2_duo")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(place.temporary), "TERM": "xterm"}
    arguments = [sys.executable, "-m", "checker", "quiz", "2", "--questions", "2", "--seed", "7"]
    process = subprocess.Popen(
        arguments, stdin=theirs, stdout=theirs, stderr=theirs, cwd=place.folder, env=environment, start_new_session=True
    )
    os.close(theirs)
    said = b""

    def until(text: bytes) -> None:
        nonlocal said
        while text not in said:
            ready, _writable, _failed = select.select([ours], [], [], BOUND)
            assert ready, said
            said += os.read(ours, 65536)
        said = said.partition(text)[2]

    for answer in right_answers("lab2_duo", 7, 1):
        until(b"q ends the quiz): ")
        os.write(ours, answer.encode() + b"\n")
    until(b"Enter brings the next question: ")
    assert b"Question 2" not in said
    os.write(ours, b"\n")
    until(b"Question 2 of 2.")
    until(b"q ends the quiz): ")
    os.write(ours, b"\x04")
    until(b"Your score: 1 of 1.")
    assert process.wait(BOUND) == 0
    os.close(ours)
