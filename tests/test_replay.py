"""A check shown step by step: the commands do what the scene did, and what somebody wrote into a result stays data."""

from __future__ import annotations

import ast
import io
import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from checker import replaying
from checker.grading.model import CheckResult, Grade
from checker.report import jsonfile, saved
from checker.report.byhand import ByHand
from checker.report.literal import Carried
from checker.report.pen import Pen
from checker.stage.timeline import Timeline
from tests.bad_input import programs
from tests.bad_input.command import Place, Run
from tests.conftest import ROOT
from tests.made_results import Terminal, a_check, a_failure, a_grade, a_lab, words

SKIPS_THE_LAST = programs.RIGHT.replace("if client is not sender:", "if client not in (sender, clients[-1]):")
TELLS = '            print(f"{address} is here")\n'
LETS_IN = "                clients.append(connection)\n"
FIRST = "reaches_every_other_client"

linux = pytest.mark.skipif(sys.platform != "linux", reason="NOT RUN: who is left is asked of Linux")


# By hand


def scene(*events: tuple[Any, ...]) -> list[dict[str, Any]]:
    """A timeline of (who, kind, data, facts)."""
    timeline = Timeline()
    for who, kind, *more in events:
        data = more[0] if more and isinstance(more[0], bytes) else b""
        facts = more[-1] if more and isinstance(more[-1], dict) else {}
        timeline.add(who, kind, data, **facts)
    return timeline.as_json()


def server(port: int = 20001, **facts: Any) -> tuple[Any, ...]:
    told = {"file": "server.py", "pid": 1, "role": "server", "host": "127.0.0.1", "port": port, "under": []}
    return ("server", "started", {**told, **facts})


LISTENS = ("server", "listening", {"host": "127.0.0.1", "port": 20001})
ALICE = ("alice", "connected", {"port": 40001, "to": 20001})
BOB = ("bob", "connected", {"port": 40002, "to": 20001})


def lines(*events: tuple[Any, ...]) -> list[Any]:
    return [line for step in ByHand(scene(*events)).steps for line in step.lines]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (server(), ["python server.py 127.0.0.1 12345"]),
        (server(under=["alone"]), ["python server.py"]),
        (ALICE, ['alice = socket.create_connection(("127.0.0.1", 12345))']),
        (("alice", "sent", b"Hi!"), ['alice.sendall("Hi!".encode())']),
        (("alice", "sent", b"\xff\n"), [r"alice.sendall(b'\xff\n')"]),
        (("alice", "received", b"Hi!"), ["alice.recv(1024)"]),
        (("alice", "received", b"x" * 2000), ["alice.recv(65536)"]),
        (("alice", "saw_end"), ['alice.recv(1024)  # b"": the end']),
        (("alice", "saw_reset"), ["alice.recv(1024)  # ConnectionResetError"]),
        (("alice", "half_closed"), ["alice.shutdown(socket.SHUT_WR)"]),
        (("alice", "closed"), ["alice.close()"]),
        (
            ("alice", "reset"),
            ['alice.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))', "alice.close()"],
        ),
        (("alice", "missing", b"Hi!", {"said_by": "bob"}), ["alice.recv(1024)  # waits for ever"]),
        (("client", "typed", b"Hi!"), ["Hi!"]),
        (("room", "listening", {"host": "127.0.0.2", "port": 20001}), ['room = socket.create_server(("127.0.0.2", 12345))']),
        (("room", "connected", {"port": 20001, "to": 40001}), ["conn, address = room.accept()"]),
        (("room", "note", {"text": "stops listening"}), ["room.close()"]),
    ],
)  # fmt: skip
def test_how_a_thing_is_done(event: tuple[Any, ...], code: list[str]) -> None:
    *_before, line = lines(server(), LISTENS, event)
    assert list(line.code) == code


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (("server", "signal", {"signal": "SIGINT"}), "Ctrl-C in the server's window."),
        (("server", "signal", {"signal": "SIGKILL"}), "The server is killed"),
        (("client", "closed_input"), "Ctrl-D in the client's window"),
        (("server", "exit", {"status": 3}), "The server ends, with exit status 3."),
        (("alice", "missing", {"what": "end"}), "alice should see the end of the connection, and never does."),
        (("alice", "missing", {"what": "line"}), "alice should receive a whole line, and never does."),
        (("alice", "missing", b"Hi!", {"said_by": "bob"}), 'alice should receive "Hi!" from bob, and never does.'),
        (("alice", "missing", b"Hi!", {"said_by": "alice"}), 'alice should receive "Hi!", and never does.'),
        (("bob", "missing", b"Hi!", {"what": "output"}), '"Hi!" should come on the screen of bob, and never does.'),
        (("checker", "note", {"left_out": 5}), "5 events are left out here."),
        (server(under=["environment"]), "This time it finds other environment variables than yours"),
        (server(under=["small_print"]), "This time send() takes only a part of what it is given"),
    ],
)
def test_what_is_said_of_it(event: tuple[Any, ...], said: str) -> None:
    *_before, line = lines(server(), event)
    assert line.words.startswith(said) or said in line.words


