"""`author soak`: grade a submission again and again, by the real command and under load, and say what ever differed.

Its JSON (version 1; fields may be added, none renamed):

    {"version": 1, "complete": true, "words": ["1-6", "--submission", "DIR"], "python": "3.11.7", "rest": "procfs",
     "runs": 50, "at_once": 3, "seed": 17,                          run 0 has this seed, run 1 the next one, and so on
     "seconds": 80.2, "times": {"min": 0.81, "median": 0.87, "p90": 1.02, "p99": 1.4, "max": 1.4},
     "processors": {"busy": 0.99, "load": {"shares": [0.4, 0.5], "problem": null}},          load: null without --load
     "time_wait": {"wanted": 2000, "least": 2004, "most": 4102, "problem": null},            null without --time-wait
     "scores": [{"score": 95, "max": 95, "complete": true, "runs": [0, 1, ...]}],
     "not_graded": [{"run": 3, "status": 1, "said": "Traceback ..."}],
     "not_passed": [{"program": "", "lab": "lab3_broadcast", "check": "ID",
       "verdicts": [{"outcome": "passed", "cause": null, "runs": [0, 2]}, {"outcome": "failed", "cause": "...", "runs": [1]}]}],
     "changed": [...],                                              those of them that ended in more than one way
     "kept": {"": {"1": "FILE"}}}                                   grades that `replay --json FILE` takes, by run

`complete` is false where it was broken off, `python` and `rest` null where nothing was graded.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checker.authoring import soak_text
from checker.authoring.differing import Differing
from checker.authoring.load import Load, Measured
from checker.authoring.output import pen_beside, write_json
from checker.authoring.progress import Progress
from checker.authoring.timewait import TimeWait
from checker.commands import folder_of, settings, to_judge
from checker.grading.model import Grade
from checker.grading.submission import AskedWrongly
from checker.report import saved
from checker.texts import _
from checker.workplace import kit_root

QUANTILES = {"min": 0.0, "median": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}


@dataclass(frozen=True)
class Score:
    """Points, of how many, and whether every check has a verdict."""

    points: int
    of: int
    complete: bool

    @property
    def full(self) -> bool:
        """Every point."""
        return self.complete and self.points == self.of


@dataclass(frozen=True)
class Ran:
    """One run of the command; `score` is None where it gave no grade, and `said` then what it wrote to standard error."""

    run: int
    seconds: float
    status: int
    score: Score | None
    said: str


@dataclass
class Soak:
    """What is asked for, and what is known of it by now."""

    words: list[str]
    runs: int
    at_once: int
    seed: int
    differing: Differing
    ran: list[Ran] = field(default_factory=list)
    measured: Measured | None = None
    time_wait: TimeWait | None = None
    python: str | None = None
    rest: str | None = None

    def take(self, ran: Ran, grade: Grade | None, progress: Progress) -> None:
        """Count a run, and say so where it is not a grade with every point."""
        self.ran.append(ran)
        if ran.score is None or grade is None:
            progress.say(_("run {run} gave no grade (status {status})").format(run=ran.run, status=ran.status), "bad")
            progress.step()
            return
        self.python, self.rest = grade.python, grade.rest
        self.differing.add("", ran.run, grade.labs, lambda _folder: grade, unlike=not ran.score.full)
        said = f"{ran.score.points}/{ran.score.of}"
        if not ran.score.full:
            progress.say(_("run {run}: {score}").format(run=ran.run, score=said), "bad")
        progress.step(_("last: {score} in {seconds:.1f} s").format(score=said, seconds=ran.seconds))

    @property
    def complete(self) -> bool:
        """Whether every run has ended."""
        return len(self.ran) == self.runs

    @property
    def times(self) -> dict[str, float]:
        """The least, the most, and what lies between: seconds of a command from its start to its end. Of those ranks are
        told that some run really had."""
        seconds = sorted(one.seconds for one in self.ran)
        if not seconds:
            return {}
        return {name: seconds[max(0, math.ceil(part * len(seconds)) - 1)] for name, part in QUANTILES.items()}

    @property
    def scores(self) -> dict[Score, list[int]]:
        """The runs that had a score, the most common first."""
        found: dict[Score, list[int]] = {}
        for one in self.ran:
            if one.score is not None:
                found.setdefault(one.score, []).append(one.run)
        return dict(sorted(found.items(), key=lambda item: -len(item[1])))

    @property
    def problems(self) -> list[str]:
        """Why this soak proves nothing."""
        return [one.problem for one in (self.measured, self.time_wait) if one is not None and one.problem is not None]

    @property
    def status(self) -> int:
        """0 every point every time, 1 not, 3 a command failed, the checker's own fault, or a load that was not there."""
        if self.problems or not all(one.score is not None and one.score.complete for one in self.ran):
            return 3
        return 1 if self.differing.not_passed else 0

    def as_json(self) -> dict[str, Any]:
        """See the top of this file."""
        assert self.measured is not None
        return {
            "version": 1,
            "complete": self.complete,
            "words": self.words,
            "python": self.python,
            "rest": self.rest,
            "runs": self.runs,
            "at_once": self.at_once,
            "seed": self.seed,
            "seconds": round(self.measured.seconds, 3),
            "times": {name: round(seconds, 3) for name, seconds in self.times.items()},
            "processors": self.measured.as_json(),
            "time_wait": None if self.time_wait is None else self.time_wait.as_json(),
            "scores": [
                {"score": score.points, "max": score.of, "complete": score.complete, "runs": sorted(runs)}
                for score, runs in self.scores.items()
            ],
            "not_graded": [
                {"run": one.run, "status": one.status, "said": one.said} for one in self.ran if one.score is None
            ],
            "not_passed": [one.as_json() for one in self.differing.not_passed],
            **self.differing.as_json(),
        }


