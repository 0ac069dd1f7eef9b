"""Every word of the convocation, in the student's language."""

import re
import unicodedata

from chalicelib.domain.contact import Contact, Language
from chalicelib.domain.desk_calendar import Desk, Terms, paris_day
from chalicelib.domain.dossier import Appointment, Facts
from chalicelib.messages.dates_in_words import day_and_hour, day_in_words
from chalicelib.messages.places import place_in_words
from chalicelib.messages.typography import one_line, typeset
from chalicelib.messages.variables import language_of

#: What the document's fonts can show: Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic, Georgian
#: and their marks. A name in another script is left out, for the reference to speak: passports and
#: the prefecture's files write every name in Latin letters too.
_SHOWN = (
    range(0x20, 0x500),
    range(0x510, 0x514),
    range(0x51A, 0x51E),
    range(0x531, 0x590),
    range(0x5D0, 0x5EB),
    range(0x621, 0x63B),
    range(0x641, 0x64B),
    range(0x10D0, 0x10F1),
    range(0x1E00, 0x1F00),
    range(0x2010, 0x2028),
)

#: As many of the widest of them as fit on a line of the document's box.
_LINE = re.compile(r"\S{28}|.+?(?=\S{28}|$)")

_LABELS = {
    Language.FR: {
        "title": "Convocation",
        "who_label": "Pour :",
        "reference_label": "Référence :",
        "where_label": "Où",
        "hours_label": "Horaires",
        "bring_label": "À apporter",
        "check_label": "Avant le rendez-vous",
        "proof_label": "Gardez ce document",
        "qr_label": "Ce code ouvre la page qui dit si cette convocation est valable.",
        "qr_alt": "Code QR vers la page qui dit si cette convocation est valable",
        "footer": "Les rendez-vous de la préfecture sont gratuits et ne sont jamais vendus.",
        "closed": "Fermé les jours fériés.",
        "purpose": "Dépôt d’un dossier de demande de titre de séjour.",
    },
    Language.EN: {
        "title": "Convocation (appointment notice)",
        "who_label": "For:",
        "reference_label": "Reference:",
        "where_label": "Where",
        "hours_label": "Opening hours",
        "bring_label": "What to bring",
        "check_label": "Before the appointment",
        "proof_label": "Keep this document",
        "qr_label": "This code opens the page that says whether this convocation is valid.",
        "qr_alt": "QR code to the page that says whether this convocation is valid",
        "footer": "Appointments at the prefecture are free and are never sold.",
        "closed": "Closed on public holidays.",
        "purpose": "To hand in an application for a residence permit.",
    },
}
_HOURS = {Language.FR: "{} : {}. {}", Language.EN: "{}: {}. {}"}
_DIRECTIONS = {Language.FR: "Accès : {}", Language.EN: "Getting there: {}"}
_CHECK = {
    Language.FR: "Faites vérifier votre dossier par ISSO, sans rendez-vous : {address} "
    "({directions}). Horaires : {hours}. Tél. {phone}, {email}.",
    Language.EN: "Have your file checked by ISSO, without an appointment: {address} "
    "({directions}). Opening hours: {hours}. Phone {phone}, {email}.",
}
_BOOKED = {
    Language.FR: "Rendez-vous pris le {}.",
    Language.EN: "Appointment booked on {}.",
}
_IN_TIME = {
    Language.FR: "Le titre de séjour actuel est valable jusqu’au {} : le rendez-vous a été pris "
    "avant cette date.",
    Language.EN: "The current residence permit is valid until {}: the appointment was booked "
    "before that date.",
}
_CONFIRMED = {
    Language.FR: "Rendez-vous confirmé et convocation établie le {}.",
    Language.EN: "Appointment confirmed and convocation issued on {}.",
}


def convocation_words(
    desk: Desk, dossier_id: str, facts: Facts, appointment: Appointment
) -> dict[str, object]:
    """The data that `convocation.typ` lays out."""
    language = language_of(facts)
    terms = desk.terms_on(paris_day(appointment.starts_at))
    labels = {key: typeset(text, language) for key, text in _LABELS[language].items()}
    place = place_in_words(terms.antenna, language)
    hours = _HOURS[language].format(place.hours_of, place.hours, labels["closed"])
    return {
        **labels,
        "language": language.value,
        "desk": typeset(desk.name[language], language),
        "when": day_and_hour(appointment.starts_at, language),
        "who": _pieces(_who(facts.contact)),
        "reference": _pieces(dossier_id),
        "where": [place.name, *place.address],
        "directions": typeset(_DIRECTIONS[language].format(place.directions), language),
        "hours": typeset(hours, language) if place.hours else "",
        "bring": [typeset(p, language) for p in terms.papers["deposit"][language]],
        "check": "" if facts.checked else _check(terms, language),
        "proof_lines": _proof(appointment, language),
    }


def _who(contact: Contact | None) -> str:
    """The student's name on one line: the paper may show it, no page and no SMS does."""
    if contact is None:
        return "—"
    name = unicodedata.normalize("NFC", f"{contact.given_name} {contact.family_name}")
    shown = "".join(c for c in one_line(name) if any(ord(c) in span for span in _SHOWN))
    return " ".join(shown[:120].split()) or "—"


def _pieces(text: str) -> list[str]:
    """The same text, in pieces between which a line may end: no one types words that long."""
    return _LINE.findall(text)


def _check(terms: Terms, language: Language) -> str:
    isso = place_in_words(terms.isso, language)
    text = _CHECK[language].format(
        address=", ".join(isso.address),
        directions=isso.directions,
        hours=isso.hours,
        phone=isso.phone,
        email=isso.email,
    )
    return typeset(text, language)


def _proof(appointment: Appointment, language: Language) -> list[str]:
    """What gives the document its value: booked before the permit ends, there is no extra tax."""
    booked, expiry = paris_day(appointment.booked_at), appointment.permit_expires_on
    lines = [_BOOKED[language].format(day_in_words(booked, language))]
    if expiry and booked <= expiry:
        lines.append(_IN_TIME[language].format(day_in_words(expiry, language)))
    if appointment.confirmed_at:
        issued = day_and_hour(appointment.confirmed_at, language)
        lines.append(_CONFIRMED[language].format(issued))
    return [typeset(line, language) for line in lines]
