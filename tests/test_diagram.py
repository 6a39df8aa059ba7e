"""What of a timeline becomes part of its diagram, and what is folded away."""

import json
import re
from dataclasses import asdict

import pytest
from made_results import a_check
from made_timelines import Timeline, crowd, left_out

from checker.grading.model import CheckResult, Text, ThreadState
from checker.report.diagram import model
from checker.report.diagram.parts import OTHERS, TERMINAL

MOST_ROWS, MOST_LIFELINES = 25, 6


def names(diagram):
    return [one.name for one in diagram.lifelines]


def rows(diagram, *kinds):
    return [row for row in diagram.rows if row.kind in kinds]


def label(row):
    return row.label.before + row.label.data + row.label.after


def arrows(diagram):
    """Every arrow of a message: from, to, what."""
    found = []
    for row in rows(diagram, "message"):
        for end in row.ends:
            found.append((*((row.hub, end) if row.out else (end, row.hub)), row.label.data))
    return found


def last_heard(diagram):
    return [row for row in rows(diagram, "message") if row.out and row.label.data.endswith("zzzzzzzz")]


def test_a_message_and_the_one_that_never_came():
    diagram = model.of(left_out())
    assert names(diagram) == ["alice", "bob", "your server", "carol"]
    assert arrows(diagram) == [
        ("alice", "server", "Hi! bvxchkrx"),
        ("server", "bob", "[('127.0.0.1', 40000)] Hi! bvxchkrx"),
    ]
    (missing,) = rows(diagram, "missing")
    assert (missing.hub, missing.ends, missing.out) == ("server", ("carol",), True)
    assert label(missing) == "Hi! bvxchkrx never came"
    assert diagram.rows[-1].kind == "verdict"
    assert label(diagram.rows[-1]) == "alice said something and carol received nothing."


def test_times_are_those_since_the_first_deed():
    diagram = model.of(left_out())
    times = [row.t for row in diagram.rows if row.t is not None]
    assert times[0] == 0
    assert times == sorted(times)
    assert rows(diagram, "missing")[0].t == pytest.approx(11)


def test_the_note_is_about_the_thread_that_serves_the_speaker():
    notes = [label(row) for row in rows(model.of(left_out()), "note")]
    assert notes == ["Thread-1 waits in recv() for alice at server.py, line 50"]


def test_a_thread_that_wants_a_lock_is_told_first():
    result = left_out()
    result.threads = [
        ThreadState("MainThread", "accept4", "server.py", 69),
        ThreadState("Thread-1", "futex", "server.py", 9, wants="lock"),
    ]
    notes = [label(row) for row in rows(model.of(result), "note")]
    assert notes[0].startswith("Thread-1 waits for the lock lock")


def test_that_nobody_waits_for_the_speaker_is_told():
    result = left_out()
    result.threads = [one for one in result.threads if one.peer != "alice"]
    notes = [label(row) for row in rows(model.of(result), "note")]
    assert "no thread waits in recv() for alice" in notes


def test_it_is_made_of_what_a_file_holds():
    result = left_out()
    plain = json.loads(json.dumps(asdict(result)))
    threads = [ThreadState(**one) for one in plain.pop("threads")]
    assert model.of(CheckResult(**{**plain, "threads": threads})) == model.of(result)


@pytest.mark.parametrize("timeline", [[], Timeline().add("checker", "note", text="nothing").events])
def test_where_no_program_was_started_there_is_nothing_to_draw(timeline):
    assert model.of(a_check(outcome="failed", timeline=timeline)) is None


def test_what_came_after_the_verdict_is_no_part_of_it():
    result = left_out()
    result.timeline.append({"t": 9.0, "who": "carol", "kind": "received", "step": 99, "data": "Hi! bvxchkrx", "size": 12})
    assert ("server", "carol", "Hi! bvxchkrx") not in arrows(model.of(result))


