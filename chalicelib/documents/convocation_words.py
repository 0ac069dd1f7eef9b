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
from chalicelib.messages.phrases import phrase, phrases
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


def convocation_words(
    desk: Desk, dossier_id: str, facts: Facts, appointment: Appointment
) -> dict[str, object]:
    """The data that `convocation.typ` lays out."""
    language = desk.language_for(facts.contact)
    terms = desk.terms_on(paris_day(appointment.starts_at))
    labels = {
        key: typeset(text, language) for key, text in phrases(language, "convocation").items()
    }
    place = place_in_words(terms.counter, language)
    hours = [_hours(place.hours_of, place.hours, language), labels["closed"]] if place.hours else []
    day = day_in_words(paris_day(appointment.starts_at), language)
    is_to_collect = appointment.purpose is SlotPurpose.COLLECT
    return {
        **labels,
        "purpose": typeset(_line(language, appointment.purpose), language),
        "language": language.value,
        "footer": typeset(terms.paper_note.get(language, ""), language),
        "desk": typeset(desk.name[language], language),
        "day": day[0].upper() + day[1:],
        "hour": day_and_hour(appointment.starts_at, language).removeprefix(f"{day} "),
        "who": _pieces(_name(facts.contact) or _line(language, "holder")),
        "reference": _pieces(dossier_id),
        "where": [place.name, *place.address],
        "directions": typeset(_line(language, "directions").format(place.directions), language)
        if place.directions
        else "",
        "hours": typeset(" ".join([*hours, _contact(place, language)]).strip(), language),
        "bring": [typeset(p, language) for p in terms.papers[appointment.purpose][language]],
        "check": [] if facts.checked or is_to_collect else _check(terms, language),
        "proof_lines": _proof(desk, facts, appointment, language),
    }


def _line(language: Language, key: str) -> str:
    return phrase(language, "convocation_lines", key)


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
    where = (
        _line(language, "same_place") if is_here else phrase(language, "hours", "then").join(way)
    )
    walk_in = _line(language, "walk_in") if helper.walk_in else ""
    lines = [
        f"{_line(language, 'check').format(helper.short, where)}{walk_in}.",
        _hours("", helper.hours, language) if helper.hours else "",
        _contact(helper, language),
    ]
    return [typeset(line, language) for line in lines if line]


def _hours(of: str, hours: str, language: Language) -> str:
    return _line(language, "hours").format(of or _line(language, "hours_of_its_own"), hours)


def _contact(place: PlaceInWords, language: Language) -> str:
    """How to reach a place from afar; empty where nobody can."""
    phone = place.phone.replace(" ", "\N{NO-BREAK SPACE}")
    return ", ".join(
        filter(None, (_line(language, "phone").format(phone) if phone else "", place.email))
    )


def _proof(desk: Desk, facts: Facts, appointment: Appointment, language: Language) -> list[str]:
    """What gives the document its value: booked before the permit ends, there is no extra tax.

    An appointment is moved by cancelling it and booking another, so the first booking counts too.
    """
    booked, expiry = paris_day(appointment.booked_at), appointment.permit_valid_until(desk)
    first = first_booked_on(facts, appointment)
    lines = [_line(language, "booked").format(day_in_words(booked, language))]
    if first:
        lines.append(_line(language, "first_booked").format(day_in_words(first, language)))
    in_time_on = booked_in_time_on(facts, appointment, desk)
    if expiry and in_time_on:
        which = _line(language, "this_one" if in_time_on == booked else "the_first")
        lines.append(_line(language, "in_time").format(day_in_words(expiry, language), which))
    if appointment.confirmed_at:
        issued = day_and_hour(appointment.confirmed_at, language)
        lines.append(_line(language, "confirmed").format(issued, desk.legal.controller[language]))
    if first or appointment.moves:
        lines.append(_line(language, "replaces"))
    to_ask = place_in_words(
        desk.terms_on(paris_day(appointment.starts_at)).to_ask_of_visits, language
    )
    lines.append(
        _line(language, "questions").format(begins(to_ask.short), _contact(to_ask, language))
    )
    return [typeset(line, language) for line in lines]
