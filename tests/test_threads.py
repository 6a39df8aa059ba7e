"""Where a program was: real programs on a real stage, each stopped where it can be told in advance."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from stalled import playing, threads_of

from checker.grading.engine import Engine
from checker.grading.model import ThreadState
from checker.grading.stacks import stacks
from checker.grading.threads import where
from checker.inside.signals import WHERE
from checker.stage.stage import Settings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the calls and names of threads are seen on Linux")

ROOT = Path(__file__).resolve().parents[1]
NEVER = """
never = Lock()
never.acquire()
"""

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


ROOM = """
import socket
import threading


def serve(connection):
    while connection.recv(1024):
        pass


def start_server(host, port):
    listener = socket.create_server((host, port))
    threading.Thread(target=listener.getsockname).start()
    while True:
        connection, address = listener.accept()
        threading.Thread(target=serve, args=(connection,)).start()
"""


def test_each_thread_has_its_name_its_peer_and_its_stack(engine: Engine, open_folder: Path) -> None:
    with playing(engine, open_folder, ROOM) as server:
        server.join("alice", "bob")
        main, *others = where(server.program)
    # The first thread has ended: what is left is called as Python calls it, not by number.
    assert [thread.name for thread in others] == ["Thread-2 (serve)", "Thread-3 (serve)"]
    assert [thread.peer for thread in (main, *others)] == [None, "alice", "bob"]
    assert (main.name, main.call, main.file, main.source) == (
        "MainThread", "accept4", "server.py", "connection, address = listener.accept()",
    )  # fmt: skip
    assert [(frame.file, frame.function, frame.own) for frame in main.frames] == [
        ("socket.py", "accept", False),
        ("server.py", "start_server", True),
    ]
    innermost = others[0].frames[0]
    assert (innermost.function, innermost.own, innermost.source) == ("serve", True, "while connection.recv(1024):")
    assert {frame.file for frame in others[0].frames} == {"server.py", "threading.py"}


def test_a_deep_stack_is_cut_at_its_outer_end(engine: Engine, open_folder: Path) -> None:
    source = """
def down(left=200):
    return down(left - 1) if left else Event().wait()

FUNCTIONS = [down]
"""
    frames = threads_of(engine, open_folder, source)["down"].frames
    assert len(frames) == 30
    assert [frame.function for frame in frames[:4]] == ["wait", "wait", "down", "down"]


def test_very_many_threads(engine: Engine, open_folder: Path) -> None:
    source = """
def it():
    Event().wait()

FUNCTIONS = [it] * 120
"""
    with playing(engine, open_folder, source) as server:
        threads = where(server.program)
    assert len(threads) == 121
    assert [thread.line is None for thread in threads] == [True] * 21 + [False] * 100
    assert threads[-1].name == "Thread-120 (it)"


def test_letters_of_all_alphabets(engine: Engine, open_folder: Path) -> None:
    folder = open_folder / "лаба"
    folder.mkdir()
    source = """
def ждёт():
    Event().wait()  # сюда

FUNCTIONS = [ждёт]
"""
    thread = threads_of(engine, folder, source)["ждёт"]
    assert thread.source == "Event().wait()  # сюда"
    assert thread.frames[2].function == "ждёт"


def test_two_threads_of_one_name_are_told_apart(engine: Engine, open_folder: Path) -> None:
    source = """
def it():
    Event().wait()

for _ in range(2):
    Thread(target=it, name="client").start()

FUNCTIONS = []
"""
    with playing(engine, open_folder, source) as server:
        assert [thread.name for thread in where(server.program)] == ["MainThread", "client", "client (2)"]


CLOSES = """
import socket
import threading


def serve(connection):
    connection.recv(1024)


def start_server(host, port):
    listener = socket.create_server((host, port))
    alice, bob = listener.accept()[0], listener.accept()[0]
    threading.Thread(target=serve, args=(bob,)).start()
    threading.Thread(target=listener.accept).start()
    alice.recv(1024)
    CLOSE
    threading.Event().wait()
"""


def _after(engine: Engine, folder: Path, close: str) -> list[ThreadState]:
    """The threads of CLOSES once alice has said something, and the server has done `close`."""
    with playing(engine, folder, CLOSES.replace("CLOSE", close)) as server:
        alice, _bob = server.join("alice", "bob")
        alice.says("Hi!")
        server.settle()
        return where(server.program)


def test_a_connection_that_was_closed_while_somebody_waits_on_it(engine: Engine, open_folder: Path) -> None:
    threads = _after(engine, open_folder, "bob.close()")
    assert [(thread.call, thread.peer) for thread in threads if thread.closed] == [("recvfrom", "bob")]
    assert not any(thread.closed for thread in _after(engine, open_folder, "alice.close()"))


def test_a_listener_that_was_closed_while_somebody_waits_on_it(engine: Engine, open_folder: Path) -> None:
    threads = _after(engine, open_folder, "listener.close()")
    assert [thread.call for thread in threads if thread.closed] == ["accept4"]
    assert [thread.peer for thread in threads if thread.call == "recvfrom"] == ["bob"]


def test_a_listener_whose_number_is_a_connections_by_now(engine: Engine, open_folder: Path) -> None:
    """Nobody can wait in accept() on that."""
    close = "number = listener.fileno(); listener.close(); again = alice.dup(); assert again.fileno() == number"
    threads = _after(engine, open_folder, close)
    assert threads[0].source == "threading.Event().wait()"
    assert [thread.call for thread in threads if thread.closed] == ["accept4"]


def test_of_two_who_wait_on_one_number_nobody_is_said_to_wait_for_its_new_owner(
    engine: Engine, open_folder: Path
) -> None:
    close = """number = bob.fileno(); bob.close(); again = alice.dup(); assert again.fileno() == number
    threading.Thread(target=serve, args=(again,)).start()"""
    threads = _after(engine, open_folder, close)
    assert [thread.peer for thread in threads if thread.call == "recvfrom"] == [None, None]


def test_a_main_thread_at_its_end_has_no_line_of_its_own(engine: Engine, open_folder: Path) -> None:
    source = """
