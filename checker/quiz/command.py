"""`quiz`: ten wrong programs, one after another: which check does it lose, and why?"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from checker import memory
from checker.grading import rubric
from checker.grading.session import new_seed, opened
from checker.grading.submission import AskedWrongly, select
from checker.quiz import sheet
from checker.quiz.questions import questions, wrong_programs
from checker.quiz.rehearsal import Scene, scenes
from checker.report import words
from checker.report.pen import Pen
from checker.stage.stage import Settings
from checker.texts import _, ngettext
from checker.workplace import kit_root

END = ("q", "quit", "exit")


def quiz(options: argparse.Namespace) -> int:
    """`quiz`: until the last question, the end of input, `q` or Ctrl-C; then the score."""
    root = kit_root()
    if not (root / "tests" / "corpus").is_dir() or not (root / "solutions").is_dir():
        raise AskedWrongly(
            _("quiz needs tests/corpus and solutions of the full kit: they are not in {path}").format(path=root)
        )
    if options.questions < 1:
        raise AskedWrongly(_("--questions takes a number greater than 0"))
    pen = Pen(sys.stdout)
    labs = _labs(options, pen)
    seed = options.seed if options.seed is not None else new_seed()
    known = memory.understood() if options.seed is None else set()  # asked for by its seed, it is the same again
    programs = wrong_programs(root / "tests" / "corpus", labs)
    number = min(options.questions, sum(map(len, programs.values())))
    chosen = questions(programs, number, seed, known)
    game = _Game(pen, number)
    try:
        with tempfile.TemporaryDirectory(prefix="chat-lab-quiz-") as folder, opened("quiz", Settings(seed=seed)) as session:
            Path(folder).chmod(0o755)  # the programs run as another user
            with contextlib.closing(scenes(chosen, session.engine, root, Path(folder))) as played:
                for scene in itertools.islice(played, number):
                    game.play(scene)
    except _Ended:
        pass
    finally:
        game.end(seed)
    return 0


def _labs(options: argparse.Namespace, pen: Pen) -> list[str]:
    """The labs to ask about: those that are finished, of those that were named; with --all whatever was named."""
    chosen = select(options.words, rubric.names()) or rubric.names()
    if options.all:
        return chosen
    finished = [lab for lab in chosen if _finished(lab)]
    if not finished:
        text = _(
            "quiz shows wrong programs, each nearly a solution, so it asks about labs that you have finished: first get every "
            "point of one, as with {command} (an instructor says --all)"
        )
        raise AskedWrongly(text.format(command=words.command("grade", chosen[0])))
    left_out = [lab for lab in chosen if lab not in finished]
    if left_out and options.words:
        text = _("Left out until you have every point of it: {labs}.")
        pen.paragraph(text.format(labs=", ".join(left_out)), "warn")
    return finished


def _finished(lab: str) -> bool:
    outcomes = memory.outcomes(lab)
    return all(outcomes.get(check.id) == "passed" for check in rubric.load(lab).checks)


class _Ended(Exception):
    """Somebody has had enough."""


class _Game:
    """One quiz, of `all` questions."""

    def __init__(self, pen: Pen, all_: int) -> None:
        self._pen, self._all = pen, all_
        self._score = sheet.Score()
        self._waits = pen.terminal and sys.stdin.isatty()
        text = ngettext(
            "{count} wrong program: a right one with a small change. Which check does it lose, and why?",
            "{count} wrong programs, each a right one with a small change. Which check does it lose, and why?",
            all_,
        )
        pen.paragraph(text.format(count=all_) + " " + _("A point for each where both answers are right."))

    def play(self, scene: Scene) -> None:
        """Ask one question, and explain it."""
        question = scene.question
        number = len(self._score.right) + 1
        if number > 1:
            self._pause()
        sheet.show_question(self._pen, scene, _("Question {number} of {all}.").format(number=number, all=self._all))
        right = self._which(scene)
        sheet.show_verdict(self._pen, scene)
        why = _("And why?") if question.checks else _("Why?")
        right = self._asks(why, [_(one) for one in question.whys], question.whys.index(question.case.why)) and right
        sheet.show_mistake(self._pen, scene)
        self._score.add(right, scene)
        memory.remember_answer(*question.key, right)

    def _which(self, scene: Scene) -> bool:
        """Ask for the check; where there is no choice, tell it."""
        question = scene.question
        title = _(question.check.title)
        if question.checks:
            titles = [_(check.title) for check in question.checks]
            return self._asks(_("Which of these checks does it lose?"), titles, titles.index(title))
        count = len(question.case.loses)
        text = ngettext("It loses {count} check: {title}", "It loses {count} checks. The first is: {title}", count)
        self._pen.paragraph(text.format(count=count, title=title))
        return True

    def _asks(self, text: str, choices: Sequence[str], right: int) -> bool:
        sheet.show_choices(self._pen, text, choices)
        answer = self._answer(len(choices))
        if answer == right:
            self._pen.paragraph(_("Right."), "good")
        else:
            self._pen.paragraph(choices[right], "", (_("No, it is {number}: ").format(number=right + 1), "bad"))
        return answer == right

    def _answer(self, choices: int) -> int:
        """A choice, counted from 0."""
        while True:
            typed = self._read(_("Your answer (1 to {choices}, q ends the quiz): ").format(choices=choices))
            if typed.isdecimal() and 1 <= int(typed) <= choices:
                return int(typed) - 1

    def _pause(self) -> None:
        if self._waits:
            self._read(_("Enter brings the next question: "))

    def _read(self, prompt: str) -> str:
        try:
            typed = input(prompt).strip().lower()
        except EOFError:
            print()
            raise _Ended from None
        if not self._waits:
            print()  # what was not typed is not seen, nor its line end
        if typed in END:
            raise _Ended
        return typed

    def end(self, seed: int) -> None:
        """The score so far, and how to have the same questions again."""
        sheet.show_score(self._pen, self._score)
        text = _("The same questions again: --seed {seed}")
        self._pen.paragraph(text.format(seed=seed), "dim")
