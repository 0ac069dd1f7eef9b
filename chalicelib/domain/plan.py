"""What is owed now, what later, and when that answer can next change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.attempts import FIRST_TRY, Attempt, Kind, NextTry, Notice, Status, open_line
from chalicelib.domain.candidates import Candidate, candidates
from chalicelib.domain.contact import Channel
from chalicelib.domain.deliveries import Delivery, deliveries_of, is_refused
from chalicelib.domain.desk_calendar import Desk, paris_day
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.facts import State
from chalicelib.domain.holds import NO_HOLDS, Holds
from chalicelib.domain.hours import Hours, backlog_ends_at, slots_rest_at
from chalicelib.domain.retries import Standing
from chalicelib.domain.rules import Anchor, Case, rule_of
from chalicelib.domain.work import Work, after_a_word, serve_failed, stands, work_of

#: The one message that follows from another's failure and not from a fact of the procedure.
_CONTACT_US = rule_of(Kind.CONTACT_US)


@dataclass(frozen=True, kw_only=True)
class Owed:
    """One message or desk notice: due by its rule at `due_at`, to leave at `ready_at`, by its next
    try. A line for the work list is opened at `opened_at`, and names its `losses`.
    """

    notice: Notice
    due_at: datetime
    ready_at: datetime
    end_at: datetime | None = None
    next_try: NextTry = FIRST_TRY
    losses: tuple[str, ...] = ()
    opened_at: datetime | None = None

    @property
    def why(self) -> str:
        """What makes it owed, or keeps it from leaving: a short code."""
        return self.next_try.why

    def opened(self, now: datetime) -> Attempt:
        """The line of the work list by which a desk notice stands there from now on, or since it
        was opened with less on it.
        """
        line = self.next_try.ended(self.notice, Status.OPEN, now)
        return replace(line, claimed_at=self.opened_at or now, losses=self.losses)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The answer for one dossier at one instant.

    `due` can go now, in this order: first what somebody asked for. `later` is what is foreseen;
    `stuck` are messages that are owed and cannot leave, each with its reason; `ended` are open
    desk notices that no longer stand; `settled` are desk notices on which a person has said the
    last word; `next_change_at` is the next instant at which any of this can differ.
    """

    state: State
    due: tuple[Owed, ...]
    later: tuple[Owed, ...]
    stuck: tuple[Owed, ...]
    ended: tuple[Attempt, ...]
    settled: tuple[Notice, ...]
    next_change_at: datetime | None


def owed(
    dossier: Dossier,
    desk: Desk,
    addresses: Mapping[Channel, str],
    now: datetime,
    holds: Holds = NO_HOLDS,
) -> Plan:
    """What is owed for a dossier that has at least one event.

    `addresses` holds a keyed hash of the address the student has now on each channel, if any;
    `holds` are the channels that refuse us at the moment.
    """
    case = Case(
        facts=dossier.facts,
        state=dossier.state,
        ledger=dossier.ledger,
        desk=desk,
        now=now,
        addresses=addresses,
    )
    wanted, hours = candidates(case), _hours(dossier, case, holds)
    deliveries = [
        delivery for candidate in wanted for delivery in deliveries_of(case, candidate, hours)
    ]
    deliveries += [
        delivery
        for candidate in _contact_us(case, deliveries)
        for delivery in deliveries_of(case, candidate, hours)
    ]
    everything = [*work_of(case, wanted, deliveries), *_serve_failed(case, dossier)]
    work = [w for w in everything if not w.is_ended]
    foreseen = _foreseen(case, deliveries, work, hours)
    later = tuple(sorted((o for o in foreseen if o.ready_at > now), key=lambda o: o.ready_at))
    changes = [*(o.ready_at for o in later), *_changes(case, wanted, deliveries, work)]
    return Plan(
        state=case.state,
        due=tuple(o for o in foreseen if o.ready_at <= now),
        later=later,
        stuck=tuple(
            _message(delivery)
            for delivery in deliveries
            if delivery.outlook.stand is Standing.SPENT
        ),
        ended=tuple(_ended(case, work)),
        settled=tuple(w.notice for w in everything if w.is_ended),
        next_change_at=min((c for c in changes if c > now), default=None),
    )


