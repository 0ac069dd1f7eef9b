"""The story of one dossier on one line: what happened, what left, what was decided, what comes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.attempts import Attempt, Kind, Notice, Status
from chalicelib.domain.consequences import dropped
from chalicelib.domain.contact import Channel
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import Event, by_time
from chalicelib.domain.plan import Owed, Plan

#: Of a very long story only the last events are asked what they put an end to: two plans each.
REPLAYED_AT_MOST = 60

#: What was owed for a dossier at an instant.
Replay = Callable[[Dossier, datetime], Plan]


class EntryKind(StrEnum):
    """The kinds of entries."""

    EVENT = "event"  #: something happened: `event`
    ATTEMPT = "attempt"  #: a message was tried: `attempt`, with its status
    WORK = "work"  #: a desk notice, open or closed: `attempt`
    NOT_SENT = "not_sent"  #: `notice` was foreseen and never left, for `why`
    PLANNED = "planned"  #: `owed` is foreseen


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the story, at an instant; which of the others is given follows from `what`.

    `why` is a short code.
    """

    at: datetime
    what: EntryKind
    event: Event | None = None
    attempt: Attempt | None = None
    notice: Notice | None = None
    owed: Owed | None = None
    why: str = ""


def timeline(dossier: Dossier, plan: Plan, replay: Replay) -> Sequence[Entry]:
    """Everything about a dossier, oldest first; what is planned comes last.

    What was not sent is found by living through the events once more, in the order in which they
    were learnt: `replay` plans the dossier as it stood before and after each.
    """
    past = [*map(_of_event, dossier.events), *_not_sent(dossier, plan, replay)]
    past += map(_of_attempt, dossier.ledger)
    ahead = sorted((*plan.due, *plan.later), key=lambda owed: owed.ready_at)
    return [*sorted(past, key=lambda entry: entry.at), *map(_of_owed, ahead)]


def _of_event(event: Event) -> Entry:
    return Entry(at=event.known_at, what=EntryKind.EVENT, event=event, why=event.why or "")


def _of_attempt(attempt: Attempt) -> Entry:
    is_work = attempt.notice.channel is Channel.DESK
    return Entry(
        at=attempt.claimed_at,
        what=EntryKind.WORK if is_work else EntryKind.ATTEMPT,
        attempt=attempt,
        notice=attempt.notice,
        why=attempt.reason,
    )


def _of_owed(owed: Owed) -> Entry:
    return Entry(
        at=owed.ready_at, what=EntryKind.PLANNED, owed=owed, notice=owed.notice, why=owed.why
    )


def _not_sent(dossier: Dossier, plan: Plan, replay: Replay) -> Iterator[Entry]:
    """The messages that each event made pointless before they left, each kind once an event."""
    learnt = sorted(dossier.events, key=lambda event: event.received_at)
    spared = {owed.notice for owed in (*plan.due, *plan.later)}
    spared |= {attempt.notice for attempt in dossier.ledger}
    for n in range(max(1, len(learnt) - REPLAYED_AT_MOST), len(learnt)):
        event, at = learnt[n], learnt[n].received_at
        before = replay(_as_it_stood(dossier, learnt[:n], at), at)
        after = replay(_as_it_stood(dossier, learnt[: n + 1], at), at)
        gone = [notice for notice in dropped(before, after) if notice not in spared]
        spared.update(gone)
        for notice in _first_of_each_kind(gone):
            yield Entry(at=at, what=EntryKind.NOT_SENT, notice=notice, why=event.type.value)


def _first_of_each_kind(notices: Iterable[Notice]) -> Iterable[Notice]:
    """Whoever hears that a reminder did not leave need not hear it of the two that follow it."""
    first: dict[Kind, Notice] = {}
    for notice in notices:
        first.setdefault(notice.kind, notice)
    return first.values()


def _as_it_stood(dossier: Dossier, known: Iterable[Event], at: datetime) -> Dossier:
    """The dossier with these events, and its ledger as far as it was written by then."""
    return replace(
        dossier,
        events=tuple(sorted(known, key=by_time)),
        ledger=tuple(_by_then(a, at) for a in dossier.ledger if a.begun <= at),
        backed_off_at=None,
        not_before=None,
    )


def _by_then(attempt: Attempt, at: datetime) -> Attempt:
    """An attempt before its end: in a provider's hands, or on the work list."""
    if attempt.status_at <= at:
        return attempt
    status = Status.OPEN if attempt.notice.channel is Channel.DESK else Status.ACCEPTED
    return replace(
        attempt,
        status=status,
        status_at=attempt.begun,
        until=None,
        failure_class=None,
        closed_by="",
    )
