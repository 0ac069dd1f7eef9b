"""The pipeline's ports in memory: the same contract as the real ones, checked by the same tests."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.audit import AuditAsked, AuditLine, AuditPage, Knock
from chalicelib.domain.bulk import Bulk
from chalicelib.domain.contact import Channel
from chalicelib.domain.daily_figures import DailyFigures
from chalicelib.domain.desk_calendar import SlotPurpose, paris_day
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import (
    LostRace,
    NotSent,
    RotationRefused,
    StorageUnavailable,
    Unreadable,
)
from chalicelib.domain.escalation import NOBODY_TOLD, Escalation
from chalicelib.domain.facts import Facts, State
from chalicelib.domain.holds import Availability, Hold, Holds, Pause, Refusals, with_pauses
from chalicelib.domain.keys import Content
from chalicelib.domain.operators import Account, Role
from chalicelib.messages.letter import Email, Sms
from chalicelib.pipeline.ports import (
    DOSSIERS_AT_MOST,
    Dossiers,
    EveryDossier,
    Expected,
    Loaded,
    Quarantined,
    UnmatchedReceipt,
    WorkItem,
    WorkKind,
    Write,
)
from chalicelib.pipeline.ports.desk import AUDIT_LINES, KeptBulk
from chalicelib.pipeline.ports.night import Progress
from chalicelib.pipeline.ports.secret_versions import CurrentSecret, VersionStage
from chalicelib.storage.document import encode

#: So many dossiers are on a page of the table: some of a night are read before others are written.
PAGE = 2


class InMemoryDossiers:
    """Dossiers, with versions. Their size is told where it matters: it takes time."""

    def __init__(
        self,
        channels: "InMemoryChannels | None" = None,
        quarantine: "InMemoryQuarantine | None" = None,
        *,
        is_measured: bool = False,
    ) -> None:
        self.channels = channels or InMemoryChannels()
        self.quarantine = quarantine or InMemoryQuarantine()
        self.is_measured = is_measured
        self.kept: dict[str, tuple[int, Write]] = {}
        self.lines: dict[str, list[str]] = {}
        self.is_down = False
        self.races = 0
        self.others: list[WorkItem] = []  # what else waits for a person
        self.unreadable: dict[str, Unreadable] = {}
        self.failed_serves: dict[str, int] = {}

    def load(self, dossier_id: str) -> Loaded:
        return self._read(dossier_id)

    def load_with_channels(self, dossier_id: str) -> tuple[Loaded, Availability]:
        return self._read(dossier_id), self.channels.availability()

    def _read(self, dossier_id: str) -> Loaded:
        self._check()
        if dossier_id in self.unreadable:
            raise self.unreadable[dossier_id]
        return self._current(dossier_id)

    def spoil(self, dossier_id: str, error: Unreadable | None = None) -> None:
        """From now on it cannot be read."""
        found = error or Unreadable("the document is no JSON")
        found.dossier_id = dossier_id
        self.unreadable[dossier_id] = found

    def put_off(self, dossier_id: str, until: datetime, now: datetime) -> None:
        self._check()
        version, write = self.kept[dossier_id]
        if write.next_due_at and write.next_due_at <= now:
            self.kept[dossier_id] = (version, replace(write, next_due_at=until))

    def count_failed(self, dossier_id: str, by: int = 1) -> int:
        self._check()
        if dossier_id not in self.kept:
            return 0
        self.failed_serves[dossier_id] = self.failed_serves.get(dossier_id, 0) + by
        return self.failed_serves[dossier_id]

    def forget_failed(self, dossier_id: str) -> None:
        self._check()
        self.failed_serves.pop(dossier_id, None)

    def _current(self, dossier_id: str) -> Loaded:
        if dossier_id not in self.kept:
            return Loaded(dossier=Dossier(dossier_id=dossier_id), version=0)
        version, write = self.kept[dossier_id]
        return Loaded(
            dossier=write.dossier,
            version=version,
            state=write.state,
            next_due_at=write.next_due_at,
            findable=write.findable,
            size=self._size(write) if self.is_measured else 0,
        )

    def _size(self, write: Write) -> int:
        lines = self.lines.get(write.dossier.dossier_id, ())
        return len(encode(write.dossier).encode()) + sum(map(len, lines))

    def write(self, loaded: Loaded, write: Write) -> Loaded:
        self._check()
        dossier_id = write.dossier.dossier_id
        if self.races or self._current(dossier_id).version != loaded.version:
            self.races = max(0, self.races - 1)
            raise LostRace
        self.kept[dossier_id] = (loaded.version + 1, write)
        if write.new_journal:
            self.lines[dossier_id] = []
        lines = self.lines.setdefault(dossier_id, [])
        lines += [f"{line.at.isoformat()} {line.by} {line.what}" for line in write.journal]
        return self._current(dossier_id)

    def due(self, now: datetime) -> Iterator[tuple[datetime, str]]:
        self._check()
        rows = sorted((w.next_due_at, i) for i, (_, w) in self.kept.items() if w.next_due_at)
        return iter([(at, dossier_id) for at, dossier_id in rows if at <= now])

    def work_rows(self, kind: WorkKind, limit: int) -> Sequence[WorkItem]:
        self._check()
        everything = [*self._open(), *self.quarantine.work_rows(), *self.others]
        rows = [row for row in everything if row.kind is kind]
        return sorted(rows, key=lambda row: (row.since, row.name))[:limit]

    def urgent_rows(self, first: datetime, last: datetime) -> Sequence[WorkItem]:
        self._check()
        hours = {row.dossier_id: row.at for row in self.expected(first, last, len(self.kept) * 2)}
        hours |= {
            row.dossier_id: row.at
            for row in self.expected(last, last + timedelta.resolution, len(self.kept) * 2)
        }
        rows = [row for row in self._open() if row.name in hours]
        return sorted(rows, key=lambda row: (row.appointment_at or last, row.name))

    def _open(self) -> Sequence[WorkItem]:
        return [
            WorkItem(
                kind=WorkKind.DOSSIER,
                name=dossier_id,
                since=write.work_since,
                kinds=write.findable.work,
                state=write.state,
                appointment_at=write.findable.appointment_at,
                unanswered_since=write.findable.unanswered_since,
            )
            for dossier_id, (_, write) in self.kept.items()
            if write.work_since
        ]

    def many(self, dossier_ids: Sequence[str]) -> Sequence[Loaded | Unreadable]:
        self._check()
        wanted = [i for i in dict.fromkeys(dossier_ids) if i in self.kept]
        return [self.unreadable.get(i) or self._current(i) for i in wanted]

    def expected(self, first: datetime, before: datetime, limit: int) -> Sequence[Expected]:
        self._check()
        rows = [
            Expected(at=at, dossier_id=dossier_id, purpose=purpose, work=write.findable.work)
            for dossier_id, (_, write) in self.kept.items()
            for purpose, at in (
                (SlotPurpose.DEPOSIT, write.findable.deposit_at),
                (SlotPurpose.COLLECT, write.findable.collect_at),
            )
            if at and first <= at < before
        ]
        return sorted(rows, key=lambda row: (row.at, row.dossier_id))[:limit]

    def with_work_put_off(self, since: date, limit: int) -> Sequence[str]:
        self._check()
        days = [(w.findable.again_on, i) for i, (_, w) in self.kept.items()]
        return [i for _, i in sorted((day, i) for day, i in days if day and day >= since)][:limit]

    def by_name(self, prefix: str, limit: int) -> Mapping[str, str]:
        self._check()
        assert prefix, "no key of an index is empty"
        kept = [(w.findable, i) for i, (_, w) in self.kept.items()]
        names = [
            (name, i)
            for f, i in kept
            for name in (f.family_first, f.given_first, f.other_first)
            if name and name[:2] == prefix[:2]
        ]
        found = sorted((name, i) for name, i in names if name.startswith(prefix))
        first = {i: name for name, i in reversed(found)}
        return {i: first[i] for i in list(dict.fromkeys(i for _, i in found))[:limit]}

    def by_reference(self, ending: str, limit: int) -> Sequence[str]:
        self._check()
        kept = [(w.findable.reference or "", i) for i, (_, w) in self.kept.items()]
        found = sorted((known[::-1], i) for known, i in kept if known.endswith(ending))
        return [i for _, i in found][:limit]

    def by_recepisse(self, fingerprint: str, limit: int) -> Sequence[str]:
        return [i for i, (_, w) in self.kept.items() if w.findable.recepisse == fingerprint][:limit]

    def by_email(self, fingerprint: str, limit: int) -> Sequence[str]:
        return [i for i, (_, w) in self.kept.items() if w.findable.email == fingerprint][:limit]

    def by_phone(self, fingerprint: str, limit: int) -> Sequence[str]:
        return [i for i, (_, w) in self.kept.items() if w.findable.phone == fingerprint][:limit]

    def next_due(self) -> tuple[datetime, str] | None:
        rows = [(w.next_due_at, i) for i, (_, w) in self.kept.items() if w.next_due_at]
        return min(rows, default=None)

    def every(self, after: str = "") -> Iterator[Loaded | Unreadable]:
        ids = list(self.kept)
        return self._pages(ids[ids.index(after) + 1 :] if after else ids)

    def _pages(self, ids: Sequence[str]) -> Iterator[Loaded | Unreadable]:
        self._check()
        for start in range(0, len(ids), PAGE):
            yield from self.many(ids[start : start + PAGE])

    def journal(self, dossier_id: str) -> Sequence[str]:
        return self.lines.get(dossier_id, [])

    def _check(self) -> None:
        if self.is_down:
            raise StorageUnavailable


@dataclass
class InMemoryQuarantine:
    """Keeps one item for each id and body."""

    items: list[Quarantined] = field(default_factory=list)

    def keep(self, item: Quarantined) -> bool:
        if any(_is_same(i, item) for i in self.items):
            return False
        self.items.append(item)
        return True

    def find(self, key: str) -> Quarantined | None:
        return next((i for i in self.items if i.key == key), None)

    def many(self, keys: Sequence[str]) -> Sequence[Quarantined]:
        named = {item.key: item for item in self.items}
        return [named[key] for key in dict.fromkeys(keys) if key in named]

    def work_rows(self) -> Sequence[WorkItem]:
        """What of it is on the work list."""
        return [
            WorkItem(
                kind=WorkKind.UNREADABLE if item.dossier_id else WorkKind.QUARANTINE,
                name=item.key,
                since=item.received_at,
                reason=item.reason,
                about=item.about,
            )
            for item in self.items
            if not item.seen_at
        ]

    def everything(self) -> Iterator[Quarantined]:
        return iter(tuple(self.items))

    def see(self, item: Quarantined, now: datetime) -> None:
        self.items = [
            replace(i, seen_at=i.seen_at or now) if _is_same(i, item) else i for i in self.items
        ]

    def reopen(self, item: Quarantined, reason: str) -> None:
        self.items = [
            replace(i, seen_at=None, reason=reason) if _is_same(i, item) else i for i in self.items
        ]

    def drop(self, item: Quarantined) -> None:
        self.items = [i for i in self.items if not _is_same(i, item)]


def open_work(dossiers: Dossiers, limit: int = 100) -> list[tuple[datetime, str]]:
    """Since when, the kind and the name of each item that waits for a person, oldest first."""
    rows = [row for kind in WorkKind for row in dossiers.work_rows(kind, limit)]
    return sorted((row.since, f"{row.kind}#{row.name}") for row in rows)[:limit]


def _is_same(one: Quarantined, other: Quarantined) -> bool:
    return one.event_id == other.event_id and one.body == other.body


@dataclass
class InMemoryReceipts:
    """Keeps receipts by id."""

    items: dict[str, UnmatchedReceipt] = field(default_factory=dict)

    def keep(self, item: UnmatchedReceipt) -> None:
        self.items[item.receipt_id] = item

    def waiting(self) -> Iterator[UnmatchedReceipt]:
        return iter(tuple(self.items.values()))

    def drop(self, receipt_id: str) -> None:
        self.items.pop(receipt_id, None)


@dataclass
class InMemoryDailyFigures:
    """Keeps the last one."""

    kept: DailyFigures | None = None

    def keep(self, figures: DailyFigures) -> None:
        self.kept = figures

    def last(self) -> DailyFigures | None:
        return self.kept


@dataclass
class InMemoryEscalation:
    """Keeps the last one."""

    kept: Escalation = NOBODY_TOLD

    def last(self) -> Escalation:
        return self.kept

    def write(self, before: Escalation, after: Escalation) -> None:
        if self.kept not in (before, after):
            raise LostRace
        self.kept = after


@dataclass
class InMemoryListHeadings:
    """Keeps what headings stand for."""

    kept: dict[AbstractSet[str], Mapping[str, str]] = field(default_factory=dict)

    def known(self, headings: AbstractSet[str]) -> Mapping[str, str]:
        return self.kept.get(frozenset(headings), {})

    def keep(self, fields: Mapping[str, str]) -> None:
        self.kept[frozenset(fields)] = dict(fields)


@dataclass
class InMemoryBulks:
    """Keeps bulks with their versions; `races` are lost before one is won."""

    kept: dict[str, KeptBulk] = field(default_factory=dict)
    races: int = 0

    def begin(self, bulk: Bulk) -> bool:
        new = KeptBulk(bulk=bulk, version=1)
        return self.kept.setdefault(bulk.bulk_id, new).bulk == bulk

    def find(self, bulk_id: str) -> KeptBulk | None:
        return self.kept.get(bulk_id)

    def write(self, kept: KeptBulk, bulk: Bulk) -> None:
        current = self.kept[bulk.bulk_id]
        if self.races or current.version != kept.version:
            self.races = max(0, self.races - 1)
            raise LostRace
        self.kept[bulk.bulk_id] = KeptBulk(bulk=bulk, version=kept.version + 1)

    def unfinished(self) -> Sequence[Bulk]:
        return [b for b in self._in_order() if not b.is_finished]

    def unseen(self) -> Sequence[Bulk]:
        return [b for b in self._in_order() if b.wants_to_be_seen]

    def over(self, day: date) -> Sequence[Bulk]:
        over = [b for b in self._in_order() if b.is_finished and not b.wants_to_be_seen]
        return [b for b in over if paris_day(b.asked_at) == day]

    def forget(self, day: date) -> int:
        gone = [b.bulk_id for b in self.over(day)]
        for bulk_id in gone:
            del self.kept[bulk_id]
        return len(gone)

    def _in_order(self) -> list[Bulk]:
        return sorted((k.bulk for k in self.kept.values()), key=lambda b: b.effective_at)


@dataclass
class InMemoryAudit:
    """Keeps lines, each once."""

    lines: list[AuditLine] = field(default_factory=list)
    knocked: Counter[tuple[date, Knock]] = field(default_factory=Counter)

    def append(self, line: AuditLine) -> None:
        if line not in self.lines:
            self.lines.append(line)

    def knock(self, at: datetime, what: Knock) -> None:
        self.knocked[paris_day(at), what] += 1

    def page(self, asked: AuditAsked, older: str = "", limit: int = AUDIT_LINES) -> AuditPage:
        if asked.about:
            ours = [line for line in self.lines if line.object == asked.about]
        elif asked.by:
            ours = [line for line in self.lines if line.by == asked.by]
        else:
            ours = [line for line in self.lines if paris_day(line.at) == asked.day]
        found = sorted(ours, key=lambda line: line.at, reverse=True)[int(older or 0) :]
        goes_on = str(int(older or 0) + limit) if len(found) > limit else ""
        is_of_day = not (asked.about or asked.by)
        knocks = {k: n for (day, k), n in self.knocked.items() if is_of_day and day == asked.day}
        return AuditPage(lines=tuple(found[:limit]), older=goes_on, knocks=knocks)

    def forget(self, day: date) -> int:
        before = len(self.lines)
        self.lines = [line for line in self.lines if paris_day(line.at) != day]
        for what in Knock if len(self.lines) < before else ():
            del self.knocked[day, what]
        return before - len(self.lines)


@dataclass
class InMemoryAccounts:
    """Operators by their names in small letters."""

    held: dict[str, Account] = field(default_factory=dict)

    def everybody(self) -> Sequence[Account]:
        return sorted(self.held.values(), key=lambda account: account.name)

    def find(self, name: str) -> Account | None:
        return self.held.get(name.casefold())

    def add(self, name: str, role: Role, password: str) -> bool:
        new = Account(name=name, role=role, is_enabled=True, is_new=True)
        return bool(password) and self.held.setdefault(name.casefold(), new) is new

    def give_role(self, name: str, role: Role) -> bool:
        return self._change(name, role=role)

    def disable(self, name: str) -> bool:
        return self._change(name, is_enabled=False)

    def enable(self, name: str) -> bool:
        return self._change(name, is_enabled=True)

    def give_password(self, name: str, password: str) -> bool:
        return bool(password) and self._change(name, is_new=True)

    def remove(self, name: str) -> bool:
        return self.held.pop(name.casefold(), None) is not None

    def _change(self, name: str, **parts: Any) -> bool:
        before = self.find(name)
        if before is not None:
            self.held[name.casefold()] = replace(before, **parts)
        return before is not None


@dataclass
class InMemoryGenerations:
    """Counts, by names in small letters."""

    counted: Counter[str] = field(default_factory=Counter)

    def of(self, name: str) -> int:
        return self.counted[name.casefold()]

    def end(self, name: str) -> None:
        self.counted[name.casefold()] += 1


class InMemoryChannels:
    """Holds and pauses, one a channel."""

    def __init__(self) -> None:
        self.held: dict[Channel, Hold] = {}
        self.paused: dict[Channel, Pause] = {}
        self.rows: dict[Channel, Refusals] = {}

    def availability(self) -> Availability:
        return Availability(
            holds=with_pauses(self.held, self.paused.values()), refusals=dict(self.rows)
        )

    def holds(self) -> Holds:
        return self.availability().holds

    def refused(self) -> Holds:
        return dict(self.held)

    def pauses(self) -> Mapping[Channel, Pause]:
        return dict(self.paused)

    def pause(self, pause: Pause) -> bool:
        return self.paused.setdefault(pause.channel, pause) == pause

    def resume(self, channel: Channel) -> bool:
        return self.paused.pop(channel, None) is not None

    def hold(self, hold: Hold) -> bool:
        self.rows.pop(hold.channel, None)
        return self.held.setdefault(hold.channel, hold) is hold

    def remember(self, refusals: Refusals) -> None:
        if refusals.channel not in self.held:
            self.rows[refusals.channel] = refusals

    def take_back(self, refusals: Refusals) -> None:
        self.rows.pop(refusals.channel, None)

    def probe(self, hold: Hold, now: datetime) -> bool:
        if self.held.get(hold.channel) != hold:
            return False
        self.held[hold.channel] = hold.probed(now)
        return True

    def release(self, hold: Hold) -> bool:
        current = self.held.get(hold.channel)
        if current is None or current.since != hold.since:
            return False
        del self.held[hold.channel]
        return True


@dataclass
class InMemoryNightQueue:
    """Remembers what was handed on."""

    waiting: list[Progress] = field(default_factory=list)
    is_down: bool = False

    def hand_on(self, progress: Progress) -> None:
        if self.is_down:
            raise StorageUnavailable
        self.waiting.append(progress)


@dataclass
class InMemoryServeQueue:
    """Remembers whom it was asked to wake."""

    woken: list[str] = field(default_factory=list)
    because: list[str] = field(default_factory=list)
    is_down: bool = False

    def wake(self, dossier_ids: Sequence[str], event_id: str = "") -> None:
        if self.is_down:
            raise StorageUnavailable
        self.woken += dossier_ids
        self.because += [event_id] * len(dossier_ids)

    def backlog(self) -> int:
        return len(self.woken)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One message that a fake channel took."""

    letter: Email | Sms
    to: str
    tags: Mapping[str, str]


