"""Receipts that no attempt answers to yet."""

from functools import cached_property

from pynamodb.connection.table import TableConnection

from chalicelib.pipeline.ports import UnmatchedReceipt
from chalicelib.storage.table import InstantAttribute, connect, translated

_INSTANT = InstantAttribute()


class DynamoReceipts:
    """The pipeline's Receipts: one item each, the same one again overwrites itself."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    @cached_property
    def _table(self) -> TableConnection:
        return connect(self._table_name)

    def keep(self, item: UnmatchedReceipt) -> None:
        """Keep it, to be matched later."""
        attributes = {
            "received_at": {"S": _INSTANT.serialize(item.received_at)},
            "body": {"B": item.body},
        }
        with translated():
            self._table.put_item(f"RECEIPT#{item.receipt_id}", attributes=attributes)
