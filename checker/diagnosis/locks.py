"""Which locks a thread holds and which one it waits for, read from its stack and the syntax trees of the student's files.

A frame on a line in the body of `with X:` holds X, one on the line of the `with` itself is about to take it; so does what
stands between `X.acquire()` and `X.release()`. Where a line says too little (`with a, b:`), and for which object a name
stands, the process's own word decides where it was given (the event "where" of its hearsay, see `checker.inside.asked`).
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checker.diagnosis import word
from checker.diagnosis.lockdefs import Definitions, Variable, named
from checker.diagnosis.standing import Block, Standing, calls_of, has, is_plain, owner, stack_of
from checker.grading.model import ThreadState

WAITS_FOR_LOCKS = ("futex", "")
"""The calls in which a thread that waits for a lock is seen; "" where no calls are seen."""


@dataclass(frozen=True)
class Lock:
    """A lock that is held or wanted: its name as the source has it, where it is taken, and what is known of which one it is.

    `number` is the object's by the process's own word, `variable` the module's variable that the name certainly means;
    `twice` whether one thread may take it twice, `forever` whether it is waited for without a time-out.
    """

    name: str
    file: str
    line: int
    function: str = ""
    number: int | None = None
    variable: Variable | None = None
    twice: bool | None = None
    forever: bool = True

    def is_certainly(self, other: Lock) -> bool:
        """Whether both are one and the same object."""
        if self.number is not None and other.number is not None:
            return self.number == other.number
        return self.variable is not None and self.variable == other.variable


@dataclass(eq=False)
class Locks:
    """The locks of one thread: those it holds, in the order in which it took them, and the one that it waits for."""

    thread: ThreadState
    held: list[Lock]
    wanted: Lock | None

    def holds(self, lock: Lock | None) -> Lock | None:
        """Where it has taken that lock; None where it does not certainly hold it."""
        return next((one for one in self.held if lock is not None and one.is_certainly(lock)), None)


def of_threads(
    threads: Sequence[ThreadState], definitions: Definitions, hearsay: Sequence[Mapping[str, Any]]
) -> list[Locks]:
    """What each thread of one program holds and wants."""
    words = {told.name: told.frames for told in word.of_threads(hearsay)}
    stacks = [stack_of(thread, definitions, words.get(thread.name, [])) for thread in threads]
    wanted = [_wanted(thread, stack) for thread, stack in zip(threads, stacks, strict=True)]
    names = {lock.name for lock in wanted if lock is not None}
    return [
        Locks(thread, _held(stack, names), lock) for thread, stack, lock in zip(threads, stacks, wanted, strict=True)
    ]


def _lock(at: Standing, name: str, line: int, *, forever: bool = True) -> Lock:
    """The lock that `name` means in a frame."""
    number, twice = at.word.locks.get(name, (None, None)) if at.word is not None else (None, None)
    variable = at.definitions.variable(at.module, at.function, name)
    if twice is None and variable is not None:
        twice = at.definitions.twice(variable)
    return Lock(name, at.frame.file, line, at.frame.function, number, variable, twice, forever)


def _wanted(thread: ThreadState, stack: list[Standing]) -> Lock | None:
    innermost = next((frame for frame in thread.frames if frame.own), None)
    if thread.call not in WAITS_FOR_LOCKS or not stack or stack[0].frame is not innermost:
        return None
    at = stack[0]
    if not at.may_be_taking:
        return None
    if at.begun is not None and at.entering is not None:
        name = named(at.begun.items[at.entering].context_expr)
        return None if name is None else _lock(at, name, at.frame.line)
    calls = at.calls_here("acquire")
    if len(calls) != 1 or (at.word is None and at.begun is not None):
        return None
    name = owner(calls[0])
    return None if name is None else _lock(at, name, at.frame.line, forever=is_plain(calls[0]))


def _held(stack: list[Standing], wanted: Collection[str]) -> list[Lock]:
    """The locks of all frames, the outermost first. Who waits in X.wait() has let X go, and what X is made of."""
    held = [lock for at in reversed(stack) for lock in (*_by_with(at, wanted), *_by_acquire(at, wanted))]
    if stack and stack[0].in_library("wait", "wait_for"):
        at = stack[0]
        for name in filter(None, map(owner, at.calls_here("wait", "wait_for"))):
            gone = _lock(at, name, at.frame.line)
            held = [one for one in held if not (one.is_certainly(gone) or _is_like(one, gone, at.definitions))]
    return held


def _is_like(one: Lock, other: Lock, definitions: Definitions) -> bool:
    return one.name == other.name or definitions.shares(one.name, other.name)


def _is_lock(at: Standing, name: str, wanted: Collection[str]) -> bool:
    """Whether that is a lock by evidence: made one somewhere, waited for as one, or one by the process's word."""
    by_word = at.word is not None and name in at.word.locks
    return by_word or name in wanted or at.definitions.is_lock(name)


def _by_with(at: Standing, wanted: Collection[str]) -> Iterator[Lock]:
    for block, number in at.way:
        node = block[number]
        if not isinstance(node, ast.With):
            continue
        entered = len(node.items)
        if node is at.begun and not at.is_in_body:
            entered = at.entering or 0
        given_back = {owner(call) for call in calls_of(node.body, "release")}
        for item in node.items[:entered]:
            name = named(item.context_expr)
            if name is not None and name not in given_back and _is_lock(at, name, wanted):
                yield _lock(at, name, item.context_expr.lineno)


def _by_acquire(at: Standing, wanted: Collection[str]) -> Iterator[Lock]:
    """What was taken on the way to the line, and is given back further on in the same function, but not before."""
    for block, number in at.way:
        for node in block[:number]:
            call = node.value if isinstance(node, ast.Expr) else None
            if not isinstance(call, ast.Call) or call not in calls_of([node], "acquire") or not is_plain(call):
                continue
            name = owner(call)
            releases = [one.lineno for one in calls_of(at.body, "release") if owner(one) == name]
            before = any(node.lineno <= line <= at.frame.line for line in releases)
            after = any(line > at.frame.line for line in releases)
            certain = after and not before and not _goes_round(at.way, node, releases)
            if name is not None and certain and _is_lock(at, name, wanted):
                yield _lock(at, name, call.lineno)


def _goes_round(way: list[tuple[Block, int]], taken: ast.stmt, releases: list[int]) -> bool:
    """Whether a loop that begins after the lock was taken gives it back: it may have come round to here without it."""
    loops = [block[number] for block, number in way if isinstance(block[number], (ast.For, ast.While))]
    return any(loop.lineno > taken.lineno and any(has(loop, line) for line in releases) for loop in loops)
