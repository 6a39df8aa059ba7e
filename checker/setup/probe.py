"""Asks the environment's Python what it is and what it finds."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from checker.setup.place import LIBRARIES, Place

QUESTION = f"""
import importlib.util, json, sys, sysconfig
def found(name):
    spec = importlib.util.find_spec(name)
    return spec and spec.origin
print(json.dumps({{
    "version": sys.version_info[:2],
    "base": getattr(sys, "_base_executable", sys.executable),
    "packages": sysconfig.get_path("purelib"),
    "pip": bool(found("pip")),
    "missing": [name for name in {LIBRARIES!r} if not found(name)],
    "checker": found("checker"),
}}))
"""


@dataclass(frozen=True)
class Answer:
    """What an environment's Python says of itself. `base` is the Python that it was made of, `packages` where they are
    put, `missing` which libraries are not there, `checker` the file of the package that it finds by that name."""

    version: tuple[int, int]
    base: str
    packages: Path
    pip: bool
    missing: tuple[str, ...]
    checker: Path | None


def ask(place: Place) -> Answer | None:
    """The answer, or None where there is no Python, or one that does not run (its own Python has been taken away)."""
    # Isolated: what the current folder, the reader's own packages and PYTHONPATH have, other programs will not find.
    command = [str(place.python), "-I", "-X", "utf8", "-c", QUESTION]
    try:
        run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=True)
        said = json.loads(run.stdout)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None
    return Answer(
        version=(said["version"][0], said["version"][1]),
        base=said["base"],
        packages=Path(said["packages"]),
        pip=said["pip"],
        missing=tuple(said["missing"]),
        checker=Path(said["checker"]) if said["checker"] else None,
    )
