"""What asking a program for its threads does to the program, and what an answer that was made up does to us."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from stalled import NEVER, ROOM, playing

from checker.grading.engine import Engine
from checker.grading.stacks import stacks
from checker.grading.threads import where
from checker.inside.signals import WHERE
from checker.stage.stage import Settings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the calls and names of threads are seen on Linux")

ROOT = Path(__file__).resolve().parents[1]


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
