"""What `pack` shows: the files of a hand-in with the points that were seen for them, and what is not in it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from checker.report.excerpt import columns
from checker.report.pen import Pen
from checker.texts import _, ngettext

KIB = 1 << 10


@dataclass
class PackedLab:
    """A lab of a hand-in: its files and their sizes in bytes; `points` of `max` and when they were seen (Unix seconds), where
    exactly these files were graded; `stubs` are those of its `programs` that nobody has touched."""

    lab: str
    files: list[tuple[str, int]] = field(default_factory=list)
    points: int | None = None
    max: int = 0
    seen: float = 0.0
    stubs: list[str] = field(default_factory=list)
    programs: int = 0


def show(pen: Pen, labs: Sequence[PackedLab], others: Sequence[tuple[str, int]]) -> None:
    """The table of what is inside; `others` are files outside the labs' folders."""
    names = [name for lab in labs for name, _size in lab.files] + [name for name, _size in others]
    width = max(map(columns, names), default=0) + 4
    for lab in labs:
        if not lab.files:
            pen.paragraph(_("{lab}: nothing, there is no such folder").format(lab=lab.lab), "dim")
            continue
        text, style = _points(lab)
        pen.row((f"{lab.lab}  ", "title"), (text, style))
        _files(pen, lab.files, width, lab.stubs)
    if others:
        pen.row((_("beside them"), "title"))
        _files(pen, others, width)


def _files(pen: Pen, files: Sequence[tuple[str, int]], width: int, stubs: Sequence[str] = ()) -> None:
    for name, size in files:
        stub = "  " + _("an untouched stub: nothing of yours is in it yet") if name in stubs else ""
        pen.row((f"    {name}", ""), (" " * (width - columns(name)), ""), (_size(size).rjust(10), "dim"), (stub, "warn"))


def _points(lab: PackedLab) -> tuple[str, str]:
    if len(lab.stubs) == lab.programs:
        return _("not begun"), "dim"
    if lab.points is None:
        return _("not graded since it was changed"), "warn"
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(lab.seen))
    text = _("{score} of {max} points, graded {when}").format(score=lab.points, max=lab.max, when=when)
    return text, "good" if lab.points == lab.max else ""


def end(pen: Pen, labs: Sequence[PackedLab], count: int, size: int, path: str, replaced: bool) -> None:
    """Where the zip lies, and what becomes of it."""
    pen.blank()
    seen = [lab for lab in labs if lab.points is not None]
    if seen:
        text = _("Seen so far: {score} of {max} points.")
        pen.paragraph(text.format(score=sum(lab.points or 0 for lab in seen), max=sum(lab.max for lab in labs)), "title")
    text = ngettext("{count} file, {size}. Hand in this one:", "{count} files, {size}. Hand in this one:", count)
    pen.paragraph(text.format(count=count, size=_size(size)))
    pen.row(("    ", ""), (path, "evidence"))  # on one line however long, so that it can be copied
    if replaced:
        pen.paragraph(_("(It takes the place of an older one.)"), "dim")
    pen.paragraph(_("Your instructor grades it again: that grade counts, not the points in it."), "dim")
    pen.flush()


def _size(size: int) -> str:
    return _("{size} bytes").format(size=size) if size < KIB else f"{size / KIB:.1f} KiB"
