"""`watch`: grades again at each save, and shows what changed."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from checker import memory
from checker.commands import folder_of, settings, submission_of, to_judge
from checker.grading.model import CheckResult, LabResult
from checker.grading.rubric import load
from checker.grading.session import Session, opened
from checker.grading.submission import AskedWrongly, Submitted
from checker.history import History
from checker.paths import as_known
from checker.report.board import Board
from checker.report.changes import between, latest
from checker.stage.failure import Unjudgeable
from checker.stage.stage import Settings
from checker.texts import _

LARGEST = 1 << 20
"""Bytes of a file that are looked at: the checker takes no larger program."""

QUIET, MOST = 50, 300
"""Milliseconds without news after which a save has ended (an editor writes more than once), and how long it may take."""
LOOK_AGAIN = 1000
"""Milliseconds after which the files are looked at though nothing was reported: network drives report nothing."""

Fingerprint = tuple[tuple[str, str], ...]
"""Paths and digests of everything that a lab's grade may depend on."""


def watch(options: argparse.Namespace) -> int:
    """`watch`: until Ctrl-C. Returns the exit status of the last grade, where the watching itself comes to an end."""
    submitted, _only, asked = to_judge(options)
    files = [as_known(path) for one in submitted for path in one.files.values() if path is not None]
    board = Board(sys.stdout, ", ".join(files) if 0 < len(files) <= 2 else submission_of(options), asked)
    try:
        return Watch(options, board).run(saves(lambda: folders(options)))
    finally:
        board.close()


# What there is to watch


def folders(options: argparse.Namespace) -> set[Path]:
    """Where the judged files lie, as far as there are such folders at the moment. Folders, as an editor puts a new file in
    the place of the old one."""
    try:
        found = {path.parent for one in to_judge(options)[0] for path in one.files.values() if path is not None}
        if not (options.server or options.client):
            found.add(folder_of(options.submission))
    except AskedWrongly:
        found = set()
    return {folder.absolute() for folder in found if folder.is_dir()} or {Path.cwd()}


def saves(where: Callable[[], set[Path]]) -> Iterator[None]:
    """Yields whenever something may have been saved in one of the folders, and now and then without."""
    try:
        import watchfiles
    except ImportError:
        raise AskedWrongly(_("watch needs the package watchfiles: pip install -r requirements-students.txt")) from None
    polling: bool | None = None  # as the library thinks best
    while True:
        watched = where()
        changes = watchfiles.watch(
            *watched,
            watch_filter=None,
            recursive=False,
            step=QUIET,
            debounce=MOST,
            rust_timeout=LOOK_AGAIN,
            yield_on_timeout=True,
            force_polling=polling,
        )
        try:
            with contextlib.closing(changes):
                for _change in changes:
                    yield
                    if where() != watched:
                        break
        except (OSError, RuntimeError):  # the system has no more watches to give, or the folder has just gone
            if polling:
                raise
            polling = True


def fingerprint(submitted: Submitted) -> Fingerprint:
    """Of a lab's programs, of the Python files beside them, and of what is missing."""
    files = {path for path in submitted.files.values() if path is not None}
    for folder in {path.parent for path in files}:
        files |= set(folder.glob("*.py"))
    return (("", submitted.missing or ""), *((str(path), _digest(path)) for path in sorted(files)))


def _digest(path: Path) -> str:
    try:
        if not path.is_file():  # a pipe of that name would keep us waiting
            return ""
        with path.open("rb") as file:
            return hashlib.sha256(file.read(LARGEST)).hexdigest()
    except OSError as error:
        return str(error.strerror)


# Grade after grade


class _Overtaken(Exception):
    """What is being graded has been saved anew."""


@dataclass
class _Round:
    """One grade. `over` says that nobody wants it any more; its engine may stop for reasons of its own as well."""

    submitted: list[Submitted]
    fingerprints: dict[str, Fingerprint]
    settings: Settings
    over: threading.Event = field(default_factory=threading.Event)
    ended: Future[None] | None = None

    def break_off(self) -> None:
        """Have it end at once, whatever it is doing."""
        self.over.set()
        self.settings.stop.set()