def test_each_deed_is_a_step_and_what_comes_of_it_stands_below() -> None:
    timeline = scene(server(), LISTENS, ALICE, BOB, ("alice", "sent", b"Hi!"), ("bob", "received", b"Hi!"))
    steps = ByHand(timeline).steps
    assert [step.number for step in steps] == [1, 2, 3, 4]
    assert [line.style for line in steps[3].lines] == ["", "dim"]


def test_pieces_are_put_together_and_so_are_those_who_saw_the_same() -> None:
    came = [("bob", "received", b"Hi"), ("carol", "received", b"Hi!"), ("bob", "received", b"!"), ("dave", "received", b"No")]
    *_before, both, dave = lines(server(), ALICE, ("alice", "sent", b"Hi!"), *came)
    assert both.words == 'bob and carol receive "Hi!".'
    assert both.code == ("[one.recv(1024) for one in (bob, carol)]",)
    assert dave.words == 'dave receives "No".'


def test_rest_is_told_where_it_proves_something() -> None:
    rest = ("checker", "rest")
    told = [line.words for line in lines(server(), rest, ALICE, rest, ("alice", "missing", b"Hi!"))]
    assert sum("at rest" in one for one in told) == 1


def test_who_has_seen_the_end_waits_no_more() -> None:
    *_before, line = lines(server(), ALICE, ("alice", "saw_end"), ("alice", "missing", b"Hi!"))
    assert line.code[0].endswith('b"" at once: the connection has ended')


def test_a_second_port_is_another_one() -> None:
    codes = [code for line in lines(server(), server(20002), server()) for code in line.code]
    assert [code.split()[-1] for code in codes] == ["12345", "12346", "12345"]


def test_a_port_that_is_written_into_the_program_stays_and_still_shows() -> None:
    elsewhere = ("server", "listening", {"host": "127.0.0.1", "port": 12345})
    by_hand = ByHand(scene(server(), elsewhere, ("alice", "connected", {"port": 40001, "to": 12345})))
    started, listening, connected = (line for step in by_hand.steps for line in step.lines)
    assert started.code == ("python server.py 127.0.0.1 12346",)
    assert "port 12345" in listening.words
    assert "12345" in connected.code[0]


def test_a_room_calls_each_connection_by_another_name() -> None:
    joins = ("room", "connected", {"port": 20001, "to": 40001})
    *_before, second, said = lines(server(), joins, joins, ("room", "sent", b"Hi!"))
    assert second.code == ("conn2, address = room.accept()",)
    assert said.code[0].startswith("conn2.sendall(")


# What somebody else wrote


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Hi!",
        b'"',
        b"\\",
        b"\\x41",
        b"'\"\\\n\r\t\0\x1b[2J",
        "Привет, 世界 👋 \u202e".encode(),
        bytes(range(128, 256)),
        b"\xed\xa0\x80",
    ],
)
def test_a_literal_is_what_was_sent(data: bytes) -> None:
    (line,) = lines(("alice", "sent", data))
    call = ast.parse(line.code[0]).body[0]
    assert isinstance(call, ast.Expr) and isinstance(call.value, ast.Call)
    assert eval(ast.unparse(call.value.args[0])) == data
    assert "\n" not in line.code[0] and "\x1b" not in line.code[0]


