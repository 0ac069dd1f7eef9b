"""A receipt that is done with leaves its queue before its batch has ended."""

import pytest

from chalicelib.domain.errors import StorageUnavailable
from chalicelib.storage.feedback_queue import SqsFeedbackQueue
from tests.storage.conftest import Cloud
from tests.storage.wire import fails_inside

pytestmark = pytest.mark.enable_socket


def test_what_is_done_does_not_come_again_even_where_that_is_said_twice(cloud: Cloud) -> None:
    url = cloud.stack.ids["FeedbackQueue"]
    cloud.sqs.send_message(QueueUrl=url, MessageBody="a receipt")
    [message] = cloud.sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
    for _ in range(2):
        SqsFeedbackQueue(url).done(message["ReceiptHandle"])
    assert cloud.sqs.receive_message(QueueUrl=url).get("Messages", []) == []


def test_a_handle_that_is_not_known_any_more_is_no_failure(cloud: Cloud) -> None:
    SqsFeedbackQueue(cloud.stack.ids["FeedbackQueue"]).done("of a message that is gone")


def test_a_queue_that_does_not_answer_is_storage_that_is_unavailable(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
    cloud.wire.spoilers += [fails_inside] * 3
    with pytest.raises(StorageUnavailable):
        SqsFeedbackQueue(cloud.stack.ids["FeedbackQueue"]).done("handle")
