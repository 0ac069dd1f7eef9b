"""What goes wrong on purpose."""

from typing import Any

import pytest

from local.faults import Faults, Next, NotAFault
from tests.local.messages import sms


def test_nothing_goes_wrong_unless_asked() -> None:
    assert Faults().lost_sms.takes(sms()) is False


def test_a_count_takes_the_next_so_many() -> None:
    faults = Faults()
    faults.switch({"lost_sms": 2})
    assert [faults.lost_sms.takes(sms()) for _ in range(3)] == [True, True, False]


def test_a_fault_may_be_for_one_notice_or_one_number() -> None:
    reminder, other = sms(notice="no_news-1"), sms(to="+33699999999")
    only_ready = Next(count=1, notice="card_ready")
    assert [only_ready.takes(m) for m in (reminder, sms())] == [False, True]
    only_other = Next(count=1, to="+33699999999")
    assert [only_other.takes(m) for m in (sms(), other)] == [False, True]


def test_how_the_switches_stand_can_be_read() -> None:
    faults = Faults()
    faults.switch({"lost_sms": {"count": 1, "notice": "card_ready"}})
    assert faults.as_json() == {"lost_sms": {"count": 1, "notice": "card_ready", "to": None}}


@pytest.mark.parametrize(
    "wanted",
    [
        {"lost_mail": 1},
        {"lost_sms": -1},
        {"lost_sms": "1"},
        {"lost_sms": True},
        {"lost_sms": {"count": 1, "whose": "x"}},
        {"lost_sms": {}},
        {"lost_sms": None},
    ],
)
def test_what_is_no_fault_is_refused(wanted: dict[str, Any]) -> None:
    faults = Faults()
    with pytest.raises(NotAFault):
        faults.switch(wanted)
    assert faults == Faults()
