"""Likely causes beyond the corpus: scenes that no check plays, look-alikes, and evidence that cannot be trusted."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from stalled import evidence, playing

from checker.authoring.corpus import cases
from checker.diagnosis.causes import IN_ORDER, likely_cause
from checker.diagnosis.evidence import Actor, Connection, Evidence
from checker.diagnosis.findings import Findings
from checker.diagnosis.syntax import Sources
from checker.diagnosis.traces import tracebacks
from checker.grading.engine import Engine
from checker.grading.model import CheckResult, Frame, Text, ThreadState
from checker.grading.rubric import load, names
from tests.conftest import ROOT

DIAGNOSIS = ROOT / "checker" / "diagnosis"
OF_LOCKS = {"deadlock.py", "locks.py", "lockdefs.py", "standing.py", "unreleased.py", "word.py"}
"""Tested by themselves (test_deadlock)."""
PLAYED_HERE = {"lock_held_while_sending"}
"""No check of labs 1 to 6 provokes it."""


def ids() -> set[str]:
    """Every id that is named in the sources of the diagnosis, apart from those of locks."""
    found: set[str] = set()
    for path in DIAGNOSIS.glob("*.py"):
        if path.name in OF_LOCKS:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                first = node.args[0]
                named = node.func.id in ("Cause", "placed", "at", "_raised_in") and isinstance(first, ast.Constant)
                if named and isinstance(first.value, str):
                    found.add(first.value)
    return found


def test_every_cause_has_a_program() -> None:
    """The matrix has no empty row, and no program asks for a cause that nobody names."""
    asked = {cause for case in cases(ROOT / "tests" / "corpus") for cause in case.causes}
    assert ids() - asked == PLAYED_HERE
    assert {one for one in asked - ids() if "lock" not in one} == set()


def test_every_cause_says_what_it_rests_on() -> None:
    told = " ".join((asked.__doc__ or "") + asked.__name__ for asked in IN_ORDER)
    assert {one for one in ids() if one not in told} == set()
    assert [asked.__name__ for asked in IN_ORDER if not re.search("Rests? on", asked.__doc__ or "")] == []


@pytest.mark.parametrize("lab", names())
def test_what_is_no_mistake_in_a_lab_is_one_elsewhere(lab: str) -> None:
    assert set(load(lab).no_mistakes) <= ids()


# A scene of its own

ONE_LOCK_FOR_ALL = """
import socket
import threading

people = []
people_lock = threading.Lock()


def serve(connection):
    while data := connection.recv(65536):
        with people_lock:
            for other in people:
                if other is not connection:
                    other.sendall(data)


def start_server(host, port):
    listener = socket.create_server((host, port))
    while True:
        connection, address = listener.accept()
        with people_lock:
            people.append(connection)
        threading.Thread(target=serve, args=(connection,)).start()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the calls of threads are seen on Linux")
def test_a_lock_held_while_sending_to_who_does_not_read(engine: Engine, open_folder: Path) -> None:
    with playing(engine, open_folder, ONE_LOCK_FOR_ALL) as server:
        alice, bob, carol, dave = server.join("alice", "bob", "carol", "dave")
        alice.stops_reading()
        while server.has_read_all_of(bob):
            bob.sends(b"x" * 65536)
            server.settle()
        said = carol.says("Hi!")
        server.settle()
        assert not dave.has_heard(said)
        cause = likely_cause(evidence(server))
    assert cause is not None
    assert (cause.id, cause.file) == ("lock_held_while_sending", "server.py")
    assert cause.line == 1 + ONE_LOCK_FOR_ALL.splitlines().index("                    other.sendall(data)")
    assert "alice" in cause.text
    assert "people_lock" in cause.text


@pytest.mark.skipif(sys.platform != "linux", reason="the calls of threads are seen on Linux")
def test_a_send_that_waits_alone_is_no_lock_held(engine: Engine, open_folder: Path) -> None:
    source = ONE_LOCK_FOR_ALL.replace("        with people_lock:\n            for", "        if True:\n            for")
    with playing(engine, open_folder, source) as server:
        alice, bob = server.join("alice", "bob")
        alice.stops_reading()
        while server.has_read_all_of(bob):
            bob.sends(b"x" * 65536)
            server.settle()
        assert likely_cause(evidence(server)) is None


# Tracebacks

