"""Small things to build dossiers from."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from zlib import crc32

from chalicelib.desk_data import load
from chalicelib.domain.attempts import Attempt, FailureClass, Kind, Notice, Status
from chalicelib.domain.contact import Channel, Contact, Language
from chalicelib.domain.desk_calendar import PARIS, Closure, Desk
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.recording import record

DESK = load("grenoble")
DOSSIER = "G-2019-0412"
CONTACT = Contact(
    given_name="Léa",
    family_name="Benali",
    email="lea@example.org",
    phone="+33612345678",
    number="+33612345678",
    mobile="+33612345678",
)
ADDRESSES = {Channel.EMAIL: "mail-key", Channel.SMS: "sms-key"}


def a_contact_of(dossier_id: str) -> Contact:
    """Somebody with an address and a mobile that no other dossier has."""
    mobile = f"+336{crc32(dossier_id.encode()) % 10**8:08}"
    email = f"{dossier_id}@example.org"
    return replace(CONTACT, email=email, phone=mobile, number=mobile, mobile=mobile)


def paris(text: str) -> datetime:
    """An instant by Paris' clocks: "2019-04-08 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def ids(rows: Iterable[tuple[datetime, str]]) -> list[str]:
    """The ids of an index' rows, without their instants."""
    return [name for _, name in rows]


def shown(instant: datetime | None) -> str | None:
    """The same back, for a person and for an assertion."""
    return f"{instant.astimezone(PARIS):%Y-%m-%d %H:%M}" if instant else None


def an_event(kind: EventType, at: str | datetime, event_id: str = "", **more: Any) -> Event:
    """An event that arrives a second after it happened."""
    happened = paris(at) if isinstance(at, str) else at
    given: dict[str, Any] = {"received_at": happened + timedelta(seconds=1), **more}
    return Event(
        event_id=event_id or f"{kind.value.replace('.', '-')}-{happened:%m%d%H%M}",
        type=kind,
        dossier_id=DOSSIER,
        at=happened,
        **given,
    )


def selected(at: str = "2019-04-08 10:00", starts: str = "2019-05-14 10:30", **more: Any) -> Event:
    """A slot is chosen, by a student with an address and a number."""
    given = {"contact": CONTACT, "appointment_id": "A1", **more}
    return an_event(EventType.SELECTED, at, starts_at=paris(starts), **given)


def rescheduled(at: str, starts: str, **more: Any) -> Event:
    """Another slot."""
    given = {"appointment_id": "A1", **more}
    return an_event(EventType.RESCHEDULED, at, starts_at=paris(starts), **given)


def confirmed(at: str, revision: str | None = None, **more: Any) -> Event:
    """By the link of a revision, or by the booking system."""
    source = Source.STUDENT if revision else Source.BOOKING
    given = {"appointment_id": "A1", "source": source, **more}
    return an_event(EventType.CONFIRMED, at, revision=revision, **given)


def an_erasure(kind: EventType, at: datetime, dossier_id: str = DOSSIER) -> Event:
    """Somebody at the desk says that it is requested, or taken back."""
    said = an_event(kind, at, event_id=f"desk-{kind.name}-{at:%m%d%H%M%S}", by="sofia")
    return replace(said, dossier_id=dossier_id, source=Source.DESK)


def cancelled(at: str, **more: Any) -> Event:
    return an_event(EventType.CANCELLED, at, **{"appointment_id": "A1", **more})


def missed(at: str, **more: Any) -> Event:
    return an_event(EventType.MISSED, at, **{"appointment_id": "A1", **more})


def a_step(kind: EventType, at: str, **more: Any) -> Event:
    """A milestone on the Paris day of `at`."""
    return an_event(kind, at, **{"day": date.fromisoformat(at[:10]), **more})


def a_word(kind: EventType, at: str, subject: object = None, **more: Any) -> Event:
    """What a person at the desk says, as soon as they say it."""
    given = {"source": Source.DESK, "received_at": paris(at), **more}
    return an_event(kind, at, subject=str(subject) if subject else None, **given)


def an_ordinary_life() -> list[Event]:
    """Seven events, from the chosen slot to the collected card."""
    return [
        selected("2019-04-08 10:00", event_id="e1"),
        rescheduled("2019-04-09 09:00", "2019-05-16 14:00", event_id="e2"),
        confirmed("2019-04-09 18:00", "e2", event_id="e3"),
        an_event(EventType.CHECKED, "2019-05-02 11:00", "e4"),
        a_step(EventType.DEPOSITED, "2019-05-16 14:10", event_id="e5"),
        a_step(EventType.CARD_READY, "2019-07-01 15:00", event_id="e6"),
        a_step(
            EventType.COLLECTED,
            "2019-07-20 10:00",
            event_id="e7",
            card_expires_on=date(2020, 6, 30),
        ),
    ]


def a_dossier(*events: Event, ledger: tuple[Attempt, ...] = ()) -> Dossier:
    """A dossier that has taken in these events, in this order."""
    dossier = Dossier(dossier_id=DOSSIER, ledger=ledger)
    for event in events:
        dossier, _ = record(dossier, event)
    return dossier


def every_end(events: Collection[Event], ledger: tuple[Attempt, ...] = ()) -> set[Dossier]:
    """What a dossier is after these events, in each of their orders.

    An event is recorded in a dossier whatever its past was: orders that have come to the same
    dossier with the same events go on together.
    """
    reached = {frozenset[Event](): {a_dossier(ledger=ledger)}}
    for _ in events:
        onwards = defaultdict[frozenset[Event], set[Dossier]](set)
        for (taken, dossiers), event in product(reached.items(), events):
            if event not in taken:
                onwards[taken | {event}] |= {record(dossier, event)[0] for dossier in dossiers}
        reached = dict(onwards)
    (ends,) = reached.values()
    return ends


def a_notice(
    kind: Kind, occasion: str, channel: Channel = Channel.EMAIL, number: int = 1
) -> Notice:
    return Notice(kind=kind, number=number, occasion=occasion, channel=channel)


def an_attempt(notice: Notice, status: Status, at: str, **more: Any) -> Attempt:
    """One try, claimed and settled at the same instant, at the student's present address.

    What failed, failed for good.
    """
    instant = paris(at)
    address = ADDRESSES.get(notice.channel, "")
    failure_class = FailureClass.ADDRESS if status in {Status.BOUNCED, Status.FAILED} else None
    given = {
        "claimed_at": instant,
        "status_at": instant,
        "address": address,
        "failure_class": failure_class,
        **more,
    }
    return Attempt(notice=notice, status=status, **given)


def a_line(kind: Kind, occasion: str, at: str, *losses: str, **more: Any) -> Attempt:
    """A line of the work list, open since then, which stands for these losses."""
    notice = a_notice(kind, occasion, Channel.DESK)
    return an_attempt(notice, Status.OPEN, at, address="", losses=losses, **more)


def a_closed_desk(first: str, last: str) -> Desk:
    """The same desk, closed between two days."""
    why = {Language.FR: "fermeture", Language.EN: "closure"}
    closure = Closure(first=date.fromisoformat(first), last=date.fromisoformat(last), why=why)
    return replace(DESK, closures=(closure,))
