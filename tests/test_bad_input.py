"""Whatever is handed in: a sentence that says what is wrong, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import sys

import pytest

if sys.platform != "linux":
    pytest.skip("NOT RUN: needs linux", allow_module_level=True)

from checker.stage import containment
from checker.stage.stage import Settings
from tests.bad_input import programs
from tests.bad_input.command import ONE_CHECK, Fact, Place, Run

ONE = ONE_CHECK[1]


@pytest.fixture(scope="module")
def contained() -> None:
    """Leaves out what could reach beyond the stage where programs have no namespaces of their own."""
    starter = containment.choose(Settings()).starter()
    try:
        if not starter.contained:
            pytest.skip("NOT RUN: programs share our process ids here")
    finally:
        starter.close()


def graded(place: Place, program: str, *arguments: str) -> Run:
    place.put({"server.py": program})
    return place.grade("lab3", "--server", "server.py", *(arguments or ONE_CHECK))


# The command


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("grade", "1000"), "there is no lab 1000: there are lab1_echo,"),
        (("grade", "brodcast"), "there is no lab 'brodcast': did you mean lab3_broadcast?"),
        (("grade", "3"), "there is no folder labs here, nor above: go to the kit's folder"),
        (("grade", "3", "--submission", "empty"), "empty is empty: name a folder like labs, or one lab's"),
        (("grade", "3", "--submission", "other"), "other holds neither labs nor a server.py or client.py"),
        (("grade", "3", "--submission", "nowhere"), "there is no folder nowhere"),
        (("grade", "3", "--server", "nowhere.py"), "There is no nowhere.py."),
        (("grade", "3", "--client", "other/notes.txt"), "lab 3 asks for no client: say --server FILE"),
        (("grade", "3", "--check", "none", "--server", "other/notes.txt"), "lab3_broadcast has no check 'none'"),
        (("grade", "--server", "other/notes.txt"), "say which lab the file is for"),
        (("grade", "3", "--bound", "0", "--server", "other/notes.txt"), "a number greater than 0"),
        (("grad", "3"), "invalid choice: 'grad'"),
    ],
)
def test_a_command_that_asks_wrongly_is_told_so_in_one_line(
    place: Place, arguments: tuple[str, ...], sentence: str
) -> None:
    place.put({"other/notes.txt": "nothing yet"})
    (place.folder / "empty").mkdir()
    run = place.run(*arguments)
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("checker: ") and run.err.count("\n") == 1
    assert sentence in run.err


# The file


NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": ["start_server()"]}], "nbformat": 4})
CYRILLIC = programs.RIGHT.replace("is here", "здесь, в комнате")
FILES: dict[str, tuple[dict[str, str | bytes], str]] = {
    "empty": ({"server.py": ""}, "server.py is empty: write your program into it and save it."),
    "only comments": ({"server.py": "# later\n"}, "server.py holds no code"),
    "a folder": ({"server.py/inside.txt": ""}, "server.py is a folder: put a file of that name in its place."),
    "binary": ({"server.py": bytes(range(256))}, "server.py holds NUL bytes, so it is not text"),
    "an archive": ({"server.py": b"PK\x03\x04\x00\x00"}, "no Python program but a ZIP file"),
    "syntax error": (
        {"server.py": "import socket\n\ndef start_server(host, port)\n    pass\n"},
        "server.py, line 3: Python cannot read this (expected ':'). 3 | def start_server(host, port) | ^",
    ),
    "UTF-16": ({"server.py": programs.RIGHT.encode("utf-16")}, "server.py is saved in the encoding UTF-16: save it as UTF-8"),
    "cp1251": ({"server.py": CYRILLIC.encode("cp1251")}, "is saved in the encoding cp1251 (Windows-1251): save it as UTF-8"),
    "hidden .txt": ({"server.py.txt": programs.RIGHT}, "There is server.py.txt: if that is it, rename it to server.py."),
    "a copy": ({"server (1).py": programs.RIGHT}, "There is server (1).py: if that is it, rename it to server.py."),
    "a notebook": ({"server.ipynb": NOTEBOOK}, "There is server.ipynb, a Jupyter notebook: copy the code out of its cells"),
    "a notebook under another name": ({"server.py": NOTEBOOK}, "server.py is a Jupyter notebook"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_no_program_is_named_and_not_run(place: Place, kind: str) -> None:
    files, sentence = FILES[kind]
    place.put({f"lab3_broadcast/{name}": content for name, content in files.items()})
    run = place.grade("lab3", "--submission", "lab3_broadcast", *ONE_CHECK)
    assert run.status == 1
    assert sentence in run.words, run.words
    assert {check["outcome"] for check in run.checks.values()} == {"skipped"}


def test_bom_and_crlf_keep_every_point(place: Place) -> None:
    place.put({"server.py": b"\xef\xbb\xbf" + CYRILLIC.replace("\n", "\r\n").encode()})
    run = place.grade("lab3", "--server", "server.py")
    assert (run.status, run.result and run.result["score"]) == (0, 20), run.words


def test_a_path_with_blanks_and_cyrillic_keeps_every_point(place: Place) -> None:
    folder = "мои лабы (2)/labs/lab3_broadcast"
    place.put({f"{folder}/server.py": programs.RIGHT})
    run = place.grade("3", "--submission", "мои лабы (2)")
    assert (run.status, run.result and run.result["score"]) == (0, 20), run.words


def test_a_file_that_hides_a_library_is_named(place: Place) -> None:
    place.put({"socket.py": "print('mine')\n"})
    run = graded(place, programs.RIGHT)
    assert "socket.py hides Python's own library socket" in run.words


# How it starts


STARTS = {
    "RAISES_AT_IMPORT": ("It never listened.", "ValueError: no such luck"),
    "NOTHING_AT_ALL": ("There is no start_server(host, port) in server.py, so it was run as a script. It never listened.",),
    "EXITS_AT_ONCE": ("It never listened. Your program had ended by then, with exit status 0.",),
    "EXITS_HARD": ("had ended by then, with exit status 0.",),
    "NEVER_LISTENS": ("It runs, but it never listened for connections: is there a bind() and a listen()?",
                      "waits in wait() until another thread wakes it at server.py, line 5"),
    "NEVER_ACCEPTS": ("alice said something and bob received nothing.",),
    "NOT_UTF_8": (r"| \xcf\xf0\xe8\xff\x80 said",),
    "STEERS_THE_TERMINAL": (r"\x1b[2J\x1b[H\x1b]0;owned\x07\x9b31m 20 of 20 points \r\x1b[8m",),
    "FORGES_ITS_RESULT": ("alice said something and bob received nothing.",),
    "CLOSES_ITS_STREAMS": (
        "It called bind(), and ended before it had accepted anybody. Your program had ended by then, with exit status 1.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STARTS)
def test_a_program_that_fails_is_told_how(place: Place, name: str) -> None:
    run = graded(place, getattr(programs, name))
    assert run.status == 1
    assert run.checks[ONE]["outcome"] == "failed"
    for sentence in STARTS[name]:
        assert sentence in run.words, run.words
    assert "\x1b" not in run.out and "\x9b" not in run.out and "\r" not in run.out
    assert "wrote" not in run.words  # nothing of the kit's can be written to


STILL_RIGHT = {
    "NO_START_SERVER": "server.py has no start_server(host, port): it was run as a script instead.",
    "NO_GUARD": "server.py starts as soon as it is loaded, before anybody calls start_server: put that call under `if",
    "NO_GUARD_AND_A_PORT": "server.py listens on port 23456 whatever it is told, and was judged there.",
    "HARD_CODED_PORT": "server.py listens on port 23456 whatever it is told, and was judged there.",
    "OUTLIVES_ITS_PARENT": "",
    "FIFTY_CHILDREN": "",
    "IGNORES_SIGNALS": "",
    "CLOSES_STDIN": "",
}


@pytest.mark.parametrize("name", STILL_RIGHT)
def test_what_costs_nothing_is_said_and_costs_nothing(place: Place, name: str) -> None:
    run = graded(place, getattr(programs, name))
    assert run.status == 0, run.words
    assert STILL_RIGHT[name] in run.words, run.words


@pytest.mark.parametrize(
    ("lab", "program", "right", "wrong", "lost"),
    [
        ("lab1_echo", "server", "listener.bind((host, port))", "listener.bind((host, 23456))", "listens_where_told"),
        (
            "lab4_client",
            "client",
            "connection.connect((host, port))",
            "connection.connect((host, 23456))",
            "connects_where_told",
        ),
    ],
)
def test_a_port_written_into_it_costs_one_check(
    place: Place, lab: str, program: str, right: str, wrong: str, lost: str
) -> None:
    text = (programs.ROOT / "solutions" / lab / f"{program}.py").read_text(encoding="utf-8")
    assert text.count(right) == 1
    place.put({f"{program}.py": text.replace(right, wrong)})
    run = place.grade(lab, f"--{program}", f"{program}.py")
    assert [one for one, check in run.checks.items() if check["outcome"] == "failed"] == [lost], run.words
    assert "23456" in run.words


# Without measure


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("FLOODS", "Your program printed more than 16 MiB and was ended."),
        ("EATS_MEMORY", "Your program held more than 512 MiB of memory and was ended."),
    ],
)
def test_what_has_no_measure_is_ended_and_not_played_again(place: Place, name: str, sentence: str) -> None:
    run = graded(place, getattr(programs, name), "--jobs", "2")
    checks = [check for check in run.checks.values() if check["evidence"] != "text"]
    assert {check["message"] for check in checks} == {sentence}
    played = [check for check in checks if check["timeline"]]
    assert 1 <= len(played) <= 2


def test_what_is_busy_without_end_is_ended(place: Place) -> None:
    run = graded(place, programs.SPINS, *ONE_CHECK, "--bound", "0.5")
    assert "It was still busy after a long time and never listened for connections." in run.words
    assert run.checks[ONE]["ended_by"] == "bound"


# Against us


@pytest.mark.usefixtures("contained")
@pytest.mark.parametrize("name", ["KILLS_ITS_PARENT", "KILLS_EVERYBODY"])
def test_a_program_that_kills_harms_itself_alone(place: Place, name: str) -> None:
    run = graded(place, getattr(programs, name))
    assert run.result is not None and run.result["complete"]
    assert run.checks[ONE]["outcome"] in ("passed", "failed")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("name", ["OUTLIVES_ITS_PARENT", "SPINS"])
def test_a_grade_that_is_broken_off_leaves_nothing(place: Place, name: str, number: signal.Signals) -> None:
    begun = Fact(place.folder / "begun")
    text = getattr(programs, name).replace("    while True:\n", '    open("begun", "w").close()\n    while True:\n', 1)
    place.put({"server.py": text.replace("open(", 'open("begun", "w").close(); open(', 1)})
    process = place.start("grade", "lab3", "--server", "server.py")
    begun.wait()
    process.send_signal(number)
    run = place.ended(process)
    if number == signal.SIGKILL:
        place.wait_until_nobody_is_left()
    else:
        assert run.status == 130
        assert run.err.strip() == "Interrupted: everything that was started has been ended."
    assert "Traceback" not in run.err


def test_two_grades_at_once_do_not_meet(place: Place) -> None:
    place.put({"one/server.py": programs.HARD_CODED_PORT, "other/server.py": programs.HARD_CODED_PORT})
    both = [place.start("grade", "lab3", "--server", f"{one}/server.py") for one in ("one", "other")]
    for run in [place.ended(process) for process in both]:
        assert (run.status, "20 of 20 points" in run.words) == (0, True), run.words


def test_started_where_interrupts_are_ignored(place: Place) -> None:
    """As `nohup python -m checker ... &` in a shell script."""
    text = (programs.ROOT / "solutions" / "lab4_client" / "client.py").read_text(encoding="utf-8")
    place.put({"client.py": text})
    shell = ("sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh")
    run = place.grade("lab4", "--client", "client.py", "--check", "leaves_on_ctrl_c", before=shell)
    assert run.status == 0, run.words


def test_nobody_else_reads_the_report(place: Place) -> None:
    """What a program says of itself in the checker's own words is not taken for what happened."""
    place.put({"server.py": programs.FORGES_ITS_RESULT})
    run = place.grade("lab3", "--server", "server.py")
    passed = [one for one, check in run.checks.items() if check["outcome"] == "passed"]
    assert passed in ([], ["uses_socket_and_threading"]), run.words
    assert not os.path.exists(programs.ROOT / "checker" / "inside" / "forged.py")
    assert not (place.folder / "forged.py").exists()
