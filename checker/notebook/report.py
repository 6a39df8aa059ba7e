"""A grade as a cell shows it: the page's own parts, in a box of their own."""

from __future__ import annotations

import io
import itertools

from checker.grading.model import Grade
from checker.grading.rubric import number_of
from checker.report import page
from checker.report.screen import Screen
from checker.texts import _

_numbers = itertools.count(1)


class Report:
    """What `%check` gives: HTML in a notebook, the command line's words where there is none."""

    def __init__(self, grade: Grade, *, unchanged: bool) -> None:
        self.grade = grade
        self._unchanged = unchanged
        self._number = next(_numbers)

    @property
    def score(self) -> int:
        """The points."""
        return self.grade.score

    def __repr__(self) -> str:
        written = io.StringIO()
        screen = Screen(written)
        for lab in self.grade.labs:
            screen.begin_lab(lab.title or lab.lab, number_of(lab.lab), lab, self._unchanged)
            for check in lab.checks:
                screen.check(check, lab.lab)
            screen.end_lab(lab)
        screen.end(self.grade)
        return written.getvalue()

    def _repr_html_(self) -> str:
        told = _("The file is the one that you graded last: is it saved in your editor?") if self._unchanged else ""
        return page.fragment(self.grade, f"check-{self._number}-", told)
