"""A class on the screen: how far it is while it is graded, and the table in the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from checker.report import harmless, roll, words
from checker.report.excerpt import columns
from checker.report.pen import Pen
from checker.report.roll import Row
from checker.texts import _, ngettext

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

LONGEST_NAME = 32
MOST_REMARKS = 4
MOST_LOST = 5
COLOURS: dict[roll.Status, str] = {"graded": "", "not graded": "warn", "out of time": "warn", "error": "bad", "not yet": "dim"}


class RollScreen:
    """Shows a class of `count` hand-ins. On a terminal there is a bar meanwhile, elsewhere a line for each that has ended."""

    def __init__(self, file: TextIO, count: int) -> None:
        self.pen = Pen(file)
        self._count = count
        self._done = 0
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def begin(self, before: int, rest: int, at_once: int) -> None:
        """`before` were graded in an earlier run, `rest` are to be graded now."""
        self._done = self._count - rest
        text = ngettext("{count} submission", "{count} submissions", self._count).format(count=self._count)
        if at_once > 1:
            text = _("{submissions}, {count} at once").format(submissions=text, count=at_once)
        self.pen.paragraph(f"{text}.", "title")
        if before:
            text = _("{before} of {count} were graded before, and are as they were: --afresh grades them again.")
            self.pen.paragraph(text.format(before=before, count=self._count))
        self.pen.flush()
        if self.pen.terminal and rest:
            self._open()

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(file=self.pen.file, highlight=False, markup=False, emoji=False, force_jupyter=False)
        parts = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
        self._progress = Progress(*parts, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
        self._task = self._progress.add_task("", total=self._count, completed=self._done)
        self._progress.start()

    def ended(self, row: Row) -> None:
        """One more has ended."""
        self._done += 1
        if self._progress is not None and self._task is not None:
            name = harmless.harmless(row.name, self.pen.encoding)[:LONGEST_NAME]
            self._progress.update(self._task, completed=self._done, description=f"{name}: {_verdict(row)}")
            return
        seconds = f"  {row.outcome.seconds:.1f} s" if row.outcome else ""
        self.pen.row((f"{self._done}/{self._count}  ", "dim"), (f"{row.name}: {_verdict(row)}", ""), (seconds, "dim"))
        self.pen.flush()

    def close(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def interrupted(self, rows: Sequence[Row], results: str) -> None:
        """Somebody does not want to wait."""
        self.close()
        done = sum(row.status in ("graded", "out of time") for row in rows)
        text = _("{done} of {count} have been graded, and are kept in {folder}: the same command goes on from there.")
        self.pen.paragraph(text.format(done=done, count=self._count, folder=results), "title")
        self.pen.flush()

    def table(self, rows: Sequence[Row], labs: Sequence[str]) -> None:
        """Everybody, in the order of `rows`."""
        self.close()
        self.pen.blank()
        names = [_short(row.name, self.pen.encoding) for row in rows]
        width = max(map(columns, names), default=0)
        numbers = "".join(words.lab_number(lab).rjust(4) for lab in labs)
        self.pen.row((" " * width, ""), (numbers, "dim"), ("  " + _("together"), "dim"))
        for row, name in zip(rows, names, strict=True):
            self._row(row, name + " " * (width - columns(name)), labs)
        self.pen.blank()
        self.pen.flush()

    def _row(self, row: Row, name: str, labs: Sequence[str]) -> None:
        found = row.outcome.labs if row.outcome else {}
        points = "".join(str(found[lab][0] if lab in found else "").rjust(4) for lab in labs)
        full = row.score is not None and row.score == row.max
        mark = f"  {row.outcome.mark}" if row.outcome and row.outcome.mark and row.score is not None else ""
        style = "good" if full else COLOURS[row.status]
        self.pen.row((name, "title"), (points, ""), ("  " + _verdict(row), style), (mark, "dim"))
        remarks = row.remarks()
        for remark in remarks[:MOST_REMARKS]:
            self.pen.paragraph(remark, "dim", indent=4)
        if len(remarks) > MOST_REMARKS:
            text = ngettext("... and {count} more", "... and {count} more", len(remarks) - MOST_REMARKS)
            self.pen.paragraph(text.format(count=len(remarks) - MOST_REMARKS), "dim", indent=4)

    def end(self, rows: Sequence[Row], left_out: Sequence[str], written: Sequence[tuple[str, str]], seconds: float) -> None:
        """The sums, what was no submission, and what was written: (what it is, where)."""
        graded = [row for row in rows if row.score is not None]
        text = _("{graded} of {count} graded, in {seconds:.0f} s.")
        self.pen.paragraph(text.format(graded=len(graded), count=len(rows), seconds=seconds), "title")
        most_lost = roll.most_lost(rows, MOST_LOST)
        if most_lost:
            self.pen.paragraph(_("Lost most often, of those who have points in that lab:"))
        for lab, check, count, begun in most_lost:
            self.pen.row((f"  {count:>3}", ""), (_(" of {count}  ").format(count=begun), "dim"), (f"{lab} {check}", ""))
        if left_out:
            self.pen.paragraph(_("No submissions, and left out: {names}").format(names=", ".join(left_out)), "warn")
        for what, where in written:
            self.pen.row((f"{what}  ", ""), (where, "evidence"))
        self.pen.flush()


def _short(name: str, encoding: str) -> str:
    safe = harmless.harmless(name, encoding)
    return safe if len(safe) <= LONGEST_NAME else safe[: LONGEST_NAME - 3] + "..."


def _verdict(row: Row) -> str:
    if row.score is None:
        return _(roll.STATUSES[row.status])
    return _("{score} of {max}").format(score=f"{row.score:>3}", max=row.max)
