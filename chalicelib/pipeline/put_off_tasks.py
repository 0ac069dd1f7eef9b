"""What people have put off until a day: until then it stands on no work list."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.work import put_off
from chalicelib.messages.console.views import PutOffRow
from chalicelib.pipeline.back_off import Trouble, alone
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Loaded, Searchable

#: So many dossiers are read, those first whose day is near.
READ_AT_MOST = 100


@dataclass(frozen=True, kw_only=True)
class PutOffTasks:
    """Lists what comes back: a number of reads that does not grow."""

    dossiers: Searchable
    planner: Planner
    now: Callable[[], datetime]

    def rows(self) -> Sequence[PutOffRow]:
        """What comes back, by its day; nothing that a fact has settled since.

        Raises StorageUnavailable.
        """
        ids = self.dossiers.with_work_put_off(paris_day(self.now()), READ_AT_MOST)
        rows = (row for one in self.dossiers.many(ids) for row in self._of(one))
        return sorted(rows, key=lambda row: (row.until, row.dossier_id))

    def _of(self, one: Loaded | Unreadable) -> Sequence[PutOffRow]:
        """Of one that cannot be read a person hears elsewhere."""
        if isinstance(one, Unreadable):
            return ()
        found = alone(one.dossier_id, lambda: list(self._rows(one)))
        return () if isinstance(found, Trouble) else found

    def _rows(self, one: Loaded) -> Iterator[PutOffRow]:
        dossier = one.dossier
        ahead = {owed.notice for owed in self.planner.plan(dossier, self.now()).later}
        said = {event.event_id: event for event in dossier.events}
        for notice, word in put_off(dossier).items():
            event = said[word.event_id]
            if notice in ahead and word.until:
                yield PutOffRow(
                    dossier_id=one.dossier_id,
                    contact=dossier.facts.contact,
                    kind=notice.kind,
                    until=word.until,
                    by=event.by or "",
                    why=event.why or "",
                )
