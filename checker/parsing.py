"""Reading a source into its syntax tree, from any thread."""

from __future__ import annotations

import ast
import threading
import warnings

TRIES = 5

_one_at_a_time = threading.RLock()


def parse(source: str, name: str = "<unknown>") -> ast.Module:
    """As `ast.parse`, without a word on warnings: of those the program itself speaks when it runs.

    In Python 3.11 two threads that build trees at the same time end with "SystemError: AST constructor recursion depth
    mismatch" (they share one counter), and `catch_warnings` is not made for several threads either. So they take turns here;
    against whoever does not (a notebook's kernel), a tree that failed in that way is built again.
    """
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _try in range(TRIES - 1):
            try:
                return ast.parse(source, name)
            except SystemError:
                continue
        return ast.parse(source, name)
