"""docs/authoring.md, followed to the letter: every file written, every command typed, and what it says is printed."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import notebook_rules
import pytest
from copied_kit import CopiedKit

from checker.authoring import matrix_text
from checker.authoring.vocabulary import FACTS, WORDS, table
from checker.grading.casting import Cast
from checker.grading.engine import Engine
from checker.grading.rubric import names
from checker.stage.chat import Person
from checker.stage.client import Client
from checker.stage.peers import Peer
from checker.stage.room import Room
from checker.stage.server import Server
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"(?:^\*\*`(?P<path>[^`\n]+)`\*\*\n\n)?^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """One block of code: `path` is the file that it is to be, "" where it is none; `kind` what stands behind its ```."""

    path: str
    kind: str
    body: str

    @property
    def commands(self) -> Iterator[tuple[str, list[str]]]:
        """What is typed, and the lines that are shown below it."""
        for part in re.split(r"^\$ ", self.body, flags=re.MULTILINE)[1:]:
            command, *lines = part.splitlines()
            yield command, lines


BLOCKS = [Block(one["path"] or "", one["kind"], one["body"]) for one in BLOCK.finditer(PAGE)]


def shows(lines: list[str]) -> re.Pattern[str]:
    """What is printed where these lines are shown. `...` is what was left out: in a line, or any number of lines."""
    parts = [
        r"(?:[^\n]*\n)*?" if line == "..." else re.escape(line).replace(re.escape("..."), r"[^\n]*") + r"\n"
        for line in lines
    ]
    return re.compile("".join(parts))


@pytest.mark.skipif(sys.platform == "win32", reason="NOT RUN: the page says rm, which is no command there")
def test_who_follows_it_to_the_letter_sees_what_it_shows(open_folder: Path) -> None:
    kit = CopiedKit.to(open_folder)
    for lab in names():  # whoever has followed the page has it already
        if lab.startswith("lab10_") or lab.endswith("_clock"):
            kit.remove(lab)
    before = {path.relative_to(kit.folder) for path in kit.folder.rglob("*") if "__pycache__" not in path.parts}
    done = 0
    for block in BLOCKS:
        if block.path:
            path = kit.folder / block.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.body, encoding="utf-8")
        elif block.kind == "console":
            for command, lines in block.commands:
                _status, printed = kit.run(command)
                assert shows(lines).fullmatch(printed), f"$ {command}\n{printed}"
                done += 1
    assert done >= 10
    after = {path.relative_to(kit.folder) for path in kit.folder.rglob("*") if "__pycache__" not in path.parts}
    assert {path for path in after - before if ".checker" not in path.parts} == set(), "taken away again"


@pytest.mark.parametrize(
    ("lines", "printed", "fits"),
    [
        (["one", "..."], "one\ntwo\nthree\n", True),
        (["one", "..."], "one\n", True),
        (["one", "...", "three ... five"], "one\ntwo\nthree four five\n", True),
        (["one"], "one\ntwo\n", False),
        (["one", "two"], "one\n", False),
        (["on...e"], "on\ne\n", False),
        (["1 of 2 (a)"], "1 of 2 (b)\n", False),
        ([], "", True),
        ([], "Oh no!\n", False),
    ],
)
def test_what_is_left_out_is_what_the_dots_stand_for(lines: list[str], printed: str, fits: bool) -> None:
    assert bool(shows(lines).fullmatch(printed)) == fits


def test_what_is_looked_at_again_is_in_a_file() -> None:
    whole = "\n".join(block.body for block in BLOCKS if block.path)
    again = [line for block in BLOCKS if block.kind == "python" and not block.path for line in block.body.splitlines()]
    assert again
    assert [line for line in again if line.removesuffix(" ...") not in whole] == []


def test_every_check_of_its_lab_is_lost_by_one_of_its_programs() -> None:
    (lab,) = [block.body for block in BLOCKS if block.path.startswith("checker/labs/")]
    checks = [node.name for node in ast.parse(lab).body if isinstance(node, ast.FunctionDef)]
    ids = {name.removeprefix("check_") for name in checks if name.startswith("check_")}
    programs = "".join(block.body for block in BLOCKS if block.path.startswith("tests/corpus/"))
    lost = {
        id_ for line in re.findall(r"^loses = \[(.*)\]$", programs, re.MULTILINE) for id_ in re.findall(r"\w+", line)
    }
    assert ids == lost


def test_what_it_links_to_is_there() -> None:
    prose = BLOCK.sub("", PAGE)
    anchors = {
        re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    }
    links = re.findall(r"\]\(([^)]+)\)", prose)
    assert links
    for link in links:
        path, _hash, anchor = link.partition("#")
        assert (ROOT / "docs" / path).exists() if path else anchor in anchors, link


# What it says of the code


def test_the_words_are_those_of_the_code() -> None:
    assert PAGE.endswith(f"\n{table()}\n"), "python -m checker.authoring.vocabulary prints what should stand at its end"


def test_the_options_of_a_server_are_those_that_there_are() -> None:
    launcher = (ROOT / "checker" / "inside" / "launcher.py").read_text(encoding="utf-8")
    machinery = {"own_session", "uid", "dumpable", "dies_with_parent"}
    there = {*re.findall(r'config\.get\("(\w+)"\)', launcher), "host", "port"} - machinery
    assert {"host", "port"} < inspect.signature(Server).parameters.keys()
    told = PAGE.partition("`launch.server()` takes")[2].partition("**`raise Failed")[0]
    assert set(re.findall(r"\b(\w+)=", told)) == there


