"""The Linux calls that Python has no function for (before 3.12 or at all): namespaces, prctl, capabilities."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import struct

NEWUSER = 0x10000000
NEWPID = 0x20000000
NEWNET = 0x40000000

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_KEEPCAPS = 8
_PR_SET_CHILD_SUBREAPER = 36
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_READ_SEARCH = 2
_CAPABILITY_VERSION_3 = 0x20080522
_SIOCSIFFLAGS = 0x8914
_IFF_UP_RUNNING = 0x1 | 0x40

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: int) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")


def unshare(flags: int) -> None:
    """unshare(2): new namespaces for this process (for its children, where `flags` is NEWPID)."""
    _call("unshare", flags)


def setns(descriptor: int, kind: int) -> None:
    """setns(2): join the namespace that `descriptor` refers to."""
    _call("setns", descriptor, kind)


def become_subreaper() -> None:
    """Orphans among our descendants become our children, prctl(2)."""
    _call("prctl", _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent() -> None:
    """SIGKILL for this process when its parent ends, prctl(2); who changes its user loses that."""
    _call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def become_dumpable() -> None:
    """Processes of our user may look at this one, prctl(2); who changes its user loses that."""
    _call("prctl", _PR_SET_DUMPABLE, 1, 0, 0, 0)


def loopback_up() -> None:
    """A new network namespace has its loopback interface down: bring it up (netdevice(7), SIOCSIFFLAGS)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", _IFF_UP_RUNNING, b""))


def become_user(uid: int, *, keep_reading: bool) -> None:
    """Give up root for `uid`; with `keep_reading` keep the one capability to read files (capabilities(7)).

    Needed where the interpreter or the submission lies under a folder that only root may enter, as in /root.
    """
    if keep_reading:
        _call("prctl", _PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if keep_reading:
        mask = 1 << _CAP_DAC_READ_SEARCH
        header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
        data = struct.pack("6I", mask, mask, mask, 0, 0, 0)
        if _libc.capset(header, data) != 0:
            raise OSError(ctypes.get_errno(), "capset")
        _call("prctl", _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_READ_SEARCH, 0, 0)
