"""Receipts that answered to no attempt when they came are tried again at night."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.decoding.receipts import GREETING
from chalicelib.domain.attempts import Attempt, Status
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.plan import Plan
from chalicelib.pipeline.planning import Planner
from tests.builders import DOSSIER, selected
from tests.decoding.provider_payloads import ses
from tests.pipeline.worlds import DeskInMemory

OTHER = "D-2"


@pytest.fixture
def desk() -> DeskInMemory:
    """Two students, each with a message that a provider took."""
    desk = DeskInMemory()
    for dossier_id in (DOSSIER, OTHER):
        desk.take(replace(selected(), dossier_id=dossier_id))
        desk.serve(dossier_id)
    return desk


def attempt(desk: DeskInMemory, dossier_id: str = DOSSIER) -> Attempt:
    [found] = desk.dossiers.kept[dossier_id][1].dossier.ledger
    return found


def waits(desk: DeskInMemory, dossier_id: str = DOSSIER, *, tagged: bool = False) -> None:
    """A receipt of its message is kept; without tags, it names nothing but the provider's id."""
    one = attempt(desk, dossier_id)
    tags = {"dossier": dossier_id, "notice": f"{one.notice.kind}-{one.notice.number}"}
    tags |= {"occasion": one.notice.occasion, "channel": one.notice.channel}
    tags |= {"attempt": str(one.attempt)}
    event = ses("Delivery", tags=tags if tagged else {})
    event["mail"]["messageId"] = one.message_id
    desk.delivery_reports.keep(f"of-{dossier_id}", json.dumps(event).encode())


@pytest.mark.parametrize("tagged", [True, False])
def test_it_is_matched_by_its_tags_or_by_the_id_its_message_left_under(
    desk: DeskInMemory, tagged: bool
) -> None:
    waits(desk, tagged=tagged)
    assert desk.whole_night().matched == 1
    assert attempt(desk).status is Status.DELIVERED
    assert attempt(desk, OTHER).status is Status.ACCEPTED
    assert desk.receipts.items == {}


def test_those_of_several_dossiers_are_matched_and_counted_the_same_night(
    desk: DeskInMemory,
) -> None:
    waits(desk)
    waits(desk, OTHER)
    done = desk.whole_night()
    assert done.matched == 2
    assert sum(r.number for r in done.figures.rows if r.count == "arrived") == 2


@pytest.mark.parametrize(
    "event", [ses("Delivery", tags={"campaign": "spring"}), {"Message": GREETING}]
)
def test_what_matches_nothing_waits_on(desk: DeskInMemory, event: object) -> None:
    desk.delivery_reports.keep("stray", json.dumps(event).encode())
    assert desk.whole_night().matched == 0
    assert list(desk.receipts.items) == ["stray"]


def test_a_word_without_meaning_waits_on(desk: DeskInMemory) -> None:
    event = ses("Delivery", tags={})
    event["mail"]["messageId"], event["eventType"] = attempt(desk).message_id, "Opened"
    desk.delivery_reports.keep("odd", json.dumps(event).encode())
    assert desk.whole_night().matched == 0
    assert list(desk.receipts.items) == ["odd"]


@pytest.mark.parametrize("tagged", [True, False])
def test_one_of_a_dossier_that_cannot_be_read_waits_on_and_the_others_are_matched(
    desk: DeskInMemory, tagged: bool
) -> None:
    waits(desk, tagged=tagged)
    waits(desk, OTHER, tagged=tagged)
    desk.dossiers.spoil(OTHER, Unreadable("the document is no JSON"))
    assert desk.whole_night().matched == 1
    assert list(desk.receipts.items) == [f"of-{OTHER}"]


@pytest.mark.parametrize("tagged", [True, False])
def test_one_at_whose_dossier_our_own_program_fails_waits_on_and_the_others_are_matched(
    desk: DeskInMemory, tagged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits(desk, tagged=tagged)
    waits(desk, OTHER, tagged=tagged)
    plan = Planner.plan

    def fails(planner: Planner, dossier: Dossier, *rest: Any) -> Plan:
        if dossier.dossier_id == OTHER:
            raise ZeroDivisionError
        return plan(planner, dossier, *rest)

    monkeypatch.setattr(Planner, "plan", fails)
    assert desk.whole_night().matched == 1
    assert list(desk.receipts.items) == [f"of-{OTHER}"]
    assert {one.dossier_id for one in desk.troubles} == {OTHER}


def test_one_that_cannot_be_read_any_more_is_named_and_waits_on(desk: DeskInMemory) -> None:
    desk.delivery_reports.keep("garbage", b"{")
    waits(desk)
    assert desk.whole_night().matched == 1
    assert [one.receipt_id for one in desk.troubles] == ["garbage"]
    assert list(desk.receipts.items) == ["garbage"]


@pytest.mark.parametrize("tagged", [True, False])
def test_one_whose_dossier_others_work_on_waits_on(desk: DeskInMemory, tagged: bool) -> None:
    waits(desk, tagged=tagged)
    desk.dossiers.races = 5
    assert desk.whole_night().matched == 0
    assert desk.whole_night().matched == 1
