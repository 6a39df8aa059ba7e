"""What differs between systems and has nothing to do with how a program is played: terminals, commands as one types them,
files' modes, processes out of reach of our own Ctrl-C. (docs/systems.md lists every difference, and where it is.)"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess

COLUMNS_LEFT_FREE = 1 if sys.platform == "win32" else 0
"""Of a terminal's width: a line that fills the last column of an old Windows console wraps by itself."""

HAS_MODES = sys.platform != "win32"
"""Whether a file's mode says who may read it."""


def as_typed(words: Iterable[str]) -> str:
    """A command as it is typed in a terminal here: cmd.exe knows no single quotes."""
    if sys.platform == "win32":
        import subprocess

        return subprocess.list2cmdline(words)
    return shlex.join(words)


def out_of_reach() -> dict[str, Any]:
    """Options of subprocess.Popen for a process that a Ctrl-C at our own terminal does not reach."""
    if sys.platform == "win32":
        import subprocess

        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def press_ctrl_c(process: subprocess.Popen[Any]) -> None:
    """Ctrl-C for a process that is out of reach, where it can be had; else its end."""
    if sys.platform == "win32":
        process.terminate()
    else:
        import signal

        process.send_signal(signal.SIGINT)
