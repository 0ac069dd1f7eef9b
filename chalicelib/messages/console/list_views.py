"""What a list of appointments would do, as the console shows it. The pipeline fills these in."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from chalicelib.domain.attempts import Kind
from chalicelib.domain.bulk import Bulk, BulkRow, Listed, SetAside
from chalicelib.domain.consequences import Effect, Following, Forecast
from chalicelib.domain.contact import Channel
from chalicelib.domain.dossier_lists import (
    CAN_BE_TICKED,
    Difference,
    DossierList,
    Doubt,
    ListedRow,
    Standing,
)
from chalicelib.domain.holds import Holds
from chalicelib.messages.console.views import FoundRow

#: What leaves within this time of a list's effect leaves because of it; the rest is foreseen.
AT_ONCE = timedelta(hours=1)
NO_FORECAST = Forecast()


@dataclass(frozen=True, kw_only=True)
class ComparedRow:
    """One row of a list beside its dossier, which is `found` if there is one, and what would follow
    from it. `doubts` are why it is not taken as it stands.
    """

    row: ListedRow
    standing: Standing
    found: FoundRow | None = None
    differences: tuple[Difference, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    forecast: Forecast = NO_FORECAST

    @property
    def name(self) -> str:
        """What a form calls it: what is ticked are the doubts that were seen, and no other."""
        return ".".join((str(self.row.number), *self.doubts))

    @property
    def can_be_ticked(self) -> bool:
        """Whether a person can say that it is meant all the same."""
        return bool(self.doubts) and CAN_BE_TICKED.issuperset(self.doubts)

    @property
    def taken(self) -> BulkRow:
        """What is kept of it, once somebody has agreed to it."""
        says = self.row.says
        return BulkRow(dossier_id=says.dossier_id, says=says, agreed=self.doubts)

    def left(self, why: str) -> SetAside:
        """What is kept of it, where it is not recorded."""
        row = self.row
        return SetAside(number=row.number, text=row.text, why=why, reference=row.says.dossier_id)


@dataclass(frozen=True, kw_only=True)
class GoneRow:
    """Somebody with an appointment on the days of a list who is not on it. That it was cancelled is
    for a person to say.
    """

    found: FoundRow
    says: Listed
    forecast: Forecast = NO_FORECAST

    @property
    def name(self) -> str:
        """What a form calls it: what is ticked is the appointment that was seen, and no other."""
        return f"{self.says.dossier_id}.{self.says.purpose}.{self.says.starts_at:%Y%m%dT%H%M}"

    @property
    def taken(self) -> BulkRow:
        """What is kept of it, once somebody has said that it is so."""
        return BulkRow(dossier_id=self.says.dossier_id, says=self.says)


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """How many get a message because of a list: at once, and how many later on."""

    kind: Kind
    channels: tuple[Channel, ...]
    now: int
    later: int


@dataclass(frozen=True, kw_only=True)
class ListPreview:
    """What a list would do from `effective_at` on, before anybody agrees to it.

    It covers the days from `first` to `last`, if it names an hour ahead; `is_cut` says that not all
    who are expected on them were looked at. `holds` are the channels that are held. The lists that
    are `waiting` for their time count as if it had come.
    """

    given: DossierList
    rows: tuple[ComparedRow, ...]
    gone: tuple[GoneRow, ...]
    effective_at: datetime
    first: date | None = None
    last: date | None = None
    is_cut: bool = False
    holds: Holds = field(default_factory=dict)
    waiting: tuple[Bulk, ...] = ()

    def standing(self, standing: Standing) -> Sequence[ComparedRow]:
        """The rows of which nobody is in doubt, and that come to this."""
        return [one for one in self.rows if not one.doubts and one.standing == standing]

    @property
    def fit(self) -> Sequence[ComparedRow]:
        """The news of which nobody is in doubt."""
        return [*self.standing(Standing.NEW), *self.standing(Standing.CHANGED)]

    @property
    def doubtful(self) -> Sequence[ComparedRow]:
        """The rows that somebody has to look at, as they stand on the list."""
        return [one for one in self.rows if one.doubts]

    @property
    def can_be_added(self) -> int:
        """How many a person could add, one by one."""
        return sum(one.can_be_ticked for one in self.rows) + len(self.gone)

    def chosen(
        self, also: Collection[str] = (), gone: Collection[str] = (), skip: Collection[str] = ()
    ) -> tuple[BulkRow, ...]:
        """What is to be recorded: the news that nobody doubts, but for rows to `skip` by their
        numbers, and what a person has ticked by its name: doubtful rows, and those that are gone.
        """
        ticked = (o for o in self.doubtful if o.can_be_ticked and o.name in also)
        fit = (one for one in self.fit if str(one.row.number) not in skip)
        rows = [one.taken for one in (*fit, *ticked)]
        return (*rows, *(one.taken for one in self.gone if one.name in gone))

    def left(self, also: Collection[str] = (), skip: Collection[str] = ()) -> tuple[SetAside, ...]:
        """The rows that say something and are not recorded, in their order: what could not be read,
        doubtful ones that nobody has ticked, and those to `skip`.
        """
        doubtful = (
            one.left(f"doubts.{one.doubts[0]}")
            for one in self.doubtful
            if Doubt.TWICE not in one.doubts and not (one.can_be_ticked and one.name in also)
        )
        skipped = (one.left("skipped") for one in self.fit if str(one.row.number) in skip)
        return tuple(sorted((*self.given.aside, *doubtful, *skipped), key=lambda row: row.number))

    @property
    def announcements(self) -> Sequence[Announcement]:
        """What the news that nobody doubts will have us say, to how many."""
        leaving = list(self._following(Effect.LEAVES))
        soon = self.effective_at + AT_ONCE
        now = Counter((f.kind, f.channels) for f in leaving if f.at is None or f.at <= soon)
        every = Counter((f.kind, f.channels) for f in leaving)
        return [
            Announcement(kind=kind, channels=channels, now=now[kind, channels], later=n)
            for (kind, channels), number in every.items()
            for n in (number - now[kind, channels],)
        ]

    @property
    def tasks(self) -> Mapping[Kind, int]:
        """What they will have people do, and for how many."""
        return Counter(one.kind for one in self._following(Effect.OPENS))

    def _following(self, effect: Effect) -> Iterator[Following]:
        for row in self.fit:
            yield from (f for f in row.forecast.consequence.following if f.effect is effect)
