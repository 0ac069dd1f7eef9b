"""The console's doors: what is asked of the house, and what is answered. The house is made up."""

import base64
import json
import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from app import app
from chalicelib.decoding.card_lists import carried
from chalicelib.decoding.desk_csv import csv_of
from chalicelib.domain.appointments import EarlyEnd
from chalicelib.domain.attempts import Kind
from chalicelib.domain.audit import AuditAsked, AuditLine
from chalicelib.domain.bulk import BulkRow, RowStand
from chalicelib.domain.consequences import NO_CONSEQUENCE, Consequence, Effect, Following, Forecast
from chalicelib.domain.contact import Channel
from chalicelib.domain.dead_letters import DeadLetters
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.errors import Unusable, WithoutEffect
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.facts import State
from chalicelib.domain.holds import NO_HOLDS, with_pauses
from chalicelib.domain.operators import Operator, Role
from chalicelib.domain.recording import Recorded
from chalicelib.domain.signing_in import Session
from chalicelib.entrypoints.console import (
    answers,
    bulks,
    cards,
    dossier,
    flashes,
    home,
    lists,
    machine,
    protected_routes,
)
from chalicelib.entrypoints.console.protected_routes import ProtectedRoute, Visit
from chalicelib.messages.console import pages
from chalicelib.messages.console.forms import actions
from chalicelib.messages.console.frame import Flash
from chalicelib.messages.console.views import Filters
from chalicelib.messages.console.words import codes
from chalicelib.pipeline.desk_actions import Acted
from chalicelib.pipeline.quarantines import Because, Chosen, Pressed, Replayed
from gallery import console, listed
from gallery.console import DOSSIER
from local.aws.gateway import Gateway, Reply
from tests.builders import DESK
from tests.decoding.spreadsheet_files import row, words, xlsx

NONCE = "n0nce-n0nce"
AGENT = Operator(name="c.martin", role=Role.ADMIN)
READER = Operator(name="d.petit", role=Role.READ)
CONSEQUENCE = Consequence(
    following=(
        Following(effect=Effect.LEAVES, kind=Kind.DEPOSIT_RECEIPT, channels=(Channel.EMAIL,)),
        Following(effect=Effect.STUCK, kind=Kind.NO_NEWS, channels=(Channel.EMAIL,), why="over"),
    )
)
SESSION = Session(operator=AGENT, session_id="s", signed_in_at=console.NOW, seen_at=console.NOW)


@dataclass(kw_only=True)
class House:
    """A house that answers from the gallery's samples, and remembers what it was asked."""

    gateway: Gateway
    patch: pytest.MonkeyPatch
    asked: list[tuple[str, Any]] = field(default_factory=list)
    doors: list[tuple[Role, str]] = field(default_factory=list)
    services: SimpleNamespace = field(default_factory=SimpleNamespace)

    def answers(self, name: str, answer: object) -> None:
        """From now on a verb of the services says or raises this, or what this makes of it."""

        def function(*arguments: object) -> object:
            if name != "quarantines.count":  # which the menu of every page asks for
                self.asked.append((name, arguments))
            if isinstance(answer, Exception):
                raise answer
            return answer(*arguments) if callable(answer) else answer

        use_case, _, verb = name.partition(".")
        setattr(self.services.__dict__.setdefault(use_case, SimpleNamespace()), verb, function)

    def visit(self, method: str, target: str, **more: Any) -> Reply:
        """Knock as somebody who is signed in, with what the door has read of the request."""
        query = dict(more.pop("query", {}))
        visit = Visit(
            operator=more.pop("operator", AGENT),
            form_token="f0rm-t0ken",
            nonce=NONCE,
            now=console.NOW,
            source="192.0.2.7",
            query=query,
            form={"nonce": NONCE, **more.pop("form", {})},
            **more,
        )

        def at_the_door(at: ProtectedRoute, *_: object) -> Visit:
            self.doors.append((at.needs, at.action))
            return visit

        self.patch.setattr(protected_routes, "_visit", at_the_door)
        address = f"{target}?{urlencode(query)}" if query else target
        return self.gateway.request(method, address)

    def get(self, target: str, **query: str) -> Reply:
        return self.visit("GET", target, query=query)

    def post(self, target: str, **form: str) -> Reply:
        return self.visit("POST", target, form=form)


@pytest.fixture(scope="module")
def gateway() -> Gateway:
    return Gateway(app)


