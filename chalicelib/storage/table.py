"""The one table: its attributes, its connection, and how its failures are called here."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.attributes import (
    Attribute,
    BinaryAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.connection.base import MetaTable
from pynamodb.connection.table import TableConnection
from pynamodb.constants import STRING
from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model

from chalicelib.domain.errors import StorageUnavailable

#: One partition takes a thousand writes a second; four are far more than any desk needs.
SHARDS = tuple("0123")


class InstantAttribute(Attribute[datetime]):
    """An instant as fixed-width UTC text, which sorts as it reads. Refuses naive ones."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        """Store an aware instant."""
        if value.tzinfo is None:
            message = "an instant without a time zone cannot be stored"
            raise ValueError(message)
        in_utc = value.astimezone(UTC).replace(tzinfo=None)
        return in_utc.isoformat(timespec="microseconds") + "Z"

    def deserialize(self, value: str) -> datetime:
        """Read it back, in UTC."""
        return datetime.fromisoformat(value)


class Item(Model):
    """Every attribute of the table. Few and flat: shape is what a DynamoDB item costs."""

    class Meta:
        table_name = "named-by-the-settings"

    pk = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    token = UnicodeAttribute()
    state = UnicodeAttribute()
    document = UnicodeAttribute()
    journal: ListAttribute[Any] = ListAttribute()
    journal_bytes = NumberAttribute()
    due_shard = UnicodeAttribute(null=True)
    due_at = InstantAttribute(null=True)
    work_shard = UnicodeAttribute(null=True)
    work_since = InstantAttribute(null=True)
    work = UnicodeAttribute(null=True)
    appointment_at = InstantAttribute(null=True)
    family_shard = UnicodeAttribute(null=True)
    family_key = UnicodeAttribute(null=True)
    given_shard = UnicodeAttribute(null=True)
    given_key = UnicodeAttribute(null=True)
    email_key = UnicodeAttribute(null=True)
    phone_key = UnicodeAttribute(null=True)
    received_at = InstantAttribute(null=True)
    seen_at = InstantAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    digest = UnicodeAttribute(null=True)
    body = BinaryAttribute(legacy_encoding=False, null=True)
    held_since = InstantAttribute(null=True)
    paused_by = UnicodeAttribute(null=True)
    probe_at = InstantAttribute(null=True)
    gap_seconds = NumberAttribute(null=True)
    refused_for = UnicodeSetAttribute(null=True)
    list = UnicodeAttribute(null=True)
    list_at = InstantAttribute(null=True)


#: The table, connected. All that store share one: each connection makes a client of its own.
Table = TableConnection


def connect(table_name: str) -> Table:
    """The table, with short timeouts: a webhook's sender and a queue both try again."""
    schema = {"TableName": table_name, **_schema()}
    return TableConnection(
        table_name,
        connect_timeout_seconds=2,
        read_timeout_seconds=5,
        max_retry_attempts=2,
        meta_table=MetaTable(schema),
    )


#: The sparse indexes: the hash key of each, and its range key, where it has one.
_INDEXES: dict[str, tuple[str, ...]] = {
    "due": ("due_shard", "due_at"),
    "work": ("work_shard", "work_since"),
    "by_family": ("family_shard", "family_key"),
    "by_given": ("given_shard", "given_key"),
    "by_email": ("email_key",),
    "by_phone": ("phone_key",),
    "list": ("list", "list_at"),
}


def _schema() -> dict[str, Any]:
    names = ("pk", *chain.from_iterable(_INDEXES.values()))
    return {
        "KeySchema": _keys("pk"),
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": STRING} for n in names],
        "GlobalSecondaryIndexes": [
            {"IndexName": name, "KeySchema": _keys(*keys)} for name, keys in _INDEXES.items()
        ],
    }


def _keys(*names: str) -> list[dict[str, str]]:
    kinds = zip(names, ("HASH", "RANGE"), strict=False)
    return [{"AttributeName": name, "KeyType": kind} for name, kind in kinds]


def is_condition_failed(error: PynamoDBException) -> bool:
    """Whether the table refused a condition. A request that got no answer at all has no code."""
    answer = getattr(error.cause, "response", None) or {}
    return bool(answer.get("Error", {}).get("Code") == "ConditionalCheckFailedException")


@contextmanager
def storage_errors() -> Iterator[None]:
    """Whatever goes wrong with the table is StorageUnavailable to the other rooms."""
    try:
        yield
    except (PynamoDBException, BotoCoreError, ClientError) as error:
        raise StorageUnavailable from error


def listed(
    table: Table, name: str, *, at_most: int | None = None, newest_first: bool = False
) -> Iterator[dict[str, Any]]:
    """The items of one list in order, page by page. Raises StorageUnavailable."""
    start: Any = None
    left = at_most
    while left is None or left > 0:
        with storage_errors():
            page = table.query(
                name,
                index_name="list",
                limit=left,
                scan_index_forward=not newest_first,
                exclusive_start_key=start,
            )
        yield from page["Items"]
        left = left and left - len(page["Items"])
        start = page.get("LastEvaluatedKey")
        if not start:
            return


def unlist(table: Table, name: str) -> int:
    """Erase every item of one list; how many there were. Raises StorageUnavailable."""
    keys = [item["pk"]["S"] for item in listed(table, name)]
    for key in keys:
        with storage_errors():
            table.delete_item(key)
    return len(keys)


def scanned(
    table: Table, prefix: str, only: Sequence[str], after: str = ""
) -> Iterator[dict[str, Any]]:
    """Every item whose key begins so, or those after one key: consistently, page by page, and
    `only` these attributes.

    It reads the whole table: for repair, and to forget. Raises StorageUnavailable.
    """
    start: Any = after or None
    while True:
        with storage_errors():
            page = table.scan(
                filter_condition=Item.pk.startswith(prefix),
                attributes_to_get=only,
                exclusive_start_key=start,
                consistent_read=True,
            )
        yield from page["Items"]
        start = page.get("LastEvaluatedKey")
        if not start:
            return
