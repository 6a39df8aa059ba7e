"""What the grading commands do: ask a session, show what comes, keep what is to be remembered."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from checker import edition, memory, system
from checker.grading import rubric
from checker.grading.model import Grade, LabResult
from checker.grading.session import Session, graded_file, new_seed, opened
from checker.grading.submission import AskedWrongly, Submitted, find_root, from_files, locate, select
from checker.hinting import named
from checker.history import History
from checker.paths import as_known
from checker.report.screen import Screen
from checker.stage.stage import Settings
from checker.texts import _
from checker.workplace import kit_root

REPORTS = ("json", "html", "junit", "github", "gradescope")
"""Options of `grade` that take a file, `-` for standard output; the modules of `checker.report` that make it. Each has
`to_bytes(grade)`."""
MODULES = {"json": "jsonfile", "html": "page"}


def grade(options: argparse.Namespace) -> int:
    """`grade`: one submission, or a class. Returns the exit status."""
    if not options.submissions:
        if options.csv or options.results or options.afresh or options.limit is not None:
            raise AskedWrongly(_("--csv, --results, --afresh and --limit are for a class: say --submission A B C"))
        return _grade(options)
    from checker import unpacking

    if unpacking.is_class(options):
        from checker.classroom.command import grade_class

        return grade_class(options, settings(options))
    with unpacking.unpacked(options) as name:
        return _grade(options, name)


def _grade(options: argparse.Namespace, name: str | None = None) -> int:
    """Lab by lab, check by check. `name` is that of the zip that the submission was unpacked from."""
    submitted, only, asked = to_judge(options)
    if name is not None:
        asked = system.as_typed(["--submission", name])
    reports = {kind: path for kind in REPORTS if (path := getattr(options, kind)) is not None}
    if list(reports.values()).count("-") > 1:
        raise AskedWrongly(_("only one result can go to standard output: name a file for the others"))
    screen = Screen(sys.stderr if "-" in reports.values() else sys.stdout, asked=asked)
    seen = memory.digests()
    with opened(submission_of(options), settings(options), options.jobs) as session:
        session.grade.asked = asked
        _show(session, screen, seen, only)
        past = History(session.grade) if only is None and options.submission is None else None
        for one, lab in zip(submitted, session.run(submitted), strict=True):
            ours = solutions(lab, submitted) if only is None else []
            to_ask_for = only is None and edition.is_students() and _every_point(lab)
            screen.end_lab(lab, ours, past.add(lab, one) if past is not None else None, to_ask_for=to_ask_for)
        screen.end(session.grade)
    if name is None:
        memory.remember_grade(session.grade, screen.hinted)
    if past is not None:
        past.keep()
    _write(session.grade, reports)
    return status(session.grade)


def _write(grade: Grade, reports: dict[str, str]) -> None:
    if not reports:
        return
    from checker.report import outfile

    for kind, path in reports.items():
        module = importlib.import_module(f"checker.report.{MODULES.get(kind, kind)}")
        try:
            outfile.write(module.to_bytes(grade), path)
        except OSError as error:
            raise AskedWrongly(_("the result could not be written: {error}").format(error=error)) from None


def overview(options: argparse.Namespace) -> int:
    """The bare command: every lab that the folder has, a line a lab, and what comes next."""
    folder = folder_of(None)
    labs = [lab for lab in map(rubric.load, rubric.names()) if (folder / lab.name).is_dir()]
    with opened(as_known(folder), settings(options), options.jobs) as session:
        Screen(sys.stdout).overview(session.run(locate(folder, labs, [])))
    return status(session.grade)


def settings(options: argparse.Namespace) -> Settings:
    """The run's settings from its options."""
    seed = options.seed if options.seed is not None else new_seed()
    if options.bound is not None and options.bound <= 0 or options.jobs is not None and options.jobs < 1:
        raise AskedWrongly(_("--bound and --jobs take a number greater than 0"))
    return Settings(seed=seed) if options.bound is None else Settings(seed=seed, bound=options.bound)


def status(grade: Grade) -> int:
    """0 every point, 1 points lost, 3 the checker's own fault."""
    if not grade.complete:
        return 3
    return 0 if grade.score == grade.max else 1


def to_judge(options: argparse.Namespace) -> tuple[list[Submitted], set[str] | None, str]:
    """What is to be judged, which checks alone, and the options that a command to repeat it needs."""
    names = rubric.names()
    if options.server or options.client:
        if options.submission:
            raise AskedWrongly(_("name a folder with --submission or files with --server and --client, not both"))
        chosen = select(options.words, names)
        if len(chosen) != 1:
            raise AskedWrongly(_("say which lab the file is for: grade LAB --server FILE"))
        submitted = [from_files(rubric.load(chosen[0]), options.server, options.client)]
    else:
        chosen = select(options.words, names)
        labs = [rubric.Named(name) for name in names]
        submitted = locate(folder_of(options.submission), labs, chosen)
    only = _only(options.check, submitted)
    words = [("--submission", options.submission), ("--server", options.server), ("--client", options.client)]
    return submitted, only, system.as_typed(str(one) for pair in words if pair[1] for one in pair)


def _only(check: str | None, submitted: Sequence[Submitted]) -> set[str] | None:
    if check is None:
        return None
    if len(submitted) != 1:
        raise AskedWrongly(_("--check takes one lab: grade LAB --check ID"))
    return {named(rubric.load(submitted[0].lab), check).id}


def submission_of(options: argparse.Namespace) -> str:
    if options.server or options.client:
        return ", ".join(as_known(one) for one in (options.server, options.client) if one)
    return as_known(folder_of(options.submission))


def folder_of(submission: Path | None) -> Path:
    """The folder to grade: the one that was named, else labs/ of the kit that the current folder is in."""
    return submission if submission is not None else find_root(Path.cwd()) / "labs"


def _show(session: Session, screen: Screen, seen: dict[str, str], only: set[str] | None) -> None:
    session.only = only

    def begin(lab: rubric.Lab, result: LabResult) -> None:
        now.append(lab.name)
        screen.begin_lab(_(lab.title), lab.number, result, memory.unchanged(result.files, seen))

    now: list[str] = []
    session.on_lab = begin
    session.on_check = lambda result: screen.check(result, now[-1])


def solutions(lab: LabResult, submitted: Sequence[Submitted]) -> list[str]:
    """Our programs, for whoever has every point of a lab to compare with, unless it is ours that were graded."""
    if not _every_point(lab):
        return []
    graded = {file.sha256 for file in lab.files}
    programs = next(one.files for one in submitted if one.lab == lab.lab)
    ours = [kit_root() / "solutions" / lab.lab / f"{name}.py" for name, path in programs.items() if path is not None]
    return [as_known(one) for one in ours if one.is_file() and graded_file(one).sha256 not in graded]


def _every_point(lab: LabResult) -> bool:
    return all(check.outcome == "passed" for check in lab.checks)
