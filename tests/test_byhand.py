"""What is done in a scene, told as commands for an interpreter; what somebody wrote into a result stays data."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from checker.report.byhand import ByHand
from checker.report.literal import Carried
from tests.made_scenes import ALICE, BOB, LISTENS, scene, server


def lines(*events: tuple[Any, ...]) -> list[Any]:
    return [line for step in ByHand(scene(*events)).steps for line in step.lines]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (server(), ["python server.py 127.0.0.1 12345"]),
        (server(under=["alone"]), ["python server.py"]),
        (ALICE, ['alice = socket.create_connection(("127.0.0.1", 12345))']),
        (("alice", "sent", b"Hi!"), ['alice.sendall("Hi!".encode())']),
        (("alice", "sent", b"\xff\n"), [r"alice.sendall(b'\xff\n')"]),
        (("alice", "received", b"Hi!"), ["alice.recv(1024)"]),
        (("alice", "received", b"x" * 2000), ["alice.recv(65536)"]),
        (("alice", "saw_end"), ['alice.recv(1024)  # b"": the end']),
        (("alice", "saw_reset"), ["alice.recv(1024)  # ConnectionResetError"]),
        (("alice", "half_closed"), ["alice.shutdown(socket.SHUT_WR)"]),
        (("alice", "closed"), ["alice.close()"]),
        (
            ("alice", "reset"),
            ['alice.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))', "alice.close()"],
        ),
        (("alice", "missing", b"Hi!", {"said_by": "bob"}), ["alice.recv(1024)  # waits for ever"]),
        (("client", "typed", b"Hi!"), ["Hi!"]),
        (("room", "listening", {"host": "127.0.0.2", "port": 20001}), ['room = socket.create_server(("127.0.0.2", 12345))']),
        (("room", "connected", {"port": 20001, "to": 40001}), ["conn, address = room.accept()"]),
        (("room", "note", {"text": "stops listening"}), ["room.close()"]),
    ],
)  # fmt: skip
def test_how_a_thing_is_done(event: tuple[Any, ...], code: list[str]) -> None:
    *_before, line = lines(server(), LISTENS, event)
    assert list(line.code) == code


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (("server", "signal", {"signal": "SIGINT"}), "Ctrl-C in the server's window."),
        (("server", "signal", {"signal": "SIGKILL"}), "The server is killed"),
        (("client", "closed_input"), "Ctrl-D in the client's window"),
        (("server", "exit", {"status": 3}), "The server ends, with exit status 3."),
        (("alice", "missing", {"what": "end"}), "alice should see the end of the connection, and never does."),
        (("alice", "missing", {"what": "line"}), "alice should receive a whole line, and never does."),
        (("alice", "missing", b"Hi!", {"said_by": "bob"}), 'alice should receive "Hi!" from bob, and never does.'),
        (("alice", "missing", b"Hi!", {"said_by": "alice"}), 'alice should receive "Hi!", and never does.'),
        (("bob", "missing", b"Hi!", {"what": "output"}), '"Hi!" should come on the screen of bob, and never does.'),
        (("checker", "note", {"left_out": 5}), "5 events are left out here."),
        (server(under=["environment"]), "This time it finds other environment variables than yours"),
        (server(under=["small_print"]), "This time send() takes only a part of what it is given"),
    ],
)
def test_what_is_said_of_it(event: tuple[Any, ...], said: str) -> None:
    *_before, line = lines(server(), event)
    assert line.words.startswith(said) or said in line.words


def test_each_deed_is_a_step_and_what_comes_of_it_stands_below() -> None:
    timeline = scene(server(), LISTENS, ALICE, BOB, ("alice", "sent", b"Hi!"), ("bob", "received", b"Hi!"))
    steps = ByHand(timeline).steps
    assert [step.number for step in steps] == [1, 2, 3, 4]
    assert [line.style for line in steps[3].lines] == ["", "dim"]


def test_pieces_are_put_together_and_so_are_those_who_saw_the_same() -> None:
    came = [("bob", "received", b"Hi"), ("carol", "received", b"Hi!"), ("bob", "received", b"!"), ("dave", "received", b"No")]
    *_before, both, dave = lines(server(), ALICE, ("alice", "sent", b"Hi!"), *came)
    assert both.words == 'bob and carol receive "Hi!".'
    assert both.code == ("[one.recv(1024) for one in (bob, carol)]",)
    assert dave.words == 'dave receives "No".'


def test_rest_is_told_where_it_proves_something() -> None:
    rest = ("checker", "rest")
    told = [line.words for line in lines(server(), rest, ALICE, rest, ("alice", "missing", b"Hi!"))]
    assert sum("at rest" in one for one in told) == 1


def test_who_has_seen_the_end_waits_no_more() -> None:
    *_before, line = lines(server(), ALICE, ("alice", "saw_end"), ("alice", "missing", b"Hi!"))
    assert line.code[0].endswith('b"" at once: the connection has ended')


def test_a_second_port_is_another_one() -> None:
    codes = [code for line in lines(server(), server(20002), server()) for code in line.code]
    assert [code.split()[-1] for code in codes] == ["12345", "12346", "12345"]


def test_a_port_that_is_written_into_the_program_stays_and_still_shows() -> None:
    elsewhere = ("server", "listening", {"host": "127.0.0.1", "port": 12345})
    by_hand = ByHand(scene(server(), elsewhere, ("alice", "connected", {"port": 40001, "to": 12345})))
    started, listening, connected = (line for step in by_hand.steps for line in step.lines)
    assert started.code == ("python server.py 127.0.0.1 12346",)
    assert "port 12345" in listening.words
    assert "12345" in connected.code[0]


def test_a_room_calls_each_connection_by_another_name() -> None:
    joins = ("room", "connected", {"port": 20001, "to": 40001})
    *_before, second, said = lines(server(), joins, joins, ("room", "sent", b"Hi!"))
    assert second.code == ("conn2, address = room.accept()",)
    assert said.code[0].startswith("conn2.sendall(")


# What somebody else wrote


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Hi!",
        b'"',
        b"\\",
        b"\\x41",
        b"'\"\\\n\r\t\0\x1b[2J",
        "Привет, 世界 👋 \u202e".encode(),
        bytes(range(128, 256)),
        b"\xed\xa0\x80",
    ],
)
def test_a_literal_is_what_was_sent(data: bytes) -> None:
    (line,) = lines(("alice", "sent", data))
    call = ast.parse(line.code[0]).body[0]
    assert isinstance(call, ast.Expr) and isinstance(call.value, ast.Call)
    assert eval(ast.unparse(call.value.args[0])) == data
    assert "\n" not in line.code[0] and "\x1b" not in line.code[0]


def test_of_a_long_message_as_many_bytes_are_sent() -> None:
    (line,) = lines(("alice", "sent", b"ab" * 5000))
    assert line.code[0].startswith('alice.sendall(b"x" * 10000)')
    assert "(10,000 bytes)" in line.words


def test_a_letter_that_is_cut_by_what_is_kept_is_left_out() -> None:
    assert Carried("я".encode()[:1], 2).text == ""
    assert Carried("я".encode()[:1], 1).text is None


@pytest.mark.parametrize("who", ["x); import os; os.abort() #", "class", "socket", "room", "a b", "Ж", ""])
def test_a_name_is_a_name(who: str) -> None:
    (line,) = lines((who, "connected", {"port": 1, "to": 2}) if who != "room" else (who, "sent", b""))
    (statement,) = ast.parse(line.code[0]).body
    if isinstance(statement, ast.Assign):
        (target,) = statement.targets
        assert isinstance(target, ast.Name) and target.id not in ("socket", "room")


@pytest.mark.needs("posix")  # how a shell there quotes
def test_a_command_is_one_command() -> None:
    (line,) = lines(server(file="x.py; rm -rf ~", host="$(reboot)"))
    assert line.code == ("python 'x.py; rm -rf ~' '$(reboot)' 12345",)
    (line,) = lines(("server", "signal", {"signal": "KILL; reboot"}))
    assert "reboot" not in line.other
