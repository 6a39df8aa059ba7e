"""`pack`: the hand-in, a zip of `labs/` with a manifest of what is in it and which points were seen."""

from __future__ import annotations

import argparse
import io
import platform
import sys
import time
import warnings
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from checker import edition, memory
from checker.authoring.stubs import is_untouched
from checker.grading import rubric
from checker.grading.submission import PROGRAMS, AskedWrongly, find_root
from checker.handin import folder, manifest
from checker.handin.listing import LARGEST, Budget, File, Unreadable, is_fit
from checker.report import outfile, packed
from checker.report.pen import Pen
from checker.stage.source import read_source
from checker.texts import _

KEPT = {".py", ".txt", ".md", ".json", ".toml", ".csv", ".ini", ".cfg"}
"""Suffixes of what a program may need."""
LARGEST_BESIDE = 256 << 10
"""Bytes of a file that is no Python."""
FIRST_YEAR, LAST_YEAR = 1980, 2107
"""Of which a zip can tell the time."""
ORDINARY = 0o100644
UNIX = 3


@dataclass
class Hand:
    """What is handed in: `files` by path below `labs/`, sentences on what is left out, and what is wrong with a file."""

    files: dict[str, File] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)


def pack(options: argparse.Namespace) -> int:
    """`pack`: write the zip and say what is inside. Returns the exit status."""
    root = find_root(Path.cwd())
    target = _target(options.to, root)
    hand = collected(root / "labs")
    if not hand.files:
        raise AskedWrongly(_("there is nothing to pack in {path}").format(path=root / "labs"))
    if hand.problems and not options.anyway:
        _refuse(hand.problems)
    labs = [_lab(name, hand, root) for name in rubric.names()]
    data = zipped(hand.files, labs)
    replaced = target.exists()
    try:
        outfile.write(data, target)
    except OSError as error:
        raise AskedWrongly(_("the zip could not be written: {error}").format(error=error)) from None
    pen = Pen(sys.stdout)
    within = {f"{lab.lab}/{name}" for lab in labs for name, _size in lab.files}
    packed.show(pen, labs, [(path, len(file.data)) for path, file in sorted(hand.files.items()) if path not in within])
    for sentence in hand.left_out:
        pen.paragraph(sentence, "warn")
    for path in hand.problems:
        pen.paragraph(_("{path} cannot be run as it is: its checks will be lost.").format(path=path), "bad")
    packed.end(pen, labs, len(hand.files), len(data), str(target), replaced)
    return 0


def _target(to: Path | None, root: Path) -> Path:
    name = time.strftime("chat-lab-%Y%m%d-%H%M.zip")
    if to is None:
        return root / name
    to = to.absolute()
    if to.is_dir():
        return to / name
    if not to.parent.is_dir():
        raise AskedWrongly(_("there is no folder {path}").format(path=to.parent))
    return to if to.suffix.lower() == ".zip" else to.with_name(f"{to.name}.zip")


def _refuse(problems: dict[str, str]) -> None:
    pen = Pen(sys.stderr)
    for problem in problems.values():
        pen.paragraph(problem, "bad")
    pen.flush()
    said = _("not packed, because of {files}: correct that, or pack it as it is with --anyway")
    raise AskedWrongly(said.format(files=", ".join(problems)))


# What is in it


def collected(labs: Path) -> Hand:
    """Everything in `labs` that belongs to a hand-in."""
    hand = Hand()
    budget = Budget()
    try:
        listing = folder.listed(labs)
        hand.left_out += listing.notes
        for path, entry in sorted(listing.entries.items()):
            suffix = Path(path).suffix.lower()
            most = LARGEST if suffix == ".py" else LARGEST_BESIDE
            data = budget.read(entry, most + 1) if suffix in KEPT and is_fit(path) else None
            if data is not None and len(data) <= most:
                hand.files[path] = File(data, entry.saved)
                problem = _problem(labs / path, path, data) if suffix == ".py" else None
                if problem is not None:
                    hand.problems[path] = problem
            else:
                reason = _("no text that a program needs") if data is None else _("it is too large")
                hand.left_out.append(_("left out: {path} ({reason})").format(path=path, reason=reason))
    except Unreadable as error:
        raise AskedWrongly(_("{path} cannot be packed: {reason}").format(path=labs, reason=error)) from None
    return hand


def _problem(file: Path, path: str, data: bytes) -> str | None:
    """What keeps a file from being run, and what to do. A module of one's own may be empty, a lab's program may not."""
    lab, _slash, name = path.partition("/")
    is_program = lab in rubric.names() and name.removesuffix(".py") in PROGRAMS
    return read_source(file).problem if is_program or not _compiles(data, path) else None


def _compiles(data: bytes, path: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # printed when the program runs, not here
            compile(data, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _lab(name: str, hand: Hand, root: Path) -> packed.PackedLab:
    files = {path.partition("/")[2]: file for path, file in hand.files.items() if path.startswith(f"{name}/")}
    lab = packed.PackedLab(name, [(inner, len(file.data)) for inner, file in sorted(files.items())])
    lab.max = rubric.load(name).max
    programs = [inner for inner in files if inner.removesuffix(".py") in PROGRAMS]
    lab.programs = len(programs)
    lab.stubs = [one for one in programs if is_untouched(files[one].data.decode("utf-8", "replace"))]
    digests = {inner: manifest.digest(file.data) for inner, file in files.items() if inner.endswith(".py") and "/" not in inner}
    seen = memory.points_seen(_places(root), name, digests)
    if seen is not None:
        lab.points, lab.seen = seen
    return lab


def _places(root: Path) -> list[Path]:
    """Folders in which a student may have graded: what is kept of it lies in the one that was current."""
    labs = root / "labs"
    return [Path.cwd(), root, root / "notebooks", labs, *(labs / name for name in rubric.names())]


# The zip


def zipped(files: dict[str, File], labs: list[packed.PackedLab]) -> bytes:
    """The hand-in as a zip: the same files give the same bytes, but for the time in the manifest."""
    now = time.time()
    facts = {
        **edition.facts(),
        "python": platform.python_version(),
        "platform": f"{platform.system()}-{platform.release()}-{platform.machine()}",
        "packed": _utc(now),
        "files": [
            {"path": f"labs/{path}", "sha256": manifest.digest(file.data), "size": len(file.data)}
            for path, file in sorted(files.items())
        ],
        "labs": {
            lab.lab: {"points": lab.points, "max": lab.max, "seen": _utc(lab.seen) if lab.seen else None}
            for lab in labs
            if lab.files
        },
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_member(manifest.NAME, now), manifest.to_bytes(facts))
        for path, file in sorted(files.items()):
            archive.writestr(_member(f"labs/{path}", file.saved), file.data)
    return buffer.getvalue()


def _utc(when: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))


def _member(path: str, saved: float) -> zipfile.ZipInfo:
    year, *rest = time.localtime(saved)[:6]
    when = (year, *rest) if FIRST_YEAR <= year <= LAST_YEAR else (FIRST_YEAR, 1, 1, 0, 0, 0)
    member = zipfile.ZipInfo(path, when)  # type: ignore[arg-type]
    member.create_system, member.external_attr, member.compress_type = UNIX, ORDINARY << 16, zipfile.ZIP_DEFLATED
    return member
