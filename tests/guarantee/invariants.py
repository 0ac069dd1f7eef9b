"""What must hold of every run, checked on plain data: who was owed what, and what came of it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from chalicelib.domain.attempts import ARRIVED, Kind, Notice, Status
from chalicelib.domain.contact import Channel, Contact, same_mailbox
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.facts import state_of
from chalicelib.domain.recording import said_by
from chalicelib.domain.rules import rule_of
from tests.guarantee.history import Acknowledged, History, Kept, Left
from tests.guarantee.losses import lost, misread
from tests.guarantee.rest import stuck
from tests.guarantee.truth import untimely, untrue
from tests.guarantee.words import is_same, unheard

#: The silence after which the SMS about a card is written again, and which is no duplicate.
SILENCE = timedelta(hours=72)
#: A worker that is slower than its lease, where Lambda would long have ended it, may still send.
OUTLIVED = timedelta(minutes=15)


class Promise(StrEnum):
    """What a run may break."""

    REMEMBERED = "remembered"  #: what we acknowledged is kept
    NOT_LOST = "not lost"  #: what is owed arrives, or stands in front of a person
    HEARD = "heard"  #: a person's word has its effect, or is refused
    NOT_STUCK = "not stuck"  #: whatever is not at its end goes on, within reason
    ONCE = "once"  #: nothing leaves twice whose receipt was told, or that was asked for once
    MARKED = "marked"  #: what may have left twice says so
    TRUE = "true"  #: nothing leaves about what has changed, or has not happened yet
    IN_TIME = "in time"  #: no SMS at night, no follow-up before six weeks, no flood
    IN_ORDER = "in order"  #: history, ledger and receipts agree
    FORGOTTEN = "forgotten"  #: of whoever asked for it nothing is kept, and nothing leaves
    DISCREET = "discreet"  #: no personal data in the journal or in what a provider gives back


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
        is_gone = kept is not None and kept.is_forgotten
        is_known = any(line.endswith(f" {one.event_id}") for line in lines) or is_gone
        is_known = is_known or _is_said_already(kept, one)
        if not is_known and one.event_id not in history.quarantined:
            what = f"acknowledged {one.event_id} and forgot it"
            yield Broken(promise=Promise.REMEMBERED, dossier_id=one.dossier_id, what=what)
    for left in history.left:
        kept = history.kept.get(left.dossier_id)
        is_gone = kept is not None and kept.is_forgotten
        if not is_gone and history.attempt(left) is None:
            what = f"{left.notice} attempt {left.attempt} left without a claim"
            yield Broken(promise=Promise.IN_ORDER, dossier_id=left.dossier_id, what=what)


def _is_said_already(kept: Kept | None, one: Acknowledged) -> bool:
    """Whether it was a repetition, of which nothing need be kept."""
    events = kept.dossier.events if kept else ()
    return one.told is not None and _said_by(one.told) in map(_said_by, events)


def _said_by(event: Event) -> Event:
    """What its sender said: what an appointment was taken for, its sender did not say."""
    said = said_by(event)
    return said if event.is_purpose_said else replace(said, purpose=SlotPurpose.DEPOSIT)


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
    attempts = (history.attempt(left) for left in seconds)
    return sum(1 for attempt in attempts if attempt and attempt.possible_duplicate)


def doubles(history: History) -> int:
    """How many messages left twice for one attempt's worth, marked or not."""
    pairs = (p for left in _by_notice(history).values() for p in pairwise(left))
    return sum(1 for before, after in pairs if not _is_wanted(history, before, after))


def _by_notice(history: History) -> Mapping[tuple[str, Notice], list[Left]]:
    grouped: dict[tuple[str, Notice], list[Left]] = defaultdict(list)
    for left in sorted(history.left, key=lambda one: one.at):
        kept = history.kept.get(left.dossier_id)
        if kept and kept.is_forgotten:
            continue  # the reasons for a second one are gone
        grouped[left.dossier_id, _same(kept, left)].append(left)
    return grouped


def _same(kept: Kept | None, left: Left) -> Notice:
    """The notice under the one name that its occasion has by now."""
    slots = kept.slots if kept else ()
    its = next((slot for slot in slots if left.notice.occasion in slot.revision_events), None)
    return replace(left.notice, occasion=its.revision) if its else left.notice


def _broken_by_a_second(history: History, before: Left, after: Left) -> Promise | None:
    if _is_wanted(history, before, after):
        return None
    if before.attempt == after.attempt or _is_known(history, before, after.at):
        return Promise.ONCE
    attempt = history.attempt(after)
    return None if attempt and attempt.possible_duplicate else Promise.MARKED


