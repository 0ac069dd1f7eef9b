"""Chromium without JavaScript in front of the local world, on a phone and on a desktop."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import ViewportSize, sync_playwright

from tests.browser.browser import Browser
from tests.journeys.driver import LocalWorld, local_world
from tests.journeys.student import Student

MORNING = datetime(2019, 4, 9, 8, 0, tzinfo=UTC)

PHONE = ViewportSize(width=320, height=568)
DESKTOP = ViewportSize(width=1280, height=800)

#: The world is on this machine, and Chromium has no business anywhere else.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def world() -> Iterator[LocalWorld]:
    """One for each file: there is only ever one in a process, and a desk's work list is its own."""
    with local_world(MORNING) as world:
        yield world


@pytest.fixture(scope="package")
def chromium() -> Iterator[Chromium]:
    """Debian's Chromium; Playwright gives it an empty profile of its own."""
    path = shutil.which("chromium")
    assert path, "there is no Chromium here: apt-get install chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def browser(
    chromium: Chromium, request: pytest.FixtureRequest, world: LocalWorld
) -> Iterator[Browser]:
    """A browser that complains, at the end of a test, of whatever no page may do."""
    context = chromium.new_context(
        java_script_enabled=False, viewport=request.param, accept_downloads=True, locale="fr-FR"
    )
    browser = Browser(context.new_page(), f"{request.param['width']}px", world.address)
    yield browser
    context.close()
    assert browser.complaints == []


@pytest.fixture
def lea(world: LocalWorld) -> Student:
    """A student nobody has heard of yet."""
    return Student(world=world, dossier_id=f"D-{next(_NUMBERS)}", is_another=True)
