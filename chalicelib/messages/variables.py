"""What the texts may mention, in the student's language. What is not known is not there at all."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from itertools import count

from chalicelib.domain.attempts import Notice
from chalicelib.domain.contact import Contact, Language
from chalicelib.domain.desk_calendar import Desk, SlotPurpose, Terms, follow_up_day, paris_day
from chalicelib.domain.events import EventType
from chalicelib.domain.facts import Facts
from chalicelib.domain.links import booked_in_time_on, first_booked_on
from chalicelib.domain.milestones import Milestone
from chalicelib.messages.dates_in_words import day_and_hour, day_in_words
from chalicelib.messages.greeting import salutation
from chalicelib.messages.letter import StudentAddresses
from chalicelib.messages.opening_hours import closures_ahead
from chalicelib.messages.places import place_in_words
from chalicelib.messages.renewal_window import STILL_TO_BOOK, renewal_window
from chalicelib.messages.typography import one_line

Variables = dict[str, object]

#: The longest reference that a text message has room for, and what is left of a longer one.
SHORT_REFERENCE, END_OF_REFERENCE = 12, 8


def speaking(language: Language, facts: Facts) -> Facts:
    """The same facts, of somebody who wishes this language."""
    nobody = Contact(given_name="", family_name="")
    shown = replace(facts.contact or nobody, language=language, language_given=None)
    return replace(facts, contact=shown)


def variables(
    notice: Notice,
    facts: Facts,
    desk: Desk,
    dossier_id: str,
    now: datetime,
    on: date | None = None,
) -> Variables:
    """Everything that a text may mention about a dossier and its desk, by the terms of a day.

    That day is `on`; else that of the visit ahead, if there is one; else today.
    """
    language, today = desk.language_for(facts.contact), paris_day(now)
    visit_on = _visit_ahead(facts, now)
    terms = desk.terms_on(on or visit_on or today)
    known = {
        "language": language.value,
        "salutation": salutation(facts.contact, language),
        "has_mobile": bool(facts.contact and facts.contact.text_number),
        "reference": dossier_id,
        "short_reference": short_reference(dossier_id),
        "closures": closures_ahead(desk, today, language, visit_on),
        "to_collect": _is_to_collect(facts),
        "collect_at": _collect_at(facts, language, now),
        "desk_name": desk.name[language],
        "sms_name": desk.sms_name,
        "sms_sender": desk.sms_sender,
        "informed_on": day_in_words(terms.valid_from, language),
        "papers": {purpose: lists[language] for purpose, lists in terms.papers.items()},
        "collect_by_appointment": SlotPurpose.COLLECT in terms.appointments,
        **where_to_go(terms, language),
        **_appointment(facts, desk, language, today),
        **_steps(notice, facts, desk, language),
        **_renewal(facts, desk, today, language),
    }
    return {name: value for name, value in known.items() if value is not None}


def about_the_service(site: str, language: Language) -> Variables:
    """The pages that tell what is kept of people, who publishes, and how accessible they are."""
    pages = ("privacy", "legal", "accessibility")
    return {f"{page}_link": f"{site}/{page}?lang={language}" for page in pages}


def link_variables(links: StudentAddresses, language: Language) -> Variables:
    """The student's pages that exist now, and those about the service."""
    known = {
        **about_the_service(links.site, language),
        "dossier_link": links.dossier,
        "confirm_link": links.confirm,
        "convocation_link": links.convocation,
        "unsubscribe_link": links.unsubscribe,
    }
    return {name: link for name, link in known.items() if link is not None}


def short_reference(dossier_id: str) -> str:
    """The dossier's id, or its end if a text message has no room for it."""
    return dossier_id if len(dossier_id) <= SHORT_REFERENCE else dossier_id[-END_OF_REFERENCE:]


def _visit_ahead(facts: Facts, now: datetime) -> date | None:
    """The day of the visit whose terms the student will meet."""
    slot = facts.appointment
    is_ahead = slot is not None and slot.is_live and slot.starts_at > now
    return paris_day(slot.starts_at) if slot and is_ahead else None


def _is_to_collect(facts: Facts) -> bool:
    """Whether the appointment that is spoken of is one to collect the card."""
    slot = facts.appointment
    return slot is not None and slot.purpose is SlotPurpose.COLLECT


def _collect_at(facts: Facts, language: Language, now: datetime) -> str | None:
    """When the student is expected to collect the card, if an appointment for it lies ahead."""
    slot = facts.to_collect.appointment
    is_ahead = slot is not None and slot.is_live and slot.starts_at > now
    return day_and_hour(slot.starts_at, language) if slot and is_ahead else None


