"""A bulk action is kept once, changed by one at a time, and listed while it matters."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest

from chalicelib.domain.bulk import Bulk, BulkKind, BulkRow, Listed, RowStand, SetAside
from chalicelib.domain.errors import LostRace, StorageUnavailable, Unusable
from chalicelib.storage.bulks import PACKED_AT_MOST, DynamoBulks
from tests.builders import a_contact_of, paris
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
    assert len(bulks.over(date(2019, 7, 1))) == is_forgotten
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


A_LIST = replace(
    BULK,
    kind=BulkKind.APPOINTMENTS,
    rows=(
        BulkRow(
            dossier_id="D-1",
            says=Listed(dossier_id="D-1", starts_at=NOON, contact=a_contact_of("D-1")),
        ),
        BulkRow(dossier_id="D-2", says=Listed(dossier_id="D-2", starts_at=NOON, is_gone=True)),
    ),
)


def test_a_list_is_read_back_with_all_that_it_says(bulks: Either) -> None:
    bulks.begin(A_LIST)
    assert bulks.unfinished() == [A_LIST]
    write(bulks, replace(A_LIST, rows=tuple(row.ended(RowStand.DONE) for row in A_LIST.rows)))
    found = bulks.find("b-1")
    assert found
    assert [row.says for row in found.bulk.rows] == [None, None]


def test_what_a_list_says_is_no_text_that_a_program_of_cards_reads(cloud: Cloud) -> None:
    cloud.bulks.begin(A_LIST)
    [item] = cloud.items()
    assert "document" not in item


def test_a_thousand_people_fit_into_it_and_what_does_not_is_refused(cloud: Cloud) -> None:
    ids = [f"G-2019-{n:04}" for n in range(1_000)]
    rows = tuple(
        BulkRow(dossier_id=i, says=Listed(dossier_id=i, starts_at=NOON, contact=a_contact_of(i)))
        for i in ids
    )
    assert cloud.bulks.begin(replace(A_LIST, rows=rows))
    [item] = cloud.items()
    assert len(item["body"]["B"]) < PACKED_AT_MOST / 2
    aside = tuple(SetAside(number=n, text="", why="no_reference") for n in range(5_000))
    assert cloud.bulks.begin(replace(BULK, bulk_id="b-3", aside=aside)), "so do cards with theirs"
    found = cloud.bulks.find("b-3")
    assert found
    assert found.bulk.aside == aside
    noise = "".join(sha256(str(n).encode()).hexdigest() for n in range(15_000))
    with pytest.raises(Unusable):
        cloud.bulks.begin(replace(A_LIST, bulk_id="b-2", by=noise))


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
