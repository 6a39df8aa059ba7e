"""The student edition: what is in it, what is not, and that a student can walk the whole way with it."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import notebook_kernel
import pytest
from made_kit import brought_along
from packaging.utils import canonicalize_name

from checker.authoring import leaks, release
from checker.authoring.corpus import tomllib
from checker.authoring.stubs import is_untouched
from checker.grading import rubric
from tests.conftest import ROOT, opened

pytestmark = pytest.mark.needs("git")

WHEN = "2026-02-03T04:05:07+00:00"
WHOSE = {f"GIT_{who}_{what}": "kit" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
GIT = {**os.environ, **WHOSE, "GIT_AUTHOR_DATE": WHEN, "GIT_COMMITTER_DATE": WHEN, "GIT_CONFIG_GLOBAL": os.devnull}
SOLUTIONS = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in ROOT.glob("solutions/lab*/*.py")}
HANGS = 240.0
"""Seconds after which a command is said to hang."""


@dataclass
class Kit:
    """A kit in a folder, full or a student's."""

    folder: Path

    def run(self, *words: str, status: int = 0, cwd: Path | None = None, **environment: str) -> str:
        """What a command of this kit says, in one line; it must end with `status`."""
        ours = {**GIT, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1", "LANGUAGE": "en", **environment}
        run = subprocess.run(
            [sys.executable, "-m", "checker", *words],
            cwd=cwd or self.folder,
            env=ours,
            capture_output=True,
            encoding="utf-8",
            timeout=HANGS,
        )
        assert run.returncode == status, (words, run.stdout, run.stderr)
        return " ".join((run.stdout + run.stderr).split())

    def git(self, *words: str) -> str:
        """What git says in it."""
        return subprocess.run(["git", *words], cwd=self.folder, env=GIT, check=True, capture_output=True, text=True).stdout

    def released(self, name: str = "edition.zip", **environment: str) -> bytes:
        """The bytes of its student edition."""
        self.run("author", "release", "--to", name, **environment)
        return (self.folder / name).read_bytes()

    def lab(self, lab: str, name: str) -> Path:
        """A program in labs/."""
        return self.folder / "labs" / lab / name


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one commit: the kit as it lies here, but for the corpus, which is large."""
    folder = tmp_path_factory.mktemp("stored") / "kit.git"
    subprocess.run(["git", "init", "-q", "--bare", str(folder)], env=GIT, check=True)
    here = {**GIT, "GIT_DIR": str(folder), "GIT_WORK_TREE": str(ROOT)}
    for words in (["add", "-A", ".", ":!tests/corpus", ":!tests/mutants"], ["commit", "-q", "-m", "The kit"]):
        subprocess.run(["git", "-c", "core.bare=false", *words], cwd=ROOT, env=here, check=True)
    return folder


def cloned(stored: Path, folder: Path) -> Kit:
    subprocess.run(["git", "clone", "-q", str(stored), str(folder)], env=GIT, check=True)
    return Kit(folder)


@pytest.fixture
def full(stored: Path, tmp_path: Path) -> Kit:
    return cloned(stored, tmp_path / "full")


@pytest.fixture(scope="module")
def zipped(stored: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return cloned(stored, tmp_path_factory.mktemp("made") / "kit").released()


@pytest.fixture(scope="module")
def files(zipped: bytes) -> dict[str, bytes]:
    """What is in the edition, by path below the kit's folder."""
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        return {one.removeprefix(f"{release.INSIDE}/"): archive.read(one) for one in archive.namelist()}


@pytest.fixture
def edition(zipped: bytes, open_folder: Path) -> Kit:
    """Unpacked far from the full kit."""
    folder = open_folder / "Мои документы" / "net work"
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        archive.extractall(folder)
    return Kit(opened(folder / release.INSIDE))


# The zip


def test_the_same_commit_gives_the_same_bytes(stored: Path, zipped: bytes, tmp_path: Path) -> None:
    other = cloned(stored, tmp_path / "a second time")
    for path in other.folder.rglob("*.py"):
        os.utime(path, (0, 0))
        path.chmod(0o600)
    assert other.released(TZ="Asia/Vladivostok", LC_ALL="C") == zipped


def test_another_commit_gives_other_bytes(full: Kit, zipped: bytes) -> None:
    full.git("commit", "-q", "--allow-empty", "-m", "Nothing")
    assert full.released() != zipped


def test_every_file_is_stored_alike(zipped: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        entries = archive.infolist()
    assert [one.filename for one in entries] == sorted(one.filename for one in entries)
    assert {one.filename.partition("/")[0] for one in entries} == {release.INSIDE}
    assert {one.date_time for one in entries} == {(2026, 2, 3, 4, 5, 6)}  # a zip counts in twos
    assert {one.compress_type for one in entries} == {zipfile.ZIP_STORED}
    to_be_run = {one.filename.partition("/")[2] for one in entries if one.external_attr >> 16 == 0o100755}
    assert to_be_run == {"binder/postBuild"}


def test_it_says_what_it_has_written(full: Kit) -> None:
    said = full.run("author", "release")
    (path,) = full.folder.glob("*.zip")
    assert path.name == f"chat-lab-kit-{full.git('rev-parse', 'HEAD')[:12]}.zip"
    assert f"SHA-256 {hashlib.sha256(path.read_bytes()).hexdigest()}" in said


def test_only_what_is_committed_goes_in(full: Kit, zipped: bytes) -> None:
    full.lab("lab1_echo", "server.py").write_text("changed", "utf-8")
    (full.folder / "checker" / "new.py").write_text("new", "utf-8")
    said = full.run("author", "release", "--to", "edition.zip")
    assert "2 files are changed and not committed" in said and "checker/new.py" in said
    assert (full.folder / "edition.zip").read_bytes() == zipped


def test_it_needs_a_repository(full: Kit) -> None:
    shutil.rmtree(full.folder / ".git")
    assert "git cannot read" in full.run("author", "release", status=2, GIT_CEILING_DIRECTORIES=str(full.folder.parent))
    assert list(full.folder.glob("*.zip")) == []


# What is in it, and what is not


def test_what_is_in_it(files: dict[str, bytes]) -> None:
    tops = {name.partition("/")[0] for name in files}
    assert tops == {
        *(".devcontainer", ".github", ".gitignore", "LICENSE", "README.md", "binder", "checker", "labs", "notebooks"),
        *("pyproject.toml", "requirements-students.txt", "requirements.txt", "start.py"),
    }
    assert [name for name in files if name.startswith(".github/")] == [".github/workflows/grade.yml"]
    assert {name.split("/")[1] for name in files if name.startswith("labs/")} == set(rubric.names())
    ours = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("notebooks/*.ipynb")}
    assert {name for name in files if name.startswith("notebooks/")} == ours
    assert {name for name in files if name.startswith("checker/authoring/")} == set(release.AUTHORING)
    assert not [name for name in files if name.startswith(("checker/quiz", "checker/mutating", "solutions", "tests"))]
    assert not [name for name, data in files.items() if b"\r\n" in data]


def test_no_part_of_a_solution_is_in_it(files: dict[str, bytes]) -> None:
    """Looked for in another way than the command does: whole lines of code, without their indents."""
    for path, source in SOLUTIONS.items():
        for part in re.findall(r"# TODO \d.*?# end TODO", source, re.DOTALL):
            lines = [line.strip() for line in part.splitlines()[1:-1]]
            code = "\n".join(line for line in lines if line and not line.startswith("#"))
            if code.count("\n") < 3:  # fewer lines than these say nothing by themselves
                continue
            lab = path.split("/")[1]
            for name, data in files.items():
                if "/lab" in name and lab not in name:
                    continue  # what this lab asks for, another one's stub may give
                text = "\n".join(line.strip() for line in data.decode("utf-8", "replace").splitlines() if line.strip())
                assert code not in text, (path, name)


def test_its_stubs_are_untouched_and_twice_the_same(files: dict[str, bytes]) -> None:
    stubs = {name: data for name, data in files.items() if name.startswith("labs/")}
    assert len(stubs) == len(SOLUTIONS)
    for name, data in stubs.items():
        assert is_untouched(data.decode())
        assert files[name.replace("labs/", "checker/pristine/")] == data


def test_somebodys_work_in_labs_does_not_go_in(full: Kit, files: dict[str, bytes]) -> None:
    name = "lab3_broadcast/server.py"
    shutil.copy(full.folder / "solutions" / name, full.folder / "labs" / name)
    full.git("commit", "-q", "-am", "My own try")
    with zipfile.ZipFile(io.BytesIO(full.released())) as archive:
        assert archive.read(f"{release.INSIDE}/labs/{name}") == files[f"labs/{name}"]


def test_it_is_not_written_with_a_solution_in_it(full: Kit) -> None:
    shutil.copy(full.folder / "solutions/lab2_duo/server.py", full.folder / "checker" / "example.py")
    full.git("add", "-A")
    full.git("commit", "-q", "-m", "An example")
    assert "checker/example.py has lines of solutions/" in full.run("author", "release", status=2)
    assert list(full.folder.glob("*.zip")) == []


def test_what_it_names_is_there(files: dict[str, bytes]) -> None:
    readme = files["README.md"].decode()
    assert "<!--" not in readme
    links = re.findall(r"\]\((?!http)([^)#]+)", readme)
    assert links and [one for one in links if not any(name.startswith(one) for name in files)] == []
    for name, data in files.items():
        if name.endswith(".ipynb"):
            source = "\n".join("".join(cell["source"]) for cell in json.loads(data)["cells"])
            for link in re.findall(r"\]\((?!http)([^)#{]+)", source):
                path = os.path.normpath(f"notebooks/{link}")
                assert any(one.startswith(path) for one in files), (name, link)
            assert "solutions/" not in source and '"solutions"' not in source, name


def test_its_modules_find_each_other(files: dict[str, bytes]) -> None:
    modules = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in files if name.endswith(".py")}
    wanted = {
        (name, str(node.module))
        for name, data in files.items()
        if name.startswith("checker/") and name.endswith(".py")
        for node in ast.walk(ast.parse(data))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("checker.")
    }
    missing = {(name, module) for name, module in wanted if module not in modules}
    assert {name for name, _module in missing} == {"checker/cli.py"}, missing  # `author` and `quiz`, which it refuses


