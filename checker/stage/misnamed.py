"""A program is not where it should be: was it saved under another name?"""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path

from checker.paths import as_known
from checker.texts import _

MOST_LOOKED_AT = 500
_LOOKALIKES = str.maketrans("асеорхуіАВСЕНКМОРТХ", "aceopxyiABCEHKMOPTX")
"""Cyrillic letters that look like Latin ones, and those."""


def near_misses(folder: Path, name: str) -> str | None:
    """What file is likely meant by `name` ("server.py"), and what to do with it; None where there is none.

    Looks in `folder`, then in the folders in it; reads names alone.
    """
    for place in (folder, *_folders(folder)):
        likely = [
            (_unlikeness(found, name), found) for found in _files(place) if place != folder or found != name
        ]
        likely = [one for one in likely if one[0] is not None]
        if likely:
            return _advice(folder, place, min(likely, key=lambda one: (one[0], len(one[1]), one[1]))[1], name)
    return None


def _files(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [
                entry.name
                for entry, _n in zip(entries, range(MOST_LOOKED_AT), strict=False)
                if entry.is_file()
            ]
    except OSError:
        return []


def _folders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                folder / entry.name
                for entry, _n in zip(entries, range(MOST_LOOKED_AT), strict=False)
                if entry.is_dir() and not entry.name.startswith((".", "__"))
            )
    except OSError:
        return []


def _unlikeness(found: str, name: str) -> int | None:
    """How far `found` is from `name`, 0 for nearest; None where it is another file altogether."""
    plain = found.translate(_LOOKALIKES).strip().lower()
    stem = name.partition(".")[0].lower()
    if plain == name.lower():
        return 0
    if plain in (stem, f"{stem}.txt", f"{stem}.py.txt", f"{stem}.py.py", f"{stem}.pyw", f"{stem}.py3"):
        return 1
    copy = rf"(copy of |копия )?{stem}[ _-]*(\(\d+\)|\d+|copy|копия|— копия|final|new|old)*(\.py)+(\.txt)?"
    if re.fullmatch(copy, plain):
        return 2
    if re.fullmatch(rf"{stem}.*\.ipynb", plain):
        return 3
    if plain.endswith(".py"):
        others = {"server", "client"} - {stem}
        words = set(re.split(r"[^a-z]+", plain[:-3]))
        if stem in words and not words & others:
            return 4
        if difflib.SequenceMatcher(None, plain[:-3], stem).ratio() >= 0.75:
            return 5
    return None


def _advice(folder: Path, place: Path, found: str, name: str) -> str:
    file = as_known(place / found) if place != folder else found
    if found.lower().endswith(".ipynb"):
        return _("There is {file}, a Jupyter notebook: copy the code out of its cells into {name}.").format(
            file=file, name=name
        )
    advice = (
        _("There is {file}: if that is it, move it here as {name}.")
        if place != folder
        else _("There is {file}: if that is it, rename it to {name}.")
    )
    sentence = advice.format(file=repr(file) if file != file.strip() else file, name=name)
    if found.lower().endswith(".txt"):
        sentence += " " + _(
            "(Windows hides the last part of a name: in the Explorer, View, File name extensions.)"
        )
    elif found != found.translate(_LOOKALIKES):
        sentence += " " + _("(Some letters of that name are Cyrillic ones that only look the same.)")
    return sentence
