"""A bulk action is kept once, changed by one at a time, and listed while it matters."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.bulk import Bulk, BulkRow, RowStand
from chalicelib.domain.errors import LostRace, StorageUnavailable
from chalicelib.storage.bulks import DynamoBulks
from tests.builders import paris
from tests.fakes import InMemoryBulks, ids_of, open_work
from tests.storage.conftest import Cloud
from tests.storage.wire import answer_is_lost, answers, fails_inside

pytestmark = pytest.mark.enable_socket

Either = InMemoryBulks | DynamoBulks

NOON = paris("2019-07-01 12:00")
BULK = Bulk(
    bulk_id="b-1",
    by="c.martin",
    asked_at=NOON,
    effective_at=NOON + timedelta(minutes=10),
    day=date(2019, 7, 1),
    rows=(BulkRow(dossier_id="D-1"), BulkRow(dossier_id="D-2")),
)
LATER = replace(
    BULK, bulk_id="b-0", asked_at=NOON + timedelta(days=1), effective_at=NOON + timedelta(days=1)
)


def ended(bulk: Bulk, *stands: RowStand) -> Bulk:
    rows = zip(bulk.rows, stands, strict=True)
    return replace(bulk, rows=tuple(replace(row, stand=stand) for row, stand in rows))


DONE = ended(BULK, RowStand.DONE, RowStand.UNDONE)
REFUSED = ended(BULK, RowStand.DONE, RowStand.REFUSED)


def test_it_is_read_back_as_it_was_begun(bulks: Either) -> None:
    assert bulks.find("b-1") is None
    assert bulks.begin(BULK)
    found = bulks.find("b-1")
    assert found
    assert found.bulk == BULK


def test_another_of_the_same_id_is_not_begun(bulks: Either) -> None:
    bulks.begin(BULK)
    assert not bulks.begin(replace(BULK, by="somebody"))
    found = bulks.find("b-1")
    assert found
    assert found.bulk == BULK


def test_of_two_who_change_it_one_does(bulks: Either) -> None:
    bulks.begin(BULK)
    found = bulks.find("b-1")
    assert found
    bulks.write(found, REFUSED)
    with pytest.raises(LostRace):
        bulks.write(found, DONE)
    again = bulks.find("b-1")
    assert again
    assert (again.bulk, again.version) == (REFUSED, found.version + 1)


def write(bulks: Either, bulk: Bulk) -> None:
    found = bulks.find(bulk.bulk_id)
    assert found
    bulks.write(found, bulk)


def test_it_is_listed_while_something_is_to_come_or_to_be_read(bulks: Either) -> None:
    bulks.begin(LATER)
    bulks.begin(BULK)
    assert (bulks.unfinished(), bulks.unseen()) == ([BULK, LATER], [])
    write(bulks, REFUSED)
    assert (bulks.unfinished(), bulks.unseen()) == ([LATER], [REFUSED])
    write(bulks, replace(REFUSED, seen_at=NOON + timedelta(hours=1)))
    assert (bulks.unfinished(), bulks.unseen()) == ([LATER], [])
    write(bulks, ended(LATER, RowStand.UNDONE, RowStand.UNDONE))
    assert (bulks.unfinished(), bulks.unseen()) == ([], [])


@pytest.mark.parametrize(("last", "is_forgotten"), [(BULK, 0), (REFUSED, 0), (DONE, 1)])
def test_what_is_over_is_forgotten_by_its_day(bulks: Either, last: Bulk, is_forgotten: int) -> None:
    bulks.begin(BULK)
    write(bulks, last)
    assert bulks.forget(date(2019, 7, 2)) == 0
    assert bulks.forget(date(2019, 7, 1)) == is_forgotten
    assert (bulks.find("b-1") is None) is bool(is_forgotten)


def test_it_is_due_to_nobody_and_on_no_work_list(cloud: Cloud) -> None:
    cloud.bulks.begin(BULK)
    assert open_work(cloud.dossiers, 10) == []
    assert cloud.dossiers.next_due() is None
    assert ids_of(cloud.dossiers) == []


def test_a_thousand_of_the_longest_references_fit_into_it(cloud: Cloud) -> None:
    rows = tuple(
        BulkRow(dossier_id=f"{n:064}", stand=RowStand.REFUSED, why="unreadable")
        for n in range(1_000)
    )
    assert cloud.bulks.begin(replace(BULK, rows=rows))
    [item] = cloud.items()
    assert len(item["document"]["S"]) < 200_000


def test_what_is_ours_is_known_again_when_an_answer_was_lost(cloud: Cloud) -> None:
    cloud.wire.spoilers += [answer_is_lost]
    assert cloud.bulks.begin(BULK)
    found = cloud.bulks.find("b-1")
    assert found
    cloud.wire.spoilers += [answer_is_lost]
    cloud.bulks.write(found, DONE)
    assert cloud.bulks.unfinished() == []


@pytest.mark.parametrize("spoiler", [fails_inside, answers("400 Bad Request", {"__type": "X"})])
def test_what_is_not_stored_is_unavailable(cloud: Cloud, spoiler: object) -> None:
    cloud.bulks.begin(BULK)
    found = cloud.bulks.find("b-1")
    assert found
    for act in (lambda: cloud.bulks.begin(LATER), lambda: cloud.bulks.write(found, DONE)):
        cloud.wire.spoilers += [spoiler] * (3 if spoiler is fails_inside else 1)  # type: ignore[list-item]  # a Spoiler
        with pytest.raises(StorageUnavailable):
            act()