FOLDER = "/home/anna/labs"
CAUGHT = f"""you: Traceback (most recent call last):
  File "{FOLDER}/server.py", line 7, in serve
    data = connection.recv(1024)
           ^^^^^^^^^^^^^^^^^^^^^
ConnectionResetError: [Errno 104] Connection reset by peer
"""
IN_A_THREAD = (
    "Exception in thread Thread-3 (serve):\n"
    + CAUGHT.removeprefix("you: ")
    + f"""
During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/usr/lib/python3.12/threading.py", line 1045, in _bootstrap_inner
    self.run()
  File "{FOLDER}/server.py", line 9, in serve
    other.sendall(data)
  File "/kit/checker/inside/schedules.py", line 240, in sends
    do(self)
BrokenPipeError: [Errno 32] Broken pipe
"""
)


def test_a_traceback_behind_a_prompt() -> None:
    (raised,) = tracebacks(CAUGHT, FOLDER)
    assert (raised.name, raised.number, raised.thread) == ("ConnectionResetError", 104, None)
    assert raised.own is not None
    assert (raised.own.line, raised.own.source) == (7, "data = connection.recv(1024)")
    assert not raised.in_send


def test_an_exception_while_another_is_handled_ended_the_thread() -> None:
    (raised,) = tracebacks(IN_A_THREAD, FOLDER)
    assert (raised.name, raised.thread) == ("BrokenPipeError", "Thread-3")
    assert raised.first is not None
    assert raised.first.name == "ConnectionResetError"
    assert raised.own is not None
    assert raised.own.line == 9
    assert raised.in_send


def test_half_a_traceback_is_none() -> None:
    assert tracebacks("Traceback (most recent call last):\n  File ", FOLDER) == []
    assert tracebacks("\n".join(["Traceback (most recent call last):"] * 3), FOLDER) == []


# Made evidence


def happened(who: str, kind: str, data: bytes = b"", step: int = 0, **facts: Any) -> Any:
    return SimpleNamespace(t=0.0, who=who, kind=kind, step=step, data=data, size=len(data), facts=facts)


def made(*events: Any, **facts: Any) -> Evidence:
    result = CheckResult("x", "X.", "failed", 0, 1, message="no", ended_by=facts.pop("ended_by", "rest"))
    result.expected, result.got = facts.pop("expected", None), facts.pop("got", None)
    result.threads = facts.pop("threads", [])
    begun = [happened("server", "started", step=1, file="server.py")]
    given: dict[str, Any] = {
        "lab": "lab3_broadcast",
        "check": "x",
        "role": "server",
        "told": ("127.0.0.1", 20000),
        "printed": b"",
        "status": None,
        "spinning": False,
        "folder": FOLDER,
        "cast": [Actor("server", "server", facts.get("printed", b""), facts.get("status"))],
    }
    return Evidence(result=result, events=[*begun, *events], **{**given, **facts})


def test_nothing_is_known() -> None:
    assert likely_cause(made()) is None
    assert likely_cause(made(status=1, ended_by="exit")) is None
    assert likely_cause(made(proved=False, threads=[ThreadState("MainThread", "")])) is None


def test_a_traceback_that_was_caught_is_no_cause() -> None:
    """It ended nothing: the program runs, and its main thread waits in the student's own line."""
    waits = ThreadState("MainThread", "accept4", "server.py", 20, frames=[Frame("server.py", 20, "main", own=True)])
    caught = made(printed=CAUGHT.encode(), threads=[waits])
    assert Findings(caught).raised
    assert likely_cause(caught) is None
    ended = replace(caught, status=1)
    cause = likely_cause(ended)
    assert cause is not None
    assert (cause.id, cause.line) == ("reset_not_caught", 7)


def test_what_the_speaker_alone_receives_is_no_echo_to_everyone() -> None:
    joined = [happened(who, "connected", port=port, step=2) for port, who in enumerate(("alice", "bob"), 41000)]
    spoke = happened("alice", "sent", b"Hi! abc", step=3)
    alone = [*joined, spoke, happened("alice", "received", b"Hi! abc", step=3)]
    nothing = {"expected": Text.of(b""), "got": Text.of(b"Hi! abc")}
    assert likely_cause(made(*alone, **nothing)) is None
    both = made(*alone, happened("bob", "received", b"Hi! abc", step=3), **nothing)
    cause = likely_cause(both)
    assert cause is not None
    assert cause.id == "echo_to_everyone"


