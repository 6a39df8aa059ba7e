"""The kernel bears the kit's name, is the environment's own, and finds the kit where it lies.

Everything stays in the environment, nothing is written to the reader's home. Jupyter takes a kernel of the environment
that it runs in before one of the same name from elsewhere (`Place.surroundings` sees to that).
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

from checker.setup import reasons
from checker.setup.place import KERNEL_NAME, NO_NEWS, Place
from checker.setup.probe import Answer, ask
from checker.setup.screen import Screen, Stop
from checker.setup.stamp import read, write
from checker.texts import N_, _

OVERRIDES = {"@jupyterlab/apputils-extension:notification": NO_NEWS}
"""Settings of JupyterLab that are not its own defaults."""

QUIET = "--IPKernelApp.log_level=ERROR"
"""What a kernel warns of goes to the terminal that start.py was called in, and is not for its reader."""

PATH_FILE = "chat_lab_kit.pth"


class Kernel:
    """See `checker.setup.steps.Step`."""

    title = N_('the kernel "Chat lab kit"')
    doing = N_('Registering the kernel, "Chat lab kit".')

    def __init__(self, place: Place) -> None:
        self.place = place

    def lacks(self, answer: Answer | None) -> str | None:
        """See `Step`."""
        if answer is None:
            return _("is not there yet")
        if not self._finds_the_kit(answer):
            return _("does not find the checker")
        if read(self._file) != self._description() or not self.place.lab_settings.is_file():
            return _("is not registered")
        return None

    def do(self, answer: Answer | None, screen: Screen) -> None:
        """See `Step`."""
        if answer is None:
            raise reasons.of_venv([])
        path_file = answer.packages / PATH_FILE
        # Relative: it is read in the system's encoding, which need not have the letters of the kit's path.
        write(path_file, os.path.relpath(self.place.kit, answer.packages) + "\n")
        _show(path_file)
        write(self._file, json.dumps(self._description(), indent=1))
        write(self.place.lab_settings, json.dumps(OVERRIDES, indent=1))
        answer = ask(self.place)
        if answer is None or not self._finds_the_kit(answer):
            raise Stop(
                _(
                    "The environment does not find the checker in the kit's folder. Move the kit to another folder, not in "
                    "Documents, on the Desktop or in a cloud, and call start.py there."
                )
            )

    @property
    def _file(self) -> Path:
        return self.place.kernel / "kernel.json"

    def _finds_the_kit(self, answer: Answer) -> bool:
        return (
            answer.checker is not None
            and answer.checker.resolve() == (self.place.kit / "checker/__init__.py").resolve()
        )

    def _description(self) -> dict[str, Any]:
        return description(str(self.place.python), read(self._file))


def description(python: str, found: dict[str, Any]) -> dict[str, Any]:
    """What stands in kernel.json: as ipykernel has left it (`found`), but under our name, and with the full path of its
    Python."""
    arguments = found.get("argv")
    if not isinstance(arguments, list) or len(arguments) < 2:
        found = {"metadata": {"debugger": True}}
        arguments = ["", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kept = [word for word in arguments[1:] if word != QUIET]
    return {**found, "argv": [python, *kept, QUIET], "display_name": KERNEL_NAME, "language": "python"}


def _show(file: Path) -> None:
    """macOS hides what is in a folder whose name begins with a dot, and Python, from 3.12 on, reads no hidden path file."""
    if sys.platform == "darwin":
        with contextlib.suppress(OSError):
            os.chflags(file, os.stat(file).st_flags & ~stat.UF_HIDDEN)
