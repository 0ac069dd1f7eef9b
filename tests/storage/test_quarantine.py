"""What cannot be used is kept whole, once for each id and body, and waits for a person."""

from dataclasses import replace

import pytest

from chalicelib.domain.errors import StorageUnavailable
from chalicelib.pipeline.ports import Quarantined
from chalicelib.storage.quarantine import DynamoQuarantine
from chalicelib.storage.table import Table
from tests.builders import ids, paris
from tests.fakes import InMemoryQuarantine, ids_of, open_work
from tests.storage.conftest import Cloud
from tests.storage.wire import answer_is_lost, answers

pytestmark = pytest.mark.enable_socket

Either = InMemoryQuarantine | DynamoQuarantine

ITEM = Quarantined(
    event_id="evt-1",
    received_at=paris("2019-04-09 12:00"),
    reason="type: not one that a booking system raises",
    body=b'{"type": "\xff\x00 no text at all"}',
)
OTHERS = [replace(ITEM, body=b"another"), replace(ITEM, event_id="evt-2")]


def test_what_is_new_is_kept(quarantine: Either) -> None:
    assert quarantine.keep(ITEM)


def test_the_same_again_is_kept_already(quarantine: Either) -> None:
    quarantine.keep(ITEM)
    assert not quarantine.keep(replace(ITEM, received_at=paris("2019-04-10 12:00")))


@pytest.mark.parametrize("other", OTHERS, ids=["other body", "other id"])
def test_another_body_or_id_is_kept_beside_it(quarantine: Either, other: Quarantined) -> None:
    quarantine.keep(ITEM)
    assert quarantine.keep(other)
    assert not quarantine.keep(other)
    assert not quarantine.keep(ITEM)


def test_it_is_kept_whole(cloud: Cloud) -> None:
    cloud.quarantine.keep(ITEM)
    [item] = cloud.items()
    assert item["body"] == {"B": ITEM.body}
    assert item["reason"] == {"S": ITEM.reason}
    assert item["received_at"] == {"S": "2019-04-09T10:00:00.000000Z"}


def test_the_first_arrival_is_the_one_that_is_kept(cloud: Cloud) -> None:
    cloud.quarantine.keep(ITEM)
    before = cloud.items()
    cloud.quarantine.keep(replace(ITEM, received_at=paris("2019-04-10 12:00"), reason="other"))
    assert cloud.items() == before


def test_both_bodies_of_one_id_are_on_the_work_list(cloud: Cloud) -> None:
    later = replace(OTHERS[0], received_at=paris("2019-04-09 13:00"))
    cloud.quarantine.keep(later)
    cloud.quarantine.keep(ITEM)
    work = open_work(cloud.dossiers, 10)
    assert [since for since, _ in work] == [ITEM.received_at, later.received_at]
    assert all(key.startswith("QUARANTINE#evt-1#") for _, key in work)
    assert len({key for _, key in work}) == 2


def test_it_is_due_to_nobody_and_no_dossier(cloud: Cloud) -> None:
    cloud.quarantine.keep(ITEM)
    assert ids(cloud.dossiers.due(paris("2029-01-01 00:00"))) == []
    assert ids_of(cloud.dossiers) == []


def test_it_is_kept_once_when_the_answer_was_lost(cloud: Cloud) -> None:
    cloud.wire.spoilers += [answer_is_lost]
    cloud.quarantine.keep(ITEM)
    assert len(cloud.items()) == 1


def test_a_refusal_for_another_reason_is_not_kept_already(cloud: Cloud) -> None:
    cloud.wire.spoilers += [answers("400 Bad Request", {"__type": "ValidationException"})]
    with pytest.raises(StorageUnavailable):
        cloud.quarantine.keep(ITEM)


def everything(quarantine: Either) -> list[Quarantined]:
    return sorted(quarantine.everything(), key=lambda item: (item.event_id, item.body))


