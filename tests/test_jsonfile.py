"""The result as JSON: the documented shape, written whole or not at all."""

import json
import os
import stat

import pytest

from checker.grading.model import Cause, CheckResult, Grade, GradedFile, LabResult, Text, ThreadState
from checker.report import outfile
from checker.report.jsonfile import to_bytes, to_json

GRADE_FIELDS = {
    "version", "checker", "python", "platform", "rest", "seed", "submission", "score", "max", "complete",
    "labs",
}  # fmt: skip
LAB_FIELDS = {"lab", "score", "max", "mark", "seconds", "files", "checks"}
CHECK_FIELDS = {
    "id", "title", "outcome", "points", "max", "seconds", "ended_by", "evidence", "message", "cause",
    "expected", "got", "skipped_because", "note", "threads", "output", "timeline", "hint", "read",
}  # fmt: skip


@pytest.fixture
def grade():
    passed = CheckResult("a", "A.", "passed", 2, 2, seconds=0.0301234)
    failed = CheckResult(
        "b", "B.", "failed", 0, 3, ended_by="rest", message="Привет",
        cause=Cause("c", "C.", 31), expected=Text.of("Hi!\n"), got=Text.of(b"\xff"),
        threads=[ThreadState("Thread-1", "recv", "server.py", 21, "recv(1024)")],
        timeline=[{"t": 0.0012, "who": "alice", "kind": "sent", "data": "Hi!", "step": 3}],
    )  # fmt: skip
    lab = LabResult(
        "lab3_broadcast", 5, [GradedFile("server.py", "00", 1.5)], [passed, failed], seconds=0.41234
    )
    return Grade("labs", "0.1.0", "3.11.7", "Linux", "procfs", 1234, [lab], complete=True)


def test_the_documented_fields_are_there(grade):
    found = to_json(grade)
    assert set(found) == GRADE_FIELDS
    (lab,) = found["labs"]
    assert set(lab) >= LAB_FIELDS
    assert all(set(check) == CHECK_FIELDS for check in lab["checks"])
    assert set(lab["files"][0]) >= {"path", "sha256"}


def test_points_are_summed(grade):
    found = to_json(grade)
    assert (found["version"], found["score"], found["max"], found["complete"]) == (1, 2, 5, True)
    assert (found["labs"][0]["score"], found["labs"][0]["max"]) == (2, 5)


def test_what_does_not_apply_is_null(grade):
    passed, failed = to_json(grade)["labs"][0]["checks"]
    for name in (
        "ended_by",
        "message",
        "cause",
        "expected",
        "got",
        "skipped_because",
        "note",
        "output",
        "hint",
    ):
        assert passed[name] is None
    assert to_json(grade)["labs"][0]["mark"] is None
    assert failed["threads"][0]["wants"] is None


def test_parts_keep_their_shape(grade):
    _passed, failed = to_json(grade)["labs"][0]["checks"]
    assert failed["cause"] == {"id": "c", "text": "C.", "line": 31, "file": None}
    assert failed["expected"] == {"text": "Hi!\n", "escaped": "Hi!\\n"}
    assert failed["timeline"][0]["who"] == "alice"
    known = {"name", "call", "file", "line", "source", "holds", "wants", "peer", "closed", "frames"}
    assert set(failed["threads"][0]) == known


def test_seconds_are_rounded(grade):
    (lab,) = to_json(grade)["labs"]
    assert lab["seconds"] == 0.412
    assert lab["checks"][0]["seconds"] == 0.03


def test_a_file_is_written_and_read_again(grade, tmp_path):
    path = tmp_path / "результат.json"
    outfile.write(to_bytes(grade), path)
    assert json.loads(path.read_text(encoding="utf-8")) == to_json(grade)
    assert "Привет" in path.read_text(encoding="utf-8")
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_written_file_is_as_readable_as_others(grade, tmp_path):
    usual = tmp_path / "usual"
    usual.touch()
    outfile.write(to_bytes(grade), tmp_path / "grade.json")
    assert stat.S_IMODE((tmp_path / "grade.json").stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)
    usual.chmod(0o640)
    outfile.write(to_bytes(grade), usual)
    assert stat.S_IMODE(usual.stat().st_mode) == 0o640


def test_what_cannot_be_written_leaves_the_old_file(grade, tmp_path):
    path = tmp_path / "grade.json"
    path.write_text("old")
    grade.labs[0].checks[0].timeline = [{"data": object()}]
    with pytest.raises(TypeError):
        outfile.write(to_bytes(grade), path)
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["grade.json"]


def test_a_folder_that_is_not_there_is_an_os_error(grade, tmp_path):
    with pytest.raises(OSError):
        outfile.write(to_bytes(grade), tmp_path / "nowhere" / "grade.json")


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_stays_a_link(grade, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    outfile.write(to_bytes(grade), tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert json.loads((tmp_path / "target").read_text(encoding="utf-8"))["version"] == 1


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="no devices here")
def test_a_device_is_written_to_and_not_replaced(grade, tmp_path):
    (tmp_path / "null").symlink_to("/dev/null")
    outfile.write(to_bytes(grade), tmp_path / "null")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_hyphen_is_standard_output(grade, capfdbinary):
    outfile.write(to_bytes(grade), "-")
    assert json.loads(capfdbinary.readouterr().out.decode("utf-8")) == to_json(grade)


def test_a_path_that_is_no_unicode_is_still_json(grade, tmp_path):
    grade.submission = "labs\udcff"
    outfile.write(to_bytes(grade), tmp_path / "grade.json")
    assert json.loads((tmp_path / "grade.json").read_text(encoding="utf-8"))["submission"] == "labs\udcff"