def _hours(dossier: Dossier, case: Case, holds: Holds) -> Hours:
    slots, moves = case.facts.appointments, dossier.slot_changes
    return Hours(
        desk=case.desk,
        dossier_id=dossier.dossier_id,
        holds=holds,
        ledger=case.ledger,
        not_before=dossier.not_before,
        backlog_ends_at=backlog_ends_at(dossier.events),
        slots_rest_at=slots_rest_at(slots, moves, case.ledger),
        now=case.now,
    )


def _foreseen(
    case: Case, deliveries: Iterable[Delivery], work: Iterable[Work], hours: Hours
) -> list[Owed]:
    ready = (delivery for delivery in deliveries if delivery.outlook.stand is Standing.READY)
    messages = [
        _message(delivery)
        for delivery in sorted(ready, key=lambda delivery: not delivery.is_wanted)
    ]
    notices = [_desk_notice(case, w, hours) for w in work if not stands(case, w)]
    return [*messages, *(o for o in notices if o.end_at is None or o.ready_at < o.end_at)]


def _message(delivery: Delivery) -> Owed:
    return Owed(
        notice=delivery.notice,
        due_at=delivery.candidate.due_at,
        ready_at=delivery.ready_at,
        end_at=delivery.end_at,
        next_try=delivery.outlook.next_try,
    )


def _desk_notice(case: Case, work: Work, hours: Hours) -> Owed:
    """Another line, or the open one with more on it."""
    line = open_line(case.ledger, str(work.notice))
    earlier = [a for a in case.ledger if a.notice == work.notice]
    return Owed(
        notice=work.notice,
        due_at=work.at,
        ready_at=hours.for_desk(work.at, work.end_at),
        end_at=work.end_at,
        next_try=NextTry(attempt=line.attempt if line else len(earlier) + 1, why=work.why),
        losses=work.losses,
        opened_at=line.claimed_at if line else None,
    )


def _contact_us(case: Case, deliveries: Iterable[Delivery]) -> Iterable[Candidate]:
    """Something is owed by e-mail to an address that is useless: say so by SMS, once for each."""
    useless = _useless_address(case)
    stuck = [delivery.outlook.at for delivery in deliveries if _is_stuck_mail(delivery, case.now)]
    if useless and stuck:
        at = min(stuck)
        anchor = Anchor(occasion=useless, same=frozenset(), at=at, learnt_at=at, day=paris_day(at))
        yield Candidate(rule=_CONTACT_US, number=1, anchor=anchor, due_at=at)


def _useless_address(case: Case) -> str:
    """What stands for an address that is dead, or that nobody could send to: its seal or fault."""
    if is_refused(case, Channel.EMAIL):
        return case.addresses[Channel.EMAIL]
    contact = case.facts.contact
    return (contact and contact.no_mail) or ""


def _is_stuck_mail(delivery: Delivery, now: datetime) -> bool:
    is_spent = delivery.outlook.stand is Standing.SPENT and delivery.outlook.at <= now
    return is_spent and delivery.notice.channel is Channel.EMAIL


def _serve_failed(case: Case, dossier: Dossier) -> Iterable[Work]:
    """Our program fails to serve this dossier: a person should know while it waits."""
    at = dossier.backed_off_at
    if at:
        yield after_a_word(case, Work(notice=serve_failed(at), at=at))


def _ended(case: Case, work: Iterable[Work]) -> Iterable[Attempt]:
    current = (w for w in work if w.at <= case.now and (w.end_at is None or case.now < w.end_at))
    standing = {w.notice for w in current}
    return (a for a in case.ledger if a.status is Status.OPEN and a.notice not in standing)


def _changes(
    case: Case, wanted: Iterable[Candidate], deliveries: Iterable[Delivery], work: Iterable[Work]
) -> Iterable[datetime]:
    yield from (candidate.due_at for candidate in wanted)
    yield from (delivery.outlook.at for delivery in deliveries)
    yield from (delivery.outlook.lost_at for delivery in deliveries if delivery.outlook.lost_at)
    yield from (
        delivery.end_at
        for delivery in deliveries
        if delivery.end_at and delivery.candidate.due_at <= case.now
    )
    yield from (w.end_at for w in work if w.end_at)
