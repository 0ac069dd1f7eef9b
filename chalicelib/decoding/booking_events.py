"""A webhook's body becomes an event. What says what happened is read strictly; a courtesy that
cannot be read costs nobody an appointment: it is left out, and the event names it.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from chalicelib.decoding.contacts import contact_of
from chalicelib.decoding.visible import visible
from chalicelib.domain.contact import Contact
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.errors import Unusable
from chalicelib.domain.events import DESK_ONLY, MILESTONES, SLOTS, Closing, Event, EventType

#: What a webhook may say happened: not what only the desk or the student can do.
TYPES = {t.value: t for t in EventType if t not in DESK_ONLY | {EventType.UNSUBSCRIBED}}

#: The largest body that is read, in bytes.
BODY_AT_MOST = 65_536

#: Years outside of these are typing errors, and would overflow a calendar.
YEARS = range(2000, 2101)

Instant = Annotated[datetime, Meta(tz=True)]
Id = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,64}\Z")]
Version = Annotated[int, Meta(ge=0, le=2**53)]


@dataclass(frozen=True, kw_only=True)
class Form:
    """How a field is read, raising msgspec.ValidationError; and what is `allowed`, in words of
    ours: those of the library may repeat what stands there.
    """

    read: Callable[[Any], Any]
    allowed: str


def _in_this_century(form: Any, value: Any) -> Any:
    day = msgspec.convert(value, form)
    if day.year not in YEARS:
        raise msgspec.ValidationError
    return day


def _whole(value: Any) -> Any:
    """A version. Of JSON's numbers 3.0 is an integer too, as JSON Schema has it."""
    is_whole = isinstance(value, float) and value.is_integer()
    return msgspec.convert(int(value) if is_whole else value, Version)


def _as(form: Any) -> Callable[[Any], Any]:
    return lambda value: msgspec.convert(value, form)


def _closing(reason: Any) -> Closing:
    """A reason in words that we do not know is no reason to doubt that the dossier is closed."""
    return next((one for one in Closing if one == reason), Closing.OTHER)


_YEARS = f"in the years {YEARS[0]} to {YEARS[-1]}"
INSTANT = Form(
    read=partial(_in_this_century, Instant),
    allowed=f"an instant with an offset, {_YEARS}",
)
ID = Form(read=_as(Id), allowed="1 to 64 of A-Z, a-z, 0-9, - and _")
TEXT = Form(read=_as(str), allowed="a text")
_DAY = Form(read=partial(_in_this_century, date), allowed=f"a day as 2019-05-14, {_YEARS}")
_BLOCK = Form(read=_as(dict[str, Any]), allowed="an object")

#: The parts of a body. None can be missing.
_PARTS: Mapping[str, Form] = {"type": TEXT, "timestamp": INSTANT, "data": _BLOCK}

#: How each field of `data` is read, by its path. Whatever is not named here is not kept.
FIELDS: Mapping[str, Form] = {
    "dossier_id": ID,
    "version": Form(read=_whole, allowed="a whole number from 0 to 2^53"),
    "appointment": _BLOCK,
    "appointment.id": ID,
    "appointment.starts_at": INSTANT,
    "appointment.purpose": Form(read=_as(SlotPurpose), allowed=" or ".join(SlotPurpose)),
    "student": _BLOCK,
    "student.given_name": TEXT,
    "student.family_name": TEXT,
    "student.email": TEXT,
    "student.phone": TEXT,
    "student.language": TEXT,
    "permit_expires_on": _DAY,
    "occurred_on": _DAY,
    "correction": Form(read=_as(bool), allowed="true or false"),
    "recepisse_number": TEXT,
    "missing_documents": Form(read=_as(list[Any]), allowed="a list"),
    "card_expires_on": _DAY,
    "renews": ID,
    "reason": Form(read=_closing, allowed="anything"),
}

#: So many characters of a text are kept.
AT_MOST: Mapping[str, int] = {
    "student.given_name": 200,
    "student.family_name": 200,
    "student.email": 320,
    "student.phone": 320,
    "student.language": 100,
    "recepisse_number": 300,
}
#: So many missing documents, and so many characters of each.
DOCUMENTS_AT_MOST, DOCUMENT_AT_MOST = 50, 300

#: What stands in a block if the block is there.
_OF_A_BLOCK = {"appointment.id", "student.given_name", "student.family_name"}

#: What a type cannot do without.
NEEDS: Mapping[EventType, Collection[str]] = {
    EventType.SELECTED: ("appointment", "appointment.id", "appointment.starts_at"),
    EventType.RESCHEDULED: ("appointment", "appointment.id", "appointment.starts_at"),
    EventType.CONFIRMED: ("appointment", "appointment.id"),
    EventType.CANCELLED: ("appointment", "appointment.id"),
    EventType.MISSED: ("appointment", "appointment.id"),
    EventType.CONTACT_UPDATED: ("student", "student.given_name", "student.family_name"),
}

