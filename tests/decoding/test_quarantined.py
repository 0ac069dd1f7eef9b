"""Whatever can be read of a body is heard, and nothing of it is needed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decoding.quarantined import AT_MOST, heard_in
from chalicelib.domain.events import EventType
from chalicelib.domain.quarantine import NOTHING_HEARD, Heard
from tests.builders import paris


def body(**content: object) -> bytes:
    return json.dumps(content).encode()


def test_all_that_a_person_wants_to_know_is_heard() -> None:
    student = {"given_name": "Léa", "family_name": "Benali"}
    told = body(
        type="appointment.selected",
        timestamp="2019-04-08T10:00:00+02:00",
        data={
            "dossier_id": "D-1",
            "student": student,
            "appointment": {"starts_at": "2019-05-14T10:30:00+02:00"},
        },
    )
    assert heard_in(told) == Heard(
        type=EventType.SELECTED,
        at=paris("2019-04-08 10:00"),
        dossier_id="D-1",
        name="Léa Benali",
        starts_at=paris("2019-05-14 10:30"),
    )


@pytest.mark.parametrize(
    "told",
    [
        body(data={"dossier_id": "D-1"}),
        body(dossier_id="D-1", data=None),
        body(data={"dossier": {"id": "D-1"}}),
        body(dossier={"id": "D-1"}, data=[]),
        body(data={"dossier_id": "not one", "dossier": "D-1"}),
    ],
)
def test_a_dossier_is_heard_wherever_its_sender_put_it(told: bytes) -> None:
    assert heard_in(told).dossier_id == "D-1"


def test_what_is_called_a_type_is_heard_even_if_it_is_none_and_only_so_much_of_it() -> None:
    assert heard_in(body(type="weather.changed")).type == "weather.changed"
    assert heard_in(body(type="x" * 500)).type == "x" * AT_MOST
    assert heard_in(body(type=["x"])).type == ""


@pytest.mark.parametrize("told", [b"", b"{", b"\xff", b'"\xff"', b"[" * 100_000, b"[]", b"7"])
def test_of_no_json_nothing_is_heard(told: bytes) -> None:
    assert heard_in(told) == NOTHING_HEARD


@given(st.binary() | st.text().map(str.encode))
def test_no_body_is_too_strange(told: bytes) -> None:
    heard_in(told)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
KEYS = ("type", "timestamp", "dossier_id", "student", "given_name", "appointment", "dossier", "id")


@given(
    content=st.dictionaries(st.sampled_from(KEYS), JSON),
    data=JSON | st.dictionaries(st.sampled_from(KEYS), JSON),
)
def test_no_value_is_too_strange(content: dict[str, object], data: object) -> None:
    heard_in(body(**content, data=data))
