"""What one student handed in, as it is taken in: from a listing to the files that are graded, or to the reason why not."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from checker.handin import manifest, zipped
from checker.handin.listing import LARGEST, Budget, Entry, File, Listing, Unreadable, ends, is_fit
from checker.handin.place import LABS, Place, Programs, find, nothing
from checker.texts import _

ARCHIVE = ".zip"
MOST_ARCHIVES = 10
"""Archives in one hand-in that are opened."""


@dataclass
class Handed:
    """One hand-in. `source` is where it lies, `number` the platform's for its maker. `files` are by path below a tree like
    `labs/`, and `beside` are empty folders there; where there is a `problem`, a sentence, there is nothing. `labs` are those
    that were asked for; `notes` are for whoever grades."""

    name: str
    source: str
    number: str = ""
    labs: set[str] = field(default_factory=set)
    files: dict[str, File] = field(default_factory=dict)
    beside: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problem: str | None = None
    claim: manifest.Claim | None = None

    def differences(self) -> list[str]:
        """See `manifest.differences`."""
        found = {path: file.data for path, file in self.files.items()}
        return manifest.differences(self.claim, found, self.labs) if self.claim is not None else []

    def write(self, folder: Path) -> None:
        """Write the files into an empty folder that other users may enter; nothing is written outside it, as every path was
        looked at when it came in."""
        folder.chmod(0o755)
        for inner in sorted({*self.beside, *(path[:at] for path in self.files for at in ends(path))}):
            (folder / inner).mkdir(exist_ok=True)
            (folder / inner).chmod(0o755)
        for path, file in self.files.items():
            (folder / path).write_bytes(file.data)
            (folder / path).chmod(0o644)
            os.utime(folder / path, (file.saved, file.saved))


def receive(handed: Handed, listing: Listing, labs: Programs, asked: Sequence[str], levels: int) -> Handed:
    """Fill in the files of a hand-in. Archives in it are opened where the labs are nowhere else, and archives in those, down
    to `levels`. Never raises for what a student can have handed in."""
    budget = Budget()
    handed.labs = set(asked or labs)
    with ExitStack() as stack:
        try:
            listing, place = _place(listing, labs, asked, levels, budget, stack)
            _take(handed, listing, place, budget)
        except Unreadable as reason:
            handed.files, handed.problem = {}, str(reason)
        handed.notes += listing.notes
    return handed


def _place(
    listing: Listing, labs: Programs, asked: Sequence[str], levels: int, budget: Budget, stack: ExitStack
) -> tuple[Listing, Place]:
    for level in range(levels + 1):
        place = find(listing, labs, asked)
        if place is not None:
            return listing, place
        archives = [path for path in listing.entries if path.lower().endswith(ARCHIVE)]
        if level == levels or not archives:
            break
        listing = _with_contents(listing, archives, budget, stack)
    others = [(path, kind) for path in listing.entries for end, kind in zipped.OTHERS.items() if path.lower().endswith(end)]
    for path, kind in others:
        said = _("{path} is a {kind} archive, which is not opened here: unpack it, and grade the folder")
        raise Unreadable(said.format(path=path, kind=kind))
    raise nothing(listing, labs, asked)


def _with_contents(listing: Listing, archives: Sequence[str], budget: Budget, stack: ExitStack) -> Listing:
    """The listing with what its archives hold in their places."""
    if len(archives) > MOST_ARCHIVES:
        raise Unreadable(_("it holds {count} archives").format(count=len(archives)))
    wider = Listing({path: entry for path, entry in listing.entries.items() if path not in archives}, listing.notes)
    for archive in archives:
        try:
            file = stack.enter_context(_opened(listing.entries[archive], budget))
            inner = stack.enter_context(zipped.opened(file)).listing()
        except Unreadable as reason:
            raise Unreadable(f"{archive}: {reason}") from None
        for path, entry in inner.entries.items():
            wider.add(f"{archive}/{path}", entry)
        for note in inner.notes:
            wider.note(note)
    return wider.complete()


def _opened(entry: Entry, budget: Budget) -> BinaryIO:
    if entry.opened is not None:
        return entry.opened()
    data = budget.read(entry, zipped.LARGEST_WITHIN)
    if len(data) == zipped.LARGEST_WITHIN:
        raise Unreadable(_("it is larger than {size} MiB").format(size=zipped.LARGEST_WITHIN >> 20))
    return io.BytesIO(data)


def _take(handed: Handed, listing: Listing, place: Place, budget: Budget) -> None:
    handed.notes += place.notes
    handed.beside = [name for name in place.beside if is_fit(name)]
    for path, source in sorted(place.files.items()):
        if not is_fit(path):
            handed.notes.append(_("left out: {path} (some systems take no such name)").format(path=path))
            continue
        entry = listing.entries[source]
        data = budget.read(entry, LARGEST + 1)
        if len(data) > LARGEST:
            handed.notes.append(_("left out: {path} (it is larger than {size} MiB)").format(path=path, size=LARGEST >> 20))
            continue
        handed.files[path] = File(data, entry.saved)
    handed.claim = _claim(listing, place, budget)


def _claim(listing: Listing, place: Place, budget: Budget) -> manifest.Claim | None:
    """What the manifest beside the tree says."""
    above, _slash, name = place.folder.rpartition("/")
    path = f"{above}/{manifest.NAME}" if above else manifest.NAME
    if name != LABS or path not in listing.entries:
        return None
    return manifest.read(budget.read(listing.entries[path], LARGEST))
