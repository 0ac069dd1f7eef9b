"""Every word of the convocation, in the student's language."""

import re
import unicodedata

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.contact import Contact, Language
from chalicelib.domain.desk_calendar import Desk, SlotPurpose, Terms, paris_day
from chalicelib.domain.facts import Facts
from chalicelib.domain.links import booked_in_time_on, first_booked_on
from chalicelib.domain.names import names_in
from chalicelib.messages.dates_in_words import day_and_hour, day_in_words
from chalicelib.messages.places import PlaceInWords, place_in_words
from chalicelib.messages.sentences import begins
from chalicelib.messages.typography import one_line, typeset

#: What the document's fonts can show: Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic, Georgian
#: and their marks. A word with a letter beyond them is left out, for the rest and the reference to
#: speak: passports and the prefecture's files write every name in Latin letters too. The marks of
#: Church Slavonic, U+0483 to U+0489, stand over no letter of these fonts but a few.
_SHOWN = (
    range(0x20, 0x483),
    range(0x48A, 0x500),
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

#: The door takes longer ones. Of the widest letters, this many leave room for the rest of the page.
LONGEST_NAME = 120

#: As many of the widest of them as fit on a line of the document's box.
_LINE = re.compile(r"\S{28}|.+?(?=\S{28}|$)")

#: A hyphen goes with what follows it: at the end of a line it would pass for one of the printer's.
_PART_OF_ADDRESS = re.compile(r"-*[^-]{1,24}|-{1,24}")

_LABELS = {
    Language.FR: {
        "title": "Convocation",
        "who_label": "Pour :",
        "reference_label": "Référence :",
        "where_label": "Où",
        "bring_label": "À apporter",
        "check_label": "Avant le rendez-vous",
        "proof_label": "Gardez ce document",
        "qr_label": "Ce code ouvre la page qui dit si cette convocation est toujours valable.",
        "qr_alt": "Code QR vers la page qui dit si cette convocation est valable",
        "address_label": "Adresse de la page que le code ouvre :",
        "closed": "Fermé les jours fériés.",
    },
    Language.EN: {
        "title": "Convocation (appointment notice)",
        "who_label": "For:",
        "reference_label": "Reference:",
        "where_label": "Where",
        "bring_label": "What to bring",
        "check_label": "Before the appointment",
        "proof_label": "Keep this document",
        "qr_label": "This code opens the page that says whether this convocation is still valid.",
        "qr_alt": "QR code to the page that says whether this convocation is valid",
        "address_label": "Address of the page that the code opens:",
        "closed": "Closed on public holidays.",
    },
}
_PURPOSE = {
    SlotPurpose.DEPOSIT: {
        Language.FR: "Rendez-vous pour déposer votre dossier de demande de titre de séjour :",
        Language.EN: "Appointment to hand in your application for a residence permit:",
    },
    SlotPurpose.COLLECT: {
        Language.FR: "Rendez-vous pour retirer votre titre de séjour :",
        Language.EN: "Appointment to collect your residence permit:",
    },
}
_HOURS = {Language.FR: "{} : {}.", Language.EN: "{}: {}."}
_HOURS_OF_ITS_OWN = {Language.FR: "Horaires", Language.EN: "Opening hours"}
_PHONE = {Language.FR: "Tél. {}", Language.EN: "Phone {}"}
_DIRECTIONS = {Language.FR: "Accès : {}", Language.EN: "Getting there: {}"}
_CHECK = {
    Language.FR: "Faites vérifier votre dossier par {} ({})",
    Language.EN: "Have your file checked by {} ({})",
}
_WALK_IN = {Language.FR: ", sans rendez-vous", Language.EN: ", without an appointment"}
_SAME_PLACE = {Language.FR: "même adresse", Language.EN: "same address"}
_THEN = {Language.FR: " ; ", Language.EN: "; "}
_BOOKED = {
    Language.FR: "Rendez-vous pris le {}.",
    Language.EN: "Appointment booked on {}.",
}
_FIRST_BOOKED = {
    Language.FR: "Un premier rendez-vous pour ce dossier avait été pris le {}.",
    Language.EN: "A first appointment for this application had been booked on {}.",
}
_IN_TIME = {
    Language.FR: "Titre de séjour actuel valable jusqu’au {} : {} au plus tard à cette date.",
    Language.EN: "Current residence permit valid until {}: {} on or before that date.",
}
_THIS_ONE = {
    Language.FR: "rendez-vous pris",
    Language.EN: "appointment booked",
}
_THE_FIRST = {
    Language.FR: "premier rendez-vous pris",
    Language.EN: "first appointment booked",
}
_CONFIRMED = {
    Language.FR: "Rendez-vous confirmé et convocation établie le {}. Autorité : {}.",
    Language.EN: "Appointment confirmed and convocation issued on {}. Authority: {}.",
}
_QUESTIONS = {
    Language.FR: "Une question ? {} : {}",
    Language.EN: "Any questions? {}: {}",
}
#: Who it is for, where no name is known or none can be shown.
_HOLDER = {
    Language.FR: "la personne titulaire de ce dossier",
    Language.EN: "the holder of this application",
}
_REPLACES = {
    Language.FR: "Cette convocation remplace les précédentes.",
    Language.EN: "This convocation replaces all earlier ones.",
}


def convocation_words(
    desk: Desk, dossier_id: str, facts: Facts, appointment: Appointment
) -> dict[str, object]:
    """The data that `convocation.typ` lays out."""
    language = desk.language_for(facts.contact)
    terms = desk.terms_on(paris_day(appointment.starts_at))
    labels = {key: typeset(text, language) for key, text in _LABELS[language].items()}
    place = place_in_words(terms.counter, language)
    hours = [_hours(place.hours_of, place.hours, language), labels["closed"]] if place.hours else []
    day = day_in_words(paris_day(appointment.starts_at), language)
    is_to_collect = appointment.purpose is SlotPurpose.COLLECT
    return {
        **labels,
        "purpose": typeset(_PURPOSE[appointment.purpose][language], language),
        "language": language.value,
        "footer": typeset(terms.paper_note.get(language, ""), language),
        "desk": typeset(desk.name[language], language),
        "day": day[0].upper() + day[1:],
        "hour": day_and_hour(appointment.starts_at, language).removeprefix(f"{day} "),
        "who": _pieces(_name(facts.contact) or _HOLDER[language]),
        "reference": _pieces(dossier_id),
        "where": [place.name, *place.address],
        "directions": typeset(_DIRECTIONS[language].format(place.directions), language)
        if place.directions
        else "",
        "hours": typeset(" ".join([*hours, _contact(place, language)]).strip(), language),
        "bring": [typeset(p, language) for p in terms.papers[appointment.purpose][language]],
        "check": [] if facts.checked or is_to_collect else _check(terms, language),
        "proof_lines": _proof(desk, facts, appointment, language),
    }


def _name(contact: Contact | None) -> str:
    """The student's name on one line, or empty. The paper shows it; no page and no SMS does."""
    if contact is None:
        return ""
    said = " ".join(names_in(contact.given_name, contact.family_name))
    name = unicodedata.normalize("NFC", said)
    shown = "".join(filter(_is_shown, " ".join(filter(_is_legible, one_line(name).split()))))
    return _shorten(" ".join(shown.split()))


def _shorten(name: str) -> str:
    """A name that does not end here says so."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def _is_legible(word: str) -> bool:
    """Whether every letter and mark of a word can be shown: half a name is another name."""
    return all(_is_shown(c) for c in word if unicodedata.category(c)[0] in "LM")


def _is_shown(character: str) -> bool:
    return any(ord(character) in span for span in _SHOWN)


def _pieces(text: str) -> list[str]:
    """The same text, in pieces between which a line may end: no one types words that long."""
    return _LINE.findall(text)


def address_pieces(url: str) -> list[str]:
    """The same address, in pieces that stay whole, so that it can be typed from the paper."""
    return _PART_OF_ADDRESS.findall(url)


def _check(terms: Terms, language: Language) -> list[str]:
    if terms.helper is None:
        return []
    helper = place_in_words(terms.helper, language)
    way = filter(None, (", ".join(helper.address), helper.directions))
    is_here = terms.helper.address == terms.counter.address
    where = _SAME_PLACE[language] if is_here else _THEN[language].join(way)
    walk_in = _WALK_IN[language] if helper.walk_in else ""
    lines = [
        f"{_CHECK[language].format(helper.short, where)}{walk_in}.",
        _hours("", helper.hours, language) if helper.hours else "",
        _contact(helper, language),
    ]
    return [typeset(line, language) for line in lines if line]


def _hours(of: str, hours: str, language: Language) -> str:
    return _HOURS[language].format(of or _HOURS_OF_ITS_OWN[language], hours)


def _contact(place: PlaceInWords, language: Language) -> str:
    """How to reach a place from afar; empty where nobody can."""
    phone = place.phone.replace(" ", "\N{NO-BREAK SPACE}")
    return ", ".join(filter(None, (_PHONE[language].format(phone) if phone else "", place.email)))


def _proof(desk: Desk, facts: Facts, appointment: Appointment, language: Language) -> list[str]:
    """What gives the document its value: booked before the permit ends, there is no extra tax.

    An appointment is moved by cancelling it and booking another, so the first booking counts too.
    """
    booked, expiry = paris_day(appointment.booked_at), appointment.permit_valid_until(desk)
    first = first_booked_on(facts, appointment)
    lines = [_BOOKED[language].format(day_in_words(booked, language))]
    if first:
        lines.append(_FIRST_BOOKED[language].format(day_in_words(first, language)))
    in_time_on = booked_in_time_on(facts, appointment, desk)
    if expiry and in_time_on:
        which = (_THIS_ONE if in_time_on == booked else _THE_FIRST)[language]
        lines.append(_IN_TIME[language].format(day_in_words(expiry, language), which))
    if appointment.confirmed_at:
        issued = day_and_hour(appointment.confirmed_at, language)
        lines.append(_CONFIRMED[language].format(issued, desk.legal.controller[language]))
    if first or appointment.moves:
        lines.append(_REPLACES[language])
    to_ask = place_in_words(
        desk.terms_on(paris_day(appointment.starts_at)).to_ask_of_visits, language
    )
    lines.append(_QUESTIONS[language].format(begins(to_ask.short), _contact(to_ask, language)))
    return [typeset(line, language) for line in lines]
