"""The queue of receipts, as far as anything but Lambda takes messages from it."""

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.storage.sqs import sqs_client, sqs_translated

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsFeedbackQueue:
    """Lets a receipt go before its batch has ended."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    @cached_property
    def _client(self) -> "SQSClient":
        return sqs_client()

    def done(self, receipt_handle: str) -> None:
        """This one is not to come again; Lambda may delete it once more. Raises StorageUnavailable.

        A handle that is not known any more is of a message that is gone or handed out again: that
        one comes, and a receipt that is recorded twice changes nothing.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
        """
        gone = self._client.exceptions.ReceiptHandleIsInvalid
        with sqs_translated(), suppress(gone):
            self._client.delete_message(QueueUrl=self._queue_url, ReceiptHandle=receipt_handle)
