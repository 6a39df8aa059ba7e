"""The commands and their options, nothing else."""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from checker import edition
from checker.grading.submission import AskedWrongly
from checker.options import Parser, class_options, measuring_options, run_options, what_is_judged
from checker.texts import _

ALL_POINTS, POINTS_LOST, ASKED_WRONGLY, OUR_FAULT = 0, 1, 2, 3
INTERRUPTED = 130

_LABS = re.compile(r"(lab)?\d[\d,–-]*|lab\d+_\w+|labs?", re.IGNORECASE)
"""How labs are named on the command line, and hardly ever files."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 every point, 1 points lost, 2 asked wrongly, 3 our own fault."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, _terminated)
    try:
        options = parse(arguments)
        return int(options.command(options))
    except AskedWrongly as error:
        print(f"checker: {error}", file=sys.stderr)
        return ASKED_WRONGLY
    except KeyboardInterrupt:
        print("\n" + _("Interrupted: everything that was started has been ended."), file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return POINTS_LOST


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options of one command; raises `AskedWrongly`. Where one submission is named, and no more, it is `submission`;
    `submissions` are all that `grade` was told of."""
    options = _parser().parse_args(arguments)
    if options.submissions:
        options.submissions, words = _untangled(options.submissions)
        options.words = [*options.words, *words]
        options.submission = options.submissions[0] if len(options.submissions) == 1 else None
    return options


