"""What must hold of every run, checked on plain data: who was owed what, and what came of it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import combinations, pairwise

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import ARRIVED, Attempt, Fate, Kind, Notice
from chalicelib.domain.desk_calendar import PARIS, Desk, after_rule, paris_day
from chalicelib.domain.dossier import ENDS, Appointment, Decision, Dossier, Facts, State
from chalicelib.domain.drafts import Draft, drafts
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.facts import facts_of, state_of
from chalicelib.domain.plan import Plan
from chalicelib.domain.recording import said_by
from chalicelib.domain.when import Case

#: How long a message may be under way before it has arrived or a person knows. The longest way is
#: an SMS before a Sunday and a holiday: 72 hours of silence count from the day it leaves.
PATIENCE = timedelta(days=6)
#: The silence after which the SMS about a card is written again, and which is no duplicate.
SILENCE = timedelta(hours=72)
#: A worker that is slower than its lease, where Lambda would long have ended it, may still send.
OUTLIVED = timedelta(minutes=15)
REMINDERS_A_DAY, MESSAGES_A_DAY = 4, 10
SIX_WEEKS = timedelta(days=42)


class Promise(StrEnum):
    """What a run may break."""

    REMEMBERED = "remembered"  #: what we acknowledged is kept
    NOT_LOST = "not lost"  #: what is owed arrives, or stands in front of a person
    NOT_STUCK = "not stuck"  #: whatever is not at its end has an instant at which it goes on
    ONCE = "once"  #: nothing leaves twice whose receipt was told
    MARKED = "marked"  #: what may have left twice says so
    TRUE = "true"  #: nothing leaves about what has changed, or has not happened yet
    IN_TIME = "in time"  #: no SMS at night, no follow-up before six weeks, no flood
    IN_ORDER = "in order"  #: history, ledger and receipts agree
    FORGOTTEN = "forgotten"  #: of whoever asked for it nothing is kept, and nothing leaves
    DISCREET = "discreet"  #: no personal data in the journal or in what a provider gives back


@dataclass(frozen=True, kw_only=True)
class Left:
    """One message that a provider took: the tags on it, where to, when."""

    tags: Mapping[str, str]
    to: str
    at: datetime

    @property
    def dossier_id(self) -> str:
        """Whose it is."""
        return self.tags["dossier"]

    @property
    def notice(self) -> Notice:
        """What it is."""
        kind, _, number = self.tags["notice"].rpartition("-")
        channel = Channel(self.tags["channel"])
        occasion = self.tags["occasion"]
        return Notice(kind=Kind(kind), number=int(number), occasion=occasion, channel=channel)

    @property
    def attempt(self) -> int:
        """Which try."""
        return int(self.tags["attempt"])


@dataclass(frozen=True, kw_only=True)
class Told:
    """A receipt that we took in, and when; of a message with these tags."""

    tags: Mapping[str, str]
    fate: Fate
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Acknowledged:
    """A webhook or a click that we answered with a success; `told` is the event, if it is known."""

    event_id: str
    dossier_id: str
    told: Event | None = None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One dossier at rest: what is stored of it, and its plan computed anew.

    `asleep` are its plans at some instants before it is looked at again.
    """

    dossier: Dossier
    state: State
    next_due_at: datetime | None
    work_since: datetime | None
    journal: Sequence[str]
    plan: Plan
    asleep: Sequence[Plan] = ()


@dataclass(frozen=True, kw_only=True)
class History:
    """All that can be known of a run, once it rests at `now`. `private` must never be written.

    `documents` are the keys of those that are kept.
    """

    desk: Desk
    now: datetime
    kept: Mapping[str, Kept]
    left: Sequence[Left]
    told: Sequence[Told]
    acknowledged: Sequence[Acknowledged]
    quarantined: frozenset[str] = frozenset()
    private: Sequence[str] = ()
    documents: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, order=True)
