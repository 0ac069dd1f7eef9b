"""What the headings of lists stand for: an item for each set of headings, in which nothing of a
person is kept.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from hashlib import sha256

import msgspec

from chalicelib.storage.table import Table, storage_errors

_PREFIX = "HEADINGS#lists#"


class DynamoListHeadings:
    """The pipeline's ListHeadings."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def known(self, headings: AbstractSet[str]) -> Mapping[str, str]:
        """Which field each of just these stands for; an empty one counts for nothing."""
        with storage_errors():
            answer = self._table.get_item(_key(headings), consistent_read=True)
        item = answer.get("Item")
        return msgspec.json.decode(item["document"]["S"], type=dict[str, str]) if item else {}

    def keep(self, fields: Mapping[str, str]) -> None:
        """Keep this of its headings, in the place of what was kept of them."""
        document = msgspec.json.encode(dict(fields)).decode()
        with storage_errors():
            self._table.put_item(_key(fields.keys()), attributes={"document": {"S": document}})


def _key(headings: AbstractSet[str]) -> str:
    return _PREFIX + sha256("\n".join(sorted(headings)).encode()).hexdigest()
