"""From a webhook's body to an event: what each type needs, and how strict the door is."""

import json
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from hashlib import sha256
from operator import getitem
from traceback import format_exception_only
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decoding.booking_events import FIELDS, NEEDS, TELLING, TYPES, booking_event
from chalicelib.domain.contact import Contact, Language
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.errors import Unusable
from chalicelib.domain.events import DESK_ONLY, Closing, Event, EventType, Source
from tests.builders import paris

NOW = paris("2019-04-08 10:00")
AT = "2019-04-08T09:59:00+02:00"
SLOT = {"id": "A-1", "starts_at": "2019-05-06T10:20:00+02:00"}
STUDENT = {"given_name": "Léa", "family_name": "Benali"}
EVERYTHING: dict[str, Any] = {
    "dossier_id": "D-1",
    "version": 3,
    "appointment": SLOT,
    "student": STUDENT,
    "permit_expires_on": "2019-06-30",
    "occurred_on": "2019-04-07",
    "correction": True,
    "recepisse_number": "R-1",
    "missing_documents": ["Relevé de notes", "Photo"],
    "card_expires_on": "2020-06-30",
    "renews": "D-0",
}

#: What each type must have beside `dossier_id`, and what is said without it.
NEEDED: dict[str, dict[str, tuple[str, Any]]] = {
    "appointment.selected": {
        "appointment": ("data.appointment: missing", None),
        "starts_at": ("data.appointment.starts_at: missing", {"id": "A-1"}),
    },
    "appointment.rescheduled": {
        "appointment": ("data.appointment: missing", None),
        "starts_at": ("data.appointment.starts_at: missing", {"id": "A-1"}),
    },
    "appointment.confirmed": {"appointment": ("data.appointment: missing", None)},
    "appointment.cancelled": {"appointment": ("data.appointment: missing", None)},
    "appointment.missed": {"appointment": ("data.appointment: missing", None)},
    "dossier.checked": {},
    "dossier.incomplete": {},
    "dossier.deposited": {},
    "card.ready": {},
    "card.collected": {},
    "dossier.closed": {},
    "contact.updated": {"student": ("data.student: missing", None)},
    "renewal.booked": {},
}


def text(kind: str = "appointment.selected", timestamp: Any = AT, **data: Any) -> bytes:
    given = {"dossier_id": "D-1", "appointment": SLOT, "student": STUDENT, **data}
    return json.dumps({"type": kind, "timestamp": timestamp, "data": given}).encode()


def event(body: bytes) -> Event:
    return booking_event("evt_1", body, NOW)


def student(**more: Any) -> Contact | None:
    return event(text(student={**STUDENT, **more})).contact


def test_everything_a_sender_can_say_becomes_an_event() -> None:
    body = text(**EVERYTHING)
    assert event(body) == Event(
        event_id="evt_1",
        type=EventType.SELECTED,
        dossier_id="D-1",
        at=paris("2019-04-08 09:59"),
        received_at=NOW,
        source=Source.BOOKING,
        version=3,
        digest=sha256(body).hexdigest()[:16],
        contact=Contact(given_name="Léa", family_name="Benali"),
        appointment_id="A-1",
        starts_at=paris("2019-05-06 10:20"),
        permit_expires_on=date(2019, 6, 30),
        day=date(2019, 4, 7),
        correction=True,
        recepisse_number="R-1",
        missing_documents=("Relevé de notes", "Photo"),
        card_expires_on=date(2020, 6, 30),
        renews="D-0",
    )


@pytest.mark.parametrize(
    ("said", "purpose"),
    [("deposit", SlotPurpose.DEPOSIT), ("collect", SlotPurpose.COLLECT), (None, None)],
)
def test_an_appointment_says_what_it_is_for(said: str | None, purpose: SlotPurpose | None) -> None:
    taken = event(text(appointment={**SLOT, "purpose": said}))
    assert (taken.purpose if taken.is_purpose_said else None) is purpose
    gone = event(text("appointment.cancelled", appointment={"id": "A-1", "purpose": "other"}))
    assert (gone.is_purpose_said, gone.unread) == (False, ("data.appointment.purpose",))


