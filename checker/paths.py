"""How a path is shown to a person."""

from __future__ import annotations

import os
from pathlib import Path


def as_known(path: str | Path) -> str:
    """`path` as its owner knows it: relative where it is below the current folder, else in full."""
    full = os.path.abspath(path)
    try:
        here = os.getcwd()
        inside = os.path.commonpath([here, full]) == here
    except (ValueError, OSError):  # another drive; the current folder is gone
        return full
    return os.path.relpath(full, here) if inside else full
