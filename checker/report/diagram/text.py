"""A sequence diagram as lines of text."""

from __future__ import annotations

from checker.report.diagram.canvas import Line, Signs, Writer
from checker.report.diagram.parts import OTHERS, Diagram, Row, milliseconds
from checker.report.diagram.spacing import Spacing, label_segment
from checker.report.excerpt import columns

NARROWEST = 30
LEAST_ABOVE = 40
"""Columns that a label may take on a line of its own, although it then begins before its arrow."""
NOTE_LINES, VERDICT_LINES = 2, 3


def draw(diagram: Diagram, width: int, encoding: str) -> list[str]:
    """The diagram in lines of at most `width` columns, in characters that `encoding` has; harmless whatever was said."""
    return _Drawing(diagram, max(width, NARROWEST), encoding).lines()


class _Drawing:
    def __init__(self, diagram: Diagram, width: int, encoding: str) -> None:
        self._diagram, self._width = diagram, width
        self._writer = Writer(encoding)
        self._signs: Signs = self._writer.signs
        self._times = max(len(milliseconds(row.t)) for row in diagram.rows) if diagram.rows else 0
        spacing = Spacing(diagram, self._writer, self._times + 2, width)
        self._names, self._at = spacing.names, spacing.at

    def lines(self) -> list[str]:
        """Names above, then a line or two for each row."""
        head = Line(self._width)
        head.put(max(self._times - 2, 0), "ms")
        for name, at in zip(self._names, self._at, strict=True):
            head.put(at - columns(name) // 2, name)
        lines = [head]
        alive: frozenset[str] = frozenset()
        for row in self._diagram.rows:
            lines += self._row(row, alive)
            alive = row.alive
        return [str(line) for line in lines]

    def _row(self, row: Row, before: frozenset[str]) -> list[Line]:
        if row.kind == "verdict":
            lines = self._verdict(row)
        elif row.hub is None:
            lines = [self._fold(row)]
        elif row.ends:
            lines = self._arrows(row, before)
        else:
            lines = self._mark(row, before)
        lines[0].put(self._times - len(milliseconds(row.t)), milliseconds(row.t))
        return lines

    def _line(self, standing: frozenset[str], sign: str | None = None) -> Line:
        line = Line(self._width)
        for one, at in zip(self._diagram.lifelines, self._at, strict=True):
            if one.key in standing:
                line.put(at, sign or self._signs.bar)
        return line

    # Rows about the whole scene

    def _verdict(self, row: Row) -> list[Line]:
        begin = self._times + 2
        lines = []
        for number, text in enumerate(self._writer.wrapped(row.label.before, self._width - begin - 2, VERDICT_LINES)):
            line = Line(self._width)
            line.put(begin, (self._signs.cross if number == 0 else " ") + " " + text)
            lines.append(line)
        return lines

    def _fold(self, row: Row) -> Line:
        line = self._line(row.alive, self._signs.gap)
        room = self._width - self._times - 4
        text = self._writer.fit(row.label.before, room)
        middle = (self._at[0] + self._at[-1]) // 2
        begin = max(self._times + 2, min(middle - columns(text) // 2, self._width - columns(text) - 1))
        line.put(begin - 1, f" {text} ")
        return line

    # Rows at one lifeline

    def _mark(self, row: Row, before: frozenset[str]) -> list[Line]:
        """A mark at a lifeline with its text on the side where there is room; where there is none, lines of the text alone."""
        at = self._at[self._diagram.place(row.hub or "")]
        line = self._line(before | row.alive)
        signs = {"exit": self._signs.stop, "start": self._signs.begin, "signal": "!", "missing": self._signs.cross}
        line.put(at, signs.get(row.kind, self._signs.bar))
        after, ahead = self._width - at - 2, at - self._times - 3
        text = self._writer.label(row.label, self._width) or ""
        texts = [text] if row.label.data else [text, self._writer.clean(row.label.before)]
        fits = next((one for one in texts if one and columns(one) <= max(after, ahead)), None)
        if fits is not None:
            line.put(at + 1 if columns(fits) <= after else at - 2 - columns(fits), f" {fits} ")
            return [line]
        begin = self._times + 2
        whole = row.label.before + row.label.data + row.label.after
        lines = [] if row.kind == "note" else [line]
        for one in self._writer.wrapped(text or whole, self._width - begin, NOTE_LINES):
            lines.append(self._line(before | row.alive))
            lines[-1].put(begin - 1, f" {one} ")
        return lines

    # Arrows

    def _arrows(self, row: Row, before: frozenset[str]) -> list[Line]:
        line = self._line(before | row.alive)
        hub = self._diagram.place(row.hub or "")
        ends = [self._diagram.place(one) for one in row.ends]
        for end in (min(ends), max(ends)):
            self._stroke(line, row, self._at[hub], self._at[end])
        for end in ends:
            self._heads(line, row, self._at[hub], end)
        line.put(self._at[hub], self._signs.bar)
        gaps = [right - left for left, right in zip(self._at, self._at[1:], strict=False)]
        first, last = label_segment(hub, ends, gaps)
        begin, room = self._at[first] + 1, self._at[last] - self._at[first] - 1
        text = self._writer.label(row.label, room - 2)
        if text is not None:
            line.put(begin + 1 + (room - 2 - columns(text)) // 2, text)
            return [line]
        return [self._above(row, before, self._at[first] + 2), line]

    def _above(self, row: Row, before: frozenset[str], begin: int) -> Line:
        """A line of its own for a label that has no room on its arrow."""
        line = self._line(before)
        room = self._width - self._times - 3
        text = self._writer.label(row.label, min(room, max(self._width - begin, LEAST_ABOVE)))
        text = text or self._writer.fit(row.label.before + row.label.data + row.label.after, room)
        line.put(min(begin, self._width - columns(text)) - 1, f" {text} ")
        return line

    def _stroke(self, line: Line, row: Row, hub: int, end: int) -> None:
        left, right = sorted((hub, end))
        sign = self._signs.dash if row.kind == "missing" else self._signs.line
        line.put(left + 1, (sign * (right - left))[: right - left - 1])

    def _heads(self, line: Line, row: Row, hub: int, number: int) -> None:
        """The head of the arrow to or from the lifeline `number`, the sign at its other end where a lifeline begins or ends
        there, and how many it is of those who share a lifeline."""
        end = self._at[number]
        to, source = (end, hub) if row.out else (hub, end)
        head = self._signs.right if to > source else self._signs.left
        if row.kind == "missing":
            head = self._signs.cross
        line.put(to - 1 if to > source else to + 1, head)
        edge = row.kind in ("connect", "goodbye", "reset")
        line.put(end, self._signs.begin if edge else self._signs.bar)
        if row.of_others and self._diagram.lifelines[number].key == OTHERS and len(row.ends) + row.of_others > 2:
            line.put(end + 1, f"({row.of_others})")