@dataclass
class FakeChannel:
    """Takes messages; raises the answers it was given first. `lost` ones are taken, then raise."""

    sent: list[Sent] = field(default_factory=list)
    answers: list[NotSent] = field(default_factory=list)
    lost: list[NotSent] = field(default_factory=list)

    def _take(self, letter: Email | Sms, to: str, tags: Mapping[str, str]) -> str:
        if self.answers:
            raise self.answers.pop(0)
        self.sent.append(Sent(letter=letter, to=to, tags=dict(tags)))
        if self.lost:
            raise self.lost.pop(0)
        return f"id-{len(self.sent)}"


@dataclass
class FakeMailer(FakeChannel):
    """`suppressed` are the addresses on its list; `keeps` are answers to whoever asks it to take
    one off.
    """

    suppressed: set[str] = field(default_factory=set)
    keeps: list[NotSent] = field(default_factory=list)

    def send(self, email: Email, *, to: str, tags: Mapping[str, str]) -> str:
        return self._take(email, to, tags)

    def unsuppress(self, address: str) -> None:
        if self.keeps:
            raise self.keeps.pop(0)
        self.suppressed.discard(address)


class FakeTexter(FakeChannel):
    def send(self, sms: Sms, *, to: str, tags: Mapping[str, str]) -> str:
        return self._take(sms, to, tags)


