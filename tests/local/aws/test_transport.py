"""An embedded service is reached over a socket, without one, or as whoever asks can."""

import json
import threading
from collections.abc import Iterable
from urllib.request import urlopen
from wsgiref.types import StartResponse, WSGIEnvironment

import boto3
import pytest

from local.aws.transport import Transport, both_ways, in_process, over_http

pytestmark = pytest.mark.enable_socket


def telling_its_thread(_env: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """A service with one queue, named by the thread that answers."""
    start("200 OK", [("Content-Type", "application/x-amz-json-1.0")])
    return [json.dumps({"QueueUrls": [threading.current_thread().name]}).encode()]


@pytest.mark.parametrize(
    ("transport", "is_straight"), [(over_http, False), (in_process, True), (both_ways, True)]
)
def test_an_aws_client_of_this_process_needs_no_other_thread_unless_it_has_to(
    transport: Transport, is_straight: bool
) -> None:
    with transport(telling_its_thread) as endpoint:
        client = boto3.client("sqs", endpoint_url=endpoint)
        [answered_by] = client.list_queues()["QueueUrls"]
        client.close()
    assert (answered_by == threading.current_thread().name) is is_straight


@pytest.mark.parametrize("transport", [over_http, both_ways])
def test_whoever_is_no_aws_client_comes_over_the_socket(transport: Transport) -> None:
    with transport(telling_its_thread) as endpoint, urlopen(endpoint, timeout=10) as answer:
        [answered_by] = json.load(answer)["QueueUrls"]
    assert answered_by != threading.current_thread().name
