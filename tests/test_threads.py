"""Where a program was: real programs on a real stage, each stopped where it can be told in advance."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from stalled import ROOM, playing, threads_of

from checker.grading.engine import Engine
from checker.grading.model import ThreadState
from checker.grading.threads import where

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the calls and names of threads are seen on Linux")

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
