"""Whatever leaves is true, and leaves in time."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations, pairwise

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.attempts import ARRIVED, FailureClass, Kind, Notice, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import PARIS, Desk, SlotPurpose, after_rule, paris_day
from chalicelib.domain.events import SLOTS, EventType, Source
from chalicelib.domain.facts import Decision, State
from tests.guarantee.history import Claim, History, Kept, Left, standing
from tests.guarantee.losses import PATIENCE

REMINDERS_A_DAY, MESSAGES_A_DAY = 4, 10
SIX_WEEKS = timedelta(days=42)
#: A change of what was just announced waits for the next one so long; clocks may differ by seconds.
MOVED_AGAIN = timedelta(seconds=50)
#: A worker may have decided by what it had read a moment ago.
ON_ITS_WAY = timedelta(minutes=6)

#: Of a kind that is new here.
UNKNOWN = (
    "tests/guarantee/truth.py does not say when it may leave; add Kind.{} to MAY_LEAVE, and to "
    "_first_day if it has to wait for a day"
)


# True


def untrue(history: History, kept: Kept) -> Iterable[str]:
    """Each message that was claimed about what had changed, or had not happened yet."""
    for claim in kept.claims:
        if not may_leave(claim):
            yield f"{claim.notice} was claimed on {claim.at}, when it was {claim.standing}"
    for slot in kept.slots:
        yield from _wrong_purpose(kept, slot)
        yield from _wrong_hour(history, kept, slot)
    if not kept.is_forgotten:
        yield from _wrongly_presumed(history.desk, kept)


def may_leave(claim: Claim) -> bool:
    """Whether the facts of then bear a message out."""
    kind = claim.notice.kind
    assert kind in MAY_LEAVE, f"{kind}: {UNKNOWN.format(kind.name)}"
    states, holds = MAY_LEAVE[kind]
    return claim.standing in states and holds(claim)


def _is_this_slot(claim: Claim) -> bool:
    slot = claim.slot
    is_current = slot is not None and slot.is_live and claim.at < slot.starts_at
    return bool(is_current and slot and claim.notice.occasion in slot.revision_events)


def _is_this_end(claim: Claim) -> bool:
    slot = claim.slot
    ends = (slot.cancelled, slot.missed) if slot else ()
    return claim.notice.occasion in {end.event_id for end in ends if end}


def _is_this_miss(claim: Claim) -> bool:
    """Nobody has missed an hour that has not come."""
    return _is_this_end(claim) and claim.slot is not None and claim.slot.starts_at <= claim.at


def _is_to_be_checked(claim: Claim) -> bool:
    """Whether papers are to be brought that nobody has checked."""
    is_to_deposit = claim.purpose is SlotPurpose.DEPOSIT
    return _is_this_slot(claim) and is_to_deposit and not claim.facts.checked


def _is_not_awaited(claim: Claim) -> bool:
    """Whether no appointment to collect the card says when to come."""
    slot = claim.facts.to_collect.appointment
    return slot is None or bool(slot.cancelled or slot.missed)


def _is_wanted_still(claim: Claim) -> bool:
    return not claim.facts.renewal_booked and not claim.facts.unsubscribed


def _always(_claim: Claim) -> bool:
    return True


def _is_taken_back(claim: Claim) -> bool:
    return claim.notice.occasion in {w.event_id for w in claim.facts.withdrawn}


_BEFORE = (State.BOOKED, State.CONFIRMED)
_READY_OR_FETCHED = (State.CARD_READY, State.COLLECTED)
#: In which states a message may be claimed, and what else must hold then.
MAY_LEAVE: Mapping[Kind, tuple[Sequence[State], Callable[[Claim], bool]]] = {
    Kind.CONFIRMATION_REQUEST: ([State.BOOKED], _is_this_slot),
    Kind.CONFIRMATION_REMINDER: ([State.BOOKED], _is_this_slot),
    Kind.CONVOCATION: ([State.CONFIRMED], _is_this_slot),
    Kind.CHECK_REMINDER: ([State.CONFIRMED], _is_to_be_checked),
    Kind.APPOINTMENT_REMINDER: ([State.CONFIRMED], _is_this_slot),
    Kind.APPOINTMENT_CANCELLED: ([State.CANCELLED], _is_this_end),
    Kind.APPOINTMENT_MISSED: ([State.MISSED], _is_this_miss),
    Kind.MISSING_DOCUMENTS: ([State.INCOMPLETE, *_BEFORE], _always),
    Kind.DEPOSIT_RECEIPT: ([State.DEPOSITED], _always),
    Kind.NO_NEWS: ([State.DEPOSITED], _is_not_awaited),
    Kind.CARD_READY: ([State.CARD_READY], _always),
    Kind.CARD_WAITING: ([State.CARD_READY], _is_not_awaited),
    Kind.RENEWAL_OPENS: ([State.COLLECTED], _is_wanted_still),
    Kind.RENEWAL_LAST_CALL: ([State.COLLECTED], _is_wanted_still),
    Kind.CONTACT_US: (list(State), _always),
    Kind.CORRECTION: ([s for s in State if s not in _READY_OR_FETCHED], _is_taken_back),
}


#: What says when an appointment is.
_SAYS_WHEN = frozenset(
    {
        Kind.CONFIRMATION_REQUEST,
        Kind.CONFIRMATION_REMINDER,
        Kind.CONVOCATION,
        Kind.CHECK_REMINDER,
        Kind.APPOINTMENT_REMINDER,
    }
)


def _wrong_purpose(kept: Kept, slot: Appointment) -> Iterable[str]:
    """It is for what was said of it."""
    if kept.purposes.get(slot.appointment_id, slot.purpose) is not slot.purpose:
        yield f"{slot.appointment_id} is taken for one to {slot.purpose}"


def _wrongly_presumed(desk: Desk, kept: Kept) -> Iterable[str]:
    """What nobody said of a slot is what the desk's appointments of that day are for."""
    for e in kept.dossier.events:
        first, *_ = desk.terms_on(paris_day(e.starts_at or e.at)).appointments
        if e.type in SLOTS and not e.is_purpose_said and e.purpose is not first:
            yield f"{e.event_id} is taken for one to {e.purpose}"


