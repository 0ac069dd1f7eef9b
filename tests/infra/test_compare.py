"""A restored table is compared before it takes over: counts by kind, and what is not alike."""

from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.compare import Compared, compare, main
from local.aws.embedded import CREDENTIALS


def item(key: str, **attributes: Any) -> dict[str, Any]:
    return {"pk": {"S": key}, **attributes}


DOSSIER = item("DOSSIER#1", state={"S": "booked"}, version={"N": "3"})
ADDRESS = item("ADDRESS#f", had_by={"SS": ["1", "2"]})
BODY = item("QUARANTINE#e#h", body={"B": b"\x00{"})


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ([DOSSIER], [DOSSIER], [("DOSSIER booked", 1, 1, 1, False)]),
        ([BODY], [BODY], [("QUARANTINE", 1, 1, 1, False)]),
        ([DOSSIER], [], [("DOSSIER booked", 1, 0, 0, True)]),
        ([], [ADDRESS], [("ADDRESS", 0, 1, 0, True)]),
        (
            [DOSSIER],
            [DOSSIER | {"version": {"N": "2"}}],
            [("DOSSIER booked", 1, 1, 0, True)],
        ),
        (
            [ADDRESS],
            [ADDRESS | {"had_by": {"SS": ["2", "1"]}}],
            [("ADDRESS", 1, 1, 1, False)],
        ),
        (
            [DOSSIER],
            [DOSSIER | {"state": {"S": "deposited"}}],
            [("DOSSIER booked", 1, 0, 0, True), ("DOSSIER deposited", 0, 1, 0, True)],
        ),
    ],
)
def test_kinds_are_counted_and_what_is_not_alike_to_the_letter_is_told(
    old: list[Any], new: list[Any], told: list[tuple[Any, ...]]
) -> None:
    found = compare(old, new)
    assert [(one.kind, one.old, one.new, one.alike, one.differs) for one in found] == told
    assert all(isinstance(one, Compared) for one in found)


@mock_aws
def test_it_says_no_key_and_fails_where_anything_differs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("dynamodb")
    for table in ("old", "new"):
        client.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        )
        client.put_item(TableName=table, Item=DOSSIER)
    assert main(["old", "new"]) == 0
    client.put_item(TableName="new", Item=ADDRESS)
    assert main(["old", "new"]) == 1
    said = capsys.readouterr().out
    assert "differs" in said
    assert "#" not in said
