"""`author release`: the student edition as a zip, made of what is committed and of nothing else.

The same commit gives the same bytes, on every machine: names in order, the commit's time on every file, the same
permissions, and nothing compressed (what deflate gives differs between builds of zlib).
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from checker.authoring import leaks
from checker.authoring.committed import Commit
from checker.authoring.stubs import BadMarkers, cut
from checker.grading.submission import AskedWrongly
from checker.report import outfile
from checker.texts import _, ngettext
from checker.workplace import kit_root

INSIDE = "chat-lab-kit"
"""The folder that everything in the zip is in."""
TOP = (
    *("LICENSE", ".gitignore", "pyproject.toml", "requirements.txt", "requirements-students.txt", "start.py"),
    ".github/workflows/grade.yml",
)
FOLDERS = ("checker", "notebooks", ".devcontainer", "binder")
AUTHORING = ("checker/authoring/__init__.py", "checker/authoring/stubs.py")
"""What students' commands need of `checker/authoring/`: `reset` and `start` know a stub by its seal."""
FOR_AUTHORS_ALONE = ("checker/authoring/", "checker/quiz/", "checker/mutating.py", "notebooks/README.md")
"""Paths, or how they begin. The quiz asks about wrong programs, each nearly a solution."""
README = "checker/authoring/student_readme.md"
FOR_AUTHORS = ("# For authors.", "# The kit's own tests.")
"""Comments in requirements.txt: what stands below the first of them is not for students."""

UNIX, ORDINARY, TO_BE_RUN = 3, 0o100644, 0o100755
_TABLE = re.compile(r"^(?=\[)", re.MULTILINE)
_VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)


@dataclass(frozen=True)
class Member:
    """A file of the edition."""

    data: bytes
    to_be_run: bool = False


Edition = dict[str, Member]
"""By path below the kit's folder."""


def release(target: Path | None) -> int:
    """Write the zip and say what is inside. Returns the exit status."""
    commit = Commit.head(kit_root())
    if changed := commit.changed():
        text = ngettext(
            "{count} file is changed and not committed; the edition is made of the commit {commit}:",
            "{count} files are changed and not committed; the edition is made of the commit {commit}:",
            len(changed),
        )
        print(text.format(count=len(changed), commit=commit.short), *changed[:5], sep="\n    ", file=sys.stderr)
    edition = made(commit)
    found = leaks.search({name: member.data for name, member in edition.items()}, _solutions(commit))
    if found.told:
        first = found.told[0]
        raise AskedWrongly(_("{file} has lines of {solution} in it: {line!r}").format(**first))
    data = zipped(edition, commit.time)
    path = target or Path(f"{INSIDE}-{commit.short}.zip")
    try:
        outfile.write(data, path)
    except OSError as error:
        raise AskedWrongly(_("the edition could not be written: {error}").format(error=error)) from None
    _say(path, edition, data, found)
    return 0


def made(commit: Commit) -> Edition:
    """Every file of the edition of a commit. Raises `AskedWrongly` where a solution's marks are wrong."""
    edition = {path: Member(data, commit.files[path]) for path, data in commit.read(filter(_goes_in, commit.files)).items()}
    for solution, source in _solutions(commit).items():
        lab, name = PurePosixPath(solution).parts[1:]
        try:
            stub = Member(cut(source).encode())
        except BadMarkers as error:
            raise AskedWrongly(f"{solution}: {error}") from None
        edition[f"labs/{lab}/{name}"] = edition[f"checker/pristine/{lab}/{name}"] = stub
    for path, fitted in (("pyproject.toml", _without_tools), ("requirements.txt", _without_authors)):
        edition[path] = Member(fitted(edition[path].data.decode()).encode())
    (readme,) = commit.read([README]).values()
    edition["README.md"] = Member(readme)
    edition["checker/edition.json"] = Member(_told(commit, edition))
    return dict(sorted(edition.items()))


def zipped(edition: Edition, seconds: int) -> bytes:
    """The zip's bytes, every file of the time `seconds` after the epoch."""
    when = time.gmtime(seconds)[:6]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, member in edition.items():
            info = zipfile.ZipInfo(f"{INSIDE}/{name}", when)
            info.create_system = UNIX
            info.external_attr = (TO_BE_RUN if member.to_be_run else ORDINARY) << 16
            archive.writestr(info, member.data)
    return written.getvalue()


def _goes_in(path: str) -> bool:
    if path.startswith(FOR_AUTHORS_ALONE):
        return path in AUTHORING
    return path in TOP or (path.partition("/")[0] in FOLDERS and "/" in path)


def _solutions(commit: Commit) -> dict[str, str]:
    """The sources of the solutions by path. The stubs are cut out of them: labs/ may hold somebody's work."""
    wanted = re.compile(r"solutions/lab[^/]*/[^/]+\.py")
    return {path: data.decode() for path, data in commit.read(filter(wanted.fullmatch, commit.files)).items()}


def _without_tools(text: str) -> str:
    """pyproject.toml without the tables of tools that check the kit itself."""
    tables = [one for one in _TABLE.split(text) if not one.startswith("[tool.") or one.startswith("[tool.setuptools")]
    return "".join(tables).rstrip("\n") + "\n"


def _without_authors(text: str) -> str:
    for comment in FOR_AUTHORS:
        text = text.partition(comment)[0]
    return text.rstrip("\n") + "\n"


def _told(commit: Commit, edition: Edition) -> bytes:
    version = _VERSION.search(edition["checker/__init__.py"].data.decode())
    day = time.strftime("%Y-%m-%d", time.gmtime(commit.time))
    facts = {"kit": version[1] if version else "", "commit": commit.short, "date": day}
    return (json.dumps(facts, indent=1) + "\n").encode()


def _say(path: Path, edition: Edition, data: bytes, found: leaks.Found) -> None:
    notebooks = sum(name.endswith(".ipynb") for name in edition)
    labs = len({name.split("/")[1] for name in edition if name.startswith("labs/")})
    print(_("wrote {path}").format(path=path))
    told = _("{files} files, {size} kB: {notebooks} notebooks, {labs} labs, the checker; no solutions, corpus, tests")
    print(told.format(files=len(edition), size=len(data) // 1000, notebooks=notebooks, labs=labs))
    told = _("looked for the {all} parts that students write: no file gives one away")
    if found.taught:
        told = ngettext(
            "looked for the {all} parts that students write: {taught} is in a notebook, and no other file gives one away",
            "looked for the {all} parts that students write: {taught} are in notebooks, and no other file gives one away",
            len(found.taught),
        )
    print(told.format(all=found.parts, taught=len(found.taught)))
    if found.given:
        print(_("parts of one lab that the stub of another is given:"), ", ".join(found.given))
    print(f"SHA-256 {hashlib.sha256(data).hexdigest()}")
