"""One line of a terminal, written to at columns; and texts cut to a number of columns."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from checker.report import harmless
from checker.report.diagram.parts import Label
from checker.report.excerpt import columns

LEAST_DATA = 6
"""Columns of what was said that are still worth showing."""


@dataclass(frozen=True)
class Signs:
    """The characters that a diagram is drawn with."""

    bar: str
    line: str
    dash: str
    right: str
    left: str
    begin: str
    cross: str
    stop: str
    gap: str
    ellipsis: str


UNICODE = Signs("│", "─", "╌", "►", "◄", "●", "✗", "■", "⋮", "…")
ASCII = Signs("|", "-", "- ", ">", "<", "o", "X", "#", ":", "...")


def signs_for(encoding: str) -> Signs:
    """The characters that a place with this encoding has."""
    try:
        "".join(vars(UNICODE).values()).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


class Line:
    """One line of `width` columns; a cell that a wide character of the cell before it covers is empty."""

    def __init__(self, width: int) -> None:
        self._cells = [" "] * width

    def put(self, column: int, text: str) -> None:
        """Write harmless text from `column` on; what does not fit is left out."""
        for one in text:
            wide = columns(one)
            if wide == 0 and column > 0:
                self._cells[column - 1 - (self._cells[column - 1] == "")] += one
            elif column >= 0 and column + wide <= len(self._cells):
                self._clear(column, wide)
                self._cells[column] = one
                if wide == 2:
                    self._cells[column + 1] = ""
                column += wide
            else:
                return

    def _clear(self, column: int, wide: int) -> None:
        """Make room: half of a wide character is a blank."""
        if self._cells[column] == "":
            self._cells[column - 1] = " "
        after = column + wide
        if after < len(self._cells) and self._cells[after] == "":
            self._cells[after] = " "

    def __str__(self) -> str:
        return "".join(self._cells).rstrip()


class Writer:
    """Makes texts fit for a place: harmless in its encoding, and cut to a number of columns."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self.signs = signs_for(encoding)

    def clean(self, text: str) -> str:
        """`text` in one line, harmless."""
        return harmless.harmless(text, self.encoding)

    def fit(self, text: str, width: int, keep_end: bool = False) -> str:
        """`text`, harmless, in at most `width` columns: a longer one ends, or with `keep_end` begins, with an ellipsis."""
        part = text[-width - 1 :] if keep_end else text[: width + 1]  # more characters than that have no room
        pieces = harmless.pieces(part, self.encoding)
        if len(part) == len(text) and columns("".join(pieces)) <= width:
            return "".join(pieces)
        room = width - columns(self.signs.ellipsis)
        kept: list[str] = []
        for piece in reversed(pieces) if keep_end else pieces:
            room -= columns(piece)
            if room < 0:
                break
            kept.append(piece)
        shown = "".join(reversed(kept) if keep_end else kept)
        return self.signs.ellipsis + shown if keep_end else shown + self.signs.ellipsis

    def label(self, label: Label, width: int) -> str | None:
        """A label in at most `width` columns, of which what was said gives way; None where even that is too long."""
        before, after = self.clean(label.before), self.clean(label.after)
        if not label.data:
            text = before + after
            return text if columns(text) <= width else None
        room = width - columns(before) - columns(after) - 2
        data = self.fit(label.data, max(room, 1), label.keep_end)
        if columns(data) > room or (room < LEAST_DATA and self.signs.ellipsis in data):
            return None
        return f'{before}"{data}"{after}'

    def wrapped(self, text: str, width: int, most: int) -> list[str]:
        """`text` in at most `most` lines of `width` columns, wrapped at blanks."""
        lines = textwrap.wrap(self.clean(text[: width * (most + 1)]), width, break_on_hyphens=False) or [""]
        lines = [one for line in lines for one in self._broken(line, width)]
        if len(lines) > most:
            lines = [*lines[: most - 1], self.fit(" ".join(lines[most - 1 :]), width)]
        return lines

    def _broken(self, line: str, width: int) -> list[str]:
        """A line that wide characters make too long for its columns."""
        parts = [""]
        for one in line:
            if columns(parts[-1]) + columns(one) > width:
                parts.append("")
            parts[-1] += one
        return parts
