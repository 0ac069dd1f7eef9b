"""The console's pages under their policy, on a phone and a desktop, in light and dark."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page as Tab
from playwright.sync_api import Route, ViewportSize, expect
from pypdf import PdfReader

from chalicelib.entrypoints.headers import console_page
from chalicelib.messages.console import pages
from gallery.console import DOSSIER, MAIL, PAGES
from tests.browser.browser import SCREENSHOTS, plain
from tests.browser.conftest import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

HOME = "https://desk.example"
NAMES = list(PAGES)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: WCAG 2.2, 2.5.8: what is pressed is at least this wide and high, in pixels.
TARGET = 24

#: Colours follow the scheme and places the width: two of the four show all there is.
SCREENS = [
    pytest.param(PHONE, "dark", id="phone_dark"),
    pytest.param(DESKTOP, "light", id="desktop_light"),
]


class Desk:
    """Answers every address with the page it names, under the console's policy."""

    def __init__(self) -> None:
        self.pages = dict(PAGES)
        self.asked: list[str] = []

    def answer(self, route: Route) -> None:
        name = route.request.url.removeprefix(f"{HOME}/").replace("%20", " ")
        self.asked.append(name)
        if name.startswith("desk/htmx.js"):
            route.fulfill(body=pages.htmx(), content_type="text/javascript")
            return
        html = self.pages.get(name, self.pages["bulk"])()
        said = console_page(pages.styles_in(MAIL.html) if name == "message" else ())
        headers = {"Content-Security-Policy": str(said["Content-Security-Policy"])}
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def opened(chromium: Chromium, desk: Desk, **look: Any) -> Iterator[Tab]:
    context = chromium.new_context(**look)
    context.route("**/*", desk.answer)
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    yield tab
    context.close()
    assert complaints == []


@pytest.fixture
def tab(chromium: Chromium, desk: Desk) -> Iterator[Tab]:
    yield from opened(chromium, desk, viewport=DESKTOP)


@pytest.mark.parametrize(("size", "scheme"), SCREENS)
def test_every_page_is_accessible_fits_its_screen_and_can_be_pressed(
    chromium: Chromium, desk: Desk, size: ViewportSize, scheme: Literal["dark", "light"]
) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for tab in opened(chromium, desk, viewport=size, color_scheme=scheme):
        for name in NAMES:
            tab.goto(f"{HOME}/{name}")
            shot = f"console_{name.replace(', ', '-')}_{size['width']}px_{scheme}.png"
            tab.screenshot(path=SCREENSHOTS / shot, full_page=True)
            found = Axe().run(tab, options={"runOnly": TAGS}).response["violations"]
            assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == [], name
            assert tab.evaluate("document.documentElement.scrollWidth") == size["width"], name
            assert tab.evaluate(SMALL, TARGET) == [], name


#: WCAG 2.1, 1.4.12: as far as somebody may space out a text. A sheet of the page itself would need
#: to be in its policy.
SPACED = """const sheet = new CSSStyleSheet()
sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`)
document.adoptedStyleSheets = [sheet]"""

#: 1280 pixels at 500 %.
NARROW = ViewportSize(width=256, height=640)


def test_a_text_that_is_spaced_out_fits_the_narrowest_screen(
    chromium: Chromium, desk: Desk
) -> None:
    for tab in opened(chromium, desk, viewport=NARROW):
        wide = {}
        for name in NAMES:
            tab.goto(f"{HOME}/{name}")
            tab.evaluate(SPACED)
            wide[name] = tab.evaluate("document.documentElement.scrollWidth")
        assert {name: is_wide for name, is_wide in wide.items() if is_wide > NARROW["width"]} == {}


#: A little longer than a list of cards waits before it looks again, in milliseconds.
AGAIN = 16_000

#: Whatever is pressed and too small, but for links within a sentence and what is hidden.
SMALL = """least => [...document.querySelectorAll('button, summary, input, select')]
  .filter(e => e.offsetParent && Math.min(e.offsetWidth, e.offsetHeight) < least)
  .map(e => e.outerHTML)"""


