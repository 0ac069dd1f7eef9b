"""How far a dossier has come when a notice is written or a page is opened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Channel, Language
from chalicelib.domain.desk_calendar import SlotPurpose, at_paris
from chalicelib.domain.events import MILESTONES, SLOTS, Closing, Event, EventType
from chalicelib.domain.rules import rule_of
from chalicelib.messages.pages import Page
from gallery.cases import HardCase

#: When each thing happens, in days from the slot. Letters of that day are written after it; pages
#: are read in the morning, while the desk is open.
DAYS = {
    EventType.CONTACT_UPDATED: -40,
    EventType.SELECTED: -36,
    EventType.RESCHEDULED: -35,
    EventType.CONFIRMED: -34,
    EventType.CHECKED: -20,
    EventType.CANCELLED: -10,
    EventType.MISSED: 0,
    EventType.INCOMPLETE: 0,
    EventType.DEPOSITED: 0,
    EventType.CARD_READY: 48,
    EventType.WITHDRAWN: 49,
    EventType.COLLECTED: 67,
    EventType.CLOSED: 30,
    EventType.UNSUBSCRIBED: 340,
    EventType.RENEWAL_BOOKED: 350,
}
#: The same for an appointment to collect the card, counted from that one.
DAYS_TO_COLLECT = {
    EventType.SELECTED: -10,
    EventType.RESCHEDULED: -9,
    EventType.CONFIRMED: -8,
    EventType.CANCELLED: -5,
    EventType.MISSED: 1,
}
HAPPENS_AT, WRITTEN_AT, READ_AT = time(17), time(18), time(11)
CARD_IS_VALID = timedelta(days=365)

_BOOKED = (EventType.SELECTED, EventType.RESCHEDULED)
_CONFIRMED = (*_BOOKED, EventType.CONFIRMED, EventType.CHECKED)
_DEPOSITED = (*_CONFIRMED, EventType.DEPOSITED)
_READY = (*_DEPOSITED, EventType.CARD_READY)
_NOT_READY = (*_READY, EventType.WITHDRAWN)
_COLLECTED = (*_READY, EventType.COLLECTED)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What has happened, and on which day it is written or read, counted from the slot.

    With an appointment `to_collect` the card, that one is the slot, and everything else is counted
    from the `deposit`, so many days before it. Its texts are about that one, or about it `too`.
    """

    events: Sequence[EventType]
    day: int
    to_collect: Sequence[EventType] = ()
    deposit: int = 60
    too: bool = False

    @property
    def purpose(self) -> SlotPurpose:
        """Which appointment its texts are about."""
        is_about_it = self.to_collect and not self.too
        return SlotPurpose.COLLECT if is_about_it else SlotPurpose.DEPOSIT

    def now(self, case: HardCase, hour: time) -> datetime:
        """That hour of its day."""
        return at_paris(case.day(self.day), hour)

    def life(self, case: HardCase, language: Language) -> tuple[Event, ...]:
        """The events, as far as the case has them."""
        absent = {
            EventType.RESCHEDULED: case.moved_from is None,
            EventType.CHECKED: not case.checked,
        }
        before = case.earlier(self.deposit) if self.to_collect else case
        lived = [_event(before, k, language) for k in self.events if not absent.get(k)]
        slots = [_to_collect(case, k, language) for k in self.to_collect if not absent.get(k)]
        return (*_an_earlier_appointment(case, [*lived, *slots][0]), *lived, *slots)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A notice, on its channels."""

    kind: Kind
    stage: Scene
    number: int = 1
    name: str = ""

    @property
    def occasion(self) -> str:
        """Under which name it is owed, as far as that says which appointment it is about."""
        return f"gallery-{self.stage.purpose}-{EventType.SELECTED}"

    @property
    def channels(self) -> Sequence[Channel]:
        """Those of its row, an e-mail first."""
        return [channel for channel in Channel if channel in rule_of(self.kind).channels]


@dataclass(frozen=True, kw_only=True)
class PageState:
    """A page; `name` tells its states apart."""

    page: Page
    stage: Scene
    name: str = ""


def _event(case: HardCase, kind: EventType, language: Language) -> Event:
    at = at_paris(case.day(DAYS[kind]), HAPPENS_AT)
    return Event(
        event_id=f"gallery-{kind}",
        type=kind,
        dossier_id=case.dossier_id,
        at=at,
        received_at=at,
        contact=case.contact(language),
        **_details(case, kind),
    )


def _to_collect(case: HardCase, kind: EventType, language: Language) -> Event:
    at = at_paris(case.day(DAYS_TO_COLLECT[kind]), HAPPENS_AT)
    return replace(
        _event(case, kind, language),
        event_id=f"gallery-{SlotPurpose.COLLECT}-{kind}",
        at=at,
        received_at=at,
        appointment_id="C-1",
        permit_expires_on=None,
        purpose=SlotPurpose.COLLECT,
        is_purpose_said=kind in SLOTS,
    )


def _an_earlier_appointment(case: HardCase, first: Event) -> Iterator[Event]:
    """Booked a fortnight before the first event, and cancelled a week after."""
    if not case.booked_anew:
        return
    for number, kind in enumerate((EventType.SELECTED, EventType.CANCELLED)):
        at = first.at - timedelta(days=14 - 7 * number)
        yield replace(
            first,
            event_id=f"gallery-earlier-{kind}",
            type=kind,
            at=at,
            received_at=at,
            appointment_id="A-0",
            starts_at=case.starts_at - timedelta(days=7) if kind in SLOTS else None,
        )


def _details(case: HardCase, kind: EventType) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if kind.value.startswith("appointment."):
        found["appointment_id"] = "A-1"
    if kind in SLOTS:
        is_first = kind is EventType.SELECTED
        found["starts_at"] = (case.moved_from if is_first else None) or case.starts_at
        found["permit_expires_on"] = case.permit_expires_on
    if kind in MILESTONES:
        found["day"] = case.day(DAYS[kind])
    return found | _papers(case, kind)


def _papers(case: HardCase, kind: EventType) -> dict[str, Any]:
    papers: dict[EventType, dict[str, Any]] = {
        EventType.INCOMPLETE: {"missing_documents": case.missing_documents},
        EventType.DEPOSITED: {"recepisse_number": case.recepisse_number},
        EventType.WITHDRAWN: {"subject": EventType.CARD_READY.value},
        EventType.COLLECTED: {"card_expires_on": case.day(DAYS[kind]) + CARD_IS_VALID},
        EventType.CLOSED: {"reason": Closing.REFUSED},
    }
    return papers.get(kind, {})


#: What has happened when each notice is written, and the day: one for each of its numbers.
WRITTEN: Mapping[Kind, tuple[Sequence[EventType], Sequence[int]]] = {
    Kind.CONFIRMATION_REQUEST: (_BOOKED, [-35]),
    Kind.CONFIRMATION_REMINDER: (_BOOKED, [-34]),
    Kind.CONVOCATION: (_CONFIRMED, [-20]),
    Kind.CHECK_REMINDER: (_CONFIRMED, [-14]),
    Kind.APPOINTMENT_REMINDER: (_CONFIRMED, [-2]),
    Kind.APPOINTMENT_CANCELLED: ((*_CONFIRMED, EventType.CANCELLED), [-10]),
    Kind.APPOINTMENT_MISSED: ((*_CONFIRMED, EventType.MISSED), [0]),
    Kind.MISSING_DOCUMENTS: ((*_CONFIRMED, EventType.INCOMPLETE), [0]),
    Kind.DEPOSIT_RECEIPT: (_DEPOSITED, [0]),
    Kind.NO_NEWS: (_DEPOSITED, [42, 84, 126]),
    Kind.CARD_READY: (_READY, [48]),
    Kind.CARD_WAITING: (_READY, [90, 132, 174]),
    Kind.CORRECTION: (_NOT_READY, [49]),
    Kind.RENEWAL_OPENS: (_COLLECTED, [340]),
    Kind.RENEWAL_LAST_CALL: (_COLLECTED, [365]),
    Kind.CONTACT_US: (_BOOKED, [-35]),
}

LETTERS: tuple[Letter, ...] = tuple(
    Letter(kind=kind, number=number, stage=Scene(events=events, day=day))
    for kind, (events, days) in WRITTEN.items()
    for number, day in zip(rule_of(kind).numbers, days, strict=True)
)

_CHOSEN = (EventType.SELECTED, EventType.RESCHEDULED)
_WILL_COME = (*_CHOSEN, EventType.CONFIRMED)
_CALLED_OFF, _NOBODY_CAME = (*_WILL_COME, EventType.CANCELLED), (*_WILL_COME, EventType.MISSED)

#: What is written of an appointment to collect the card, and beside one.
LETTERS_TO_COLLECT: tuple[Letter, ...] = tuple(
    Letter(
        kind=kind,
        stage=Scene(events=events, day=day, to_collect=slots, too=not is_about_it),
        name=name,
    )
    for name, kind, events, slots, day, is_about_it in (
        ("to collect", Kind.CONFIRMATION_REQUEST, _READY, _CHOSEN, -9, True),
        ("to collect", Kind.CONFIRMATION_REMINDER, _READY, _CHOSEN, -8, True),
        ("to collect", Kind.CONVOCATION, _READY, _WILL_COME, -8, True),
        ("to collect", Kind.APPOINTMENT_REMINDER, _READY, _WILL_COME, -2, True),
        ("to collect", Kind.APPOINTMENT_CANCELLED, _READY, _CALLED_OFF, -5, True),
        ("to collect, not ready", Kind.APPOINTMENT_CANCELLED, _DEPOSITED, _CALLED_OFF, -5, True),
        ("to collect", Kind.APPOINTMENT_MISSED, _READY, _NOBODY_CAME, 1, True),
        ("to collect, not ready", Kind.APPOINTMENT_MISSED, _DEPOSITED, _NOBODY_CAME, 1, True),
        ("already booked", Kind.CARD_READY, _READY, _WILL_COME, -7, False),
        ("already booked", Kind.CORRECTION, _NOT_READY, _WILL_COME, -7, False),
    )
)

_TO_COLLECT = {
    "to collect, chosen": Scene(events=_READY, to_collect=_CHOSEN, day=-8, too=True),
    "to collect, chosen, not ready": Scene(events=_DEPOSITED, to_collect=_CHOSEN, day=-8, too=True),
    "to collect, chosen, and over": Scene(events=_READY, to_collect=_CHOSEN, day=0, too=True),
    "to collect, confirmed": Scene(events=_READY, to_collect=_WILL_COME, day=-7, too=True),
    "to collect, confirmed, not ready after all": Scene(
        events=_NOT_READY, to_collect=_WILL_COME, day=-7, too=True
    ),
    "to collect, nothing else known": Scene(events=(), to_collect=_WILL_COME, day=-7, too=True),
    "to collect, past": Scene(events=_READY, to_collect=_WILL_COME, day=1, too=True),
    "to collect, cancelled": Scene(events=_READY, to_collect=_CALLED_OFF, day=-4, too=True),
    "to collect, cancelled, not ready": Scene(
        events=_DEPOSITED, to_collect=_CALLED_OFF, day=-4, too=True
    ),
    "to collect, missed": Scene(events=_READY, to_collect=_NOBODY_CAME, day=2, too=True),
    "to collect, collected": Scene(events=_COLLECTED, to_collect=_WILL_COME, day=8, too=True),
    "to collect, collected before": Scene(
        events=_COLLECTED, to_collect=_WILL_COME, day=-2, deposit=70, too=True
    ),
    "to collect, closed": Scene(
        events=(*_DEPOSITED, EventType.CLOSED), to_collect=_WILL_COME, day=-2, deposit=33, too=True
    ),
    "to collect, and to deposit before": Scene(
        events=_CONFIRMED, to_collect=_CHOSEN, day=-7, deposit=5, too=True
    ),
    "to collect, and to deposit after": Scene(
        events=_BOOKED, to_collect=_WILL_COME, day=-7, deposit=-14, too=True
    ),
    "to collect, missed to deposit": Scene(
        events=(*_CONFIRMED, EventType.MISSED), to_collect=_WILL_COME, day=-2, deposit=6, too=True
    ),
}

VIEWS_TO_COLLECT: tuple[PageState, ...] = (
    *(
        PageState(
            page=page, name="to collect", stage=Scene(events=_READY, to_collect=slots, day=-7)
        )
        for page, slots in (
            (Page.CONFIRM, _CHOSEN),
            (Page.CONFIRMED, _WILL_COME),
            (Page.UNCONFIRMED, _CHOSEN),
            (Page.CONVOCATION, _WILL_COME),
            (Page.PROOF, _WILL_COME),
        )
    ),
    *(PageState(page=Page.DOSSIER, name=name, stage=scene) for name, scene in _TO_COLLECT.items()),
)

_DOSSIER = {
    "known": Scene(events=(EventType.CONTACT_UPDATED,), day=-39),
    "booked": Scene(events=_BOOKED, day=-34),
    "confirmed": Scene(events=_CONFIRMED, day=-20),
    "missed": Scene(events=(*_CONFIRMED, EventType.MISSED), day=1),
    "cancelled": Scene(events=(*_CONFIRMED, EventType.CANCELLED), day=-9),
    "incomplete": Scene(events=(*_CONFIRMED, EventType.INCOMPLETE), day=1),
    "deposited": Scene(events=_DEPOSITED, day=1),
    "deposited, six weeks ago": Scene(events=_DEPOSITED, day=44),
    "card ready": Scene(events=_READY, day=49),
    "card ready, on a Saturday": Scene(events=_READY, day=53),
    "card not ready after all": Scene(events=_NOT_READY, day=50),
    "closed": Scene(events=(*_DEPOSITED, EventType.CLOSED), day=31),
    "collected": Scene(events=_COLLECTED, day=68),
    "collected, renewal open": Scene(events=_COLLECTED, day=342),
    "collected, reminders refused": Scene(events=(*_COLLECTED, EventType.UNSUBSCRIBED), day=341),
    "collected, renewal booked": Scene(events=(*_COLLECTED, EventType.RENEWAL_BOOKED), day=351),
}

VIEWS: tuple[PageState, ...] = (
    PageState(page=Page.CONFIRM, stage=Scene(events=_BOOKED, day=-34)),
    PageState(page=Page.CONFIRMED, stage=Scene(events=_CONFIRMED, day=-20)),
    PageState(page=Page.UNCONFIRMED, stage=Scene(events=_BOOKED, day=-34)),
    PageState(page=Page.CONVOCATION, stage=Scene(events=_CONFIRMED, day=-20)),
    PageState(page=Page.PROOF, name="ahead", stage=Scene(events=_CONFIRMED, day=-1)),
    PageState(page=Page.PROOF, name="past", stage=Scene(events=_DEPOSITED, day=1)),
    *(PageState(page=Page.DOSSIER, name=name, stage=stage) for name, stage in _DOSSIER.items()),
    PageState(page=Page.UNSUBSCRIBE, stage=Scene(events=_COLLECTED, day=340)),
    PageState(
        page=Page.UNSUBSCRIBED,
        stage=Scene(events=(*_COLLECTED, EventType.UNSUBSCRIBED), day=341),
    ),
)

#: Pages that are about no dossier.
ABOUT_THE_SERVICE = (Page.PRIVACY, Page.LEGAL, Page.ACCESSIBILITY)
ABOUT_NOBODY = (
    Page.REPLACED,
    Page.CANCELLED,
    Page.CLOSED,
    Page.PROOF_REPLACED,
    Page.UNKNOWN,
    Page.UNAVAILABLE,
    *ABOUT_THE_SERVICE,
)
