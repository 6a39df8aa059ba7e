"""Is the program at rest? One question, two ways to answer it: procfs and sockets, or a quiet spell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from checker.stage.rest.sockdiag import Row


@dataclass(frozen=True)
class Waiting:
    """One thread as the kernel sees it: `call` it waits in (or "running"), the descriptor where there is one.

    `inode` is the socket's, to be matched with the socket table. `timed` waits end by themselves.
    """

    thread: int
    call: str
    descriptor: int | None = None
    inode: int | None = None
    timed: bool = False


class Observer(Protocol):
    """Watches one program. Not for several threads at once."""

    proved: bool

    def mark(self) -> None:
        """Something is about to be done to the program: what it does from now on is the answer to that."""

    def look(self) -> bool:
        """Look at every thread once; whether all were parked, and parked all the time since the look before."""

    def calm(self) -> bool:
        """Whether every thread waits for something, be it for time, and did so at the look before."""

    def asleep(self) -> bool:
        """Whether none of the threads that waited when last looked at has been woken up since. To be asked between two
        looks: which one it was that slept through is told by the second."""

    def threads(self) -> list[Waiting]:
        """The threads as last seen."""

    def is_own(self, thread: int) -> bool:
        """Whether a thread, at this moment, is one of the program's own process, not of one that it has started."""

    def processor_time(self) -> float:
        """Seconds of processor time used so far, all processes of the program together."""

    def memory(self) -> int:
        """Bytes of memory that the program holds now (resident)."""

    def descriptors(self) -> int:
        """How many sockets the program has open."""

    def stopped(self) -> bool:
        """Whether every thread is stopped by SIGSTOP, or has ended."""

    def effect(self, *, printed_only: bool) -> None:
        """The program did something that can be seen; `printed_only` where nobody but its own screen saw it."""

    def rested(self) -> None:
        """The stage found everything at rest."""

    def processes(self) -> list[int]:
        """The program's process, and its descendants where it was seen to start any."""

    def inodes(self) -> set[int]:
        """The inodes of its sockets, where they are known."""

    def close(self) -> None:
        """Close what it keeps open."""

    def spinning(self) -> bool:
        """Whether, as last seen, what is not parked is only threads that were seen to spin without effect."""


class Table(Protocol):
    """The TCP sockets of a stage. `proved` where bytes are counted, so that what is under way is seen."""

    proved: bool

    def rows(self) -> list[Row]:
        """Every socket that is known."""

    def under_way(self, rows: list[Row]) -> bool:
        """Whether the network itself still has something to deliver."""

    def forget(self) -> None:
        """Something is about to be done: what was seen before does not count any more."""

    def close(self) -> None:
        """Close what it keeps open."""


__all__ = ["Observer", "Table", "Waiting"]
