"""A dossier as one JSON text, and back."""

from typing import Any

import msgspec

from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import NewerDocument

#: Raised with every change that an older program would misread.
SCHEMA = 1


def encode(dossier: Dossier) -> str:
    """The events and the ledger as compact JSON; what has no value is left out."""
    content = _without_nothing(msgspec.to_builtins(dossier))
    return msgspec.json.encode({"schema": SCHEMA, **content}).decode()


def decode(text: str) -> Dossier:
    """The dossier of a document; raises NewerDocument for one from a newer program."""
    content = msgspec.json.decode(text)
    if content.pop("schema") > SCHEMA:
        raise NewerDocument
    return msgspec.convert(content, Dossier)


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_nothing(v) for k, v in value.items() if not _is_nothing(v)}
    if isinstance(value, (list, tuple)):
        return [_without_nothing(v) for v in value]
    return value


def _is_nothing(value: Any) -> bool:
    """What a missing field reads back as. Zero is something: a sender may number from it."""
    return value is None or value is False or value in ("", [], ())
