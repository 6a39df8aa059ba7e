"""`author corpus`: play every program of the corpus, and say what the checks are worth.

Its JSON (version 1; fields may be added, none renamed):

    {"version": 1, "complete": true, "rest": "procfs", "seed": 1, "repeat": 1, "at_once": 2, "seconds": 251.3,
     "processors": {"busy": 0.99, "load": null},                   load: {"shares": [0.4, 0.5], "problem": null}
     "right": 25, "wrong": 187, "disagree": ["lab3_broadcast/..."], "errors": 0,
     "labs": [{"lab": "lab3_broadcast", "checks": ["listens_where_told", ...],
       "programs": [{"name": "sends_twice", "why": "...", "right": false, "loses": [...], "skips": [...], "causes": [...],
         "agrees": true,                                           null where it was not played
         "runs": [{"run": 0, "seed": 1, "seconds": 0.61,
           "verdicts": {"listens_where_told": {"outcome": "passed", "cause": null}, ...}, "messages": {"ID": "..."},
           "disagreement": null}]}],                               {"lost": [...], "kept": [...], ...}: see `Disagreement`
       "survivors": ["NAME"], "right_that_lose": ["NAME"], "unneeded": ["ID"], "never_alone": ["ID"]}],
     "changed": [{"program": "lab3_broadcast/NAME", "lab": "lab3_broadcast", "check": "ID",
       "verdicts": [{"outcome": "passed", "cause": null, "runs": [0, 2]}, {"outcome": "failed", "cause": "...", "runs": [1]}]}],
     "kept": {"lab3_broadcast/NAME": {"0": "FILE", "1": "FILE"}}}  grades that `replay --json FILE` takes, by run

`complete` is false where it was broken off.
"""

from __future__ import annotations

import argparse
import contextlib
import pickle
import platform
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker import __version__
from checker.authoring import matrix_text
from checker.authoring.corpus import BadCase, Case, cases
from checker.authoring.differing import Differing
from checker.authoring.load import Load, Measured
from checker.authoring.matrix import Matrix
from checker.authoring.output import pen_beside, write_json
from checker.authoring.pool import How, Record, play_all
from checker.authoring.progress import Progress
from checker.commands import settings
from checker.grading import rubric
from checker.grading.model import Grade, LabResult
from checker.grading.session import graded_file
from checker.grading.submission import AskedWrongly, select
from checker.stage import containment
from checker.texts import _, ngettext
from checker.workplace import kit_root