def test_its_project_file_is_about_what_is_there(files: dict[str, bytes]) -> None:
    project = tomllib.loads(files["pyproject.toml"].decode())
    assert set(project["tool"]) == {"setuptools"}
    assert project["project"] == tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = files["requirements.txt"].decode().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == ["-e .", "-r requirements-students.txt"]


def test_students_install_all_that_it_imports(files: dict[str, bytes]) -> None:
    imported = set()
    for data in (data for name, data in files.items() if name.endswith(".py") and not name.startswith("labs/")):
        for node in ast.walk(ast.parse(data)):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(str(node.module).partition(".")[0])
    outside = imported - sys.stdlib_module_names - {"checker", "texts"}
    owners = metadata.packages_distributions()
    lines = [line.partition("#")[0].strip() for line in files["requirements-students.txt"].decode().splitlines()]
    assert {canonicalize_name(one) for module in outside for one in owners[module]} <= brought_along(lines)
    assert {"rich", "watchfiles", "jupyterlab"} <= outside


# How a solution is found

PART = SOLUTIONS["solutions/lab3_broadcast/server.py"]
LINES = [
    *("    message = connection.recv(BUFFER)", "    if not message:", "        break  # gone"),
    *("", "    # a word", "    broadcast(prefix + message, connection)", "with clients_lock:"),
]
PLANTED = "\n".join(f"        {line}" for line in LINES).encode()


