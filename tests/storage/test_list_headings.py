"""What the headings of lists stand for is kept, the last word in the place of the one before."""

import pytest

from chalicelib.domain.errors import StorageUnavailable
from chalicelib.storage.list_headings import DynamoListHeadings
from tests.fakes import InMemoryListHeadings, ids_of, open_work
from tests.storage.conftest import Cloud
from tests.storage.wire import answers

pytestmark = pytest.mark.enable_socket

Either = InMemoryListHeadings | DynamoListHeadings


def test_before_anybody_has_said_anything_nothing_is_known(list_headings: Either) -> None:
    assert list_headings.known({"date"}) == {}


def test_the_last_word_of_the_same_headings_is_read_back_and_of_others_none(
    list_headings: Either,
) -> None:
    list_headings.keep({"date": "day", "no": "dossier"})
    list_headings.keep({"no": "", "date": "day"})
    assert list_headings.known({"no", "date"}) == {"date": "day", "no": ""}
    for others in ({"date"}, {"date", "no", "nom"}, {"date no"}):
        assert list_headings.known(others) == {}


def test_it_is_no_dossier_and_no_work(cloud: Cloud) -> None:
    cloud.list_headings.keep({"date": "day"})
    assert (open_work(cloud.dossiers, 10), ids_of(cloud.dossiers)) == ([], [])


def test_what_cannot_be_read_or_kept_is_unavailable(cloud: Cloud) -> None:
    for act in (lambda: cloud.list_headings.known({"date"}), lambda: cloud.list_headings.keep({})):
        cloud.wire.spoilers += [answers("400 Bad Request", {"__type": "X"})]
        with pytest.raises(StorageUnavailable):
            act()
