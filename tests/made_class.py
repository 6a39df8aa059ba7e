"""A class of twenty-five, as they hand in: `python -m tests.made_class FOLDER` makes it, to grade it by hand."""

from __future__ import annotations

import functools
import io
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from checker import packing
from checker.authoring.corpus import Case, cases
from checker.grading import rubric
from checker.handin.listing import File
from checker.report.packed import PackedLab
from tests.made_handins import ROOT, bomb, in_code_page, overlapping, tree, with_link, zipped

SPINS = """
import socket, threading

def start_server(host="localhost", port=12345):
    listener = socket.create_server((host, port))
    while True:
        client, _address = listener.accept()
        threading.Thread(target=spin, args=(client,)).start()

def spin(client):
    client.recv(1024)
    while True:
        pass
"""
ASKS_ON = SPINS.replace("import socket", "import os, socket").replace("        pass\n", "        os.listdir()\n")
"""The same with system calls: that nothing comes of it is known after a tenth of the processor time."""
FLOODS = """
import os, socket

def start_server(host="localhost", port=12345):
    listener = socket.create_server((host, port))
    line = b"x" * 65535 + b"\\n"
    while True:
        os.write(1, line)
"""
KILLS = """
import os, signal, socket

def start_server(host="localhost", port=12345):
    listener = socket.create_server((host, port))
    os.kill(os.getppid(), signal.SIGKILL)
"""

Make = Callable[[Path], None]
"""Writes one hand-in below a folder."""


def folder(name: str, files: dict[str, bytes]) -> Make:
    def make(place: Path) -> None:
        (place / name).mkdir(parents=True)
        for path, data in files.items():
            (place / name / path).parent.mkdir(parents=True, exist_ok=True)
            (place / name / path).write_bytes(data)

    return make


def archive(name: str, data: bytes) -> Make:
    def make(place: Path) -> None:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)

    return make


def in_moodle(name: str, number: int, file: str, data: bytes) -> Make:
    return archive(f"{name}_{number}_assignsubmission_file_/{file}", data)


def with_programs(source: str, labs: tuple[str, ...] = (), below: str = "labs") -> dict[str, bytes]:
    """The solutions, with this server in the `labs` (none: in all)."""
    begin = f"{below}/" if below else ""
    servers = [path for path in tree(below="") if path.endswith("/server.py") and (not labs or path.partition("/")[0] in labs)]
    return {**tree(below=below), **{begin + path: source.encode() for path in servers}}


def of_the_corpus(*names: str) -> dict[str, bytes]:
    """The solutions, and in place of some the corpus' programs ("lab3_broadcast/no_lock")."""
    files = tree()
    for case in _corpus():
        if f"{case.lab}/{case.name}" in names:
            files.update({f"labs/{case.lab}/{path}": data for path, data in _built(case.build).items()})
    return files


@functools.cache
def _corpus() -> tuple[Case, ...]:
    return tuple(cases(ROOT / "tests" / "corpus"))


def _built(build: Callable[[Path, Path], object]) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as place:
        build(ROOT, Path(place))
        return {path.relative_to(place).as_posix(): path.read_bytes() for path in sorted(Path(place).rglob("*.py"))}


def packed(files: dict[str, bytes], points: dict[str, int] | None = None) -> bytes:
    """A hand-in that `pack` made, with points that its maker says to have seen."""
    inner = {path.partition("/")[2]: File(data, 1_700_000_000.0) for path, data in files.items()}
    labs = [
        PackedLab(name, [("", 0)], points=(points or {}).get(name), max=rubric.load(name).max, seen=1_700_000_000.0)
        for name in rubric.names()
    ]
    return packing.zipped(inner, labs)


def _links_to(place: Path) -> None:
    folder("Oleg Link", tree())(place)
    server = place / "Oleg Link" / "labs" / "lab3_broadcast" / "server.py"
    server.unlink()
    server.symlink_to(ROOT / "solutions" / "lab3_broadcast" / "server.py")


