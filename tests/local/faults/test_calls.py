"""The product's own calls to AWS: numbered, open to harm, and told from those of the world."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from local.aws.embedded import EmbeddedAws
from local.aws.transport import in_process
from local.faults.calls import Call, Calls, Harm, WorkerDied
from local.faults.harms import (
    ANSWER_LOST,
    CONDITION_FAILED,
    DIES_AFTER,
    DIES_BEFORE,
    FAILS_INSIDE,
    NOT_CONNECTED,
    TOO_OFTEN,
    TOO_SLOW,
    refused,
    waits,
)
from tests.local.messages import NOON

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(transport=in_process) as aws:
        yield aws


@pytest.fixture
def calls(aws: EmbeddedAws) -> Iterator[Calls]:
    with Calls() as calls:
        yield calls


@pytest.fixture
def sqs(aws: EmbeddedAws) -> "SQSClient":
    client: SQSClient = aws.client("sqs")
    return client


def made(sqs: "SQSClient") -> list[str]:
    """The queues that there are: what was carried out."""
    return [url.rpartition("/")[2] for url in sqs.list_queues().get("QueueUrls", [])]


def test_only_what_the_product_calls_is_numbered(calls: Calls, sqs: "SQSClient") -> None:
    sqs.list_queues()
    with calls.of("sweep_due"):
        sqs.list_queues()
        with calls.outside():
            sqs.list_queues()
        sqs.create_queue(QueueName="a")
    with calls.of("http"):
        sqs.list_queues()
    assert [(c.number, c.function, c.nth, c.name) for c in calls.made] == [
        (1, "sweep_due", 1, "sqs.ListQueues"),
        (2, "sweep_due", 2, "sqs.CreateQueue"),
        (3, "http", 1, "sqs.ListQueues"),
    ]


@pytest.mark.parametrize(
    ("harm", "error", "is_carried_out"),
    [
        (DIES_BEFORE, WorkerDied, False),
        (DIES_AFTER, WorkerDied, True),
        (NOT_CONNECTED, EndpointConnectionError, False),
        (TOO_SLOW, ReadTimeoutError, True),
        (ANSWER_LOST, ConnectionClosedError, True),
        (FAILS_INSIDE, ClientError, False),
        (CONDITION_FAILED, ClientError, False),
        (TOO_OFTEN["sqs"], ClientError, False),
    ],
)
def test_each_harm_is_met_as_the_sdk_says_it(
    calls: Calls, sqs: "SQSClient", harm: Harm, error: type[BaseException], is_carried_out: bool
) -> None:
    calls.harming = lambda call: harm if call.operation == "CreateQueue" else Harm()
    with pytest.raises(error), calls.of("http"):
        sqs.create_queue(QueueName="a")
    assert made(sqs) == (["a"] if is_carried_out else [])


def test_every_try_of_the_sdk_meets_the_same(
    calls: Calls, aws: EmbeddedAws, sqs: "SQSClient"
) -> None:
    calls.harming = lambda _call: ANSWER_LOST
    with pytest.raises(ConnectionClosedError), calls.of("http"):
        sqs.create_queue(QueueName="a")
    assert len([c for c in aws.calls if c.operation == "CreateQueue"]) == 3
    assert len(calls.made) == 1


def test_a_refusal_says_its_code_and_its_reason(calls: Calls, sqs: "SQSClient") -> None:
    calls.harming = lambda _call: refused(402, "TooMuch", "BUDGET")
    with pytest.raises(ClientError) as raised, calls.of("http"):
        sqs.list_queues()
    answer = raised.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (
        "TooMuch",
        402,
    )


def test_s3_refuses_in_xml(calls: Calls, aws: EmbeddedAws) -> None:
    calls.harming = lambda _call: TOO_OFTEN["s3"]
    with pytest.raises(ClientError, match="SlowDown"), calls.of("http"):
        aws.client("s3").list_buckets()


def test_others_work_before_a_slow_answer(calls: Calls, sqs: "SQSClient") -> None:
    calls.harming = lambda call: waits(others) if call.number == 1 else Harm()

    def others() -> None:
        with calls.outside():
            sqs.create_queue(QueueName="theirs")

    with calls.of("http"):
        sqs.create_queue(QueueName="ours")
    assert sorted(made(sqs)) == ["ours", "theirs"]
    assert [call.number for call in calls.made] == [1]


def test_afterwards_nothing_is_harmed(sqs: "SQSClient") -> None:
    with Calls(lambda _call: DIES_BEFORE) as calls:
        pass
    with calls.of("http"):
        sqs.list_queues()
    assert calls.made == []


@pytest.mark.parametrize(
    ("request_", "is_conditional"), [({}, False), ({"ConditionExpression": "x"}, True)]
)
def test_a_conditional_call_is_known(request_: dict[str, str], is_conditional: bool) -> None:
    call = Call(
        number=1,
        at=NOON,
        function="http",
        nth=1,
        service="dynamodb",
        operation="UpdateItem",
        request=request_,
    )
    assert call.is_conditional is is_conditional
