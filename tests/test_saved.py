"""Results that are read back from files: what was written, what came later, and what is no result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checker.grading.model import Grade
from checker.report import jsonfile, saved
from tests.made_scenes import a_grade_with_a_failure


@pytest.fixture
def grade() -> Grade:
    return a_grade_with_a_failure()


def read(folder: Path, data: bytes) -> Grade:
    file = folder / "out.json"
    file.write_bytes(data)
    return saved.load(file)


def changed(grade: Grade, *path: str | int, value: Any) -> bytes:
    whole = json.loads(jsonfile.to_bytes(grade))
    *way, last = path
    place = whole
    for step in way:
        place = place[step]
    place[last] = value
    return json.dumps(whole).encode()


def test_what_was_written_is_read(grade: Grade, tmp_path: Path) -> None:
    assert read(tmp_path, jsonfile.to_bytes(grade)) == grade


def test_fields_may_be_added(grade: Grade, tmp_path: Path) -> None:
    for path in ((), ("labs", 0), ("labs", 0, "checks", 0)):
        assert read(tmp_path, changed(grade, *path, "new", value={"a": [1]})) == grade


def test_fields_that_came_later_may_be_missing(grade: Grade, tmp_path: Path) -> None:
    whole = json.loads(jsonfile.to_bytes(grade))
    for check in whole["labs"][0]["checks"]:
        del check["threads"], check["read"]
    assert [check.threads for check in read(tmp_path, json.dumps(whole).encode()).labs[0].checks] == [[], []]


CHECK = ("labs", 0, "checks", 1)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("labs",), {}),
        (("labs", 0), None),
        (("labs", 0, "lab"), 3),
        ((*CHECK, "outcome"), "great"),
        ((*CHECK, "points"), "3"),
        ((*CHECK, "points"), True),
        ((*CHECK, "seconds"), float("inf")),
        ((*CHECK, "seconds"), 10**400),
        ((*CHECK, "expected"), {"text": "x"}),
        ((*CHECK, "timeline"), ["x"]),
        ((*CHECK, "timeline", 1, "step"), "1"),
        ((*CHECK, "timeline", 1, "port"), [1]),
        ((*CHECK, "timeline", 1, "kind"), None),
    ],
)
def test_what_is_something_else_is_refused_with_its_place(grade: Grade, tmp_path: Path, path: Any, value: Any) -> None:
    with pytest.raises(ValueError, match="out.json is no") as refused:
        read(tmp_path, changed(grade, *path, value=value))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"3", b"\xff\xfe", b"[" * 100_000, b'{"version": 1}', b'{"version": "1"}'])
def test_what_is_no_result_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ValueError, match="grade --json FILE"):
        read(tmp_path, data)


def test_a_newer_format_is_named(grade: Grade, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="newer checker"):
        read(tmp_path, changed(grade, "version", value=2))
