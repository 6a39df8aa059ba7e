"""The README's pictures: taken of real runs, showing nobody's machine, and all of them there."""

from __future__ import annotations

import argparse
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from checker.authoring.pictures import browser, command, drawing
from checker.authoring.pictures.terminal import rows
from checker.cli import main
from checker.grading.submission import AskedWrongly
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PICTURES = ROOT / "docs" / "pictures"
DRAWN = [f"{one.name}.svg" for one in command.TYPED]
SEEN = [command.PAGE, command.NOTEBOOK]
SVG = "{http://www.w3.org/2000/svg}"
LARGEST = 150_000


def words_in(svg: str) -> str:
    """What one reads on it."""
    return "\n".join(str(one.text) for one in ElementTree.fromstring(svg).iter(f"{SVG}text")).replace("\xa0", " ")


@pytest.mark.needs("posix")
def test_a_terminal_is_drawn_as_a_person_sees_it(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command.tempfile, "tempdir", str(open_folder))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    grade = command.TYPED[0]
    svg = command.terminal_picture(grade)
    said = words_in(svg)
    assert said.startswith("$ python -m checker grade 3\n")
    assert "alice got back what alice had said." in said
    assert "18 of 20 points." in said and "your server" in said
    assert "labs/lab3_broadcast/server.py" in said and str(open_folder) not in said
    assert svg.count(f'class="picture-{grade.name}-r') > 40
    assert len(set(re.findall(r"fill: (#\w+)", svg))) > 3  # in colour, whoever asked for none here


@pytest.mark.parametrize("name", DRAWN)
def test_the_drawn_ones_show_no_machine_and_fetch_nothing(name: str) -> None:
    svg = (PICTURES / name).read_text(encoding="utf-8")
    assert not re.search(r"/(home|root|tmp|var|Users|opt|work)/|[A-Z]:\\\\", words_in(svg))
    assert not re.search(r"url\((?!#)|href|@import|<script", svg)
    assert f'id="picture-{Path(name).stem}-' in svg
    assert len(svg.encode()) < LARGEST


@pytest.mark.parametrize("name", SEEN)
def test_the_seen_ones_are_small(name: str) -> None:
    data = (PICTURES / name).read_bytes()
    assert data.startswith(b"\x89PNG") and len(data) < LARGEST


def test_the_readme_shows_each_and_no_other() -> None:
    shown = re.findall(r'(?:src="|\]\()(docs/pictures/[^")]+)', README)
    assert sorted(shown) == sorted(f"docs/pictures/{name}" for name in [*DRAWN, *SEEN])
    assert {path.name for path in PICTURES.iterdir()} == {*DRAWN, *SEEN}
    assert "python -m checker author pictures" in README
    assert all(re.findall(r'<img [^>]*alt="[^"]{20,}"', tag) for tag in re.findall(r"<img [^>]*>", README))


def test_the_readmes_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert links and [link for link in links if not (ROOT / link).exists()] == []


# The terminal


def test_colours_are_kept_and_a_bar_is_gone_when_it_was_taken_away() -> None:
    bar = "\r\x1b[2K\x1b[32m--\x1b[0m 1/2\r\x1b[2K\x1b[32m----\x1b[0m 2/2\r\n\r\x1b[1A\x1b[2K"
    assert rows(f"one\r\n\x1b[?25l{bar}\x1b[?25h\x1b[1mtwo\x1b[0m\r\n") == ["one", "\x1b[1mtwo\x1b[0m", ""]


def test_what_the_terminal_does_not_know_makes_no_wrong_picture() -> None:
    with pytest.raises(ValueError, match="1b.5;5H"):
        rows("one\x1b[5;5Htwo")


def test_a_row_that_is_too_long_goes_on_below() -> None:
    assert words_in(drawing.svg(["0123456789abc"], 10, "x")).split() == ["0123456789", "abc"]


# What stands in the way


@pytest.mark.parametrize("secret", [str(ROOT), str(Path.home())])
def test_a_picture_of_this_machine_is_not_written(secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "screen_of", lambda *_asked: [f"see {secret}/x", ""])
    options = argparse.Namespace(to=tmp_path)
    with pytest.raises(AskedWrongly, match="it would show"):
        command.pictures(options)
    assert not list(tmp_path.iterdir())


def test_without_a_browser_the_terminals_are_drawn_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "screen_of", lambda *_asked: ["here", ""])
    monkeypatch.setattr(browser, "BROWSERS", ())
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    assert main(["author", "pictures", "--to", str(tmp_path / "new")]) == command.SOME_MISSING
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(DRAWN)
    said = " ".join(capsys.readouterr().out.split())
    assert "page.png and jupyterlab.png were not made" in said and "python -m playwright install chromium" in said
