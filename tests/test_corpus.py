"""Every right program of the corpus keeps every point; every wrong one loses exactly what it must, and of what it loses
exactly those causes are named that are its own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from checker.authoring.corpus import Case, Disagreement, cases, play
from checker.grading.engine import Engine
from checker.grading.rubric import load, names
from tests.conftest import ROOT

CORPUS = list(cases(ROOT / "tests" / "corpus"))


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: f"{case.lab}-{case.name}")
def test_corpus(case: Case, engine: Engine, tmp_path: Path) -> None:
    played = play(engine, case, ROOT, tmp_path / "ready")
    told = "\n".join(
        f"{one.id}: {one.outcome}: {one.message} {one.cause} {one.note or ''}"
        for one in played.results
        if one.outcome != "passed"
    )
    assert played.disagreement == Disagreement(), told


@pytest.mark.parametrize("lab", names())
def test_corpus_needs_every_check(lab: str) -> None:
    """A check that no wrong program loses could not fail."""
    lost = {id_ for case in CORPUS if case.lab == lab for id_ in case.loses}
    assert {check.id for check in load(lab).checks} - lost == set()


def test_corpus_has_right_programs_of_every_lab() -> None:
    """Eight, each written in a way of its own, of a lab that is taught; one of a lab that is still being written."""
    right = Counter(case.lab for case in CORPUS if case.right)
    wanted = {lab: 8 if load(lab).read else 1 for lab in names()}
    assert {lab: right[lab] for lab in names() if right[lab] < wanted[lab]} == {}
