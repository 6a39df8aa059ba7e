"""Mutants of the solutions: each a one-place change such as a student makes, to see whether a check catches it.

The operators are our own. cosmic-ray and mutmut change expressions alone, each without a bound that would suit programs
which are played for a second each, and bring SQLAlchemy, aiohttp and GitPython, or textual and coverage along; what breaks
a program of sockets and threads is a statement, a lock or an `except` too few, which they have no operators for.
"""

from __future__ import annotations

import ast
import difflib
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checker.authoring import mutation_expressions, mutation_statements
from checker.authoring.mutation_source import MAIN, Change, Source
from checker.grading.rubric import load

OPERATORS = (*mutation_statements.OPERATORS, *mutation_expressions.OPERATORS)

IN_MAIN = (mutation_statements.delete_statement, mutation_expressions.one_branch)
"""Operators for the block `if __name__ == "__main__":`, which is the same in every program."""

LONGEST_NAME = 150
"""Characters of what a mutant is called by; where two are called the same, they are numbered."""


@dataclass(frozen=True)
class Mutant:
    """A solution with one mistake: `file` of `lab`, `source` its text. `line` is where; `name` outlives changes elsewhere."""

    lab: str
    file: str
    name: str
    line: int
    source: str

    @property
    def id(self) -> str:
        """What it is called among all: "lab3_broadcast/server.py:serve:delete-statement:connection.close()"."""
        return f"{self.lab}/{self.name}"

    def build(self, root: Path, target: Path) -> dict[str, Path]:
        """Write the lab's programs below `target`; returns them by "server" and "client"."""
        solution = root / "solutions" / self.lab
        shutil.copytree(solution, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        (target / self.file).write_text(self.source, encoding="utf-8")
        return {program: target / f"{program}.py" for program in load(self.lab).programs}

    def diff(self, root: Path) -> str:
        """What was changed, as a unified diff with a line above and below."""
        before = (root / "solutions" / self.lab / self.file).read_text(encoding="utf-8")
        path = f"{self.lab}/{self.file}"
        lines = difflib.unified_diff(before.splitlines(), self.source.splitlines(), path, path, n=1, lineterm="")
        return "\n".join(lines)


def mutants(root: Path, lab: str) -> Iterator[Mutant]:
    """Every mutant of a lab's solution, file by file, in the order of its lines."""
    for path in sorted((root / "solutions" / lab).glob("*.py")):
        yield from of_source(lab, path.name, path.read_text(encoding="utf-8"))


def of_source(lab: str, file: str, text: str) -> Iterator[Mutant]:
    """Every mutant of one program: those that can be compiled and do not read the same as it, or as another one."""
    source = Source(text)
    seen = {ast.dump(source.tree)}
    names: Counter[str] = Counter()
    for change in _changes(source):
        mutated = source.changed(change.edits)
        tree = _compiled(mutated)
        if tree is None or tree in seen:
            continue
        seen.add(tree)
        name = f"{file}:{source.scope(change.node)}:{change.operator}:{change.what}"[:LONGEST_NAME]
        names[name] += 1
        if names[name] > 1:
            name += f" #{names[name]}"
        yield Mutant(lab, file, name, change.node.lineno, mutated)  # type: ignore[attr-defined]


def _changes(source: Source) -> Iterator[Change]:
    for node in source.nodes():
        in_main = source.scope(node) == MAIN
        for operator in IN_MAIN if in_main else OPERATORS:
            yield from operator(source, node)


def _compiled(text: str) -> str | None:
    """Its tree, to compare it by; None where it cannot be run at all: that is no mistake of behaviour."""
    try:
        tree = ast.parse(text)
        compile(tree, "mutant", "exec")
    except SyntaxError:
        return None
    return ast.dump(tree)