@pytest.fixture
def house(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> House:
    house = House(gateway=gateway, patch=monkeypatch)
    for name, answer in {
        "work_lists.page": console.BUSY,
        "work_lists.count": (110, False),
        "daily_figures.last": console.BUSY.figures,
        "search.find": console.FOUND,
        "search.traced": "search=3f9a0c1be27d4458",
        "appointment_days.of": console.EXPECTED,
        "put_off_tasks.rows": console.PUT_OFF,
        "dossier_views.view": console.VIEW,
        "sent_messages.find": console.SENT,
        "work_lists.unreached": console.LISTED,
        "desk_actions.act": Acted(outcome=Recorded.RECORDED),
        "desk_actions.sent_recently": None,
        "appointment_lists.read": (listed.GIVEN, {}),
        "appointment_lists.judge": listed.PREVIEW,
        "bulk_actions.preview": console.PREVIEW,
        "bulk_actions.begin": console.BULK,
        "bulk_actions.view": console.viewed(console.BULK),
        "bulk_actions.waiting_for": [],
        "bulk_actions.pending": (console.BULK,),
        "bulk_actions.last": (console.APPOINTMENTS,),
        "bulk_actions.find": lambda it: None if it == NONCE else console.APPOINTMENTS,
        "bulk_actions.undo": console.BULK,
        "bulk_actions.see": console.BULK,
        "desk_actions.known_contact": console.LEA,
        "quarantines.count": 4,
        "quarantines.page": console.OF_ONE_CAUSE,
        "quarantines.dismiss": Pressed(done=1, keys=("Q#1",)),
        "quarantines.restore": 2,
        "quarantines.replay_many": Pressed(done=12, stayed=188, left=1_000),
        "access_files.asked_for": console.ASKED_FOR,
        "access_files.make": console.ACCESS_FILE,
        "channel_pauses.states": console.OPEN,
        "channel_pauses.pause": True,
        "channel_pauses.resume": console.OPEN[0],
        "dead_letters.view": console.DEAD[0],
        "dead_letters.redrive": 2,
        "audit.page": console.AUDIT,
    }.items():
        house.answers(name, answer)
    house.answers("quarantines.view", console.HELD_BODY)
    house.answers("quarantines.replay", Replayed(event_id="Q", outcome=Recorded.RECORDED))
    made = house.services
    made.desk, made.now = DESK, lambda: console.NOW
    made.audit.append = lambda _: None
    made.sessions = SimpleNamespace(
        read=lambda _: SESSION,
        seal=lambda _: "sealed",
        seal_flash=lambda _, said: base64.urlsafe_b64encode(json.dumps(said).encode()).decode(),
    )
    made.channels = SimpleNamespace(holds=lambda: NO_HOLDS)
    made.appointment_lists.purposes = (SlotPurpose.DEPOSIT,)
    made.generations = SimpleNamespace(of=lambda _: SESSION.generation)
    for module in (
        *(answers, bulks, cards, lists, flashes, protected_routes, dossier, home, machine),
    ):
        monkeypatch.setattr(module, "services", lambda: made)
    return house


def leads_to(reply: Reply) -> str:
    assert reply.status == 303
    return str(reply.header("Location"))


def says(reply: Reply) -> Any:
    """What the page after it will say: a code, numbers, what follows."""
    cookies = (value for name, value in reply.headers if name == "Set-Cookie")
    (flash,) = [one for one in cookies if one.startswith("__Host-desk-flash=")]
    value = flash.partition("=")[2].partition(";")[0]
    return json.loads(base64.urlsafe_b64decode(value))


HERE = "/desk/dossiers/G-2019-0412"
KEY = "/desk/quarantine/Q%231"

READ = [
    ("/desk", Role.READ, "read_home"),
    ("/desk/find", Role.READ, "read_find"),
    ("/desk/day", Role.READ, "read_day"),
    ("/desk/put-off", Role.READ, "read_put_off"),
    ("/desk/list", Role.READ, "read_list"),
    ("/desk/export.csv", Role.ACT, "export_list"),
    ("/desk/figures", Role.READ, "read_figures"),
    ("/desk/figures.csv", Role.READ, "export_figures"),
    (HERE, Role.READ, "read_dossier"),
    (f"{HERE}/message", Role.READ, "read_message"),
    (f"{HERE}/access", Role.ACT, "read_access"),
    ("/desk/lists", Role.ACT, "read_lists"),
    ("/desk/cards", Role.ACT, "read_cards"),
    ("/desk/bulks/b-7Hq2", Role.ACT, "read_bulk"),
    ("/desk/bulks/b-7Hq2/aside.csv", Role.ACT, "read_bulk"),
    ("/desk/quarantine", Role.ACT, "list_quarantine"),
    (KEY, Role.ACT, "read_quarantine"),
    ("/desk/channels", Role.READ, "read_channels"),
    ("/desk/dead-letters", Role.ADMIN, "read_dead_letters"),
    ("/desk/audit", Role.ADMIN, "read_audit"),
]
ACTS = [
    ("/desk/day", Role.ACT, "answer_day"),
    (f"{HERE}/message", Role.READ, "read_recipient"),
    ("/desk/find", Role.READ, "find_students"),
    *((f"{HERE}/{action}", Role.ACT, f"dossier_{action}") for action in actions()),
    (f"{HERE}/access", Role.ACT, "make_access_file"),
    ("/desk/lists", Role.ACT, "preview_list"),
    ("/desk/lists/columns", Role.ACT, "read_columns"),
    ("/desk/lists/preview", Role.ACT, "preview_list"),
    ("/desk/lists/begin", Role.ACT, "begin_list"),
    ("/desk/cards", Role.ACT, "preview_cards"),
    ("/desk/cards/begin", Role.ACT, "begin_cards"),
    ("/desk/bulks/b-7Hq2/undo", Role.ACT, "undo_bulk"),
    ("/desk/bulks/b-7Hq2/seen", Role.ACT, "see_bulk"),
    ("/desk/quarantine/replay", Role.ACT, "replay_many_quarantined"),
    ("/desk/quarantine/dismiss", Role.ACT, "dismiss_many_quarantined"),
    (f"{KEY}/replay", Role.ACT, "replay_quarantined"),
    (f"{KEY}/dismiss", Role.ACT, "dismiss_quarantined"),
    ("/desk/channels/sms/pause", Role.ADMIN, "pause_channel"),
    ("/desk/channels/sms/resume", Role.ADMIN, "resume_channel"),
    ("/desk/dead-letters/serve", Role.ADMIN, "redrive"),
]


@pytest.mark.parametrize(("target", "needs", "action"), READ)
def test_a_page_opens_for_its_role_under_its_word(
    house: House, target: str, needs: Role, action: str
) -> None:
    assert house.get(target).status == 200
    assert house.doors == [(needs, action)]
    assert action in codes("actions")


@pytest.mark.parametrize(("target", "needs", "action"), ACTS)
def test_an_act_is_for_its_role_and_has_its_word(
    house: House, target: str, needs: Role, action: str
) -> None:
    assert house.post(target).status in {200, 303, 422}
    assert house.doors == [(needs, action)]
    assert action in codes("actions")


# The work list and the search


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ({}, Filters()),
        (
            {"kind": "unreachable", "urgent": "1", "page": "2"},
            Filters(kind=Kind.UNREACHABLE, urgent=True, page=2),
        ),
        ({"kind": "x", "urgent": "no", "page": "-1"}, Filters()),
        ({"page": "0"}, Filters()),
        ({"page": "9" * 400}, Filters()),
        ({"page": "²"}, Filters()),
    ],
)
def test_the_address_says_what_of_the_list_is_shown(
    house: House, query: dict[str, str], filters: Filters
) -> None:
    house.get("/desk", **query)
    assert house.asked[-1] == ("work_lists.page", (filters, console.OPEN, (console.BULK,)))


def test_what_was_done_is_never_said_by_an_address(house: House) -> None:
    assert "Le canal est suspendu." in house.visit("GET", "/desk", flash=Flash(code="paused")).text
    assert "Le canal est suspendu." not in house.get("/desk", done="paused").text


