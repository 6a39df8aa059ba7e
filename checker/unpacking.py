"""What `grade --submission` names: one submission as it lies there, a zip of one, or a class."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from checker.grading import rubric
from checker.grading.submission import AskedWrongly, select
from checker.handin.gathering import is_many, one
from checker.handin.received import ARCHIVE
from checker.inside.leftovers import remove
from checker.paths import as_known, shown_as
from checker.report.pen import Pen


class Programs(Mapping[str, Sequence[str]]):
    """Which programs each lab asks for. A lab is only imported when somebody wants to know."""

    def __getitem__(self, name: str) -> Sequence[str]:
        return rubric.load(name).programs

    def __iter__(self) -> Iterator[str]:
        return iter(rubric.names())

    def __len__(self) -> int:
        return len(rubric.names())

    def __contains__(self, name: object) -> bool:
        return name in rubric.names()


def is_class(options: argparse.Namespace) -> bool:
    """Whether several are to be graded; also where one says so, by asking for what only several have."""
    if len(options.submissions) > 1 or options.csv or options.results or options.afresh or options.limit is not None:
        return True
    return is_many(options.submission, Programs(), select(options.words, rubric.names()))


@contextlib.contextmanager
def unpacked(options: argparse.Namespace) -> Iterator[str | None]:
    """Have `options.submission` name a folder: a zip is unpacked into one that is gone afterwards, and shown under the zip's
    name, which is given; None where it is a folder already."""
    path: Path = options.submission
    if path.suffix.lower() != ARCHIVE or not path.is_file():
        yield None
        return
    handed = one(path, Programs(), select(options.words, rubric.names()))
    if handed.problem is not None:
        raise AskedWrongly(f"{as_known(path)}: {handed.problem}")
    pen = Pen(sys.stderr)
    for note in (*handed.differences(), *handed.notes):
        pen.paragraph(note, "warn")
    folder = tempfile.mkdtemp(prefix="chat-lab-")
    try:
        handed.write(Path(folder))
        options.submission = Path(folder)
        with shown_as(folder, as_known(path)):
            yield str(path)
    finally:
        remove(folder)
