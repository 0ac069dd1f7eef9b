"""The queue that wakes the sender. A message says which dossier, and which event
woke it: two ids, and nothing else.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.errors import StorageUnavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

#: What SQS takes in one call.
BATCH = 10


class SqsServeQueue:
    """The pipeline's ServeQueue."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    @cached_property
    def _client(self) -> "SQSClient":
        import boto3
        from botocore.config import Config

        return boto3.client(
            "sqs",
            config=Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3}),
        )

    def wake(self, dossier_ids: Sequence[str], event_id: str = "") -> None:
        """Ask for these dossiers to be served soon, because of an event.

        Raises StorageUnavailable.
        """
        for start in range(0, len(dossier_ids), BATCH):
            batch = dossier_ids[start : start + BATCH]
            with _translated():
                answer = self._client.send_message_batch(
                    QueueUrl=self._queue_url,
                    Entries=[_entry(n, one, event_id) for n, one in enumerate(batch)],
                )
            if answer.get("Failed"):
                raise StorageUnavailable

    def backlog(self) -> int:
        """About how many are still waiting. Raises StorageUnavailable."""
        with _translated():
            answer = self._client.get_queue_attributes(
                QueueUrl=self._queue_url, AttributeNames=["ApproximateNumberOfMessages"]
            )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def _entry(number: int, dossier_id: str, event_id: str) -> "SendMessageBatchRequestEntryTypeDef":
    content = {"dossier_id": dossier_id, **({"event_id": event_id} if event_id else {})}
    return {"Id": str(number), "MessageBody": json.dumps(content)}


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StorageUnavailable from error
