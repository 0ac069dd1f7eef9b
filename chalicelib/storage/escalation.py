"""What a second person was told of: one item, changed by whoever has read what it was."""

import msgspec
from pynamodb.exceptions import PutError

from chalicelib.domain.errors import LostRace
from chalicelib.domain.escalation import NOBODY_TOLD, Escalation
from chalicelib.storage.table import Item, Table, is_condition_failed, storage_errors

_KEY = "ESCALATION#work"


class DynamoEscalation:
    """The pipeline's EscalationStore."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def last(self) -> Escalation:
        """What is kept, read consistently; before anything is, nobody was told."""
        with storage_errors():
            answer = self._table.get_item(_KEY, consistent_read=True)
        item = answer.get("Item")
        return msgspec.json.decode(item["document"]["S"], type=Escalation) if item else NOBODY_TOLD

    def write(self, before: Escalation, after: Escalation) -> None:
        """Keep this in the place of what was read; raises LostRace if something else is kept.

        What is kept already was ours: each claim has an instant of its own.
        """
        condition = Item.document == _document(before)
        if before == NOBODY_TOLD:
            condition |= Item.pk.does_not_exist()
        with storage_errors():
            try:
                self._table.put_item(
                    _KEY,
                    attributes={"document": {"S": _document(after)}},
                    condition=condition,
                )
            except PutError as error:
                if not is_condition_failed(error):
                    raise
                if self.last() != after:
                    raise LostRace from error


def _document(escalation: Escalation) -> str:
    return msgspec.json.encode(escalation).decode()
