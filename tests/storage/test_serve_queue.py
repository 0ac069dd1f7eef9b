"""The queue is told which dossier to serve, and nothing else."""

import json

import pytest

from chalicelib.domain.errors import StorageUnavailable
from chalicelib.storage.serve_queue import SqsServeQueue
from chalicelib.storage.sqs import BATCH
from tests.fakes import InMemoryServeQueue
from tests.storage.conftest import Cloud
from tests.storage.wire import answer_is_lost, answers, fails_inside

pytestmark = pytest.mark.enable_socket

Either = InMemoryServeQueue | SqsServeQueue

#: SQS' answer when it took the first entry of a batch and not the second.
HALF_TAKEN = {
    "Successful": [{"Id": "0", "MessageId": "m", "MD5OfMessageBody": "0" * 32}],
    "Failed": [{"Id": "1", "SenderFault": False, "Code": "InternalError"}],
}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK waits up to two seconds before it tries again."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)


def waiting(cloud: Cloud, url: str) -> list[str]:
    """Takes every message off the queue."""
    bodies: list[str] = []
    while messages := cloud.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=BATCH).get(
        "Messages"
    ):
        bodies += [message["Body"] for message in messages]
    return bodies


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 25])
def test_everybody_who_was_woken_is_waiting(queue: Either, count: int) -> None:
    queue.wake([f"D-{n}" for n in range(count)])
    assert queue.backlog() == count


def test_the_backlog_grows_with_each_wake(queue: Either) -> None:
    queue.wake(["D-1"])
    queue.wake(["D-2", "D-1"])
    assert queue.backlog() == 3


def test_a_message_names_the_dossier_and_nothing_else(cloud: Cloud, queue_url: str) -> None:
    SqsServeQueue(queue_url).wake(["D-1", "D-2"])
    assert [json.loads(body) for body in waiting(cloud, queue_url)] == [
        {"dossier_id": "D-1"},
        {"dossier_id": "D-2"},
    ]
    [batch] = cloud.wire.bodies("SendMessageBatch")
    assert [set(entry) for entry in batch["Entries"]] == [{"Id", "MessageBody"}] * 2


def test_messages_leave_ten_at_a_time(cloud: Cloud, queue_url: str) -> None:
    ids = [f"D-{n}" for n in range(25)]
    SqsServeQueue(queue_url).wake(ids)
    batches = [body["Entries"] for body in cloud.wire.bodies("SendMessageBatch")]
    assert [len(batch) for batch in batches] == [10, 10, 5]
    assert all(len({entry["Id"] for entry in batch}) == len(batch) for batch in batches)
    assert sorted(waiting(cloud, queue_url)) == sorted(json.dumps({"dossier_id": i}) for i in ids)


def test_nobody_to_wake_asks_nothing(cloud: Cloud, queue_url: str) -> None:
    SqsServeQueue(queue_url).wake([])
    assert cloud.wire.bodies("SendMessageBatch") == []


def test_a_batch_that_was_taken_in_part_is_a_failure(cloud: Cloud, queue_url: str) -> None:
    cloud.wire.spoilers += [answers("200 OK", HALF_TAKEN)]
    with pytest.raises(StorageUnavailable):
        SqsServeQueue(queue_url).wake(["D-1", "D-2"])


def test_a_wake_whose_answer_was_lost_wakes_at_least_once(cloud: Cloud, queue_url: str) -> None:
    cloud.wire.spoilers += [answer_is_lost]
    SqsServeQueue(queue_url).wake(["D-1"])
    assert set(waiting(cloud, queue_url)) == {'{"dossier_id": "D-1"}'}


def test_a_queue_that_is_not_there_is_unavailable(cloud: Cloud, queue_url: str) -> None:
    queue = SqsServeQueue(queue_url + "-gone")
    with pytest.raises(StorageUnavailable):
        queue.wake(["D-1"])
    with pytest.raises(StorageUnavailable):
        queue.backlog()


def test_a_queue_that_stays_broken_is_unavailable(cloud: Cloud, queue_url: str) -> None:
    cloud.wire.spoilers += [fails_inside] * 3
    with pytest.raises(StorageUnavailable):
        SqsServeQueue(queue_url).wake(["D-1"])


def test_without_a_queue_nobody_is_woken_or_counted(nowhere: None) -> None:
    queue = SqsServeQueue("http://127.0.0.1/queue")
    with pytest.raises(StorageUnavailable):
        queue.wake(["D-1"])
    with pytest.raises(StorageUnavailable):
        queue.backlog()


def test_a_queue_that_is_down_in_memory_wakes_nobody_either() -> None:
    with pytest.raises(StorageUnavailable):
        InMemoryServeQueue(is_down=True).wake(["D-1"])