def test_joins_are_one_row_and_the_console_is_folded_away():
    diagram = model.of(left_out())
    (join,) = rows(diagram, "connect")
    assert join.ends == ("alice", "bob", "carol")
    assert not any("is here" in label(row) for row in diagram.rows)


def test_a_long_scene_keeps_what_matters():
    diagram = model.of(crowd())
    assert len(diagram.rows) <= MOST_ROWS
    assert len(diagram.lifelines) <= MOST_LIFELINES
    for kind in ("start", "connect", "reset", "missing", "verdict"):
        assert rows(diagram, kind), kind
    assert ("guest7", "server", "Hi! zzzzzzzz") in arrows(diagram)
    assert {"guest7", "guest13"} <= set(names(diagram))
    folds = " ".join(label(row) for row in rows(diagram, "fold"))
    assert "58 messages, all of which arrived" in folds


def test_who_does_not_matter_shares_a_lifeline():
    diagram = model.of(crowd())
    others = diagram.lifelines[-1]
    assert (others.key, others.name) == (OTHERS, "16 others")
    assert "guest13" not in others.names
    assert [row.of_others for row in last_heard(diagram)] == [0]  # all of them


def test_of_those_who_share_a_lifeline_it_is_told_how_many():
    diagram = model.of(crowd(deaf=("guest13", "guest4", "guest5")))
    assert {"guest4", "guest5"} <= set(diagram.lifelines[-1].names)
    assert [row.of_others for row in last_heard(diagram)] == [len(diagram.lifelines[-1].names) - 2]


def test_a_message_that_did_not_arrive_is_not_said_to_have():
    timeline = Timeline().server("alice", "bob", "carol")
    for number, letter in enumerate("bcdfghjklmnpqrstvwxz"):
        timeline.says("alice", *(("bob", "carol") if number != 5 else ("bob",)), token="bcdfghj" + letter)
    folds = [label(row) for row in rows(model.of(timeline.misses("carol", "bob").result()), "fold")]
    assert len(folds) == 1
    assert re.fullmatch(r"\d\d messages", folds[0])


def test_visitors_come_and_go_in_one_row():
    timeline = Timeline().server("alice", "bob")
    for _batch in range(4):
        visitors = [f"visitor{number}" for number in range(1, 11)]
        timeline.join(*visitors)
        for number, name in enumerate(visitors):
            timeline.add(name, "reset" if number % 2 else "closed")
    diagram = model.of(timeline.says("alice").misses("bob", "alice").result())
    assert len(diagram.rows) <= MOST_ROWS
    assert "20 people come and go; 10 people leave" in " ".join(label(row) for row in rows(diagram, "fold"))
    assert {"alice", "bob"} <= set(names(diagram))


def test_the_number_of_times_is_told_where_a_message_came_twice():
    timeline = Timeline().server("alice", "bob")
    timeline.add("alice", "sent", "Hi! bvxchkrx").add("bob", "received", "Hi! bvxchkrxHi! bvxchkrx")
    diagram = model.of(timeline.result("bob received the message of alice 2 times."))
    assert [label(row) for row in rows(diagram, "message")][-1] == "Hi! bvxchkrx 2 times"


def test_pieces_of_one_message_are_one_arrow():
    timeline = Timeline().server("alice", "bob").add("alice", "sent", "Hi! bvxchkrx")
    for piece in ("Hi", "! bvx", "chkrx"):
        timeline.add("bob", "received", piece)
    diagram = model.of(timeline.result())
    assert arrows(diagram)[-1] == ("server", "bob", "Hi! bvxchkrx")


def test_of_a_flood_it_is_the_size_that_is_told():
    timeline = Timeline().server("alice", "bob", "carol", "dave", "erin").add("alice", "sent", "Hi! bvxchkrx")
    for number, name in enumerate(("bob", "carol", "dave", "erin")):
        timeline.add(name, "received", "Hi! bvxchkrx" + "x" * (1000 + number))
    assert [label(row) for row in rows(model.of(timeline.result()), "message")][-1] == "4,054 bytes"


