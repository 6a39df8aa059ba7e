"""A server is killed, and every process that it has started is gone when that is over."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from stalled import playing

from checker.grading.engine import Engine
from checker.stage.family import Family

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, and pidfds")

FORKS = """
import os
import socket
import time

CHILDREN = 12
LARGE = 1 << 23


def start_server(host, port):
    listener = socket.create_server((host, port))
    while True:
        sock, _address = listener.accept()
        for _number in range(CHILDREN):
            if os.fork() == 0:
                kept = bytearray(LARGE)  # to be given back at the end, which takes a moment
                kept[::4096] = b"x" * (LARGE // 4096)
                sock.recv(1)
        sock.close()
"""
OF_ITS_OWN = """
import os
import socket


def start_server(host, port):
    listener = socket.create_server((host, port))
    sock, _address = listener.accept()
    if os.fork() == 0:
        os.setsid()
        sock.recv(1)
        os._exit(0)
    sock.close()
    listener.accept()
"""


def test_a_connection_that_children_hold_ends_with_the_server(engine: Engine, open_folder: Path) -> None:
    for _time in range(3):
        with playing(engine, open_folder, FORKS) as server:
            (alice,) = server.join("alice")
            children = server.program.observer.processes()[1:]
            assert len(children) == 12
            server.program.die()
            assert [child for child in children if os.path.exists(f"/proc/{child}/fd/0")] == []
            alice.sees_end("somebody holds it")


def test_who_is_in_a_session_of_his_own_is_not_waited_for(engine: Engine, open_folder: Path) -> None:
    with playing(engine, open_folder, OF_ITS_OWN) as server:
        (alice,) = server.join("alice")
        assert len(server.program.observer.processes()) == 2
        server.program.die()
        assert alice.end is None


def test_who_is_gone_already_is_nobody() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    Family(os.getpgid(0), [child]).wait()