@dataclass
class FakeVault:
    """Documents in a dictionary."""

    kept: dict[str, bytes] = field(default_factory=dict)
    media_types: dict[str, str] = field(default_factory=dict)

    def keep(self, key: str, content: bytes, media_type: str) -> None:
        self.kept[key], self.media_types[key] = content, media_type

    def has(self, key: str) -> bool:
        return key in self.kept

    def open_link(self, key: str, filename: str) -> str:
        return f"https://vault.example/{key}?as={filename}"

    def forget(self, prefix: str) -> int:
        gone = [key for key in self.kept if key.startswith(prefix)]
        for key in gone:
            del self.kept[key], self.media_types[key]
        return len(gone)


class InMemoryAddresses:
    """Whose each address is."""

    def __init__(self) -> None:
        self.had_by: dict[str, set[str]] = {}

    def admit(self, fingerprint: str, dossier_id: str) -> bool:
        others = self.had_by.get(fingerprint, set())
        if len(others - {dossier_id}) >= DOSSIERS_AT_MOST:
            return False
        self.had_by[fingerprint] = others | {dossier_id}
        return True

    def leave(self, fingerprint: str, dossier_id: str) -> None:
        left = self.had_by.pop(fingerprint, set()) - {dossier_id}
        if left:
            self.had_by[fingerprint] = left


