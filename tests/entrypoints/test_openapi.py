"""The contract is true: of the routes, of what they take, and of what they answer."""

import copy
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema.protocols import Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from app import app
from chalicelib.decoding.booking_events import BODY_AT_MOST, TYPES, booking_event
from chalicelib.domain.errors import Unusable
from local.aws.gateway import Reply
from tests.builders import paris
from tests.entrypoints.contract import (
    CONSOLE,
    CONTRACT,
    METHODS,
    fields_of,
    promised_answers,
    validator,
    webhook,
)
from tests.entrypoints.doors import (
    EVERYTHING,
    SLOT,
    STUDENT,
    TOLD_AT,
    WEBHOOKS,
    Doors,
    a_body,
    everything,
)

pytestmark = pytest.mark.enable_socket

NOW = paris("2019-04-08 10:00")
EXAMPLES: dict[str, Any] = {kind: shown["value"] for kind, shown in webhook()["examples"].items()}


@cache
def event_validator() -> Validator:
    return validator(webhook()["schema"])


def is_usable(content: Any) -> bool:
    """Whether the door takes it."""
    return unread_of(content) is not None


def is_taken_whole(content: Any) -> bool:
    """Whether the door takes it, and leaves nothing out."""
    return unread_of(content) == ()


def unread_of(content: Any) -> tuple[str, ...] | None:
    """What the door leaves out; None where it takes nothing."""
    try:
        return booking_event("evt_1", json.dumps(content).encode(), NOW).unread
    except Unusable:
        return None


def is_promised(content: Any) -> bool:
    """What the contract says."""
    return bool(event_validator().is_valid(content))


# The document


def test_the_contract_is_a_valid_document() -> None:
    assert list(OpenAPIV31SpecValidator(CONTRACT).iter_errors()) == []


def test_the_contract_has_every_route_and_no_other() -> None:
    promised = {
        (path, method.upper())
        for path, item in CONTRACT["paths"].items()
        for method in METHODS & set(item)
    }
    routed = {(path, method) for path, entries in app.routes.items() for method in entries}
    assert promised == {(path, method) for path, method in routed if not path.startswith(CONSOLE)}


def test_every_part_of_the_contract_is_used() -> None:
    text = json.dumps(CONTRACT)
    parts = [
        f"#/components/{kind}/{name}"
        for kind, named in CONTRACT["components"].items()
        for name in named
    ]
    assert [part for part in parts if f'"{part}"' not in text] == []


def test_every_operation_says_what_it_is_for() -> None:
    operations = [i[m] for i in CONTRACT["paths"].values() for m in METHODS & set(i)]
    assert all(operation["summary"] for operation in operations)
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))


def test_the_size_that_is_promised_is_the_size_that_is_read() -> None:
    body = CONTRACT["paths"][WEBHOOKS]["post"]["requestBody"]
    assert f"{BODY_AT_MOST:,} bytes" in body["description"]
    assert (
        f"{BODY_AT_MOST:,} bytes" in CONTRACT["components"]["responses"]["TooLarge"]["description"]
    )


# Events


def test_every_type_has_its_own_schema_and_its_own_example() -> None:
    mapping = CONTRACT["components"]["schemas"]["Event"]["discriminator"]["mapping"]
    assert set(mapping) == set(EXAMPLES) == set(TYPES)
    for kind, where in mapping.items():
        schema = CONTRACT["components"]["schemas"][where.rpartition("/")[2]]
        assert schema["properties"]["type"] == {"type": "string", "const": kind}
        assert schema["description"]


@pytest.mark.parametrize("kind", EXAMPLES)
def test_an_example_is_what_its_schema_asks_for_and_an_event(kind: str) -> None:
    event_validator().validate(EXAMPLES[kind])
    event = booking_event("evt_1", json.dumps(EXAMPLES[kind]).encode(), NOW)
    assert event.type == kind


@pytest.mark.parametrize("kind", EXAMPLES)
def test_an_example_and_an_event_with_everything_are_recorded(kind: str, doors: Doors) -> None:
    for content in (EXAMPLES[kind], everything(kind)):
        data = content["data"] | {"dossier_id": doors.new_id()}
        reply = doors.deliver(a_body(kind, **data))
        assert json.loads(reply.body) == {"status": "recorded"}


def test_an_event_with_everything_has_each_field_of_the_contract() -> None:
    assert set(EVERYTHING) == set(fields_of("Data"))


def test_the_examples_tell_two_lives_in_order() -> None:
    """Read one after the other they make sense: nothing is told of a dossier after its end."""
    first = EXAMPLES["appointment.selected"]["data"]
    assert EXAMPLES["renewal.booked"]["data"]["dossier_id"] == first["renews"]
    later = [e["data"]["dossier_id"] for k, e in EXAMPLES.items() if k != "renewal.booked"]
    assert set(later) == {first["dossier_id"]}


@pytest.mark.parametrize("kind", ["work.closed", "renewal.unsubscribed", "weather.changed", ""])
def test_a_type_without_a_schema_is_not_promised(kind: str) -> None:
    content = {**EXAMPLES["card.ready"], "type": kind}
    assert (is_promised(content), is_usable(content)) == (False, False)


