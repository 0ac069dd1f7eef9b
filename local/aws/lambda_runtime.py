"""How Lambda calls a function: the context it gets, and the events its triggers send."""

import base64
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

ACCOUNT = "123456789012"
MEMORY_MB = 1024
TIMEOUT_SECONDS = 60
#: The night is given all that Lambda gives; pages end before API Gateway gives up on them.
OTHERS: Mapping[str, int] = {"apihandler": 28, "reconcile": 900}


@dataclass(frozen=True, kw_only=True)
class Context:
    """What Lambda tells a function about one invocation."""

    function_name: str
    region: str
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = MEMORY_MB
    started: float = field(default_factory=time.monotonic)

    @property
    def invoked_function_arn(self) -> str:
        """The name of the function in the whole of AWS."""
        return f"arn:aws:lambda:{self.region}:{ACCOUNT}:function:{self.function_name}"

    @property
    def log_group_name(self) -> str:
        """Where its log lines would go."""
        return f"/aws/lambda/{self.function_name}"

    @property
    def log_stream_name(self) -> str:
        """Which stream of them."""
        return f"local/[{self.function_version}]{self.aws_request_id.replace('-', '')}"

    def get_remaining_time_in_millis(self) -> int:
        """How long it may still run: by the machine's clock, which does not travel."""
        spent = time.monotonic() - self.started
        lasts = OTHERS.get(self.function_name, TIMEOUT_SECONDS)
        return max(0, int((lasts - spent) * 1000))


class Function(Protocol):
    """A Lambda function, as Chalice makes one from a decorated one."""

    def __call__(self, event: dict[str, Any], context: Context, /) -> object:
        """Handle one event."""


def schedule_event(rule: str, at: datetime, region: str) -> dict[str, Any]:
    """What EventBridge sends when a rule fires."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [f"arn:aws:events:{region}:{ACCOUNT}:rule/{rule}"],
        "detail": {},
    }


def sqs_event(messages: Iterable[Mapping[str, Any]], arn: str) -> dict[str, Any]:
    """What the SQS trigger sends for these received messages."""
    return {"Records": [_record(message, arn) for message in messages]}


def _record(message: Mapping[str, Any], arn: str) -> dict[str, Any]:
    attributes = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {name: _attribute(attributes[name]) for name in attributes},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": arn.split(":")[3],
    }


def _attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    lists: dict[str, Any] = {"stringListValues": [], "binaryListValues": []}
    if "BinaryValue" in value:
        lists["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    if "StringValue" in value:
        lists["stringValue"] = value["StringValue"]
    return {**lists, "dataType": value["DataType"]}
