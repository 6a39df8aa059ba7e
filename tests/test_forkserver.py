"""What the supervisor of a stage makes is ours alone when we get it."""

from __future__ import annotations

import socket
import sys

import pytest

if sys.platform != "linux":
    pytest.skip("NOT RUN: needs linux", allow_module_level=True)

from checker.grading.engine import Engine
from checker.grading.rubric import load
from checker.inside import warm
from checker.stage.forkserver import ForkServer, Stagehand
from tests.conftest import ROOT


def test_sockets_are_waited_for_until_nobody_else_has_them_open() -> None:
    """While the supervisor still has a copy, close() of ours would send no FIN."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs, socket.socket() as made:
        warm.send(theirs, {"made": 1}, [made.fileno()])
        warm.send(theirs, {"let_go": 1})
        hand = Stagehand(ours, contained=True)
        (got,) = hand.sockets(1)
        with pytest.raises(BlockingIOError):
            ours.recv(1, socket.MSG_DONTWAIT)
        got.close()
        ours.close()


def test_a_default_timeout_of_somebody_elses_changes_nothing(engine: Engine) -> None:
    """As a notebook's cell may set it for the whole process."""
    lab = load("lab3_broadcast")
    files = {"server": ROOT / "solutions" / lab.name / "server.py"}
    socket.setdefaulttimeout(5)
    try:
        starter = ForkServer()
        (result,) = Engine(engine.settings, starter).run(lab, files, {"reaches_every_other_client"})
    finally:
        socket.setdefaulttimeout(None)
    starter.close()
    assert result.outcome == "passed", result.message


def test_a_supervisor_that_goes_before_it_has_let_go_is_said_to_be_gone() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with socket.socket() as made:
        warm.send(theirs, {"made": 1}, [made.fileno()])
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(OSError, match="has gone"):
        Stagehand(ours, contained=True).sockets(1)
    ours.close()
    theirs.close()
