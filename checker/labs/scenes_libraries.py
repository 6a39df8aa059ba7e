"""Which libraries a submission is built from: judged from its syntax tree, since importing one loads others."""

from __future__ import annotations

from pathlib import Path

from checker.stage.failure import Failed
from checker.stage.imports import libraries
from checker.stage.usage import uses
from checker.texts import _

DO_THE_WORK = ("asyncio", "socketserver", "selectors", "select", "multiprocessing", "_thread")


def uses_socket(file: Path) -> None:
    """Raise `Failed` where `socket` is not what the program is built from."""
    if not uses(file, "socket"):
        raise Failed(_("{file} does not use the socket library.").format(file=file.name))
    other = sorted(libraries(file) & {"asyncio", "socketserver"})
    if other:
        raise Failed(_("{file} uses {library}, which does the sockets' work for you.").format(file=file.name, library=other[0]))


def uses_threading(file: Path) -> None:
    """Raise `Failed` where `threading` is not used, or another library does its work."""
    if not uses(file, "threading"):
        raise Failed(_("{file} does not use the threading library.").format(file=file.name))
    other = sorted(libraries(file) & set(DO_THE_WORK))
    if other:
        why = _("{file} imports {library}: here, socket and threading do the work.")
        raise Failed(why.format(file=file.name, library=other[0]))


def uses_socket_and_threading(file: Path) -> None:
    """The assignment's two libraries, and none that does the work for them."""
    uses_socket(file)
    uses_threading(file)
