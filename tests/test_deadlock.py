"""Threads that wait for locks for ever: named where it is certain, and nowhere else."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from stalled import evidence, playing

from checker.diagnosis.deadlock import deadlock
from checker.grading.engine import Engine
from checker.grading.model import MOST_FRAMES, Cause

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the calls of threads are seen on Linux")


def named(engine: Engine, folder: Path, source: str) -> Cause | None:
    """What is said of a server."""
    with playing(engine, folder, source) as server:
        return deadlock(evidence(server))


def line(folder: Path, text: str) -> int:
    """The first line of the server that has the text in it."""
    lines = (folder / "server.py").read_text(encoding="utf-8").splitlines()
    return next(number for number, one in enumerate(lines, 1) if text in one)


TWO_ORDERS = """
clients_lock = Lock()
names_lock = Lock()
both = Barrier(2)


def joins():
    with clients_lock:  # joins takes
        both.wait()
        with names_lock:  # joins waits
            pass


def leaves():
    with names_lock:  # leaves takes
        both.wait()
        forgets()


def forgets():
    clients_lock.acquire()  # leaves waits
    clients_lock.release()


FUNCTIONS = [joins, leaves]
"""


def test_two_locks_in_two_orders(engine: Engine, open_folder: Path) -> None:
    cause = named(engine, open_folder, TWO_ORDERS)
    assert cause is not None
    at = {text: line(open_folder, f"# {text}") for text in ("joins takes", "joins waits", "leaves takes", "leaves waits")}
    assert cause.id == "deadlock"
    assert cause.text.startswith(
        f"Thread-1 (joins) holds clients_lock (taken at line {at['joins takes']}) and waits for names_lock at line "
        f"{at['joins waits']}, while Thread-2 (leaves) holds names_lock (taken at line {at['leaves takes']}) and waits for "
        f"clients_lock at line {at['leaves waits']}: none of them can go on."
    )
    assert "in the same order" in cause.text
    assert (cause.file, cause.line) == ("server.py", at["joins waits"])


def test_without_the_processs_word_the_variables_of_a_module_decide(
    engine: Engine, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checker.grading.stacks.WHERE", None)
    cause = named(engine, open_folder, TWO_ORDERS)
    assert cause is not None and cause.id == "deadlock"
    bound_twice = TWO_ORDERS.replace("both = Barrier(2)", "both = Barrier(2)\nclients_lock = Lock()")
    assert named(engine, open_folder, bound_twice) is None
    assert named(engine, open_folder, ROOMS.format(threads=2, functions="one.forth, one.back")) is None


ROOMS = """
class Room:
    def __init__(self):
        self.a, self.b = Lock(), Lock()

    def forth(self):
        with self.a:
            both.wait()
            with self.b:
                pass

    def back(self):
        with self.b:
            both.wait()
            with self.a:
                pass

    def keeps_a(self):
        with self.a:
            both.wait()
            Event().wait()

    def keeps_b(self):
        with self.b:
            both.wait()
            Event().wait()


one, two = Room(), Room()
both = Barrier({threads})
FUNCTIONS = [{functions}]
"""
"""Locks of objects, held and wanted crosswise: a deadlock only where both are one object's."""


def test_locks_of_one_object(engine: Engine, open_folder: Path) -> None:
    cause = named(engine, open_folder, ROOMS.format(threads=2, functions="one.forth, one.back"))
    assert cause is not None and cause.id == "deadlock"
    assert "holds self.a" in cause.text and "waits for self.b" in cause.text


def test_locks_of_two_objects_are_no_circle(engine: Engine, open_folder: Path) -> None:
    source = ROOMS.format(threads=4, functions="one.forth, two.back, one.keeps_b, two.keeps_a")
    with playing(engine, open_folder, source) as server:
        found = evidence(server)
        holds = [(thread.holds, thread.wants) for thread in found.result.threads]
        assert (["self.a"], "self.b") in holds and (["self.b"], "self.a") in holds
        assert deadlock(found) is None


def test_three_in_a_circle(engine: Engine, open_folder: Path) -> None:
    source = """
locks = a, b, c = Lock(), Lock(), Lock()
all_three = Barrier(3)

def one():
    with a:
        all_three.wait()
        with b: pass

def two():
    with b:
        all_three.wait()
        with c: pass

def three():
    with c:
        all_three.wait()
        with a: pass

FUNCTIONS = [one, two, three]
"""
    cause = named(engine, open_folder, source)
    assert cause is not None and cause.id == "deadlock"
    assert [cause.text.count(f"({name}) holds") for name in ("one", "two", "three")] == [1, 1, 1]


def test_a_pair_of_locks_on_one_line(engine: Engine, open_folder: Path) -> None:
    """`with a, b:` against `with b, a:`: each has the first by the time the other wants it."""
    source = """
a, b = Lock(), Lock()
both = Barrier(2)

class Meeting:
    def __enter__(self):
        both.wait()
    def __exit__(self, *_):
        pass

def one():
    with a, Meeting(), b: pass

def two():
    with b, Meeting(), a: pass

FUNCTIONS = [one, two]
"""
    cause = named(engine, open_folder, source)
    assert cause is not None and cause.id == "deadlock"
    assert "Thread-1 (one) holds a" in cause.text and "waits for b" in cause.text


