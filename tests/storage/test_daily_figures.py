"""What the nights counted: the last of them."""

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.contact import Channel
from chalicelib.domain.daily_figures import Count, DailyFigures, Row
from chalicelib.domain.desk_calendar import Feed
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.domain.facts import State
from chalicelib.storage.daily_figures import DynamoDailyFigures
from chalicelib.storage.table import Table
from tests.builders import paris
from tests.fakes import InMemoryDailyFigures, ids_of, open_work
from tests.storage.conftest import Cloud

pytestmark = pytest.mark.enable_socket

Either = InMemoryDailyFigures | DynamoDailyFigures

TALLY = DailyFigures(
    states={State.BOOKED: 2, State.COLLECTED: 1},
    counted_at=paris("2019-05-13 04:00"),
    rows=(
        Row(day=date(2019, 5, 12), count=Count.LEFT, channel=Channel.EMAIL, number=34),
        Row(day=date(2019, 5, 12), count=Count.OPENED, channel=Channel.DESK, number=1),
    ),
    heard={Feed.BOOKING: paris("2019-05-12 18:30"), Feed.CARDS: paris("2019-05-02 11:00")},
)


def test_before_the_first_night_there_is_none(daily_figures: Either) -> None:
    assert daily_figures.last() is None


def test_it_reads_back_as_it_was(daily_figures: Either) -> None:
    daily_figures.keep(TALLY)
    assert daily_figures.last() == TALLY


def test_the_next_night_takes_its_place(daily_figures: Either) -> None:
    daily_figures.keep(TALLY)
    daily_figures.keep(replace(TALLY, rows=()))
    assert daily_figures.last() == replace(TALLY, rows=())


def test_it_is_one_item_neither_work_nor_due_nor_a_dossier(cloud: Cloud) -> None:
    cloud.daily_figures.keep(TALLY)
    cloud.daily_figures.keep(TALLY)
    assert [item["pk"]["S"] for item in cloud.items()] == ["TALLY#days"]
    assert open_work(cloud.dossiers, 10) == []
    assert cloud.dossiers.next_due() is None
    assert ids_of(cloud.dossiers) == []


def test_without_a_table_that_is_said(cloud: Cloud) -> None:
    with pytest.raises(StorageUnavailable):
        DynamoDailyFigures(Table("gone")).last()
    with pytest.raises(StorageUnavailable):
        DynamoDailyFigures(Table("gone")).keep(TALLY)
