"""`author pictures`: make the pictures of the README anew, every one from a real run."""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from checker.authoring.pictures import browser, drawing, places
from checker.authoring.pictures.terminal import screen_of
from checker.grading.submission import AskedWrongly
from checker.paths import as_known
from checker.report import outfile
from checker.report.pen import Pen
from checker.texts import _
from checker.workplace import kit_root

ALL_MADE, SOME_MISSING = 0, 1
SEED = "7"


@dataclass(frozen=True)
class Typed:
    """A command typed in a terminal, and who needs to see what comes: the picture's `name`, where it is typed, and the
    terminal's width. The seed is given and not shown: without it the command draws one, and all else is the same."""

    name: str
    arguments: tuple[str, ...]
    place: Callable[[Path], Path]
    columns: int


TYPED = (
    Typed("grade", ("grade", "3"), places.student, 92),
    Typed("overview", (), places.student, 64),
    Typed("class", ("grade", "--submission", "class", "--csv", "marks.csv"), places.class_, 84),
    Typed("corpus", ("author", "corpus", "2"), places.student, 72),
)
"""For whom it is told what was lost; who asks what comes next; who grades a class; who adds a check."""

PAGE, NOTEBOOK = "page.png", "jupyterlab.png"


def pictures(options: argparse.Namespace) -> int:
    """Make all of them; returns the exit status."""
    target: Path = options.to or kit_root() / "docs" / "pictures"
    pen = Pen(sys.stdout)
    try:
        target.mkdir(parents=True, exist_ok=True)
        for one in TYPED:
            _write(pen, target / f"{one.name}.svg", terminal_picture(one).encode())
        for name, data in _seen_in_a_browser():
            _write(pen, target / name, data)
    except OSError as error:
        raise AskedWrongly(_("the pictures could not be written: {error}").format(error=error)) from None
    except browser.NoBrowser as error:
        text = _("{page} and {notebook} were not made, and are as they were: {reason}.")
        pen.paragraph(text.format(page=PAGE, notebook=NOTEBOOK, reason=error), "warn")
        return SOME_MISSING
    return ALL_MADE


def terminal_picture(one: Typed) -> str:
    """Run the command, and draw the terminal."""
    with tempfile.TemporaryDirectory(prefix="chat-lab-pictures-") as folder:
        rows = screen_of([*one.arguments, "--seed", SEED], one.place(Path(folder)), one.columns)
    while not drawing.words_of(rows[-1:]).strip():
        del rows[-1]
    typed = " ".join(["$ python -m checker", *one.arguments])
    rows = [f"\x1b[1m{typed}\x1b[0m", *rows]
    _show_no_machine(drawing.words_of(rows), one.name)
    return drawing.svg(rows, one.columns, f"picture-{one.name}")


def _show_no_machine(words: str, name: str) -> None:
    """Raise where something on the picture would tell whose machine it was made on."""
    for secret in (str(kit_root()), tempfile.gettempdir(), str(Path.home()), socket.gethostname()):
        if secret in words:
            raise AskedWrongly(_("{name} is not written: it would show {text}").format(name=name, text=secret))


def _seen_in_a_browser() -> Iterable[tuple[str, bytes]]:
    with browser.browser() as chromium, tempfile.TemporaryDirectory(prefix="chat-lab-pictures-") as folder:
        kit = Path(folder) / "kit"
        kit.mkdir()
        places.student(kit)
        Path(folder).chmod(0o755)
        screen_of(["grade", "3", "--seed", SEED, "--html", "page.html"], kit, 92)
        yield PAGE, browser.page_of(chromium, kit / "page.html")
        (kit / "page.html").unlink()
        yield NOTEBOOK, browser.notebook_of(chromium, kit, Path(folder))


def _write(pen: Pen, path: Path, data: bytes) -> None:
    outfile.write(data, path)
    pen.row((as_known(path), ""), (f"  {len(data) / 1024:.0f} kB", "dim"))
    pen.flush()
