"""Where one frame of a stack stands in the syntax tree of its function."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from checker.diagnosis.lockdefs import Definitions, Function, Module, named
from checker.diagnosis.word import FrameWord
from checker.grading.model import Frame, ThreadState

ITEMS_HAVE_LINES = sys.version_info >= (3, 13)
"""Whether entering one of the things of a `with` is on that one's line; before, it is on the line of the `with`."""

Block = list[ast.stmt]


@dataclass
class Standing:
    """A frame of the student's, `inner` what is called from there, and the process's own word on it, where it gave one."""

    frame: Frame
    inner: Frame | None
    module: Module
    function: Function | None
    definitions: Definitions
    word: FrameWord | None

    @property
    def body(self) -> Block:
        """The statements of its function."""
        return self.module.tree.body if self.function is None else self.function.body

    def in_library(self, *functions: str) -> bool:
        """Whether what is called from here is one of these functions of threading.py."""
        inner = self.inner
        return inner is not None and not inner.own and inner.file == "threading.py" and inner.function in functions

    @property
    def may_be_taking(self) -> bool:
        """Whether nothing is called from here, or only what a Condition or a Semaphore is taken by."""
        return self.inner is None or self.in_library("__enter__", "acquire")

    @cached_property
    def way(self) -> list[tuple[Block, int]]:
        """The blocks that lead to the line, from the outside in, and which statement of each it is in."""
        return list(_way(self.body, self.frame.line))

    @cached_property
    def begun(self) -> ast.With | None:
        """The `with` whose first lines the frame stands on, be it that the body is on the same line."""
        for block, number in self.way:
            node = block[number]
            if isinstance(node, ast.With) and (self.frame.line < node.body[0].lineno or is_one_line(node)):
                return node
        return None

    @cached_property
    def entering(self) -> int | None:
        """Of the things that `begun` enters, the number of the one that is being entered; None where none is, or where that
        cannot be told."""
        node = self.begun
        if node is None:
            return None
        lines = [item.context_expr.lineno if ITEMS_HAVE_LINES else node.lineno for item in node.items]
        here = [number for number, line in enumerate(lines) if line == self.frame.line]
        if self.word is not None:
            return here[self.word.enters % len(here)] if here and self.word.enters is not None else None
        may_be_in_body = is_one_line(node) and bool(calls_of(node.body, "acquire"))
        return here[0] if len(here) == 1 and self.may_be_taking and not may_be_in_body else None

    @property
    def is_in_body(self) -> bool:
        """Whether it is certainly in the body of a `begun` that is on one line (`with X: f()`)."""
        if self.begun is None or not is_one_line(self.begun) or self.entering is not None:
            return False
        return self.word is not None or (self.inner is not None and self.inner.function != "__enter__")

    def calls_here(self, *names: str) -> list[ast.Call]:
        """The calls `X.name(...)` on its line."""
        return [call for call in calls_of(self.body, *names) if has(call, self.frame.line)]


def stack_of(thread: ThreadState, definitions: Definitions, words: Sequence[FrameWord]) -> list[Standing]:
    """The student's frames of a thread, innermost first, but for those that no statement belongs to (a lambda's, say)."""
    own = [(number, frame) for number, frame in enumerate(thread.frames) if frame.own]
    here = [(frame.file, frame.line, frame.function) for _number, frame in own]
    # Its word counts where it tells of the very same stack.
    agree = here == [(told.file, told.line, told.function) for told in words[: len(own)]]
    found = []
    for place, (number, frame) in enumerate(own):
        module = definitions.modules.get(frame.file)
        function = None if module is None else _function(module, frame)
        if module is not None and (function is not None or frame.function == "<module>"):
            inner = thread.frames[number - 1] if number else None
            found.append(Standing(frame, inner, module, function, definitions, words[place] if agree else None))
    return found


def _function(module: Module, frame: Frame) -> Function | None:
    """The innermost function of that name which has the line."""
    around = [one for one in module.functions if one.name == frame.function and has(one, frame.line)]
    return max(around, key=lambda one: one.lineno, default=None)


def _way(body: Block, line: int) -> Iterator[tuple[Block, int]]:
    while body:
        number = next((number for number, one in enumerate(body) if has(one, line)), None)
        if number is None:
            return
        yield body, number
        parts = [body[number], *getattr(body[number], "handlers", ()), *getattr(body[number], "cases", ())]
        blocks = [getattr(part, name, None) for part in parts for name in ("body", "orelse", "finalbody")]
        body = next((one for one in blocks if one and any(has(node, line) for node in one)), [])


def has(node: ast.stmt | ast.expr, line: int) -> bool:
    """Whether a node is on that line, too."""
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def is_one_line(node: ast.With) -> bool:
    """Whether the body is on the line of the `with`."""
    return node.lineno == node.body[0].lineno


def calls_of(body: Sequence[ast.stmt], *names: str) -> list[ast.Call]:
    """The calls `X.name(...)` in some statements."""
    calls = [node for one in body for node in ast.walk(one) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in names]


def owner(call: ast.Call) -> str | None:
    """X in `X.acquire()`, as text."""
    return named(call.func.value) if isinstance(call.func, ast.Attribute) else None


def is_plain(call: ast.Call) -> bool:
    """Whether `X.acquire()` waits for the lock however long it takes, and has it then."""
    return not call.args and not call.keywords
