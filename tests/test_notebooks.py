"""The notebooks: their form, as far as a program can tell, and that each runs twice from top to bottom and leaves nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import made_notebooks
import nbformat
import notebook_rules
import pytest
from notebook_file import Notebook, Rule, notebooks
from notebook_kernel import CELL_BOUND, TO_RAISE, Kernel, Kit, Wrong
from notebook_rules import RULES

from checker.grading import rubric
from checker.inside.procfs import descendants
from tests.bad_input.command import adopting

every_notebook = pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)


# The rules


@every_notebook
@every_rule
def test_keeps_to_the_rule(rule: Rule, path: Path) -> None:
    assert list(rule(Notebook.read(path))) == []


def test_a_fault_is_told_and_is_the_exit_status(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["notebook_rules.py"])
    monkeypatch.setattr(notebook_rules, "RULES", ())
    assert notebook_rules.main() == 0
    monkeypatch.setattr(notebook_rules, "RULES", (lambda notebook: iter(["it is too long"]),))
    assert notebook_rules.main() == 1
    assert "\n01_echo.ipynb: it is too long\n" in capsys.readouterr().out


def test_there_is_one_to_begin_with_and_one_for_each_lab_of_the_course() -> None:
    numbers = [Notebook.read(path).number for path in notebooks()]
    assert numbers[:7] == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("path", [path for path in notebooks() if Notebook.read(path).number], ids=lambda path: path.stem)
def test_it_is_where_its_lab_leads_to(path: Path) -> None:
    """A lab may still be without one, and leads nowhere then; a notebook is never without its lab."""
    reads = {lab.number: lab.read for lab in map(rubric.load, rubric.names())}
    assert reads[Notebook.read(path).number] == f"notebooks/{path.name}"


# The rules' own tests


@every_rule
def test_a_right_notebook_breaks_no_rule(rule: Rule, tmp_path: Path) -> None:
    assert list(rule(made_notebooks.right(tmp_path))) == []


SPOILED = [(name, number) for name, spoils in made_notebooks.SPOILED.items() for number in range(len(spoils))]


@pytest.mark.parametrize(("name", "number"), SPOILED)
def test_a_spoiled_notebook_breaks_this_rule_and_no_other(name: str, number: int, tmp_path: Path) -> None:
    notebook = made_notebooks.right(tmp_path)
    made_notebooks.SPOILED[name][number](notebook.node)
    assert {rule.__name__ for rule in RULES if list(rule(notebook))} == {name}


def test_every_rule_has_something_that_breaks_it() -> None:
    assert {rule.__name__ for rule in RULES} == set(made_notebooks.SPOILED)


# Run from top to bottom

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="NOT RUN: who is left is asked of Linux")


@pytest.fixture
def kit(open_folder: Path) -> Kit:
    return Kit.copied(open_folder)


@pytest.fixture
def adopted() -> Iterator[None]:
    """Fails where a process is left that was not there before."""
    before = set(descendants(os.getpid()))
    with adopting():
        yield
        assert set(descendants(os.getpid())) - before == set()


@on_linux
@pytest.mark.usefixtures("adopted")
@every_notebook
def test_runs_from_top_to_bottom_and_once_more(path: Path, kit: Kit) -> None:
    """In one kernel, first for a student who has written nothing, then for one who has written everything."""
    number = Notebook.read(path).number
    with Kernel.opened(kit.folder / "notebooks" / path.name, kit) as kernel:
        kernel.runs_all()
        assert all(score < most for score, most in kernel.points(number))
        kit.write_the_labs()
        kernel.runs_all()
        assert all(score == most for score, most in kernel.points(number))
        assert kernel.left() == []
    assert kit.left() == []


# The running's own tests

LEAVES = {
    "process": "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE)",
    "port": "import socket\nlistener = socket.create_server(('127.0.0.1', 0))",
    "chat-lab-": "import tempfile\nfolder = tempfile.mkdtemp(prefix='chat-lab-')",
}
WRONG = {"raises: ": ("1 / 0", []), "was to raise": ("1 / 1", [TO_RAISE]), "hangs": ("while True:\n    pass", [])}


def _one_cell(kit: Kit, source: str, tags: list[str]) -> Path:
    notebook = made_notebooks.right(kit.folder)
    cell = made_notebooks.at(notebook.node, "run-one")
    cell.source, cell.metadata["tags"] = source, tags
    notebook.node.cells = [cell]
    path = notebook.folder / notebook.name
    nbformat.write(notebook.node, path)
    return path


@on_linux
@pytest.mark.parametrize("what", LEAVES)
def test_sees_what_a_notebook_leaves(what: str, kit: Kit) -> None:
    with Kernel.opened(_one_cell(kit, LEAVES[what], []), kit) as kernel:
        kernel.runs_all()
        (left,) = kernel.left() + kit.left()
    assert what in left


@on_linux
@pytest.mark.parametrize("what", WRONG)
def test_sees_what_a_cell_does_wrong(what: str, kit: Kit) -> None:
    bound = 1 if what == "hangs" else CELL_BOUND
    with Kernel.opened(_one_cell(kit, *WRONG[what]), kit, bound) as kernel, pytest.raises(Wrong, match=what):
        kernel.runs_all()


@on_linux
def test_a_cell_may_raise_what_it_is_to_raise(kit: Kit) -> None:
    with Kernel.opened(_one_cell(kit, "1 / 0", [TO_RAISE]), kit) as kernel:
        kernel.runs_all()
        assert kernel.left() + kit.left() == []
