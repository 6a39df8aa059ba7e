"""The fork server and the stagehand: our processes around the student's program.

    checker ── fork server (warm interpreter, one per run)
                 └─ stagehand (one per stage: process 1 of a PID namespace, in a network namespace of its own)
                      └─ the student's program (leader of its own session), and whatever it starts

The checker writes one request to the fork server for each stage, with a control socket. From then on it talks to the
stagehand over that socket, in JSON with descriptors alongside (unix(7), SCM_RIGHTS):

    {"op": "start", "config": {...}} + [stdin, stdout, stderr, report]   the program says hello with its credentials
    {"op": "sockets", "count": n, "family": "inet"}                      n TCP sockets made inside the namespace
    {"op": "diag"}                                                       a sock_diag socket of the namespace
    to both the stagehand says {"let_go": n} once its own descriptors of them are closed: only then is ours the last
    {"op": "end", "program": k}                                          SIGKILL, to its process group as well
    the stagehand itself says {"exit": k, "status": n}, a negative status being a signal's number

When the control socket closes (the checker is done, or was killed), the stagehand ends everything and goes. A program
is run by returning its configuration up the whole stack, so that it ends as an interpreter normally ends.
"""

from __future__ import annotations

import array
import contextlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
from typing import Any

from checker.inside import kernel
from checker.inside.leftovers import remove
from checker.inside.procfs import descendants
from checker.inside.stagehands import Stagehands

MESSAGE_SIZE = 65536
DESCRIPTORS = 250
_NETLINK_SOCK_DIAG = 4


def send(channel: socket.socket, message: dict[str, Any], descriptors: list[int] | None = None) -> None:
    """Send one message, with open descriptors alongside."""
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    channel.sendmsg([json.dumps(message).encode()], rights)


def receive(channel: socket.socket, flags: int = 0) -> tuple[dict[str, Any] | None, list[int], int | None]:
    """Receive (message or None at the end, descriptors, the sender's process id where it is passed)."""
    space = socket.CMSG_SPACE(DESCRIPTORS * array.array("i").itemsize) + socket.CMSG_SPACE(12)
    data, ancillary, _flags, _address = channel.recvmsg(MESSAGE_SIZE, space, flags)
    descriptors = array.array("i")
    sender = None
    for level, kind, payload in ancillary:
        if level != socket.SOL_SOCKET:
            continue
        if kind == socket.SCM_RIGHTS:
            descriptors.frombytes(payload[: len(payload) - len(payload) % descriptors.itemsize])
        elif kind == getattr(socket, "SCM_CREDENTIALS", 2):
            sender = int.from_bytes(payload[:4], sys.byteorder)
    return (json.loads(data) if data else None), list(descriptors), sender


