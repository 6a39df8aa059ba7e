"""Writes styled, wrapped lines: with rich on a terminal, as plain text everywhere else."""

from __future__ import annotations

import os
import shutil
import textwrap
from typing import TYPE_CHECKING, TextIO

from checker.report import harmless
from checker.report.excerpt import columns
from checker.system import COLUMNS_LEFT_FREE
from checker.texts import fits

if TYPE_CHECKING:
    from rich.console import Console

WIDEST, NARROWEST, USUAL = 100, 40, 80

Piece = tuple[str, str]
"""A text and its style, a name of `STYLES` or ""."""

STYLES = {
    "good": "green",
    "bad": "bold red",
    "warn": "yellow",
    "dim": "dim",
    "title": "bold",
    "evidence": "cyan",
}


class Pen:
    """A place to write to. Whatever is written is made harmless first: nothing can steer the terminal."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.encoding = getattr(file, "encoding", None) or "utf-8"
        self.terminal = file.isatty()
        self._obeyed = os.environ.get("GITHUB_ACTIONS") == "true"
        self.width = USUAL
        if self.terminal:
            full = shutil.get_terminal_size((USUAL, 24)).columns - COLUMNS_LEFT_FREE
            self.width = max(NARROWEST, min(WIDEST, full))
        self._console: Console | None = None

    def can(self, text: str) -> bool:
        """Whether this place has the characters of `text`."""
        return fits(text, self.encoding)

    def row(self, *pieces: Piece) -> None:
        """Write one line as it is, without wrapping it."""
        safe = [(harmless.harmless(text, self.encoding), style) for text, style in pieces]
        if not self.terminal:
            line = "".join(text for text, _style in safe).rstrip()
            self.file.write((harmless.defused(line) if self._obeyed else line) + "\n")
            return
        from rich.text import Text

        drawn = Text.assemble(*((text, STYLES.get(style, "")) for text, style in safe))
        drawn.rstrip()
        self._rich().print(drawn, soft_wrap=True)

    def paragraph(self, text: str, style: str = "", *heads: Piece, indent: int = 0) -> None:
        """Write `text` wrapped at words, after `heads`; its further lines stand under its first."""
        heads = ((" " * indent, ""), *heads)
        margin = sum(columns(head) for head, _style in heads)
        for line in harmless.lines(text, self.encoding):
            for part in _wrapped(line, self.width - margin):
                self.row(*heads, (part, style))
                heads = ((" " * margin, ""),)

    def blank(self) -> None:
        """Write an empty line."""
        self.row(("", ""))

    def flush(self) -> None:
        """Have what was written seen now."""
        self.file.flush()

    def _rich(self) -> Console:
        if self._console is None:
            from rich.console import Console  # 50 ms: not where the text goes to a file or a pipe

            self._console = Console(
                file=self.file, highlight=False, markup=False, emoji=False, force_jupyter=False
            )
        return self._console


def _wrapped(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, max(width, NARROWEST // 2), break_on_hyphens=False) or [""]
