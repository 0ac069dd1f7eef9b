"""A dossier that our program fails at waits an hour, in front of a person; the others go on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from chalicelib.domain.attempts import Attempt, Status
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import Never, TryLater, Unreadable
from chalicelib.domain.work import serve_failed, unanswered_since
from chalicelib.pipeline.planning import kinds_of
from chalicelib.pipeline.ports import (
    Dossiers,
    JournalLine,
    Quarantine,
    Quarantined,
    WorkKind,
    Write,
)

T = TypeVar("T")

WAIT = timedelta(hours=1)

#: So many serves of a dossier that failed, or ended with their process, and it waits.
FAILED_AT_MOST = 3

#: Whoever has done with a dossier that cannot be read is told again after a working day: it waits.
TOLD_AGAIN = timedelta(hours=8)

#: More than a desk has dossiers. After a night on which none could be read, each was told.
TOLD_AT_MOST = 20_000


class CutOff(Never):
    """Each serve of a dossier ended with its process, or with its time."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What our own program failed at with one dossier, or one receipt, while it went on with the
    others.
    """

    error: Exception
    dossier_id: str = ""
    receipt_id: str = ""


def alone(dossier_id: str, work: Callable[[], T]) -> T | Trouble:
    """What some work on one dossier comes to; a trouble, where our own program fails at it: then
    the others have theirs all the same.

    Raises what may succeed later (TryLater), for that is about all of them.
    """
    try:
        return work()
    except TryLater:
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, one bad dossier is one
        return Trouble(dossier_id=dossier_id, error=error)


def if_readable(dossiers: Dossiers, dossier_id: str) -> Dossier:
    """One dossier; nothing is known of one that cannot be read, of which the quarantine tells.

    Raises StorageUnavailable.
    """
    try:
        return dossiers.load(dossier_id).dossier
    except Unreadable:
        return Dossier(dossier_id=dossier_id)


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """Holds dossiers back that our program fails at, in front of a person."""

    dossiers: Dossiers
    quarantine: Quarantine
    now: Callable[[], datetime]

    def serve(self, dossier_id: str, serve: Callable[[], T], *, is_again: bool) -> T | Trouble:
        """What a serve comes to; the trouble, where the dossier is set aside instead.

        One that fails is counted then. One whose message `is_again` here is counted before it
        begins, for the process may end with it: a good end, and what may succeed later, take that
        back. So a delivery that nothing ran for, or that met no storage, counts for nothing, and a
        first one that ends well costs no call.

        Raises what may succeed later (TryLater), and what failed less than three times.
        """
        failed = self.dossiers.count_failed(dossier_id) if is_again else 0
        if failed > FAILED_AT_MOST:
            return self._set_aside(Trouble(dossier_id=dossier_id, error=CutOff()))
        try:
            done = alone(dossier_id, serve)
        except TryLater:
            if is_again:
                self.dossiers.count_failed(dossier_id, -1)
            raise
        if isinstance(done, Trouble):
            return self._failed(done, failed)
        if is_again:
            self.dossiers.forget_failed(dossier_id)
        return done

    def _failed(self, trouble: Trouble, failed: int) -> Trouble:
        """What cannot be read is not served again: that would not help."""
        if isinstance(trouble.error, Unreadable):
            return self._set_aside(trouble)
        if (failed or self.dossiers.count_failed(trouble.dossier_id)) < FAILED_AT_MOST:
            raise trouble.error
        return self._set_aside(trouble)

    def _set_aside(self, trouble: Trouble) -> Trouble:
        self.put_before_a_person(trouble.dossier_id)
        self.dossiers.forget_failed(trouble.dossier_id)
        return trouble

    def put_before_a_person(self, dossier_id: str) -> None:
        """Set it aside; where even that is not possible, on the quarantine's part of the work list.

        There its document stays as it is, and it is looked at again in an hour. Raises LostRace
        and StorageUnavailable.
        """
        trouble = alone(dossier_id, lambda: self.back_off(dossier_id))
        if trouble is None:
            return
        error = trouble.error
        if not isinstance(error, Unreadable):
            error = Unreadable(f"this program fails at it: {type(error).__name__}", dossier_id)
        self._tell(error)

    def told(self) -> frozenset[str]:
        """The dossiers of which a person is told that they cannot be read.

        Raises StorageUnavailable.
        """
        rows = self.dossiers.work_rows(WorkKind.UNREADABLE, TOLD_AT_MOST)
        return frozenset(row.about for row in rows)

    def take_off(self, dossier_id: str) -> None:
        """It can be read again: nobody has to look at it any more. Raises StorageUnavailable."""
        now = self.now()
        self.quarantine.see(Quarantined.of_dossier(Unreadable("", dossier_id), now), now)

    def _tell(self, error: Unreadable) -> None:
        """Once, however often it is met."""
        now = self.now()
        item = Quarantined.of_dossier(error, now)
        told = self.quarantine.find(item.key)
        if told and told.seen_at and now - told.seen_at >= TOLD_AGAIN:
            self.quarantine.drop(told)
        self.quarantine.keep(item)
        self.dossiers.put_off(error.dossier_id, now + WAIT, now)

    def back_off(self, dossier_id: str) -> None:
        """Open a desk notice and hold the dossier back, without planning: planning may be what
        fails. Raises LostRace, StorageUnavailable and Unreadable.
        """
        now, loaded = self.now(), self.dossiers.load(dossier_id)
        if not loaded.dossier.events:
            return
        if loaded.dossier.not_before and loaded.dossier.not_before > now:
            return
        since = loaded.dossier.backed_off_at or now
        dossier = replace(loaded.dossier, backed_off_at=since, not_before=now + WAIT)
        opened = Attempt(
            notice=serve_failed(since), status=Status.OPEN, claimed_at=since, status_at=since
        )
        kept = dossier.with_attempt(opened)
        write = Write(
            dossier=kept,
            state=loaded.state,
            next_due_at=now + WAIT,
            work_since=min(a.claimed_at for a in kept.open_work),
            findable=replace(
                loaded.findable, work=kinds_of(kept), unanswered_since=unanswered_since(kept)
            ),
            journal=(JournalLine(at=now, by="relance", what=f"{opened.notice} set aside"),),
        )
        self.dossiers.write(loaded, write)