def test_what_is_right_in_a_lab_is_not_called_a_mistake() -> None:
    """A server that hangs up first; whoever would be asked next has the say then."""
    ends = [happened("alice", "connected", port=41000, step=2), happened("alice", "saw_end", step=2)]
    hangs_up = made(*ends)
    cause = likely_cause(hangs_up)
    assert cause is not None
    assert cause.id == "closes_without_a_goodbye"
    assert likely_cause(hangs_up, {"closes_without_a_goodbye"}) is None

    spoke = [happened("alice", kind, b"Hi! abc", step=3) for kind in ("sent", "received")]
    turned_away = [happened("bob", kind, step=4) for kind in ("connected", "saw_end")]
    both = made(ends[0], *spoke, *turned_away, happened("alice", "saw_end", step=4))
    causes = [likely_cause(both, right) for right in ((), ("turned_away",), ("turned_away", "closes_without_a_goodbye"))]
    assert [cause and cause.id for cause in causes] == ["turned_away", "closes_without_a_goodbye", None]


def test_a_main_thread_on_its_way_out_is_no_busy_loop() -> None:
    """After Ctrl-C it hangs up on everybody, and that it is seen to run means nothing."""
    left = [happened("alice", "connected", port=41000, step=2), happened("alice", "closed", step=3)]
    frame = Frame("server.py", 3, "stop", True, "client.shutdown(socket.SHUT_RDWR)")
    busy = ThreadState("MainThread", "running", "server.py", 3, frame.source, frames=[frame])
    named = [
        likely_cause(made(*left, *more, threads=[busy], spinning=True))
        for more in ([], [happened("server", "signal", step=4, signal="SIGINT")])
    ]
    assert [cause and cause.id for cause in named] == ["busy_loop", None]


def test_a_port_that_two_could_mean_names_nothing() -> None:
    """With two people the last to join and the receiver are one."""
    joined = [happened(who, "connected", port=port, step=2) for port, who in enumerate(("alice", "bob"), 41000)]
    spoke = happened("alice", "sent", b"Hi! abc", step=3)
    heard = happened("bob", "received", b"[41001] Hi! abc", step=3)
    assert likely_cause(made(*joined, spoke, heard, expected=Text.of(b"[41000] Hi! abc"))) is None


def test_unread_bytes_of_nobody_who_is_missing_name_nothing() -> None:
    joined = happened("alice", "connected", port=41000, step=2)
    threads = [ThreadState("MainThread", "accept4", "server.py", 3)]
    lying = [Connection("alice", "established", True, 12, "server", 41000)]
    assert likely_cause(made(joined, threads=threads, connections=lying)) is None


HOSTILE = b"Exception in thread \x1b[31m(x):\nTraceback (most recent call last):\n  File \"{0}\", line 99999, in {1}\n" + (
    b"    {connection.send(}\n\xff\xfe: {0} %s\nValueError: {broken} %d \xff"
)


@pytest.mark.parametrize("role", ["server", "client"])
@pytest.mark.parametrize("status", [None, 0, 1, -9])
def test_hostile_words_raise_nothing(role: str, status: int | None) -> None:
    name = "server" if role == "server" else "client"
    events = [
        happened(name, "started", step=1),
        happened("room" if role == "client" else "alice", "connected", step=2),
        happened(name, "typed", b"exit\xff", step=3),
        happened("alice", "sent", b"\xff{0}%s", step=4),
        happened("nobody", "closed", step=5),
        happened(name, "output", HOSTILE, step=5, stream="stderr"),
        happened("alice", "missing", b"\xff{0}%s", step=5, said_by="{who}"),
    ]
    sources = {"server.py": "def (", "client.py": "\0", "other.py": "(" * 5000, "fine.py": "x = '{0}'.send(1)\n"}
    hostile = made(
        *events,
        role=role,
        status=status,
        printed=HOSTILE,
        sources=sources,
        connections=[Connection("{who}", "close_wait", True, 3)],
        hearsay=[{"event": "bind"}, {"event": "connect", "parts": [None, "x"]}, {"event": "loading", "name": {}}],
        cast=[Actor(name, role, HOSTILE, status, 3)],
        expected=Text.of("Привет"),
        got=Text.of(HOSTILE),
        threads=[ThreadState("MainThread", "running", "gone.py", 7, "{source}", ["{lock}"], "{lock}", "alice", True)],
    )
    cause = likely_cause(hostile)
    assert cause is None or cause.text


def test_a_file_that_cannot_be_read_is_left_out() -> None:
    sources = Sources({"server.py": "def (", "fine.py": "listener.accept()\n"})
    assert list(sources.trees) == ["fine.py"]
    assert sources.only_call("accept") == ("fine.py", 1)
    assert sources.function_at("server.py", 1) is None
