"""What makes the story on AWS faster changes nothing of what it is told."""

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import boto3
import pytest

from local.aws.lambda_runtime import sqs_event
from local.faults.calls import UNHARMED, Call, Harm
from local.world import World
from tests.guarantee.on_aws.hurting import OF_A_CALL, Fault, harm
from tests.guarantee.on_aws.recall import Recall, Request
from tests.guarantee.on_aws.story import CONFIRMED, ENDS, a_world, tell

A_NIGHT = timedelta(days=1)


class Compared:
    """Asks anew whatever was recalled, and keeps what differs."""

    def __init__(self) -> None:
        self.recalled = 0
        self.different: list[str] = []
        self._plainly = Recall.answer

    def answer(self, recall: Recall, client: Any, operation: str, request: Request) -> Any:
        before = recall.recalled
        answer = self._plainly(recall, client, operation, request)
        if recall.recalled > before:
            self.recalled += 1
            if _said(answer) != _said(recall.ask(client, operation, request)):
                self.different.append(f"{operation} {request}")
        return answer


def _said(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """All but how it was carried."""
    return {name: what for name, what in answer.items() if name != "ResponseMetadata"}


#: So many calls go well after one that was hurt: a dossier whose message fails twice running is due
#: for longer than a world waits.
AT_PEACE = 40


def hurt_now_and_then(world: World) -> None:
    """Each write of the table in another way, and each seventh read."""
    hurt = [0]

    def harming(call: Call) -> Harm:
        is_write = call.name in {"dynamodb.UpdateItem", "dynamodb.PutItem", "dynamodb.DeleteItem"}
        fault = (*OF_A_CALL, Fault.TRY_LOST)[call.number % 8]
        is_its_turn = is_write or call.number % 7 == 0
        if call.number < hurt[-1] + AT_PEACE or not (is_its_turn and fault.can_hurt(call)):
            return UNHARMED
        hurt.append(call.number)
        return harm(fault, world, call)

    world.calls.harming = harming


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Compared:
    compared = Compared()

    def answer(recall: Recall, client: Any, operation: str, request: Request) -> Any:
        return compared.answer(recall, client, operation, request)

    monkeypatch.setattr(Recall, "answer", answer)
    return compared


def test_what_the_table_is_asked_again_it_would_answer_again(compared: Compared) -> None:
    with a_world() as world:
        tell(world, CONFIRMED)
    assert compared.recalled > 20
    assert compared.different == []


@pytest.mark.long
def test_so_it_would_while_calls_go_wrong(compared: Compared) -> None:
    with a_world() as world:
        hurt_now_and_then(world)
        tell(world, CONFIRMED)
        world.calls.harming = lambda _call: UNHARMED
        world.travel(world.now() + A_NIGHT)
    assert compared.recalled > 20
    assert compared.different == []


@pytest.mark.long
@pytest.mark.parametrize("is_hurt", [False, True])
def test_so_it_would_for_the_whole_procedure(compared: Compared, *, is_hurt: bool) -> None:
    with a_world() as world:
        if is_hurt:
            hurt_now_and_then(world)
        tell(world, ENDS)
    assert compared.recalled > 300
    assert compared.different == []


def test_the_world_receives_backstage_what_a_client_would() -> None:
    with a_world() as world:
        queue = world.settings()["environment"]["SERVE_QUEUE_URL"]
        as_a_client, backstage = _received(world, queue, "http"), _received(world, queue, None)
    assert as_a_client == backstage
    assert backstage["body"] == "{}"


def test_what_is_deleted_backstage_is_gone() -> None:
    with a_world() as world:
        queue = world.settings()["environment"]["SERVE_QUEUE_URL"]
        sqs = boto3.client("sqs")
        sqs.send_message(QueueUrl=queue, MessageBody="{}")
        [message] = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=1)["Messages"]
        entries: Any = [{"Id": "0", "ReceiptHandle": message["ReceiptHandle"]}]
        answer = sqs.delete_message_batch(QueueUrl=queue, Entries=entries)
        left = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert answer["Successful"] == [{"Id": "0"}]
    assert left["ApproximateNumberOfMessagesNotVisible"] == "0"


def _received(world: World, queue: str, function: str | None) -> Mapping[str, Any]:
    """The record of a new message, received by a function or by the world; not its random ids."""
    with world.calls.of(function) if function else nullcontext():
        sqs = boto3.client("sqs")
        sqs.send_message(QueueUrl=queue, MessageBody="{}")
        received = sqs.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=1, AttributeNames=["All"], WaitTimeSeconds=0
        )
    [record] = sqs_event(received["Messages"], "arn:aws:sqs:eu-west-3:1:q")["Records"]
    ids = {"messageId", "receiptHandle"}
    assert all(record[one] for one in ids)
    return {name: what for name, what in record.items() if name not in ids}
