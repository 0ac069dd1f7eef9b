"""All that is known of somebody, in one file for them (GDPR, art. 15)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.decoding.naming import Known, Named
from chalicelib.domain.audit import AuditAsked, AuditLine
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.forgetting import is_remnant, kept_until
from chalicelib.messages.console.access import (
    AccessFile,
    AskedFor,
    DossierFile,
    KeptBody,
    Kin,
    Look,
    Sent,
)
from chalicelib.messages.console.story import lines_of
from chalicelib.messages.letter import Email, Letter
from chalicelib.pipeline.dossier_views import DossierViews
from chalicelib.pipeline.naming import Naming, contacts_of
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Loaded, Quarantine, Searchable, UnmatchedReceipts
from chalicelib.pipeline.ports.desk import Audit, every_line
from chalicelib.pipeline.search import found_row
from chalicelib.pipeline.sent_messages import SentMessages

#: Nobody has more dossiers: whatever finds more is a shared telephone, or a name.
KIN_AT_MOST = 25


@dataclass(frozen=True, kw_only=True)
class AccessFiles:
    """Finds what may be one person's dossiers, and writes down what is known of those that are."""

    dossiers: Searchable
    dossier_views: DossierViews
    sent_messages: SentMessages
    quarantine: Quarantine
    receipts: UnmatchedReceipts
    audit: Audit
    naming: Naming
    planner: Planner
    now: Callable[[], datetime]

    def asked_for(self, dossier_id: str) -> AskedFor | None:
        """One dossier, what else may be of the same person and by what, and what may name them; the
        desk decides. None where nothing is known. Raises Unreadable, StorageUnavailable.
        """
        loaded = self.dossiers.load(dossier_id)
        dossier = loaded.dossier
        if not dossier.events:
            return None
        kin, more = self._kin(dossier)
        known = self.naming.known(dossier)
        perhaps = tuple(
            item.key
            for item in self.quarantine.everything()
            if self.naming.in_quarantine(item, known) is Named.PERHAPS
        )
        return AskedFor(row=found_row(loaded), kin=kin, perhaps=perhaps, more=more)

    def _kin(self, dossier: Dossier) -> tuple[tuple[Kin, ...], bool]:
        """As many as are named, and whether there are more."""
        by: dict[str, dict[str, None]] = {}
        for dossier_id, why in self._related(dossier):
            if dossier_id != dossier.dossier_id:
                by.setdefault(dossier_id, {})[why] = None
        found = self.dossiers.many(list(by)[:KIN_AT_MOST])
        kin = tuple(
            Kin(row=found_row(one), by=tuple(by[one.dossier_id])) for one in found if _is_there(one)
        )
        return kin, len(by) > KIN_AT_MOST

    def _related(self, dossier: Dossier) -> Iterator[tuple[str, str]]:
        """Which other dossier, and by what. Who renews this one is found by its own contact."""
        if dossier.facts.renews:
            yield dossier.facts.renews, "renews"
        for contact in dict.fromkeys(contacts_of(dossier)):
            marks = dict(self.naming.found_by(contact, KIN_AT_MOST + 2))
            for mark, ids in marks.items():
                why = {contact.email: "email", contact.number or contact.phone: "phone"}
                yield from ((one, why.get(mark, "name")) for one in ids)

    def make(self, dossier_ids: Sequence[str]) -> AccessFile:
        """The file. Raises Unreadable, TextFailed, StorageUnavailable."""
        now, theirs = self.now(), frozenset(dossier_ids)
        files = [file for one in dossier_ids for file in self._of(one, theirs, now)]
        return AccessFile(made_at=now, dossiers=tuple(files))

    def _of(self, dossier_id: str, theirs: frozenset[str], now: datetime) -> Iterator[DossierFile]:
        dossier = self.dossiers.load(dossier_id).dossier
        if not dossier.events:
            return
        # Who of the desk said something is the desk's: the audit keeps it.
        shown = replace(dossier, events=tuple(replace(event, by=None) for event in dossier.events))
        view, known = self.dossier_views.of(shown), self.naming.known(dossier, theirs)
        plan = self.planner.plan(dossier, now)
        is_little = is_remnant(dossier)
        yield DossierFile(
            dossier_id=dossier_id,
            state=view.state,
            contact=view.facts.contact,
            appointments=view.facts.appointments,
            lines=lines_of(view.timeline, view.facts),
            events=shown.events,
            repetitions=dossier.repetitions,
            attempts=tuple(replace(one, token="") for one in dossier.ledger),
            messages=tuple(self._messages(dossier)),
            bodies=tuple(self._bodies(known)),
            looks=tuple(self._looks(dossier, now)),
            journal=tuple(view.journal),
            kept_until=None if is_little else kept_until(dossier, plan, self.planner.desk),
            erasure_at=view.facts.erasure.at if view.facts.erasure else None,
        )

    def _messages(self, dossier: Dossier) -> Iterator[Sent]:
        for attempt in dossier.ledger:
            is_message = attempt.notice.channel is not Channel.DESK
            written = self.sent_messages.written(dossier, attempt) if is_message else None
            if written:
                _, letter = written
                yield _sent(letter, str(attempt.notice), attempt.claimed_at)

    def _bodies(self, known: Known) -> Iterator[KeptBody]:
        """What names them surely. What may be another's is not theirs to read."""
        for item in self.quarantine.everything():
            if self.naming.in_quarantine(item, known) is Named.SURELY:
                yield _body(item.received_at, item.reason, item.body)
        for receipt in self.receipts.waiting():
            if self.naming.in_body(receipt.body, known) is Named.SURELY:
                yield _body(receipt.received_at, "", receipt.body)

    def _looks(self, dossier: Dossier, now: datetime) -> Iterator[Look]:
        """Who has read it, the earliest first. Whatever was looked for under its id before there
        was such a dossier was about somebody else, or nobody.
        """
        first = min(paris_day(event.received_at) for event in dossier.events)
        asked = AuditAsked(day=paris_day(now), about=dossier.dossier_id)
        for line in reversed(list(every_line(self.audit, asked))):
            if dossier.forgotten or paris_day(line.at) >= first:
                yield _look(line)


def _is_there(one: Loaded | Unreadable) -> bool:
    return isinstance(one, Unreadable) or bool(one.dossier.events)


def _sent(letter: Letter, notice: str, at: datetime) -> Sent:
    subject = letter.subject if isinstance(letter, Email) else ""
    return Sent(at=at, notice=notice, medium=letter.medium, subject=subject, text=letter.text)


def _look(line: AuditLine) -> Look:
    """Not who: what is kept of agents is theirs (CJEU, C-579/21). The desk's own audit has it."""
    return Look(at=line.at, role=line.role, action=line.action, result=line.result)


def _body(at: datetime, reason: str, body: bytes) -> KeptBody:
    return KeptBody(at=at, reason=reason, text=body.decode(errors="replace"))
