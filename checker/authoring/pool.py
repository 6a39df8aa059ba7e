"""Plays many programs at once, each worker with an engine and a fork server of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from checker.grading.engine import Engine
from checker.grading.model import CheckResult
from checker.grading.rubric import load
from checker.stage import containment
from checker.stage.stage import Settings

REQUESTS = {signal.SIGINT, signal.SIGTERM}
"""To end, from a terminal or from whoever started us."""


class Playable(Protocol):
    """Something to grade: what a corpus case and a mutant have in common. It is pickled on its way to a worker."""

    @property
    def lab(self) -> str:
        """The lab's name, `lab3_broadcast`."""

    @property
    def name(self) -> str:
        """Its own name among those of its lab."""

    def build(self, root: Path, target: Path) -> dict[str, Path]:
        """Write its files into the empty folder `target` (`root` is the kit's); returns them by "server" and "client"."""


Job = TypeVar("Job", bound=Playable)


@dataclass(frozen=True)
class Record(Generic[Job]):
    """What became of one playing: every check's result, in the lab's order. `run` is the caller's number for it, `seed`
    the seed that it was played with."""

    job: Job
    run: int
    results: list[CheckResult] = field(default_factory=list)
    seconds: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class How:
    """How programs are played: the fields of `Settings` that can be sent to another process, and checks at once (0: as
    many as is best here). Run 0 has this seed, run 1 the next one, and so on."""

    seed: int = 1
    bound: float = Settings.bound
    portable: bool = False
    workers: int = 0

    @property
    def settings(self) -> Settings:
        """Those of run 0."""
        return Settings(seed=self.seed, bound=self.bound, portable=self.portable)


def play_one(engine: Engine, job: Job, root: Path, run: int = 0) -> Record[Job]:
    """Build a program in a temporary folder and grade it."""
    began = time.monotonic()
    # An engine remembers what it has met of a program's ways; the next program is another one.
    settings = replace(engine.settings, seed=engine.settings.seed + run)
    fresh = Engine(settings, engine.starter, engine.workers)
    with tempfile.TemporaryDirectory(prefix="chat-lab-author-") as folder:
        Path(folder).chmod(0o755)  # the programs may run as another user
        results = list(fresh.run(load(job.lab), job.build(root, Path(folder))))
    return Record(job, run, results, time.monotonic() - began, settings.seed)


def play_all(
    jobs: Iterable[tuple[Job, int]], root: Path, how: How, at_once: int | None = None
) -> Generator[Record[Job], None, None]:
    """Play each (program, run) and yield the records as they come, in any order. `at_once` programs are played in
    parallel (None: one for each processor). Whatever a program's `build` raises is raised here, and ends the rest; so
    does leaving the loop: what is being played is broken off, and nobody is left when this returns."""
    at_once = at_once or containment.processors()
    # A new interpreter for each worker: a fork of this process would copy its threads' locks as they happen to be.
    context = multiprocessing.get_context("spawn")
    # Nothing is ever written to it. Its end is what the workers hear, also where this process is killed.
    stop, ours = context.Pipe(duplex=False)
    with stop, ProcessPoolExecutor(at_once, mp_context=context, initializer=_begin, initargs=(how, root, stop)) as pool:
        waiting = iter(jobs)
        running: set[Future[Record[Job]]] = set()
        try:
            while True:
                # Only as many as keep the workers busy: jobs may be made while they are played.
                for job, run in waiting:
                    with _later():
                        running.add(pool.submit(_play, job, run))
                    if len(running) >= 2 * at_once:
                        break
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for one in done:
                    yield one.result()
        except BrokenProcessPool:
            # The pool asks the other workers to end, and they do not listen to such requests.
            for worker in multiprocessing.active_children():
                worker.kill()
            raise
        finally:
            ours.close()
            pool.shutdown(cancel_futures=True)  # and wait for them


@contextlib.contextmanager
def _later() -> Iterator[None]:
    """Hold requests to end back: a worker begins with them held back too, until it has said that it leaves them to us."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, REQUESTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# In a worker

_engine: Engine
_root: Path
_playing = threading.Lock()


def _begin(how: How, root: Path, stop: Any) -> None:
    """Set a worker up. Requests to end reach us too, as we are in our parent's group, and it decides what they mean: who
    ended in the middle of a result would leave it waiting for the rest for ever."""
    global _engine, _root
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)  # not ignored by those whom we start
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, REQUESTS)
    settings = how.settings
    starter = containment.choose(settings).starter()
    # A worker of multiprocessing ends without atexit; its finalizers are run.
    Finalize(None, starter.close, exitpriority=10)
    _engine, _root = Engine(settings, starter, how.workers), root
    threading.Thread(target=_end, args=(stop,), daemon=True).start()


def _end(stop: Any) -> None:
    """Wait for our parent's sign, or its end, and break off what is being played."""
    with contextlib.suppress(EOFError, OSError):
        stop.recv_bytes()
    _engine.stop()
    parent = multiprocessing.parent_process()
    assert parent is not None, "a worker has a parent"
    parent.join()
    with _playing:  # nobody is left who would end us
        _engine.starter.close()
        os._exit(1)


def _play(job: Job, run: int) -> Record[Job]:
    with _playing:
        return play_one(_engine, job, _root, run)
