"""Runs a command in a terminal of its own and keeps what is on that terminal's screen in the end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from checker.grading.submission import AskedWrongly
from checker.texts import _
from checker.workplace import kit_root

NOT_HANDED_ON = ("PYTEST_", "GITHUB_ACTIONS", "CHAT_LAB_", "LC_", "NO_COLOR", "FORCE_COLOR", "COLORTERM")
"""Names in our environment, by their beginnings, that would change what comes on the screen."""

UP, ERASE = "A", "K"
_PART = re.compile(r"(?P<text>(?:[^\x1b\r\n]|\x1b\[[\d;]*m)+)|(?P<end>[\r\n])|\x1b\[\??(?P<count>\d*)(?P<control>[AKhl])")
"""A text with its colours; the end of a row; up, erase the row, show or hide the cursor."""


def screen_of(arguments: Sequence[str], folder: Path, columns: int) -> list[str]:
    """Type `python -m checker ARGUMENTS` in `folder`; returns the rows of the screen, their colours as escapes in them."""
    status, said = _typed([sys.executable, "-m", "checker", *arguments], folder, _environment(columns))
    if status not in (0, 1):
        raise AskedWrongly(
            _("no picture of {command}: it ended with status {status}, and said {text}").format(
                command=" ".join(arguments), status=status, text=said
            )
        )
    return rows(said)


def _environment(columns: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_HANDED_ON)}
    return {
        **kept,
        "COLUMNS": str(columns),
        "LANGUAGE": "en",
        "LINES": "50",
        "PYTHONPATH": str(kit_root()),
        "PYTHONUTF8": "1",
        "TERM": "xterm-256color",
        "TZ": "UTC",
    }


def _typed(command: Sequence[str], folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run it where standard output is a terminal; returns the exit status and all that was written there."""
    if sys.platform == "win32":
        raise AskedWrongly(_("the pictures are made on Linux or macOS: this system has no pseudo-terminals"))
    ours, its = os.openpty()
    try:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=its, stderr=its
        )
    finally:
        os.close(its)
    with open(ours, "rb", buffering=0) as terminal:
        parts = []
        while part := _read(terminal.fileno()):
            parts.append(part)
    return process.wait(), b"".join(parts).decode("utf-8", "replace")


def _read(terminal: int) -> bytes:
    """What comes next; nothing where nobody has the other end any more, which Linux calls an error."""
    try:
        return os.read(terminal, 1 << 16)
    except OSError:
        return b""


def rows(written: str) -> list[str]:
    """The rows that a terminal shows in the end. It knows what our commands use: colours, and a bar that is drawn over
    itself and taken away."""
    shown = [""]
    row, at_start, place = 0, True, 0
    while place < len(written):
        found = _PART.match(written, place)
        if found is None:
            raise ValueError(f"no picture of {written[place : place + 10]!r}: this terminal does not know it")
        place = found.end()
        if found["text"]:
            shown[row] = found["text"] if at_start else shown[row] + found["text"]
            at_start = False
        elif found["end"] == "\r":
            at_start = True
        elif found["end"] == "\n":
            row, at_start = row + 1, False
            if row == len(shown):
                shown.append("")
        elif found["control"] == ERASE:
            shown[row] = ""
        elif found["control"] == UP:
            row = max(0, row - int(found["count"] or 1))
    return shown
