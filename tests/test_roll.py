"""A class as a table and as CSV, and what is kept of it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hostile_grades import HOSTILE, a_hostile_grade, a_run_without_grade
from made_handins import ROOT, tree
from made_results import Terminal, a_check, a_failure, a_grade, a_lab

from checker.classroom import alike
from checker.classroom.results import Conditions, Results
from checker.grading.rubric import names
from checker.handin.listing import File
from checker.handin.received import Handed
from checker.report import harmless, roll, rollcsv
from checker.report.roll import Outcome, Row
from checker.report.rollscreen import RollScreen

LABS = ["lab1_echo", "lab3_broadcast"]


def an_outcome(**facts: object) -> Outcome:
    lost = {"failed": {"lab3_broadcast": ["holds_twenty_clients"]}, "skipped": {"lab3_broadcast": ["carries_unicode"]}}
    return replace(Outcome("graded", labs={"lab1_echo": (12, 12), "lab3_broadcast": (17, 20)}, **lost), **facts)  # type: ignore[arg-type]


def table(*rows: Row, file: io.StringIO | None = None) -> str:
    file = file or io.StringIO()
    screen = RollScreen(file, len(rows))
    screen.table(rows, LABS)
    screen.end(rows, [], [], 1.0)
    return file.getvalue()


# CSV


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "a;", "a; ", "a,", "a|", 'a";', ";;"])
def test_no_cell_can_be_a_formula_wherever_a_spreadsheet_sees_one_begin(begin: str, before: str) -> None:
    evil = f"{before}{begin}HYPERLINK(1)"
    row = Row(evil, evil, evil, problem=evil, notes=[evil, "fine"], asides=[evil])
    data = rollcsv.to_bytes([row, replace(row, problem=None, outcome=an_outcome(notes=[evil], result=evil))], LABS)
    text = data.decode("utf-8-sig")
    for separator in (",", ";", "|"):
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            assert not [cell for cell in line if cell.lstrip(' \u00a0"').startswith(begin)]
    for line in text.splitlines():
        for cell in line.replace('"', "").replace(";", ",").replace("|", ",").split(","):
            assert not cell.lstrip(" \u00a0").startswith(begin)


@pytest.mark.parametrize("evil", ["\t=1", "\r=1", "\n=1", "a\n=1", "\x00=1", "x\x1b[2J", "\u202e=1"])
def test_no_cell_breaks_its_line_or_hides_what_it_is(evil: str) -> None:
    text = rollcsv.to_bytes([Row(evil, evil)], LABS).decode("utf-8-sig")
    assert text.count("\r\n") == 2 and len(text.splitlines()) == 2
    assert harmless.harmless(evil, "utf-8") in text or "'" in text


def test_numbers_are_numbers_and_what_there_is_not_is_empty() -> None:
    rows = [
        Row("Анна", "a.zip", "7", packed="agrees", outcome=an_outcome(mark="full", seed=5, result="Анна-1")),
        Row("Boris", "b", problem="it is empty"),
        Row("Clara", "c", outcome=an_outcome(standing="out of time", labs={"lab1_echo": (12, 12)}, problem="too slow")),
        Row("Dora", "d"),
    ]
    data = rollcsv.to_bytes(rows, LABS)
    assert data.startswith(b"\xef\xbb\xbf")
    found = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    wanted = ("name", "id", "status", *LABS, "total", "of", "mark", "notes", "packed")
    assert [tuple(row[column] for column in wanted) for row in found] == [
        ("Анна", "7", "graded", "12", "17", "29", "32", "full", "", "agrees"),
        ("Boris", "", "not graded", "", "", "", "", "", "it is empty", ""),
        ("Clara", "", "out of time", "12", "", "", "", "", "too slow", ""),
        ("Dora", "", "not yet", "", "", "", "", "", "", ""),
    ]
    assert found[0]["lost"] == "lab3_broadcast: holds_twenty_clients (carries_unicode)"
    assert b',12,17,29,32,"full"' in data


# What a grade came to


def test_of_a_grade_the_sums_and_what_was_lost() -> None:
    lab = a_lab([a_check(), a_failure(id="b"), a_check(id="c", outcome="skipped", points=0)], missing="There is no x.\nMore.")
    outcome = roll.of_grade(a_grade(lab, a_lab([a_failure(id="d")], lab="lab6_assignment", mark="none")))
    assert outcome.standing == "graded" and outcome.labs == {"lab3_broadcast": (3, 9), "lab6_assignment": (0, 3)}
    assert roll.lost(outcome) == "lab3_broadcast: b (c); lab6_assignment: everything"
    assert outcome.mark == "none" and outcome.notes == ["lab3_broadcast: There is no x."]


def test_a_grade_that_is_none_has_no_points() -> None:
    row = Row("x", "x", outcome=roll.of_grade(a_run_without_grade()))
    assert (row.status, row.score, row.max) == ("error", None, None)
    assert "the checker itself failed in 1 check" in row.remarks()[0]


def test_what_most_have_lost_counts_those_who_have_begun() -> None:
    rows = [Row(str(number), "", outcome=an_outcome()) for number in range(3)]
    rows.append(Row("none", "", outcome=an_outcome(labs={"lab3_broadcast": (0, 20)})))
    rows.append(Row("late", "", outcome=an_outcome(standing="out of time")))
    assert roll.most_lost(rows, 5) == [("lab3_broadcast", "holds_twenty_clients", 3, 3)]
    assert roll.most_lost(rows[:1], 5) == []


# The screen


def test_the_table_has_a_line_for_each_and_what_is_to_be_known() -> None:
    said = table(
        Row("Иван Петров", "a", outcome=an_outcome(mark="pass"), notes=["one", "two"], asides=["three", "four", "five"]),
        Row("Bo", "b", problem="it is empty"),
    )
    assert said.splitlines()[1:11] == [
        "              1   3  together",
        "Иван Петров  12  17   29 of 32  pass",
        "    one",
        "    two",
        "    three",
        "    four",
        "    ... and 1 more",
        "Bo                   not graded",
        "    it is empty",
        "",
    ]
    assert "1 of 2 graded" in said


def test_lines_come_as_they_end_and_say_how_far_it_is() -> None:
    file = io.StringIO()
    screen = RollScreen(file, 5)
    screen.begin(2, 2, 2)
    screen.ended(Row("Bo", "b", outcome=an_outcome(seconds=1.25)))
    screen.ended(Row("Al", "a", outcome=an_outcome(standing="out of time", seconds=600.0)))
    assert file.getvalue().splitlines() == [
        "5 submissions, 2 at once.",
        "2 of 5 were graded before, and are as they were: --afresh grades them again.",
        "4/5  Bo:  29 of 32  1.2 s",
        "5/5  Al: out of time  600.0 s",
    ]


def test_a_terminal_has_a_bar_that_is_gone_in_the_end_and_is_steered_by_nobody() -> None:
    file = Terminal()
    screen = RollScreen(file, 2)
    row = Row(HOSTILE, HOSTILE, notes=[HOSTILE], asides=[HOSTILE], outcome=roll.of_grade(a_hostile_grade()))
    screen.begin(0, 2, 1)
    screen.ended(row)
    screen.table([row, Row("[red]Bo[/red]", "b", problem="[bold]")], LABS)
    said = file.getvalue()
    assert "1/2" in said and "[red]Bo[/red]" in said
    for steering in ("\x1b[31mred", "\x1b]0;", "\x07", "\u202e", "\x9b"):
        assert steering not in said


# What is the same in two


def handed(name: str, files: dict[str, bytes]) -> Handed:
    return Handed(name, f"{name}.zip", files={path: File(data, 0.0) for path, data in files.items()})


def remarks(*hand_ins: Handed) -> list[list[str]]:
    return alike.remarks(hand_ins, ROOT / "solutions")


def test_the_same_bytes_are_told_and_stubs_are_nobodys() -> None:
    stubs = tree("labs", "")
    assert remarks(handed("a", stubs), handed("b", stubs)) == [[], []]
    own = {"lab3_broadcast/server.py": b"import socket\n", "lab1_echo/server.py": b"import sys\n"}
    other = {**own, "lab1_echo/server.py": b"import os\n", "lab2_duo/server.py": b""}
    assert remarks(handed("a", {**stubs, **own}), handed("b", own), handed("c", other)) == [
        ["the same files as b, byte for byte"],
        ["the same files as a, byte for byte"],
        ["the same file as a: lab3_broadcast/server.py", "the same file as b: lab3_broadcast/server.py"],
    ]
    assert remarks(handed("a", own), handed("b", {"lab6_assignment/server.py": b"import socket\n"})) == [[], []]


def test_our_own_solutions_are_told_as_ours() -> None:
    solutions = tree(below="")
    one = handed("a", {"lab3_broadcast/server.py": solutions["lab3_broadcast/server.py"]})
    given = handed("b", {"lab6_assignment/texts.py": solutions["lab6_assignment/texts.py"]})
    assert remarks(one, one, given) == [
        ["as in the kit's solutions: lab3_broadcast/server.py"],
        ["as in the kit's solutions: lab3_broadcast/server.py"],
        [],
    ]


def test_labs_that_nobody_has_begun_are_named() -> None:
    stubs = tree("labs", "")
    stubs["lab1_echo/server.py"] += b"# mine\n"
    others = [lab for lab in names() if lab != "lab1_echo"]
    assert alike.not_begun(handed("a", stubs)) == f"not begun: {', '.join(others)}"
    assert alike.not_begun(handed("a", tree(below=""))) is None


# What is kept

NOW = Conditions(("lab3_broadcast",), "3.11", 30.0, None, "kit")


def results(folder: Path, conditions: Conditions = NOW) -> Results:
    found = Results(folder, conditions)
    found.make()
    return found


def keep(folder: Path, who: Handed, limit: float = 600.0, **facts: object) -> Outcome:
    place = results(folder)
    outcome = an_outcome(result=place.stem(who), **facts)
    for suffix in (".json", ".html"):
        (folder / f"{outcome.result}{suffix}").write_text("x")
    place.keep(who, outcome, limit)
    return outcome


def test_what_was_kept_is_known_again_until_something_is_another(tmp_path: Path) -> None:
    who = handed("Анна", {"lab3_broadcast/server.py": b"1"})
    outcome = keep(tmp_path, who)
    assert results(tmp_path).kept(who, 600.0) == outcome
    for other in (
        handed("Анна", {"lab3_broadcast/server.py": b"2"}),
        handed("Анна", {"lab3_broadcast/client.py": b"1"}),
        handed("Boris", {"lab3_broadcast/server.py": b"1"}),
    ):
        assert results(tmp_path).kept(other, 600.0) is None
    for change in ({"labs": ("lab1_echo",)}, {"python": "3.12"}, {"bound": 5.0}, {"seed": 1}, {"kit": "newer"}):
        assert results(tmp_path, replace(NOW, **change)).kept(who, 600.0) is None  # type: ignore[arg-type]


def test_a_fault_of_ours_is_not_kept_and_too_little_time_is_not_enough(tmp_path: Path) -> None:
    slow, faulty = handed("slow", {"x.py": b""}), handed("faulty", {"x.py": b""})
    keep(tmp_path, slow, limit=60.0, standing="out of time")
    keep(tmp_path, faulty, standing="error")
    assert results(tmp_path).kept(slow, 60.0) is not None
    assert results(tmp_path).kept(slow, 61.0) is None
    assert results(tmp_path).kept(faulty, 60.0) is None


STRANGE = '{"outcome": {"standing": "graded", "labs": 5}, "limit": 1}'


@pytest.mark.parametrize("spoilt", ["", "{", "[]", '{"outcome": 5}', STRANGE, "[" * 99_999], ids=range(6))
def test_what_is_spoilt_is_graded_again(tmp_path: Path, spoilt: str) -> None:
    who = handed("a", {"x.py": b""})
    keep(tmp_path, who)
    (tmp_path / "kept" / f"{results(tmp_path).key(who)}.json").write_text(spoilt)
    assert results(tmp_path).kept(who, 60.0) is None


@pytest.mark.parametrize("name", ["../../x", "a/b", "con", ".hidden", "", "..", "x" * 300, "Анна О'Нил", "=1+1", "a\x00\n"])
def test_names_of_files_are_harmless_and_of_two_never_the_same(tmp_path: Path, name: str) -> None:
    stem = results(tmp_path).stem(Handed(name, "a"))
    assert stem != results(tmp_path).stem(Handed(name, "b"))
    assert Path(stem).name == stem and not stem.startswith((".", "-", "=")) and len(stem.encode()) < 200
    (tmp_path / f"{stem}.json").write_text("x")


def test_the_kit_is_known_by_its_sources(tmp_path: Path) -> None:
    (tmp_path / "checker").mkdir()
    (tmp_path / "checker" / "x.py").write_text("1")
    before = Conditions.kit_digest(tmp_path)
    (tmp_path / "checker" / "x.py").write_text("2")
    assert Conditions.kit_digest(tmp_path) != before
