"""A sequence diagram as one self-contained <svg>, to stand in a page or by itself."""

from __future__ import annotations

import html
import re

from checker.report import harmless
from checker.report.diagram import sentences
from checker.report.diagram.parts import OTHERS, Diagram, Row, milliseconds
from checker.report.diagram.place import CHARACTER, MARGIN, TIMES, Place
from checker.report.excerpt import columns
from checker.texts import _

HEAD, STEP, LINE = 36, 34, 17
"""Heights: of the names, of a row, of a line of text."""
MOST_LINES = 8
"""Lines that a verdict or a note may take."""

STYLE = """
.chat-diagram{display:block;width:100%;height:auto;font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.chat-diagram text{fill:currentColor;stroke:var(--diagram-paper,transparent);stroke-width:4px;paint-order:stroke}
.chat-diagram .who,.chat-diagram .bold{font-weight:700}
.chat-diagram .time{opacity:.75}
.chat-diagram .box{fill:none;stroke:currentColor}
.chat-diagram .yours{stroke-width:2.5}
.chat-diagram .life{stroke:currentColor;opacity:.4}
.chat-diagram .fold{stroke-dasharray:1 5;stroke-linecap:round;stroke-width:2}
.chat-diagram .arrow{stroke:currentColor;stroke-width:1.5;fill:none}
.chat-diagram .sign{fill:currentColor}
.chat-diagram .dashed{stroke-dasharray:7 5}
.chat-diagram .bad{stroke:var(--diagram-bad,#d1242f);stroke-width:2.5;fill:none}
svg.chat-diagram:root{color:#1f2328;background:#fff;--diagram-paper:#fff}
@media (prefers-color-scheme:dark){svg.chat-diagram:root{color:#e6edf3;background:#0d1117;--diagram-paper:#0d1117}}
"""
"""In a page the diagram has the page's colours: `--diagram-paper` is what it stands on, `--diagram-bad` marks what is missing.
By itself it has its own. `--width` of the element is how wide it is at full size, for a page that lets it scroll."""


def draw(diagram: Diagram, name: str) -> str:
    """The diagram as SVG. `name` tells it from others in one page: its ids begin with it."""
    return _Drawing(diagram, re.sub(r"[^A-Za-z0-9_-]", "-", name) or "diagram").whole()


