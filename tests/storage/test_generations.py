"""How often an operator's sessions were ended is counted for each name, and read as it stands."""

import pytest

from chalicelib.storage.generations import DynamoGenerations
from tests.fakes import InMemoryGenerations
from tests.storage.conftest import Cloud
from tests.storage.wire import answer_is_lost

pytestmark = pytest.mark.enable_socket


def test_each_end_counts_for_its_name_in_any_letters_and_no_other(
    generations: InMemoryGenerations | DynamoGenerations,
) -> None:
    assert generations.of("c.martin") == 0
    for name in ("c.martin", "C.Martin"):
        generations.end(name)
    assert [generations.of(name) for name in ("C.MARTIN", "c.marti", "")] == [2, 0, 0]


def test_an_end_whose_answer_was_lost_has_ended_them(cloud: Cloud) -> None:
    cloud.wire.spoilers += [answer_is_lost]
    cloud.generations.end("c.martin")
    assert cloud.generations.of("c.martin") >= 1
