"""What one command keeps for the next, in `.checker/` of the current folder. Nothing depends on it: a file that is broken
counts as none, and one that cannot be written is told and left."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from checker.grading import rubric
from checker.grading.model import Grade, GradedFile, LabResult
from checker.report import outfile
from checker.texts import _
from checker.workplace import STATE

GRADES = Path(STATE) / "grades.json"
"""What was graded last: digests of files by their paths."""
LAST = Path(STATE) / "last.json"
"""How each check ended when it was last graded: outcomes by lab and check."""
HINTS = Path(STATE) / "hints.json"
"""How many hints to each check have been read: numbers by lab and check."""
QUIZ = Path(STATE) / "quiz.json"
"""Whether a wrong program of the quiz was understood when it was asked about last, by lab and program."""
POINTS = Path(STATE) / "points.json"
"""Which points were seen for which files: by lab, the newest first."""
MOST_SEEN = 10
"""Grades of one lab of which the points are kept."""


def digests() -> dict[str, str]:
    """What was graded last, by path: to tell "unchanged since the last grade"."""
    return {key: str(value) for key, value in load(GRADES).items()}


def unchanged(files: Sequence[GradedFile], seen: Mapping[str, str]) -> bool:
    """Whether `files` are those of the last grade; `seen` is what `digests` gave."""
    return bool(files) and all(seen.get(_key(one.path)) == one.sha256 for one in files)


def outcomes(lab: str) -> dict[str, str]:
    """How the checks of a lab ended when they were last graded, by id."""
    return {check: str(outcome) for check, outcome in table(load(LAST), lab).items()}


def hints_read(lab: str) -> dict[str, int]:
    """How many hints to each check of a lab have been read, by id."""
    return {check: count for check, count in table(load(HINTS), lab).items() if isinstance(count, int) and count > 0}


def understood() -> set[tuple[str, str]]:
    """The programs of the quiz (lab, name) whose question was answered rightly when it was asked last."""
    answers = load(QUIZ)
    return {(lab, name) for lab in answers for name, right in table(answers, lab).items() if right is True}


def points_seen(places: Iterable[Path], lab: str, digests: Mapping[str, str]) -> tuple[int, float] | None:
    """The points of the last whole grade of a lab whose Python files had exactly these digests, by name, and when it was (Unix
    seconds); None where there was none. `places` are the folders in which somebody may have graded."""
    found = [
        (one["when"], one["points"])
        for place in dict.fromkeys(place.resolve() for place in places)
        for one in _grades(load(place / POINTS), lab)
        if one.get("files") == digests and isinstance(one.get("points"), int) and isinstance(one.get("when"), int)
    ]
    when, points = max(found, default=(0, None))
    return None if points is None else (points, when)


def _grades(facts: Mapping[str, Any], lab: str) -> list[dict[str, Any]]:
    kept = facts.get(lab)
    return [one for one in kept if isinstance(one, dict)] if isinstance(kept, list) else []


def _with_points(facts: dict[str, Any], lab: LabResult) -> None:
    """Keep what a lab's own folder earned as a whole."""
    paths = [Path(file.path) for file in lab.files]
    told = rubric.load(lab.lab)
    if {path.name for path in paths} != {f"{program}.py" for program in told.programs} or lab.max != told.max:
        return  # only a part of it
    if paths[0].absolute().parent.name != lab.lab or any(check.outcome == "error" for check in lab.checks):
        return
    digests = {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in sorted(paths[0].parent.glob("*.py"))}
    if any(digests.get(path.name) != file.sha256 for path, file in zip(paths, lab.files, strict=True)):
        return  # saved anew meanwhile
    grade = {"files": digests, "points": lab.score, "max": lab.max, "when": int(time.time())}
    others = [one for one in _grades(facts, lab.lab) if one.get("files") != digests]
    facts[lab.lab] = [grade, *others][:MOST_SEEN]


def remember_grade(grade: Grade, hinted: Iterable[tuple[str, str]]) -> None:
    """Keep what was graded and how it went; `hinted` are the checks (lab, id) whose first hint was on the screen."""
    seen, last, hints, points = load(GRADES), load(LAST), load(HINTS), load(POINTS)
    for lab in grade.labs:
        seen |= {_key(one.path): one.sha256 for one in lab.files}
        last[lab.lab] = table(last, lab.lab) | {check.id: check.outcome for check in lab.checks}
        with contextlib.suppress(OSError):  # a file is gone meanwhile
            _with_points(points, lab)
    for name, check in hinted:
        _read(hints, name, check, 1)
    keep({GRADES: seen, LAST: last, HINTS: hints, POINTS: points})


def remember_hint(lab: str, check: str, number: int) -> None:
    """Keep that the hints to a check have been read up to `number`, counted from 1."""
    hints = load(HINTS)
    _read(hints, lab, check, number)
    keep({HINTS: hints})


def remember_answer(lab: str, name: str, right: bool) -> None:
    """Keep how the question about a program of the quiz was answered."""
    answers = load(QUIZ)
    keep({QUIZ: answers | {lab: table(answers, lab) | {name: right}}})


def _read(hints: dict[str, Any], lab: str, check: str, number: int) -> None:
    of_lab = table(hints, lab)
    before = of_lab.get(check)
    hints[lab] = of_lab | {check: max(number, before if isinstance(before, int) else 0)}


def _key(path: str) -> str:
    return str(Path(path).resolve())


def table(facts: Mapping[str, Any], name: str) -> dict[str, Any]:
    """One of the tables that a file keeps."""
    found = facts.get(name)
    return found if isinstance(found, dict) else {}


def load(file: Path) -> dict[str, Any]:
    """What a file keeps; nothing where it is broken or not there."""
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def keep(files: Mapping[Path, dict[str, Any]]) -> None:
    """Write files, each whole or not at all."""
    for file, facts in files.items():
        try:
            file.parent.mkdir(exist_ok=True)
            outfile.write(json.dumps(facts, indent=1).encode("utf-8"), file)
        except OSError as error:  # a folder that one may not write to: what was shown stands all the same
            text = _("note: {file} could not be written ({error})").format(file=file, error=error.strerror)
            print(text, file=sys.stderr)
            return
