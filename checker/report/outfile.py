"""Where a report is written to: a file, whole or not at all, or standard output."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from checker.system import HAS_MODES


def write(data: bytes, path: str | Path) -> None:
    """Write `data` to `path`, whole or not at all; "-" is standard output. Raises OSError."""
    if str(path) == "-":
        _to_standard_output(data)
        return
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():  # a device or a pipe: to be written to, not replaced
        target.write_bytes(data)
        return
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        if HAS_MODES:
            _permit(temporary, target)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _to_standard_output(data: bytes) -> None:
    """UTF-8 whatever the console's encoding is: JSON is."""
    sys.stdout.flush()
    raw = getattr(sys.stdout, "buffer", None)
    if raw is None:  # a stream without bytes below, as a notebook's
        sys.stdout.write(data.decode("utf-8"))
    else:
        raw.write(data)
    sys.stdout.flush()


def _permit(temporary: str, target: Path) -> None:
    """mkstemp makes a file for its owner alone; the result is to be as readable as any other file."""
    umask = os.umask(0)
    os.umask(umask)
    os.chmod(temporary, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~umask)
