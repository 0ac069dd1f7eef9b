"""Is this webhook from the booking system, and of this moment? (Standard Webhooks 1.0)

The library is strict about secrets and lax about everything else: on hostile headers it raises five
kinds of exception and accepts numbers with underscores. So the three headers are checked first.
"""

import base64
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from standardwebhooks.webhooks import Webhook, WebhookVerificationError, hmac_data

from chalicelib.domain.errors import Malformed, Unauthentic

#: How far an attempt's time may be from ours; the library's own tolerance.
TOLERANCE = timedelta(minutes=5)

#: What each header has to look like.
HEADERS = {
    "webhook-id": re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII),
    "webhook-timestamp": re.compile(r"[0-9]{10}", re.ASCII),
    "webhook-signature": re.compile(r"(?=.*[\x21-\x7e])[\t\x20-\x7e]{1,8192}", re.ASCII),
}
#: Signatures stand apart by blanks; where a header came twice, by a comma too (RFC 9110, 5.3).
APART = re.compile(r"(?:,?[\t ])+")
#: What base64 makes of a byte or more; its padding may be missing.
_SECRET = re.compile(r"(?:whsec_)?(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{2,4}={0,2}", re.ASCII)
_V1 = re.compile(r"v1,[A-Za-z0-9+/]{43}=", re.ASCII)


def usable(secrets: Iterable[object]) -> Sequence[str]:
    """Those of a stage's secrets that are keys.

    People keep them, and one that was spoilt must not silence a good one beside it.
    """
    texts = (secret.strip() for secret in secrets if isinstance(secret, str))
    return [text for text in texts if _SECRET.fullmatch(text)]


def key_of(secret: str) -> bytes:
    """The key that a usable secret holds."""
    return base64.b64decode(secret.removeprefix("whsec_") + "==")


def content_of(headers: Mapping[str, str], body: bytes) -> bytes:
    """What is signed of a webhook."""
    return f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body


def verified_id(
    headers: Mapping[str, str], body: bytes, secrets: Iterable[str], now: datetime
) -> str:
    """The id of an authentic webhook; `secrets` are `usable`.

    Raises Malformed or Unauthentic, naming the header.
    """
    given = {name: _header(headers, name) for name in HEADERS}
    signatures = [s for s in APART.split(given["webhook-signature"]) if _V1.fullmatch(s)]
    if not signatures:
        message = "webhook-signature: no v1 signature"
        raise Unauthentic(message)
    _check_age(given["webhook-timestamp"], now)
    given["webhook-signature"] = " ".join(signatures)
    if not any(_is_signed(secret, given, body) for secret in secrets):
        message = "webhook-signature: none matches"
        raise Unauthentic(message)
    return given["webhook-id"]


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if value is None:
        message = f"{name}: missing"
        raise Unauthentic(message)
    if not HEADERS[name].fullmatch(value):
        message = f"{name}: malformed"
        raise Malformed(message)
    return value


def _check_age(timestamp: str, now: datetime) -> None:
    sent_at = datetime.fromtimestamp(int(timestamp), UTC)
    if abs(now - sent_at) > TOLERANCE:
        message = "webhook-timestamp: more than 5 minutes from now"
        raise Unauthentic(message)


def _is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, headers, json_parse=False)
    except WebhookVerificationError:
        return False
    except UnicodeDecodeError:
        return _is_signed_bytes(secret, headers, body)
    return True


def _is_signed_bytes(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """The same for a body that is no text: the library decodes it first, the standard does not."""
    content = content_of(headers, body)
    expected = hmac_data(key_of(secret), content)
    given = (s.removeprefix("v1,") for s in headers["webhook-signature"].split(" "))
    return any(hmac.compare_digest(expected, base64.b64decode(s)) for s in given)
