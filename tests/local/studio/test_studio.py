"""The studio over its routes: what is on the screen, and what its buttons do."""

import re
from collections.abc import Iterator
from datetime import time, timedelta
from html import escape, unescape
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from werkzeug.test import Client, TestResponse

from chalicelib.domain.desk_calendar import at_paris, paris_day
from chalicelib.domain.events import EventType
from chalicelib.entrypoints.console.cookies import SESSION
from infra.packaging.contents import OURS
from local.aws.transport import in_process
from local.demo.cast import Student
from local.studio.booking_system import A_BURST, event_forms
from local.studio.outbox import Message, Outcome
from local.studio.scenes import SCENES, student
from local.studio.screen import MESSAGES, Address, paged, told
from local.studio.server import Site
from local.studio.studio import CAME_IN_AS
from local.world import World
from tests.builders import paris
from tests.local.messages import sms

START = paris("2019-04-08 10:00")
LEA = student(1, START)
SLOT = "2019-09-03T10:20:00+02:00"


class Person:
    """Somebody in front of the screen, without a script in the browser."""

    def __init__(self, world: World, taken: list[Message]) -> None:
        self.world = world
        self.taken = taken
        self.site = Site(world)
        self._client = Client(self.site)
        self._known = count(2)

    def newcomer(self) -> Student:
        """Somebody new, who has chosen an appointment."""
        who = student(next(self._known), START)
        data = {f"student.{name}": value for name, value in who.block.items()}
        data |= {"appointment.id": "A-1", "appointment.starts_at": SLOT}
        self.press(
            "say", type="appointment.selected", how="once", dossier_id=who.dossier_id, **data
        )
        return who

    def look(self, address: str = "/") -> str:
        return self._client.get(address).text

    def get(self, address: str, **more: Any) -> TestResponse:
        return self._client.get(address, **more)

    def press(self, button: str, **form: str) -> TestResponse:
        return self._client.post(f"/studio/{button}", data=form)

    def say(self, who: Student, kind: str, how: str = "once") -> str:
        """Send an event of the contract as the studio fills it in; what the screen then says."""
        told = self.press("say", type=kind, how=how, usual=who.dossier_id, back="/?side=act")
        return self.look(told.headers["Location"])

    def plays(self, scene: str) -> str:
        where = self.press("scene", name=scene).headers["Location"]
        while self.site.studio.play_on():
            pass
        return where


@pytest.fixture(scope="module")
def before_and_after() -> Iterator[tuple[str, str, Person]]:
    """What an empty world shows; where a scene about Léa leads, and the world after it."""
    taken: list[Message] = []
    with World(start=START, ticks=False, transport=in_process, forward=taken.append) as world:
        me = Person(world, taken)
        yield me.look(), me.plays("moved-twice"), me


@pytest.fixture
def empty(before_and_after: tuple[str, str, Person]) -> str:
    return before_and_after[0]


@pytest.fixture
def after_the_scene(before_and_after: tuple[str, str, Person]) -> str:
    return before_and_after[1]


@pytest.fixture
def me(before_and_after: tuple[str, str, Person]) -> Person:
    return before_and_after[2]


def answers(page: str) -> list[tuple[str, str]]:
    """What the last requests were answered, as the screen has it."""
    return re.findall(
        r'class="code[^"]*">(\d+)</span> <code>.*?&#34;status&#34;: ?&#34;(\w+)', page
    )


def codes(page: str) -> list[str]:
    return re.findall(r'class="code[^"]*">(\d+)<', page)


def test_an_empty_world_says_what_to_do_and_offers_the_scenes(empty: str) -> None:
    assert "Begin with a scene" in empty
    assert empty.count("▶ Play") == 6
    assert "The story of make demo" not in empty  # its clock would have to go back
    assert f'value="{LEA.dossier_id}"' in empty  # a form that is filled in


def test_every_event_of_the_contract_has_a_form_that_is_filled_in(me: Person) -> None:
    for kind, form in event_forms().items():
        page = me.look(f"/?side=act&event={kind}")
        assert form.title in unescape(page)
        assert all(f'name="{field.path}"' in page for field in form.fields)