def test_whatever_is_kept_is_read_back_until_it_is_dropped(quarantine: Either) -> None:
    named = replace(ITEM, event_id="evt#3")
    for item in (ITEM, *OTHERS, named):
        quarantine.keep(item)
    assert everything(quarantine) == [named, OTHERS[0], ITEM, OTHERS[1]]
    for item in (ITEM, named, ITEM):
        quarantine.drop(item)
    assert everything(quarantine) == OTHERS


def test_what_a_person_is_done_with_says_since_when(quarantine: Either) -> None:
    quarantine.keep(ITEM)
    quarantine.keep(OTHERS[0])
    seen_at = paris("2019-04-10 12:00")
    quarantine.see(ITEM, seen_at)
    quarantine.see(ITEM, paris("2019-04-11 12:00"))
    assert everything(quarantine) == [OTHERS[0], replace(ITEM, seen_at=seen_at)]


def test_one_is_found_by_the_name_that_it_has_on_the_work_list(cloud: Cloud) -> None:
    cloud.quarantine.keep(ITEM)
    [(_, name)] = open_work(cloud.dossiers, 10)
    assert name == f"QUARANTINE#{ITEM.key}"


@pytest.mark.parametrize("item", [ITEM, *OTHERS, replace(ITEM, event_id="evt#3")])
def test_one_is_found_by_its_name(quarantine: Either, item: Quarantined) -> None:
    assert quarantine.find(item.key) is None
    for one in (ITEM, *OTHERS, item):
        quarantine.keep(one)
    assert quarantine.find(item.key) == item
    quarantine.see(item, seen_at := paris("2019-04-10 12:00"))
    assert quarantine.find(item.key) == replace(item, seen_at=seen_at)


def test_many_are_read_at_once_in_the_order_asked_and_only_those_that_exist(
    quarantine: Either,
) -> None:
    items = [replace(ITEM, event_id=f"e-{n}", about=f"D-{n}") for n in range(120)]
    for item in items:
        quarantine.keep(item)
    asked = [item.key for item in (*reversed(items), OTHERS[0], items[7])]
    assert quarantine.many(asked) == [*reversed(items)]
    assert quarantine.many([]) == []


def test_what_was_dropped_is_not_brought_back_by_being_seen(quarantine: Either) -> None:
    quarantine.see(ITEM, paris("2019-04-10 12:00"))
    assert everything(quarantine) == []


def test_what_a_person_is_done_with_is_off_the_work_list(cloud: Cloud) -> None:
    cloud.quarantine.keep(ITEM)
    cloud.quarantine.see(ITEM, paris("2019-04-10 12:00"))
    assert open_work(cloud.dossiers, 10) == []


def test_everything_comes_from_every_page(cloud: Cloud) -> None:
    for number in range(6):
        cloud.quarantine.keep(replace(ITEM, event_id=f"evt-{number}", body=b"x" * 300_000))
    assert len(everything(cloud.quarantine)) == 6


def test_without_storage_it_cannot_be_kept(nowhere: None) -> None:
    with pytest.raises(StorageUnavailable):
        DynamoQuarantine(Table("any")).keep(ITEM)


def test_what_is_reopened_is_on_the_work_list_again_for_another_reason(cloud: Cloud) -> None:
    cloud.quarantine.keep(ITEM)
    cloud.quarantine.see(ITEM, paris("2019-04-10 12:00"))
    assert open_work(cloud.dossiers, 9) == []
    cloud.quarantine.reopen(ITEM, "another")
    assert cloud.quarantine.find(ITEM.key) == replace(ITEM, reason="another")
    assert ids(open_work(cloud.dossiers, 9)) == [f"QUARANTINE#{ITEM.key}"]


def test_what_was_dropped_is_not_reopened(quarantine: Either) -> None:
    quarantine.keep(ITEM)
    quarantine.drop(ITEM)
    quarantine.reopen(ITEM, "another")
    assert quarantine.find(ITEM.key) is None


def test_nothing_is_reopened_while_storage_is_down(cloud: Cloud) -> None:
    cloud.quarantine.keep(ITEM)
    cloud.wire.spoilers += [answers("400 Bad Request", {"__type": "ValidationException"})]
    with pytest.raises(StorageUnavailable):
        cloud.quarantine.reopen(ITEM, "another")
