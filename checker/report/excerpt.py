"""Texts as rows for a screen: whole where that is possible, with the first difference marked."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from checker.report import harmless
from checker.texts import _

MOST_ROWS = 24
"""Rows of one text that are shown; of a longer one the beginning, the place that is marked, and the end."""
FIRST_ROWS, ROWS_AROUND, LAST_ROWS = 10, 3, 4

ENOUGH = 3_000
"""Characters at each such place that are more than its rows can hold."""

LAST_LINES = 8
"""Lines of a program's output that are shown: the last ones."""
TRACEBACK = "Traceback (most recent call last):"
LONGEST_TRACEBACK = 30
OURS = f'  File "{Path(__file__).resolve().parents[1] / "inside"}'
"""How a line of a traceback begins that is about a file of ours."""


@dataclass
class Row:
    """One row of a screen: `text`, of how many characters, and the column under which a caret is to stand."""

    text: str
    characters: int = 0
    caret: int | None = None


def first_difference(expected: str, got: str) -> int | None:
    """Where in `got` it begins to differ from `expected`; None where no place is the first wrong one.

    It may have come after something else (a prefix, a greeting): then the place is where the longest
    beginning of `expected` that is found in it ends.
    """
    if not expected or not got or expected == got:
        return None
    same = _common(expected, got)
    if same:
        return same
    if expected in got:
        return None
    low, high = 0, len(expected)
    while low < high:  # of a beginning that does not occur, no longer one does
        middle = (low + high + 1) // 2
        low, high = (middle, high) if expected[:middle] in got else (low, middle - 1)
    return got.index(expected[:low]) + low if low >= 3 else None


def _common(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def rows(text: str, mark: int | None, width: int, encoding: str) -> list[Row]:
    """`text` in rows of at most `width` columns, the invisible as escapes; a line end also ends the row.

    `mark` counts characters from 0 and may be `len(text)`: there something is missing.
    """
    found: list[Row] = []
    end = 0
    for start, stop in spans(len(text), mark):
        if start > end:
            found.append(Row("", start - end))
        place = mark if mark is not None and (start <= mark < stop or mark >= stop == len(text)) else None
        found += _rows(text[start:stop], None if place is None else place - start, width, encoding)
        end = stop
    return _folded(found)


def spans(length: int, mark: int | None, enough: int = ENOUGH) -> list[tuple[int, int]]:
    """The parts of a text that can be shown, `enough` characters at each place: a MiB is not to be laid out for ten rows."""
    if length <= 3 * enough:
        return [(0, length)]
    middle = enough if mark is None else min(mark, length)
    first, last = max(middle - enough, enough), min(middle + enough, length - enough)
    found = [(0, enough), (first, max(first, last)), (length - enough, length)]
    return [(start, stop) for start, stop in found if start < stop <= length]


def _rows(text: str, mark: int | None, width: int, encoding: str) -> list[Row]:
    found = [Row("")]
    column = 0
    ended = False
    for at, piece in enumerate(harmless.pieces(text, encoding)):
        wide = columns(piece)
        if ended or column + wide > width:
            found.append(Row(""))
            column = 0
        row = found[-1]
        if at == mark:
            row.caret = column
        row.text += piece
        row.characters += 1
        column += wide
        ended = text[at] == "\n"
    if mark is not None and mark >= len(text):
        found[-1].caret = column
    return found


def _folded(found: list[Row]) -> list[Row]:
    if len(found) <= MOST_ROWS:
        return found
    marked = next((at for at, row in enumerate(found) if row.caret is not None), 0)
    around = range(marked - ROWS_AROUND, marked + ROWS_AROUND + 1)
    shown: list[Row] = []
    hidden = 0
    for at, row in enumerate(found):
        if at < FIRST_ROWS or at in around or at >= len(found) - LAST_ROWS:
            if hidden:
                shown.append(Row(left_out(hidden)))
            shown.append(row)
            hidden = 0
        else:
            hidden += row.characters
    return shown


def left_out(characters: int) -> str:
    """What stands in the place of so many characters that are not shown."""
    return "... " + _("{count} characters are not shown here").format(count=f"{characters:,}") + " ..."


def last_lines(text: str, encoding: str, enough: int = ENOUGH) -> list[str]:
    """The end of what a program printed; from its last traceback on where it ended with one. Of a long line the first and
    the last `enough` characters."""
    printed = _without_ours(text.rstrip().replace("\r\n", "\n").split("\n"))
    if printed == [""]:
        return []
    tracebacks = [len(printed) - at for at, line in enumerate(printed) if line == TRACEBACK]
    wanted = max([LAST_LINES, *(one for one in tracebacks if one <= LONGEST_TRACEBACK)])
    shown = [_readable(line, encoding, enough) for line in printed[-wanted - 1 :]]
    if len(printed) == len(shown):
        return shown
    earlier = _("{count} earlier lines").format(count=f"{len(printed) - wanted:,}")
    return [f"... {earlier} ...", *shown[1:]]


def _without_ours(lines: list[str]) -> list[str]:
    """Lines of tracebacks without the calls of what plays the kernel in the program's process: they are no part of it."""
    kept: list[str] = []
    ours = False
    for line in lines:
        ours = line.startswith(OURS) or (ours and line.startswith("    "))
        if not ours:
            kept.append(line)
    return kept


def _readable(line: str, encoding: str, enough: int) -> str:
    if len(line) > 2 * enough:
        line = f"{line[:enough]} {left_out(len(line) - 2 * enough)} {line[-enough:]}"
    return harmless.lines(line, encoding)[0]


def columns(text: str) -> int:
    """How many columns of a terminal `text` takes: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 1 + (unicodedata.east_asian_width(one) in "WF") for one in text
    )


def cut(text: str, width: int, most: int) -> list[str]:
    """`text` in at most `most` rows of `width` columns; a longer one loses its middle and says so."""
    if columns(text) > width * most:
        half = width * most // 2 - 4
        text = f"{text[:half]} ... {text[-half:]}"
    parts = [""]
    for one in text:
        if columns(parts[-1]) + columns(one) > width:
            parts.append("")
        parts[-1] += one
    return parts
