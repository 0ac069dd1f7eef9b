"""The queue that wakes the sender. A message says which dossier, and which event
woke it: two ids, and nothing else.
"""

import json
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.domain.errors import StorageUnavailable
from chalicelib.storage.sqs import BATCH, sqs_client, sqs_translated, waiting_in

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef


class SqsServeQueue:
    """The pipeline's ServeQueue."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    @cached_property
    def _client(self) -> "SQSClient":
        return sqs_client()

    def wake(self, dossier_ids: Sequence[str], event_id: str = "") -> None:
        """Ask for these dossiers to be served soon, because of an event.

        Raises StorageUnavailable.
        """
        for start in range(0, len(dossier_ids), BATCH):
            batch = dossier_ids[start : start + BATCH]
            with sqs_translated():
                answer = self._client.send_message_batch(
                    QueueUrl=self._queue_url,
                    Entries=[_entry(n, one, event_id) for n, one in enumerate(batch)],
                )
            if answer.get("Failed"):
                raise StorageUnavailable

    def backlog(self) -> int:
        """About how many are still waiting. Raises StorageUnavailable."""
        return waiting_in(self._client, self._queue_url)


def _entry(number: int, dossier_id: str, event_id: str) -> "SendMessageBatchRequestEntryTypeDef":
    content = {"dossier_id": dossier_id, **({"event_id": event_id} if event_id else {})}
    return {"Id": str(number), "MessageBody": json.dumps(content)}
