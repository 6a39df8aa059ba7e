"""The reference solutions earn every point, the stubs at most a tenth of each lab's."""

from __future__ import annotations

import pytest

from checker.grading.engine import Engine
from checker.grading.rubric import load, names
from tests.conftest import ROOT


@pytest.mark.parametrize("lab", names())
def test_a_solution_earns_every_point(lab: str, engine: Engine) -> None:
    told = load(lab)
    files = {program: ROOT / "solutions" / lab / f"{program}.py" for program in told.programs}
    lost = {result.id: result.message for result in engine.run(told, files) if result.outcome != "passed"}
    assert lost == {}


@pytest.mark.parametrize("lab", names())
def test_a_stub_earns_at_most_a_tenth(lab: str, engine: Engine) -> None:
    told = load(lab)
    files = {program: ROOT / "labs" / lab / f"{program}.py" for program in told.programs}
    results = list(engine.run(told, files))
    assert [result.message for result in results if result.outcome == "error"] == []
    assert sum(result.points for result in results) <= told.max / 10


@pytest.mark.parametrize(("number", "worth"), [(1, 12), (2, 10), (3, 20), (4, 14), (5, 19), (6, 20)])
def test_a_lab_is_worth_what_its_page_says(number: int, worth: int) -> None:
    assert [lab.max for lab in map(load, names()) if lab.number == number] == [worth]


def test_a_stub_is_not_told_that_nobody_calls_its_function(engine: Engine) -> None:
    """It is called, and returns at once: nothing of it is written yet."""
    told = load("lab6_assignment")
    files = {program: ROOT / "labs" / told.name / f"{program}.py" for program in told.programs}
    (result,) = engine.run(told, files, {"plays_the_assignments_scene"})
    assert result.cause is not None
    assert (result.outcome, result.cause.id) == ("failed", "not_written")
