"""A soak as text: how long it took, what came of it, and what ever differed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.report.pen import Pen
from checker.texts import _, ngettext

if TYPE_CHECKING:
    from checker.authoring.soaking import Ran, Soak

COLUMN = 9
LAST_LINES = 5
"""Of what a command said that gave no grade."""


def show(pen: Pen, soak: Soak) -> None:
    """All of it."""
    pen.blank()
    if not soak.complete:
        text = _("Broken off: {some} of {all} runs have ended.")
        pen.paragraph(text.format(some=len(soak.ran), all=soak.runs), "warn")
    _times(pen, soak.times)
    _circumstances(pen, soak)
    for score, runs in soak.scores.items():
        times = ngettext("{count} time", "{count} times", len(runs)).format(count=len(runs))
        whole = "" if score.complete else " " + _("(incomplete: the checker's own fault)")
        text = _("{score} of {max}").format(score=score.points, max=score.of) + whole
        pen.paragraph(text, "good" if score.full else "bad", (f"{times}  ", ""))
    for ran in soak.ran:
        if ran.score is None:
            _no_grade(pen, ran)
    soak.differing.show_changed(pen)
    always = [one for one in soak.differing.not_passed if len(one.runs) == 1]
    if always:
        pen.blank()
        pen.paragraph(_("Never passed, and always in the same way:"), "bad")
        soak.differing.show(pen, always)
    for problem in soak.problems:
        pen.paragraph(problem, "bad")
    pen.flush()


def _times(pen: Pen, times: dict[str, float]) -> None:
    """Seconds depend on the machine; the ratios say how much a run is to be relied on to be as quick as another."""
    if not times:
        return
    margin = " " * len(_("to median"))
    pen.row((margin + "".join(f"{name:>{COLUMN}}" for name in times), "title"))
    pen.row((f"{_('seconds'):<{len(margin)}}" + "".join(f"{one:>{COLUMN}.2f}" for one in times.values()), ""))
    ratios = [one / times["median"] for one in times.values()]
    pen.row((_("to median") + "".join(f"{one:>{COLUMN}.2f}" for one in ratios), ""))
    pen.blank()


def _circumstances(pen: Pen, soak: Soak) -> None:
    if soak.measured is None or soak.time_wait is None:
        return
    took = _("It took {seconds:.0f} s, {count} at once, from seed {seed} on.")
    text = took.format(seconds=soak.measured.seconds, count=soak.at_once, seed=soak.seed)
    pen.paragraph(" ".join(filter(None, (text, soak.measured.sentence, soak.time_wait.sentence))), "dim")


def _no_grade(pen: Pen, ran: Ran) -> None:
    text = _("run {run} gave no grade (status {status})").format(run=ran.run, status=ran.status)
    pen.paragraph(text, "bad")
    for line in ran.said.splitlines()[-LAST_LINES:]:
        pen.paragraph(line, "", ("| ", "dim"), indent=2)
