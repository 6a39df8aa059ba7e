"""The manifest of a packed hand-in: what was in it, and which points its maker had seen. It is a claim, and the grader believes
nothing of it; but it tells when what came is not what was packed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from checker.texts import _

NAME = "manifest.json"
FORMAT = 1
MOST_POINTS = 1000
MOST_TOLD = 3
LONGEST = 100
"""Letters of a word in it that are taken over."""


@dataclass
class Claim:
    """What a manifest says: digests by path ("labs/lab1_echo/server.py"), and points seen by lab."""

    kit: str
    python: str
    packed: str
    files: dict[str, str]
    points: dict[str, int] = field(default_factory=dict)


def digest(data: bytes) -> str:
    """SHA-256, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def to_bytes(facts: Mapping[str, Any]) -> bytes:
    """A manifest as a file: JSON, UTF-8."""
    return (json.dumps({"format": FORMAT, **facts}, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def read(data: bytes) -> Claim | None:
    """What the manifest in a hand-in says; None where it is none of ours. Never raises, whatever it is."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("format") != FORMAT or not isinstance(found.get("files"), list):
        return None
    files = {}
    for one in found["files"]:
        if isinstance(one, dict) and isinstance(one.get("path"), str) and isinstance(one.get("sha256"), str):
            files[one["path"]] = one["sha256"]
    labs = found.get("labs")
    points = {lab: seen for lab, said in (labs.items() if isinstance(labs, dict) else ()) if (seen := _seen(said)) is not None}
    return Claim(_word(found.get("kit")), _word(found.get("python")), _word(found.get("packed")), files, points)


def _seen(said: object) -> int | None:
    points = said.get("points") if isinstance(said, dict) else None
    return points if isinstance(points, int) and not isinstance(points, bool) and 0 <= points <= MOST_POINTS else None


def _word(said: object) -> str:
    return said[:LONGEST] if isinstance(said, str) else ""


def differences(claim: Claim, files: Mapping[str, bytes], labs: set[str]) -> list[str]:
    """How `files` ("lab1_echo/server.py") are not those that were packed, of the `labs` that are graded; a sentence or none."""
    packed = {
        inner: sha256
        for path, sha256 in claim.files.items()
        if (inner := path.partition("/")[2]).partition("/")[0] in labs
    }
    changed = sorted(path for path, data in files.items() if path in packed and packed[path] != digest(data))
    added = sorted(path for path in files if path not in packed and path.endswith(".py"))
    gone = sorted(path for path in packed if path not in files)
    said = [
        sentence.format(files=", ".join(paths[:MOST_TOLD]) + (", ..." if len(paths) > MOST_TOLD else ""))
        for sentence, paths in (
            (_("changed since it was packed: {files}"), changed),
            (_("added since it was packed: {files}"), added),
            (_("packed, and not there: {files}"), gone),
        )
        if paths
    ]
    return ["; ".join(said)] if said else []
