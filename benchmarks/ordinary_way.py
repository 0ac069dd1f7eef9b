"""One dossier on the ordinary way: nothing is lost, moved or late, and it renews."""

from collections.abc import Iterator
from datetime import date, datetime, time

from chalicelib.domain.desk_calendar import at_paris
from local.demo.cast import (
    Deed,
    confirms_twice,
    downloads,
    opens_confirm_page,
    opens_dossier_page,
    slot,
    webhook,
)
from local.demo.story import LEA

BEGINS = at_paris(date(2019, 4, 8), time(9, 30))

#: After the last renewal reminder, and after what is over has been forgotten.
ENDS = at_paris(date(2020, 12, 31), time(12))


def deeds() -> Iterator[tuple[datetime, Deed]]:
    """Who does something, and when; oldest first."""
    booked = slot(LEA, "appointment.selected", "A-4711", "2019-05-06T10:20:00+02:00")
    deposited = webhook(
        LEA, "dossier.deposited", occurred_on="2019-05-06", recepisse_number="3812019412"
    )
    ready = webhook(LEA, "card.ready", occurred_on="2019-06-27")
    collected = webhook(
        LEA, "card.collected", occurred_on="2019-07-02", card_expires_on="2020-09-30"
    )
    yield _at(2019, 4, 8, 10), booked
    yield _at(2019, 4, 8, 18), opens_confirm_page(LEA)
    yield _at(2019, 4, 8, 18), confirms_twice(LEA)
    yield _at(2019, 4, 8, 19), downloads(LEA, _drop)
    yield _at(2019, 4, 24, 15), webhook(LEA, "dossier.checked")
    yield _at(2019, 5, 6, 11), deposited
    yield _at(2019, 5, 21, 22), opens_dossier_page(LEA)
    yield _at(2019, 6, 27, 14), ready
    yield _at(2019, 7, 2, 11), collected


def _at(year: int, month: int, day: int, hour: int) -> datetime:
    return at_paris(date(year, month, day), time(hour))


def _drop(_name: str, _content: bytes) -> None:
    """Nobody keeps what this student downloads."""