def fork_server(channel: socket.socket, namespaces: bool) -> dict[str, Any] | None:
    """Serve requests for stages until the checker goes; returns a configuration in a process that is to run it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # ignored, which is inherited, there would be nobody to wait for
    contained = namespaces and _may_contain()
    if contained and os.geteuid() != 0:
        _enter_pid_namespace()
    if not contained:
        kernel.become_subreaper()  # of those whom a program leaves that has killed its stagehand
    own = os.open("/proc/self/ns/pid", os.O_RDONLY) if contained else -1
    stagehands = Stagehands()
    with contextlib.suppress(ConnectionError):  # the checker may have had nothing to play, and be gone
        send(channel, {"contained": contained, "home": stagehands.home})
    while True:
        try:
            message, descriptors, _sender = receive(channel)
        except ConnectionError:  # the checker went without having heard us
            message, descriptors = None, []
        if message is None:
            stagehands.end(contained)
            return None
        control = socket.socket(fileno=descriptors[0])
        if contained:
            kernel.unshare(kernel.NEWPID)
        process = os.fork()
        if process == 0:
            channel.close()
            if contained:
                os.close(own)
                kernel.unshare(kernel.NEWNET)
                kernel.loopback_up()
            return Stagehand(control, contained, stagehands.home).run()
        if contained:
            # A second unshare(NEWPID) is refused until children are born here again, setns(2).
            kernel.setns(own, kernel.NEWPID)
        control.close()
        stagehands.born(process)


def _may_contain() -> bool:
    """Try once, in a child, whether this user may make namespaces; without root, inside a user namespace first."""
    uid, gid = os.geteuid(), os.getegid()
    child = os.fork()
    if child == 0:
        try:
            _enter_user_namespace(uid, gid)
            kernel.unshare(kernel.NEWPID | kernel.NEWNET)
            kernel.loopback_up()
        except OSError:
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        return False
    _enter_user_namespace(uid, gid)
    return True


def _enter_pid_namespace() -> None:
    """Go on as process 1 of a PID namespace: setns(2) back into one needs rights over it, and over the system's own
    only root has them. The process that was the fork server until now waits for this one."""
    kernel.unshare(kernel.NEWPID)
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        os._exit(0)


def _enter_user_namespace(uid: int, gid: int) -> None:
    if uid == 0:
        return
    kernel.unshare(kernel.NEWUSER)
    for name, line in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(line)


class Stagehand:
    """Parent and supervisor of the programs of one stage; knows and ends every descendant."""

    def __init__(self, control: socket.socket, contained: bool, home: str) -> None:
        self.control = control
        self.contained = contained
        self.home = home
        self.programs: dict[int, int] = {}  # process id -> program's number
        self.folders: list[str] = []

    def run(self) -> dict[str, Any] | None:
        """Do as told until the control socket ends; returns a configuration in a program's process."""
        if not self.contained:
            os.setsid()
            kernel.become_subreaper()
        wake_read, wake_write = os.pipe()
        os.set_blocking(wake_write, False)
        os.set_blocking(wake_read, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        poll.register(wake_read, select.POLLIN)
        while True:
            ready = dict(poll.poll())
            if wake_read in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(wake_read, 4096)
                self._reap()
            if self.control.fileno() in ready:
                try:
                    message, descriptors, _sender = receive(self.control)
                    config = None if message is None else self._do(message, descriptors)
                except ConnectionError:  # the checker is gone
                    message = config = None
                if message is None:
                    self._end_everything()
                    os._exit(0)
                if config is not None:
                    signal.set_wakeup_fd(-1)
                    os.close(wake_read)
                    os.close(wake_write)
                    return config

    def _do(self, message: dict[str, Any], descriptors: list[int]) -> dict[str, Any] | None:
        operation = message["op"]
        if operation == "start":
            return self._start(message["config"], descriptors)
        if operation == "sockets":
            family = socket.AF_INET6 if message["family"] == "inet6" else socket.AF_INET
            made = [socket.socket(family, socket.SOCK_STREAM) for _ in range(message["count"])]
            send(self.control, {"made": len(made)}, [one.fileno() for one in made])
            for one in made:
                one.close()
            send(self.control, {"let_go": len(made)})
        elif operation == "diag":
            with socket.socket(16, socket.SOCK_DGRAM, _NETLINK_SOCK_DIAG) as diag:  # AF_NETLINK
                send(self.control, {"made": 1}, [diag.fileno()])
            send(self.control, {"let_go": 1})
        elif operation == "end":
            for process, program in self.programs.items():
                if program == message["program"]:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL)
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.killpg(process, signal.SIGKILL)
        return None

    def _start(self, config: dict[str, Any], descriptors: list[int]) -> dict[str, Any] | None:
        home = tempfile.mkdtemp(dir=self.home)
        self.folders.append(home)
        config["home"] = home
        config["dies_with_parent"] = True
        process = os.fork()
        if process:
            self.programs[process] = config["program"]
            for descriptor in descriptors:
                os.close(descriptor)
            return None
        # The credentials that the kernel attaches tell the checker this process's id as the checker sees it.
        try:
            send(self.control, {"hello": config["program"]})
        except ConnectionError:  # the checker is gone, and the stagehand about to notice
            os._exit(1)
        self.control.close()
        config["descriptors"] = descriptors
        return config

    def _reap(self) -> None:
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if process == 0:
                return
            number = self.programs.pop(process, None)
            if number is not None:
                with contextlib.suppress(OSError):
                    send(self.control, {"exit": number, "status": os.waitstatus_to_exitcode(status)})

    def _end_everything(self) -> None:
        """Kill until there is nobody left to wait for. In a PID namespace kill(-1) reaches everybody but us."""
        signal.set_wakeup_fd(-1)
        while True:
            if self.contained:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(-1, signal.SIGKILL)
            else:
                for process in descendants(os.getpid()):
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.kill(process, signal.SIGKILL)
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                break
        for folder in self.folders:
            remove(folder)
