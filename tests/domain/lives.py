"""Dossiers in the middle of any life: random events, served with random fates and waits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from chalicelib.domain.attempts import Attempt, FailureClass, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import MILESTONES, SLOTS, Closing, Event, EventType, Source
from chalicelib.domain.plan import Owed, owed
from chalicelib.domain.recording import record
from chalicelib.domain.retries import LEASE
from tests.builders import ADDRESSES, CONTACT, DESK, DOSSIER, an_event, paris

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

#: The ordinary ones more often, so that a life gets somewhere.
KINDS = (
    *([EventType.SELECTED, EventType.CONFIRMED] * 3),
    *([EventType.DEPOSITED, EventType.CARD_READY] * 2),
    EventType.RESCHEDULED,
    EventType.CANCELLED,
    EventType.MISSED,
    EventType.CHECKED,
    EventType.INCOMPLETE,
    EventType.COLLECTED,
    EventType.CLOSED,
    EventType.CONTACT_UPDATED,
)
OF_AN_APPOINTMENT = SLOTS | {EventType.CONFIRMED, EventType.CANCELLED, EventType.MISSED}
GAPS = (MINUTE, 7 * MINUTE, HOUR, DAY, 9 * DAY, 30 * DAY)
#: How far ahead an appointment is: some are over when they are told, some cannot be.
AHEAD = (-DAY, HOUR, 5 * HOUR, 20 * HOUR, 30 * HOUR, 80 * HOUR, 14 * DAY, 40 * DAY, 900 * DAY)
LATE = (timedelta(), timedelta(), 11 * MINUTE, 20 * DAY)
FATES = (
    *([Status.DELIVERED] * 4),
    Status.CLAIMED,
    Status.POSTPONED,
    Status.ACCEPTED,
    Status.UNKNOWN,
    Status.BOUNCED,
    Status.FAILED,
    Status.COMPLAINED,
)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A dossier, the addresses its student has, and the time it is."""

    dossier: Dossier
    addresses: Mapping[Channel, str]
    now: datetime


@st.composite
def moments(draw: st.DrawFn) -> Moment:
    """Some events, then some serves, with a person's word here and there."""
    dossier, now = Dossier(dossier_id=DOSSIER), paris("2019-04-08 10:00")
    happened = now
    for number in range(draw(st.integers(1, 7))):
        happened += draw(st.sampled_from(GAPS))
        event = draw(events(happened, f"e{number}"))
        dossier, _ = record(dossier, event)
        now = max(now, event.received_at)
    addresses = draw(st.sampled_from([ADDRESSES, {Channel.EMAIL: "mail-key"}, {}]))
    moment = Moment(dossier=dossier, addresses=addresses, now=now)
    for number in range(draw(st.integers(0, 10))):
        moment = draw(served(moment, f"w{number}"))
    return moment


@st.composite
def events(draw: st.DrawFn, happened: datetime, event_id: str) -> Event:
    kind = draw(st.sampled_from((*KINDS, *([EventType.WITHDRAWN] * 2))))
    event = an_event(
        kind,
        happened,
        event_id,
        received_at=happened + draw(st.sampled_from(LATE)),
        contact=draw(st.sampled_from([None, CONTACT, replace(CONTACT, mobile=None)])),
        reason=draw(st.none() | st.sampled_from(Closing)),
    )
    if kind in OF_AN_APPOINTMENT:
        event = replace(event, appointment_id=draw(st.sampled_from(["A1", "A2"])))
    if kind in SLOTS:
        event = replace(event, starts_at=happened + draw(st.sampled_from(AHEAD)))
    if kind in MILESTONES:
        days = draw(st.sampled_from([0, 0, 0, 1, 20, -40, 2_000]))
        event = replace(event, day=(happened - days * DAY).date())
    if kind is EventType.WITHDRAWN:
        subject = draw(st.sampled_from(sorted(MILESTONES)))
        event = replace(event, subject=subject.value, source=Source.DESK)
    return draw(said_of_the_end(event))


@st.composite
def said_of_the_end(draw: st.DrawFn, event: Event) -> Event:
    if event.type is EventType.COLLECTED:
        expiries = [None, date(2020, 2, 29), date(2019, 8, 31), date(2099, 1, 1)]
        return replace(event, card_expires_on=draw(st.sampled_from(expiries)))
    if event.type is EventType.CLOSED:
        return replace(event, reason=draw(st.sampled_from(Closing)))
    return event


@st.composite
def served(draw: st.DrawFn, moment: Moment, event_id: str) -> Moment:
    """One step: the desk's notices, else a message with some fate, else the next change."""
    plan = owed(moment.dossier, DESK, moment.addresses, moment.now)
    for attempt in plan.ended:
        over = replace(attempt, status=Status.CLOSED, status_at=moment.now)
        moment = replace(moment, dossier=moment.dossier.with_attempt(over))
    work = [o for o in plan.due if o.notice.channel is Channel.DESK]
    if work:
        return draw(looked_at(moment, work, event_id))
    if plan.due:
        return draw(answered(moment, plan.due[0]))
    wait = draw(st.sampled_from([timedelta(), timedelta(), timedelta(seconds=1), 3 * DAY]))
    return replace(moment, now=(plan.next_change_at or moment.now) + wait)


@st.composite
def looked_at(draw: st.DrawFn, moment: Moment, work: list[Owed], event_id: str) -> Moment:
    """What is due for the desk opens; a person may say a word about the first of it."""
    dossier, now = moment.dossier, moment.now
    for one in work:
        opened = Attempt(
            notice=one.notice,
            attempt=one.next_try.attempt,
            status=Status.OPEN,
            claimed_at=one.opened_at or now,
            status_at=now,
            losses=one.losses,
        )
        dossier = dossier.with_attempt(opened)
    if draw(st.booleans()):
        now += timedelta(seconds=30)
        until = draw(st.sampled_from([None, now.date() + DAY, now.date() + 14 * DAY]))
        said = an_event(
            EventType.WORK_CLOSED,
            now,
            event_id,
            received_at=now,
            source=Source.DESK,
            subject=str(work[0].notice),
            until=until,
        )
        dossier, _ = record(dossier, said)
    return replace(moment, dossier=dossier, now=now)


@st.composite
def answered(draw: st.DrawFn, moment: Moment, message: Owed) -> Moment:
    status, now = draw(st.sampled_from(FATES)), moment.now
    wait = draw(st.sampled_from([MINUTE, HOUR, 90 * MINUTE]))
    until = {Status.CLAIMED: now + LEASE, Status.POSTPONED: now + wait}.get(status)
    attempt = Attempt(
        notice=message.notice,
        attempt=message.next_try.attempt,
        status=status,
        claimed_at=now,
        begun_at=message.next_try.begun_at,
        status_at=now,
        until=until,
        address=moment.addresses[message.notice.channel],
        failure_class=draw(st.sampled_from(FailureClass)),
        possible_duplicate=message.next_try.possible_duplicate,
        tries=message.next_try.tries + (status is Status.POSTPONED),
    )
    return replace(moment, dossier=moment.dossier.with_attempt(attempt))
