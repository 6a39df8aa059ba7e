"""The grades of one's own files, and the files as they were then, in `.checker/history/`: so that a grade can say what the
last change has brought, and how to go back. Bounded; what is broken counts as not there."""

from __future__ import annotations

import contextlib
import hashlib
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from checker import memory
from checker.grading.model import CheckResult, Grade, LabResult
from checker.grading.submission import Submitted
from checker.paths import as_known
from checker.report import outfile
from checker.report.changes import Kept, Since, between
from checker.report.edits import Edit, edit
from checker.workplace import STATE

FOLDER = Path(STATE) / "history"
GRADES = FOLDER / "grades.json"

MOST_GRADES = 200
MOST_BYTES = 4 << 20
"""What all copies together may take; of too many the oldest go."""
LARGEST = 1 << 18
"""Bytes of a file of which a copy is kept."""

LATEST = 1 << 32
"""Unix seconds that every system can put into words."""

COPY = re.compile(r"-[0-9a-f]{12}\.py")
"""How the name of a copy ends: no other file in the folder is ours to delete."""


@dataclass(frozen=True)
class Past:
    """One grade of one lab. `programs` says whose it is. `checks`: outcome and points by id. `files` are digests by path, of
    the programs and of their own modules. Paths are in full."""

    lab: str
    programs: list[str]
    when: float
    seed: int
    kit: str
    score: int
    max: int
    checks: dict[str, tuple[str, int]]
    files: dict[str, str]

    @property
    def key(self) -> tuple[str, ...]:
        """Whose grade it is: what is compared is grades of the same files."""
        return (self.lab, *self.programs)

    def copies(self) -> dict[str, Path]:
        """Where copies of its files are, if they are, by their paths."""
        folder = FOLDER / self.lab
        return {path: folder / f"{Path(path).stem}-{digest[:12]}.py" for path, digest in self.files.items()}


class History:
    """What has been graded until now. Each lab of `grade` is to be added once its checks have ended; `keep` writes it all."""

    def __init__(self, grade: Grade) -> None:
        self._grade = grade
        self._past = _loaded()
        self._texts: dict[Path, bytes] = {}

    def add(self, lab: LabResult, submitted: Submitted) -> Since | None:
        """Add a lab's grade. Returns it beside the one before; None where there is none before, or where this one says
        nothing of the student's work: a program cannot be read, or the checker failed."""
        programs = sorted(path.resolve() for path in submitted.files.values() if path is not None)
        if len(lab.files) != len(programs) or any(check.outcome == "error" for check in lab.checks):
            return None
        texts = _texts(programs)
        files = {path: hashlib.sha256(text).hexdigest() for path, text in texts.items()}
        if {file.sha256 for file in lab.files} - set(files.values()):
            return None  # saved in the middle of it: nobody knows which text was graded
        now = Past(
            lab=lab.lab,
            programs=[str(path) for path in programs],
            when=time.time(),
            seed=self._grade.seed,
            kit=f"{self._grade.checker}, Python {self._grade.python}, {self._grade.rest}",
            score=lab.score,
            max=lab.max,
            checks={check.id: (check.outcome, check.points) for check in lab.checks},
            files=files,
        )
        earlier = [one for one in self._past if one.key == now.key]
        self._past.append(now)
        self._texts.update((copy, texts[path]) for path, copy in now.copies().items() if len(texts[path]) <= LARGEST)
        return _since(earlier, now, lab, texts) if earlier else None

    def keep(self) -> None:
        """Write what was added, and throw away what is too much."""
        kept = _within_bounds(self._past, self._size)
        wanted = _copies(kept)
        with contextlib.suppress(OSError):  # `memory` has told that this folder cannot be written to
            FOLDER.mkdir(parents=True, exist_ok=True)
            for copy, text in self._texts.items():
                if copy in wanted:
                    copy.parent.mkdir(exist_ok=True)
                    outfile.write(text, copy)
            memory.keep({GRADES: {"grades": [asdict(one) for one in kept]}})
            for copy in FOLDER.glob("*/*.py"):
                if copy not in wanted and COPY.search(copy.name):
                    copy.unlink()

    def _size(self, copy: Path) -> int:
        if copy in self._texts:
            return len(self._texts[copy])
        return copy.stat().st_size if copy.is_file() else 0


