"""The lens: watches containers and locks of the program as it runs, and tells which accesses nothing keeps apart.

What it sees is listed, form by form, in tests/test_lens_forms.py. It is blind to: attributes and variables that are no
containers (but a variable bound anew to another container is watched), bytearrays, containers made by C code or by
libraries (`line.split()`, `json.loads`, UserList), and whatever runs in another process. A deque's append and pops are
documented as safe between threads and are not accused among themselves. A lock that the program builds itself out of
others (readers and writers) is not known for one: what only it guards is accused.
"""

from __future__ import annotations

import os
from types import CodeType
from typing import Any

from checker.inside import process
from checker.inside.lens import handover, hooks, imports, locks, report, rewrite, sends
from checker.inside.lens.clocks import threads


class Lens:
    """Watches the code whose files are in `folder`. One per process."""

    def __init__(self, folder: str) -> None:
        self.folder = os.path.join(folder, "")
        self.sources: dict[str, list[str]] = {}
        threads.folder = self.folder

    def compile(self, source: str, filename: str) -> CodeType:
        """Code of `source` that records; raises SyntaxError as compile() does."""
        self.sources[filename] = source.splitlines()
        if "concurrent" in source:
            handover.patch_futures()
        return compile(rewrite.rewrite(source, filename), filename, "exec", dont_inherit=True)

    def install(self) -> None:
        """Replace locks, thread starts, queues and sends, and load the folder's own modules recorded."""
        hooks.install()
        locks.install()
        handover.install()
        sends.install()
        imports.install(self.folder, self.compile)
        process.in_each_forked_child(threads.forget_mutex)

    def report(self) -> dict[str, Any]:
        """What was seen so far, as plain data; from any thread, at any time."""
        return report.report(self.sources, self.folder)
