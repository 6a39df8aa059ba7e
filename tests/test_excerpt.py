"""Texts as rows for a screen."""

import re

import pytest

from checker.inside import schedules
from checker.report import harmless
from checker.report.excerpt import MOST_ROWS, TRACEBACK, first_difference, last_lines, rows


@pytest.mark.parametrize(
    ("expected", "got", "place"),
    [
        ("Hi! abc", "Hi! abd", 6),
        ("Hi! abc", "Hi! abc\n", 7),
        ("Hi! abc", "Hi!", 3),
        ("Hi! abc", "[alice] Hi! axc", 13),
        ("Hi! abc", "[alice] Hi! abc", None),
        ("Hi! abc", "", None),
        ("", "Hi!", None),
        ("Hi!", "Hi!", None),
        ("abc", "xyz", None),
    ],
)
def test_the_first_difference(expected, got, place):
    assert first_difference(expected, got) == place


def test_a_line_end_is_shown_and_ends_the_row():
    assert [row.text for row in rows("a\nb\t\x00", None, 60, "utf-8")] == [r"a\n", r"b\t\x00"]


def test_a_short_text_is_whole():
    text = "0123456789" * 100
    assert "".join(row.text for row in rows(text, None, 64, "utf-8")) == text


def test_a_long_text_shows_its_ends_and_the_marked_place():
    text = "a" * 100_000 + "B" + "c" * 100_000
    found = rows(text, 100_000, 64, "utf-8")
    assert len(found) <= MOST_ROWS
    marked = next(row for row in found if row.caret is not None)
    assert marked.text[marked.caret] == "B"
    gaps = [row.text for row in found if "not shown here" in row.text]
    left_out = sum(int(re.sub(r"\D", "", gap)) for gap in gaps)
    assert left_out + sum(row.characters for row in found) == len(text)


def test_the_last_lines_of_an_output_are_shown_and_the_earlier_counted():
    found = last_lines("\n".join(str(n) for n in range(100)), "utf-8")
    assert found[0] == "... 92 earlier lines ..."
    assert found[-1] == "99"


def test_a_traceback_at_the_end_is_shown_from_its_beginning():
    trace = ["Traceback (most recent call last):", *(f"  File {n}" for n in range(20)), "ValueError: x"]
    assert last_lines("\n".join(["before"] * 50 + trace), "utf-8")[1:] == trace


@pytest.mark.parametrize("length", [0, 1, 8_999, 9_000, 9_001, 12_000, 50_000])
@pytest.mark.parametrize("place", [0, 1, 2_999, 3_000, 3_001, 6_000, -6_000, -3_001, -3_000, -1, None])
def test_every_character_is_shown_or_counted_and_the_mark_stands_once(length, place):
    mark = None if place is None else place % (length + 1)
    found = rows("x" * length, mark, 64, "utf-8")
    gaps = [row for row in found if "not shown here" in row.text]
    left_out = sum(int(re.sub(r"\D", "", gap.text)) for gap in gaps)
    assert left_out + sum(row.characters for row in found) == length
    assert sum(row.caret is not None for row in found) == (mark is not None)


def test_a_huge_text_is_not_laid_out_whole(monkeypatch):
    laid_out = []
    pieces = harmless.pieces
    monkeypatch.setattr(
        harmless, "pieces", lambda text, code: laid_out.append(len(text)) or pieces(text, code)
    )
    rows("\xff" * 2**20, 2**19, 64, "utf-8")
    last_lines("\xff" * 2**20 + "\n\x00" * 2**16, "utf-8")
    assert sum(laid_out) < 20_000


def test_calls_of_ours_are_left_out_of_a_traceback() -> None:
    printed = "\n".join(
        [
            TRACEBACK,
            '  File "/home/me/server.py", line 71, in broadcast',
            "    client.sendall(message)",
            f'  File "{schedules.__file__}", line 240, in sends',
            "    do(self)",
            "    ~~^^^^^^",
            "BrokenPipeError: [Errno 32] Broken pipe",
        ]
    )
    assert last_lines(printed, "utf-8") == [*printed.split("\n")[:3], "BrokenPipeError: [Errno 32] Broken pipe"]
