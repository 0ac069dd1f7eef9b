"""Whoever asks for a message again is told when it left."""

import pytest

from chalicelib.domain.delivery import Fate, Kind
from chalicelib.pipeline.desk_actions import sent_recently
from tests.builders import a_dossier, a_notice, an_attempt, paris, selected

NOTICE = a_notice(Kind.CONVOCATION, "e1")
NOW = paris("2019-04-10 12:00")


@pytest.mark.parametrize(
    ("fate", "at", "is_recent"),
    [
        (Fate.DELIVERED, "2019-04-10 11:00", True),
        (Fate.ACCEPTED, "2019-04-09 12:01", True),
        (Fate.ACCEPTED, "2019-04-09 12:00", False),  # a day ago
        (Fate.CLAIMED, "2019-04-10 11:59", True),
        (Fate.UNKNOWN, "2019-04-10 11:00", True),
        (Fate.BOUNCED, "2019-04-10 11:00", False),
        (Fate.FAILED, "2019-04-10 11:00", False),
        (Fate.POSTPONED, "2019-04-10 11:00", False),
    ],
)
def test_what_left_within_a_day_is_told(fate: Fate, at: str, is_recent: bool) -> None:
    dossier = a_dossier(selected(), ledger=(an_attempt(NOTICE, fate, at),))
    assert sent_recently(dossier, str(NOTICE), NOW) == (paris(at) if is_recent else None)


def test_another_notice_does_not_count() -> None:
    dossier = a_dossier(
        selected(), ledger=(an_attempt(NOTICE, Fate.DELIVERED, "2019-04-10 11:00"),)
    )
    assert sent_recently(dossier, str(a_notice(Kind.CONVOCATION, "e2")), NOW) is None
