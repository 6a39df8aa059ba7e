"""The ways to play a program where the kernel shows less: each is forced here, on a system that has them
all."""

from __future__ import annotations

import ast
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from checker.grading import rubric
from checker.grading.engine import Engine
from checker.grading.turns import Turns
from checker.stage import containment
from checker.stage.containment import Way
from checker.stage.pipes import CarriedIn, CarriedOut
from checker.stage.rest.portable import PortableObserver
from checker.stage.rest.portable import _Sample as Sample
from checker.stage.rest.sockdiag import LISTEN, Row
from checker.stage.spawn import Spawner
from checker.stage.stage import Settings, Stage

ROOT = Path(__file__).resolve().parents[1]
ROOM = """
import socket
import threading
import time

clients = []
clients_lock = threading.Lock()


def handle_client(client_socket, address):
    while True:
        data = client_socket.recv(1024)
        if not data:
            break
        relay(data, client_socket, address)
    with clients_lock:
        clients.remove(client_socket)
    client_socket.close()


def relay(data, client_socket, address):
    time.sleep({delay})
    with clients_lock:
        for other in clients:
            if other is not client_socket and {relays}:
                other.sendall(f"[{{address}}] ".encode() + data)


def start_server(host, port):
    server_socket = socket.socket()
    server_socket.bind((host, {port}))
    server_socket.listen()
    while True:
        client_socket, address = server_socket.accept()
        with clients_lock:
            clients.append(client_socket)
        threading.Thread(target=handle_client, args=(client_socket, address)).start()
"""
RELAYS = {"reaches_every_other_client"}
SEVERAL = {"reaches_every_other_client", "names_the_sender", "does_not_echo_to_the_sender", "carries_unicode"}


def room(folder: Path, *, delay: float = 0.0, relays: bool = True, port: str = "port") -> Path:
    """A room as a student writes it, without SO_REUSEADDR."""
    file = folder / "server.py"
    file.write_text(ROOM.format(delay=delay, relays=relays, port=port), encoding="utf-8")
    return file


def leased() -> socket.socket:
    """A port that nobody else on this machine takes while the socket is open."""
    return next(one for port in containment.ports() if (one := containment.lease(port)) is not None)


def verdicts(starter: containment.Starter, settings: Settings, file: Path, only: set[str]) -> dict[str, str]:
    """The outcome of each check; the starter is closed."""
    lab = rubric.load("lab3_broadcast")
    try:
        results = list(Engine(settings, starter).run(lab, {"server": file}, only))
    finally:
        starter.close()
    return {result.id: result.outcome for result in results}


def fork_server(*, namespaces: bool = True) -> containment.Starter:
    """Programs are forked, watched as the test says."""
    return Way("fork", "procfs" if namespaces else "portable").starter()


@pytest.mark.needs("linux")
@pytest.mark.parametrize("relays", [True, False])
def test_forked_and_fresh_interpreters_give_the_same_verdicts(tmp_path: Path, relays: bool) -> None:
    file = room(tmp_path, relays=relays)
    forked = verdicts(fork_server(), Settings(), file, SEVERAL)
    fresh = verdicts(Spawner(), Settings(), file, SEVERAL)
    assert forked == fresh
    assert (forked["reaches_every_other_client"] == "passed") is relays


@pytest.mark.parametrize("start", ["fork", "spawn"])
@pytest.mark.parametrize(
    ("delay", "relays", "outcome"), [(0.0, True, "passed"), (0.0, False, "failed"), (0.3, True, "passed")]
)
def test_a_quiet_spell_judges_as_the_kernel_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str, delay: float, relays: bool, outcome: str
) -> None:
    monkeypatch.setenv("CHAT_LAB_START", start)
    monkeypatch.setenv("CHAT_LAB_REST", "portable")
    file = room(tmp_path, delay=delay, relays=relays)
    got = verdicts(containment.choose(Settings()).starter(), Settings(), file, RELAYS)
    assert got["reaches_every_other_client"] == outcome


@pytest.mark.needs("linux")
@pytest.mark.parametrize("portable", [False, True])
def test_one_port_for_several_checks_at_once_is_nobodys_fault(tmp_path: Path, portable: bool) -> None:
    held = leased()
    file = room(tmp_path, port=str(held.getsockname()[1]))
    got = verdicts(fork_server(namespaces=False), Settings(portable=portable), file, SEVERAL)
    held.close()
    assert set(got.values()) == {"passed"}


