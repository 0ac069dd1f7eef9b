"""The console in a tab of Chromium, and whom its agents look for."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, ViewportSize

from tests.browser.browser import SCREENSHOTS, plain
from tests.journeys.driver import LocalWorld
from tests.journeys.student import Student


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The console in one tab, as an operator uses it."""

    page: Page
    world: LocalWorld
    width: int

    def open(self, path: str) -> str:
        self.page.goto(self.world.address + path)
        return self.look()

    def look(self, name: str = "") -> str:
        """What the page says; it never scrolls sideways, and a picture of it is kept."""
        if name:
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            picture = SCREENSHOTS / f"console_{name}_{self.width}px.png"
            self.page.screenshot(path=picture, full_page=True)
        root = self.page.locator("html")
        assert root.evaluate("e => e.scrollWidth - e.clientWidth") == 0
        return plain(self.page.locator("body").inner_text())

    def press(self, name: str, within: str = "main") -> str:
        with self.page.expect_navigation():
            self.page.locator(within).get_by_role("button", name=name, exact=True).click()
        return self.look()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label).locator("visible=true").fill(text)

    def unfold(self, name: str) -> None:
        self.page.locator("summary", has_text=name).first.click()

    def follow(self, name: str) -> str:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()
        return self.look()


def desk_at(chromium: Chromium, world: LocalWorld, size: ViewportSize, **more: Any) -> Desk:
    context = chromium.new_context(viewport=size, accept_downloads=True, **more)
    return Desk(page=context.new_page(), world=world, width=size["width"])


def at_once(desk: Desk, name: str = "agent") -> Desk:
    """In with one click, as only the local world has it."""
    desk.page.goto(f"{desk.world.address}/local/sign-in")
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name=re.compile(name)).click()
    return desk


def nobody_hears(world: LocalWorld, dossier_id: str = "G-2019-0412") -> Student:
    """A card is ready, and neither the SMS nor the e-mail arrives."""
    lea = Student(world=world, dossier_id=dossier_id)
    world.fault({"lost_sms": 3, "hard_bounce": {"count": 1, "channel": "email"}})
    lea.say("card.ready", student=lea.contact)
    world.travel("P8D")
    assert lea.work() == ["unreachable.1.dossier.desk"]
    return lea
