"""Appointments by list, for a desk whose booking system tells nothing: read, compared with what is
known, shown first, and then a bulk action like any other.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from chalicelib.decoding.appointment_lists import appointment_list
from chalicelib.decoding.list_columns import Headings, headings_of, lasting
from chalicelib.domain.bulk import Bulk, BulkKind, BulkRow, Listed, SetAside
from chalicelib.domain.consequences import Forecast
from chalicelib.domain.desk_calendar import SlotPurpose, at_paris, paris_day
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.dossier_lists import (
    DossierList,
    Doubt,
    ListedRow,
    ListKind,
    Standing,
    Telling,
    beside,
    days_of,
    doubts_among,
    unforeseen,
)
from chalicelib.domain.errors import Unreadable, Unusable
from chalicelib.domain.holds import Holds
from chalicelib.domain.names import compact, is_its_end
from chalicelib.messages.console.list_views import ComparedRow, GoneRow, ListPreview
from chalicelib.pipeline.bulk_actions import (
    LIST,
    REFERENCES_AT_MOST,
    UNDOABLE,
    BulkActions,
    as_kept,
    telling_of,
)
from chalicelib.pipeline.desk_actions import consequence_of
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import (
    DOSSIERS_AT_MOST,
    Channels,
    Expected,
    Loaded,
    Searchable,
)
from chalicelib.pipeline.ports.desk import ListHeadings
from chalicelib.pipeline.references import Meant, meant_by
from chalicelib.pipeline.search import facts_if_readable, found_row, is_there

#: Whose appointments on the days of a list are looked at, the first ones: several months of a desk.
EXPECTED_AT_MOST = 3_000


@dataclass(frozen=True, kw_only=True)
class AppointmentLists:
    """Reads lists of appointments, says what they would do, and begins it."""

    dossiers: Searchable
    headings: ListHeadings
    bulk_actions: BulkActions
    channels: Channels
    planner: Planner
    now: Callable[[], datetime]

    @property
    def purposes(self) -> Sequence[SlotPurpose]:
        """What appointments can be for at this desk, that of a list which says nothing first."""
        return self.planner.desk.terms_on(paris_day(self.now())).appointments

    def read(
        self,
        content: str | bytes,
        purpose: SlotPurpose,
        said: Headings | None = None,
        kind: ListKind = ListKind.APPOINTMENTS,
    ) -> tuple[DossierList, Headings]:
        """What stands on a list, and what is known of its headings: as somebody says now, otherwise
        as they were confirmed of a list with the same ones. Raises FormRefused, StorageUnavailable.
        """
        given = appointment_list(content, said or {}, purpose, kind, now=self.now())
        called = headings_of(given)
        known = {**self.headings.known(lasting(called).keys()), **(said or {})}
        if not known.items() <= called.items():
            given = appointment_list(content, known, purpose, kind, now=self.now())
        return given, known

    def remember(self, said: Headings) -> None:
        """Keep what somebody has confirmed of all headings of a list. Raises StorageUnavailable."""
        kept = lasting(said)
        if kept != self.headings.known(kept.keys()):
            self.headings.keep(kept)

    def judge(self, given: DossierList, by: str, *, foresees: bool = True) -> ListPreview:
        """Each row beside its dossier, and who is missing; what would follow, if it `foresees`.

        What lists say that still wait for their time counts as known.

        The reads grow with the list: see `meant_by`. Raises Unusable for too many,
        StorageUnavailable.
        """
        if len(given.rows) > REFERENCES_AT_MOST:
            message = f"list: more than {REFERENCES_AT_MOST:,} rows"
            raise Unusable(message)
        at, waiting = self.now(), self.bulk_actions.lists_to_come()
        judge = _Judge(
            planner=self.planner,
            holds=self.channels.holds(),
            telling=Telling(name=f"{LIST}foreseen", by=by, at=at, received_at=at + UNDOABLE),
            foresees=foresees,
            to_come=_to_come(waiting),
        )
        meant = meant_by(
            self.dossiers,
            (row.says.dossier_id for row in given.rows),
            (row.dossier_id for bulk in waiting for row in bulk.rows if row.is_to_come),
        )
        given, known = _without_unclear(given, meant), meant.known
        rows = [_named(row, *meant.ids[row.says.dossier_id]) for row in given.rows]
        among = doubts_among(rows, DOSSIERS_AT_MOST)
        compared = [
            judge.row(row, known.get(row.says.dossier_id), _own(row, among.get(place), meant))
            for place, row in enumerate(rows)
        ]
        covering = compared if given.kind is ListKind.APPOINTMENTS else []
        certain = [one.row for one in covering if not one.doubts]
        covered = {
            purpose: days_of(those, judge.telling.received_at)
            for purpose in SlotPurpose
            if (those := [row for row in certain if row.says.purpose is purpose])
        }
        days = days_of(certain, judge.telling.received_at)
        expected = self._expected(days)
        on_them = (one for one in expected[:EXPECTED_AT_MOST] if _is_on(one, covered))
        gone = _missing(on_them, rows, given.aside)
        there = self._known(one.dossier_id for one in gone)
        rows_gone = (judge.gone(one, there.get(one.dossier_id)) for one in gone)
        return ListPreview(
            given=given,
            rows=tuple(compared),
            gone=tuple(filter(None, rows_gone)),
            effective_at=judge.telling.received_at,
            first=paris_day(days[0]) if days else None,
            last=paris_day(days[1]) if days else None,
            is_cut=len(expected) > EXPECTED_AT_MOST,
            holds=judge.holds,
            waiting=tuple(waiting),
        )

    def begin(
        self,
        bulk_id: str,
        by: str,
        chosen: Collection[BulkRow],
        kind: ListKind,
        aside: Sequence[SetAside] = (),
    ) -> Bulk:
        """Ask for it, with the rows of its list that are left `aside`. Asked twice under one id it
        is one. Raises Unusable for none, or where it is more than an item can hold.
        """
        if not chosen:
            message = "list: nothing to record"
            raise Unusable(message)
        at = self.now()
        return self.bulk_actions.keep(
            Bulk(
                bulk_id=bulk_id,
                by=by,
                asked_at=at,
                effective_at=at + UNDOABLE,
                day=paris_day(at),
                kind=BulkKind(kind),
                rows=tuple(chosen),
                aside=as_kept(aside),
            )
        )

    def _known(self, ids: Iterable[str]) -> Mapping[str, Loaded | Unreadable]:
        many = self.dossiers.many(list(dict.fromkeys(ids)))
        return {one.dossier_id: one for one in many}

    def _expected(self, days: tuple[datetime, datetime] | None) -> Sequence[Expected]:
        """Who has an appointment on the days of the list, those of its own hours included."""
        if days is None:
            return ()
        first, last = (at_paris(paris_day(at), time()) for at in days)
        return self.dossiers.expected(
            max(first, self.now() + UNDOABLE), last + timedelta(days=1), EXPECTED_AT_MOST + 1
        )


@dataclass(frozen=True, kw_only=True)
class _Judge:
    """Compares rows with what is known, as of when their list would take effect: what is `to_come`
    of the same letters and digits is known by then.
    """

    planner: Planner
    holds: Holds
    telling: Telling
    foresees: bool
    to_come: Mapping[str, Sequence[tuple[BulkRow, Telling]]] = field(default_factory=dict)

    def row(
        self, row: ListedRow, one: Loaded | Unreadable | None, own: Sequence[Doubt]
    ) -> ComparedRow:
        found = found_row(one) if one and is_there(one) else None
        if isinstance(one, Unreadable) or (found and one and facts_if_readable(one) is None):
            doubts, standing = (Doubt.UNREADABLE,), Standing.CHANGED
            return ComparedRow(row=row, standing=standing, found=found, doubts=doubts)
        before = self._by_then(one.dossier if one else Dossier(dossier_id=row.says.dossier_id))
        compared = beside(row.says, before, self.telling, self.planner.desk)
        own = [doubt for doubt in own if compared.events or doubt not in _OF_NEWS]
        return ComparedRow(
            row=row,
            standing=compared.standing,
            found=found,
            differences=compared.differences,
            doubts=(*own, *compared.doubts),
            forecast=self._forecast(before, compared.after),
        )

    def gone(self, expected: Expected, one: Loaded | Unreadable | None) -> GoneRow | None:
        """None where the index is behind, or nobody can say: there is no such appointment."""
        if one is None or isinstance(one, Unreadable) or facts_if_readable(one) is None:
            return None
        says = Listed(
            dossier_id=one.dossier_id,
            purpose=expected.purpose,
            starts_at=expected.at,
            is_gone=True,
        )
        before = self._by_then(one.dossier)
        compared = beside(says, before, self.telling, self.planner.desk)
        if not compared.events:
            return None
        forecast = self._forecast(before, compared.after)
        return GoneRow(found=found_row(one), says=says, forecast=forecast)

    def _by_then(self, dossier: Dossier) -> Dossier:
        """The dossier as lists leave it whose time comes first."""
        for row, telling in self.to_come.get(compact(dossier.dossier_id), ()):
            assert row.says
            says = replace(row.says, dossier_id=dossier.dossier_id)
            compared = beside(says, dossier, telling, self.planner.desk)
            if not unforeseen(compared, row.agreed):
                dossier = compared.after
        return dossier

    def _forecast(self, before: Dossier, after: Dossier) -> Forecast:
        if not self.foresees:
            return Forecast()
        at = self.telling.received_at
        follows = consequence_of(before, after, self.planner, self.holds, at)
        return Forecast(consequence=follows.said_before(at))


def _to_come(bulks: Iterable[Bulk]) -> Mapping[str, Sequence[tuple[BulkRow, Telling]]]:
    """What these still have to say, by the letters and digits of its reference, in their order."""
    found = defaultdict[str, list[tuple[BulkRow, Telling]]](list)
    for bulk in bulks:
        for number, row in enumerate(bulk.rows):
            if row.is_to_come:
                telling = telling_of(bulk, number, bulk.effective_at)
                found[compact(row.dossier_id)].append((row, telling))
    return found


def _without_unclear(given: DossierList, meant: Meant) -> DossierList:
    """The list, where rows that may mean one dossier or another, or none, are of no use."""
    rows, aside = list[ListedRow](), list(given.aside)
    for row in given.rows:
        one = row.says.dossier_id
        if meant.is_a_word(one):
            aside.append(SetAside(number=row.number, text=row.text, why="no_reference"))
        elif len(meant.ids[one]) > 1:
            why = "ambiguous"
            aside.append(SetAside(number=row.number, text=row.text, why=why, reference=one))
        else:
            rows.append(row)
    aside.sort(key=lambda row: row.number)
    return replace(given, rows=tuple(rows), aside=tuple(aside))


#: What is nobody's concern in a row that says nothing new.
_OF_NEWS = frozenset({Doubt.SHARED, Doubt.UNREAD, Doubt.PART})


def _own(row: ListedRow, among: Doubt | None, meant: Meant) -> Sequence[Doubt]:
    """What a row is in doubt for, whatever its dossier holds."""
    reference = row.says.dossier_id
    said = {
        Doubt.UNREAD: bool(row.unread),
        Doubt.PART: any(is_its_end(reference, one) for one in meant.longer.get(reference, ())),
    }
    return [*([among] if among else []), *(doubt for doubt, holds in said.items() if holds)]


def _is_on(one: Expected, covered: Mapping[SlotPurpose, tuple[datetime, datetime] | None]) -> bool:
    """Whether it would stand on the list: one of appointments to deposit names nobody who comes to
    collect.
    """
    days = covered.get(one.purpose)
    return days is not None and paris_day(days[0]) <= paris_day(one.at) <= paris_day(days[1])


def _named(row: ListedRow, dossier_id: str) -> ListedRow:
    """The row, with its reference as the dossier has it that is meant; of one that nobody knows, as
    the list has it first.
    """
    return replace(row, says=replace(row.says, dossier_id=dossier_id))


def _missing(
    expected: Iterable[Expected], rows: Iterable[ListedRow], aside: Iterable[SetAside]
) -> Sequence[Expected]:
    """Who is expected and not on the list, by whatever spelling; not even on a row of no use."""
    named = {(row.says.dossier_id, row.says.purpose) for row in rows}
    named_aside = {compact(row.reference) for row in aside}
    return [
        one
        for one in expected
        if (one.dossier_id, one.purpose) not in named and compact(one.dossier_id) not in named_aside
    ]
