"""Looks into the embedded AWS from inside: what waits in its queues, and what is due in its table.

Asking as a client takes thousands of times as long, and a journey of a year looks at each stop.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.backends import get_backend

from local.aws.lambda_runtime import ACCOUNT
from local.aws.pump import Depth
from local.clock.timetable import Due

PREFIX = "DOSSIER#"

#: The list of what was asked for in bulk, and is not over.
BULK = "bulk"


class Glance:
    """Sees one region. For the world's own use: the product asks as it would on AWS."""

    def __init__(self, region: str) -> None:
        self._region = region

    def depth(self, queue_url: str) -> Depth:
        """What waits in a queue."""
        queue = self._of("sqs").queues[queue_url.rpartition("/")[2]]
        hidden = (
            queue.approximate_number_of_messages_delayed
            + queue.approximate_number_of_messages_not_visible
        )
        return Depth(visible=queue.approximate_number_of_messages, hidden=hidden)

    def first_due(self, table_name: str) -> Due | None:
        """What a sweep would find first: a dossier, or cards that can no longer be taken back."""
        items: Iterable[Any] = self._of("dynamodb").tables[table_name].all_items()
        rows = ((_due_at(item.attrs), item.attrs["pk"].value) for item in items)
        at, key = min(((at, key) for at, key in rows if at), default=(None, ""))
        return Due(key=key.removeprefix(PREFIX), at=at) if at else None

    def _of(self, service: str) -> Any:
        return get_backend(service)[ACCOUNT][self._region]  # type: ignore[call-overload]  # any name


def _due_at(attributes: Mapping[str, Any]) -> datetime | None:
    """When a sweep does something about an item, if it ever does."""
    listed = attributes.get("list")
    is_bulk = listed is not None and listed.value == BULK
    due = attributes.get("list_at" if is_bulk else "due_at")
    return _instant(due.value) if due else None


def _instant(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
