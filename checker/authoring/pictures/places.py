"""Where the pictures are taken: the folder of a student in the middle of the course, and what a small class handed in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from checker.authoring import stubs
from checker.authoring.corpus import cases
from checker.grading.submission import AskedWrongly
from checker.texts import _
from checker.workplace import kit_root

SAVED = 1_760_000_000.0
"""When the programs were saved, in Unix seconds: the same on every picture, whenever it is made."""

WRONG = "echoes_to_everyone"
"""The server of lab 3 that most students write first."""

FINISHED = ("lab1_echo", "lab2_duo")

CLASS: dict[str, Mapping[str, str] | None] = {
    "Anna Berg": {},
    "Boris Orlov": {"lab3_broadcast": WRONG, "lab5_disconnect": "sends_unguarded"},
    "Chen Li": {"lab4_client": "takes_turns", "lab6_assignment": "a_chat_for_two"},
    "Dina Katz": {"lab4_client": "takes_turns"},
    "Emil Novak": None,
    "Fatima Haddad": {"lab3_broadcast": "leaves_out_the_last", "lab6_assignment": "keeps_who_was_lost"},
}
"""Who handed in what: right programs, but for these of the corpus; or an archive that nobody can open. All have put their
names into their files, and so nobody's is the same as another's,"""
COPIED = {("Dina Katz", "lab4_client"): "Chen Li"}
"""but for a file that bears the name of its author, who is somebody else."""


def student(folder: Path) -> Path:
    """Make the folder of a student who has finished two labs and is at the third; returns it."""
    root = kit_root()
    stubs.write_stubs(_solutions(), folder / "labs")
    for lab in FINISHED:
        _replace(root / "solutions" / lab, folder / "labs" / lab)
    _build("lab3_broadcast", WRONG, folder / "labs")
    for notebook in sorted((root / "notebooks").glob("*.ipynb")):
        (folder / "notebooks").mkdir(exist_ok=True)
        shutil.copy(notebook, folder / "notebooks")
    return _saved(folder)


def class_(folder: Path) -> Path:
    """Make a folder of hand-ins below `folder`, as Moodle gives them out; returns `folder`."""
    for number, (name, programs) in enumerate(CLASS.items(), 2001):
        hand_in = folder / "class" / f"{name}_{number}_assignsubmission_file_"
        if programs is None:
            hand_in.mkdir(parents=True)
            (hand_in / "labs.rar").write_bytes(b"Rar!\x1a\x07\x01\x00")
            continue
        _replace(_solutions(), hand_in / "labs")
        for lab, program in programs.items():
            _build(lab, program, hand_in / "labs")
        for file in (hand_in / "labs").rglob("*.py"):
            author = COPIED.get((name, file.parent.name), name)
            file.write_text(f"# {author}\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    return _saved(folder)


def _solutions() -> Path:
    solutions = kit_root() / "solutions"
    if not solutions.is_dir():
        raise AskedWrongly(_("the pictures show solutions and wrong programs, and here there are none: the full kit has them"))
    return solutions


def _build(lab: str, program: str, labs: Path) -> None:
    root = kit_root()
    case = next(one for one in cases(root / "tests" / "corpus") if (one.lab, one.name) == (lab, program))
    case.build(root, labs / lab)


def _replace(source: Path, target: Path) -> None:
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".*"))


def _saved(folder: Path) -> Path:
    """All of it saved long ago, and open to whomever its programs are run as."""
    for path in _below(folder):
        os.utime(path, (SAVED, SAVED))
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def _below(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.rglob("*")
