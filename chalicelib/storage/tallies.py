"""What the last days came to: one item, written each night over the former one."""

import msgspec

from chalicelib.domain.tally import Tally
from chalicelib.storage.table import Table, translated

_KEY = "TALLY#days"


class DynamoTallies:
    """The pipeline's Tallies."""

    def __init__(self, table: Table) -> None:
        self._table = table

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