class Broken:
    """One promise that one dossier saw broken."""

    promise: Promise
    dossier_id: str
    what: str

    def __str__(self) -> str:
        return f"{self.promise}: {self.dossier_id} {self.what}"


def broken(history: History) -> list[Broken]:
    """Every broken promise of a run, in words."""
    found = [*_broken_everywhere(history), *_doubles(history)]
    for dossier_id, kept in history.kept.items():
        for promise, check in _OF_A_DOSSIER:
            words = check(history, kept)
            found += [Broken(promise=promise, dossier_id=dossier_id, what=w) for w in words]
    return sorted(set(found))


def count(found: Iterable[Broken], promise: Promise) -> int:
    """How often one promise was broken."""
    return sum(1 for one in found if one.promise is promise)


# What was acknowledged


def _broken_everywhere(history: History) -> Iterable[Broken]:
    for one in history.acknowledged:
        kept = history.kept.get(one.dossier_id)
        lines = kept.journal if kept else ()
        is_known = any(line.endswith(f" {one.event_id}") for line in lines) or _is_forgotten(kept)
        is_known = is_known or _is_said_already(kept, one)
        if not is_known and one.event_id not in history.quarantined:
            what = f"acknowledged {one.event_id} and forgot it"
            yield Broken(promise=Promise.REMEMBERED, dossier_id=one.dossier_id, what=what)
    for left in history.left:
        kept = history.kept.get(left.dossier_id)
        if not _is_forgotten(kept) and _attempt(history, left) is None:
            what = f"{left.notice} attempt {left.attempt} left without a claim"
            yield Broken(promise=Promise.IN_ORDER, dossier_id=left.dossier_id, what=what)


def _is_said_already(kept: Kept | None, one: Acknowledged) -> bool:
    """Whether it was a repetition, of which nothing need be kept."""
    events = kept.dossier.events if kept else ()
    return one.told is not None and said_by(one.told) in map(said_by, events)


def _is_forgotten(kept: Kept | None) -> bool:
    """Whether a part of its history is gone, as it should be."""
    return kept is not None and kept.dossier.forgotten is not None


def _attempt(history: History, left: Left) -> Attempt | None:
    kept = history.kept.get(left.dossier_id)
    ledger = kept.dossier.ledger if kept else ()
    mine = (a for a in ledger if a.notice == left.notice and a.attempt == left.attempt)
    return next(mine, None)


# Nobody is lost


#: The desk notices that stand for a message which did not arrive.
FOR_A_PERSON = frozenset(
    {
        Kind.UNREACHABLE,
        Kind.TEXT_FAILED,
        Kind.UNKNOWN_EXHAUSTED,
        Kind.TOO_LATE_TO_SEND,
        Kind.SERVE_FAILED,
        Kind.COMPLAINED,
    }
)


def _lost(history: History, kept: Kept) -> Iterable[str]:
    facts = facts_of(kept.dossier.events)
    case = Case(
        facts=facts,
        state=state_of(facts),
        ledger=kept.dossier.ledger,
        desk=history.desk,
        now=history.now,
    )
    for draft in drafts(case):
        is_waited_for = _under_way_since(kept, draft, case) + PATIENCE > history.now
        if is_waited_for or _is_over(draft, case) or _has_arrived(draft, case):
            continue
        if not _is_with_a_person(kept, facts):
            yield f"{draft.rule.kind}.{draft.number}.{draft.anchor.occasion} reached nobody"


def _under_way_since(kept: Kept, draft: Draft, case: Case) -> datetime:
    """The last thing that began its way anew: its instant, a try, an event, a rest."""
    dossier = kept.dossier
    tries = case.tries(draft.rule.kind, draft.number, draft.anchor)
    begun = [draft.due_at, draft.anchor.learnt_at, *(a.claimed_at for a in tries)]
    begun += [*(e.received_at for e in dossier.events), *(a.until for a in tries if a.until)]
    return max([*begun, *([dossier.not_before] if dossier.not_before else [])])


