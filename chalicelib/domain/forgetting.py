"""When a dossier is forgotten, what little remains of it, and what it still takes in afterwards.

The rule, and why it is this one: docs/decisions/0021-one-rule-for-forgetting.md
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from chalicelib.domain.attempts import UNDECIDED, Status
from chalicelib.domain.contact import Contact
from chalicelib.domain.desk_calendar import Desk, months_after, paris_day
from chalicelib.domain.dossier import Dossier, Forgotten
from chalicelib.domain.events import MILESTONES, SLOTS, Event, EventType
from chalicelib.domain.facts import Facts, State
from chalicelib.domain.plan import Plan
from chalicelib.domain.rules import Series, kinds_where

#: The reminders for whose sake an e-mail address outlives the rest of its dossier.
REMINDERS = kinds_where(lambda rule: rule.series is Series.RENEW)

#: What can end these reminders, or even what is kept for them, and is taken in for that alone.
_ENDS_THEM = frozenset(
    {
        EventType.ERASURE_REQUESTED,
        EventType.ERASURE_WITHDRAWN,
        EventType.RENEWAL_BOOKED,
        EventType.UNSUBSCRIBED,
        EventType.CLOSED,
        EventType.WITHDRAWN,
        EventType.WORK_CLOSED,
    }
)

#: From here on the prefecture has the papers, and a card may still be made of them.
_UNDER_WAY = frozenset({State.DEPOSITED, State.CARD_READY})

#: A worker or a click that had read a dossier before may leave a document behind for so long.
_AFTERMATH = timedelta(days=2)


def kept_until(dossier: Dossier, plan: Plan, desk: Desk) -> date:
    """The last day on which a dossier of at least one event is kept whole.

    Some months after its end: the collected card, the cancellation, a dead end. Without an end,
    more months after the last thing that happened. Months: the desk's data.
    """
    end = _end(dossier.facts, plan.state)
    day = end or _last_thing(dossier)
    months = desk.terms_on(day).retention
    is_finished = end is not None or _is_dead_end(dossier, plan)
    return months_after(day, months.finished_months if is_finished else months.unfinished_months)


def what_remains(dossier: Dossier, plan: Plan, desk: Desk, now: datetime) -> Dossier:
    """The dossier as it is to be kept from now on: the same one, until its time is over.

    Then, while a renewal reminder is ahead, the e-mail address, the language, and the card's two
    days; and when none is, nothing but the marker.
    """
    is_little = is_remnant(dossier)
    if not dossier.events or (not is_little and paris_day(now) <= kept_until(dossier, plan, desk)):
        return dossier
    if not _still_reminds(dossier, plan, desk, now):
        return _nothing_of(dossier, Forgotten(at=now))
    return dossier if is_little else _remnant(dossier, Forgotten(at=now))


def forgotten_on_request(dossier: Dossier, now: datetime) -> Dossier:
    """Nothing of it, for good; the same marker again where it was forgotten like that already."""
    if dossier.forgotten and dossier.forgotten.on_request:
        return dossier
    return _nothing_of(dossier, Forgotten(at=now, on_request=True))


def is_sending(dossier: Dossier, now: datetime) -> bool:
    """Whether a worker holds a message of this dossier in its hands."""
    return any(a.status is Status.CLAIMED and a.until and now < a.until for a in dossier.ledger)


def may_have_left_overs(dossier: Dossier, now: datetime) -> bool:
    """Whether it was forgotten so lately that somebody may have kept a document since."""
    gone = dossier.forgotten
    return gone is not None and now - gone.at < _AFTERMATH and not _lives_anew(dossier.events, gone)


def taken_in(dossier: Dossier, event: Event) -> Event | None:
    """What a dossier keeps of an event that reaches it; None for what comes too late.

    After it was forgotten: all of what begins something new and of what follows that, and the bare
    fact that no reminder is wanted any more. After a request to be forgotten: nothing, ever.
    """
    gone = dossier.forgotten
    if gone is None:
        return event
    if gone.on_request:
        return None
    if event.at > gone.at and _lives_anew([*dossier.events, event], gone):
        return event
    return _bare(event) if dossier.events and event.type in _ENDS_THEM else None


def _end(facts: Facts, state: State) -> date | None:
    """The day a dossier came to its end; the day we heard of it, if that was later.

    What was told of a closed one afterwards is for a person to explain, who needs as long for it.
    """
    collected = filter(None, [facts.collected])
    ends = list(facts.steps.values() if facts.closed else collected)
    if ends:
        return max(max(step.day, paris_day(step.learnt_at)) for step in ends)
    gone = [slot.cancelled for slot in facts.appointments if slot.cancelled]
    if state is State.CANCELLED and len(gone) == len(facts.appointments):
        return max(paris_day(max(end.at, end.learnt_at)) for end in gone)
    return None


def _is_dead_end(dossier: Dossier, plan: Plan) -> bool:
    """Nothing ahead, nothing open, and no papers with the prefecture."""
    is_open = bool(dossier.open_work)
    is_ahead = plan.due or plan.later or plan.next_change_at
    return not (is_open or is_ahead or plan.state in _UNDER_WAY)


def _last_thing(dossier: Dossier) -> date:
    """The latest appointment and step, the newest word; or the day a person will look again."""
    facts = dossier.facts
    steps = (facts.incomplete, facts.deposited, facts.card_ready)
    days = [step.day for step in steps if step]
    days += [paris_day(event.received_at) for event in dossier.events]
    days += [decision.until for decision in facts.work_closed if decision.until]
    return max([*days, *(paris_day(slot.starts_at) for slot in facts.appointments)])


def _still_reminds(dossier: Dossier, plan: Plan, desk: Desk, now: datetime) -> bool:
    """Whether a renewal reminder is ahead or under way, or in front of a person who can write."""
    facts = dossier.facts
    expiry = facts.collected.valid_until(desk) if facts.collected else None
    is_unwanted = facts.unsubscribed or facts.renewal_booked
    if is_unwanted or not (expiry and facts.contact) or expiry < paris_day(now):
        return False
    ahead = {owed.notice.kind for owed in (*plan.due, *plan.later)}
    under_way = {a.notice.kind for a in dossier.ledger if a.status in UNDECIDED}
    is_open = bool(dossier.open_work)
    return bool(REMINDERS & (ahead | under_way)) or (is_remnant(dossier) and is_open)


def _remnant(dossier: Dossier, gone: Forgotten) -> Dossier:
    facts = dossier.facts
    assert facts.collected is not None
    assert facts.contact is not None
    event = Event(
        event_id="relance:forgotten",
        type=EventType.COLLECTED,
        dossier_id=dossier.dossier_id,
        at=gone.at,
        received_at=gone.at,
        contact=Contact(
            given_name="",
            family_name="",
            email=facts.contact.email,
            language=facts.contact.language,
            language_given=facts.contact.language_given,
        ),
        day=facts.collected.day,
        card_expires_on=facts.collected.card_expires_on,
    )
    ledger = tuple(a for a in dossier.ledger if a.notice.kind in REMINDERS)
    events = (*_taken_back(dossier.events, EventType.COLLECTED), event)
    return replace(_nothing_of(dossier, gone), events=events, ledger=ledger)


def _taken_back(events: Iterable[Event], kind: EventType) -> Iterable[Event]:
    """The withdrawals of a step and not who made them: their number names its notices."""
    mine = (e for e in events if e.type is EventType.WITHDRAWN and e.subject == kind)
    return (replace(_bare(event), by=None) for event in mine)


def _nothing_of(dossier: Dossier, gone: Forgotten) -> Dossier:
    return Dossier(dossier_id=dossier.dossier_id, forgotten=gone)


def is_remnant(dossier: Dossier) -> bool:
    """Whether nothing is kept of it but what its renewal reminders need."""
    gone = dossier.forgotten
    return bool(gone and dossier.events) and not _lives_anew(dossier.events, gone)


def _lives_anew(events: Iterable[Event], gone: Forgotten | None) -> bool:
    """Whether something began after it was forgotten: a slot that lies ahead, or a step of its way.

    A repeat of what was known begins nothing, whenever it is told.
    """
    return gone is not None and any(_begins(event, gone) for event in events)


def _begins(event: Event, gone: Forgotten) -> bool:
    if event.at <= gone.at:
        return False
    if event.type in SLOTS:
        return event.starts_at is not None and event.starts_at > gone.at
    told_on = paris_day(event.known_at)
    day = min(event.day or told_on, told_on)
    return event.type in MILESTONES - {EventType.CLOSED} and day >= paris_day(gone.at)


def _bare(event: Event) -> Event:
    """That it happened, and nothing of what else it said."""
    return Event(
        event_id=event.event_id,
        type=event.type,
        dossier_id=event.dossier_id,
        at=event.at,
        received_at=event.received_at,
        source=event.source,
        digest=event.digest,
        subject=event.subject,
        until=event.until,
        by=event.by,
    )
