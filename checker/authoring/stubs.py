"""Cut the stubs that students start from out of the solutions, so that the two can never drift apart.

A part to write is marked in a solution by comments that read well there, too:

    # TODO 1 of 3: What to do, in as many comment lines as it takes.
    # Unlocks: the ids of the checks that this part earns.
    the code
    # until then: what the stub runs in place of the code (optional, any number of such lines)
    # end TODO

In the stub the instructions stay and the code goes. Where no `until then` says what runs instead, the stub
prints "TODO 1 is not written yet" and returns.

The last line of a stub is its seal, a digest of the rest. It tells a stub that nobody has touched from a
student's work, also after the solution has changed.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from checker.facts import NOT_WRITTEN
from checker.texts import _

BEGIN = re.compile(r"(?P<indent> *)# TODO (?P<number>\d+) of (?P<total>\d+): \S")
_UNTIL_THEN = re.compile(r" *# until then: (?P<code>.+)")
END = re.compile(r" *# end TODO$")
"""The first line of a part, and the one after its last."""
_SEAL = re.compile(r"# Seal of an untouched stub: (?P<digest>[0-9a-f]{16})\n\Z")


class BadMarkers(ValueError):
    """The comments that mark the parts to write do not fit together; the message names the line."""


class NotAStub(Exception):
    """A file in the way is not a stub that this module made, or not any more; `path` is the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            _("{path} is not an untouched stub, so it is left alone. Write elsewhere, or force it.").format(
                path=path
            )
        )


def cut(source: str) -> str:
    """Return the stub of a solution's `source`, sealed.

    A source without parts to write (a module that a lab is given) comes back whole, and sealed.
    Raises BadMarkers where a mark has no partner, lies inside another, or is numbered out of turn.
    """
    stub: list[str] = []
    parts: list[int] = []
    totals: set[int] = set()
    lines = enumerate(source.splitlines(), start=1)
    for at, line in lines:
        if begin := BEGIN.match(line):
            parts.append(int(begin["number"]))
            totals.add(int(begin["total"]))
            stub += [line, *_part_to_write(begin, at, lines)]
        elif END.match(line) or _UNTIL_THEN.match(line):
            raise BadMarkers(_("line {at}: a mark without a TODO before it").format(at=at))
        else:
            stub.append(line)
    if parts != list(range(1, len(parts) + 1)) or totals - {len(parts)}:
        raise BadMarkers(
            _("{count} parts to write are numbered {parts} of {totals}").format(
                count=len(parts), parts=parts, totals=sorted(totals)
            )
        )
    body = "\n".join(stub).rstrip("\n") + "\n"
    return f"{body}\n# Seal of an untouched stub: {_digest(body)}\n"


def is_untouched(text: str) -> bool:
    """Tell whether `text` is a stub as `cut` made it, from this solution or from an earlier one."""
    seal = _SEAL.search(text)
    return seal is not None and seal["digest"] == _digest(text[: seal.start()].rstrip("\n") + "\n")


def write_stubs(solutions: Path, target: Path, force: bool = False) -> list[Path]:
    """Write the stub of every `solutions/LAB/*.py` to the same place under `target`; return what was written.

    Either all are written or none: raises NotAStub for the first file in the way that holds somebody's work
    (`force` writes over it), BadMarkers for a solution whose marks are wrong.
    """
    stubs: dict[Path, str] = {}
    for solution in sorted(solutions.glob("lab*/*.py")):
        try:
            stubs[target / solution.relative_to(solutions)] = cut(solution.read_text(encoding="utf-8"))
        except BadMarkers as error:
            raise BadMarkers(f"{solution}: {error}") from error
    if not force:
        for path in stubs:
            if os.path.lexists(path) and not _is_stub_file(path):
                raise NotAStub(path)
    for path, stub in stubs.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(stub, encoding="utf-8", newline="\n")
    return list(stubs)


def _part_to_write(begin: re.Match[str], begin_at: int, lines: Iterator[tuple[int, str]]) -> list[str]:
    """Read `lines` on to the end of the part that `begin` opened; return the stub's lines for it."""
    indent = begin["indent"]
    instructions: list[str] = []
    instead: list[str] = []
    code_began = False
    for at, line in lines:
        if BEGIN.match(line):
            raise BadMarkers(
                _("line {at}: a TODO inside the one of line {begin}").format(at=at, begin=begin_at)
            )
        if END.match(line):
            if instead:
                return [*instructions, f"{indent}# Until it is written:", *instead]
            notice = f'{indent}print("TODO {begin["number"]} {NOT_WRITTEN}")'
            return [*instructions, notice, f"{indent}return"]
        if until_then := _UNTIL_THEN.match(line):
            instead.append(indent + until_then["code"])
        elif not code_began and line.startswith(f"{indent}#"):
            instructions.append(line)
        else:
            code_began = True
    raise BadMarkers(_("line {at}: the TODO has no end").format(at=begin_at))


def _is_stub_file(path: Path) -> bool:
    """Tell whether the file is an untouched stub; what cannot be read as text is somebody's own."""
    try:
        return path.is_file() and is_untouched(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return False


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode("utf-8")).hexdigest()[:16]
