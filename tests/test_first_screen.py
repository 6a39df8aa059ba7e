"""What is said of a program that ends before anything was done to it, stubs above all, is true and the same each time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from stalled import evidence, playing

from checker.authoring.corpus import cases
from checker.diagnosis.causes import likely_cause
from checker.diagnosis.findings import Findings
from checker.diagnosis.unwritten import not_written
from checker.facts import NOT_WRITTEN
from checker.grading.engine import Engine
from checker.grading.rubric import load
from checker.stage.failure import Failed
from tests.conftest import ROOT

ENDS = """
import select
import socket


def start_server(host, port):
    listener = socket.create_server((host, port))
    {first}
    listener.close()
"""
AT_ONCE = ENDS.format(first="")
WHEN_TOLD = ENDS.format(first="input()")
WHEN_SOMEBODY_KNOCKS = ENDS.format(first="select.select([listener], [], [])")
UNVISITED = (
    "start_server() returned at once: it must not return before its work is done. It called bind(), and ended before "
    "it had accepted anybody. Your program had ended by then, with exit status 0."
)


def test_it_ends_before_or_while_we_look(engine: Engine, open_folder: Path) -> None:
    with pytest.raises(Failed) as failed, playing(engine, open_folder, AT_ONCE):
        pass
    assert failed.value.message == UNVISITED


def test_it_ends_before_our_first_peer_comes(engine: Engine, open_folder: Path) -> None:
    with playing(engine, open_folder, WHEN_TOLD) as server:
        server.program.types("end")
        assert server.program.ends()
        with pytest.raises(Failed) as failed:
            server.join("alice")
    assert failed.value.message == UNVISITED


@pytest.mark.parametrize("come", ["join", "connect"])
def test_it_ends_while_our_first_peers_are_in_the_accept_queue(engine: Engine, open_folder: Path, come: str) -> None:
    with playing(engine, open_folder, WHEN_SOMEBODY_KNOCKS) as server:
        with pytest.raises(Failed) as failed:
            getattr(server, come)("alice", "bob")
        cause = likely_cause(evidence(server))
    assert failed.value.message == UNVISITED
    assert cause is not None and cause.id == "returned_at_once"


def test_who_was_accepted_is_not_forgotten(engine: Engine, open_folder: Path) -> None:
    accepts = ENDS.format(first="connection, address = listener.accept()\n    input()")
    with playing(engine, open_folder, accepts) as server:
        server.join("alice")
        server.program.types("end")
        assert server.program.ends()
        with pytest.raises(Failed) as failed:
            server.join("bob")
    assert failed.value.message == (
        "bob could not connect: the server did not listen any more. Your program had ended by then, with exit status 0."
    )


RELAYS_ONCE = """
import socket


def start_server(host, port):
    listener = socket.create_server((host, port))
    alice, bob = listener.accept()[0], listener.accept()[0]
    bob.sendall(alice.recv(1024))
    if {answers}:
        alice.recv(1024)
        bob.sendall(b"Hm.")
    input()
"""


@pytest.mark.parametrize(("answers", "got"), [(False, b""), (True, b"Hm.")])
def test_what_came_before_did_not_come_instead(engine: Engine, open_folder: Path, answers: bool, got: bytes) -> None:
    with playing(engine, open_folder, RELAYS_ONCE.format(answers=answers)) as server:
        alice, bob = server.join("alice", "bob")
        bob.hears(alice.says("Hi!"))
        with pytest.raises(Failed, match="something else" if got else "received nothing") as failed:
            bob.hears(alice.says("Hi!"))
    assert failed.value.got == got


@pytest.mark.skipif(sys.platform != "linux", reason="threads are seen on Linux")
def test_a_program_that_has_ended_is_not_calm(engine: Engine, open_folder: Path) -> None:
    with playing(engine, open_folder, WHEN_TOLD) as server:
        observer = server.program.observer
        server.stage.wait(lambda: observer.calm())
        server.program.types("end")
        assert server.program.ends()
        assert [observer.calm() for _look in range(3)] == [False] * 3


def test_a_client_that_kills_itself_is_told_so_by_the_signals_name(engine: Engine, tmp_path: Path) -> None:
    (case,) = [case for case in cases(ROOT / "tests" / "corpus") if case.name == "client_kills_itself"]
    (result,) = engine.run(load(case.lab), case.build(ROOT, tmp_path / "ready"), set(case.loses))
    assert result.message == "Your program was ended by signal SIGKILL. It has to end by itself, with exit status 0."


# What is to be written next

STUBS = [
    ("lab1_echo", "echoes_what_it_gets", "server.py", 3),
    ("lab1_echo", "client_leaves_on_exit", "client.py", 2),
    ("lab2_duo", "does_not_take_turns", "server.py", 3),
    ("lab3_broadcast", "carries_unicode", "server.py", 3),
    ("lab4_client", "leaves_on_exit", "client.py", 4),
    ("lab5_disconnect", "survives_a_goodbye", "server.py", 1),
    ("lab6_assignment", "two_people_can_chat", "server.py", 3),
]


@pytest.mark.parametrize(("lab", "check", "file", "part"), STUBS, ids=str)
def test_a_stub_is_told_which_part_to_write(engine: Engine, lab: str, check: str, file: str, part: int) -> None:
    files = {path.stem: path for path in (ROOT / "labs" / lab).glob("*.py")}
    (result,) = engine.run(load(lab), files, {check})
    assert result.outcome == "failed" and result.cause is not None
    assert (result.cause.id, result.cause.file) == ("not_written", file)
    assert f"TODO {part}," in result.cause.text
    line = (ROOT / "labs" / lab / file).read_text(encoding="utf-8").splitlines()[(result.cause.line or 0) - 1]
    assert f'print("TODO {part} {NOT_WRITTEN}"' in line


SAYS_SO = """
import socket


def start_server(host, port):
    listener = socket.create_server((host, port))
    # TODO 3 of 3: For ever: accept a client.
    # Unlocks: everything.
{written}    print("TODO 3 is not written yet")
    listener.accept()
"""


@pytest.mark.parametrize(("written", "cause"), [("", "not_written"), ("    listener.settimeout(None)\n", None)])
def test_a_line_left_behind_the_code_is_no_part_to_write(
    engine: Engine, open_folder: Path, written: str, cause: str | None
) -> None:
    with playing(engine, open_folder, SAYS_SO.format(written=written)) as server:
        found = not_written(Findings(evidence(server)))
    assert (found and found.id) == cause
