"""Each open morning: tell the desk what waits for it, and what became of what was sent."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.domain.desk_calendar import PARIS, Desk, paris_day
from chalicelib.domain.work import is_to_collect
from chalicelib.messages.digest import Digest, OpenWork, compose_digest
from chalicelib.pipeline.back_off import if_readable
from chalicelib.pipeline.ports import DIGEST_TAG, Channels, Dossiers, Mailer, WorkItem, WorkKind
from chalicelib.pipeline.ports.desk import DailyFiguresStore, EscalationStore
from chalicelib.pipeline.waiting import READ_AT_MOST, is_urgent, open_dossiers

#: The hour in Paris. The schedule starts at the two hours of UTC that it can be.
HOUR = 8
#: So many dossiers are read to say what they ask for, urgent first; of the others there is only the
#: number.
TOLD_AT_MOST = 50


@dataclass(frozen=True, kw_only=True)
class MorningDigest:
    """Mails the desk its digest: a number of reads that does not grow. `to` is who reads it."""

    dossiers: Dossiers
    channels: Channels
    daily_figures: DailyFiguresStore
    escalation: EscalationStore
    desk: Desk
    mailer: Mailer
    to: str
    now: Callable[[], datetime]

    def send(self) -> bool:
        """Send it if anybody reads it and it is the hour of an open day; whether it left.

        Raises NotSent, StorageUnavailable and TextFailed: whoever started it has to see that it
        failed.
        """
        now = self.now()
        if not self.to or not is_time(self.desk, now):
            return False
        email = compose_digest(self.digest(now), self.desk)
        self.mailer.send(email, to=self.to, tags={DIGEST_TAG: paris_day(now).isoformat()})
        return True

    def digest(self, now: datetime) -> Digest:
        """What there is to tell now. Raises StorageUnavailable."""
        today = paris_day(now)
        ours = open_dossiers(self.dossiers, now, READ_AT_MOST)
        unreadable, held = (
            self.dossiers.work_rows(kind, READ_AT_MOST)
            for kind in (WorkKind.UNREADABLE, WorkKind.QUARANTINE)
        )
        told, figures = self.escalation.last().told, self.daily_figures.last()
        unanswered = [
            told[row.name].since
            for row in ours
            if row.name in told and row.unanswered_since == told[row.name].since
        ]
        is_cut = max(map(len, (ours, unreadable, held))) >= READ_AT_MOST
        return Digest(
            day=today,
            since=_open_day_before(self.desk, today),
            work=tuple(_open_work(self.dossiers, ours[:TOLD_AT_MOST], now)),
            dossiers=len(ours),
            unread=len(ours[TOLD_AT_MOST:]),
            quarantined=len(held),
            unreadable=len(unreadable),
            cut_at=READ_AT_MOST if is_cut else None,
            holds=tuple(self.channels.refused().values()),
            pauses=tuple(self.channels.pauses().values()),
            figures=figures,
            unanswered=len(unanswered),
            unanswered_since=min(unanswered, default=None),
            silences=figures.silences(self.desk) if figures else (),
        )


def is_time(desk: Desk, now: datetime) -> bool:
    """Whether it is the hour of the digest, on a day on which somebody reads it."""
    return now.astimezone(PARIS).hour == HOUR and desk.is_open(paris_day(now))


def _open_work(dossiers: Dossiers, ours: Sequence[WorkItem], now: datetime) -> Iterator[OpenWork]:
    for one in ours:
        urgent_at = one.appointment_at if is_urgent(one.appointment_at, now) else None
        dossier = if_readable(dossiers, one.name)
        for attempt in dossier.open_work:
            yield OpenWork(
                since=paris_day(attempt.claimed_at),
                dossier_id=one.name,
                kind=attempt.notice.kind,
                to_collect=is_to_collect(dossier.facts, attempt.notice),
                urgent_at=urgent_at,
            )


def _open_day_before(desk: Desk, day: date) -> date:
    """The last open day before this one; after a month without any, yesterday."""
    earlier = (day - timedelta(days=n) for n in range(1, 32))
    return next((d for d in earlier if desk.is_open(d)), day - timedelta(days=1))
