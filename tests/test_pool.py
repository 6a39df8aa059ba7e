"""Many programs at once: what becomes of the workers where something goes wrong."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from checker.authoring.corpus import BadCase
from checker.authoring.pool import How, play_all
from tests.conftest import ROOT
from tests.made_corpus import LAB, a_case


@dataclass(frozen=True)
class Ends:
    """A program that ends the worker that is to play it."""

    lab: str = LAB
    name: str = "ends"

    def build(self, root: Path, target: Path) -> dict[str, Path]:
        os._exit(3)


def children() -> set[int]:
    return {child.pid for child in multiprocessing.active_children() if child.pid is not None}


def test_a_worker_that_ends_is_told_and_the_others_go() -> None:
    before = children()
    with pytest.raises(BrokenProcessPool):
        list(play_all([(Ends(), 0), (a_case(), 0), (a_case(), 1)], ROOT, How(), 2))
    assert children() <= before


def test_a_program_that_cannot_be_built_is_told() -> None:
    before = children()
    unlike = replace(a_case(), replace=(("nowhere in it", ""),))
    with pytest.raises(BadCase, match="occurs 0 times"):
        list(play_all([(unlike, 0), (a_case(), 0)], ROOT, How(), 2))
    assert children() <= before


def test_who_leaves_the_loop_leaves_nobody() -> None:
    before = children()
    records = play_all(((a_case(), run) for run in range(1000)), ROOT, How(seed=7), 2)
    first = next(records)
    assert (first.seed - first.run, {one.outcome for one in first.results}) == (7, {"passed"})
    records.close()
    assert children() <= before
