"""To forget: a dossier at somebody's request, and each night whatever has been kept long enough."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.decoding.naming import Named
from chalicelib.domain.audit import AuditLine
from chalicelib.domain.channels import is_given_up
from chalicelib.domain.contact import fault_of
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
from chalicelib.pipeline.naming import Naming, contacts_of, request_of
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import (
    Addresses,
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
from chalicelib.pipeline.ports.desk import Audit, Bulks

#: The act, as the audit calls it, and who does it.
ERASED, RELANCE = "dossier_erased", "relance"

#: One night looks at so many days of acts: what a week of failed nights has left is still found.
DAYS_A_NIGHT = 7


@dataclass(frozen=True, kw_only=True)
class Eraser:
    """Erases what is remembered of somebody, on the provider's list of addresses too.

    `on_still_suppressed` hears of a refusal to take an address off it.
    """

    dossiers: Searchable
    had: Addresses
    vault: EveryDocument
    receipts: UnmatchedReceipts
    quarantine: Quarantine
    naming: Naming
    planner: Planner
    mailer: Mailer
    audit: Audit
    bulks: Bulks
    on_still_suppressed: Callable[[NotSent], None]
    now: Callable[[], datetime]

    def forget(self, dossier_id: str) -> bool:
        """Erase all of a dossier for good, as somebody has requested; False where nobody has, or it
        was taken back, or done.

        What lies elsewhere goes first, the dossier last, by one conditional write: whatever fails
        on the way, the next night finishes. Nothing leaves after it has answered.

        Raises StillSending, StillSuppressed, LostRace, StorageUnavailable.
        """
        now, loaded = self.now(), self.dossiers.load(dossier_id)
        if request_of(loaded.dossier) is None:
            return False
        _check(loaded, now)
        self._forget_what_names(loaded.dossier)
        is_done = self._erase(loaded, lambda dossier: _erased_as_asked(dossier, now), now)
        if is_done:
            self._tell(dossier_id, now)
        return is_done

    def _tell(self, dossier_id: str, at: datetime) -> None:
        """The audit names the dossier and nobody. Told twice, it is one line."""
        line = AuditLine(at=at, by=RELANCE, role=None, action=ERASED, object=dossier_id)
        self.audit.append(line)

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
            if (gone := loaded.dossier.forgotten) and gone.on_request:
                self._tell(dossier_id, gone.at)  # a crash may have come between
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
        dossier_id = loaded.dossier_id
        self.vault.forget(documents_of(dossier_id))
        self._unsuppress(loaded.dossier, remains(loaded.dossier))
        self._leave(loaded.dossier, remains(loaded.dossier))

        def erased(loaded: Loaded) -> tuple[Dossier, Sequence[JournalLine], bool]:
            _check(loaded, now)
            after = remains(loaded.dossier)
            if after == loaded.dossier:
                return after, [], False
            what = "forgotten, but for the renewal reminders" if after.events else "forgotten"
            return after, [JournalLine(at=now, by="relance", what=what)], True

        done = change(self.dossiers, self.planner, dossier_id, erased, now, new_journal=True)
        return done.answer

    def _forget_what_names(self, dossier: Dossier) -> None:
        """The bodies and receipts that name the dossier, a message that left for it, or whoever it
        is about. A body that only may do so is another's as well: a person looks at it once more.
        """
        known = self.naming.known(dossier)
        waiting = self.quarantine.everything()
        bodies = [(item, self.naming.in_quarantine(item, known)) for item in waiting]
        for item, named in bodies:
            if named is Named.PERHAPS and known.dossier_id not in item.erased:
                self.quarantine.reopen(item, item.perhaps_about(known.dossier_id))
        receipts = [
            item
            for item in self.receipts.waiting()
            if self.naming.in_body(item.body, known) is Named.SURELY
        ]
        self._drop([item for item, named in bodies if named is Named.SURELY], receipts)

    def _unsuppress(self, before: Dossier, after: Dossier) -> None:
        """Take the addresses that are forgotten off the provider's list, but for those that another
        dossier has: each night those that we know to be there; on request whichever they are, for
        of some word may never have come. Raises StillSuppressed: once they are forgotten, nobody
        can ask for it any more.
        """
        given_up = {attempt.address for attempt in before.ledger if is_given_up(attempt)}
        is_asked = request_of(before) is not None
        for address in sorted(_addresses(before) - _addresses(after)):
            fingerprint = self.planner.fingerprint(address)
            is_wanted = fingerprint in given_up or (is_asked and not fault_of(address))
            if is_wanted and not self._is_of_others(fingerprint, before.dossier_id):
                self._take_off(address)

    def _leave(self, before: Dossier, after: Dossier) -> None:
        """Let other dossiers have the addresses of this one, but for those that remain."""
        had, remain = (self._fingerprints(dossier) for dossier in (before, after))
        for fingerprint in sorted(had - remain):
            self.had.leave(fingerprint, before.dossier_id)

    def _fingerprints(self, dossier: Dossier) -> frozenset[str]:
        each = (self.planner.addresses(contact) for contact in contacts_of(dossier))
        return frozenset(fingerprint for one in each for fingerprint in one.values())

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
        if seen is not None and item.erased:  # a person has looked: nothing else keeps it
            return True
        months = self.planner.desk.terms_on(paris_day(item.received_at)).retention
        is_done_with = seen is not None and _is_past(seen, months.quarantine_seen_months, now)
        return is_done_with or _is_past(item.received_at, months.quarantine_months, now)

    def _has_waited(self, item: UnmatchedReceipt, now: datetime) -> bool:
        months = self.planner.desk.terms_on(paris_day(item.received_at)).retention
        return _is_past(item.received_at, months.receipts_months, now)


def _check(loaded: Loaded, now: datetime) -> None:
    if is_sending(loaded.dossier, now):
        raise StillSending


def _erased_as_asked(dossier: Dossier, now: datetime) -> Dossier:
    """Nothing of it; all of it where the request was taken back meanwhile."""
    return forgotten_on_request(dossier, now) if request_of(dossier) else dossier


def _addresses(dossier: Dossier) -> frozenset[str]:
    """Every e-mail address it was ever told, as it was spelt."""
    return frozenset(contact.email for contact in contacts_of(dossier) if contact.email)


def _is_past(since: datetime, months: int, now: datetime) -> bool:
    return months_after(paris_day(since), months) < paris_day(now)
