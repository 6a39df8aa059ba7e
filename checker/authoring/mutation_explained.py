"""Mutants that may live: why each of them is as right as the solution, told in tests/mutants/LAB.toml.

    [[explained]]
    why = "One sentence."
    mutants = ["server.py:serve:delete-statement:connection.close()", "server.py:main:*"]

A star stands for any text: for a group of mutants that live for one reason.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker.authoring.mutation import Mutant

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]


@dataclass(frozen=True)
class Explanation:
    """Why the mutants of `lab` whose names are like `pattern` may live."""

    lab: str
    pattern: str
    why: str

    def fits(self, mutant: Mutant) -> bool:
        """Whether it is about this mutant."""
        parts = (re.escape(part) for part in self.pattern.split("*"))
        return mutant.lab == self.lab and re.fullmatch(".*".join(parts), mutant.name) is not None


def explanations(folder: Path, labs: Iterable[str]) -> list[Explanation]:
    """All that is told of some labs; a lab without a file explains nothing."""
    found = []
    for lab in labs:
        path = folder / f"{lab}.toml"
        if path.exists():
            told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
            found += [Explanation(lab, pattern, one["why"]) for one in told["explained"] for pattern in one["mutants"]]
    return found


def explained(mutant: Mutant, told: Sequence[Explanation]) -> str | None:
    """Why a mutant may live; None where nothing says so."""
    return next((one.why for one in told if one.fits(mutant)), None)


def stale(mutants: Sequence[Mutant], told: Sequence[Explanation]) -> list[Explanation]:
    """Explanations of mutants that there are no more."""
    return [one for one in told if not any(one.fits(mutant) for mutant in mutants)]