@dataclass
class Playing:
    """The corpus, and what is known of it by now."""

    root: Path
    how: How
    repeat: int
    at_once: int
    matrices: dict[str, Matrix]
    differing: Differing
    complete: bool = False
    measured: Measured | None = None

    @property
    def rest(self) -> str:
        """How it is known that a program is at rest."""
        return containment.choose(self.how.settings).rest

    @property
    def cases(self) -> list[Case]:
        """Every program that is to be played."""
        return [row.case for matrix in self.matrices.values() for row in matrix.rows.values()]

    def play(self, progress: Progress) -> None:
        """Play every program, every time: all of them once before any of them again. The right ones come first, as the slow
        ones are among them: none of these is to be the last one that everybody waits for."""
        in_order = sorted(self.cases, key=lambda case: not case.right)
        jobs = ((case, run) for run in range(self.repeat) for case in in_order)
        with contextlib.closing(play_all(jobs, self.root, self.how, self.at_once)) as records:
            for record in records:
                self.take(record, progress)
        self.complete = True

    def take(self, record: Record[Case], progress: Progress) -> None:
        """Count what became of a program, and name it where that is not as foretold."""
        case = record.job
        run = self.matrices[case.lab].add(record, self.rest == "procfs")
        program = f"{case.lab}/{case.name}"
        title = _(rubric.load(case.lab).title)
        lab = LabResult(case.lab, sum(one.max for one in record.results), checks=record.results, title=title)
        lab.seconds = record.seconds
        # The first one of each program is held until the end: a timeline takes a megabyte or two, and a tenth of it so.
        packed, seed = zlib.compress(pickle.dumps(lab), 1), record.seed

        def save(folder: Path) -> Grade:
            held: LabResult = pickle.loads(zlib.decompress(packed))
            held.files = [graded_file(path) for path in case.build(self.root, folder).values()]
            return self._grade(program, seed, held)

        self.differing.add(program, record.run, [lab], save, unlike=bool(run.disagreement))
        if run.disagreement:
            progress.say(_("disagrees: {program}").format(program=program), "bad")
        changed = len(self.differing.changed)
        note = ngettext("{count} disagrees", "{count} disagree", len(self.disagree)).format(count=len(self.disagree))
        if self.repeat > 1:
            note += ", " + ngettext("{count} changed", "{count} changed", changed).format(count=changed)
        progress.step(note)

    def _grade(self, program: str, seed: int, lab: LabResult) -> Grade:
        return Grade(
            submission=program,
            checker=__version__,
            python=platform.python_version(),
            platform=platform.platform(),
            rest=self.rest,
            seed=seed,
            labs=[lab],
            complete=all(check.outcome != "error" for check in lab.checks),
        )

    # What came of it

    @property
    def disagree(self) -> list[str]:
        """Programs of which some run was not exactly as foretold."""
        return [f"{one.lab}/{row.case.name}" for one in self.matrices.values() for row in one.played if not row.agrees]

    @property
    def errors(self) -> int:
        """How many verdicts were the checker's own fault."""
        return sum(matrix.errors for matrix in self.matrices.values())

    @property
    def status(self) -> int:
        """0 everything is as foretold every time, 1 not, 3 the checker's own fault, or a load that was not there."""
        if self.errors or (self.measured is not None and self.measured.problem):
            return 3
        return 1 if self.disagree or self.differing.changed else 0

    def as_json(self) -> dict[str, Any]:
        """See the top of this file."""
        assert self.measured is not None
        matrices = self.matrices.values()
        return {
            "version": 1,
            "complete": self.complete,
            "rest": self.rest,
            "seed": self.how.seed,
            "repeat": self.repeat,
            "at_once": self.at_once,
            "seconds": round(self.measured.seconds, 3),
            "processors": self.measured.as_json(),
            "right": sum(len(matrix.right) for matrix in matrices),
            "wrong": sum(len(matrix.wrong) for matrix in matrices),
            "disagree": self.disagree,
            "errors": self.errors,
            "labs": [matrix.as_json() for matrix in matrices],
            **self.differing.as_json(),
        }


def corpus(options: argparse.Namespace) -> int:
    """`author corpus`. Returns the exit status."""
    pen = pen_beside(options.json)
    playing = _asked(options)
    count = len(playing.cases) * playing.repeat
    title = ngettext("Playing {count} program", "Playing {count} programs", count).format(count=count)
    interrupted = False
    with Load(options.load) as load:
        try:
            with Progress(pen, title, count) as progress:
                playing.play(progress)
        except BadCase as error:
            raise AskedWrongly(str(error)) from None
        except KeyboardInterrupt:
            interrupted = True
        playing.measured = load.measured()
    matrix_text.show(pen, playing)
    write_json(playing.as_json(), options.json)
    if interrupted:
        raise KeyboardInterrupt
    return playing.status


def _asked(options: argparse.Namespace) -> Playing:
    root = kit_root()
    folder = options.corpus or root / "tests" / "corpus"
    chosen = select(options.words, rubric.names()) or rubric.names()
    try:
        found = [case for case in cases(folder) if case.lab in chosen]
    except BadCase as error:
        raise AskedWrongly(str(error)) from None
    if not found:
        raise AskedWrongly(_("there are no programs of {labs} in {path}").format(labs=", ".join(chosen), path=folder))
    if options.repeat < 1 or (options.at_once is not None and options.at_once < 1):
        raise AskedWrongly(_("--repeat and --at-once take a number greater than 0"))
    wanted = settings(options)
    how = How(seed=wanted.seed, bound=wanted.bound, workers=options.jobs or 0)
    labs = [name for name in chosen if any(case.lab == name for case in found)]
    matrices = {name: Matrix.of(name, [one.id for one in rubric.load(name).checks], found) for name in labs}
    at_once = options.at_once or containment.processors()
    return Playing(root, how, options.repeat, at_once, matrices, Differing(options.keep))