def _wrong_hour(history: History, kept: Kept, slot: Appointment) -> Iterable[str]:
    """The newest mail about an appointment ahead says its true hour, or that it is gone."""
    mails = [c for c in kept.claims if c.purpose is slot.purpose and _is_mail_about_a_slot(c)]
    is_waited_for = _known_since(kept, slot, mails) + PATIENCE > history.now
    if not mails or slot.starts_at <= history.now or is_waited_for or _names_a_loss(kept, slot):
        return
    newest, stands = mails[-1], standing(kept.facts, slot.purpose)
    hour = newest.slot.starts_at if newest.slot and newest.notice.kind in _SAYS_WHEN else None
    if (hour and stands is State.CANCELLED) or (stands in _BEFORE and hour != slot.starts_at):
        yield f"{newest.notice} is the newest, and says {hour}"


def _names_a_loss(kept: Kept, slot: Appointment) -> bool:
    """Whether a person knows that the true hour could not be told."""
    known = (a for a in kept.dossier.ledger if a.status is Status.OPEN or a.closed_by)
    occasions = {loss.rpartition(".")[0].rpartition(".")[2] for a in known for loss in a.losses}
    ends = {slot.cancelled.event_id} if slot.cancelled else set()
    return bool(occasions & (slot.revision_events | ends))


def _is_mail_about_an_hour(claim: Claim) -> bool:
    return claim.notice.kind in _SAYS_WHEN and claim.notice.channel is Channel.EMAIL


def _is_mail_about_a_slot(claim: Claim) -> bool:
    return _is_mail_about_an_hour(claim) or claim.notice.kind is Kind.APPOINTMENT_CANCELLED