def test_a_scene_stops_where_it_gets_interesting_and_says_what_to_try(
    me: Person, after_the_scene: str
) -> None:
    page = me.look(after_the_scene)
    assert after_the_scene == f"/?dossier={LEA.dossier_id}&side=dossier"
    assert "Open the link of an older e-mail" in page
    assert "the next day the booking system moves it" in me.look("/?side=scenes")


def test_what_happened_on_the_way_is_a_list(me: Person) -> None:
    who = me.newcomer()
    me.say(who, "dossier.deposited")
    me.press("clock", advance="P42D")
    page = me.look()
    assert "On the way:" in page
    way = page[page.index('id="way"') : page.index('id="list"')]
    assert f'>no news</a>\n<span class="who">{escape(who.given_name)}' in way


def test_a_message_is_shown_as_it_was_received_each_way(me: Person) -> None:
    mail = next(n for n, (m, _) in enumerate(me.world.sent, 1) if m.notice == "convocation")
    assert f'src="/studio/mail/{mail}?view=light" sandbox=' in me.look(f"/?message={mail}")
    assert "Content-Type: multipart" in me.look(f"/?message={mail}&view=source")
    assert "Bonjour" in me.look(f"/?message={mail}&view=text")
    attached = me.look(f"/?message={mail}&view=attached")
    assert "rendez-vous.ics" in attached
    assert 'class="entry"' in attached
    assert me.get(f"/studio/file/{mail}/0").data.startswith(b"BEGIN:VCALENDAR")


def test_a_mail_in_its_frame_runs_nothing_loads_nothing_and_is_as_dark_as_is_asked(
    me: Person,
) -> None:
    light, dark = (me.get(f"/studio/mail/1?view={view}") for view in ("light", "dark"))
    policy = light.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "sandbox allow-popups" in policy
    assert '<base target="_blank">' in light.text
    assert ("@media not all" in light.text, "@media all" in dark.text) == (True, True)
    assert "prefers-color-scheme" not in light.text + dark.text


@pytest.mark.parametrize(
    "address", ["/studio/mail/0", "/studio/mail/999", "/studio/file/1/9", "/studio/nothing"]
)
def test_what_is_not_there_is_not_found(me: Person, address: str) -> None:
    assert me.get(address).status_code == 404


