"""Starts each program in a new interpreter: for systems where none can be forked from a warm one.

The same interface as `checker.stage.forkserver` has. There is no supervisor: a thread waits for each
program, and who belongs to it is found by parentage, by session, and by the folder that is their HOME.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import site
import socket
import subprocess
import sys
import tempfile
import threading
from typing import Any

import psutil

from checker import system
from checker.inside.signals import INTERRUPT_ELSEWHERE
from checker.stage.containment import KILLED, KIT, UNPRIVILEGED
from checker.stage.failure import Unjudgeable

LAST_OF_ALL = 5.0
"""Seconds that the system is given to bury whom it was told to kill."""


class _Births:
    """How many interpreters are being started in this process, by any thread.

    Between fork and exec a child has a copy of everything that is open here: what is closed meanwhile, a peer's socket
    or a program's input, ends for the other side only when that child has become a new program.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.count = 0

    def __enter__(self) -> None:
        with self._lock:
            self.count += 1

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self.count -= 1


_births = _Births()


class Spawner:
    """Nothing is kept running between stages."""

    contained = False
    lives = 1

    def stagehand(self) -> SpawnHand:
        """Open what one stage needs."""
        return SpawnHand()

    def close(self) -> None:
        """Nothing is left to close."""


class SpawnHand:
    """Starts and ends the programs of one stage. Not for several threads at once."""

    contained = False

    def __init__(self) -> None:
        self.exits: dict[int, int] = {}  # program's number -> exit status, a signal's negative
        self.processes: dict[int, int] = {}  # program's number -> process id
        self.gone = False
        self._news, self._bell = socket.socketpair()
        self._news.setblocking(False)
        self._ended: queue.SimpleQueue[tuple[int, int]] = queue.SimpleQueue()
        self._programs: dict[int, subprocess.Popen[bytes]] = {}
        self._waiting: list[threading.Thread] = []
        self._homes: list[str] = []
        self._killed: set[int] = set()
        self._were_there = set(psutil.pids())

    def fileno(self) -> int:
        """For a selector: readable when a program has ended."""
        return self._news.fileno()

    @property
    def starting(self) -> bool:
        """Whether a copy of what was closed may still be open somewhere."""
        return _births.count > 0

    def start(self, number: int, config: dict[str, Any], descriptors: list[int]) -> int:
        """Start a program; returns its process id."""
        home = tempfile.mkdtemp(prefix="chat-lab-")
        self._homes.append(home)
        config.update(program=number, home=home, own_session=True)
        if sys.platform == "linux" and os.geteuid() == 0:
            config.setdefault("uid", UNPRIVILEGED)
        with _births:
            process = _spawn(config, descriptors, {**os.environ, "HOME": home})
        self._programs[number] = process
        self.processes[number] = process.pid
        waiter = threading.Thread(target=self._wait, args=(number, process), daemon=True)
        self._waiting.append(waiter)
        waiter.start()
        return process.pid

    def _wait(self, number: int, process: subprocess.Popen[bytes]) -> None:
        self._ended.put((number, process.wait()))
        with contextlib.suppress(OSError):  # the stage has closed
            self._bell.send(b"!")

    def sockets(self, count: int, family: str = "inet") -> list[socket.socket]:
        """TCP sockets, unbound."""
        kind = socket.AF_INET6 if family == "inet6" else socket.AF_INET
        return [socket.socket(kind, socket.SOCK_STREAM) for _i in range(count)]

    def diag(self) -> socket.socket:
        """A sock_diag socket (netlink(7)); raises OSError where the system has none."""
        if sys.platform != "linux":
            raise OSError("no sock_diag on this system")
        return socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 4)

    def signal(self, number: int, signum: int) -> None:
        """Send a signal to a program's main process."""
        if number in self.exits or number not in self._programs:
            return
        if INTERRUPT_ELSEWHERE is not None and signum == signal.SIGINT:
            try:
                self._programs[number].send_signal(INTERRUPT_ELSEWHERE)
            except OSError as error:
                raise Unjudgeable(f"Ctrl-C could not be sent without a console: {error}") from error
            return
        with contextlib.suppress(ProcessLookupError):
            self._programs[number].send_signal(signum)

    def halt(self, number: int) -> None:
        """See `containment.Hand`; on Windows, too, where no signal does that."""
        with contextlib.suppress(psutil.Error):
            psutil.Process(self.processes[number]).suspend()

    def go_on(self, number: int) -> None:
        """See `containment.Hand`."""
        with contextlib.suppress(psutil.Error):
            psutil.Process(self.processes[number]).resume()

    def end(self, number: int) -> None:
        """Kill a program and whom it started."""
        if number in self._programs:
            self._killed.add(number)
            for process in self._family({self._programs[number].pid}, set()):
                with contextlib.suppress(psutil.Error):
                    process.kill()

    def _family(self, leaders: set[int], homes: set[str]) -> list[psutil.Process]:
        """The living processes among those that came since the stage opened which belong to `leaders` or
        `homes`."""
        found: dict[int, psutil.Process] = {}
        for pid in set(psutil.pids()) - self._were_there:
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(pid)
                if process.status() != psutil.STATUS_ZOMBIE and _belongs(process, leaders, homes):
                    found[pid] = process
        for process in list(found.values()):
            with contextlib.suppress(psutil.Error):
                found.update((child.pid, child) for child in process.children(recursive=True))
        return list(found.values())

    def news(self) -> None:
        """Take in which programs have ended, without waiting."""
        with contextlib.suppress(BlockingIOError):
            while self._news.recv(64):
                pass
        with contextlib.suppress(queue.Empty):
            while True:
                number, status = self._ended.get_nowait()
                if sys.platform == "win32" and number in self._killed and status == signal.SIGTERM:
                    status = KILLED  # psutil has TerminateProcess say so, where others have a negative number
                self.exits[number] = status

    def close(self) -> None:
        """End every program of the stage and whom they started, and wait until they have gone."""
        leaders = {process.pid for process in self._programs.values()}
        while family := self._family(leaders, set(self._homes)):
            for process in family:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            _gone, left = psutil.wait_procs(family, timeout=LAST_OF_ALL)
            if left:
                break
        for waiter in self._waiting:
            waiter.join(LAST_OF_ALL)
        self.news()
        self.gone = True
        self._news.close()
        self._bell.close()
        for home in self._homes:
            shutil.rmtree(home, ignore_errors=True)


