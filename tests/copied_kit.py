"""A copy of the kit, in which whatever is done to it is done to nobody else's."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from checker.authoring import stubs
from tests.conftest import ROOT

COPIED = ("checker", "solutions", "tests", "notebooks", "docs", "pyproject.toml")
NOT_HANDED_ON = ("PYTEST_", "COLUMNS", "GITHUB_ACTIONS", "LC_ALL")
"""What its commands are not to see of the environment: they are run as if by somebody in a terminal, without a test around."""


@dataclass(frozen=True)
class CopiedKit:
    """The copy in `folder`, and a folder for its temporary files."""

    folder: Path
    temporary: Path

    @classmethod
    def to(cls, place: Path) -> CopiedKit:
        """A copy below `place`, its labs untouched stubs."""
        kit = cls(place / "kit", place / "tmp")
        kit.folder.mkdir()
        kit.temporary.mkdir()
        for name in COPIED:
            if (ROOT / name).is_dir():
                unneeded = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", ".checker")
                shutil.copytree(ROOT / name, kit.folder / name, ignore=unneeded)
            else:
                shutil.copy(ROOT / name, kit.folder / name)
        stubs.write_stubs(ROOT / "solutions", kit.folder / "labs")
        return kit

    def remove(self, lab: str) -> None:
        """Take a lab away: all of its files but a notebook."""
        for place in ("checker/labs", "solutions", "labs", "tests/corpus", "tests/mutants"):
            for path in (self.folder / place).glob(f"{lab}*"):
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()

    def run(self, command: str) -> tuple[int, str]:
        """Type `command` in its folder; returns the exit status and what came on the screen."""
        words = shlex.split(command)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(NOT_HANDED_ON)}
        environment.update(PYTHONPATH=str(self.folder), TMPDIR=str(self.temporary), PYTHONUTF8="1", LANGUAGE="en")
        ran = subprocess.run(
            [sys.executable, *words[1:]] if words[0] == "python" else words,
            cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        )  # fmt: skip
        return ran.returncode, ran.stdout
