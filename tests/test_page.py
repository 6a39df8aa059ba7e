"""The page: everything is on it, in order, and nothing that a program said does anything there."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from made_pages import HOSTILE, Page, a_hostile_failure, a_timeline, a_whole_failure, half_right, skipped
from made_results import a_check, a_failure, a_grade, a_lab

from checker.cli import main
from checker.grading.model import Text
from checker.report import marked, page
from checker.report.eventtable import MOST_EVENTS
from checker.report.marked import Piece

ROOT = Path(__file__).resolve().parents[1]


def read(*checks, **facts):
    """The page of a grade of one lab with these checks."""
    return Page(page.to_bytes(a_grade(a_lab(checks, title="a room"), **facts)))


@pytest.fixture(scope="module")
def whole():
    """The page of a grade with everything in it."""
    return Page(page.to_bytes(half_right()))


@pytest.fixture(scope="module")
def hostile():
    """A check of a program that has said `HOSTILE`, and a megabyte, wherever it could."""
    return a_hostile_failure()


def test_it_is_one_page_in_one_language_with_its_headings_in_order(whole):
    assert whole.source.startswith("<!doctype html>\n")
    assert whole.one("html").attributes["lang"] == "en"
    assert whole.all("title")[0].text == "9 of 30 points (labs)"
    levels = [int(one.name[1]) for one in whole.elements if re.fullmatch(r"h\d", one.name)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in zip(levels, levels[1:], strict=False))
    for landmark in ("header", "nav", "main", "footer"):
        whole.one(landmark)
    first = next(one for one in whole.elements if "body" in one.inside)
    assert (first.name, first.attributes["href"]) == ("a", "#labs")


def test_ids_are_there_once_and_every_link_leads_to_one(whole):
    ids = [one.attributes["id"] for one in whole.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    links = [one.attributes["href"] for one in whole.all("a")]
    assert links and {link.partition("#")[2] for link in links} <= set(ids)


def test_nothing_is_loaded_and_nothing_runs(whole):
    policy = next(one for one in whole.all("meta") if one.attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy.attributes["content"].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert not {one.name for one in whole.elements} & {"script", "iframe", "img", "object", "embed", "base", "form", "image"}
    for element in whole.elements:
        for name, value in element.attributes.items():
            assert not name.startswith("on"), element
            if name in ("src", "href", "xlink:href", "action", "data", "poster"):
                assert value.startswith("#") or value == "data:,", element
    assert "url(" not in whole.source and "@import" not in whole.source


def test_the_marks_are_in_a_table_with_a_line_a_lab(whole):
    table = whole.one("table", "marks")
    for line in (
        "Lab 1: a first connection 3 of 3 1 passed",
        "Lab 2: two people 0 of 3 1 not tried",
        "Lab 3: a room 3 of 15 1 passed, 3 failed, 1 not tried",
        "Lab 6: the whole of it 3 of 3 1 passed Mark: pass.",
        "Together 9 of 30",
    ):
        assert line in table.text, line


def test_what_was_graded_is_told_with_time_and_digest():
    found = read(a_check())
    assert re.search(r"server\.py, saved on 2023-11-14 at \d\d:\d\d, SHA-256 0{12}$", found.one("ul", "files").text)
    assert "Chat labs, checked: labs" in found.text
    assert "--seed 1234" in found.one("footer").text


def test_one_lab_needs_no_table():
    found = read(a_check())
    assert found.one("h1").text == "3 of 3 points"
    assert not found.all("table")


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ([a_check()], "NO GRADE: the run was not finished."),
        ([a_check(outcome="error", points=0, message="Traceback")], "the checker itself failed in 1 check"),
    ],
)
def test_no_grade_is_said_loudly(checks, said):
    found = read(*checks, complete=False)
    assert found.one("h1").text == "No grade"
    assert found.all("title")[0].text.startswith("NO GRADE: ")
    assert said in next(one for one in found.all("p", "nograde") if "NO GRADE" in one.text).text
    assert not read(a_check()).all("", "nograde")


def test_the_checkers_own_fault_is_shown_whole():
    found = read(a_check(outcome="error", points=0, message="The checker itself failed:\nTraceback\n  File"), complete=False)
    check = found.one("details", "error")
    assert "open" in check.attributes
    assert "This is not your program's fault" in check.text and "Traceback File" in check.text


def test_outcomes_are_told_by_sign_and_word(whole):
    assert {one.text for one in whole.all("span", "outcome")} == {"✓ passed", "✗ failed", "– not tried"}


def test_what_passed_is_folded_with_what_it_rests_on(whole):
    check = next(one for one in whole.all("details", "passed") if "Unicode" in one.text)
    assert "open" not in check.attributes
    for part in (
        "Watched inside your program while it ran.",
        "The verdict came when your program had nothing left to do.",
        "Note: Seen once.",
        "3 of 3",
    ):
        assert part in check.text, part
    assert "Unicode" in {one.text for one in whole.all("code")}  # stands between backticks in the title


def test_at_rest_is_not_called_proved_where_it_was_observed():
    assert "(observed, not proved)" in read(a_check(ended_by="rest"), rest="portable").text
    assert "observed" not in read(a_check(ended_by="seen"), rest="procfs").text


def test_a_failed_check_is_open_and_shows_all_its_evidence(whole):
    check = next(one for one in whole.all("details", "failed") if "reaches every other" in one.text)
    assert "open" in check.attributes
    parts = (
        "✗ failed A message reaches every other client, once. 0 of 3",
        "alice said something and bob received something else.",
        "Probably: the loop leaves out the wrong client (server.py, line 31)",
        "expected Hi! bcdfghjk",
        r"came [alice] Hi! bcdxghjk\n",
        "the marked place: from here on it differs",
        "What happened",
        "By then your program had nothing left to do. Its threads:",
        "MainThread waits in accept() at server.py, line 69: connection = listener.accept()",
        "Thread-1 waits for the lock send_lock at server.py, line 50; it holds clients_lock: with send_lock:",
        "The last that it printed ... 32 earlier lines ... line 32",
        "Hint: After recv() returns, who else is waiting to hear it?",
        "Read: notebooks/03_broadcast.ipynb#one-list-many-threads",
        "Try this one again: python -m checker grade 3 --check reaches_every_other_client --submission labs",
        "See it step by step: python -m checker replay 3 reaches_every_other_client --submission labs",
        "The next hint: python -m checker hint 3 reaches_every_other_client",
        "Seen from outside, over real connections.",
    )
    place = 0
    for part in parts:
        place = check.text.find(part, place)
        assert place >= 0, part


def test_the_diagram_is_drawn_where_a_program_was_started():
    found = read(a_whole_failure())
    assert found.one("svg").text
    assert found.one("div", "diagram").attributes["tabindex"] == "0"
    assert not read(a_failure()).all("svg")


def test_what_happened_is_a_table_as_well():
    rows = [one.text for one in read(a_whole_failure()).all("tr")]
    assert rows[1:] == [
        "0.0 ms server is started server.py",
        "10.0 ms server prints Hi! bcdfghjk",
        "20.0 ms server listens port 20000",
        "30.0 ms alice connects port 40001",
        "40.0 ms bob connects port 40002",
        "50.0 ms alice sends Hi! bcdfghjk",
        "60.0 ms alice receives Hi! bcdfghjk",
        "70.0 ms checker sees your program at rest",
        "80.0 ms bob WAITED FOR THIS IN VAIN Hi! bcdfghjk",
        "90.0 ms checker gives its verdict bob received nothing.",
    ]


@pytest.mark.parametrize(("what", "said"), [("end", "the end of the stream"), ("line", "a whole line"), ("else", "")])
def test_what_never_came_is_named_where_it_has_no_bytes(what, said):
    event = {"t": 0.08, "who": "bob", "kind": "missing", "step": 4, "what": what}
    rows = read(a_whole_failure(timeline=[*a_timeline()[:8], event])).all("tr")
    assert rows[-1].text == f"80.0 ms bob WAITED FOR THIS IN VAIN {said}".strip()


def test_a_long_scene_has_its_beginning_and_its_end_in_the_table():
    events = a_timeline()
    rows = read(a_whole_failure(timeline=events[:6] + 500 * events[6:7] + events[7:])).all("tr")
    assert len(rows) == 1 + MOST_EVENTS + 1
    shown = next(one.text for one in rows if "not shown" in one.text)
    assert f"{509 - MOST_EVENTS} events" in shown
    assert "gives its verdict" in rows[-1].text


@pytest.mark.parametrize(
    ("expected", "got", "mark", "said"),
    [
        ("Hi! abc", "Hi! xbc", "x", "from here on it differs"),
        ("Hi! abc", "Hi! abc\n", r"\n", "from here on it is too much"),
        ("Hi! abc", "Hi!", "the rest is missing", None),
        ("Hi! abc", "[1] Hi! a<c", "<", "from here on it differs"),
        ("abc", "xyz", None, None),
    ],
)
def test_the_first_difference_is_marked_and_told(expected, got, mark, said):
    found = read(a_failure(expected=Text.of(expected), got=Text.of(got)))
    assert [one.text for one in found.all("mark")] == ([] if mark is None else [mark])
    assert [one.text for one in found.all("p", "said")] == ([] if said is None else [f"↑ the marked place: {said}"])


def test_nothing_is_told_as_nothing():
    assert "came nothing" in read(a_failure(expected=Text.of("Hi!"), got=Text.of(""))).text


def test_the_same_message_is_explained_once(whole):
    check = next(one for one in whole.all("details", "failed") if "It bears the port." in one.text)
    assert "As above: A message reaches every other client, once." in check.text
    assert "What this check saw by itself" in check.text


def test_what_was_not_tried_says_why(whole):
    on_what = next(one for one in whole.all("div", "skipped") if "not tried, as it builds on:" in one.text)
    assert "A message reaches every other client, once." in on_what.text
    assert "not tried, as it builds on: other" in read(skipped("other")).text
    assert [one.text for one in whole.all("details", "skipped")] == [
        "– not tried 1 check of server.py was not tried (3 points). Fifty arrive in order. (0 of 3)",
        "– not tried 1 check of client.py was not tried (3 points). Fifty arrive in order. (0 of 3)",
    ]
    assert whole.text.count("There is no folder labs/lab2_duo.") == 1


def test_what_python_cannot_read_keeps_its_shape(whole):
    assert "    31 | while True\n       |           ^" in ["".join(one.parts) for one in whole.all("pre")]


def test_notes_are_told_once_a_lab(whole):
    assert whole.text.count("server.py begins with a mark.") == 1


def test_where_to_begin_is_a_link(whole):
    begin = whole.all("p", "begin")
    assert [one.text for one in begin] == ["Begin with: A message reaches every other client, once."]


def test_boxes_that_scroll_can_be_reached_and_have_a_name(whole):
    boxes = whole.all("", "scroll")
    assert boxes
    for box in boxes:
        assert box.attributes["tabindex"] == "0" and box.attributes["role"] == "group" and box.attributes["aria-label"]


def test_the_pages_language_is_that_of_its_texts(monkeypatch):
    monkeypatch.setattr(page, "language", lambda: "ru")
    assert read(a_check()).one("html").attributes["lang"] == "ru"


# What programs do to it


def test_nothing_that_a_program_said_becomes_an_element(hostile):
    tame = read(a_whole_failure(note="note"))
    found = read(hostile)
    drawn = {"g", "path", "rect", "circle", "text", "tspan"}
    assert {one.name for one in found.elements} <= {one.name for one in tame.elements} | drawn
    assert {name for one in found.elements for name in one.attributes} <= {
        name for one in tame.elements for name in one.attributes
    }
    assert "<script>window.hacked = 1; alert(1)</script>" in found.text
    assert "{{ 7 * 7 }}" in found.text and "49" not in found.one("details", "failed").text


def test_no_byte_of_it_can_steer_what_shows_it(hostile):
    source = read(hostile).source
    assert not {one for one in source if not one.isprintable()} - {"\n"}
    for escape in (r"\x00", r"\x1b", r"\u202e", r"\u2066", r"\u200b", r"\ufeff", r"\x08"):
        assert escape in source


def test_what_is_invisible_is_shown_as_escapes_and_told_apart():
    found = read(a_failure(got=Text.of("a\x00\x00b\\x00\u202ec\td\n")))
    assert [one.text for one in found.all("i")] == [r"\x00\x00", r"\u202e", r"\t", r"\n"]


def test_a_megabyte_makes_no_megabyte_of_a_page(hostile):
    found = read(*(replace(hostile, id=f"check{number}", message=f"{number} {HOSTILE}") for number in range(12)))
    assert len(found.source.encode()) < 1_000_000
    assert "characters are not shown here" in found.text


def test_names_on_a_disk_that_are_no_text_are_shown():
    assert b"labs\\udcff" in page.to_bytes(a_grade(a_lab([a_check()]), submission="labs\udcff"))


# Texts in pieces


def test_a_long_text_is_shown_or_counted_to_the_last_character():
    text = "a" * 100_000 + "B" + "c" * 100_000
    pieces = marked.marked(text, 100_000)
    assert [one.text for one in pieces if one.kind == "mark"] == ["B"]
    gaps = sum(int(re.sub(r"\D", "", one.text)) for one in pieces if one.kind == "gap")
    assert gaps + sum(len(one.text) for one in pieces if one.kind != "gap") == len(text)


def test_a_line_end_is_shown_and_ends_the_line():
    assert marked.marked("a\nb\n", None) == [
        Piece("plain", "a"), Piece("escape", r"\n"), Piece("plain", "\nb"), Piece("escape", r"\n")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("plain", [(False, "plain")]),
        ("`exit` ends it", [(False, ""), (True, "exit"), (False, " ends it")]),
        ("one ` alone", [(False, "one ` alone")]),
    ],
)
def test_what_stands_between_backticks_is_code(text, parts):
    assert marked.code_in(text) == parts


def test_lines_that_begin_with_blanks_are_code():
    assert marked.paragraphs("One.\n    31 | x\n       | ^\n\nTwo.\n") == [
        (False, "One."), (True, "    31 | x\n       | ^"), (False, "Two.")
    ]  # fmt: skip


# How it comes to be a file


def test_the_command_writes_it(tmp_path, open_folder):
    server = open_folder / "server.py"
    server.write_text(f"TEXT = {HOSTILE!r}\n\n\ndef start_server(host, port):\n    print(TEXT)\n", encoding="utf-8")
    file = tmp_path / "page.html"
    assert main(["grade", "3", "--server", str(server), "--seed", "1", "--html", str(file)]) == 1
    found = Page(file.read_bytes())
    assert "<script>window.hacked = 1; alert(1)</script>" in found.text and not found.all("script")
    assert not {one for one in found.source if not one.isprintable()} - {"\n"}
    assert f"grade 3 --check serves_a_newcomer_while_others_are_silent --server {server}" in found.text


def test_the_templates_are_installed_with_it():
    files = [one for one in page.TEMPLATES.iterdir() if one.is_file()]
    assert files and page.TEMPLATES.parent == ROOT / "checker" / "report"
    assert '"report/templates/*"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
