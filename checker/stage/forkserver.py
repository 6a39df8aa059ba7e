"""The checker's side of the fork server: one warm interpreter a run, one stagehand a stage."""

from __future__ import annotations

import contextlib
import os
import signal
import site
import socket
import subprocess
import sys
import threading
import weakref
from typing import Any

from checker.inside import warm
from checker.inside.leftovers import remove
from checker.stage.containment import KIT, UNPRIVILEGED


def _pair() -> tuple[socket.socket, socket.socket]:
    """A channel whose ends wait, whatever socket.setdefaulttimeout() has been told: in a notebook we are not alone."""
    pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in pair:
        end.settimeout(None)
    return pair


class ForkServer:
    """Started at once, used from any thread; `close` ends it and, through their sockets, every stagehand."""

    def __init__(self, *, namespaces: bool = True) -> None:
        self._namespaces = namespaces
        self._lock = threading.Lock()
        self._ready: dict[str, Any] | None = None
        self._hands: weakref.WeakSet[Stagehand] = weakref.WeakSet()
        self._lives = 0
        self._left: list[str] = []  # folders of those that were ended by a program
        self._start()

    def _start(self) -> None:
        self._channel, theirs = _pair()
        inside = KIT / "checker" / "inside"
        packages = site.getsitepackages()
        way = "namespaces" if self._namespaces else "plain"
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(inside), str(KIT), way, *packages],
            stdin=theirs.fileno(),
            start_new_session=True,  # a Ctrl-C at the terminal is the checker's to handle
        )
        theirs.close()
        self._lives += 1

    @property
    def contained(self) -> bool:
        """Whether each stage has namespaces of its own (network and process ids)."""
        with self._lock:
            return bool(self._hello()["contained"])

    @property
    def lives(self) -> int:
        """See `containment.Starter`."""
        with self._lock:
            self._revive()
            return self._lives

    def _revive(self) -> None:
        if self._process.poll() is not None and self._ready is not None:
            self._left.append(self._ready["home"])
            self._ready = None
            self._channel.close()
            self._start()

    def _hello(self) -> dict[str, Any]:
        if self._ready is None:
            self._ready, _, _ = warm.receive(self._channel)
        if self._ready is None:
            raise OSError("the fork server did not start")
        return self._ready

    def stagehand(self) -> Stagehand:
        """Fork a supervisor for one stage."""
        ours, theirs = _pair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        with self._lock:
            self._revive()
            contained = bool(self._hello()["contained"])
            warm.send(self._channel, {}, [theirs.fileno()])
        theirs.close()
        hand = Stagehand(ours, contained)
        self._hands.add(hand)
        return hand

    def close(self) -> None:
        """End the fork server and wait for it: it waits for every stagehand, and those end when they are hung up on."""
        for hand in list(self._hands):
            hand.hang_up()
        self._channel.close()
        self._process.wait()
        for hand in list(self._hands):
            hand.close()  # nobody else waits for those of a fork server that was ended
        for folder in self._left:
            remove(folder)


class Stagehand:
    """Talks to one stage's supervisor (see `checker.inside.warm`). Not for several threads at once."""

    def __init__(self, control: socket.socket, contained: bool) -> None:
        self.control = control
        self.contained = contained
        self.exits: dict[int, int] = {}  # program's number -> exit status, a signal's negative
        self.processes: dict[int, int] = {}  # program's number -> process id as seen from here
        self.gone = False
        self._shared = False
        self._handles: dict[int, int] = {}

    def fileno(self) -> int:
        """For a selector: readable when the supervisor has news."""
        return self.control.fileno()

    starting = False  # what is forked is forked from a process that has nothing of ours

    def start(self, number: int, config: dict[str, Any], descriptors: list[int]) -> int:
        """Start a program; returns its process id."""
        config["program"] = number
        if os.geteuid() == 0:
            config.setdefault("uid", UNPRIVILEGED)
        warm.send(self.control, {"op": "start", "config": config}, descriptors)
        while number not in self.processes and not self.gone:
            self._receive()
        if number not in self.processes:
            raise OSError("the stage's supervisor has gone")
        process = self.processes[number]
        with contextlib.suppress(ProcessLookupError):
            self._handles[number] = os.pidfd_open(process)
        return process

    def sockets(self, count: int, family: str = "inet") -> list[socket.socket]:
        """TCP sockets, unbound, made where the program lives."""
        if not self.contained:
            kind = socket.AF_INET6 if family == "inet6" else socket.AF_INET
            return [socket.socket(kind, socket.SOCK_STREAM) for _ in range(count)]
        made: list[socket.socket] = []
        while len(made) < count:
            batch = min(count - len(made), warm.DESCRIPTORS)
            made += [
                socket.socket(fileno=one) for one in self._ask({"op": "sockets", "count": batch, "family": family})
            ]
        return made

    def diag(self) -> socket.socket:
        """A sock_diag socket (netlink(7)) of the network that the program lives in."""
        diag = socket.socket(fileno=self._ask({"op": "diag"})[0])
        diag.settimeout(None)
        return diag

    def signal(self, number: int, signum: int) -> None:
        """Send a signal to a program's main process: delivered, as far as the kernel goes, when this returns."""
        if number in self._handles and number not in self.exits:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handles[number], signum)

    def halt(self, number: int) -> None:
        """See `containment.Hand`."""
        self.signal(number, signal.SIGSTOP)

    def go_on(self, number: int) -> None:
        """See `containment.Hand`."""
        self.signal(number, signal.SIGCONT)

    def end(self, number: int) -> None:
        """Kill a program and its process group."""
        self._tell({"op": "end", "program": number})

    def _tell(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            warm.send(self.control, message)

    def _ask(self, message: dict[str, Any]) -> list[int]:
        """What the supervisor makes, once nobody else has it open: a FIN goes out when the last descriptor is closed."""
        warm.send(self.control, message)
        descriptors: list[int] = []
        self._shared = True
        while self._shared and not self.gone:
            descriptors += self._receive()
        if self.gone:
            for descriptor in descriptors:
                os.close(descriptor)
            raise OSError("the stage's supervisor has gone")
        return descriptors

    def news(self) -> None:
        """Take in what the supervisor has said, without waiting."""
        while not self.gone:
            try:
                self._receive(socket.MSG_DONTWAIT)
            except BlockingIOError:
                return

    def _receive(self, flags: int = 0) -> list[int]:
        try:
            message, descriptors, sender = warm.receive(self.control, flags)
        except ConnectionError:
            message, descriptors, sender = None, [], None
        if message is None:
            self.gone = True
        elif "hello" in message and sender:
            self.processes[message["hello"]] = sender
        elif "let_go" in message:
            self._shared = False
        elif "exit" in message:
            self.exits[message["exit"]] = message["status"]
        return descriptors

    def hang_up(self) -> None:
        """Have the supervisor end every program of the stage, and itself; nobody waits for that here."""
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """End every program of the stage and wait until the supervisor has seen the last of them go."""
        self.hang_up()
        while not self.gone:
            self._receive()
        self.control.close()
        for handle in self._handles.values():
            os.close(handle)
        self._handles.clear()
