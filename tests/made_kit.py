"""A kit as a student has it, in a folder with a blank and Cyrillic letters, and `start.py` run in it for real."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import site
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

FOLDER = "Сети и потоки/lab kit"
BOUND = 120.0
"""Seconds after which something that had to happen is said not to: a hang, not a slow machine."""

LINKED = ("share/jupyter/lab/static", "share/jupyter/lab/schemas", "share/jupyter/lab/themes", "etc/jupyter")
"""What JupyterLab keeps beside its packages."""


def copied(folder: Path) -> Path:
    """The kit's files in a new folder below `folder`."""
    kit = folder / FOLDER
    kit.mkdir(parents=True)
    for name in ("checker", "labs", "notebooks", "solutions"):
        shutil.copytree(ROOT / name, kit / name, ignore=shutil.ignore_patterns("__pycache__", ".checker", ".ipynb_*"))
    for name in ("README.md", "start.py", "requirements.txt", "requirements-students.txt"):
        shutil.copy(ROOT / name, kit)
    return kit


def equipped(kit: Path, *, everything: bool = True) -> None:
    """Give the kit an environment as somebody makes it by hand, who has pip and, with `everything`, all the packages
    that these tests run with: nothing has to be fetched."""
    environment = kit / ".venv"
    venv.create(environment, symlinks=os.name == "posix")
    (packages,) = environment.glob("lib/python*/site-packages")
    here = Path(site.getsitepackages()[0])
    if everything:
        (packages / "everything.pth").write_text(f"{here}\n", encoding="utf-8")
        for name in LINKED:
            link = environment / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(Path(sys.prefix) / name)
    else:
        (packages / "pip").symlink_to(here / "pip")


def a_wheel(folder: Path, name: str) -> None:
    """A package with nothing in it, to be installed from `folder`."""
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        info = f"{name}-1.0.dist-info"
        wheel.writestr(f"{name}.py", "")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


class Student:
    """Somebody with a home of their own who types `python start.py`; with `network`, pip may ask whom it asks here."""

    def __init__(self, kit: Path, home: Path, *, network: bool = False) -> None:
        self.kit, self.home = kit, home
        home.mkdir(exist_ok=True)
        left_out = ("JUPYTER", "PYTHON") if network else ("JUPYTER", "PYTHON", "PIP_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        self.environment = {**kept, "HOME": str(home), **({} if network else {"PIP_NO_INDEX": "1"})}

    def types(self, *arguments: str, before: tuple[str, ...] = (), **options: object) -> subprocess.Popen[str]:
        """Start it in another folder; `before` is typed in place of the name of this Python."""
        settings: dict[str, object] = {"stdin": subprocess.DEVNULL, "env": self.environment, **options}
        return subprocess.Popen(
            [*(before or (sys.executable,)), str(self.kit / "start.py"), *arguments],
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            **settings,  # type: ignore[call-overload]
        )

    def sees(self, *arguments: str, **options: object) -> tuple[int, str]:
        """From start to end: the exit status, and all that is on the screen, in one line."""
        process = self.types(*arguments, **options)
        try:
            said = process.communicate(timeout=BOUND)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return process.returncode, " ".join(said.split())

    @contextlib.contextmanager
    def opens(self, *arguments: str) -> Iterator[Opened]:
        """Until JupyterLab runs; Ctrl-C ends it."""
        process = self.types("--no-browser", *arguments)
        try:
            yield Opened(process)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=BOUND)


class Opened:
    """A JupyterLab that runs: what was said until its address came, and the address."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said = ""
        assert process.stdout is not None
        for line in process.stdout:
            self.said += line
            if line.strip().startswith("http://"):
                self.address = line.strip()
                return
        raise AssertionError(self.said)
