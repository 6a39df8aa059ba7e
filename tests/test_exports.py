"""The exports: what other tools read of a grade has the documented fields, and nothing in it can harm them."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import junitparser
import pytest
from hostile_grades import FORGED, HOSTILE, PRINTED, a_hostile_grade, a_run_without_grade, obeyed, strings
from made_results import a_check, a_failure, a_grade, a_lab, shown

from checker.grading.model import Grade, Text
from checker.report import github, gradescope, junit
from checker.report.plain import clean, cut, details, explained, verdict
from tests.bad_input.command import ONE_CHECK, Place
from tests.conftest import ROOT

NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
EXPORTS = [junit, github, gradescope]


@pytest.fixture
def grade() -> Grade:
    return a_hostile_grade()


@pytest.fixture
def no_grade() -> Grade:
    return a_run_without_grade()


# All three


@pytest.mark.parametrize("export", EXPORTS, ids=lambda module: module.__name__)
def test_nothing_hostile_gets_in(export: Any, grade: Grade, no_grade: Grade) -> None:
    for one in (grade, no_grade):
        text = export.to_bytes(one).decode("utf-8")
        texts = [text] if export is junit else [text, *strings(json.loads(text))]
        for found in texts:
            assert not NO_XML.search(found)
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ufffe]", found)
        assert "\\x1b[31mred" in "".join(texts)


@pytest.mark.parametrize("export", EXPORTS, ids=lambda module: module.__name__)
def test_what_is_long_is_cut_to_a_sensible_size(export: Any) -> None:
    mib = Text.of(b"\x00\x1b" * 2**19)
    checks = [a_failure(id=f"c{n}", message=mib.text, note=mib.text, got=mib, output=mib) for n in range(3)]
    checks.append(a_check(id="e", outcome="error", points=0, message=mib.text + "ValueError: the end"))
    data = export.to_bytes(a_grade(a_lab(checks)))
    assert len(data) < 200_000
    assert b"characters are not shown here" in data
    assert b"ValueError: the end" in data


def test_a_cut_text_keeps_both_ends_and_says_how_much_is_gone() -> None:
    text = "begin" + "x" * 1_000 + "end"
    kept = cut(text, 200)
    assert len(kept) <= 200
    assert kept.startswith("beginx") and kept.endswith("xend")
    gap = re.search(r"\n\.\.\. (\d+) characters are not shown here \.\.\.\n", kept)
    assert gap is not None
    assert len(kept) - len(gap[0]) + int(gap[1]) == len(text)
    assert cut(text, len(text)) == text


def test_no_cut_makes_a_command() -> None:
    """A line that begins where the middle was taken out."""
    commands = "::error::" * 500
    check = a_failure(message="x" * 500 + commands, note=commands, hint=None, read=None)
    other = a_failure(message="x", got=Text.of(commands), hint=None, read=None)
    for most in range(100, 140):
        for one in (check, other):
            texts = [verdict(one, {}, most), details(one, most), explained(one, {}, most)]
            assert obeyed({"texts": texts}) == []


def test_lines_stay_lines() -> None:
    assert clean("a\r\nb\tc\nd\re") == "a\nb    c\nd\\re"


@pytest.mark.needs("linux")  # the call that a thread waits in is told
def test_the_command_writes_all_three(open_folder: Path) -> None:
    """A real server that relays nothing and prints what would steer a terminal and a workflow."""
    server = (ROOT / "solutions" / "lab3_broadcast" / "server.py").read_text(encoding="utf-8")
    relays = "client.sendall(message)\n"
    assert server.count(relays) == 1
    place = Place(open_folder)
    printed = f"{FORGED}\n\x1b[31m"
    place.put({"server.py": server.replace(relays, f"print({printed!r})\n")})
    files = {export: open_folder / export.__name__ for export in EXPORTS}
    options = [f"--{export.__name__.rpartition('.')[2]}={path}" for export, path in files.items()]
    run = place.run("grade", "3", "--server", "server.py", *ONE_CHECK, *options)
    assert (run.status, run.err) == (1, "")
    (suite,) = junitparser.JUnitXml.fromfile(str(files[junit]))
    (case,) = suite
    (failure,) = case.result
    (test,) = json.loads(files[github].read_text(encoding="utf-8"))["tests"]
    (other,) = json.loads(files[gradescope].read_text(encoding="utf-8"))["tests"]
    for text in (f"{failure.message}\n{failure.text}", test["message"], other["output"]):
        for part in ("bob received nothing", "came      nothing", "waits in recv()", "\\x1b[31m", "Hint: After recv()"):
            assert part in text
    assert obeyed(json.loads(files[github].read_text(encoding="utf-8"))) == []


# GitHub Classroom: what its own runners write, and what its reporter does with it

MOST_OF_ONE_VARIABLE = 128 * 1024
"""MAX_ARG_STRLEN of Linux: more than that in one string, and execve(2) fails."""

TEST_FIELDS = {
    "name": str, "status": str, "message": (str, type(None)), "test_code": str, "filename": str, "line_no": int,
    "execution_time": str, "score": int,
}  # fmt: skip


def on_github(grade: Grade) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(github.to_bytes(grade))
    assert set(result) == {"version", "status", "max_score", "tests"}
    assert (result["version"], type(result["max_score"])) == (1, int)
    assert result["status"] in ("pass", "fail", "error")
    assert result["tests"]
    for test in result["tests"]:
        assert {name: isinstance(test[name], kind) for name, kind in TEST_FIELDS.items()} == dict.fromkeys(test, True)
        assert test["status"] in ("pass", "fail", "error")
        assert re.fullmatch(r"[0-9.]+s", test["execution_time"])
    return result


def points(result: dict[str, Any]) -> tuple[int, int] | None:
    """What the reporter tells Classroom; None: nothing."""
    if not result["max_score"]:
        return None
    return sum(test["score"] for test in result["tests"]), result["max_score"]


def test_github_has_a_test_for_each_check(grade: Grade) -> None:
    result = on_github(grade)
    assert result["status"] == "fail"
    assert points(result) == (grade.score, grade.max) == (11, 20)
    passed, failed, skipped, *_others = result["tests"]
    assert [test["status"] for test in result["tests"]] == ["pass", "fail", "fail", "fail", "pass", "pass"]
    assert (passed["message"], passed["score"], passed["execution_time"]) == (None, 3, "0.030s")
    assert passed["name"] == "lab3_broadcast: A message reaches every other client, once."
    assert passed["test_code"] == "python -m checker grade 3 --check reaches_every_other_client"
    assert passed["filename"] == "labs/lab3_broadcast/server.py"
    assert (failed["filename"], failed["line_no"], failed["score"]) == ("server.py", 31, 0)
    assert "Hint: After recv()" in failed["message"]
    assert skipped["message"].startswith("not tried, as it builds on")


def test_github_is_told_lab_6s_mark(grade: Grade) -> None:
    assert on_github(grade)["tests"][-1].items() >= {"name": "lab6_assignment: Mark: pass.", "score": 0}.items()
    grade.labs[1].mark = "none"
    assert on_github(grade)["tests"][-1].items() >= {"name": "lab6_assignment: Mark: no pass yet.", "status": "fail"}.items()


def test_github_passes_with_every_point() -> None:
    assert on_github(a_grade(a_lab([a_check()])))["status"] == "pass"


def test_github_obeys_no_line_of_a_program(grade: Grade, no_grade: Grade) -> None:
    for one in (grade, no_grade):
        result = on_github(one)
        assert obeyed(result) == []
        assert obeyed({"xml": junit.to_bytes(one).decode()}) == [], "which is printed now and then"
        assert any(f"| {FORGED}" in text for text in strings(result)), "it is shown all the same"


def test_a_workflow_obeys_no_line_of_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    check = a_failure(message=HOSTILE, got=PRINTED, output=PRINTED, note=HOSTILE, expected=PRINTED)
    assert obeyed({"outside": shown(check)})
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert obeyed({"inside": shown(check)}) == []


def test_github_gets_no_points_of_no_grade(no_grade: Grade) -> None:
    result = on_github(no_grade)
    assert result["status"] == "error"
    assert points(result) is None
    assert {test["score"] for test in result["tests"]} == {0}
    assert result["tests"][0].items() >= {"status": "error", "name": "The grade"}.items()
    assert result["tests"][0]["message"].startswith("NO GRADE")
    assert not [test for test in result["tests"] if "Mark" in test["name"]]


@pytest.mark.needs("linux")  # the bound is Linux's
def test_github_gets_it_through_one_variable_however_much_went_wrong() -> None:
    """The largest of many results: those of more failures have shorter messages."""
    results = [[a_failure(id=f"check_{n}", message="x" * 5_000) for n in range(count)] for count in range(10, 90, 3)]
    encoded = max((base64.b64encode(github.to_bytes(a_grade(a_lab(checks)))).decode() for checks in results), key=len)
    assert len(encoded) > MOST_OF_ONE_VARIABLE * 3 / 4
    code = "import base64, json, os; print(json.loads(base64.b64decode(os.environ['CHECKER_RESULTS']))['status'])"
    environment = {"CHECKER_RESULTS": encoded}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "fail\n"


# Gradescope: https://gradescope-autograders.readthedocs.io/en/latest/specs

FORMATS = {"text", "simple_format", "html", "md", "ansi"}
VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}
NUMBER = (int, float)
DOCUMENTED = {
    "score": NUMBER, "execution_time": NUMBER, "output": str, "output_format": str, "test_output_format": str,
    "test_name_format": str, "visibility": str, "stdout_visibility": str, "extra_data": dict, "tests": list,
    "leaderboard": list,
}  # fmt: skip
DOCUMENTED_OF_TESTS = {
    "score": NUMBER, "max_score": NUMBER, "status": str, "name": str, "name_format": str, "number": str, "output": str,
    "output_format": str, "tags": list, "visibility": str, "extra_data": dict,
}  # fmt: skip


def on_gradescope(grade: Grade) -> dict[str, Any]:
    results: dict[str, Any] = json.loads(gradescope.to_bytes(grade))
    _as_documented(results, DOCUMENTED)
    for test in results["tests"]:
        _as_documented(test, DOCUMENTED_OF_TESTS)
        assert test["status"] in ("passed", "failed")
        # HTML, Markdown and colours are for formats that are not asked for.
        assert (test["output_format"], test["name_format"]) == ("text", "text")
    assert results["output_format"] == "text"
    assert "leaderboard" not in results
    return results


def _as_documented(found: dict[str, Any], documented: dict[str, Any]) -> None:
    assert not set(found) - set(documented)
    for name, value in found.items():
        assert isinstance(value, documented[name]), name
        if name.endswith("format"):
            assert value in FORMATS
        if name.endswith("visibility"):
            assert value in VISIBILITIES
        if name == "tags":
            assert all(isinstance(tag, str) for tag in value)


def test_gradescope_has_a_test_for_each_check(grade: Grade) -> None:
    results = on_gradescope(grade)
    assert (results["score"], results["execution_time"]) == (11, 1.414)
    assert sum(test["score"] for test in results["tests"]) == 11
    assert sum(test["max_score"] for test in results["tests"]) == 20
    assert [test["status"] for test in results["tests"]] == ["passed", "failed", "failed", "failed", "passed"]
    assert [test["number"] for test in results["tests"]] == ["3.1", "3.2", "3.3", "3.4", "6.1"]
    passed, failed, skipped, *_others = results["tests"]
    assert (passed["name"], passed["output"]) == ("A message reaches every other client, once.", "")
    assert passed["extra_data"] == {"id": "reaches_every_other_client", "outcome": "passed", "seconds": 0.03}
    assert "Hint: After recv()" in failed["output"]
    assert skipped["output"].startswith("not tried, as it builds on")
    assert skipped["extra_data"]["outcome"] == "skipped"


def test_gradescope_shows_each_lab_and_lab_6s_mark(grade: Grade) -> None:
    results = on_gradescope(grade)
    lines = results["output"].split("\n")
    assert lines[0] == "lab3_broadcast: 3 of 12 points."
    assert lines[-1] == "lab6_assignment: 8 of 8 points. Mark: pass."
    assert results["extra_data"].items() >= {"marks": {"lab6_assignment": "pass"}, "seed": 1234, "complete": True}.items()


def test_gradescope_gets_no_score_of_no_grade(no_grade: Grade) -> None:
    results = on_gradescope(no_grade)
    assert results["output"].startswith("NO GRADE: the checker itself failed in 1 check.")
    assert not {"score", "max_score"} & {key for one in (results, *results["tests"]) for key in one}
    assert "points" not in results["output"] and "Mark" not in results["output"]
    assert results["extra_data"]["complete"] is False and "marks" not in results["extra_data"]
    assert results["tests"][0].items() >= {"status": "failed", "number": "3.1"}.items()
