"""The student's folder, copied for a program that runs as another user than its files' owner: it may write beside itself, a
chat log say, as it may at home, and what was handed in stays as it is."""

from __future__ import annotations

import contextlib
import os
import shutil

MOST_FILES = 200
MOST_BYTES = 4 << 20
"""Of a folder that holds more (a folder of downloads, with a server among them) the rest is linked to, to be read."""
LINKED = {"__pycache__", ".git", ".venv", "venv", "node_modules"}


def made(file: str, home: str, uid: int) -> str:
    """Copy the folder of `file` into `home` for `uid`; returns where `file` is in the copy."""
    folder, name = os.path.split(file)
    target = os.path.join(home, os.path.basename(folder) or "program")
    copy = _Copy(uid)
    copy.folder(folder, target, first=name)
    return os.path.join(target, name)


class _Copy:
    def __init__(self, uid: int) -> None:
        self.uid = uid
        self.files = MOST_FILES
        self.bytes = MOST_BYTES

    def folder(self, source: str, target: str, first: str = "") -> None:
        """Copy a folder: the file `first` first, then the other modules, then the rest."""

        def rank(entry: os.DirEntry[str]) -> tuple[bool, bool, bool, str]:
            return entry.name != first, not entry.name.endswith(".py"), entry.is_dir(), entry.name

        with os.scandir(source) as entries:
            found = sorted(entries, key=rank)
        os.mkdir(target, 0o755)
        for entry in found:
            place = os.path.join(target, entry.name)
            with contextlib.suppress(FileNotFoundError):  # gone meanwhile, as what an editor puts there while it saves
                if entry.name in LINKED or not self._copied(entry, place):
                    os.symlink(entry.path, place)
        # Last: as long as it is ours, nobody who runs as that user can put something else in the place of what we copy.
        os.chown(target, self.uid, self.uid)

    def _copied(self, entry: os.DirEntry[str], place: str) -> bool:
        if self.files <= 0:
            return False
        if entry.is_symlink():
            return False  # we may read what its target may be kept from: a link stays one, and the program follows it itself
        if entry.is_dir():
            self.folder(entry.path, place)
            self.files -= 1
            return True
        if not entry.is_file():  # a pipe
            return False
        size = entry.stat().st_size
        if size > self.bytes:
            return False
        shutil.copy2(entry.path, place)
        os.chown(place, self.uid, self.uid)
        self.files -= 1
        self.bytes -= size
        return True
