"""Whose each address is: one item for each, by its fingerprint, with the dossiers that have it."""

from pynamodb.exceptions import DeleteError, UpdateError
from pynamodb.expressions.condition import size

from chalicelib.pipeline.ports import DOSSIERS_AT_MOST
from chalicelib.storage.table import Item, Table, is_condition_failed, storage_errors


class DynamoAddresses:
    """The pipeline's Addresses. A set of ids counts no dossier twice, whoever tries again."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def admit(self, fingerprint: str, dossier_id: str) -> bool:
        """Whether it may be this dossier's too, or is already."""
        how_many = size(Item.had_by)  # type: ignore[no-untyped-call]  # as the library has it
        has_room = Item.had_by.does_not_exist() | (how_many < DOSSIERS_AT_MOST)
        with storage_errors():
            try:
                self._table.update_item(
                    _key(fingerprint),
                    actions=[Item.had_by.add({dossier_id})],
                    condition=has_room | Item.had_by.contains(dossier_id),
                )
            except UpdateError as error:
                if not is_condition_failed(error):
                    raise
                return False
        return True

    def leave(self, fingerprint: str, dossier_id: str) -> None:
        """It is not this dossier's any more; what is nobody's is not kept."""
        key = _key(fingerprint)
        with storage_errors():
            self._table.update_item(key, actions=[Item.had_by.delete({dossier_id})])
            try:
                self._table.delete_item(key, condition=Item.had_by.does_not_exist())
            except DeleteError as error:
                if not is_condition_failed(error):
                    raise


def _key(fingerprint: str) -> str:
    return f"ADDRESS#{fingerprint}"
