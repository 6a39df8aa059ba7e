"""A grade at each save: what is a save, what changed, and what becomes of a grade that is overtaken."""

from __future__ import annotations

import argparse
import io
import os
import re
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checker import watching
from checker.cli import INTERRUPTED
from checker.grading.submission import AskedWrongly
from checker.report.board import Board
from checker.report.changes import between, latest
from checker.watching import Watch, fingerprint, folders
from tests.bad_input import programs
from tests.bad_input.command import BOUND, Fact, Place
from tests.conftest import ROOT
from tests.made_results import Terminal, a_check, a_failure, a_lab, words

RIGHT = (ROOT / "solutions" / "lab2_duo" / "server.py").read_text(encoding="utf-8")
SENDS = "target.sendall(message)"
ASCII_ONLY = RIGHT.replace(SENDS, 'target.sendall(message.decode("ascii", "ignore").encode())')
MUTE = RIGHT.replace(SENDS, "pass")
ANY_ALPHABET = "A message in any alphabet arrives unchanged."
REACHES = "What each of the two says reaches the other."

linux = pytest.mark.skipif(sys.platform != "linux", reason="NOT RUN: who is left is asked of Linux")


# What changed


def test_gained_and_lost() -> None:
    one, other = a_check(id="one"), a_check(id="other", max=2, points=2)
    gone = a_failure(id="one")
    change = between(a_lab([one, a_failure(id="other", max=2)]), a_lab([gone, other]))
    assert ([c.id for c in change.gained], [c.id for c in change.lost], change.points) == (["other"], ["one"], -1)


def test_nothing_was_gained_before_the_first_grade_and_by_a_check_that_is_new() -> None:
    assert between(None, a_lab([a_check()])).points is None
    change = between(a_lab([]), a_lab([a_check()]))
    assert (change.gained, change.lost) == ([], [])


def test_what_cannot_be_played_at_the_moment_is_neither_lost_nor_forgotten() -> None:
    before = a_lab([a_check(id="one"), a_failure(id="other")], mark="pass")
    missing = [a_check(id=name, outcome="skipped", points=0, skipped_because="server.py") for name in ("one", "other")]
    now = latest(before, a_lab(missing, files=[], mark="none"))
    assert [check.outcome for check in now.checks] == ["passed", "failed"]
    assert (between(before, now).lost, now.mark) == ([], "pass")


def test_what_is_not_tried_any_more_is_lost() -> None:
    builds_on = a_check(id="other", outcome="skipped", points=0, skipped_because="one")
    now = latest(a_lab([a_check(id="other")]), a_lab([builds_on]))
    assert now.checks == [builds_on]


# The board


LONG = a_failure(message="\n".join(f"line {number}" for number in range(60)))


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """One of 60 columns and 20 lines."""
    for name, value in (("TERM", "xterm"), ("COLUMNS", "60"), ("LINES", "20")):
        monkeypatch.setenv(name, value)
    return Terminal()


def test_on_a_terminal_it_stands_still_and_fits(terminal: Terminal) -> None:
    board = Board(terminal, "server.py")
    before = len(terminal.getvalue())
    board.show([a_lab([LONG])], {})
    drawn = terminal.getvalue()[before:]
    assert drawn.count("\n") == 19
    assert "line 0" in drawn and "line 59" not in drawn
    assert "and more: python -m checker grade 3 --check reaches_every_other_client" in words(re.sub(r"\x1b\[\d*m", "", drawn))
    board.close()
    last = terminal.getvalue()
    assert last.index("\x1b[?1049l") < last.rindex("line 59")  # back on the screen as it was, and all of it


def test_progress_is_for_those_who_look_on(terminal: Terminal) -> None:
    board, pipe = Board(terminal, "server.py"), io.StringIO()
    board.plays(3, 11)
    assert "Grading: 3 of 11 checks" in terminal.getvalue()
    board.close()
    Board(pipe, "server.py").plays(3, 11)
    assert "Grading" not in pipe.getvalue() and "\x1b" not in pipe.getvalue()


def test_the_last_grade_stays_while_the_next_one_goes_on(terminal: Terminal) -> None:
    board = Board(terminal, "server.py")
    board.show([a_lab([a_failure()])], {})
    before = len(terminal.getvalue())
    board.plays(0, 11)
    assert "alice said something" in terminal.getvalue()[before:]
    board.close()


def test_a_pipe_gets_plain_lines_with_points_and_what_changed() -> None:
    file = io.StringIO()
    board = Board(file, "server.py")
    before, now = a_lab([a_failure()]), a_lab([a_check(), a_check(id="x", outcome="error", points=0, message="Oh")])
    board.show([now], {now.lab: between(before, now)})
    text = words(file.getvalue())
    assert "✓! 3 of 6 (+3) gained: A message reaches every other client, once." in text
    assert "THE CHECKER ITSELF FAILED HERE" in text
    assert "\x1b" not in text


# What a save is


