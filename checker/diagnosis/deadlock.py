"""Threads that wait for locks which nobody will ever give back.

When is a deadlock certain? Each thread of a circle holds what the one before it wants, waits for its own without a time-out,
and only who holds a lock gives it back (semaphores are left out for that). What a thread holds and wants is read from one
stack, and none of the circle moves on from it, so it does not matter what the others do meanwhile.

What is left is whether the lock that one wants is the lock that another holds: the same text is no proof. `self.lock` is
another lock in each object; two threads that hold and want `self.a` and `self.b` crosswise wait for ever only where both
mean one `self`. So a lock is taken to be the same where the process itself told the same object of both, or, where it told
nothing, where both names mean one variable of a module that is bound once. A lock that two threads seem to hold at once
shows that something was misread, and nothing is claimed of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from checker.diagnosis import locks
from checker.diagnosis.evidence import Evidence
from checker.diagnosis.lockdefs import Definitions
from checker.diagnosis.locks import Lock, Locks
from checker.diagnosis.unreleased import never_released
from checker.grading.model import Cause, ThreadState
from checker.texts import _


def deadlock(evidence: Evidence) -> Cause | None:
    """The mistake by which threads wait for locks for ever; None where there is none that is certain."""
    if not any(thread.wants for thread in evidence.result.threads):
        return None
    definitions = Definitions(evidence.sources)
    for threads, hearsay in _programs(evidence):
        found = locks.of_threads(threads, definitions, hearsay)
        cause = _taken_twice(found) or _circle(found)
        if cause is None and evidence.result.ended_by == "rest":
            cause = never_released(found, definitions)
        if cause is not None:
            return cause
    return None


def _programs(evidence: Evidence) -> Iterator[tuple[list[ThreadState], Sequence[Mapping[str, Any]]]]:
    """The threads of each running program, which begin with its main thread, and its own process's word."""
    groups: list[list[ThreadState]] = []
    for thread in evidence.result.threads:
        if thread.name == "MainThread" or not groups:
            groups.append([])
        groups[-1].append(thread)
    words = [actor.hearsay for actor in evidence.cast if actor.status is None] or [evidence.hearsay]
    if len(words) == len(groups):
        yield from zip(groups, words, strict=True)


def _place(lock: Lock, file: str) -> str:
    """Where a lock is taken: the line, with its file where that is not `file`."""
    if lock.file == file:
        return _("line {line}").format(line=lock.line)
    return _("{file}, line {line}").format(file=lock.file, line=lock.line)


def _taken_twice(found: Sequence[Locks]) -> Cause | None:
    for one in found:
        again = one.wanted
        first = one.holds(again)
        if again is None or first is None or again.twice is not False or not again.forever:
            continue
        text = _(
            "{thread} holds {lock} (taken at {first}) and waits for it once more at {again}: a Lock lets nobody in twice, "
            "not even who holds it, so this thread waits for ever."
        )
        if first.function == again.function:
            text += " " + _("Take it only once on the way there, or make it a threading.RLock().")
        else:
            text += " " + _(
                "Call {function}() when the lock is free again, or leave it to those who call it to take the lock."
            )
        text = text.format(
            thread=one.thread.name,
            lock=first.name,
            first=_place(first, again.file),
            again=_place(again, again.file),
            function=again.function,
        )
        return Cause("lock_taken_twice", text, again.line, again.file)
    return None


def _circle(found: Sequence[Locks]) -> Cause | None:
    for start in found:
        circle: list[Locks] = []
        one: Locks | None = start
        while one is not None and one not in circle:
            circle.append(one)
            one = _holder(one.wanted, found)
        if one is start and len(circle) > 1:
            return _told(circle)
    return None


def _holder(lock: Lock | None, found: Sequence[Locks]) -> Locks | None:
    """Who certainly holds a lock that is waited for without a time-out."""
    holders = [one for one in found if one.holds(lock) is not None]
    return holders[0] if lock is not None and lock.forever and len(holders) == 1 else None


def _told(circle: list[Locks]) -> Cause | None:
    """`circle`: each waits for a lock that the next one holds, the last for one of the first."""
    said = []
    line, file = None, ""
    for before, one in zip([circle[-1], *circle], circle, strict=False):
        held, wanted = one.holds(before.wanted), one.wanted
        if held is None or wanted is None:
            return None
        if line is None:
            line, file = wanted.line, wanted.file
        said.append(
            _("{thread} holds {held} (taken at {first}) and waits for {wanted} at {line}").format(
                thread=one.thread.name,
                held=held.name,
                first=_place(held, file),
                wanted=wanted.name,
                line=_place(wanted, file),
            )
        )
    text = _(
        "{threads}: none of them can go on. Take these locks in the same order everywhere; often one lock is enough."
    )
    return Cause("deadlock", text.format(threads=_(", while ").join(said)), line, file)