class Commands:
    """Runs the command again and again, several at once. None of them is left when its block is left."""

    def __init__(self, python: str, words: Sequence[str]) -> None:
        self._words = [python, "-m", "checker", "grade", *words]
        path = os.pathsep.join(filter(None, (str(kit_root()), os.environ.get("PYTHONPATH"))))
        self._environment = {**os.environ, "PYTHONPATH": path}
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._over = False

    def results(self, runs: int, at_once: int, seed: int) -> Generator[tuple[Ran, Grade | None], None, None]:
        """Yield them as they end. Leaving the loop ends those that are running."""
        with ThreadPoolExecutor(at_once) as pool:
            try:
                # Nobody else holds the futures: a grade is gone once it has been looked at.
                for future in as_completed([pool.submit(self._run, run, seed + run) for run in range(runs)]):
                    yield future.result()
            finally:
                self._end()
                pool.shutdown(cancel_futures=True)

    def _run(self, run: int, seed: int) -> tuple[Ran, Grade | None]:
        with tempfile.TemporaryDirectory(prefix="chat-lab-soak-") as folder:
            result = Path(folder) / "result.json"
            began = time.monotonic()
            process = self._started([*self._words, "--seed", str(seed), "--json", str(result)], folder)
            _out, err = process.communicate()
            seconds = time.monotonic() - began
            with self._lock:
                self._running.discard(process)
            grade = None
            said = err.decode("utf-8", "backslashreplace").strip()
            try:
                grade = saved.load(result)
            except ValueError as error:
                said = said or str(error)
        score = None if grade is None else Score(grade.score, grade.max, grade.complete)
        return Ran(run, seconds, process.returncode, score, said), grade

    def _started(self, words: list[str], folder: str) -> subprocess.Popen[bytes]:
        """In a session of its own, so that Ctrl-C does not reach it twice, and in a folder of its own, as it keeps there what
        the next grade is to know."""
        with self._lock:
            if self._over:
                raise InterruptedError
            process = subprocess.Popen(
                words,
                cwd=folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            self._running.add(process)
        return process

    def _end(self) -> None:
        with self._lock:
            self._over = True
            # On Windows Ctrl-C has reached them, and terminate() would leave them no time to end their programs.
            if os.name == "posix":
                for process in self._running:
                    process.terminate()


def soak(options: argparse.Namespace) -> int:
    """`author soak`. Returns the exit status."""
    pen = pen_beside(options.json)
    asked = _asked(options)
    commands = Commands(options.python, asked.words)
    title = _("Grading {runs} times: {words}").format(runs=asked.runs, words=" ".join(asked.words))
    interrupted = False
    with Load(options.load) as load, TimeWait(options.time_wait) as asked.time_wait:
        try:
            with Progress(pen, title, asked.runs) as progress, contextlib.closing(
                commands.results(asked.runs, asked.at_once, asked.seed)
            ) as results:
                for ran, grade in results:
                    asked.take(ran, grade, progress)
        except KeyboardInterrupt:
            interrupted = True
        asked.measured = load.measured()
    soak_text.show(pen, asked)
    write_json(asked.as_json(), options.json)
    if interrupted:
        raise KeyboardInterrupt
    return asked.status


def _asked(options: argparse.Namespace) -> Soak:
    if options.runs < 1 or options.time_wait < 0 or (options.at_once is not None and options.at_once < 1):
        raise AskedWrongly(_("--runs and --at-once take a number greater than 0, --time-wait none below it"))
    if shutil.which(options.python) is None:
        raise AskedWrongly(_("there is no program {name}").format(name=options.python))
    options.check = None
    to_judge(options)  # says what would be wrong
    words = list(options.words)
    folder = None if options.server or options.client else folder_of(options.submission)
    for option, path in (("--submission", folder), ("--server", options.server), ("--client", options.client)):
        words += [option, str(path.absolute())] if path is not None else []
    wanted = settings(options)
    for option, value in (("--bound", options.bound), ("--jobs", options.jobs)):
        words += [option, str(value)] if value is not None else []
    return Soak(words, options.runs, options.at_once or 1, wanted.seed, Differing(options.keep))
