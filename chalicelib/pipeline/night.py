"""Once a day, for every dossier: recompute its plan, name it if nothing would ever wake it, forget
it if its time is over, and count.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from chalicelib.domain.daily_figures import (
    Counted,
    count_events,
    count_ledger,
    counted_in,
    is_hidden_by,
    with_counted,
)
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import LostRace, StillSending, StillSuppressed, Unreadable
from chalicelib.domain.facts import ENDS, State
from chalicelib.domain.forgetting import may_have_left_overs, what_remains
from chalicelib.domain.holds import Holds
from chalicelib.domain.plan import Plan
from chalicelib.pipeline.back_off import Backoff, Trouble, alone
from chalicelib.pipeline.eraser import Eraser
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Channels, EveryDossier, Findable, Loaded, Write
from chalicelib.pipeline.ports.desk import DailyFiguresStore
from chalicelib.pipeline.ports.night import NO_LIMIT, NightQueue, Progress
from chalicelib.pipeline.receipt_matching import ReceiptMatching, Untagged

#: From this delivery of a message on, its first dossier gets a message of its own.
PARTS_AT = 3

#: Where a delivery came to no end, the next one works on so many times fewer dossiers.
FEWER = 1_000


@dataclass(frozen=True, kw_only=True)
class _SoFar:
    """What one delivery has read before its first dossier, and what it counts on the way."""

    holds: Holds
    told: frozenset[str]
    untagged: Untagged
    counted: Counted


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What one look at a dossier came to; one without events has no `state`."""

    state: State | None = None
    is_repaired: bool = False
    is_forgotten: bool = False
    matched: int = 0