@pytest.mark.parametrize("name", ["home", "dossier", "cards, preview"])
def test_every_stop_of_the_keyboard_is_seen(tab: Tab, name: str) -> None:
    tab.goto(f"{HOME}/{name}")
    stops = tab.locator("a, button, summary, input, select, textarea, [tabindex='0']")
    for _ in range(sum(stop.is_visible() for stop in stops.all())):
        tab.keyboard.press("Tab")
        focused = tab.locator(":focus-visible")
        assert focused.evaluate("e => parseFloat(getComputedStyle(e).outlineWidth)") >= 2


def test_the_error_summary_leads_to_its_field(tab: Tab) -> None:
    tab.goto(f"{HOME}/dossier, refused")
    tab.get_by_role("alert").get_by_role("link").click()
    assert tab.locator("#incomplete-missing_documents").is_visible()


def test_an_e_mail_in_its_frame_has_its_own_styles_and_runs_and_loads_nothing(
    tab: Tab, desk: Desk
) -> None:
    tab.goto(f"{HOME}/message")
    [_, mail] = tab.frames
    heading = mail.locator("h1")
    assert heading.inner_text() == "Bonjour Léa"
    assert heading.evaluate("e => getComputedStyle(e).fontSize") == "20px"
    assert desk.asked == ["message"]


def test_a_bulk_tells_its_progress_by_itself_and_stops_when_it_is_over(
    tab: Tab, desk: Desk
) -> None:
    tab.clock.install()
    tab.goto(f"{HOME}/bulk")
    desk.pages["desk/bulks/b-7Hq2"] = desk.pages["bulk, undone"]
    tab.clock.run_for(AGAIN)
    expect(tab.locator(".state")).to_contain_text("Annulé", timeout=9_000)
    asked = len(desk.asked)
    tab.clock.run_for(AGAIN)
    assert len(desk.asked) == asked


def test_a_dossier_keeps_up_with_what_its_act_does_but_for_whoever_types(
    tab: Tab, desk: Desk
) -> None:
    finish = "document.getAnimations().forEach(a => a.playState === 'paused' || a.finish())"
    here = f"desk/dossiers/{DOSSIER}"
    desk.pages[here] = desk.pages["dossier"]
    tab.goto(f"{HOME}/dossier, moving")
    tab.locator("summary", has_text="Ajouter une note").click()
    tab.evaluate(finish)
    assert here not in desk.asked
    tab.locator("summary", has_text="Ajouter une note").click()
    tab.evaluate("document.activeElement.blur()")
    tab.evaluate(finish)
    expect(tab.locator(".moving")).to_have_count(0)
    assert desk.asked.count(here) == 1


def test_the_first_page_learns_each_minute_how_much_waits_and_its_tab_says_so(
    tab: Tab, desk: Desk
) -> None:
    desk.pages["desk/waiting?shown=107"] = lambda: pages.waiting(110, is_cut=False, shown=107)
    tab.goto(f"{HOME}/home")
    [minute] = tab.evaluate("document.getAnimations().map(a => a.effect.getTiming().delay)")
    assert minute == 60_000
    tab.evaluate("document.getAnimations().forEach(a => a.finish())")
    expect(tab).to_have_title(re.compile(r"^\(110\) À traiter"))
    expect(tab.get_by_role("status")).to_contain_text(re.compile(r"110\s+dossiers\s+à\s+traiter"))


@pytest.mark.parametrize(
    ("name", "said", "unsaid"),
    [
        ("list", "06 12 34 56 78", ("Se déconnecter", "Imprimez")),
        ("dossier", "revenu", ("Rechercher",)),
    ],
)
def test_what_is_printed_is_the_page_without_its_buttons(
    tab: Tab, name: str, said: str, unsaid: tuple[str, ...]
) -> None:
    tab.goto(f"{HOME}/{name}")
    paper = PdfReader(BytesIO(tab.pdf(format="A4", prefer_css_page_size=True))).pages
    printed = plain(" ".join(page.extract_text() for page in paper))
    assert said in printed
    assert [part for part in unsaid if part in printed] == []
