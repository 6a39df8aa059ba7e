"""A program's file is judged before anything is started, and its libraries are read off its syntax tree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from checker.stage.imports import libraries
from checker.stage.misnamed import near_misses
from checker.stage.source import LARGEST, read_source
from checker.stage.usage import uses

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = "import socket\n# Привет\nprint(socket.AF_INET)\n"


def write(folder: Path, data: bytes | str, name: str = "server.py") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


# What is right


@pytest.mark.parametrize(
    "data",
    [
        PROGRAM.encode(),
        PROGRAM.encode("utf-8-sig"),
        PROGRAM.replace("\n", "\r\n").encode(),
        PROGRAM.replace("\n", "\r\n").encode("utf-8-sig"),
        ("# -*- coding: cp1251 -*-\n" + PROGRAM).encode("cp1251"),
        b"print(1)",
        b"MZ = 1\n",
        b"x = {'cells': []}\n",
    ],
    ids=["utf-8", "bom", "crlf", "bom and crlf", "declared cp1251", "no newline", "MZ", "cells"],
)
def test_is_right_as_windows_and_python_save_it(tmp_path: Path, data: bytes) -> None:
    source = read_source(write(tmp_path, data))
    assert source.problem is None
    assert source.text is not None and "\r" not in source.text and not source.text.startswith("\ufeff")
    assert source.notes == []


@pytest.mark.parametrize("path", sorted([*ROOT.glob("solutions/lab*/*.py"), *ROOT.glob("labs/lab*/*.py")]))
def test_solutions_and_stubs_are_right(path: Path) -> None:
    source = read_source(path)
    assert (source.problem, source.notes) == (None, [])


def test_nothing_of_it_is_run_and_no_warning_printed(tmp_path: Path) -> None:
    path = write(tmp_path, f"open({str(tmp_path / 'ran')!r}, 'w')\nx = 1 is 1\ny = '\\d'\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_source(path).problem is None
        assert libraries(path) == set()
    assert not (tmp_path / "ran").exists()


# What is wrong

SAVED_WRONG = [
    (b"", "is empty"),
    (b" \r\n\n\t", "is empty"),
    (b"# to do\n\n# later\n", "holds no code"),
    (b'"""What it will do."""\npass\n', "holds no code"),
    (PROGRAM.encode("utf-16"), "encoding UTF-16"),
    (PROGRAM.encode("utf-16-be"), "encoding UTF-16"),
    (PROGRAM.encode("utf-32"), "encoding UTF-16"),
    (PROGRAM.encode("cp1251"), "cp1251"),
    (PROGRAM.encode("cp866"), "cp866"),
    ("x = 1\ny = 'Grüße'\n".encode("latin-1"), "Line 2 of"),
    (b"# coding: utf-8\nprint('\xcf\xf0\xe8\xe2\xe5\xf2')\n", "cp1251"),
    (b"# coding: klingon\nprint(1)\n", "declares an encoding"),
    (b"# coding: hex\nprint(1)\n", "declares an encoding"),
    (b"print(1)\n\0\n", "NUL bytes"),
    (b"PK\x03\x04\x14\0\0\0\x08", "a ZIP file"),
    (b"MZ\x90\0\x03\0\0\0", "a EXE file"),
    (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3", "a PDF file"),
    (b"{\\rtf1\\ansi print(1)}", "a RTF file"),
    (b"<!DOCTYPE html>\n<html><body>print(1)</body></html>", "web page"),
    (json.dumps({"cells": [], "nbformat": 4}).encode(), "Jupyter notebook"),
    (b"x = 1\n" * (LARGEST // 6 + 1), "too large"),
]


@pytest.mark.parametrize(("data", "said"), SAVED_WRONG)
def test_names_what_is_wrong(tmp_path: Path, data: bytes, said: str) -> None:
    source = read_source(write(tmp_path, data))
    assert source.text is None
    assert source.problem is not None and said in source.problem and "server.py" in source.problem


@pytest.mark.parametrize("encoding", ["utf-16", "cp1251"])
def test_says_how_to_save_as_utf8(tmp_path: Path, encoding: str) -> None:
    problem = read_source(write(tmp_path, PROGRAM.encode(encoding))).problem
    assert problem is not None and "save it as UTF-8" in problem


def test_a_folder_and_nothing(tmp_path: Path) -> None:
    (tmp_path / "server.py").mkdir()
    assert "is a folder" in str(read_source(tmp_path / "server.py").problem)
    assert "is missing" in str(read_source(tmp_path / "client.py").problem)
    assert "is missing" in str(read_source(tmp_path / "nowhere" / "client.py").problem)


@pytest.mark.needs("posix")
def test_a_pipe_and_a_link_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.py").symlink_to(tmp_path / "gone.py")
    assert "is missing" in str(read_source(tmp_path / "broken.py").problem)
    os.mkfifo(tmp_path / "pipe.py")  # reading it would wait for ever
    assert "no ordinary file" in str(read_source(tmp_path / "pipe.py").problem)


SYNTAX = [
    ("while True\n    pass\n", 1, "while True", "True", 4),
    ("x = 1\n\tif x:\n", 2, "if x:", None, 0),
    ("def f():\n    return 1\nreturn 2\n", 3, "return 2", "return", 0),
    ("x = 'Привет\n", 1, "x = 'Привет", "'", 0),
    ("print(“Hi”)\n", 1, "print(“Hi”)", "“", 0),
]


@pytest.mark.parametrize(("text", "number", "line", "under", "shift"), SYNTAX)
def test_shows_a_syntax_error_with_its_line_and_a_caret(
    tmp_path: Path, text: str, number: int, line: str, under: str | None, shift: int
) -> None:
    problem = read_source(write(tmp_path, text)).problem
    assert problem is not None
    assert f"line {number}: " in problem
    shown, caret = problem.split("\n")[1:3]
    assert shown == f"    {number} | {line}"
    if under is not None:
        assert caret.index("^") == shown.index(under) + shift


def test_the_caret_stays_under_its_place(tmp_path: Path) -> None:
    long = "x = [" + "1, " * 300 + "2 3" + ", 4" * 300 + "]\n"
    _first, shown, caret, _last = str(read_source(write(tmp_path, long)).problem).split("\n")
    assert len(shown) < 80
    assert shown[caret.index("^") :].startswith("2 3")
    wide = "s = '世界', $\n"
    _first, shown, caret, _last = str(read_source(write(tmp_path, wide)).problem).split("\n")
    assert caret.index("^") == shown.index("$") + 2  # two characters before it are two columns wide


NESTED = [
    "(" * 5000 + ")" * 5000,
    "-" * 99_999 + "1",
    "x" + "+x" * 99_999,
    "not " * 99_999 + "1",
    "x" + ".x" * 99_999,
]
READ = """
import sys
from pathlib import Path
from checker.stage.source import read_source
from checker.stage.usage import uses
for path in map(Path, sys.argv[1:]):
    read_source(path), uses(path, "socket")
