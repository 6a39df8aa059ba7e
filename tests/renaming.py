"""The same program with other names and another layout: what it does is the same, and so must be what is said of it."""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Iterator

CALLED_BY_US = {"start_server", "start_client"}
LIBRARY = {
    name
    for module in ("socket", "threading", "queue", "selectors", "codecs", "logging", "concurrent.futures")
    for thing in vars(__import__(module, fromlist=["x"])).values()
    for name in (*dir(thing), getattr(thing, "__name__", ""))
}
"""Names of attributes that may be a library's: those stay."""


def renamed(source: str) -> str:
    """`source` without its comments and docstrings, its functions in another order, its own names replaced."""
    tree = ast.parse(source)
    names = {name: f"{name[0]}{number:02}{name[-1]}" for number, name in enumerate(sorted(_own(tree)))}
    attributes = {name: f"part_{number}" for number, name in enumerate(sorted(_attributes(tree)))}
    tree = _Renamed(names, attributes).visit(tree)
    tree.body = _turned_round(tree.body)
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def own_names(source: str) -> set[str]:
    """The names that `renamed` replaces."""
    tree = ast.parse(source)
    return _own(tree) | _attributes(tree)


def _own(tree: ast.Module) -> set[str]:
    """Names that the program itself gives: to functions, classes, parameters and variables."""
    given: set[str] = set()
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imported |= {(one.asname or one.name).partition(".")[0] for one in node.names}
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            given.add(node.name)
        elif isinstance(node, ast.arg):
            given.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            given.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            given.add(node.name)
    in_classes = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for one in node.body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    methods = {one.name for one in _methods(tree)}
    kept = imported | methods | in_classes | CALLED_BY_US | set(dir(builtins)) | set(keyword.kwlist) | {"self"}
    return {name for name in given - kept if not name.startswith("__")}


def _attributes(tree: ast.Module) -> set[str]:
    """Methods, and what is set on `self`."""
    set_on_self = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_self(node.value)
    }
    methods = {one.name for one in _methods(tree)}
    return {name for name in set_on_self | methods if name not in LIBRARY and not name.startswith("__")}


def _methods(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from (one for one in node.body if isinstance(one, ast.FunctionDef))


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _turned_round(body: list[ast.stmt]) -> list[ast.stmt]:
    """Imports and variables first, then functions, the last of them first, then what is left."""
    first = [one for one in body if isinstance(one, (ast.Import, ast.ImportFrom, ast.Assign))]
    functions = [one for one in body if isinstance(one, (ast.FunctionDef, ast.ClassDef))]
    rest = [one for one in body if one not in first and one not in functions]
    return [*first, *functions[::-1], *rest]


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: dict[str, str], attributes: dict[str, str]) -> None:
        self.names, self.attributes = names, attributes

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self.names.get(node.arg, node.arg)
        return node

    def visit_Global(self, node: ast.Global) -> ast.AST:
        node.names = [self.names.get(name, name) for name in node.names]
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.name = self.names.get(node.name, node.name) if node.name else None
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        node.attr = self.attributes.get(node.attr, node.attr)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self.names.get(node.name, self.attributes.get(node.name, node.name))
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return self.generic_visit(node)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:]
        return self.generic_visit(node)
