"""A quiz about wrong programs: what is asked, and what is shown before and after the answer."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from made_results import Terminal, a_failure
from made_timelines import SPEECH, Timeline, left_out

from checker.authoring.corpus import Case
from checker.grading.model import Cause, CheckResult
from checker.grading.rubric import load, names
from checker.quiz import sheet
from checker.quiz.program import changes, part
from checker.quiz.questions import CHOICES, Question, questions, wrong_programs
from checker.quiz.rehearsal import Scene, scenes
from checker.report.pen import Pen
from tests.conftest import ROOT

PROGRAMS = wrong_programs(ROOT / "tests" / "corpus", names())
CASES = [case for some in PROGRAMS.values() for case in some]


def text_of(case: Case, folder: Path) -> tuple[str, str]:
    """The wrong program, and the right one that it was made from."""
    wrong = case.build(ROOT, folder)[case.program].read_text(encoding="utf-8")
    return wrong, (ROOT / str(case.base)).read_text(encoding="utf-8")


# Which questions


def test_ten_questions_are_spread_over_labs_and_checks() -> None:
    labs = ("lab1_echo", "lab2_duo", "lab3_broadcast", "lab4_client", "lab5_disconnect", "lab6_assignment")
    for seed in range(20):
        asked = list(questions({lab: PROGRAMS[lab] for lab in labs}, 10, seed))[:10]
        assert [one.case.lab for one in asked] == sorted(one.case.lab for one in asked)
        assert sorted(Counter(one.case.lab for one in asked).values()) == [1, 1, 2, 2, 2, 2]
        assert len({one.check.id for one in asked}) == 10, "no check twice"


def test_every_program_is_asked_about_once() -> None:
    asked = Counter(one.key for one in questions(PROGRAMS, 10, 1))
    assert asked == Counter((case.lab, case.name) for case in CASES)


def test_what_there_is_to_choose_from_is_fair() -> None:
    by_name = {(case.lab, case.name): case for case in CASES}
    for one in questions(PROGRAMS, 10, 2):
        case = by_name[one.key]
        assert one.check.id in case.loses
        if one.checks:
            assert len(set(one.checks)) == CHOICES
            assert [check for check in one.checks if check.id in case.loses] == [one.check]
            assert not any(check.id in case.skips for check in one.checks)
        there = [other for other in PROGRAMS[case.lab] if other.program == case.program and not other.causes & case.causes]
        others = [other for other in there if other.why != case.why]
        assert len(set(one.whys)) == min(CHOICES, 1 + len(others)) and case.why in one.whys
        assert set(one.whys) <= {case.why, *(other.why for other in others)}


def test_the_right_answer_is_not_always_at_the_same_place() -> None:
    asked = [one for one in questions(PROGRAMS, 10, 3) if one.checks]
    for places in (
        Counter(one.checks.index(one.check) for one in asked),
        Counter(one.whys.index(one.case.why) for one in asked),
    ):
        assert min(places[place] for place in range(CHOICES)) > len(asked) / 10


def test_a_seed_gives_the_same_questions_again() -> None:
    def told(seed: int) -> list[object]:
        return [(one.key, one.check.id, [check.id for check in one.checks], one.whys) for one in questions(PROGRAMS, 10, seed)]

    assert told(5) == told(5)
    assert told(5) != told(6)


def test_what_was_understood_comes_last() -> None:
    few = {"lab2_duo": PROGRAMS["lab2_duo"]}
    known = {one.key for one in list(questions(few, 10, 1))[:10]}
    again = [one.key for one in questions(few, 10, 1, known)]
    assert not set(again[: len(again) - 10]) & known


def test_more_questions_than_there_are_programs() -> None:
    few = {"lab2_duo": PROGRAMS["lab2_duo"], "lab3_broadcast": PROGRAMS["lab3_broadcast"][:2]}
    assert len(list(questions(few, 1000, 1))) == len(PROGRAMS["lab2_duo"]) + 2


def test_every_check_that_plays_something_is_asked_for() -> None:
    asked = {(one.case.lab, one.check.id) for seed in range(10) for one in questions(PROGRAMS, 10, seed)}
    there = {(lab, check.id) for lab in names() for check in load(lab).checks if check.evidence != "text"}
    assert there - asked == set()


@pytest.mark.parametrize("lab", names())
def test_a_mistake_is_told_in_a_sentence_of_its_own(lab: str) -> None:
    for program in ("server", "client"):
        whys = [case.why for case in PROGRAMS[lab] if case.program == program]
        assert len(set(whys)) == len(whys)
        assert not [why for why in whys if not re.fullmatch(r"(?:[A-Z]|target=)[^\n]{20,140}\.", why)]


# Which part of a program


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.lab}-{case.name}")
def test_what_was_changed_is_shown_without_what_tells_it(case: Case, tmp_path: Path) -> None:
    wrong, right = text_of(case, tmp_path)
    pieces = part(wrong, right)
    lines = wrong.split("\n")
    shown = {number: line for piece in pieces for number, line in piece}
    assert 0 < len(shown) <= 60
    assert all(lines[number - 1].startswith(line) for number, line in shown.items())
    assert not [line for line in shown.values() if "#" in line or "TODO" in line]
    changed = [one for one in changes(wrong, right, "").lines if one.sign == "+" and not one.text.startswith("import ")]
    assert not [one for one in changed if shown.get(one.number) != one.text]
    assert not [one for one in changed if "#" in one.text]


def test_a_sign_in_a_text_is_no_comment() -> None:
    assert part("def f():\n    return '#1'  # one\n", "def f():\n    return '#2'\n") == [
        [(1, "def f():"), (2, "    return '#1'")],
    ]


# What is shown


def a_scene(result: CheckResult | None = None, wrong: str = "def f():\n    return 2\n") -> Scene:
    lab = load("lab3_broadcast")
    case = Case("lab3_broadcast", "a_program", "It returns two.", frozenset({"reaches_every_other_client"}), frozenset())
    question = Question(case, lab, lab.check("reaches_every_other_client"), (), ("It returns two.", "It returns three."))
    return Scene(question, result or a_failure(), "server.py", wrong, "def f():\n    return 1\n")


def a_lost_message() -> CheckResult:
    return replace(left_out(), cause=Cause("x", "The loop leaves somebody out.", 2, "server.py"))


def written(show: object, *arguments: object, file: io.StringIO | None = None) -> str:
    file = io.StringIO() if file is None else file
    show(Pen(file), *arguments)  # type: ignore[operator]
    return file.getvalue()


def test_the_question_shows_what_happened_and_not_what_did_not() -> None:
    text = written(sheet.show_question, a_scene(a_lost_message()), "Question 1 of 10.")
    assert text.startswith("\nQuestion 1 of 10.  Lab 3: a room\n")
    assert "\n   1  def f():\n   2      return 2\n" in text
    assert f'"Hi! {SPEECH["alice"]}"' in text and "your server" not in text
    for told in ("never came", "at rest", "waits in recv()", "received nothing", "leaves somebody out", "It returns"):
        assert told not in text


def test_the_verdict_shows_the_rest_and_the_mistake_comes_last() -> None:
    scene = a_scene(a_lost_message())
    verdict = written(sheet.show_verdict, scene)
    assert "carol received nothing." in verdict and "never came" in verdict and "waits in recv()" in verdict
    assert "leaves somebody out" not in verdict and "It returns" not in verdict
    mistake = written(sheet.show_mistake, scene)
    assert "The mistake: It returns two.\n" in mistake
    assert "       2 - return 1\n       2 + return 2\n" in mistake
    assert "The loop leaves somebody out. (server.py, line 2)" in mistake
    assert "Read: notebooks/03_broadcast.ipynb" in mistake


def test_what_tells_nothing_new_is_not_drawn_again() -> None:
    timeline = Timeline().server("alice", "bob").says("alice", "bob").add("checker", "rest")
    assert "How the picture ends" not in written(sheet.show_verdict, a_scene(timeline.result(ended_by="rest")))
    assert "How the picture ends" in written(sheet.show_verdict, a_scene(a_lost_message()))


def test_a_program_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    bad = "\x1b[2J\u202e\x07"
    timeline = Timeline().server("alice", "bob").says("alice", bad).events
    scene = a_scene(a_failure(timeline=timeline, message=bad, title=bad), f"def f():\n    return '{bad}'\n")
    file = Terminal()
    for show in (sheet.show_verdict, sheet.show_mistake):
        written(show, scene, file=file)
    written(sheet.show_question, scene, "Question", file=file)
    score = sheet.Score()
    score.add(False, scene)
    written(sheet.show_score, score, file=file)
    assert not re.search("\x1b\\[2J|\u202e|\x07", file.getvalue())
    assert "\\x1b[2J" in file.getvalue()


def test_the_score_tells_what_to_read_once() -> None:
    score = sheet.Score()
    for right in (True, False, False):
        score.add(right, a_scene(a_lost_message()))
    text = written(sheet.show_score, score)
    assert "Your score: 1 of 3.\n" in text
    assert text.count("notebooks/03_broadcast.ipynb") == 1 == text.count("- A message reaches every other client, once.")
    assert "No question was answered." in written(sheet.show_score, sheet.Score())


# One ahead


def test_the_next_program_is_played_meanwhile_and_what_passes_is_left_out(tmp_path: Path) -> None:
    played: list[str] = []
    asked = list(questions({"lab2_duo": PROGRAMS["lab2_duo"]}, 4, 1))[:4]

    def play(_lab: object, check: object, _files: object) -> CheckResult:
        played.append(check.id)  # type: ignore[attr-defined]
        return a_failure(outcome="passed" if len(played) == 2 else "failed")

    stopped: list[bool] = []
    engine = SimpleNamespace(play=play, stop=lambda: stopped.append(True))
    found = scenes(asked, engine, ROOT, tmp_path)  # type: ignore[arg-type]
    assert next(found).question is asked[0]
    assert next(found).question is asked[2]
    assert not stopped
    found.close()
    assert stopped and len(played) <= 4
