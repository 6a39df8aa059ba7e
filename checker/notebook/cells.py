"""A program out of a notebook's cells: a function and what it needs, as a file that can be run in a process of its own."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterable, Sequence

from checker.parsing import parse
from checker.texts import _

MAGIC = ("%", "!", "?")


class NotInCells(Exception):
    """A name that a function needs is bound in no cell that could be taken over."""


def program(function: str, cells: Sequence[str]) -> str:
    """The source of `function` and of everything that it needs, from `cells` in the order in which they were run.

    Of a name that was bound several times the last binding counts. Raises `NotInCells` where a name is bound nowhere, and
    nowhere built in.
    """
    statements = [statement for cell in cells for statement in _statements(cell)]
    binds = {name: at for at, (statement, _text) in enumerate(statements) for name in _bound(statement)}
    wanted, chosen = [function], set[int]()
    while wanted:
        name = wanted.pop()
        if name not in binds:
            if hasattr(builtins, name) and name != function:
                continue
            raise NotInCells(_("{name} is defined in no cell that was run: run that cell first.").format(name=name))
        if binds[name] not in chosen:
            chosen.add(binds[name])
            wanted += _needed(statements[binds[name]][1])
    return "\n\n".join(statements[at][1] for at in sorted(chosen)) + "\n"


def _statements(cell: str) -> Iterable[tuple[ast.stmt, str]]:
    """The top-level statements of a cell with their source; lines for the notebook itself (magics) are left out."""
    lines = [line if not line.lstrip().startswith(MAGIC) else "" for line in cell.splitlines()]
    text = "\n".join(lines)
    try:
        tree = parse(text)
    except SyntaxError:  # a cell that failed, or one of another language (%%bash)
        return
    for statement in tree.body:
        first = min([statement.lineno, *(one.lineno for one in getattr(statement, "decorator_list", []))])
        yield statement, "\n".join(lines[first - 1 : statement.end_lineno])


def _bound(statement: ast.stmt) -> Iterable[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name
    elif isinstance(statement, (ast.Import, ast.ImportFrom)):
        yield from ((name.asname or name.name.partition(".")[0]) for name in statement.names)
    elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        # Stored, not only named: `threading.excepthook = ...` does not bind `threading`.
        names = (node for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))
        yield from (name.id for name in names if isinstance(name.ctx, ast.Store))


def _needed(source: str) -> list[str]:
    """The global names that a statement uses, in it and in the functions and classes inside it."""
    found: list[str] = []
    waiting = [symtable.symtable(source, "<cell>", "exec")]
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        top = table.get_type() == "module"
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (symbol.is_global() or (top and not symbol.is_assigned())):
                found.append(symbol.get_name())
    return found
