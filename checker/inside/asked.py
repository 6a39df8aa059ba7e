"""What the program says of its threads when it is asked by signal, once a check has failed.

STACKS is answered in C and needs nothing of the interpreter: every thread's stack. WHERE is answered by the main thread as
soon as it comes by: the threads' names, and of each frame of the student's which lock is meant by which name. Nothing of
the program is run for it: attributes are looked up where they are stored, never computed.
"""

from __future__ import annotations

import _thread
import contextlib
import json
import opcode
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any

from checker.inside import process
from checker.inside.signals import STACKS, WHERE

MOST_THREADS = 200
MOST_FRAMES = 30
LONGEST_NAME = 60

_LOCK, _RLOCK = type(_thread.allocate_lock()), type(threading.RLock())
_LENS = "checker.inside.lens.locks"
_ENTER = {opcode.opmap[name] for name in ("SETUP_WITH", "BEFORE_WITH") if name in opcode.opmap}
"""Python 3.10; 3.11 to 3.13."""
_OPTIMIZED = 1  # of co_flags: the local variables are not kept in a dict


def answer(descriptor: int, folder: str) -> None:
    """From now on answer both signals over `descriptor`; `folder` is the student's."""
    if STACKS is not None:
        process.dump_stacks_at(STACKS, descriptor)
    if WHERE is not None:
        signal.signal(WHERE, lambda _signal, frame: _tell(descriptor, os.path.join(folder, ""), frame))


def _tell(descriptor: int, folder: str, interrupted: FrameType | None) -> None:
    try:
        said: dict[str, Any] = {"event": "where", "threads": list(_threads(folder, interrupted))}
    except Exception as error:  # whatever the program has made of itself: it must not notice that it was asked
        said = {"event": "where", "threads": [], "error": repr(error)}
    line = json.dumps(said).encode() + b"\n"
    with contextlib.suppress(OSError):  # the checker is gone
        while line:
            line = line[os.write(descriptor, line) :]


def _threads(folder: str, interrupted: FrameType | None) -> Iterator[dict[str, Any]]:
    """One after the other as they were started, the main thread first."""
    frames: dict[int, FrameType | None] = dict(sys._current_frames())
    frames[threading.get_ident()] = interrupted
    active: dict[int, threading.Thread] = threading._active.copy()  # type: ignore[attr-defined]
    given: dict[str, int] = {}
    for number, ident in enumerate(list(frames)[::-1][:MOST_THREADS]):
        name = "MainThread" if number == 0 else getattr(active.get(ident), "_name", None)
        if type(name) is not str:
            name = f"Thread-{number}"
        name = name[:LONGEST_NAME]
        given[name] = given.get(name, 0) + 1
        if given[name] > 1:  # each has a name of its own here, whatever the program calls them
            name += f" ({given[name]})"
        yield {"ident": ident, "name": name, "frames": list(_own(frames[ident], folder))}


def _own(frame: FrameType | None, folder: str) -> Iterator[dict[str, Any]]:
    """The frames of the student's, innermost first."""
    left = MOST_FRAMES
    while frame is not None and left:
        code = frame.f_code
        if code.co_filename.startswith(folder):
            yield {
                "file": code.co_filename[len(folder) :].replace(os.sep, "/"),
                "line": frame.f_lineno,
                "function": code.co_name,
                "enters": _enters(code, frame.f_lasti),
                "locks": _locks(frame),
            }
            left -= 1
        frame = frame.f_back


def _enters(code: CodeType, at: int) -> int | None:
    """Of the things that the `with` of the present line enters, the number of the one that is being entered; None where
    none is. (The line alone does not tell: `with a, b:`, `with a: f()`.)"""
    instructions = code.co_code
    if at < 0 or instructions[at] not in _ENTER:
        return None
    lines = [line for start, end, line in code.co_lines() for _unit in range(start, end, 2)]
    before = range(0, at, 2)
    return sum(instructions[one] in _ENTER and lines[one // 2] == lines[at // 2] for one in before)


# Which lock is which


def _locks(frame: FrameType) -> dict[str, tuple[int, bool]]:
    """The locks that the code of a frame can name (`lock`, `self.lock`, `self.room.lock`): the number of the object, and
    whether one thread may take it twice."""
    code = frame.f_code
    names = {*code.co_names, *code.co_varnames, *code.co_freevars, *code.co_cellvars}
    places = {name: frame.f_globals[name] for name in code.co_names if name in frame.f_globals}
    variables = frame.f_locals
    places.update((name, variables[name]) for name in names if name in variables)
    if code.co_flags & _OPTIMIZED and isinstance(variables, dict):
        variables.clear()  # a copy, kept by the frame (before 3.13): it would keep alive what the program lets go
    found: dict[str, tuple[int, bool]] = {}
    for _level in range(3):
        found.update((text, lock) for text, value in places.items() if (lock := _lock(value)) is not None)
        places = dict(_attributes(places, code.co_names))
    return found


def _lock(value: object) -> tuple[int, bool] | None:
    kind = type(value)
    if issubclass(kind, threading.Condition):
        value = object.__getattribute__(value, "_lock")
        kind = type(value)
    if kind.__module__ == _LENS and hasattr(kind, "_kind"):
        return id(value), kind._kind != "Lock"
    return (id(value), kind is _RLOCK) if kind in (_LOCK, _RLOCK) else None


def _attributes(places: dict[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for text, value in places.items():
        stored = list(_stored(value))
        for name in names:
            for attributes in stored:
                if name in attributes:
                    yield f"{text}.{name}", attributes[name]
                    break


def _stored(value: object) -> Iterator[Any]:
    """Where the attributes of an object, a class or a module are stored, in the order in which they are looked up."""
    kind = type(value)
    if issubclass(kind, type):
        yield from (one.__dict__ for one in value.__mro__)  # type: ignore[attr-defined]
        return
    with contextlib.suppress(AttributeError):
        yield object.__getattribute__(value, "__dict__")
    yield from (one.__dict__ for one in kind.__mro__)
