"""A keyed hash of an address: two can be told apart, and one be found, without keeping either."""

import hashlib
import hmac

#: So many of its hexadecimal digits are kept.
DIGITS = 16


def fingerprint(address: str, key: str) -> str:
    """The fingerprint of an address or a number, the same however its letters are written."""
    digest = hmac.new(key.encode(), address.casefold().encode(), hashlib.sha256)
    return digest.hexdigest()[:DIGITS]
