"""What `openapi.json` promises, to hold the doors against it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from chalicelib.entrypoints import booking
from local.aws.gateway import Reply

CONTRACT_FILE = Path(booking.__file__).with_name("openapi.json")
CONTRACT: dict[str, Any] = json.loads(CONTRACT_FILE.read_text(encoding="utf-8"))
#: The console is for people: its routes are in `protected_routes.ROUTES`, and in no contract.
CONSOLE = "/desk"
METHODS = {"get", "head", "post"}


def _as_in_javascript(
    _: Validator, pattern: str, value: object, __: object
) -> Iterator[ValidationError]:
    """Python's `$` would let a line feed pass; JSON schema's does not."""
    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value, re.ASCII):
        yield ValidationError("does not match the pattern")


# The types of jsonschema say nothing about `extend`.
_Validator = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"pattern": _as_in_javascript}
)


def validator(schema: dict[str, Any]) -> Validator:
    """Of a schema of the contract, formats included."""
    whole = {**schema, "components": CONTRACT["components"]}
    made: Validator = _Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return made


def webhook() -> dict[str, Any]:
    """What a webhook's body is promised to be."""
    body: dict[str, Any] = CONTRACT["paths"]["/webhooks/booking"]["post"]["requestBody"]
    content: dict[str, Any] = body["content"]["application/json"]
    return content


def fields_of(name: str) -> dict[str, Any]:
    """The fields of a schema, those that it shares with others included."""
    schema = CONTRACT["components"]["schemas"][name]
    parts = [resolved(part) for part in schema.get("allOf", ())]
    return {
        field: s for part in (schema, *parts) for field, s in part.get("properties", {}).items()
    }


def template_of(target: str) -> str:
    """The path of the contract that answers to a target."""
    path = target.partition("?")[0]
    patterns: dict[str, str] = {t: re.sub(r"\{\w+\}", "[^/]+", t) for t in CONTRACT["paths"]}
    return next(t for t, pattern in patterns.items() if re.fullmatch(pattern, path))


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """A part of the contract, or what it refers to."""
    if "$ref" not in part:
        return part
    _, _, kind, name = part["$ref"].split("/")
    found: dict[str, Any] = CONTRACT["components"][kind][name]
    return found


def check(method: str, target: str, reply: Reply) -> None:
    """Every status, header, media type and body is one that the contract promises."""
    if target.startswith(CONSOLE):
        return
    operation = CONTRACT["paths"][template_of(target)][method.lower()]
    promised = resolved(operation["responses"][str(int(reply.status))])
    _check_headers(reply, promised.get("headers", {}))
    schema = promised["content"][reply.header("Content-Type")]["schema"]
    is_json = reply.header("Content-Type") == "application/json"
    validator(schema).validate(json.loads(reply.body) if is_json else reply.text)


def _check_headers(reply: Reply, promised: dict[str, Any]) -> None:
    given = {name: value for name, value in reply.headers if name != "Content-Type"}
    headers = {name: resolved(header) for name, header in promised.items()}
    required = {name for name, header in headers.items() if header.get("required")}
    assert required <= set(given) <= set(headers)
    for name, value in given.items():
        validator(headers[name]["schema"]).validate(value)


def promised_answers() -> set[tuple[str, str, int]]:
    """Every method, path and status of the contract."""
    return {
        (method, template, int(status))
        for template, item in CONTRACT["paths"].items()
        for method in METHODS & set(item)
        for status in item[method]["responses"]
    }
