"""Whose hand-in it is, by the names that learning platforms give to files and folders."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MOODLE = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<rest>.*))?", re.DOTALL)
_CANVAS = re.compile(r"(?P<name>[^_]+)_(?P<late>late_)?(?P<number>\d+)_\d+_(?P<rest>.+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Whose:
    """`name` and `number` are the platform's; `rest` is the file's own name, "" for a folder; `kind` is "file", or what else
    can be handed in ("onlinetext"); `late` where the platform says so."""

    name: str
    number: str
    rest: str = ""
    kind: str = "file"
    late: bool = False


def of(name: str) -> Whose | None:
    """Whose a file or folder is that a platform named: "Name Surname_123_assignsubmission_file_" and, without folders,
    "Name Surname_123_assignsubmission_file_chat.zip" (Moodle), "surnamename_late_123_456_chat.zip" (Canvas)."""
    moodle = _MOODLE.fullmatch(name)
    if moodle:
        return Whose(moodle["name"].strip(), moodle["number"], moodle["rest"] or "", moodle["kind"])
    canvas = _CANVAS.fullmatch(name)
    if canvas:
        return Whose(canvas["name"], canvas["number"], canvas["rest"], late=canvas["late"] is not None)
    return None
