"""What the grading commands do: ask a session, show what comes, keep what is to be remembered."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from checker.grading import rubric
from checker.grading.model import Grade, LabResult
from checker.grading.session import Session, new_seed, opened
from checker.grading.submission import AskedWrongly, Submitted, find_root, from_files, locate, select
from checker.paths import as_known
from checker.report.screen import Screen
from checker.stage.stage import Settings
from checker.texts import _
from checker.workplace import STATE, kit_root

GRADES = Path(STATE) / "grades.json"


def grade(options: argparse.Namespace) -> int:
    """`grade`: lab by lab, check by check. Returns the exit status."""
    submitted, only, asked = _asked(options)
    screen = Screen(sys.stderr if options.json == "-" else sys.stdout, asked=asked)
    seen = _digests()
    with opened(_submission(options), settings(options), options.jobs) as session:
        _show(session, screen, seen, only)
        for lab in session.run(submitted):
            screen.end_lab(lab)
        screen.end(session.grade)
    _remember(session.grade, seen)
    if options.json:
        from checker.report import jsonfile

        try:
            jsonfile.write(session.grade, options.json)
        except OSError as error:
            raise AskedWrongly(_("the result could not be written: {error}").format(error=error)) from None
    return status(session.grade)


def overview(options: argparse.Namespace) -> int:
    """The bare command: every lab that the folder has, a line a lab, and what comes next."""
    folder = _folder(None)
    labs = [lab for lab in map(rubric.load, rubric.names()) if (folder / lab.name).is_dir()]
    with opened(as_known(folder), settings(options), options.jobs) as session:
        Screen(sys.stdout).overview(session.run(locate(folder, labs, [])))
    return status(session.grade)


def corpus(options: argparse.Namespace) -> int:
    """`author corpus`: play every program of the corpus and compare with what it must lose."""
    import tempfile

    from checker.authoring import corpus as cases

    root = kit_root()
    chosen = select(options.words, rubric.names()) or rubric.names()
    disagree = played = 0
    with opened("corpus", settings(options), options.jobs) as session:
        for case in cases.cases(root / "tests" / "corpus"):
            if case.lab not in chosen:
                continue
            with tempfile.TemporaryDirectory(prefix="chat-lab-corpus-") as folder:
                Path(folder).chmod(0o755)  # the programs run as another user
                outcome = cases.play(session.engine, case, root, Path(folder))
            played += 1
            disagree += not outcome.agrees
            print(_("agrees   ") if outcome.agrees else _("DISAGREES"), f"{case.lab}/{case.name}", *outcome.lost)
            if not outcome.agrees:
                print("          ", _("expected:"), *sorted(case.loses), *(f"({one})" for one in sorted(case.skips)))
    print(_("{played} programs, {disagree} disagree").format(played=played, disagree=disagree))
    return 1 if disagree else 0


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


def _asked(options: argparse.Namespace) -> tuple[list[Submitted], set[str] | None, str]:
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
        submitted = locate(_folder(options.submission), labs, chosen)
    only = _only(options.check, submitted)
    words = [("--submission", options.submission), ("--server", options.server), ("--client", options.client)]
    return submitted, only, shlex.join(str(one) for pair in words if pair[1] for one in pair)


def _only(check: str | None, submitted: Sequence[Submitted]) -> set[str] | None:
    if check is None:
        return None
    if len(submitted) != 1:
        raise AskedWrongly(_("--check takes one lab: grade LAB --check ID"))
    lab = rubric.load(submitted[0].lab)
    try:
        return {lab.check(check).id}
    except KeyError:
        ids = ", ".join(one.id for one in lab.checks)
        raise AskedWrongly(
            _("{lab} has no check {id!r}; it has: {ids}").format(lab=lab.name, id=check, ids=ids)
        ) from None


def _submission(options: argparse.Namespace) -> str:
    if options.server or options.client:
        return ", ".join(as_known(one) for one in (options.server, options.client) if one)
    return as_known(_folder(options.submission))


def _folder(submission: Path | None) -> Path:
    """The folder to grade: the one that was named, else labs/ of the kit that the current folder is in."""
    return submission if submission is not None else find_root(Path.cwd()) / "labs"


def _show(session: Session, screen: Screen, seen: dict[str, str], only: set[str] | None) -> None:
    session.only = only

    def begin(lab: rubric.Lab, result: LabResult) -> None:
        now.append(lab.name)
        unchanged = bool(result.files) and all(seen.get(_key(one.path)) == one.sha256 for one in result.files)
        screen.begin_lab(_(lab.title), lab.number, result, unchanged)

    now: list[str] = []
    session.on_lab = begin
    session.on_check = lambda result: screen.check(result, now[-1])


def _key(path: str) -> str:
    return str(Path(path).resolve())


def _digests() -> dict[str, str]:
    """What was graded last, by path: to tell "unchanged since the last grade"."""
    try:
        kept = json.loads(GRADES.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in kept.items()} if isinstance(kept, dict) else {}


def _remember(grade: Grade, seen: dict[str, str]) -> None:
    for lab in grade.labs:
        seen.update({_key(one.path): one.sha256 for one in lab.files})
    try:
        GRADES.parent.mkdir(exist_ok=True)
        GRADES.write_text(json.dumps(seen, indent=1), encoding="utf-8")
    except OSError as error:  # a folder that one may not write to: the grade stands all the same
        print(
            _("note: {file} could not be written ({error})").format(file=GRADES, error=error.strerror), file=sys.stderr
        )
