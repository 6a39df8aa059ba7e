"""A check shown step by step: the commands do what the scene did, and what somebody wrote into a result stays data."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
from typing import Any

import pytest

from checker import replaying
from checker.grading.model import CheckResult, Grade
from checker.report import jsonfile
from checker.report.pen import Pen
from tests.bad_input import programs
from tests.bad_input.command import Place, Run
from tests.conftest import ROOT
from tests.made_results import Terminal, a_check, a_failure, a_grade, a_lab, words
from tests.made_scenes import ALICE, BOB, a_grade_with_a_failure, scene, server

SKIPS_THE_LAST = programs.RIGHT.replace("if client is not sender:", "if client not in (sender, clients[-1]):")
TELLS = '            print(f"{address} is here")\n'
LETS_IN = "                clients.append(connection)\n"
FIRST = "reaches_every_other_client"

linux = pytest.mark.skipif(sys.platform != "linux", reason="NOT RUN: who is left is asked of Linux")


@pytest.fixture
def grade() -> Grade:
    return a_grade_with_a_failure()


# The show


def show(check: CheckResult, file: io.StringIO | None = None, at_once: bool = False) -> str:
    file = io.StringIO() if file is None else file
    replaying.Show(Pen(file), check, a_lab([check]), at_once=at_once).play()
    return file.getvalue()


def test_whoever_looks_on_gets_time_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(replaying.time, "sleep", pauses.append)
    check = a_check(timeline=scene(server(), ALICE, BOB))
    show(check)
    show(check, Terminal(), at_once=True)
    assert sum(pauses) == 0
    show(check, Terminal())
    assert sum(pauses) == 3 * replaying.PACE


def test_of_a_very_long_scene_the_middle_is_left_out_for_whoever_looks_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying.time, "sleep", lambda _seconds: None)
    check = a_check(timeline=scene(*(("alice", "sent", f"word {number}".encode()) for number in range(200))))
    text = show(check, Terminal())
    assert "155 steps are left out here" in text and "word 24" in text and "word 199" in text and "word 100" not in text
    assert "word 100" in show(check)


def test_what_a_program_printed_cannot_steer_the_terminal() -> None:
    evil = ("server", "output", b"\x1b[2J\r20 of 20\x9b", {"stream": "stdout"})
    text = show(a_check(timeline=scene(server(), evil, ("al\x1bice", "sent", b"\x1b[1A"))))
    assert "\x1b" not in text and "\r" not in text and "\\x1b[2J" in text


# The command


def replay(place: Place, *arguments: str) -> Run:
    return place.run("replay", *arguments)


@linux
def test_without_a_name_it_is_the_first_check_that_is_lost(place: Place) -> None:
    place.put({"server.py": SKIPS_THE_LAST})
    run = replay(place, "3", "--server", "server.py")
    assert run.status == 1, run.err
    for part in (
        "python server.py 127.0.0.1 12345",
        "4 carol connects.",
        'bob receives "[(',
        "from alice, and never does. carol.recv(1024) # waits for ever",
        "✗ 0/3 A message reaches every other client, once.",
        "alice said something and carol received nothing.",
        "MainThread waits in accept()",
    ):
        assert part in run.words, run.out
    assert run.words.count("is started") == 1  # one check was played and shown
    graded = place.grade("3", "--server", "server.py", "--check", FIRST)
    assert graded.checks[FIRST]["message"] in run.words


@linux
def test_the_listing_does_what_the_scene_did(place: Place) -> None:
    place.put({"server.py": _tells_when_they_are_in(programs.RIGHT)})
    run = replay(place, "3", FIRST, "--server", "server.py")
    assert run.status == 0, run.err
    assert _by_hand(place, run.out) == 6  # each of three speaks once, and the other two hear it
    place.put({"server.py": _tells_when_they_are_in(SKIPS_THE_LAST)})
    with pytest.raises(TimeoutError):
        _by_hand(place, replay(place, "3", FIRST, "--server", "server.py").out)


def _tells_when_they_are_in(server: str) -> str:
    """Once somebody is on its list, not a moment before."""
    assert server.count(TELLS) == server.count(LETS_IN) == 1
    return server.replace(TELLS, "").replace(LETS_IN, LETS_IN + TELLS)


def _by_hand(place: Place, shown: str) -> int:
    """Do what the listing says, a pause for the server being that it has let everybody in; how many messages came."""
    listing = shown[shown.index("import socket, struct, time") :].split("\n\n")[0].splitlines()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-u", "server.py", "127.0.0.1", port]
    started = subprocess.Popen(command, cwd=place.folder, stdout=subprocess.PIPE, encoding="utf-8")
    assert started.stdout is not None
    names: dict[str, Any] = {}
    connected = heard = 0
    try:
        assert "Listening" in started.stdout.readline()
        for line in (line.strip().replace("12345", port) for line in listing):
            if line.startswith("time.sleep"):
                while connected:
                    connected -= "is here" in started.stdout.readline()
            elif "recv" in line and "import" not in line and not line.startswith("socket"):
                came = eval(line, names)
                heard += len(came) if isinstance(came, list) else 1
            else:
                exec(line, names)
                connected += "create_connection" in line
    finally:
        socket.setdefaulttimeout(None)  # the listing sets one, for the whole process
        for one in names.values():
            if isinstance(one, socket.socket):
                one.close()
        started.kill()
        started.communicate()
    return heard


@linux
def test_clients_join_a_room_that_is_python_and_people_sit_at_windows(place: Place) -> None:
    run = replay(place, "4", "leaves_on_end_of_input", "--submission", str(ROOT / "solutions"))
    assert run.status == 0, run.err
    for part in (
        'room = socket.create_server(("127.0.0.1", 12345)) or nc -l 127.0.0.1 12345',
        "the client's window: python client.py 127.0.0.1 12345",
        "conn, address = room.accept()",
        "Ctrl-D in the client's window",
    ):
        assert part in run.words, run.out
    run = replay(place, "6", "exit_leaves", "--submission", str(ROOT / "solutions"))
    assert "alice's window: exit" in run.words and "import socket" not in run.words, run.out


@linux
def test_what_is_not_played_is_told(place: Place) -> None:
    place.put({"server.py": SKIPS_THE_LAST})
    run = replay(place, "3", "uses_socket_and_threading", "--server", "server.py")
    assert (run.status, "Nothing is played for this check" in run.words) == (0, True)
    place.put({"server.py": "def start_server(\n"})
    for arguments in ((), (FIRST,)):
        run = replay(place, "3", *arguments, "--server", "server.py")
        assert (run.status, "server.py, line 1: Python cannot read this" in run.words) == (1, True), run.out
    skipped = a_check(id="names_the_sender", outcome="skipped", points=0, skipped_because=FIRST)
    (place.folder / "out.json").write_bytes(jsonfile.to_bytes(a_grade(a_lab([a_failure(), skipped]))))
    run = replay(place, "3", "names_the_sender", "--json", "out.json")
    assert run.status == 1
    assert f"which is lost. See that one first: python -m checker replay 3 {FIRST}" in run.words


@linux
def test_a_lab_without_a_loss_says_so(place: Place) -> None:
    (place.folder / "out.json").write_bytes(jsonfile.to_bytes(a_grade(a_lab([a_check()]))))
    run = replay(place, "3", "--json", "out.json")
    assert run.status == 0
    assert "No check is lost here." in run.words and f"replay 3 {FIRST}" in run.words


@linux
def test_from_a_file_nothing_is_run(place: Place, grade: Grade) -> None:
    """The program is not even there any more."""
    check = grade.labs[0].checks[1]
    check.id = "names_the_sender"
    (place.folder / "out.json").write_bytes(jsonfile.to_bytes(grade))
    for arguments in (("3",), ("3", "names_the_sender")):
        run = replay(place, *arguments, "--json", "out.json")
        assert run.status == 1, run.err
        assert r"alice.sendall(b'\xff')" in run.out
        assert words(check.message or "") in run.words
    assert replay(place, "3", FIRST, "--json", "out.json").status == 0


@linux
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("3", "--json", "nowhere.json"), "nowhere.json cannot be read: No such file"),
        (("3", "--json", "notes.txt"), "notes.txt is no JSON: name a file that `grade --json FILE` wrote"),
        (("4", "--json", "out.json"), "out.json has no lab4_client; it has: lab3_broadcast"),
        (("3", "names_the_sender", "--json", "out.json"), f"it has: {FIRST}, other"),
        (("3", "--json", "out.json", "--server", "notes.txt"), "leave out --submission, --server and --client"),
        (("1-3",), "name one lab and one of its checks: replay 3 ID"),
        (("3", "reaches"), f"did you mean {FIRST}?"),
        (("3", "--server", "nowhere.py"), "There is no nowhere.py."),
    ],
)
def test_asked_wrongly(place: Place, grade: Grade, arguments: tuple[str, ...], sentence: str) -> None:
    place.put({"notes.txt": "nothing yet", "out.json": jsonfile.to_bytes(grade)})
    run = replay(place, *arguments)
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("checker: ") and run.err.count("\n") == 1
    assert sentence in run.err
