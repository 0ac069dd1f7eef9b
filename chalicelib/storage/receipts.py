"""Receipts that no attempt answers to yet."""

from collections.abc import Iterator

from chalicelib.pipeline.ports import UnmatchedReceipt
from chalicelib.storage.table import InstantAttribute, Row, Table, rows, storage_errors

_PREFIX, _LIST = "RECEIPT#", "receipt"
_INSTANT = InstantAttribute()


class DynamoReceipts:
    """The pipeline's Receipts: one item each, the same one again overwrites itself."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, item: UnmatchedReceipt) -> None:
        """Keep it, to be matched later."""
        since = _INSTANT.serialize(item.received_at)
        attributes = {
            "received_at": {"S": since},
            "body": {"B": item.body},
            "list": {"S": _LIST},
            "list_at": {"S": since},
        }
        with storage_errors():
            self._table.put_item(_PREFIX + item.receipt_id, attributes=attributes)

    def waiting(self) -> Iterator[UnmatchedReceipt]:
        """Every receipt that was kept, oldest first: for repair only."""
        return map(_receipt, rows(self._table, "list", _LIST))

    def drop(self, receipt_id: str) -> None:
        """Forget one that was matched."""
        with storage_errors():
            self._table.delete_item(_PREFIX + receipt_id)


def _receipt(item: Row) -> UnmatchedReceipt:
    return UnmatchedReceipt(
        receipt_id=item["pk"]["S"].removeprefix(_PREFIX),
        received_at=_INSTANT.deserialize(item["received_at"]["S"]),
        body=item["body"]["B"],
    )
