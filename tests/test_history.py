"""What a change has brought since the last grade, and how to go back."""

from __future__ import annotations

import hashlib
import io
import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest
from made_results import NOW, Terminal, a_check, a_failure, a_grade, a_lab, words

from checker import history
from checker.grading.model import CheckResult, GradedFile
from checker.grading.submission import Submitted
from checker.history import FOLDER, GRADES, History, Past
from checker.report.changes import Change, Kept, Since
from checker.report.edits import LONGEST, MOST_LINES, Edit, Line, edit, told
from checker.report.screen import Screen
from tests.bad_input.command import Place
from tests.conftest import ROOT

LAB = "lab3_broadcast"
RIGHT = (ROOT / "solutions" / LAB / "server.py").read_text(encoding="utf-8")
LOOP = "for client in clients:\n            if client is not"
DEAF = RIGHT.replace(LOOP, LOOP.replace("clients:", "clients[1:]:"))
REACHES = "A message reaches every other client, once."

# Which lines


@pytest.mark.parametrize(
    ("before", "after", "counts", "said"),
    [
        ("a\nb\nc\n", "a\nB\nc\n", (1, 0, 0), "changed 1 line in server.py"),
        ("a\nb\nc\n", "A\nb\nC\n", (2, 0, 0), "changed 2 lines in server.py"),
        ("a\nc\n", "a\nb\nc\n", (0, 1, 0), "added 1 line in server.py"),
        ("a\nb\nc\n", "b\n", (0, 0, 2), "removed 2 lines in server.py"),
        ("a\nb\nc\n", "a\nB\nBB\nc\n", (1, 1, 0), "changed 1 line and added 1 line in server.py"),
        ("a\nb\nc\nd\ne\n", "A\nd\ne\nf\n", (1, 1, 2), "changed 1 line, added 1 line and removed 2 lines in server.py"),
        ("", "a\n", (0, 1, 0), "added 1 line in server.py"),
        ("a\nb\n", "a\r\nb", (0, 0, 0), "changed server.py"),
        ("a\n" * (LONGEST + 1), "b\n", (0, 0, 0), "changed server.py"),
    ],
)
def test_lines_are_counted_as_one_would(before: str, after: str, counts: tuple[int, int, int], said: str) -> None:
    found = edit("server.py", before, after)
    assert (found.changed, found.added, found.removed) == counts
    assert told(found) == said


def test_a_line_is_numbered_in_the_text_that_has_it() -> None:
    lines = edit("server.py", "a\nb\nc\nd\n", "x\na\nb\nC\nd\n").lines
    assert lines == (Line(1, "+", "x"), Line(3, "-", "c"), Line(4, "+", "C"))


# The sentences


def since(**facts: object) -> Since:
    fields = {
        "before": Kept(NOW - 300, 14, 20, [".checker/history/lab3_broadcast/server-0.py"]),
        "change": Change([], [a_failure()], -3),
        "edits": [edit("server.py", "a\nb\n", "a\nc\n")],
        "best": None,
        "seeds": (11, 22),
    }
    return Since(**{**fields, **facts})  # type: ignore[arg-type]


def screen(made: Since, file: io.StringIO | None = None) -> str:
    file = io.StringIO() if file is None else file
    Screen(file, now=NOW).end_lab(a_lab([a_failure()]), [], made)
    return file.getvalue()


def test_what_was_lost_comes_with_the_lines_that_lost_it_and_the_way_back() -> None:
    text = screen(since(change=Change([a_check(title="Twenty people.", max=2)], [a_failure()], -1)))
    lines = text.splitlines()
    begin = lines.index("0 of 3 points.") + 1
    assert lines[begin].startswith("Since the last grade, 5 minutes ago (")
    assert "), you changed 1 line in server.py: gained: Twenty people. (+2) lost: " + REACHES + " (-3)" in words(text)
    assert "What you changed:\n       2 - b\n       2 + c\n" in text
    assert "copy this over yours:\n    .checker/history/lab3_broadcast/server-0.py\n" in text
    assert "best" not in text


def test_where_nothing_was_lost_the_lines_are_not_shown() -> None:
    text = screen(since(change=Change([a_check()], [], 3)))
    assert f"gained: {REACHES} (+3)" in text
    assert "What you changed" not in text and "server-0.py" not in text
    assert "no check was gained, and none lost." in words(screen(since(change=Change())))


def test_of_many_checks_the_first_are_named() -> None:
    many = [a_check(id=str(number), title=f"Title {number}.") for number in range(6)]
    text = screen(since(change=Change(many, [], 18)))
    assert text.count("gained: Title") == 4
    assert "  gained: and 2 more checks\n" in text


def test_a_long_difference_is_cut() -> None:
    text = screen(since(edits=[edit("server.py", "".join(f"a{number}\n" for number in range(30)), "")]))
    assert text.count(" - a") == MOST_LINES
    assert "... and 18 more lines" in text


