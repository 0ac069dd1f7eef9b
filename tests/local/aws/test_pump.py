"""Lambda's triggers, played on real queues of the embedded AWS."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from local.aws.glance import Glance
from local.aws.lambda_runtime import Context
from local.aws.pump import NeverQuiet, Pump, Trigger, done
from local.clock.travelling import Clock
from local.faults.calls import WorkerDied

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

REGION = "eu-west-3"
NOON = datetime(2019, 6, 27, 12, 0, tzinfo=UTC)
VISIBILITY = timedelta(seconds=360)
VISIBLE_AGAIN = NOON + VISIBILITY + timedelta(seconds=1)


@pytest.fixture
def clock() -> Iterator[Clock]:
    with Clock(NOON, ticks=False) as clock:
        yield clock


@pytest.fixture
def sqs(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator["SQSClient"]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield boto3.client("sqs", region_name=REGION)


@pytest.fixture
def url(sqs: "SQSClient") -> str:
    seconds = str(int(VISIBILITY.total_seconds()))
    created = sqs.create_queue(QueueName="serve", Attributes={"VisibilityTimeout": seconds})
    return created["QueueUrl"]


class Worker:
    """A function that keeps what it is called with, and answers or fails as told."""

    def __init__(self, answer: Callable[[dict[str, Any]], object] = lambda _: None) -> None:
        self.events: list[dict[str, Any]] = []
        self.contexts: list[Context] = []
        self._answer = answer

    def __call__(self, event: dict[str, Any], context: Context) -> object:
        self.events.append(event)
        self.contexts.append(context)
        return self._answer(event)

    @property
    def bodies(self) -> list[list[str]]:
        return [[record["body"] for record in event["Records"]] for event in self.events]


def pump_of(
    sqs: "SQSClient", url: str, worker: Worker, batch_size: int = 1, most_rounds: int = 100
) -> Pump:
    arn = f"arn:aws:sqs:{REGION}:123456789012:serve"
    trigger = Trigger(name="serve", url=url, arn=arn, function=worker, batch_size=batch_size)
    return Pump(sqs, Glance(REGION).depth, [trigger], REGION, most_rounds)


def fail(_event: dict[str, Any]) -> object:
    raise RuntimeError("no")


def test_the_function_gets_the_record_that_lambda_would_get(sqs: "SQSClient", url: str) -> None:
    worker = Worker()
    attributes: Any = {"kind": {"DataType": "String", "StringValue": "x"}}
    sent = sqs.send_message(QueueUrl=url, MessageBody="D-1", MessageAttributes=attributes)
    pump_of(sqs, url, worker).run_until_quiet(NOON)
    [record] = worker.events[0]["Records"]
    assert record["messageId"] == sent["MessageId"]
    assert record["md5OfBody"] == sent["MD5OfMessageBody"]
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["attributes"]["SentTimestamp"] == str(int(NOON.timestamp() * 1000))
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == f"arn:aws:sqs:{REGION}:123456789012:serve"
    assert record["awsRegion"] == REGION
    assert record["messageAttributes"]["kind"]["stringValue"] == "x"
    assert set(record) == {
        "messageId", "receiptHandle", "body", "attributes", "messageAttributes",
        "md5OfBody", "eventSource", "eventSourceARN", "awsRegion",
    }  # fmt: skip


def test_the_context_is_one_of_lambda(sqs: "SQSClient", url: str) -> None:
    worker = Worker()
    sqs.send_message(QueueUrl=url, MessageBody="D-1")
    pump_of(sqs, url, worker).run_until_quiet(NOON)
    [context] = worker.contexts
    assert context.function_name == "serve"
    assert context.invoked_function_arn.endswith(":function:serve")
    assert len(context.aws_request_id) == 36
    assert 0 < context.get_remaining_time_in_millis() <= 60_000


def test_what_is_served_is_deleted(sqs: "SQSClient", url: str, clock: Clock) -> None:
    worker = Worker()
    pump = pump_of(sqs, url, worker)
    sqs.send_message(QueueUrl=url, MessageBody="D-1")
    assert pump.run_until_quiet(NOON) == 1
    clock.move_to(VISIBLE_AGAIN)
    assert pump.run_until_quiet(clock.now()) == 0
    assert not pump.is_waiting()


def test_a_batch_is_no_larger_than_declared(sqs: "SQSClient", url: str) -> None:
    worker = Worker()
    for n in range(3):
        sqs.send_message(QueueUrl=url, MessageBody=str(n))
    pump_of(sqs, url, worker, batch_size=2).run_until_quiet(NOON)
    assert worker.bodies == [["0", "1"], ["2"]]


def test_only_what_failed_comes_back(sqs: "SQSClient", url: str, clock: Clock) -> None:
    def fail_the_second(event: dict[str, Any]) -> object:
        bad = [r["messageId"] for r in event["Records"] if r["body"] == "1"]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in bad]}

    worker = Worker(fail_the_second)
    pump = pump_of(sqs, url, worker, batch_size=10)
    for n in range(3):
        sqs.send_message(QueueUrl=url, MessageBody=str(n))
    pump.run_until_quiet(NOON)
    assert pump.is_waiting()
    clock.move_to(VISIBLE_AGAIN)
    pump.run_until_quiet(clock.now())
    assert worker.bodies == [["0", "1", "2"], ["1"]]


def test_what_a_failing_function_was_given_comes_back(
    sqs: "SQSClient", url: str, clock: Clock
) -> None:
    worker = Worker(fail)
    pump = pump_of(sqs, url, worker)
    sqs.send_message(QueueUrl=url, MessageBody="D-1")
    pump.run_until_quiet(NOON)
    clock.move_to(VISIBLE_AGAIN)
    pump.run_until_quiet(clock.now())
    counts = [e["Records"][0]["attributes"]["ApproximateReceiveCount"] for e in worker.events]
    assert counts == ["1", "2"]
    assert [str(failure.error) for failure in pump.failures] == ["no", "no"]


def test_a_delayed_message_is_waited_for(sqs: "SQSClient", url: str, clock: Clock) -> None:
    worker = Worker()
    pump = pump_of(sqs, url, worker)
    sqs.send_message(QueueUrl=url, MessageBody="D-1", DelaySeconds=60)
    assert pump.run_until_quiet(NOON) == 0
    assert pump.is_waiting()
    clock.move_to(NOON + timedelta(seconds=60))
    assert pump.run_until_quiet(clock.now()) == 1


def test_a_function_that_wakes_itself_for_ever_is_noticed(sqs: "SQSClient", url: str) -> None:
    def again(_event: dict[str, Any]) -> object:
        return sqs.send_message(QueueUrl=url, MessageBody="D-1")

    sqs.send_message(QueueUrl=url, MessageBody="D-1")
    with pytest.raises(NeverQuiet):
        pump_of(sqs, url, Worker(again), most_rounds=5).run_until_quiet(NOON)


def test_an_unknown_identifier_fails_the_whole_batch() -> None:
    messages = [{"MessageId": "a"}, {"MessageId": "b"}]
    assert done(messages, {"batchItemFailures": [{"itemIdentifier": "c"}]}) == []
    assert done(messages, {"batchItemFailures": [{"itemIdentifier": ""}]}) == []
    assert done(messages, {"batchItemFailures": [{}]}) == []


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": []}, {"other": 1}, "ok"])
def test_no_failures_named_means_all_is_done(answer: object) -> None:
    messages = [{"MessageId": "a"}, {"MessageId": "b"}]
    assert done(messages, answer) == messages


def test_a_schedule_fires_as_eventbridge_fires_it(sqs: "SQSClient", url: str) -> None:
    worker = Worker()
    pump_of(sqs, url, Worker()).fire("sweep_due", worker, NOON)
    [event] = worker.events
    assert event["source"] == "aws.events"
    assert event["detail-type"] == "Scheduled Event"
    assert event["time"] == "2019-06-27T12:00:00Z"
    assert event["resources"] == [f"arn:aws:events:{REGION}:123456789012:rule/sweep_due"]
    assert event["detail"] == {}


def test_a_schedule_that_fails_is_remembered(sqs: "SQSClient", url: str) -> None:
    pump = pump_of(sqs, url, Worker())
    pump.fire("sweep_due", Worker(fail), NOON)
    assert [failure.function for failure in pump.failures] == ["sweep_due"]


def test_a_worker_that_dies_leaves_its_message_to_come_back(
    sqs: "SQSClient", url: str, clock: Clock
) -> None:
    def die(_event: dict[str, Any]) -> object:
        raise WorkerDied

    worker = Worker(die)
    pump = pump_of(sqs, url, worker)
    sqs.send_message(QueueUrl=url, MessageBody="D-1")
    pump.run_until_quiet(NOON)
    assert pump.is_waiting()
    clock.move_to(VISIBLE_AGAIN)
    pump.run_until_quiet(clock.now())
    assert len(worker.events) == 2