def test_of_many_different_things_in_one_step_the_one_that_matters_is_kept():
    timeline = Timeline().server("alice", "bob", "carol", "dave", "erin")
    tokens = ["bcdfghjk", "cdfghjkl", "dfghjklm", "fghjklmn"]
    for token in tokens:
        timeline.add("alice", "sent", f"<{token}>")
    for number, name in enumerate(("bob", "carol", "dave", "erin")):
        timeline.add(name, "received", "".join(f"<{token}>" for at, token in enumerate(tokens) if at != number))
    timeline.add("bob", "missing", "<bcdfghjk>", said_by="alice")
    told = [label(row) for row in rows(model.of(timeline.result()), "message")]
    assert set(told[-2:]) == {"<bcdfghjk> among others", "12 messages"}


def test_a_half_close_and_an_end_that_never_came():
    timeline = Timeline().server("alice").add("alice", "half_closed").add("checker", "rest")
    diagram = model.of(timeline.add("alice", "missing", what="end").result())
    assert [row.ends for row in rows(diagram, "half_close")] == [("alice",)]
    assert label(rows(diagram, "missing")[0]) == "the end (FIN) never came"
    assert "alice" in rows(diagram, "missing")[0].alive


def test_a_line_that_never_came():
    timeline = Timeline().server("alice").add("alice", "received", "half a li").add("checker", "rest")
    diagram = model.of(timeline.add("alice", "missing", what="line").result())
    assert [(row.ends, label(row)) for row in rows(diagram, "missing")] == [(("alice",), "a whole line never came")]


def test_who_is_gone_has_no_lifeline_any_more():
    timeline = Timeline().server("alice", "bob").add("alice", "closed").says("bob").add("server", "exit", status=1)
    diagram = model.of(timeline.result())
    assert "alice" not in diagram.rows[-2].alive
    assert "bob" in diagram.rows[-2].alive
    assert label(rows(diagram, "exit")[0]) == "ends, exit status 1"
    assert "server" not in rows(diagram, "exit")[0].alive


def test_of_a_servers_traceback_the_last_line_is_shown():
    timeline = Timeline().server("alice").add("alice", "reset")
    error = 'Traceback (most recent call last):\n  File "server.py", line 9\nConnectionResetError: [Errno 104] reset\nbye\n'
    diagram = model.of(timeline.add("server", "output", error, stream="stderr").result())
    assert "traceback: ConnectionResetError: [Errno 104] reset" in [label(row) for row in rows(diagram, "note")]


def test_what_another_thread_prints_into_a_traceback_is_not_its_last_line():
    timeline = Timeline().server("alice").add("alice", "reset")
    error = 'Traceback (most recent call last):\n  File "s.py", line 9\n(\'127.0.0.1\', 40000) is here\nOSError: [Errno 9]\n'
    diagram = model.of(timeline.add("server", "output", error, stream="stderr").result())
    assert "traceback: OSError: [Errno 9]" in [label(row) for row in rows(diagram, "note")]


def test_what_a_server_printed_is_shown_where_the_verdict_is_about_it():
    timeline = Timeline().server("alice").add("alice", "closed").add("server", "output", "left: 3 there\n")
    diagram = model.of(timeline.result(got=Text.of("left: 3 there\n")))
    assert "prints left: 3 there" in [label(row) for row in rows(diagram, "note")]


def test_a_client_stands_between_a_person_and_a_server_of_ours():
    timeline = Timeline().client().add("client", "typed", "Hi! bvxchkrx").add("room", "received", "Hi! bvxchkrx")
    timeline.add("room", "sent", "Yo! gjwfnqhr").add("checker", "rest")
    diagram = model.of(timeline.add("client", "missing", "Yo! gjwfnqhr", what="output").result())
    assert names(diagram) == ["terminal", "your client", "our server"]
    assert [(row.kind, row.ends, row.out) for row in diagram.rows if row.ends] == [
        ("connect", ("room",), True),
        ("typed", (TERMINAL,), False),
        ("message", ("room",), True),
        ("message", ("room",), False),
        ("missing", (TERMINAL,), True),
    ]
    assert label(rows(diagram, "missing")[0]) == "Yo! gjwfnqhr never came on the screen"


