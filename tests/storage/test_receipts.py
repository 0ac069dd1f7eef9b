"""Receipts that match nothing are kept, each once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import StorageUnavailable
from chalicelib.pipeline.ports import UnmatchedReceipt
from chalicelib.storage.receipts import DynamoReceipts
from chalicelib.storage.table import Table
from tests.builders import paris
from tests.fakes import InMemoryReceipts, ids_of, open_work
from tests.storage.conftest import Cloud
from tests.storage.wire import answer_is_lost

pytestmark = pytest.mark.enable_socket

Either = InMemoryReceipts | DynamoReceipts
Kept = Callable[[], dict[str, bytes]]

RECEIPT = UnmatchedReceipt(
    receipt_id="rcpt-1", received_at=paris("2019-04-09 12:00"), body=b'{"eventType": "Send"}'
)


@pytest.fixture
def kept(request: pytest.FixtureRequest, receipts: Either) -> Kept:
    if isinstance(receipts, InMemoryReceipts):
        return lambda: {id_: item.body for id_, item in receipts.items.items()}
    cloud: Cloud = request.getfixturevalue("cloud")
    return lambda: {
        item["pk"]["S"].removeprefix("RECEIPT#"): item["body"]["B"] for item in cloud.items()
    }


def test_every_receipt_is_kept(receipts: Either, kept: Kept) -> None:
    receipts.keep(RECEIPT)
    receipts.keep(replace(RECEIPT, receipt_id="rcpt-2", body=b"\xff\x00"))
    assert kept() == {"rcpt-1": RECEIPT.body, "rcpt-2": b"\xff\x00"}


def test_the_same_receipt_again_takes_its_own_place(receipts: Either, kept: Kept) -> None:
    receipts.keep(RECEIPT)
    receipts.keep(replace(RECEIPT, body=b"again"))
    assert kept() == {"rcpt-1": b"again"}


def test_a_receipt_is_neither_work_nor_due_nor_a_dossier(cloud: Cloud) -> None:
    cloud.receipts.keep(RECEIPT)
    assert open_work(cloud.dossiers, 10) == []
    assert cloud.dossiers.next_due() is None
    assert ids_of(cloud.dossiers) == []


def test_a_receipt_says_when_it_came(cloud: Cloud) -> None:
    cloud.receipts.keep(RECEIPT)
    [item] = cloud.items()
    assert item["received_at"] == {"S": "2019-04-09T10:00:00.000000Z"}


def test_a_receipt_is_kept_once_when_the_answer_was_lost(cloud: Cloud) -> None:
    cloud.wire.spoilers += [answer_is_lost]
    cloud.receipts.keep(RECEIPT)
    assert len(cloud.items()) == 1


def test_without_storage_a_receipt_cannot_be_kept(nowhere: None) -> None:
    with pytest.raises(StorageUnavailable):
        DynamoReceipts(Table("any")).keep(RECEIPT)


def test_what_waits_is_read_back_until_it_is_dropped(receipts: Either) -> None:
    other = replace(RECEIPT, receipt_id="rcpt-2")
    receipts.keep(RECEIPT)
    receipts.keep(other)
    assert sorted(receipts.waiting(), key=lambda r: r.receipt_id) == [RECEIPT, other]
    receipts.drop("rcpt-1")
    receipts.drop("rcpt-1")
    assert list(receipts.waiting()) == [other]


def test_what_waits_comes_oldest_first_without_a_scan(cloud: Cloud) -> None:
    hour = timedelta(hours=1)
    for number, at in (("1", hour), ("2", -hour), ("3", 0 * hour)):
        later = replace(RECEIPT, receipt_id=number, received_at=RECEIPT.received_at + at)
        cloud.receipts.keep(later)
    assert [one.receipt_id for one in cloud.receipts.waiting()] == ["2", "3", "1"]
    assert cloud.wire.bodies("Scan") == []


def test_what_waits_comes_from_every_page(cloud: Cloud) -> None:
    for number in range(6):
        body = b"x" * 300_000
        cloud.receipts.keep(replace(RECEIPT, receipt_id=f"rcpt-{number}", body=body))
    assert len(list(cloud.receipts.waiting())) == 6
