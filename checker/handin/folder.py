"""A folder on the disk, as a listing. Links are not followed: one can lead to any file that the reader may read."""

from __future__ import annotations

import functools
import os
import stat
from pathlib import Path
from typing import BinaryIO

from checker.handin.listing import DEEPEST, ENVIRONMENT, Child, Entry, Listing, Unreadable, is_junk
from checker.texts import _

MOST_SEEN = 20_000
"""Names that are looked at in one folder and those below it."""

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)  # a pipe would keep us waiting
_BINARY = getattr(os, "O_BINARY", 0)


def listed(folder: str | Path) -> Listing:
    """What lies in `folder` and below it. Raises `Unreadable`."""
    listing = Listing()
    waiting = [("", str(folder))]
    seen = 0
    while waiting:
        path, place = waiting.pop()
        entries = _entries(place, path)
        seen += len(entries)
        if seen > MOST_SEEN:
            raise Unreadable(_("it holds more than {count} files and folders").format(count=MOST_SEEN))
        if path and any(one.name == ENVIRONMENT for one in entries):
            continue
        for one in entries:
            inner = f"{path}/{one.name}" if path else one.name
            if is_junk(one.name):
                continue
            if one.is_symlink():
                listing.note(_("left out: {path} (a link, and links are not followed)").format(path=inner))
            elif one.is_dir(follow_symlinks=False):
                if inner.count("/") < DEEPEST:
                    waiting.append((inner, one.path))
            elif one.is_file(follow_symlinks=False):
                listing.add(inner, entry(one.path))
            else:
                listing.note(_("left out: {path} (no ordinary file)").format(path=inner))
    return listing.complete()


def children(folder: str | Path) -> tuple[list[Child], list[str]]:
    """What lies in `folder`, each by itself, and the names of links, which are not followed."""
    found, links = [], []
    for one in _entries(str(folder), ""):
        if one.is_symlink():
            links.append(one.name)
        elif not is_junk(one.name):
            is_file = one.is_file(follow_symlinks=False)
            listing = functools.partial(_alone if is_file else listed, one.path)
            found.append(Child(one.name, is_file, listing))
    return found, links


def _alone(path: str) -> Listing:
    return Listing({os.path.basename(path): entry(path)})


def _entries(place: str, path: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(place) as entries:
            return sorted(entries, key=lambda one: one.name)
    except OSError as error:
        said = _("{path} cannot be read ({reason})")
        raise Unreadable(said.format(path=path or _("it"), reason=error.strerror)) from None


def entry(path: str | Path) -> Entry:
    """The file at `path`; it is opened when it is read."""

    def opened() -> BinaryIO:
        try:
            file = open(os.open(path, os.O_RDONLY | _NO_LINK | _AT_ONCE | _BINARY), "rb")  # noqa: SIM115 - whoever asked closes it
        except OSError as error:
            said = _("{path} cannot be read ({reason})")
            raise Unreadable(said.format(path=os.path.basename(path), reason=error.strerror)) from None
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.close()
            raise Unreadable(_("{name} is no ordinary file").format(name=os.path.basename(path)))
        return file

    def read(most: int) -> bytes:
        with opened() as file:
            return file.read(most)

    try:
        saved = os.lstat(path).st_mtime
    except OSError:
        saved = 0.0
    return Entry(read, saved, opened)
