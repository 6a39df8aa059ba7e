"""`start.py` itself: its options, what is done in which order, and how it ends."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from checker.setup import obstacles
from checker.setup.lock import one_at_a_time
from checker.setup.place import FIRST_NOTEBOOK, Place
from checker.setup.probe import ask
from checker.setup.reasons import of_error
from checker.setup.screen import Screen, Stop
from checker.setup.steps import Environment, Step, steps
from checker.texts import _

READY, IN_THE_WAY, INTERRUPTED = 0, 1, 130


def main(arguments: Sequence[str]) -> int:
    """Set up what is not there yet, then open it. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="start.py", description=_("Sets the chat lab kit up and opens it in JupyterLab.")
    )
    parser.add_argument("--no-browser", action="store_true", help=_("print the address, and open no browser"))
    parser.add_argument("--check", action="store_true", help=_("say what is there and what is not; change nothing"))
    options = parser.parse_args(arguments)
    place = Place(Path(os.path.abspath(__file__)).parents[2])
    screen = Screen()
    try:
        if options.check:
            return _check(place, screen)
        _set_up(place, screen)
        return _open(place, ["--no-browser"] if options.no_browser else [])
    except Stop as reason:
        screen.stop(str(reason))
    except OSError as error:
        screen.stop(str(of_error(error)))
    except KeyboardInterrupt:
        screen.stop(_("Interrupted. The next call of start.py goes on from here."))
        return INTERRUPTED
    return IN_THE_WAY


def _check(place: Place, screen: Screen) -> int:
    """What there is, a line each."""
    lacking = _lacking(place)
    problems = list(_problems(place, lacking))
    screen.say(f"Python {platform.python_version()}, {sys.executable}", screen.mark(True))
    for step, reason in lacking:
        screen.say(f"{_(step.title)} {reason}" if reason else _(step.title), screen.mark(not reason))
    for text in problems:
        screen.say(text, screen.mark(False))
    for text in obstacles.remarks(place):
        screen.say(text, "    ")
    if problems:
        return IN_THE_WAY
    if any(reason for _step, reason in lacking):
        screen.say(_("Call start.py without --check: it sets up what is missing."))
        return IN_THE_WAY
    screen.say(
        _("Ready: start.py opens {notebook}. Does something not work all the same? {command}").format(
            notebook=FIRST_NOTEBOOK, command=f"{_shown(place.python, place)} -m checker doctor"
        )
    )
    return READY


def _shown(path: Path, place: Place) -> str:
    return str(path.relative_to(place.kit))


def _set_up(place: Place, screen: Screen) -> None:
    """Do every step that lacks something. Where all is done, that is all that it costs to see it."""
    lacking = _lacking(place)
    _stop_for(_problems(place, lacking))
    if not any(reason for _step, reason in lacking):
        return
    screen.say(_("Setting up the chat lab kit in {folder}").format(folder=place.kit))
    for text in obstacles.remarks(place):
        screen.say(text)
    with one_at_a_time(place, lambda: screen.say(_("Another start.py is at work here: waiting until it is done."))):
        for number, step in enumerate(steps(place), 1):
            answer = ask(place)
            if step.lacks(answer):
                screen.say(_(step.doing), f"{number}/{len(steps(place))}  ")
                step.do(answer, screen)
    screen.say(_("Everything is there. The next call of start.py only opens it."))


def _lacking(place: Place) -> list[tuple[Step, str | None]]:
    """Every step, and what it lacks."""
    answer = ask(place)
    return [(step, step.lacks(answer)) for step in steps(place)]


def _problems(place: Place, lacking: Sequence[tuple[Step, str | None]]) -> Iterator[str]:
    """What stands in the way of working here, and of doing what is to be done."""
    yield from obstacles.of_the_folder(place)
    if any(reason and isinstance(step, Environment) for step, reason in lacking):
        yield from obstacles.of_making(place)


def _stop_for(problems: Iterable[str]) -> None:
    for text in problems:
        raise Stop(text)


def _open(place: Place, options: Sequence[str]) -> int:
    command = [str(place.python), "-I", "-m", "checker.setup.lab", *options]
    sys.stdout.flush()
    os.chdir(place.kit)
    if os.name == "posix":
        os.execve(command[0], command, place.surroundings())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is JupyterLab's; it is over when that is
    return subprocess.run(command, env=place.surroundings()).returncode
