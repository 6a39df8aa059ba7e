"""What a program has left behind in its folder, and how it goes."""

from __future__ import annotations

import os


def remove(folder: str) -> None:
    """Take a folder away, whatever a program has left in it."""
    try:
        os.rmdir(folder)
    except OSError:
        import shutil  # only where something was left: the import is not free

        shutil.rmtree(folder, ignore_errors=True)
