"""A form that somebody at the desk sends becomes an event. What is wrong is said in French."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from chalicelib.domain.contact import Channel, Contact
from chalicelib.domain.delivery import Kind
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.errors import FormRefused, Unusable
from chalicelib.domain.events import MILESTONES, Event, EventType, Source
from chalicelib.entrypoints.booking_events import YEARS
from chalicelib.entrypoints.contacts import contact_of, international

#: A decoded form: each field once.
Form = Mapping[str, str]

#: A form's own token, the idempotency key: with its prefix it has to stay an id of 64 characters.
NONCE = re.compile(r"[A-Za-z0-9_-]{8,56}", re.ASCII)
ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)

NAME_AT_MOST, ADDRESS_AT_MOST, WORDS_AT_MOST, DOCUMENTS_AT_MOST = 200, 320, 300, 50
#: Nobody foresees a look for later than this.
AHEAD_AT_MOST = timedelta(days=366)

#: What is to become of closed work: the values of the field `outcome`.
AGAIN, ENDED = "again", "ended"

_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)", re.ASCII)
_FRENCH_DAY = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """What a field is read from: the form, the Paris day, and after how long one looks again."""

    form: Form
    today: date
    look_again_days: int


@dataclass(frozen=True, kw_only=True)
class Action:
    """One act of the desk: the event it raises, and how each part of that is read."""

    type: EventType
    parts: Mapping[str, Callable[[_Sheet], object]]


def desk_event(
    action: str,
    form: Form,
    dossier_id: str,
    by: str,
    now: datetime,
    *,
    look_again_days: int = 14,
) -> Event:
    """The event of a form, by an operator; raises FormRefused, naming the field and no value.

    `look_again_days` is the desk's own delay (`terms.delays`).
    """
    act = ACTIONS.get(action)
    if act is None:
        raise FormRefused("action", "Cette action n’existe pas.")
    if not ID.fullmatch(dossier_id):
        raise FormRefused("dossier_id", "Cette référence de dossier n’est pas valable.")
    event_id = f"desk-{nonce_of(form)}"
    sheet = _Sheet(form=form, today=paris_day(now), look_again_days=look_again_days)
    parts: dict[str, Any] = {name: read(sheet) for name, read in act.parts.items()}
    return Event(
        event_id=event_id,
        type=act.type,
        dossier_id=dossier_id,
        at=now,
        received_at=now,
        source=Source.DESK,
        digest=_digest(action, dossier_id, act, form),
        by=by,
        **parts,
    )


def nonce_of(form: Form) -> str:
    """The form's own token; raises FormRefused."""
    nonce = form.get("nonce", "")
    if not NONCE.fullmatch(nonce):
        raise FormRefused("nonce", "Ce formulaire n’est plus valable : rechargez la page.")
    return nonce


def day_of(form: Form, field: str, now: datetime) -> date:
    """A Paris day that is not ahead; today, where none was given. Raises FormRefused."""
    return _past_day(form, field, paris_day(now))


def words_of(form: Form, field: str, missing: str) -> str:
    """Some words that have to be there; raises FormRefused, with `missing` where they are not."""
    words = _words(form, field)
    if words is None:
        raise FormRefused(field, missing)
    return words


def _digest(action: str, dossier_id: str, act: Action, form: Form) -> str:
    """Of what the action reads and nothing else: another token on the page is not another form."""
    names = [name for part in act.parts for name in _FIELDS.get(part, (part,))]
    content = [action, dossier_id, [form.get(name, "") for name in names]]
    return sha256(json.dumps(content).encode()).hexdigest()[:16]


# Words


def _words(form: Form, field: str, at_most: int = WORDS_AT_MOST) -> str | None:
    """One line; None where there is none."""
    words = " ".join(form.get(field, "").split())
    if len(words) > at_most:
        raise FormRefused(field, f"Ce texte dépasse {at_most} caractères.")
    if not words.isprintable():
        raise FormRefused(field, "Ce texte contient un caractère invisible.")
    return words or None


def _why(sheet: _Sheet) -> str:
    return words_of(sheet.form, "why", "Indiquez la raison en quelques mots.")


def _recepisse_number(sheet: _Sheet) -> str | None:
    return _words(sheet.form, "recepisse_number")


def _missing_documents(sheet: _Sheet) -> tuple[str, ...]:
    field = "missing_documents"
    lines = sheet.form.get(field, "").splitlines()
    documents = tuple(d for line in lines if (d := _words({field: line}, field)))
    if not documents:
        raise FormRefused(field, "Indiquez au moins une pièce manquante, une par ligne.")
    if len(documents) > DOCUMENTS_AT_MOST:
        raise FormRefused(field, f"Indiquez {DOCUMENTS_AT_MOST} pièces au plus.")
    return documents


# Days


def _day(sheet: _Sheet) -> date:
    return _past_day(sheet.form, "day", sheet.today)


def _past_day(form: Form, field: str, today: date) -> date:
    day = _date(form, field) or today
    if day > today:
        raise FormRefused(field, "Cette date est dans l’avenir.")
    return day


def _card_expires_on(sheet: _Sheet) -> date | None:
    field = "card_expires_on"
    expires_on = _date(sheet.form, field)
    if expires_on and expires_on <= _day(sheet):
        raise FormRefused(field, "La carte ne peut pas expirer avant sa remise.")
    return expires_on


