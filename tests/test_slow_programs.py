"""Who takes long is right, however long: a bound is there for programs that never come to an end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from checker.grading.engine import Engine
from checker.grading.rubric import load
from tests.conftest import ROOT

SOLUTION = (ROOT / "solutions" / "lab3_broadcast" / "server.py").read_text(encoding="utf-8")
SENDS = "                client.sendall(message)\n"
BOUND = 4.0


@pytest.mark.parametrize(
    ("instead", "outcome"),
    [
        (SENDS + "                time.sleep(0.008)  # so that messages do not run together\n", "passed"),
        ("                client.sendall(message[:40])\n                time.sleep(0.008)\n", "failed"),
        ("                while True:\n                    client.sendall(b'nobody said so')\n", "failed"),
    ],
    ids=["a pause after each send", "the same, cutting off", "a flood"],
)
def test_everyone_talks_at_once_to_a_slow_server(instead: str, outcome: str, engine: Engine, tmp_path: Path) -> None:
    assert SOLUTION.count(SENDS) == 1
    file = tmp_path / "server.py"
    file.write_text("import time\n" + SOLUTION.replace(SENDS, instead), encoding="utf-8")
    bounded = Engine(replace(engine.settings, bound=BOUND), engine.starter)
    (result,) = bounded.run(load("lab3_broadcast"), {"server": file}, {"lets_everyone_talk_at_once"})
    assert result.outcome == outcome, result.message
