"""What the headings of lists stand for: one item, in which nothing of a person is kept."""

from collections.abc import Mapping

import msgspec

from chalicelib.storage.table import Table, storage_errors

_KEY = "HEADINGS#lists"


class DynamoListHeadings:
    """The pipeline's ListHeadings."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def known(self) -> Mapping[str, str]:
        """Which field each stands for; an empty one counts for nothing."""
        with storage_errors():
            answer = self._table.get_item(_KEY, consistent_read=True)
        item = answer.get("Item")
        return msgspec.json.decode(item["document"]["S"], type=dict[str, str]) if item else {}

    def keep(self, headings: Mapping[str, str]) -> None:
        """Keep these in the place of the former ones."""
        document = msgspec.json.encode(dict(headings)).decode()
        with storage_errors():
            self._table.put_item(_KEY, attributes={"document": {"S": document}})
