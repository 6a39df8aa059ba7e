"""Which scope a name in a program belongs to, by the language's rules.

The standard library's `symtable` would tell, but from Python 3.12 on it loses what comprehensions read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(eq=False)
class Scope:
    """A module, class, function or comprehension: the names that it binds, and those it reads."""

    kind: str
    parent: Scope | None
    imported: set[str] = field(default_factory=set)
    assigned: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    of_the_module: set[str] = field(default_factory=set)
    """Names declared `global` here."""

    @property
    def top(self) -> Scope:
        """The module's scope."""
        return self if self.parent is None else self.parent.top

    def owner(self, name: str) -> Scope:
        """The scope whose `name` is meant here; the module's where none binds it."""
        if name in self.of_the_module:
            return self.top
        scope: Scope | None = self
        while scope is not None:
            if (scope is self or scope.kind != "class") and name in scope.imported | scope.assigned:
                return scope
            scope = scope.parent
        return self.top


def scopes(tree: ast.Module) -> list[Scope]:
    """Every scope of a module, its own first. Iterative: programs may be nested deeply."""
    top = Scope("module", None)
    found = [top]
    waiting: list[tuple[ast.AST, Scope]] = [(tree, top)]
    while waiting:
        node, scope = waiting.pop()
        _note(node, scope)
        inner = _inner(node)
        if not inner:
            waiting.extend((child, scope) for child in ast.iter_child_nodes(node))
            continue
        within = Scope(_kind(node), scope)
        found.append(within)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            scope.assigned.add(node.name)
        for child in ast.iter_child_nodes(node):
            waiting += [(child, within if child in inner else scope)]
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            within.assigned.update(argument.arg for argument in _arguments(node.args))
    for scope in found[1:]:
        _declared(scope)
    return found


def _kind(node: ast.AST) -> str:
    if isinstance(node, ast.ClassDef):
        return "class"
    return "comprehension" if isinstance(node, _COMPREHENSIONS) else "function"


def _inner(node: ast.AST) -> set[ast.AST]:
    """The children of `node` that are in its own scope; decorators, defaults and annotations are not."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return set(node.body)
    if isinstance(node, ast.Lambda):
        return {node.body}
    if isinstance(node, _COMPREHENSIONS):
        return set(ast.iter_child_nodes(node))
    return set()


def _arguments(given: ast.arguments) -> Iterator[ast.arg]:
    yield from (*given.posonlyargs, *given.args, *given.kwonlyargs)
    yield from (one for one in (given.vararg, given.kwarg) if one is not None)


def _note(node: ast.AST, scope: Scope) -> None:
    """Take down what one node binds, reads or declares."""
    if isinstance(node, ast.Name):
        (scope.reads if isinstance(node.ctx, ast.Load) else scope.assigned).add(node.id)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        scope.imported.update(one.asname or one.name.partition(".")[0] for one in node.names)
    elif isinstance(node, ast.Global):
        scope.of_the_module.update(node.names)
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        scope.assigned.add(node.name)
    elif isinstance(node, ast.MatchMapping) and node.rest:
        scope.assigned.add(node.rest)
    elif isinstance(node, ast.NamedExpr) and scope.kind == "comprehension":  # binds around the comprehension
        _around(scope).assigned.add(node.target.id)


def _around(scope: Scope) -> Scope:
    while scope.kind == "comprehension" and scope.parent is not None:
        scope = scope.parent
    return scope


def _declared(scope: Scope) -> None:
    """What is declared `global` is bound in the module; `nonlocal` needs no care: climbing finds it."""
    for mine, of_the_module in ((scope.imported, scope.top.imported), (scope.assigned, scope.top.assigned)):
        of_the_module |= mine & scope.of_the_module
        mine -= scope.of_the_module
