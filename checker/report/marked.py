"""A program's text in pieces for a page: the invisible as escapes, the first difference marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from checker.facts import Text
from checker.report import harmless
from checker.report.excerpt import first_difference, last_lines, left_out, spans

ENCODING = "utf-8"

ENOUGH = 1_500
"""Characters that are shown at the beginning, the marked place and the end of a text of more than three times as many."""

LONG = 400
LONG_LINES = 10
"""From so many characters or lines on a text gets a box of its own to scroll in."""

ENOUGH_OF_A_LINE = 500
"""Characters that are shown at both ends of a long line of a program's output."""

Kind = Literal["plain", "escape", "mark", "gap"]


@dataclass(frozen=True)
class Piece:
    """`kind` is "plain" for text as it was, "escape" for what is invisible, "mark" for the first wrong character, and
    "gap" for the checker's own word on what is left out."""

    kind: Kind
    text: str


def marked(text: str, mark: int | None) -> list[Piece]:
    """`text` in pieces, of a very long one the parts that matter. `mark` counts characters; at `len(text)` nothing is."""
    found: list[Piece] = []
    end = 0
    for start, stop in spans(len(text), mark, ENOUGH):
        if start > end:
            found.append(Piece("gap", left_out(start - end)))
        found += _pieces(text[start:stop], None if mark is None else mark - start)
        end = stop
    return found


def _pieces(text: str, mark: int | None) -> list[Piece]:
    single: list[tuple[Kind, str]] = []
    shown = harmless.pieces(text, ENCODING)
    for at, piece in enumerate(shown):
        kind: Kind = "mark" if at == mark else "plain" if piece == text[at] else "escape"
        single.append((kind, piece))
        if text[at] == "\n" and at + 1 < len(shown):
            single.append(("plain", "\n"))  # a line end also ends the line
    runs = groupby(single, key=lambda one: one[0])
    return [Piece(kind, "".join(piece for _kind, piece in run)) for kind, run in runs]


def is_long(text: str) -> bool:
    """Whether a text is to scroll in a box of its own."""
    return len(text) > LONG or text.count("\n") > LONG_LINES


def mark_of(expected: Text | None, got: Text | None) -> int | None:
    """Where what came begins to differ from what was expected."""
    return None if expected is None or got is None else first_difference(expected.text, got.text)


def printed(output: Text) -> list[str]:
    """The last lines of what a program printed."""
    return last_lines(output.text, ENCODING, ENOUGH_OF_A_LINE)


def shortened(text: str, most: int) -> str:
    """`text` on one line, in the middle without what is more than `most` characters."""
    if len(text) <= most:
        return harmless.harmless(text, ENCODING)
    half = most // 2
    first, last = (harmless.harmless(part, ENCODING) for part in (text[:half], text[-half:]))
    return f"{first} {left_out(len(text) - 2 * half)} {last}"


def code_in(text: str) -> list[tuple[bool, str]]:
    """A sentence of ours in parts, each with whether it is code: what stands between backticks."""
    parts = text.split("`")
    return [(at % 2 == 1, part) for at, part in enumerate(parts)] if len(parts) % 2 else [(False, text)]


def paragraphs(text: str) -> list[tuple[bool, str]]:
    """A message in parts, each with whether it is code: lines that begin with blanks are, and keep their shape."""
    found = []
    for code, lines in groupby(text.split("\n"), key=lambda line: re.match(r"\s+\S", line) is not None):
        part = "\n".join(lines)
        if part.strip():
            found.append((code, part.strip("\n")))
    return found
