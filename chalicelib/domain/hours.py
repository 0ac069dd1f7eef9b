"""When a message may leave: each channel's hours, the daily cap, and what holds it back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import Attempt, Fate, Kind
from chalicelib.domain.desk_calendar import Desk, after_rule, at_paris, paris_day
from chalicelib.domain.notices import RULES

_REMINDERS: frozenset[Kind] = frozenset(rule.kind for rule in RULES if rule.reminder)
_TOMORROW = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Hours:
    """The clock side of one plan. `not_before` holds back whatever this dossier is owed."""

    desk: Desk
    ledger: Sequence[Attempt]
    not_before: datetime | None
    now: datetime

    def for_message(self, at: datetime, channel: Channel, *, reminder: bool) -> datetime:
        """The first instant, not before now, at which a message due at `at` may leave."""
        ready = max(self.for_desk(at), *self._leases())
        if reminder and self._is_capped(ready):
            ready = self._nine(ready + _TOMORROW)
        return self._in_sms_hours(ready) if channel is Channel.SMS else ready

    def for_desk(self, at: datetime) -> datetime:
        """The first instant, not before now, at which a desk notice due at `at` may open."""
        return max(at, self.now, self.not_before or self.now)

    def _leases(self) -> Iterable[datetime]:
        """One live claim a dossier: the last message is always about the last facts."""
        claims = (a.until for a in self.ledger if a.fate is Fate.CLAIMED)
        return [self.now, *(until for until in claims if until)]

    def _is_capped(self, at: datetime) -> bool:
        today = paris_day(at)
        left = [
            a
            for a in self.ledger
            if a.notice.kind in _REMINDERS
            and a.notice.channel is not Channel.DESK
            and paris_day(a.claimed_at) == today
        ]
        return len(left) >= self.desk.terms_on(today).delays.reminders_a_day

    def _nine(self, at: datetime) -> datetime:
        day = paris_day(at)
        return at_paris(day, self.desk.terms_on(day).delays.send_at)

    def _in_sms_hours(self, at: datetime) -> datetime:
        """9 to 19 h, not on Sundays or public holidays: out of courtesy, and to be read."""
        day = paris_day(at)
        delays = self.desk.terms_on(day).delays
        if self.desk.is_quiet(day) or at >= at_paris(day, delays.sms_to):
            day = after_rule(day + _TOMORROW, self.desk.is_quiet)
            return at_paris(day, delays.sms_from)
        return max(at, at_paris(day, delays.sms_from))
