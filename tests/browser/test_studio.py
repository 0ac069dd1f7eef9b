"""The studio in Chromium: every place and every scene, as a newcomer meets them."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import ConsoleMessage, Page, Request, ViewportSize, expect

from local.studio.booking_system import event_forms
from local.studio.scenes import SCENES
from local.studio.screen import VIEWS
from tests.browser.browser import SCREENSHOTS, plain
from tests.browser.conftest import DESKTOP, PHONE
from tests.journeys.driver import LocalWorld, local_world

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

# What is waited for comes sooner or later on a busy machine, too.
expect.set_options(timeout=30_000)

MORNING = datetime(2019, 4, 8, 8, 0, tzinfo=UTC)

#: Scenes that the page offers; the longest takes a minute.
OFFERED = [name for name, scene in SCENES.items() if not scene.begins]
A_MINUTE = 60_000

#: Makes a WebP of a PNG, as small as a page wants it: Chromium can, and Playwright cannot.
SMALL = """async png => {
  const picture = new Image();
  picture.src = "data:image/png;base64," + png;
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  canvas.getContext("2d").drawImage(picture, 0, 0);
  return canvas.toDataURL("image/webp", 0.8).split(",")[1];
}"""


@dataclass(kw_only=True)
class Newcomer:
    """Somebody with a browser, who counts what is clicked and remembers what no page may do."""

    page: Page
    address: str
    complaints: list[str]
    clicks: int = 0

    def looks(self, address: str = "/") -> None:
        self.page.goto(self.address + address)

    def clicks_on(self, name: str | re.Pattern[str], role: str = "button") -> None:
        self.clicks += 1
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]  # a role

    def travels(self, name: str) -> None:
        """One click on the clock, until it has arrived."""
        with self.page.expect_response("**/studio/clock", timeout=A_MINUTE):
            self.clicks_on(name)
        expect(self.page.locator("#way")).to_contain_text(
            "What happened meanwhile", timeout=A_MINUTE
        )

    def plays(self, scene: str) -> None:
        """One click, and whatever it takes until its story stops."""
        self.clicks += 1
        with self.page.expect_response("**/studio/scene"):
            self.page.locator(f"#play-{scene}").click()
        there = self.page.locator("#way .then")
        expect(there).to_contain_text(SCENES[scene].title, timeout=2 * A_MINUTE)
        expect(self.page.locator(".playing")).to_have_count(0, timeout=A_MINUTE)

    def opens_tab(self, name: str) -> Page:
        with self.page.expect_popup() as tab:
            self.clicks_on(name)
        return tab.value

    def keeps(self, name: str) -> None:
        """A picture of what is shown."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"studio_{name}.png")

    def checks(self) -> None:
        """What holds for every state of the screen."""
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(overflow) == 0
        found = Axe().run(self.page).response["violations"]
        assert [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found] == []


