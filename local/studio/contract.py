"""The contract, as the studio's forms and its reference read it."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import chalicelib

WEBHOOKS = "/webhooks/booking"

Part = Mapping[str, Any]


@cache
def contract() -> Part:
    """All of it."""
    path = Path(chalicelib.__file__).parent / "entrypoints" / "openapi.json"
    read: Part = json.loads(path.read_text(encoding="utf-8"))
    return read


def webhook() -> Part:
    """What is said of the webhook."""
    said: Part = contract()["paths"][WEBHOOKS]["post"]
    return said


def examples() -> Part:
    """An example of each type of event, in the contract's order."""
    shown: Part = webhook()["requestBody"]["content"]["application/json"]["examples"]
    return shown


def schema_of(kind: str) -> Part:
    """What is said of a type of event."""
    mapping = contract()["components"]["schemas"]["Event"]["discriminator"]["mapping"]
    return whole({"$ref": mapping[kind]})


def whole(part: Part) -> dict[str, Any]:
    """A part with what it refers to, where its own words count first; and without the null that
    means the same as nothing.
    """
    parts = [whole(one) for one in part.get("allOf", ())]
    if "$ref" in part:
        _, _, kind, name = part["$ref"].split("/")
        parts.append(whole(contract()["components"][kind][name]))
    if "anyOf" in part:
        parts.append(whole(part["anyOf"][0]))
    merged = dict[str, Any]()
    for one in (*parts, part):
        fields, needed = fields_of(merged) | fields_of(one), needed_in(merged) | needed_in(one)
        merged |= one
        merged |= {"properties": fields} if fields else {}
        merged |= {"required": needed} if needed else {}
    return merged


def fields_of(part: Part) -> dict[str, Any]:
    """The fields of a schema, by their names."""
    return dict(part.get("properties", {}))


def needed_in(part: Part) -> set[str]:
    """Those that it needs; a header only says whether it is required itself."""
    needed = part.get("required", ())
    return set() if isinstance(needed, bool) else set(needed)
