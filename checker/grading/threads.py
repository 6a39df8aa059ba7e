"""Where the program was: each thread, the call that it waits in, its stack, its locks, and whom it waits for.

The calls are the kernel's word; the stacks and Python's names for the threads come from the program's own process (see
`checker.inside.asked`). Threads are matched by age.
"""

from __future__ import annotations

from checker.diagnosis import locks, word
from checker.diagnosis.lockdefs import Definitions
from checker.grading.autopsy import sources_of
from checker.grading.ends import Ends
from checker.grading.model import ThreadState
from checker.grading.stacks import MOST_THREADS, Stack, ask, stacks
from checker.stage.program import Program
from checker.stage.rest import Waiting


def where(program: Program) -> list[ThreadState]:
    """The threads of a program that still runs; an empty list where it has ended."""
    if program.status is not None:
        return []
    program.observer.look()
    waits = program.observer.threads()
    ends = Ends(program, waits)
    sources = sources_of(program)
    # signal.pause() comes back from any signal: who waits in it is left alone.
    dump = ask(program) if all(wait.call != "pause" for wait in waits) else b""
    found = stacks(dump, program.folder, sources)
    hearsay = program.hearsay.events
    names = {told.ident: told.name for told in word.of_threads(hearsay)}
    states: list[ThreadState] = []
    for wait, stack in _matched(program, waits, found):
        if stack is not None and stack.ours:
            continue
        name = names.get(stack.ident) if stack is not None else None
        if name is None:
            name = "MainThread" if not states else f"Thread-{len(states)}"
        state = ThreadState(name, wait.call, peer=ends.peer(wait), closed=ends.closed(wait))
        if stack is not None:
            state.frames = stack.frames
            own = next((frame for frame in stack.frames if frame.own), None)
            if own is not None:
                state.file, state.line, state.source = own.file, own.line, own.source
        states.append(state)
    for state, taken in zip(states, locks.of_threads(states, Definitions(sources), hearsay), strict=True):
        state.holds = list(dict.fromkeys(lock.name for lock in taken.held))
        state.wants = taken.wanted.name if taken.wanted is not None else None
    return states


def _matched(program: Program, waits: list[Waiting], found: list[Stack]) -> list[tuple[Waiting, Stack | None]]:
    """Each thread with its stack. Those of processes that the program has started have none, and come last."""
    if not program.observer.proved:  # it knows no waits, and on some systems not the threads either: the stacks tell
        return [(Waiting(number, ""), stack) for number, stack in enumerate(found)]
    own = [wait for wait in waits if program.observer.is_own(wait.thread)]
    others = [wait for wait in waits if wait not in own]
    missing = len(own) - len(found)
    if missing and len(found) < MOST_THREADS:  # one came or went meanwhile, or is none of Python's
        missing, found = len(own), []
    stacks_of = [*[None] * missing, *found]
    return [*zip(own, stacks_of, strict=True), *((wait, None) for wait in others)]