@pytest.fixture
def folder(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(open_folder)
    (open_folder / "server.py").write_text(ASCII_ONLY, encoding="utf-8")
    return open_folder


def options(**facts: object) -> argparse.Namespace:
    asked = {"words": ["2"], "check": None, "submission": None, "server": Path("server.py"), "client": None}
    return argparse.Namespace(**{**asked, "seed": 1, "bound": None, "jobs": None, **facts})


class Shown(io.StringIO):
    """What was shown; one can wait until it holds a text, so and so often."""

    def __init__(self) -> None:
        super().__init__()
        self._news = threading.Condition()

    def write(self, text: str) -> int:
        with self._news:
            self._news.notify_all()
            return super().write(text)

    def wait_for(self, text: str, times: int = 1) -> None:
        with self._news:
            assert self._news.wait_for(lambda: words(self.getvalue()).count(text) >= times, BOUND), self.getvalue()


def watched(shown: Shown, saves: Callable[[], Iterator[None]], **facts: object) -> int:
    return Watch(options(**facts), Board(shown, "server.py")).run(saves())


def test_each_save_is_graded_and_compared(folder: Path) -> None:
    shown = Shown()

    def saves() -> Iterator[None]:
        shown.wait_for("of 10")
        (folder / "server.py").write_text(RIGHT, encoding="utf-8")
        yield
        shown.wait_for(f"gained: {ANY_ALPHABET}")
        (folder / "server.py").write_text(MUTE, encoding="utf-8")
        yield

    assert watched(shown, saves) == 1
    first, second, third = shown.getvalue().split("Lab 2: ")[1:]
    assert "gained" not in first and f"✗ 0/1 {ANY_ALPHABET}" in words(first)  # the report of the first that is lost
    assert f"gained: {ANY_ALPHABET}" in words(second)
    assert f"lost: {REACHES}" in words(third) and "of 10 (-" in third


def test_what_is_no_save_is_not_graded(folder: Path) -> None:
    shown = Shown()

    def saves() -> Iterator[None]:
        shown.wait_for("of 10")
        server = folder / "server.py"
        server.touch()
        yield
        server.write_text(ASCII_ONLY, encoding="utf-8")
        yield
        (folder / ".server.py.swp").write_bytes(b"x")
        (folder / "server.py~").write_bytes(b"x")
        (folder / "__pycache__").mkdir()
        (folder / "__pycache__" / "server.cpython-311.pyc").write_bytes(b"x")
        yield
        other = folder / "4913"
        other.write_text(ASCII_ONLY, encoding="utf-8")
        os.replace(other, server)  # as editors save: another file in the place of the old one
        yield

    assert watched(shown, saves) == 1
    assert words(shown.getvalue()).count("of 10") == 1


def test_a_file_beside_the_program_is_part_of_it(folder: Path) -> None:
    (folder / "server.py").write_text("from sending import send\n" + RIGHT.replace(SENDS, "send(target, message)"))
    (folder / "sending.py").write_text("def send(target, message):\n    pass\n")
    shown = Shown()

    def saves() -> Iterator[None]:
        shown.wait_for("of 10")
        (folder / "sending.py").write_text("def send(target, message):\n    target.sendall(message)\n")
        yield

    watched(shown, saves)
    assert f"gained: {REACHES}" in words(shown.getvalue())


def test_a_syntax_error_is_shown_and_costs_nothing(folder: Path) -> None:
    shown = Shown()

    def saves() -> Iterator[None]:
        shown.wait_for("of 10")
        (folder / "server.py").write_text("def start_server(\n")
        yield
        shown.wait_for("of 10 server.py, line 1: Python cannot read this")
        (folder / "server.py").write_text(RIGHT, encoding="utf-8")
        yield

    watched(shown, saves)
    first, second, third = shown.getvalue().split("Lab 2: ")[1:]
    points = re.search(r"\d+ of 10", first)
    assert points and f"before this {points[0]}\n" in second
    assert "lost: " not in second and "✗ 0/" not in words(second)
    assert f"gained: {ANY_ALPHABET}" in words(third)


def test_only_the_labs_that_changed_are_graded_again(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(open_folder)
    for lab, text in (("lab2_duo", RIGHT), ("lab3_broadcast", programs.NEVER_LISTENS)):
        (open_folder / "labs" / lab).mkdir(parents=True)
        (open_folder / "labs" / lab / "server.py").write_text(text, encoding="utf-8")
    shown = Shown()

    def saves() -> Iterator[None]:
        shown.wait_for("of 20")
        (open_folder / "labs" / "lab2_duo" / "server.py").write_text(ASCII_ONLY, encoding="utf-8")
        yield

    checks: list[int] = []
    monkeypatch.setattr(Board, "plays", lambda _board, done, all_: done or checks.append(all_))
    assert watched(shown, saves, words=["2-3"], server=None) == 1
    text = words(shown.getvalue())
    assert f"lost: {ANY_ALPHABET}" in text and text.count("of 20") == 2
    assert checks == [16, 5]


def test_a_folder_that_goes_is_told_and_may_come_back(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(open_folder)
    lab = open_folder / "lab2_duo"
    lab.mkdir()
    (lab / "server.py").write_text(ASCII_ONLY, encoding="utf-8")
    shown = Shown()

    def saves() -> Iterator[None]:
        shown.wait_for("of 10")
        lab.rename(open_folder / "elsewhere")
        yield
        yield
        shown.wait_for("there is no folder lab2_duo")
        assert folders(asked) == {Path.cwd()}
        (open_folder / "elsewhere").rename(lab)
        yield

    asked = options(words=[], server=None, submission=Path("lab2_duo"))
    assert Watch(asked, Board(shown, "lab2_duo")).run(saves()) == 1
    text = words(shown.getvalue())
    assert (text.count("there is no folder"), text.count("of 10")) == (1, 2)


def test_a_mistake_of_ours_ends_it_loudly(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_some: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(watching, "latest", fails)
    with pytest.raises(ZeroDivisionError):
        watched(Shown(), lambda: iter(()))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="NOT RUN: no named pipes here")
def test_a_pipe_beside_the_program_keeps_nobody_waiting(folder: Path) -> None:
    os.mkfifo(folder / "neighbour.py")
    submitted = watching.to_judge(options())[0]
    assert fingerprint(submitted[0]) == fingerprint(submitted[0])


# A save in the middle of a grade


def busy_after(fact: Path) -> str:
    """A server that says that it has begun, and has never done enough from then on."""
    return programs.only(f'open({str(fact)!r}, "w").close()\nwhile True:\n    print("not yet")\n    time.sleep(0.01)')


@linux
def test_a_save_in_the_middle_of_a_grade_begins_it_anew(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.folder)
    begun = Fact(place.folder / "begun")
    place.put({"server.py": busy_after(place.folder / "begun")})
    shown = Shown()

    def saves() -> Iterator[None]:
        begun.wait()
        place.put({"server.py": RIGHT})
        yield
        assert "Saved again" in shown.getvalue()

    watched(shown, saves, bound=10 * BOUND)
    assert shown.getvalue().count("Lab 2: two people at once  ✓✓✓") == 1 == shown.getvalue().count("of 10")


@linux
def test_an_interrupt_in_the_middle_of_a_grade_leaves_nothing(place: Place) -> None:
    begun = Fact(place.folder / "begun")
    place.put({"server.py": busy_after(place.folder / "begun")})
    process = place.start("watch", "2", "--server", "server.py", "--bound", str(10 * BOUND))
    begun.wait()
    process.send_signal(signal.SIGINT)
    run = place.ended(process)
    assert run.status == INTERRUPTED
    assert run.err.strip() == "Interrupted: everything that was started has been ended."


# The real thing


def reads(process: subprocess.Popen[str], text: str) -> str:
    """Read what a command shows until it holds `text`."""
    assert process.stdout is not None
    said = b""
    while text not in words(said.decode("utf-8", "replace")):
        ready, _writable, _failed = select.select([process.stdout], [], [], BOUND)
        assert ready, said
        data = os.read(process.stdout.fileno(), 4096)
        assert data, said
        said += data
    return said.decode("utf-8", "replace")


@linux
def test_the_command_hears_of_a_save_and_ends_by_an_interrupt(place: Place) -> None:
    place.put({"server.py": ASCII_ONLY})
    process = place.start("watch", "2", "--server", "server.py")
    reads(process, "of 10")
    place.put({"server.py": RIGHT})
    reads(process, f"gained: {ANY_ALPHABET}")
    process.send_signal(signal.SIGINT)
    run = place.ended(process)
    assert run.status == INTERRUPTED
    assert run.err.strip() == "Interrupted: everything that was started has been ended."


@linux
def test_after_a_watch_a_hint_and_a_grade_know_what_was_lost(place: Place) -> None:
    place.put({"server.py": ASCII_ONLY})
    process = place.start("watch", "2", "--server", "server.py")
    reads(process, f"✗ 0/1 {ANY_ALPHABET}")
    process.send_signal(signal.SIGTERM)
    assert place.ended(process).status == INTERRUPTED
    assert "Hint 2 of 3" in place.run("hint", "2").words  # the first one was on the board
    place.put({"server.py": RIGHT})
    assert "you changed 1 line in server.py: gained: " + ANY_ALPHABET in place.run("grade", "2", "--server", "server.py").words


def test_the_library_reports_a_save(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without looking by itself, which would take ten minutes."""
    monkeypatch.setattr(watching, "LOOK_AGAIN", 600_000)
    heard = threading.Event()

    def write() -> None:
        number = 0
        while not heard.wait(0.05):  # it is told by nobody when the library has begun to listen
            number += 1
            (folder / "server.py").write_text(f"# {number}\n")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        next(watching.saves(lambda: {folder}))
    finally:
        heard.set()
        writer.join()


def test_without_the_library_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with pytest.raises(AskedWrongly, match="pip install"):
        next(watching.saves(set))


@linux
def test_asked_wrongly(place: Place) -> None:
    run = place.run("watch", "2", "--server", "nowhere.py")
    assert (run.status, run.out) == (2, "")
    assert run.err == "checker: There is no nowhere.py.\n"
