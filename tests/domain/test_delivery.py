"""How one fate follows another."""

from itertools import product

import pytest

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import CHANGED_BY, Blame, DeliveryReport, Fate, Kind, settled
from tests.builders import DOSSIER, a_notice, an_attempt, paris

NOTICE = a_notice(Kind.CARD_READY, "2019-07-01", Channel.SMS)


def report(fate: Fate) -> DeliveryReport:
    return DeliveryReport(
        dossier_id=DOSSIER,
        notice=NOTICE,
        attempt=1,
        fate=fate,
        at=paris("2019-07-01 15:05"),
        receipt_id="r",
        message_id="m",
        reason="why",
        blame=Blame.PASSING,
    )


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        (Fate.CLAIMED, Fate.ACCEPTED, Fate.ACCEPTED),
        (Fate.CLAIMED, Fate.DELIVERED, Fate.DELIVERED),  # the receipt before our own mark
        (Fate.UNKNOWN, Fate.ACCEPTED, Fate.ACCEPTED),
        (Fate.POSTPONED, Fate.DELIVERED, Fate.DELIVERED),
        (Fate.ACCEPTED, Fate.FAILED, Fate.FAILED),
        (Fate.DELIVERED, Fate.ACCEPTED, Fate.DELIVERED),  # out of order
        (Fate.DELIVERED, Fate.BOUNCED, Fate.BOUNCED),  # mail can come back after delivery
        (Fate.DELIVERED, Fate.FAILED, Fate.DELIVERED),
        (Fate.DELIVERED, Fate.COMPLAINED, Fate.COMPLAINED),
        (Fate.FAILED, Fate.DELIVERED, Fate.DELIVERED),  # the carrier changed its mind
        (Fate.BOUNCED, Fate.DELIVERED, Fate.BOUNCED),
        (Fate.COMPLAINED, Fate.BOUNCED, Fate.COMPLAINED),
        (Fate.OPEN, Fate.DELIVERED, Fate.OPEN),
        (Fate.CLOSED, Fate.DELIVERED, Fate.CLOSED),
    ],
)
def test_a_report_changes_a_fate_as_the_table_says(before: Fate, said: Fate, after: Fate) -> None:
    attempt = an_attempt(NOTICE, before, "2019-07-01 15:01")
    assert after is settled(attempt, report(said)).fate


@pytest.mark.parametrize(("before", "said"), list(product(Fate, Fate)))
def test_the_same_report_twice_is_the_same_report_once(before: Fate, said: Fate) -> None:
    once = settled(an_attempt(NOTICE, before, "2019-07-01 15:01"), report(said))
    assert settled(once, report(said)) == once


def test_a_settled_attempt_keeps_what_the_provider_said() -> None:
    claimed = an_attempt(
        NOTICE, Fate.CLAIMED, "2019-07-01 15:01", until=paris("2019-07-01 15:06"), message_id=""
    )
    after = settled(claimed, report(Fate.FAILED))
    assert (after.reason, after.blame, after.until, after.message_id) == (
        "why",
        Blame.PASSING,
        None,
        "m",
    )
    assert after.fate_at == paris("2019-07-01 15:05")


def test_only_the_last_word_of_a_provider_changes_anything() -> None:
    assert set(CHANGED_BY) == {
        Fate.ACCEPTED,
        Fate.DELIVERED,
        Fate.FAILED,
        Fate.BOUNCED,
        Fate.COMPLAINED,
    }
