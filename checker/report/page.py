"""A grade as one page for a browser: no script, nothing from the network, and nothing that a program could do to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from checker.grading.model import Grade
from checker.report import harmless, marked, pageparts, words
from checker.report.pageparts import CheckView
from checker.texts import _, language

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).with_name("templates")
ENCODING = "utf-8"


def to_bytes(grade: Grade) -> bytes:
    """The grade as an HTML file, UTF-8."""
    template = _environment().get_template("page.html")
    labs, no_grade = pageparts.labs(grade), words.no_grade(grade)
    page = template.render(grade=grade, labs=labs, no_grade=no_grade, language=language())
    return _safe(page).encode(ENCODING)


def fragment(grade: Grade, place: str, told: str = "") -> str:
    """The labs of a grade as a part of somebody else's page, a notebook's. `place` is a word that makes the ids in it its own,
    `told` a sentence to begin with."""
    template = _environment().get_template("cell.html")
    return _safe(template.render(labs=pageparts.labs(grade, place), no_grade=words.no_grade(grade), told=told))


def _safe(page: str) -> str:
    """Once more and over all of it: no control character and no change of direction, whoever let it through."""
    return "\n".join(harmless.lines(page, ENCODING))


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=_, marks=words.MARKS, outcomes=words.OUTCOMES, fault=words.CHECKERS_FAULT)
    environment.globals.update(cause=words.cause, paragraphs=marked.paragraphs, code_in=marked.code_in, draw=_draw)
    return environment


def _draw(check: CheckView) -> str:
    """The diagram of a check as SVG, in which every text is escaped; "" where there is nothing to draw."""
    from checker.report.diagram import model, svg

    diagram = model.of(check.result)
    return "" if diagram is None else svg.draw(diagram, check.anchor)
