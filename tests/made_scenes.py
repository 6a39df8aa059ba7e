"""Timelines of scenes that nobody played."""

from __future__ import annotations

from typing import Any

from checker.grading.model import Grade
from checker.stage.timeline import Timeline
from tests.made_results import a_check, a_failure, a_grade, a_lab


def scene(*events: tuple[Any, ...]) -> list[dict[str, Any]]:
    """A timeline of (who, kind, data, facts)."""
    timeline = Timeline()
    for who, kind, *more in events:
        data = more[0] if more and isinstance(more[0], bytes) else b""
        facts = more[-1] if more and isinstance(more[-1], dict) else {}
        timeline.add(who, kind, data, **facts)
    return timeline.as_json()


def server(port: int = 20001, **facts: Any) -> tuple[Any, ...]:
    told = {"file": "server.py", "pid": 1, "role": "server", "host": "127.0.0.1", "port": port, "under": []}
    return ("server", "started", {**told, **facts})


LISTENS = ("server", "listening", {"host": "127.0.0.1", "port": 20001})
ALICE = ("alice", "connected", {"port": 40001, "to": 20001})
BOB = ("bob", "connected", {"port": 40002, "to": 20001})


def a_grade_with_a_failure() -> Grade:
    """One check that passed and one that failed, at rest, with its timeline."""
    timeline = scene(server(), LISTENS, ALICE, ("alice", "sent", b"\xff"), ("alice", "missing", b"Hi!", {"said_by": "bob"}))
    return a_grade(a_lab([a_check(), a_failure(id="other", timeline=timeline, ended_by="rest")], mark="pass"))