def _texts(programs: Iterable[Path]) -> dict[str, bytes]:
    """The programs and the modules of their own that they import, by path."""
    from checker.stage.imports import reachable

    files = {file for program in programs for file in (program, *(module.path for module in reachable(program)))}
    texts = {}
    for file in sorted(files):
        with contextlib.suppress(OSError):
            texts[str(file)] = file.read_bytes()
    return texts


def _since(earlier: list[Past], now: Past, lab: LabResult, texts: Mapping[str, bytes]) -> Since:
    last = earlier[-1]
    best = max(reversed(earlier), key=lambda one: (one.max == now.max, one.score))
    paths = [path for path in dict.fromkeys((*now.files, *last.files)) if now.files.get(path) != last.files.get(path)]
    return Since(
        before=_kept(last, now),
        change=between(_result(last), lab),
        edits=[_edit(last, path, texts.get(path, b"")) for path in paths],
        best=_kept(best, now) if best.max == now.max and best.score > now.score else None,
        same_kit=last.kit == now.kit,
        seeds=(last.seed, now.seed),
    )


def _kept(past: Past, now: Past) -> Kept:
    """A grade of before, with those of its copies that are there and differ from the files of now."""
    copies = past.copies()
    others = [path for path, digest in past.files.items() if now.files.get(path) != digest]
    return Kept(past.when, past.score, past.max, [as_known(copies[path]) for path in others if _copied(past, path)])


def _copied(past: Past, path: str) -> bytes | None:
    """The copy of a file, None where it is not there or not what it was."""
    try:
        data = past.copies()[path].read_bytes()
    except (OSError, ValueError):
        return None
    return data if hashlib.sha256(data).hexdigest() == past.files[path] else None


def _edit(last: Past, path: str, text: bytes) -> Edit:
    before = _copied(last, path) if path in last.files else b""
    if before is None:
        return Edit(Path(path).name)
    return edit(Path(path).name, before.decode("utf-8-sig", "replace"), text.decode("utf-8-sig", "replace"))


def _result(past: Past) -> LabResult:
    """As far as it is to be compared."""
    checks = [
        CheckResult(id=id_, title=id_, outcome=outcome, points=points, max=points)  # type: ignore[arg-type]
        for id_, (outcome, points) in past.checks.items()
    ]
    return LabResult(past.lab, past.max, checks=checks)


def _within_bounds(past: list[Past], size: Callable[[Path], int]) -> list[Past]:
    """Without the oldest where they are too many or too large; the last and the best grade of everything go last."""
    kept = list(past)
    sizes = {copy: size(copy) for copy in _copies(past)}
    while len(kept) > MOST_GRADES or sum(sizes[copy] for copy in _copies(kept)) > MOST_BYTES:
        last = {one.key: one for one in kept}
        best = {one.key: one for one in sorted(kept, key=lambda one: one.score)}
        precious = {id(one) for one in (*last.values(), *best.values())}
        oldest = next((number for number, one in enumerate(kept) if id(one) not in precious), 0)
        del kept[oldest]
    return kept


def _copies(past: Iterable[Past]) -> set[Path]:
    return {copy for one in past for copy in one.copies().values()}


def _loaded() -> list[Past]:
    found = memory.load(GRADES).get("grades")
    return [past for past in map(_read, found) if past is not None] if isinstance(found, list) else []


def _read(facts: Any) -> Past | None:
    try:
        past = Past(
            lab=str(facts["lab"]),
            programs=[str(one) for one in facts["programs"]],
            when=float(facts["when"]),
            seed=int(facts["seed"]),
            kit=str(facts["kit"]),
            score=int(facts["score"]),
            max=int(facts["max"]),
            checks={str(id_): (str(outcome), int(points)) for id_, (outcome, points) in facts["checks"].items()},
            files={str(path): str(digest) for path, digest in facts["files"].items()},
        )
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
        return None
    return past if 0 <= past.when < LATEST else None
