"""Codes of six digits, as a telephone makes them: RFC 6238, with the standard library alone."""

import base64
import hmac
from datetime import datetime

#: Seconds for which a code is shown.
STEP = 30

DIGITS = 6


def step_at(now: datetime) -> int:
    """Which code it is time for."""
    return int(now.timestamp()) // STEP


def code(secret: str, step: int) -> str:
    """The code of a step; the secret is in base32, as Cognito gives it."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    at = digest[-1] & 0x0F
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)