def _known_since(kept: Kept, slot: Appointment, mails: Iterable[Claim]) -> datetime:
    """The last thing told of it, or the last try."""
    names = slot.revision_events | slot.appointment_events
    told = [e.received_at for e in kept.dossier.events if e.event_id in names]
    return max([*told, *(claim.at for claim in mails)])


# In time


REMINDERS = frozenset(
    {
        Kind.CONFIRMATION_REMINDER,
        Kind.CHECK_REMINDER,
        Kind.APPOINTMENT_REMINDER,
        Kind.NO_NEWS,
        Kind.CARD_WAITING,
        Kind.RENEWAL_OPENS,
        Kind.RENEWAL_LAST_CALL,
    }
)


def untimely(history: History, kept: Kept) -> Iterable[str]:
    """Each message that left at the wrong hour, too early, or too soon after another."""
    for claim in kept.claims:
        if claim.notice.channel is Channel.SMS and not _is_sms_hour(history.desk, claim.at):
            yield f"{claim.notice} at {claim.at.astimezone(PARIS)}"
        if claim.at.astimezone(PARIS).date() < _first_day(history.desk, claim):
            yield f"{claim.notice} at {claim.at.astimezone(PARIS)}, before its six weeks"
    yield from _floods(kept.claims)
    yield from _at_once(kept, kept.claims)
    yield from _moved_twice(kept.claims)
    if not kept.is_forgotten:  # the reasons would be gone
        yield from _to_a_phone_that_is_off(history, kept)
        yield from _to_a_dead_address(history, kept)


def _is_sms_hour(desk: Desk, at: datetime) -> bool:
    local = at.astimezone(PARIS)
    return 9 <= local.hour < 19 and not desk.is_quiet(local.date())


def _first_day(desk: Desk, claim: Claim) -> date:
    """The six-week rhythm, by the facts of then; sooner, where the desk's data say so by now."""
    anchors = {Kind.NO_NEWS: claim.facts.deposited, Kind.CARD_WAITING: claim.facts.card_ready}
    milestone = anchors.get(claim.notice.kind)
    if milestone is None:
        return date.min
    weeks = timedelta(days=desk.terms_on(milestone.day).delays.follow_up_days)
    return after_rule(milestone.day + claim.notice.number * min(SIX_WEEKS, weeks), desk.is_quiet)


def _floods(made: Iterable[Claim]) -> Iterable[str]:
    tries = {(claim.notice, claim.attempt, paris_day(claim.at)) for claim in made}
    messages = Counter(day for _, _, day in tries)
    reminders = Counter(day for notice, _, day in tries if notice.kind in REMINDERS)
    yield from (f"{n} messages on {day}" for day, n in messages.items() if n > MESSAGES_A_DAY)
    yield from (f"{n} reminders on {day}" for day, n in reminders.items() if n > REMINDERS_A_DAY)


#: Of these, only the latest that is due is sent: the others say less, or the same.
SERIES = (
    (Kind.CONFIRMATION_REQUEST, Kind.CONFIRMATION_REMINDER),
    (Kind.CHECK_REMINDER, Kind.APPOINTMENT_REMINDER),
    (Kind.DEPOSIT_RECEIPT, Kind.NO_NEWS),
    (Kind.CARD_READY, Kind.CARD_WAITING),
    (Kind.RENEWAL_OPENS, Kind.RENEWAL_LAST_CALL),
)


def _at_once(kept: Kept, made: Sequence[Claim]) -> Iterable[str]:
    for before, after in combinations(made, 2):
        one, other = before.notice, after.notice
        is_same = one.occasion == other.occasion and one.channel == other.channel
        is_row = any({one.kind, other.kind} <= set(row) for row in SERIES)
        is_other = (one.kind, one.number) != (other.kind, other.number)
        is_at_once = after.at - before.at < timedelta(minutes=1)
        is_asked = any(_is_asked_for(kept, before, after, n) for n in (one, other))
        if is_same and is_row and is_other and is_at_once and not is_asked:
            yield f"{one} and {other} at once"


