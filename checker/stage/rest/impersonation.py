"""Looking at a program with its own user's rights: for a root that may not look at everybody's processes.

Containers take CAP_SYS_PTRACE from root (docker does by default), and a program of root's runs under another
user. The kernel compares the rights to files (the fsuid of credentials(7)), and one thread can have
those apart, setfsuid(2).
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
from collections.abc import Iterator
from typing import Any, TypeVar, cast

_CAPABILITY_VERSION_3 = 0x20080522

Watcher = TypeVar("Watcher")


@contextlib.contextmanager
def as_user(uid: int) -> Iterator[None]:
    """This thread has the rights of `uid` to files and processes; root's capabilities stay as they are."""
    libc = ctypes.CDLL(None)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    held = (ctypes.c_uint32 * 6)()
    libc.capget(header, held)
    group, user = libc.setfsgid(uid), libc.setfsuid(uid)  # what they were: one look may be part of another
    libc.capset(header, held)  # leaving fsuid 0 takes away those that concern files, capabilities(7)
    try:
        yield
    finally:
        libc.setfsuid(user)
        libc.setfsgid(group)


def looking_as(uid: int, watcher: Watcher) -> Watcher:
    """`watcher`, an observer or a table, with each of its methods called with the rights of `uid`."""
    return cast(Watcher, _Impersonated(uid, watcher))


class _Impersonated:
    def __init__(self, uid: int, watcher: Any) -> None:
        self._uid, self._watcher = uid, watcher

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._watcher, name)
        if not callable(value):
            return value

        @functools.wraps(value)
        def call(*arguments: Any, **options: Any) -> Any:
            with as_user(self._uid):
                return value(*arguments, **options)

        setattr(self, name, call)
        return call
