"""What is kept of a class: each result as soon as it is there, so that an interrupted run goes on where it was."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from checker import __version__
from checker.handin.manifest import digest
from checker.handin.received import Handed
from checker.report import outfile
from checker.report.roll import Outcome

KEPT = "kept"
"""The folder in the results' one with the outcomes, by what they are the outcomes of."""
FORMAT = 1
LONGEST_NAME = 60
IDENTITY = 8
"""Hexadecimal digits that tell two of the same name apart."""

_UNSAFE = re.compile(r"[^\w .()-]+")


@dataclass(frozen=True)
class Conditions:
    """What a result depends on beside the files: the labs that are asked for, and how they are played."""

    labs: tuple[str, ...]
    python: str
    bound: float
    seed: int | None
    kit: str

    @staticmethod
    def kit_digest(root: Path) -> str:
        """A digest of the checker's own sources: after a change of those a result is of another checker."""
        found = hashlib.sha256(__version__.encode())
        for path in sorted((root / "checker").rglob("*.py")):
            found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
        return found.hexdigest()


class Results:
    """The folder with the results of a class."""

    def __init__(self, folder: Path, conditions: Conditions) -> None:
        self.folder = folder
        self._conditions = conditions

    def make(self) -> None:
        """Make the folder, for its owner alone: what one student lost is no other program's to read. Raises OSError."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        (self.folder / KEPT).mkdir(exist_ok=True)

    def stem(self, handed: Handed) -> str:
        """The name of its files in the folder, without suffix. It stays the same when something is handed in again."""
        name = _UNSAFE.sub("_", handed.name).strip(" .")[:LONGEST_NAME].rstrip(" .") or "submission"
        return f"{name}-{digest(json.dumps([handed.name, handed.number, handed.source]).encode())[:IDENTITY]}"

    def key(self, handed: Handed) -> str:
        """A digest of everything that its result depends on."""
        files = sorted((path, digest(file.data)) for path, file in handed.files.items())
        about = [FORMAT, asdict(self._conditions), self.stem(handed), files, sorted(handed.beside)]
        return digest(json.dumps(about).encode())

    def kept(self, handed: Handed, limit: float) -> Outcome | None:
        """The outcome of an earlier run; None where there is none, where what belongs to it is gone, or where there was less
        time than `limit` seconds."""
        try:
            found = json.loads((self.folder / KEPT / f"{self.key(handed)}.json").read_bytes())
            outcome = outcome_from(found["outcome"])
            enough = outcome.standing == "graded" or found["limit"] >= limit
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        there = all((self.folder / f"{outcome.result}{suffix}").is_file() for suffix in (".json", ".html"))
        return outcome if enough and there and outcome.result == self.stem(handed) else None

    def keep(self, handed: Handed, outcome: Outcome, limit: float) -> None:
        """Keep an outcome, whole or not at all, whatever happens meanwhile; a fault of the checker's own is none. Raises
        OSError."""
        if outcome.standing == "error":
            return
        facts = {"outcome": asdict(outcome), "limit": limit}
        data = json.dumps(facts, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")
        outfile.write(data, self.folder / KEPT / f"{self.key(handed)}.json")


def outcome_from(found: dict[str, Any]) -> Outcome:
    """An outcome as JSON has it. Raises TypeError, ValueError or KeyError where it is none."""
    outcome = Outcome(**found)
    outcome.labs = {str(lab): (int(score), int(most)) for lab, (score, most) in found["labs"].items()}
    return outcome
