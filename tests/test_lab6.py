"""The assignment's own marks, and which rows are played when only one of the two programs is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.grading.engine import Engine
from checker.grading.rubric import load
from checker.labs.lab6_assignment import CHECKS, mark
from checker.stage import containment
from checker.stage.stage import Settings

SOLUTIONS = Path(__file__).resolve().parents[1] / "solutions"
ALL = {scene.__name__.removeprefix("check_") for scene in CHECKS}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    starter = containment.choose(Settings()).starter()
    yield Engine(Settings(), starter)
    starter.close()


def test_marks() -> None:
    assert mark(ALL) == "full"
    assert mark(ALL - {"tells_who_came_and_went"}) == "pass"
    assert mark(ALL - {"two_people_can_chat"}) == "none"
    assert mark({"uses_socket", "two_people_can_chat"}) == "pass"
    assert mark(ALL - {"uses_socket"}) == "none"


def test_a_chat_for_two_passes_with_eleven_points(engine: Engine) -> None:
    server, client = SOLUTIONS / "lab2_duo" / "server.py", SOLUTIONS / "lab4_client" / "client.py"
    files = {"server": server, "client": client}
    results = list(engine.run(load("lab6_assignment"), files))
    passed = {result.id for result in results if result.outcome == "passed"}
    assert passed == {"uses_socket", "two_people_can_chat", "exit_leaves"}
    assert sum(result.points for result in results) == 11
    assert mark(passed) == "pass"


@pytest.mark.parametrize(
    ("program", "played"),
    [
        (
            "server",
            {
                "uses_socket",
                "the_rest_stay",
                "uses_threading_and_a_lock",
                "survives_a_lost_connection",
                "tells_who_came_and_went",
            },
        ),
        ("client", {"uses_socket", "exit_leaves"}),
    ],
)
def test_one_program_is_played_with_ours(engine: Engine, program: str, played: set[str]) -> None:
    files = {program: SOLUTIONS / "lab6_assignment" / f"{program}.py"}
    outcomes = {result.id: result.outcome for result in engine.run(load("lab6_assignment"), files)}
    assert {id_ for id_, outcome in outcomes.items() if outcome == "passed"} == played
    assert {outcome for id_, outcome in outcomes.items() if id_ not in played} == {"skipped"}