class _Drawing:
    def __init__(self, diagram: Diagram, name: str) -> None:
        self._diagram, self._name = diagram, name
        self._place = Place(diagram)
        self._at = self._place.at
        self._width = self._place.width
        self._lives: list[str] = []
        self._drawn: list[str] = []
        self._y = HEAD

    def whole(self) -> str:
        """The element, description first."""
        self._names()
        before: frozenset[str] = frozenset()
        for row in self._diagram.rows:
            self._row(row, before)
            before = row.alive
        height = self._y + MARGIN
        title = _("Sequence diagram: {title}").format(title=self._diagram.title or _("what happened"))
        told = " ".join(sentences.of(self._diagram))
        ids = f"{self._name}-title", f"{self._name}-desc"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chat-diagram" role="img" '
            f'aria-labelledby="{ids[0]} {ids[1]}" viewBox="0 0 {self._width:g} {height:g}" '
            f'style="--width:{self._width:g}px;max-width:{self._width:g}px">\n'
            f'<title id="{ids[0]}">{_escaped(title)}</title>\n<desc id="{ids[1]}">{_escaped(told)}</desc>\n'
            f"<style>{STYLE}</style>\n" + "\n".join((*self._lives, *self._drawn)) + "\n</svg>\n"
        )

    def _names(self) -> None:
        for one, at in zip(self._diagram.lifelines, self._at, strict=True):
            wide = self._place.name_width(one) - 8
            kind = "box yours" if one.students else "box"
            self._add(f'<rect class="{kind}" x="{at - wide / 2:g}" y="6" width="{wide:g}" height="26" rx="5"/>')
            self._text(at, 23, one.name, "who", "middle")

    # Rows

    def _row(self, row: Row, before: frozenset[str]) -> None:
        self._add(f"<g><title>{_escaped(sentences.sentence(row, self._diagram))}</title>")
        top = self._y
        if row.kind == "verdict":
            self._verdict(row)
        elif row.hub is None:
            self._y += STEP
            middle = (self._at[0] + self._at[-1]) / 2
            self._text(middle, self._y - STEP / 2 + 4, self._cut(row, self._width - TIMES), "", "middle")
        elif row.ends:
            self._y += STEP
            self._arrows(row)
        elif row.kind == "note" and row.t is None:
            self._note(row)
        else:
            self._y += STEP
            self._mark(row)
        if row.t is not None:
            y = self._y if row.kind != "verdict" else top + 22
            self._text(TIMES - 14, y, _("{time} ms").format(time=milliseconds(row.t)), "time", "end")
        self._add("</g>")
        if row.kind not in ("note", "verdict") or row.t is not None and row.kind == "note":
            self._live(before, top, self._y, "life fold" if row.kind == "fold" else "life")

    def _live(self, alive: frozenset[str], top: float, bottom: float, kind: str) -> None:
        for one, at in zip(self._diagram.lifelines, self._at, strict=True):
            if one.key in alive:
                self._lives.append(f'<path class="{kind}" d="M{at:g} {top:g}V{bottom:g}"/>')

    def _verdict(self, row: Row) -> None:
        lines = self._wrapped(row, self._width - TIMES - 4 * MARGIN)
        top, height = self._y + 6, len(lines) * LINE + 12
        self._box("bad", top, height)
        self._cross(TIMES + 14, top + height / 2)
        for number, line in enumerate(lines):
            self._text(TIMES + 28, top + 18 + number * LINE, line, "bold")
        self._y = int(top + height)

    def _note(self, row: Row) -> None:
        """A note of where the program was: a box under the arrows, hung on the program's lifeline."""
        lines = self._wrapped(row, self._width - TIMES - 2 * MARGIN)
        top, height = self._y + 6, len(lines) * LINE + 8
        self._box("box", top, height)
        for number, line in enumerate(lines):
            self._text(TIMES + 10, top + 16 + number * LINE, line)
        self._y = int(top + height)

    def _mark(self, row: Row) -> None:
        at = self._at[self._diagram.place(row.hub or "")]
        y = self._y - 4
        if row.kind == "exit":
            self._add(f'<rect class="sign" x="{at - 5:g}" y="{y - 5:g}" width="10" height="10"/>')
        else:
            self._add(f'<circle class="sign" cx="{at:g}" cy="{y:g}" r="4"/>')
        right = self._width - at - 14 >= at - TIMES
        text = self._cut(row, (self._width - at if right else at - TIMES) - 14)
        if right:
            self._text(at + 12, self._y, text)
        else:
            self._text(at - 12, self._y, text, "", "end")

    def _arrows(self, row: Row) -> None:
        hub = self._diagram.place(row.hub or "")
        ends = [self._diagram.place(one) for one in row.ends]
        y = self._y - 4
        kind = "arrow dashed bad" if row.kind == "missing" else "arrow"
        for end in {min(ends), max(ends)}:
            self._add(f'<path class="{kind}" d="M{self._at[hub]:g} {y:g}H{self._at[end]:g}"/>')
        for end in ends:
            self._end(row, hub, end, y)
        left, right = self._place.segment(hub, ends)
        text = self._cut(row, self._width - 8 - left - 8)
        if columns(text) * CHARACTER <= right - left - 8:
            self._text((left + right) / 2, y - 6, text, "bold" if row.kind == "missing" else "", "middle")
        else:
            self._text(left + 8, y - 6, text, "bold" if row.kind == "missing" else "")

    def _end(self, row: Row, hub: int, end: int, y: float) -> None:
        to, source = (end, hub) if row.out else (hub, end)
        back = -1 if self._at[to] > self._at[source] else 1
        x = self._at[to]
        if row.kind == "missing":
            self._cross(x + back * 10, y)
        else:
            self._add(f'<path class="sign" d="M{x:g} {y:g}l{back * 9} -4.5v9z"/>')
        if row.kind in ("connect", "goodbye", "reset"):
            self._add(f'<circle class="sign" cx="{self._at[end]:g}" cy="{y:g}" r="3.5"/>')
        if row.of_others and self._diagram.lifelines[end].key == OTHERS and len(row.ends) + row.of_others > 2:
            self._text(self._at[end] + 8, y + 4, f"({row.of_others})")

    def _cross(self, x: float, y: float) -> None:
        self._add(f'<path class="bad" d="M{x - 6:g} {y - 6:g}l12 12m0 -12l-12 12"/>')

    def _box(self, kind: str, top: float, height: float) -> None:
        wide = self._width - TIMES - 6
        self._add(f'<rect class="{kind}" x="{TIMES:g}" y="{top:g}" width="{wide:g}" height="{height:g}" rx="5"/>')

    # Text

    def _wrapped(self, row: Row, width: float) -> list[str]:
        return self._place.writer.wrapped(sentences.words_of(row.label), int(width / CHARACTER), MOST_LINES)

    def _cut(self, row: Row, width: float) -> str:
        """A row's label in `width`; of what is too long, the tooltip has the rest."""
        most = max(int(width / CHARACTER), 4)
        text = sentences.words_of(row.label)
        if columns(text) <= most:
            return text
        return self._place.writer.label(row.label, most) or self._place.writer.fit(text, most)

    def _text(self, x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> None:
        if not text:
            return
        kind = f' class="{kind}"' if kind else ""
        side = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._add(f'<text x="{x:g}" y="{y:g}"{kind}{side}>{_escaped(text)}</text>')

    def _add(self, element: str) -> None:
        self._drawn.append(element)


def _escaped(text: str) -> str:
    return html.escape(harmless.harmless(text, sentences.ENCODING))
