"""A kit as a student has it, in a folder with a blank and Cyrillic letters, and `start.py` run in it for real."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

FOLDER = "Сети и потоки/lab kit"
BOUND = 120.0
"""Seconds after which something that had to happen is said not to: a hang, not a slow machine."""

BESIDE = ("share/jupyter/lab/static", "share/jupyter/lab/schemas", "share/jupyter/lab/themes", "etc/jupyter")
"""What JupyterLab keeps beside its packages."""
REQUIREMENTS = "requirements-students.txt"


def copied(folder: Path) -> Path:
    """The kit's files in a new folder below `folder`."""
    kit = folder / FOLDER
    kit.mkdir(parents=True)
    ignored = shutil.ignore_patterns("__pycache__", ".checker", ".ipynb_*")
    shutil.copytree(ROOT / "checker", kit / "checker", ignore=ignored, copy_function=_linked)
    for name in ("labs", "notebooks", "solutions"):
        shutil.copytree(ROOT / name, kit / name, ignore=ignored)
    for name in ("README.md", "start.py", "requirements.txt", REQUIREMENTS):
        shutil.copy(ROOT / name, kit)
    return kit


def _linked(source: str, target: str) -> None:
    """Nobody writes to the checker's files: the same file under a second name will do, where it can be had."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def equipped(kit: Path, *, everything: bool = True) -> None:
    """Give the kit an environment as somebody makes it by hand, who has pip and, with `everything`, all that the kit's
    requirements for students bring along, and nothing else of what these tests run with: nothing has to be fetched."""
    environment = kit / ".venv"
    venv.create(environment, symlinks=os.name == "posix")
    (packages,) = environment.glob("lib/python*/site-packages")
    wanted = [line.partition("#")[0].strip() for line in (kit / REQUIREMENTS).read_text(encoding="utf-8").splitlines()]
    for name in {"pip", *(brought_along(wanted) if everything else ())}:
        distribution = metadata.distribution(name)
        for first in {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
            link = packages / first
            if not link.is_symlink():  # two may have a part in one folder
                link.symlink_to(str(distribution.locate_file(first)))
    for name in BESIDE if everything else ():
        link = environment / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(Path(sys.prefix) / name)


def brought_along(wanted: Iterable[str]) -> set[str]:
    """The names of all the packages that are installed where these are."""
    asked = [Requirement(line) for line in wanted if line]
    seen: set[tuple[str, frozenset[str]]] = set()
    while asked:
        one = asked.pop()
        key = (canonicalize_name(one.name), frozenset(one.extras))
        if key in seen or not (one.marker is None or one.marker.evaluate()):
            continue
        seen.add(key)
        for line in metadata.requires(one.name) or ():
            further = Requirement(line)
            marker, further.marker = further.marker, None
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in one.extras or ("",)):
                asked.append(further)
    return {name for name, _extras in seen}


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
    """Somebody with a home of their own, and no network, who types `python start.py`."""

    def __init__(self, kit: Path, home: Path) -> None:
        self.kit, self.home = kit, home
        home.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTHON", "PIP_"))}
        self.environment = {**kept, "HOME": str(home), "PIP_NO_INDEX": "1"}

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
