"""What a cause rests on is what a program does: copies with other names and another layout get the same ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from renaming import own_names, renamed

from checker.authoring.corpus import Case, cases
from checker.grading.engine import Engine
from checker.grading.rubric import load
from checker.stage import containment
from tests.conftest import ROOT

NAMED = [case for case in cases(ROOT / "tests" / "corpus") if case.causes]


@pytest.mark.parametrize("case", NAMED, ids=lambda case: f"{case.lab}-{case.name}")
def test_a_copy_gets_the_same_causes(case: Case, engine: Engine, tmp_path: Path) -> None:
    files = case.build(ROOT, tmp_path / "ready")
    for file in files.values():
        source = file.read_text(encoding="utf-8")
        copy = renamed(source)
        assert not own_names(source) & own_names(copy)
        file.write_text(copy, encoding="utf-8")
    # Of those that lose by the dozen for one and the same cause, two checks will do.
    lost = [check.id for check in load(case.lab).checks if check.id in case.loses]
    asked = set(lost[:2] if len(case.causes) == 1 else lost)
    results = list(engine.run(load(case.lab), files, asked))
    told = "\n".join(f"{one.id}: {one.outcome}: {one.message} {one.cause} {one.note or ''}" for one in results)
    assert {one.id for one in results if one.outcome == "failed"} == asked, told
    causes = {one.cause.id for one in results if one.cause is not None}
    assert causes <= case.causes, told
    if containment.choose(engine.settings).rest == "procfs":
        assert causes == case.causes, told
