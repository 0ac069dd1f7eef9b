"""Every e-mail in Chromium: on a narrow phone and in a reading pane, in light and in dark."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route, ViewportSize

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Language
from chalicelib.messages.compose import compose_email
from chalicelib.messages.letter import CALENDAR, Attachment
from tests.browser.browser import SCREENSHOTS
from tests.messages.samples import (
    BY_EMAIL,
    DESK,
    DOSSIER,
    LINKS,
    NOW,
    closed_desk,
    everything,
    notice,
)

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

#: A mail is a part of its reader's own page, which has the landmarks.
NOT_OF_A_MAIL = {"landmark-one-main", "region"}

INVITE = Attachment(filename="rendez-vous.ics", media_type=CALENDAR, content=b"")


class Reader:
    """A mail program that shows one mail, and remembers whatever a mail asks the network for."""

    def __init__(self, page: Page, width: int, scheme: str) -> None:
        self.page = page
        self.width = width
        self.scheme = scheme
        self.asked: list[str] = []
        page.route("**/*", self._refuse)

    def _refuse(self, route: Route) -> None:
        self.asked.append(route.request.url)
        route.abort()

    def show(self, kind: Kind, language: Language) -> None:
        letter = compose_email(
            notice(kind), everything(language), closed_desk(), LINKS, DOSSIER, NOW, (INVITE,)
        )
        self.page.set_content(letter.html)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        picture = SCREENSHOTS / f"email_{kind}_{language}_{self.width}px_{self.scheme}.png"
        self.page.screenshot(path=picture, full_page=True)

    def says(self, expression: str) -> Any:
        return self.page.evaluate(expression)


#: Colours follow the scheme and places the width: two of the four show all there is.
SCREENS = [(320, "dark"), (800, "light")]


@pytest.fixture(scope="module", params=SCREENS, ids=lambda p: f"{p[0]}px_{p[1]}")
def reader(chromium: Chromium, request: pytest.FixtureRequest) -> Iterator[Reader]:
    width, scheme = request.param
    context = chromium.new_context(
        viewport=ViewportSize(width=width, height=600), color_scheme=scheme
    )
    yield Reader(context.new_page(), width, scheme)
    context.close()


@pytest.mark.parametrize("language", DESK.languages)
@pytest.mark.parametrize("kind", BY_EMAIL)
def test_an_email_can_be_read_by_everybody(reader: Reader, kind: Kind, language: Language) -> None:
    reader.show(kind, language)

    violations = Axe().run(reader.page).response["violations"]
    assert [rule for rule in violations if rule["id"] not in NOT_OF_A_MAIL] == []
    assert reader.says("document.documentElement.scrollWidth") <= reader.width
    assert reader.asked == []


def test_a_dark_reader_gets_a_dark_letter(reader: Reader) -> None:
    reader.show(Kind.CONVOCATION, Language.FR)

    ground = reader.says("getComputedStyle(document.querySelector('.sheet')).backgroundColor")
    is_dark = sum(map(int, ground.removeprefix("rgb(").removesuffix(")").split(","))) < 384
    assert is_dark is (reader.scheme == "dark")


def test_the_button_is_large_enough_for_a_thumb(reader: Reader) -> None:
    reader.show(Kind.CONFIRMATION_REQUEST, Language.FR)

    box = reader.page.get_by_role("link", name="Confirmer mon rendez-vous").bounding_box()
    assert box
    assert box["height"] >= 44
    assert box["width"] >= 44
