"""A dossier as one JSON text, and back."""

import re
from dataclasses import Field, fields, is_dataclass
from functools import cache
from typing import Any

import msgspec

from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import NewerDocument, Unreadable

#: Raised with every change that an older program would misread.
SCHEMA = 1


def encode(dossier: Dossier) -> str:
    """The events and the ledger as compact JSON; what a field lacks by default is left out."""
    return msgspec.json.encode({"schema": SCHEMA, **_compact(dossier)}).decode()


def decode(text: str) -> Dossier:
    """The dossier of a document; raises Unreadable, NewerDocument for one from a newer program."""
    try:
        content = msgspec.json.decode(text, type=dict[str, Any])
        if content.pop("schema") > SCHEMA:
            raise NewerDocument
        return msgspec.convert(content, Dossier)
    except (msgspec.MsgspecError, RecursionError, KeyError, TypeError, ValueError) as error:
        raise Unreadable(_why(error)) from error


#: What msgspec says of where it is, at its end: names of fields, and numbers.
_PATH = re.compile(r"at `(\$[\w.\[\]]*)`\Z")


def _why(error: Exception) -> str:
    """Where it is wrong. What stands there may be anybody's, and is not repeated."""
    if isinstance(error, msgspec.ValidationError):
        found = _PATH.search(str(error))
        return f"the document is no dossier at {found[1] if found else '$'}"
    is_json = isinstance(error, KeyError | TypeError)
    return f"the document {'names no schema' if is_json else 'is no JSON'}"


def _compact(value: Any) -> Any:
    if own := _fields(value.__class__):
        held = [(field, getattr(value, field.name)) for field in own]
        return {field.name: _compact(v) for field, v in held if not _is_default(field, v)}
    if isinstance(value, tuple):
        return [_compact(v) for v in value]
    return value


@cache
def _fields(kind: type) -> tuple[Field[Any], ...]:
    return fields(kind) if is_dataclass(kind) else ()


def _is_default(field: Field[Any], value: Any) -> bool:
    """Nothing, where nothing is what a missing field reads back as. The empty half of a name is
    something: its field has no default.
    """
    return not value and value == field.default
