"""What a student reads behind a link."""

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache

from chalicelib.domain.attempts import Kind, Notice
from chalicelib.domain.contact import Channel, Contact, Language
from chalicelib.domain.desk_calendar import Desk, paris_day
from chalicelib.domain.facts import Facts, State
from chalicelib.messages.dates_in_words import day_in_words
from chalicelib.messages.letter import StudentAddresses
from chalicelib.messages.open_today import open_today
from chalicelib.messages.places import place_in_words
from chalicelib.messages.rendering import TEXTS, render
from chalicelib.messages.renewal_window import renewal_window
from chalicelib.messages.typography import typeset_html
from chalicelib.messages.variables import (
    Variables,
    first_follow_up,
    link_variables,
    variables,
    where_to_go,
)
from chalicelib.messages.way import has_passed, is_awaited, way


class Page(StrEnum):
    """Every page, by the name of its text."""

    CONFIRM = "confirm"
    CONFIRMED = "confirmed"
    CONVOCATION = "convocation"
    UNCONFIRMED = "unconfirmed"
    DOSSIER = "dossier"
    PROOF = "proof"
    PROOF_REPLACED = "proof_replaced"
    UNSUBSCRIBE = "unsubscribe"
    UNSUBSCRIBED = "unsubscribed"
    REPLACED = "replaced"
    CLOSED = "closed"
    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"


#: Pages read the same variables as texts do; "six weeks" is counted as in the first follow-up.
_FIRST_FOLLOW_UP = Notice(kind=Kind.NO_NEWS, number=1, occasion="page", channel=Channel.EMAIL)


#: What each language calls itself, for those who read no other.
SWITCH = {Language.FR: "Français", Language.EN: "English"}


#: These say what the convocation says, even long after its day: its place, its papers.
_LIKE_THE_PAPER = frozenset({Page.CONVOCATION, Page.PROOF})


@cache
def style() -> str:
    """The pages' one style sheet, for a `style` element and its hash."""
    return (TEXTS / "_pages" / "style.css").read_text().strip()


def compose_page(
    page: Page,
    facts: Facts,
    state: State,
    desk: Desk,
    links: StudentAddresses,
    dossier_id: str,
    language: Language,
    now: datetime,
) -> str:
    """A page about one dossier, as HTML; raises TextFailed."""
    facts = _in(language, facts)
    day = paris_day(facts.appointment.starts_at) if facts.appointment else None
    on = day if page in _LIKE_THE_PAPER else None
    known = variables(_FIRST_FOLLOW_UP, facts, desk, dossier_id, now, on) | link_variables(links)
    return _rendered(page, language, desk, known | _standing(facts, state, desk, language, now))


def compose_notice(page: Page, desk: Desk, language: Language, now: datetime) -> str:
    """A page about no dossier: replaced, closed, unknown, unavailable. It gives nothing away."""
    terms = desk.terms_on(paris_day(now))
    known = where_to_go(terms, language) | {"desk_name": desk.name[language]}
    return _rendered(page, language, desk, known)


def _rendered(page: Page, language: Language, desk: Desk, known: Variables) -> str:
    others = {other.value: SWITCH[other] for other in desk.languages if other is not language}
    everything = {**known, "language": language.value, "switch": others, "style": style()}
    return typeset_html(render(f"_pages/{language}/{page}.html", everything), language)


def _in(language: Language, facts: Facts) -> Facts:
    nobody = Contact(given_name="", family_name="")
    shown = replace(facts.contact or nobody, language=language, language_given=None)
    return replace(facts, contact=shown)


def _standing(
    facts: Facts, state: State, desk: Desk, language: Language, now: datetime
) -> Variables:
    """Where the dossier stands, and what its student can do today."""
    today, slot = paris_day(now), facts.appointment
    terms = desk.terms_on(today)
    known: Variables = {
        "state": state.value,
        "way": way(facts, state, language, today, has_helper=terms.helper is not None),
        "is_awaited": is_awaited(facts, state, today),
        "can_confirm": bool(slot and now < slot.starts_at),
        "has_passed": has_passed(facts, state, today),
        "is_called_off": bool(slot and slot.is_called_off),
        "slot_is_closed": bool(slot and slot.closed),
        "closing": facts.closed.reason if facts.closed else None,
        "closed_on": day_in_words(facts.closed.day, language) if facts.closed else "",
        "asks_now": _asks_now(facts, desk, today),
        "unsubscribed": facts.unsubscribed,
        "booking_months": (terms.delays.renewal_closes_months, terms.delays.renewal_opens_months),
        "renewal": renewal_window(facts, desk, language, today),
        "today": open_today(desk, language, now),
        "counter_today": place_in_words(terms.counter, language),
        "to_ask_today": place_in_words(terms.to_ask, language),
    }
    if terms.helper:
        known["helper_today"] = place_in_words(terms.helper, language)
    if slot and slot.confirmed_at:
        known["confirmed_on"] = day_in_words(paris_day(slot.confirmed_at), language)
    return known


def _asks_now(facts: Facts, desk: Desk, today: date) -> bool:
    """The six-week rule: having heard nothing for so long, one goes and asks."""
    if facts.deposited is None:
        return False
    _, day = first_follow_up(facts, facts.deposited, desk)
    return today >= day
