"""A load to play under: a busy process on each processor. What it really was is measured, not believed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from checker.texts import _

SPIN = """
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
print("busy", flush=True)
while True:
    pass
"""
"""It ends when its standard input does, so that it outlives nobody."""

LEAST_SHARE = 0.02
"""Of a processor's time, for each busy process."""
LEAST_BUSY = 0.95
"""Of the processors' time, for all that runs: else a busy process has not been kept waiting, it has not been there."""


@dataclass(frozen=True)
class Measured:
    """What the processors did: `busy` is the share of their time that anything ran in (a part of a virtual machine's that
    its host took counts as busy), `shares` are those of our busy processes, one for each processor."""

    seconds: float
    busy: float
    shares: list[float] = field(default_factory=list)

    @property
    def problem(self) -> str | None:
        """Why this was no load: what was played under it proves nothing. None where it was there, or none was asked for."""
        if self.shares and (min(self.shares) < LEAST_SHARE or self.busy < LEAST_BUSY):
            return _("The load was not there: the processors were busy {busy:.0%} of the time.").format(busy=self.busy)
        return None

    @property
    def sentence(self) -> str:
        """It, for a person."""
        said = _("The processors were busy {busy:.0%} of the time").format(busy=self.busy)
        if self.shares:
            shares = ", ".join(f"{share:.0%}" for share in self.shares)
            said += ", " + _("the busy processes had {shares} of one each").format(shares=shares)
        return said + "."

    def as_json(self) -> dict[str, Any]:
        """It in plain types; `load` is None where no load was asked for."""
        shares = [round(share, 3) for share in self.shares]
        return {"busy": round(self.busy, 3), "load": {"shares": shares, "problem": self.problem} if shares else None}


class Load:
    """Keeps every processor that we may use busy, where it is `wanted`, and measures in any case."""

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted
        self._processors = _processors()
        self._burners: list[subprocess.Popen[bytes]] = []
        self._since = 0.0
        self._times = (0.0, 0.0)
        self._ran: list[float] = []

    def __enter__(self) -> Load:
        try:
            for processor in self._processors if self._wanted else []:
                self._burners.append(_burner(processor))
        except BaseException:
            self._end()
            raise
        self._since, self._times, self._ran = time.monotonic(), self._spent(), self._burnt()
        return self

    def measured(self) -> Measured:
        """What it was from the beginning until now."""
        seconds = max(time.monotonic() - self._since, 1e-9)
        busy, whole = (now - before for now, before in zip(self._spent(), self._times, strict=True))
        shares = [(now - before) / seconds for now, before in zip(self._burnt(), self._ran, strict=True)]
        return Measured(seconds, busy / whole if whole else 0.0, shares)

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        for burner in self._burners:
            burner.kill()
            burner.communicate()
        self._burners.clear()

    def _spent(self) -> tuple[float, float]:
        """Seconds of our processors since they were started: busy ones, and all."""
        import psutil

        times = psutil.cpu_times(percpu=True)
        ours = [times[one] for one in self._processors if one < len(times)]
        whole = sum(sum(one[:8]) for one in ours)  # from the ninth on Linux counts a second time (proc(5): guest)
        return whole - sum(one.idle + getattr(one, "iowait", 0.0) for one in ours), whole

    def _burnt(self) -> list[float]:
        import psutil

        times = [psutil.Process(burner.pid).cpu_times() for burner in self._burners]
        return [one.user + one.system for one in times]


def _processors() -> list[int]:
    if sys.platform == "linux":
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def _burner(processor: int) -> subprocess.Popen[bytes]:
    """A busy process that runs already. In a session of its own Ctrl-C does not reach it: we end it."""
    burner = subprocess.Popen(
        [sys.executable, "-I", "-c", SPIN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert burner.stdout is not None
    burner.stdout.readline()
    if sys.platform == "linux":
        os.sched_setaffinity(burner.pid, {processor})
    return burner