def _until(sheet: _Sheet) -> date | None:
    """The day on which closed work comes back; None where it has ended."""
    outcome = sheet.form.get("outcome", "")
    if outcome not in (AGAIN, ENDED):
        raise FormRefused("outcome", "Choisissez : à revoir plus tard, ou terminé.")
    if outcome == ENDED:
        return None
    default = sheet.today + timedelta(days=sheet.look_again_days)
    until = _date(sheet.form, "until") or default
    if not sheet.today < until <= sheet.today + AHEAD_AT_MOST:
        raise FormRefused("until", "Choisissez une date à venir, dans l’année.")
    return until


def _date(form: Form, field: str) -> date | None:
    """A day as browsers send it, or as people in France write it; None where there is none."""
    text = form.get(field, "").strip()
    if not text:
        return None
    found = _ISO_DAY.fullmatch(text) or _FRENCH_DAY.fullmatch(text)
    year, month, day_of_month = found.group("year", "month", "day") if found else (0, 0, 0)
    try:
        day = date(int(year), int(month), int(day_of_month))
    except ValueError as error:
        raise FormRefused(field, "Cette date n’est pas valable : écrivez 14/05/2019.") from error
    if day.year not in YEARS:
        raise FormRefused(field, "Cette année n’est pas plausible.")
    return day


# What an act is about


def _appointment_id(sheet: _Sheet) -> str:
    named = sheet.form.get("appointment_id", "")
    if not ID.fullmatch(named):
        raise FormRefused("appointment_id", "Ce dossier n’a pas de rendez-vous en cours.")
    return named


def _message(sheet: _Sheet) -> str:
    """The subject of a message to the student."""
    return _subject(sheet, is_for_the_desk=False)


def _work(sheet: _Sheet) -> str:
    """The subject of a desk notice."""
    return _subject(sheet, is_for_the_desk=True)


def _subject(sheet: _Sheet, *, is_for_the_desk: bool) -> str:
    subject = sheet.form.get("subject", "")
    kind, _, rest = subject.partition(".")
    number, _, place = rest.partition(".")
    occasion, _, channel = place.rpartition(".")
    is_notice = kind in set(Kind) and number.isdecimal() and occasion and channel in set(Channel)
    is_too_long = len(subject) > WORDS_AT_MOST
    if not is_notice or is_too_long or (channel == Channel.DESK) is not is_for_the_desk:
        raise FormRefused("subject", "Ce message ou cette tâche n’existe pas.")
    return subject


def _milestone(sheet: _Sheet) -> str:
    subject = sheet.form.get("subject", "")
    if subject not in MILESTONES:
        raise FormRefused("subject", "Cette étape ne peut pas être annulée.")
    return subject


def _contact(sheet: _Sheet) -> Contact:
    form = sheet.form
    family_name = _words(form, "family_name", NAME_AT_MOST)
    if family_name is None:
        raise FormRefused("family_name", "Indiquez le nom de famille.")
    given: dict[str, Any] = {
        "given_name": _words(form, "given_name", NAME_AT_MOST) or "",
        "family_name": family_name,
        "email": _words(form, "email", ADDRESS_AT_MOST),
        "phone": _phone(form),
    }
    try:
        contact = contact_of(**given, language=form.get("language") or None, path="student")
    except Unusable as error:
        raise FormRefused("language", "Choisissez français ou anglais.") from error
    if contact.email and contact.mail_address is None:
        raise FormRefused("email", "Cette adresse électronique n’est pas valable.")
    return contact


def _phone(form: Form) -> str | None:
    given = _words(form, "phone", ADDRESS_AT_MOST)
    if given is None:
        return None
    phone = international(given)
    if phone is None:
        raise FormRefused("phone", "Ce numéro de téléphone n’est pas valable.")
    return phone


#: The fields of a form behind a part of an event, where they do not bear its name.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "contact": ("given_name", "family_name", "email", "phone", "language"),
    "until": ("outcome", "until"),
}

#: Everything that a form can do to a dossier, by the name in its address.
ACTIONS: Mapping[str, Action] = {
    "checked": Action(type=EventType.CHECKED, parts={}),
    "deposited": Action(
        type=EventType.DEPOSITED, parts={"day": _day, "recepisse_number": _recepisse_number}
    ),
    "incomplete": Action(
        type=EventType.INCOMPLETE, parts={"day": _day, "missing_documents": _missing_documents}
    ),
    "missed": Action(type=EventType.MISSED, parts={"appointment_id": _appointment_id}),
    "card_ready": Action(type=EventType.CARD_READY, parts={"day": _day}),
    "collected": Action(
        type=EventType.COLLECTED, parts={"day": _day, "card_expires_on": _card_expires_on}
    ),
    "contact": Action(type=EventType.CONTACT_UPDATED, parts={"contact": _contact}),
    "resend": Action(type=EventType.ASKED_AGAIN, parts={"subject": _message, "why": _why}),
    "close": Action(
        type=EventType.WORK_CLOSED, parts={"subject": _work, "why": _why, "until": _until}
    ),
    "withdraw": Action(type=EventType.WITHDRAWN, parts={"subject": _milestone, "why": _why}),
}
