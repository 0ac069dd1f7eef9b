"""What was known of a student is gone, wherever it was: looked for mark by mark, byte by byte."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.domain.names import in_both_orders
from tests.decoding.provider_payloads import mail
from tests.journeys.driver import Message, TimeTraveller
from tests.journeys.student import Student, slot

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("tuesday")]

#: What leads to each stage: before the day of the appointment, and from then on.
STAGES: Mapping[str, tuple[str, str]] = {
    "booked": ("selects_a_late_one", ""),
    "deposited": ("selects confirms", "is_sent_away deposits"),
    "collected": ("selects confirms", "is_sent_away deposits hears_of_the_card collects"),
}
OVER, A_NIGHT = "P95D", "P2D"
_NUMBERS = count(10)


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A student whose every word can be told from anybody else's."""

    world: TimeTraveller
    lea: Student
    number: int

    @property
    def email(self) -> str:
        return f"marked.{self.number}@example.org"

    @property
    def block(self) -> Message:
        return {
            "given_name": f"Prénom{self.number}",
            "family_name": f"Nomdefamille{self.number}",
            "email": self.email,
            "phone": f"+336123456{self.number}",
            "language": "fr",
        }

    @property
    def marks(self) -> list[str]:
        """Whatever is personal, but for the address of the e-mails."""
        own = [str(self.block[key]) for key in ("given_name", "family_name", "phone")]
        searched_by = in_both_orders(str(own[1]), str(own[0]))
        return [*own, *searched_by, self.recepisse, self.missing, f"A-{self.lea.dossier_id}"]

    @property
    def recepisse(self) -> str:
        return f"38120194{self.number}"

    @property
    def missing(self) -> str:
        return f"extrait-{self.number}"

    def comes_to(self, stage: str) -> None:
        """All that leads there, the day of the appointment included."""
        self.takes(STAGES[stage][0])
        self.world.travel("P25D")
        self.takes(STAGES[stage][1])

    def takes(self, steps: str) -> None:
        for step in steps.split():
            getattr(self, f"_{step}")()

    def _selects(self, days: int = 20) -> None:
        at = slot(self.world.now(), days).isoformat()
        appointment = {"id": f"A-{self.lea.dossier_id}", "starts_at": at}
        self.lea.say("appointment.selected", appointment=appointment, student=self.block)

    def _selects_a_late_one(self) -> None:
        self._selects(60)

    def _confirms(self) -> None:
        assert self.lea.confirms().status == 200
        where = self.world.ask("GET", self.lea.link("convocation") + "/pdf").headers["Location"]
        assert self.world.ask("GET", where).body.startswith(b"%PDF-")

    def _cancels(self) -> None:
        self.lea.say("appointment.cancelled", appointment={"id": f"A-{self.lea.dossier_id}"})

    def _is_sent_away(self) -> None:
        self.lea.say("dossier.incomplete", missing_documents=[self.missing])

    def _deposits(self) -> None:
        self.lea.say("dossier.deposited", recepisse_number=self.recepisse)

    def _hears_of_the_card(self) -> None:
        self.lea.say("card.ready")

    def _collects(self) -> None:
        expiry = (self.world.now() + timedelta(days=200)).date().isoformat()
        self.lea.say("card.collected", card_expires_on=expiry)

    def is_talked_about_elsewhere(self) -> None:
        """An unusable webhook, and a receipt of no message we know."""
        self.lea.say("appointment.unheard_of", student=self.block)
        self.tells_a_receipt("campaign-1")

    def tells_a_receipt(self, notice: str) -> None:
        tags = {"dossier": self.lea.dossier_id, "notice": notice, "channel": "email"}
        event = mail({**tags, "occasion": "e", "attempt": "1"})
        told = {**event, "destination": [self.email], "headers": [], "commonHeaders": {}}
        self.world.tell_receipt(json.dumps({"eventType": "Delivery", "mail": told}))

    def remembered(self, *more: str) -> set[str]:
        """The marks that are found anywhere."""
        everything = self.world.remembered()
        return {mark for mark in (*self.marks, *more) if mark in everything}

    def fingerprints(self) -> set[str]:
        """The keyed hashes of the addresses that were used."""
        ledger = self.world.dossier(self.lea.dossier_id)["ledger"]
        return {attempt["address"] for attempt in ledger if attempt.get("address")}


@pytest.fixture
def marked(world: TimeTraveller, lea: Student) -> Marked:
    return Marked(world=world, lea=lea, number=next(_NUMBERS))


