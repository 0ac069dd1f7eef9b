"""Whether every promise was kept."""

import pytest

from local.demo.story import Promise
from local.demo.verdict import became, verdict
from local.studio.outbox import Outcome
from local.world import World
from tests.builders import paris
from tests.local.messages import email, sms
from tests.local.test_world import event


def promise(channel: str, status: str = "delivered") -> Promise:
    return Promise(
        at="2019-06-27 14:00", dossier_id="D-1", notice="card_ready", channel=channel, status=status
    )


MAIL, TEXT = (email(), Outcome.DELIVERED), (sms(), Outcome.DELIVERED)


def test_all_is_good_when_what_is_owed_was_sent_once() -> None:
    judged = verdict([MAIL, TEXT], [promise("sms"), promise("email")], [])
    assert judged.complaints() == []


def test_what_was_not_sent_is_missing() -> None:
    judged = verdict([MAIL], [promise("sms"), promise("email")], [])
    assert judged.missing == [promise("sms")]
    assert len(judged.complaints()) == 1


def test_what_was_sent_twice_was_owed_once() -> None:
    judged = verdict([MAIL, MAIL], [promise("email")], [])
    assert judged.unowed == [promise("email")]


def test_another_fate_is_another_promise() -> None:
    judged = verdict([MAIL, TEXT], [promise("sms", "lost"), promise("email")], [])
    assert (len(judged.missing), len(judged.unowed)) == (1, 1)


def test_a_lost_sms_with_a_delivered_twin_is_not_silently_lost() -> None:
    assert verdict([MAIL, (sms(), Outcome.LOST)], [], []).silently_lost == []


def test_what_arrived_nowhere_and_nobody_hears_of_is_silently_lost() -> None:
    lost = [(sms(), Outcome.LOST)]
    notice = "D-1: card_ready.1.2019-06-27"
    assert verdict(lost, [], []).silently_lost == [notice]
    assert verdict(lost, [], [f"{notice}.desk"]).silently_lost == []


@pytest.mark.enable_socket
def test_a_dossier_that_was_forgotten_is_not_left_out_as_if_it_were_lost() -> None:
    with World(start=paris("2019-04-08 10:00"), ticks=False) as world:
        for dossier_id in ("D-1", "D-2"):
            assert world.deliver(event("dossier.deposited", dossier_id=dossier_id)).status == 202
        world.forget("D-1")
        assert became(world) == "D-1 forgotten, D-2 deposited"
