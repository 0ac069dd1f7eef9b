"""One dossier in every state at once, and the least that a text can be asked to work with."""

from dataclasses import replace
from datetime import UTC, date, datetime

from chalicelib.desk_data import load
from chalicelib.domain.appointments import Appointment
from chalicelib.domain.attempts import Kind, Notice
from chalicelib.domain.contact import Channel, Contact, Language
from chalicelib.domain.desk_calendar import Closure, Desk
from chalicelib.domain.events import EventType
from chalicelib.domain.facts import Bookings, Facts
from chalicelib.domain.milestones import Milestone, Withdrawal
from chalicelib.domain.rules import kinds_where
from chalicelib.messages.letter import StudentAddresses

DESK = load("grenoble")
NOW = datetime(2019, 4, 10, 7, 0, tzinfo=UTC)
STARTS_AT = datetime(2019, 5, 14, 8, 30, tzinfo=UTC)
#: Another hour of the same appointment, which was announced before.
FORMERLY = datetime(2019, 5, 7, 7, 0, tzinfo=UTC)
DOSSIER = "2019-00042"


def _kinds_by(channel: Channel) -> tuple[Kind, ...]:
    by_it = kinds_where(lambda rule: channel in rule.channels)
    return tuple(kind for kind in Kind if kind in by_it)


BY_EMAIL, BY_SMS, AT_THE_DESK = map(_kinds_by, (Channel.EMAIL, Channel.SMS, Channel.DESK))

LINKS = StudentAddresses(
    site="https://rdv.example",
    dossier="https://rdv.example/dossier/T",
    unsubscribe="https://rdv.example/unsubscribe/T",
    confirm="https://rdv.example/confirm/T",
    convocation="https://rdv.example/convocation/T",
)
PROOF = "https://rdv.example/proof/T"

CLOSURE = Closure(
    first=date(2019, 5, 1),
    last=date(2019, 5, 3),
    why={Language.FR: "pont du 1er mai", Language.EN: "Labour Day break"},
)


def notice(kind: Kind, *, number: int = 1, channel: Channel = Channel.EMAIL) -> Notice:
    return Notice(kind=kind, number=number, occasion="2019-05-14", channel=channel)


def contact(language: Language = Language.FR, given_name: str = "Jean") -> Contact:
    return Contact(
        given_name=given_name,
        family_name="Dupont",
        email="jean@example.org",
        number="+33612345678",
        mobile="+33612345678",
        language=language,
    )


def appointment() -> Appointment:
    return Appointment(
        appointment_id="a-1",
        starts_at=STARTS_AT,
        revision="e-1",
        revision_events=frozenset({"e-1"}),
        appointment_events=frozenset({"e-1"}),
        made_at=NOW,
        booked_at=NOW,
        learnt_at=NOW,
        moves=0,
        confirmed_at=NOW,
    )


def milestone(day: date) -> Milestone:
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return Milestone(day=day, at=at, learnt_at=at, event_id="e-2", days=frozenset({day}))


def withdrawal() -> Withdrawal:
    return Withdrawal(
        step=EventType.CARD_READY,
        event_id="e-3",
        at=NOW,
        learnt_at=NOW,
        occasions=frozenset({"2019-04-10"}),
    )


def everything(language: Language = Language.FR, given_name: str = "Jean") -> Facts:
    """Facts no one dossier has at once: each text takes what it needs."""
    missing = ("justificatif de domicile", "photo d’identité")
    return replace(
        the_least(),
        contact=contact(language, given_name),
        to_deposit=Bookings(appointment=replace(appointment(), permit_expires_on=date(2019, 7, 1))),
        incomplete=replace(milestone(date(2019, 5, 14)), missing_documents=missing),
        deposited=replace(milestone(date(2019, 5, 14)), recepisse_number="R-123"),
        card_ready=milestone(date(2019, 7, 1)),
    )


def the_least(language: Language | None = None) -> Facts:
    """Only what every notice of its kind rests on."""
    return Facts(
        known_since=NOW,
        contact=Contact(given_name="", family_name="", language=language) if language else None,
        to_deposit=Bookings(appointment=appointment()),
        incomplete=milestone(date(2019, 5, 14)),
        deposited=milestone(date(2019, 5, 14)),
        card_ready=milestone(date(2019, 7, 1)),
        collected=replace(milestone(date(2019, 7, 9)), card_expires_on=date(2020, 7, 8)),
        withdrawn=(withdrawal(),),
    )


def closed_desk() -> Desk:
    return replace(DESK, closures=(CLOSURE,))