def test_what_follows_is_said_below_what_was_done(house: House) -> None:
    sms = Following(effect=Effect.WAITS, kind=Kind.CARD_READY, channels=(Channel.SMS,))
    mail = Following(effect=Effect.LEAVES, kind=Kind.CARD_READY, channels=(Channel.EMAIL,))
    follows = Consequence(following=(mail, sms), state=State.CARD_READY)
    made = with_pauses({}, [console.PAUSE])
    house.services.channels.holds = lambda: made
    acted = Flash(code="recorded", consequence=follows)
    text = house.visit("GET", HERE, flash=acted).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "<li>Titre prêt (e-mail) : part maintenant.</li>" in text
    assert "(SMS) : attend que le canal soit rétabli. Canal SMS suspendu par a.durand" in text
    assert "Le dossier passe à : Titre prêt, à retirer." in text


def test_nothing_is_looked_for_because_of_an_address(house: House) -> None:
    assert "Benali" not in house.get("/desk/find", q="benali").text
    assert house.asked == []


@pytest.mark.parametrize("asked", ["b", "  ", ""])
def test_one_letter_finds_too_many_people(house: House, asked: str) -> None:
    reply = house.post("/desk/find", q=asked)
    assert (reply.status, house.asked) == (422, [])
    assert "au moins deux caractères" in reply.text
    assert 'href="#find-q"' in reply.text


@pytest.mark.parametrize(("typed", "asked"), [(" ben ", "ben"), ("王", "王")])
def test_a_name_is_looked_for_as_it_was_typed(house: House, typed: str, asked: str) -> None:
    reply = house.post("/desk/find", q=typed)
    assert house.asked == [("search.traced", (asked,)), ("search.find", (asked,))]
    assert reply.status == 200, "it answers at once: an address to go on to would hold the name"


@pytest.mark.parametrize("target", ["/desk", "/desk/find", "/desk/dossiers/G-2019-0412"])
def test_every_page_has_the_search_in_its_head_and_no_browser_keeps_what_is_typed(
    house: House, target: str
) -> None:
    [head] = re.findall(r'<form class="find.*?</form>', house.get(target).text, re.DOTALL)
    assert 'method="post" action="/desk/find"' in head
    assert 'autocomplete="off"' in head


@pytest.mark.parametrize(
    ("query", "day"),
    [
        ({}, date(2019, 5, 10)),
        ({"on": ""}, date(2019, 5, 10)),
        ({"on": "2019-05-14"}, date(2019, 5, 14)),
        ({"on": "14/05/2019"}, date(2019, 5, 14)),
    ],
)
def test_the_address_says_whose_day_is_shown_and_without_it_today_s_is(
    house: House, query: dict[str, str], day: date
) -> None:
    assert house.get("/desk/day", **query).status == 200
    assert house.asked == [("appointment_days.of", (day,))]


@pytest.mark.parametrize("on", ["tomorrow", "2019-02-30", "0001-01-01"])
def test_a_day_that_is_none_is_refused_beside_today_s(house: House, on: str) -> None:
    reply = house.get("/desk/day", on=on)
    assert (reply.status, house.asked[-1][1]) == (422, (date(2019, 5, 10),))
    assert 'href="#day-on"' in reply.text


def test_several_appointments_are_answered_at_once_and_the_others_stay_open(house: House) -> None:
    house.answers("appointment_days.of", console.PASSED)
    house.answers("desk_actions.act", Acted(outcome=Recorded.RECORDED, consequence=CONSEQUENCE))
    said = {"outcome-G-2019-0412": "deposited", "outcome-G-2018-1200": "missed"}
    reply = house.post("/desk/day", on="2019-05-10", **said, **{"outcome-G-2019-9999": "missed"})
    assert leads_to(reply) == "/desk/day?on=2019-05-10"
    assert says(reply) == [
        "answered",
        {"n": 2, "others": 0, "leaving": 2, "later": 0, "stuck": 2},
        None,
    ]
    acts = [asked[1][0] for asked in house.asked if asked[0] == "desk_actions.act"]
    assert [(e.dossier_id, e.type, e.by) for e in acts] == [
        ("G-2019-0412", EventType.DEPOSITED, "c.martin"),
        ("G-2018-1200", EventType.MISSED, "c.martin"),
    ]
    assert (acts[0].day, acts[1].appointment_id) == (date(2019, 5, 10), "A-1")


def test_an_answer_that_somebody_else_gave_first_stops_no_other(house: House) -> None:
    house.answers("appointment_days.of", console.PASSED)
    house.answers("desk_actions.act", WithoutEffect("not_yet"))
    lines: list[AuditLine] = []
    house.services.audit.append = lines.append
    said = {"outcome-G-2019-0412": "missed", "outcome-G-2018-1200": "missed"}
    assert leads_to(house.post("/desk/day", on="2019-05-10", **said))
    assert [asked[0] for asked in house.asked].count("desk_actions.act") == 2
    assert [line.result for line in lines if line.which == "missed"] == ["refused", "refused"]


def test_what_follows_from_each_answer_is_told_and_counted_for_all(house: House) -> None:
    def look(event: Event, _: datetime) -> Forecast:
        is_missed = event.type is EventType.MISSED
        return Forecast(consequence=console.CARD if is_missed else NO_CONSEQUENCE)

    rows = [replace(row, foresee=look) for row in console.PASSED.rows]
    house.answers("appointment_days.of", replace(console.PASSED, rows=rows))
    said = " ".join(house.get("/desk/day").text.split()).replace("\N{NO-BREAK SPACE}", " ")
    assert "« Absence au rendez-vous », pour les 2 à la fois" in said
    assert "Titre prêt (SMS) : 2, dont le premier part le vendredi 10 mai 2019 à 10 h 26." in said
    assert "« Dossier déposé », pour les 1 à la fois" not in said
    assert "Titre prêt (SMS) : 2" not in house.visit("GET", "/desk/day", operator=READER).text


@pytest.mark.parametrize(
    "outcome", [{}, {"outcome-G-2019-0412": ""}, {"outcome-G-2019-0412": "contact"}]
)
def test_without_an_answer_nothing_is_recorded_and_the_day_is_shown_again(
    house: House, outcome: dict[str, str]
) -> None:
    house.answers("appointment_days.of", console.PASSED)
    reply = house.post("/desk/day", on="2019-05-10", **outcome)
    assert reply.status == 422
    assert 'href="#day-outcome"' in reply.text
    assert "desk_actions.act" not in [name for name, _ in house.asked]


