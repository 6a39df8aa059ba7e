"""Where the program was: each thread, the call that it waits in, file, line and source line.

The calls are the kernel's word; the lines come from a stack dump that the program's interpreter writes when it is asked by
signal (faulthandler, in C, needing no lock). Threads are matched by age: the dump lists the youngest first.
"""

from __future__ import annotations

import linecache
import re
from pathlib import Path

from checker.grading.model import ThreadState
from checker.inside.signals import STACKS
from checker.stage.program import Program
from checker.stage.rest import Waiting

_FRAME = re.compile(r'  File "(?P<file>.+)", line (?P<line>\d+) in (?P<function>.+)')

OURS = ("", 0)
"""In place of a frame: the thread by which the lens answers, no thread of the student's."""


def where(program: Program) -> list[ThreadState]:
    """The threads of a program that still runs; an empty list where it has ended."""
    if program.status is not None:
        return []
    program.observer.look()
    waits = program.observer.threads()
    stacks = _stacks(program)
    if not program.observer.proved:  # it knows no waits, and on some systems not the threads either: the stacks tell
        waits = [Waiting(number, "") for number in range(len(stacks))]
    if len(stacks) != len(waits):
        stacks = [None] * len(waits)
    states: list[ThreadState] = []
    for wait, stack in zip(waits, stacks, strict=True):
        if stack == OURS:
            continue
        number = len(states)
        name = "MainThread" if number == 0 else f"Thread-{number}"
        state = ThreadState(name, wait.call)
        if stack is not None:
            state.file, state.line = Path(stack[0]).name, stack[1]
            state.source = linecache.getline(stack[0], stack[1]).strip() or None
        states.append(state)
    return states


def _stacks(program: Program) -> list[tuple[str, int] | None]:
    """The innermost frame of the student's own folder for each thread, oldest thread first."""
    if STACKS is None:
        return []
    program.hearsay.dump = b""
    program.stage._hand.signal(program._number, STACKS)
    program.stage.wait(lambda: b"Current thread" in program.hearsay.dump, exits=True)
    program.stage.drain()
    folder = str(program.file.parent)
    stacks: list[tuple[str, int] | None] = []
    for line in program.hearsay.dump.decode("utf-8", "replace").splitlines():
        if line.startswith(("Thread 0x", "Current thread 0x")):
            stacks.append(None)
        elif stacks and stacks[-1] is None and (frame := _FRAME.match(line)) and frame["file"].startswith(folder):
            stacks[-1] = (frame["file"], int(frame["line"]))
        elif stacks and line.endswith(" in _answer_lens"):
            stacks[-1] = OURS
    return stacks[::-1]
