"""Whether files tell a solution: lines of a part to write, one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from checker.authoring.stubs import BEGIN, END

RUN = 4
"""So many lines of a part in a row are the part."""
_OF_NOTEBOOKS = re.compile(r'^"(?P<line>.*?)(?:\\n)?",?$')
_TRIVIAL = frozenset(("try:", "else:", "finally:", "pass", "return", "break", "continue", "while True:", ")", "]", "}"))


@dataclass
class Found:
    """`told`: what is where it must not be, as facts of a message. `taught`: parts that a notebook has. `given`: "lab1_echo
    in lab2_duo", where another lab's stub has a part, as the labs build on each other."""

    parts: int = 0
    told: list[dict[str, str]] = field(default_factory=list)
    taught: set[str] = field(default_factory=set)
    given: list[str] = field(default_factory=list)


def search(files: Mapping[str, bytes], solutions: Mapping[str, str]) -> Found:
    """Look for every part of `solutions` (sources by path) in `files`."""
    found = Found()
    given = set()
    lines = {name: _lines(data.decode("utf-8", "replace"), name) for name, data in files.items()}
    for solution, source in solutions.items():
        lab = PurePosixPath(solution).parts[1]
        for number, part in parts(source):
            found.parts += 1
            runs = {tuple(part[at : at + RUN]) for at in range(max(1, len(part) - RUN + 1))}
            for name, there in lines.items():
                run = _first(runs, there)
                if run is None:
                    continue
                if name.startswith("notebooks/"):
                    found.taught.add(f"{solution}: TODO {number}")
                elif other := _other_lab(name, lab):
                    given.add(f"{lab} in {other}")
                else:
                    found.told.append({"file": name, "solution": solution, "line": run[0]})
    found.given = sorted(given)
    return found


def parts(source: str) -> Iterator[tuple[str, list[str]]]:
    """The parts to write of a solution: their numbers, and the lines of code."""
    number, part = "", list[str]()
    for line in source.splitlines():
        if begin := BEGIN.match(line):
            number, part = begin["number"], []
        elif END.match(line):
            yield number, _lines("\n".join(part))
        else:
            part.append(line)


def _lines(text: str, name: str = "") -> list[str]:
    """The lines that say something, without blanks around them and comments behind them."""
    lines = (line.strip() for line in text.splitlines())
    if name.endswith(".ipynb"):
        lines = (
            (found["line"].replace('\\"', '"').strip() if (found := _OF_NOTEBOOKS.match(line)) else line) for line in lines
        )
    told = (line.split("  #")[0].rstrip() for line in lines)
    return [line for line in told if line and not line.startswith("#") and line not in _TRIVIAL]


def _first(runs: set[tuple[str, ...]], lines: list[str]) -> tuple[str, ...] | None:
    """The first run that is there; a part shorter than a run is looked for as a whole."""
    for length in {len(run) for run in runs}:
        for at in range(len(lines) - length + 1):
            if (here := tuple(lines[at : at + length])) in runs:
                return here
    return None


def _other_lab(name: str, lab: str) -> str | None:
    """The lab whose stub `name` is, if that is not `lab`."""
    found = re.fullmatch(r"(?:labs|checker/pristine)/(lab\d+_[^/]+)/.*", name)
    return found[1] if found and found[1] != lab else None
