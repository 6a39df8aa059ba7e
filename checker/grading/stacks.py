"""The stacks of a running program's threads: dumps that its interpreter writes when it is asked by signal."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from checker import inside
from checker.grading.model import MOST_FRAMES, Frame
from checker.inside.signals import STACKS, WHERE
from checker.stage.failure import Failed
from checker.stage.program import Program

MOST_THREADS = 100
"""A dump has no more threads than these, the youngest (CPython: MAX_NTHREADS)."""

MOST_SPELLS = 10
"""How often one that only burns is seen to do so (after 0.2 processor seconds each time) until no answer is expected."""

_THREAD = re.compile(r"(?:Thread|Current thread) 0x(?P<ident>[0-9a-f]{1,16})\b")
_FRAME = re.compile(r'  File "(?P<file>.+)", line (?P<line>\d{1,9}) in (?P<function>.+)')
_ESCAPE = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U000[0-9a-f]{5}|U0010[0-9a-f]{4})")
_COMPLETE = re.compile(
    rb"^Current thread [^\n]*\n(?:  File [^\n]*\n)*"
    rb'(?:  File [^\n]*(?: in _run_module_as_main|/spawned\.py", line \d+ in <module>|/threading\.py", line \d+ in _shutdown)'
    rb"|  \.\.\.)\n\Z|^\.\.\.\n\Z",
    re.MULTILINE,
)
"""How a dump ends: with the outermost call of the main thread, which answers (in a forked interpreter; in a fresh one; where it
waits for its threads), or dots where its stack is very deep; or with dots where the threads are very many."""
_OURS = str(Path(inside.__file__).parent) + os.sep


@dataclass
class Stack:
    """One thread of a dump, `frames` innermost first; `ours` where the lens answers by it, no thread of the student's."""

    ident: int
    frames: list[Frame] = field(default_factory=list)
    ours: bool = False


def ask(program: Program) -> bytes:
    """Have the program tell of its threads; returns the dump. Its main thread's answer is added to its hearsay.

    That one comes first: the main thread answers when its wait is interrupted, and the dump, after which the wait goes on as
    if nothing had been, must not be what it is interrupted in. One that does not come by answers nothing, and rests.
    """
    hearsay = program.hearsay
    hearsay.dump = b""
    answers = len(hearsay.all("where"))
    with contextlib.suppress(Failed):  # it floods us meanwhile, and was ended
        if WHERE is not None:
            _ask(program, WHERE, lambda: len(hearsay.all("where")) > answers)
        if STACKS is not None:
            _ask(program, STACKS, lambda: _COMPLETE.search(hearsay.dump) is not None)
    return hearsay.dump


def _ask(program: Program, signal: int, answered: Callable[[], bool]) -> None:
    """Who only burns is as much at rest as it will ever be, and yet answers: its answer gets processor time of its own."""
    stage = program.stage
    stage.hand.signal(program._number, signal)
    for _spell in range(MOST_SPELLS):
        stage.wait(answered)
        burning = [one.observer for one in stage.running() if one.observer.spinning()]
        if answered() or not burning:
            return
        for observer in burning:
            observer.effect(printed_only=False)


def stacks(dump: bytes, folder: Path, sources: Mapping[str, str]) -> list[Stack]:
    """The stacks of a dump, the oldest thread first. `sources` are the student's files, by their names in `folder`."""
    found: list[Stack] = []
    done = False
    for line in dump.decode("ascii", "replace").splitlines():
        thread, frame = _THREAD.match(line), _FRAME.match(line)
        if thread is not None:
            found.append(Stack(int(thread["ident"], 16)))
            done = False
        elif frame is not None and found and not done:
            file, function = _unescaped(frame["file"]), _unescaped(frame["function"])
            if file.startswith(_OURS):
                found[-1].ours = found[-1].ours or function == "_answer_lens"
                done = file == _OURS + "launcher.py"  # what is around the student's function is ours
            elif len(found[-1].frames) < MOST_FRAMES:
                found[-1].frames.append(_frame(file, int(frame["line"]), function, folder, sources))
    return found[::-1]


def _frame(file: str, line: int, function: str, folder: Path, sources: Mapping[str, str]) -> Frame:
    inside_folder = os.path.join(folder, "")
    function = _shown(function)
    if not file.startswith(inside_folder):
        return Frame(_shown(Path(file).name), line, function, own=False)
    name = _shown(file[len(inside_folder) :].replace(os.sep, "/"))
    lines = sources.get(name, "").split("\n")
    source = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return Frame(name, line, function, own=True, source=source or None)


def _unescaped(text: str) -> str:
    """A dump is ASCII: other letters are in it as `\\xe9`, `\\u0444`, `\\U0001f600`."""
    return _ESCAPE.sub(lambda escape: chr(int(escape[0][2:], 16)), text)


def _shown(text: str) -> str:
    """A name on disk that is not UTF-8 has half surrogate pairs in it, which no report can hold."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
