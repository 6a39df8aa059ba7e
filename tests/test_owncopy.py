"""A program may write beside itself, as it may at home, whoever plays it; what was handed in stays as it is where it is
played as another user."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from stalled import playing

from checker.grading.engine import Engine
from checker.inside import owncopy

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody else is played as")

KEEPS_A_LOG = """
import logging
import socket
import threading
from pathlib import Path

from texts import WELCOME

HERE = Path(__file__).parent
logging.basicConfig(filename="server.log", level=logging.INFO)
people = []


def start_server(host, port):
    words = Path("data/words.txt").read_text()
    with socket.create_server((host, port)) as listener:
        while True:
            sock, address = listener.accept()
            logging.info("%s came", address)
            with open(HERE / "history.txt", "a") as history:
                history.write(f"{address}\\n")
            (HERE / "data" / "last.txt").write_text(str(address))
            sock.sendall(f"{WELCOME} {words}".encode())
            people.append(sock)
"""


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_a_program_writes_beside_itself(engine: Engine, open_folder: Path) -> None:
    folder = open_folder / "lab3_broadcast"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "words.txt").write_text("to the chat")
    (folder / "texts.py").write_text('WELCOME = "Welcome"\n')
    (folder / "history.txt").write_text("somebody\n")
    (folder / "server.py").write_text(KEEPS_A_LOG)
    before = contents(folder)
    with playing(engine, folder, KEEPS_A_LOG) as server:
        (alice,) = server.join("alice")
        assert alice.heard == b"Welcome to the chat"
        assert server.program.status is None, server.program.printed
        there = contents(server.program.folder)
    assert there["history.txt"] == f"somebody\n{alice.address}\n"
    assert there["data/last.txt"] == str(alice.address)
    assert "came" in there["server.log"]
    assert contents(folder) == (before if os.geteuid() == 0 else there)


def test_of_a_large_folder_the_rest_is_linked(tmp_path: Path) -> None:
    handed_in, home = tmp_path / "downloads", tmp_path / "home"
    for folder in (handed_in / ".git", handed_in / "more", home):
        folder.mkdir(parents=True)
    (handed_in / "a_film.bin").write_bytes(bytes(owncopy.MOST_BYTES + 1))
    (handed_in / ".git" / "config").write_text("")
    (handed_in / "more" / "words.txt").write_text("Hi!")
    for number in range(owncopy.MOST_FILES):
        (handed_in / f"{number:03}.txt").write_text("")
    (handed_in / "room.py").write_text("")
    (handed_in / "the_server.py").write_text("")
    (handed_in / "gone").symlink_to("nowhere")
    (tmp_path / "secret.txt").write_text("not for whom it is copied")
    (handed_in / "a_link.txt").symlink_to(tmp_path / "secret.txt")
    file = Path(owncopy.made(str(handed_in / "the_server.py"), str(home), os.getuid()))
    copy = file.parent
    assert file == home / "downloads" / "the_server.py"
    assert sorted(path.name for path in copy.iterdir()) == sorted(path.name for path in handed_in.iterdir())
    linked = {path.name for path in copy.iterdir() if path.is_symlink()}
    assert linked == {"a_film.bin", "a_link.txt", ".git", "more", "gone", "198.txt", "199.txt"}
    assert (copy / "more" / "words.txt").read_text() == "Hi!"


def test_what_goes_while_it_is_copied_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_in, home = tmp_path / "lab", tmp_path / "home"
    for folder in (handed_in / "a_folder", home):
        folder.mkdir(parents=True)
    for name in ("server.py", "server.py~", "a_folder/saved.txt"):
        (handed_in / name).write_text("")
    really_scan = os.scandir

    def scan(path: str) -> object:
        if path == str(handed_in / "a_folder"):
            shutil.rmtree(path)
            (handed_in / "server.py~").unlink()
        return really_scan(path)

    monkeypatch.setattr(os, "scandir", scan)
    file = Path(owncopy.made(str(handed_in / "server.py"), str(home), os.getuid()))
    assert {path.name for path in file.parent.iterdir()} == {"server.py", "server.py~"}
    assert file.read_text() == ""


@pytest.mark.parametrize("name", ["server.py", "client.py"])
def test_a_copy_is_as_old_as_what_it_is_of(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("")
    os.utime(tmp_path / name, (1000, 1000))
    home = tmp_path.parent / f"{tmp_path.name}-home"
    home.mkdir()
    assert os.stat(owncopy.made(str(tmp_path / name), str(home), os.getuid())).st_mtime == 1000
