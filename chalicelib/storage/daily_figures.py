"""What the last days came to: one item, written each night over the former one."""

import msgspec

from chalicelib.domain.daily_figures import DailyFigures
from chalicelib.storage.table import Table, storage_errors

_KEY = "TALLY#days"


class DynamoDailyFigures:
    """The pipeline's Tallies."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, figures: DailyFigures) -> None:
        """Keep it in the place of the former one."""
        document = msgspec.json.encode(figures).decode()
        with storage_errors():
            self._table.put_item(_KEY, attributes={"document": {"S": document}})

    def last(self) -> DailyFigures | None:
        """The newest one; None before the first night."""
        with storage_errors():
            answer = self._table.get_item(_KEY, consistent_read=True)
        item = answer.get("Item")
        return msgspec.json.decode(item["document"]["S"], type=DailyFigures) if item else None
