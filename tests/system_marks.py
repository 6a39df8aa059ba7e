"""Finds what a source asks of its system: names that one of the three systems does not have, and which one this is."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import typeshed_names

MODULES = ("errno", "faulthandler", "os", "select", "selectors", "shutil", "signal", "socket", "subprocess", "sys", "time")
WHICH = {("sys", "platform"), ("os", "name")}
BELOW = {"ctypes"}
"""Modules that are everywhere and speak with the system itself."""


@functools.cache
def _not_everywhere(module: str) -> frozenset[str]:
    if module not in MODULES:
        return frozenset()
    lacking = (typeshed_names.lacks(module, system) for system in typeshed_names.SYSTEMS)
    return frozenset().union(*lacking) | {name for of, name in WHICH if of == module}


@functools.cache
def _missing_somewhere() -> frozenset[str]:
    return frozenset().union(*map(typeshed_names.missing, typeshed_names.SYSTEMS)) | BELOW


def marks(path: Path) -> set[str]:
    """What the source at `path` asks: `os.fork`, `fcntl`, `/proc`."""
    return marks_in(path.read_text(encoding="utf-8"))


def marks_in(source: str) -> set[str]:
    """The same of a source itself."""
    tree = ast.parse(source)
    known = {name.asname or name.name: name.name for name in _imported(tree)}
    docstrings = _docstrings(tree)
    return {mark for node in ast.walk(tree) for mark in _marks_of(node, known, docstrings)}


def _imported(tree: ast.Module) -> Iterator[ast.alias]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from node.names


def _docstrings(tree: ast.Module) -> set[int]:
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body and isinstance(node.body[0], ast.Expr)
    }


def _marks_of(node: ast.AST, known: dict[str, str], docstrings: set[int]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (name.name for name in node.names if name.name in _missing_somewhere())
    elif isinstance(node, ast.ImportFrom) and node.module is not None:
        if node.module in _missing_somewhere():
            yield node.module
        yield from (f"{node.module}.{name.name}" for name in node.names if name.name in _not_everywhere(node.module))
    elif isinstance(node, ast.Attribute):
        yield from _asked(node.value, node.attr, known)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("getattr", "hasattr"):
        name = node.args[1]
        if isinstance(name, ast.Constant):
            yield from _asked(node.args[0], str(name.value), known)
    elif isinstance(node, ast.Constant) and id(node) not in docstrings and "/proc" in str(node.value):
        yield "/proc"


def _asked(of: ast.expr, name: str, known: dict[str, str]) -> Iterator[str]:
    if isinstance(of, ast.Name) and name in _not_everywhere(known.get(of.id, "")):
        yield f"{known[of.id]}.{name}"
