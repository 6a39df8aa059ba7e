"""The kit's folder: may it be written to, is there room, and does a file in it hide a part of Python?"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from checker.doctor.finding import Finding
from checker.paths import as_known
from checker.setup.obstacles import clouds, of_the_folder
from checker.setup.place import LIBRARIES, Place
from checker.texts import _

ROOM = 50 << 20
"""Bytes that are to be free: a file that is saved on a full disk is empty afterwards."""

AHEAD = 120.0
"""Seconds that a file may be younger than now: clocks of network drives differ a little."""


def look(place: Place) -> Iterator[Finding]:
    """Rights, room, names, and the clock."""
    for problem in of_the_folder(place):
        fact = _("The kit cannot be used as it lies in {kit}.").format(kit=place.kit)
        yield Finding("bad", fact, problem, _("When that is done, ask again."))
    yield _room(place)
    for cloud in clouds(place.kit):
        yield Finding(
            "note",
            _("The kit lies in {folder}, which is copied to the cloud.").format(folder=cloud),
            _("While a file is being copied it may be locked, and an older one may come back."),
            _("Move the kit out of there, to your home folder, and call start.py again."),
        )
    hidden = list(_hiding(place))
    yield from hidden
    if not hidden:
        fact = _("No file in labs or notebooks bears the name of a part of Python.")
        yield Finding("good", fact, _("`import socket` gets Python's own socket."))
    yield from _clock(place)


def _room(place: Place) -> Finding:
    free = min(shutil.disk_usage(folder).free for folder in (place.kit, tempfile.gettempdir()))
    fact = _("{room} MB of the disk are free.").format(room=free >> 20)
    if free < ROOM:
        means = _("A file that is saved on a full disk may be empty afterwards.")
        return Finding("bad", fact, means, _("Delete something, or empty the bin."))
    return Finding("good", fact, _("What you write is saved in labs, what the checker remembers in .checker."))


def _hiding(place: Place) -> Iterator[Finding]:
    """Files that Python would load in place of its own, or of a library that the kit needs."""
    names = sys.stdlib_module_names | set(LIBRARIES) | {"checker"}
    for part in ("labs", "notebooks"):
        for file in sorted((place.kit / part).rglob("*.py")):
            if file.stem in names:
                yield Finding(
                    "bad",
                    _("{file} bears the name of a part of Python.").format(file=as_known(file)),
                    _("`import {name}` of a program beside it loads this file, and fails oddly.").format(
                        name=file.stem
                    ),
                    _("Rename it: my_{name}, for example.").format(name=file.name),
                )


def _clock(place: Place) -> Iterator[Finding]:
    now = time.time()
    saved = {file: file.stat().st_mtime for file in _dated(place.kit)}
    youngest = max(saved, key=saved.__getitem__, default=None)
    if youngest is not None and saved[youngest] > now + AHEAD:
        yield Finding(
            "note",
            _("{file} was saved in the future, says this machine's clock.").format(file=as_known(youngest)),
            _(
                "The clock is wrong, or was when the file was saved; the checker tells what has changed by when it was saved."
            ),
            _("Set date and time, then save the file once more."),
        )


def _dated(kit: Path) -> Iterator[Path]:
    yield from (kit / "labs").rglob("*.py")
    yield from (kit / "checker").glob("*.py")
