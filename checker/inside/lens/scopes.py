"""Where a name that is assigned to lives: known to all, to functions inside, or to one call of one function."""

from __future__ import annotations

import ast


class Scope:
    """One module, class or function on the way down the tree."""

    def __init__(self, kind: str, function: ast.AST | None = None) -> None:
        self.kind = kind
        self.captured = captured_names(function) if function is not None else frozenset()
        self.target: str | None = None  # what the value visited now is assigned to
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        for node in ast.walk(function) if function is not None else ():
            if isinstance(node, ast.Global):
                self.globals.update(node.names)
            elif isinstance(node, ast.Nonlocal):
                self.nonlocals.update(node.names)

    def kind_of(self, name: str) -> str:
        """"global", "class", "cell" (functions inside, or outside, know it) or "local"."""
        if self.kind != "local":
            return self.kind
        if name in self.globals:
            return "global"
        return "cell" if name in self.nonlocals or name in self.captured else "local"


def captured_names(function: ast.AST) -> frozenset[str]:
    """Names read by functions inside `function`: a little more than its cell variables, and no harm in it."""
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return frozenset(
        name.id
        for node in ast.walk(function)
        if isinstance(node, inner) and node is not function
        for name in ast.walk(node)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Load)
    )
