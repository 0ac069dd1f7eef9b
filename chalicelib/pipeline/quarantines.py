"""What a person does with webhooks that could not be used: look, read them again, or have done."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.decoding.booking_events import booking_event, digest_of
from chalicelib.decoding.quarantined import heard_in
from chalicelib.domain.audit import AuditLine
from chalicelib.domain.errors import LostRace, Unreadable, Unusable
from chalicelib.domain.events import Event
from chalicelib.domain.operators import Role
from chalicelib.domain.quarantine import CONFLICT, CauseKind
from chalicelib.domain.recording import Recorded
from chalicelib.messages.console.views import (
    QuarantineGroup,
    QuarantineList,
    QuarantineRow,
    QuarantineView,
)
from chalicelib.pipeline.back_off import Trouble, alone
from chalicelib.pipeline.intake import Intake, unreadable_because
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import (
    Dossiers,
    Loaded,
    Quarantine,
    Quarantined,
    WorkItem,
    WorkKind,
    dossier_of,
)
from chalicelib.pipeline.ports.desk import Audit
from chalicelib.pipeline.search import facts_if_readable
from chalicelib.pipeline.waiting import READ_AT_MOST, on_page, pages_of

#: The acts, as the audit calls them.
DISMISSED, REPLAYED = "quarantine.dismissed", "quarantine.replayed"
RESTORED = "quarantine.restored"

#: So many of them are on one page.
PAGE = 50
#: So many are dealt with by one press: each takes some writes, and a gateway waits half a minute.
AT_ONCE = 200
#: For the menu, which every page has, no more are counted.
COUNTED_AT_MOST = 1_000
#: So many characters of a body are shown in a list; the whole is on its own page.
BODY_AT_MOST = 2_000


class Because(StrEnum):
    """Why nothing is to come of it. A choice, not free words: the audit holds no personal data."""

    SENT_AGAIN = "sent_again"  #: its sender has put it right and sent it anew
    KNOWN = "known"  #: what it says is recorded by other means
    REPORTED = "reported"  #: nobody can use it, and its sender knows
    NOT_OURS = "not_ours"  #: it is about nothing that this desk does
    TRIAL = "trial"  #: somebody has tried something out


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What it came to; QUARANTINED stays where it is, and `reason` names the field or the fact.

    `dossier_id` is which dossier was read again, where it was not a webhook.
    """

    event_id: str
    outcome: Recorded
    reason: str = ""
    dossier_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What a body would become: an event, or none for a `reason` that names the field.

    Of the dossier `dossier_id` there is no event: without a `reason` it can be read again.
    """

    event: Event | None = None
    reason: str = ""
    dossier_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What one press is about: these, or else a whole group, by the name of its cause.

    Of a group the first `skip` are left out: they were tried before, and stayed.
    """

    keys: tuple[str, ...] = ()
    cause: str = ""
    skip: int = 0


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """What one press came to: so many are done with, so many were tried and stay, so many are left
    for the next press. `keys` name those that were dismissed.
    """

    done: int
    stayed: int = 0
    left: int = 0
    keys: tuple[str, ...] = ()


def quarantine_row(row: WorkItem) -> QuarantineRow:
    """One of them, as the index has it."""
    event_id = row.name.rpartition("#")[0]
    return QuarantineRow(
        key=row.name,
        event_id=event_id,
        received_at=row.since,
        reason=row.reason,
        unreadable=dossier_of(event_id),
        about=row.about,
    )


def still(tried: Replayed | Foreseen) -> str:
    """The code of what is said where it stays in quarantine."""
    return "still_unreadable" if tried.dossier_id else "still_unusable"


