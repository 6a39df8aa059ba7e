"""What a failed check rests on: expected and got, where the program was, what it printed."""

from __future__ import annotations

from checker.grading.model import CheckResult, Text, ThreadState
from checker.report import words
from checker.report.excerpt import columns, cut, first_difference, last_lines, rows
from checker.report.pen import Pen
from checker.texts import _

LONGEST_LINE = 3
"""Rows that one line of a program's output may take."""

Groups = tuple[tuple[words.Place, int, tuple[str, ...]], ...]
"""Where threads are, how many at each place, and for whom they wait."""


class Evidence:
    """Writes the evidence of one lab's failed checks, everything indented by `indent` columns."""

    def __init__(self, pen: Pen, indent: int) -> None:
        self._pen = pen
        self._indent = indent
        self._shown: set[Groups] = set()

    def show(self, result: CheckResult) -> None:
        """One check's evidence, in the order in which one asks: why, what, where, what did it say."""
        if result.cause is not None:
            probably = (_("Probably: "), "warn")
            self._pen.paragraph(words.cause(result.cause), "", probably, indent=self._indent)
        self._compared(result.expected, result.got)
        self._diagram(result)
        self._threads(result)
        if result.output is not None and not words.told_already(result.output, result.got):
            self._output(result.output)

    def _compared(self, expected: Text | None, got: Text | None) -> None:
        labels = [_("expected"), _("came")]
        margin = max(columns(label) for label in labels) + 2
        mark = None if expected is None or got is None else first_difference(expected.text, got.text)
        for label, text, place in ((labels[0], expected, None), (labels[1], got, mark)):
            if text is not None:
                said = "" if expected is None or mark is None else words.difference(expected.text, text.text, mark)
                self._text(label + " " * (margin - columns(label)), text, place, said)

    def _text(self, label: str, text: Text, mark: int | None, said: str) -> None:
        indent = " " * self._indent
        if not text.text:
            self._pen.row((indent + label, "dim"), (_("nothing"), "evidence"))
            return
        margin = columns(label)
        for row in rows(text.text, mark, self._pen.width - self._indent - margin, self._pen.encoding):
            self._pen.row((indent + label, "dim"), (row.text, "evidence"))
            label = " " * margin
            if row.caret is not None:
                before = row.caret > columns(said)
                caret = f"{said} ^" if before else f"^ {said}"
                blanks = row.caret - (columns(said) + 1 if before else 0)
                self._pen.row((indent + label + " " * blanks, ""), (caret, "bad"))

    def _diagram(self, result: CheckResult) -> None:
        from checker.report.diagram import model, text  # only where something failed

        diagram = model.of(result)
        if diagram is not None:
            self._pen.paragraph(_("What happened:"), "", indent=self._indent)
            for line in text.draw(diagram, self._pen.width - self._indent, self._pen.encoding):
                self._pen.row((" " * self._indent + line, ""))

    def _threads(self, result: CheckResult) -> None:
        groups = words.alike(result.threads)
        if not groups:
            told = words.no_threads(result)
            if told is not None:
                self._pen.paragraph(told, "", indent=self._indent)
            return
        facts = tuple((place, len(alike), words.peers(alike)) for place, alike in groups.items())
        text = _(words.THEN[result.ended_by])
        if facts in self._shown:
            self._pen.paragraph(text + " " + _("as shown above."), "", indent=self._indent)
            return
        self._shown.add(facts)
        self._pen.paragraph(text, "", indent=self._indent)
        for alike in list(groups.values())[:words.MOST_THREADS]:
            self._alike(alike)
        if len(groups) > words.MOST_THREADS:
            more = sum(len(alike) for alike in list(groups.values())[words.MOST_THREADS:])
            self._pen.paragraph(words.more_threads(more), "dim", indent=self._indent + 2)

    def _alike(self, alike: list[ThreadState]) -> None:
        one = alike[0]
        text = f"{words.names(alike)} {words.waits(*alike)}"
        if one.source:
            text += f": {one.source}"
        text = "; ".join((text, *words.locks(one)))
        self._pen.paragraph(text, "", ("- ", "dim"), indent=self._indent + 2)

    def _output(self, output: Text) -> None:
        lines = last_lines(output.text, self._pen.encoding)
        if not lines:
            return
        self._pen.paragraph(_("The last that it printed:"), "", indent=self._indent)
        margin = self._indent + 2
        for line in lines:
            for part in cut(line, self._pen.width - margin - 2, LONGEST_LINE):
                self._pen.row((" " * margin + "| ", "dim"), (part, "evidence"))