class Watch:
    """Grades in a thread of its own, so that the saves are heard of meanwhile. What it knows of each lab is the thread's while
    a grade goes on."""

    def __init__(self, options: argparse.Namespace, board: Board) -> None:
        self._options, self._board = options, board
        self._seen: dict[str, Fingerprint] = {}  # when we looked last
        self._graded: dict[str, Fingerprint] = {}  # what the results are of
        self._known: dict[str, LabResult] = {}
        self._shown: dict[str, LabResult] = {}
        self._refused = ""
        self._round: _Round | None = None

    def run(self, saved: Iterable[object]) -> int:
        """Grade now, and look at the files again for each item of `saved`. Ends with it, after the last grade."""
        with ThreadPoolExecutor(1) as pool:
            try:
                self._look(pool)
                for _item in saved:
                    self._look(pool)
                self._wait()
            finally:
                if self._round is not None:
                    self._round.break_off()
        outcomes = {check.outcome for lab in self._known.values() for check in lab.checks}
        return 3 if "error" in outcomes else 0 if outcomes == {"passed"} else 1

    def _look(self, pool: ThreadPoolExecutor) -> None:
        """Begin a grade where something is not what it was."""
        if self._round is not None and self._round.ended is not None and self._round.ended.done():
            self._wait()  # raises what it raised: that is a mistake of ours
        try:
            submitted = to_judge(self._options)[0]
        except AskedWrongly as error:
            self._refuse(str(error))
            return
        now = {one.lab: fingerprint(one) for one in submitted}
        if now == self._seen and not self._refused:
            return
        self._break_off()
        self._seen, self._refused = now, ""
        self._round = _Round(submitted, now, settings(self._options))
        self._round.ended = pool.submit(self._play, self._round)

    def _refuse(self, sentence: str) -> None:
        """There is nothing to grade at the moment: the folder is gone, for instance."""
        if sentence != self._refused:
            self._break_off()
            self._refused = sentence
            self._board.says(sentence)

    def _break_off(self) -> None:
        """End the grade that goes on, if one does; nothing of it is left when this returns."""
        if self._round is not None:
            if self._round.ended is not None and not self._round.ended.done():
                self._board.begins_anew()
            self._round.break_off()
            self._wait()

    def _wait(self) -> None:
        if self._round is not None and self._round.ended is not None:
            self._round.ended.result()

    # In the thread

    def _play(self, round_: _Round) -> None:
        try:
            with opened(submission_of(self._options), round_.settings, self._options.jobs) as session:
                self._grade(session, round_)
        except (_Overtaken, Unjudgeable):
            if not round_.over.is_set():
                raise

    def _grade(self, session: Session, round_: _Round) -> None:
        """Grade the labs that are not what they were, and show them all."""
        now = round_.fingerprints
        stale = [one for one in round_.submitted if now[one.lab] != self._graded.get(one.lab)]
        done, all_ = 0, sum(len(load(one.lab).checks) for one in stale)

        def ended(_result: CheckResult) -> None:
            nonlocal done
            if round_.over.is_set():
                raise _Overtaken
            done += 1
            self._board.plays(done, all_)

        session.on_check = ended
        self._board.plays(0, all_)
        for lab in session.run(stale):
            if round_.over.is_set():
                raise _Overtaken
            self._known[lab.lab] = latest(self._known.get(lab.lab), lab)
            self._graded[lab.lab] = now[lab.lab]
        labs = [self._known[one.lab] for one in round_.submitted]
        self._board.show(labs, {lab.lab: between(self._shown.get(lab.lab), lab) for lab in labs})
        self._shown = {lab.lab: lab for lab in labs}
        hinted = [(lab, check.id) for lab, check in [self._board.shown] if check.hint] if self._board.shown else []
        memory.remember_grade(session.grade, hinted)
        if self._options.submission is None:
            past = History(session.grade)
            for one, lab in zip(stale, session.grade.labs, strict=True):
                past.add(lab, one)
            past.keep()
