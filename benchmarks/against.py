"""How much a grade costs now against an earlier revision: `python benchmarks/against.py REVISION [--runs N]`.

Both trees grade the same right programs, by turns in one run, so that each ratio is between neighbours on the same machine
in the same second; the median of the ratios is printed, for processor time (of the whole tree of processes) and wall clock.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from grade import ROOT, Command

LABS = ("lab1", "lab2", "lab3", "lab4", "lab5", "lab6")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revision", help="what to compare with, as git names it")
    parser.add_argument("--runs", type=int, default=15, metavar="N", help="runs that the medians are of (default: 15)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chat-lab-benchmark-") as folder:
        before = Path(folder) / "before"
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", before, options.revision], cwd=ROOT, check=True)
        try:
            _measure(before, Path(folder), options.runs)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", before], cwd=ROOT, check=True)


def _measure(before: Path, folder: Path, runs: int) -> None:
    print(f"now / before, medians of {runs} runs\n{'':8}{'processor':>10}{'wall clock':>12}")
    for lab in LABS:
        grade = [sys.executable, "-m", "checker", "grade", lab, "--submission", ROOT / "solutions", "--seed", "1"]
        kept = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "byte-code")}
        trees = [Command(grade, {"PYTHONPATH": str(tree), **kept}, folder) for tree in (ROOT, before)]
        for tree in trees:
            tree.run()  # once before: files are in the cache, byte code is written
        pairs = [(trees[0].run(), trees[1].run()) for _run in range(runs)]
        processor = statistics.median(now.processor / then.processor for now, then in pairs)
        wall = statistics.median(now.wall / then.wall for now, then in pairs)
        print(f"{lab:8}{processor:9.2f}x{wall:10.2f}x", flush=True)


if __name__ == "__main__":
    os.environ.pop("PYTHONPATH", None)
    main()