def test_of_several_files_each_is_named_above_its_lines() -> None:
    both = [edit("client.py", "a\n", "b\n"), edit("server.py", "c\n", "")]
    text = screen(since(edits=both))
    assert "you changed 1 line in client.py and removed 1 line in server.py:" in words(text)
    assert "    client.py:\n       1 - a\n       1 + b\n    server.py:\n       1 - c\n" in text


def test_the_best_grade_is_named_where_this_one_is_worse() -> None:
    best = Kept(NOW - 3600, 18, 20, ["best.py"])
    assert "Your best so far was 18 of 20 points, 1 hour ago (" in words(screen(since(best=best)))
    assert screen(since(best=best)).count("    best.py\n") == 1
    before = since().before
    text = screen(since(best=before))
    assert "version before (14 of 20 points, your best so far), copy this over yours:" in words(text)
    assert text.count("server-0.py") == 1


def test_where_nothing_was_changed_a_verdict_that_did_is_not_the_students() -> None:
    text = words(screen(since(edits=[])))
    assert "You have changed nothing since the last grade, 5 minutes ago" in text
    assert f"its verdicts are not the same: lost: {REACHES} (-3) That should not be." in text
    assert "--seed 11 and --seed 22" in text
    text = words(screen(since(edits=[], same_kit=False)))
    assert "made by another version of the kit or of Python: lost:" in text
    assert "should not be" not in text


def test_what_a_file_says_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    screen(since(edits=[edit("server.py", "", "x = '\x1b[2J\u202e\x07'\t# " + "y" * 300)]), terminal)
    assert "\x1b[2J" not in terminal.getvalue() and "\u202e" not in terminal.getvalue() and "\x07" not in terminal.getvalue()
    assert max(map(len, screen(since(edits=[edit("a.py", "", "y" * 300)])).splitlines())) <= 80


# What is kept


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A student's file, in the current folder."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "server.py"
    file.write_text("one = 1\ntwo = 2\n", encoding="utf-8")
    return file


def graded(file: Path, *checks: CheckResult, **facts: object) -> Since | None:
    """Grade it, with these verdicts."""
    lab = a_lab(checks or [a_check()], files=[GradedFile(str(file), hashlib.sha256(file.read_bytes()).hexdigest(), NOW)])
    past = History(a_grade(lab, **facts))
    found = past.add(lab, Submitted(LAB, {"server": file, "client": None}))
    past.keep()
    return found


def test_the_first_grade_has_nothing_to_compare_with(server: Path) -> None:
    assert graded(server) is None
    assert [one.suffix for one in sorted((FOLDER / LAB).iterdir())] == [".py"]


def test_the_second_is_compared_with_the_first(server: Path) -> None:
    graded(server, seed=1)
    server.write_text("one = 1\ntwo = 3\n", encoding="utf-8")
    found = graded(server, a_failure(), seed=2)
    assert found is not None and found.best == found.before
    assert ([check.id for check in found.change.lost], found.change.points) == (["reaches_every_other_client"], -3)
    assert found.edits == [Edit("server.py", 1, 0, 0, (Line(2, "-", "two = 2"), Line(2, "+", "two = 3")))]
    assert (found.before.score, found.seeds, found.same_kit) == (3, (1, 2), True)
    (copy,) = found.before.files
    assert Path(copy).read_text(encoding="utf-8") == "one = 1\ntwo = 2\n"


def test_the_same_text_is_kept_once(server: Path) -> None:
    for _time in range(3):
        graded(server)
    assert len(list((FOLDER / LAB).iterdir())) == 1
    assert len(json.loads(GRADES.read_text(encoding="utf-8"))["grades"]) == 3


def test_a_module_of_its_own_is_part_of_it(server: Path) -> None:
    server.write_text("import sending\n", encoding="utf-8")
    (server.parent / "sending.py").write_text("a = 1\n", encoding="utf-8")
    (server.parent / "beside.py").write_text("a = 1\n", encoding="utf-8")
    graded(server)
    for name in ("sending.py", "beside.py"):
        (server.parent / name).write_text("a = 2\n", encoding="utf-8")
    found = graded(server)
    assert found is not None
    assert [told(one) for one in found.edits] == ["changed 1 line in sending.py"]


def test_another_file_has_a_history_of_its_own(server: Path) -> None:
    graded(server)
    other = server.with_name("other.py")
    other.write_text("x = 1\n", encoding="utf-8")
    assert graded(other) is None
    link = server.with_name("link.py")
    link.symlink_to(server)
    assert graded(link) is not None


def test_the_best_of_all_is_found_again(server: Path) -> None:
    graded(server)
    for number in range(3):
        server.write_text(f"worse = {number}\n", encoding="utf-8")
        found = graded(server, a_failure())
    assert found is not None and found.best is not None
    assert (found.best.score, found.before.score) == (3, 0)
    assert Path(found.best.files[0]).read_text(encoding="utf-8") == "one = 1\ntwo = 2\n"


