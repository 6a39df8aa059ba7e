"""How a lab is told: its checks are functions, their docstrings the titles, decorators say what they are worth."""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from checker.grading.model import Evidence
from checker.grading.submission import AskedWrongly
from checker.paths import as_known
from checker.texts import _

Scene = TypeVar("Scene", bound=Callable[..., Any])


def points(worth: int) -> Callable[[Scene], Scene]:
    """What a check is worth: all of it or nothing."""
    return _set(points=worth)


def hints(question: str, pointer: str, skeleton: str) -> Callable[[Scene], Scene]:
    """Three hints, each giving away more than the one before."""
    return _set(hints=(question, pointer, skeleton))


def after(*scenes: Callable[..., Any]) -> Callable[[Scene], Scene]:
    """What this check builds on: where one of those did not pass, this one is skipped."""
    return _set(after=scenes)


def evidence(kind: Evidence) -> Callable[[Scene], Scene]:
    """What the verdict rests on, where that is not the wire."""
    return _set(evidence=kind)


def _set(**facts: Any) -> Callable[[Scene], Scene]:
    def mark(scene: Scene) -> Scene:
        for name, value in facts.items():
            setattr(scene, name, value)
        return scene

    return mark


@dataclass(frozen=True)
class Check:
    """One row of a lab. `needs` are the names of the scene's parameters: what is to be set up for it."""

    id: str
    title: str
    points: int
    hints: tuple[str, str, str]
    after: tuple[str, ...]
    evidence: Evidence
    scene: Callable[..., Any]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Lab:
    """One lab: `programs` are "server", "client" or both; `read` the notebook that teaches it, where the kit has it."""

    name: str
    title: str
    programs: tuple[str, ...]
    read: str | None
    checks: tuple[Check, ...]
    module: ModuleType

    @property
    def number(self) -> int:
        """3 for lab3_broadcast."""
        return number_of(self.name)

    @property
    def max(self) -> int:
        """The points of all checks together."""
        return sum(check.points for check in self.checks)

    @property
    def no_mistakes(self) -> tuple[str, ...]:
        """Ids of the likely causes that are no mistakes in this lab (`NO_MISTAKES` in its file, if it has that)."""
        return tuple(getattr(self.module, "NO_MISTAKES", ()))

    def check(self, id_: str) -> Check:
        """The check of that id; raises KeyError."""
        return next((check for check in self.checks if check.id == id_), None) or _unknown(id_)


def _unknown(id_: str) -> Check:
    raise KeyError(id_)


@dataclass(frozen=True)
class Named:
    """A lab by its name: its module is imported only where somebody asks for more than that."""

    name: str

    @property
    def number(self) -> int:
        """3 for lab3_broadcast."""
        return number_of(self.name)

    @property
    def programs(self) -> tuple[str, ...]:
        """See `Lab`."""
        return load(self.name).programs


def number_of(name: str) -> int:
    """3 for lab3_broadcast."""
    return int(name.partition("_")[0].removeprefix("lab"))


def names() -> list[str]:
    """Every lab's name in order. A new lab is a file in `checker/labs/`; nothing else has to be told of it."""
    import checker.labs

    found = [name for _finder, name, _package in pkgutil.iter_modules(checker.labs.__path__) if name.startswith("lab")]
    return sorted(found, key=number_of)


@functools.cache
def load(name: str) -> Lab:
    """Import a lab's module and collect its checks, in the order in which they are written. Raises `AskedWrongly` where one
    of them does not say what every check has to."""
    module = importlib.import_module(f"checker.labs.{name}")
    for fact in ("TITLE", "PROGRAMS", "READ"):
        if not hasattr(module, fact):
            said = _("{file}: there is no {fact} in it, which every lab says of itself")
            raise AskedWrongly(said.format(file=as_known(Path(inspect.getfile(module))), fact=fact))
    # Scenes shared between labs live in other modules; the lab lists what it plays, in order, or defines it itself.
    scenes = getattr(module, "CHECKS", None) or [
        scene for key, scene in vars(module).items() if key.startswith("check_") and callable(scene)
    ]
    checks = tuple(_check(scene) for scene in scenes)
    return Lab(name, module.TITLE, tuple(module.PROGRAMS), _there(module.READ), checks, module)


def _there(notebook: str) -> str | None:
    return notebook if (Path(__file__).parents[2] / notebook.partition("#")[0]).exists() else None


def _check(scene: Any) -> Check:
    title = (inspect.getdoc(scene) or "").split("\n\n")[0].replace("\n", " ")
    for there, said in (
        (title, _("{file}: {check} has no docstring, which is the check's title")),
        (hasattr(scene, "points"), _("{file}: {check} has no @points(...) above it, which says what it is worth")),
        (hasattr(scene, "hints"), _("{file}: {check} has no @hints(...) above it: three of them")),
    ):
        if not there:
            raise AskedWrongly(said.format(file=as_known(Path(inspect.getfile(scene))), check=scene.__name__))
    return Check(
        id=_id(scene),
        title=title,
        points=scene.points,
        hints=scene.hints,
        after=tuple(_id(other) for other in getattr(scene, "after", ())),
        evidence=getattr(scene, "evidence", "wire"),
        scene=scene,
        needs=tuple(inspect.signature(scene).parameters),
    )


def _id(scene: Any) -> str:
    return str(scene.__name__).removeprefix("check_")
