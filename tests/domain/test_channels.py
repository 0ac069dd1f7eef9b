"""A channel is one row in each of its tables."""

from datetime import timedelta

import pytest

from chalicelib.channels.table import ADAPTERS, COMPOSERS
from chalicelib.domain.attempts import FailureClass, Kind, Status
from chalicelib.domain.channels import CHANNELS, TO_STUDENTS, may_be_suppressed, whole
from chalicelib.domain.contact import Channel
from tests.builders import CONTACT, DESK, a_notice, an_attempt, paris

TODAY = paris("2019-04-10 10:00")
DELAYS = DESK.terms_on(TODAY.date()).delays


def test_each_channel_has_a_row_in_each_of_its_tables() -> None:
    assert CHANNELS.keys() == set(Channel)
    assert ADAPTERS.keys() == COMPOSERS.keys() == set(TO_STUDENTS)


@pytest.mark.parametrize("rows", [{}, {Channel.EMAIL: 1}, dict.fromkeys(Channel, 1)])
def test_a_program_in_which_a_channel_lacks_a_row_does_not_start(rows: dict[Channel, int]) -> None:
    with pytest.raises(LookupError, match="ADAPTERS must have a row for each channel"):
        whole("ADAPTERS", TO_STUDENTS, rows)


def test_a_line_for_the_desk_goes_nowhere_and_waits_for_a_person() -> None:
    desk = CHANNELS[Channel.DESK]
    line = an_attempt(a_notice(Kind.UNREACHABLE, "dossier"), Status.OPEN, "2019-04-10 10:00")

    assert desk.address(CONTACT) is None
    assert desk.opens_at(DESK, TODAY) == TODAY
    assert desk.again(line, TODAY, DELAYS, 2) == (1, TODAY)
    assert (desk.silence(DELAYS), desk.ahead(DELAYS)) == (timedelta.max, timedelta())


@pytest.mark.parametrize("channel", TO_STUDENTS)
def test_only_a_provider_that_keeps_a_list_has_to_be_asked_to_forget_an_address(
    channel: Channel,
) -> None:
    notice = a_notice(Kind.CARD_READY, "2019-04-10", channel=channel)
    refused, again = (
        an_attempt(
            notice,
            status,
            "2019-04-10 10:00",
            attempt=n,
            failure_class=FailureClass.ADDRESS,
            vouched=n,
        )
        for n, status in enumerate((Status.FAILED, Status.CLAIMED))
    )

    assert may_be_suppressed([refused, again], again) is (channel is Channel.EMAIL)
