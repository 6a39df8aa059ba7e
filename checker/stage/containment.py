"""How programs are started and ended here, how it is known that one is at rest, which ports are whose: that differs between
systems, and `choose` decides. docs/systems.md lists every difference, and where it is."""

from __future__ import annotations

import errno
import functools
import os
import socket
import struct
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    from checker.stage.rest import Observer, Table
    from checker.stage.stage import Settings

KIT = Path(__file__).resolve().parents[2]
"""Where the kit lies."""

CONNECTING = {errno.EINPROGRESS} | ({errno.EWOULDBLOCK} if sys.platform == "win32" else set())
"""What connect() says on a socket that does not wait, and the connection is being made."""

RESET_ON_CLOSE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""SO_LINGER on, 0 seconds: close() sends RST (socket(7)). Windows has two shorts in a struct linger."""

KILLED = -9
"""The status of a program whose own was not learnt (SIGKILL has no name on Windows)."""

CTRL_C_ENDS_INPUT = sys.platform != "win32"
"""Whether Ctrl-C reaches a program that waits in input(). On Windows it does so in a console alone: who reads a pipe
notices nothing before the next line."""

PAUSES = {
    "procfs": (0.0002, 0.0005, 0.001, 0.002, 0.005),
    "portable": (0.002, 0.005, 0.01, 0.02),
}
"""Seconds between two looks at a program that is not at rest yet. A socket or pipe with news ends a pause."""

WAITING_WORKERS = 16
"""Checks played at once where most of the time is spent in quiet spells and not on a processor."""

LOWEST_PORT = 18000
HIGHEST_PORT = 30000

UNPRIVILEGED = 65534
"""Whom root's programs run as: "nobody" on the systems that have it; any id without rights would do."""

_CAP_SYS_PTRACE = 19

Watcher = TypeVar("Watcher")


class Hand(Protocol):
    """Starts and ends the programs of one stage. Not for several threads at once."""

    contained: bool
    exits: dict[int, int]
    processes: dict[int, int]
    gone: bool

    @property
    def starting(self) -> bool:
        """Whether what was closed may not have reached the other side, since a program is being started."""

    def fileno(self) -> int:
        """For a selector: readable when there is news."""

    def news(self) -> None:
        """Take in which programs have ended, into `exits`, without waiting."""

    def start(self, number: int, config: dict[str, Any], descriptors: list[int]) -> int:
        """Start a program with [stdin, stdout, stderr, report, control]; returns its process id."""

    def sockets(self, count: int, family: str = "inet") -> list[socket.socket]:
        """TCP sockets, unbound, made where the programs live."""

    def diag(self) -> socket.socket:
        """A sock_diag socket of the network that the programs live in; raises OSError where there is none."""

    def signal(self, number: int, signum: int) -> None:
        """Send a signal to a program's main process."""

    def halt(self, number: int) -> None:
        """Have no thread of a program's main process run on until `go_on`; that all stand still is to be waited for."""

    def go_on(self, number: int) -> None:
        """The end of `halt`."""

    def end(self, number: int) -> None:
        """Kill a program and its process group."""

    def close(self) -> None:
        """End every program of the stage and whom they started; nobody is left when this returns."""


class Starter(Protocol):
    """Opens stages' hands, from any thread: the fork server or the spawner."""

    @property
    def contained(self) -> bool:
        """Whether each stage has namespaces of its own (network and process ids)."""

    @property
    def lives(self) -> int:
        """How many times it has been started: more than once where a program has ended it, as one can that shares our
        process ids and our user. It is started again for whoever asks."""

    def stagehand(self) -> Hand:
        """What one stage needs."""

    def close(self) -> None:
        """End it."""


@dataclass(frozen=True)
class Way:
    """How programs are started and watched. With "procfs" each is still asked whether it may be."""

    start: Literal["fork", "spawn"]
    rest: Literal["procfs", "portable"]

    @property
    def pauses(self) -> tuple[float, ...]:
        """See `PAUSES`."""
        return PAUSES[self.rest]

    @property
    def workers(self) -> int:
        """How many checks are best played at once."""
        return WAITING_WORKERS if self.rest == "portable" else max(2, processors())

    def starter(self) -> Starter:
        """Start what starts programs. Namespaces hide a program's connections from psutil."""
        if sys.platform == "linux" and self.start == "fork":
            from checker.stage.forkserver import ForkServer

            return ForkServer(namespaces=self.rest == "procfs")
        from checker.stage.spawn import Spawner

        return Spawner()

    def table(self, hand: Hand, processes: Callable[[], Iterable[int]]) -> Table:
        """The sockets of a stage: the kernel's own table where it gives it out, else what psutil has."""
        if self.rest == "procfs" or hand.contained:
            from checker.stage.rest.sockdiag import SocketTable

            try:
                table = SocketTable(hand.diag())
                table.rows()
                return table
            except OSError:
                pass  # no netlink here (some containers): the other way it is
        from checker.stage.rest.connections import PortableTable

        return _with_rights(PortableTable(processes))

    def observer(
        self, pid: int, table: Table, has_children: Callable[[], bool], now: Callable[[], float]
    ) -> Observer:
        """Who watches program `pid`. Threads alone prove nothing: what is on its way must be seen, too."""
        if sys.platform == "linux" and self.rest == "procfs" and table.proved:
            from checker.stage.rest import procfs

            if _with_rights(procfs).readable(pid):
                return _with_rights(procfs.ProcfsObserver(pid, has_children, now))
        from checker.stage.rest.portable import PortableObserver

        return _with_rights(PortableObserver(pid, has_children, now))