def _is_over(draft: Draft, case: Case) -> bool:
    ends = [draft.end_at(case, channel) for channel in draft.rule.channels]
    return all(end is not None and end <= case.now for end in ends)


def _has_arrived(draft: Draft, case: Case) -> bool:
    if Channel.DESK in draft.rule.channels:
        return True  # a desk notice is where things end: see `_stuck`
    tries = case.tries(draft.rule.kind, draft.number, draft.anchor)
    return any(a.fate in ARRIVED for a in tries)


def _is_with_a_person(kept: Kept, facts: Facts) -> bool:
    opened = (a.notice.kind for a in kept.dossier.ledger if a.fate is Fate.OPEN)
    decided = (d.notice.kind for d in facts.work_closed)
    return any(kind in FOR_A_PERSON for kind in (*opened, *decided))


# Nothing is stuck


def _stuck(history: History, kept: Kept) -> Iterable[str]:
    plan = kept.plan
    if plan.due or plan.ended:
        yield f"rests while {[str(o.notice) for o in plan.due]} is due"
    yield from _misplaced(kept, history.now)
    missed = {str(owed.notice) for asleep in kept.asleep for owed in asleep.due}
    missed |= {f"the end of {a.notice}" for asleep in kept.asleep for a in asleep.ended}
    yield from (f"sleeps until {kept.next_due_at} through {name}" for name in sorted(missed))
    if kept.next_due_at is None and not _is_at_its_end(kept):
        yield f"is {plan.state} with nothing ahead and nobody who knows"


def _misplaced(kept: Kept, now: datetime) -> Iterable[str]:
    ahead = kept.plan.next_change_at
    if kept.next_due_at is None and ahead is not None:
        yield f"is in no index, and its plan changes at {ahead}"
    if kept.next_due_at and (ahead is None or kept.next_due_at > ahead):
        yield f"is looked at on {kept.next_due_at}, and its plan changes at {ahead}"
    if kept.next_due_at and kept.next_due_at <= now:
        yield f"was to be looked at on {kept.next_due_at}, and rests at {now}"


def _is_at_its_end(kept: Kept) -> bool:
    is_open = any(a.fate is Fate.OPEN for a in kept.dossier.ledger)
    is_ours = facts_of(kept.dossier.events).known_since is not None
    return kept.plan.state in ENDS or is_open or bool(kept.plan.settled) or not is_ours


# Nothing leaves twice


def _doubles(history: History) -> Iterable[Broken]:
    for left in _by_notice(history).values():
        for before, after in pairwise(left):
            promise = _broken_by_a_second(history, before, after)
            if promise:
                what = f"{after.notice} attempt {before.attempt}, then {after.attempt}"
                yield Broken(promise=promise, dossier_id=after.dossier_id, what=what)


def marked_doubles(history: History) -> int:
    """How many messages left that may have been there already, and said so."""
    pairs = (p for left in _by_notice(history).values() for p in pairwise(left))
    seconds = [after for before, after in pairs if not _is_wanted(history, before, after)]
    attempts = (_attempt(history, left) for left in seconds)
    return sum(1 for attempt in attempts if attempt and attempt.possible_duplicate)


def doubles(history: History) -> int:
    """How many messages left twice for one attempt's worth, marked or not."""
    pairs = (p for left in _by_notice(history).values() for p in pairwise(left))
    return sum(1 for before, after in pairs if not _is_wanted(history, before, after))


def _by_notice(history: History) -> Mapping[tuple[str, Notice], list[Left]]:
    grouped: dict[tuple[str, Notice], list[Left]] = defaultdict(list)
    for left in sorted(history.left, key=lambda one: one.at):
        if _is_forgotten(history.kept.get(left.dossier_id)):
            continue  # the reasons for a second one are gone
        grouped[left.dossier_id, _same(history, left)].append(left)
    return grouped


