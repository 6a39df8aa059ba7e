"""A new lab works at once and keeps every rule that the kit's own labs keep; what is in the way is left alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from copied_kit import CopiedKit

from checker.authoring import stubs
from checker.authoring.newlab import new_lab, skeleton
from checker.cli import main
from checker.grading.rubric import names, number_of
from checker.grading.submission import AskedWrongly
from tests.conftest import ROOT

FREE = [number for number in range(900, 1000) if number not in map(number_of, names())]
"""Numbers that no lab has, whichever the kit has by now."""
NUMBER = FREE[0]
KINDS = {
    (FREE[0], f"talks{FREE[0]}"): ("server",),
    (FREE[1], f"types{FREE[1]}"): ("client",),
    (FREE[2], f"does_both{FREE[2]}"): ("server", "client"),
}
HELD_ON_TO = "tests/test_corpus.py tests/test_solutions.py tests/test_stubs.py tests/test_hints.py"


def test_new_labs_keep_the_rules(open_folder: Path) -> None:
    """The solution has every point, the stub a tenth at most, every check a wrong program, and so on."""
    kit = CopiedKit.to(open_folder)
    for (number, name), programs in KINDS.items():
        assert new_lab(kit.folder, number, name, programs=programs) == 0
    stubs.write_stubs(kit.folder / "solutions", kit.folder / "labs")
    new = " or ".join(f"lab{number}_" for number, _name in KINDS)
    status, said = kit.run(f'python -m pytest -n 0 {HELD_ON_TO} -k "{new} or committed or right_programs or wrapped"')
    assert status == 0, said


@pytest.mark.parametrize("programs", KINDS.values(), ids="+".join)
def test_the_skeleton_is_in_the_kits_own_style(programs: tuple[str, ...], tmp_path: Path) -> None:
    """The longest title included."""
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for path, text in skeleton(999, "n" * 40, "M" * 60, programs).items():
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    for command in (["check"], ["format", "--check", "--diff"]):
        ran = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "."], cwd=tmp_path, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_what_it_is_told_is_in_what_it_writes() -> None:
    files = {str(path): text for path, text in skeleton(7, "clock", "a clock", ("server", "client")).items()}
    lab = files["checker/labs/lab7_clock.py"]
    assert 'TITLE = N_("a clock")\nPROGRAMS = ("server", "client")\n' in lab
    assert 'READ = "notebooks/07_clock.ipynb"\n' in lab
    for program in ("server", "client"):
        assert "python -m checker grade 7\n" in files[f"solutions/lab7_clock/{program}.py"]
    programs = [text for path, text in files.items() if path.startswith("tests/corpus/lab7_clock/")]
    assert all('base = "solutions/lab7_clock/' in text for text in programs)
    assert len(programs) == len(files) - 3


# What is refused


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("3", "clock"), "there is a lab 3, lab3_broadcast: the next number that is free is "),
        ((str(NUMBER), "echo"), "there is a lab of that name, lab1_echo"),
        (("0", "clock"), "a lab's number is one from 1 to 999"),
        (("1000", "clock"), "a lab's number is one from 1 to 999"),
        (("ten", "clock"), "invalid int value: 'ten'"),
        *(
            ((str(NUMBER), name), f"{name!r} is no name for a lab")
            for name in ("my-clock", "Clock", "9lives", "часы", "../x", "", "a b", "clock\n", "n" * 41)
        ),
        *(
            ((str(NUMBER), f"new{NUMBER}", "--title", title), "a title is one line of at most 60 characters")
            for title in ("", " ", 'the "clock"', "back\\slash", "two\nlines", "M" * 61, "\x1b[2J")
        ),
    ],
)
def test_what_cannot_be_a_lab_is_refused_in_a_line(
    arguments: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["author", "new-lab", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("checker: ") and sentence in told.err
    assert NUMBER not in map(number_of, names())


def test_nothing_is_written_where_a_file_is_in_the_way(tmp_path: Path) -> None:
    name = f"new{NUMBER}"
    mine = tmp_path / "tests" / "corpus" / f"lab{NUMBER}_{name}" / "right_reads_byte_by_byte.toml"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(AskedWrongly, match="right_reads_byte_by_byte.toml is there already, and nothing was written"):
        new_lab(tmp_path, NUMBER, name)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]
    assert mine.read_text(encoding="utf-8") == "mine"


def test_what_cannot_be_written_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "checker").write_text("no folder", encoding="utf-8")
    with pytest.raises(AskedWrongly, match="the lab could not be written: .*"):
        new_lab(tmp_path, NUMBER, f"new{NUMBER}")
