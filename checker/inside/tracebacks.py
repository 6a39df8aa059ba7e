"""Tracebacks one after the other: the interpreter writes each in small parts, those of several threads into one another."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from contextlib import AbstractContextManager

_locks: dict[int, threading.Lock] = {}
"""By process: a child that was forked while one was written does not wait for its end."""


def in_turn() -> AbstractContextManager[object]:
    """For whoever writes the main thread's, if Python's own way of writing is still in place: another may wait for threads."""
    return _lock() if sys.excepthook is sys.__excepthook__ else contextlib.nullcontext()


def take_turns() -> None:
    """Have threads that raise write one after the other from now on."""
    write = threading.excepthook

    def excepthook(raised: threading.ExceptHookArgs) -> None:
        with _lock():
            write(raised)

    threading.excepthook = excepthook


def _lock() -> threading.Lock:
    return _locks.setdefault(os.getpid(), threading.Lock())
