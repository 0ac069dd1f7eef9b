"""What a student reads behind a link."""

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache

from chalicelib.domain.contact import Channel, Contact, Language
from chalicelib.domain.delivery import Kind, Notice
from chalicelib.domain.desk_calendar import Desk, Opening, paris_day
from chalicelib.domain.dossier import Facts, State
from chalicelib.messages.dates_in_words import day_in_words, hour_in_words
from chalicelib.messages.letter import StudentLinks
from chalicelib.messages.places import place_in_words
from chalicelib.messages.rendering import TEXTS, render
from chalicelib.messages.typography import typeset
from chalicelib.messages.variables import Variables, link_variables, variables


class Page(StrEnum):
    """Every page, by the name of its text."""

    CONFIRM = "confirm"
    CONFIRMED = "confirmed"
    CONVOCATION = "convocation"
    UNCONFIRMED = "unconfirmed"
    DOSSIER = "dossier"
    PROOF = "proof"
    UNSUBSCRIBE = "unsubscribe"
    UNSUBSCRIBED = "unsubscribed"
    REPLACED = "replaced"
    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"


#: The last of the five steps that is done in a state, and the one the student is at.
_WAY: dict[State, tuple[int, int]] = {
    State.KNOWN: (0, 1),
    State.BOOKED: (0, 1),
    State.CONFIRMED: (1, 2),
    State.MISSED: (0, 1),
    State.CANCELLED: (0, 1),
    State.INCOMPLETE: (0, 2),
    State.DEPOSITED: (3, 4),
    State.CARD_READY: (4, 5),
    State.COLLECTED: (5, 5),
}

#: Pages read the same variables as texts do; "six weeks" is counted as in the first follow-up.
_FIRST_FOLLOW_UP = Notice(kind=Kind.NO_NEWS, number=1, occasion="page", channel=Channel.EMAIL)
_TO = {Language.FR: "de {} à {}", Language.EN: "from {} to {}"}


@cache
def style() -> str:
    """The pages' one style sheet, for a `style` element and its hash."""
    return (TEXTS / "_pages" / "style.css").read_text().strip()


def compose_page(
    page: Page,
    facts: Facts,
    state: State,
    desk: Desk,
    links: StudentLinks,
    dossier_id: str,
    language: Language,
    now: datetime,
) -> str:
    """A page about one dossier, as HTML; raises TextFailed."""
    facts = _in(language, facts)
    known = variables(_FIRST_FOLLOW_UP, facts, desk, dossier_id, now) | link_variables(links)
    return _rendered(page, language, known | _steps(facts, state, desk, language, now))


def compose_notice(page: Page, desk: Desk, language: Language, now: datetime) -> str:
    """A page about no dossier: replaced, unknown, unavailable. It gives nothing away."""
    terms = desk.terms_on(paris_day(now))
    known = {"isso": place_in_words(terms.isso, language), "desk_name": desk.name[language]}
    return _rendered(page, language, known)


def _rendered(page: Page, language: Language, known: Variables) -> str:
    everything = {**known, "language": language.value, "style": style()}
    return typeset(render(f"_pages/{language}/{page}.html", everything), language)


def _in(language: Language, facts: Facts) -> Facts:
    nobody = Contact(given_name="", family_name="")
    return replace(facts, contact=replace(facts.contact or nobody, language=language))


def _steps(facts: Facts, state: State, desk: Desk, language: Language, now: datetime) -> Variables:
    done, now_at = _WAY[state]
    if state is State.CONFIRMED and facts.checked:
        now_at = 3
    appointment = facts.appointment
    known: Variables = {
        "state": state.value,
        "done": done,
        "now_at": now_at,
        "is_live": bool(appointment and appointment.is_live),
        "is_confirmed": bool(appointment and appointment.confirmed_at),
        "open_today": _open_today(desk, paris_day(now), language),
    }
    if appointment and appointment.confirmed_at:
        known["confirmed_on"] = day_in_words(paris_day(appointment.confirmed_at), language)
    return known


def _open_today(desk: Desk, day: date, language: Language) -> str:
    return ", ".join(_hours(opening, language) for opening in desk.openings_on(day))


def _hours(opening: Opening, language: Language) -> str:
    said = (hour_in_words(at, language) for at in (opening.opens, opening.closes))
    return _TO[language].format(*said)
