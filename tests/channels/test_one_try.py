"""Whatever a provider does with a request, it gets one request, and we get one of the answers."""

import socket
from collections.abc import Callable

import pytest

from chalicelib.aws import sending_client
from chalicelib.channels.ses_email import SesMailer
from chalicelib.channels.sms import AwsTexter
from chalicelib.domain.errors import Ambiguous, NotNow, NotSent, OurAccount
from tests.channels.letters import ADDRESS, EMAIL, NUMBER, SMS, TAGS
from tests.channels.providers import BadProvider, Behaviour, answers, closes, hangs, resets, says

pytestmark = pytest.mark.enable_socket

Send = Callable[[], str]


def by_email() -> str:
    mailer = SesMailer(sending_client("sesv2", 0.3), "desk@example.org", "r@example.org", "set")
    return mailer.send(EMAIL, to=ADDRESS, tags=TAGS)


def by_sms() -> str:
    texter = AwsTexter(sending_client("pinpoint-sms-voice-v2", 0.3), "DESK", "set")
    return texter.send(SMS, to=NUMBER, tags=TAGS)


on_both = pytest.mark.parametrize("send", [by_email, by_sms])


@on_both
@pytest.mark.parametrize(
    ("behaviour", "answer"),
    [
        pytest.param(hangs, Ambiguous, id="hangs"),
        pytest.param(resets, Ambiguous, id="resets"),
        pytest.param(closes, Ambiguous, id="closes"),
        pytest.param(says(b"HTTP/1.1 20"), Ambiguous, id="head cut short"),
        pytest.param(
            says(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"Mess'),
            Ambiguous,
            id="body cut short",
        ),
        pytest.param(
            says(b'HTTP/1.1 200 OK\r\n\r\n{"MessageId": "lost'),
            Ambiguous,
            id="body of no known length cut short",
        ),
        pytest.param(answers("200 OK", b"{}"), Ambiguous, id="accepted without an id"),
        pytest.param(answers("200 OK", b"<html>"), Ambiguous, id="no JSON"),
        pytest.param(answers("500 Error", b"{}"), Ambiguous, id="500"),
        pytest.param(answers("502 Bad Gateway", b"<html>"), Ambiguous, id="502"),
        pytest.param(answers("503 Unavailable", b""), Ambiguous, id="503"),
        pytest.param(answers("504 Timeout", b""), Ambiguous, id="504"),
        pytest.param(
            answers("400 Bad Request", b'{"__type": "ThrottlingException"}'), NotNow, id="throttles"
        ),
        pytest.param(answers("404 Not Found", b"who?"), OurAccount, id="404"),
    ],
)
def test_one_call_is_one_request_whatever_becomes_of_it(
    send: Send, behaviour: Behaviour, answer: type[NotSent], monkeypatch: pytest.MonkeyPatch
) -> None:
    with BadProvider(behaviour) as provider:
        monkeypatch.setenv("AWS_ENDPOINT_URL", provider.endpoint)
        with pytest.raises(NotSent) as met:
            send()
        assert type(met.value) is answer
        assert provider.requests == 1
        assert ADDRESS not in str(met.value)
        assert NUMBER not in str(met.value)


@on_both
def test_what_was_accepted_is_asked_once_too(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    with BadProvider(answers("200 OK", b'{"MessageId": "m-1"}')) as provider:
        monkeypatch.setenv("AWS_ENDPOINT_URL", provider.endpoint)
        assert send() == "m-1"
        assert provider.requests == 1


@on_both
def test_when_nobody_answers_the_door_nothing_has_left(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        port = closed_soon.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    with pytest.raises(NotNow, match="EndpointConnectionError"):
        send()


@pytest.mark.parametrize("service", ["sesv2", "pinpoint-sms-voice-v2"])
def test_a_sending_client_tries_once_and_waits_shortly(service: str) -> None:
    config = sending_client(service).meta.config
    assert config.retries == {"total_max_attempts": 1, "mode": config.retries["mode"]}
    assert (config.connect_timeout, config.read_timeout) == (2, 8)