MISSED = EarlyEnd(event_id="m", at=console.NOW, learnt_at=console.NOW)


def answered_day(house: House) -> dict[str, str]:
    """Two appointments that are answered: what was chosen for them."""
    deposited, missed = console.PASSED.rows[0], console.PASSED.rows[1]
    assert missed.slot
    rows = (
        replace(deposited, is_unanswered=False, state=State.DEPOSITED),
        replace(
            missed,
            is_unanswered=False,
            slot=replace(
                missed.slot, missed=EarlyEnd(event_id="m", at=console.NOW, learnt_at=console.NOW)
            ),
        ),
    )
    house.answers("appointment_days.of", replace(console.PASSED, rows=rows))
    chosen = {rows[0].dossier_id: "deposited", rows[1].dossier_id: "missed"}
    return {f"outcome-{dossier_id}": action for dossier_id, action in chosen.items()}


def test_what_is_answered_already_as_it_was_chosen_is_no_failure(house: House) -> None:
    reply = house.post("/desk/day", on="2019-05-10", **answered_day(house))
    assert leads_to(reply) == "/desk/day?on=2019-05-10"
    assert says(reply) == ["duplicate", {}, None]
    assert "desk_actions.act" not in [name for name, _ in house.asked]


def test_of_other_answers_that_somebody_gave_first_the_page_names_whose_they_are_in_one_sentence(
    house: House,
) -> None:
    both = answered_day(house)
    other = {"deposited": "missed", "missed": "deposited"}
    names = [pages.name_of(row.contact) for row in console.PASSED.rows[:2]]
    told = [f"{names[0]} (Dossier déposé)", f"{names[1]} (Rendez-vous manqué)"]
    cases = [
        ({name: other[action] for name, action in both.items()}, told),
        (dict.fromkeys(both, "missed"), told[:1]),
    ]
    for chosen, named in cases:
        reply = house.post("/desk/day", on="2019-05-10", **chosen)
        assert reply.status == 422
        said = reply.text.replace("\N{NO-BREAK SPACE}", " ")
        assert f"Une autre suite était déjà enregistrée : {', '.join(named)}." in said
    assert "desk_actions.act" not in [name for name, _ in house.asked]


