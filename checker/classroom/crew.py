"""Grades many at once: worker processes, each driven by a thread here. One that dies or does not end costs nobody but the
hand-in that it was about."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from checker.inside.leftovers import remove
from checker.texts import _

KIT = Path(__file__).resolve().parents[2]
GRACE = 60.0
"""Seconds beyond its limit after which a worker is ended that has not ended its grade by itself."""
TRIES = 2
LAST_WORDS = 4000


@dataclass(frozen=True)
class Job:
    """One grade: `write` puts the files into a folder, `about` is what a worker has to know beside it."""

    number: int
    write: Callable[[Path], None]
    about: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What came of a job: a worker's answer, or what it said last where it died; `late` where it had to be ended."""

    job: Job
    said: dict[str, Any] | None
    last_words: str = ""
    late: bool = False


class Crew:
    """Workers, started when they are needed; nothing of them is left when `play` is left, however it is left."""

    def __init__(self, size: int, limit: float) -> None:
        self._size, self._limit = size, limit
        self._lock = threading.Lock()
        self._workers: set[_Worker] = set()
        self._over = False

    def play(self, jobs: Iterable[Job]) -> Generator[Answer, None, None]:
        """The answers as they come, in any order."""
        waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        count = 0
        for job in jobs:
            waiting.put(job)
            count += 1
        answers: queue.SimpleQueue[Answer | BaseException] = queue.SimpleQueue()
        folder = Path(tempfile.mkdtemp(prefix="chat-lab-class-"))
        folder.chmod(0o711)  # a program of another user goes through it into its own, and cannot see those beside it
        threads = [threading.Thread(target=self._drive, args=(waiting, answers, folder)) for _ in range(min(self._size, count))]
        try:
            for thread in threads:
                thread.start()
            for _number in range(count):
                answer = answers.get()
                if isinstance(answer, BaseException):
                    raise answer
                yield answer
        finally:
            self._end()
            for thread in threads:
                thread.join()
            remove(str(folder))

    def _drive(self, waiting: queue.SimpleQueue[Job], answers: queue.SimpleQueue[Answer | BaseException], folder: Path) -> None:
        try:
            with contextlib.ExitStack() as stack:
                worker: _Worker | None = None
                while not self._over:
                    try:
                        job = waiting.get_nowait()
                    except queue.Empty:
                        return
                    for left in reversed(range(TRIES)):
                        worker = worker or stack.enter_context(self._hired(folder))
                        answer = worker.play(job, self._limit + GRACE)
                        if answer.said is None:
                            stack.close()
                            worker = None
                        if answer.said is not None or answer.late or self._over or not left:
                            break
                    answers.put(answer)
        except BaseException as error:  # it belongs to whoever waits for answers
            answers.put(error)

    @contextlib.contextmanager
    def _hired(self, folder: Path) -> Iterator[_Worker]:
        worker = _Worker(folder)
        with self._lock:
            self._workers.add(worker)
            if self._over:
                worker.hang_up()
        try:
            yield worker
        finally:
            with self._lock:
                self._workers.discard(worker)
            worker.close()

    def _end(self) -> None:
        with self._lock:
            self._over = True
            for worker in self._workers:
                worker.hang_up()


class _Worker:
    """One process that grades what lies in folders in `folder` (see `checker.classroom.worker`)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "checker.classroom.worker", str(folder), str(os.getpid())],
            cwd=KIT,  # `-m` looks there first, and nothing is ever imported from where somebody grades
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            encoding="utf-8",
            start_new_session=os.name == "posix",  # a Ctrl-C at the terminal is ours to handle
            creationflags=flags,
        )

    def play(self, job: Job, limit: float) -> Answer:
        """Have a job done, in a new folder. The process is killed after `limit` seconds."""
        root = Path(tempfile.mkdtemp(dir=self._folder))
        late = threading.Event()

        def kill() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(limit, kill)
        timer.start()
        try:
            job.write(root)
            line = self._ask(json.dumps({**job.about, "root": str(root)}))
        except OSError as error:
            return Answer(job, {"error": str(error)})
        finally:
            timer.cancel()
            remove(str(root))
        if line.endswith("\n"):
            return Answer(job, json.loads(line))
        self._process.wait()
        return Answer(job, None, self._last_words(), late.is_set())

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            return self._process.stdout.readline()
        except (OSError, ValueError):  # it has died, or was hung up on
            return ""

    def _last_words(self) -> str:
        self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, self._log.tell() - LAST_WORDS))
        said = self._log.read().decode("utf-8", "replace").strip()
        return said or _("it said nothing, and ended with status {status}").format(status=self._process.returncode)

    def hang_up(self) -> None:
        """Have it end everything, and itself; nobody waits for that here."""
        with contextlib.suppress(OSError, ValueError):
            if self._process.stdin is not None:
                self._process.stdin.close()

    def close(self) -> None:
        """End it and wait for it."""
        self.hang_up()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._log.close()
