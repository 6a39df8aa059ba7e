"""One grade: labs and files in, results out as they come, a complete record or no grade."""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from checker import __version__
from checker.grading.engine import Engine
from checker.grading.model import CheckResult, Grade, GradedFile, LabResult
from checker.grading.rubric import Lab, load
from checker.grading.submission import Submitted
from checker.paths import as_known
from checker.stage.source import read_source
from checker.stage.stage import Settings
from checker.texts import _

BeginLab = Callable[[Lab, LabResult], None]
EachCheck = Callable[[CheckResult], None]


@dataclass
class Session:
    """A run of the checker over a submission; `engine` and its fork server live as long as `opened` says."""

    engine: Engine
    grade: Grade
    only: set[str] | None = None
    on_lab: BeginLab = field(default=lambda _lab, _result: None)
    on_check: EachCheck = field(default=lambda _result: None)

    def run(self, submitted: list[Submitted]) -> Iterator[LabResult]:
        """Grade lab after lab. The grade is complete once every check of every lab has a verdict."""
        for one in submitted:
            yield self._lab(load(one.lab), one)
        self.grade.complete = all(check.outcome != "error" for lab in self.grade.labs for check in lab.checks)

    def _lab(self, lab: Lab, submitted: Submitted) -> LabResult:
        began = time.monotonic()
        asked = [check for check in lab.checks if self.only is None or check.id in self.only]
        result = LabResult(lab.name, sum(check.points for check in asked), title=_(lab.title))
        self.grade.labs.append(result)
        files, problems = _readable(submitted, result)
        self.on_lab(lab, result)
        self.engine.remarks.clear()
        if files:
            for played in self.engine.run(lab, files, self.only):
                result.checks.append(played)
                self.on_check(played)
        else:
            result.missing = "\n".join(problems) or submitted.missing
            for check in asked:
                result.checks.append(self.engine.not_played(lab, check))
        if result.missing is None and problems:
            result.missing = "\n".join(problems)
        result.notes += self.engine.remarks
        marked = getattr(lab.module, "mark", None)
        if marked is not None and self.only is None:
            result.mark = marked({check.id for check in result.checks if check.outcome == "passed"})
        result.seconds = time.monotonic() - began
        return result


def _readable(submitted: Submitted, result: LabResult) -> tuple[dict[str, Path], list[str]]:
    """The files that can be run, noted in the result; and a sentence for each that cannot."""
    files: dict[str, Path] = {}
    problems: list[str] = []
    for program, path in submitted.files.items():
        if path is None:
            continue
        source = read_source(path)
        if source.problem is not None:
            problems.append(source.problem)
            continue
        files[program] = path.absolute()  # it is started in its own folder
        result.files.append(graded_file(path))
        result.notes += source.notes
    if submitted.missing:
        problems.append(submitted.missing)
    return files, problems


def graded_file(path: Path) -> GradedFile:
    """Path, digest and time of a file that is about to be judged."""
    return GradedFile(as_known(path), hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime)


@contextmanager
def opened(submission: str, settings: Settings, workers: int | None = None) -> Iterator[Session]:
    """A session whose processes are gone when the block is left, however it is left."""
    from checker.stage import containment

    way = containment.choose(settings)
    starter = way.starter()
    try:
        engine = Engine(settings, starter)
        if workers:
            engine.workers = workers
        grade = Grade(
            submission=submission,
            checker=__version__,
            python=platform.python_version(),
            # platform.platform() would start `uname -p` to leave out what it says.
            platform=f"{platform.system()}-{platform.release()}-{platform.machine()}",
            rest=way.rest,
            seed=settings.seed,
        )
        try:
            yield Session(engine, grade)
        finally:
            engine.stop()
    finally:
        starter.close()


def new_seed() -> int:
    """A seed for a run that was given none; `CHAT_LAB_SEED` in the environment comes first."""
    return int(os.environ.get("CHAT_LAB_SEED") or secrets.randbelow(2**31))