def test_the_export_is_a_table_with_a_row_a_person(house: House) -> None:
    reply = house.get("/desk/export.csv")
    rows = reply.body.decode().lstrip("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines()
    assert rows[0].startswith("dossier;nom;prénom")
    assert rows[1].startswith("G-2019-0412;Benali;Léa;06 12 34 56 78;")
    assert len(rows) == 1 + len(console.ROWS)
    assert ";sofia@example.org;L’adresse e-mail n’existe pas.;" in rows[2]
    assert "attachment" in str(reply.header("Content-Disposition"))


def test_the_script_is_kept_by_the_browser_for_its_version(house: House) -> None:
    reply = house.gateway.request("GET", "/desk/htmx.js")
    assert reply.status == 200
    assert "immutable" in str(reply.header("Cache-Control"))
    assert str(reply.header("Content-Type")).startswith("text/javascript")
    assert reply.header("Strict-Transport-Security")
    assert "frame-ancestors 'none'" in str(reply.header("Content-Security-Policy"))


@pytest.mark.parametrize(
    ("number", "cell"),
    [
        ("+33612345637", "06 12 34 56 37"),
        ("+262692123456", "06 92 12 34 56"),
        ("+49301234567", "0049301234567"),
        ("06.12.34.56.37", "06 12 34 56 37"),
        ("poste 12", "poste 12"),
        (None, ""),
    ],
)
def test_a_number_in_a_cell_begins_no_formula_and_can_be_dialled(
    number: str | None, cell: str
) -> None:
    assert pages.number_in_a_cell(number) == cell
    assert csv_of(["n"], [[cell]]).decode("utf-8-sig").splitlines()[1].strip('"') == cell


# What a person has a right to


@pytest.mark.parametrize(
    ("form", "ids"),
    [
        ({}, [DOSSIER]),
        ({"also-G-2018-1200": "1"}, [DOSSIER, "G-2018-1200"]),
        ({"also-G-2019-9999": "1"}, [DOSSIER]),  # which has nothing in common with this one
    ],
)
def test_the_file_is_of_the_dossiers_that_were_ticked_and_the_audit_names_each(
    house: House, form: dict[str, str], ids: list[str]
) -> None:
    lines: list[AuditLine] = []
    house.services.audit.append = lines.append
    reply = house.post(f"{HERE}/access", **{"as": "html", **form})
    assert reply.status == 200
    assert 'filename="acces-G-2019-0412.html"' in str(reply.header("Content-Disposition"))
    assert house.asked[-1] == ("access_files.make", (ids,))
    assert {(line.action, line.object) for line in lines} == {("make_access_file", i) for i in ids}


def test_a_program_gets_the_same_as_json(house: House) -> None:
    reply = house.post(f"{HERE}/access", **{"as": "json"})
    assert str(reply.header("Content-Type")).startswith("application/json")
    assert json.loads(reply.body)["dossiers"][0]["dossier_id"] == DOSSIER


def test_where_more_may_be_theirs_than_are_named_the_page_says_so(house: House) -> None:
    house.answers("access_files.asked_for", replace(console.ASKED_FOR, more=True))
    assert "Il y en a d’autres" in house.get(f"{HERE}/access").text


def test_of_nobody_there_is_no_file(house: House) -> None:
    house.answers("access_files.asked_for", None)
    assert house.get(f"{HERE}/access").status == 404
    assert house.post(f"{HERE}/access").status == 404


# One dossier


@pytest.mark.parametrize("target", [HERE, f"{HERE}/message"])
def test_what_there_is_not_is_not_found(house: House, target: str) -> None:
    house.answers("dossier_views.view", None)
    house.answers("sent_messages.find", None)
    assert house.get(target).status == 404


@pytest.mark.parametrize(("attempt", "number"), [("2", 2), ("x", 1), ("0", 1), ("1000", 1)])
def test_a_message_is_asked_for_by_its_notice_and_attempt(
    house: House, attempt: str, number: int
) -> None:
    subject = "convocation.1.evt-1.email"
    house.get(f"{HERE}/message", notice=subject, attempt=attempt)
    assert house.asked == [("sent_messages.find", ("G-2019-0412", subject, number))]


def test_an_address_is_told_in_outline_until_somebody_asks_for_it(house: House) -> None:
    asked = {"notice": "convocation.1.evt-1.email", "attempt": "2"}
    shown = house.get(f"{HERE}/message", **asked).text
    assert "l…@example.org" in shown
    assert "lea.benali@example.org" not in shown
    assert "lea.benali@example.org" in house.post(f"{HERE}/message", **asked).text
    assert house.doors == [(Role.READ, "read_message"), (Role.READ, "read_recipient")]
    assert house.asked == [("sent_messages.find", ("G-2019-0412", asked["notice"], 2))] * 2


def test_a_framed_e_mail_may_set_its_own_styles_and_load_nothing(house: House) -> None:
    policy = str(house.get(f"{HERE}/message").header("Content-Security-Policy"))
    ordinary = str(house.get(HERE).header("Content-Security-Policy"))
    own = ["p{line-height:1.5}", "font-size:20px", "color:#0d5a54"]
    digests = [base64.b64encode(sha256(one.encode()).digest()).decode() for one in own]
    more = "".join(f" 'sha256-{digest}'" for digest in digests) + " 'unsafe-hashes'"
    assert policy.replace(more, "") == ordinary
    assert '<iframe class="framed" sandbox srcdoc="' in house.get(f"{HERE}/message").text


@pytest.mark.parametrize("outcome", Recorded)
def test_an_act_leads_back_to_its_dossier_and_says_what_came_of_it(
    house: House, outcome: Recorded
) -> None:
    house.answers("desk_actions.act", Acted(outcome=outcome, consequence=CONSEQUENCE))
    reply = house.post(f"{HERE}/checked")
    assert leads_to(reply) == HERE
    code, _, follows = says(reply)
    assert code == outcome
    assert (follows is not None) is (outcome in {Recorded.RECORDED, Recorded.STALE})


def test_an_act_is_told_with_who_did_it(house: House) -> None:
    house.post(f"{HERE}/checked")
    ((_, (event, _)),) = [asked for asked in house.asked if asked[0] == "desk_actions.act"]
    assert (event.dossier_id, event.by, event.event_id) == (
        "G-2019-0412",
        "c.martin",
        f"desk-{NONCE}",
    )


def test_a_refused_form_comes_back_with_its_message(house: House) -> None:
    reply = house.post(f"{HERE}/incomplete", day="2019-05-09", missing_documents="")
    assert reply.status == 422
    assert 'href="#incomplete-missing_documents"' in reply.text
    assert 'value="2019-05-09"' in reply.text
    assert "desk_actions.act" not in [name for name, _ in house.asked]


def test_a_dossier_is_closed_for_one_of_the_reasons_on_the_page(house: House) -> None:
    page = house.get(HERE).text
    assert '<option value="transferred">' in page
    assert leads_to(house.post(f"{HERE}/closed", day="2019-05-09", reason="transferred"))
    refused = house.post(f"{HERE}/closed", day="2019-05-09")
    assert refused.status == 422
    assert 'href="#closed-reason"' in refused.text


def test_a_contact_that_has_changed_meanwhile_is_shown_as_it_is_now(house: House) -> None:
    page = house.get(HERE).text
    [seen] = re.findall(r'name="seen" value="([0-9a-f]{16})"', page)
    typed = {"family_name": "Benali", "email": "old@example.org", "phone": "06 98 76 54 32"}
    house.post(f"{HERE}/contact", seen=seen, **typed)
    assert house.asked[-1][1][1:] == (seen,)
    house.answers("desk_actions.act", WithoutEffect("contact_changed"))
    reply = house.post(f"{HERE}/contact", seen="an older one", **typed)
    assert (reply.status, "refaites votre correction" in reply.text) == (422, True)
    assert "old@example.org" not in reply.text
    assert f'name="seen" value="{seen}"' in reply.text


def test_a_refused_form_of_a_dossier_that_is_gone_is_not_found(house: House) -> None:
    house.answers("dossier_views.view", None)
    assert house.post(f"{HERE}/incomplete").status == 404


def test_a_message_that_left_today_is_sent_again_only_by_a_second_press(house: House) -> None:
    subject = "confirmation_request.1.evt-1.email"
    form = {"subject": subject, "why": "Elle ne le trouve pas."}
    house.answers("desk_actions.sent_recently", console.NOW)
    first = house.post(f"{HERE}/resend", **form)
    assert first.status == 422
    assert "Envoyer quand même" in first.text
    assert leads_to(house.post(f"{HERE}/resend", **form, even_so="1"))


# Cards


def test_a_list_is_pasted_or_a_file(house: House) -> None:
    assert "Vérifiez la liste" in house.post("/desk/cards", pasted="A-1;A-2").text
    files = {"list": xlsx(row(words("dossier")), row(words("B-1")))}
    house.visit("POST", "/desk/cards", form={"pasted": " ", "day": "2019-05-09"}, files=files)
    lists = [asked[1] for asked in house.asked if asked[0] == "bulk_actions.preview"]
    assert [[one.reference for one in given.rows] for given, _ in lists] == [
        ["A-1", "A-2"],
        ["B-1"],
    ]
    assert lists[1][1] == date(2019, 5, 9)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"form": {"pasted": " "}}, "Choisissez un fichier ou collez"),
        ({"form": {"pasted": "A-1"}, "files": {"list": b"A-2"}}, "gardez l’un des deux"),
        ({"files": {"list": b""}}, "vide"),
        ({"files": {"list": b"\xd0\xcf\x11\xe0"}}, "vieux format Excel"),
        ({"form": {"pasted": "A-1", "day": "tomorrow"}}, "date"),
    ],
)
def test_a_list_that_cannot_be_read_is_asked_for_again(
    house: House, more: dict[str, Any], said: str
) -> None:
    reply = house.visit("POST", "/desk/cards", **more)
    assert reply.status == 422
    assert said in reply.text


WAITING, UNDONE, DONE = RowStand.WAITING, RowStand.UNDONE, RowStand.DONE


def a_row(dossier_id: str, stand: RowStand) -> BulkRow:
    return BulkRow(dossier_id=dossier_id, stand=stand)


#: What is ticked of a list before anybody ticks.
FIT = {f"also-{one}": "1" for one in ("G-2019-0101", "G-2019-0102", "G-2019-0117")}


