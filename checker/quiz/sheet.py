"""What a quiz writes: a wrong program and what happened when it ran; then what it loses, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from checker.quiz.program import changes, part
from checker.quiz.rehearsal import Scene
from checker.report import edits, words
from checker.report.diagram import model, text
from checker.report.diagram.parts import Diagram, Row
from checker.report.pen import Pen
from checker.texts import _

INDENT = 4


@dataclass
class Score:
    """How the questions of a quiz were answered. `missed` are the checks of those that were not, by what to read on them."""

    right: list[bool] = field(default_factory=list)
    missed: dict[str, list[str]] = field(default_factory=dict)

    def add(self, right: bool, scene: Scene) -> None:
        """One more question was answered."""
        self.right.append(right)
        if not right and scene.result.read:
            titles = self.missed.setdefault(scene.result.read, [])
            if scene.result.title not in titles:
                titles.append(scene.result.title)


def show_question(pen: Pen, scene: Scene, head: str) -> None:
    """The program and the scene, as far as something happened in it."""
    lab = scene.question.lab
    pen.blank()
    pen.paragraph(f"{head}  {words.lab_heading(_(lab.title), lab.number)}", "title")
    pen.paragraph(_("From a wrong {file} (comments are left out):").format(file=scene.file), "dim")
    for number, piece in enumerate(part(scene.wrong, scene.right)):
        if number:
            pen.row(("  ...", "dim"))
        for at, line in piece:
            pen.row((f"{at:>{INDENT}}  ", "dim"), (line, ""))
    diagram = _diagram(scene)
    if diagram is not None:
        pen.paragraph(_("What happened when it was run:"), "dim")
        _draw(pen, replace(diagram, rows=tuple(row for row in diagram.rows if not _tells(row))))
    pen.blank()


def show_choices(pen: Pen, asked: str, choices: Sequence[str]) -> None:
    """A question and what there is to choose from."""
    pen.paragraph(asked, "title")
    for number, choice in enumerate(choices, 1):
        pen.paragraph(choice, "", (f"  {number}  ", "title"))
    pen.flush()


def show_verdict(pen: Pen, scene: Scene) -> None:
    """What the checker says of it, and the rest of the picture: what never came, and where the program was by then."""
    _says(pen, scene.result.message or _(words.NO_MESSAGE))
    diagram = _diagram(scene)
    rest = () if diagram is None else tuple(row for row in diagram.rows if _tells(row) and row.kind != "verdict")
    if diagram is not None and any(row.kind != "rest" for row in rest):
        pen.paragraph(_("How the picture ends:"), "dim")
        _draw(pen, replace(diagram, rows=rest))
    pen.blank()


def show_mistake(pen: Pen, scene: Scene) -> None:
    """Why it is wrong, what would be right, and what to read."""
    result = scene.result
    pen.blank()
    pen.paragraph(_(scene.question.case.why), "", (_("The mistake: "), "title"))
    pen.paragraph(_("From the right program (-) to this one (+):"), "dim")
    edits.show(pen, [changes(scene.wrong, scene.right, scene.file)], INDENT)
    if result.cause is not None:
        _says(pen, words.cause(result.cause))
    if result.read:
        pen.paragraph(result.read, "", (_("Read: "), "dim"))
    pen.flush()


def _says(pen: Pen, text: str) -> None:
    pen.paragraph(_("To its author the checker says:"), "dim")
    pen.paragraph(text, "", indent=INDENT)


def _diagram(scene: Scene) -> Diagram | None:
    """The scene's diagram. The program in it is nobody's who looks at it."""
    diagram = model.of(scene.result)
    if diagram is None:
        return None
    people = tuple(replace(one, name=one.short) if one.students else one for one in diagram.lifelines)
    return replace(diagram, lifelines=people)


def _tells(row: Row) -> bool:
    """Whether a row says what was lost: what never came, where the program was by then, the verdict."""
    return row.kind in ("missing", "verdict", "rest") or (row.kind == "note" and row.t is None)


def _draw(pen: Pen, diagram: Diagram) -> None:
    for line in text.draw(diagram, pen.width - INDENT, pen.encoding):
        pen.row((" " * INDENT + line, ""))


def show_score(pen: Pen, score: Score) -> None:
    """How it went, and what to read again."""
    pen.blank()
    if not score.right:
        pen.paragraph(_("No question was answered."))
        return
    text = _("Your score: {right} of {count}.")
    pen.paragraph(text.format(right=sum(score.right), count=len(score.right)), "title")
    if score.missed:
        pen.paragraph(_("About what you missed, read again:"))
    for read, titles in score.missed.items():
        pen.row((" " * INDENT + read, "evidence"))
        for title in titles:
            pen.paragraph(title, "dim", ("- ", "dim"), indent=INDENT + 2)
    pen.flush()
