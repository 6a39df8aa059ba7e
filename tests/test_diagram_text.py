"""The drawing in text: narrow enough, in the characters that there are, harmless."""

import unicodedata

import pytest
from made_results import Terminal, a_failure, shown, words
from made_timelines import Timeline, crowd, left_out

from checker.report.diagram import model, text
from checker.report.excerpt import columns

PICTURE = """
  ms  alice  bob                           your server                     carol
 0.0            server.py listens on port 12345 ●
 2.0    ●─────●────────────connects────────────►│◄───────────────────────────●
 8.0    │────────────"Hi! bvxchkrx"────────────►│                            │
 9.0    │     │◄"…0.0.1', 40000)] Hi! bvxchkrx"─│                            │
10.0    │     at rest: nothing more will happen │                            │
11.0    │     │                                 │╌"Hi! bvxchkrx" never came╌✗│
      Thread-1 waits in recv() for alice at server.py, line 50               │
12.0  ✗ alice said something and carol received nothing.
"""

HOSTILE = [
    "\x1b[31mred\x1b[0m\x07",
    "nul\x00 and more",
    "\u202egnirts desrever\u2066",
    "x" * (1 << 20),
    "世界" * 60,
    "e" + "\u0301" * 50,
    "\ud800 half a pair",
    "two\r\nlines\tand a tab",
    "👋🏽 👨‍👩‍👧" * 8,
]


def drawn(result, width=80, encoding="utf-8"):
    return text.draw(model.of(result), width, encoding)


def said(data):
    """A scene in which `data` is said, heard and missed, and the verdict is about it."""
    timeline = Timeline().server("alice", "bob").add("alice", "sent", data).add("bob", "received", data)
    timeline.add("server", "output", f"Traceback (most recent call last):\n{data}\n", stream="stderr")
    return timeline.add("bob", "missing", data, said_by="alice").result(f"bob did not receive {data}")


def test_the_whole_picture():
    assert "\n".join(drawn(left_out())) == PICTURE.strip("\n")


@pytest.mark.parametrize("width", [30, 60, 80, 100])
@pytest.mark.parametrize("result", [left_out(), crowd(), crowd(people=30, rounds=6)], ids=["three", "crowd", "more"])
def test_never_wider_than_there_is_room(result, width):
    lines = drawn(result, width)
    assert max(columns(line) for line in lines) <= width
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("result", [left_out(), crowd(), crowd(people=30, rounds=6)], ids=["three", "crowd", "more"])
def test_a_drawing_is_no_longer_than_a_screen(result):
    assert len(drawn(result)) <= 25


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1251", "cp437"])
def test_whatever_is_said_stays_harmless_and_in_its_place(data, width, encoding):
    lines = drawn(said(data), width, encoding)
    for line in lines:
        assert columns(line) <= width
        line.encode(encoding)
        assert line.isprintable()
        assert not any(unicodedata.bidirectional(one) in ("RLO", "LRO", "RLI", "LRI") for one in line)
    assert len(lines) <= 25


@pytest.mark.parametrize("data", ["Привет, 世界 👋 bvxchkrx", "e\u0301a\u0308 bvxchkrx", "Hi! bvxchkrx"])
def test_lifelines_stand_in_line(data):
    lines = drawn(said(data))
    head = lines[0]
    server = columns(head[: head.index("your server")]) + len("your server") // 2
    bob = columns(head[: head.index("bob")]) + len("bob") // 2
    heads = [columns(line[: line.rindex("►") + 1]) for line in lines if "►" in line]
    assert heads == [server, server, bob]  # joins, what is said, what is heard


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "no-such-encoding"])
def test_without_box_characters_it_is_drawn_with_others(encoding):
    lines = drawn(left_out(), encoding=encoding)
    assert all(line.isascii() for line in lines)
    whole = "\n".join(lines)
    for part in ("o-----o---", ">|<", '"Hi! bvxchkrx" never came', "X|", "X alice said something"):
        assert part in whole, part


def test_what_never_came_is_told_by_more_than_a_colour():
    (line,) = [line for line in drawn(left_out()) if "never came" in line]
    assert "╌" in line
    assert "✗│" in line
    assert "►" not in line


def test_of_a_long_message_the_size_is_told():
    timeline = Timeline().server("alice").add("alice", "sent", "0123" * 1024)
    timeline.events[-1]["size"] = 1 << 20
    assert any('1,048,576 bytes: "0123' in line for line in drawn(timeline.result()))


def test_a_label_without_room_stands_above_its_arrow():
    lines = drawn(said("a message that is far longer than what there is room for bvxchkrx"), 32)
    labels = [number for number, line in enumerate(lines) if "never came" in line and "╌" not in line]
    assert labels
    assert all("╌✗" in lines[number + 1] for number in labels)


def test_the_screen_shows_it_between_what_came_and_the_threads():
    result = left_out()
    whole = words(shown(result))
    places = [whole.index(part) for part in ("What happened:", '"Hi! bvxchkrx" never came', "Its threads:")]
    assert places == sorted(places)


def test_the_screen_does_without_where_nothing_was_played():
    assert "What happened:" not in shown(a_failure())


def test_a_terminal_is_shown_the_same():
    assert '"Hi! bvxchkrx" never came' in shown(left_out(), file=Terminal())
