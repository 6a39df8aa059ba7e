"""Programs made of cells, and what a notebook plays with."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from checker.notebook import run
from checker.notebook.cells import NotInCells, program
from checker.notebook.live import studio
from tests.conftest import ROOT

ROOM = ROOT / "solutions" / "lab3_broadcast" / "server.py"
CLIENT = ROOT / "solutions" / "lab4_client" / "client.py"


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    yield
    studio.close()


def test_a_function_comes_with_what_it_needs_and_with_nothing_else() -> None:
    cells = [
        "%load_ext checker.notebook\nimport os\nimport threading as t",
        "clients = []\nlock = t.Lock()",
        "print('not this')\nunused = 1",
        "def relay(data):\n    with lock:\n        return [data for _ in clients]",
        "def start_server(host, port):\n    return lambda: relay(host)",
    ]
    assert program("start_server", cells) == (
        "import threading as t\n\nclients = []\n\nlock = t.Lock()\n\n"
        "def relay(data):\n    with lock:\n        return [data for _ in clients]\n\n"
        "def start_server(host, port):\n    return lambda: relay(host)\n"
    )


def test_of_a_name_that_was_bound_twice_the_last_counts() -> None:
    cells = ["SIZE = 1", "def f(host, port):\n    return SIZE", "SIZE = 2", "oops ="]
    source = program("f", cells)
    assert "SIZE = 2" in source and "SIZE = 1" not in source


def test_storing_into_a_module_does_not_bind_it() -> None:
    source = program("f", ["import threading", "threading.excepthook = print", "def f(h, p):\n    threading.Event()"])
    assert source.startswith("import threading\n")


def test_decorators_and_classes_come_along() -> None:
    cached = "@functools.cache\ndef one():\n    return 1"
    cells = ["import functools", cached, "class Room:\n    size = one()", "def f(h, p):\n    Room()"]
    assert subprocess.run([sys.executable, "-c", program("f", cells) + "f(0, 0)"], check=False).returncode == 0


def test_a_name_from_nowhere_is_named() -> None:
    with pytest.raises(NotInCells, match="clients is defined in no cell"):
        program("f", ["def f(h, p):\n    return clients, len([])"])


def test_peers_and_a_client_meet_in_a_room_and_everything_is_shown() -> None:
    room = run(ROOM)
    anna = room.client(CLIENT, "anna")
    alice, bob = room.join("alice", "bob")
    alice.says("Привет!")
    anna.types("Hi!")
    assert "Привет!" in bob.heard and "Hi!" in bob.heard
    assert "Привет!" in anna.screen
    shown = room.show()
    assert "> Привет!" in repr(shown)
    assert "<script>" not in shown._repr_html_()
    assert room.draw()._repr_html_().startswith("<svg")


def test_starting_again_stops_what_ran_before() -> None:
    first = run(ROOM)
    first.join("alice")
    second = run(ROOM)
    assert studio.shows == [second]
    studio.close()
    assert studio.shows == []


def test_what_passes_a_tap_is_kept() -> None:
    room = run(ROOM)
    tap = room.tap()
    alice = room.listen_in("alice")
    bob = room.join("bob")
    alice.says("Hi!")
    assert tap.said(to_server=True) == b"Hi!" and "Hi!" in bob.heard
