"""A keyed hash of an address: two can be told apart, and one be found, without keeping either."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

#: So many of its hexadecimal digits are kept.
DIGITS = 16


@dataclass(frozen=True, kw_only=True)
class Fingerprints:
    """The fingerprints of a stage. `key` reads its key, which may fail with StorageUnavailable."""

    key: Callable[[], object]

    def __call__(self, address: str) -> str:
        """The fingerprint of an address or a number, the same however its letters are written."""
        digest = hmac.new(str(self.key()).encode(), address.casefold().encode(), hashlib.sha256)
        return digest.hexdigest()[:DIGITS]
