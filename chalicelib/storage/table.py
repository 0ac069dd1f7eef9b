"""The one table: its attributes, its connection, and how its failures are called here."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any
from zlib import crc32

from botocore.config import Config
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
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model

from chalicelib.aws import CONNECT_SECONDS, READ_SECONDS, TRIES, USER_AGENT, descriptions
from chalicelib.domain.errors import StorageUnavailable

#: An index is spread over so many keys unless the settings say more. Each takes a thousand writes a
#: second, which is far more than any desk needs; and each is a query more for whoever reads all.
SHARDS = 1


#: No more items than these can be asked for at once.
BATCH = 100


#: An item, or an entry of an index, as DynamoDB writes it.
Row = Mapping[str, Any]


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
    failed_serves = NumberAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = InstantAttribute(null=True)
    work_shard = UnicodeAttribute(null=True)
    work_since = InstantAttribute(null=True)
    work = UnicodeAttribute(null=True)
    appointment_at = InstantAttribute(null=True)
    unanswered_since = InstantAttribute(null=True)
    deposit_shard = UnicodeAttribute(null=True)
    deposit_at = InstantAttribute(null=True)
    collect_shard = UnicodeAttribute(null=True)
    collect_at = InstantAttribute(null=True)
    again_shard = UnicodeAttribute(null=True)
    again_on = UnicodeAttribute(null=True)
    reference_shard = UnicodeAttribute(null=True)
    reference_key = UnicodeAttribute(null=True)
    recepisse_key = UnicodeAttribute(null=True)
    family_shard = UnicodeAttribute(null=True)
    family_key = UnicodeAttribute(null=True)
    given_shard = UnicodeAttribute(null=True)
    given_key = UnicodeAttribute(null=True)
    other_shard = UnicodeAttribute(null=True)
    other_key = UnicodeAttribute(null=True)
    email_key = UnicodeAttribute(null=True)
    phone_key = UnicodeAttribute(null=True)
    received_at = InstantAttribute(null=True)
    seen_at = InstantAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    about = UnicodeAttribute(null=True)
    digest = UnicodeAttribute(null=True)
    body = BinaryAttribute(legacy_encoding=False, null=True)
    held_since = InstantAttribute(null=True)
    paused_by = UnicodeAttribute(null=True)
    probe_at = InstantAttribute(null=True)
    gap_seconds = NumberAttribute(null=True)
    refused_for = UnicodeSetAttribute(null=True)
    had_by = UnicodeSetAttribute(null=True)
    list = UnicodeAttribute(null=True)
    list_at = InstantAttribute(null=True)
    act_by = UnicodeAttribute(null=True)
    act_about = UnicodeAttribute(null=True)
    refused_sign_ins = NumberAttribute(null=True)
    without_session = NumberAttribute(null=True)


class Table(TableConnection):
    """The table, connected, with short timeouts: a webhook's sender and a queue both try again.

    All that store share one: each connection makes a client of its own. The indexes of what is due
    and of what waits for a person are spread over so many `shards`. Their number may be raised; a
    lower one would not find what lies in the others.
    """

    def __init__(self, table_name: str, shards: int = SHARDS) -> None:
        super().__init__(
            table_name,
            connect_timeout_seconds=CONNECT_SECONDS,
            read_timeout_seconds=READ_SECONDS,
            max_retry_attempts=TRIES - 1,
            meta_table=MetaTable({"TableName": table_name, **_schema()}),
        )
        session = self.connection.session
        session.register_component("data_loader", descriptions())
        session.set_default_client_config(Config(user_agent=USER_AGENT))
        self.shards = tuple(map(str, range(shards)))

    def shard_of(self, key: str) -> str:
        """Spreads items evenly over the shards of an index."""
        return self.shards[crc32(key.encode()) % len(self.shards)]


#: The sparse indexes: the hash key of each, and its range key, where it has one.
_INDEXES: dict[str, tuple[str, ...]] = {
    "due": ("due_shard", "due_at"),
    "work": ("work_shard", "work_since"),
    "to_deposit": ("deposit_shard", "deposit_at"),
    "to_collect": ("collect_shard", "collect_at"),
    "put_off": ("again_shard", "again_on"),
    "by_reference": ("reference_shard", "reference_key"),
    "by_recepisse": ("recepisse_key",),
    "by_family": ("family_shard", "family_key"),
    "by_given": ("given_shard", "given_key"),
    "by_other": ("other_shard", "other_key"),
    "by_email": ("email_key",),
    "by_phone": ("phone_key",),
    "list": ("list", "list_at"),
    "acts_by": ("act_by", "list_at"),
    "acts_about": ("act_about", "list_at"),
}


def _schema() -> dict[str, Any]:
    names = dict.fromkeys(["pk", *chain.from_iterable(_INDEXES.values())])
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


def found(table: Table, keys: Iterable[str], only: Sequence[str] | None = None) -> Iterator[Row]:
    """Those of these items that exist, read consistently, and `only` these attributes of them.

    What does not fit into one answer is asked for again while any comes; after that, raises
    StorageUnavailable.
    """
    left: Any = [{"pk": {"S": key}} for key in keys]
    while left:
        with storage_errors():
            answer = table.batch_get_item(
                left[:BATCH], consistent_read=True, attributes_to_get=only
            )
        items = answer["Responses"].get(table.table_name, ())
        yield from items
        unread = answer.get("UnprocessedKeys", {}).get(table.table_name, {}).get("Keys", [])
        if unread and not items:
            raise StorageUnavailable
        left = [*unread, *left[BATCH:]]


def rows(
    table: Table,
    index: str,
    key: str,
    limit: int | None = None,
    which: Condition | None = None,
    *,
    newest_first: bool = False,
    only: Condition | None = None,
    start: Row | None = None,
) -> Iterator[Row]:
    """The first rows under one key of an index, in order, or those after `start`: read page by
    page, as far as anybody asks, and handed over where they are `only` of this sort.

    Raises StorageUnavailable.
    """

    def page(start: Any) -> Mapping[str, Any]:
        return table.query(
            key,
            range_key_condition=which,
            filter_condition=only,
            index_name=index,
            limit=limit,
            scan_index_forward=not newest_first,
            exclusive_start_key=start,
        )

    return islice(_of_pages(page, start), limit)


def unlist(table: Table, name: str) -> int:
    """Erase every item of one list; how many there were. Raises StorageUnavailable."""
    keys = [item["pk"]["S"] for item in rows(table, "list", name)]
    for key in keys:
        with storage_errors():
            table.delete_item(key)
    return len(keys)


def scanned(table: Table, prefix: str, only: Sequence[str], after: str = "") -> Iterator[Row]:
    """Every item whose key begins so, or those after one key: consistently, page by page, and
    `only` these attributes.

    It reads the whole table: for repair, and to forget. Raises StorageUnavailable.
    """

    def page(start: Any) -> Mapping[str, Any]:
        return table.scan(
            filter_condition=Item.pk.startswith(prefix),
            attributes_to_get=only,
            exclusive_start_key=start,
            consistent_read=True,
        )

    return _of_pages(page, after or None)


def _of_pages(page: Callable[[Any], Mapping[str, Any]], start: Any = None) -> Iterator[Row]:
    while True:
        with storage_errors():
            answer = page(start)
        yield from answer["Items"]
        start = answer.get("LastEvaluatedKey")
        if not start:
            return