@dataclass(frozen=True, kw_only=True)
class Quarantines:
    """What waits in quarantine: one at a time, or as many as have one cause."""

    quarantine: Quarantine
    audit: Audit
    dossiers: Dossiers
    planner: Planner
    intake: Intake
    now: Callable[[], datetime]

    def count(self) -> int:
        """How many webhooks wait, up to COUNTED_AT_MOST. Raises StorageUnavailable."""
        return len(self.dossiers.work_rows(WorkKind.QUARANTINE, COUNTED_AT_MOST))

    def page(self, cause: str = "", page: int = 1) -> QuarantineList:
        """What waits, by cause; and one page of the group of this name, or of the only one.

        Raises StorageUnavailable.
        """
        rows, is_cut = self._rows()
        groups = _groups(rows)
        if len(groups) != 1 and cause not in groups:
            return QuarantineList(groups=_counted(groups), is_cut=is_cut)
        [ours] = [groups[cause]] if cause in groups else groups.values()
        return QuarantineList(
            groups=_counted(groups),
            shown=_group(ours),
            rows=self._read(on_page(ours, page, PAGE)),
            page=max(page, 1),
            pages=pages_of(len(ours), PAGE),
            is_cut=is_cut,
        )

    def _rows(self) -> tuple[Sequence[QuarantineRow], bool]:
        """All of them, oldest first; and whether there are more. What cannot be read at all is
        first.
        """
        kinds = [
            self.dossiers.work_rows(kind, READ_AT_MOST)
            for kind in (WorkKind.UNREADABLE, WorkKind.QUARANTINE)
        ]
        is_cut = max(map(len, kinds)) >= READ_AT_MOST
        return [quarantine_row(row) for rows in kinds for row in rows], is_cut

    def _read(self, rows: Sequence[QuarantineRow]) -> Sequence[QuarantineRow]:
        """These rows with what their bodies seem to say, and whether there are such dossiers."""
        items = {item.key: item for item in self.quarantine.many([row.key for row in rows])}
        dossiers = self.dossiers.many([row.about for row in rows if row.about])
        known = {one.dossier_id: one for one in dossiers}
        return [
            _told(row, items[row.key], known.get(row.about)) for row in rows if row.key in items
        ]

    def view(self, key: str) -> QuarantineView | None:
        """It as it came, and the dossier where a person can settle it; None if there is none of
        this name. Raises StorageUnavailable.
        """
        item = self.quarantine.find(key)
        if item is None:
            return None
        row = QuarantineRow(
            key=key,
            event_id=item.event_id,
            received_at=item.received_at,
            reason=item.reason,
            unreadable=item.dossier_id,
            about=item.about,
            heard=heard_in(item.body),
        )
        body = item.body.decode(errors="replace")
        view = QuarantineView(row=row, body=body, seen_at=item.seen_at, erased=item.erased)
        return view if item.dossier_id else self._with_dossier(view, item)

    def _with_dossier(self, view: QuarantineView, item: Quarantined) -> QuarantineView:
        try:
            loaded = self.dossiers.load(item.about)
        except Unreadable as error:
            return replace(view, dossier_id=error.dossier_id, is_unreadable=True)
        if not loaded.version:
            return view
        itself = (item.event_id, digest_of(item.body))
        is_recorded = any((e.event_id, e.digest) == itself for e in loaded.dossier.events)
        return replace(view, dossier_id=loaded.dossier_id, is_recorded=is_recorded)

    def foreseen(self, key: str) -> Foreseen | None:
        """What reading it again would record; None if there is none of this name.

        Raises StorageUnavailable.
        """
        item = self.quarantine.find(key)
        if item is None:
            return None
        if item.dossier_id:
            reason = self._unreadable_still(item.dossier_id)
            return Foreseen(dossier_id=item.dossier_id, reason=reason)
        try:
            return Foreseen(event=booking_event(item.event_id, item.body, self.now()))
        except Unusable as error:
            return Foreseen(reason=str(error))

    def replay(self, key: str) -> Replayed | None:
        """Read a webhook as if it came now, a dossier as it lies; None if there is none of this
        name. Raises LostRace, StorageUnavailable.
        """
        item = self.quarantine.find(key)
        if item is None:
            return None
        replayed = self._replayed(item)
        if replayed.outcome is not Recorded.QUARANTINED:
            self.quarantine.see(item, self.now())
        return replayed

    def replay_many(self, chosen: Chosen, by: str, role: Role | None) -> Pressed:
        """Read as many again as one press takes; each has its line in the audit.

        One that somebody works on at this moment stays, and so does one that our program fails at.
        Raises StorageUnavailable.
        """
        items, left = self._chosen(chosen)
        done = 0
        for item in items:
            outcome = self._tried(item)
            if outcome is not Recorded.QUARANTINED:
                done += 1
                self.quarantine.see(item, self.now())
            self._say(REPLAYED, item, outcome, by, role)
        return Pressed(done=done, stayed=len(items) - done, left=left)

    def _tried(self, item: Quarantined) -> Recorded:
        try:
            replayed = alone(item.dossier_id, lambda: self._replayed(item))
        except LostRace:
            return Recorded.QUARANTINED
        return Recorded.QUARANTINED if isinstance(replayed, Trouble) else replayed.outcome

    def _chosen(self, chosen: Chosen) -> tuple[Sequence[Quarantined], int]:
        """Those that the next press takes and that nobody is done with; how many are left then."""
        keys = chosen.keys or self._keys_of(chosen.cause)[chosen.skip :]
        taken = self.quarantine.many(keys[:AT_ONCE])
        return [item for item in taken if not item.seen_at], len(keys[AT_ONCE:])

    def _keys_of(self, cause: str) -> Sequence[str]:
        rows, _ = self._rows()
        return [row.key for row in rows if str(row.cause) == cause]

    def _say(self, action: str, item: Quarantined, detail: str, by: str, role: Role | None) -> None:
        line = AuditLine(
            at=self.now(), by=by, role=role, action=action, object=item.key, detail=detail
        )
        self.audit.append(line)

    def _replayed(self, item: Quarantined) -> Replayed:
        if item.dossier_id:
            reason = self._unreadable_still(item.dossier_id)
            outcome = Recorded.QUARANTINED if reason else Recorded.RECORDED
        else:
            outcome, reason = self._recorded(item)
        return Replayed(
            event_id=item.event_id, outcome=outcome, reason=reason, dossier_id=item.dossier_id
        )

    def _recorded(self, item: Quarantined) -> tuple[Recorded, str]:
        try:
            event = booking_event(item.event_id, item.body, self.now())
            outcome = self.intake.record(event, item.body)
        except Unusable as error:
            return Recorded.QUARANTINED, str(error)
        except Unreadable as error:
            return Recorded.QUARANTINED, unreadable_because(error)
        return outcome, CONFLICT if outcome is Recorded.QUARANTINED else ""

    def _unreadable_still(self, dossier_id: str) -> str:
        """Why a dossier cannot be read now; nothing if it can be planned."""
        try:
            self.planner.plan(self.dossiers.load(dossier_id).dossier, self.now())
        except Unreadable as error:
            return error.why
        return ""

    def dismiss(self, chosen: Chosen, why: Because, by: str, role: Role | None) -> Pressed:
        """Have done with as many as one press takes. Raises StorageUnavailable.

        First it is said who did it: nothing disappears from the work list without a name.
        """
        items, left = self._chosen(chosen)
        for item in items:
            self._say(DISMISSED, item, why, by, role)
            self.quarantine.see(item, self.now())
        return Pressed(done=len(items), left=left, keys=tuple(item.key for item in items))

    def restore(self, keys: Sequence[str], by: str, role: Role | None) -> int:
        """Take a dismissal back, of as many as one press takes: how many wait again.

        Raises StorageUnavailable.
        """
        items = [item for item in self.quarantine.many(keys[:AT_ONCE]) if item.seen_at]
        for item in items:
            self._say(RESTORED, item, "", by, role)
            self.quarantine.reopen(item, item.reason)
        return len(items)


def _groups(rows: Sequence[QuarantineRow]) -> dict[str, list[QuarantineRow]]:
    groups: defaultdict[str, list[QuarantineRow]] = defaultdict(list)
    for row in rows:
        groups[str(row.cause)].append(row)
    return groups


def _counted(groups: dict[str, list[QuarantineRow]]) -> Sequence[QuarantineGroup]:
    """The dossiers that cannot be read first, then whatever there is most of."""
    return sorted(
        map(_group, groups.values()),
        key=lambda group: (group.cause.kind is not CauseKind.UNREADABLE, -group.number),
    )


def _group(rows: Sequence[QuarantineRow]) -> QuarantineGroup:
    return QuarantineGroup(cause=rows[0].cause, number=len(rows), since=rows[0].received_at)


def _told(
    row: QuarantineRow, item: Quarantined, about: Loaded | Unreadable | None
) -> QuarantineRow:
    facts = facts_if_readable(about) if about else None
    return replace(
        row,
        heard=heard_in(item.body),
        body=item.body[:BODY_AT_MOST].decode(errors="replace"),
        is_known=about is not None,
        contact=facts.contact if facts else None,
    )
