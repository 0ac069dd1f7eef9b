"""How often an operator's sessions were ended: one item a name, and a count that only grows."""

from chalicelib.storage.table import Item, Table, storage_errors

_PREFIX = "OPERATOR#"


class DynamoGenerations:
    """The pipeline's Generations."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, name: str) -> int:
        """The generation that stands, read consistently; 0 before the first end."""
        with storage_errors():
            found = self._table.get_item(
                _key(name), consistent_read=True, attributes_to_get=["version"]
            )
        return int(found["Item"]["version"]["N"]) if "Item" in found else 0

    def end(self, name: str) -> None:
        """End every session of theirs. Tried again it may count twice, which ends no more."""
        with storage_errors():
            self._table.update_item(_key(name), actions=[Item.version.add(1)])


def _key(name: str) -> str:
    """Cognito takes a name in any letters."""
    return f"{_PREFIX}{name.casefold()}"
