"""Hand-ins with the same bytes in them. It is told to whoever grades, and nothing is concluded from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from checker.authoring.stubs import is_untouched
from checker.grading.rubric import names
from checker.grading.submission import PROGRAMS
from checker.handin.manifest import digest
from checker.handin.received import Handed
from checker.texts import _

Digests = Mapping[str, str]
"""Digests of files by path."""

MOST_NAMED = 3


def remarks(hand_ins: Sequence[Handed], solutions: Path) -> list[list[str]]:
    """For each hand-in what is the same in others, byte for byte, or in the kit's `solutions`. What comes with the kit, and
    stubs that nobody has touched, do not count."""
    ours = {
        path.relative_to(solutions).as_posix(): digest(path.read_bytes()) for path in sorted(solutions.glob("lab*/*.py"))
    }
    own = [_own(handed, ours) for handed in hand_ins]
    has: dict[tuple[str, str], list[int]] = {}
    for number, files in enumerate(own):
        for file in files.items():
            has.setdefault(file, []).append(number)
    return [_told(number, own, has, hand_ins, ours) for number in range(len(hand_ins))]


def _own(handed: Handed, ours: Digests) -> dict[str, str]:
    """Digests of what somebody wrote, or says so."""
    own = {}
    for path, file in handed.files.items():
        if path.endswith(".py") and file.data.strip() and not is_untouched(file.data.decode("utf-8", "replace")):
            sha256 = digest(file.data)
            if _is_program(path) or ours.get(path) != sha256:
                own[path] = sha256
    return own


def _is_program(path: str) -> bool:
    return path.rpartition("/")[2].removesuffix(".py") in PROGRAMS


def _told(
    number: int,
    own: Sequence[Digests],
    has: Mapping[tuple[str, str], Sequence[int]],
    hand_ins: Sequence[Handed],
    ours: Digests,
) -> list[str]:
    files = own[number]
    solutions = sorted(path for path in files if files[path] == ours.get(path))
    told = [_("as in the kit's solutions: {files}").format(files=_list(solutions))] if solutions else []
    rest = {path: sha256 for path, sha256 in files.items() if path not in solutions}
    twins = {other for file in rest.items() for other in has[file]} - {number}
    whole = sorted(other for other in twins if own[other] == files) if rest else []
    if whole:
        names = _list([hand_ins[other].name for other in whole])
        return [*told, _("the same files as {names}, byte for byte").format(names=names)]
    for other in sorted(twins)[:MOST_NAMED]:
        both = sorted(path for path in rest if own[other].get(path) == rest[path])
        told.append(_("the same file as {name}: {files}").format(name=hand_ins[other].name, files=_list(both)))
    return told


def _list(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")


def not_begun(handed: Handed) -> str | None:
    """A sentence on the labs of which every program is an untouched stub; None where there is none."""
    labs: dict[str, list[bool]] = {}
    for path, file in handed.files.items():
        if path.count("/") == 1 and _is_program(path):
            labs.setdefault(path.partition("/")[0], []).append(is_untouched(file.data.decode("utf-8", "replace")))
    stubs = [lab for lab in names() if all(labs.get(lab, [False]))]
    return _("not begun: {labs}").format(labs=", ".join(stubs)) if stubs else None
