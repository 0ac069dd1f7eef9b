"""Nobody is lost: what is owed has arrived, is on its way, or is named to a person.

Which notices are owed is read from the table of rules; whether a message may stand for another, and
what a line of the work list excuses, is said here anew.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from chalicelib.domain.attempts import ARRIVED, Attempt, Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Desk, SlotPurpose, at_paris, paris_day
from chalicelib.domain.events import SLOTS, Event, EventType
from chalicelib.domain.facts import Facts
from chalicelib.domain.rules import RULES, Anchor, Case, Rule
from tests.guarantee.history import History, Kept, Line, standing

#: How long a message may be under way before it has arrived or a person knows. The longest way is
#: an SMS before a Sunday and a holiday: 72 hours of silence count from the day it leaves.
PATIENCE = timedelta(days=6)
#: After so long without a receipt a message has not arrived, or nobody knows whether it left.
SILENT = {Channel.EMAIL: timedelta(hours=24), Channel.SMS: timedelta(hours=72)}
UNKNOWN, PUT_OFF = timedelta(minutes=15), timedelta(hours=24)
#: Functions whose clocks differ by so much may write in either order.
SKEW = timedelta(seconds=10)
#: When dated things happen, by the clocks of Paris.
SEND_AT = time(9)

#: What begins the way of a message anew. A word about the work list does not, nor does a repeat.
_BEGINS_ANEW = frozenset(EventType) - {
    EventType.WORK_CLOSED,
    EventType.NOTED,
    EventType.CHECKED,
    EventType.RENEWAL_BOOKED,
    EventType.UNSUBSCRIBED,
}
_COLLECT, _END = SlotPurpose.COLLECT, {EventType.COLLECTED, EventType.CLOSED}
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Debt:
    """A message that a rule owes by now on some channels, and every try at it, under any name of
    its occasion.
    """

    rule: Rule
    purpose: SlotPurpose
    channels: Sequence[Channel]
    number: int
    anchor: Anchor
    due_at: datetime
    end_at: datetime | None
    tries: Sequence[Attempt]

    def __str__(self) -> str:
        return f"{self.rule.kind}.{self.number}.{self.anchor.occasion}"

    def losses(self, channel: Channel) -> frozenset[str]:
        """What a line of the work list may call it on a channel: another try is another loss."""
        tries = sum(1 for a in self.tries if a.notice.channel is channel)
        occasions = {self.anchor.occasion, *self.anchor.same}
        notice = f"{self.rule.kind}.{self.number}"
        return frozenset(f"{notice}.{occasion}.{channel}#{tries}" for occasion in occasions)


def lost(history: History, kept: Kept) -> Iterable[str]:
    """Each notice that reached nobody, and of which no person knows."""
    if not kept.dossier.events:
        return
    debts = debts_of(kept, history.desk, history.now)
    for debt in debts:
        if _is_fine(history, kept, debt) or _is_spoken_for(history, kept, debt, debts):
            continue
        yield f"{debt} reached nobody"
    if _is_overlooked(history, kept):
        yield "is expected to collect the card, and no word and no line speaks of it"


def _is_overlooked(history: History, kept: Kept) -> bool:
    """Whether an appointment to collect lies ahead, by the events alone, and nothing was ever
    written of one: neither to the student nor for a person.
    """
    events = [e for e in kept.dossier.events if kept.purposes.get(e.appointment_id) is _COLLECT]
    told = [e for e in events if e.type in SLOTS | {EventType.CANCELLED}]
    last = max(told, key=lambda e: (e.known_at, e.type is EventType.CANCELLED), default=None)
    is_over = kept.is_forgotten or any(e.type in _END for e in kept.dossier.events)
    if is_over or last is None or last.type not in SLOTS or last.starts_at is None:
        return False
    is_waited_for = max(e.received_at for e in kept.dossier.events) + PATIENCE > history.now
    if is_waited_for or last.starts_at <= history.now:
        return False
    names = " ".join(f"{a.notice} {' '.join(a.losses)}" for a in kept.dossier.ledger)
    return not any(f".{e.event_id}." in names for e in events)


def debts_of(kept: Kept, desk: Desk, now: datetime) -> list[Debt]:
    """Every message that is owed by now, whatever has become of it, and whatever replaces it."""
    cases = {p: case_about(p, kept.facts, kept, desk, now) for p in SlotPurpose}
    standing = [(case, rule) for rule in RULES for p in rule.purposes if (case := cases[p])]
    return [debt for case, rule in standing for debt in _of_rule(case, rule) if debt.due_at <= now]


def case_about(
    purpose: SlotPurpose, facts: Facts, kept: Kept, desk: Desk, now: datetime
) -> Case | None:
    """What a rule sees that speaks of the appointment for that purpose; of one to collect nothing,
    where there is none.
    """
    if purpose is SlotPurpose.COLLECT and facts.to_collect.appointment is None:
        return None
    return Case(
        facts=facts.about(purpose),
        state=standing(facts, purpose),
        ledger=kept.dossier.ledger,
        desk=desk,
        now=now,
    )


def _of_rule(case: Case, rule: Rule) -> Iterable[Debt]:
    is_for_the_desk = Channel.DESK in rule.channels  # where things end: see `rest`
    anchor = rule.anchor(case) if case.state in rule.states and not is_for_the_desk else None
    if anchor is None or rule.unless(case, anchor):
        return
    ends = [rule.end(case, anchor, channel) for channel in rule.channels]
    for number in rule.numbers:
        yield Debt(
            rule=rule,
            purpose=case.facts.purpose,
            channels=[c for c in rule.channels if rule.goes_by(case, anchor, c)],
            number=number,
            anchor=anchor,
            due_at=rule.due(case, anchor, number),
            end_at=None if None in ends else max(end for end in ends if end),
            tries=case.tries(rule.kind, number, anchor),
        )


def occasions_of(case: Case, kind: Kind) -> frozenset[str]:
    """The names under which a message is owed, if it is."""
    rules = (rule for rule in RULES if rule.kind is kind and case.state in rule.states)
    anchors = [anchor for rule in rules if (anchor := rule.anchor(case))]
    return frozenset(name for a in anchors for name in (a.occasion, *a.same))


def _is_fine(history: History, kept: Kept, debt: Debt) -> bool:
    return (
        is_under_way(history, kept, debt)
        or is_over(debt, history.now)
        or has_arrived(kept, debt)
        or is_unwanted(kept, debt)
        or is_named(history, kept, debt)
    )


def _is_spoken_for(history: History, kept: Kept, debt: Debt, debts: Iterable[Debt]) -> bool:
    """Whether a later one of its series says the same: it arrived, or really goes its way."""
    return any(
        has_arrived(kept, later) or _goes_its_way(history, kept, later)
        for later in debts
        if replaces(later, debt)
    )


def _goes_its_way(history: History, kept: Kept, debt: Debt) -> bool:
    is_wanted = not is_unwanted(kept, debt)
    return is_wanted and (is_under_way(history, kept, debt) or is_named(history, kept, debt))


_COME = frozenset({Kind.NO_NEWS, Kind.CARD_WAITING})
#: What is not said any more after something else: to wait for a card, while a mistake about it is
#: put right; to come and ask, to whom an appointment had said when.
SILENT_AFTER: Mapping[Kind, Set[Kind]] = {
    Kind.CORRECTION: frozenset({Kind.DEPOSIT_RECEIPT, Kind.NO_NEWS}),
    Kind.APPOINTMENT_CANCELLED: _COME,
    Kind.APPOINTMENT_MISSED: _COME,
}


def replaces(later: Debt, debt: Debt) -> bool:
    """Whether it is the later one of the same series, about the appointment for the same purpose if
    about one; or says the contrary of what was due until its day.
    """
    if debt.rule.kind in SILENT_AFTER.get(later.rule.kind, ()):
        return paris_day(later.due_at) >= paris_day(debt.due_at)
    is_series = later.rule.series is debt.rule.series is not None
    is_later = (later.due_at, later.number) > (debt.due_at, debt.number)
    return is_series and later.purpose is debt.purpose and is_later


def is_under_way(history: History, kept: Kept, debt: Debt) -> bool:
    """Whether it has not been waited for long enough."""
    return _under_way_since(kept, debt) + PATIENCE > history.now


def _under_way_since(kept: Kept, debt: Debt) -> datetime:
    """The last thing that began its way anew: its instant, a try, an event, a rest."""
    dossier = kept.dossier
    begun = [debt.due_at, debt.anchor.learnt_at, *(a.claimed_at for a in debt.tries)]
    begun += [e.received_at for e in _news(dossier.events)]
    begun += [a.until for a in debt.tries if a.until]
    return max([*begun, *([dossier.not_before] if dossier.not_before else [])])


def _news(events: Iterable[Event]) -> list[Event]:
    """The events that may change what is owed, without repeats of what was told already."""
    told: dict[Event, Event] = {}
    for event in events:
        if event.type in _BEGINS_ANEW:
            said = replace(event, event_id="", digest="", at=_NEVER, received_at=_NEVER)
            told.setdefault(said, event)
    repeats = {EventType.ASKED_AGAIN, EventType.CONTACT_UPDATED, EventType.WITHDRAWN}
    return [*told.values(), *(e for e in events if e.type in repeats)]


def is_over(debt: Debt, now: datetime) -> bool:
    """Whether it has become pointless on every channel."""
    return debt.end_at is not None and debt.end_at <= now


def has_arrived(kept: Kept, debt: Debt) -> bool:
    """Whether it arrived on any channel since somebody asked for it there.

    What the student still needs has to arrive at the address of today.
    """
    words = kept.facts.asked_again
    return any(
        a.status in ARRIVED and not _is_elsewhere(kept, debt, a)
        for a in debt.tries
        if all(w.notice != a.notice or w.at <= a.claimed_at + SKEW for w in words)
    )


def _is_elsewhere(kept: Kept, debt: Debt, attempt: Attempt) -> bool:
    address = kept.addresses.get(attempt.notice.channel)
    is_dead = attempt.links not in {"", *kept.facts.links.names}
    return (
        debt.rule.fresh_address and address is not None and (is_dead or attempt.address != address)
    )


# Who does not want reminders


def is_unwanted(kept: Kept, debt: Debt) -> bool:
    """Whether it is a reminder that nobody wants at any address, and the desk knows that."""
    addresses = {kept.addresses.get(channel) for channel in debt.rule.channels}
    unwanted = _complaints(kept) & addresses
    return not owed_on(kept, debt) and all(_knows(kept, address) for address in unwanted)


def _knows(kept: Kept, address: str) -> bool:
    """Whether the desk has a line about this complaint, or has had it."""
    lines = (a for a in kept.dossier.ledger if a.notice.kind is Kind.COMPLAINED)
    return any(a.notice.occasion == address and _is_of_a_person(a) for a in lines)


def _is_of_a_person(line: Attempt) -> bool:
    return line.status is Status.OPEN or bool(line.closed_by)


# Who is in front of a person


def is_named(history: History, kept: Kept, debt: Debt) -> bool:
    """Whether lines name this loss to a person, on every channel that is owed: lines that stand, or
    that a person has ended.

    What a fact has ended names nothing any more, and a word deals with what was known by then.
    """
    owed = owed_on(kept, debt)
    return bool(owed) and all(
        any(
            line.status is Status.OPEN or _is_dealt_with(history, kept, debt, line)
            for line in kept.dossier.ledger
            if debt.losses(channel) & set(line.losses) and _is_of_a_person(line)
        )
        for channel in owed
    )


def owed_on(kept: Kept, debt: Debt) -> Sequence[Channel]:
    """An SMS is owed only to who has a mobile, and a reminder only to who did not complain."""
    complaints = _complaints(kept) if debt.rule.reminder else frozenset()
    addresses = {channel: kept.addresses.get(channel) for channel in debt.channels}
    return [
        channel
        for channel, address in addresses.items()
        if (address or channel is Channel.EMAIL) and address not in complaints
    ]


def _complaints(kept: Kept) -> frozenset[str]:
    return frozenset(a.address for a in kept.dossier.ledger if a.status is Status.COMPLAINED)


def _is_dealt_with(history: History, kept: Kept, debt: Debt, line: Attempt) -> bool:
    """Whether the word that ended a line was said after all of the loss was known, and lasts."""
    word = kept.events.get(line.closed_by)
    if word is None:
        return False
    comes_back = at_paris(word.until, SEND_AT) if word.until else None
    if comes_back and history.now >= comes_back + timedelta(days=1):
        return False
    last = {a.notice.channel: a for a in sorted(debt.tries, key=lambda a: a.attempt)}
    return all(_was_known(history.desk, kept, debt, a, word) for a in last.values())


def _was_known(desk: Desk, kept: Kept, debt: Debt, attempt: Attempt, word: Event) -> bool:
    """Whether the desk could know by then that this try, the last on its channel, was lost."""
    if attempt.status in {Status.BOUNCED, Status.FAILED}:
        return failed_on(kept, attempt) < kept.written(word)
    wait = PUT_OFF if attempt.status is Status.POSTPONED else UNKNOWN
    if attempt.status is Status.ACCEPTED:
        wait = SILENT[attempt.notice.channel]
    silent_at = (attempt.begun if attempt.status is Status.POSTPONED else attempt.status_at) + wait
    if debt.end_at:
        in_time = _open_day_before(desk, debt.end_at)
        silent_at = min(silent_at, max(in_time, attempt.status_at + UNKNOWN))
    return silent_at <= word.received_at + SKEW


def failed_on(kept: Kept, attempt: Attempt) -> int:
    """The line of the journal from which on this try is known to have failed; 0 if it is gone."""
    mine = [line for line in kept.lines if _is_about(line, attempt)]
    since = 0
    for line in reversed(mine):
        if line.status not in {Status.BOUNCED, Status.FAILED}:
            break
        since = line.number
    return since


def _is_about(line: Line, attempt: Attempt) -> bool:
    return line.notice == str(attempt.notice) and line.attempt == attempt.attempt


def _open_day_before(desk: Desk, end_at: datetime) -> datetime:
    """Nine o'clock of the last open day before the end: the desk has to know by then."""
    days = (paris_day(end_at) - timedelta(days=n) for n in range(1, 60))
    return at_paris(next(filter(desk.is_open, days), paris_day(end_at)), SEND_AT)


def misread(history: History, kept: Kept) -> Iterable[str]:
    """What the ledger does not take for lost, although a provider has said so, in its own words."""
    for left in history.unread:
        attempt = history.attempt(left)
        is_mine = left.dossier_id == kept.dossier.dossier_id
        if is_mine and attempt and attempt.status not in {Status.BOUNCED, Status.FAILED}:
            yield f"{left.notice} attempt {left.attempt} is {attempt.status}, and arrived nowhere"
