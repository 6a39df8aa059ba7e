"""Timed waits of servers on a real stage: which are a rhythm to be at rest in, and which are work that is still to come."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from stalled import playing

from checker.grading.engine import Engine
from checker.stage.rest.chain import Chain
from checker.stage.rest.syscalls import Call
from checker.stage.rest.thread import Thread as SeenThread
from checker.stage.server import Server

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what a thread waits for is seen on Linux")

BOUND = 9.0
"""Seconds: less than eight rounds of the slowest one here take."""
RELAYS = """
people = []
people_lock = Lock()


def relay(text, sender):
    with people_lock:
        for one in people:
            if one is not sender:
                one.sendall(text)


def serve(sock):
    while data := sock.recv(1024):
        heard(sock, data)


def start_server(host, port):
    listener = socket.create_server((host, port))
    begin()
    while True:
        sock, address = listener.accept()
        with people_lock:
            people.append(sock)
        came()
        Thread(target=serve, args=(sock,), daemon=True).start()
"""
BEGIN = """
import queue
import socket
import threading
import time
from threading import Lock, Thread, Timer


def every(seconds):
    print("still here")
    following = Timer(seconds, every, [seconds])
    following.daemon = True
    following.start()


def begin():
    pass


def came():
    pass


def heard(sock, data):
    relay(data, sock)
"""
FROM_THE_BEGINNING = """
def begin():
    every(0.2)
"""
FROM_THE_FIRST_CLIENT = """
def came():
    if len(people) == 1:
        every(0.2)
"""
SENDS_LATER = """
def heard(sock, data):
    Timer(0.5, relay, [data, sock]).start()
"""
SENDS_LATER_STEP_BY_STEP = """
def heard(sock, data, steps=3):
    if steps:
        Timer(0.15, heard, [sock, data, steps - 1]).start()
    else:
        relay(data, sock)
"""
ENDS_THE_SILENT = """
silence = {}


def heard(sock, data):
    if sock in silence:
        silence[sock].cancel()
    silence[sock] = Timer(300, sock.close)
    silence[sock].daemon = True
    silence[sock].start()
    relay(data, sock)
"""
LOOKS_NOW_AND_THEN = """
def look_for_work(outbox):
    while True:
        try:
            outbox.get(timeout=2.5)
        except queue.Empty:
            continue


def came():
    Thread(target=look_for_work, args=[queue.Queue()], daemon=True).start()
"""
SAYS_THAT_NOBODY_SPOKE = """
def serve(sock):
    sock.settimeout(0.2)
    while True:
        try:
            data = sock.recv(1024)
        except TimeoutError:
            print("nothing new")
            continue
        if not data:
            break
        heard(sock, data)
"""
SAYS_THAT_IT_LIVES = """
def tell():
    while True:
        print("still here")
        time.sleep(0.2)


def came():
    Thread(target=tell, daemon=True).start()
"""


def how_it_rests(server: Server) -> str | None:
    server.settle()
    return server.stage.ended_by


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(FROM_THE_BEGINNING, id="a chain of timers"),
        pytest.param(FROM_THE_FIRST_CLIENT, id="a chain begun later"),
        pytest.param(ENDS_THE_SILENT, id="a timer of minutes for each message"),
        pytest.param(LOOKS_NOW_AND_THEN, id="a long time-out for each client"),
        pytest.param(SAYS_THAT_NOBODY_SPOKE, id="a line for each time-out"),
        pytest.param(SAYS_THAT_IT_LIVES, id="a line for each pause"),
    ],
)
def test_a_program_is_at_rest_in_its_rhythm(how: str, engine: Engine, tmp_path: Path) -> None:
    with playing(engine, tmp_path, BEGIN + RELAYS + how, replace(engine.settings, bound=BOUND)) as server:
        alice, bob = server.join("alice", "bob")
        assert how_it_rests(server) == "rest"
        bob.hears(alice.says("Hi!"))
        assert how_it_rests(server) == "rest"


SLOW_TO_BEGIN = """
def begin():
    for step in range(3):
        print("step", step)
        time.sleep(2.7)
"""


def test_a_program_that_says_so_may_take_its_time_to_begin(engine: Engine, tmp_path: Path) -> None:
    begins_before_it_listens = RELAYS.replace("    begin()\n", "").replace(
        "    listener =", "    begin()\n    listener ="
    )
    with playing(engine, tmp_path, BEGIN + begins_before_it_listens + SLOW_TO_BEGIN) as server:
        alice, bob = server.join("alice", "bob")
        bob.hears(alice.says("Hi!"))


@pytest.mark.parametrize("how", [SENDS_LATER, SENDS_LATER_STEP_BY_STEP], ids=["one timer", "three in a row"])
@pytest.mark.parametrize(
    "chain", ["", FROM_THE_BEGINNING, FROM_THE_FIRST_CLIENT], ids=["alone", "chain", "later chain"]
)
def test_what_a_timer_is_still_to_send_is_waited_for(chain: str, how: str, engine: Engine, tmp_path: Path) -> None:
    with playing(engine, tmp_path, BEGIN + RELAYS + chain + how, replace(engine.settings, bound=BOUND)) as server:
        alice, bob = server.join("alice", "bob")
        for speaker, hearer in (alice, bob), (bob, alice), (alice, bob), (alice, bob):
            hearer.hears(speaker.says("Hi!"))


def test_a_rhythm_is_learned_from_whoever_is_between_two_rounds() -> None:
    waits = "202 0x7f0000001000 0x89 0x0 0x7f0000002000 0x0 0xffffffff 0x7f00000f0e10 0x7f0000000000"
    link, following, chain = SeenThread(1, (-1, -1, -1)), SeenThread(1, (-1, -1, -1), first_seen=9), Chain()
    link.call = Call(waits)
    link.counts_round()
    link.call = None  # it does now what it has waited for
    link.learns()
    assert not link.known
    chain.ends(link)
    chain.learns()
    following.call = Call(waits)
    chain.goes_on([following])
    assert following.is_used_to(following.call)
