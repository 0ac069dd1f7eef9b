"""To forget: a dossier at somebody's request, and each night whatever has been kept long enough."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.channels import is_given_up
from chalicelib.domain.desk_calendar import months_after, paris_day
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import (
    BadRequest,
    LostRace,
    NotSent,
    OurAccount,
    StillSending,
    StillSuppressed,
)
from chalicelib.domain.forgetting import forgotten_on_request, is_sending, what_remains
from chalicelib.pipeline.change import change
from chalicelib.pipeline.compose import documents_of
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import (
    EveryDocument,
    JournalLine,
    Loaded,
    Mailer,
    Quarantine,
    Quarantined,
    Receipts,
    Searchable,
    UnmatchedReceipt,
)
from chalicelib.pipeline.set_aside import Trouble, alone


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Everything in which somebody may be remembered: the provider's list of addresses, too.

    `on_still_suppressed` hears of a refusal to take an address off it.
    """

    dossiers: Searchable
    vault: EveryDocument
    receipts: Receipts
    quarantine: Quarantine
    planner: Planner
    mailer: Mailer
    on_still_suppressed: Callable[[NotSent], None]


def forget(memory: Memory, dossier_id: str, now: datetime) -> bool:
    """Erase all of a dossier at once and for good; False if there is none of this id.

    What lies elsewhere goes first, the dossier last, by one conditional write: whatever fails on
    the way, asking again finishes. Nothing leaves after it has answered. Raises StillSending,
    StillSuppressed, LostRace, StorageUnavailable.
    """
    loaded = memory.dossiers.load(dossier_id)
    _check(loaded, now)
    _forget_what_names(memory, loaded.dossier)
    if loaded.version == 0:
        return False
    _erase(memory, loaded, lambda dossier: forgotten_on_request(dossier, now), now)
    return True


@dataclass(frozen=True, kw_only=True)
class Erased:
    """How many dossiers a night has forgotten, and at which of them our own program failed."""

    count: int
    troubles: tuple[Trouble, ...] = ()


def forget_what_is_over(memory: Memory, dossier_ids: Iterable[str], now: datetime) -> Erased:
    """Erase each of these whose time is over, but for its renewal reminders.

    One that changes at this moment waits for the next night. Raises StorageUnavailable.
    """

    def remains(dossier: Dossier) -> Dossier:
        return what_remains(dossier, memory.planner.plan(dossier, now), memory.planner.desk, now)

    tried = [
        alone(dossier_id, partial(_erased_quietly, memory, dossier_id, remains, now))
        for dossier_id in dossier_ids
    ]
    return Erased(
        count=sum(one is True for one in tried),
        troubles=tuple(one for one in tried if isinstance(one, Trouble)),
    )


def forget_what_waits(memory: Memory, now: datetime) -> int:
    """Drop the quarantined bodies and the unmatched receipts that were kept long enough."""
    bodies = [item for item in memory.quarantine.everything() if _was_kept(memory, item, now)]
    receipts = [item for item in memory.receipts.waiting() if _has_waited(memory, item, now)]
    _drop(memory, bodies, receipts)
    return len(bodies) + len(receipts)


def _erased_quietly(
    memory: Memory, dossier_id: str, remains: Callable[[Dossier], Dossier], now: datetime
) -> bool:
    try:
        loaded = memory.dossiers.load(dossier_id)
        _check(loaded, now)
        return _erase(memory, loaded, remains, now)
    except (LostRace, StillSending, StillSuppressed):
        return False


def _check(loaded: Loaded, now: datetime) -> None:
    if is_sending(loaded.dossier, now):
        raise StillSending


