"""Threads that raise at once: what each of them says can be read."""

from __future__ import annotations

import re
from pathlib import Path

from stalled import playing

from checker.grading.engine import Engine

THREADS = 20
AT_ONCE = f"""
together = Barrier({THREADS})

def it():
    together.wait()
    raise ValueError("nobody catches this")

FUNCTIONS = [it] * {THREADS}
"""
WHOLE = re.compile(
    r"Exception in thread Thread-\d+ \(it\):\nTraceback \(most recent call last\):\n(?: .*\n)+ValueError: nobody catches this\n"
)


def test_tracebacks_of_threads_come_one_after_the_other(engine: Engine, open_folder: Path) -> None:
    with playing(engine, open_folder, AT_ONCE, switch_interval=1e-6) as server:
        printed = server.program.printed.decode()
    assert WHOLE.sub("", printed) == ""
    assert len(WHOLE.findall(printed)) == THREADS


def test_a_thread_and_the_main_thread(engine: Engine, open_folder: Path) -> None:
    source = """
import socket
import threading


def it(together):
    together.wait()
    raise ValueError("nobody catches this")


def start_server(host, port):
    listener = socket.create_server((host, port))
    listener.accept()
    together = threading.Barrier(2)
    threading.Thread(target=it, args=(together,)).start()
    it(together)
"""
    with playing(engine, open_folder, source, switch_interval=1e-6) as server:
        server.connect("alice")
        assert server.program.ends()
        printed = server.program.printed.decode()
    rest, found = WHOLE.subn("", printed)
    assert found == 1
    assert re.fullmatch(r"Traceback \(most recent call last\):\n(?: .*\n)+ValueError: nobody catches this\n", rest)
