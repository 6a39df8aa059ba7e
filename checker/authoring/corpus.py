"""The corpus of wrong and right programs: each stored as a change to a program, with exactly what it must lose."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checker.grading.engine import Engine
from checker.grading.model import CheckResult
from checker.grading.rubric import load, names
from checker.grading.submission import AskedWrongly
from checker.hinting import named
from checker.stage import containment
from checker.texts import _

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]


class BadCase(AskedWrongly):
    """A corpus entry that cannot be read or built: says which one and why."""


@dataclass(frozen=True)
class Case:
    """One program of the corpus. `loses` and `skips` are the exact ids that fail and that are skipped for it, `causes` those
    of the likely causes that are named for what it loses."""

    lab: str
    name: str
    why: str
    loses: frozenset[str]
    skips: frozenset[str]
    base: str | None = None
    program: str = "server"
    replace: tuple[tuple[str, str], ...] = ()
    folder: Path | None = None
    causes: frozenset[str] = frozenset()

    @property
    def right(self) -> bool:
        """Whether this is a right program: it keeps every point."""
        return not self.loses

    def build(self, root: Path, target: Path) -> dict[str, Path]:
        """Write the program's files below `target`; those it does not have are the lab's solution."""
        lab = load(self.lab)
        solution = root / "solutions" / self.lab
        shutil.copytree(solution, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        if self.folder is not None:
            shutil.copytree(self.folder, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.toml"))
        else:
            (target / f"{self.program}.py").write_text(self._changed(root), encoding="utf-8")
        return {program: target / f"{program}.py" for program in lab.programs if (target / f"{program}.py").exists()}

    def _changed(self, root: Path) -> str:
        source = (root / str(self.base)).read_text(encoding="utf-8")
        for old, new in self.replace:
            if source.count(old) != 1:
                said = _("{text} occurs {count} times in {path}, not once")
                said = said.format(text=repr(old), count=source.count(old), path=self.base)
                raise BadCase(f"{self.lab}/{self.name}: {said}")
            source = source.replace(old, new)
        return source


@dataclass(frozen=True)
class Disagreement:
    """What happened to a case and should not have, and the other way round: ids of checks, and of causes. False where it is
    empty."""

    lost: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    not_skipped: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    not_told: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.lost, self.kept, self.skipped, self.not_skipped, self.told, self.not_told))


@dataclass
class Played:
    """What became of a case. `proved` where it was seen what lies unread and who waits for what (rest is "procfs"): elsewhere
    fewer causes can be told."""

    case: Case
    results: list[CheckResult] = field(default_factory=list)
    proved: bool = True

    @property
    def lost(self) -> list[str]:
        """Ids that failed (or ended in the checker's own error)."""
        return [one.id for one in self.results if one.outcome in ("failed", "error")]

    @property
    def skipped(self) -> list[str]:
        """Ids that were skipped."""
        return [one.id for one in self.results if one.outcome == "skipped"]

    @property
    def causes(self) -> set[str]:
        """Ids of the causes that were named."""
        return {one.cause.id for one in self.results if one.cause is not None}

    @property
    def disagreement(self) -> Disagreement:
        """In what it is not exactly as foretold."""
        lost, skipped, told = set(self.lost), set(self.skipped), self.causes
        return Disagreement(
            lost=tuple(sorted(lost - self.case.loses)),
            kept=tuple(sorted(self.case.loses - lost)),
            skipped=tuple(sorted(skipped - self.case.skips)),
            not_skipped=tuple(sorted(self.case.skips - skipped)),
            told=tuple(sorted(told - self.case.causes)),
            not_told=tuple(sorted(self.case.causes - told)) if self.proved else (),
        )


def cases(folder: Path) -> Iterator[Case]:
    """Every case below tests/corpus, by lab and name."""
    for path in sorted(folder.glob("lab*/*")):
        if path.suffix == ".toml":
            yield _case(path, path.stem, None)
        elif (path / "case.toml").exists():
            yield _case(path / "case.toml", path.name, path)


def _case(path: Path, name: str, folder: Path | None) -> Case:
    lab = path.parent.name if folder is None else folder.parent.name
    if lab not in names():
        raise BadCase(f"{lab}/{name}: " + _("there is no lab of that name"))
    rules = load(lab)
    try:
        facts: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        if any(len(pair) != 2 for pair in facts.get("replace", ())):
            raise ValueError(_("replace takes pairs, an old text and a new one"))
        for id_ in (*facts["loses"], *facts.get("skips", ())):
            named(rules, id_)
        return Case(
            lab=lab,
            name=name,
            why=facts["why"],
            loses=frozenset(facts["loses"]),
            skips=frozenset(facts.get("skips", ())),
            base=facts.get("base"),
            program=facts.get("program", rules.programs[0]),
            replace=tuple((old, new) for old, new in facts.get("replace", ())),
            folder=folder,
            causes=frozenset(facts.get("causes", ())),
        )
    except KeyError as missing:
        raise BadCase(f"{lab}/{name}: " + _("{what} is missing").format(what=missing)) from None
    except (ValueError, AskedWrongly) as error:
        raise BadCase(f"{lab}/{name}: {error}") from None


def play(engine: Engine, case: Case, root: Path, target: Path) -> Played:
    """Build a case below `target` and grade it."""
    proved = containment.choose(engine.settings).rest == "procfs"
    return Played(case, list(engine.run(load(case.lab), case.build(root, target))), proved)
