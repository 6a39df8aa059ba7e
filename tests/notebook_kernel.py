"""A notebook run from top to bottom in a kernel of its own, and what it has left there afterwards."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import psutil
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from notebook_file import Cell

from checker.authoring import stubs
from checker.inside.procfs import descendants
from tests.conftest import ROOT

CELL_BOUND = 60.0
NOTEBOOK_BOUND = 240.0
"""Seconds after which a cell or a notebook is said to hang: not how long one may take (a few seconds)."""

TO_RAISE = "raises-exception"
POINTS = re.compile(r"(\d+) of (\d+) points")


class Wrong(AssertionError):
    """A cell did not do what it was to do."""


@dataclass(frozen=True)
class Kit:
    """A copy of what a student has, whose labs are untouched stubs, with a temporary folder of its own. `checker` is where the
    checker lies that its notebooks import."""

    folder: Path
    temporary: Path
    checker: Path = ROOT

    @classmethod
    def copied(cls, to: Path) -> Kit:
        """A copy in the folder `to`."""
        kit = cls(to / "kit", to / "tmp")
        kit.temporary.mkdir()
        unneeded = shutil.ignore_patterns(".checker", ".ipynb_checkpoints", "__pycache__")
        for name in ("notebooks", "solutions"):
            shutil.copytree(ROOT / name, kit.folder / name, ignore=unneeded)
        stubs.write_stubs(ROOT / "solutions", kit.folder / "labs")
        return kit

    def write_the_labs(self) -> None:
        """As a student who has finished."""
        unneeded = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "solutions", self.folder / "labs", ignore=unneeded, dirs_exist_ok=True)

    def left(self) -> list[str]:
        """Files that are there and should not be."""
        return [str(path) for path in (*self.temporary.iterdir(), *self.folder.rglob("__pycache__"))]


class Kernel:
    """A notebook and its kernel, which works in the notebook's folder; made with `opened`."""

    def __init__(self, path: Path, bound: float) -> None:
        self.node = nbformat.read(path, as_version=4)
        deadline = time.monotonic() + NOTEBOOK_BOUND
        self.client = nbclient.NotebookClient(
            self.node,
            kernel_name="python3",
            timeout_func=lambda _cell: min(bound, max(1, deadline - time.monotonic())),
            iopub_timeout=int(CELL_BOUND),
            raise_on_iopub_timeout=True,
            resources={"metadata": {"path": str(path.parent)}},
        )

    @classmethod
    @contextmanager
    def opened(cls, path: Path, kit: Kit, bound: float = CELL_BOUND) -> Iterator[Kernel]:
        """A notebook in a new kernel, which is shut down in the end; `bound` is each cell's, in seconds."""
        kernel = cls(path, bound)
        ours = {"PYTHONPATH": str(kit.checker), "TMPDIR": str(kit.temporary), "LANGUAGE": "en", "CHAT_LANG": "en"}
        with kernel.client.setup_kernel(env={**os.environ, **ours}):
            kernel._before = kernel._belongings()
            yield kernel

    def runs_all(self) -> None:
        """Every cell in order. Raises `Wrong` where one hangs, raises and is not tagged for it, or does not and is."""
        for at, node in enumerate(self.node.cells):
            cell = Cell(at, node)
            try:
                self.client.execute_cell(node, at)
            except CellExecutionError as error:
                raise Wrong(f"{cell.name} raises: {error}") from None
            except CellTimeoutError:
                raise Wrong(f"{cell.name} hangs") from None
            if TO_RAISE in cell.tags and all(output.output_type != "error" for output in node.outputs):
                raise Wrong(f"{cell.name} was to raise an exception")

    def points(self, number: int) -> list[tuple[int, int]]:
        """The points that each cell `%check NUMBER`, the whole lab, has shown: how many, of how many."""
        found = []
        for node in self.node.cells:
            if node.source.strip() == f"%check {number}":
                shown = "".join(output.data["text/plain"] for output in node.outputs if "data" in output)
                score, most = POINTS.findall(shown)[-1]
                found.append((int(score), int(most)))
        return found

    def left(self) -> list[str]:
        """Processes and open ports of the kernel that were not there when it started."""
        return sorted(self._belongings() - self._before)

    def _belongings(self) -> set[str]:
        process: Any = self.client.km.provisioner.pid
        listening = [one for one in psutil.Process(process).net_connections("tcp") if one.status == psutil.CONN_LISTEN]
        return {f"process {one}" for one in descendants(process)} | {f"port {one.laddr.port}" for one in listening}
