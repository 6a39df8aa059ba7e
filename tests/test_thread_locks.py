"""Which locks a thread holds and which one it wants, of real programs on a real stage."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from stalled import NEVER, threads_of

from checker.grading.engine import Engine

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the calls and names of threads are seen on Linux")

HOLDS_AND_WANTS = [
    ("with lock:\n        with never: pass", ["lock"], "never"),
    ("with lock, never: pass", ["lock"], "never"),
    ("with never, lock: pass", [], "never"),
    ("with (\n        lock,\n        never,\n    ):\n        pass", ["lock"], "never"),
    ("with lock: never.acquire()", ["lock"], "never"),
    ("with lock: helper()", ["lock"], "never"),
    ("with lock:\n        helper()", ["lock"], "never"),
    ("with lock, other:\n        [helper() for _ in 'x']", ["lock", "other"], "never"),
    ("lock.acquire()\n    try:\n        helper()\n    finally:\n        lock.release()", ["lock"], "never"),
    ("lock.acquire()\n    never.acquire()\n    lock.release()", ["lock"], "never"),
    ("lock.acquire()\n    lock.release()\n    never.acquire()\n    lock.release()", [], "never"),
    ("lock.acquire()\n    gives_back()\n    never.acquire()", [], "never"),
    ("lock.acquire()\n    for _ in 'xy':\n        late()\n        lock.release()", [], "never"),
    ("with lock:\n        lock.release()\n        helper()", [], "never"),
    ("with again:\n        with again:\n            with again, never: pass", ["again"], "never"),
    ("with lock:\n        event.wait()", ["lock"], None),
    ("with lock:\n        with condition:\n            condition.wait()", ["lock"], None),
    ("with lock:\n        with of_lock:\n            of_lock.wait()", [], None),
    ("with condition:\n        condition.wait_for(lambda: False)", [], None),
    ("with condition, semaphore: pass", ["condition"], "semaphore"),
    ("with condition:\n        semaphore.acquire()", ["condition"], "semaphore"),
    ("Room().enters()", ["self.lock"], "self.never"),
    ("with made():\n        never.acquire()", [], "never"),
]
"""What a function does, the locks that it holds in the end, and the one that it waits for."""

LOCKS = """
lock, other = Lock(), threading.Lock()
again = RLock()
event = Event()
condition = Condition()
of_lock = Condition(RLock())
semaphore = Semaphore(0)


def helper():
    never.acquire()


def gives_back():
    lock.release()


def late(times=[]):
    times.append(1)
    if len(times) > 1:
        never.acquire()


def made():
    return Lock()


class Room:
    def __init__(self):
        self.lock = threading.Lock()
        self.never = never

    def enters(self):
        with self.lock:
            self.goes_on()

    def goes_on(self):
        with self.never:
            pass


def it():
    BODY


FUNCTIONS = [it]
"""


@pytest.mark.parametrize(("body", "holds", "wants"), HOLDS_AND_WANTS, ids=[body for body, _h, _w in HOLDS_AND_WANTS])
def test_locks_held_and_wanted(
    engine: Engine, open_folder: Path, body: str, holds: list[str], wants: str | None
) -> None:
    locks = LOCKS.replace("Condition(RLock())", "Condition(lock)") if "of_lock" in body else LOCKS
    if "of_lock" in body:  # a lock that a Condition shares is not taken twice
        locks = locks.replace("lock, other = Lock(),", "lock, other = RLock(),")
    thread = threads_of(engine, open_folder, NEVER + locks.replace("BODY", body))["it"]
    assert (thread.holds, thread.wants) == (holds, wants)


IMPORTS = {
    "import threading as th": "th.Lock()",
    "from threading import Lock as L": "L()",
    "from threading import *": "Lock()",
    "from _thread import allocate_lock": "allocate_lock()",
}


@pytest.mark.parametrize("imported", IMPORTS)
def test_a_lock_is_known_however_it_was_imported(engine: Engine, open_folder: Path, imported: str) -> None:
    source = f"""{imported}
lock = {IMPORTS[imported]}

def it():
    with lock:
        Event().wait()

FUNCTIONS = [it]
"""
    assert threads_of(engine, open_folder, source)["it"].holds == ["lock"]


def test_a_lock_that_no_answer_tells_of_is_known_from_the_source(
    engine: Engine, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where there is no second signal (macOS), or the main thread does not come by."""
    monkeypatch.setattr("checker.grading.stacks.WHERE", None)
    source = """
from dataclasses import dataclass, field


@dataclass
class Room:
    lock: Lock = field(default_factory=Lock)
    names_lock: Lock = field(default_factory=threading.Lock)

    def enters(self):
        with self.lock:
            self.goes_on()

    def goes_on(self):
        with self.names_lock:
            never.acquire()

FUNCTIONS = [Room().enters]
"""
    thread = threads_of(engine, open_folder, NEVER + source)["Thread-1"]
    assert thread.holds == ["self.lock", "self.names_lock"]
    assert thread.wants == "never"


def test_a_file_is_no_lock(engine: Engine, open_folder: Path) -> None:
    source = """
def it():
    with open(__file__) as lines, socket.socket() as unused:
        Event().wait()

FUNCTIONS = [it]
"""
    assert threads_of(engine, open_folder, source)["it"].holds == []
