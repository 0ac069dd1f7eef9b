"""An item may be as large as AWS lets it be, however often it was changed."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

KEY = {"pk": {"S": "x"}}


def change(table: Any, size: int, version: int) -> None:
    table.update_item(
        TableName="t",
        Key=KEY,
        UpdateExpression="SET version = :v, document = :d, journal = :l",
        ExpressionAttributeValues={
            ":v": {"N": str(version)},
            ":d": {"S": "x" * (size - 1_000)},
            ":l": {"L": [{"S": "x" * 1_000}]},
        },
    )


def kept(table: Any) -> tuple[str, int]:
    item = table.get_item(TableName="t", Key=KEY)["Item"]
    return item["version"]["N"], len(item["document"]["S"])


@pytest.mark.parametrize("size", [210_000, 290_000, 400_000])
def test_a_large_item_can_be_changed_again_and_again(table: Any, size: int) -> None:
    for version in range(5):
        change(table, size + version, version)
    assert kept(table) == ("4", size + 4 - 1_000)


def test_an_item_that_a_change_would_make_too_large_stays_whole_as_it_was(table: Any) -> None:
    change(table, 290_000, 1)
    with pytest.raises(ClientError, match="Item size to update has exceeded"):
        change(table, 410_000, 2)
    assert kept(table) == ("1", 289_000)


def test_one_attribute_may_shrink_while_another_grows(table: Any) -> None:
    """Whichever of the two the change names first."""
    change(table, 390_000, 1)
    table.update_item(
        TableName="t",
        Key=KEY,
        UpdateExpression="SET journal = :l, document = :d",
        ExpressionAttributeValues={":l": {"L": [{"S": "x" * 300_000}]}, ":d": {"S": "x"}},
    )
    assert kept(table) == ("1", 1)