# The types


def test_every_type_of_a_booking_system_is_in_the_table() -> None:
    assert set(NEEDED) == set(TYPES)
    assert set(TYPES.values()) == set(EventType) - DESK_ONLY - {EventType.UNSUBSCRIBED}
    assert {kind.value for kind in NEEDS} == {kind for kind, needs in NEEDED.items() if needs}
    named = {path for table in (NEEDS, TELLING) for paths in table.values() for path in paths}
    assert named <= set(FIELDS)


@pytest.mark.parametrize("kind", NEEDED)
def test_a_type_does_with_what_it_needs(kind: str) -> None:
    needs = NEEDED[kind]
    appointment = SLOT if "starts_at" in needs else {"id": "A-1"}
    data: dict[str, Any] = {"dossier_id": "D-1"}
    data |= {"appointment": appointment} if "appointment" in needs else {}
    data |= {"student": STUDENT} if "student" in needs else {}
    body = json.dumps({"type": kind, "timestamp": AT, "data": data}).encode()
    assert event(body).type is EventType(kind)


@pytest.mark.parametrize(
    ("kind", "field", "said", "appointment"),
    [(k, f, said, a) for k, needs in NEEDED.items() for f, (said, a) in needs.items()],
)
@pytest.mark.parametrize("is_null", [True, False])
def test_what_a_type_needs_is_named_when_it_is_missing(
    kind: str, field: str, said: str, appointment: Any, is_null: bool
) -> None:
    missing = {"student": None} if field == "student" else {"appointment": appointment}
    data = {"dossier_id": "D-1", "appointment": SLOT, "student": STUDENT, **missing}
    kept = {key: value for key, value in data.items() if is_null or value is not None}
    body = json.dumps({"type": kind, "timestamp": AT, "data": kept}).encode()
    with pytest.raises(Unusable, match=said):
        event(body)


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "appointment",
        "Appointment.Selected",
        "appointment.selected ",
        "renewal.unsubscribed",
        *sorted(kind.value for kind in DESK_ONLY),
    ],
)
def test_another_type_is_not_for_a_booking_system(kind: str) -> None:
    with pytest.raises(Unusable, match="type: not one that a booking system raises"):
        event(text(kind))


@pytest.mark.parametrize(
    ("part", "allowed"),
    [
        ("type", "a text"),
        ("timestamp", "an instant with an offset, in the years 2000 to 2100"),
        ("data", "an object"),
    ],
)
def test_the_three_parts_of_a_body_are_needed(part: str, allowed: str) -> None:
    content = json.loads(text())
    without = {key: value for key, value in content.items() if key != part}
    for body, said in (
        (without, "missing"),
        (content | {part: None}, "missing"),
        (content | {part: 5}, f"not {allowed}"),
    ):
        with pytest.raises(Unusable) as refused:
            event(json.dumps(body).encode())
        assert str(refused.value) == f"{part}: {said}"


# JSON, strictly


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "body: not JSON"),
        (b"{", "body: not JSON"),
        (b"{}{}", "body: not JSON"),
        (text() + b",", "body: not JSON"),
        (b"\xef\xbb\xbf" + text(), "body: not JSON"),
        (text().replace(b'"D-1"', b"'D-1'"), "body: not JSON"),
        (text().replace(b'"D-1"', b'"D\t1"'), "body: not JSON"),
        (b'{"n": ' + b"9" * 5000 + b"}", "body: not JSON"),
        ("é".encode("latin-1"), "body: not UTF-8"),
        (text().decode().encode("utf-16"), "body: not UTF-8"),
        (text(unknown="\ud800"), "body: not UTF-8"),
        (text().replace(b'"Benali"', b'"\\udc80"'), "body: not UTF-8"),
        (b"[" * 100_000, "body: nested too deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "body: nested too deeply"),
        (text(version=float("nan")), "body: NaN and infinities are not JSON"),
        (text(unknown=[float("-inf")]), "body: NaN and infinities are not JSON"),
        (b'{"type": "a", "type": "a"}', "body: a key stands twice"),
        (text(unknown={"a": 1}).replace(b'"a": 1', b'"a": 1, "a": 1'), "body: a key stands twice"),
        (b"null", "body: not an object"),
        (b"[]", "body: not an object"),
        (b'"text"', "body: not an object"),
    ],
)
def test_a_body_that_is_not_plain_json_is_not_usable(body: bytes, said: str) -> None:
    with pytest.raises(Unusable) as refused:
        event(body)
    assert str(refused.value) == said


