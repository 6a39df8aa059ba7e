"""Hints, one after another; and our own solution, for whoever has every point."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

import pytest
from made_results import a_check, a_failure, a_grade, a_lab, shown

from checker import commands, hinting, memory
from checker.grading import rubric
from checker.grading.model import GradedFile, LabResult
from checker.grading.session import graded_file
from checker.grading.submission import AskedWrongly, Submitted
from tests.bad_input.command import Place
from tests.conftest import ROOT

LAB = "lab3_broadcast"
CHECK = "reaches_every_other_client"
SOLUTION = ROOT / "solutions" / LAB / "server.py"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def hint(capsys: pytest.CaptureFixture[str], lab: str = "3", check: str | None = CHECK) -> str:
    """What `hint` says."""
    assert hinting.hint(argparse.Namespace(lab=lab, check=check)) == 0
    return capsys.readouterr().out


def words(text: str) -> str:
    return " ".join(text.split())


# The command


def test_after_a_grade_the_next_hint_is_that_to_what_was_lost_first(open_folder: Path) -> None:
    """The report has shown the first hint to the first of those that failed alike, and none to the others."""
    place = Place(open_folder)
    server = SOLUTION.read_text(encoding="utf-8").replace("client.sendall(message)", "pass")
    place.put({f"labs/{LAB}/server.py": server})
    run = place.run("grade", "3")
    (first, *_others) = [check.id for check in rubric.load(LAB).checks]
    assert f"    python -m checker hint 3 {first}\n" in run.out
    assert place.run("hint", "3").out.splitlines()[:2] == [
        "The first check that failed in your last grade:",
        f"Lab 3: {rubric.load(LAB).checks[0].title}",
    ]
    assert "Hint 3 of 3:" in place.run("hint", "3").out
    assert "Hint 2 of 3:" in place.run("hint", "lab3", CHECK).out
    assert "python -m checker hint 3 names_the_sender" not in run.out
    assert "Hint 1 of 3:" in place.run("hint", LAB, "names_the_sender").out
    kept = json.loads((place.folder / ".checker" / "hints.json").read_text(encoding="utf-8"))
    assert (kept[LAB][first], kept[LAB][CHECK], kept[LAB]["names_the_sender"]) == (3, 2, 1)
    names = ["grades.json", "hints.json", "history", "last.json", "points.json"]
    assert sorted(os.listdir(place.folder / ".checker")) == names


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("brodcast",), "there is no lab 'brodcast': did you mean lab3_broadcast?"),
        (("1000",), "there is no lab 1000: there are lab1_echo,"),
        (("1-3",), "name one lab: hint 3"),
        (("3", "reaches_everybody"), "has no check 'reaches_everybody': did you mean reaches_every_other_client?"),
        (("3", "lock"), "did you mean guards_the_client_list_with_a_lock?"),
        (("3", "zzz"), "lab3_broadcast has no check 'zzz'; it has: serves_a_newcomer_while_others_are_silent,"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(open_folder: Path, arguments: tuple[str, ...], sentence: str) -> None:
    place = Place(open_folder)
    run = place.run("hint", *arguments)
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("checker: ") and run.err.count("\n") == 1
    assert sentence in run.err


# One after another


def test_three_hints_then_all_of_them(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check = rubric.load(LAB).check(CHECK)
    told = [hint(capsys) for _time in range(5)]
    for number, text in enumerate(told[:3], 1):
        assert text.startswith(f"Lab 3: {check.title}\n")
        assert [one for one in (1, 2, 3) if f"Hint {one} of 3:" in text] == [number]
        assert words(check.hints[number - 1]) in words(text)
        assert ("python -m checker hint 3 " + CHECK in text) == (number < 3)
    assert "That was the last one" in told[2]
    for text in told[3:]:
        assert [text.count(f"Hint {number} of 3:") for number in (1, 2, 3)] == [1, 1, 1]
        assert "You have read all three." in text
        assert f"python -m checker grade 3 --check {CHECK}\n" in text
    assert memory.hints_read(LAB) == {CHECK: 3}


@pytest.mark.parametrize("lab", rubric.names())
def test_the_third_hint_is_code_shown_as_it_is(here: Path, capsys: pytest.CaptureFixture[str], lab: str) -> None:
    for check in rubric.load(lab).checks:
        memory.remember_hint(lab, check.id, 2)
        lines = hint(capsys, lab, check.id).splitlines()
        code = check.hints[2].split("\n")
        begin = lines.index("Hint 3 of 3:") + 1
        assert lines[begin : begin + len(code)] == [("    " + line).rstrip() for line in code]


def test_hints_are_wrapped_to_the_width(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for lab in rubric.names():
        for check in rubric.load(lab).checks:
            for _number in (1, 2):
                text = hint(capsys, lab, check.id)
                lines = [line for line in text.splitlines() if "python -m checker" not in line]
                assert max(map(len, lines)) <= 80


def test_checks_are_counted_apart(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hint(capsys)
    assert "Hint 1 of 3:" in hint(capsys, "3", "carries_unicode")
    assert "Hint 1 of 3:" in hint(capsys, "2", "carries_unicode")
    assert "Hint 2 of 3:" in hint(capsys, "3", "carries_unicode")


# Without the name of a check


def test_without_a_grade_all_checks_are_listed_with_how_far_one_is(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hint(capsys)
    hint(capsys)
    text = hint(capsys, check=None)
    assert text.startswith("Lab 3: a room\n")
    for check in rubric.load(LAB).checks:
        assert f" {2 if check.id == CHECK else 0}/3  {check.id}\n" in text
        assert check.title in words(text)
    assert "passed" not in text
    assert memory.hints_read(LAB) == {CHECK: 2}, "a list gives no hint away"


def test_the_first_check_that_failed_comes_first_in_the_labs_order(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lost = [a_failure(id="carries_unicode"), a_failure(id="names_the_sender"), a_failure(id="of_an_older_kit")]
    skipped = a_check(id="serves_a_newcomer_while_others_are_silent", outcome="skipped", points=0)
    memory.remember_grade(a_grade(a_lab([*lost, skipped])), [(LAB, "carries_unicode")])
    assert f"Lab 3: {rubric.load(LAB).check('names_the_sender').title}\n" in hint(capsys, check=None)
    memory.remember_grade(a_grade(a_lab([a_check(id="names_the_sender")])), [])
    text = hint(capsys, check=None)
    assert f"Lab 3: {rubric.load(LAB).check('carries_unicode').title}\n" in text
    assert "Hint 2 of 3" in text
    assert "its checks" in hint(capsys, "1", None).lower(), "another lab's grade is not this one's"


def test_a_lab_without_a_lost_check_is_listed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checks = [a_check(id=check.id) for check in rubric.load(LAB).checks]
    memory.remember_grade(a_grade(a_lab(checks)), [])
    assert "Every one of its checks passed when you graded it last." in hint(capsys, check=None)


# What is kept


@pytest.mark.parametrize(
    "content",
    ["", "{", "[" * 100_000, "[1]", "null", "\udcff", '{"lab3_broadcast": 3}']
    + [f'{{"lab3_broadcast": {{"{CHECK}": {value}}}}}' for value in ('"two"', "-7", "1e999", "null", "{}")],
)
def test_a_broken_file_counts_as_none(here: Path, capsys: pytest.CaptureFixture[str], content: str) -> None:
    (here / ".checker").mkdir()
    for file in (memory.GRADES, memory.LAST, memory.HINTS):
        file.write_text(content, encoding="utf-8", errors="surrogateescape")
    assert memory.outcomes(LAB).get(CHECK) != "failed"
    assert f" 0/3  {CHECK}\n" in hint(capsys, check=None)
    assert memory.unchanged([GradedFile("server.py", "0", 0.0)], memory.digests()) is False
    assert "Hint 1 of 3" in hint(capsys)
    assert "Hint 2 of 3" in hint(capsys)
    memory.remember_grade(a_grade(a_lab([a_failure()])), [])
    assert memory.outcomes(LAB)[CHECK] == "failed"


def test_more_hints_than_there_are_is_all_of_them(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    memory.remember_hint(LAB, CHECK, 99)
    assert "You have read all three." in hint(capsys)
    assert f" 3/3  {CHECK}\n" in hint(capsys, check=None)


def test_a_folder_that_cannot_be_written_to_costs_nothing_but_memory(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / ".checker").write_text("a file where the folder should be")
    for _time in range(2):
        assert hinting.hint(argparse.Namespace(lab="3", check=CHECK)) == 0
        said = capsys.readouterr()
        assert "Hint 1 of 3" in said.out
        assert said.err.startswith("note: .checker") and said.err.count("\n") == 1
    memory.remember_grade(a_grade(a_lab([a_failure()])), [(LAB, CHECK)])
    assert capsys.readouterr().err.count("\n") == 1


def test_a_file_is_written_whole_or_not_at_all(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hint(capsys)
    before = memory.HINTS.read_bytes()

    def fails(_source: str, _target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fails)
    assert "Hint 2 of 3" in hint(capsys)
    assert memory.HINTS.read_bytes() == before
    assert os.listdir(here / ".checker") == ["hints.json"]


def test_a_further_report_takes_no_hint_back(here: Path) -> None:
    memory.remember_hint(LAB, CHECK, 3)
    memory.remember_grade(a_grade(a_lab([a_failure()])), [(LAB, CHECK)])
    assert memory.hints_read(LAB) == {CHECK: 3}


def test_labs_and_checks_that_were_not_graded_now_keep_what_was_known(here: Path) -> None:
    memory.remember_grade(a_grade(a_lab([a_failure(), a_failure(id="b")])), [])
    memory.remember_grade(a_grade(a_lab([a_check()]), a_lab([a_check()], lab="lab1_echo")), [])
    assert memory.outcomes(LAB) == {CHECK: "passed", "b": "failed"}
    assert memory.outcomes("lab1_echo") == {CHECK: "passed"}


# The report


def test_a_failed_check_tells_how_to_get_the_next_hint() -> None:
    text = shown(a_failure(), a_failure(id="as_above", title="Another."), asked="--submission other")
    assert (
        "    Try this one again, or read the next hint:\n"
        f"    python -m checker grade 3 --check {CHECK} --submission other\n"
        f"    python -m checker hint 3 {CHECK}\n"
    ) in text
    assert "hint 3 as_above" not in text


def test_where_no_hint_is_shown_none_is_offered() -> None:
    broken = a_check(outcome="error", points=0, message="The checker itself failed.", hint=None)
    for text in (shown(broken), shown(a_failure(hint=None))):
        assert "    Try this one again:\n" in text
        assert "checker hint" not in text


# The solution


def full_lab(file: Path, lab: str = LAB, outcome: str = "passed") -> tuple[LabResult, list[Submitted]]:
    result = a_lab([a_check(), a_check(id="b", outcome=outcome)], lab=lab, files=[graded_file(file)])
    return result, [Submitted("lab1_echo", {}), Submitted(lab, {"server": file, "client": None})]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "server.py"
    file.write_text("print('mine')")
    return file


def test_the_solution_is_offered_for_every_point(own: Path) -> None:
    assert [Path(one).resolve() for one in commands.solutions(*full_lab(own))] == [SOLUTION]


@pytest.mark.parametrize("outcome", ["failed", "skipped", "error"])
def test_no_solution_is_offered_where_a_check_is_open(own: Path, outcome: str) -> None:
    assert commands.solutions(*full_lab(own, outcome=outcome)) == []


def test_no_solution_is_offered_for_itself(own: Path) -> None:
    assert commands.solutions(*full_lab(SOLUTION)) == []
    own.write_bytes(SOLUTION.read_bytes())
    assert commands.solutions(*full_lab(own)) == []


def test_no_solution_is_offered_that_is_not_there(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "kit_root", lambda: tmp_path)
    assert commands.solutions(*full_lab(own)) == []


def test_the_command_offers_the_solution_after_a_whole_lab_alone(open_folder: Path) -> None:
    place = Place(open_folder)
    place.put({"server.py": SOLUTION.read_bytes() + b"# mine\n", "solution.py": SOLUTION.read_bytes()})
    offered = f"Compare it with our solution:\n    {SOLUTION}"
    whole = place.run("grade", "3", "--server", "server.py")
    assert whole.out.endswith(f"\n{offered}\n"), whole.out
    assert "our solution" not in place.run("grade", "3", "--server", "server.py", "--check", CHECK).out
    assert "our solution" not in place.run("grade", "3", "--server", "solution.py").out


def test_named_raises_for_an_empty_word() -> None:
    with pytest.raises(AskedWrongly, match="it has: "):
        hinting.named(rubric.load(LAB), "")