def test_no_grade_is_none(server: Path) -> None:
    graded(server)
    assert graded(server, a_check(outcome="error", points=0)) is None
    lab = a_lab([a_check()], files=[GradedFile(str(server), "0" * 64, NOW)])
    assert History(a_grade()).add(lab, Submitted(LAB, {"server": server})) is None, "saved in the middle of the grade"
    assert History(a_grade()).add(a_lab([], files=[]), Submitted(LAB, {"server": server})) is None, "it cannot be read"
    assert len(json.loads(GRADES.read_text(encoding="utf-8"))["grades"]) == 1


def test_another_version_of_the_kit_is_told(server: Path) -> None:
    graded(server)
    found = graded(server, a_failure(), checker="0.2.0")
    assert found is not None and not found.same_kit and found.edits == []


@pytest.mark.parametrize("content", ["x = 1\n", None])
def test_a_copy_that_is_not_what_it_was_counts_as_none(server: Path, content: str | None) -> None:
    graded(server)
    (copy,) = (FOLDER / LAB).iterdir()
    copy.unlink() if content is None else copy.write_text(content)
    server.write_text("two = 2\n", encoding="utf-8")
    found = graded(server)
    assert found is not None
    assert ([told(one) for one in found.edits], found.before.files) == (["changed server.py"], [])


A_GRADE = asdict(Past(LAB, ["/server.py"], NOW, 1, "kit", 3, 3, {"id": ("passed", 3)}, {"/server.py": "0" * 64}))


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"grades": 3}', '{"grades": [3, null, {}]}']
    + [
        json.dumps({"grades": [A_GRADE | facts]})
        for facts in (
            {"when": 1e300},
            {"when": -1.0},
            {"when": "soon"},
            {"when": float("nan")},
            {"checks": {"id": 3}},
            {"checks": []},
            {"files": {"\0": "\0"}},
            {"programs": 3},
            {"score": float("inf")},
        )
    ],
)
def test_a_broken_file_counts_as_none(server: Path, content: str) -> None:
    FOLDER.mkdir(parents=True)
    GRADES.write_text(content, encoding="utf-8")
    assert graded(server) is None
    server.write_text("two = 2\n", encoding="utf-8")
    assert graded(server) is not None


def test_a_folder_that_cannot_be_written_to_is_told_by_others(server: Path, capsys: pytest.CaptureFixture[str]) -> None:
    FOLDER.parent.write_text("a file where the folder should be")
    assert graded(server) is None
    assert capsys.readouterr() == ("", "")


def test_too_many_lose_the_oldest_but_the_best(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_GRADES", 3)
    graded(server)
    for number in range(5):
        server.write_text(f"worse = {number}\n", encoding="utf-8")
        graded(server, a_failure())
    own = FOLDER / LAB / "mine.py"
    own.write_text("not a copy")
    graded(server, a_failure())
    kept = json.loads(GRADES.read_text(encoding="utf-8"))["grades"]
    assert [one["score"] for one in kept] == [3, 0, 0]
    assert len(list((FOLDER / LAB).iterdir())) == 3 and own.exists()


def test_copies_that_are_too_large_go(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_BYTES", 100)
    for number in range(5):
        server.write_text(f"# {number}{'x' * 40}\n", encoding="utf-8")
        graded(server)
    assert sum(one.stat().st_size for one in (FOLDER / LAB).iterdir()) <= 100
    monkeypatch.setattr(history, "LARGEST", 10)
    server.write_text("y" * 20, encoding="utf-8")
    graded(server)
    assert len(json.loads(GRADES.read_text(encoding="utf-8"))["grades"]) >= 1
    assert not any("y" in one.read_text(encoding="utf-8") for one in (FOLDER / LAB).iterdir())


# The real thing


def test_the_command_tells_what_the_change_has_brought(place: Place) -> None:
    place.put({"server.py": RIGHT})
    first = place.run("grade", "3", "--server", "server.py")
    assert "Since the last grade" not in first.out
    place.put({"server.py": DEAF})
    second = place.run("grade", "3", "--server", "server.py")
    assert "you changed 1 line in server.py: lost: " + REACHES + " (-3)" in second.words
    number = DEAF.split("\n").index("        for client in clients[1:]:") + 1
    assert f"      {number} + for client in clients[1:]:\n" in second.out
    (copy,) = [line.strip() for line in second.out.splitlines() if line.startswith("    .checker/history/")]
    assert (place.folder / copy).read_text(encoding="utf-8") == RIGHT
    place.run("grade", "3", "--server", "server.py", "--check", "reaches_every_other_client")
    third = place.run("grade", "3", "--server", "server.py")
    assert "Since the last grade" not in third.out, "nothing was changed, and nothing came of it"
    assert "so far was 20 of 20 points" in third.words and f"That version is kept: {copy} " in third.words


def test_neither_one_check_nor_somebody_elses_files_have_a_history(place: Place) -> None:
    place.put({f"labs/{LAB}/server.py": RIGHT})
    place.run("grade", "3", "--check", "names_the_sender")
    place.run("grade", "3", "--submission", "labs")
    assert sorted(os.listdir(place.folder / ".checker")) == ["grades.json", "hints.json", "last.json", "points.json"]
