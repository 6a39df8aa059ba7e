"""Pictures of what is read in a browser: the page of a grade, and a notebook in JupyterLab."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from checker.authoring.pictures.jupyter import jupyterlab
from checker.setup.place import KERNEL_NAME
from checker.texts import _

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

OPTIONS = (
    "--no-sandbox",  # root, as in a container, may not have one
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--no-first-run",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BOUND = 60_000
"""Milliseconds within which a thing is seen in the browser that has to be: a hang, not a slow machine."""

NOTEBOOK = "03_broadcast.ipynb"
CHECK = "%check 3"

STUDENTS_KIT = "/home/anna/chat-lab-kit"
SHOWN_AS = """([folder, name]) => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(folder, name);
}"""
"""A notebook names a file in full: as a student's is named, not one in a temporary folder of ours."""


class NoBrowser(Exception):
    """There is none to take pictures with; the message says what to install."""


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Chromium without a window: the system's, else playwright's own. Raises `NoBrowser`."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise NoBrowser(_("playwright is not installed: python -m pip install -r requirements.txt")) from None
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=found, args=list(OPTIONS))
        except Error:
            text = _("there is no browser: install Chromium (apt install chromium), or python -m playwright install chromium")
            raise NoBrowser(text) from None
        try:
            yield started
        finally:
            started.close()


def page_of(chromium: Browser, file: Path) -> bytes:
    """Of the page of `grade --html` the first check that was lost, down to the drawing of what happened."""
    page = chromium.new_page(viewport={"width": 800, "height": 1000}, color_scheme="light")
    page.goto(file.resolve().as_uri())
    check = page.locator("details.failed").first
    box, drawing = check.bounding_box(), check.locator(".diagram").bounding_box()
    assert box is not None and drawing is not None
    height = drawing["y"] + drawing["height"] - box["y"]
    return page.screenshot(clip={**box, "height": height}, full_page=True)


def notebook_of(chromium: Browser, kit: Path, place: Path) -> bytes:
    """JupyterLab at the cell of notebook 03 that checks lab 3, once it has its answer."""
    with jupyterlab(kit, place) as address:
        page = chromium.new_page(viewport={"width": 1120, "height": 780}, color_scheme="light")
        page.set_default_timeout(BOUND)
        page.goto(address.replace("/lab?", f"/lab/tree/notebooks/{NOTEBOOK}?"))
        idle = page.get_by_text(re.compile(rf"^{KERNEL_NAME} \| Idle$"))
        idle.wait_for()  # before, running asks for a kernel
        _run(page, "%load_ext checker.notebook")
        cell = _run(page, CHECK)
        cell.locator(".jp-OutputArea .labpoints").wait_for()
        idle.wait_for()
        page.evaluate(SHOWN_AS, [str(kit), STUDENTS_KIT])
        cell.evaluate("one => one.scrollIntoView({block: 'start'})")
        return page.screenshot()


def _run(page: Page, text: str) -> Locator:
    """Click on the cell with `text`, and Shift+Enter; returns the cell."""
    cell = page.locator(".jp-CodeCell", has=page.locator(".jp-InputArea-editor", has_text=text)).first
    cell.locator(".jp-InputArea-editor").click()
    page.keyboard.press("Shift+Enter")
    return cell
