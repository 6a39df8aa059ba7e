"""Where in a listing the labs are: at its top, in `labs/`, some folders down; or loose files, where one lab is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from checker.handin.listing import Listing, Unreadable
from checker.texts import _

LABS = "labs"
DEEPEST_TREE = 6
"""Folders above the labs' own that are looked into."""
MOST_NAMED = 4
MOST_BESIDE = 20

_LOOSE = re.compile(r"(server|client)(?: ?\(\d+\)|[-_ ]?\d{1,2})?\.py", re.IGNORECASE)
"""A program alone, as mail programs and Canvas number it when it comes again."""

Programs = Mapping[str, Sequence[str]]
"""Names of labs, and which of "server" and "client" each asks for."""


@dataclass
class Place:
    """The files that are to be graded: by path below a folder like `labs/`, where they are in the listing. `folder` is that
    folder, as the listing has it; `beside` are the other folders in it, one of which may be a lab's with a wrong name; `notes`
    say what had to be decided."""

    folder: str
    files: dict[str, str]
    beside: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def find(listing: Listing, labs: Programs, asked: Sequence[str]) -> Place | None:
    """The best place for the `asked` labs (none: all); None where there is none. A program without its lab's folder is only
    taken where one lab is asked for."""
    return _tree(listing, labs, asked) or (_loose(listing, asked[0], labs[asked[0]]) if len(asked) == 1 else None)


def _tree(listing: Listing, labs: Programs, asked: Sequence[str]) -> Place | None:
    """The folder that holds labs' folders. The nearest to the top; of several such the one called `labs`: who packs the whole
    kit has others beside it."""
    trees = sorted(
        {folder.rpartition("/")[0] for folder in listing.folders() if folder.rpartition("/")[2] in labs},
        key=lambda one: (one.count("/") + bool(one), one.rpartition("/")[2] != LABS, one),
    )
    trees = [one for one in trees if one.count("/") < DEEPEST_TREE]
    if not trees:
        return None
    wanted = asked or list(labs)
    begin = f"{trees[0]}/" if trees[0] else ""
    below = {path[len(begin) :]: path for path in listing.entries if path.startswith(begin)}
    files = {path: source for path, source in below.items() if path.partition("/")[0] in wanted}
    beside = {path.partition("/")[0] for path in below if "/" in path} - set(wanted)
    return Place(trees[0], files, sorted(beside, key=lambda one: (one not in labs, one))[:MOST_BESIDE], _others(trees))


def _others(places: Sequence[str]) -> list[str]:
    if len(places) == 1:
        return []
    said = _("labs were found in {place}, which is graded, and in {others}, which is not")
    others = [_shown(one) for one in places[1 : 1 + MOST_NAMED]]
    return [said.format(place=_shown(places[0]), others=", ".join(others))]


def _shown(folder: str) -> str:
    return folder or _("the top folder")


def _loose(listing: Listing, lab: str, programs: Sequence[str]) -> Place | None:
    """A folder with a program of the one lab in it: that with its number in its name, else the nearest to the top."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(listing.entries, key=lambda one: (len(one), one)):  # "server.py" before "server (1).py"
        folder, _slash, name = path.rpartition("/")
        program = _LOOSE.fullmatch(name)
        if program and program[1].lower() in programs:
            found.setdefault(folder, {}).setdefault(f"{program[1].lower()}.py", name)
    if not found:
        return None
    number = lab.partition("_")[0].removeprefix("lab")
    numbered = re.compile(rf"(?:.*\D)?0*{number}(?:\D.*)?")
    places = sorted(found, key=lambda one: (not numbered.fullmatch(one.rpartition("/")[2]), one.count("/") + bool(one), one))
    folder = places[0]
    begin = f"{folder}/" if folder else ""
    files = {f"{lab}/{path[len(begin):]}": path for path in listing.entries if path.startswith(begin)}
    notes = _others(places)
    for wanted, name in found[folder].items():
        if name != wanted:
            files[f"{lab}/{wanted}"] = files.pop(f"{lab}/{name}")
            notes.append(_("{name} was taken for {wanted}").format(name=name, wanted=wanted))
    return Place(folder, files, notes=notes)


def holds(listing: Listing) -> str:
    """What is there, for whoever has to find out why it is no submission."""
    tops = sorted({path.partition("/")[0] + ("/" if "/" in path else "") for path in listing.entries})
    if not tops:
        return _("it is empty")
    more = ", ..." if len(tops) > MOST_NAMED else ""
    return _("it holds {names}").format(names=", ".join(tops[:MOST_NAMED]) + more)


def nothing(listing: Listing, labs: Programs, asked: Sequence[str]) -> Unreadable:
    """To be raised where `find` found nothing."""
    if not listing.entries:
        return Unreadable(holds(listing))
    lab = asked[0] if asked else next(iter(labs))
    said = _("no folder like {lab} is in it: {holds}").format(lab=lab, holds=holds(listing))
    if len(asked) != 1 and any(_LOOSE.fullmatch(path.rpartition("/")[2]) for path in listing.entries):
        said += " " + _("(for programs without such a folder, ask for one lab: grade 3 --submission ...)")
    return Unreadable(said)
