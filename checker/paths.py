"""How a path is shown to a person."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

_names: dict[str, str] = {}
"""Folders that nobody knows, as they were made for a while, and what stands for each."""


@contextlib.contextmanager
def shown_as(folder: str | Path, name: str) -> Iterator[None]:
    """Until the block is left, show `folder` as `name`, and what lies in it as lying in that."""
    full = os.path.abspath(folder)
    _names[full] = name
    try:
        yield
    finally:
        del _names[full]


def as_known(path: str | Path) -> str:
    """`path` as its owner knows it: relative where it is below the current folder, else in full."""
    full = os.path.abspath(path)
    for folder, name in _names.items():
        if full == folder or full.startswith(folder + os.sep):
            return name + full[len(folder) :]
    try:
        here = os.getcwd()
        inside = os.path.commonpath([here, full]) == here
    except (ValueError, OSError):  # another drive; the current folder is gone
        return full
    return os.path.relpath(full, here) if inside else full
