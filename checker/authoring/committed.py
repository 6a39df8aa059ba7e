"""What is committed, read from git: never the working tree."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from checker.grading.submission import AskedWrongly
from checker.texts import _

_MODES = {"100644": False, "100755": True}


@dataclass(frozen=True)
class Commit:
    """One commit: `time` is when it was made, in seconds; `files` the ordinary files and whether they are to be run."""

    root: Path
    name: str
    time: int
    files: dict[str, bool]

    @classmethod
    def head(cls, root: Path) -> Commit:
        """What is checked out in `root`. Raises `AskedWrongly` where that is no git repository."""
        name, seconds = _git(root, "log", "-1", "--format=%H %ct").decode().split()
        files = {}
        for entry in filter(None, _git(root, "ls-tree", "-r", "-z", "--full-tree", name).split(b"\0")):
            facts, _tab, path = entry.decode().partition("\t")
            mode = facts.split()[0]
            if mode in _MODES:  # no links, no submodules
                files[path] = _MODES[mode]
        return cls(root, name, int(seconds), files)

    @property
    def short(self) -> str:
        """As people name it."""
        return self.name[:12]

    def read(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The bytes of files, as they are stored: with the line ends of the repository."""
        wanted = list(paths)
        asked = "".join(f"{self.name}:{path}\n" for path in wanted)
        answer = io.BytesIO(_git(self.root, "cat-file", "--batch", told=asked.encode()))
        contents = {}
        for path in wanted:
            size = int(answer.readline().split()[2])  # "HASH blob SIZE"
            contents[path] = answer.read(size)
            answer.read(1)  # the line end behind it
        return contents

    def changed(self) -> list[str]:
        """Paths of what is not as in the commit."""
        lines = _git(self.root, "status", "--porcelain", "-z", "--no-renames").decode().split("\0")
        return [line[3:] for line in lines if line]


def _git(root: Path, *words: str, told: bytes = b"") -> bytes:
    try:
        return subprocess.run(["git", *words], cwd=root, input=told, check=True, capture_output=True).stdout
    except FileNotFoundError:
        raise AskedWrongly(_("git is not there: an edition is made of what is committed")) from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip()
        raise AskedWrongly(_("git cannot read {path}: {said}").format(path=root, said=said)) from None
