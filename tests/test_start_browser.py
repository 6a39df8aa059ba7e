"""From the address that `start.py` prints to a grade that sees what was saved in JupyterLab's own editor."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from made_kit import Student, copied, equipped
from playwright.sync_api import Page, expect
from test_jupyterlab import page, run_all

from checker.setup.place import Place

__all__ = ["page"]

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture
def student(open_folder: Path) -> Student:
    """Has the kit and, without the steps that `start.py` takes, an environment with the packages that it installs."""
    kit = copied(open_folder)
    equipped(kit)
    return Student(kit, open_folder / "home")


def _show_all_cells(place: Place) -> None:
    """What is scrolled out of sight is there all the same, and can be asked for."""
    file = place.jupyter_config / "lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"windowingMode": "none"}), encoding="utf-8")


def test_the_first_notebook_runs_and_what_is_saved_in_the_editor_is_what_is_checked(student: Student, page: Page) -> None:
    with student.opens() as opened:
        _show_all_cells(Place(student.kit))
        page.goto(opened.address)
        notebook = page.locator(".jp-NotebookPanel")
        expect(notebook.locator(".jp-Cell").first).to_be_visible()
        # No question which kernel is meant, none about news.
        expect(page.get_by_text(re.compile(r"^Chat lab kit \| Idle$"))).to_be_visible()
        expect(page.locator(".jp-Dialog, .Toastify__toast")).to_have_count(0)

        run_all(page)
        expect(notebook.get_by_text("Nothing is left: no thread, no process, no open port.")).to_be_visible()
        diagram = notebook.locator(".jp-OutputArea svg.chat-diagram").first
        diagram.scroll_into_view_if_needed()
        expect(diagram).to_be_visible()
        box = diagram.bounding_box()
        assert box is not None and box["width"] > 300
        expect(notebook.locator("[data-mime-type='application/vnd.jupyter.stderr']")).to_have_count(0)
        ready = re.compile(r"^Ready\.$", re.MULTILINE)
        expect(notebook.locator(".jp-OutputArea pre", has_text=ready)).to_be_visible()
        notebook.locator(".cm-content", has_text=re.compile(r"^%check 1$")).click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text("%check 3")
        page.keyboard.press("Shift+Enter")
        checked = notebook.locator(".jp-CodeCell", has=page.locator(".cm-content", has_text=re.compile(r"^%check 3$")))
        points = checked.locator(".jp-OutputArea .labpoints")
        expect(points).to_contain_text("1 of 20 points")

        notebook.get_by_role("link", name="lab3_broadcast/server.py").click()
        editor = page.locator(".jp-FileEditor .cm-content")
        expect(editor).to_contain_text("TODO")
        editor.click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text((student.kit / "solutions/lab3_broadcast/server.py").read_text(encoding="utf-8"))
        unsaved = page.locator(".lm-TabBar-tab.jp-mod-dirty", has_text="server.py")
        expect(unsaved).to_have_count(1)
        page.keyboard.press("Control+s")
        expect(unsaved).to_have_count(0)

        page.get_by_role("tab", name="00_start_here.ipynb").click()
        checked.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        expect(points).to_contain_text("20 of 20 points")
