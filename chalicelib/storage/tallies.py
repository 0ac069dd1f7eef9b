"""What the last days came to: one item, written each night over the former one."""

from functools import cached_property

import msgspec
from pynamodb.connection.table import TableConnection

from chalicelib.domain.tally import Tally
from chalicelib.storage.table import connect, translated

_KEY = "TALLY#days"


class DynamoTallies:
    """The pipeline's Tallies."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    @cached_property
    def _table(self) -> TableConnection:
        return connect(self._table_name)

    def keep(self, tally: Tally) -> None:
        """Keep it in the place of the former one."""
        document = msgspec.json.encode(tally).decode()
        with translated():
            self._table.put_item(_KEY, attributes={"document": {"S": document}})

    def last(self) -> Tally | None:
        """The newest one; None before the first night."""
        with translated():
            answer = self._table.get_item(_KEY, consistent_read=True)
        item = answer.get("Item")
        return msgspec.json.decode(item["document"]["S"], type=Tally) if item else None