class PlainLinks:
    """Addresses that anybody can read."""

    site = "https://desk.example"

    def confirm(self, dossier_id: str, revision: str, _generation: str) -> str:
        return f"https://desk.example/confirm/{dossier_id}.{revision}"

    def convocation(self, dossier_id: str, revision: str, _generation: str) -> str:
        return f"https://desk.example/convocation/{dossier_id}.{revision}"

    def proof(self, dossier_id: str, revision: str) -> str:
        return f"https://desk.example/proof/{dossier_id}.{revision}"

    def dossier(self, dossier_id: str, _generation: str) -> str:
        return f"https://desk.example/dossier/{dossier_id}"

    def unsubscribe(self, dossier_id: str) -> str:
        return f"https://desk.example/unsubscribe/{dossier_id}"


class PlainPaper:
    """Documents that say what they are about."""

    def convocation_pdf(
        self, dossier: Dossier, facts: Facts, appointment: Appointment, proof_url: str
    ) -> bytes:
        name = facts.contact.family_name if facts.contact else ""
        return f"{dossier.dossier_id} {name} {appointment.revision} {proof_url}".encode()

    def print_id(self, dossier: Dossier, facts: Facts, appointment: Appointment) -> str:
        name = facts.contact.family_name if facts.contact else ""
        return f"{dossier.dossier_id}-{name}-{appointment.revision}"

    def invite(
        self, dossier: Dossier, facts: Facts, appointment: Appointment, now: datetime
    ) -> bytes:
        return f"{dossier.dossier_id} {facts.known_since} {appointment.revision} {now}".encode()


