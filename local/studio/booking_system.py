"""The booking system's side: a form for each event, made from the contract, and signed requests."""

import base64
import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from standardwebhooks.webhooks import hmac_data

import chalicelib
from local.aws.gateway import Reply
from local.clock.paris import iso

WEBHOOKS = "/webhooks/booking"

Schema = Mapping[str, Any]

#: How long ago a request was signed that comes late: longer than the standard lets anybody wait.
LATE = timedelta(hours=1)
#: How many come at once.
A_BURST = 20


@dataclass(frozen=True, kw_only=True)
class SignedRequest:
    """One webhook as it goes over the wire: signatures are made over bytes."""

    headers: Mapping[str, str]
    body: bytes

    def as_curl(self, url: str) -> str:
        """It as a command. Its signature holds for five minutes of the clock *there*."""
        headers = " \\\n".join(f"  -H {shlex.quote(f'{k}: {v}')}" for k, v in self.headers.items())
        return f"curl -i {url} \\\n{headers} \\\n  --data-binary {shlex.quote(self.body.decode())}"

    def as_python(self, base: str) -> str:
        """A script that says the same, signed anew each time, with the standard library alone."""
        return _SCRIPT.format(base=base, event=json.loads(self.body), webhooks=WEBHOOKS)


def signed(secret: str, event_id: str, at: datetime, body: bytes) -> SignedRequest:
    """Sign as [Standard Webhooks](https://www.standardwebhooks.com) says, at an instant."""
    seconds = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac_data(key, f"{event_id}.{seconds}.".encode() + body)
    headers = {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    return SignedRequest(headers=headers, body=body)


# What the contract says


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One value that an event may carry: `path` leads to it, as in `appointment.starts_at`."""

    path: str
    kind: str  #: text, day, number, choice, lines
    hint: str
    choices: tuple[str, ...]
    is_usual: bool  #: the contract's own example of the event has it


@dataclass(frozen=True, kw_only=True)
class EventForm:
    """One kind of event, and what it may carry: what is usual, and whatever else any may."""

    type: str
    title: str
    description: str
    fields: tuple[FormField, ...]


@cache
def event_forms() -> Mapping[str, EventForm]:
    """A form for every event of the contract, by its type, in the contract's order."""
    mapping = _schemas()["Event"]["discriminator"]["mapping"]
    return {kind: _form(kind, ref.rpartition("/")[2]) for kind, ref in mapping.items()}


def _form(kind: str, name: str) -> EventForm:
    schema, usual = _schemas()[name], frozenset(_paths(_example(kind)["data"]))
    fields = [replace(one, is_usual=one.path in usual) for one in _fields(_schemas()["Data"])]
    return EventForm(
        type=kind,
        title=schema["title"],
        description=schema["description"],
        fields=tuple(sorted(fields, key=lambda one: not one.is_usual)),
    )


def _fields(schema: Schema, before: str = "") -> Iterator[FormField]:
    for name, given in schema["properties"].items():
        resolved, path = _resolved(given), f"{before}{name}"
        if "properties" in resolved:
            yield from _fields(resolved, f"{path}.")
        else:
            yield FormField(
                path=path,
                kind=_kind(resolved),
                hint=resolved.get("description", ""),
                choices=tuple(filter(None, resolved.get("enum", resolved.get("examples", ())))),
                is_usual=False,
            )


def _kind(schema: Schema) -> str:
    said = schema.get("type", "string")
    kinds = {said} if isinstance(said, str) else set(said)
    if "enum" in schema:
        return "choice"
    by_type = {"array": "lines", "integer": "number", "boolean": "truth"}
    found = next((kind for name, kind in by_type.items() if name in kinds), "text")
    return "day" if schema.get("format") == "date" else found


def _resolved(schema: Schema) -> Schema:
    """A schema without references, and without the null that means the same as nothing."""
    if "$ref" in schema:
        beside = {name: value for name, value in schema.items() if name != "$ref"}
        return {**_resolved(_schemas()[schema["$ref"].rpartition("/")[2]]), **beside}
    if "anyOf" in schema:
        beside = {name: value for name, value in schema.items() if name != "anyOf"}
        return {**_resolved(schema["anyOf"][0]), **beside}
    return schema


def _paths(value: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for name, item in value.items():
        if isinstance(item, dict):
            yield from _paths(item, f"{before}{name}.")
        else:
            yield f"{before}{name}"


@cache
def _contract() -> Mapping[str, Any]:
    path = Path(chalicelib.__file__).parent / "entrypoints" / "openapi.json"
    contract: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return contract


def _schemas() -> Mapping[str, Any]:
    schemas: Mapping[str, Any] = _contract()["components"]["schemas"]
    return schemas


def _example(kind: str) -> Mapping[str, Any]:
    content = _contract()["paths"][WEBHOOKS]["post"]["requestBody"]["content"]
    example: Mapping[str, Any] = content["application/json"]["examples"][kind]["value"]
    return example


# What somebody fills in


def event_of(kind: str, filled: Mapping[str, str], at: datetime) -> dict[str, Any]:
    """The event that a filled form says; what was left empty is left out."""
    data: dict[str, Any] = {}
    for one in event_forms()[kind].fields:
        text = filled.get(one.path, "").strip()
        if text:
            _put(data, one.path.split("."), _value(one.kind, text))
    return {"type": kind, "timestamp": filled.get("timestamp", "").strip() or iso(at), "data": data}


def _put(data: dict[str, Any], path: Sequence[str], value: object) -> None:
    for name in path[:-1]:
        data = data.setdefault(name, {})
    data[path[-1]] = value


def _value(kind: str, text: str) -> object:
    """What is no number, and no yes or no, goes as it was typed: that can be tried as well."""
    if kind == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if kind == "number" and text.lstrip("-").isdecimal():
        return int(text)
    return {"true": True, "false": False}.get(text, text) if kind == "truth" else text


# How it is sent


@dataclass(frozen=True, kw_only=True)
class WayToSend:
    """How requests come in, and what the product is to make of that."""

    title: str
    tells: str
    requests: Callable[["Outgoing"], Sequence[SignedRequest]]


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One event about to be sent. `sign` takes how long ago, and a number that makes it new."""

    event: Mapping[str, Any]
    sign: Callable[[Mapping[str, Any], timedelta, int], SignedRequest]

    def once(self, ago: timedelta = timedelta()) -> SignedRequest:
        return self.sign(self.event, ago, 0)

    def tampered(self) -> SignedRequest:
        """Signed, and then about another dossier."""
        request, name = self.once(), self.event["data"].get("dossier_id", "")
        return replace(request, body=request.body.replace(name.encode(), f"{name}-X".encode(), 1))

    def burst(self) -> Sequence[SignedRequest]:
        """Many within a second: an appointment moves by an hour each time; else it is the same."""
        return [self.sign(_moved(self.event, n), timedelta(), n) for n in range(A_BURST)]


def _moved(event: Mapping[str, Any], n: int) -> Mapping[str, Any]:
    slot = event["data"].get("appointment", {})
    try:
        starts_at = iso(datetime.fromisoformat(slot["starts_at"]) + timedelta(days=7 * (n % 3)))
    except (KeyError, ValueError):
        return event
    return {**event, "data": {**event["data"], "appointment": {**slot, "starts_at": starts_at}}}


WAYS: Mapping[str, WayToSend] = {
    "once": WayToSend(
        title="Send",
        tells="as it should be",
        requests=lambda out: [out.once()],
    ),
    "twice": WayToSend(
        title="Twice",
        tells="the same request again, as after an answer that was lost",
        requests=lambda out: [out.once()] * 2,
    ),
    "tampered": WayToSend(
        title="Tampered with",
        tells="changed after it was signed",
        requests=lambda out: [out.tampered()],
    ),
    "late": WayToSend(
        title="Late",
        tells="signed an hour ago",
        requests=lambda out: [out.once(LATE)],
    ),
    "burst": WayToSend(
        title="Burst",
        tells=f"{A_BURST} at once, each under an id of its own; an appointment moves each time",
        requests=lambda out: out.burst(),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What was sent, how, and what each request was answered; nothing yet if it was only shown."""

    kind: str
    requests: Sequence[SignedRequest]
    way: str = ""
    answers: Sequence[Reply] = field(default=())


_SCRIPT = """\
import base64, hashlib, hmac, json, time
from datetime import datetime
from urllib.request import Request, urlopen

BASE = "{base}"
event = {event!r}

settings = json.load(urlopen(BASE + "/local/settings"))
now = datetime.fromisoformat(json.load(urlopen(BASE + "/local/clock"))["now"])
key = base64.b64decode(settings["webhook_secret"].removeprefix("whsec_"))
event["timestamp"] = now.isoformat()
body, event_id, at = json.dumps(event), f"evt_{{time.time_ns()}}", str(int(now.timestamp()))
digest = hmac.digest(key, f"{{event_id}}.{{at}}.{{body}}".encode(), hashlib.sha256)
headers = {{
    "content-type": "application/json",
    "webhook-id": event_id,
    "webhook-timestamp": at,
    "webhook-signature": "v1," + base64.b64encode(digest).decode(),
}}
with urlopen(Request(BASE + "{webhooks}", body.encode(), headers)) as answer:
    print(answer.status, answer.read().decode())
"""


def timestamped(event: Mapping[str, Any], at: datetime) -> bytes:
    """An event as bytes; it happened now, unless it says when."""
    return json.dumps({"timestamp": iso(at), **event}, ensure_ascii=False).encode()