def newcomer(chromium: Chromium, world: LocalWorld, size: ViewportSize, dark: bool) -> Newcomer:
    scheme: Literal["dark", "light"] = "dark" if dark else "light"
    context = chromium.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    complaints: list[str] = []

    def says(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "status of" not in message.text:
            complaints.append(message.text)

    def asks(request: Request) -> None:
        if not request.url.startswith("http://127.0.0.1:"):
            complaints.append(request.url)

    context.on("console", says)
    context.on("request", asks)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    return Newcomer(page=context.new_page(), address=world.address, complaints=complaints)


@pytest.fixture
def fresh() -> Iterator[LocalWorld]:
    with local_world(MORNING) as world:
        yield world


@pytest.fixture
def me(chromium: Chromium, fresh: LocalWorld) -> Iterator[Newcomer]:
    me = newcomer(chromium, fresh, DESKTOP, dark=False)
    yield me
    me.page.context.close()
    assert me.complaints == [], "\n".join(me.complaints)


def test_the_newcomers_task_takes_a_handful_of_clicks(me: Newcomer) -> None:
    """An empty world; the SMS is lost; three days later comes another; the desk sees both."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    me.looks()
    me.plays("sms-lost")
    lost = me.page.locator("#list .lost a")
    expect(lost).to_contain_text("lost, and nobody says so")
    me.clicks += 1
    lost.click()
    expect(me.page.locator(".bubble.lost.chosen")).to_be_visible()
    picture = b64encode(me.page.screenshot()).decode()
    small = b64decode(me.page.context.new_page().evaluate(SMALL, picture))
    (SCREENSHOTS / "studio.webp").write_bytes(small)  # `make picture` takes it
    me.travels("+3 days")
    expect(me.page.locator("#list li").first).to_contain_text("try 2")
    desk = me.opens_tab("See it at the desk ↗")
    story = plain(desk.locator("main").inner_text())
    assert story.count("SMS") >= 2
    assert "Titre prêt" in story
    assert me.clicks == 4
    me.travels("+1 day")
    desk.reload()
    assert "Benali" in plain(desk.locator("main").inner_text())  # in still, after a day


def test_the_picture_of_the_readme_is_small_and_is_what_it_opens_with() -> None:
    house = Path(__file__).parents[2]
    assert (house / "docs" / "studio.webp").stat().st_size < 150_000
    readme = (house / "README.md").read_text(encoding="utf-8")
    assert "docs/studio.webp" in readme.partition("\n## ")[0]


def test_every_place_is_whole_in_light_and_dark_and_on_a_phone(
    chromium: Chromium, fresh: LocalWorld
) -> None:
    me = newcomer(chromium, fresh, DESKTOP, dark=False)
    me.looks()
    me.keeps("empty")
    me.checks()
    me.plays("sms-lost")
    here = f"?dossier={me.page.url.partition('dossier=')[2].partition('&')[0]}"
    sms, mail = (
        me.page.locator("#list .lost a"),
        me.page.locator("#list a:has(.email)", has_text="votre convocation"),
    )
    shown = [sms.get_attribute("href"), f"{mail.first.get_attribute('href')}".split("#")[0]]
    places = {
        "dossier": here,
        "sms": shown[0],
        **{view: f"{shown[1]}&view={view}" for view in ("light", "dark", "narrow", "text")},
        **{view: f"{shown[1]}&view={view}" for view in ("source", "attached")},
        **{side: f"{here}&side={side}" for side in ("scenes", "act", "wrong")},
    }
    for size, dark in ((DESKTOP, False), (DESKTOP, True), (PHONE, False), (PHONE, True)):
        one = newcomer(chromium, fresh, size, dark)
        for name, address in places.items():
            one.looks(f"/{address}".replace("//", "/"))
            one.page.wait_for_load_state("networkidle") if name == "attached" else None
            if name in VIEWS:
                expect(one.page.locator(f"#view-{name}[aria-current]")).to_have_count(1)
            one.keeps(f"{name}_{size['width']}px_{'dark' if dark else 'light'}")
            one.checks()
        assert one.complaints == []
        one.page.context.close()
    me.page.context.close()


def test_links_in_a_mail_open_beside_it_and_the_button_there_confirms(me: Newcomer) -> None:
    me.looks()
    me.clicks_on("Send")
    expect(me.page.locator("#list li")).to_have_count(1)
    me.page.locator("#list a").click()
    frame = me.page.frame_locator("iframe.mail")
    with me.page.expect_popup() as tab:
        frame.get_by_role("link", name=re.compile("onfirme")).first.click()
    tab.value.get_by_role("button").first.click()
    expect(tab.value.locator("h1")).to_contain_text("confirmé")
    expect(me.page.locator("#list li")).to_have_count(2)  # by itself: the convocation followed


def test_typing_is_not_disturbed_while_the_screen_renews_itself(me: Newcomer) -> None:
    me.looks("/?side=act&event=contact.updated")
    me.page.get_by_label("student.given_name").fill("Zoé")
    me.page.request.post(f"{me.address}/local/clock", data='{"advance": "PT1H"}')
    expect(me.page.locator(".now time")).to_have_text("11:00")
    assert me.page.get_by_label("student.given_name").input_value() == "Zoé"


@pytest.mark.parametrize("kind", ["appointment.selected", "dossier.deposited", "card.ready"])
def test_an_event_is_sent_from_its_form_and_can_be_copied(me: Newcomer, kind: str) -> None:
    assert kind in event_forms()
    me.looks()
    if not event_forms()[kind].names_a_student:
        me.clicks_on("New student")
        expect(me.page.locator("#as-student")).to_be_visible()
    me.clicks_on(kind, "link")
    expect(me.page.locator(f'input[name=type][value="{kind}"]')).to_have_count(1)
    me.clicks_on("Send")
    expect(me.page.locator("#sent h4")).to_contain_text(kind)
    expect(me.page.locator("#sent .code")).to_have_text("202")
    expect(me.page.locator("#sent h4")).to_be_in_viewport()  # far above the button
    me.page.locator("#sent summary", has_text="As Python").click()
    assert "hmac.digest" in me.page.locator("#sent pre").last.inner_text()
    me.clicks_on("Tampered with")
    expect(me.page.locator("#sent .code")).to_have_text("401")


def test_it_can_be_worked_by_keyboard(me: Newcomer) -> None:
    me.looks()
    me.page.keyboard.press("Tab")
    assert me.page.locator(":focus-visible").inner_text() == "Skip to the messages"
    me.page.locator("#leap-P1D").focus()
    with me.page.expect_response("**/studio/clock"):
        me.page.keyboard.press("Enter")
    expect(me.page.locator("#way")).to_contain_text("What happened meanwhile")
    assert me.page.locator(":focus").get_attribute("id") == "leap-P1D"


def test_back_and_forth_in_the_browser_lead_to_what_was_looked_at(me: Newcomer) -> None:
    me.looks("/?side=wrong")
    me.clicks_on("Scenes", "link")
    expect(me.page).to_have_url(re.compile("side=scenes"))
    expect(me.page.locator("#beside h2")).to_have_text("Scenes")
    me.page.go_back()
    expect(me.page.locator("#beside h2")).to_have_text("What goes wrong")
    me.clicks_on("/local/clock", "link")
    expect(me.page.locator("body")).to_contain_text('"now": "2019-04-08T')


@pytest.mark.parametrize("scene", [name for name in OFFERED if name != "sms-lost"])
def test_a_scene_plays_to_its_end_with_one_click(me: Newcomer, scene: str) -> None:
    me.looks()
    me.plays(scene)
    me.keeps(f"scene_{scene}")
    me.checks()
    assert me.page.locator("#list li").count() > 0
