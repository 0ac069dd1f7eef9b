"""One address is that of so many dossiers, and of no more."""

import pytest

from chalicelib.pipeline.ports import DOSSIERS_AT_MOST, Addresses
from tests.fakes import InMemoryAddresses
from tests.storage.conftest import Cloud

pytestmark = pytest.mark.enable_socket

MOST = [f"D-{number}" for number in range(DOSSIERS_AT_MOST)]


@pytest.fixture(params=["memory", "cloud"])
def addresses(request: pytest.FixtureRequest) -> Addresses:
    if request.param == "memory":
        return InMemoryAddresses()
    cloud: Cloud = request.getfixturevalue("cloud")
    return cloud.addresses


def test_it_is_admitted_to_a_number_of_dossiers_however_often_each_asks(
    addresses: Addresses,
) -> None:
    assert [addresses.admit("one", dossier) for dossier in (*MOST, *MOST)] == [True] * len(MOST) * 2
    assert not addresses.admit("one", "another")
    assert addresses.admit("one", MOST[0])
    assert addresses.admit("other", "another")


def test_where_one_has_left_another_may_come(addresses: Addresses) -> None:
    for dossier in MOST:
        addresses.admit("left", dossier)
    for dossier in (MOST[3], MOST[3], "nobody"):
        addresses.leave("left", dossier)
    assert addresses.admit("left", "another")
    assert not addresses.admit("left", MOST[3])


def test_of_what_is_nobody_s_nothing_is_kept(cloud: Cloud) -> None:
    cloud.addresses.admit("gone", "D-1")
    cloud.addresses.leave("gone", "D-1")
    table = cloud.stack.ids["Table"]
    kept = cloud.dynamodb.get_item(TableName=table, Key={"pk": {"S": "ADDRESS#gone"}})
    assert "Item" not in kept
