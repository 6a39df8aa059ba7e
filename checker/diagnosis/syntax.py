"""The student's files as syntax trees: to find the line that is meant, or to tell two causes apart that look alike."""

from __future__ import annotations

import ast
import codecs
from collections.abc import Iterator, Mapping
from functools import cached_property

from checker.parsing import parse

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module
Place = tuple[str, int]
"""A file's name and a line."""

RECEIVES = {"recv", "recv_into", "recvfrom", "recvmsg", "read", "read1", "readline", "readlines", "readinto"}
SENDS = {"send", "sendall", "sendmsg"}
ENDS = {"_exit", "exit", "quit", "kill", "abort"}


class Sources:
    """Every file that can be parsed, by name. What is looked for all over is looked for in those that are not `anothers`."""

    def __init__(self, sources: Mapping[str, str], anothers: str = "") -> None:
        self._sources, self._anothers = sources, anothers

    @cached_property
    def trees(self) -> dict[str, ast.Module]:
        """The files' trees; a file that is no Python is not among them."""
        trees = {}
        for name, text in self._sources.items():
            try:
                trees[name] = parse(text)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
        return trees

    @property
    def own(self) -> dict[str, ast.Module]:
        """The trees of the judged program's files."""
        return {name: tree for name, tree in self.trees.items() if name != self._anothers}

    def function_at(self, file: str | None, line: int | None) -> Function | None:
        """The innermost function that a line is in, or the module."""
        tree = self.trees.get(file or "")
        if tree is None or line is None:
            return None
        found: Function = tree
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                inside = node.lineno <= line <= (node.end_lineno or node.lineno)
                if inside and (isinstance(found, ast.Module) or node.lineno >= found.lineno):
                    found = node
        return found

    def leads_to(self, function: Function | None, names: set[str]) -> bool:
        """Whether a function calls one of `names`, or a function of the student's that does."""
        bodies: dict[str, list[Function]] = {}
        for tree in self.trees.values():
            for node in ast.walk(tree):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    bodies.setdefault(node.name, []).append(node)
        waiting, seen = [function] if function is not None else [], set[str]()
        while waiting:
            called_here = {called(call) for call in _calls(waiting.pop())}
            if called_here & names:
                return True
            waiting += [body for name in called_here - seen for body in bodies.get(name, ())]
            seen |= called_here
        return False

    def calls(self, *names: str) -> list[tuple[str, ast.Call]]:
        """Every call of a function or method with one of these names, in the order of the files' lines."""
        found = [
            (file, call)
            for file, tree in self.own.items()
            for call in _calls(tree)
            if called(call) in names
        ]
        return sorted(found, key=lambda one: (one[0], one[1].lineno))

    def only_call(self, *names: str) -> Place | None:
        """Where the only such call is; None where there are several, or none."""
        found = self.calls(*names)
        return (found[0][0], found[0][1].lineno) if len(found) == 1 else None

    def names(self, name: str) -> bool:
        """Whether a name or an attribute of that name is used anywhere."""
        return any(
            (isinstance(node, ast.Attribute) and node.attr == name) or (isinstance(node, ast.Name) and node.id == name)
            for tree in self.own.values()
            for node in ast.walk(tree)
        )

    def unread_results(self, method: str) -> list[Place]:
        """Where a method of that name is called and nobody looks at what it returns."""
        return [
            (file, node.lineno)
            for file, tree in self.own.items()
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
            and node.value.func.attr == method
        ]

    def codec(self) -> Place | None:
        """The only place where another codec than UTF-8, or errors="ignore", is given to encode() or decode()."""
        found = [
            (file, call.lineno)
            for file, tree in self.trees.items()
            for call in _calls(tree)
            if called(call) in ("encode", "decode", "str", "bytes")
            and any(_is_other_codec(value) for value in (*call.args, *(one.value for one in call.keywords)))
        ]
        return found[0] if len(found) == 1 else None

    def sending_loop(self) -> Place | None:
        """The only `for` in which something is sent."""
        loops = [
            (file, node.lineno)
            for file, tree in self.own.items()
            for node in ast.walk(tree)
            if isinstance(node, ast.For) and any(called(call) in SENDS for call in _calls(node))
        ]
        return loops[0] if len(loops) == 1 else None

    def removed_in_a_loop(self) -> Place | None:
        """Where something is taken out of what a `for` is just going through."""
        for file, tree in self.own.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.For):
                    iterated = ast.unparse(node.iter)
                    for call in _calls(node):
                        method = call.func
                        removes = isinstance(method, ast.Attribute) and method.attr in ("remove", "pop", "discard")
                        if removes and ast.unparse(method.value) == iterated:  # type: ignore[attr-defined]
                            return file, call.lineno
        return None

    def calls_at(self, file: str | None, line: int | None) -> list[ast.Call]:
        """The calls that are written on a line, or over several with that line among them."""
        tree = self.trees.get(file or "")
        if tree is None or line is None:
            return []
        return [call for call in _calls(tree) if call.lineno <= line <= (call.end_lineno or call.lineno)]


def called(call: ast.expr) -> str:
    """The name of what is called, without what comes before its last dot."""
    function = call.func if isinstance(call, ast.Call) else call
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def does_call(function: Function, names: set[str]) -> bool:
    """Whether one of these is called in a function's own lines."""
    return any(called(call) in names for call in _calls(function))


def _is_other_codec(node: ast.expr) -> bool:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    try:
        return codecs.lookup(node.value).name != "utf-8"
    except (LookupError, ValueError):
        return node.value == "ignore"


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))
