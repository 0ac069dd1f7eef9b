"""How SQS is reached, and how its failures are called here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws import client
from chalicelib.domain.errors import StorageUnavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

#: What SQS takes, or gives, in one call.
BATCH = 10


def sqs_client() -> "SQSClient":
    """A client of SQS."""
    made: SQSClient = client("sqs")
    return made


def waiting_in(queues: "SQSClient", queue_url: str) -> int:
    """About how many messages wait in a queue. Raises StorageUnavailable."""
    with sqs_translated():
        answer = queues.get_queue_attributes(
            QueueUrl=queue_url, AttributeNames=["ApproximateNumberOfMessages"]
        )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


@contextmanager
def sqs_translated() -> Iterator[None]:
    """Whatever goes wrong with a queue is StorageUnavailable to the other rooms."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StorageUnavailable from error