def test_nothing_begins_before_its_number_is_typed(house: House) -> None:
    form = {"list": carried(console.PREVIEW.cards), "day": "2019-05-10", **FIT}
    refused = house.post("/desk/cards/begin", **form, count="2")
    assert refused.status == 422
    assert "bulk_actions.begin" not in [name for name, _ in house.asked]
    begun = house.post("/desk/cards/begin", **form, count=" 3 ")
    assert leads_to(begun) == "/desk/bulks/b-7Hq2"
    assert says(begun) == ["begun", {}, None]
    fit = ("G-2019-0101", "G-2019-0102", "G-2019-0117")
    assert house.asked[-1] == (
        "bulk_actions.begin",
        (NONCE, "c.martin", date(2019, 5, 10), fit, console.PREVIEW.left(fit)),
    )
    house.answers("bulk_actions.begin", Unusable("list"))
    assert house.post("/desk/cards/begin", **form, count="3").status == 422


def test_what_is_ticked_counts_and_stays_ticked(house: House) -> None:
    ticked = {"also-G-2019-0412": "1", "also-G-9": "1", "also-G-2019-0101": "1"}
    form = {"list": carried(console.PREVIEW.cards), **ticked}
    refused = house.post("/desk/cards/begin", **form, count="3")
    assert refused.status == 422
    assert 'name="also-G-2019-0412" value="1" checked' in refused.text
    assert 'name="also-G-2019-0044" value="1">' in refused.text
    assert 'name="also-G-2019-0102" value="1">' in refused.text
    assert leads_to(house.post("/desk/cards/begin", **form, count="2"))
    assert house.asked[-1][1][3] == ("G-2019-0101", "G-2019-0412")


def test_nothing_is_not_begun(house: House) -> None:
    house.answers("bulk_actions.preview", replace(console.PREVIEW, rows=()))
    form = {"list": carried(console.PREVIEW.cards)}
    assert house.post("/desk/cards/begin", **form, count="0").status == 422


@pytest.mark.parametrize("form", [{"day": "x"}, {"list": "{"}, {"list": ""}])
def test_a_form_that_cannot_be_read_begins_nothing(house: House, form: dict[str, str]) -> None:
    whole = {"list": carried(console.PREVIEW.cards), **form}
    assert house.post("/desk/cards/begin", **whole, count="3").status == 422
    assert "bulk_actions.begin" not in [name for name, _ in house.asked]


def test_one_card_is_a_list_of_one_and_can_be_undone_as_long(house: House) -> None:
    begun = house.post(f"{HERE}/card_ready", day="2019-05-09")
    assert leads_to(begun) == "/desk/bulks/b-7Hq2"
    assert says(begun) == ["begun", {}, [None, []]]
    assert house.asked[-1] == (
        "bulk_actions.begin",
        (NONCE, "c.martin", date(2019, 5, 9), ["G-2019-0412"]),
    )
    assert house.post(f"{HERE}/card_ready", day="2029-05-09").status == 422
    house.answers("dossier_views.view", None)
    assert house.post(f"{HERE}/card_ready").status == 404


def test_a_card_that_waits_on_a_list_is_not_put_onto_another(house: House) -> None:
    house.answers("bulk_actions.waiting_for", [console.BULK])
    page = house.get(HERE).text
    assert "Suivre ou annuler" in page
    assert "déjà dans une liste qui attend" in page
    assert f'action="{HERE}/card_ready"' not in page
    assert house.post(f"{HERE}/card_ready", day="2019-05-09").status == 422
    assert "bulk_actions.begin" not in [name for name, _ in house.asked]


@pytest.mark.parametrize("path", [f"{HERE}/card_ready", "/desk/cards/begin", "/desk/lists/begin"])
def test_a_form_that_was_sent_before_shows_what_came_of_it(house: House, path: str) -> None:
    house.answers("bulk_actions.find", console.BULK)
    reply = house.post(path, day="2019-05-08", count="7")
    assert leads_to(reply) == f"/desk/bulks/{NONCE}"
    assert says(reply) == ["sent_before", {}, None]
    assert "bulk_actions.begin" not in [name for name, _ in house.asked]


@pytest.mark.parametrize(
    ("form", "after", "said"),
    [
        ({}, (UNDONE, UNDONE), ["undone", {}, None]),
        ({}, (UNDONE, DONE), ["undone_in_part", {"n": 1, "left": 1}, None]),
        ({}, (WAITING, DONE), ["undone_none", {}, None]),
        ({"dossier_id": "G-1"}, (UNDONE, WAITING), ["undone", {}, None]),
        ({"dossier_id": "G-9"}, (WAITING, WAITING), ["undone_none", {}, None]),
    ],
)
def test_it_is_said_what_could_still_be_undone(
    house: House, form: dict[str, str], after: tuple[RowStand, ...], said: list[object]
) -> None:
    before, left = (
        replace(console.BULK, rows=tuple(map(a_row, ("G-1", "G-2"), stands)))
        for stands in ([WAITING if s is UNDONE else s for s in after], after)
    )
    house.answers("bulk_actions.find", before)
    house.answers("bulk_actions.undo", left)
    reply = house.post("/desk/bulks/b-7Hq2/undo", **form)
    assert leads_to(reply) == "/desk/bulks/b-7Hq2"
    assert says(reply) == said
    which = {form["dossier_id"]} if form else None
    assert house.asked[-1] == ("bulk_actions.undo", ("b-7Hq2", "c.martin", which))


def test_a_bulk_that_there_is_not_is_not_found(house: House) -> None:
    for name in ("bulk_actions.view", "bulk_actions.undo", "bulk_actions.see"):
        house.answers(name, None)
    assert house.get("/desk/bulks/b-0").status == 404
    assert house.post("/desk/bulks/b-0/undo").status == 404
    assert house.post("/desk/bulks/b-0/seen").status == 404


def test_refused_lines_are_on_the_first_page_until_somebody_has_read_them(house: House) -> None:
    assert leads_to(seen := house.post("/desk/bulks/b-7Hq2/seen")) == "/desk"
    assert says(seen)[0] == "seen"
    assert house.asked == [("bulk_actions.see", ("b-7Hq2",))]


def test_a_list_that_is_too_long_is_asked_for_again(house: House) -> None:
    house.answers("bulk_actions.preview", Unusable("references: more than 1,000"))
    reply = house.post("/desk/cards", pasted="A-1")
    assert reply.status == 422
    assert "trop longue" in reply.text


