"""Whole chat servers under the lens: right designs are left in peace, wrong ones are named each time, with both
threads and both lines."""

from __future__ import annotations

import pytest
from lens_runs import serve
from lens_servers import ASSIGNMENT, COPY, GUARDED_OUTBOXES, OUTBOXES, OWNER, RIGHT, WRONG, without_locks

pytestmark = pytest.mark.needs("posix")  # each program is forked from one interpreter

TIMES = 20


@pytest.mark.parametrize("name", RIGHT)
def test_right_server_is_left_in_peace(name: str) -> None:
    for _time in range(3):
        report = serve(RIGHT[name])
        assert report["races"] == [], name
        assert report["shared"] or report["handed_over"], "nothing was watched"


@pytest.mark.parametrize("name", WRONG)
def test_wrong_server_is_named(name: str) -> None:
    server, one, other = WRONG[name]
    for _time in range(3):
        races = serve(server)["races"]
        assert races, name
        pairs = [(race["first"], race["second"]) for race in races]
        assert any(_match(pair, one, other) for pair in pairs), pairs
        assert all(first["thread"] != second["thread"] for first, second in pairs)
        if name != "a lock for each thread":  # they all bear one name
            assert not any(set(first["held"]) & set(second["held"]) for first, second in pairs)


def _match(pair: tuple, one: str, other: str) -> bool:
    first, second = (access["source"] for access in pair)
    return (one in first and other in second) or (other in first and one in second)


def test_the_assignments_server_without_its_lock_is_named_every_time() -> None:
    server = without_locks(ASSIGNMENT)
    lines = [line.strip() for line in server.splitlines()]
    for _time in range(TIMES):
        race = serve(server)["races"][0]
        assert race["container"] == "clients (list made at program.py:5)"
        both = (race["first"], race["second"])
        assert {access["source"] for access in both} == {"clients.append(client_socket)", "for client in clients[:]:"}
        assert {access["thread"].partition("-")[0] for access in both} == {"MainThread", "Thread"}
        for access in both:
            assert access["held"] == [] and lines[access["line"] - 1] == access["source"]


def test_sends_under_the_lists_lock_are_told() -> None:
    sends = serve(ASSIGNMENT)["sends_under_lock"]
    assert sends and sends[0]["lock"] == "clients_lock" and sends[0]["guards_container"]
    assert "client.send(" in sends[0]["source"]
    for server in (COPY, OUTBOXES, OWNER, GUARDED_OUTBOXES):
        assert serve(server)["sends_under_lock"] == []
    own = COPY.replace("everybody = list(clients)", "everybody = [(c, threading.Lock()) for c in clients]").replace(
        "            for client in everybody:", "            for client, own in everybody:"
    )
    own = own.replace("                    client.sendall(", "                    with own: client.sendall(")
    sends = serve(own)["sends_under_lock"]
    assert sends and not any(send["guards_container"] for send in sends)


def test_the_lens_own_thread_is_nobody() -> None:
    report = serve(ASSIGNMENT)
    assert report["locks"] == 1
    assert not any(race[which]["thread"] == "lens" for race in report["races"] for which in ("first", "second"))