def _untangled(given: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Submissions, and the labs that were named after them: `grade --submission DIR 3`. What is there is a submission."""
    first, *others = given
    words = [one for one in others if _LABS.fullmatch(one) and not Path(one).exists()]
    return [Path(first), *(Path(one) for one in others if one not in words)], words


def _terminated(*_signal: object) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m checker", description=_("Grades the labs of the chat kit."))
    parser.add_argument("--version", action="version", version=edition.version())
    parser.set_defaults(command=_overview, words=[], check=None, submission=None, server=None, client=None, submissions=[])
    run_options(parser)
    commands = parser.add_subparsers(metavar=_("COMMAND"), parser_class=Parser)
    grade = commands.add_parser("grade", help=_("grade labs, check by check: grade 3, grade lab3_broadcast, grade 1-6"))
    grade.set_defaults(command=_grade)
    grade.add_argument("words", nargs="*", metavar="LAB", help=_("3, lab3, lab3_broadcast, 1-6"))
    grade.add_argument("--check", metavar="ID", help=_("only this check (what it builds on is played, unscored)"))
    what_is_judged(grade, several=True)
    for option, text in (
        ("--json", _("write the result as JSON too ('-' for standard output)")),
        ("--html", _("write a page to read it in a browser")),
        ("--junit", _("write JUnit XML")),
        ("--github", _("write the result as GitHub Classroom takes it")),
        ("--gradescope", _("write the results.json of a Gradescope autograder")),
    ):
        grade.add_argument(option, metavar="FILE", help=text)
    class_options(grade)
    run_options(grade)
    watch = commands.add_parser("watch", help=_("grade again whenever a file is saved: watch 3"))
    watch.set_defaults(command=_watch, check=None)
    watch.add_argument("words", nargs="*", metavar="LAB", help=_("3, lab3, lab3_broadcast, 1-6"))
    what_is_judged(watch)
    run_options(watch)
    hint = commands.add_parser("hint", help=_("the next of three hints to a check: hint 3 ID"))
    hint.set_defaults(command=_hint)
    hint.add_argument("lab", metavar="LAB")
    hint.add_argument("check", metavar="ID", nargs="?")
    replay = commands.add_parser("replay", help=_("play one check step by step, with how to do it by hand: replay 3 ID"))
    replay.set_defaults(command=_replay)
    replay.add_argument("lab", metavar="LAB")
    replay.add_argument("check", metavar="ID", nargs="?")
    replay.add_argument("--json", type=Path, metavar="FILE", help=_("what was recorded there; nothing is run"))
    replay.add_argument("--at-once", action="store_true", help=_("without pauses between the steps"))
    what_is_judged(replay)
    run_options(replay)
    scene = _("the assignment's scene with the reference programs: three clients, live")
    if edition.is_students():
        scene = _("the assignment's scene, live: with a finished chat, or with your own lab 6 once both programs are written")
    for name, command, text in (
        ("demo", _demo, scene),
        ("talk", _talk, _("a ready client, to try your server by hand")),
        ("room", _room, _("a ready server, to try your client by hand")),
    ):
        live = commands.add_parser(name, help=text, description=text)
        live.set_defaults(command=command)
        if name != "demo":
            live.add_argument("host", nargs="?", default="localhost", metavar="HOST")
            live.add_argument("port", nargs="?", type=int, default=12345, metavar="PORT")
    reset = commands.add_parser("reset", help=_("put a lab's stub back; your file is kept beside the grades"))
    reset.set_defaults(command=_reset)
    reset.add_argument("lab", metavar="LAB")
    start = commands.add_parser("start", help=_("begin lab 6 with your own lab 5 server and lab 4 client"))
    start.set_defaults(command=_start)
    start.add_argument("lab", metavar="LAB")
    pack = commands.add_parser("pack", help=_("the hand-in: a zip of labs/, with what is in it and the points you saw"))
    pack.set_defaults(command=_pack)
    pack.add_argument("--to", type=Path, metavar="FILE", help=_("write it here, not to chat-lab-DATE-TIME.zip"))
    pack.add_argument("--anyway", action="store_true", help=_("pack also what does not compile"))
    doctor = commands.add_parser("doctor", help=_("look at this machine: what is in the way, and what to do"))
    doctor.set_defaults(command=_doctor)
    _commands_of_the_full_kit(commands)
    return parser


def _commands_of_the_full_kit(commands: argparse._SubParsersAction[Parser]) -> None:
    if edition.is_students():
        for name in ("quiz", "author"):  # --help does not list them
            missing = commands.add_parser(name, add_help=False, prefix_chars="\0")  # its options are words like the rest
            missing.set_defaults(command=_not_here)
            missing.add_argument("words", nargs="*")
        return
    quiz = commands.add_parser("quiz", help=_("wrong programs of labs that you have finished: what does each lose, and why?"))
    quiz.set_defaults(command=_quiz)
    quiz.add_argument("words", nargs="*", metavar="LAB", help=_("3, lab3, lab3_broadcast, 1-6"))
    quiz.add_argument("--questions", type=int, default=10, metavar="N", help=_("how many (10)"))
    quiz.add_argument("--seed", type=int, help=_("the same questions again: the seed that was told in the end"))
    quiz.add_argument("--all", action="store_true", help=_("also labs that are not finished; for instructors"))
    author = commands.add_parser("author", help=_("for authors of labs: stubs, corpus, soak, release"))
    kinds = author.add_subparsers(metavar=_("COMMAND"), parser_class=Parser, required=True)
    new_lab = kinds.add_parser("new-lab", help=_("a new lab to begin with: new-lab 10 clock"))
    new_lab.set_defaults(command=_new_lab)
    new_lab.add_argument("number", type=int, metavar="NUMBER")
    new_lab.add_argument("name", metavar="NAME", help=_("clock: the lab is lab10_clock then"))
    new_lab.add_argument("--title", help=_('what students read: "a clock" (by itself the name)'))
    new_lab.add_argument("--server", action="store_true", help=_("students write a server (by itself, that alone)"))
    new_lab.add_argument("--client", action="store_true", help=_("students write a client"))
    stubs = kinds.add_parser("stubs", help=_("cut the stubs out of the solutions"))
    stubs.set_defaults(command=_stubs)
    stubs.add_argument("--to", type=Path, metavar="DIR", help=_("write them here, not to labs/"))
    stubs.add_argument("--force", action="store_true", help=_("write over files that are no untouched stubs"))
    corpus = kinds.add_parser("corpus", help=_("play every right and wrong program: what the checks are worth"))
    corpus.set_defaults(command=_corpus)
    corpus.add_argument("words", nargs="*", metavar="LAB", help=_("3, lab3, lab3_broadcast, 1-6"))
    corpus.add_argument("--corpus", type=Path, metavar="DIR", help=_("another folder than tests/corpus"))
    text = _("play everything N times, each time with the next seed, and count every verdict that changes")
    corpus.add_argument("--repeat", type=int, default=1, metavar="N", help=text)
    measuring_options(corpus)
    run_options(corpus)
    soak = kinds.add_parser("soak", help=_("grade again and again, by the real command: does a verdict ever differ?"))
    soak.set_defaults(command=_soak)
    soak.add_argument("words", nargs="*", metavar="LAB", help=_("3, lab3, lab3_broadcast, 1-6"))
    soak.add_argument("--runs", type=int, required=True, metavar="N", help=_("how often, each time with the next seed"))
    soak.add_argument("--time-wait", type=int, default=0, metavar="M", help=_("keep M sockets in TIME_WAIT meanwhile"))
    soak.add_argument("--python", default=sys.executable, metavar="EXE", help=_("another Python to run the command with"))
    measuring_options(soak)
    what_is_judged(soak)
    run_options(soak)
    mutants = kinds.add_parser("mutants", help=_("play the solutions with one mistake each: does a check catch it?"))
    mutants.set_defaults(command=_mutants)
    mutants.add_argument("words", nargs="*", metavar="LAB")
    mutants.add_argument("--json", metavar="FILE", help=_("write what became of each as JSON too ('-' for standard output)"))
    mutants.add_argument("--list", action="store_true", help=_("name them; nothing is run"))
    mutants.add_argument("--like", metavar="TEXT", help=_("only those with this in their names"))
    mutants.add_argument("--at-once", type=int, metavar="N", help=_("how many are played at once"))
    run_options(mutants)
    release = kinds.add_parser("release", help=_("write the student edition: a zip without solutions, corpus and tests"))
    release.set_defaults(command=_release)
    release.add_argument("--to", type=Path, metavar="FILE", help=_("write it here, not to chat-lab-kit-COMMIT.zip"))
    pictures = kinds.add_parser("pictures", help=_("make the README's pictures anew, each from a real run"))
    pictures.set_defaults(command=_pictures)
    pictures.add_argument("--to", type=Path, metavar="DIR", help=_("write them here, not to docs/pictures/"))


def _overview(options: argparse.Namespace) -> int:
    from checker.commands import overview

    return overview(options)


def _grade(options: argparse.Namespace) -> int:
    from checker.commands import grade

    return grade(options)


def _watch(options: argparse.Namespace) -> int:
    from checker.watching import watch

    return watch(options)


def _hint(options: argparse.Namespace) -> int:
    from checker.hinting import hint

    return hint(options)


def _replay(options: argparse.Namespace) -> int:
    from checker.replaying import replay

    return replay(options)


def _demo(_options: argparse.Namespace) -> int:
    from checker.demo import play

    return play()


def _talk(options: argparse.Namespace) -> int:
    from checker.live import talk

    return talk(options.host, options.port)


def _room(options: argparse.Namespace) -> int:
    from checker.live import room

    return room(options.host, options.port)


def _quiz(options: argparse.Namespace) -> int:
    from checker.quiz.command import quiz

    return quiz(options)


def _reset(options: argparse.Namespace) -> int:
    from checker.workplace import reset

    return reset(options.lab)


def _start(options: argparse.Namespace) -> int:
    from checker.workplace import start

    return start(options.lab)


def _new_lab(options: argparse.Namespace) -> int:
    from checker.authoring.newlab import new_lab
    from checker.workplace import kit_root

    programs = tuple(one for one in ("server", "client") if getattr(options, one))
    return new_lab(kit_root(), options.number, options.name, options.title, programs or ("server",))


def _pack(options: argparse.Namespace) -> int:
    from checker.packing import pack

    return pack(options)


def _doctor(_options: argparse.Namespace) -> int:
    from checker.doctor.command import doctor

    return doctor()


def _stubs(options: argparse.Namespace) -> int:
    from checker.workplace import stubs

    return stubs(options.to, options.force)


def _corpus(options: argparse.Namespace) -> int:
    from checker.authoring.playing import corpus

    return corpus(options)


def _soak(options: argparse.Namespace) -> int:
    from checker.authoring.soaking import soak

    return soak(options)


def _mutants(options: argparse.Namespace) -> int:
    from checker.mutating import author_mutants

    return author_mutants(options)


def _release(options: argparse.Namespace) -> int:
    from checker.authoring.release import release

    return release(options.to)


def _not_here(_options: argparse.Namespace) -> int:
    raise AskedWrongly(_("`quiz` and `author` need the full kit: this is the student edition, without solutions and corpus"))


def _pictures(options: argparse.Namespace) -> int:
    from checker.authoring.pictures.command import pictures

    return pictures(options)
