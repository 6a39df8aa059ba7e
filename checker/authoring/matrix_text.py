"""A matrix as text: marks in numbered columns, a program a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.authoring.corpus import Disagreement
from checker.authoring.differing import show_replay
from checker.authoring.matrix import Mark, Matrix, Row, Run
from checker.grading.rubric import load
from checker.report.pen import Pen, Piece
from checker.texts import N_, _, ngettext

if TYPE_CHECKING:
    from checker.authoring.playing import Playing

MARKS: dict[Mark, tuple[str, str, str]] = {
    "lost": ("x", "", N_("lost")),
    "skipped": ("-", "dim", N_("skipped")),
    "kept": (".", "dim", N_("kept")),
    "not lost": ("o", "bad", N_("not lost, and should be")),
    "lost wrongly": ("!", "bad", N_("lost, and should not be")),
    "skipped wrongly": ("~", "bad", N_("skipped, and should not be, or the other way round")),
    "changed": ("*", "bad", N_("changed between runs")),
    "error": ("E", "bad", N_("the checker's own fault")),
}
"""Mark, style and meaning."""

COLUMN = 3
SLOWEST = 3
"""Programs that are named for the time they took."""

DISAGREES = {
    "lost": N_("lost and should not have:"),
    "kept": N_("did not lose:"),
    "skipped": N_("skipped and should not have been:"),
    "not_skipped": N_("was not skipped:"),
    "told": N_("was told a cause that is not its own:"),
    "not_told": N_("was not told the cause:"),
}


def draw(pen: Pen, matrix: Matrix) -> None:
    """The wrong programs by checks, and the right ones that are not played as right ones should be."""
    lab = load(matrix.lab)
    right, wrong = len(matrix.right), len(matrix.wrong)
    played = (
        ngettext("{count} wrong program", "{count} wrong programs", wrong).format(count=wrong),
        ngettext("{count} right one", "{count} right ones", right).format(count=right),
        ngettext("{count} check", "{count} checks", len(matrix.checks)).format(count=len(matrix.checks)),
    )
    pen.blank()
    pen.paragraph(", ".join(played), "", (f"{lab.name}  ", "title"))
    for number, check in enumerate(matrix.checks, 1):
        pen.row((f"{number:>{COLUMN}}  ", "title"), (check, ""))
    pen.blank()
    pen.row(("".join(f"{number:>{COLUMN}}" for number in range(1, len(matrix.checks) + 1)), "title"))
    for row in [*matrix.wrong, *(one for one in matrix.right if not one.agrees)]:
        _row(pen, matrix, row)


def _row(pen: Pen, matrix: Matrix, row: Row) -> None:
    pieces: list[Piece] = []
    for check in matrix.checks:
        if row.outcomes(check):
            mark, style, _meaning = MARKS[row.mark(check)]
        else:
            mark, style = " ", ""
        pieces.append((f"{mark:>{COLUMN}}", style))
    pen.row(*pieces, ("  ", ""), (row.case.name, "" if row.agrees else "bad"))


def legend(pen: Pen, matrices: list[Matrix]) -> None:
    """What the marks mean, those that there are."""
    met = {row.mark(check) for matrix in matrices for row in matrix.played for check in matrix.checks if row.outcomes(check)}
    meanings = "; ".join(f"{mark} {_(meaning)}" for kind, (mark, _style, meaning) in MARKS.items() if kind in met)
    pen.blank()
    pen.paragraph(meanings, "dim")


def disagreements(row: Row) -> list[str]:
    """In what a program's runs are not as foretold, a sentence each, with how many runs they were where not all."""
    met: dict[Disagreement, list[int]] = {}
    for run in row.runs:
        met.setdefault(run.disagreement, []).append(run.run)
    sentences = []
    for disagreement, runs in met.items():
        of_runs = ""
        if len(met) > 1:
            of_runs = " " + _("({some} of {all} runs)").format(some=len(runs), all=len(row.runs))
        for name, said in DISAGREES.items():
            ids = getattr(disagreement, name)
            if ids:
                sentences.append(f"{_(said)} {', '.join(ids)}{of_runs}")
    return sentences