def test_after_its_time_nothing_is_left_but_what_reminds_and_after_the_reminders_nothing(
    world: TimeTraveller, marked: Marked
) -> None:
    marked.comes_to("collected")
    marked.is_talked_about_elsewhere()
    fingerprints = marked.fingerprints()
    assert marked.remembered(marked.email) == {*marked.marks, marked.email}
    assert len(fingerprints) == 2
    world.travel(OVER)
    world.travel(A_NIGHT)
    # The quarantine keeps for half a year what nobody has looked at.
    assert marked.lea.say("card.ready", at=world.now() - timedelta(days=110)) == "stale"
    before = len(marked.lea.messages())
    world.travel("P110D")
    world.travel(A_NIGHT)
    reminders = marked.lea.messages()[before:]
    assert [(m["notice"], m["to"], m["fate"]) for m in reminders] == [
        ("renewal_opens", marked.email, "delivered"),
        ("renewal_last_call", marked.email, "delivered"),
    ]
    assert not any(mark in json.dumps(reminders) for mark in marked.marks)
    assert marked.remembered(marked.email, *fingerprints) == set()


def test_a_cancelled_appointment_is_forgotten_with_everything_about_it(
    world: TimeTraveller, marked: Marked
) -> None:
    marked.takes("selects confirms cancels")
    link, fingerprints = marked.lea.link("dossier"), marked.fingerprints()
    world.travel(OVER)
    world.travel(A_NIGHT)
    assert marked.remembered(marked.email, *fingerprints) == set()
    assert world.ask("GET", link).status == 404


@pytest.mark.long
def test_who_unsubscribes_is_forgotten_in_the_night(world: TimeTraveller, marked: Marked) -> None:
    marked.comes_to("collected")
    world.travel(OVER)
    world.travel(A_NIGHT)
    assert marked.remembered(marked.email) == {marked.email}
    assert world.ask("GET", marked.lea.link("convocation")).status == 404
    world.travel("P20D")
    before = len(marked.lea.messages())
    assert marked.lea.received()[-1] == ("renewal_opens", "email")
    for _ in range(2):
        assert world.ask("POST", marked.lea.link("unsubscribe")).status == 200
    world.travel(A_NIGHT)
    assert marked.remembered(marked.email) == set()
    world.travel("P90D")
    assert len(marked.lea.messages()) == before


def test_on_request_everything_is_gone_at_once_and_nothing_brings_it_back(
    world: TimeTraveller, lea: Student
) -> None:
    """Early, in the middle and late in a life; tests/pipeline/test_forget.py has every stage."""
    everybody = {
        stage: Marked(
            world=world,
            lea=Student(world=world, dossier_id=f"{lea.dossier_id}-{stage}"),
            number=next(_NUMBERS),
        )
        for stage in STAGES
    }
    for stage, one in everybody.items():
        one.takes(STAGES[stage][0])
    world.travel("P25D")
    for stage, one in everybody.items():
        one.takes(STAGES[stage][1])
        one.is_talked_about_elsewhere()
    world.travel("PT10M")  # what is due leaves, and is told
    assert {stage: one.lea.state() for stage, one in everybody.items()} == {s: s for s in STAGES}
    for one in everybody.values():
        _is_forgotten(one)
    sent = [len(one.lea.messages()) for one in everybody.values()]
    world.travel("P100D")
    world.travel(A_NIGHT)
    assert [len(one.lea.messages()) for one in everybody.values()] == sent
    assert [one.remembered(one.email) for one in everybody.values()] == [set()] * len(STAGES)


def _is_forgotten(marked: Marked) -> None:
    """At once, and whatever is told or clicked afterwards."""
    world, lea = marked.world, marked.lea
    fingerprints = marked.fingerprints()
    assert marked.remembered(marked.email, *fingerprints) >= {marked.email, *fingerprints}
    links = [link for page in ("confirm", "dossier", "unsubscribe") for link in lea.links(page)]
    assert links
    world.forget(lea.dossier_id)
    assert marked.remembered(marked.email, *fingerprints) == set()
    marked.tells_a_receipt("confirmation_request-1")
    appointment = {"id": "A-9", "starts_at": slot(world.now(), 20).isoformat()}
    said = [
        lea.say("appointment.selected", appointment=appointment, student=marked.block),
        lea.say("card.ready", student=marked.block),
    ]
    assert said == ["stale", "stale"]
    assert {world.ask(how, link).status for link in links for how in ("GET", "POST")} <= {404, 405}
    assert marked.remembered(marked.email, *fingerprints) == set()
