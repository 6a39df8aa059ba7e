"""The page in a real browser: in both schemes, on a phone, by keyboard and on paper, and whatever a program put into it."""

import shutil
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from made_pages import half_right
from playwright.sync_api import sync_playwright

from checker.authoring.pictures.browser import OPTIONS
from checker.report import page

pytestmark = pytest.mark.needs("chromium")

WIDTHS = {"desk": 1100, "phone": 360}

EVERYTHING_OPEN = "document.querySelectorAll('details').forEach(one => { one.open = true; })"

IN_ORDER = """() => {
    const shown = one => one.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true});
    const stops = [...document.querySelectorAll('a[href], summary, [tabindex="0"]')].filter(shown);
    stops.forEach((one, at) => one.dataset.stop = at);
    return stops.length;
}"""
"""Numbers all that the Tab key is to stop at, in the order in which it stands on the page."""

FOCUSED = """() => {
    const one = document.activeElement, style = getComputedStyle(one), place = one.getBoundingClientRect();
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const inside = place.bottom > 0 && place.top < innerHeight && place.width > 0;
    return [Number(one.dataset.stop ?? -1), outlined, inside, one.outerHTML.slice(0, 120)];
}"""

CUT_OFF = """() => [...document.body.querySelectorAll('*')]
    .filter(one => !one.closest('svg') && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')
    .filter(one => getComputedStyle(one).overflowX !== 'visible' && one.tabIndex !== 0)
    .map(one => one.outerHTML.slice(0, 120))"""
"""What is wider than its box and cannot be scrolled by keyboard."""

NOT_FOR_PAPER = """() => [...document.body.querySelectorAll('*')].filter(one => one.checkVisibility()).filter(one => {
    const style = getComputedStyle(one);
    const [red, green, blue, opaque = 1] = style.backgroundColor.match(/[\\d.]+/g).map(Number);
    const darkGround = opaque > 0 && Math.min(red, green, blue) < 200 && !one.closest('mark, .bar');
    return darkGround || Math.min(...style.color.match(/[\\d.]+/g).map(Number).slice(0, 3)) > 120;
}).map(one => one.outerHTML.slice(0, 120))"""
"""What has a dark ground, or is written in a light colour."""


@dataclass
class Seen:
    """One opened page, and what it did besides being read."""

    page: object
    address: str
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser():
    """Chromium without a window."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(OPTIONS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The page of a half-right submission, one of its programs a hostile one."""
    path = tmp_path_factory.mktemp("page") / "grade.html"
    path.write_bytes(page.to_bytes(half_right()))
    return path


@pytest.fixture
def opened(browser, file):
    """Opens the page in a browser of its own: `opened("dark", "phone")`."""
    contexts = []

    def open_it(scheme="light", width="desk"):
        context = browser.new_context(color_scheme=scheme, viewport={"width": WIDTHS[width], "height": 800})
        contexts.append(context)
        tab = context.new_page()
        seen = Seen(tab, file.as_uri())
        context.on("request", lambda request: seen.requests.append(request.url))
        tab.on("console", lambda message: seen.messages.append(message.text))
        tab.on("pageerror", lambda error: seen.messages.append(str(error)))
        tab.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
        tab.goto(seen.address)
        return seen

    yield open_it
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_asked_of_anybody_and_nothing_runs(opened, scheme, width):
    seen = opened(scheme, width)
    seen.page.evaluate(EVERYTHING_OPEN)
    assert seen.requests == [seen.address]
    assert not seen.messages
    assert not seen.dialogs
    assert seen.page.evaluate("window.hacked === undefined")
    assert seen.page.title() == "9 of 30 points (labs)"
    assert "<script>window.hacked = 1; alert(1)</script>" in seen.page.inner_text("main")
    assert r"\u202egnp.exe\u202c" in seen.page.inner_text("main")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_blame(opened, scheme, width):
    seen = opened(scheme, width)
    for script in ("", EVERYTHING_OPEN):
        seen.page.evaluate(script)
        found = Axe().run(seen.page)
        assert not found.response["violations"], found.generate_report()


def test_the_schemes_differ(opened):
    colours = {
        scheme: opened(scheme).page.evaluate("getComputedStyle(document.body).backgroundColor") for scheme in ("light", "dark")
    }
    assert colours["light"] != colours["dark"]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_never_wider_than_the_window(opened, width):
    seen = opened("light", width)
    seen.page.evaluate(EVERYTHING_OPEN)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    assert seen.page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("script", ["", EVERYTHING_OPEN])
def test_tab_stops_at_everything_in_order_and_shows_where(opened, script):
    tab = opened().page
    tab.evaluate(script)
    stops = tab.evaluate(IN_ORDER)
    assert stops > 20
    for stop in range(stops):
        tab.keyboard.press("Tab")
        at, outlined, inside, element = tab.evaluate(FOCUSED)
        assert (at, outlined, inside) == (stop, True, True), element


def test_the_first_link_skips_to_the_checks(opened):
    tab = opened().page
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "labs"
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('#labs') !== null")


def test_folds_open_and_close_by_keyboard(opened):
    tab = opened().page
    summary = tab.locator("details.passed > summary").first
    summary.focus()
    tab.keyboard.press("Enter")
    assert tab.locator("details.passed").first.get_attribute("open") is not None
    tab.keyboard.press("Space")
    assert tab.locator("details.passed").first.get_attribute("open") is None


def test_a_command_is_copied_on_one_line(opened):
    tab = opened("light", "phone").page
    copied = tab.evaluate(
        """() => {
            getSelection().selectAllChildren(document.querySelector('.commands dd'));
            return getSelection().toString();
        }"""
    )
    assert copied.strip() == "python -m checker grade 3 --check reaches_every_other_client --submission labs"


def test_on_paper_it_is_light_and_its_checks_are_unfolded(opened):
    tab = opened("dark").page
    passed = tab.locator("details.passed .how").first
    assert not passed.is_visible()
    tab.emulate_media(media="print")
    assert passed.is_visible()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.evaluate(NOT_FOR_PAPER) == []
    assert not tab.locator("a.skip").is_visible()
