"""No text of a program can do more on the screen than be read."""

import io
import re

import pytest
from made_results import NOW, Terminal, a_check, a_failure, in_encoding, shown, words

from checker.grading.model import GradedFile, Text, ThreadState
from checker.report.harmless import harmless

STEERING = "\x1b[2J\x1b]0;title\x07 \x00 \u202egpj.exe \u200b \x9b31m \x08\x08 \r over"


@pytest.mark.parametrize("terminal", [False, True])
def test_no_text_of_a_program_steers_the_terminal(terminal):
    nasty = Text.of(STEERING)
    thread = ThreadState("MainThread", "accept", "ser\x1bver.py", 3, "print('\x1b[2J')")
    check = a_failure(
        message=f"It said {STEERING}",
        expected=nasty,
        got=nasty,
        output=Text.of(STEERING + "!"),
        threads=[thread],
        hint=STEERING,
        note=STEERING,
        read=STEERING,
        title=STEERING,
    )
    text = shown(
        check, file=Terminal() if terminal else io.StringIO(), missing=STEERING, notes=[STEERING + "?"]
    )
    ours = re.sub(r"\x1b\[[0-9;]*m", "", text) if terminal else text
    assert not [one for one in ours if not one.isprintable() and one != "\n"]
    assert r"\x1b[2J" in ours
    assert r"\u202egpj.exe" in ours


@pytest.mark.parametrize("terminal", [False, True])
def test_markup_of_a_program_is_shown_as_it_is(terminal):
    said = "[bold red]x[/] [link=http://a]b[/link] :smile: \\[c] [/nothing]"
    text = shown(a_failure(message=said, got=Text.of(said + "!")), file=Terminal() if terminal else None)
    assert said in words(text)
    assert said + "!" in text


def test_accents_do_not_pile_up():
    assert harmless("e" + "\u0301" * 5, "utf-8") == "e\u0301\u0301" + r"\u0301" * 3


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp866", "cp1251", "latin-1"])
def test_old_encodings_are_never_asked_for_what_they_do_not_have(encoding):
    check = a_failure(
        message="«Привет» 世界 👋", got=Text.of("世界"), hint="How many letters are in «Привет»?"
    )
    text = shown(a_check(), check, file=in_encoding(encoding), notes=["Ваша папка 世"])
    assert r"\u4e16\u754c" in text
    assert " +   3/3" in text
    assert " x   0/3" in text


def test_a_legacy_encoding_keeps_the_letters_that_it_has():
    assert "Привет \\u4e16" in shown(a_failure(message="Привет 世"), file=in_encoding("cp866"))


def test_names_that_are_no_unicode_can_be_shown():
    assert "\\udcff.py" in words(shown(a_check(), files=[GradedFile("\udcff.py", "", NOW)]))


def test_every_line_fits_into_eighty_columns():
    check = a_failure(
        title="word " * 40,
        message="word " * 60,
        expected=Text.of("x" * 500),
        got=Text.of("世" * 200),
        hint="word " * 40,
        output=Text.of("y" * 500),
        threads=[ThreadState("MainThread", "accept4", "server.py", 1, "word " * 40)],
    )
    from rich.cells import cell_len

    assert max(cell_len(line) for line in shown(check).splitlines()) <= 80


def test_no_colour_where_none_is_wanted(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    text = shown(a_failure(got=Text.of("x")), file=Terminal())
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", text)


def test_colour_on_a_terminal(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[1;31m" in shown(a_failure(), file=Terminal())