def _same(history: History, left: Left) -> Notice:
    """The notice under the one name that its occasion has by now."""
    kept, notice = history.kept.get(left.dossier_id), left.notice
    slot = facts_of(kept.dossier.events).appointment if kept and kept.dossier.events else None
    if slot is None or notice.occasion not in slot.revision_events:
        return notice
    return Notice(
        kind=notice.kind, number=notice.number, occasion=slot.revision, channel=notice.channel
    )


def _broken_by_a_second(history: History, before: Left, after: Left) -> Promise | None:
    if _is_wanted(history, before, after):
        return None
    if before.attempt == after.attempt or _is_known(history, before, after.at):
        return Promise.ONCE
    attempt = _attempt(history, after)
    return None if attempt and attempt.possible_duplicate else Promise.MARKED


def _is_known(history: History, left: Left, at: datetime) -> bool:
    """Whether a receipt had told us by then that this one left."""
    mine = (t for t in history.told if t.tags == left.tags and t.at < at)
    return any(told.fate in {Fate.ACCEPTED, *ARRIVED} for told in mine)


def _is_wanted(history: History, before: Left, after: Left) -> bool:
    """Whether the second one had a reason: another address, a failure, a silence, a person."""
    if before.attempt == after.attempt:
        return False
    mine = [t for t in history.told if t.tags == before.tags and t.at <= after.at]
    has_failed = any(told.fate in {Fate.BOUNCED, Fate.FAILED} for told in mine)
    return (
        before.to != after.to or has_failed or _is_silent(before, after) or _asked(history, after)
    )


def _is_silent(before: Left, after: Left) -> bool:
    is_card = after.notice.kind is Kind.CARD_READY and after.notice.channel is Channel.SMS
    return is_card and after.at - before.at >= SILENCE - timedelta(minutes=10)


def _asked(history: History, after: Left) -> bool:
    """A person's word, even of an application that another one has followed since."""
    events = history.kept[after.dossier_id].dossier.events
    words = (event for event in events if event.type is EventType.ASKED_AGAIN)
    return any(w.subject == str(after.notice) and w.known_at <= after.at for w in words)