def test_the_signs_of_a_matrix_are_those_of_the_code() -> None:
    meanings = {sign: meaning for sign, _style, meaning in matrix_text.MARKS.values()}
    told = dict(re.findall(r"^\| `(.)` \| ([^|(]+?) (?:\([^|]*\) )?\|$", PAGE, re.MULTILINE))
    assert told == meanings


NOT_FOR_SCENES = {
    Server: {"has_read_all_of", "is_calm", "was_there"},
    Peer: {"opened", "fileno", "read_now", "breaks_off", "of_peers"},
    Client: {"dismiss"},
    Room: {"comes_in", "fileno", "read_now", "close", "of_peers"},
    Person: {"shown_since"},
}
"""Parts of the machinery, and what only a few scenes need."""


@pytest.mark.parametrize("kind", NOT_FOR_SCENES, ids=lambda kind: kind.__name__)
def test_no_word_is_left_out(kind: type) -> None:
    (told,) = [names.split() for one, _called, names in WORDS if one is kind]
    public = {name for one in kind.__mro__[:-1] for name in vars(one) if not name.startswith("_")}
    assert public - set(told) == NOT_FOR_SCENES[kind]


def test_every_word_is_explained() -> None:
    rows = table().splitlines()[2:]
    assert len(rows) == len(set(rows)) > 60
    assert [row for row in rows if not re.fullmatch(r"\| `[\w.]+(\(.*\))?` \| [`A-Z].*\.? \|", row)] == []


def test_the_facts_are_there_to_be_looked_at(engine: Engine, open_folder: Path) -> None:
    """Played with lab 1's programs."""
    files = {program: ROOT / "solutions" / "lab1_echo" / f"{program}.py" for program in ("server", "client")}
    cast = Cast(engine.starter, engine.settings, "facts", files)
    try:
        server, client, room = (cast.give(name) for name in ("server", "client", "room"))
        (alice,) = server.join("alice")
        there = {"server": server, "client": client, "room": room, "alice": alice}
        for fact in FACTS:
            found = there[fact.partition(".")[0]]
            for name in fact.split(".")[1:]:
                found = getattr(found, name)
    finally:
        cast.close()


def test_what_a_scene_may_name_is_what_the_cast_gives() -> None:
    told = (inspect.getdoc(Cast) or "").partition("\n\n")[2].strip()
    assert [block.body.strip() for block in BLOCKS if block.kind == "text"] == [told]


def test_the_figures_of_a_notebook_are_those_of_its_rules() -> None:
    figures = [
        f"{notebook_rules.FEWEST_CELLS} to {notebook_rules.MOST_CELLS} cells",
        f"{notebook_rules.MOST_CODE_LINES} lines of code, {notebook_rules.MOST_COLUMNS} columns",
        f"{notebook_rules.MOST_WORDS} words",
        f"at least {['no', 'one', 'two', 'three', 'four'][notebook_rules.FEWEST_STEPS]} steps",
    ]
    prose = " ".join(PAGE.split())
    assert [figure for figure in figures if figure not in prose] == []