def test_the_paper_behind_a_message_is_a_picture(
    me: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, made = pypdfium2.PdfDocument.new(), BytesIO()
    paper.new_page(100, 140)
    paper.save(made)
    monkeypatch.setattr(World, "download", lambda _world, _address: made.getvalue())
    me.press("student", page="confirm", dossier=me.newcomer().dossier_id)
    mail = len(me.world.sent)
    assert me.get(f"/studio/paper/{mail}.png").data.startswith(b"\x89PNG")
    assert me.get("/studio/paper/1.png").status_code == 404


def test_a_dossier_shows_its_past_and_its_plan_and_the_link_to_each_message(me: Person) -> None:
    who = me.newcomer()
    me.press("student", page="confirm", dossier=who.dossier_id)
    page = me.look(f"/?dossier={who.dossier_id}")
    line = page[page.index('<ol class="line">') :]
    told = ("A slot was chosen", ">convocation</a>", "now</strong>", "appointment reminder")
    assert [*told] == sorted(told, key=line.index)
    assert "Journal (" in page


def test_an_event_is_sent_as_the_booking_system_would_once_or_twice(me: Person) -> None:
    who = me.newcomer()
    assert answers(me.say(who, "dossier.checked")) == [("202", "recorded")]
    twice = [("202", "recorded"), ("200", "duplicate")]
    assert answers(me.say(who, "dossier.deposited", "twice")) == twice


def test_a_replay_is_a_duplicate_and_the_request_can_be_copied(me: Person) -> None:
    me.say(me.newcomer(), "dossier.checked")
    page = me.look(me.press("replay", back="/?side=act").headers["Location"])
    assert answers(page) == [("200", "duplicate")]
    assert "curl -i http://127.0.0.1:8000/webhooks/booking" in page
    assert "import base64, hashlib, hmac" in page


@pytest.mark.parametrize("how", ["tampered", "late"])
def test_what_is_not_authentic_is_refused(me: Person, how: str) -> None:
    assert codes(me.say(LEA, "dossier.checked", how)) == ["401"]


def test_a_burst_of_moves_leads_to_one_mail(me: Person) -> None:
    who = me.newcomer()
    page = me.say(who, "appointment.rescheduled", "burst")
    assert f"and {A_BURST - 3} more answers" in page
    me.press("clock", advance="PT5M")
    mine = [m.notice for m, _ in me.world.sent if m.to == who.email]
    assert mine == ["confirmation_request"] * 2  # of the first hour, and of the last


def test_every_message_is_handed_on_when_it_has_been_taken(me: Person) -> None:
    me.newcomer()
    assert me.taken == [message for message, _ in me.world.sent]


def test_only_shown_a_request_is_not_sent(me: Person) -> None:
    before = len(me.world.calls.made)
    assert "card.collected: not sent" in me.say(LEA, "card.collected", "show")
    assert len(me.world.calls.made) == before


def test_the_student_confirms_with_one_click(me: Person) -> None:
    who = me.newcomer()
    me.press("student", page="confirm", dossier=who.dossier_id)
    assert me.world.story(who.dossier_id).state == "confirmed"  # type: ignore[union-attr]
    assert "no message had a link" in me.look(
        me.press("student", page="unsubscribe", dossier=who.dossier_id).headers["Location"]
    )


def test_bad_luck_is_switched_with_one_click_and_what_it_did_is_listed(me: Person) -> None:
    who = me.newcomer()
    me.press("fault", name="hard_bounce", count="1", to=who.email)
    assert "hard bounce × 1 to" in me.look("/?side=wrong")
    me.press("student", page="confirm", dossier=who.dossier_id)
    page = me.look("/?side=wrong")
    assert "Nothing is going to go wrong" in page
    assert "convocation, e-mail</span>" in page


def test_bad_luck_can_be_for_some_and_be_taken_back(me: Person) -> None:
    me.press("fault", name="throttled", these="1", times="7", channel="sms")
    stands = me.world.faults.as_json()["throttled"]
    assert (stands["count"], stands["channel"]) == (7, "sms")
    me.press("fault", name="throttled", off="1")
    assert me.world.faults.as_json()["throttled"]["count"] == 0


@pytest.mark.parametrize(
    ("button", "form", "why"),
    [
        ("clock", {"advance": "42 days"}, "Not a span"),
        ("clock", {"to": "1999-01-01T00:00"}, "cannot go back"),
        ("clock", {"to": "never"}, "say a day and an hour"),
        ("clock", {"advance": "P99Y"}, "until 2050"),
        ("fault", {"name": "earthquake", "count": "1"}, "there is no fault"),
        ("fault", {"name": "lost_sms", "channel": "pigeon"}, "lost_sms"),
        ("scene", {"name": "demo"}, "no such scene"),
        ("say", {"type": "card.eaten"}, "no such event"),
        ("desk", {"to": "https://example.org"}, "no page of the desk"),
    ],
)
def test_a_button_that_cannot_leads_back_and_says_why(
    me: Person, button: str, form: dict[str, str], why: str
) -> None:
    told = me.press(button, back="/?side=wrong", **form)
    assert (told.status_code, told.headers["Location"]) == (303, "/?side=wrong")
    assert why in me.look("/?side=wrong")


def test_the_clock_goes_to_an_hour_of_paris_and_to_the_next_thing_due(me: Person) -> None:
    me.newcomer()
    later = paris_day(me.world.now()) + timedelta(days=1)
    me.press("clock", to=f"{later}T08:00")
    assert me.world.now() == at_paris(later, time(8))
    before = len(me.world.sent)
    me.press("clock", next="1")
    assert len(me.world.sent) > before  # the reminder to confirm, at nine


def test_the_desk_lets_in_with_one_click_and_again_after_a_journey(me: Person) -> None:
    me.world.travel(me.world.now() + timedelta(minutes=5))
    inside = f"/desk/dossiers/{LEA.dossier_id}"
    came = Client(me.site, use_cookies=False)
    first = came.post("/studio/desk", data={"as": "agent", "to": inside})
    cookies = dict(c.split("=", 1) for c in _cookies(first))
    assert (first.headers["Location"], cookies[CAME_IN_AS]) == (inside, "agent")
    headers = {"Cookie": f"{SESSION}={cookies[SESSION]}; {CAME_IN_AS}=agent"}
    assert LEA.family_name in came.get(inside, headers=headers).text
    me.world.travel(me.world.now() + timedelta(hours=1))
    again = came.get(f"{inside}?x=1", headers=headers)
    assert (again.status_code, again.headers["Location"]) == (303, f"{inside}?x=1")
    assert came.post(f"{inside}/note", headers=headers).headers["Location"] == inside
    assert f"{CAME_IN_AS}=;" in "".join(
        came.post("/desk/sign-out", headers=headers).headers.getlist("Set-Cookie")
    )
    stranger = came.get(inside, headers={"Cookie": f"{SESSION}={cookies[SESSION]}"})
    assert stranger.headers["Location"].startswith("/desk/sign-in")


def _cookies(response: TestResponse) -> Iterator[str]:
    for value in response.headers.getlist("Set-Cookie"):
        pair = value.partition(";")[0]
        if not pair.endswith("="):
            yield pair


def test_the_pulse_says_whether_anything_has_changed(me: Person) -> None:
    version = me.site.studio.version
    assert "HX-Trigger" not in me.get(f"/studio/pulse?seen={version}").headers
    assert me.get("/studio/pulse?seen=before").headers["HX-Trigger"] == "changed"


def test_whatever_can_happen_to_a_dossier_has_words() -> None:
    assert all(map(told, EventType))


def test_a_button_of_another_site_does_nothing(me: Person) -> None:
    told = Client(me.site).post("/studio/clock", headers={"Sec-Fetch-Site": "cross-site"})
    assert told.status_code == 403


def test_an_address_keeps_what_it_knows_and_nothing_else() -> None:
    at = Address({"dossier": "G-1", "page": "2", "script": "x"})
    assert at.with_(message=3) == "/?dossier=G-1&message=3&page=2"
    assert at.with_(dossier=None, page=None) == "/"
    assert Address({"page": "-1"}).number("page", 1) == 1


@pytest.mark.parametrize(("asked", "page", "rows"), [(1, 1, 20), (3, 3, 5), (9, 3, 5), (0, 1, 20)])
def test_hundreds_are_shown_page_by_page(asked: int, page: int, rows: int) -> None:
    found = paged(range(2 * MESSAGES + 5), asked, MESSAGES)
    assert (found.page, found.pages, len(found.rows)) == (page, 3, rows)


def test_an_sms_is_a_bubble_on_its_telephone_with_its_parts_and_its_price(
    me: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = ((sms(), Outcome.DELIVERED), (sms(notice="no_news-1"), Outcome.LOST))
    monkeypatch.setattr(World, "sent", sent)
    page = me.look("/?message=2")
    assert page.count("1 part, about $0.07") == 2
    assert 'class="bubble lost chosen"' in page


@pytest.mark.long
@pytest.mark.parametrize(
    ("scene", "arrived"),
    [
        ("sms-lost", "card ready, try 2"),
        ("address-dead", "contact us"),
        ("no-news", "no news"),
        ("network-down", "card ready"),
    ],
)
def test_every_scene_plays_to_where_something_follows(me: Person, scene: str, arrived: str) -> None:
    where = me.plays(scene)
    seen = me.look(where)
    me.press("clock", next="1")
    assert arrived in seen + me.look(where)


@pytest.mark.long
def test_a_week_of_sixty_students_is_looked_at_page_by_page(me: Person) -> None:
    me.plays("week")
    page = me.look()
    assert page.count('id="m-') == MESSAGES
    assert f"1 of {-(-len(me.world.sent) // MESSAGES)}" in page
    assert me.world.failures == []


@pytest.mark.long
@pytest.mark.enable_socket
def test_the_story_of_make_demo_plays_in_a_world_whose_clock_ticks() -> None:
    with World(start=SCENES["demo"].begins) as world:
        me = Person(world, [])
        me.site.studio.stage("demo")
        while me.site.studio.play_on():
            pass
        page = me.look("/?side=scenes")
    assert "some quiet days pass" in page
    assert "The scene went otherwise" not in page


def test_nothing_of_the_studio_is_in_the_package() -> None:
    assert not any(name.startswith("local") for name in OURS)
    house = Path(__file__).parents[3]
    ours = [path for name in OURS for path in [house / name, *(house / name).rglob("*.py")]]
    texts = [path.read_text(encoding="utf-8") for path in ours if path.is_file()]
    assert not any("studio" in text for text in texts)