def found(name: str, data: bytes) -> leaks.Found:
    return leaks.search({name: data}, {"solutions/lab3_broadcast/server.py": PART})


def test_lines_of_a_part_are_found_however_they_are_set() -> None:
    (told,) = found("checker/new.py", PLANTED).told
    assert told["file"] == "checker/new.py" and "solutions/lab3_broadcast" in told["solution"]
    assert found("labs/lab3_broadcast/server.py", PLANTED).told
    assert found("checker/new.py", b"\n".join(PLANTED.splitlines()[:3])).told == []


def test_a_notebook_may_teach_a_part_and_another_lab_give_it() -> None:
    source = {"cells": [{"source": [f"{line}\n" for line in PLANTED.decode().splitlines()]}]}
    taught = found("notebooks/03.ipynb", json.dumps(source, indent=1).encode())
    assert taught.told == [] and len(taught.taught) == 1
    given = found("checker/pristine/lab5_disconnect/server.py", PLANTED)
    assert given.told == [] and given.given == ["lab3_broadcast in lab5_disconnect"]


# The whole way, as a student goes it


def test_it_says_which_it_is(edition: Kit, stored: Path) -> None:
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=stored, env=GIT, capture_output=True, text=True).stdout[:12]
    assert edition.run("--version").endswith(f", student edition of 2026-02-03 ({commit})")


def test_a_hand_in_says_which_edition_has_packed_it(edition: Kit) -> None:
    edition.run("pack", "--to", "hand-in.zip")
    with zipfile.ZipFile(edition.folder / "hand-in.zip") as archive:
        told = json.loads(archive.read("manifest.json"))
    assert (told["edition"], told["date"]) == ("student", "2026-02-03")
    assert edition.run("--version") == f"{told['kit']}, student edition of {told['date']} ({told['commit']})"


MISSING = ("author", "author corpus 3 --seed 1", "quiz 3", "quiz --all", "quiz --help")