# Whatever leaves is true, and leaves in time


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A message as it was claimed: what, when, and the facts that were stored by then."""

    notice: Notice
    attempt: int
    at: datetime
    facts: Facts

    @property
    def slot(self) -> Appointment | None:
        """The appointment at that moment."""
        return self.facts.appointment


def claims(kept: Kept) -> list[Claim]:
    """The journal read again: it is in the order of the writes, whatever the clocks said."""
    events = {event.event_id: event for event in kept.dossier.events}
    so_far, found = [], []
    for line in kept.journal:
        at, _, *words = line.split(" ")
        if words[0].startswith("forgotten"):
            so_far = [event for name, event in events.items() if name == "relance:forgotten"]
        elif words[-1] in events:
            so_far.append(events[words[-1]])
        elif words[-1] == "claimed" and so_far:
            claim = Claim(
                notice=_notice(words[0]),
                attempt=int(words[2]),
                at=datetime.fromisoformat(at),
                facts=facts_of(so_far),
            )
            found.append(claim)
    return found


def _notice(text: str) -> Notice:
    kind, number, occasion, channel = text.split(".")
    return Notice(kind=Kind(kind), number=int(number), occasion=occasion, channel=Channel(channel))


def _is_this_slot(claim: Claim) -> bool:
    slot = claim.slot
    is_current = slot is not None and slot.is_live and claim.at < slot.starts_at
    return bool(is_current and slot and claim.notice.occasion in slot.revision_events)


def _is_this_end(claim: Claim) -> bool:
    slot = claim.slot
    ends = (slot.cancelled, slot.missed) if slot else ()
    return claim.notice.occasion in {end.event_id for end in ends if end}


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
    Kind.CHECK_REMINDER: ([State.CONFIRMED], lambda c: _is_this_slot(c) and not c.facts.checked),
    Kind.APPOINTMENT_REMINDER: ([State.CONFIRMED], _is_this_slot),
    Kind.APPOINTMENT_CANCELLED: ([State.CANCELLED], _is_this_end),
    Kind.APPOINTMENT_MISSED: ([State.MISSED], _is_this_end),
    Kind.MISSING_DOCUMENTS: ([State.INCOMPLETE, *_BEFORE], _always),
    Kind.DEPOSIT_RECEIPT: ([State.DEPOSITED], _always),
    Kind.NO_NEWS: ([State.DEPOSITED], _always),
    Kind.CARD_READY: ([State.CARD_READY], _always),
    Kind.CARD_WAITING: ([State.CARD_READY], _always),
    Kind.CORRECTION: ([s for s in State if s not in _READY_OR_FETCHED], _is_taken_back),
    Kind.RENEWAL_OPENS: ([State.COLLECTED], _is_wanted_still),
    Kind.RENEWAL_LAST_CALL: ([State.COLLECTED], _is_wanted_still),
    Kind.CONTACT_US: (list(State), _always),
}


def _untrue(_history: History, kept: Kept) -> Iterable[str]:
    for claim in claims(kept):
        states, holds = MAY_LEAVE[claim.notice.kind]
        state = state_of(claim.facts)
        if state not in states or not holds(claim):
            yield f"{claim.notice} was claimed on {claim.at}, when the dossier was {state}"


_REMINDERS = frozenset(
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


def _untimely(history: History, kept: Kept) -> Iterable[str]:
    made = claims(kept)
    for claim in made:
        if claim.notice.channel is Channel.SMS and not _is_sms_hour(history.desk, claim.at):
            yield f"{claim.notice} at {claim.at.astimezone(PARIS)}"
        if claim.at.astimezone(PARIS).date() < _first_day(history.desk, claim):
            yield f"{claim.notice} at {claim.at.astimezone(PARIS)}, before its six weeks"
    yield from _floods(made)
    yield from _at_once(kept, made)


def _is_sms_hour(desk: Desk, at: datetime) -> bool:
    local = at.astimezone(PARIS)
    return 9 <= local.hour < 19 and not desk.is_quiet(local.date())


def _first_day(desk: Desk, claim: Claim) -> date:
    """The six-week rhythm, by the facts of then."""
    anchors = {Kind.NO_NEWS: claim.facts.deposited, Kind.CARD_WAITING: claim.facts.card_ready}
    milestone = anchors.get(claim.notice.kind)
    if milestone is None:
        return date.min
    return after_rule(milestone.day + claim.notice.number * SIX_WEEKS, desk.is_quiet)


def _floods(made: Iterable[Claim]) -> Iterable[str]:
    tries = {(claim.notice, claim.attempt, paris_day(claim.at)) for claim in made}
    messages = Counter(day for _, _, day in tries)
    reminders = Counter(day for notice, _, day in tries if notice.kind in _REMINDERS)
    yield from (f"{n} messages on {day}" for day, n in messages.items() if n > MESSAGES_A_DAY)
    yield from (f"{n} reminders on {day}" for day, n in reminders.items() if n > REMINDERS_A_DAY)


#: Of these, only the latest that is due is sent: the others say less, or the same.
_SERIES = (
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
        is_row = any({one.kind, other.kind} <= set(row) for row in _SERIES)
        is_other = (one.kind, one.number) != (other.kind, other.number)
        is_at_once = after.at - before.at < timedelta(minutes=1)
        if is_same and is_row and is_other and is_at_once and not _is_asked_for(kept, after, one):
            yield f"{one} and {other} at once"


def _is_asked_for(kept: Kept, after: Claim, earlier: Notice) -> bool:
    """Whether a person wanted the earlier one once more, on any channel and still waited."""
    name = f"{earlier.kind}.{earlier.number}.{earlier.occasion}."
    words = (word for word in after.facts.asked_again if str(word.notice).startswith(name))
    return any(not _had_arrived(kept, word, after.at) for word in words)


def _had_arrived(kept: Kept, asked: Decision, at: datetime) -> bool:
    return any(
        a.notice == asked.notice
        and a.fate in ARRIVED
        and asked.at <= a.claimed_at
        and a.fate_at < at
        for a in kept.dossier.ledger
    )


# History, ledger and receipts agree


def _disorder(history: History, kept: Kept) -> Iterable[str]:
    dossier = kept.dossier
    if dossier.events and kept.state is not state_of(facts_of(dossier.events)):
        yield f"is listed as {kept.state}"
    opened = [a.claimed_at for a in dossier.ledger if a.fate is Fate.OPEN]
    if kept.work_since != min(opened, default=None):
        yield f"is on the work list since {kept.work_since}, and has {len(opened)} open notices"
    claimed = {(claim.notice, claim.attempt) for claim in claims(kept)}
    for attempt in dossier.ledger:
        if dossier.forgotten and attempt.claimed_at <= dossier.forgotten.at:
            continue  # the journal of then is gone
        is_message = attempt.notice.channel is not Channel.DESK and attempt.token
        if is_message and (attempt.notice, attempt.attempt) not in claimed:
            yield f"{attempt.notice} attempt {attempt.attempt} is not in the journal"
    yield from _unheard(history, dossier)


def _unheard(history: History, dossier: Dossier) -> Iterable[str]:
    """A delivery that was told is in the ledger, unless it came back; and none is made up."""
    delivered = {tuple(sorted(t.tags.items())) for t in history.told if t.fate is Fate.DELIVERED}
    for left in (one for one in history.left if one.dossier_id == dossier.dossier_id):
        attempt = _attempt(history, left)
        was_told = tuple(sorted(left.tags.items())) in delivered
        if attempt and was_told and attempt.fate not in {*ARRIVED, Fate.BOUNCED}:
            yield f"{left.notice} attempt {left.attempt} arrived, and is {attempt.fate}"
        if attempt and attempt.fate is Fate.DELIVERED and not was_told:
            yield f"{left.notice} attempt {left.attempt} is delivered, and nobody said so"


# Who asked to be forgotten is


def _remembered(history: History, kept: Kept) -> Iterable[str]:
    gone = kept.dossier.forgotten
    if gone is None or not gone.on_request:
        return
    dossier_id = kept.dossier.dossier_id
    if kept.dossier != Dossier(dossier_id=dossier_id, forgotten=gone):
        yield f"keeps {len(kept.dossier.events)} events and {len(kept.dossier.ledger)} attempts"
    if len(kept.journal) != 1 or kept.next_due_at or kept.work_since:
        yield f"has {len(kept.journal)} lines, and is looked at on {kept.next_due_at}"
    yield from (f"{key} is kept" for key in history.documents if f"/{dossier_id}/" in key)
    late = [left for left in history.left if left.dossier_id == dossier_id]
    yield from (f"{one.notice} left on {one.at}" for one in late if one.at > gone.at + OUTLIVED)


def _indiscreet(history: History, kept: Kept) -> Iterable[str]:
    mine = (left for left in history.left if left.dossier_id == kept.dossier.dossier_id)
    tags = (f"{name} {value}" for left in mine for name, value in left.tags.items())
    for line in (*kept.journal, *tags):
        yield from (f"names {word!r} in {line!r}" for word in history.private if word in line)


_OF_A_DOSSIER: Sequence[tuple[Promise, Callable[[History, Kept], Iterable[str]]]] = (
    (Promise.NOT_LOST, _lost),
    (Promise.NOT_STUCK, _stuck),
    (Promise.TRUE, _untrue),
    (Promise.IN_TIME, _untimely),
    (Promise.IN_ORDER, _disorder),
    (Promise.FORGOTTEN, _remembered),
    (Promise.DISCREET, _indiscreet),
)
