"""Every page, as those meet it who see little, have no mouse, or bring it on paper."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, Route, ViewportSize
from playwright.sync_api import Page as Tab
from pypdf import PdfReader

from chalicelib.domain.contact import Language
from chalicelib.domain.facts import State
from chalicelib.messages.pages import Page, compose_notice, compose_page
from tests.browser.browser import Browser, plain
from tests.browser.conftest import PHONE
from tests.journeys.driver import LocalWorld
from tests.journeys.student import Student
from tests.messages.samples import DESK, DOSSIER, LINKS, NOW, everything

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

Addresses = dict[str, str]

#: A screen of 1280 by 1024 pixels at 400 %, and one of 1280 by 800 at 200 %.
ZOOMED = ViewportSize(width=320, height=256)
HALF = ViewportSize(width=640, height=400)

#: What a finger is promised, in pixels: RGAA asks less, WCAG's level AAA asks this.
FINGER = 44

Tell = Callable[[Student], str]


def booked(lea: Student) -> Student:
    lea.selects(28)
    return lea


def confirmed(lea: Student) -> Student:
    assert booked(lea).confirms().status == 200
    return lea


def missed(lea: Student) -> str:
    """The page of the dossier of a booked appointment to which nobody came."""
    lea.selects(1)
    assert isinstance(lea.world, LocalWorld)
    lea.is_missed(lea.world)
    return lea.link("dossier")


def cancelled(lea: Student) -> str:
    gone = {"id": f"A-{lea.dossier_id}"}
    booked(lea).say("appointment.cancelled", appointment=gone, student=lea.contact)
    return lea.link("dossier")


def reached(*kinds: str, **data: Any) -> Tell:
    """These milestones, and the page of the dossier."""

    def tell(lea: Student) -> str:
        for kind in kinds:
            lea.say(kind, student=lea.contact, **data)
        return lea.link("dossier")

    return tell


def replaced(lea: Student) -> str:
    old = booked(lea).link("confirm")
    lea.moves_to(35)
    return old


def proof(lea: Student) -> str:
    """The address under the QR code of the paper."""
    where = lea.world.ask("GET", confirmed(lea).link("convocation") + "/pdf").headers["Location"]
    text = PdfReader(BytesIO(lea.world.ask("GET", where).body)).pages[0].extract_text()
    bare = text.replace("\N{ZERO WIDTH SPACE}", "")
    return bare[bare.index("http") :].split()[0]


def proof_replaced(lea: Student) -> str:
    old = proof(lea)
    lea.moves_to(35)
    return old


def unsubscribe(lea: Student) -> str:
    lea.say("card.collected", student=lea.contact, card_expires_on="2019-06-30")
    return lea.link("unsubscribe")


def unsubscribed(lea: Student) -> str:
    link = unsubscribe(lea)
    assert lea.world.ask("POST", link).status == 200
    return link


#: What has to happen until a page can be seen, and where it then is.
TOLD: dict[str, Tell] = {
    "confirm": lambda lea: booked(lea).link("confirm"),
    "confirmed": lambda lea: confirmed(lea).link("confirm"),
    "convocation": lambda lea: confirmed(lea).link("convocation"),
    "dossier_booked": lambda lea: booked(lea).link("dossier"),
    "dossier_confirmed": lambda lea: confirmed(lea).link("dossier"),
    "dossier_missed": missed,
    "dossier_cancelled": cancelled,
    "dossier_incomplete": reached("dossier.incomplete", missing_documents=["passeport"]),
    "dossier_deposited": reached("dossier.deposited"),
    "dossier_card_ready": reached("dossier.deposited", "card.ready"),
    "dossier_collected": reached("card.ready", "card.collected", card_expires_on="2020-09-30"),
    "proof": proof,
    "proof_replaced": proof_replaced,
    "unsubscribe": unsubscribe,
    "unsubscribed": unsubscribed,
    "replaced": replaced,
    "unknown": lambda lea: "/dossier/unknown",
    "privacy": lambda lea: "/privacy",
    "legal": lambda lea: "/legal",
    "accessibility": lambda lea: "/accessibility",
}

#: Pages that no student meets while everything works: shown without a dossier behind them.
COMPOSED: dict[str, Callable[[Language], str]] = {
    "unavailable": lambda language: compose_notice(
        Page.UNAVAILABLE, DESK, language, LINKS.site, NOW
    ),
    "unconfirmed": lambda language: compose_page(
        *(Page.UNCONFIRMED, everything(language), State.BOOKED, DESK, LINKS, DOSSIER),
        *(language, NOW),
    ),
}

NAMES = [*TOLD, *COMPOSED]

SEEN: tuple[tuple[Language, Literal["light", "dark"]], ...] = (
    (Language.FR, "light"),
    (Language.EN, "dark"),
)


@pytest.fixture(scope="module")
def addresses(world: LocalWorld) -> Addresses:
    """Where every page is."""
    lives = {
        name: Student(world=world, dossier_id=f"P-{name.replace('_', '-')}", is_another=True)
        for name in TOLD
    }
    told = {name: tell(lives[name]) for name, tell in TOLD.items()}
    return {name: told.get(name) or f"/made-up/{name}" for name in NAMES}


@pytest.fixture
def tab(chromium: Chromium, world: LocalWorld) -> Iterator[Tab]:
    """With JavaScript on, for the checker's sake: the pages bring none."""
    context = chromium.new_context(viewport=PHONE, base_url=world.address)
    tab = context.new_page()
    tab.route("**/made-up/*", _compose)
    yield tab
    context.close()


