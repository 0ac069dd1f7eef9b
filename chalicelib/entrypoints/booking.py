"""The booking system's webhook: `POST /webhooks/booking`."""

from collections.abc import Callable, Sequence
from functools import cache
from http import HTTPStatus
from pathlib import Path

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.decoding.booking_events import BODY_AT_MOST, booking_event
from chalicelib.decoding.signatures import usable, verified_id
from chalicelib.domain.errors import (
    Malformed,
    StorageUnavailable,
    TryLater,
    Unauthentic,
    Unreadable,
    Unusable,
)
from chalicelib.domain.events import Event
from chalicelib.domain.recording import Recorded
from chalicelib.entrypoints.counting import count_webhook
from chalicelib.entrypoints.headers import Headers, student_page
from chalicelib.observability import Metric, about, count, log, log_failure
from chalicelib.pipeline.intake import unreadable_because

booking_webhooks = Blueprint(__name__)

#: Seconds after which a sender should try again when we cannot store.
RETRY_AFTER = "30"

_STATUS = {
    Recorded.RECORDED: HTTPStatus.ACCEPTED,
    Recorded.DUPLICATE: HTTPStatus.OK,
    Recorded.STALE: HTTPStatus.OK,
    Recorded.QUARANTINED: HTTPStatus.ACCEPTED,
}
#: RFC 9110's own name; Python has it from 3.13 on, and another one before.
_NAMED = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Content Too Large"}


@booking_webhooks.route("/webhooks/booking", methods=["POST"], content_types=["*/*"])
def receive() -> Response:
    """Verify, decode, store, answer: in this order, and nothing is answered before it is stored."""
    request = booking_webhooks.current_request
    body = _bytes(request.raw_body)
    if len(body) > BODY_AT_MOST:
        return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body: more than 65,536 bytes")
    try:
        now, secrets = services().now(), _secrets()
        event_id = verified_id(request.headers, body, secrets, now)
        about(event_id=event_id)
        return _store(event_id, body, lambda: booking_event(event_id, body, now))
    except Malformed as error:
        return _refused(HTTPStatus.BAD_REQUEST, str(error))
    except Unauthentic as error:
        return _refused(HTTPStatus.UNAUTHORIZED, str(error))
    except TryLater as error:
        log_failure(error, "not_stored")
        count(Metric.WEBHOOKS_NOT_STORED)
        detail = "nothing was stored: please send it again"
        return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": RETRY_AFTER})


@booking_webhooks.route("/openapi.json", methods=["GET", "HEAD"], content_types=["*/*"])
def openapi() -> Response:
    """The contract of every route but the console's, which is for people."""
    return _json(HTTPStatus.OK, _contract())


@cache
def _contract() -> str:
    return Path(__file__).with_name("openapi.json").read_text()


def _secrets() -> Sequence[str]:
    """The keys that a webhook may be signed with. Raises StorageUnavailable where there is none."""
    held = services().secrets.read("webhook_secrets")
    kept = held if isinstance(held, list) else [held]  # people may have spoilt it
    keys = usable(kept)
    if not keys:
        message = "webhook_secrets: none of them is a key"
        raise StorageUnavailable(message)
    if spoilt := len(kept) - len(keys):
        error = StorageUnavailable(f"webhook_secrets: {spoilt} of {len(kept)} are no keys")
        log_failure(error, "secret_spoilt")
    return keys


def _bytes(raw: str | bytes) -> bytes:
    return raw if isinstance(raw, bytes) else raw.encode()


def _store(event_id: str, body: bytes, decode: Callable[[], Event]) -> Response:
    """Nothing authentic is refused: what cannot be used, or not in full, waits for a person, whole.

    Raises StorageUnavailable, LostRace.
    """
    try:
        event = decode()
        about(event_type=event.type, dossier_id=event.dossier_id)
        outcome = services().intake.record(event, body)
    except Unusable as error:
        return _quarantined(event_id, body, str(error))
    except Unreadable as error:
        log_failure(error, reason=type(error).__name__)
        return _quarantined(event_id, body, unreadable_because(error))
    except TryLater:
        raise
    except Exception as error:  # noqa: BLE001  a fault of ours must not cost the sender's event
        log_failure(error, reason=type(error).__name__)
        return _quarantined(event_id, body, f"not recorded: {type(error).__name__}")
    log(outcome)
    count_webhook(outcome)
    unread = {"unread": list(event.unread)} if outcome is Recorded.RECORDED and event.unread else {}
    return _json(_STATUS[outcome], {"status": outcome.value, **unread})


def _quarantined(event_id: str, body: bytes, reason: str) -> Response:
    outcome = services().intake.quarantine(event_id, reason, body)
    log(outcome, reason=reason)
    count_webhook(outcome)
    why = {"reason": reason} if outcome is Recorded.QUARANTINED else {}
    return _json(_STATUS[outcome], {"status": outcome.value, **why})


def _refused(status: HTTPStatus, detail: str) -> Response:
    log("refused", reason=detail)
    count(Metric.WEBHOOKS_REFUSED)
    return _refusal(status, detail)


def _refusal(status: HTTPStatus, detail: str, headers: Headers | None = None) -> Response:
    named = _NAMED.get(status, status.phrase)
    return _json(status, {"error": named, "detail": detail}, headers)


def _json(status: HTTPStatus, body: object, headers: Headers | None = None) -> Response:
    """An answer to a program; a browser that is led here shows nothing of it as a page."""
    said = student_page() | {"Content-Type": "application/json"} | (headers or {})
    return Response(body, status_code=status, headers=said)
