"""What is authentic but cannot be used, kept whole until a person has looked at it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from pynamodb.exceptions import PutError, UpdateError

from chalicelib.pipeline.ports import Quarantined, WorkKind
from chalicelib.storage.indexes import work_shard
from chalicelib.storage.table import (
    InstantAttribute,
    Item,
    Table,
    found,
    is_condition_failed,
    rows,
    storage_errors,
)

_PREFIX, _LIST = "QUARANTINE#", "quarantine"
_INSTANT = InstantAttribute()


class DynamoQuarantine:
    """The pipeline's Quarantine: one item for each id and body."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, item: Quarantined) -> bool:
        """Keep it; False if the same body was already kept under this id."""
        key = _PREFIX + item.key
        since = _INSTANT.serialize(item.received_at)
        attributes: dict[str, Any] = {
            "received_at": {"S": since},
            "reason": {"S": item.reason},
            "digest": {"S": sha256(item.body).hexdigest()},
            "body": {"B": item.body},
            "work_shard": {"S": self._waits_in(item)},
            "work_since": {"S": since},
            "list": {"S": _LIST},
            "list_at": {"S": since},
        }
        if item.about:
            attributes["about"] = {"S": item.about}
        with storage_errors():
            try:
                self._table.put_item(key, attributes=attributes, condition=Item.pk.does_not_exist())
            except PutError as error:
                if not is_condition_failed(error):
                    raise
                return False
        return True

    def _waits_in(self, item: Quarantined) -> str:
        kind = WorkKind.UNREADABLE if item.dossier_id else WorkKind.QUARANTINE
        return work_shard(self._table, kind, _PREFIX + item.key)

    def find(self, key: str) -> Quarantined | None:
        """The one of this name on the work list, read consistently."""
        with storage_errors():
            answer = self._table.get_item(_PREFIX + key, consistent_read=True)
        item = answer.get("Item")
        return _quarantined(item) if item else None

    def many(self, keys: Sequence[str]) -> Sequence[Quarantined]:
        """Those of these names that exist, read consistently, in this order."""
        wanted = list(dict.fromkeys(keys))
        items = map(_quarantined, found(self._table, (_PREFIX + key for key in wanted)))
        known = {item.key: item for item in items}
        return [known[key] for key in wanted if key in known]

    def everything(self) -> Iterator[Quarantined]:
        """Whatever is kept, oldest first: for repair, and to forget."""
        return map(_quarantined, rows(self._table, "list", _LIST))

    def see(self, item: Quarantined, now: datetime) -> None:
        """A person is done with it; once is enough, and what was dropped meanwhile stays away."""
        actions = [Item.seen_at.set(now), Item.work_shard.remove(), Item.work_since.remove()]
        is_new = Item.pk.exists() & Item.seen_at.does_not_exist()
        with storage_errors():
            try:
                self._table.update_item(_PREFIX + item.key, actions=actions, condition=is_new)
            except UpdateError as error:
                if not is_condition_failed(error):
                    raise

    def reopen(self, item: Quarantined, reason: str) -> None:
        """On the work list, by another reason; what was dropped meanwhile stays away."""
        key = _PREFIX + item.key
        actions = [
            Item.reason.set(reason),
            Item.seen_at.remove(),
            Item.work_shard.set(self._waits_in(item)),
            Item.work_since.set(item.received_at),
        ]
        with storage_errors():
            try:
                self._table.update_item(key, actions=actions, condition=Item.pk.exists())
            except UpdateError as error:
                if not is_condition_failed(error):
                    raise

    def drop(self, item: Quarantined) -> None:
        """Forget it."""
        with storage_errors():
            self._table.delete_item(_PREFIX + item.key)


def _quarantined(item: Mapping[str, Any]) -> Quarantined:
    event_id, _, _ = item["pk"]["S"].removeprefix(_PREFIX).rpartition("#")
    seen_at = item.get("seen_at")
    return Quarantined(
        event_id=event_id,
        received_at=_INSTANT.deserialize(item["received_at"]["S"]),
        reason=item["reason"]["S"],
        body=item["body"]["B"],
        about=item.get("about", {}).get("S", ""),
        seen_at=_INSTANT.deserialize(seen_at["S"]) if seen_at else None,
    )