def _compose(route: Route) -> None:
    path, _, query = route.request.url.partition("?lang=")
    body = COMPOSED[path.rpartition("/")[2]](Language(query or "fr"))
    route.fulfill(body=body, content_type="text/html; charset=utf-8")


def overflow(tab: Tab) -> int:
    return int(tab.locator("html").evaluate("e => e.scrollWidth - e.clientWidth"))


def size(target: Locator) -> tuple[float, float]:
    box = target.bounding_box()
    assert box
    return box["width"], box["height"]


@pytest.mark.parametrize("name", NAMES)
def test_the_checker_finds_nothing_in_either_language_and_scheme(
    tab: Tab, addresses: Addresses, name: str
) -> None:
    """Words follow the language and colours the scheme: two of the four show all there is."""
    for language, scheme in SEEN:
        tab.emulate_media(color_scheme=scheme)
        tab.goto(f"{addresses[name]}?lang={language}")
        assert tab.locator("html").get_attribute("lang") == language
        found = Axe().run(tab).response["violations"]
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_cut_off_when_everything_or_only_the_text_is_enlarged(
    tab: Tab, addresses: Addresses, name: str
) -> None:
    for language in DESK.languages:
        tab.set_viewport_size(ZOOMED)
        tab.goto(f"{addresses[name]}?lang={language}")
        assert overflow(tab) == 0
        tab.set_viewport_size(HALF)
        tab.locator("html").evaluate("e => e.style.fontSize = '200%'")
        assert overflow(tab) == 0


@pytest.mark.parametrize("name", NAMES)
def test_what_is_pressed_is_large_enough_for_a_finger(
    tab: Tab, addresses: Addresses, name: str
) -> None:
    """Links inside a sentence are as high as their line, which both rules allow."""
    tab.goto(addresses[name])
    pressed = tab.locator("button, a:not(p > a:not(.button), .skip)").all()
    assert pressed
    small = {target.inner_text(): size(target) for target in pressed if min(size(target)) < FINGER}
    assert small == {}


@pytest.mark.parametrize("name", NAMES)
def test_every_stop_of_the_keyboard_is_seen(tab: Tab, addresses: Addresses, name: str) -> None:
    tab.goto(addresses[name])
    stops = tab.locator("a, button").count()
    for _ in range(stops):
        tab.keyboard.press("Tab")
        focused = tab.locator(":focus-visible")
        assert focused.evaluate("e => parseFloat(getComputedStyle(e).outlineWidth)") >= 2
        box = focused.bounding_box()
        assert box
        assert box["x"] >= 0


def test_the_first_stop_leads_past_the_head_of_the_page(browser: Browser, lea: Student) -> None:
    browser.open(booked(lea).link("confirm"), "confirm")
    browser.page.keyboard.press("Tab")
    assert browser.page.locator(":focus-visible").inner_text() == "Aller au contenu"
    browser.page.keyboard.press("Enter")
    browser.page.keyboard.press("Tab")
    assert browser.page.locator(":focus").evaluate("e => e.tagName") == "BUTTON"


@pytest.mark.parametrize(("language", "hour"), [("fr", "10 h 20"), ("en", "10:20 am")])
def test_the_convocation_is_one_sheet_of_paper_without_buttons(
    tab: Tab, addresses: Addresses, language: str, hour: str
) -> None:
    tab.goto(f"{addresses['convocation']}?lang={language}")
    pages = PdfReader(BytesIO(tab.pdf(format="A4", prefer_css_page_size=True))).pages
    assert len(pages) == 1
    printed = plain(pages[0].extract_text())
    for said in ("P-convocation", "1025 avenue Centrale", hour):
        assert said in printed
    for unsaid in ("English", "Français", "PDF", "agenda", "calendar"):
        assert unsaid not in printed