import socket
import threading


def accepts(listener):
    while True:
        listener.accept()


def start_server(host, port):
    threading.Thread(target=accepts, args=(socket.create_server((host, port)),)).start()
"""
    threads = threads_of(engine, open_folder, source)
    main = threads["MainThread"]
    assert (main.call, main.line) == ("futex", None)
    assert main.frames[-1].function == "_shutdown"
    assert threads["accepts"].line == 8


def test_a_program_is_not_changed_by_being_asked(engine: Engine, open_folder: Path) -> None:
    """What it lets go after it was asked is gone: nothing of ours keeps it alive."""
    source = """
import socket


def start_server(host, port):
    listener = socket.create_server((host, port))
    connection, address = listener.accept()
    connection.recv(1024)
    connection = None
    listener.accept()
"""
    with playing(engine, open_folder, source) as server:
        (alice,) = server.join("alice")
        assert where(server.program)[0].source == "connection.recv(1024)"
        alice.says("Hi!")
        server.settle()
        assert alice.end == "fin"
        assert server.program.printed == b""


def test_a_program_that_makes_its_answer_up_is_believed_nothing(engine: Engine, open_folder: Path) -> None:
    source = """
import contextlib, os, signal


def lies(signal, frame):
    for descriptor in range(3, 300):
        with contextlib.suppress(OSError):
            os.write(descriptor, b'{"event": "where", "threads": [{"ident": 1, "name": 2, "frames": [7]}]}\\n')


signal.signal(WHERE, lies)


def it():
    Event().wait()


FUNCTIONS = [it]
""".replace("WHERE", str(WHERE))
    with playing(engine, open_folder, source) as server:
        main, other = where(server.program)
        assert server.program.hearsay.all("where")[-1]["threads"][0]["name"] == 2
    assert (main.name, other.name, other.source) == ("MainThread", "Thread-1", "Event().wait()")


def test_a_dump_that_was_made_up_is_read_all_the_same() -> None:
    lines = [
        "Thread 0x1 (most recent call first):",
        r'  File "/lab/server.py", line 99999999999999 in far',
        r'  File "/lab/server.py", line 7 in \U99999999\udc80',
        "Current thread 0x" + "f" * 99 + " (most recent call first):",
        r'  File "/lab/server.py", line 1 in serve',
    ]
    (stack,) = stacks("\n".join(lines).encode() + b"\n\xff\n", Path("/lab"), {"server.py": "x = 1\n"})
    assert [(frame.line, frame.function, frame.source) for frame in stack.frames] == [
        (7, r"\U99999999\udc80", None),
        (1, "serve", "x = 1"),
    ]


def test_who_would_wake_up_from_being_asked_is_left_alone(engine: Engine, open_folder: Path) -> None:
    source = """
import signal
import socket
import threading


def start_server(host, port):
    listener = socket.create_server((host, port))
    threading.Thread(target=listener.accept).start()
    signal.pause()
    print("woken up")
"""
    with playing(engine, open_folder, source) as server:
        threads = where(server.program)
        server.settle()
        assert [thread.call for thread in threads] == ["pause", "accept4"]
        assert server.program.printed == b""


def test_a_program_is_asked_anew_each_time(engine: Engine, open_folder: Path) -> None:
    with playing(engine, open_folder, ROOM) as server:
        before = where(server.program)
        server.join("alice")
        after = where(server.program)
    assert [thread.name for thread in before] == ["MainThread"]
    assert [thread.name for thread in after] == ["MainThread", "Thread-2 (serve)"]


def test_a_right_program_costs_nothing_of_it(engine: Engine, open_folder: Path) -> None:
    code = """
import sys
from checker.cli import main
assert main(sys.argv[1:]) == 0
print(sorted(name for name in sys.modules if name.startswith("checker.diagnosis") or "stacks" in name))
"""
    solution = ROOT / "solutions" / "lab3_broadcast" / "server.py"
    command = ["grade", "3", "--check", "reaches_every_other_client", "--server", str(solution)]
    run = subprocess.run(
        [sys.executable, "-c", code, *command], cwd=open_folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.splitlines()[-1] == "[]"


def test_who_only_burns_is_given_time_to_answer(engine: Engine, open_folder: Path) -> None:
    source = """
import sys

sys.setswitchinterval(0.3)  # the main thread, which answers, waits for its turn longer than it takes to be seen to burn

def it():
    while True:
        pass

FUNCTIONS = [it]
"""
    with playing(engine, open_folder, source) as server:
        threads = {thread.name: thread.source for thread in where(server.program)}
    assert threads["Thread-1 (it)"] in ("while True:", "pass")


def test_where_calls_are_not_seen_the_stacks_tell(engine: Engine, open_folder: Path) -> None:
    source = """
lock = Lock()

def it():
    with lock:
        never.acquire()

FUNCTIONS = [it]
"""
    with playing(engine, open_folder, NEVER + source, settings=Settings(portable=True)) as server:
        main, other = where(server.program)
    assert (main.call, main.peer, main.closed, main.source) == ("", None, False, "connection, address = listener.accept()")
    assert (other.name, other.holds, other.wants) == ("Thread-1 (it)", ["lock"], "never")
