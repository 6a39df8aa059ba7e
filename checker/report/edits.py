"""What became of a file from one text to another: how many lines, and which."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checker.report import harmless
from checker.report.excerpt import columns, cut
from checker.report.pen import Pen
from checker.report.words import listed
from checker.texts import _, ngettext

MOST_LINES = 12
"""Lines of a difference that are shown."""
LONGEST = 2_000
"""Lines of a file that are compared: of a longer one it is only said that it is another."""
MOST_ROWS = 3
"""Rows that one line may take."""
STYLES = {"-": "bad", "+": "good"}


@dataclass(frozen=True)
class Line:
    """One line that differs: `number` counts from 1, in the old text where `sign` is "-", in the new one where it is "+"."""

    number: int
    sign: str
    text: str


@dataclass(frozen=True)
class Edit:
    """What became of one file, by its name. A line that has another in its place was `changed`. Nothing but line ends may
    differ, and a file may be too long to compare: then all are 0."""

    file: str
    changed: int = 0
    added: int = 0
    removed: int = 0
    lines: tuple[Line, ...] = ()


def edit(file: str, before: str, after: str) -> Edit:
    """Compare the texts of a file."""
    old, new = _lines(before), _lines(after)
    if max(len(old), len(new)) > LONGEST:
        return Edit(file)
    changed = added = removed = 0
    lines: list[Line] = []
    for first, last, begin, end in _differences(old, new):
        gone, come = last - first, end - begin
        changed += min(gone, come)
        removed += max(0, gone - come)
        added += max(0, come - gone)
        lines += (Line(number, "-", old[number - 1]) for number in range(first + 1, last + 1))
        lines += (Line(number, "+", new[number - 1]) for number in range(begin + 1, end + 1))
    return Edit(file, changed, added, removed, tuple(lines))


def _lines(text: str) -> list[str]:
    """The lines as an editor counts them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def _differences(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Which lines of `old` (from, to) became which of `new`."""
    compared = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, first, last, begin, end in compared.get_opcodes():
        if tag != "equal":
            yield first, last, begin, end


def told(edit: Edit) -> str:
    """What one has done to the file: "changed 2 lines and added 1 line in server.py"."""
    changed, added, removed = edit.changed, edit.added, edit.removed
    done = [
        ngettext("changed {count} line", "changed {count} lines", changed).format(count=changed) if changed else "",
        ngettext("added {count} line", "added {count} lines", added).format(count=added) if added else "",
        ngettext("removed {count} line", "removed {count} lines", removed).format(count=removed) if removed else "",
    ]
    done = [one for one in done if one]
    if not done:
        return _("changed {file}").format(file=edit.file)
    return _("{what} in {file}").format(what=listed(done), file=edit.file)


def show(pen: Pen, edits: Sequence[Edit], indent: int) -> None:
    """Write the lines that differ, with their numbers; of many the first ones."""
    left = MOST_LINES
    for one in edits:
        shown = one.lines[:left]
        if len(edits) > 1 and shown:
            pen.row((" " * indent + one.file + ":", "dim"))
        margin = min((len(line.text) - len(line.text.lstrip()) for line in shown if line.text.strip()), default=0)
        for line in shown:
            _line(pen, line, margin, indent)
        left -= len(shown)
    more = sum(len(one.lines) for one in edits) - MOST_LINES
    if more > 0:
        text = ngettext("... and {count} more line", "... and {count} more lines", more).format(count=f"{more:,}")
        pen.row((" " * indent + text, "dim"))


def _line(pen: Pen, line: Line, margin: int, indent: int) -> None:
    """One line, without the `margin` blanks that all have before them."""
    head = f"{line.number:>{indent + 4}} {line.sign} "
    text = harmless.lines(line.text[margin:], pen.encoding)[0]
    for part in cut(text, pen.width - columns(head), MOST_ROWS):
        pen.row((head, "dim"), (part, STYLES[line.sign]))
        head = " " * columns(head)
