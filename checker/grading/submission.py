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
    """One lab of a submission. `files` maps "server" and "client" to what was handed in, an absolute path, or to None;
    `missing` says what should be there and is not, and what to do (None: everything is)."""

    lab: str
    files: dict[str, Path | None]
    missing: str | None = None


# Words to labs


def select(words: Iterable[str], names: Sequence[str]) -> list[str]:
    """The labs that `words` mean, each once, in the order of `names`; no words mean none in particular: [].

    A word is "3", "lab3", "lab3_broadcast", a path that ends so, "1-6", or several of those with commas between.
    Raises `AskedWrongly` for anything else.
    """
    parts = [part for word in words for part in word.split(",") if part.strip()]
    if len(parts) > 1:
        parts = [part for part in parts if part.lower() not in ("lab", "labs")]  # "grade lab 3"
    chosen = {name for part in parts for name in _meant(part.strip(), names)}
    return [name for name in names if name in chosen]


def _meant(part: str, names: Sequence[str]) -> list[str]:
    word = re.split(r"[\\/]", part.rstrip("\\/"))[-1].lower()
    if word in names:
        return [word]
    numbers = {_number(name): name for name in names}
    span = re.fullmatch(r"(?:lab)?0*([0-9]+)(?:\s*[-–]\s*(?:lab)?0*([0-9]+))?", word)
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
    said = _("there is no lab {word}").format(word=repr(part))
    if near:
        return f"{said}: " + _("did you mean {name}?").format(name=topics.get(near[0], near[0]))
    return f"{said}: " + _there_are(names)


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
    raise AskedWrongly(
        _(
            "there is no folder labs here, nor above: go to the kit's folder first (cd), or say --submission DIR"
        )
    )


