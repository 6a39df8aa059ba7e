"""Which wrong programs are asked about, and what there is to choose from: by a seed alone, so that it can be repeated."""

from __future__ import annotations

import itertools
import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from checker.authoring.corpus import Case, cases
from checker.grading.rubric import Check, Lab, load

CHOICES = 4
ALIKE = 2
"""Of the other mistakes to choose from, those that lose the same check."""


@dataclass(frozen=True)
class Question:
    """A wrong program and the check that it is played against. `checks` are those to choose from, empty where it loses so many
    that there is no choice: then only why is asked, and `whys` are to choose from."""

    case: Case
    lab: Lab
    check: Check
    checks: tuple[Check, ...]
    whys: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        """The program's lab and its name."""
        return self.case.lab, self.case.name


def wrong_programs(corpus: Path, labs: Collection[str]) -> dict[str, list[Case]]:
    """The programs that can be asked about, by lab: wrong ones made by a change to a right one that can be shown, and for
    something that happens when they run."""
    found: dict[str, list[Case]] = {lab: [] for lab in labs}
    for case in cases(corpus):
        if case.lab in found and case.replace and _lost(case):
            found[case.lab].append(case)
    return found


def questions(
    programs: dict[str, list[Case]], number: int, seed: int, known: Collection[tuple[str, str]] = ()
) -> Iterator[Question]:
    """First `number` questions, spread over the labs in their order and over the checks; then, as a reserve, all others.
    Programs that are `known` come last in each lab."""
    rng = random.Random(seed)
    asked: set[str] = set()
    reserve: list[Question] = []
    for lab, count in _spread({lab: len(some) for lab, some in programs.items()}, number).items():
        order = _in_turn(programs[lab], rng, known)
        order.sort(key=lambda one: ((one[1].lab, one[1].name) in known, one[0].id in asked))
        made = [_question(case, check, programs[lab], rng) for check, case in order]
        asked |= {one.check.id for one in made[:count]}
        yield from made[:count]
        reserve += made[count:]
    rng.shuffle(reserve)
    yield from reserve


def _spread(there: dict[str, int], number: int) -> dict[str, int]:
    """How many of each lab's are taken: as evenly as they are there."""
    counts = dict.fromkeys(there, 0)
    for lab in itertools.islice(itertools.cycle(there), number * len(there)):
        if sum(counts.values()) < number and counts[lab] < there[lab]:
            counts[lab] += 1
    return counts


def _in_turn(programs: Sequence[Case], rng: random.Random, known: Collection[tuple[str, str]]) -> list[tuple[Check, Case]]:
    """Each program once, with one of the checks that it loses: check after check has its turn."""
    by_check: dict[Check, list[Case]] = {}
    for case in rng.sample(programs, len(programs)):
        lost = _lost(case)
        for check in lost if _passed(case) else lost[:1]:
            by_check.setdefault(check, []).append(case)
    for group in by_check.values():
        group.sort(key=lambda case: (case.lab, case.name) in known)
    order: list[tuple[Check, Case]] = []
    taken: set[str] = set()
    checks = rng.sample(list(by_check), len(by_check))
    while len(taken) < len(programs):
        for check in checks:
            for case in [one for one in by_check[check] if one.name not in taken][:1]:
                taken.add(case.name)
                order.append((check, case))
    return order


def _lost(case: Case) -> list[Check]:
    """The checks that it loses by something that happens."""
    return [check for check in load(case.lab).checks if check.id in case.loses and check.evidence != "text"]


def _passed(case: Case) -> list[Check]:
    """Those of its lab that play with it and that it passes; none where they are too few to choose from."""
    lab = load(case.lab)
    told = getattr(lab.module, "programs_of", None)
    passed = [
        check
        for check in lab.checks
        if check.id not in case.loses | case.skips
        and check.evidence != "text"
        and (told is None or case.program in told(check.id))
    ]
    return passed if len(passed) >= CHOICES - 1 else []


def _question(case: Case, check: Check, programs: Sequence[Case], rng: random.Random) -> Question:
    passed = _passed(case)
    checks = [check, *rng.sample(passed, CHOICES - 1)] if passed else []
    whys = [case.why, *(one.why for one in _other_mistakes(case, check, programs, rng))]
    rng.shuffle(checks)
    rng.shuffle(whys)
    return Question(case, load(case.lab), check, tuple(checks), tuple(whys))


def _other_mistakes(case: Case, check: Check, programs: Sequence[Case], rng: random.Random) -> list[Case]:
    """Other wrong programs of the lab, some of which lose the same check; none with the same cause, which could be true of
    this one as well."""
    others = [
        one
        for one in rng.sample(programs, len(programs))
        if one is not case and one.program == case.program and not one.causes & case.causes
    ]
    alike = [one for one in others if check.id in one.loses]
    rest = [one for one in others if one not in alike]
    order = [*alike[:ALIKE], *rest, *alike[ALIKE:]]
    return order[: CHOICES - 1]
