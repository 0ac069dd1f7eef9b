"""A webhook's body becomes an event, strictly: what cannot be used says which field is wrong."""

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from chalicelib.domain.contact import Contact
from chalicelib.domain.errors import Unusable
from chalicelib.domain.events import DESK_ONLY, Closing, Event, EventType
from chalicelib.entrypoints.contacts import contact_of

#: What a webhook may say happened: not what only the desk or the student can do.
TYPES = {t.value: t for t in EventType if t not in DESK_ONLY | {EventType.UNSUBSCRIBED}}

#: Years outside of these are typing errors, and would overflow a calendar.
YEARS = range(2000, 2101)

Id = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,64}\Z")]
Instant = Annotated[datetime, Meta(tz=True)]
Name = Annotated[str, Meta(max_length=200)]
Address = Annotated[str, Meta(max_length=320)]
Words = Annotated[str, Meta(max_length=300)]
Version = Annotated[int, Meta(ge=0, le=2**53)]


class _Student(Struct, frozen=True):
    given_name: Name
    family_name: Name
    email: Address | None = None
    phone: Address | None = None
    language: Name | None = None


class _Appointment(Struct, frozen=True):
    id: Id
    starts_at: Instant | None = None


class _Data(Struct, frozen=True):
    dossier_id: Id
    version: Version | None = None
    appointment: _Appointment | None = None
    student: _Student | None = None
    permit_expires_on: date | None = None
    occurred_on: date | None = None
    correction: bool | None = None
    recepisse_number: Words | None = None
    missing_documents: Annotated[list[Words], Meta(max_length=50)] | None = None
    card_expires_on: date | None = None
    renews: Id | None = None
    reason: Any = None


class _Body(Struct, frozen=True):
    type: str
    timestamp: Instant
    data: _Data


#: What a type cannot do without, as the path of the field and how to find it.
_Needs = tuple[str, Callable[[_Data], object]]
_APPOINTMENT: _Needs = ("data.appointment", lambda data: data.appointment)
_STARTS_AT: _Needs = (
    "data.appointment.starts_at",
    lambda data: data.appointment and data.appointment.starts_at,
)
_STUDENT: _Needs = ("data.student", lambda data: data.student)
NEEDS: dict[EventType, tuple[_Needs, ...]] = {
    EventType.SELECTED: (_APPOINTMENT, _STARTS_AT),
    EventType.RESCHEDULED: (_APPOINTMENT, _STARTS_AT),
    EventType.CONFIRMED: (_APPOINTMENT,),
    EventType.CANCELLED: (_APPOINTMENT,),
    EventType.MISSED: (_APPOINTMENT,),
    EventType.CONTACT_UPDATED: (_STUDENT,),
}


def booking_event(event_id: str, body: bytes, received_at: datetime) -> Event:
    """The event that an authentic body tells. Raises Unusable, naming the field and no value."""
    content = _converted(_parsed(body))
    kind = TYPES.get(content.type)
    if kind is None:
        message = "type: not one that a booking system raises"
        raise Unusable(message)
    data = content.data
    for path, find in NEEDS.get(kind, ()):
        if not find(data):
            message = f"{path}: missing"
            raise Unusable(message)
    _check_years(content)
    return Event(
        event_id=event_id,
        type=kind,
        dossier_id=data.dossier_id,
        at=content.timestamp,
        received_at=received_at,
        version=data.version,
        digest=sha256(body).hexdigest()[:16],
        contact=_contact(data.student) if data.student else None,
        appointment_id=data.appointment.id if data.appointment else None,
        starts_at=data.appointment.starts_at if data.appointment else None,
        permit_expires_on=data.permit_expires_on,
        day=data.occurred_on,
        correction=data.correction or False,
        recepisse_number=data.recepisse_number,
        missing_documents=tuple(data.missing_documents or ()),
        card_expires_on=data.card_expires_on,
        renews=data.renews,
        reason=_closing(data.reason) if kind is EventType.CLOSED else None,
    )


def _closing(reason: Any) -> Closing:
    """A reason in words that we do not know is no reason to doubt that the dossier is closed."""
    return next((one for one in Closing if one == reason), Closing.OTHER)


def _parsed(body: bytes) -> Any:
    """Strict JSON: UTF-8, every key once, no NaN, no lone half of a character, not too deep."""
    try:
        text = body.decode()
        content = json.loads(text, object_pairs_hook=_once, parse_constant=_refused)
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeError as error:
        message = "body: not UTF-8"
        raise Unusable(message) from error
    except RecursionError as error:
        message = "body: nested too deeply"
        raise Unusable(message) from error
    except ValueError as error:
        message = "body: not JSON"
        raise Unusable(message) from error
    return content


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    pairs = list(pairs)
    if len(pairs) != len(dict(pairs)):
        message = "body: a key stands twice"
        raise Unusable(message)
    return dict(pairs)


def _refused(_constant: str) -> Any:
    message = "body: NaN and infinities are not JSON"
    raise Unusable(message)


def _converted(content: Any) -> _Body:
    try:
        return msgspec.convert(content, _Body)
    except msgspec.ValidationError as error:
        raise Unusable(str(error).replace("$.", "")) from error


def _check_years(content: _Body) -> None:
    data = content.data
    dated: dict[str, date | None] = {
        "timestamp": content.timestamp,
        "data.appointment.starts_at": data.appointment.starts_at if data.appointment else None,
        "data.permit_expires_on": data.permit_expires_on,
        "data.occurred_on": data.occurred_on,
        "data.card_expires_on": data.card_expires_on,
    }
    for path, day in dated.items():
        if day is not None and day.year not in YEARS:
            message = f"{path}: not a year of this century"
            raise Unusable(message)


def _contact(student: _Student) -> Contact:
    return contact_of(
        given_name=student.given_name,
        family_name=student.family_name,
        email=student.email,
        phone=student.phone,
        language=student.language,
        path="data.student",
    )
