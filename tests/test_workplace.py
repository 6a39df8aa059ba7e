"""A stub put back: what was there is kept, with its time, wherever it is somebody's work."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from checker.authoring import stubs
from checker.grading.submission import AskedWrongly
from checker.workplace import reset
from tests.conftest import ROOT

STUB = stubs.cut((ROOT / "solutions" / "lab3_broadcast" / "server.py").read_text(encoding="utf-8"))
KEPT = Path(".checker") / "kept" / "lab3_broadcast"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the student's file of lab 3 is, in a folder that has labs and nothing else."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "labs" / "lab3_broadcast").mkdir(parents=True)
    return tmp_path / "labs" / "lab3_broadcast" / "server.py"


def kept() -> list[Path]:
    return sorted(KEPT.iterdir()) if KEPT.is_dir() else []


@pytest.mark.parametrize("content", [b"mine = 1\n", b"", b"\xff\xfe no text", STUB.replace("return", "pass").encode()])
def test_work_is_kept_with_its_time(server: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    server.write_bytes(content)
    os.utime(server, (1_700_000_000, 1_700_000_000))
    assert reset("3") == 0
    assert server.read_text(encoding="utf-8") == STUB
    (copy,) = kept()
    assert re.fullmatch(r"server-\d{8}-\d{6}-\d{6}\.py", copy.name)
    assert (copy.read_bytes(), copy.stat().st_mtime) == (content, 1_700_000_000)
    assert f"kept {server} as {copy}\n" in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, STUB, STUB.replace("\n", "\r\n"), stubs.cut("an_older_solution = 1\n")])
def test_a_stub_that_nobody_has_touched_is_not_kept(server: Path, content: str | None) -> None:
    if content is not None:
        server.write_bytes(content.encode())
    assert reset("3") == 0
    assert (server.read_text(encoding="utf-8"), kept()) == (STUB, [])


def test_every_reset_keeps_what_it_found(server: Path) -> None:
    for number in range(3):
        server.write_text(f"mine = {number}\n", encoding="utf-8")
        reset("lab3")
    assert [copy.read_text(encoding="utf-8") for copy in kept()] == ["mine = 0\n", "mine = 1\n", "mine = 2\n"]


def test_a_folder_in_the_place_of_the_file_is_told(server: Path) -> None:
    server.mkdir()
    with pytest.raises(AskedWrongly, match="is no file: move it out of the way"):
        reset("3")
