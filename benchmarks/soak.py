"""Grade a submission again and again with every core kept busy, and say what ever differed.

    python benchmarks/soak.py --runs 50 -- grade 1-6 --submission solutions

A busy process is pinned to each core for the whole time, and at the end its share of the processor is asserted: a soak
under a load that was not there proves nothing. Everything after `--` is a command of the checker's.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter

SPIN = "while True: pass"
LEAST_SHARE = 0.1
"""Of its core, for each busy process; it has to be running or waiting for the core nearly all the time as well."""


def main() -> int:
    """Run the soak; 0 where no verdict ever differed from a pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    burners = [_burner(core) for core in cores]
    began = time.monotonic()
    lost: Counter[str] = Counter()
    scores: Counter[str] = Counter()
    try:
        for run in range(options.runs):
            grade = _grade(options.command)
            scores[f"{grade['score']}/{grade['max']}{'' if grade['complete'] else ' incomplete'}"] += 1
            for lab in grade["labs"]:
                for check in lab["checks"]:
                    if check["outcome"] != "passed":
                        lost[f"{lab['lab']}/{check['id']} ({check['ended_by']}): {check['message']}"] += 1
            print(f"run {run + 1}: {grade['score']} of {grade['max']}", flush=True)
        elapsed = time.monotonic() - began
        for core, burner in zip(cores, burners, strict=True):
            ran, waited = _schedule(burner.pid)
            print(
                f"core {core}: its busy process ran {ran / elapsed:.0%} of the time and waited {waited / elapsed:.0%}"
            )
            assert ran >= LEAST_SHARE * elapsed and ran + waited >= 0.95 * elapsed, "the load was not there"
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()
    print(
        f"{options.runs} runs in {elapsed:.0f} s:",
        ", ".join(f"{count} times {score}" for score, count in scores.items()),
    )
    for what, count in lost.items():
        print(f"  {count} times lost {what}")
    return 1 if lost else 0


def _burner(core: int) -> subprocess.Popen[bytes]:
    burner = subprocess.Popen([sys.executable, "-c", SPIN])
    os.sched_setaffinity(burner.pid, {core})
    return burner


def _grade(command: list[str]) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "checker", *command, "--json", "-"], capture_output=True, text=True
    )
    if done.returncode not in (0, 1, 3) or not done.stdout:
        raise SystemExit(f"the checker failed with status {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout)


def _schedule(pid: int) -> tuple[float, float]:
    """Seconds that a process ran and that it waited for a core (proc(5): schedstat, in nanoseconds)."""
    with open(f"/proc/{pid}/schedstat", "rb") as file:
        ran, waited, _slices = file.read().split()
    return int(ran) / 1e9, int(waited) / 1e9


if __name__ == "__main__":
    sys.exit(main())
