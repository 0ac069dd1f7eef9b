"""The queue of the night. A message says how far it has come: ids of dossiers, and numbers."""

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from chalicelib.pipeline.ports.night import Progress
from chalicelib.storage.sqs import sqs_client, sqs_translated

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsNightQueue:
    """The pipeline's NightQueue."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    @cached_property
    def _client(self) -> "SQSClient":
        return sqs_client()

    def hand_on(self, progress: Progress) -> None:
        """Let the night go on from there. Raises StorageUnavailable."""
        body = msgspec.json.encode(progress).decode()
        with sqs_translated():
            self._client.send_message(QueueUrl=self._queue_url, MessageBody=body)

    def progress_of(self, body: str) -> Progress:
        """What a message of this queue says. Raises ValueError for what is none of ours."""
        return msgspec.json.decode(body, type=Progress)
