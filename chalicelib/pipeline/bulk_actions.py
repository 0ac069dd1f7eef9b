"""Something is said of many dossiers at once: undoable for ten minutes, then recorded row by row.

Cards that are ready are shown first here; what a list says, by `appointment_lists`.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain

from chalicelib.domain.attempts import Kind, Status
from chalicelib.domain.bulk import (
    Bulk,
    BulkKind,
    BulkRow,
    CardList,
    CardRow,
    Listed,
    RowStand,
    SetAside,
)
from chalicelib.domain.consequences import Forecast
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.dossier_lists import Telling, beside, unforeseen
from chalicelib.domain.errors import LostRace, Never, StorageUnavailable, Unreadable, Unusable
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.facts import State
from chalicelib.domain.names import is_another
from chalicelib.domain.recording import Recorded
from chalicelib.messages.console.views import (
    BulkPreview,
    BulkRowView,
    BulkView,
    Foresee,
    PreviewRow,
    Unlikely,
)
from chalicelib.pipeline.back_off import Trouble, alone
from chalicelib.pipeline.change import RACES_AT_MOST, change
from chalicelib.pipeline.desk_actions import foresee
from chalicelib.pipeline.intake import Intake
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Channels, JournalLine, Loaded, Searchable
from chalicelib.pipeline.ports.desk import Bulks, KeptBulk
from chalicelib.pipeline.references import Meant, meant_by, without_words
from chalicelib.pipeline.search import facts_if_readable, found_row, is_there

#: For so long nothing has happened yet.
UNDOABLE = timedelta(minutes=10)
#: A whole delivery of cards; and as many rows as a minute's run has time for.
REFERENCES_AT_MOST, ROWS_A_RUN = 1_000, 200

#: So many lists are shown where one is given, of so many days.
LISTS_SHOWN, DAYS_SHOWN = 20, 14

#: What the events of a list begin with, and the appointments that it names.
LIST = "list-"

#: What the journal says of a row that somebody took back.
TAKEN_BACK = f"{EventType.CARD_READY.value} taken back before it was recorded"

#: Why a row was refused, where the dossier was there and did not take the event.
_REFUSED = {Recorded.STALE: "stale", Recorded.QUARANTINED: "conflict"}


@dataclass(frozen=True, kw_only=True)
class BulkRun:
    """How many rows one run has brought to an end, how many of them were refused, and at which of
    these our own program failed. It has `told` of these dossiers what lists say.
    """

    rows: int = 0
    refused: int = 0
    troubles: tuple[Trouble, ...] = ()
    told: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, kw_only=True)
class BulkActions:
    """Does one thing to many dossiers."""

    dossiers: Searchable
    bulks: Bulks
    intake: Intake
    planner: Planner
    channels: Channels
    now: Callable[[], datetime]

    def preview(self, cards: CardList, day: date) -> BulkPreview:
        """What this list would do. Raises Unusable for too many, StorageUnavailable."""
        _distinct(row.reference.upper() for row in cards.rows)
        meant = meant_by(self.dossiers, (row.reference for row in cards.rows))
        cards = without_words(cards, meant)
        rows, seen, holds = list[PreviewRow](), set[str](), self.channels.holds()
        waiting = self._with_cards_to_come()
        for row in cards.rows:
            those = [meant.known[i] for i in meant.ids[row.reference] if i in meant.known]
            there = [one for one in those if is_there(one)]
            one = there[0] if len(there) == 1 else None
            is_part = row.reference in meant.longer
            unknown = Unlikely.PART if is_part else Unlikely.UNKNOWN
            unclear = Unlikely.AMBIGUOUS if there else unknown
            why = unclear if one is None else _unlikely(one, row, seen, waiting)
            found = found_row(one) if one else None
            shown = PreviewRow(row=row, found=found, why=why)
            if isinstance(one, Loaded) and shown.can_be_taken:
                look = partial(foresee, one.dossier, self.planner, holds)
                shown = replace(
                    shown, forecast=foreseen_card(look, one.dossier_id, "", day, self.now())
                )
            rows.append(shown)
        return BulkPreview(day=day, cards=cards, rows=tuple(rows), holds=holds)

    def _with_cards_to_come(self) -> Collection[str]:
        """The dossiers of which a list is about to say that their card is ready."""
        cards = (bulk for bulk in self.bulks.unfinished() if bulk.kind is BulkKind.CARDS)
        return {row.dossier_id for bulk in cards for row in bulk.rows if row.is_to_come}

    def begin(
        self,
        bulk_id: str,
        by: str,
        day: date,
        dossier_ids: Iterable[str],
        aside: Iterable[SetAside] = (),
    ) -> Bulk:
        """Ask for it, with the rows of its list that are left `aside`; asked twice under one id it
        is one. Raises Unusable for none or too many.
        """
        made = asked_for(bulk_id, by, day, dossier_ids, self.now())
        return self.keep(replace(made, aside=as_kept(aside)))

    def keep(self, bulk: Bulk) -> Bulk:
        """Begin it; or the one that was begun under its id. Raises Unusable where it says more than
        an item can hold, StorageUnavailable.
        """
        if self.bulks.begin(bulk):
            return bulk
        found = self.bulks.find(bulk.bulk_id)
        return found.bulk if found else bulk

    def view(self, bulk_id: str) -> BulkView | None:
        """One bulk action with the names of its rows, which are kept with their dossiers alone.

        Raises StorageUnavailable.
        """
        bulk = self.find(bulk_id)
        if bulk is None:
            return None
        many = self.dossiers.many([row.dossier_id for row in bulk.rows])
        known = {one.dossier_id: one for one in many if is_there(one)}
        return BulkView(
            bulk=bulk, rows=tuple(_shown(row, known.get(row.dossier_id), bulk) for row in bulk.rows)
        )

    def find(self, bulk_id: str) -> Bulk | None:
        """One bulk action, finished or not. Raises StorageUnavailable."""
        found = self.bulks.find(bulk_id)
        return found.bulk if found else None

    def pending(self) -> Sequence[Bulk]:
        """What is still to come, then what is over and has refused rows that nobody has read."""
        return (*self.bulks.unfinished(), *self.bulks.unseen())

    def lists_to_come(self) -> Sequence[Bulk]:
        """The lists that have still something to say, in their order. Raises StorageUnavailable."""
        return [bulk for bulk in self.bulks.unfinished() if bulk.kind is not BulkKind.CARDS]

    def last(self, kinds: Collection[BulkKind]) -> Sequence[Bulk]:
        """The last ones of these kinds, of the last days, the newest first. Raises
        StorageUnavailable.
        """
        today = paris_day(self.now())
        days = (today - timedelta(days=n) for n in range(DAYS_SHOWN))
        every = [*self.pending(), *chain.from_iterable(map(self.bulks.over, days))]
        lists = [bulk for bulk in every if bulk.kind in kinds]
        return sorted(lists, key=lambda bulk: bulk.asked_at, reverse=True)[:LISTS_SHOWN]

    def waiting_for(self, dossier_id: str) -> Sequence[Bulk]:
        """Those that have still to say something of this dossier. Raises StorageUnavailable."""
        return [
            bulk
            for bulk in self.bulks.unfinished()
            if any(row.dossier_id == dossier_id and row.is_to_come for row in bulk.rows)
        ]

    def undo(self, bulk_id: str, by: str, references: Collection[str] | None = None) -> Bulk | None:
        """Take these rows back, or all; what is in hand or done stays. Of cards the journal of each
        dossier says so. None if there is no such bulk. Raises LostRace, StorageUnavailable.
        """
        waited = self._waiting(bulk_id)

        def undone(_: int, row: BulkRow) -> BulkRow:
            is_meant = references is None or row.dossier_id in references
            if row.stand is not RowStand.WAITING or not is_meant:
                return row
            return row.ended(RowStand.UNDONE)

        after = self._changed(bulk_id, lambda bulk: _each_row(bulk, undone))
        for row in after.rows if after and after.kind is BulkKind.CARDS else ():
            if row.stand is RowStand.UNDONE and row.dossier_id in waited:
                self._note(row.dossier_id, JournalLine(at=self.now(), by=by, what=TAKEN_BACK))
        return after

    def _waiting(self, bulk_id: str) -> Collection[str]:
        bulk = self.find(bulk_id)
        rows = bulk.rows if bulk else ()
        return {row.dossier_id for row in rows if row.stand is RowStand.WAITING}

    def _note(self, dossier_id: str, line: JournalLine) -> None:
        """In the journal, if its dossier is there and can be written at this moment: it was taken
        back all the same.
        """

        def noted(loaded: Loaded) -> tuple[Dossier, Sequence[JournalLine], None]:
            return loaded.dossier, [line] if loaded.version else [], None

        with suppress(LostRace, StorageUnavailable, Unreadable):
            change(self.dossiers, self.planner, dossier_id, noted, line.at)

    def see(self, bulk_id: str) -> Bulk | None:
        """A person has read what was refused. None if there is no such bulk."""
        now = self.now()
        return self._changed(
            bulk_id, lambda b: replace(b, seen_at=now) if b.wants_to_be_seen else b
        )

    def run_due(self) -> BulkRun:
        """Apply what can no longer be undone, up to `ROWS_A_RUN` rows; the next minute goes on.

        A row is taken in hand by a write before it is applied, and its event has an id of its own:
        a run that is cut short repeats nothing. Raises LostRace, StorageUnavailable.
        """
        run, now = BulkRun(), self.now()
        for bulk in self.bulks.unfinished():
            room = ROWS_A_RUN - run.rows
            if bulk.effective_at > now or room <= 0:
                break
            done = self._run(bulk.bulk_id, room, now, run.told)
            run = BulkRun(
                rows=run.rows + done.rows,
                refused=run.refused + done.refused,
                troubles=(*run.troubles, *done.troubles),
                told=(*run.told, *done.told),
            )
        return run

    def _run(self, bulk_id: str, room: int, now: datetime, told: Sequence[str]) -> BulkRun:
        """Take some rows in hand, apply them, and say what became of each. Which dossier each means
        is looked up anew: a list before may have begun it, `told` this minute, too.
        """
        taken = self._changed(bulk_id, lambda bulk: _taken_in_hand(bulk, room))
        if taken is None:
            return BulkRun()
        in_hand = [row.dossier_id for row in taken.rows if row.stand is RowStand.RUNNING]
        is_of_cards = taken.kind is BulkKind.CARDS
        meant = _as_they_are(in_hand) if is_of_cards else meant_by(self.dossiers, in_hand, told)
        came_to = {
            number: alone(row.dossier_id, partial(self._applied, taken, number, now, meant))
            for number, row in enumerate(taken.rows)
            if row.stand is RowStand.RUNNING
        }
        tried = {
            number: taken.rows[number].ended(RowStand.REFUSED, "failed")
            if isinstance(one, Trouble)
            else one
            for number, one in came_to.items()
        }
        self._changed(bulk_id, lambda bulk: _each_row(bulk, tried.get))
        ended = [row for row in tried.values() if row.stand is not RowStand.RUNNING]
        refused = sum(row.stand is RowStand.REFUSED for row in ended)
        troubles = tuple(one for one in came_to.values() if isinstance(one, Trouble))
        new = () if is_of_cards else tuple(row.dossier_id for row in ended)
        return BulkRun(rows=len(ended), refused=refused, troubles=troubles, told=new)

    def _applied(self, bulk: Bulk, number: int, now: datetime, meant: Meant) -> BulkRow:
        row = bulk.rows[number]
        those = meant.ids[row.dossier_id]
        if len(those) > 1:
            return row.ended(RowStand.REFUSED, "ambiguous")
        row = replace(row, dossier_id=those[0])
        try:
            why = self._why_not(bulk, number, row, now)
        except LostRace:
            return bulk.rows[number]  # somebody works on this dossier: the next minute tries again
        except Unusable:
            why = "full"
        except Never:
            why = "unreadable"
        return row.ended(RowStand.REFUSED if why else RowStand.DONE, why)

    def _why_not(self, bulk: Bulk, number: int, row: BulkRow, now: datetime) -> str:
        """Record it; why its dossier did not take it, if it did not."""
        dossier = self.dossiers.load(row.dossier_id).dossier
        if bulk.kind is BulkKind.CARDS:
            if not dossier.events:
                return "forgotten" if dossier.forgotten else "unknown"
            ready = dossier.facts.card_ready
            is_told = ready is not None and ready.day == bulk.day  # by another list, meanwhile
            return "" if is_told else self._recorded([event_of(bulk, number, now)])
        assert row.says
        # What has become known since is compared anew: the same list twice says nothing twice.
        says = replace(row.says, dossier_id=row.dossier_id)
        compared = beside(says, dossier, telling_of(bulk, number, now), self.planner.desk)
        if says.is_gone and not compared.events and _is_expected(says, dossier):
            return "stale"  # it was moved: what was asked about is no more
        return unforeseen(compared, row.agreed) or self._recorded(compared.events)

    def _recorded(self, events: Iterable[Event]) -> str:
        outcomes = (self.intake.record(event, b"") for event in events)
        return next(filter(None, (_REFUSED.get(one) for one in outcomes)), "")

    def _changed(self, bulk_id: str, fn: Callable[[Bulk], Bulk]) -> Bulk | None:
        """The one way to change a bulk: read, apply a pure function, write if nobody else did."""
        for _ in range(RACES_AT_MOST):
            kept = self.bulks.find(bulk_id)
            if kept is None:
                return None
            try:
                return self._written(kept, fn(kept.bulk))
            except LostRace:
                continue
        raise LostRace

    def _written(self, kept: KeptBulk, after: Bulk) -> Bulk:
        if after != kept.bulk:
            self.bulks.write(kept, after)
        return after


def _taken_in_hand(bulk: Bulk, room: int) -> Bulk:
    """Those that an earlier run has left in hand come first."""
    running = [n for n, row in enumerate(bulk.rows) if row.stand is RowStand.RUNNING]
    waiting = [n for n, row in enumerate(bulk.rows) if row.stand is RowStand.WAITING]
    taken = frozenset(waiting[: max(0, room - len(running))])
    return _each_row(
        bulk, lambda n, row: replace(row, stand=RowStand.RUNNING) if n in taken else row
    )


def asked_for(bulk_id: str, by: str, day: date, dossier_ids: Iterable[str], now: datetime) -> Bulk:
    """A bulk action that somebody asks for now. Raises Unusable for none or too many."""
    rows = tuple(BulkRow(dossier_id=i) for i in _distinct(dossier_ids))
    if not rows:
        message = "references: none"
        raise Unusable(message)
    return Bulk(
        bulk_id=bulk_id, by=by, asked_at=now, effective_at=now + UNDOABLE, day=day, rows=rows
    )


def as_kept(aside: Iterable[SetAside]) -> tuple[SetAside, ...]:
    """Rows that are left aside, without what is written there."""
    return tuple(replace(row, text="", cell="") for row in aside)


def event_of(bulk: Bulk, number: int, now: datetime) -> Event:
    """What one of its rows says of its dossier."""
    return Event(
        event_id=f"bulk-{bulk.bulk_id}-{number}",
        type=EventType.CARD_READY,
        dossier_id=bulk.rows[number].dossier_id,
        at=bulk.asked_at,
        received_at=now,
        source=Source.DESK,
        digest=f"card_ready {bulk.day}",
        day=bulk.day,
        by=bulk.by,
        is_listed=True,
    )


def telling_of(bulk: Bulk, number: int, now: datetime) -> Telling:
    """Who says what one row of a list says, which takes effect now."""
    name = f"{LIST}{bulk.bulk_id}-{number}"
    return Telling(name=name, by=bulk.by, at=bulk.asked_at, received_at=now)


def _as_they_are(dossier_ids: Iterable[str]) -> Meant:
    """A card is announced for a dossier that was found: each is meant by its own reference."""
    return Meant(ids={one: (one,) for one in dossier_ids}, known={})


def _is_expected(says: Listed, dossier: Dossier) -> bool:
    slot = dossier.facts.about(says.purpose).appointment if dossier.events else None
    return slot is not None and slot.is_live


def foreseen_card(look: Foresee, dossier_id: str, by: str, day: date, now: datetime) -> Forecast:
    """What would follow from a card that is ready, asked for now: it is on a list, which waits."""
    bulk = asked_for("foreseen", by, day, [dossier_id], now)
    at = bulk.effective_at
    found = look(event_of(bulk, 0, at), at)
    return Forecast(consequence=found.consequence.said_before(at), refusal=found.refusal)


def _each_row(bulk: Bulk, fn: Callable[[int, BulkRow], BulkRow]) -> Bulk:
    return replace(bulk, rows=tuple(fn(n, row) for n, row in enumerate(bulk.rows)))


def _distinct(references: Iterable[str]) -> list[str]:
    ids = list(dict.fromkeys(i for r in references if (i := r.strip())))
    if len(ids) > REFERENCES_AT_MOST:
        message = f"references: more than {REFERENCES_AT_MOST:,}"
        raise Unusable(message)
    return ids


def _unlikely(
    one: Loaded | Unreadable, row: CardRow, seen: set[str], waiting: Collection[str]
) -> Unlikely | None:
    """Why nobody would expect a card for this dossier; `seen` are those of the rows above, and
    `waiting` those of other lists.
    """
    facts = facts_if_readable(one)
    if isinstance(one, Unreadable) or facts is None:
        return Unlikely.UNREADABLE
    if one.dossier_id in seen:
        return Unlikely.DOUBLE
    seen.add(one.dossier_id)
    if one.dossier_id in waiting:
        return Unlikely.WAITING
    if facts.card_ready or facts.collected:
        return Unlikely.ANNOUNCED
    if one.state is not State.DEPOSITED:
        return Unlikely.STATE
    known = facts.contact
    is_other = known and is_another(row.name, (known.family_name, known.given_name))
    return Unlikely.NAME if is_other else None


def _shown(row: BulkRow, one: Loaded | Unreadable | None, bulk: Bulk) -> BulkRowView:
    """With what became of the messages that left because of it: of cards one kind tells that."""
    ledger = one.dossier.ledger if isinstance(one, Loaded) and row.stand is RowStand.DONE else ()
    is_of_cards = bulk.kind is BulkKind.CARDS
    messages: dict[Channel, Status] = {
        attempt.notice.channel: attempt.status
        for attempt in ledger
        if attempt.notice.channel is not Channel.DESK
        and (attempt.notice.kind is Kind.CARD_READY or not is_of_cards)
        and attempt.claimed_at >= bulk.effective_at
    }
    return BulkRowView(row=row, found=found_row(one) if one else None, messages=messages)
