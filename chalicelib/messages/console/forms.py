"""What the desk can say of a dossier, form by form: which fields each has, and what is in them."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.contact import Channel, Contact, Language, edition_of
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.facts import Facts, State, state_about
from chalicelib.messages.console.views import DossierView
from chalicelib.messages.console.words import FOLDER, no_mail, no_number, word
from chalicelib.messages.dates_in_words import day_and_hour

#: Forms that stand beside what they are about, and not in the list of the others.
BESIDE = ("resend", "close")

#: Where the address of a channel is typed.
_FIELDS = {Channel.EMAIL: "email", Channel.SMS: "phone"}

#: The form of one card that is ready: it becomes a list of one, which can be undone.
CARD_READY = "card_ready"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field: `kind` is text, day, date, lines, language, milestone, closing, appointment (that
    has passed), slot (ahead) or hidden.
    """

    name: str
    label: str
    hint: str = ""
    kind: str = "text"
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Form:
    """One thing the desk can say of a dossier."""

    action: str
    title: str
    button: str
    fields: tuple[Field, ...]


@cache
def forms() -> tuple[Form, ...]:
    """All forms that a dossier's page lists, in the order of the procedure."""
    rows = tomllib.loads((FOLDER / "forms.toml").read_text(encoding="utf-8"))["forms"]
    return tuple(_form(row) for row in rows)


def actions() -> Sequence[str]:
    """Everything the desk can say of a dossier, by the last word of its address."""
    return [*(form.action for form in forms()), *BESIDE]


def forms_for(view: DossierView) -> Sequence[Form]:
    """The forms that make sense for this dossier: one that is about to be erased can be kept."""
    if view.facts.erasure:
        return [form for form in forms() if form.action == "erasure_withdrawn"]
    senseless = {"erasure_withdrawn"}
    if not missable(view):
        senseless.add("missed")
    if not confirmable(view):
        senseless.add("confirmed")
    has_ended = any(slot.missed or slot.cancelled for slot in view.facts.appointments)
    if not steps(view.facts) and not has_ended:
        senseless.add("withdraw")
    return [form for form in forms() if form.action not in senseless]


def missable(view: DossierView) -> Mapping[str, str]:
    """The appointments to which somebody may not have come: their hour has passed. Last first."""
    passed = [s for s in view.facts.appointments if s.is_live and s.starts_at <= view.now]
    ordered = sorted(passed, key=lambda slot: slot.starts_at, reverse=True)
    return {slot.appointment_id: _slot_words(slot) for slot in ordered}


def confirmable(view: DossierView) -> Mapping[str, str]:
    """The appointments ahead of which nobody has said yet that they come, each as it stands now."""
    facts = view.facts
    return {
        f"{slot.appointment_id} {slot.revision}": _slot_words(slot)
        for slot in facts.appointments
        if state_about(facts.about(slot.purpose)) is State.BOOKED and slot.starts_at > view.now
    }


def _slot_words(slot: Appointment) -> str:
    """When, and what for."""
    return f"{day_and_hour(slot.starts_at, Language.FR)}, {word('purposes', slot.purpose)}"


def values_for(view: DossierView) -> Mapping[str, str]:
    """What the fields hold before anybody types: today, and what is known of the student."""
    contact = view.facts.contact or Contact(given_name="", family_name="")
    return {
        "day": paris_day(view.now).isoformat(),
        "given_name": contact.given_name,
        "family_name": contact.family_name,
        "email": contact.email or "",
        "phone": contact.phone or contact.mobile or "",
        "language": contact.language or "",
        "seen": edition_of(view.facts.contact),
    }


def hints_for(view: DossierView) -> Mapping[str, str]:
    """What is wrong with what a field holds already. The rest can be saved without mending it."""
    contact = view.facts.contact or Contact(given_name="", family_name="")
    said = {"email": no_mail(contact, view.refused), "phone": no_number(contact, view.refused)}
    again = {field: word("vouched", field) for c, field in _FIELDS.items() if c in view.refused}
    return {
        field: f"{words} {again.get(field, '')}".strip() for field, words in said.items() if words
    }


def steps(facts: Facts) -> Mapping[str, str]:
    """The steps that can be taken back, by their events, with their words."""
    return {kind.value: word("events", kind) for kind in facts.steps}


def _form(row: Mapping[str, Any]) -> Form:
    fields = tuple(Field(**field) for field in row.get("fields", ()))
    return Form(action=row["action"], title=row["title"], button=row["button"], fields=fields)
