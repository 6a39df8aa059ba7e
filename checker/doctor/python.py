"""Which Python this is, whether it is the kit's, and whether it has what the kit needs."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from checker.doctor.finding import Finding
from checker.grading.submission import AskedWrongly, find_root
from checker.paths import as_known
from checker.setup.obstacles import of_the_python
from checker.setup.place import Place
from checker.texts import _

START = "py start.py" if os.name == "nt" else "python3 start.py"


def look(place: Place) -> Iterator[Finding]:
    """Version, environment, packages, and which copy of the kit it is."""
    yield _version()
    yield _environment(place)
    yield _packages(place)
    yield _copy(place)


def _version() -> Finding:
    fact = f"Python {platform.python_version()}, {os.path.abspath(sys.executable)}"
    notes = list(of_the_python())
    if notes:
        return Finding("note", fact, " ".join(notes))
    return Finding("good", fact, _("The kit is made for Python 3.10 to 3.13."))


def _environment(place: Place) -> Finding:
    if place.is_ours():
        fact = _("It is the kit's own environment, .venv.")
        return Finding("good", fact, _("It has what the kit needs, and what you install elsewhere cannot disturb it."))
    if sys.prefix == sys.base_prefix:
        fact = _("It is in no environment.")
        means = _("Its packages are those of everything on this machine: what another program needs may change them.")
    else:
        fact = _("It is in another environment, {folder}.").format(folder=sys.prefix)
        means = _("That is fine as long as the packages below are there, and your notebooks run on it, too.")
    if place.python.exists():
        todo = _("The kit has an environment of its own. Type  {python}  in place of  python.")
        return Finding("note", fact, means, todo.format(python=as_known(place.python)))
    return Finding("note", fact, means, _("{start}  makes an environment for the kit alone.").format(start=START))


def _packages(place: Place) -> Finding:
    found, wrong = [], []
    for name, lowest in place.wanted().items():
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            wrong.append(_("{name} is missing").format(name=name))
            continue
        found.append(f"{name} {version}")
        if _numbers(version) < _numbers(lowest):
            wrong.append(_("{name} is {version}, needed is {lowest}").format(name=name, version=version, lowest=lowest))
    if not wrong:
        return Finding("good", ", ".join(found) or "-", _("The packages that the kit needs are there."))
    means = _("The checker or the notebooks will stop at the first line that needs one of them.")
    todo = _("{start}  makes an environment that has them all; or type  {pip}").format(
        start=START, pip=f"{sys.executable} -m pip install -r {as_known(place.requirements)}"
    )
    return Finding("bad", _("Of the packages that the kit needs: ") + ", ".join(wrong), means, todo)


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers that a version begins with: 4.2.0rc1 is (4, 2, 0), which is near enough for a lowest one."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, found[0].split("."))) if found else ()


def _copy(place: Place) -> Finding:
    """Whether the checker that runs is of the kit that the reader works in."""
    try:
        here = find_root(Path.cwd())
    except AskedWrongly:
        fact = _("The kit lies in {kit}; you are in {here}.").format(kit=place.kit, here=Path.cwd())
        return Finding(
            "note", fact, _("The checker grades the labs of the folder that you are in."), f"cd '{place.kit}'"
        )
    if here.resolve() == place.kit:
        return Finding(
            "good", _("The kit lies in {kit}.").format(kit=place.kit), _("You are in it, and this is its checker.")
        )
    return Finding(
        "bad",
        _("You are in {here}, but this checker is of {kit}.").format(here=here, kit=place.kit),
        _("There are two copies of the kit: what you write in the one is not what you read about in the other."),
        _("Work in one of them: cd '{kit}', or in the other one type  {start}").format(kit=place.kit, start=START),
    )
