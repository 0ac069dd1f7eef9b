"""What is authentic but cannot be used, kept whole until a person has looked at it."""

from functools import cached_property
from hashlib import sha256

from pynamodb.connection.table import TableConnection
from pynamodb.exceptions import PutError

from chalicelib.pipeline.ports import Quarantined
from chalicelib.storage.dossiers import shard_of
from chalicelib.storage.table import (
    InstantAttribute,
    Item,
    connect,
    is_condition_failed,
    translated,
)

_INSTANT = InstantAttribute()


class DynamoQuarantine:
    """The pipeline's Quarantine: one item for each id and body."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    @cached_property
    def _table(self) -> TableConnection:
        return connect(self._table_name)

    def keep(self, item: Quarantined) -> bool:
        """Keep it; False if the same body was already kept under this id."""
        digest = sha256(item.body).hexdigest()
        key = f"QUARANTINE#{item.event_id}#{digest[:16]}"
        since = _INSTANT.serialize(item.received_at)
        attributes = {
            "received_at": {"S": since},
            "reason": {"S": item.reason},
            "digest": {"S": digest},
            "body": {"B": item.body},
            "work_shard": {"S": shard_of(key)},
            "work_since": {"S": since},
        }
        with translated():
            try:
                self._table.put_item(key, attributes=attributes, condition=Item.pk.does_not_exist())
            except PutError as error:
                if not is_condition_failed(error):
                    raise
                return False
        return True
