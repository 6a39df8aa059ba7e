"""What a system gives to the student's process: its session, descriptors, signals, limits and user, as a shell would have it.

Whatever the launcher does differently on another system is here and in `signals`. The calls that only Linux has are in
`kernel`; where a system has no such thing, nothing is done.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
from collections.abc import Callable

if sys.platform == "win32":
    import msvcrt
else:  # not first where they are needed: what is forked from a warm interpreter has them
    import fcntl
    import resource

HIGH = 200  # where our own descriptors go, out of the way of the program's
MAX_ADDRESS_SPACE = 8 << 30
MAX_FILE_SIZE = 64 << 20
OPEN_FILES = 4096


def taken_over(handles: list[int]) -> list[int]:
    """The descriptors of [report, control] as they were inherited: there are only handles on Windows."""
    if sys.platform == "win32":
        report, control = handles
        return [
            msvcrt.open_osfhandle(report, os.O_WRONLY | os.O_BINARY),
            msvcrt.open_osfhandle(control, os.O_RDONLY | os.O_BINARY),
        ]
    return handles


def lead_session() -> None:
    """No terminal from here on, and no process group but our own (setsid(2))."""
    if sys.platform != "win32":
        os.setsid()


def put_in_place(descriptors: list[int]) -> None:
    """Put the three streams at 0, 1 and 2, and ours high up: `descriptors` says where afterwards.

    On Windows the streams are in their places, and every other descriptor is as good as high.
    """
    if sys.platform != "win32":
        moved = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, HIGH) for one in descriptors]
        for one in descriptors:
            os.close(one)
        for target, one in enumerate(moved[:3]):
            os.dup2(one, target)
            os.close(one)
        os.closerange(3, HIGH)
        descriptors[3:] = moved[3:]


def default_signals() -> None:
    """As a shell starts a program: a checker started with `&` has SIGINT ignored, and that is inherited."""
    for number in signal.valid_signals():
        with contextlib.suppress(OSError, ValueError, TypeError):
            if signal.getsignal(number) is not signal.SIG_DFL:
                signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform == "win32":  # Ctrl-C cannot be sent to one group of processes there, Ctrl-Break can
        signal.signal(signal.SIGBREAK, signal.default_int_handler)
    else:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        for number in (signal.SIGPIPE, signal.SIGXFSZ):  # as the interpreter itself does at start
            signal.signal(number, signal.SIG_IGN)


def limit() -> None:
    """Bound memory, files and output (setrlimit(2)). macOS refuses some of it, Windows has none of it."""
    if sys.platform != "win32":
        for kind, soft in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_AS, MAX_ADDRESS_SPACE),
            (resource.RLIMIT_FSIZE, MAX_FILE_SIZE),
            (resource.RLIMIT_NOFILE, OPEN_FILES),
        ):
            hard = resource.getrlimit(kind)[1]
            bound = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
            try:
                resource.setrlimit(kind, (bound, bound))
            except (OSError, ValueError):
                if sys.platform == "linux":
                    raise


def own_folder(home: str) -> dict[str, str]:
    """The environment that tells a program where its user's folder and the temporary one are."""
    more = ("USERPROFILE", "TEMP", "TMP") if sys.platform == "win32" else ()
    return dict.fromkeys(("HOME", "TMPDIR", *more), home)


def become(uid: int | None, file: str, home: str) -> None:
    """Become `uid`, whose `home` it is, able to read the interpreter and `file` even where their folders are closed to it;
    stay who we are where it is None, as it is wherever the checker is not root of a Linux."""
    if sys.platform == "linux" and uid is not None:
        from checker.inside import kernel

        os.chown(home, uid, uid)
        os.setegid(uid)
        os.seteuid(uid)
        readable = all(os.access(path, os.R_OK, effective_ids=True) for path in (os.__file__, file))
        os.seteuid(0)
        os.setegid(0)
        kernel.become_user(uid, keep_reading=not readable)


def belong_to_parent(*, dumpable: bool, dies_with_parent: bool) -> None:
    """Be looked at by processes of our user, and be killed where our supervisor is: prctl(2), Linux alone."""
    if sys.platform == "linux" and (dumpable or dies_with_parent):
        from checker.inside import kernel

        if dumpable:
            kernel.become_dumpable()
        if dies_with_parent:
            kernel.die_with_parent()


def never_wait(descriptor: int) -> None:
    """Reading from a pipe raises BlockingIOError where nothing is there. Raises OSError where that cannot be had."""
    if sys.platform == "win32" and sys.version_info < (3, 12):
        raise OSError("pipes always wait on Windows before Python 3.12")
    os.set_blocking(descriptor, False)


def in_each_forked_child(do: Callable[[], None]) -> None:
    """Have `do` called in whatever the program forks, where programs can fork."""
    if sys.platform != "win32":
        os.register_at_fork(after_in_child=do)


def dump_stacks_at(number: int, descriptor: int) -> None:
    """From now on the signal has the stacks of all threads written to `descriptor`."""
    if sys.platform != "win32":
        faulthandler.register(number, file=descriptor, all_threads=True)
