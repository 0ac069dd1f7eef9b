"""What a student reads behind a link."""

from datetime import date, datetime
from enum import StrEnum
from functools import cache

from chalicelib.domain.attempts import Kind, Notice
from chalicelib.domain.contact import Channel, Language
from chalicelib.domain.desk_calendar import Desk, SlotPurpose, paris_day
from chalicelib.domain.facts import ENDS, Facts, State, state_about
from chalicelib.messages.dates_in_words import day_and_hour, day_in_words
from chalicelib.messages.letter import StudentAddresses
from chalicelib.messages.open_today import open_today
from chalicelib.messages.phrases import TEXTS, phrase
from chalicelib.messages.places import place_in_words
from chalicelib.messages.rendering import render
from chalicelib.messages.renewal_window import renewal_window
from chalicelib.messages.typography import typeset_html
from chalicelib.messages.variables import (
    Variables,
    about_the_service,
    first_follow_up,
    link_variables,
    speaking,
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
    CANCELLED = "cancelled"
    CLOSED = "closed"
    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"
    PRIVACY = "privacy"
    LEGAL = "legal"
    ACCESSIBILITY = "accessibility"


#: Pages read the same variables as texts do; "six weeks" is counted as in the first follow-up.
_FIRST_FOLLOW_UP = Notice(kind=Kind.NO_NEWS, number=1, occasion="page", channel=Channel.EMAIL)


#: These say what the convocation says, even long after its day: its place, its papers.
_LIKE_THE_PAPER = frozenset({Page.CONVOCATION, Page.PROOF})

#: In these an appointment to deposit, or that there is none, says what is to be done next.
_BEFORE_THE_DEPOSIT = frozenset(
    {State.BOOKED, State.CONFIRMED, State.MISSED, State.CANCELLED, State.INCOMPLETE}
)


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
    """A page about one dossier, as HTML; raises TextFailed, which is MissingText where the language
    lacks a text of it.
    """
    facts = speaking(language, facts)
    known = _known(page, facts, state, desk, links, dossier_id, now)
    if page is Page.DOSSIER:
        known = _with_cards(known, facts, state, desk, links, dossier_id, now)
    return _rendered(page, language, desk, known, now)


def compose_notice(page: Page, desk: Desk, language: Language, site: str, now: datetime) -> str:
    """A page about no dossier, or about one that is forgotten: replaced, closed, unknown,
    unavailable; who answers for the `site`, for what is kept of people, and for what cannot be
    used. It gives nothing away.
    """
    known = where_to_go(desk.terms_on(paris_day(now)), language)
    known |= {"desk_name": desk.name[language], "site": site, **about_the_service(site, language)}
    return _rendered(page, language, desk, known | _answerable(desk, language, now), now)


def _answerable(desk: Desk, language: Language, now: datetime) -> Variables:
    """Who answers for what, how long anything is kept, and what an audit of the pages found."""
    legal, audit = desk.legal, desk.legal.audit
    return {
        "controller": legal.controller[language],
        "publisher": legal.publisher[language],
        "legal": legal,
        "audited_on": day_in_words(audit.on, language) if audit else "",
        "failures": audit.failures.get(language, ()) if audit else (),
        "kept": desk.terms_on(paris_day(now)).retention,
    }


def _rendered(page: Page, language: Language, desk: Desk, known: Variables, now: datetime) -> str:
    everything = {
        **known,
        "language": language.value,
        "switch": {
            other.value: phrase(other, "language", "name")  # for those who read no other
            for other in desk.languages
            if other is not language
        },
        "conformity": desk.legal.conformity_on(paris_day(now)).value,
        "style": style(),
    }
    return typeset_html(render(f"_pages/{language}/{page}.html", everything), language)


def _known(
    page: Page,
    facts: Facts,
    state: State,
    desk: Desk,
    links: StudentAddresses,
    dossier_id: str,
    now: datetime,
) -> Variables:
    """What a page may mention of a dossier, and of the appointment that its facts are about."""
    day = paris_day(facts.appointment.starts_at) if facts.appointment else None
    on = day if page in _LIKE_THE_PAPER else None
    known = variables(_FIRST_FOLLOW_UP, facts, desk, dossier_id, now, on)
    return (
        known
        | link_variables(links, desk.language_for(facts.contact))
        | _standing(facts, state, desk, now)
    )


def _with_cards(
    known: Variables,
    facts: Facts,
    state: State,
    desk: Desk,
    links: StudentAddresses,
    dossier_id: str,
    now: datetime,
) -> Variables:
    """A card for each thing to do. Places and closures are those of the first; the steps are the
    whole dossier's.
    """
    today, language = paris_day(now), desk.language_for(facts.contact)
    purposes = _to_do(facts, state, desk, today)
    each = [
        known
        if purpose is SlotPurpose.DEPOSIT
        else _known(
            Page.DOSSIER,
            facts.about(purpose),
            state_about(facts.about(purpose)),
            desk,
            links.about(purpose),
            dossier_id,
            now,
        )
        for purpose in purposes
    ]
    both = {"both": len(each) > 1}
    has_helper = desk.terms_on(today).helper is not None
    at_the_end = purposes == (SlotPurpose.COLLECT,)
    return each[0] | {
        "cards": [render(f"_pages/{language}/now_{one['state']}.html", one | both) for one in each],
        "way": way(facts, state, language, today, has_helper=has_helper, is_to_collect=at_the_end),
        "is_awaited": known["is_awaited"],
    }


def _to_do(facts: Facts, state: State, desk: Desk, today: date) -> tuple[SlotPurpose, ...]:
    """Which appointments say what is to be done, the nearest first; the one to deposit stands for
    all that is to be done without one to collect.

    That one is passed over after the end, and unless somebody is expected at it where cards are
    collected without. Once the file is deposited, it says it alone.
    """
    slot, to_collect = facts.to_collect.appointment, facts.about(SlotPurpose.COLLECT)
    is_expected = is_awaited(to_collect, state_about(to_collect), today)
    is_needed = is_expected or SlotPurpose.COLLECT in desk.terms_on(today).appointments
    if slot is None or state in ENDS or not is_needed:
        return (SlotPurpose.DEPOSIT,)
    if state not in _BEFORE_THE_DEPOSIT:
        return (SlotPurpose.COLLECT,)
    deposit = facts.appointment if is_awaited(facts, state, today) else None
    is_next = deposit is None or slot.starts_at < deposit.starts_at
    both = (SlotPurpose.DEPOSIT, SlotPurpose.COLLECT)
    return both[::-1] if is_expected and is_next else both


def _standing(facts: Facts, state: State, desk: Desk, now: datetime) -> Variables:
    """Where the dossier stands, and what its student can do today."""
    today, slot, language = paris_day(now), facts.appointment, desk.language_for(facts.contact)
    terms = desk.terms_on(today)
    known: Variables = {
        "state": state.value,
        "is_awaited": is_awaited(facts, state, today),
        "can_confirm": bool(slot and now < slot.starts_at),
        "has_passed": has_passed(facts, state, today),
        "is_called_off": bool(slot and slot.is_called_off),
        "no_more_at": [day_and_hour(s.starts_at, language) for s in facts.appointments if s.closed],
        "closing": facts.closed.reason if facts.closed else None,
        "closed_on": day_in_words(facts.closed.day, language) if facts.closed else "",
        "asks_now": _asks_now(facts, desk, today),
        "unsubscribed": facts.unsubscribed,
        "booking_months": (terms.delays.renewal_closes_months, terms.delays.renewal_opens_months),
        "renewal": renewal_window(facts, desk, language, today),
        "today": open_today(desk, language, now),
        "counter_today": place_in_words(terms.counter, language),
        "to_ask_today": place_in_words(terms.to_ask, language),
        "to_ask_of_visits_today": place_in_words(terms.to_ask_of_visits, language),
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
