"""A peer reads lines that nobody asked for, however they come."""

from __future__ import annotations

from pathlib import Path

import pytest
from stalled import playing

from checker.grading.engine import Engine
from checker.stage.failure import Failed

SENDS = """
import socket


def start_server(host, port):
    listener = socket.create_server((host, port))
    while True:
        connection, address = listener.accept()
        connection.sendall({first!r})
        if connection.recv(1024):
            connection.sendall({then!r})
        {last}
"""


def sends(first: bytes, then: bytes = b"", last: str = "connection.close()") -> str:
    """A server that sends `first` unasked and `then` once it was told something."""
    return SENDS.format(first=first, then=then, last=last)


def test_lines_that_came_at_once_are_read_one_by_one(engine: Engine, open_folder: Path) -> None:
    with playing(engine, open_folder, sends(b"Hi!\nI am a server.\r\n\n\xff\n")) as server:
        (alice,) = server.join("alice")
        assert [alice.hears_line("no line") for _line in range(4)] == ["Hi!", "I am a server.", "", "\\xff"]


def test_a_line_in_pieces_is_waited_for(engine: Engine, open_folder: Path) -> None:
    with playing(engine, open_folder, sends(b"one\ntw", b"o\nthree\n")) as server:
        (alice,) = server.join("alice")
        assert alice.hears_line("no line") == "one"
        alice.says("And then?")
        assert alice.hears_line("no second line") == "two"
        assert alice.hears_line("no third line") == "three"


@pytest.mark.parametrize(("first", "got"), [(b"", b""), (b"line\n", b""), (b"line\nhalf a li", b"half a li")])
@pytest.mark.parametrize("leaves", [False, True])
def test_a_line_that_will_not_come_is_known(
    engine: Engine, open_folder: Path, first: bytes, got: bytes, leaves: bool
) -> None:
    """At rest, and at the end of the stream."""
    with playing(engine, open_folder, sends(first)) as server:
        (alice,) = server.join("alice")
        if first:
            assert alice.hears_line("no line") == "line"
        if leaves:
            alice.half_closes()
        with pytest.raises(Failed, match="No line came.") as failed:
            alice.hears_line("No line came.")
        assert failed.value.got == got
        assert server.stage.timeline.events[-1].as_json().items() >= {"kind": "missing", "what": "line"}.items()