def test_white_space_around_a_body_does_no_harm() -> None:
    assert event(b" \r\n" + text() + b"\n").dossier_id == "D-1"


def test_unknown_fields_are_ignored_and_not_kept() -> None:
    content = json.loads(text(mood="SECRET-1", student={**STUDENT, "passport": "SECRET-2"}))
    content["note"] = {"deep": ["SECRET-3", 1.5, None, True]}
    taken = event(json.dumps(content).encode())
    assert "SECRET" not in repr(taken)
    assert taken.contact == Contact(given_name="Léa", family_name="Benali")


@pytest.mark.parametrize("reason", Closing)
def test_a_dossier_is_closed_for_a_reason(reason: Closing) -> None:
    assert event(text("dossier.closed", reason=reason.value)).reason is reason
    assert event(text("card.ready", reason=reason.value)).reason is None


@pytest.mark.parametrize(
    "given", [None, "", "REFUSED", "lost in the post", "x" * 9_000, 5, [], ["refused"], {}, True]
)
def test_a_reason_that_we_do_not_know_costs_no_closing(given: Any) -> None:
    assert event(text("dossier.closed", reason=given)).reason is Closing.OTHER
    assert event(text("dossier.closed")).reason is Closing.OTHER


# What says what happened, strictly

#: What a reason says is allowed there, each field in its own words.
ALLOWED = (
    r"not (deposit or collect|an object|a text|true or false|1 to 64 of A-Z, a-z, 0-9, - and _"
    r"|(a day as 2019-05-14|an instant with an offset), in the years 2000 to 2100)\Z"
)
INSTANTS = ["", "2019-05-06", "2019-05-06T10:20:00", "1999-05-06T10:20:00Z", 5]
WRONG: dict[str, dict[str, list[Any]]] = {
    "card.ready": {
        "dossier_id": [None, 5, "", "D 1", "D.1", "D/1", "D-1\n", "é", "d" * 65],
        "occurred_on": [5, "", "2019-02-29", "07/04/2019", "2019-04-07T00:00:00Z", "1999-12-31"],
        "correction": [1, 0, "true", "yes", []],
    },
    "appointment.selected": {
        "appointment": [5, [], {}, {"id": None}, {"id": "A 1", "starts_at": AT}],
        "appointment.starts_at": [{"id": "A-1", "starts_at": instant} for instant in INSTANTS],
        "appointment.purpose": [
            {**SLOT, "purpose": other} for other in ["", "other", "DEPOSIT", 5, []]
        ],
    },
    "appointment.cancelled": {"appointment": [5, [], {}, {"id": None}, {"id": "A 1"}]},
    "contact.updated": {
        "student": [5, [], {}, {"given_name": "Léa"}, {"family_name": "Benali"}],
        "student.given_name": [{**STUDENT, "given_name": None}, {**STUDENT, "given_name": 5}],
        "student.email": [{**STUDENT, "email": 5}, {**STUDENT, "email": ["a"]}],
        "student.phone": [{**STUDENT, "phone": 33612345678}],
    },
}


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        (kind, path, value)
        for kind, fields in WRONG.items()
        for path, values in fields.items()
        for value in values
    ],
    ids=repr,
)
def test_what_says_what_happened_is_named_when_it_is_of_the_wrong_form(
    kind: str, path: str, value: Any
) -> None:
    with pytest.raises(Unusable, match=rf"data\.{path}[.a-z_]*: (missing|{ALLOWED})"):
        event(text(kind, **{path.partition(".")[0]: value}))


