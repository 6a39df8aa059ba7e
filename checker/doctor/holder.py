"""Who has a port, as far as this user may know."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from checker.texts import _

LONGEST = 300
"""Characters of a command line that are shown."""


@dataclass(frozen=True)
class Holder:
    """A process; None where it is somebody's whose processes this user may not look at."""

    process: int | None
    command: str = ""
    folder: str = ""
    user: str = ""

    def said(self) -> str:
        """Process, command line, where it was started, whose it is."""
        said = _("process {process}: {command}").format(process=self.process, command=self.command)
        if self.folder:
            said += _(", in {folder}").format(folder=self.folder)
        return said + (_(", of user {user}").format(user=self.user) if self.user else "")


def holders(port: int) -> list[Holder] | None:
    """Everybody who has `port` at this end, who listens there first; None where there is no psutil to tell."""
    try:
        import psutil
    except ImportError:
        return None
    found: dict[int | None, bool] = {}
    for process, connection in _connections():
        if connection.laddr and connection.laddr.port == port:
            found[process] = found.get(process, False) or connection.status == psutil.CONN_LISTEN
    listening = [one for one, listens in found.items() if listens]
    return [_holder(one) for one in listening or found]


def _connections() -> Iterator[tuple[int | None, Any]]:
    """Each with the process that has it."""
    import psutil

    try:
        for connection in psutil.net_connections("tcp"):
            yield connection.pid, connection
    except psutil.AccessDenied:  # macOS shows all of them to root alone, and to each their own
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                for own in process.net_connections("tcp"):
                    yield process.pid, own


def _holder(number: int | None) -> Holder:
    import psutil

    if number is None:
        return Holder(None)
    process = psutil.Process(number)
    command, folder, user = "", "", ""
    with contextlib.suppress(psutil.Error):
        command = process.name()
    with contextlib.suppress(psutil.Error):
        command = shlex.join(process.cmdline())[:LONGEST] or command
    with contextlib.suppress(psutil.Error):
        folder = process.cwd()
    with contextlib.suppress(psutil.Error, KeyError):
        user = process.username()
    return Holder(number, command or "?", folder, user)