def show(pen: Pen, playing: Playing) -> None:
    """All that came of a corpus: the matrices, then what an author has to look at, and a summary."""
    matrices = [one for one in playing.matrices.values() if one.played]
    for matrix in matrices:
        draw(pen, matrix)
    if matrices:
        legend(pen, matrices)
    _list(pen, _("Wrong programs that lost nothing:"), [_where(one, id_) for one in matrices for id_ in one.survivors])
    lose = [_where(one, id_) for one in matrices for id_ in one.right_that_lose]
    _list(pen, _("Right programs that lost a point:"), lose)
    _disagreements(pen, playing, [row for matrix in matrices for row in matrix.played if not row.agrees])
    # Of a part of the programs that cannot be said.
    if playing.complete:
        unneeded = [_where(one, id_) for one in matrices for id_ in one.unneeded]
        _list(pen, _("Checks that no wrong program loses, so that they could not fail:"), unneeded)
        alone = [_where(one, id_) for one in matrices for id_ in one.never_alone]
        _list(pen, _("Checks that no wrong program loses alone (good to know, nothing to mend):"), alone, "")
    playing.differing.show_changed(pen)
    _summary(pen, playing, matrices)
    pen.flush()


def _where(matrix: Matrix, id_: str) -> str:
    return f"{matrix.lab}/{id_}"


def _list(pen: Pen, heading: str, lines: list[str], style: str = "bad") -> None:
    if lines:
        pen.blank()
        pen.paragraph(heading, style)
        for line in lines:
            pen.row((f"  {line}", ""))


def _disagreements(pen: Pen, playing: Playing, rows: list[Row]) -> None:
    if not rows:
        return
    pen.blank()
    pen.paragraph(_("Programs that are not as foretold:"), "bad")
    for row in rows:
        program = f"{row.case.lab}/{row.case.name}"
        pen.row((f"  {program}", "title"))
        pen.paragraph(row.case.why, "dim", indent=4)
        for sentence in disagreements(row):
            pen.paragraph(sentence, indent=4)
        run = next(run for run in row.runs if run.disagreement)
        wrongly = (*run.disagreement.lost, *run.disagreement.skipped)
        for check in wrongly:
            if check in run.messages:
                pen.paragraph(run.messages[check], "", (f"{check}: ", "dim"), indent=4)
        path = playing.differing.kept.get(program, {}).get(run.run)
        if path is not None:
            show_replay(pen, row.case.lab, _to_look_at(run), path)


def _to_look_at(run: Run) -> str:
    """The check of a run to look at first: one that ended otherwise than it should, else one whose cause is not as foretold."""
    differs = run.disagreement
    ended = (*differs.lost, *differs.skipped, *differs.kept, *differs.not_skipped)
    told = [check for check, verdict in run.verdicts.items() if verdict.cause in differs.told]
    lost = [check for check in run.verdicts if check in run.lost]
    return next(iter((*ended, *told, *lost, *run.verdicts)))


def _summary(pen: Pen, playing: Playing, matrices: list[Matrix]) -> None:
    rows = [row for matrix in matrices for row in matrix.played]
    right = sum(row.case.right for row in rows)
    disagree, changed = len(playing.disagree), len(playing.differing.changed)
    pen.blank()
    if not playing.complete:
        text = _("Broken off: {some} of {all} programs were played.")
        pen.paragraph(text.format(some=len(rows), all=len(playing.cases)), "warn")
    counts = (
        ngettext("{count} right program", "{count} right programs", right).format(count=right),
        ngettext("{count} wrong program", "{count} wrong programs", len(rows) - right).format(count=len(rows) - right),
        ngettext("{count} disagrees", "{count} disagree", disagree).format(count=disagree),
    )
    pen.paragraph(", ".join(counts) + ".", "bad" if disagree else "good")
    if playing.repeat > 1:
        played = _("Played {times} times:").format(times=playing.repeat)
        if not playing.complete:
            whole = min(len(row.runs) for matrix in playing.matrices.values() for row in matrix.rows.values())
            played = _("Rounds that were played whole, {whole} of {all}:").format(whole=whole, all=playing.repeat)
        text = ngettext("{count} verdict changed.", "{count} verdicts changed.", changed).format(count=changed)
        pen.paragraph(f"{played} {text}", "bad" if changed else "good")
    if playing.errors:
        text = _("Verdicts that are the checker's own fault: {count}")
        pen.paragraph(text.format(count=playing.errors), "bad")
    measured = playing.measured
    if measured is not None:
        took = _("It took {seconds:.0f} s, {count} at once, seed {seed}.")
        text = took.format(seconds=measured.seconds, count=playing.at_once, seed=playing.how.seed)
        pen.paragraph(f"{text} {measured.sentence}", "dim")
        if measured.problem is not None:
            pen.paragraph(measured.problem, "bad")
    slowest = sorted(((run.seconds, row.case) for row in rows for run in row.runs), key=lambda one: -one[0])[:SLOWEST]
    text = ", ".join(f"{case.lab}/{case.name} {seconds:.1f} s" for seconds, case in slowest)
    if text:
        pen.paragraph(_("Slowest: {programs}").format(programs=text), "dim")
