"""To forget: a dossier at somebody's request, and each night whatever has been kept long enough."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.channels import is_given_up
from chalicelib.domain.desk_calendar import months_after, months_before, paris_day
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
from chalicelib.pipeline.composer import documents_of
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import (
    Audit,
    Bulks,
    EveryDocument,
    JournalLine,
    Loaded,
    Mailer,
    Quarantine,
    Quarantined,
    Searchable,
    UnmatchedReceipt,
    UnmatchedReceipts,
)

#: One night looks at so many days of acts: what a week of failed nights has left is still found.
DAYS_A_NIGHT = 7


@dataclass(frozen=True, kw_only=True)
class Eraser:
    """Erases what is remembered of somebody, on the provider's list of addresses too.

    `on_still_suppressed` hears of a refusal to take an address off it.
    """

    dossiers: Searchable
    vault: EveryDocument
    receipts: UnmatchedReceipts
    quarantine: Quarantine
    planner: Planner
    mailer: Mailer
    audit: Audit
    bulks: Bulks
    on_still_suppressed: Callable[[NotSent], None]
    now: Callable[[], datetime]

    def forget(self, dossier_id: str) -> bool:
        """Erase all of a dossier at once and for good; False if there is none of this id.

        What lies elsewhere goes first, the dossier last, by one conditional write: whatever fails
        on the way, asking again finishes. Nothing leaves after it has answered.

        Raises StillSending, StillSuppressed, LostRace, StorageUnavailable.
        """
        now, loaded = self.now(), self.dossiers.load(dossier_id)
        _check(loaded, now)
        self._forget_what_names(loaded.dossier)
        if loaded.version == 0:
            return False
        self._erase(loaded, lambda dossier: forgotten_on_request(dossier, now), now)
        return True

    def forget_if_over(self, dossier_id: str) -> bool:
        """Erase a dossier whose time is over, but for its renewal reminders; whether it was.

        One that changes at this moment waits for the next night. Raises StorageUnavailable.
        """
        now = self.now()

        def remains(dossier: Dossier) -> Dossier:
            return what_remains(dossier, self.planner.plan(dossier, now), self.planner.desk, now)

        try:
            loaded = self.dossiers.load(dossier_id)
            _check(loaded, now)
            return self._erase(loaded, remains, now)
        except (LostRace, StillSending, StillSuppressed):
            return False

    def forget_what_waits(self) -> int:
        """Drop the quarantined bodies, the unmatched receipts, and what says who did what at the
        desk, once it was kept long enough; how much.
        """
        now = self.now()
        acts = self._forget_acts(now)
        bodies = [item for item in self.quarantine.everything() if self._was_kept(item, now)]
        receipts = [item for item in self.receipts.waiting() if self._has_waited(item, now)]
        self._drop(bodies, receipts)
        return acts + len(bodies) + len(receipts)

    def _forget_acts(self, now: datetime) -> int:
        """The audit and the bulk actions of the days that are old enough.

        A bulk action with refused rows that nobody has read stays.
        """
        today = paris_day(now)
        months = self.planner.desk.terms_on(today).retention.audit_months
        kept_from = months_before(today, months)
        days = [kept_from - timedelta(days=n) for n in range(1, DAYS_A_NIGHT + 1)]
        return sum(self.audit.forget(day) + self.bulks.forget(day) for day in days)

    def _erase(self, loaded: Loaded, remains: Callable[[Dossier], Dossier], now: datetime) -> bool:
        """The documents, then the rest. A document that is still wanted is made again."""
        dossier_id = loaded.dossier.dossier_id
        self.vault.forget(documents_of(dossier_id))
        self._unsuppress(loaded.dossier, remains(loaded.dossier))

        def erased(loaded: Loaded) -> tuple[Dossier, JournalLine | None, bool]:
            _check(loaded, now)
            after = remains(loaded.dossier)
            if after == loaded.dossier:
                return after, None, False
            what = "forgotten, but for the renewal reminders" if after.events else "forgotten"
            return after, JournalLine(at=now, by="relance", what=what), True

        done = change(self.dossiers, self.planner, dossier_id, erased, now, new_journal=True)
        return done.answer

    def _forget_what_names(self, dossier: Dossier) -> None:
        """The bodies and receipts that are about this dossier, or about a message that left for
        it.
        """
        names = _naming(dossier)
        bodies = [item for item in self.quarantine.everything() if names.search(item.body)]
        receipts = [item for item in self.receipts.waiting() if names.search(item.body)]
        self._drop(bodies, receipts)

    def _unsuppress(self, before: Dossier, after: Dossier) -> None:
        """Take the addresses that are forgotten off the provider's list, but for those that another
        dossier has. Raises StillSuppressed: once they are forgotten, nobody can ask for it any
        more.
        """
        given_up = {attempt.address for attempt in before.ledger if is_given_up(attempt)}
        for address in sorted(_addresses(before) - _addresses(after)):
            fingerprint = self.planner.fingerprint(address)
            if fingerprint in given_up and not self._is_of_others(fingerprint, before.dossier_id):
                self._take_off(address)

    def _take_off(self, address: str) -> None:
        try:
            self.mailer.unsuppress(address)
        except BadRequest as refusal:  # one that the provider cannot be asked about
            self.on_still_suppressed(refusal)
        except NotSent as refusal:
            if isinstance(refusal, OurAccount):
                self.on_still_suppressed(refusal)
            raise StillSuppressed from refusal

    def _is_of_others(self, fingerprint: str, dossier_id: str) -> bool:
        return bool(set(self.dossiers.by_email(fingerprint, limit=2)) - {dossier_id})

    def _drop(self, bodies: Iterable[Quarantined], receipts: Iterable[UnmatchedReceipt]) -> None:
        for body in bodies:
            self.quarantine.drop(body)
        for receipt in receipts:
            self.receipts.drop(receipt.receipt_id)

    def _was_kept(self, item: Quarantined, now: datetime) -> bool:
        seen = item.seen_at
        months = self.planner.desk.terms_on(paris_day(item.received_at)).retention
        is_done_with = seen is not None and _is_past(seen, months.quarantine_seen_months, now)
        return is_done_with or _is_past(item.received_at, months.quarantine_months, now)

    def _has_waited(self, item: UnmatchedReceipt, now: datetime) -> bool:
        months = self.planner.desk.terms_on(paris_day(item.received_at)).retention
        return _is_past(item.received_at, months.receipts_months, now)


def _check(loaded: Loaded, now: datetime) -> None:
    if is_sending(loaded.dossier, now):
        raise StillSending


def _addresses(dossier: Dossier) -> frozenset[str]:
    """Every e-mail address it was ever told, as it was spelt."""
    told = (event.contact.email for event in dossier.events if event.contact)
    return frozenset(address for address in told if address)


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


def _is_past(since: datetime, months: int, now: datetime) -> bool:
    return months_after(paris_day(since), months) < paris_day(now)
