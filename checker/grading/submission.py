"""Which labs and which files are to be judged: from the words of a command and the folders on a disk."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from checker.paths import as_known
from checker.stage.misnamed import near_misses
from checker.texts import _

PROGRAMS = ("server", "client")
_LAB_FOLDER = re.compile(r"lab\d+_\w+")


class AskedWrongly(Exception):
    """One line: what was wrong with the command, and what would be right. Exit status 2."""


def _wrongly(sentence: str, *, path: Path, **facts: object) -> AskedWrongly:
    return AskedWrongly(sentence.format(path=as_known(path), **facts))


class LabInfo(Protocol):
    """What is to be known of a lab here; `checker.grading.rubric.Lab` is one."""

    @property
    def name(self) -> str:
        """Its folder's name: "lab3_broadcast"."""

    @property
    def number(self) -> int:
        """3 for lab3_broadcast."""

    @property
    def programs(self) -> tuple[str, ...]:
        """Of "server" and "client" those that it asks for."""


@dataclass
class Submitted:
    """One lab of a submission. `files` maps "server" and "client" to what was handed in, an absolute path, or
    to None; `missing` says what should be there and is not, and what to do (None: everything is there)."""

    lab: str
    files: dict[str, Path | None]
    missing: str | None = None


# Words to labs


def select(words: Iterable[str], names: Sequence[str]) -> list[str]:
    """The labs that `words` mean, each once, in the order of `names`; no words mean none in particular: [].

    A word is "3", "lab3", "lab3_broadcast", a path with that in it, "1-6", or several with commas between.
    Raises `AskedWrongly` for anything else.
    """
    parts = [part for word in words for part in word.split(",") if part.strip()]
    if len(parts) > 1:
        parts = [part for part in parts if part.lower() not in ("lab", "labs")]  # "grade lab 3"
    chosen = {name for part in parts for name in _meant(part.strip(), names)}
    return [name for name in names if name in chosen]


def _meant(part: str, names: Sequence[str]) -> list[str]:
    words = re.split(r"[\\/]", part.lower().rstrip("\\/"))  # a path, completed by the shell
    word = next((one for one in reversed(words) if one in names), words[-1])
    if word in names:
        return [word]
    numbers = {_number(name): name for name in names}
    span = re.fullmatch(r"(?:lab)?0*([0-9]{1,9})(?:[-–](?:lab)?0*([0-9]{1,9}))?", word)
    if span is None:
        raise AskedWrongly(_no_such_lab(part, word, names))
    first = int(span[1])
    last = int(span[2] or span[1])
    if first > last:
        raise AskedWrongly(
            _("{word} goes backwards: write {right}").format(word=part, right=f"{last}-{first}")
        )
    for number in (first, last):
        if number not in numbers:
            raise AskedWrongly(_("there is no lab {number}: ").format(number=number) + _there_are(names))
    return [name for number, name in numbers.items() if first <= number <= last]


def _number(name: str) -> int:
    return int(name.partition("_")[0].removeprefix("lab"))


def _no_such_lab(part: str, word: str, names: Sequence[str]) -> str:
    topics = {name.partition("_")[2]: name for name in names}
    near = difflib.get_close_matches(word, [*names, *topics], n=1)
    hint = _("did you mean {name}?").format(name=topics.get(near[0], near[0])) if near else _there_are(names)
    return _("there is no lab {word}: {hint}").format(word=repr(part), hint=hint)


def _there_are(names: Sequence[str]) -> str:
    return _("there are {names}").format(names=", ".join(names))


# The kit's own folder


def find_root(start: Path) -> Path:
    """The nearest folder from `start` upward that holds `labs/`; raises `AskedWrongly` where none does.

    One whose `labs/` has labs in it comes before one whose `labs/` is something else, or empty.
    """
    start = Path(os.path.abspath(start))
    holding = [folder for folder in (start, *start.parents) if (folder / "labs").is_dir()]
    for folder in holding:
        if any(_LAB_FOLDER.fullmatch(name) for name in _entries(folder / "labs")):
            return folder
    if holding:
        return holding[0]
    said = _("there is no folder labs here, nor above: go to the kit's folder (cd), or say --submission DIR")
    raise AskedWrongly(said)