TWICE = """
class Room:
    def __init__(self):
        self.lock = LOCK

    def leave(self):
        with self.lock:  # takes
            self.broadcast()

    def broadcast(self):
        with self.lock:  # again
            Event().wait()

FUNCTIONS = [Room().leave]
"""


def test_a_lock_taken_twice_by_one_thread(engine: Engine, open_folder: Path) -> None:
    cause = named(engine, open_folder, TWICE.replace("LOCK", "Lock()"))
    assert cause is not None and cause.id == "lock_taken_twice"
    first, again = line(open_folder, "# takes"), line(open_folder, "# again")
    assert cause.text.startswith(
        f"Thread-1 (leave) holds self.lock (taken at line {first}) and waits for it once more at line {again}: "
    )
    assert cause.line == again


@pytest.mark.parametrize("lock", ["RLock()", "Condition()"])
def test_what_may_be_taken_twice_is_no_deadlock(engine: Engine, open_folder: Path, lock: str) -> None:
    assert named(engine, open_folder, TWICE.replace("LOCK", lock)) is None


def test_a_lock_of_each_object_is_not_taken_twice(engine: Engine, open_folder: Path) -> None:
    source = """
class Client:
    def __init__(self):
        self.lock = Lock()

    def meets(self, other):
        with self.lock:
            other.is_met()

    def is_met(self):
        with self.lock:
            pass

one, two = Client(), Client()

def keeps():
    with two.lock:
        kept.set()
        Event().wait()

kept = Event()

def meets():
    kept.wait()
    one.meets(two)

FUNCTIONS = [keeps, meets]
"""
    with playing(engine, open_folder, source) as server:
        found = evidence(server)
        assert (["self.lock"], "self.lock") in [(thread.holds, thread.wants) for thread in found.result.threads]
        assert deadlock(found) is None


def test_who_waits_with_a_time_out_is_in_no_deadlock(engine: Engine, open_folder: Path) -> None:
    with playing(engine, open_folder, TWO_ORDERS) as server:
        found = evidence(server)
    source = found.sources["server.py"].replace("clients_lock.acquire()", "clients_lock.acquire(timeout=9)")
    assert deadlock(found) is not None
    assert deadlock(replace(found, sources={"server.py": source})) is None


def test_who_waits_for_a_condition_holds_nothing(engine: Engine, open_folder: Path) -> None:
    source = """
lock = Lock()
news = Condition(lock)
other = Lock()
kept = Event()

def keeps():
    with other:
        kept.set()
        Event().wait()

def waits():
    with lock:
        news.wait()

def takes():
    kept.wait()
    with lock:
        with other: pass

FUNCTIONS = [keeps, waits, takes]
"""
    assert named(engine, open_folder, source) is None


NEVER_RELEASED = """
clients_lock = Lock()
gone = Event()


def leaves(data=b""):
    clients_lock.acquire()  # takes
    if not data:
        gone.set()
        return
    clients_lock.release()


def joins():
    gone.wait()
    with clients_lock:  # waits
        pass


FUNCTIONS = [leaves, joins]
"""


def test_a_lock_that_is_never_given_back(engine: Engine, open_folder: Path) -> None:
    cause = named(engine, open_folder, NEVER_RELEASED)
    assert cause is not None and cause.id == "lock_never_released"
    takes, waits = line(open_folder, "# takes"), line(open_folder, "# waits")
    assert cause.text.startswith(f"Thread-2 (joins) waits for clients_lock at line {waits}, and nobody will give it back")
    assert (cause.line, f"at line {takes}," in cause.text) == (takes, True)


def test_who_cannot_be_seen_might_give_it_back(engine: Engine, open_folder: Path) -> None:
    with playing(engine, open_folder, NEVER_RELEASED) as server:
        found = evidence(server)
    main, joins = found.result.threads
    for unseen in (replace(main, frames=[]), replace(main, frames=main.frames * MOST_FRAMES)):
        found.result.threads[:] = [unseen, joins]
        assert deadlock(found) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("        return\n", "        Event().wait()\n"),  # it is held, by one who waits for something else
        ("    clients_lock.release()\n", "    gives_back()\n\ndef gives_back():\n    clients_lock.release()\n"),
        ("clients_lock = Lock()", "clients_lock = Semaphore(1)"),
    ],
)
def test_who_might_still_give_it_back_is_not_accused(engine: Engine, open_folder: Path, old: str, new: str) -> None:
    assert NEVER_RELEASED.count(old) == 1
    assert named(engine, open_folder, NEVER_RELEASED.replace(old, new)) is None


def test_two_programs_with_locks_of_the_same_names_are_no_circle(engine: Engine, open_folder: Path) -> None:
    """One thread of each looks as if it held what the other's wants."""
    with playing(engine, open_folder, TWO_ORDERS) as server:
        found = evidence(server)
    main, joins, leaves = found.result.threads
    found.result.ended_by = "bound"
    assert deadlock(found) is not None
    found.result.threads[:] = [main, joins, replace(main), leaves]
    assert deadlock(replace(found, cast=[*found.cast, *found.cast])) is None
    assert deadlock(found) is None