def _belongs(process: psutil.Process, leaders: set[int], homes: set[str]) -> bool:
    if process.pid in leaders:
        return True
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            if os.getsid(process.pid) in leaders:
                return True
    return bool(homes) and not homes.isdisjoint(process.environ().values())


def _interpreter() -> str:
    """What runs this process. The `python.exe` of a virtual environment on Windows only starts the real one as a process
    of its own, which nobody would then be watching (multiprocessing.popen_spawn_win32 does the same)."""
    return str(sys._base_executable) if sys.platform == "win32" else sys.executable  # type: ignore[attr-defined]


def _spawn(
    config: dict[str, Any], descriptors: list[int], environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    """Start the interpreter with [stdin, stdout, stderr, report, control]."""
    more = system.out_of_reach()
    if sys.platform == "win32":
        import msvcrt

        handles = [msvcrt.get_osfhandle(one) for one in descriptors[3:]]
        for handle in handles:
            os.set_handle_inheritable(handle, True)
        more["startupinfo"] = subprocess.STARTUPINFO(lpAttributeList={"handle_list": handles})
        inherited = handles
    else:
        more["pass_fds"] = inherited = descriptors[3:]
    config["descriptors"] = [0, 1, 2, *inherited]
    inside = KIT / "checker" / "inside" / "spawned.py"
    return subprocess.Popen(
        [_interpreter(), "-I", "-S", str(inside), str(KIT), json.dumps(config), *site.getsitepackages()],
        stdin=descriptors[0],
        stdout=descriptors[1],
        stderr=descriptors[2],
        env=environment,
        **more,
    )
