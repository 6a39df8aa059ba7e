"""From what an instructor names to the hand-ins in it: a folder, a zip, or a folder or zip with those of many."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from checker.handin import folder, whose, zipped
from checker.handin.listing import Child, Listing, Unreadable, is_junk
from checker.handin.place import LABS, Programs, find
from checker.handin.received import ARCHIVE, Handed, receive
from checker.paths import as_known
from checker.texts import _

_NOT_A_PERSON = re.compile(
    r"(labs?|лаб\w*|лр|hw|task)?[ _-]*\d{1,2}|(labs?|лаб\w*|лр|hw|task)[ _-]*\d+\D.*"
    r"|server|client|src|code|solutions?|notebooks|tests|checker|old|new|backup",
    re.IGNORECASE,
)
"""Folders in which one and the same student may have a program without its lab's folder."""


@dataclass
class Gathered:
    """The hand-ins of several, by name, and what lay beside them and is none."""

    hand_ins: list[Handed] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def gather(paths: Sequence[Path], labs: Programs, asked: Sequence[str]) -> Gathered:
    """Every hand-in of `paths`. A bad one is there as well, with its problem."""
    gathered = Gathered()
    several = len(paths) > 1
    for path in paths:
        if several and is_junk(path.name) and path.is_file():
            gathered.left_out.append(as_known(path))
            continue
        try:
            with _opened(path) as (children, links):
                if _are_many(children, labs, asked, alone=not several or path.is_dir()):
                    _take_in(gathered, path, children, labs, asked, f"{path.name}/" if several else "")
                    gathered.left_out += [as_known(path / name) for name in links]
                    continue
            gathered.hand_ins.append(one(path, labs, asked))
        except Unreadable as reason:
            gathered.hand_ins.append(_named(path, str(reason)))
    gathered.hand_ins.sort(key=lambda handed: (handed.name.casefold(), handed.number, handed.source))
    return gathered


def is_many(path: Path, labs: Programs, asked: Sequence[str]) -> bool:
    """Whether `path` clearly holds the hand-ins of several, and is none itself."""
    try:
        with _opened(path) as (children, _links):
            return _are_many(children, labs, asked, alone=True)
    except Unreadable:
        return False


def one(path: Path, labs: Programs, asked: Sequence[str]) -> Handed:
    """The hand-in at `path`, a folder or a zip."""
    handed = _named(path)
    try:
        if path.is_dir():
            return receive(handed, folder.listed(path), labs, asked, 2)
        if not path.name.lower().endswith(ARCHIVE):
            return receive(handed, Listing({path.name: folder.entry(path)}), labs, asked, 0)
        with zipped.opened_at(path) as archive:
            return receive(handed, archive.listing(), labs, asked, 1)
    except Unreadable as reason:
        handed.problem = str(reason)
        return handed


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[list[Child], list[str]]]:
    """What lies at the top of a folder or a zip, and the links there."""
    if path.is_dir():
        yield folder.children(path)
    elif path.name.lower().endswith(ARCHIVE):
        with zipped.opened_at(path) as archive:
            yield archive.children(), []
    else:
        yield [], []


def _named(path: Path, problem: str | None = None) -> Handed:
    full = Path(os.path.abspath(path))
    if full.name == LABS:  # a student's folder/labs
        full = full.parent
    stem = full.stem if full.suffix.lower() == ARCHIVE else full.name
    known = whose.of(stem)
    handed = Handed(known.name if known else stem, as_known(path), known.number if known else "", problem=problem)
    if known and known.late:
        handed.notes.append(_("late, as its name says"))
    return handed


# Several


def _are_many(children: Sequence[Child], labs: Programs, asked: Sequence[str], alone: bool) -> bool:
    """Whether these are the hand-ins of several: by the names that a platform gave them, or, where nothing else was named,
    as two of them at least are each a hand-in."""
    names = {child.name for child in children}
    if names & {*labs, LABS, "server.py", "client.py"}:
        return False
    if any(whose.of(name) for name in names):
        return True
    return alone and sum(_is_one(child, labs, asked) for child in children) >= 2


def _is_one(child: Child, labs: Programs, asked: Sequence[str]) -> bool:
    if child.is_file:
        return child.name.lower().endswith(ARCHIVE)
    try:
        listing = child.listing()
    except Unreadable:
        return False
    if find(listing, labs, ()) is not None:
        return True
    if _NOT_A_PERSON.fullmatch(child.name):
        return False
    return find(listing, labs, asked) is not None or any(path.lower().endswith(ARCHIVE) for path in listing.entries)


def _take_in(
    gathered: Gathered, path: Path, children: Sequence[Child], labs: Programs, asked: Sequence[str], group: str
) -> None:
    """Take in what `children` are, one by one. `group` stands before the names of those whom no platform has named."""
    theirs: dict[tuple[str, str], list[tuple[Child, whose.Whose]]] = {}
    for child in children:
        known = whose.of(child.name)
        if known is None and child.is_file and not child.name.lower().endswith((ARCHIVE, *zipped.OTHERS)):
            gathered.left_out.append(as_known(path / child.name))
            continue
        name = Path(child.name).stem if child.is_file else child.name
        known = known or whose.Whose(group + name, "", child.name if child.is_file else "")
        theirs.setdefault((known.name, known.number), []).append((child, known))
    for parts in theirs.values():
        gathered.hand_ins.append(_together(path, parts, labs, asked))


def _together(
    path: Path, parts: Sequence[tuple[Child, whose.Whose]], labs: Programs, asked: Sequence[str]
) -> Handed:
    """The hand-in of one student, of all that a platform has under one name and number."""
    files = [(child, known) for child, known in parts if known.kind == "file"]
    first, whom = (files or parts)[0]
    handed = Handed(whom.name, as_known(path / first.name), whom.number)
    if any(known.late for _child, known in parts):
        handed.notes.append(_("late, as its name says"))
    if not files:
        handed.problem = _("no file was handed in, only {kind}").format(kind=", ".join(known.kind for _child, known in parts))
        return handed
    whole = Listing()
    try:
        for child, known in files:
            listing = child.listing()
            for inner, entry in listing.entries.items():
                whole.add(known.rest if child.is_file and known.rest else inner, entry)
            whole.notes += listing.notes
        return receive(handed, whole.complete(), labs, asked, 2)
    except Unreadable as reason:
        handed.problem = str(reason)
        return handed
