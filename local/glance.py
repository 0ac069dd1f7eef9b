"""Looks into the embedded AWS from inside: what waits in its queues, and what is due in its table.

Asking as a client takes thousands of times as long, and a journey of a year looks at each stop.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from moto.backends import get_backend

from local.lambda_runtime import ACCOUNT
from local.pump import Depth
from local.timetable import Due

PREFIX = "DOSSIER#"


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
        """The dossier that stands first in the table's due index."""
        items: Iterable[Any] = self._of("dynamodb").tables[table_name].all_items()
        rows = (item.attrs for item in items if "due_at" in item.attrs)
        found = ((_instant(row["due_at"].value), row["pk"].value) for row in rows)
        at, key = min(found, default=(None, ""))
        return Due(dossier_id=key.removeprefix(PREFIX), at=at) if at else None

    def _of(self, service: str) -> Any:
        return get_backend(service)[ACCOUNT][self._region]  # type: ignore[call-overload]  # any name


def _instant(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