def _is_known(history: History, left: Left, at: datetime) -> bool:
    """Whether a receipt had told us by then that this one left."""
    mine = (t for t in history.told if t.tags == left.tags and t.at < at)
    return any(told.status in {Status.ACCEPTED, *ARRIVED} for told in mine)


def _is_wanted(history: History, before: Left, after: Left) -> bool:
    """Whether the second one had a reason: another address, links that open nothing any more, a
    failure, a silence, a person.
    """
    if before.attempt == after.attempt:
        return False
    mine = [t for t in history.told if t.tags == before.tags and t.at <= after.at]
    has_failed = any(told.status in {Status.BOUNCED, Status.FAILED} for told in mine)
    has_reason = before.to != after.to or has_failed or _is_silent(before, after)
    return has_reason or _asked(history, before, after) or _has_new_links(history, before, after)


def _has_new_links(history: History, before: Left, after: Left) -> bool:
    """Whether the links of the first one were dead by then: somebody wanted new ones, or the
    address had been another one meanwhile, and was taken back.
    """
    is_fresh = after.notice.channel is Channel.EMAIL and rule_of(after.notice.kind).fresh_address
    kept = history.kept[after.dossier_id]
    first, second = kept.claimed(before), kept.claimed(after)
    here = Contact(given_name="", family_name="", email=after.to)
    return is_fresh and any(
        first < kept.written(event) < second
        for event in kept.dossier.events
        if event.type is EventType.LINKS_RENEWED
        or (event.contact and not same_mailbox(event.contact, here))
    )


def _is_silent(before: Left, after: Left) -> bool:
    is_card = after.notice.kind is Kind.CARD_READY and after.notice.channel is Channel.SMS
    return is_card and after.at - before.at >= SILENCE - timedelta(minutes=10)


def _asked(history: History, before: Left, after: Left) -> bool:
    """Whether a person asked for it between the two claims: a word is answered by the next claim.

    Even of an application that another one has followed since.
    """
    kept = history.kept[after.dossier_id]
    first, second = kept.claimed(before), kept.claimed(after)
    return any(
        is_same(kept, Notice.named(word.subject or ""), after.notice)
        for word in kept.said(EventType.ASKED_AGAIN)
        if first < kept.written(word) < second
    )


# History, ledger and receipts agree


def _disorder(history: History, kept: Kept) -> Iterable[str]:
    dossier = kept.dossier
    if dossier.events and kept.state is not state_of(kept.facts):
        yield f"is listed as {kept.state}"
    opened = [a.claimed_at for a in dossier.ledger if a.status is Status.OPEN]
    if kept.work_since != min(opened, default=None):
        yield f"is on the work list since {kept.work_since}, and has {len(opened)} open notices"
    claimed = {(claim.notice, claim.attempt) for claim in kept.claims}
    for attempt in dossier.ledger:
        if dossier.forgotten and attempt.claimed_at <= dossier.forgotten.at:
            continue  # the journal of then is gone
        is_message = attempt.notice.channel is not Channel.DESK and attempt.token
        if is_message and (attempt.notice, attempt.attempt) not in claimed:
            yield f"{attempt.notice} attempt {attempt.attempt} is not in the journal"
    yield from _misheard(history, dossier)


def _misheard(history: History, dossier: Dossier) -> Iterable[str]:
    """A delivery that was told is in the ledger, unless it came back; and none is made up."""
    delivered = {
        tuple(sorted(t.tags.items())) for t in history.told if t.status is Status.DELIVERED
    }
    for left in (one for one in history.left if one.dossier_id == dossier.dossier_id):
        attempt = history.attempt(left)
        was_told = tuple(sorted(left.tags.items())) in delivered
        if attempt and was_told and attempt.status not in {*ARRIVED, Status.BOUNCED}:
            yield f"{left.notice} attempt {left.attempt} arrived, and is {attempt.status}"
        if attempt and attempt.status is Status.DELIVERED and not was_told:
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
    (Promise.NOT_LOST, lost),
    (Promise.NOT_LOST, misread),
    (Promise.HEARD, unheard),
    (Promise.NOT_STUCK, stuck),
    (Promise.TRUE, untrue),
    (Promise.IN_TIME, untimely),
    (Promise.IN_ORDER, _disorder),
    (Promise.FORGOTTEN, _remembered),
    (Promise.DISCREET, _indiscreet),
)
