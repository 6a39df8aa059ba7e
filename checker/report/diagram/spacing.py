"""Where the lifelines of a text drawing stand: as much room where an arrow has something to say as there is."""

from __future__ import annotations

from collections.abc import Sequence

from checker.report.diagram.canvas import Writer
from checker.report.diagram.parts import Diagram, Label, Row
from checker.report.excerpt import columns

LONGEST_NAME, SHORTEST_NAME = 12, 3
BETWEEN_NAMES = 2
AROUND_LABEL = 4
"""Columns of an arrow that its label leaves free: its head, and something of the line on both sides."""
SHORT_LABEL, LONG_LABEL = 16, 44
LEAST_LABEL = 9
WIDEST_GAP = 30


class Spacing:
    """`names` as they are shown, `at` the column of each lifeline, `end` the column after the last name."""

    def __init__(self, diagram: Diagram, writer: Writer, begin: int, width: int) -> None:
        self._diagram, self._writer = diagram, writer
        self.names, gaps = self._names(width - begin)
        free = width - begin - self._edges() - sum(gaps)
        for most in (SHORT_LABEL, LONG_LABEL):  # first something for everybody
            for row in sorted(diagram.rows, key=lambda row: row.kind != "missing"):
                free = self._widen(gaps, row, free, most)
        for number in range(len(gaps)):
            more = min(free // (len(gaps) - number), max(WIDEST_GAP - gaps[number], 0))
            gaps[number] += more
            free -= more
        self.at = [begin + columns(self.names[0]) // 2]
        for gap in gaps:
            self.at.append(self.at[-1] + gap)

    def _names(self, room: int) -> tuple[list[str], list[int]]:
        """The names, all of them shorter where they do not fit, and the least gaps between the lifelines."""
        for longest in range(LONGEST_NAME, SHORTEST_NAME - 1, -1):
            self.names = [
                self._writer.fit(one.name if len(one.name) <= longest else one.short, longest)
                for one in self._diagram.lifelines
            ]
            widths = [columns(name) for name in self.names]
            gaps = [
                left - left // 2 + right // 2 + BETWEEN_NAMES
                for left, right in zip(widths, widths[1:], strict=False)
            ]
            if self._edges() + sum(gaps) <= room:
                break
        return self.names, gaps

    def _edges(self) -> int:
        """Columns of the first name before, and of the last name after its lifeline."""
        last = columns(self.names[-1])
        return columns(self.names[0]) // 2 + last - last // 2

    def _widen(self, gaps: list[int], row: Row, free: int, most: int) -> int:
        """Give the arrow of `row` room for its label cut to `most`, as far as there is any; returns what is left."""
        if row.hub is None or not row.ends:
            return free
        wanted = self._length(row.label, most) + AROUND_LABEL
        hub = self._diagram.place(row.hub)
        first, last = label_segment(hub, [self._diagram.place(one) for one in row.ends], gaps)
        more = min(max(wanted - sum(gaps[first:last]), 0), free)
        gaps[first if first == hub else last - 1] += more
        return free - more

    def _length(self, label: Label, most: int) -> int:
        text = self._writer.label(label, most)
        least = LEAST_LABEL if label.data else 0
        return columns(text) if text is not None else columns(self._writer.clean(label.before + label.after)) + least


def label_segment(hub: int, ends: Sequence[int], gaps: Sequence[int]) -> tuple[int, int]:
    """Between which two lifelines the label of an arrow stands: of its ends nearest to the hub, on the wider side."""
    right = min((end for end in ends if end > hub), default=None)
    left = max((end for end in ends if end < hub), default=None)
    segments = [(hub, right)] if right is not None else []
    segments += [(left, hub)] if left is not None else []
    return max(segments, key=lambda one: sum(gaps[one[0] : one[1]]))
