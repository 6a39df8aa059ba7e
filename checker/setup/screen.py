"""What a person sees while the kit is set up: on a terminal a line that moves, elsewhere only what stays."""

from __future__ import annotations

import shutil
import sys
import textwrap

from checker.texts import fits

WIDEST = 100


class Stop(Exception):
    """What is wrong and what to do, in a sentence or two each. Nothing more can be done by us."""


class Screen:
    """Writes to standard output, problems to standard error."""

    def __init__(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        self._moves = sys.stdout.isatty()
        self._width = min(WIDEST, shutil.get_terminal_size((80, 24)).columns - 1)
        self._shown = 0

    def say(self, text: str, mark: str = "") -> None:
        """Write a paragraph; `mark` stands before its first line."""
        self._wipe()
        print("\n".join(self._wrapped(text, mark)), flush=True)

    def mark(self, good: bool) -> str:
        """A tick or a cross, where this place has them."""
        tick, cross = "✓✗" if fits("✓✗", sys.stdout.encoding or "ascii") else "+x"
        return f" {tick if good else cross}  "

    def moving(self, text: str) -> None:
        """Show what is being done at this moment, in place of what was before."""
        if self._moves:
            line = "    " + text[: self._width - 4]
            print("\r" + line.ljust(self._shown), end="", flush=True)
            self._shown = len(line)

    def stop(self, problem: str) -> None:
        """Say why it does not go on."""
        self._wipe()
        for paragraph in problem.split("\n"):
            print("\n".join(self._wrapped(paragraph, "")), file=sys.stderr, flush=True)

    def _wrapped(self, text: str, mark: str) -> list[str]:
        lines = textwrap.wrap(
            text,
            self._width,
            initial_indent=mark,
            subsequent_indent=" " * len(mark),
            break_long_words=False,  # an address or a path is left whole, to be copied
            break_on_hyphens=False,
        )
        return lines or [""]

    def _wipe(self) -> None:
        if self._shown:
            print("\r" + " " * self._shown + "\r", end="")
            self._shown = 0
