"""Where the lifelines of an SVG drawing stand, in its units (CSS pixels at full size)."""

from __future__ import annotations

from collections.abc import Sequence

from checker.report.diagram.canvas import Writer
from checker.report.diagram.parts import OTHERS, Diagram, Lifeline, Row
from checker.report.diagram.spacing import label_segment
from checker.report.excerpt import columns

CHARACTER = 7.3
"""Width of a character of the font."""
TIMES, MARGIN = 74, 12
"""Width of the column of times; of the edge at the right and at the bottom."""
LONGEST_LABEL, LONGEST_MISSING = 26, 52
"""Characters of a label that an arrow makes room for, and of one that never came: longer ones run on."""
LEAST_WIDTH = 420
BETWEEN_NAMES = 10


class Place:
    """`at` is where each lifeline stands, `width` how wide the whole is."""

    def __init__(self, diagram: Diagram) -> None:
        self._diagram = diagram
        self.writer = Writer("utf-8")
        widths = [self.name_width(one) for one in diagram.lifelines]
        gaps = [(left + right) / 2 + BETWEEN_NAMES for left, right in zip(widths, widths[1:], strict=False)]
        for row in diagram.rows:
            self._widen(gaps, row)
        self.at = [TIMES + widths[0] / 2]
        for gap in gaps:
            self.at.append(self.at[-1] + gap)
        others = 24 if diagram.lifelines[-1].key == OTHERS else 0
        self.width = max(self.at[-1] + max(widths[-1] / 2, others + 16) + MARGIN, LEAST_WIDTH)

    def name_width(self, lifeline: Lifeline) -> float:
        """Width of the box with a lifeline's name."""
        return columns(lifeline.name) * CHARACTER + 24

    def segment(self, hub: int, ends: Sequence[int]) -> tuple[float, float]:
        """From where to where the label of an arrow may stand."""
        gaps = [right - left for left, right in zip(self.at, self.at[1:], strict=False)]
        first, last = label_segment(hub, ends, [int(gap) for gap in gaps])
        return self.at[first], self.at[last]

    def _widen(self, gaps: list[float], row: Row) -> None:
        if row.hub is None or not row.ends:
            return
        hub = self._diagram.place(row.hub)
        ends = [self._diagram.place(one) for one in row.ends]
        first, last = label_segment(hub, ends, [int(gap) for gap in gaps])
        longest = LONGEST_MISSING if row.kind == "missing" else LONGEST_LABEL
        text = self.writer.label(row.label, longest) or " " * longest
        more = columns(text) * CHARACTER + 24 - sum(gaps[first:last])
        gaps[first if first == hub else last - 1] += max(more, 0)
