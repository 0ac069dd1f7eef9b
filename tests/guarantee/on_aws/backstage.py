"""What the world itself asks of its queues and its topic goes straight to moto.

It plays Lambda, SES and the SMS service there, and is never hurt: as a client it would be a fifth
of the time of a story.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.client import BaseClient
from moto.backends import get_backend

from local.aws.embedded import REGION
from local.aws.lambda_runtime import ACCOUNT
from local.aws.transport import replaced
from local.faults.calls import Calls

Request = Mapping[str, Any]


@contextmanager
def backstage(calls: Calls) -> Iterator[None]:
    """Meanwhile, for every client of this process; entered before the calls are counted."""
    ask = BaseClient._make_api_call  # type: ignore[attr-defined]  # private

    def call(client: Any, operation: str, request: Request) -> Any:
        short = None if calls.is_counting else _SHORT.get(operation)
        return short(request) if short else ask(client, operation, request)

    with replaced(BaseClient, "_make_api_call", call):
        yield


def _receive(request: Request) -> Any:
    sqs, name = _queue(request)
    timeout = int(sqs.queues[name].visibility_timeout)
    received = sqs.receive_message(name, request["MaxNumberOfMessages"], 0, timeout, ["All"])
    return {"Messages": [_told(message) for message in received]}


def _told(message: Any) -> Any:
    return {
        "MessageId": message.id,
        "ReceiptHandle": message.receipt_handle,
        "MD5OfBody": message.body_md5,
        "Body": message.body,
        "MessageAttributes": message.message_attributes,
        "Attributes": {
            "SenderId": message.sender_id,
            "SentTimestamp": str(message.sent_timestamp),
            "ApproximateReceiveCount": str(message.approximate_receive_count),
            "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
        },
    }


def _delete(request: Request) -> Any:
    sqs, name = _queue(request)
    done, failed = sqs.delete_message_batch(name, request["Entries"])
    return {"Successful": [{"Id": one} for one in done], "Failed": failed}


def _publish(request: Request) -> Any:
    sns = get_backend("sns")[ACCOUNT][REGION]
    return {"MessageId": sns.publish(request["Message"], arn=request["TopicArn"])}


def _queue(request: Request) -> tuple[Any, str]:
    return get_backend("sqs")[ACCOUNT][REGION], request["QueueUrl"].rpartition("/")[2]


_SHORT = {"ReceiveMessage": _receive, "DeleteMessageBatch": _delete, "Publish": _publish}
