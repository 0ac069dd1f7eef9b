"""When a message may leave: each channel's hours, the daily caps, and what holds it back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from chalicelib.domain.appointments import Appointment, SlotChange
from chalicelib.domain.attempts import Attempt, Status
from chalicelib.domain.channels import CHANNELS
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Desk, SlotPurpose, at_paris, paris_day
from chalicelib.domain.events import Event
from chalicelib.domain.holds import Holds
from chalicelib.domain.rules import Rule, kinds_where

_REMINDERS = kinds_where(lambda rule: rule.reminder)
_A_DAY = timedelta(days=1)

#: An event older than this on arrival is part of a backlog: the rest of it may still come.
BACKLOG_AGE = timedelta(minutes=10)
#: What may change again at any moment is told when it has not changed for so long …
REST = timedelta(seconds=60)
#: … or, if it never rests, so long after it began to change.
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Hours:
    """The clock side of one plan. `not_before` holds back whatever this dossier is owed.

    Until `backlog_ends_at` the rest of a backlog may come in, and until `slots_rest_at` another
    change of an announced appointment, by its purpose. Nothing waits for either until it is
    pointless.
    """

    desk: Desk
    dossier_id: str
    holds: Holds
    ledger: Sequence[Attempt]
    not_before: datetime | None
    backlog_ends_at: datetime | None
    slots_rest_at: Mapping[SlotPurpose, datetime]
    now: datetime

    def for_message(
        self,
        at: datetime,
        channel: Channel,
        rule: Rule,
        purpose: SlotPurpose,
        end_at: datetime | None,
    ) -> datetime:
        """The first instant, not before now, at which a message due at `at` may leave."""
        ready = max(self.for_desk(at, end_at), *self._leases(), *self._turn(channel))
        if rule.steady and purpose in self.slots_rest_at:
            ready = max(ready, self.slots_rest_at[purpose])
        ready = self._after_a_full_day(ready, reminder=rule.reminder)
        return CHANNELS[channel].opens_at(self.desk, ready)

    def for_desk(self, at: datetime, end_at: datetime | None) -> datetime:
        """The first instant, not before now, at which a desk notice due at `at` may open."""
        ready = self._not_before(at)
        is_useful = self.backlog_ends_at and (end_at is None or self.backlog_ends_at < end_at)
        return max(ready, self.backlog_ends_at) if self.backlog_ends_at and is_useful else ready

    def _not_before(self, at: datetime) -> datetime:
        return max(at, self.now, self.not_before or self.now)

    def flooded_at(self, at: datetime) -> datetime | None:
        """Since when the day on which a message could leave is full of messages, if it is."""
        day = paris_day(self._not_before(at))
        most = self.desk.terms_on(day).delays.messages_a_day
        claims = sorted(a.claimed_at for a in self._messages_on(day))
        return claims[most - 1] if len(claims) >= most else None

    def _turn(self, channel: Channel) -> Iterable[datetime]:
        """On a held channel each dossier waits for its turn."""
        if channel in self.holds:
            yield self.holds[channel].turn_of(self.dossier_id, self.now)

    def _leases(self) -> Iterable[datetime]:
        """One live claim a dossier: the last message is always about the last facts."""
        claims = (a.until for a in self.ledger if a.status is Status.CLAIMED)
        return [self.now, *(until for until in claims if until)]

    def _after_a_full_day(self, at: datetime, *, reminder: bool) -> datetime:
        """A full day pushes what is left to nine o'clock of the next one, not to midnight."""
        day = paris_day(at)
        if self._is_full(day, reminder=reminder):
            return self._nine(day + _A_DAY)
        if self._is_full(day - _A_DAY, reminder=reminder):
            return max(at, self._nine(day))
        return at

    def _is_full(self, day: date, *, reminder: bool) -> bool:
        """Whether a person has heard enough from us on a day. Counted at the claim."""
        delays = self.desk.terms_on(day).delays
        messages = self._messages_on(day)
        reminders = sum(1 for a in messages if a.notice.kind in _REMINDERS)
        is_full = len(messages) >= delays.messages_a_day
        return is_full or (reminder and reminders >= delays.reminders_a_day)

    def _messages_on(self, day: date) -> Sequence[Attempt]:
        return self._messages.get(day, ())

    @cached_property
    def _messages(self) -> Mapping[date, Sequence[Attempt]]:
        """Those of each Paris day on which any was claimed."""
        by_day: dict[date, list[Attempt]] = {}
        for a in self.ledger:
            if a.notice.channel is not Channel.DESK:
                by_day.setdefault(paris_day(a.claimed_at), []).append(a)
        return by_day

    def _nine(self, day: date) -> datetime:
        return at_paris(day, self.desk.terms_on(day).delays.send_at)


def backlog_ends_at(events: Iterable[Event]) -> datetime | None:
    """When all of a backlog will have come in; None where there is none."""
    return _rests_at(e.received_at for e in events if e.received_at - e.at > BACKLOG_AGE)


def slots_rest_at(
    slots: Iterable[Appointment], changes: Sequence[SlotChange], ledger: Sequence[Attempt]
) -> Mapping[SlotPurpose, datetime]:
    """When an appointment that is no more as it was announced may be announced again.

    Not there where nothing was: the first announcement leaves at once, as does one after an
    appointment whose hour has passed; and where the wait would last until the appointment itself.
    """
    rests_at = {
        slot.purpose: _slot_rests_at(
            slot, [c for c in changes if c.purpose is slot.purpose], ledger
        )
        for slot in slots
    }
    return {purpose: at for purpose, at in rests_at.items() if at}


def _slot_rests_at(
    slot: Appointment, changes: Sequence[SlotChange], ledger: Iterable[Attempt]
) -> datetime | None:
    told = {a.notice.occasion for a in ledger if a.notice.channel is not Channel.DESK}
    places = [n for n, change in enumerate(changes) if change.is_seen or change.events & told]
    if not places:
        return None
    known, news = changes[places[-1]], [c.learnt_at for c in changes[places[-1] + 1 :]]
    rests_at = _rests_at(at for at in news if at < known.starts_at)
    return rests_at if rests_at and rests_at < slot.starts_at else None


def _rests_at(news: Iterable[datetime]) -> datetime | None:
    """When what these news have changed, by our own clock, may be told; None if nothing has."""
    begun = rests_at = None
    for at in sorted(news):
        if begun is None or rests_at is None or at > rests_at:
            begun = at
        rests_at = min(at + REST, begun + PATIENCE)
    return rests_at
