"""A form that somebody at the desk sends becomes an event. What is wrong is said in French."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from chalicelib.decoding.contacts import contact_of
from chalicelib.decoding.desk_fields import (
    ID,
    WORDS_AT_MOST,
    Form,
    date_of,
    day_of,
    email_of,
    line_of,
    nonce_of,
    phone_of,
    words_of,
)
from chalicelib.domain.attempts import Notice
from chalicelib.domain.contact import Channel, Contact, Language
from chalicelib.domain.desk_calendar import Delays, months_after, paris_day
from chalicelib.domain.errors import FormRefused
from chalicelib.domain.events import MILESTONES, Closing, Event, EventType, Source

NAME_AT_MOST, DOCUMENTS_AT_MOST, LIST_AT_MOST, NOTE_AT_MOST = 200, 50, 4_000, 500
#: Nobody foresees a look for later than this.
AHEAD_AT_MOST = timedelta(days=366)

#: What is to become of closed work: the values of the field `outcome`.
AGAIN, ENDED = "again", "ended"


@dataclass(frozen=True, kw_only=True)
class _FormContext:
    """What a part is read from: the form, its dossier, the present, the desk's delays and limits,
    and what is known of the student.
    """

    form: Form
    dossier_id: str
    now: datetime
    delays: Delays
    known: Contact | None

    @property
    def today(self) -> date:
        return paris_day(self.now)


@dataclass(frozen=True, kw_only=True)
class Action:
    """One act of the desk: the event it raises, and how each part of that is read."""

    type: EventType
    parts: Mapping[str, Callable[[_FormContext], object]]


def desk_event(
    action: str,
    form: Form,
    dossier_id: str,
    by: str,
    now: datetime,
    delays: Delays,
    known: Contact | None = None,
) -> Event:
    """The event of a form, by an operator; raises FormRefused, naming the field and no value.

    `known` is the contact so far.
    """
    act = ACTIONS.get(action)
    if act is None:
        raise FormRefused("action", "Cette action n’existe pas.")
    if not ID.fullmatch(dossier_id):
        raise FormRefused("dossier_id", "Cette référence de dossier n’est pas valable.")
    event_id = f"desk-{nonce_of(form)}"
    sheet = _FormContext(form=form, dossier_id=dossier_id, now=now, delays=delays, known=known)
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


def _digest(action: str, dossier_id: str, act: Action, form: Form) -> str:
    """Of what the action reads and nothing else: another token on the page is not another form."""
    names = [name for part in act.parts for name in _FIELDS.get(part, (part,))]
    content = [action, dossier_id, [form.get(name, "") for name in names]]
    return sha256(json.dumps(content).encode()).hexdigest()[:16]


# Words


def _why(sheet: _FormContext) -> str:
    return words_of(sheet.form, "why", "Indiquez la raison en quelques mots.")


def _note(sheet: _FormContext) -> str:
    note = line_of(sheet.form, "why", NOTE_AT_MOST)
    if note is None:
        raise FormRefused("why", "Écrivez la note.")
    return note


def _reason(sheet: _FormContext) -> Closing:
    given = sheet.form.get("reason", "")
    if given not in set(Closing):
        raise FormRefused("reason", "Choisissez pourquoi ce dossier est clos.")
    return Closing(given)


def _recepisse_number(sheet: _FormContext) -> str | None:
    return line_of(sheet.form, "recepisse_number")


def _missing_documents(sheet: _FormContext) -> tuple[str, ...]:
    field = "missing_documents"
    lines = sheet.form.get(field, "").splitlines()
    documents = tuple(d for line in lines if (d := line_of({field: line}, field)))
    if not documents:
        raise FormRefused(field, "Indiquez au moins une pièce manquante, une par ligne.")
    if len(documents) > DOCUMENTS_AT_MOST:
        raise FormRefused(field, f"Indiquez {DOCUMENTS_AT_MOST} pièces au plus.")
    if sum(map(len, documents)) > LIST_AT_MOST:
        raise FormRefused(field, f"Cette liste dépasse {LIST_AT_MOST} caractères.")
    return documents


# Days


def _day(sheet: _FormContext) -> date:
    return day_of(sheet.form, "day", sheet.now)


def _card_expires_on(sheet: _FormContext) -> date | None:
    field = "card_expires_on"
    expires_on, collected_on = date_of(sheet.form, field), _day(sheet)
    if expires_on and expires_on <= collected_on:
        raise FormRefused(field, "La carte ne peut pas expirer avant sa remise.")
    years = sheet.delays.card_valid_years
    if expires_on and expires_on > months_after(collected_on, 12 * years):
        raise FormRefused(field, f"Aucune carte n’est valable plus de {years} ans.")
    return expires_on


def _until(sheet: _FormContext) -> date | None:
    """The day on which closed work comes back; None where it has ended."""
    outcome = sheet.form.get("outcome", "")
    if outcome not in (AGAIN, ENDED):
        raise FormRefused("outcome", "Choisissez : à revoir plus tard, ou terminé.")
    if outcome == ENDED:
        return None
    default = sheet.today + timedelta(days=sheet.delays.look_again_days)
    until = date_of(sheet.form, "until") or default
    if not sheet.today < until <= sheet.today + AHEAD_AT_MOST:
        raise FormRefused("until", "Choisissez une date à venir, dans l’année.")
    return until


# What an act is about


def _appointment_id(sheet: _FormContext) -> str:
    named = sheet.form.get("appointment_id", "")
    if not ID.fullmatch(named):
        raise FormRefused("appointment_id", "Ce dossier n’a pas de rendez-vous en cours.")
    return named


def _slot(sheet: _FormContext) -> tuple[str, str]:
    """An appointment and its revision, as the page had them: whoever says that they come means
    that hour and no other.
    """
    named, _, revision = sheet.form.get("slot", "").partition(" ")
    if not ID.fullmatch(named) or not revision or len(revision) > WORDS_AT_MOST:
        raise FormRefused("slot", "Ce dossier n’a pas de rendez-vous à confirmer.")
    return named, revision


def _confirmed_appointment(sheet: _FormContext) -> str:
    return _slot(sheet)[0]


def _confirmed_revision(sheet: _FormContext) -> str:
    return _slot(sheet)[1]


def _message(sheet: _FormContext) -> str:
    """The subject of a message to the student."""
    return _subject(sheet, is_for_the_desk=False)


def _work(sheet: _FormContext) -> str:
    """The subject of a desk notice."""
    return _subject(sheet, is_for_the_desk=True)


def _subject(sheet: _FormContext, *, is_for_the_desk: bool) -> str:
    subject = sheet.form.get("subject", "")
    refused = FormRefused("subject", "Ce message ou cette tâche n’existe pas.")
    try:
        notice = Notice.named(subject)
    except ValueError as error:
        raise refused from error
    if len(subject) > WORDS_AT_MOST or (notice.channel is Channel.DESK) is not is_for_the_desk:
        raise refused
    return subject


def _its_reference(sheet: _FormContext) -> None:
    """Nothing that is kept: whoever erases has typed which dossier. Raises FormRefused."""
    if sheet.form.get("reference", "").strip().casefold() != sheet.dossier_id.casefold():
        raise FormRefused("reference", "Saisissez la référence de ce dossier, telle qu’en haut.")


def _milestone(sheet: _FormContext) -> str:
    subject = sheet.form.get("subject", "")
    if subject not in MILESTONES:
        raise FormRefused("subject", "Cette étape ne peut pas être annulée.")
    return subject


def _contact(sheet: _FormContext) -> Contact:
    form = sheet.form
    known = sheet.known or Contact(given_name="", family_name="")
    family_name = line_of(form, "family_name", NAME_AT_MOST)
    if family_name is None:
        raise FormRefused("family_name", "Indiquez le nom de famille.")
    return contact_of(
        given_name=line_of(form, "given_name", NAME_AT_MOST) or "",
        family_name=family_name,
        email=email_of(form, "email", known.email),
        phone=phone_of(form, "phone", known.phone),
        language=_language(form, known),
    )


def _language(form: Form, known: Contact) -> str | None:
    """The language that was chosen; as it was asked for, where nobody has chosen another."""
    chosen = form.get("language", "")
    if chosen not in {"", *Language}:
        raise FormRefused("language", "Choisissez une langue de la liste.")
    is_as_before = chosen == (known.language or "")
    return known.language_given if is_as_before and known.language_given else chosen


#: The fields of a form behind a part of an event, where they do not bear its name.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "contact": ("given_name", "family_name", "email", "phone", "language"),
    "until": ("outcome", "until"),
    "revision": ("slot",),
}

#: Everything that a form can do to a dossier, by the name in its address. A card that is ready is
#: not among them: it waits ten minutes, as a list of one.
ACTIONS: Mapping[str, Action] = {
    "confirmed": Action(
        type=EventType.CONFIRMED,
        parts={"appointment_id": _confirmed_appointment, "revision": _confirmed_revision},
    ),
    "checked": Action(type=EventType.CHECKED, parts={}),
    "deposited": Action(
        type=EventType.DEPOSITED, parts={"day": _day, "recepisse_number": _recepisse_number}
    ),
    "incomplete": Action(
        type=EventType.INCOMPLETE, parts={"day": _day, "missing_documents": _missing_documents}
    ),
    "missed": Action(type=EventType.MISSED, parts={"appointment_id": _appointment_id}),
    "collected": Action(
        type=EventType.COLLECTED, parts={"day": _day, "card_expires_on": _card_expires_on}
    ),
    "closed": Action(type=EventType.CLOSED, parts={"day": _day, "reason": _reason}),
    "contact": Action(type=EventType.CONTACT_UPDATED, parts={"contact": _contact}),
    "resend": Action(type=EventType.ASKED_AGAIN, parts={"subject": _message, "why": _why}),
    "close": Action(
        type=EventType.WORK_CLOSED, parts={"subject": _work, "why": _why, "until": _until}
    ),
    "new_links": Action(type=EventType.LINKS_RENEWED, parts={"why": _why}),
    "note": Action(type=EventType.NOTED, parts={"why": _note}),
    "withdraw": Action(type=EventType.WITHDRAWN, parts={"subject": _milestone, "why": _why}),
    "erasure": Action(type=EventType.ERASURE_REQUESTED, parts={"subject": _its_reference}),
    "erasure_withdrawn": Action(type=EventType.ERASURE_WITHDRAWN, parts={}),
}