def _entries(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


# A folder to labs and files


def locate(folder: Path, labs: Sequence[LabInfo], chosen: Sequence[str] = ()) -> list[Submitted]:
    """What a submission's folder holds of the `chosen` labs (none: of all `labs`).

    `folder` is a tree like `labs/`, something that contains `labs/`, or one lab's folder, by its name or
    where one lab is chosen. A lab that a tree does not have is handed in with nothing, and the reason.
    Raises `AskedWrongly` where `folder` is no submission.
    """
    folder = Path(os.path.abspath(folder))
    try:
        return _located(folder, labs, chosen)
    except OSError as error:
        raise _wrongly(_("{path} cannot be read ({reason})"), path=folder, reason=error.strerror) from None


def _located(folder: Path, labs: Sequence[LabInfo], chosen: Sequence[str]) -> list[Submitted]:
    if not folder.is_dir():
        raise _no_folder(folder)
    asked = [lab for lab in labs if lab.name in chosen] if chosen else list(labs)
    tree = _tree(folder, [lab.name for lab in labs])
    if tree is not None:
        return [_of_tree(tree, lab) for lab in asked]
    return [_of_folder(folder, _one_lab(folder, labs, asked if chosen else []))]


def _tree(folder: Path, names: Sequence[str]) -> Path | None:
    """The folder that has the labs' folders in it: `folder`, or the `labs` in it."""
    if any((folder / name).is_dir() for name in names):
        return folder
    inside = folder / "labs"
    return inside if folder.name not in names and inside.is_dir() else None


def _no_folder(folder: Path) -> AskedWrongly:
    if folder.is_file():
        if folder.suffix.lower() in (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz"):
            return _wrongly(_("{path} is an archive: unpack it, and name the folder"), path=folder)
        said = _("{path} is a file: name its folder, or say grade LAB --server FILE (or --client FILE)")
        return _wrongly(said, path=folder)
    near = difflib.get_close_matches(folder.name, _entries(folder.parent), n=1)
    if near:
        return _wrongly(_("there is no folder {path}: did you mean {name}?"), path=folder, name=near[0])
    return _wrongly(_("there is no folder {path}"), path=folder)


def _one_lab(folder: Path, labs: Sequence[LabInfo], asked: Sequence[LabInfo]) -> LabInfo:
    """The lab whose folder this is, by its name or by what was asked for."""
    own = next((lab for lab in labs if lab.name == folder.name), None)
    if own is not None:
        if asked and own not in asked:
            said = _("{path} is the folder of lab {number}, and another was asked for")
            raise _wrongly(said, path=folder, number=own.number)
        return own
    _is_one_labs(folder, labs)
    if len(asked) == 1:
        return asked[0]
    said = _("{path} holds one lab, and its name does not tell which: grade LAB --submission {path}")
    raise _wrongly(said, path=folder)


def _is_one_labs(folder: Path, labs: Sequence[LabInfo]) -> None:
    """Raise `AskedWrongly` unless it holds a program, or one saved under another name."""
    programs = [f"{program}.py" for program in PROGRAMS]
    if any((folder / name).exists() for name in programs):
        return
    entries = _entries(folder)
    for entry in entries:  # unpacking an archive often gives a folder in a folder
        if _tree(folder / entry, [lab.name for lab in labs]) is not None:
            said = _("{path} holds no labs, but {inner} does: name that one")
            raise _wrongly(said, path=folder, inner=as_known(folder / entry))
    for lab in labs:
        likely = _likely_folder(folder, lab)
        if likely is not None:
            raise _wrongly(_("{path} holds no labs. {likely}"), path=folder, likely=likely)
    if not entries:
        raise _wrongly(_("{path} is empty: name a folder like labs, or one lab's"), path=folder)
    if not any(near_misses(folder, name) for name in programs):
        raise _wrongly(_("{path} holds neither labs nor a server.py or client.py"), path=folder)


def _of_tree(tree: Path, lab: LabInfo) -> Submitted:
    folder = tree / lab.name
    if folder.is_dir():
        return _of_folder(folder, lab)
    missing = _("There is no folder {path}.").format(path=as_known(folder))
    likely = _likely_folder(tree, lab)
    return Submitted(lab.name, dict.fromkeys(PROGRAMS), f"{missing} {likely}" if likely else missing)


def _likely_folder(tree: Path, lab: LabInfo) -> str | None:
    """A sentence on a folder that was likely meant for a lab: of its number, or nearly of its name."""
    folders = [name for name in _entries(tree) if (tree / name).is_dir()]
    of_its_number = re.compile(rf"(?:lab)?[ _-]*0*{lab.number}(?:\D.*)?", re.IGNORECASE)
    numbered = [name for name in folders if of_its_number.fullmatch(name)]
    near = difflib.get_close_matches(lab.name, folders, n=1, cutoff=0.85)
    likely = [name for name in (*numbered, *near) if not _is_a_labs_name(name, lab)]
    if not likely:
        return None
    said = _("There is {found}: if that is it, rename it to {name}.")
    return said.format(found=likely[0], name=lab.name)


def _is_a_labs_name(name: str, lab: LabInfo) -> bool:
    """Whether `name` is another lab's: lab1_echo is near lab2_echo, and still not it."""
    found = re.match(r"lab(\d+)_", name)
    return found is not None and int(found[1]) != lab.number


def _of_folder(folder: Path, lab: LabInfo) -> Submitted:
    files: dict[str, Path | None] = dict.fromkeys(PROGRAMS)
    missing = []
    for program in lab.programs:
        path = folder / f"{program}.py"
        if path.exists() or path.is_symlink():  # a folder of that name: whoever reads it says so
            files[program] = path
        else:
            missing.append(_missing(path))
    return Submitted(lab.name, files, " ".join(missing) or None)


def _missing(path: Path) -> str:
    said = _("There is no {path}.").format(path=as_known(path))
    near = near_misses(path.parent, path.name)
    return f"{said} {near}" if near else said


# Files named one by one


def from_files(lab: LabInfo, server: Path | None, client: Path | None) -> Submitted:
    """A lab's programs by their paths, whatever their names. Where only one of two is named, the other's
    checks are skipped. Raises `AskedWrongly` for what the lab does not ask for or what is not there."""
    files = dict(zip(PROGRAMS, (server, client), strict=True))
    if server is None and client is None:
        raise AskedWrongly(_("name a file: --server FILE, --client FILE or both"))
    for program, given in files.items():
        if given is None:
            continue
        if program not in lab.programs:
            right = " ".join(f"--{one} FILE" for one in lab.programs)
            said = _("lab {number} asks for no {program}: say {right}")
            raise AskedWrongly(said.format(number=lab.number, program=program, right=right))
        path = files[program] = Path(os.path.abspath(given))
        if path.is_dir():
            raise _wrongly(
                _("{path} is a folder: name the file in it, or say --submission {path}"), path=path
            )
        if not path.exists():
            raise AskedWrongly(_missing(path))
    return Submitted(lab.name, files)
