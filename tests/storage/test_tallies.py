"""What the nights counted: the last of them."""

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.contact import Channel
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.domain.tally import Count, Row, Tally
from chalicelib.storage.table import connect
from chalicelib.storage.tallies import DynamoTallies
from tests.builders import paris
from tests.fakes import InMemoryTallies
from tests.storage.conftest import Cloud

pytestmark = pytest.mark.enable_socket

Either = InMemoryTallies | DynamoTallies

TALLY = Tally(
    counted_at=paris("2019-05-13 04:00"),
    rows=(
        Row(day=date(2019, 5, 12), count=Count.LEFT, channel=Channel.EMAIL, number=34),
        Row(day=date(2019, 5, 12), count=Count.OPENED, channel=Channel.DESK, number=1),
    ),
)


def test_before_the_first_night_there_is_none(tallies: Either) -> None:
    assert tallies.last() is None


def test_it_reads_back_as_it_was(tallies: Either) -> None:
    tallies.keep(TALLY)
    assert tallies.last() == TALLY


def test_the_next_night_takes_its_place(tallies: Either) -> None:
    tallies.keep(TALLY)
    tallies.keep(replace(TALLY, rows=()))
    assert tallies.last() == replace(TALLY, rows=())


def test_it_is_one_item_neither_work_nor_due_nor_a_dossier(cloud: Cloud) -> None:
    cloud.tallies.keep(TALLY)
    cloud.tallies.keep(TALLY)
    assert [item["pk"]["S"] for item in cloud.items()] == ["TALLY#days"]
    assert cloud.dossiers.open_work(10) == []
    assert cloud.dossiers.next_due() is None
    assert list(cloud.dossiers.ids()) == []


def test_without_a_table_that_is_said(cloud: Cloud) -> None:
    with pytest.raises(StorageUnavailable):
        DynamoTallies(connect("gone")).last()
    with pytest.raises(StorageUnavailable):
        DynamoTallies(connect("gone")).keep(TALLY)