# The machine


def test_a_webhook_is_replayed(house: House) -> None:
    assert leads_to(reply := house.post(f"{KEY}/replay")) == "/desk/quarantine"
    assert says(reply)[0] == "replayed"
    assert house.asked == [("quarantines.replay", ("Q#1",))]


def test_a_webhook_that_is_still_unusable_says_why(house: House) -> None:
    still = Replayed(event_id="Q", outcome=Recorded.QUARANTINED, reason="data.dossier_id: missing")
    house.answers("quarantines.replay", still)
    reply = house.post(f"{KEY}/replay")
    assert reply.status == 422
    assert "Il manque la référence du dossier." in reply.text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_webhook_is_dismissed_for_a_reason(house: House) -> None:
    assert house.post(f"{KEY}/dismiss", why="bored").status == 422
    reply = house.post(f"{KEY}/dismiss", why="trial")
    assert (reply.status, "Remettre en quarantaine" in reply.text) == (200, True)
    assert house.asked[-1] == (
        "quarantines.dismiss",
        (Chosen(keys=("Q#1",)), Because.TRIAL, "c.martin", Role.ADMIN),
    )


def test_a_webhook_that_there_is_not_is_not_found(house: House) -> None:
    house.answers("quarantines.view", None)
    house.answers("quarantines.replay", None)
    assert house.get(KEY).status == 404
    assert house.post(f"{KEY}/dismiss").status == 404
    assert house.post(f"{KEY}/dismiss", why="trial").status == 404
    assert house.post(f"{KEY}/replay").status == 404


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ({}, ("", 0)),
        ({"cause": "missing:type", "page": "3"}, ("missing:type", 3)),
        ({"cause": "<b>", "page": "x"}, ("<b>", 0)),
    ],
)
def test_the_address_says_what_of_the_quarantine_is_shown(
    house: House, query: dict[str, str], asked: tuple[str, int]
) -> None:
    assert house.get("/desk/quarantine", **query).status == 200
    assert house.asked == [("quarantines.page", asked)]


TICKED = {"row-1": "Q#1", "row-7": "Q#7", "why": "trial", "scope": "rows", "cause": "type"}


@pytest.mark.parametrize(
    ("form", "chosen"),
    [
        (TICKED, Chosen(keys=("Q#1", "Q#7"))),
        (TICKED | {"scope": "all"}, Chosen(cause="type")),
    ],
)
def test_many_webhooks_are_dismissed_for_a_reason(
    house: House, form: dict[str, str], chosen: Chosen
) -> None:
    asked = house.post("/desk/quarantine/dismiss", **form)
    assert (asked.status, "Écarter quand même" in asked.text) == (422, True)
    assert "quarantines.dismiss" not in [name for name, _ in house.asked]
    reply = house.post("/desk/quarantine/dismiss", **form, even_so="1")
    assert 'name="row-1" value="Q#1"' in reply.text
    by = ("c.martin", Role.ADMIN)
    assert house.asked[-1] == ("quarantines.dismiss", (chosen, Because.TRIAL, *by))


def test_what_was_dismissed_by_mistake_waits_again(house: House) -> None:
    reply = house.post("/desk/quarantine/restore", **{"row-1": "Q#1", "row-2": "Q#2"})
    assert leads_to(reply) == "/desk/quarantine"
    assert says(reply) == ["restored", {"n": 2}, None]
    assert house.asked == [("quarantines.restore", (("Q#1", "Q#2"), "c.martin", Role.ADMIN))]


def test_many_webhooks_are_replayed_and_the_next_press_goes_on_behind_them(house: House) -> None:
    form = {"scope": "all", "cause": "missing:type", "skip": "10"}
    reply = house.post("/desk/quarantine/replay", **form)
    address = leads_to(reply)
    assert address == "/desk/quarantine?cause=missing%3Atype&skip=198"
    code, counted, _ = says(reply)
    assert (code, counted) == ("replayed_many", {"n": 12, "stayed": 188, "left": 1_000})
    chosen = Chosen(cause="missing:type", skip=10)
    assert house.asked[-1] == ("quarantines.replay_many", (chosen, "c.martin", Role.ADMIN))
    query = dict(parse_qsl(address.partition("?")[2]))
    flash = Flash(code=code, counted=counted)
    shown = house.visit("GET", "/desk/quarantine", query=query, flash=flash).text
    assert "Rejoués et enregistrés : 12." in shown.replace("\N{NO-BREAK SPACE}", " ")
    assert '<input type="hidden" name="skip" value="198">' in shown
    house.answers("quarantines.replay_many", Pressed(done=0, stayed=2))
    assert leads_to(house.post("/desk/quarantine/replay", **form)).endswith("&skip=0")


@pytest.mark.parametrize(
    ("act", "form", "said"),
    [
        ("replay", {"scope": "rows"}, "Cochez au moins une ligne"),
        ("replay", {"scope": "all"}, "Cochez au moins une ligne"),
        ("dismiss", {"scope": "rows", "why": "trial"}, "Cochez au moins une ligne"),
        ("dismiss", {"row-1": "Q#1", "why": "bored"}, "Choisissez une raison"),
    ],
)
def test_many_that_nobody_chose_are_asked_for_again(
    house: House, act: str, form: dict[str, str], said: str
) -> None:
    reply = house.post(f"/desk/quarantine/{act}", **form)
    assert (reply.status, said in reply.text) == (422, True)


def test_numbers_in_an_address_are_numbers_or_nothing(house: House) -> None:
    asked = {"skip": "<b>", "page": "{x}", "cause": "<b>"}
    assert "<b>" not in house.get("/desk/quarantine", **asked).text


def test_an_export_of_which_there_is_more_says_so_in_its_last_line(house: House) -> None:
    assert "Page" not in house.get("/desk/export.csv").text
    more = replace(console.LISTED, total=1_204, page=2, pages=3, is_cut=True)
    house.answers("work_lists.unreached", more)
    text = house.get("/desk/export.csv", page="2").text
    assert text.rstrip().splitlines()[-1].startswith('"Page 2 sur 3 ; en tout : 1204 ou plus"')
    assert house.asked[-1] == ("work_lists.unreached", (2,))