#: What a type can do without, and is another fact than its sender meant if it is left out: a step
#: of another day, an appointment for something else, a contact whose address was taken away.
TELLING: Mapping[EventType, Collection[str]] = {
    **dict.fromkeys(SLOTS, ("appointment.purpose",)),
    **dict.fromkeys(MILESTONES, ("occurred_on", "correction")),
    EventType.CONTACT_UPDATED: ("student.email", "student.phone"),
}


def booking_event(event_id: str, body: bytes, received_at: datetime) -> Event:
    """The event that an authentic body tells. Raises Unusable, naming the field and what is
    allowed there, and no value.
    """
    whole = _parsed(body)
    said, at, content = (_part(whole, name) for name in _PARTS)
    kind = TYPES.get(said)
    if kind is None:
        message = "type: not one that a booking system raises"
        raise Unusable(message)
    data = _Data(content, kind)
    purpose = data.get("appointment.purpose")
    return Event(
        event_id=event_id,
        type=kind,
        dossier_id=data.get("dossier_id"),
        at=at,
        received_at=received_at,
        version=data.get("version"),
        digest=digest_of(body),
        contact=_contact(data),
        appointment_id=data.get("appointment.id"),
        starts_at=data.get("appointment.starts_at"),
        purpose=purpose or SlotPurpose.DEPOSIT,
        is_purpose_said=purpose is not None,
        permit_expires_on=data.get("permit_expires_on"),
        day=data.get("occurred_on"),
        correction=data.get("correction") or False,
        recepisse_number=data.text("recepisse_number"),
        missing_documents=_documents(data),
        card_expires_on=data.get("card_expires_on"),
        renews=data.get("renews"),
        reason=(data.get("reason") or Closing.OTHER) if kind is EventType.CLOSED else None,
        unread=tuple(data.unread),
    )


def digest_of(body: bytes) -> str:
    """What tells a repeated delivery from another body under the same id."""
    return sha256(body).hexdigest()[:16]


class _Data:
    """The fields of one event. `unread` names what was left out, or not taken whole."""

    def __init__(self, content: Mapping[str, Any], kind: EventType) -> None:
        self._content = content
        self._needs = {"dossier_id", *NEEDS.get(kind, ())}
        self._strict = {*self._needs, *TELLING.get(kind, ())}
        self.unread = dict[str, None]()

    def get(self, path: str) -> Any:
        """One field; None where it is not said. Raises Unusable where the event needs it."""
        block, _, name = path.rpartition(".")
        within = self.get(block) if block else self._content
        if within is None:
            return None
        given = within.get(name)
        if given is None:
            self._missing(path)
            return None
        try:
            return FIELDS[path].read(given)
        except msgspec.ValidationError:
            self._wrong(path)
            return None

    def text(self, path: str) -> str | None:
        """A text, as far as one is kept, without what nobody sees in it."""
        words: str | None = self.get(path)
        return None if words is None else self.words(path, words, AT_MOST[path])

    def words(self, path: str, words: str, at_most: int) -> str:
        """So much of a text."""
        if len(words) > at_most:
            self.leave_out(path)
        return visible(words).strip()[:at_most]

    def leave_out(self, path: str) -> None:
        """Say that not all of this field was taken."""
        self.unread[f"data.{path}"] = None

    def _missing(self, path: str) -> None:
        if path in self._needs:
            message = f"data.{path}: missing"
            raise Unusable(message)
        if path in _OF_A_BLOCK:
            self.leave_out(path)

    def _wrong(self, path: str) -> None:
        if path in self._strict:
            message = f"data.{path}: not {FIELDS[path].allowed}"
            raise Unusable(message) from None  # the library's own words may repeat the value
        self.leave_out(path)


def _contact(data: _Data) -> Contact | None:
    """None where there is no block, or nothing of it could be read: it takes nothing away then."""
    if data.get("student") is None:
        return None
    fields = ("given_name", "family_name", "email", "phone", "language")
    given = {name: data.text(f"student.{name}") for name in fields}
    is_whole = not any(path.startswith("data.student.") for path in data.unread)
    if not is_whole and not any(given.values()):
        return None
    return contact_of(
        given_name=given["given_name"] or "",
        family_name=given["family_name"] or "",
        email=given["email"],
        phone=given["phone"],
        language=given["language"],
    )


def _documents(data: _Data) -> tuple[str, ...]:
    """Those that can be read: a list that lacks one is of more use than none."""
    path = "missing_documents"
    listed: list[Any] = data.get(path) or []
    texts = [document for document in listed if isinstance(document, str)]
    if len(listed) > DOCUMENTS_AT_MOST or len(texts) < len(listed):
        data.leave_out(path)
    return tuple(data.words(path, text, DOCUMENT_AT_MOST) for text in texts[:DOCUMENTS_AT_MOST])


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


def _part(body: Any, name: str) -> Any:
    """One part of a body. Raises Unusable."""
    if not isinstance(body, dict):
        message = "body: not an object"
        raise Unusable(message)
    given = body.get(name)
    if given is None:
        message = f"{name}: missing"
        raise Unusable(message)
    try:
        return _PARTS[name].read(given)
    except msgspec.ValidationError:
        message = f"{name}: not {_PARTS[name].allowed}"
        raise Unusable(message) from None
