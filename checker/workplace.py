"""The folder that a student works in: stubs put back, lab 6 begun from one's own work."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

from checker import edition
from checker.authoring import stubs as cutting
from checker.grading.rubric import names
from checker.grading.submission import AskedWrongly, find_root, select
from checker.texts import _

STATE = ".checker"
"""In the current folder, ignored by git, never part of a submission."""

LAB6 = "lab6_assignment"
LAB6_FROM = {"server.py": "lab5_disconnect", "client.py": "lab4_client"}


def kit_root() -> Path:
    """Where the kit itself lies (labs/, solutions/, notebooks/)."""
    return Path(__file__).resolve().parents[1]


def reset(word: str) -> int:
    """Put a lab's stubs back; what was there is kept in `.checker/kept/` under its name and the time."""
    (lab,) = select([word], names())
    stubs = _pristine(lab)
    if not stubs:
        raise AskedWrongly(_("there is nothing here to make the stub of {lab} from").format(lab=lab))
    folder = find_root(Path.cwd()) / "labs" / lab
    folder.mkdir(parents=True, exist_ok=True)
    for name, stub in stubs.items():
        target = folder / name
        if target.exists() and not target.is_file():
            raise AskedWrongly(_("{path} is no file: move it out of the way first").format(path=target))
        if target.exists() and not cutting.is_untouched(_text(target)):
            print(_("kept {old} as {new}").format(old=target, new=_keep(lab, target)))
        target.write_text(stub, encoding="utf-8")
        print(_("wrote {path}").format(path=target))
    return 0


def _pristine(lab: str) -> dict[str, str]:
    """A lab's untouched stubs by name: as the student edition keeps them, or cut out of the solutions."""
    kept = {file.name: _text(file) for file in sorted((edition.PRISTINE / lab).glob("*.py"))}
    solutions = sorted((kit_root() / "solutions" / lab).glob("*.py"))
    return kept or {file.name: cutting.cut(file.read_text(encoding="utf-8")) for file in solutions}


def _keep(lab: str, file: Path) -> Path:
    kept = Path(STATE) / "kept" / lab
    kept.mkdir(parents=True, exist_ok=True)
    now = datetime.datetime.now().strftime("%Y%m%d-%H%M%S-%f")
    return Path(shutil.copy2(file, kept / f"{file.stem}-{now}{file.suffix}"))


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def start(word: str) -> int:
    """Begin lab 6 with the student's own lab 5 server and lab 4 client; never over work that is there."""
    (lab,) = select([word], names())
    if lab != LAB6:
        raise AskedWrongly(_("only lab 6 is begun from earlier labs: python -m checker start 6"))
    labs = find_root(Path.cwd()) / "labs"
    for name, source in LAB6_FROM.items():
        if not (labs / source / name).is_file():
            raise AskedWrongly(_("{path} is not there to begin from").format(path=labs / source / name))
        target = labs / lab / name
        if target.exists() and not cutting.is_untouched(_text(target)):
            raise AskedWrongly(
                _(
                    "{path} is not an untouched stub, so it is left alone (python -m checker reset 6 keeps a copy)"
                ).format(path=target)
            )
    (labs / lab).mkdir(exist_ok=True)
    for name, source in LAB6_FROM.items():
        shutil.copy(labs / source / name, labs / lab / name)
        print(_("wrote {path}, from your {source}").format(path=labs / lab / name, source=source))
    return 0


def stubs(target: Path | None, force: bool) -> int:
    """Cut the stubs out of the solutions."""
    root = kit_root()
    try:
        written = cutting.write_stubs(root / "solutions", target or root / "labs", force)
    except cutting.NotAStub as error:
        raise AskedWrongly(f"{error} (--to DIR, --force)") from None
    for path in written:
        print(_("wrote {path}").format(path=path))
    return 0