MARK = "SECRET"
_MARKED = st.recursive(
    st.sampled_from([MARK, f"{MARK}\n'`\" - at `$.{MARK}`", MARK * 99, 5, 1.5, True, None]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just(MARK), inner),
    max_leaves=3,
)
PATHS = ["type", "timestamp", "data", *(f"data.{field}" for field in FIELDS)]


@given(kind=st.sampled_from([*TYPES, MARK]), marked=_MARKED, cut=st.integers(0, 40))
def test_no_reason_repeats_what_a_body_says_wherever_it_stands(
    kind: str, marked: Any, cut: int
) -> None:
    plain = json.dumps({"type": kind, "timestamp": AT, "data": {**EVERYTHING, MARK: marked}})
    for path in PATHS:
        *above, name = path.split(".")
        content = json.loads(plain)
        reduce(getitem, above, content)[name] = marked
        body = json.dumps(content).encode()
        said = _said_of(body[: len(body) - cut])
        assert MARK not in said
        assert len(said) < 200


def _said_of(body: bytes) -> str:
    """What is answered to a body beside that it was taken; of an exception, all that it shows."""
    try:
        return "".join(event(body).unread)
    except Unusable as refused:
        return "".join(format_exception_only(refused)) + str(refused.__cause__ or "")


# Courtesies

#: What costs nobody an appointment: the field, what it cannot be, and what is left of it.
LEFT_OUT: list[tuple[str, Any, Any]] = [
    ("version", True, None),
    ("version", 1.5, None),
    ("version", -1.0, None),
    ("version", 1e300, None),
    ("version", "1", None),
    ("version", -1, None),
    ("version", 2**53 + 1, None),
    ("renews", 5, None),
    ("renews", "", None),
    ("renews", "D 1", None),
    ("renews", "d" * 65, None),
    ("correction", "yes", False),
    ("recepisse_number", 3803123456, None),
    ("recepisse_number", "r" * 301, "r" * 300),
    ("occurred_on", "07/04/2019", None),
    ("card_expires_on", "0001-01-01", None),
    ("card_expires_on", "2101-01-01", None),
    ("permit_expires_on", "2020-6-30", None),
    ("permit_expires_on", 20200630, None),
    ("missing_documents", "Photo", ()),
    ("missing_documents", {"1": "Photo"}, ()),
    ("missing_documents", [1, "Photo", None], ("Photo",)),
    ("missing_documents", ["x" * 301, "Photo"], ("x" * 300, "Photo")),
    ("missing_documents", ["x"] * 51, ("x",) * 50),
    ("student", 5, None),
    ("student", [], None),
    ("student", {}, None),
    ("student", {"given_name": None, "family_name": 7}, None),
]


@pytest.mark.parametrize(("field", "value", "left"), LEFT_OUT, ids=repr)
def test_a_courtesy_that_cannot_be_read_costs_no_appointment(
    field: str, value: Any, left: Any
) -> None:
    taken = event(text(**{field: value}))
    part = {"student": "contact", "occurred_on": "day"}.get(field, field)
    assert (getattr(taken, part), taken.appointment_id) == (left, "A-1")
    assert taken.unread
    assert all(path.startswith(f"data.{field}") for path in taken.unread)


@pytest.mark.parametrize(
    ("field", "value", "left"),
    [
        ("given_name", None, ""),
        ("given_name", 5, ""),
        ("given_name", "x" * 201, "x" * 200),
        ("family_name", "x" * 201, "x" * 200),
        ("email", 5, None),
        ("email", ["a"], None),
        ("email", "x" * 321, "x" * 320),
        ("phone", 612345678, None),
        ("phone", "6" * 400, "6" * 320),
        ("language", 5, None),
        ("language", ["fr"], None),
        ("language", "x" * 101, "x" * 100),
    ],
    ids=repr,
)
def test_of_a_student_whatever_can_be_read_is_kept(field: str, value: Any, left: Any) -> None:
    taken = event(text(student={**STUDENT, "email": "lea@example.org", field: value}))
    assert taken.contact is not None
    part = "language_given" if field == "language" else field
    assert getattr(taken.contact, part) == left
    assert taken.unread == (f"data.student.{field}",)


