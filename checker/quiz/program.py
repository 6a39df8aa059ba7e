"""The part of a wrong program that is shown: the functions that are not as in the right one, without their comments, which
say what would be right."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable
from dataclasses import replace

from checker.report.edits import Edit, edit

Lines = list[tuple[int, str]]
"""Lines with their numbers in the file."""


def part(wrong: str, right: str) -> list[Lines]:
    """The pieces of `wrong` to show, in order."""
    lines = changes(wrong, right, "").lines
    now, before = ast.parse(wrong), ast.parse(right)
    touched = {_name(_around(now, line.number)) for line in lines if line.sign == "+"}
    touched |= {_name(_around(before, line.number)) for line in lines if line.sign == "-"}
    added = {line.number for line in lines if line.sign == "+"}
    bare = zip(wrong.split("\n"), without_comments(wrong).split("\n"), strict=True)
    code = {number: line for number, (was, line) in enumerate(bare, 1) if line or not was}
    pieces = []
    for node in now.body:
        numbers = range(_begin(node), (node.end_lineno or node.lineno) + 1)
        if _name(node) in touched if _name(node) else added.intersection(numbers):
            pieces.append([(number, code[number]) for number in numbers if number in code])
    return pieces


def _around(tree: ast.Module, number: int) -> ast.stmt | None:
    """The statement of the module that a line is part of."""
    return next((node for node in tree.body if _begin(node) <= number <= (node.end_lineno or 0)), None)


def _name(node: ast.stmt | None) -> str:
    return node.name if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else ""


def _begin(node: ast.stmt) -> int:
    decorators: Iterable[ast.expr] = getattr(node, "decorator_list", ())
    return min([node.lineno, *(one.lineno for one in decorators)])


def without_comments(source: str) -> str:
    """A source with every line at its place, and no comment in it."""
    lines = source.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            number, column = token.start
            lines[number - 1] = lines[number - 1][:column].rstrip()
    return "\n".join(lines)


def changes(wrong: str, right: str, file: str) -> Edit:
    """What makes a program wrong: the lines that differ, comments and empty lines apart."""
    found = edit(file, without_comments(right), without_comments(wrong))
    return replace(found, lines=tuple(line for line in found.lines if line.text.strip()))
