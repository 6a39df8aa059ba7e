"""What the page for instructors says of the notebooks, the labs and the assignment, held against them."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from notebook_file import NOTEBOOKS, Notebook, notebooks

from checker.grading.engine import Engine
from checker.grading.rubric import load
from tests.conftest import ROOT

PAGE = (NOTEBOOKS / "README.md").read_text(encoding="utf-8")
SOLUTIONS = ROOT / "solutions"


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_the_minutes_are_those_of_the_notebook(path: Path) -> None:
    notebook = Notebook.read(path)
    (row,) = re.findall(rf"^\| \[.*\]\({re.escape(notebook.name)}\) \| (\d+) \|", PAGE, re.MULTILINE)
    assert f"About {row} minutes" in notebook.cells[0].source


def test_the_sections_that_it_names_are_there() -> None:
    books = [Notebook.read(path) for path in notebooks()]
    headings = {book.number: [text for _level, text, _cell in book.headings] for book in books}
    named = re.findall(r"`(\d\d)`\s+\*([^*]+)\*", PAGE)
    assert len(named) > 8
    assert [one for one in named if not any(_in_one_line(one[1]) in text for text in headings[int(one[0])])] == []


def test_its_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert links
    assert [link for link in links if not (NOTEBOOKS / link).exists()] == []


def test_the_printed_algorithm_is_the_one_that_the_notebook_goes_through() -> None:
    russian = PAGE.partition("**Алгоритм решения**")[2].partition("**Результат работы**")[0]
    sentences = [_in_one_line(one) for one in re.split(r"^\d\. ", russian, flags=re.MULTILINE)[1:]]
    assert len(sentences) == 9
    notebook = Notebook.read(NOTEBOOKS / "06_assignment.ipynb")
    told = _in_one_line(" ".join(cell.source for cell in notebook.prose))
    assert [one for one in sentences if one not in told] == []


def _texts() -> ModuleType:
    spec = importlib.util.spec_from_file_location("texts", SOLUTIONS / "lab6_assignment" / "texts.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", ["RUSSIAN", "ENGLISH"])
def test_the_printed_samples_are_what_the_programs_print(language: str) -> None:
    lines = getattr(_texts(), language)
    facts = {"host": "localhost", "port": 12345, "address": ("127.0.0.1", 56676), "count": 2, "text": "Hi!"}
    for name in ("listening", "arrived", "message", "lost", "left", "connected", "how_to_leave"):
        assert f"    {lines[name].format(**facts)}\n" in PAGE


def test_the_short_course_lacks_two_checks(engine: Engine) -> None:
    files = {"server": SOLUTIONS / "lab3_broadcast" / "server.py", "client": SOLUTIONS / "lab4_client" / "client.py"}
    lost = {one.id for one in engine.run(load("lab6_assignment"), files) if one.outcome != "passed"}
    assert lost == {"survives_a_lost_connection", "tells_who_came_and_went"}