def test_a_prompt_that_comes_again_is_no_news():
    timeline = Timeline().client()
    for _number in range(3):
        timeline.add("client", "typed", "x").add("client", "output", "Your message: ")
    timeline.add("client", "typed", "y").add("client", "output", "Your message: Your message: ").add("room", "closed")
    assert len(rows(model.of(timeline.result()), "output")) == 1


def test_a_flood_on_a_screen_is_one_row():
    timeline = Timeline().client().add("client", "closed_input")
    for _number in range(500):
        timeline.add("client", "output", "Your message: ")
    (flood,) = rows(model.of(timeline.result()), "output")
    assert label(flood).startswith("on and on: ")


def chat(*events):
    timeline = Timeline().server()
    for name in ("alice", "bob", "carol"):
        timeline.add(name, "started", file="client.py", role="client", host="127.0.0.1", port=12345)
    for event in events:
        timeline.add(*event)
    return timeline


def test_in_a_chat_of_programs_an_arrow_is_what_came_on_a_screen():
    shown = "\n[('127.0.0.1', 40000)] Hi! bvxchkrx\nYour message: "
    timeline = chat(("alice", "typed", "Hi! bvxchkrx"), ("bob", "output", shown), ("checker", "rest"))
    timeline.add("carol", "missing", "Hi! bvxchkrx", what="output", said_by="alice")
    diagram = model.of(timeline.result())
    assert names(diagram) == ["alice", "bob", "your server", "carol"]
    assert [row.ends for row in rows(diagram, "connect")] == [("alice", "bob", "carol")]
    (typed,) = rows(diagram, "typed")
    assert (typed.hub, typed.ends, typed.out) == ("server", ("alice",), False)
    (output,) = rows(diagram, "output")
    assert (output.hub, output.ends) == ("server", ("bob",))
    assert (rows(diagram, "missing")[0].hub, rows(diagram, "missing")[0].ends) == ("server", ("carol",))


def test_what_nobody_saw_of_a_line_is_not_drawn():
    timeline = chat(("alice", "typed", "Hi! bvxchkrx"), ("checker", "rest"))
    timeline.add("bob", "missing", "Hi! bvxchkrx", what="output", said_by="alice")
    diagram = model.of(timeline.result())
    assert rows(diagram, "typed")[0].ends == ()  # whether it reached the server is not known
    assert (rows(diagram, "missing")[0].hub, rows(diagram, "missing")[0].ends) == ("alice", ("bob",))


def test_of_several_runs_the_last_is_shown():
    timeline = Timeline().server("alice", port=11111).says("alice").add("server", "signal", signal="SIGKILL")
    timeline.add("server", "exit", status=-9)
    timeline.server("bob", port=22222).says("bob").misses("bob", "bob")
    diagram = model.of(timeline.result())
    assert "alice" not in names(diagram)
    assert label(diagram.rows[0]) == "an earlier run of the program is not shown"


def test_started_again_at_the_same_port_is_one_story():
    timeline = Timeline().server("alice").add("server", "signal", signal="SIGINT").add("server", "exit", status=0)
    diagram = model.of(timeline.server().result())
    assert [label(row) for row in rows(diagram, "start", "signal", "exit")] == [
        "server.py listens on port 12345",
        "Ctrl-C (SIGINT)",
        "ends, exit status 0",
        "server.py listens on port 12345",
    ]


def test_what_was_not_kept_is_said():
    timeline = Timeline().server("alice").add("checker", "note", left_out=1448)
    assert "1,448 events were not kept" in [label(row) for row in rows(model.of(timeline.result()), "fold")]
