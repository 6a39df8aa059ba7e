"""The steps from a bare folder to a kit that can be opened: what each lacks, and how it is done."""

from __future__ import annotations

import subprocess
import sys
from typing import Protocol

from checker.setup import packages, reasons
from checker.setup.kernel import Kernel
from checker.setup.place import Place
from checker.setup.probe import Answer, ask
from checker.setup.screen import Screen, Stop
from checker.setup.stamp import Stamp, digest
from checker.texts import N_, _

OLDEST = (3, 10)


class Step(Protocol):
    """One thing that is to be there. `title` names it, `doing` is said while it is done."""

    title: str
    doing: str

    def lacks(self, answer: Answer | None) -> str | None:
        """What is not as it should be, after what the environment's Python has said; None where nothing is to do."""

    def do(self, answer: Answer | None, screen: Screen) -> None:
        """Do it; raises `Stop` or OSError."""


class Environment:
    """`.venv`: made anew where its Python does not run or nobody knows what is in it, mended where it was moved."""

    title = N_("the environment .venv")
    doing = N_("Making an environment of the kit's own, .venv.")

    def __init__(self, place: Place) -> None:
        self.place = place

    def lacks(self, answer: Answer | None) -> str | None:
        """See `Step`."""
        if not (self.place.environment / "pyvenv.cfg").is_file():
            return _("is not there yet")
        if answer is None or not answer.pip:
            return _("is not whole: its Python is gone, or its making was interrupted")
        if self.place.unfinished.exists():
            return _("is not whole: an installation was interrupted")
        stamp = Stamp.found(self.place)
        if answer.version < OLDEST or stamp is not None and stamp.version != answer.version:
            return _("is of another version of Python")
        if self._moved_from():
            return _("was moved here from {folder}").format(folder=self._moved_from())
        return None

    def _moved_from(self) -> str | None:
        stamp = Stamp.found(self.place)
        return stamp.folder if stamp is not None and stamp.folder != str(self.place.environment) else None

    def do(self, answer: Answer | None, screen: Screen) -> None:
        """See `Step`. What was moved keeps its packages: no network is needed for that."""
        stamp = Stamp.found(self.place)
        whole = answer is not None and answer.pip and not self.place.unfinished.exists()
        if answer is not None and whole and stamp is not None and stamp.version == answer.version:
            self._make(answer.base, "--without-pip")
            Stamp(stamp.version, str(self.place.environment), stamp.packages).put(self.place)
        else:
            # Never with the Python of the environment that is to be made anew.
            self._make(getattr(sys, "_base_executable", None) or sys.executable, "--clear")

    def _make(self, python: str, option: str) -> None:
        command = [python, "-I", "-X", "utf8", "-m", "venv", option, str(self.place.environment)]
        run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if run.returncode:
            raise reasons.of_venv(run.stdout.decode(errors="replace").splitlines())


class Packages:
    """What is to be installed is, and the stamp says so."""

    title = N_("JupyterLab and the checker's packages")
    doing = N_("Installing JupyterLab and what the checker needs: about 50 MB to fetch, a few minutes.")

    def __init__(self, place: Place) -> None:
        self.place = place

    def lacks(self, answer: Answer | None) -> str | None:
        """See `Step`."""
        if answer is None:
            return _("are not there yet")
        stamp = Stamp.found(self.place)
        if answer.missing or stamp is None:
            return _("are not all there")
        if stamp.packages != digest(self.place):
            return _("are no longer those of {file}").format(file=self.place.requirements.name)
        return None

    def do(self, answer: Answer | None, screen: Screen) -> None:
        """See `Step`. Where everything is there already, pip asks nobody."""
        self.place.stamp.unlink(missing_ok=True)
        packages.install(self.place, screen)
        answer = ask(self.place)
        if answer is None or answer.missing:
            raise Stop(_("pip said that all is well, but it is not. Delete the folder .venv, and call start.py again."))
        Stamp(answer.version, str(self.place.environment), digest(self.place)).put(self.place)


def steps(place: Place) -> list[Step]:
    """All of them, in order."""
    return [Environment(place), Packages(place), Kernel(place)]
