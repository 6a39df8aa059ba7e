"""`start.py` where it cannot go on: each reason is a sentence that says what to do."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from made_kit import Student, copied

from checker.setup import obstacles
from checker.setup.place import Place
from checker.stage.containment import UNPRIVILEGED
from tests.conftest import ROOT

START = ROOT / "start.py"


@pytest.fixture
def kit(open_folder: Path) -> Path:
    """A copy of the kit, without an environment."""
    return copied(open_folder)


@pytest.fixture
def student(kit: Path) -> Student:
    """Somebody who has it."""
    return Student(kit, kit.parents[1] / "home")


@pytest.fixture
def place(kit: Path) -> Place:
    """Where everything of it lies."""
    return Place(kit)


# The Python that it is called with


def old_pythons() -> list[str]:
    """Those that this machine happens to have, on the path or by way of pyenv."""
    names = ("python2", "python3.6", "python3.7", "python3.8", "python3.9")
    paths = [path for name in names if (path := shutil.which(name))]
    paths += map(str, Path.home().glob(".pyenv/versions/[23].[!1]*/bin/python"))
    runs = [path for path in paths if subprocess.run([path, "-c", ""], capture_output=True).returncode == 0]
    return sorted(runs)


def test_an_old_python_can_read_it() -> None:
    for file in (START, ROOT / "checker" / "__main__.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 7))
        newer = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Match)
        found = [node for node in ast.walk(tree) if isinstance(node, newer) or getattr(node, "returns", None)]
        assert not found, f"{file}: {[ast.unparse(node) for node in found]}"


def test_an_old_python_says_that_it_is_too_old(student: Student) -> None:
    pythons = old_pythons()
    if not pythons:
        pytest.skip("NOT RUN: there is no old Python here")
    for python in pythons:
        status, said = student.sees(before=(python,))
        assert status == 1, f"{python}: {said}"
        assert "the chat lab kit needs 3.10 or newer" in said, f"{python}: {said}"
        assert "SyntaxError" not in said, f"{python}: {said}"


RUN = "del sys.argv[0]; runpy.run_path(sys.argv[0], run_name='__main__')"
OLDER = f"import runpy, sys; sys.version_info = (3, 8, 10, 'final', 0); {RUN}"


def said_by_an_older(student: Student, path: str, **settings: str) -> str:
    student.environment.update(settings, PATH=path)
    status, said = student.sees(before=(sys.executable, "-c", OLDER))
    assert status == 1
    return said


@pytest.mark.needs("posix")
def test_too_old_names_the_newer_one_that_runs(student: Student, tmp_path: Path) -> None:
    for name, status in (("python3.13", 127), ("python3.12", 0)):
        file = tmp_path / name
        file.write_text(f"#!/bin/sh\nexit {status}\n")
        file.chmod(0o755)
    said = said_by_an_older(student, str(tmp_path))
    assert "This is Python 3.8" in said
    assert "python3.12 start.py" in said


@pytest.mark.needs("posix")
def test_too_old_and_no_other_says_where_to_get_one(student: Student, tmp_path: Path) -> None:
    assert "apt install python3.12" in said_by_an_older(student, str(tmp_path))
    assert "conda create" in said_by_an_older(student, str(tmp_path), CONDA_PREFIX="/opt/conda")


@pytest.mark.needs("posix")
def test_too_old_hands_over_to_the_environment_that_is_there(student: Student, place: Place, tmp_path: Path) -> None:
    place.scripts.mkdir(parents=True)
    place.python.write_text('#!/bin/sh\necho "handed over: $*"\nexit 7\n')
    place.python.chmod(0o755)
    place.stamp.write_text("{}")
    status, said = student.sees("--check", before=(sys.executable, "-c", OLDER))
    assert (status, said) == (7, f"handed over: {place.kit / 'start.py'} --check")


def test_needs_nothing_that_python_does_not_bring_along(student: Student) -> None:
    status, said = student.sees("--check", before=(sys.executable, "-S"))
    assert status == 1
    assert "the environment .venv is not there yet" in said


@pytest.mark.needs("posix")
@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_what_to_install(student: Student, module: str) -> None:
    without = f"import runpy, sys; sys.modules[{module!r}] = None; {RUN}"
    status, said = student.sees(before=(sys.executable, "-c", without))
    assert status == 1
    assert "sudo apt install python{}.{}-venv".format(*sys.version_info) in said


def test_a_newer_python_goes_on(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    assert not list(obstacles.remarks(place))
    monkeypatch.setattr(sys, "version_info", (3, 15, 0, "final", 0))
    (said,) = obstacles.remarks(place)
    assert said.startswith("This is Python 3.15")


# The folder


def test_alone_it_says_to_unpack_the_rest(tmp_path: Path) -> None:
    shutil.copy(START, tmp_path)
    run = subprocess.run([sys.executable, tmp_path / "start.py"], capture_output=True, encoding="utf-8")
    assert run.returncode == 1
    assert "Unpack the whole archive first" in run.stderr


def test_a_file_that_hides_a_library_is_named(student: Student) -> None:
    (student.kit / "argparse.py").write_text("")
    status, said = student.sees("--check")
    assert status == 1
    assert "argparse.py bears the name of a part of Python" in said


@pytest.mark.needs("posix")
def test_a_folder_that_is_read_only(student: Student) -> None:
    student.kit.chmod(0o555)
    another = {"user": UNPRIVILEGED} if os.geteuid() == 0 else {}
    # A Python that this user may run: not every one lies where everybody may look.
    python = sys.executable if not another else next((one for one in ("/usr/bin/python3",) if Path(one).exists()), None)
    if python is None or subprocess.run([python, "-c", "import sys; sys.exit(sys.version_info < (3, 10))"]).returncode:
        pytest.skip("another user has no Python here that is new enough")
    status, said = student.sees(before=(python,), **another)
    assert status == 1
    assert "not allowed to write to this folder" in said
    assert "Copy the kit's folder" in said


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("AppData/Temp/Temp1_lab-kit.zip/lab-kit", "opened inside its archive"),
        ("Rar$EXa1.234/lab-kit", "opened inside its archive"),
    ],
)
def test_a_kit_inside_an_archive(
    tmp_path: Path, kit: Path, monkeypatch: pytest.MonkeyPatch, folder: str, said: str
) -> None:
    inside = tmp_path / folder
    inside.parent.mkdir(parents=True)
    shutil.move(kit, inside)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    (problem,) = obstacles.of_the_folder(Place(inside))
    assert said in problem


@pytest.mark.parametrize("name", ["notebooks/00_start_here.ipynb", "requirements-students.txt"])
def test_a_kit_that_is_not_whole(student: Student, name: str) -> None:
    (student.kit / name).unlink()
    status, said = student.sees()
    assert status == 1
    assert f"{name} is missing" in said


def test_a_folder_of_another_kind_is_never_deleted(student: Student, place: Place) -> None:
    place.environment.mkdir()
    (place.environment / "homework.txt").write_text("mine")
    status, said = student.sees()
    assert status == 1
    assert "something else by the name of .venv" in said
    assert (place.environment / "homework.txt").read_text() == "mine"


def test_what_a_path_cannot_have(tmp_path: Path) -> None:
    (said,) = obstacles.of_making(Place(copied(tmp_path / f"a{os.pathsep}b")))
    assert "Rename that folder" in said


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(1, 1, 0))
    (said,) = obstacles.of_making(place)
    assert "The disk is full" in said


def test_a_cloud_is_a_remark(tmp_path: Path) -> None:
    (said,) = obstacles.remarks(Place(tmp_path / "OneDrive - ИТМО" / "kit"))
    assert "OneDrive - ИТМО" in said