def _erase(
    memory: Memory, loaded: Loaded, remains: Callable[[Dossier], Dossier], now: datetime
) -> bool:
    """The documents, then the rest. A document that is still wanted is made again."""
    dossier_id = loaded.dossier.dossier_id
    memory.vault.forget(documents_of(dossier_id))
    _unsuppress(memory, loaded.dossier, remains(loaded.dossier))

    def erased(loaded: Loaded) -> tuple[Dossier, JournalLine | None, bool]:
        _check(loaded, now)
        after = remains(loaded.dossier)
        if after == loaded.dossier:
            return after, None, False
        what = "forgotten, but for the renewal reminders" if after.events else "forgotten"
        return after, JournalLine(at=now, by="relance", what=what), True

    return change(memory.dossiers, memory.planner, dossier_id, erased, now, new_journal=True)


# What lies elsewhere


def _forget_what_names(memory: Memory, dossier: Dossier) -> None:
    """The bodies and receipts that are about this dossier, or about a message that left for it."""
    names = _naming(dossier)
    bodies = [item for item in memory.quarantine.everything() if names.search(item.body)]
    receipts = [item for item in memory.receipts.waiting() if names.search(item.body)]
    _drop(memory, bodies, receipts)


def _unsuppress(memory: Memory, before: Dossier, after: Dossier) -> None:
    """Take the addresses that are forgotten off the provider's list, but for those that another
    dossier has. Raises StillSuppressed: once they are forgotten, nobody can ask for it any more.
    """
    given_up = {attempt.address for attempt in before.ledger if is_given_up(attempt)}
    for address in sorted(_addresses(before) - _addresses(after)):
        seal = memory.planner.seal(address)
        if seal in given_up and not _is_of_others(memory, seal, before.dossier_id):
            _take_off(memory, address)


def _take_off(memory: Memory, address: str) -> None:
    try:
        memory.mailer.unsuppress(address)
    except BadRequest as refusal:  # one that the provider cannot be asked about
        memory.on_still_suppressed(refusal)
    except NotSent as refusal:
        if isinstance(refusal, OurAccount):
            memory.on_still_suppressed(refusal)
        raise StillSuppressed from refusal


def _addresses(dossier: Dossier) -> frozenset[str]:
    """Every e-mail address it was ever told, as it was spelt."""
    told = (event.contact.email for event in dossier.events if event.contact)
    return frozenset(address for address in told if address)


def _is_of_others(memory: Memory, seal: str, dossier_id: str) -> bool:
    return bool(set(memory.dossiers.by_email(seal, limit=2)) - {dossier_id})


def _naming(dossier: Dossier) -> re.Pattern[bytes]:
    """Finds the dossier where our webhooks and tags have it, in JSON and in JSON inside JSON."""
    sent = sorted({a.message_id for a in dossier.ledger if a.message_id})
    return re.compile(
        b"|".join([_member(r"dossier(?:_id)?", dossier.dossier_id), *_messages(sent)])
    )


def _messages(message_ids: Iterable[str]) -> Iterator[bytes]:
    yield from (_member(r"message_?[iI]d", message_id) for message_id in message_ids)


def _member(key: str, value: str) -> bytes:
    quote = r'\\*"'
    found = rf"{quote}{key}{quote}\s*:\s*\[?\s*{quote}{re.escape(value)}{quote}"
    return found.encode()


def _drop(
    memory: Memory, bodies: Iterable[Quarantined], receipts: Iterable[UnmatchedReceipt]
) -> None:
    for body in bodies:
        memory.quarantine.drop(body)
    for receipt in receipts:
        memory.receipts.drop(receipt.receipt_id)


def _was_kept(memory: Memory, item: Quarantined, now: datetime) -> bool:
    seen = item.seen_at
    months = memory.planner.desk.terms_on(paris_day(item.received_at)).retention
    is_done_with = seen is not None and _is_past(seen, months.quarantine_seen_months, now)
    return is_done_with or _is_past(item.received_at, months.quarantine_months, now)


def _has_waited(memory: Memory, item: UnmatchedReceipt, now: datetime) -> bool:
    months = memory.planner.desk.terms_on(paris_day(item.received_at)).retention
    return _is_past(item.received_at, months.receipts_months, now)


def _is_past(since: datetime, months: int, now: datetime) -> bool:
    return months_after(paris_day(since), months) < paris_day(now)
