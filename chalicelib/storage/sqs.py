"""How SQS is reached, and how its failures are called here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.errors import StorageUnavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

#: What SQS takes, or gives, in one call.
BATCH = 10


def sqs_client() -> "SQSClient":
    """A client whose calls may be repeated without harm."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        "sqs",
        config=Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3}),
    )


def waiting_in(client: "SQSClient", queue_url: str) -> int:
    """About how many messages wait in a queue. Raises StorageUnavailable."""
    with sqs_translated():
        answer = client.get_queue_attributes(
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