def test_null_is_the_same_as_nothing_where_nothing_is_allowed() -> None:
    for field in fields_of("Data").keys() - {"dossier_id"}:
        content = copy.deepcopy(EXAMPLES["card.ready"])
        content["data"][field] = None
        assert (field, is_promised(content), is_usable(content)) == (field, True, True)


def paths_of(value: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a JSON value."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    if isinstance(value, list):
        inner = list(enumerate(value))
    return [so_far, *(path for key, v in inner for path in paths_of(v, (*so_far, key)))]


def changed(content: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The same with another value at one place; with none, if the value is Ellipsis."""
    if not path:
        return value
    copied = copy.deepcopy(content)
    inner = copied
    for step in path[:-1]:
        inner = inner[step]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return copied


year = st.sampled_from([1999, 2000, 2019, 2100, 2101])
two_digits = st.integers(0, 62).map(lambda n: f"{n:02}")
day_text = st.builds(
    "{}-{}-{}".format, year, st.sampled_from(["00", "01", "02", "12", "13"]), two_digits
)
instant_text = st.builds(
    "{}{}{}:{}:{}{}{}".format,
    day_text,
    st.sampled_from(["T", "t", "", "_"]),
    two_digits,
    two_digits,
    two_digits,
    st.sampled_from(["", ".5", ".123456789", "."]),
    st.sampled_from(["Z", "z", "+02:00", "-00:00", "+23:59", "+24:00", "+02", ""]),
)
id_text = st.text("aZ09_-. \né", max_size=3) | st.sampled_from(["x" * 64, "x" * 65])
long_text = st.sampled_from([200, 201, 300, 301, 320, 321]).map(lambda n: "é" * n)
# A whole number with a point is an integer to JSON schema, and none to the door.
not_whole = st.floats(allow_nan=False, allow_infinity=False).filter(lambda f: not f.is_integer())
junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2) | st.sampled_from([2**53, 2**53 + 1]),
    not_whole,
    st.text(max_size=3),
    day_text,
    instant_text,
    id_text,
    long_text,
    st.sampled_from(["fr", "en", "FR", *TYPES]),
    st.lists(st.text(max_size=2) | st.integers(), max_size=3),
    st.lists(st.just("x"), min_size=50, max_size=51),
    st.just({}),
    st.sampled_from([SLOT, {"id": "A-1"}, {"starts_at": SLOT["starts_at"]}, STUDENT]),
    st.just(...),
)


@given(st.sampled_from(sorted(TYPES)).map(everything), st.data())
def test_the_contract_accepts_what_the_door_takes_whole_and_nothing_else(
    content: dict[str, Any], data: st.DataObject
) -> None:
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from([p for p in paths_of(content) if p]))
        content = changed(content, path, data.draw(junk))
    assert is_promised(content) is is_taken_whole(content), content


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_without_any_one_field_the_contract_and_the_door_agree(kind: str) -> None:
    whole, values = everything(kind), list[Any]([..., None])
    for path in paths_of(whole):
        if path and path[-1] not in {0, 1}:
            for value in values:
                content = changed(whole, path, value)
                assert is_promised(content) is is_taken_whole(content), (path, value)


@given(body=st.sampled_from(sorted(EXAMPLES)), field=st.sampled_from(sorted(EVERYTHING)), bad=junk)
@example(body="card.ready", field="dossier_id", bad=...)
@example(body="card.ready", field="version", bad="3")
@example(body="card.ready", field="correction", bad="yes")
def test_what_the_contract_accepts_is_recorded_and_of_the_rest_the_answer_says_what_is_wrong(
    doors: Doors, body: str, field: str, bad: Any
) -> None:
    content = copy.deepcopy(EXAMPLES[body])
    content["timestamp"] = TOLD_AT
    content["data"] |= {"dossier_id": doors.new_id()}
    content["data"] |= {} if field == "dossier_id" and bad is not ... else {field: bad}
    content["data"] = {key: value for key, value in content["data"].items() if value is not ...}
    reply = doors.deliver(json.dumps(content).encode())
    said = json.loads(reply.body)
    unread = said.pop("unread", None)
    assert (said == {"status": "recorded"} and not unread) is is_promised(content)
    assert (said["status"] == "recorded") is is_usable(content)


# Answers

Ask = Callable[[Doors, str], Reply]


def _link(page: str, tail: str = "", **how: Any) -> Ask:
    """To a page of a dossier made for it."""

    def ask(doors: Doors, method: str) -> Reply:
        return doors.ask(method, doors.link(page, doors.booked(**how)) + tail)

    return ask


def _unknown(page: str, tail: str = "") -> Ask:
    return lambda doors, method: doors.ask(method, f"/{page}/unknown{tail}")


def _replaced(page: str, tail: str = "") -> Ask:
    def ask(doors: Doors, method: str) -> Reply:
        doors.moved(dossier_id := doors.booked())
        return doors.ask(method, doors.link(page, dossier_id) + tail)

    return ask


def _unreadable(page: str, tail: str = "") -> Ask:
    def ask(doors: Doors, method: str) -> Reply:
        doors.put(dossier_id := doors.booked(), document='{"schema": 99}')
        return doors.ask(method, doors.link(page, dossier_id) + tail)

    return ask


def _failing(page: str, tail: str = "") -> Ask:
    def ask(doors: Doors, method: str) -> Reply:
        link = doors.link(page, doors.booked()) + tail
        with doors.fault_of_ours():
            return doors.ask(method, link)

    return ask


def _delivered(**headers: str) -> Ask:
    return lambda doors, _: doors.deliver(a_body("card.ready", doors.new_id()), **headers)


def _delivered_twice(doors: Doors, _method: str) -> Reply:
    body, event_id = a_body("card.ready", doors.new_id()), doors.new_id("evt")
    doors.deliver(body, event_id)
    return doors.deliver(body, event_id)


def _not_stored(doors: Doors, _method: str) -> Reply:
    with doors.storage_down():
        return doors.deliver(a_body("card.ready", doors.new_id()))


def _sent_elsewhere(doors: Doors, method: str) -> Reply:
    dossier_id = doors.booked()
    doors.tell("contact.updated", dossier_id, student=STUDENT | {"email": "lea@example.com"})
    return doors.ask(method, doors.link("dossier", dossier_id))


def _of_a_page(path: str, page: str, tail: str = "") -> dict[tuple[str, int], Ask]:
    return {
        (path, 200): _link(page, tail),
        (path, 404): _unknown(page, tail),
        (path, 410): _replaced(page, tail),
        (path, 500): _failing(page, tail),
        (path, 503): _unreadable(page, tail),
    }


def _asked(path: str) -> Ask:
    return lambda doors, method: doors.ask(method, path)


HOW: dict[tuple[str, int], Ask] = {
    (WEBHOOKS, 200): _delivered_twice,
    (WEBHOOKS, 202): _delivered(),
    (WEBHOOKS, 400): _delivered(webhook_id="not an id"),
    (WEBHOOKS, 401): _delivered(webhook_id="another"),
    (WEBHOOKS, 413): lambda doors, _: doors.deliver(bytes(BODY_AT_MOST + 1)),
    (WEBHOOKS, 503): _not_stored,
    **_of_a_page("/confirm/{token}", "confirm"),
    **_of_a_page("/convocation/{token}", "convocation"),
    **_of_a_page("/convocation/{token}/pdf", "convocation", "/pdf"),
    ("/convocation/{token}/pdf", 303): _link("convocation", "/pdf", is_confirmed=True),
    **_of_a_page("/convocation/{token}/ics", "convocation", "/ics"),
    **_of_a_page("/dossier/{token}", "dossier"),
    ("/dossier/{token}", 410): _sent_elsewhere,
    **_of_a_page("/proof/{token}", "proof"),
    ("/proof/{token}", 200): _link("proof", is_confirmed=True),
    **_of_a_page("/unsubscribe/{token}", "unsubscribe"),
    **{(path, 200): _asked(path) for path in ("/privacy", "/legal", "/accessibility")},
    **{(path, 200): _asked(path) for path in ("/health", "/openapi.json")},
}


@pytest.mark.parametrize(("method", "path", "status"), sorted(promised_answers()))
def test_every_answer_that_is_promised_is_given(
    doors: Doors, method: str, path: str, status: int
) -> None:
    assert HOW[path, status](doors, method.upper()).status == status


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (part, name)
        for part, response in sorted(CONTRACT["components"]["responses"].items())
        for content in response["content"].values()
        for name in content.get("examples", {})
    ],
)
def test_an_example_of_an_answer_is_what_its_schema_asks_for(part: str, name: str) -> None:
    [content] = CONTRACT["components"]["responses"][part]["content"].values()
    validator(content["schema"]).validate(content["examples"][name]["value"])


def test_the_examples_of_refusals_are_what_the_door_says(doors: Doors) -> None:
    cases = {
        "Malformed": ("id", _delivered(webhook_id="not an id")),
        "Unauthentic": ("signature", _delivered(webhook_id="another")),
        "TooLarge": ("size", HOW[WEBHOOKS, 413]),
        "NotStored": ("storage", _not_stored),
    }
    for part, (name, ask) in cases.items():
        content = CONTRACT["components"]["responses"][part]["content"]["application/json"]
        assert json.loads(ask(doors, "POST").body) == content["examples"][name]["value"]


@pytest.mark.parametrize("name", ["WebhookId", "WebhookTimestamp", "WebhookSignature"])
def test_the_headers_that_are_promised_are_the_headers_that_are_read(
    doors: Doors, name: str
) -> None:
    parameter = CONTRACT["components"]["parameters"][name]
    shape, header = validator(parameter["schema"]), parameter["name"].replace("-", "_")
    values = ["", "x", "é", "x y", "1554710400", "e" * 128, "e" * 129, "1" * 11, " ".join("v" * 11)]
    values += [" ", "\t", "x\t y ", "v" * 8192, "v" * 8193]
    for value in values:
        reply = doors.deliver(a_body("card.ready", "D-headers"), **{header: value})
        assert (reply.status == 400) is not shape.is_valid(value), value
