"""Sockets in TIME_WAIT, as a machine has them that many short connections were made on: made on loopback, and kept up."""

from __future__ import annotations

import socket
import sys
import threading
import time
from types import TracebackType
from typing import Any

from checker.texts import _

LASTS = 60.0
"""Seconds of TIME_WAIT on Linux (TCP_TIMEWAIT_LEN); elsewhere from 30 to 120."""
PACE = 0.5
"""Seconds between two looks at how many there are. They go with time, and with nothing else that one could wait for."""
MARGIN = 1.1
"""Of those that go meanwhile, how many are made: the first ones all go at once, and must have been replaced by then."""
MOST_TO_ONE = 5000
"""Connections made to one port: the system finds a new one for each as long as there are many left."""
LEAST_SHARE = 0.9
"""Of those that were asked for: with fewer than that there were too few."""
SOCKSTAT = "/proc/net/sockstat"


class TimeWait:
    """Keeps about `wanted` sockets in TIME_WAIT while its block lasts. `least` and `most` are how many were really seen, None
    where this system does not tell."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._over = threading.Event()
        self._upkeep = threading.Thread(target=self._keep_up, daemon=True)
        self.least: int | None = None
        self.most: int | None = None

    def __enter__(self) -> TimeWait:
        if self._wanted:
            self._make(self._wanted)
            self._make(self._missing(in_time_wait()))
            self._look()
            self._upkeep.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._over.set()
        if self._upkeep.is_alive():
            self._upkeep.join()

    def _keep_up(self) -> None:
        due, counted = 0.0, time.monotonic()
        while not self._over.wait(PACE):
            now = time.monotonic()  # on a busy machine a turn takes longer than its pace
            due += MARGIN * self._wanted * (now - counted) / LASTS
            counted = now
            count = max(int(due), self._missing(self._look()))
            self._make(count)
            due = max(0.0, due - count)

    def _look(self) -> int | None:
        seen = in_time_wait()
        if seen is not None:
            self.least = seen if self.least is None else min(self.least, seen)
            self.most = seen if self.most is None else max(self.most, seen)
        return seen

    def _missing(self, seen: int | None) -> int:
        """The system may use one again for a new connection, and forgets some where there are very many."""
        return 0 if seen is None else max(0, self._wanted - seen)

    @property
    def problem(self) -> str | None:
        """Why there were too few. None where there were enough, and where nobody can tell."""
        if self.least is None or self.least >= LEAST_SHARE * self._wanted:
            return None
        said = _("There were too few sockets in TIME_WAIT: {least} of {wanted}.")
        return said.format(least=self.least, wanted=self._wanted)

    @property
    def sentence(self) -> str:
        """It, for a person; "" where none were asked for."""
        if not self._wanted:
            return ""
        if self.least is None:
            return _("How many sockets were in TIME_WAIT cannot be seen here; {wanted} were asked for.").format(
                wanted=self._wanted
            )
        said = _("From {least} to {most} sockets were in TIME_WAIT; {wanted} were asked for.")
        return said.format(least=self.least, most=self.most, wanted=self._wanted)

    def as_json(self) -> dict[str, Any] | None:
        """It in plain types; None where none were asked for."""
        if not self._wanted:
            return None
        return {"wanted": self._wanted, "least": self.least, "most": self.most, "problem": self.problem}

    def _make(self, count: int) -> None:
        for begin in range(0, count, MOST_TO_ONE):
            self._make_to_one_port(min(MOST_TO_ONE, count - begin))

    def _make_to_one_port(self, count: int) -> None:
        """Whoever closes first gets into TIME_WAIT (RFC 9293, 3.6): the side of the connection that was accepted, so that
        no port is taken from anybody who connects."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            address = listener.getsockname()
            for _each in range(count):
                with socket.create_connection(address) as client:
                    accepted, _peer = listener.accept()
                    accepted.close()
                    client.recv(1)  # its end has come


def in_time_wait() -> int | None:
    """How many sockets of this network are in TIME_WAIT; None where one may not know."""
    if sys.platform == "linux":
        with open(SOCKSTAT, encoding="ascii") as file:
            words = next(line.split() for line in file if line.startswith("TCP:"))
        return int(words[words.index("tw") + 1])
    import psutil

    try:
        return sum(one.status == psutil.CONN_TIME_WAIT for one in psutil.net_connections("tcp"))
    except psutil.AccessDenied:
        return None
