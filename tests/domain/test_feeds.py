"""A feed that brings nothing for longer than its desk expects is silent, by the counter's hours."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from chalicelib.domain.desk_calendar import Desk, Feed, WorkRules
from chalicelib.domain.events import EventType, Source
from chalicelib.domain.feeds import Silence, feed_of, silences
from tests.builders import DESK, a_closed_desk, an_event, paris

AT = "2019-05-06 10:00"
BOOKING, CARDS = Feed.BOOKING, Feed.CARDS


@pytest.mark.parametrize(
    ("kind", "more", "feed"),
    [
        (EventType.SELECTED, {"source": Source.BOOKING}, Feed.BOOKING),
        (EventType.CARD_READY, {"source": Source.BOOKING}, Feed.BOOKING),
        (EventType.CONFIRMED, {"source": Source.STUDENT}, None),
        (EventType.CARD_READY, {"source": Source.DESK}, None),  # an agent, of one dossier
        (EventType.CARD_READY, {"source": Source.DESK, "is_listed": True}, Feed.CARDS),
        (EventType.SELECTED, {"source": Source.DESK, "is_listed": True}, Feed.APPOINTMENTS),
        (EventType.CANCELLED, {"source": Source.DESK, "is_listed": True}, Feed.APPOINTMENTS),
        (
            EventType.CARD_READY,
            {"source": Source.DESK, "is_listed": True, "is_taken_over": True},
            None,
        ),
    ],
)
def test_an_event_is_of_the_feed_that_brought_it(
    kind: EventType, more: dict[str, Any], feed: Feed | None
) -> None:
    assert feed_of(an_event(kind, AT, **more)) is feed


def expecting(hours: Mapping[Feed, int], desk: Desk = DESK) -> Desk:
    rules = WorkRules(escalate_after_open_hours=4, second_person="", silent_after_open_hours=hours)
    return replace(desk, work=rules)


#: It brought something on the Monday, at ten: the counter is open until five, and eight hours a
#: day.
@pytest.mark.parametrize(
    ("desk", "known_at", "told"),
    [
        (expecting({BOOKING: 16}), "2019-05-07 17:00", []),  # 15 hours
        (expecting({BOOKING: 15}), "2019-05-07 17:00", [15]),
        (expecting({BOOKING: 15}), "2019-05-07 16:59", []),
        (expecting({BOOKING: 16}), "2019-05-08 23:00", []),  # a public holiday
        (expecting({BOOKING: 16}), "2019-05-09 10:30", [16]),  # and a half, which is not said
        (
            expecting({BOOKING: 8}, a_closed_desk("2019-05-07", "2019-05-31")),
            "2019-05-31 23:00",
            [],
        ),
        (expecting({CARDS: 1}), "2019-06-06 10:00", []),  # never brought anything
        (expecting({}), "2019-06-06 10:00", []),
        (replace(DESK, work=None), "2019-06-06 10:00", []),
    ],
)
def test_it_is_silent_once_the_counter_was_open_for_so_many_hours(
    desk: Desk, known_at: str, told: list[int]
) -> None:
    heard: dict[Feed, datetime] = {BOOKING: paris(AT)}
    assert silences(heard, paris(known_at), desk) == tuple(
        Silence(feed=BOOKING, since=paris(AT), known_at=paris(known_at), open_hours=hours)
        for hours in told
    )
