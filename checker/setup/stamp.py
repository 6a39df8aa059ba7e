"""The small files that say what has been done, and for what."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from checker.setup.place import Place


@dataclass(frozen=True)
class Stamp:
    """For which Python, in which folder and from which requirements an environment was set up."""

    version: tuple[int, ...]
    folder: str
    packages: str

    @classmethod
    def found(cls, place: Place) -> Stamp | None:
        """What was stamped; None where it was not finished, or made by hand."""
        facts = read(place.stamp)
        try:
            return cls(tuple(facts["version"]), str(facts["folder"]), str(facts["packages"]))
        except (KeyError, TypeError):
            return None

    def put(self, place: Place) -> None:
        """Write it."""
        write(place.stamp, json.dumps(asdict(self)))


def digest(place: Place) -> str:
    """Of what is to be installed; comments and the ends of lines do not count."""
    return hashlib.sha256(repr(sorted(place.wanted().items())).encode()).hexdigest()


def read(file: Path) -> dict[str, Any]:
    """An object in JSON; empty where there is none that can be read."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(file: Path, text: str) -> None:
    """Whole or not at all: an interruption leaves nothing half."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(file.name + ".new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)