@dataclass(frozen=True, kw_only=True)
class Night:
    """Looks at every dossier once: the repair of whatever is derived.

    `on_stranded` hears the id of each dossier that nothing would ever wake, `on_trouble` at which
    of them our own program failed: as they are found.
    """

    dossiers: EveryDossier
    channels: Channels
    daily_figures: DailyFiguresStore
    planner: Planner
    backoff: Backoff
    eraser: Eraser
    matching: ReceiptMatching
    queue: NightQueue
    on_stranded: Callable[[str], None]
    on_trouble: Callable[[Trouble], None]
    now: Callable[[], datetime]

    def run(self, progress: Progress, receives: int, is_time_left: Callable[[], bool]) -> Progress:
        """Look at every dossier from there on; once too little time is left, hand on the rest.

        Each stands alone, and what was done is done: a delivery that comes again finds it so. If
        one came to no end, the next works on fewer dossiers before it hands on; a later one looks
        at none, and hands on twice: its first dossier alone, and the rest. What takes the process
        down stops no other for ever, and a message that nothing ran for loses nobody.

        The figures of the answer are whole if this was the end. Raises StorageUnavailable.
        """
        if not progress.after and not progress.is_alone:
            progress = replace(progress, others=self._forget_what_waits())
        matched, untagged = self.matching.match_tagged()
        progress = replace(progress, matched=progress.matched + matched)
        found = _SoFar(
            holds=self.channels.holds(),
            told=self.backoff.told(),
            untagged=untagged,
            counted=counted_in(progress.figures),
        )
        at_most = progress.at_most if receives == 1 else max(1, progress.at_most // FEWER)
        for number, one in enumerate(self.dossiers.every(progress.after)):
            if number and (number >= at_most or not is_time_left()):
                return self._hand_on(replace(progress, at_most=at_most), found.counted)
            if progress.is_alone:
                return self._beyond(progress, one, found)
            if receives >= PARTS_AT:
                self.queue.hand_on(replace(progress, is_alone=True))
                rest = replace(progress, after=one.dossier_id, at_most=NO_LIMIT)
                return self._hand_on(rest, found.counted)
            progress = self._beyond(progress, one, found)
        return self._kept(progress, found.counted, is_whole=True)

    def _forget_what_waits(self) -> int:
        """What was kept long enough and is no dossier. A fault in it stops no dossier."""
        done = alone("", self.eraser.forget_what_waits)
        if isinstance(done, Trouble):
            self.on_trouble(done)
            return 0
        return done

    def _hand_on(self, progress: Progress, counted: Counted) -> Progress:
        kept = self._kept(progress, counted)
        self.queue.hand_on(kept)
        return kept

    def _kept(self, progress: Progress, counted: Counted, *, is_whole: bool = False) -> Progress:
        """With what was counted so far, which is shown from now on."""
        figures = replace(with_counted(progress.figures, counted), is_whole=is_whole)
        if not is_hidden_by(figures, self.daily_figures.last()):
            self.daily_figures.keep(figures)
        return replace(progress, figures=figures)

    def _beyond(self, progress: Progress, one: Loaded | Unreadable, found: _SoFar) -> Progress:
        """One dossier further."""
        dossier_id, figures = one.dossier_id, progress.figures
        seen = (
            Trouble(dossier_id=dossier_id, error=one)
            if isinstance(one, Unreadable)
            else alone(dossier_id, partial(self._look, one, found))
        )
        if isinstance(seen, Trouble):
            self._tell(seen)
            return replace(progress, after=dossier_id)
        if dossier_id in found.told:
            self.backoff.take_off(dossier_id)
        return replace(
            progress,
            after=dossier_id,
            figures=figures.with_one(seen.state) if seen.state else figures,
            repaired=progress.repaired + seen.is_repaired,
            forgotten=progress.forgotten + seen.is_forgotten,
            matched=progress.matched + seen.matched,
        )

    def _tell(self, trouble: Trouble) -> None:
        self.on_trouble(trouble)
        try:
            self.backoff.put_before_a_person(trouble.dossier_id)
        except LostRace:  # somebody works on it at this moment
            return

    def _look(self, loaded: Loaded, found: _SoFar) -> _Seen:
        """Rewrite whatever is derived and differs: after a change of rules, of the calendar, or of
        what dossiers are found by; then forget what is over.
        """
        matched = self.matching.match_untagged(loaded.dossier, found.untagged)
        if matched:
            loaded = self.dossiers.load(loaded.dossier_id)
        now, dossier, dossier_id = self.now(), loaded.dossier, loaded.dossier_id
        is_over = may_have_left_overs(dossier, now)
        if not dossier.events:
            return _Seen(is_forgotten=is_over and self.eraser.forget_if_over(dossier_id))
        if dossier.facts.erasure:
            return _Seen(state=dossier.state, is_forgotten=self._has_erased(dossier_id))
        count_ledger(found.counted, dossier.ledger, now)
        count_events(found.counted, dossier.events)
        plan = self.planner.plan(dossier, now, found.holds)
        write = self.planner.write_of(dossier, plan, now)
        is_wrong = _derived(write) != _derived(loaded)
        is_ours = not is_wrong or self._has_written(loaded, write)
        if is_ours and write.next_due_at is None and not _has_an_end(dossier, plan):
            self.on_stranded(dossier_id)
        is_over |= what_remains(dossier, plan, self.planner.desk, now) != dossier
        return _Seen(
            state=plan.state,
            is_repaired=is_wrong and is_ours,
            is_forgotten=is_over and self.eraser.forget_if_over(dossier_id),
            matched=matched,
        )

    def _has_erased(self, dossier_id: str) -> bool:
        """What somebody asked for. Until it is done its line stays on the work list, and each night
        tries again; what a provider refuses, others hear of as well.
        """
        try:
            return self.eraser.forget(dossier_id)
        except StillSuppressed as error:
            self.on_trouble(Trouble(dossier_id=dossier_id, error=error))
        except (LostRace, StillSending):  # it is being worked on at this moment
            pass
        return False

    def _has_written(self, loaded: Loaded, write: Write) -> bool:
        """False where somebody else was first: whoever won has just written a fresh plan."""
        try:
            self.dossiers.write(loaded, write)
        except LostRace:
            return False
        return True


def _derived(stored: Loaded | Write) -> tuple[datetime | None, State, Findable]:
    return stored.next_due_at, stored.state, stored.findable


def _has_an_end(dossier: Dossier, plan: Plan) -> bool:
    """Collected or closed, or in front of a person, or ended by a person's word, or never ours."""
    is_open = bool(dossier.open_work)
    is_ours = dossier.facts.known_since is not None
    return plan.state in ENDS or is_open or bool(plan.settled) or not is_ours