def choose(settings: Settings) -> Way:
    """The way of this run: by the settings, by CHAT_LAB_START (fork, spawn) and CHAT_LAB_REST (procfs or
    portable) in the environment, else by what works here."""
    if sys.platform != "linux":
        return Way("spawn", "portable")
    start = os.environ.get("CHAT_LAB_START")
    rest = "portable" if settings.portable else os.environ.get("CHAT_LAB_REST")
    looks = rest == "procfs" if rest else _may_look()
    return Way("spawn" if start == "spawn" else "fork", "procfs" if looks else "portable")


def processors() -> int:
    """How many processors this process may use: fewer than the machine has where it was pinned to some."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def slowness() -> float:
    """How many times longer than alone a program takes at the moment, from 1 to 2; 2 where the system does not tell."""
    if sys.platform != "win32":
        return min(max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)), 2.0)
    return 2.0


def _may_look() -> bool:
    """Whether the system calls of processes can be seen here, as far as that can be told beforehand."""
    if sys.platform == "linux":
        from checker.stage.rest.procfs import readable

        return readable(os.getpid())
    return False


@functools.cache
def must_impersonate() -> bool:
    """Whether this is a root who may look at processes only as their user: see `rest.impersonation`."""
    if sys.platform == "linux" and os.geteuid() == 0:
        with open("/proc/self/status", encoding="ascii", errors="replace") as file:
            effective = next((line.split()[1] for line in file if line.startswith("CapEff:")), "0")
        return not int(effective, 16) >> _CAP_SYS_PTRACE & 1
    return False


def _with_rights(watcher: Watcher) -> Watcher:
    if sys.platform == "linux" and must_impersonate():
        from checker.stage.rest.impersonation import looking_as

        return looking_as(UNPRIVILEGED, watcher)
    return watcher


# Ports


def ports() -> range:
    """Where programs' ports are chosen from: below the ephemeral range, so that no connection takes one."""
    lowest_ephemeral = 49152  # RFC 6335, and the default of macOS and Windows
    if sys.platform == "linux":
        with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
            lowest_ephemeral = int(file.read().split()[0])
    if lowest_ephemeral >= LOWEST_PORT + 1000:
        return range(LOWEST_PORT, min(HIGHEST_PORT, lowest_ephemeral))
    if lowest_ephemeral >= 4096:
        return range(1024, lowest_ephemeral)
    return range(LOWEST_PORT, HIGHEST_PORT)  # nearly everything is ephemeral here: a lease must do


def take_address(sock: socket.socket) -> None:
    """To be set before bind(): an address in TIME_WAIT may be taken, one that somebody listens on may not."""
    if sys.platform == "win32":  # SO_REUSEADDR there takes even what somebody listens on
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


def acknowledge_at_once(sock: socket.socket) -> None:
    """Have what has come acknowledged now, where that can be said: who sends in small pieces may wait for it (tcp(7))."""
    if sys.platform == "linux":
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def is_free(port: int) -> bool:
    """Whether nobody listens on `port` of this machine at this moment."""
    with socket.socket() as probe:
        take_address(probe)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def lease(port: int) -> socket.socket | None:
    """Keep TCP `port` from every other stage here until the socket is closed; None where it is taken.

    The lease is the UDP port of the same number: the system itself sees to it that one process has it, and
    gives it back when that process ends, however it ends.
    """
    held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        held.bind(("127.0.0.1", port))
    except OSError:
        held.close()
        return None
    if not _is_untouched(port):
        held.close()
        return None
    return held


def _is_untouched(port: int) -> bool:
    """Whether nobody has `port`, not even in TIME_WAIT (as a program without SO_REUSEADDR would find out)."""
    with socket.socket() as probe:
        if sys.platform == "win32":
            take_address(probe)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True
