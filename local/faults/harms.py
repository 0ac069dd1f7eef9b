"""Every way in which a call of an AWS service goes wrong, as its caller sees it."""

import json
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from local.aws.transport import Send, answer
from local.faults.calls import Do, Harm, WorkerDied


def _die_before(_do: Do) -> Any:
    raise WorkerDied


def _die_after(do: Do) -> Any:
    do()
    raise WorkerDied


def _not_connected(request: AWSPreparedRequest, _send: Send) -> AWSResponse:
    raise EndpointConnectionError(endpoint_url=request.url)


def _too_slow(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    send(request)
    raise ReadTimeoutError(endpoint_url=request.url)


def _answer_lost(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    send(request)
    raise ConnectionClosedError(endpoint_url=request.url)


#: The worker is gone, and nothing was carried out; or all of it.
DIES_BEFORE, DIES_AFTER = Harm(around=_die_before), Harm(around=_die_after)
#: Nothing listens there.
NOT_CONNECTED = Harm(wire=_not_connected)
#: Carried out, each time it is tried, and answered after the caller has stopped listening.
TOO_SLOW = Harm(wire=_too_slow)
#: Carried out, each time it is tried, and then the connection breaks.
ANSWER_LOST = Harm(wire=_answer_lost)


def refused(status: int, code: str, reason: str = "") -> Harm:
    """Not carried out: the service answers with an error, each time it is asked."""

    def wire(request: AWSPreparedRequest, _send: Send) -> AWSResponse:
        body = json.dumps({"__type": code, "message": code, "Reason": reason}).encode()
        kind = "application/x-amz-json-1.0"
        headers = [("Content-Type", kind), ("x-amzn-ErrorType", code)]
        if "/s3/" in _scope(request):
            body, headers = _XML % code.encode(), [("Content-Type", "application/xml")]
        return answer(request.url, status, headers, body)

    return Harm(wire=wire)


def waits(pass_time: Callable[[], None]) -> Harm:
    """Carried out, and answered after some time in which others work."""

    def around(do: Do) -> Any:
        pass_time()
        return do()

    return Harm(around=around)


_XML = b'<?xml version="1.0"?><Error><Code>%s</Code><Message>no</Message></Error>'


def _scope(request: AWSPreparedRequest) -> str:
    signed: str | bytes = request.headers.get("Authorization", "")
    return signed.decode() if isinstance(signed, bytes) else signed


THROTTLED = refused(400, "ThrottlingException")
FAILS_INSIDE = refused(500, "InternalServerError")
CONDITION_FAILED = refused(400, "ConditionalCheckFailedException")
#: What each service says when it is asked too often, or has a bad moment.
TOO_OFTEN = {
    "sesv2": refused(429, "TooManyRequestsException"),
    "s3": refused(503, "SlowDown"),
    "sqs": refused(403, "RequestThrottled"),
}
PAUSED = {
    "sesv2": refused(400, "SendingPausedException"),
    "pinpoint-sms-voice-v2": refused(400, "ConflictException", "NO_ORIGINATION_IDENTITIES_FOUND"),
}
BUDGET_SPENT = refused(402, "ServiceQuotaExceededException", "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT")
