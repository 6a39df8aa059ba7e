"""`python -m checker.classroom.worker FOLDER PARENT`: grades one hand-in after the other for the process that started it.

A line of JSON comes in for each on standard input, and a line goes out on standard output when it is graded; its result is in
files by then. When standard input ends, whoever started us (PARENT) is gone, or has had enough: everything ends at once.
FOLDER is where the hand-ins are, each in a folder of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from checker.grading import rubric
from checker.grading.engine import Engine
from checker.grading.session import Session, opened
from checker.grading.submission import locate
from checker.inside.leftovers import remove
from checker.paths import shown_as
from checker.report import jsonfile, outfile, page, roll
from checker.stage.stage import Settings
from checker.texts import _

PATIENCE = 30.0
"""Seconds after which nobody waits any more for what should have ended at once."""
SHOWN_AS = "labs"
"""How the folder of a hand-in is called in its results: as in its maker's own kit."""


class _Enough(Exception):
    """No further check is to be played."""


class Jobs:
    """What there is to do, read in a thread of its own, so that the end of it is noticed in the middle of a grade."""

    def __init__(self) -> None:
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._engine: Engine | None = None
        self.over = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self._lines.put(line)
        self.over.set()
        if self._engine is not None:
            self._engine.stop()
        self._lines.put(None)
        last = threading.Timer(PATIENCE, os._exit, (1,))
        last.daemon = True
        last.start()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while not self.over.is_set() and (line := self._lines.get()) is not None:
            yield json.loads(line)

    @contextlib.contextmanager
    def playing(self, session: Session, limit: float) -> Iterator[threading.Event]:
        """End what `session` plays when nobody wants it any more, or after `limit` seconds; gives what is set by then."""
        late = threading.Event()

        def end() -> None:
            late.set()
            session.engine.stop()

        def look(*_what: object) -> None:
            if late.is_set() or self.over.is_set():
                raise _Enough

        session.on_lab, session.on_check = look, look
        self._engine = session.engine
        timer = threading.Timer(limit, end)
        timer.daemon = True
        timer.start()
        try:
            yield late
        finally:
            timer.cancel()
            self._engine = None


def play(job: dict[str, Any], jobs: Jobs) -> roll.Outcome:
    """Grade what lies in the folder `job["root"]`, and write its result to the files that `job["to"]` begins the names of."""
    began = time.monotonic()
    settings = Settings(seed=job["seed"], bound=job["bound"])
    labs = [rubric.Named(name) for name in rubric.names()]
    with shown_as(job["root"], SHOWN_AS):
        submitted = locate(Path(job["root"]), labs, job["labs"])
        with opened(job["submission"], settings, job["jobs"]) as session, jobs.playing(session, job["limit"]) as late:
            grade = session.grade
            done = 0
            try:
                for _lab in session.run(submitted):
                    done += 1
            except _Enough:
                del grade.labs[done:]
        outcome = roll.of_grade(grade)
        if late.is_set() and not grade.complete:
            text = _("not ended after {minutes:g} minutes, {done} of {all} labs were played: --limit MINUTES gives it longer")
            outcome.standing = "out of time"
            outcome.problem = text.format(minutes=job["limit"] / 60, done=done, all=len(submitted))
        outcome.seconds = round(time.monotonic() - began, 1)
        outcome.when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        outcome.result = Path(job["to"]).name
        if not jobs.over.is_set():
            outfile.write(jsonfile.to_bytes(grade), f"{job['to']}.json")
            outfile.write(page.to_bytes(grade), f"{job['to']}.html")
    return outcome


def main() -> int:
    """Serve until standard input ends."""
    # What is printed by mistake goes where errors go: the line to our parent is ours alone.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what Ctrl-C means is our parent's to decide
    folder, parent = sys.argv[1], int(sys.argv[2])
    jobs = Jobs()
    for job in jobs:
        answer: dict[str, Any]
        try:
            answer = {"outcome": vars(play(job, jobs))}
        except Exception:
            # The checker's own mistake: it costs this result, and none of the others.
            answer = {"error": traceback.format_exc()}
        if jobs.over.is_set():
            remove(job["root"])
            break
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    if os.getppid() != parent:  # it was killed, and cannot clean up
        remove(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
