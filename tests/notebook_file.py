"""A notebook as its rules see it: cells, headings, words, links."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat.reader

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"

FENCE = re.compile(r"^(```+|~~~+)([^\n]*)\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*$", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(\s*<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\s*\)|\bhref\s*=\s*[\"']([^\"']+)[\"']")


@dataclass(frozen=True)
class Notebook:
    """A notebook, its name and the folder that its links start from; `names` are those it stands among, in order."""

    name: str
    folder: Path
    names: tuple[str, ...]
    node: Any

    @classmethod
    def read(cls, path: Path) -> Notebook:
        """The notebook in a file."""
        names = tuple(one.name for one in notebooks(path.parent))
        node = nbformat.reader.reads(path.read_text(encoding="utf-8"))  # as it is: `nbformat.reads` would mend it
        return cls(path.name, path.parent, names, node)

    @property
    def number(self) -> int:
        """3 for 03_broadcast.ipynb."""
        return int(self.name.partition("_")[0])

    @cached_property
    def cells(self) -> list[Cell]:
        """Every cell in order."""
        return [Cell(at, one) for at, one in enumerate(self.node.cells)]

    @property
    def code(self) -> list[Cell]:
        """The code cells."""
        return [cell for cell in self.cells if cell.is_code]

    @property
    def prose(self) -> list[Cell]:
        """The Markdown cells."""
        return [cell for cell in self.cells if not cell.is_code]

    @cached_property
    def headings(self) -> list[tuple[int, str, Cell]]:
        """Level, text and cell of each heading."""
        found = [(cell, HEADING.findall(FENCE.sub("", cell.source))) for cell in self.prose]
        return [(len(marks), text, cell) for cell, pairs in found for marks, text in pairs]

    def section(self, title: str) -> int | None:
        """The position of the first cell of a section, None where there is no such section."""
        return next((cell.at for level, text, cell in self.headings if level == 2 and text.startswith(title)), None)


class Cell:
    """One cell: `at` is its position, `plain` a Markdown cell's text without its blocks and snatches of code."""

    def __init__(self, at: int, node: Any) -> None:
        self.at, self.node = at, node
        self.source: str = node.source
        self.is_code: bool = node.cell_type == "code"
        self.name = f"cell {at} ({node.get('id', 'without id')})"
        self.tags: list[str] = node.metadata.get("tags", [])
        self.plain = re.sub(r"`[^`\n]*`", "code", FENCE.sub("", self.source))

    @property
    def words(self) -> int:
        """How many words there are to read. Blocks of code are not counted, code within a line is."""
        text = re.sub(r"\]\([^)]*\)|</?[a-z][^<>]*>", " ", FENCE.sub("", self.source))
        return sum(any(letter.isalnum() for letter in word) for word in text.split())

    @property
    def links(self) -> list[str]:
        """Where its links lead."""
        text = re.sub(r"(?<!\[)`[^`\n]*`(?!\])", "", FENCE.sub("", self.source))
        return [unquote(first or second) for first, second in LINK.findall(text)]

    @property
    def nodes(self) -> Iterator[tuple[ast.AST, bool]]:
        """Every node of a code cell's syntax tree, and whether it is inside a function. Lines for the notebook itself
        (magics) are left out, cells that are no Python have none."""
        lines = ["" if re.match(r"[%!?]", line) else line for line in self.source.splitlines()]
        try:
            tree = ast.parse("\n".join(lines))
        except SyntaxError:
            return
        yield from _nodes(tree, inside=False)


def _nodes(tree: ast.AST, inside: bool) -> Iterator[tuple[ast.AST, bool]]:
    for node in ast.iter_child_nodes(tree):
        yield node, inside
        yield from _nodes(node, inside or isinstance(node, (ast.FunctionDef, ast.Lambda)))


Rule = Callable[[Notebook], Iterator[str]]
"""From a notebook to what is wrong with it, a sentence each."""


def notebooks(folder: Path = NOTEBOOKS) -> list[Path]:
    """Every notebook that there is, in order."""
    return sorted(folder.glob("[0-9]*.ipynb"))
