"""`pack`: what is in the hand-in, what it says of itself, and what it refuses."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from checker import __version__, memory
from checker.grading.rubric import load, names
from tests.bad_input.command import Place
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="NOT RUN: who is left is asked of Linux")

ECHO = ROOT / "solutions" / "lab1_echo"
ROOM = ROOT / "solutions" / "lab3_broadcast" / "server.py"


@pytest.fixture
def kit(place: Place) -> Place:
    """The kit of a student who has written lab 1."""
    shutil.copytree(ROOT / "labs", place.folder / "labs", ignore=shutil.ignore_patterns("__pycache__", ".checker"))
    for program in ECHO.glob("*.py"):
        shutil.copy(program, place.folder / "labs" / "lab1_echo")
    return place


def packed(kit: Place, *options: str) -> tuple[str, zipfile.ZipFile]:
    run = kit.run("pack", "--to", "out.zip", *options)
    assert (run.status, run.err) == (0, "")
    return run.words, zipfile.ZipFile(kit.folder / "out.zip")


def manifest_of(archive: zipfile.ZipFile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(archive.read("manifest.json"))
    return found


def test_names_the_kit_that_packed_it(kit: Place) -> None:
    told = manifest_of(packed(kit)[1])
    assert (told["kit"], told["edition"], "commit" in told) == (__version__, "full", False)


def test_holds_the_labs_and_the_digest_of_each_file(kit: Place) -> None:
    said, archive = packed(kit)
    sources = sorted(path.relative_to(kit.folder).as_posix() for path in (kit.folder / "labs").rglob("*.py"))
    assert archive.namelist() == ["manifest.json", *sources]
    files = manifest_of(archive)["files"]
    assert [one["path"] for one in files] == sources
    for one in files:
        data = (kit.folder / one["path"]).read_bytes()
        assert (one["sha256"], one["size"]) == (hashlib.sha256(data).hexdigest(), len(data))
        assert archive.read(one["path"]) == data
    assert f"{len(files)} files" in said and str(kit.folder / "out.zip") in said
    assert "lab2_duo not begun server.py" in said and "an untouched stub" in said


def test_tells_the_points_that_were_seen_of_exactly_these_files(kit: Place) -> None:
    assert kit.run("grade", "1").status == 0
    said, archive = packed(kit)
    lab = manifest_of(archive)["labs"]["lab1_echo"]
    assert (lab["points"], lab["max"]) == (12, 12) and lab["seen"].endswith("Z")
    assert manifest_of(archive)["labs"]["lab2_duo"]["points"] is None
    most = sum(load(lab).max for lab in names())
    assert "12 of 12 points" in said and f"Seen so far: 12 of {most} points." in said
    with (kit.folder / "labs" / "lab1_echo" / "client.py").open("a") as client:
        client.write("# one more thing\n")
    said, archive = packed(kit)
    assert manifest_of(archive)["labs"]["lab1_echo"] == {"points": None, "max": 12, "seen": None}
    assert "lab1_echo not graded since it was changed" in said


@pytest.mark.parametrize("part", [("--check", "echoes_what_it_gets"), ("--server", "labs/lab1_echo/server.py")])
def test_a_grade_of_a_part_is_no_grade_of_the_lab(kit: Place, part: tuple[str, str]) -> None:
    assert "points" in kit.run("grade", "1", *part).out
    assert manifest_of(packed(kit)[1])["labs"]["lab1_echo"]["points"] is None


def test_works_from_any_folder_of_the_kit(kit: Place) -> None:
    assert kit.run("grade", "1").status == 0
    run = subprocess.run(
        [sys.executable, "-m", "checker", "pack"],
        cwd=kit.folder / "labs" / "lab3_broadcast",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    (written,) = kit.folder.glob("chat-lab-*.zip")
    assert str(written) in run.stdout and "12 of 12 points" in run.stdout


def test_takes_what_a_program_may_need_and_leaves_out_the_rest(kit: Place) -> None:
    lab = "labs/lab3_broadcast"
    kit.put(
        {
            f"{lab}/server.py": ROOM.read_bytes().replace(b"\n", b"\r\n"),
            f"{lab}/заметки.txt": "привет",
            f"{lab}/helpers/__init__.py": "",
            f"{lab}/shot.png": b"\x89PNG",
            f"{lab}/__pycache__/server.cpython-311.pyc": b"",
            f"{lab}/.checker/last.json": "{}",
            f"{lab}/mine/pyvenv.cfg": "",
            f"{lab}/mine/lib/thing.py": "",
            f"{lab}/huge.txt": b"x" * (300 << 10),
            "elsewhere.py": "secret = 1\n",
        }
    )
    (kit.folder / lab / "linked.py").symlink_to(kit.folder / "elsewhere.py")
    said, archive = packed(kit)
    inside = {name.removeprefix(f"{lab}/") for name in archive.namelist() if name.startswith(lab)}
    assert inside == {"server.py", "заметки.txt", "helpers/__init__.py"}
    assert archive.read(f"{lab}/server.py") == ROOM.read_bytes().replace(b"\n", b"\r\n")
    for word in ("shot.png", "huge.txt (it is too large)", "linked.py (a link"):
        assert f"left out: lab3_broadcast/{word}" in said
    shutil.rmtree(kit.folder / lab / "__pycache__")


def test_the_same_files_give_the_same_zip_but_for_its_time(kit: Place) -> None:
    first, second = packed(kit)[1], packed(kit)[1]
    for archive in (first, second):
        assert archive.testzip() is None
    timeless = [{**manifest_of(archive), "packed": ""} for archive in (first, second)]
    assert timeless[0] == timeless[1]
    described = [
        [(one.filename, one.date_time, one.CRC, one.external_attr, one.create_system) for one in archive.infolist()[1:]]
        for archive in (first, second)
    ]
    assert described[0] == described[1]


@pytest.mark.parametrize(
    ("name", "source", "reason"),
    [
        ("server.py", "def start_server(:\n", "server.py, line 1: Python cannot read this"),
        ("server.py", "", "server.py is empty"),
        ("rooms.py", "x = (\n", "rooms.py, line 1: Python cannot read this"),
        ("server.py", "имя = 1\n".encode("cp1251"), "server.py is saved in the encoding cp1251"),
    ],
)
def test_refuses_what_does_not_compile_unless_told_to(kit: Place, name: str, source: str | bytes, reason: str) -> None:
    kit.put({f"labs/lab3_broadcast/{name}": source})
    run = kit.run("pack", "--to", "out.zip")
    assert (run.status, run.out) == (2, "")
    assert reason in run.words and f"not packed, because of lab3_broadcast/{name}" in run.words
    assert not (kit.folder / "out.zip").exists()
    run = kit.run("pack", "--to", "out.zip", "--anyway")
    assert run.status == 0 and f"lab3_broadcast/{name} cannot be run as it is" in run.words


def test_says_what_is_wrong_with_where_it_shall_go(kit: Place) -> None:
    run = kit.run("pack", "--to", "no/such/place.zip")
    assert run.status == 2 and "there is no folder" in run.err and run.err.count("\n") == 1
    assert kit.run("pack", "--to", "Иван Петров").status == 0
    assert (kit.folder / "Иван Петров.zip").is_file()
    assert "takes the place of an older one" in kit.run("pack", "--to", "Иван Петров.zip").words
    shutil.rmtree(kit.folder / "labs")
    (kit.folder / "labs").mkdir()
    assert "there is nothing to pack" in kit.run("pack").err


def test_points_that_were_kept_and_spoilt_are_none(tmp_path: Path) -> None:
    (tmp_path / ".checker").mkdir()
    kept = tmp_path / ".checker" / "points.json"
    digests = {"server.py": "0" * 64}
    for spoilt in ("", "[]", '{"lab3_broadcast": 5}', '{"lab3_broadcast": [{"files": {}, "points": 3}, 7]}'):
        kept.write_text(spoilt)
        assert memory.points_seen([tmp_path], "lab3_broadcast", digests) is None
    grades = [{"files": digests, "points": points, "when": when} for points, when in ((3, 10), (7, 20), (5, 15))]
    kept.write_text(json.dumps({"lab3_broadcast": grades}))
    assert memory.points_seen([tmp_path, tmp_path], "lab3_broadcast", digests) == (7, 20)


def test_the_zip_is_one_that_anybody_can_read(kit: Place) -> None:
    archive = packed(kit)[1]
    assert archive.filename is not None
    with zipfile.ZipFile(io.BytesIO(Path(archive.filename).read_bytes())) as again:
        assert {one.external_attr >> 16 for one in again.infolist()} == {0o100644}
