"""Where everything lies that is set up, and how its Python is called."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

KERNEL_NAME = "Chat lab kit"
"""How JupyterLab calls the kernel."""

KERNEL = "python3"
"""What the notebooks call it, as every notebook for Python does: so they open without a question, here as elsewhere."""

REQUIREMENTS = "requirements-students.txt"
FIRST_NOTEBOOK = "notebooks/00_start_here.ipynb"
LIBRARIES = ("jupyterlab", "ipykernel", "psutil", "rich")
"""What an environment that is complete can import."""

ASKS_NOBODY = (
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    "--LabApp.news_url=None",
    "--LabApp.extension_manager=readonly",
)
"""Options of JupyterLab with which it asks nothing of the network,"""
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False}
"""and its settings for notifications: it does not even ask whether it may."""

_REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]*)\s*>=\s*([0-9.]+)")


@dataclass(frozen=True)
class Place:
    """The kit's folder and what is in it. `kit` is absolute, and spelled as its owner does: a network drive of Windows, for
    example, bears its letter."""

    kit: Path

    @property
    def environment(self) -> Path:
        """The folder of the environment."""
        return self.kit / ".venv"

    @property
    def python(self) -> Path:
        """The Python of the environment."""
        return self.environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def scripts(self) -> Path:
        """The folder that "activating" puts on the path."""
        return self.python.parent

    @property
    def stamp(self) -> Path:
        """Says for what the environment was made; is there when all of it is done. `start.py` knows it, too."""
        return self.environment / "chat-lab-kit.json"

    @property
    def unfinished(self) -> Path:
        """Is there while packages are put in place: what they are then, nobody knows."""
        return self.environment / "unfinished"

    @property
    def kernel(self) -> Path:
        """The folder of the kernel's description."""
        return self.environment / "share" / "jupyter" / "kernels" / KERNEL

    @property
    def lab_settings(self) -> Path:
        """What JupyterLab takes for its defaults."""
        return self.environment / "share" / "jupyter" / "lab" / "settings" / "overrides.json"

    @property
    def jupyter_config(self) -> Path:
        """JupyterLab's settings and open tabs, apart from those of the reader's other work."""
        return self.environment / "var" / "jupyter"

    @property
    def terminals(self) -> Path:
        """Start-up files of the shells in JupyterLab's terminals."""
        return self.environment / "var" / "terminals"

    @property
    def requirements(self) -> Path:
        """What is to be installed."""
        return self.kit / REQUIREMENTS

    @property
    def wheels(self) -> Path:
        """Packages that an instructor has put beside the kit, for a room without a network."""
        return self.kit / "wheels"

    @property
    def state(self) -> Path:
        """Where the kit keeps what is nobody's work."""
        return self.kit / ".checker"

    @property
    def log(self) -> Path:
        """What JupyterLab says while it runs."""
        return self.state / "jupyterlab.log"

    def is_ours(self) -> bool:
        """Whether the Python that runs this is the environment's."""
        return self.environment.is_dir() and Path(sys.prefix).resolve() == self.environment.resolve()

    def wanted(self) -> dict[str, str]:
        """The packages that are to be installed, with the lowest version of each; none where the kit is not whole."""
        try:
            lines = self.requirements.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return {}
        return {found[1]: found[2] for line in lines if (found := _REQUIREMENT.match(line))}

    def surroundings(self) -> dict[str, str]:
        """The environment variables for whatever runs in this environment: as if it were activated, and nothing that
        leads to other Pythons' packages, kernels or settings."""
        led_away = ("PYTHONHOME", "PYTHONPATH", "JUPYTER_PATH", "JUPYTER_CONFIG_PATH")
        kept = {name: value for name, value in os.environ.items() if name not in led_away}
        return {
            **kept,
            "VIRTUAL_ENV": str(self.environment),
            "PATH": os.pathsep.join([str(self.scripts), *filter(None, [os.environ.get("PATH")])]),
            "JUPYTER_PREFER_ENV_PATH": "1",
            "JUPYTER_CONFIG_DIR": str(self.jupyter_config),
        }
