"""How whatever comes back to us is signed: links, cookies and the tokens of forms."""

import hashlib
from collections.abc import Sequence

from itsdangerous import Signer, URLSafeSerializer

from chalicelib.domain.keys import signing_last


class _Sha256Signer(Signer):
    """HMAC-SHA256, by a key that is derived by HMAC-SHA256 as well. Unless it is told, itsdangerous
    takes SHA-1, and for the key a hash of salt and secret put together (`django-concat`).
    """

    default_digest_method = staticmethod(hashlib.sha256)
    default_key_derivation = "hmac"


def signer(keys: Sequence[str], salt: str) -> Signer:
    """Signs texts for one purpose. `keys` are newest first; all are read, and the second signs."""
    return _Sha256Signer(signing_last(keys), salt=salt)


def serializer(keys: Sequence[str], salt: str) -> URLSafeSerializer:
    """The same for what is more than a text, as a part of an address or a cookie."""
    return URLSafeSerializer(signing_last(keys), salt=salt, signer=_Sha256Signer)