@pytest.mark.parametrize("given", [b"3", b"3.0", b"3.0e0", b"0.3e1"])
def test_a_version_is_a_whole_number_however_json_writes_it(given: bytes) -> None:
    taken = event(text(version=3).replace(b'"version": 3', b'"version": ' + given))
    assert (taken.version, type(taken.version), taken.unread) == (3, int, ())


def test_an_appointment_in_the_margin_of_a_step_does_not_stop_it() -> None:
    taken = event(text("card.ready", appointment={"id": "A-1", "starts_at": "soon"}))
    assert (taken.appointment_id, taken.starts_at) == ("A-1", None)
    assert taken.unread == ("data.appointment.starts_at",)
    assert event(text("card.ready", appointment=5)).unread == ("data.appointment",)
    assert event(text("card.ready", appointment={})).unread == ("data.appointment.id",)


def test_of_an_event_that_was_read_whole_nothing_is_said() -> None:
    assert event(text(**EVERYTHING)).unread == ()


def test_what_nobody_sees_is_taken_out_of_words_and_names() -> None:
    taken = event(
        text(
            student={"given_name": "\u202aLéa\u202c", "family_name": "Ben\u00adali"},
            recepisse_number="\u200eR-1\ufeff",
            missing_documents=["Pho\u200bto"],
        )
    )
    assert taken.contact == Contact(given_name="Léa", family_name="Benali")
    assert (taken.recepisse_number, taken.missing_documents) == ("R-1", ("Photo",))
    assert taken.unread == ()


# Instants


