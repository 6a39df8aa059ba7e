"""A new lab that works at once: its checks, its solution, its corpus, to be changed into what it is to be."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from checker.grading import rubric
from checker.grading.submission import AskedWrongly
from checker.paths import as_known
from checker.texts import _

TEMPLATES = Path(__file__).with_name("templates")
SUFFIX = ".jinja"
LONGEST_TITLE = 60
LARGEST_NUMBER = 999

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NOT_IN_A_TITLE = re.compile(r'["\\]')  # it stands between quotes in the lab's file


def new_lab(
    root: Path, number: int, name: str, title: str | None = None, programs: tuple[str, ...] = ("server",)
) -> int:
    """Write the skeleton of a lab into the kit at `root` and say what to do next; returns the exit status.

    Raises `AskedWrongly` for a number or a name that a lab has, for what is no name or no title, and where a file is in the
    way: then nothing is written.
    """
    files = skeleton(number, _checked(number, name), _title(title, name), programs)
    for path in files:
        if os.path.lexists(root / path):
            said = _("{path} is there already, and nothing was written: take it away, or choose another name")
            raise AskedWrongly(said.format(path=as_known(root / path)))
    try:
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8", newline="\n")
            print(_("wrote {path}").format(path=as_known(root / path)))
    except OSError as error:
        raise AskedWrongly(_("the lab could not be written: {error}").format(error=error)) from None
    print()
    print(*_next(number, f"lab{number}_{name}"), sep="\n")
    return 0


def skeleton(number: int, name: str, title: str, programs: tuple[str, ...]) -> dict[Path, str]:
    """The files of a new lab, by their paths below the kit's folder."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    lab = f"lab{number}_{name}"
    facts = {"number": number, "title": title, "lab": lab, "programs": programs}
    facts["notebook"] = f"notebooks/{number:02}_{name}.ipynb"
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return {path: environment.get_template(template).render(facts) for path, template in _files(lab, programs)}


def _files(lab: str, programs: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Where each file goes, and the template that it is made from."""
    yield Path("checker/labs", f"{lab}.py"), f"lab.py{SUFFIX}"
    for program in programs:
        yield Path("solutions", lab, f"{program}.py"), f"{program}.py{SUFFIX}"
    for program in programs:
        for template in sorted((TEMPLATES / f"corpus_{program}").glob(f"*{SUFFIX}")):
            yield Path("tests/corpus", lab, template.name.removesuffix(SUFFIX)), f"corpus_{program}/{template.name}"


def _checked(number: int, name: str) -> str:
    """`name`, where number and name are ones that a new lab may have."""
    if not 1 <= number <= LARGEST_NUMBER:
        raise AskedWrongly(_("a lab's number is one from 1 to {most}").format(most=LARGEST_NUMBER))
    if not _NAME.fullmatch(name):
        said = _("{name} is no name for a lab: a letter, then letters, digits and _, small ones of a to z, 40 at most")
        raise AskedWrongly(said.format(name=repr(name)))
    for lab in rubric.names():
        if rubric.number_of(lab) == number:
            free = max(map(rubric.number_of, rubric.names())) + 1
            said = _("there is a lab {number}, {lab}: the next number that is free is {free}")
            raise AskedWrongly(said.format(number=number, lab=lab, free=free))
        if lab.partition("_")[2] == name:
            raise AskedWrongly(_("there is a lab of that name, {lab}: choose another one").format(lab=lab))
    return name


def _title(title: str | None, name: str) -> str:
    title = name.replace("_", " ") if title is None else title.strip()
    if not title or len(title) > LONGEST_TITLE or not title.isprintable() or _NOT_IN_A_TITLE.search(title):
        said = _('a title is one line of at most {most} characters, without " and \\')
        raise AskedWrongly(said.format(most=LONGEST_TITLE))
    return title


def _next(number: int, lab: str) -> Iterator[str]:
    """What to do now, command by command."""
    commands = {
        f"grade {number} --submission solutions": _("the solution: it has every point"),
        "author stubs": _("cuts what students start from, labs/{lab}, out of it").format(lab=lab),
        f"grade {number}": _("what students start from: no points"),
        f"author corpus {number}": _("each wrong program loses what it must, each right one nothing"),
    }
    width = max(map(len, commands))
    yield _("It is a small lab, and it works. Try it:")
    yield from (f"    python -m checker {command:{width}}  {what}" for command, what in commands.items())
    yield _("Then change it into yours, file by file: docs/authoring.md.")
