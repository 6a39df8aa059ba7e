"""A lab that is not told as labs are is named in a sentence, with what is missing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import checker.labs
from checker.grading import rubric
from checker.grading.submission import AskedWrongly

HEAD = """
from checker.grading.rubric import hints, points
TITLE, PROGRAMS, READ = "a lab", ("server",), "notebooks/none.ipynb"
"""
MARKS = '@points(1)\n@hints("one?", "two.", "three")\n'
CHECK = 'def check_it(server):\n    """It is."""\n'


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A lab's file, to be written: the lab is called lab_of_a_test."""
    monkeypatch.setattr(checker.labs, "__path__", [*checker.labs.__path__, str(tmp_path)])
    yield tmp_path / "lab_of_a_test.py"
    sys.modules.pop("checker.labs.lab_of_a_test", None)
    rubric.load.cache_clear()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            HEAD + MARKS.removeprefix("@points(1)\n") + CHECK,
            "check_it has no @points(...) above it, which says what it is worth",
        ),
        (HEAD + "@points(1)\n" + CHECK, "check_it has no @hints(...) above it: three of them"),
        (HEAD + MARKS + "def check_it(server):\n    pass\n", "check_it has no docstring, which is the check's title"),
        (HEAD.replace("READ", "LOOK") + MARKS + CHECK, "there is no READ in it, which every lab says of itself"),
    ],
)
def test_what_is_missing_is_said_with_the_file(told: Path, source: str, said: str) -> None:
    told.write_text(source, encoding="utf-8")
    with pytest.raises(AskedWrongly) as wrong:
        rubric.load("lab_of_a_test")
    file, _colon, sentence = str(wrong.value).partition(": ")
    assert (Path(file).name, sentence) == ("lab_of_a_test.py", said)


def test_with_all_of_it_it_is_a_lab(told: Path) -> None:
    told.write_text(HEAD + MARKS + CHECK, encoding="utf-8")
    (check,) = rubric.load("lab_of_a_test").checks
    assert (check.id, check.title, check.points, check.needs) == ("it", "It is.", 1, ("server",))
