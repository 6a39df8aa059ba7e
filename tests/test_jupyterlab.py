"""JupyterLab, started for real and driven in a browser: a notebook runs, a lab is filled in on disk, and the grade changes.
What the first notebook shows is seen in tests/test_start_browser.py."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from checker.authoring.pictures.browser import OPTIONS
from checker.authoring.pictures.jupyter import jupyterlab
from tests.conftest import ROOT

pytestmark = pytest.mark.needs("chromium")

BOUND = 60_000
"""Milliseconds within which a thing is seen in the browser that has to be: a hang, not a slow machine."""


@pytest.fixture
def kit(open_folder: Path) -> Path:
    """A copy of what a student has."""
    folder = open_folder / "lab kit"
    for name in ("labs", "notebooks", "solutions"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".checker"))
    shutil.copy(ROOT / "README.md", folder)
    return folder


@pytest.fixture
def lab(kit: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a JupyterLab that has been started in the kit's folder."""
    with jupyterlab(kit, tmp_path) as address:
        yield address


@pytest.fixture
def page() -> Iterator[Page]:
    """A browser's window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(OPTIONS))
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(BOUND)
        expect.set_options(timeout=BOUND)
        yield page
        browser.close()


def opened(page: Page, address: str, name: str) -> Any:
    """Open a notebook; returns its panel."""
    page.goto(address.replace("/lab?", f"/lab/tree/notebooks/{name}?"))
    panel = page.locator(".jp-NotebookPanel")
    expect(panel.locator(".jp-Cell").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Chat lab kit \| Idle$"))).to_be_visible()  # before, running asks for a kernel
    return panel


def run_all(page: Page) -> None:
    """Run, Run All Cells."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def test_a_lab_that_is_filled_in_on_disk_gets_its_points(lab: str, kit: Path, page: Page) -> None:
    panel = opened(page, lab, "03_broadcast.ipynb")
    run_all(page)
    expect(panel.get_by_text("Nothing is left: no thread, no process, no open port.")).to_be_visible()
    cell = panel.locator(".jp-CodeCell", has=page.locator(".jp-InputArea", has_text="%check 3"))
    points = cell.locator(".jp-OutputArea .labpoints")
    expect(points).to_contain_text("1 of 20 points")
    shutil.copy(kit / "solutions/lab3_broadcast/server.py", kit / "labs/lab3_broadcast/server.py")
    cell.locator(".jp-InputArea-editor").click()
    page.keyboard.press("Shift+Enter")
    expect(points).to_contain_text("20 of 20 points")
