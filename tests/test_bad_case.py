"""A program of the corpus that cannot be read or built is named in a line, with what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.authoring.corpus import BadCase, cases
from checker.grading.submission import AskedWrongly
from tests.conftest import ROOT

BASE = 'base = "solutions/lab1_echo/server.py"\n'
REST = 'loses = []\nwhy = "It is right."\n'


def built(folder: Path, text: str, lab: str = "lab1_echo") -> None:
    """Read and build the one case of a corpus."""
    file = folder / "corpus" / lab / "mine.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    (case,) = cases(folder / "corpus")
    case.build(ROOT, folder / "ready")


def test_a_good_one_is_built(tmp_path: Path) -> None:
    built(tmp_path, BASE + "replace = [['BUFFER = 4096', 'BUFFER = 1']]\n" + REST)
    assert "BUFFER = 1 " in (tmp_path / "ready" / "server.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BASE + 'replace = [["a\nb", "c"]]\n' + REST, r"Illegal character '\\n' \(at line 2, column 15\)"),
        (BASE + "loses = []\n", "'why' is missing"),
        (
            BASE + "replace = [['BUFFER = 4096', 'BUFFER = 1', '']]\n" + REST,
            "replace takes pairs, an old text and a new one",
        ),
        (BASE + 'loses = ["answers_at_onc"]\nwhy = "It waits."\n', "lab1_echo has no check 'answers_at_onc'"),
        (BASE + 'loses = []\nskips = ["nothing"]\nwhy = "It waits."\n', "lab1_echo has no check 'nothing'; it has: "),
        (BASE + "replace = [['CACHE', 'BUFFER']]\n" + REST, "'CACHE' occurs 0 times in solutions/.*py, not once"),
    ],
)
def test_a_bad_one_is_named(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadCase, match=f"^lab1_echo/mine: {said}"):
        built(tmp_path, text)


def test_one_of_a_lab_that_was_taken_away_is_named(tmp_path: Path) -> None:
    with pytest.raises(AskedWrongly, match="^lab901_gone/mine: there is no lab of that name$"):
        built(tmp_path, BASE + REST, "lab901_gone")
