"""A program's text and its syntax tree side by side, so that a change to the one leaves the rest of the other as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAIN = "main"
"""What the block `if __name__ == "__main__":` is called in place of a function."""


@dataclass(frozen=True)
class Edit:
    """What comes in the place of the characters from `start` to `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Change:
    """One mistake at one place: what kind it is, what it is made to (`what`, a line), and the edits that make it."""

    operator: str
    node: ast.AST
    what: str
    edits: tuple[Edit, ...]


class Source:
    """A program's `text`, its `tree`, and where in the text each node is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self._lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))
        self._parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def nodes(self) -> Iterator[ast.AST]:
        """Every node with a place of its own, as it is read. The inside of an f-string has none before Python 3.12."""
        waiting: list[ast.AST] = [self.tree]
        while waiting:
            node = waiting.pop()
            if hasattr(node, "lineno"):
                yield node
            if not isinstance(node, ast.JoinedStr):
                waiting.extend(reversed(list(ast.iter_child_nodes(node))))

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """What the node is in, from the inside out."""
        while (parent := self._parents.get(node)) is not None:
            yield parent
            node = parent

    def parent(self, node: ast.AST) -> ast.AST:
        """What the node is directly in."""
        return self._parents[node]

    def scope(self, node: ast.AST) -> str:
        """The function that the node is in ("Room.serve"), `MAIN`, or "module"."""
        names = []
        for one in (node, *self.above(node)):
            if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                names.append(one.name)
            elif is_main(one):
                return MAIN
        return ".".join(reversed(names)) or "module"

    def in_loop(self, node: ast.AST) -> bool:
        """Whether `break` means something there."""
        for one in self.above(node):
            if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                return False
            if isinstance(one, (ast.For, ast.AsyncFor, ast.While)):
                return True
        return False

    # Where in the text

    def start(self, node: ast.AST) -> int:
        """Where it begins."""
        return self._at(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Behind its last character."""
        return self._at(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def _at(self, line: int, column: int) -> int:
        """Columns are counted in bytes of UTF-8."""
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())

    def of(self, node: ast.AST) -> str:
        """Its text."""
        return self.text[self.start(node) : self.end(node)]

    def words(self, node: ast.AST) -> str:
        """Its text in one line; of what has a body the line above the body."""
        body = getattr(node, "body", None)
        end = self.end(node)
        if isinstance(body, list) and isinstance(node, (ast.stmt, ast.ExceptHandler)):
            end = self.text.index(":", self._head_end(node)) + 1
        return " ".join(self.text[self.start(node) : end].split())

    def head(self, node: ast.stmt | ast.ExceptHandler) -> tuple[int, int]:
        """From where to where the line above its body goes, the colon included."""
        return self.start(node), self.text.index(":", self._head_end(node)) + 1

    def _head_end(self, node: ast.AST) -> int:
        """Behind the last expression before the colon."""
        inner = [
            child
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, (ast.stmt, ast.ExceptHandler)) and hasattr(child, "end_lineno")
        ]
        for item in getattr(node, "items", []):
            inner += ast.iter_child_nodes(item)
        return max((self.end(child) for child in inner), default=self.start(node))

    def block(self, nodes: Sequence[ast.AST]) -> tuple[int, int]:
        """The whole lines of some statements that follow each other."""
        first, last = nodes[0], nodes[-1]
        return self._starts[first.lineno - 1], self._starts[last.end_lineno]  # type: ignore[attr-defined]

    def indent(self, node: ast.AST) -> str:
        """The blanks that its line begins with."""
        line = self._lines[node.lineno - 1]  # type: ignore[attr-defined]
        return line[: len(line) - len(line.lstrip())]

    def keyword_line(self, keyword: str, before: ast.AST, after: ast.AST) -> tuple[int, int]:
        """The line with `else:` or `finally:` between two nodes: from its word to its end."""
        begin = self._starts[before.end_lineno]  # type: ignore[attr-defined]
        found = re.compile(rf"^[ \t]*({keyword}\b.*)\n", re.MULTILINE).search(self.text, begin, self.start(after))
        if found is None:
            raise ValueError(f"no {keyword} above line {after.lineno}")  # type: ignore[attr-defined]
        return found.start(1), found.end()

    # Changes to it

    def replace(self, operator: str, node: ast.AST, new: str, what: str | None = None) -> Change:
        """`new` in the place of a node; the change is called "old -> new"."""
        edit = Edit(self.start(node), self.end(node), new)
        return Change(operator, node, what or f"{self.words(node)} -> {' '.join(new.split())}", (edit,))

    def exchanged(self, operator: str, node: ast.AST, first: ast.AST, second: ast.AST, what: str) -> Change:
        """Each of two nodes in the place of the other."""
        edits = (
            Edit(self.start(first), self.end(first), self.of(second)),
            Edit(self.start(second), self.end(second), self.of(first)),
        )
        return Change(operator, node, what, edits)

    def dedented(self, nodes: Sequence[ast.AST], indent: str) -> str:
        """The lines of some statements, moved to the left as far as `indent`."""
        start, end = self.block(nodes)
        deep = len(self.indent(nodes[0])) - len(indent)
        return "".join(line[deep:] if line.strip() else line for line in self.text[start:end].splitlines(keepends=True))

    def changed(self, edits: Sequence[Edit]) -> str:
        """The text with the edits made."""
        text = self.text
        for edit in sorted(edits, key=lambda one: one.start, reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
        return text


def is_main(node: ast.AST) -> bool:
    """Whether it is `if __name__ == "__main__":`."""
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Compare)
        and isinstance(node.test.left, ast.Name)
        and node.test.left.id == "__name__"
    )
