"""Wrong programs are played, each while the one before it is being thought about."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from checker.grading.engine import Engine
from checker.grading.model import CheckResult
from checker.quiz.questions import Question


@dataclass(frozen=True)
class Scene:
    """What became of a wrong program in the check that it loses. `file` is its name, `wrong` its text, `right` that of the
    program that it was made from."""

    question: Question
    result: CheckResult
    file: str
    wrong: str
    right: str


def scenes(questions: Iterable[Question], engine: Engine, root: Path, folder: Path) -> Generator[Scene, None, None]:
    """Play the questions' programs, written below `folder`, one ahead of whoever asks for them. A program that did not lose
    its check this time is left out. To be closed: that ends what is being played."""
    plays = (_Play(question, engine, root, folder / str(number)) for number, question in enumerate(questions))
    with ThreadPoolExecutor(1) as pool:
        try:
            yield from _one_ahead(plays, pool)
        finally:
            engine.stop()


@dataclass(frozen=True)
class _Play:
    question: Question
    engine: Engine
    root: Path
    folder: Path

    def scene(self) -> Scene:
        """Build the program and play the check."""
        case = self.question.case
        files = case.build(self.root, self.folder)
        result = self.engine.play(self.question.lab, self.question.check, files)
        right = self.root / str(case.base)
        file = files[case.program]
        return Scene(self.question, result, file.name, file.read_text(encoding="utf-8"), right.read_text(encoding="utf-8"))


def _one_ahead(plays: Iterator[_Play], pool: ThreadPoolExecutor) -> Iterator[Scene]:
    following: Future[Scene] | None = None
    while True:
        play = next(plays, None)
        played, following = following, pool.submit(play.scene) if play is not None else None
        if played is not None:
            scene = played.result()
            if scene.result.outcome == "failed":
                yield scene
        if following is None:
            return