def _changed_after_packing() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed(tree()))) as old, zipfile.ZipFile(buffer, "w") as new:
        for member in old.infolist():
            data = old.read(member)
            new.writestr(member, data.replace(b"with clients_lock:", b"if True:") if "lab3" in member.filename else data)
    return buffer.getvalue()


BROKEN = {**tree(), "labs/lab3_broadcast/server.py": b"def start_server(:\n"}
CP1251 = {
    **tree(below="Ваня/labs"),
    "Ваня/labs/lab3_broadcast/server.py": "# Сервер для нескольких клиентов\nprint(1)\n".encode("cp1251"),
}
WHOLE_KIT = {f"chat-lab-kit/{path}": data for path, data in {**tree("labs"), **tree(below="solutions")}.items()}

@functools.cache
def everybody() -> dict[str, Make]:
    """Every kind of hand-in, by its name here."""
    return {
        "stubs": folder("Anna Stub", tree("labs")),
        "solutions": in_moodle("Борис Решалов", 101, "labs.zip", zipped(tree())),
        "packed": archive("Clara Packed.zip", packed(tree(), {"lab1_echo": 12, "lab3_broadcast": 20})),
        "claims": archive("Dima Claims.zip", packed(of_the_corpus("lab3_broadcast/no_lock"), {"lab3_broadcast": 20})),
        "changed": archive("Elena Changed.zip", _changed_after_packing()),
        "corpus 1": in_moodle("Fedor Lab", 102, "hw (1).zip", zipped(of_the_corpus("lab3_broadcast/echoes_to_everyone"))),
        "corpus 2": in_moodle("Галина Иванова", 103, "работа.zip", zipped(of_the_corpus("lab5_disconnect/right_one_thread"))),
        "corpus 3": folder("Hugo Six", of_the_corpus("lab6_assignment/a_chat_for_two", "lab3_broadcast/sends_twice")),
        "corpus 4": folder("Ira Twins", of_the_corpus("lab4_client/takes_turns", "lab3_broadcast/no_lock")),
        "twin": archive("Jan Twins.zip", zipped(of_the_corpus("lab4_client/takes_turns", "lab3_broadcast/no_lock"))),
        "whole kit": archive("Kira Kit.zip", zipped(WHOLE_KIT)),
        "macOS": archive("Lev Mac.zip", zipped(tree(below="hw/labs") | {"__MACOSX/._hw": b"\0"})),
        "empty": folder("Mila Empty", {}),
        "outside": archive("Nina Outside.zip", zipped({**tree(), "../../escaped.py": b"print('out')\n"})),
        "link": _links_to,
        "link in a zip": archive("Petr Link.zip", with_link(tree("labs"), "labs/lab3_broadcast/more.py", "/etc/passwd")),
        "bomb": archive("Quinn Bomb.zip", overlapping()),
        "another bomb": archive("Rita Bomb.zip", bomb()),
        "spins": in_moodle("Sasha Spins", 104, "labs.zip", zipped(with_programs(ASKS_ON, ("lab3_broadcast",)))),
        "floods": folder("Tim Floods", with_programs(FLOODS, ("lab3_broadcast",))),
        "kills": archive("Uma Kills.zip", zipped(with_programs(KILLS, ("lab3_broadcast",)))),
        "broken": folder("Vera Broken", BROKEN),
        "cp1251": archive("Ваня Кодировкин.zip", in_code_page(CP1251, "cp866")),
        "formula": folder("=HYPERLINK('http-x','y');=1+1", tree("labs")),
        "another archive": in_moodle("Zoya Rar", 105, "homework.rar", b"Rar!\x1a\x07\x00"),
    }


def build(place: Path, *kinds: str) -> None:
    """Write the hand-ins of those kinds (none: of all) below a folder."""
    place.mkdir(parents=True, exist_ok=True)
    makers = everybody()
    for kind in kinds or makers:
        makers[kind](place)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    shutil.rmtree(target, ignore_errors=True)
    build(target)
    print(len(everybody()), "hand-ins in", target)