"""


def test_nesting_without_end_does_not_crash_the_checker(tmp_path: Path) -> None:
    paths = [str(write(tmp_path, text, f"{number}.py")) for number, text in enumerate(NESTED)]
    command = [sys.executable, "-c", READ, *paths]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_long_sum_of_texts_is_no_nesting(tmp_path: Path) -> None:
    path = write(tmp_path, "import socket\nx = " + " + ".join(["'a'"] * 600) + "\nsocket.socket(x)\n")
    assert read_source(path).problem is None
    assert uses(path, "socket")


def test_files_that_hide_a_library_are_noted(tmp_path: Path) -> None:
    hiding = ["socket.py", "queue.py", "selectors/__init__.py"]
    for name in (*hiding, "chat.py", "sys.py", "threading.txt", "select/notes.py"):
        write(tmp_path, "x = 1\n", name)
    notes = read_source(write(tmp_path, PROGRAM)).notes
    assert [note.split("library ")[1].partition(":")[0] for note in notes] == ["queue", "selectors", "socket"]


# Saved under another name

NEAR = [
    ("server.py.txt", "rename it to server.py"),
    ("server.txt", "rename it to server.py"),
    ("server (1).py", "rename it to server.py"),
    ("server - Copy.py", "rename it to server.py"),
    ("server_final.py", "rename it to server.py"),
    ("Server.py", "rename it to server.py"),
    ("SERVER.PY", "rename it to server.py"),
    ("server.py.py", "rename it to server.py"),
    ("server", "rename it to server.py"),
    ("server.py ", "rename it to server.py"),
    ("srever.py", "rename it to server.py"),
    ("my_server.py", "rename it to server.py"),
    ("sеrvеr.py", "Cyrillic"),
    ("server.ipynb", "Jupyter notebook"),
    ("src/server.py", "move it here"),
]


@pytest.mark.parametrize(("found", "said"), NEAR)
def test_finds_what_was_likely_meant(tmp_path: Path, found: str, said: str) -> None:
    write(tmp_path, PROGRAM, found)
    write(tmp_path, PROGRAM, "client.py")
    write(tmp_path, PROGRAM, "texts.py")
    told = near_misses(tmp_path, "server.py")
    assert told is not None and said in told and found in told
    assert told in str(read_source(tmp_path / "server.py").problem)


def test_takes_the_nearest_and_no_stranger(tmp_path: Path) -> None:
    assert near_misses(tmp_path, "server.py") is None
    assert near_misses(tmp_path / "nowhere", "server.py") is None
    for name in ("client.py", "test_client_server.py", "notes.txt", "image.png"):
        write(tmp_path, PROGRAM, name)
    assert near_misses(tmp_path, "server.py") is None
    for name in ("server.ipynb", "server (1).py", "server.py.txt"):
        write(tmp_path, PROGRAM, name)
    assert "There is server.py.txt:" in str(near_misses(tmp_path, "server.py"))


# Libraries

USED = [
    "import socket\nsocket.socket()\n",
    "import socket as s\ndef f():\n    return s.socket()\n",
    "from socket import *\nx = socket(AF_INET, SOCK_STREAM)\n",
    "from socket import socket as S, AF_INET\nclass A:\n    def f(self):\n        return S(AF_INET)\n",
    "import importlib\ns = importlib.import_module('socket')\ns.socket()\n",
    "from importlib import import_module as load\ndef f():\n    s = load('socket')\n    return lambda: s.a\n",
    "__import__('socket').socket()\n",
    "def f():\n    import socket\n    def g():\n        return socket.socket()\n    return g\n",
    "def f():\n    global socket\n    import socket\ndef g():\n    return socket.socket()\n",
    "try:\n    import socket\nexcept ImportError:\n    pass\nelse:\n    socket.socket()\n",
    "import socket\nmakers = [socket.socket for _ in range(3)]\n",
    "if (s := __import__('socket')):\n    s.socket()\n",
    "import socket\ndef f():\n    return {n: socket.socket() for n in 'ab'}\n",
    "import socket\nclass A:\n    made = [socket.socket() for _ in 'ab']\n",
    "import socket\ndef f(kind=socket.SOCK_STREAM): ...\n",
    "def f():\n    import socket\n    def g():\n        nonlocal socket\n        return socket.socket()\n",
    "import socket\nwith socket.create_server(('', 1)) as s: s\n",
    "import socket\n@socket.register\ndef f(socket): ...\n",
]
UNUSED = [
    "import socket\n",
    "import socket\nprint('socket.socket()')  # socket.socket()\n",
    "import socket\ndef handle(socket):\n    return socket.recv(1)\n",
    "import socket\ndef f():\n    socket = make()\n    return socket.recv(1)\n",
    "from socket import *\ntimeout = 5\nprint(timeout)\n",
    "from socket import *\nprint(enumerate([]))\n",
    "import importlib\ns = importlib.import_module('socket')\n",
    "__import__('socket')\n",
    "import importlib\nname = 'socket'\nimportlib.import_module(name).socket()\n",
    "import socketserver\nsocketserver.TCPServer\n",
    "socket = 1\nprint(socket)\n",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import socket\ndef f(s: socket.socket): ...\n",
    "import socket\nprint([socket.recv(1) for socket in ()])\n",
    "import socket\nprint(lambda socket: socket.recv(1))\n",
    "import socket\nclass A:\n    socket = 1\n    x = socket\n",
    "import socket\ndef f():\n    try: ...\n    except OSError as socket: print(socket)\n",
    "def f():\n    import socket\ndef g():\n    return f.socket\n",
    "def f(*socket, **s):\n    return socket, s\nimport socket, socket as s\n",
    "import socket\ndef f(x):\n    match x:\n        case [socket]: return socket\n",
    "while True\n",
]


@pytest.mark.parametrize("text", USED)
def test_a_library_that_is_used(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    assert uses(path, "socket")
    assert "socket" in libraries(path)


@pytest.mark.parametrize("text", UNUSED)
def test_a_library_that_is_not_used(tmp_path: Path, text: str) -> None:
    assert not uses(write(tmp_path, text), "socket")


def test_enumerate_is_no_use_of_threading(tmp_path: Path) -> None:
    assert not uses(write(tmp_path, "from threading import *\nprint(enumerate([]))\n"), "threading")
    assert uses(write(tmp_path, "from threading import *\nThread(target=print)\n"), "threading")


OWN = [
    ("import net\nnet.serve()\n", {"net.py": "import socket\ndef serve():\n    socket.socket()\n"}),
    ("from net import socket\nsocket.socket()\n", {"net.py": "import socket\n"}),
    ("from net import *\nsocket.socket()\n", {"net.py": "import socket\n"}),
    ("import net as n\nn.socket.socket()\n", {"net.py": "import socket\n"}),
    ("from a import s\ns.socket()\n", {"a.py": "from b import s\n", "b.py": "import socket as s\n"}),
    ("from net.low import serve\n", {"net/__init__.py": "", "net/low.py": "import socket\nsocket.socket\n"}),
    ("from net import low\n", {"net/__init__.py": "", "net/low.py": "import socket\nsocket.socket\n"}),
    (
        "import net\n",
        {"net/__init__.py": "from .low import x\n", "net/low.py": "import socket as x\nx.AF_INET"},
    ),
    ("import net\n", {"net.py": "import server, socket\nsocket.socket\n"}),
]


@pytest.mark.parametrize(("text", "others"), OWN)
def test_own_modules_are_followed(tmp_path: Path, text: str, others: dict[str, str]) -> None:
    path = write(tmp_path, text)
    for name, other in others.items():
        write(tmp_path, other, name)
    assert uses(path, "socket")
    assert libraries(path) == {"socket"}


def test_own_modules_that_carry_and_nobody_uses(tmp_path: Path) -> None:
    write(tmp_path, "import socket\n", "net.py")
    path = write(tmp_path, "import net\nfrom net import socket\nprint(net.x)\n")
    assert not uses(path, "socket")


def test_a_file_that_hides_the_library_is_ones_own(tmp_path: Path) -> None:
    write(tmp_path, "import select\n", "socket.py")
    path = write(tmp_path, "import socket\nsocket.socket()\n")
    assert not uses(path, "socket")
    assert libraries(path) == {"select"}


@pytest.mark.parametrize("name", ["lab3_broadcast", "lab5_disconnect", "lab6_assignment"])
def test_what_the_solutions_use(name: str) -> None:
    path = ROOT / "solutions" / name / "server.py"
    assert uses(path, "socket") and uses(path, "threading")
    assert not libraries(path) & {"asyncio", "select", "selectors", "socketserver"}


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_a_link_is_told_with_what_it_leads_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, PROGRAM, "theirs.py")
    Path("lab").mkdir()
    Path("lab/server.py").symlink_to("../theirs.py")
    assert read_source(Path("lab/server.py")).notes == ["lab/server.py is a link: what is graded is theirs.py."]
    Path("linked").symlink_to("lab")
    assert read_source(Path("linked/server.py")).notes[0].endswith("is theirs.py.")