@pytest.mark.parametrize(
    "instant",
    [
        None,
        1554710400,
        "",
        "1554710400",
        "2019-04-08",
        "2019-04-08T10:00:00",
        "2019-04-08T10:00Z",
        "2019-02-29T10:00:00Z",
        "2019-04-08T24:00:00Z",
        "2019-04-08T23:59:60Z",
        "2019-04-08T10:00:00+24:00",
        "2019-04-08T10:00:00 Europe/Paris",
        "1999-12-31T23:59:59Z",
        "2101-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
    ids=repr,
)
def test_an_instant_needs_an_offset_and_a_year_of_this_century(instant: Any) -> None:
    with pytest.raises(Unusable, match="timestamp"):
        event(text(timestamp=instant))
    if instant is not None:
        with pytest.raises(Unusable, match="starts_at"):
            event(text(appointment={"id": "A-1", "starts_at": instant}))


@pytest.mark.parametrize(
    ("instant", "utc"),
    [
        ("2019-04-08T10:00:00+02:00", "2019-04-08T08:00:00"),
        ("2019-04-08T08:00:00Z", "2019-04-08T08:00:00"),
        ("2019-04-08T08:00:00.25-00:00", "2019-04-08T08:00:00.250000"),
        ("2000-01-01T00:00:00+14:00", "1999-12-31T10:00:00"),
        ("2100-12-31T23:59:59-12:00", "2101-01-01T11:59:59"),
    ],
)
def test_an_instant_is_one_whatever_its_offset(instant: str, utc: str) -> None:
    taken = event(text(timestamp=instant, appointment={"id": "A-1", "starts_at": instant}))
    assert taken.at == taken.starts_at == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize("field", [f for f in EVERYTHING if f not in {"dossier_id", "appointment"}])
def test_null_is_the_same_as_nothing(field: str) -> None:
    given, left_out = {**EVERYTHING, field: None}, {**EVERYTHING}
    del left_out[field]
    bodies = [
        json.dumps({"type": "appointment.selected", "timestamp": AT, "data": data}).encode()
        for data in (given, left_out)
    ]
    one, other = (repr(event(body)).replace(_digest(body), "") for body in bodies)
    assert one == other


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()[:16]


def test_an_appointment_without_its_hour_is_enough_where_only_its_id_matters() -> None:
    for appointment in ({"id": "A-1"}, {"id": "A-1", "starts_at": None}):
        taken = event(text("appointment.cancelled", appointment=appointment))
        assert (taken.appointment_id, taken.starts_at) == ("A-1", None)


# The student


@pytest.mark.parametrize(
    ("phone", "mobile"),
    [
        ("+33612345678", "+33612345678"),
        ("+330612345681", "+33612345681"),
        ("06 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("0692 12 34 56", "+262692123456"),
        ("+33476827000", None),
        ("+4915123456789", None),
        ("call my mother", None),
        (None, None),
    ],
)
def test_an_sms_goes_to_the_number_that_was_judged_and_any_is_kept(
    phone: str | None, mobile: str | None
) -> None:
    taken = student(phone=phone)
    assert taken is not None
    assert (taken.phone, taken.mobile) == (phone, mobile)


@pytest.mark.parametrize(
    ("email", "kept"),
    [
        ("lea@example.org", "lea@example.org"),
        ("lea@example.org\u200b", "lea@example.org"),
        (" lea@example.org ", "lea@example.org"),
        ("not an address", "not an address"),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_kept_without_what_nobody_sees(email: str | None, kept: str | None) -> None:
    taken = student(email=email)
    assert taken is not None
    assert taken.email == kept


@pytest.mark.parametrize(
    ("given", "language"),
    [
        ("fr", Language.FR),
        ("en", Language.EN),
        ("fr-FR", Language.FR),
        ("EN", Language.EN),
        ("en_GB", Language.EN),
        ("de", None),
        ("", None),
        (None, None),
    ],
)
def test_the_language_is_the_nearest_one_or_none(
    given: str | None, language: Language | None
) -> None:
    body = text(student={**STUDENT, "language": given})
    taken = event(body)
    assert taken.contact is not None
    assert (taken.contact.language, taken.unread) == (language, ())


def test_half_a_name_may_be_empty() -> None:
    assert student(given_name="") == Contact(given_name="", family_name="Benali")


# What is said of what is wrong

marked = st.text("qxzQXZ", min_size=6, max_size=12).map(lambda s: f"Mark{s}")
path = st.sampled_from(
    [
        ("type",),
        ("timestamp",),
        ("data",),
        *(("data", field) for field in EVERYTHING),
        ("data", "appointment", "id"),
        ("data", "appointment", "starts_at"),
        *(("data", "student", f) for f in ("given_name", "family_name", "email", "phone")),
        ("data", "student", "language"),
        ("data", "missing_documents", 0),
    ]
)
shapes = st.sampled_from(
    [
        lambda mark: mark,
        lambda mark: [mark],
        lambda mark: {mark: mark},
        lambda mark: [{"id": mark}],
        lambda mark: f"2019-04-08 {mark}",
        lambda mark: mark * 40,
        lambda mark: 12345.678,
        lambda mark: True,
    ]
)


@given(mark=marked, where=path, shape=shapes)
def test_the_message_names_the_field_and_never_a_value(mark: str, where: Any, shape: Any) -> None:
    content: Any = json.loads(text(**EVERYTHING))
    inner = content
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = shape(mark)
    try:
        event(json.dumps(content).encode())
    except Unusable as refused:
        said = str(refused)
        assert "Mark" not in said
        assert "12345" not in said
        assert any(str(step) in said for step in where if step != 0)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda s: s.encode()))
def test_any_body_is_an_event_or_not_usable(body: bytes) -> None:
    with pytest.raises(Unusable):
        event(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*EVERYTHING, "other"]), json_values))
def test_any_data_is_an_event_or_not_usable(data: dict[str, Any]) -> None:
    try:
        taken = event(text("card.ready", **data))
    except Unusable:
        return
    assert taken.received_at - taken.at == timedelta(minutes=1)
