"""How the checker watches programs here and what it can keep them from, found out with a small one of our own."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checker.doctor.finding import Finding
from checker.setup.place import Place
from checker.stage import containment
from checker.stage.failure import Failed
from checker.stage.server import Server
from checker.stage.stage import Settings, Stage
from checker.texts import _

PROGRAM = """
import socket


def start_server(host, port):
    with socket.create_server((host, port)) as server_socket:
        server_socket.accept()
"""

STATUS = "/proc/self/status"

FILES = 256
"""Open files with which the checker gets along, however many checks it plays at once (the least that a system gives)."""


@dataclass(frozen=True)
class Watched:
    """How it went: the way that was chosen, whether rest is proved, whether there are namespaces."""

    way: containment.Way
    proved: bool
    contained: bool


def look(_place: Place) -> Iterator[Finding]:
    """Rest, containment, limits."""
    try:
        watched = _watched()
    except Failed:  # our own program does listen
        yield _unseen()
    except (OSError, ImportError) as error:
        yield _not_started(error)
    else:
        yield _rest(watched)
        yield _containment(watched)
    yield from _limits()


def _unseen() -> Finding:
    fact = _("The checker does not see what programs do here: a server that listens was not seen to.")
    means = _("No lab can be checked on this machine as it is: this user, or this container, may look at no process.")
    todo = _("Use the usual Python (not a copy that may be run but not read), or another machine.")
    return Finding("bad", fact, means, todo)


def _not_started(error: Exception) -> Finding:
    if sys.platform == "linux" and not os.path.exists(STATUS):
        fact = _("There is no procfs here: {file} is missing.").format(file=STATUS)
        means = _("No lab can be checked on this machine as it is: on Linux that is where processes are seen.")
        return Finding("bad", fact, means, _("As root:  mount -t proc proc /proc"))
    fact = _("The checker could not start a program here: {error}").format(error=error)
    means = _("No lab can be checked on this machine as it is.")
    return Finding("bad", fact, means, _("See to what is marked above; if that does not help, show this to somebody."))


def _watched() -> Watched:
    """Start the small program as any other is started, and look at it while it waits."""
    settings = Settings()
    way = containment.choose(settings)
    with tempfile.TemporaryDirectory(prefix="chat-lab-doctor-") as folder:
        file = Path(folder, "server.py")
        file.write_text(PROGRAM, encoding="utf-8")
        Path(folder).chmod(0o755)  # it may run as another user
        starter = way.starter()
        try:
            stage = Stage(starter, settings, "doctor")
            try:
                server = Server(stage, file)
                return Watched(way, server.program.observer.proved, stage.hand.contained)
            finally:
                stage.close()
        finally:
            starter.close()


def _rest(watched: Watched) -> Finding:
    if watched.proved:
        return Finding(
            "good",
            _("When a program is at rest is seen in procfs, thread by thread."),
            _(
                "A message that never came is proved, at once: no check waits for time to pass, however slow the machine."
            ),
        )
    fact = _("When a program is at rest is told by a spell in which it does nothing: {why}.").format(
        why=_why_no_procfs()
    )
    means = _(
        "The points are given for the same things. A grade takes some seconds longer, and says `observed`, not `proved`."
    )
    return Finding(
        "note", fact, means, _("Nothing, while you learn. For marks that count: grade on a Linux with procfs.")
    )


def _why_no_procfs() -> str:
    if sys.platform != "linux":
        return _("{system} shows no more").format(
            system={"win32": "Windows", "darwin": "macOS"}.get(sys.platform, sys.platform)
        )
    if os.environ.get("CHAT_LAB_REST") == "portable":
        return _("CHAT_LAB_REST=portable asks for that")
    if not os.path.exists("/proc/self/syscall"):
        return _("this kernel does not show what a thread waits for (/proc/self/syscall)")
    return _("this user or this container may not see what a thread waits for, or the kernel's table of sockets")


def _containment(watched: Watched) -> Finding:
    if watched.contained:
        return Finding(
            "good",
            _("Each program gets a network and process numbers of its own (namespaces)."),
            _("A port that is built in, or a process left behind, disturbs neither other checks nor you."),
        )
    if watched.way.start == "spawn":
        fact = _("Each program is started in an interpreter of its own, as you, and in your network.")
    else:
        fact = _("Programs run in your network and among your processes: {why}.").format(
            why=_why_no_namespaces(watched)
        )
    means = _(
        "The points are the same, but end your own server before you check: a program with a built-in port meets it."
    )
    todo = _("Programs of people whom you do not trust: grade them in a container or a virtual machine.")
    return Finding("note", fact, means, todo)


def _why_no_namespaces(watched: Watched) -> str:
    if watched.way.rest != "procfs":
        return _("without procfs there are no namespaces either")
    for name, closed in (
        ("user/max_user_namespaces", "0"),
        ("kernel/unprivileged_userns_clone", "0"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1"),
    ):
        try:
            value = Path("/proc/sys", name).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if value == closed:
            return _("this system gives namespaces to root alone ({setting} is {value})").format(
                setting=name.replace("/", "."), value=value
            )
    return _("this system or this container gives no namespaces")


def _limits() -> Iterator[Finding]:
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= FILES:
        return
    fact = _("A process here may have {count} files and connections open at once.").format(count=soft)
    means = _("When many checks are played at once, the checker may need more.")
    able = hard == resource.RLIM_INFINITY or hard >= FILES
    todo = f"ulimit -n {FILES}" if able else _("Have fewer checks played at once: python -m checker grade 3 --jobs 2")
    yield Finding("note", fact, means, todo)