def test_a_channel_is_paused_with_a_word_and_resumed(house: House) -> None:
    assert house.post("/desk/channels/sms/pause").status == 422
    paused = house.post("/desk/channels/sms/pause", why="doublons")
    resumed = house.post("/desk/channels/email/resume")
    assert [leads_to(one) for one in (paused, resumed)] == ["/desk/channels"] * 2
    assert [says(one)[0] for one in (paused, resumed)] == ["paused", "resumed"]
    assert [asked for asked in house.asked if asked[0] != "channel_pauses.states"] == [
        ("channel_pauses.pause", (Channel.SMS, "c.martin", "doublons")),
        ("channel_pauses.resume", (Channel.EMAIL,)),
    ]


def test_a_channel_that_goes_on_and_is_blocked_all_the_same_is_not_said_to_send(
    house: House,
) -> None:
    house.answers("channel_pauses.resume", console.HELD[0])
    [code, *_] = says(house.post("/desk/channels/email/resume"))
    page = house.visit("GET", "/desk/channels", flash=Flash(code=code)).text
    assert "vont partir" not in page
    assert "le service d’envoi le bloque toujours" in page


@pytest.mark.parametrize(
    ("verb", "answer", "said"),
    [("pause", False, "était déjà suspendu"), ("resume", None, "n’était pas suspendu")],
)
def test_a_pause_or_a_resumption_that_changes_nothing_says_so_beside_how_the_channel_is(
    house: House, verb: str, answer: object, said: str
) -> None:
    house.answers(f"channel_pauses.{verb}", answer)
    house.answers("channel_pauses.states", console.HELD)
    reply = house.post(f"/desk/channels/sms/{verb}", why="une autre raison")
    assert reply.status == 422
    assert f"<p>Ce canal {said}" in reply.text
    assert "Il y a un problème" not in reply.text
    assert "suspendu par a.durand" in reply.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "une autre raison" not in reply.text


@pytest.mark.parametrize("target", ["/desk", "/desk/channels"])
def test_a_channel_that_is_paused_and_blocked_is_said_to_be_both(house: House, target: str) -> None:
    both = (replace(console.HELD[0], pause=replace(console.PAUSE, channel=Channel.EMAIL)),)
    house.answers("channel_pauses.states", both)
    house.answers("work_lists.page", replace(console.BUSY, channels=both))
    text = house.get(target).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Canal e-mail suspendu par a.durand" in text
    assert "par le service d’envoi" in text.replace("</strong>", "")
    assert "Tant que le canal est suspendu, Relance ne demande pas" in text
    assert "prochain essai" not in text


@pytest.mark.parametrize(
    "target",
    ["/desk/channels/desk/pause", "/desk/channels/fax/resume", "/desk/dead-letters/other"],
)
def test_what_cannot_be_acted_on_is_not_found(house: House, target: str) -> None:
    assert house.post(target, why="x").status == 404
    assert house.asked == []


@pytest.mark.parametrize(
    ("shown", "count", "status"),
    [("2", "2", 303), ("2", "3", 422), ("2", "", 422), ("", "", 422), ("²", "²", 422)],
)
def test_as_many_are_tried_again_as_were_shown(
    house: House, shown: str, count: str, status: int
) -> None:
    assert house.post("/desk/dead-letters/serve", shown=shown, count=count).status == status
    redriven = [arguments for name, arguments in house.asked if name == "dead_letters.redrive"]
    assert redriven == ([(DeadLetters.SERVE, 2)] if status == 303 else [])


def test_the_audit_is_read_by_the_day(house: House) -> None:
    house.get("/desk/audit")
    house.get("/desk/audit", day="2019-05-08")
    asked = [AuditAsked(day=date(2019, 5, day)) for day in (10, 8)]
    assert [of for _, of in house.asked] == [(one, "") for one in asked]
    assert house.get("/desk/audit", day="x").status == 422


def test_the_audit_is_read_by_person_and_by_dossier_and_page_by_page(house: House) -> None:
    page = house.get("/desk/audit", by=" c.martin ")
    assert "/desk/audit?by=c.martin&amp;older=2019-05-06T08%3A20" in page.text
    assert 'name="q" value=""' in page.text, "what was asked of the audit is no search"
    house.get("/desk/audit", about=DOSSIER, older="x")
    today = date(2019, 5, 10)
    assert [of for _, of in house.asked] == [
        (AuditAsked(day=today, by="c.martin"), ""),
        (AuditAsked(day=today, about=DOSSIER), "x"),
    ]


def test_the_first_page_asks_for_its_title_and_is_told_what_is_new(house: House) -> None:
    text = house.get("/desk/waiting", shown="107").text.replace("\N{NO-BREAK SPACE}", " ")
    assert "<title>(110) À traiter – Relance</title>" in text
    assert "À présent : 110 dossiers à traiter." in text
    assert 'hx-get="/desk/waiting?shown=107"' in text
    assert "À présent" not in house.get("/desk/waiting", shown="110").text


@pytest.mark.parametrize(
    ("asked", "weeks"),
    [({}, 4), ({"weeks": "12"}, 12), ({"weeks": "9999"}, 4), ({"weeks": "x"}, 4)],
)
def test_the_weeks_of_the_figures_are_chosen(
    house: House, asked: dict[str, str], weeks: int
) -> None:
    text = house.get("/desk/figures", **asked).text
    assert f"<option selected>{weeks}</option>" in text
    assert f'"/desk/figures.csv?weeks={weeks}"' in text


def test_the_figures_of_one_notice_are_chosen_and_whatever_is_none_is_not(house: House) -> None:
    assert (
        '<option value="convocation" selected>'
        in house.get("/desk/figures", kind="convocation").text
    )
    for kind in ("unreachable", "<b>"):
        assert '<option value="">Tous</option>' in house.get("/desk/figures", kind=kind).text


def test_the_figures_are_handed_over_a_line_a_week_notice_and_channel(house: House) -> None:
    reply = house.get("/desk/figures.csv", weeks="4")
    header, first, *_ = reply.text.splitlines()
    assert reply.header("Content-Disposition") == 'attachment; filename="chiffres.csv"'
    assert header.endswith("semaine du;message;canal;partis;arrivés;en échec;peut-être partis")
    assert first.startswith("2019-04-15;")
    house.answers("daily_figures.last", None)
    assert len(house.get("/desk/figures.csv").text.splitlines()) == 1