def test_of_a_long_message_as_many_bytes_are_sent() -> None:
    (line,) = lines(("alice", "sent", b"ab" * 5000))
    assert line.code[0].startswith('alice.sendall(b"x" * 10000)')
    assert "(10,000 bytes)" in line.words


def test_a_letter_that_is_cut_by_what_is_kept_is_left_out() -> None:
    assert Carried("я".encode()[:1], 2).text == ""
    assert Carried("я".encode()[:1], 1).text is None


@pytest.mark.parametrize("who", ["x); import os; os.abort() #", "class", "socket", "room", "a b", "Ж", ""])
def test_a_name_is_a_name(who: str) -> None:
    (line,) = lines((who, "connected", {"port": 1, "to": 2}) if who != "room" else (who, "sent", b""))
    (statement,) = ast.parse(line.code[0]).body
    if isinstance(statement, ast.Assign):
        (target,) = statement.targets
        assert isinstance(target, ast.Name) and target.id not in ("socket", "room")


@pytest.mark.needs("posix")  # how a shell there quotes
def test_a_command_is_one_command() -> None:
    (line,) = lines(server(file="x.py; rm -rf ~", host="$(reboot)"))
    assert line.code == ("python 'x.py; rm -rf ~' '$(reboot)' 12345",)
    (line,) = lines(("server", "signal", {"signal": "KILL; reboot"}))
    assert "reboot" not in line.other


# Results in files


@pytest.fixture
def grade() -> Grade:
    timeline = scene(server(), LISTENS, ALICE, ("alice", "sent", b"\xff"), ("alice", "missing", b"Hi!", {"said_by": "bob"}))
    return a_grade(a_lab([a_check(), a_failure(id="other", timeline=timeline, ended_by="rest")], mark="pass"))


def read(folder: Path, data: bytes) -> Grade:
    file = folder / "out.json"
    file.write_bytes(data)
    return saved.load(file)


def changed(grade: Grade, *path: str | int, value: Any) -> bytes:
    whole = json.loads(jsonfile.to_bytes(grade))
    *way, last = path
    place = whole
    for step in way:
        place = place[step]
    place[last] = value
    return json.dumps(whole).encode()


def test_what_was_written_is_read(grade: Grade, tmp_path: Path) -> None:
    assert read(tmp_path, jsonfile.to_bytes(grade)) == grade


def test_fields_may_be_added(grade: Grade, tmp_path: Path) -> None:
    for path in ((), ("labs", 0), ("labs", 0, "checks", 0)):
        assert read(tmp_path, changed(grade, *path, "new", value={"a": [1]})) == grade


def test_fields_that_came_later_may_be_missing(grade: Grade, tmp_path: Path) -> None:
    whole = json.loads(jsonfile.to_bytes(grade))
    for check in whole["labs"][0]["checks"]:
        del check["threads"], check["read"]
    assert [check.threads for check in read(tmp_path, json.dumps(whole).encode()).labs[0].checks] == [[], []]


CHECK = ("labs", 0, "checks", 1)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("labs",), {}),
        (("labs", 0), None),
        (("labs", 0, "lab"), 3),
        ((*CHECK, "outcome"), "great"),
        ((*CHECK, "points"), "3"),
        ((*CHECK, "points"), True),
        ((*CHECK, "seconds"), float("inf")),
        ((*CHECK, "seconds"), 10**400),
        ((*CHECK, "expected"), {"text": "x"}),
        ((*CHECK, "timeline"), ["x"]),
        ((*CHECK, "timeline", 1, "step"), "1"),
        ((*CHECK, "timeline", 1, "port"), [1]),
        ((*CHECK, "timeline", 1, "kind"), None),
    ],
)
def test_what_is_something_else_is_refused_with_its_place(grade: Grade, tmp_path: Path, path: Any, value: Any) -> None:
    with pytest.raises(ValueError, match="out.json is no") as refused:
        read(tmp_path, changed(grade, *path, value=value))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"3", b"\xff\xfe", b"[" * 100_000, b'{"version": 1}', b'{"version": "1"}'])
def test_what_is_no_result_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ValueError, match="grade --json FILE"):
        read(tmp_path, data)


def test_a_newer_format_is_named(grade: Grade, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="newer checker"):
        read(tmp_path, changed(grade, "version", value=2))


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
