"""Plays Lambda's triggers: takes messages from queues, calls functions, deletes what is done."""

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from local.aws.lambda_runtime import Context, Function, schedule_event, sqs_event
from local.faults.calls import WorkerDied

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import DeleteMessageBatchRequestEntryTypeDef

#: More rounds than this without the queues falling silent: something wakes itself for ever.
MOST_ROUNDS = 1_000

#: What an invocation of a function, by name, runs inside.
Running = Callable[[str], AbstractContextManager[None]]


class NeverQuiet(RuntimeError):
    """The queues do not fall silent: something keeps waking itself."""


@dataclass(frozen=True, kw_only=True)
class Depth:
    """The messages of a queue: those to receive now, and those that will come back later."""

    visible: int
    hidden: int


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """A queue and the function that consumes it."""

    name: str
    url: str
    arn: str
    function: Function
    batch_size: int = 1


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An invocation that ended in an error."""

    at: datetime
    function: str
    error: BaseException

    def __str__(self) -> str:
        return "".join(traceback.format_exception(self.error))


class Pump:
    """Calls each function as Lambda would; what fails stays with its queue, and is remembered."""

    def __init__(
        self,
        queues: "SQSClient",
        depth: Callable[[str], Depth],
        triggers: Sequence[Trigger],
        region: str,
        most_rounds: int = MOST_ROUNDS,
        running: Running = lambda _function: nullcontext(),
    ) -> None:
        self._running = running
        self._most_rounds = most_rounds
        self._queues = queues
        self._depth = depth
        self._triggers = triggers
        self._region = region
        self.failures: list[Failure] = []

    def run_until_quiet(self, now: datetime) -> int:
        """Serve whatever can be received now, and what that leads to. Returns how many batches."""
        for rounds in range(self._most_rounds):
            if not any(self._take(trigger, now) for trigger in self._triggers):
                return rounds
        raise NeverQuiet(NeverQuiet.__doc__)

    def fire(self, name: str, function: Function, at: datetime) -> None:
        """What EventBridge does at a rule's time."""
        self._invoke(name, function, schedule_event(name, at, self._region), at)

    def is_waiting(self) -> bool:
        """Whether any message is delayed, or was received and not deleted: it will come back."""
        return any(self._depth(trigger.url).hidden for trigger in self._triggers)

    def _take(self, trigger: Trigger, now: datetime) -> bool:
        messages = self._receive(trigger) if self._depth(trigger.url).visible else ()
        if messages:
            event = sqs_event(messages, trigger.arn)
            answer, failed = self._invoke(trigger.name, trigger.function, event, now)
            if not failed:
                self._delete(trigger, done(messages, answer))
        return bool(messages)

    def _receive(self, trigger: Trigger) -> Sequence[Mapping[str, Any]]:
        answer = self._queues.receive_message(
            QueueUrl=trigger.url,
            MaxNumberOfMessages=min(trigger.batch_size, 10),
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
            WaitTimeSeconds=0,  # a long poll really waits, inside the lock of the embedded AWS
        )
        received: Sequence[Mapping[str, Any]] = answer.get("Messages", ())
        return received

    def _invoke(
        self, name: str, function: Function, event: dict[str, Any], now: datetime
    ) -> tuple[object, bool]:
        try:
            with self._running(name):
                return function(event, Context(function_name=name, region=self._region)), False
        except (Exception, WorkerDied) as error:  # noqa: BLE001  to Lambda, both are a failed invocation
            self.failures.append(Failure(at=now, function=name, error=error))
            return None, True

    def _delete(self, trigger: Trigger, messages: Iterable[Mapping[str, Any]]) -> None:
        handles: list[DeleteMessageBatchRequestEntryTypeDef] = [
            {"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]}
            for n, message in enumerate(messages)
        ]
        if handles:
            self._queues.delete_message_batch(QueueUrl=trigger.url, Entries=handles)


def done(messages: Sequence[Mapping[str, Any]], answer: object) -> list[Mapping[str, Any]]:
    """The messages that are finished. A failure without a known id fails the whole batch."""
    failures = answer.get("batchItemFailures") or [] if isinstance(answer, Mapping) else []
    failed = {failure.get("itemIdentifier") for failure in failures}
    if not failed <= {message["MessageId"] for message in messages}:
        return []
    return [message for message in messages if message["MessageId"] not in failed]
