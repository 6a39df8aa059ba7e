"""The TCP sockets of processes, as psutil knows them: where the kernel does not give its own table out."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable

import psutil

from checker.stage.rest.sockdiag import (
    CLOSE,
    CLOSE_WAIT,
    CLOSING,
    ESTABLISHED,
    FIN_WAIT1,
    FIN_WAIT2,
    LAST_ACK,
    LISTEN,
    SYN_RECV,
    SYN_SENT,
    TIME_WAIT,
    Address,
    Row,
)

FRESH = 0.01
"""Seconds for which what was seen is taken to be so still, and more where looking took long."""

_STATES = {
    psutil.CONN_ESTABLISHED: ESTABLISHED,
    psutil.CONN_SYN_SENT: SYN_SENT,
    psutil.CONN_SYN_RECV: SYN_RECV,
    psutil.CONN_FIN_WAIT1: FIN_WAIT1,
    psutil.CONN_FIN_WAIT2: FIN_WAIT2,
    psutil.CONN_TIME_WAIT: TIME_WAIT,
    psutil.CONN_CLOSE: CLOSE,
    psutil.CONN_CLOSE_WAIT: CLOSE_WAIT,
    psutil.CONN_LAST_ACK: LAST_ACK,
    psutil.CONN_LISTEN: LISTEN,
    psutil.CONN_CLOSING: CLOSING,
}


class PortableTable:
    """See `checker.stage.rest.Table`. No bytes are counted; `inode` is 1 where a process holds the socket.

    A connection of ours whose other end no process holds waits in the accept queue; such rows have inode 0.
    (Windows counts those among the listener's own: there nobody is ever seen waiting.)
    """

    proved = False

    def __init__(self, processes: Callable[[], Iterable[int]]) -> None:
        self._processes = processes
        self._rows: list[Row] = []
        self._fresh_until = 0.0

    def rows(self) -> list[Row]:
        """What is known now, or was a moment ago: looking takes long where much is in TIME_WAIT."""
        began = time.monotonic()
        if began >= self._fresh_until:
            self._rows = self._read()
            now = time.monotonic()
            self._fresh_until = now + FRESH + 4 * (now - began)
        return self._rows

    def forget(self) -> None:
        """Something is about to be done: what was seen before does not count any more."""
        self._fresh_until = 0.0

    def _read(self) -> list[Row]:
        theirs: list[Row] = []
        for pid in self._processes():
            with contextlib.suppress(psutil.Error):
                theirs += connections(psutil.Process(pid))
        held = {(row.local, row.remote) for row in theirs}
        ports = {row.local[1] for row in theirs if row.state == LISTEN}
        ours = connections(psutil.Process(os.getpid())) if ports else []
        return theirs + [
            Row(ESTABLISHED, row.remote, row.local, 0, 0, 0)
            for row in ours
            if row.state == ESTABLISHED and row.remote[1] in ports and (row.remote, row.local) not in held
        ]

    def under_way(self, rows: list[Row]) -> bool:
        """Whether a connection is being made. For what cannot be seen there is the quiet spell."""
        return any(row.state in (SYN_SENT, SYN_RECV) for row in rows)

    def close(self) -> None:
        """Nothing is kept open."""


def connections(process: psutil.Process) -> list[Row]:
    """The TCP sockets that a process holds; nothing where it may not be asked or has gone."""
    rows = []
    with contextlib.suppress(psutil.Error):
        for one in process.net_connections(kind="tcp"):
            if one.status in _STATES:
                rows.append(Row(_STATES[one.status], _address(one.laddr), _address(one.raddr), 0, 0, 1))
    return rows


def _address(address: tuple[str, int] | tuple[()]) -> Address:
    if not address:
        return ("0.0.0.0", 0)
    host = address[0].removeprefix("::ffff:") if "." in address[0] else address[0]
    return (host, address[1])
