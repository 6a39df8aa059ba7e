"""The options that several commands have in common."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from checker.grading.submission import AskedWrongly
from checker.texts import _


class Parser(argparse.ArgumentParser):
    """One line and what would be right, in place of the whole usage."""

    def error(self, message: str) -> NoReturn:
        raise AskedWrongly(f"{message} ({_('see')}: python -m checker {_('--help')})")


def measuring_options(parser: argparse.ArgumentParser) -> None:
    """What `author corpus` and `author soak` have in common."""
    parser.add_argument("--at-once", type=int, metavar="N", help=_("how many programs are graded at once"))
    parser.add_argument("--load", action="store_true", help=_("keep every processor busy meanwhile"))
    text = _("where grades that are not what they should be are kept, for replay --json (.checker/differing)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help=text)
    parser.add_argument("--json", metavar="FILE", help=_("write all of it as JSON too ('-' for standard output)"))


def what_is_judged(parser: argparse.ArgumentParser, several: bool = False) -> None:
    if several:
        text = _("a tree like labs/, one lab's folder, or a zip of them; several, or a folder with those of a class")
        parser.add_argument(
            "--submission", dest="submissions", nargs="+", action="extend", default=[], metavar="DIR", help=text
        )
    else:
        parser.add_argument("--submission", type=Path, metavar="DIR", help=_("a tree like labs/, or one lab's folder"))
    parser.add_argument("--server", type=Path, metavar="FILE", help=_("this server, whatever its name"))
    parser.add_argument("--client", type=Path, metavar="FILE", help=_("this client, whatever its name"))


def class_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--csv", metavar="FILE", help=_("of several submissions: points and what was lost, a line each"))
    parser.add_argument("--results", metavar="DIR", help=_("where a page and a JSON result of each go (beside the CSV)"))
    parser.add_argument("--afresh", action="store_true", help=_("grade also those that an earlier run has graded"))
    parser.add_argument("--limit", type=float, metavar="MINUTES", help=_("how long one submission may take (10)"))


def run_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, help=_("repeat a run: the seed that its result names"))
    parser.add_argument(
        "--bound", type=float, metavar="SECONDS", help=_("how long to wait for a program that never rests")
    )
    parser.add_argument("--jobs", type=int, metavar="N", help=_("how many checks (of a class: submissions) are played at once"))
