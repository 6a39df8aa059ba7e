"""One line of a program's text with a caret under the place that is meant."""

from __future__ import annotations

import unicodedata

WIDEST = 64


def shown_line(line: str, number: int, offset: int | None) -> list[str]:
    """The line after its number and, under it, the caret; of a long line the part around the caret.

    `offset` counts characters from 1, as `SyntaxError.offset` does; None or 0 gives no caret. Characters that
    would move the cursor are shown as escapes.
    """
    column = min(max((offset or 1) - 1, 0), len(line))
    before, after = _visible(line[:column]).lstrip(), _visible(line[column:]).rstrip()
    if not before:
        after = after.lstrip()
    if _width(before + after) > WIDEST:
        before, after = _last(before, WIDEST // 2), _first(after, WIDEST - WIDEST // 2)
    margin = f"    {number} | "
    shown = [margin + before + after]
    if offset:
        shown.append(" " * (len(margin) - 2) + "| " + " " * _width(before) + "^")
    return shown


def _visible(text: str) -> str:
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode()
        for one in text.replace("\t", "    ")
    )


def _width(text: str) -> int:
    """Columns on a terminal: two for wide characters, none for combining ones."""
    return sum(
        0 if unicodedata.combining(one) else 1 + (unicodedata.east_asian_width(one) in "WF") for one in text
    )


def _first(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _last(text: str, most: int) -> str:
    return text if len(text) <= most else "..." + text[len(text) - most + 3 :]