@pytest.mark.parametrize("words", MISSING)
def test_who_asks_for_what_is_missing_is_told_where_it_is(edition: Kit, words: str) -> None:
    assert "need the full kit" in edition.run(*words.split(), status=2)


def test_students_are_offered_what_they_have(edition: Kit) -> None:
    said = edition.run("--help")
    assert " pack " in said and " quiz " not in said and " author " not in said
    demo = edition.run("demo", "--help")
    assert "your own lab 6" in " ".join(demo.split()) and "reference" not in said + demo


def test_reset_puts_the_stub_back(edition: Kit) -> None:
    server = edition.lab("lab3_broadcast", "server.py")
    stub = server.read_bytes()
    server.write_text("mine", "utf-8")
    assert "kept" in edition.run("reset", "3")
    assert server.read_bytes() == stub
    assert [one.read_text("utf-8") for one in (edition.folder / ".checker/kept/lab3_broadcast").iterdir()] == ["mine"]


def test_from_the_first_grade_to_the_last(edition: Kit) -> None:
    assert "of 20 points" in edition.run("grade", "3", status=1)
    assert " of 3: " in edition.run("hint", "3", "carries_unicode")
    for lab, name in (("lab5_disconnect", "server.py"), ("lab4_client", "client.py")):
        shutil.copy(ROOT / "solutions" / lab / name, edition.lab(lab, name))
    edition.run("start", "6")
    assert edition.lab("lab6_assignment", "server.py").read_bytes() == edition.lab("lab5_disconnect", "server.py").read_bytes()
    for name in ("server.py", "client.py", "texts.py"):
        shutil.copy(ROOT / "solutions/lab6_assignment" / name, edition.lab("lab6_assignment", name))
    said = edition.run("grade", "6")
    assert "Mark: full" in said and "Ask your instructor for our solution" in said
    assert "lab6_assignment" in edition.run(status=1)


def test_one_program_of_two_is_played_with_the_kits_own(edition: Kit) -> None:
    solution = ROOT / "solutions" / "lab6_assignment"
    assert "8 of 20 points" in edition.run("grade", "6", "--server", str(solution / "server.py"), status=1)
    assert "3 of 20 points" in edition.run("grade", "6", "--client", str(solution / "client.py"), status=1)


def test_the_demo_plays_the_kits_own_and_later_the_students(edition: Kit) -> None:
    said = edition.run("demo", cwd=edition.folder.parent)
    assert "`python -m checker room`" in said and "Hello!" in said and "The end. Your turn" in said
    for path in (ROOT / "solutions/lab6_assignment").glob("*.py"):
        shutil.copy(path, edition.lab("lab6_assignment", path.name))
    said = edition.run("demo", CHAT_LANG="en")
    assert "Your own programs of lab 6 play" in said and "[*] Active clients: 3" in said and said.endswith("The end.")


def test_the_full_kit_plays_its_solutions(stored: Path, open_folder: Path) -> None:
    kit = cloned(stored, open_folder / "full")
    opened(kit.folder)
    assert "student" not in kit.run("--version")
    said = kit.run("demo", CHAT_LANG="en")
    assert "`python -m checker room`" not in said and "[*] Active clients: 3" in said


@pytest.mark.skipif(sys.platform != "linux", reason="notebooks are run on Linux")
@pytest.mark.parametrize("name", ["00_start_here", "06_assignment"])
def test_its_notebooks_run(edition: Kit, name: str, open_folder: Path) -> None:
    """Those that play a finished chat."""
    temporary = open_folder / "temporary"
    temporary.mkdir()
    kit = notebook_kernel.Kit(edition.folder, temporary, checker=edition.folder)
    with notebook_kernel.Kernel.opened(edition.folder / "notebooks" / f"{name}.ipynb", kit) as kernel:
        kernel.runs_all()
        shown = "".join(output.get("text", "") for node in kernel.node.cells for output in node.get("outputs", ()))
        assert "The room is open at" in shown
        assert kernel.left() == []


# Containers


def test_the_containers_install_what_there_is(files: dict[str, bytes]) -> None:
    told = json.loads(files[".devcontainer/devcontainer.json"])
    assert told["postCreateCommand"].endswith("-r requirements.txt")
    assert told["image"].startswith("mcr.microsoft.com/devcontainers/python:3.")
    assert all(name in files for name in told["customizations"]["codespaces"]["openFiles"])
    assert {"ms-python.python", "ms-toolsai.jupyter"} <= set(told["customizations"]["vscode"]["extensions"])
    assert files["binder/postBuild"].startswith(b"#!/bin/bash\n") and b"-r requirements.txt" in files["binder/postBuild"]
    assert files["binder/runtime.txt"] == b"python-3.12\n"


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)
