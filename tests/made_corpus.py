"""A corpus of a few small programs, and what was met of them, by hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from checker.authoring.corpus import Case
from checker.authoring.pool import Record
from checker.grading.model import Cause, CheckResult
from checker.grading.rubric import load
from tests.conftest import ROOT

LAB = "lab2_duo"
CHECKS = [check.id for check in load(LAB).checks]
SENDS = "target.sendall(message)"
WRONG = "closes_without_shutdown"
"""Of the real corpus: loses this one."""
ITS_LOSS = "hangs_up_on_the_other_when_one_leaves"


def put(folder: Path, name: str, *, loses: list[str], replace: list[list[str]], why: str = "As told.") -> None:
    """Write a program that is a change to the solution."""
    facts = {"why": why, "base": f"solutions/{LAB}/server.py", "loses": loses, "replace": replace}
    (folder / LAB).mkdir(parents=True, exist_ok=True)
    text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in facts.items())
    (folder / LAB / f"{name}.toml").write_text(text, encoding="utf-8")


def put_survivor(folder: Path, name: str = "in_other_words") -> None:
    """One that is said to be wrong and is not."""
    put(folder, name, loses=["carries_unicode"], replace=[[SENDS, f"{SENDS}  # all of it"]])


def put_fallen(folder: Path, name: str = "right_but_ascii_only") -> None:
    """One that is said to be right and is not."""
    put(folder, name, loses=[], replace=[[SENDS, 'target.sendall(message.decode("ascii", "ignore").encode())']])


def put_real(folder: Path, name: str = WRONG) -> None:
    """One of the real corpus."""
    (folder / LAB).mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "tests" / "corpus" / LAB / f"{name}.toml", folder / LAB)


def a_case(name: str = "wrong", *, loses: tuple[str, ...] = (CHECKS[1],), causes: tuple[str, ...] = ()) -> Case:
    """The solution under another name: it is not played."""
    return Case(LAB, name, "As told.", frozenset(loses), frozenset(), f"solutions/{LAB}/server.py", causes=frozenset(causes))


def a_record(case: Case, run: int = 0, *, causes: dict[str, str] | None = None, **outcomes: str) -> Record[Case]:
    """A run in which every check passed but those that are named."""
    results = []
    for check in load(LAB).checks:
        outcome = outcomes.get(check.id, "passed")
        result = CheckResult(check.id, check.title, outcome, 0, check.points)  # type: ignore[arg-type]
        result.points = check.points if outcome == "passed" else 0
        result.message = None if outcome == "passed" else f"{check.id} ended so in run {run}."
        if causes and check.id in causes:
            result.cause = Cause(causes[check.id], "This is why.")
        result.timeline = [{"t": 0.001, "who": "alice", "kind": "sent", "step": run}]
        results.append(result)
    return Record(case, run, results, 0.5, 10 + run)