def where_to_go(terms: Terms, language: Language) -> Variables:
    """The desk's places and sites; `advisers` are those who answer a question, by name."""
    offices = [terms.counter, *([terms.helper] if terms.helper else [])]
    return {
        "counter": place_in_words(terms.counter, language),
        "counter_in_brief": terms.counter.in_brief[language],
        "sms_place": terms.counter.sms_place.get(language, ""),
        "to_ask": place_in_words(terms.to_ask, language),
        "to_ask_of_visits": place_in_words(terms.to_ask_of_visits, language),
        "advisers": [place_in_words(office, language).short for office in offices],
        "booking_url": terms.booking_url,
        "booking_section": terms.booking_section[language],
        "booking_note": terms.booking_note.get(language, ""),
        "replies_read_by": terms.replies_read_by.get(language, ""),
        "stamps_url": terms.stamps_url,
        **({"helper": place_in_words(terms.helper, language)} if terms.helper else {}),
    }


def _appointment(facts: Facts, desk: Desk, language: Language, today: date) -> Variables:
    slot = facts.appointment
    if slot is None:
        return {}
    booked_on, first = paris_day(slot.booked_at), first_booked_on(facts, slot)
    in_time_on, expiry = booked_in_time_on(facts, slot, desk), slot.permit_valid_until(desk)
    expires_on = day_in_words(expiry, language) if expiry else None
    return {
        "appointment_at": day_and_hour(slot.starts_at, language),
        "appointment_on": day_in_words(paris_day(slot.starts_at), language),
        "is_over": slot.is_over_on(today),
        "booked_on": day_in_words(booked_on, language),
        "first_booked_on": day_in_words(first, language) if first else None,
        "booked_before_expiry_on": expires_on if in_time_on == booked_on else None,
        "first_booked_before_expiry_on": expires_on if first and in_time_on == first else None,
        "moved_from": day_and_hour(slot.moved_from, language) if slot.moved_from else None,
    }


def _steps(notice: Notice, facts: Facts, desk: Desk, language: Language) -> Variables:
    visit, deposit, card = facts.incomplete, facts.deposited, facts.card_ready
    return {
        "checked": facts.checked,
        "incomplete_on": day_in_words(visit.day, language) if visit else None,
        "missing_documents": _listed(visit.missing_documents) if visit else (),
        "deposited_on": day_in_words(deposit.day, language) if deposit else None,
        "recepisse_number": one_line(deposit.recepisse_number or "") if deposit else "",
        "ready_on": day_in_words(card.day, language) if card else None,
        "corrected_on": _corrected_on(facts, language),
        **(_six_weeks(notice, facts, deposit, desk, language) if deposit else {}),
    }


def _corrected_on(facts: Facts, language: Language) -> str | None:
    day = _not_ready_on(facts)
    return day_in_words(day, language) if day else None


def _not_ready_on(facts: Facts) -> date | None:
    """The last day on which a card that was said to be ready was taken back."""
    days = (paris_day(w.at) for w in facts.withdrawn if w.step is EventType.CARD_READY)
    return max(days, default=None)


def _listed(papers: Iterable[str]) -> tuple[str, ...]:
    """What is missing, a line each; an empty line says nothing."""
    return tuple(filter(None, map(one_line, papers)))


def _six_weeks(
    notice: Notice, facts: Facts, deposit: Milestone, desk: Desk, language: Language
) -> Variables:
    """The rule of the procedure: having heard nothing for so long, go and ask."""
    days = desk.terms_on(deposit.day).delays.follow_up_days
    first, ask_from = first_follow_up(facts, deposit, desk)
    return {
        "follow_up": (number := max(notice.number, first)),
        "weeks": number * days // 7,
        "ask_from": day_in_words(ask_from, language),
    }


def first_follow_up(facts: Facts, deposit: Milestone, desk: Desk) -> tuple[int, date]:
    """Which follow-up after the deposit is the first that sends people to the desk, and its day.

    After a card that was not ready after all it is the next one: whoever has just been told not
    to come yet is not sent there.
    """
    since = _not_ready_on(facts) or deposit.day
    days = ((number, follow_up_day(desk, deposit.day, number)) for number in count(1))
    return next((number, day) for number, day in days if day > since)


def _renewal(facts: Facts, desk: Desk, today: date, language: Language) -> Variables:
    expiry = facts.collected.valid_until(desk) if facts.collected else None
    if expiry is None:
        return {}
    delays, window = desk.terms_on(expiry).delays, renewal_window(facts, desk, language, today)
    return {
        "card_expires_on": window.expires_on,
        "renewal_months": (delays.renewal_closes_months, delays.renewal_opens_months),
        "renewal_until": window.closes_on if window.window in STILL_TO_BOOK else None,
    }
