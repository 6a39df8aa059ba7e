"""Servers that are brought to a stop on a real stage, and what is known of them then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from checker.diagnosis.evidence import Evidence
from checker.grading.autopsy import evidence_of, is_busy
from checker.grading.engine import Engine
from checker.grading.model import CheckResult, ThreadState
from checker.grading.threads import where
from checker.stage.server import Server
from checker.stage.stage import Settings, Stage

BEGIN = """
import socket
import threading
from threading import Barrier, Condition, Event, Lock, RLock, Semaphore, Thread
"""
NEVER = """
never = Lock()
never.acquire()
"""
ACCEPTS = """

def start_server(host, port):
    listener = socket.create_server((host, port))
    for function in FUNCTIONS:
        Thread(target=function).start()
    while True:
        connection, address = listener.accept()
"""
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
"""A whole server: each client has a thread of its own, and one thread has ended already."""


@contextmanager
def playing(
    engine: Engine, folder: Path, source: str, settings: Settings | None = None, **options: object
) -> Iterator[Server]:
    """A server at rest. `source` is all of its file, or defines FUNCTIONS, each of which then runs in a thread of its own."""
    whole = source if "def start_server" in source else BEGIN + source + ACCEPTS
    file = folder / "server.py"
    file.write_text(whole, encoding="utf-8")
    stage = Stage(engine.starter, settings or engine.settings, "stalled")
    try:
        server = Server(stage, file, **options)
        server.settle()
        yield server
    finally:
        stage.close()


def threads_of(engine: Engine, folder: Path, source: str, **options: object) -> dict[str, ThreadState]:
    """The threads of such a server, by the names of the functions that they run ("MainThread" is that)."""
    with playing(engine, folder, source, **options) as server:
        return by_function(where(server.program))


def by_function(threads: list[ThreadState]) -> dict[str, ThreadState]:
    """Threads by what stands in brackets in their names: "Thread-2 (serve)"."""
    return {thread.name.partition("(")[2].rstrip(")") or thread.name: thread for thread in threads}


def evidence(server: Server) -> Evidence:
    """What a diagnosis is given of a server."""
    result = CheckResult("stalled", "It goes on.", "failed", 0, 1, ended_by=server.stage.ended_by)
    result.threads = where(server.program)
    found = evidence_of(server.stage, result, "lab3_broadcast", is_busy(server.stage))
    assert found is not None
    return found
