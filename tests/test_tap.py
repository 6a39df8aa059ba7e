"""A tap passes on everything and keeps it; a slow reader gets everything in the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.grading.engine import Engine
from checker.stage.peers import Joining, Peer
from checker.stage.server import Server
from checker.stage.stage import Stage
from checker.stage.tap import Passed, Tap
from tests.conftest import ROOT

ECHO = ROOT / "solutions" / "lab1_echo" / "server.py"
ROOM = ROOT / "solutions" / "lab3_broadcast" / "server.py"


@pytest.fixture
def stage(engine: Engine) -> Iterator[Stage]:
    stage = Stage(engine.starter, engine.settings, "tap")
    yield stage
    stage.close()


def tapped(stage: Stage, file: Path, *names: str) -> tuple[Server, Tap, list[Peer]]:
    server = Server(stage, file)
    tap = Tap(stage, server.address)
    return server, tap, Joining(stage, *tap.address).join(*names)


def ends(tap: Tap) -> list[tuple[bool, str | None]]:
    return [(one.to_server, one.end) for one in tap.passed if one.end]


def test_what_is_said_passes_and_is_kept(stage: Stage) -> None:
    _server, tap, (alice, bob) = tapped(stage, ROOM, "alice", "bob")
    said = alice.says("Привет")
    bob.hears(said)
    assert tap.said(to_server=True, connection=0) == said.data
    assert tap.said(to_server=False, connection=1) == bytes(bob.heard)
    assert str(tap.upstream[0][1]).encode() in bob.heard  # the server sees the tap's end


def test_more_than_the_network_holds_passes_whole(stage: Stage) -> None:
    _server, tap, (alice,) = tapped(stage, ECHO, "alice")
    data = bytes(range(256)) * (40 << 10)  # 10 MiB
    alice.sends(data)
    stage.wait(lambda: len(alice.heard) >= len(data))
    assert alice.heard == data
    assert tap.said(to_server=True) == tap.said(to_server=False) == data


def test_a_half_close_passes_as_one(stage: Stage) -> None:
    _server, tap, (alice,) = tapped(stage, ECHO, "alice")
    said = alice.says("Hi!")
    alice.half_closes()
    alice.sees_end("the end does not pass")
    assert alice.heard == said.data
    assert ends(tap) == [(True, "fin"), (False, "fin")]


def test_a_reset_passes_as_one(stage: Stage) -> None:
    server, tap, (alice,) = tapped(stage, ECHO, "alice")
    alice.hears(alice.says("Hi!"))
    alice.resets()
    server.settle()
    assert ends(tap) == [(True, "reset")]
    (bob,) = Joining(stage, *tap.address).join("bob")
    bob.hears(bob.says("Hi!"))


def test_where_nobody_listens_the_client_is_reset(stage: Stage) -> None:
    tap = Tap(stage, ("127.0.0.1", stage.port()))
    (alice,) = Joining(stage, *tap.address).connect("alice")
    alice.sees_end("nothing tells her")
    assert alice.end == "reset"


def test_who_reads_slowly_gets_everything(stage: Stage) -> None:
    server = Server(stage, ECHO)
    (alice,) = server.join("alice")
    alice.reads_slowly(1000)
    data = b"0123456789" * 4_000
    alice.sends(data)
    stage.wait(lambda: len(alice.heard) >= len(data))
    assert alice.heard == data
    received = [event.size for event in stage.timeline.events if event.kind == "received"]
    assert max(received) <= 1000


def test_a_piece_says_when_and_where(stage: Stage) -> None:
    _server, tap, (alice,) = tapped(stage, ECHO, "alice")
    alice.hears(alice.says("Hi!"))
    there, back = tap.passed
    assert isinstance(there, Passed) and 0 < there.t <= back.t
    assert (there.to_server, back.to_server) == (True, False)