def _is_asked_for(kept: Kept, before: Claim, after: Claim, notice: Notice) -> bool:
    """Whether a person wanted it once more, on any channel, and waited until the first of both."""
    return any(
        (word.notice.kind, word.notice.number) == (notice.kind, notice.number)
        and kept.is_one_occasion(word.notice.occasion, notice.occasion)
        and not _had_arrived(kept, word, before.at)
        for word in after.facts.asked_again
    )


def _had_arrived(kept: Kept, asked: Decision, at: datetime) -> bool:
    """Whether by then a try had arrived that was begun when the word was already taken in."""
    begun = {(c.notice, c.attempt): c.number for c in reversed(kept.claims)}
    return any(
        a.notice == asked.notice
        and a.status in ARRIVED
        and begun.get((a.notice, a.attempt), -1) > kept.written(asked)
        and a.status_at < at
        for a in kept.dossier.ledger
    )


def _moved_twice(made: Sequence[Claim]) -> Iterable[str]:
    """What was just announced and is moved is announced again once it has come to rest."""
    mails = [c for c in made if _is_mail_about_an_hour(c) and c.slot]
    each = ([c for c in mails if c.purpose is purpose] for purpose in SlotPurpose)
    for before, after in (pair for its in each for pair in pairwise(its)):
        one, other = before.slot, after.slot
        assert one
        assert other
        is_moved = one.appointment_id == other.appointment_id and one.starts_at != other.starts_at
        if is_moved and after.at - before.at < MOVED_AGAIN:
            yield f"{after.notice} moves within a minute what {before.notice} said"


def _to_a_phone_that_is_off(history: History, kept: Kept) -> Iterable[str]:
    """What a phone could not take is not sent again before the next morning."""
    mine = [one for one in history.left if one.dossier_id == kept.dossier.dossier_id]
    texts = [one for one in mine if one.notice.channel is Channel.SMS]
    for before, after in combinations(texts, 2):
        is_again = before.notice == after.notice and before.to == after.to
        if is_again and _was_off(history, before, after) and not _was_wanted(kept):
            yield f"{after.notice} again on {after.at}, the day the phone was off"


def _was_off(history: History, before: Left, after: Left) -> bool:
    """Whether we had been told of it, on the same day."""
    mine = (t for t in history.told if t.tags == before.tags and t.at <= after.at)
    is_off = any(
        t.status is Status.FAILED and t.failure_class is FailureClass.PASSING for t in mine
    )
    return is_off and paris_day(before.at) == paris_day(after.at)


def _was_wanted(kept: Kept) -> bool:
    """Whether a person wants it, or has said that the number is right."""
    return any(
        event.type is EventType.ASKED_AGAIN
        or (event.contact and event.source is not Source.BOOKING)
        for event in kept.dossier.events
    )


def _to_a_dead_address(history: History, kept: Kept) -> Iterable[str]:
    """Nothing more is sent where nothing will ever arrive, unless a person says otherwise."""
    mine = [one for one in history.left if one.dossier_id == kept.dossier.dossier_id]
    dead = {one.to: at for one in reversed(mine) if (at := _dead_since(history, one))}
    claimed = {(c.notice, c.attempt): c.at for c in kept.claims}
    for left in mine if not _was_wanted(kept) else ():
        at = claimed.get((left.notice, left.attempt), left.at)
        if left.to in dead and dead[left.to] + ON_ITS_WAY < at:
            yield f"{left.notice} attempt {left.attempt} left to an address that was dead"


def _dead_since(history: History, left: Left) -> datetime | None:
    """What arrived by SMS has arrived: a later word that there is no such number is a mistake."""
    mine = [told for told in history.told if told.tags == left.tags]
    has_arrived = any(told.status is Status.DELIVERED for told in mine)
    dead = (t for t in mine if t.failure_class is FailureClass.ADDRESS)
    return min((t.at for t in dead if t.status is Status.BOUNCED or not has_arrived), default=None)