def _entries(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


# A folder to labs and files


def labs_in(folder: Path, names: Iterable[str]) -> list[str]:
    """Those of `names` that a submission's folder has a folder for."""
    tree = _tree(Path(os.path.abspath(folder)), names := list(names))
    return [] if tree is None else [name for name in names if (tree / name).is_dir()]


def locate(folder: Path, labs: Sequence[LabInfo], chosen: Sequence[str] = ()) -> list[Submitted]:
    """What a submission's folder holds of the `chosen` labs (none: of all `labs`).

    `folder` is a tree like `labs/`, something that contains `labs/`, or one lab's folder; that one's name is the lab's, or
    one lab is chosen. A lab of a tree that is not there is handed in with nothing, and the reason. Raises `AskedWrongly`
    where `folder` is no submission.
    """
    folder = Path(os.path.abspath(folder))
    if not folder.is_dir():
        raise AskedWrongly(_no_folder(folder))
    asked = [lab for lab in labs if lab.name in chosen] if chosen else list(labs)
    names = [lab.name for lab in labs]
    tree = _tree(folder, names)
    if tree is not None:
        return [_of_tree(tree, lab) for lab in asked]
    return [_of_folder(folder, _one_lab(folder, labs, asked if chosen else []))]


def _tree(folder: Path, names: Sequence[str]) -> Path | None:
    """The folder that has the labs' folders in it: `folder`, or the `labs` in it."""
    if _is_tree(folder, names):
        return folder
    inside = folder / "labs"
    return inside if folder.name not in names and inside.is_dir() else None


def _is_tree(folder: Path, names: Sequence[str]) -> bool:
    return any((folder / name).is_dir() for name in names)


def _no_folder(folder: Path) -> str:
    shown = as_known(folder)
    if folder.suffix.lower() in (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz") and folder.is_file():
        return _("{path} is an archive: unpack it, and name the folder").format(path=shown)
    if folder.is_file():
        return _(
            "{path} is a file: name its folder, or say grade LAB --server FILE (or --client FILE)"
        ).format(path=shown)
    near = difflib.get_close_matches(folder.name, _entries(folder.parent), n=1)
    said = _("there is no folder {path}").format(path=shown)
    return (
        f"{said}: " + _("did you mean {name}?").format(name=as_known(folder.parent / near[0]))
        if near
        else said
    )


def _one_lab(folder: Path, labs: Sequence[LabInfo], asked: Sequence[LabInfo]) -> LabInfo:
    """The lab whose folder this is, by its name or by what was asked for."""
    shown = as_known(folder)
    own = next((lab for lab in labs if lab.name == folder.name), None)
    if own is not None:
        if asked and own not in asked:
            raise AskedWrongly(
                _("{path} is the folder of lab {number}, and another was asked for").format(
                    path=shown, number=own.number
                )
            )
        return own
    if not _is_one_labs(folder):
        raise AskedWrongly(_no_labs(folder, shown, [lab.name for lab in labs]))
    if len(asked) == 1:
        return asked[0]
    raise AskedWrongly(
        _(
            "{path} holds one lab, and its name does not tell which: say it, as in grade 3 --submission {path}"
        ).format(path=shown)
    )


def _is_one_labs(folder: Path) -> bool:
    """Whether it holds a program, or one saved under another name."""
    names = [f"{program}.py" for program in PROGRAMS]
    return any((folder / name).exists() or near_misses(folder, name) for name in names)


def _no_labs(folder: Path, shown: str, names: Sequence[str]) -> str:
    for entry in _entries(folder):  # unpacking an archive often gives a folder in a folder
        if _tree(folder / entry, names) is not None:
            return _("{path} holds no labs, but {inner} does: name that one").format(
                path=shown, inner=as_known(folder / entry)
            )
    if not _entries(folder):
        return _("{path} is empty: name a folder like labs, or one lab's").format(path=shown)
    return _("{path} holds no labs: name a folder with {first} and so on in it, or one lab's").format(
        path=shown, first=names[0] if names else "labs"
    )


def _of_tree(tree: Path, lab: LabInfo) -> Submitted:
    folder = tree / lab.name
    if folder.is_dir():
        return _of_folder(folder, lab)
    missing = _("There is no folder {path}.").format(path=as_known(folder))
    likely = _likely_folder(tree, lab)
    if likely is not None:
        missing += " " + _("There is {found}: if that is it, rename it to {name}.").format(
            found=likely, name=lab.name
        )
    return Submitted(lab.name, dict.fromkeys(PROGRAMS), missing)


def _likely_folder(tree: Path, lab: LabInfo) -> str | None:
    """A folder that was likely meant for a lab: of its number, or nearly of its name."""
    folders = [name for name in _entries(tree) if (tree / name).is_dir()]
    numbered = [
        name for name in folders if re.fullmatch(rf"(?:lab)?[ _-]*0*{lab.number}(?:\D.*)?", name.lower())
    ]
    near = difflib.get_close_matches(lab.name, folders, n=1, cutoff=0.85)
    likely = [name for name in (*numbered, *near) if not _is_a_labs_name(name, lab)]
    return likely[0] if likely else None


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
    """A lab's programs by their paths, whatever their names; raises `AskedWrongly` for what the lab does not ask for or
    what is not there. Where only one of two is named, the other's checks are skipped."""
    given = {"server": server, "client": client}
    if server is None and client is None:
        raise AskedWrongly(_("name a file: --server FILE, --client FILE or both"))
    for program, path in given.items():
        if path is None:
            continue
        if program not in lab.programs:
            right = " ".join(f"--{one} FILE" for one in lab.programs)
            raise AskedWrongly(
                _("lab {number} asks for no {program}: say {right}").format(
                    number=lab.number, program=program, right=right
                )
            )
        if not path.exists():
            raise AskedWrongly(_missing(Path(os.path.abspath(path))))
        if path.is_dir():
            raise AskedWrongly(
                _("{path} is a folder: name the file in it, or say --submission {path}").format(
                    path=as_known(path)
                )
            )
    files = {
        program: None if path is None else Path(os.path.abspath(path)) for program, path in given.items()
    }
    return Submitted(lab.name, files)
