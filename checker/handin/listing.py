"""What a folder or an archive holds, by name, before anything of it is read: what could do harm is left out or refused here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from checker.texts import _

LARGEST = 1 << 20
"""Bytes of one file; the checker takes no larger program."""
MOST_BYTES = 20 << 20
"""Bytes that are read of one submission, with what its archives unpack to."""
MOST_FILES = 2000
"""Files of one submission that are looked at, without those that nobody hands in on purpose."""
DEEPEST, LONGEST = 16, 200
"""Folders in folders, and bytes in one name."""
MOST_NOTES = 5

JUNK = {"__MACOSX", "__pycache__", "node_modules", "venv", "site-packages", "Thumbs.db", "desktop.ini"}
"""What systems and tools add; so is whatever begins with a dot."""
ENVIRONMENT = "pyvenv.cfg"
"""Marks a folder as a virtual environment, whatever its name."""

_DRIVE = re.compile(r"[A-Za-z]:")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class Unreadable(Exception):
    """Why something that was handed in is not taken, as a sentence."""


@dataclass(frozen=True)
class File:
    """A file's bytes, and when it was saved (Unix seconds)."""

    data: bytes
    saved: float


@dataclass(frozen=True)
class Entry:
    """One ordinary file. `read(most)` gives its first bytes, no more than `most`, whatever its size is said to be; `opened`
    opens it where it lies on a disk. Both raise `Unreadable`. `saved` in Unix seconds."""

    read: Callable[[int], bytes]
    saved: float
    opened: Callable[[], BinaryIO] | None = None


@dataclass
class Budget:
    """How many bytes may still be read of one submission."""

    left: int = MOST_BYTES

    def read(self, entry: Entry, most: int) -> bytes:
        """The first `most` bytes of a file, counted as they come."""
        data = entry.read(min(most, self.left + 1))
        self.left -= len(data)
        if self.left < 0:
            raise Unreadable(_("it unpacks to more than {size} MiB").format(size=MOST_BYTES >> 20))
        return data


@dataclass
class Listing:
    """Files by their paths, "labs/lab1_echo/server.py", and sentences on what was left out."""

    entries: dict[str, Entry] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, path: str, entry: Entry) -> None:
        """Take a file in, unless it is junk or has an unfit name. Raises `Unreadable` where there are too many, or where two
        have one name and nobody can tell which is meant."""
        parts = path.split("/")
        if any(is_junk(part) for part in parts):
            return
        if len(parts) > DEEPEST or any(len(part.encode("utf-8", "surrogatepass")) > LONGEST for part in parts):
            self.note(_("left out: {path} (its name is too long)").format(path=path[:LONGEST]))
            return
        known = self._names.setdefault(_folded(path), path)
        if known != path or path in self.entries:
            if path.endswith(".py"):
                raise Unreadable(_("it holds {one} and {other}, which are one name").format(one=known, other=path))
            return
        self.entries[path] = entry
        if len(self.entries) > MOST_FILES:
            raise Unreadable(_("it holds more than {count} files").format(count=MOST_FILES))

    def __post_init__(self) -> None:
        self._names = {_folded(path): path for path in self.entries}

    def note(self, sentence: str) -> None:
        """Keep a sentence on what was left out; of very many the first."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(sentence)
        elif len(self.notes) == MOST_NOTES:
            self.notes.append(_("and more of that kind"))

    def complete(self) -> Listing:
        """To be called when everything was added."""
        folders = self.folders()
        both = next((path for path in self.entries if path in folders), None)
        if both is not None:
            raise Unreadable(_("it holds {path} twice, as a file and as a folder").format(path=both))
        return self

    def folders(self) -> set[str]:
        """Every folder that has a file in it or below it; "" is the top."""
        return {path[:at] for path in self.entries for at in ends(path)} | {""}


@dataclass(frozen=True)
class Child:
    """A file or folder at the top of something. `listing()` is what it holds by paths from there, of a file that file by its
    name; it raises `Unreadable`."""

    name: str
    is_file: bool
    listing: Callable[[], Listing]


def ends(path: str) -> list[int]:
    """Where the names of the folders end that a path leads through."""
    return [at for at, letter in enumerate(path) if letter == "/"]


def inside(name: str) -> str:
    r"""The path of an archive's member, with "/" between its parts. Raises `Unreadable` for one that leads out of the archive:
    "/etc/x", "..\x", "C:\x"."""
    plain = name.replace("\\", "/")
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    if plain.startswith("/") or ".." in parts or (parts and _DRIVE.match(parts[0])):
        raise Unreadable(_("a path in it leads out of it: {path!r}").format(path=name[:LONGEST]))
    return "/".join(parts)


def is_junk(name: str) -> bool:
    """Whether a file or folder of that name was put there by a system or a tool."""
    return name in JUNK or name.startswith(".")


def is_fit(path: str) -> bool:
    """Whether every system can have a file of that path."""
    return all(
        part.isprintable()
        and not set(part) & set('<>:"|?*')
        and not part.endswith((".", " "))
        and not _RESERVED.fullmatch(part)
        for part in path.split("/")
    )


def _folded(path: str) -> str:
    """What two names have in common that are one on some system."""
    return unicodedata.normalize("NFC", path).casefold()