def ids_of(dossiers: EveryDossier) -> list[str]:
    """The id of every dossier, in the order of a night."""
    return [one.dossier_id for one in dossiers.every()]


def empty_write(dossier: Dossier, next_due_at: datetime | None = None) -> Write:
    """A write without a plan, for tests of storage."""
    return Write(dossier=dossier, state=State.KNOWN, next_due_at=next_due_at, work_since=None)


@dataclass
class InMemorySecretVersions:
    """Versions by their tokens: what each holds, and which is the current one, or waits."""

    secret_id: str = "secret"
    held: dict[str, Content] = field(default_factory=dict)
    is_current: str = ""
    is_waiting: str = ""
    is_due: datetime | None = None

    def due(self) -> datetime | None:
        return self.is_due

    def standing(self, version: str) -> VersionStage:
        if version and version == self.is_current:
            return VersionStage.CURRENT
        is_waiting = bool(version) and version == self.is_waiting
        return VersionStage.WAITING if is_waiting else VersionStage.UNKNOWN

    def current(self) -> CurrentSecret:
        if not self.is_current:
            raise RotationRefused("the secret is empty")
        return CurrentSecret(version=self.is_current, content=self.held[self.is_current])

    def content(self, version: str) -> Content | None:
        return self.held.get(version) if version == self.is_waiting else None

    def keep(self, version: str, content: Content) -> None:
        self.held.setdefault(version, content)

    def promote(self, version: str, instead_of: str) -> None:
        if instead_of != self.is_current:
            raise StorageUnavailable
        self.is_current, self.is_waiting = version, ""