needs_root = pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("setpriv") or os.geteuid() != 0, reason="NOT RUN: needs root and setpriv"
)
PLAY = """
import sys
from pathlib import Path
from checker.grading import rubric
from checker.grading.engine import Engine
from checker.stage import containment
from checker.stage.stage import Settings

way = containment.choose(Settings())
starter = way.starter()
only = set(sys.argv[2:])
lab = rubric.load("lab3_broadcast")
for result in Engine(Settings(), starter).run(lab, {"server": Path(sys.argv[1])}, only):
    print(way.rest, starter.contained, result.outcome)
starter.close()
"""


@needs_root
@pytest.mark.parametrize("rest", ["procfs", "portable"])
def test_a_containers_root_is_right_too(tmp_path: Path, rest: str) -> None:
    """As docker starts it: without CAP_SYS_PTRACE and CAP_SYS_ADMIN."""
    without = ["setpriv", "--bounding-set", "-sys_ptrace,-sys_admin"]
    file = room(tmp_path)
    ran = subprocess.run(
        [*without, sys.executable, "-c", PLAY, str(file), *RELAYS],
        cwd=ROOT,
        env={**os.environ, "CHAT_LAB_REST": rest},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines() == [f"{rest} False passed"], ran.stderr


@needs_root
@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_somebody_without_rights_is_right_too(tmp_path: Path, start: str) -> None:
    """Under another user, who may read what root may: several stages in one run, with namespaces where
    there are any."""
    file = room(tmp_path)
    nobody = ["setpriv", "--reuid", "65534", "--clear-groups"]
    reads = ["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]
    ran = subprocess.run(
        [*nobody, *reads, sys.executable, "-c", PLAY, str(file), *SEVERAL],
        cwd=ROOT,
        env={**os.environ, "CHAT_LAB_START": start, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert {line.split()[2] for line in ran.stdout.splitlines()} == {"passed"}, ran.stdout + ran.stderr
    assert len(ran.stdout.splitlines()) == len(SEVERAL)


KILLER = """
import os
import signal

with open(f"/proc/{os.getppid()}/stat") as file:
    grandparent = int(file.read().rpartition(")")[2].split()[1])
os.kill(grandparent, signal.SIGKILL)
"""
TWO_AT_ONCE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from checker.grading import rubric
from checker.grading.engine import Engine
from checker.stage.forkserver import ForkServer
from checker.stage.stage import Settings

starter = ForkServer(namespaces=False)
engine = Engine(Settings(), starter)
lab = rubric.load("lab3_broadcast")
def play(file):
    return [(one.outcome, one.message) for one in engine.run(lab, {"server": Path(file)}, set(sys.argv[3:]))]
with ThreadPoolExecutor(2) as pool:
    killed, right = pool.map(play, sys.argv[1:3])
starter.close()
print(killed, right, starter.lives, sep="\\n")
"""


@needs_root
def test_a_fork_server_that_is_killed_costs_the_killer_alone(open_folder: Path) -> None:
    """Where programs share our process ids and our user."""
    right = room(open_folder)
    killer = open_folder / "killer.py"
    killer.write_text(KILLER + right.read_text(encoding="utf-8"), encoding="utf-8")
    temporary = open_folder / "tmp"
    temporary.mkdir()
    shutil.chown(temporary, 65534)
    nobody = ["setpriv", "--reuid", "65534", "--clear-groups"]
    reads = ["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]
    ran = subprocess.run(
        [*nobody, *reads, sys.executable, "-c", TWO_AT_ONCE, str(killer), str(right), *SEVERAL],
        cwd=ROOT,
        env={**os.environ, "HOME": str(open_folder), "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=True,
    )
    killed, spared, lives = (ast.literal_eval(line) for line in ran.stdout.splitlines())
    said = "Your program ended a process of the checker's: it may end only its own."
    assert killed == [("failed", said)] * len(SEVERAL)
    assert spared == [("passed", None)] * len(SEVERAL)
    assert lives > len(SEVERAL)
    assert list(temporary.iterdir()) == []


def test_the_settings_and_the_environment_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHAT_LAB_START", raising=False)
    monkeypatch.delenv("CHAT_LAB_REST", raising=False)
    assert containment.choose(Settings(portable=True)).rest == "portable"
    monkeypatch.setenv("CHAT_LAB_START", "spawn")
    assert containment.choose(Settings()).start == "spawn"
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("CHAT_LAB_START", "fork")
    assert containment.choose(Settings()) == Way("spawn", "portable")


def test_a_leased_port_is_nobody_elses() -> None:
    held = leased()
    port = held.getsockname()[1]
    assert containment.lease(port) is None
    held.close()
    again = containment.lease(port)
    assert again is not None
    again.close()


def test_what_is_carried_arrives_whole_and_ends() -> None:
    reading, writing = os.pipe()
    out, carried = CarriedOut(writing), CarriedIn(reading)
    carried.expect_end()
    out.write(b"x" * 300_000)
    out.write(b"y")
    out.close()
    got = b""
    while data := carried.read():
        got += data
    assert got == b"x" * 300_000 + b"y"
    carried.close()


def test_carried_pipes_say_that_nothing_is_there() -> None:
    reading, writing = os.pipe()
    carried = CarriedIn(reading)
    with pytest.raises(BlockingIOError):
        carried.read()
    os.close(writing)
    carried.close()


class Clock:
    """Time as an observer is told it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def observed(observer: PortableObserver, clock: Clock, pause: float, turns: int) -> bool:
    """Look `turns` times, a pause before each; the last answer."""
    rests = False
    for _turn in range(turns):
        clock.now += pause
        rests = observer.look()
    return rests


def test_a_quiet_spell_outlasts_a_pause_and_a_late_turn_makes_it_longer() -> None:
    clock = Clock()
    observer = PortableObserver(os.getppid(), lambda: False, clock)
    observer.mark()
    assert not observed(observer, clock, 0.02, 30)
    assert observed(observer, clock, 0.02, 30)
    observer.mark()
    assert not observed(observer, clock, 0.02, 2)
    assert not observed(observer, clock, 0.4, 5)
    assert observed(observer, clock, 0.02, 150)


class Stirring(PortableObserver):
    """Of a program of which every second look sees one thread more: a chain of timers."""

    def _sample(self) -> Sample:
        self.turns = getattr(self, "turns", 0) + 1
        return Sample((self.pid,), 3 + self.turns % 2, 0.0)


def test_threads_that_come_and_go_for_ever_are_rest_in_the_end() -> None:
    clock = Clock()
    observer = Stirring(os.getppid(), lambda: False, clock)
    assert not observed(observer, clock, 0.02, 500)  # it may take its time to begin
    observer.mark()
    assert not observed(observer, clock, 0.02, 240)
    assert observed(observer, clock, 0.02, 60)
    observer.effect(printed_only=False)  # somebody has heard something
    assert not observed(observer, clock, 0.02, 240)


class Late:
    """A table that shows what it saw long ago, unless it is told to look again."""

    proved = False

    def __init__(self) -> None:
        self.fresh = False

    def rows(self) -> list[Row]:
        return [Row(LISTEN, ("127.0.0.1", 5000), ("0.0.0.0", 0), 0, 0, 1)] if self.fresh else []

    def forget(self) -> None:
        self.fresh = True

    def under_way(self, _rows: list[Row]) -> bool:
        return False

    def close(self) -> None:
        pass


def test_at_the_bound_the_network_is_looked_at_once_more(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(engine.starter, Settings(bound=0.05), "late")
    stage.table.close()
    stage.table = Late()
    monkeypatch.setattr(stage, "at_rest", lambda: False)
    try:
        assert stage.wait(lambda: bool(stage.table.rows())) == "seen"
    finally:
        stage.close()


def test_who_plays_alone_meets_nobody() -> None:
    turns = Turns()
    inside: list[str] = []
    met: list[list[str]] = []
    gate = threading.Barrier(2)

    def alone() -> None:
        gate.wait()
        with turns.alone():
            met.append(list(inside))

    thread = threading.Thread(target=alone)
    with turns.together():
        inside.append("somebody")
        thread.start()
        gate.wait()
        inside.remove("somebody")
    thread.join()
    assert met == [[]]
