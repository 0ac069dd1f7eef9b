"""One table on embedded AWS."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.aws.embedded import EmbeddedAws
from local.aws.transport import in_process


@pytest.fixture
def table() -> Iterator[Any]:
    """A client of DynamoDB, where a table `t` has a key `pk`."""
    with EmbeddedAws(transport=in_process) as aws:
        dynamodb = aws.client("dynamodb")
        dynamodb.create_table(
            TableName="t",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield dynamodb
