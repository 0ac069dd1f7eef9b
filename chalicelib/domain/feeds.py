"""What brings the news of dossiers, and which of it has fallen silent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.desk_calendar import Desk, Feed
from chalicelib.domain.events import Event, EventType, Source

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Silence:
    """A feed of which nothing was recorded for longer than its desk expects: the last of it was
    received at `since`, and at `known_at` the counter had been open for so many whole hours more.
    """

    feed: Feed
    since: datetime
    known_at: datetime
    open_hours: int


def feed_of(event: Event) -> Feed | None:
    """What brought an event; None for what a student or an agent said of one dossier, and for the
    steps of a takeover, which a desk does once.
    """
    if event.source is Source.BOOKING:
        return Feed.BOOKING
    if not event.is_listed or event.is_taken_over:
        return None
    return Feed.CARDS if event.type is EventType.CARD_READY else Feed.APPOINTMENTS


def silences(heard: Mapping[Feed, datetime], known_at: datetime, desk: Desk) -> tuple[Silence, ...]:
    """Which feeds are silent at an instant, of those that ever brought anything (`heard`: when each
    last did) and of which the desk says how long they may be.
    """
    expected = desk.work.silent_after_open_hours if desk.work else {}
    open_for = {
        feed: desk.open_between(heard[feed], known_at) for feed in expected if feed in heard
    }
    return tuple(
        Silence(feed=feed, since=heard[feed], known_at=known_at, open_hours=spent // _HOUR)
        for feed, spent in open_for.items()
        if spent >= expected[feed] * _HOUR
    )
