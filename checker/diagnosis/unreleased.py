"""A lock that was taken by `acquire()` and never given back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checker.diagnosis.lockdefs import ANYBODY_GIVES_BACK, Definitions, Function, last
from checker.diagnosis.locks import Locks
from checker.diagnosis.standing import calls_of, has, is_plain, owner
from checker.grading.model import MOST_FRAMES, Cause
from checker.texts import _


@dataclass(frozen=True)
class _Take:
    """One `X.acquire()`. `paired` where the way that it goes on is known: it has no time-out, and X is given back in the
    same function or nowhere."""

    file: str
    function: Function | None
    line: int
    paired: bool


def never_released(found: Sequence[Locks], definitions: Definitions) -> Cause | None:
    """To be asked at rest. Some thread waits for a lock that is known by one name only, all that take it by `acquire()` give
    it back in the same function or not at all, and no thread stands where it may hold it: so nobody holds it who could
    give it back."""
    for one in found:
        lock = one.wanted
        if lock is None or not lock.forever:
            continue
        made = definitions.made(lock.name)
        if len(made) != 1 or made[0].maker in (*ANYBODY_GIVES_BACK, "Condition"):
            continue
        takes = list(_takes(lock.name, definitions))
        if (
            not takes
            or not all(take.paired for take in takes)
            or any(_may_hold(other, lock.name, takes) for other in found)
        ):
            continue
        text = _(
            "{thread} waits for {lock} at line {line}, and nobody will give it back: it was taken by acquire() at line "
            "{taken}, and what took it went on without release(), be it by a return, a continue or an exception. Write "
            "`with {lock}:` instead: it gives the lock back, however its body ends."
        ).format(thread=one.thread.name, lock=lock.name, line=lock.line, taken=takes[0].line)
        return Cause("lock_never_released", text, takes[0].line, takes[0].file)
    return None


def _takes(name: str, definitions: Definitions) -> Iterator[_Take]:
    nowhere = not any(
        last(owner(call) or "") == last(name)
        for module in definitions.modules.values()
        for call in calls_of(module.tree.body, "release")
    )
    for module in definitions.modules.values():
        for call in calls_of(module.tree.body, "acquire"):
            if last(owner(call) or "") != last(name):
                continue
            around = [function for function in module.functions if has(function, call.lineno)]
            function = max(around, key=lambda one: one.lineno, default=None)
            body = module.tree.body if function is None else function.body
            released = any(last(owner(one) or "") == last(name) for one in calls_of(body, "release"))
            yield _Take(module.file, function, call.lineno, is_plain(call) and (released or nowhere))


def _may_hold(other: Locks, name: str, takes: Sequence[_Take]) -> bool:
    """Whether a thread holds a lock of that name, or stands behind an `acquire()` of it, or is not seen as a whole."""
    if not 0 < len(other.thread.frames) < MOST_FRAMES or any(last(held.name) == last(name) for held in other.held):
        return True
    own = [frame for frame in other.thread.frames if frame.own]
    return any(
        frame.file == take.file
        and frame.line > take.line
        and (frame.function == "<module>" if take.function is None else has(take.function, frame.line))
        for frame in own
        for take in takes
    )
