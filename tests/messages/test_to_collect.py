"""What is said of an appointment to collect the card, and of a card that is collected by one."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from html import unescape

import pytest

from chalicelib.documents.calendar_invite import calendar_invite
from chalicelib.documents.convocation_words import convocation_words
from chalicelib.domain.appointments import Appointment, EarlyEnd
from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Desk, SlotPurpose
from chalicelib.domain.facts import Bookings, Facts, State, state_of
from chalicelib.messages.compose import compose_email, compose_sms
from chalicelib.messages.letter import Email
from chalicelib.messages.pages import Page, compose_page
from tests.messages.samples import (
    DESK,
    DOSSIER,
    FORMERLY,
    LINKS,
    NOW,
    appointment,
    contact,
    everything,
    milestone,
    notice,
    withdrawal,
)

FR, EN = Language.FR, Language.EN

SLOT = replace(appointment(), purpose=SlotPurpose.COLLECT)
BY_APPOINTMENT = replace(
    DESK, terms=tuple(replace(t, appointments=(SlotPurpose.COLLECT,)) for t in DESK.terms)
)

#: As long a reference as a text message takes.
LONGEST = "2019-0004242"

#: What only a file that is handed in needs.
OF_A_DEPOSIT = {
    FR: ("déposer", "vérifier votre dossier", "dossier complet", "vous recevrez un récépissé"),
    EN: ("hand in", "application file", "complete file", "you will be given a récépissé"),
}
TO_COLLECT = {FR: "retirer votre titre", EN: "collect your residence permit"}
PAPERS = {FR: "passeport", EN: "passport"}

ABOUT_A_SLOT = (
    Kind.CONFIRMATION_REQUEST,
    Kind.CONFIRMATION_REMINDER,
    Kind.CONVOCATION,
    Kind.APPOINTMENT_REMINDER,
    Kind.APPOINTMENT_CANCELLED,
    Kind.APPOINTMENT_MISSED,
)
NAMES_IT = ABOUT_A_SLOT[2:]

each_language = pytest.mark.parametrize("language", DESK.languages)


def of_a_slot(language: Language) -> Facts:
    """The facts as a letter about an appointment to collect sees them."""
    facts = everything(language)
    facts = replace(facts, to_collect=Bookings(appointment=SLOT), checked=False)
    return facts.about(SlotPurpose.COLLECT)


def letter(kind: Kind, facts: Facts, desk: Desk = BY_APPOINTMENT) -> Email:
    return compose_email(notice(kind), facts, desk, LINKS, DOSSIER, NOW)


def said(email: Email) -> str:
    words = f"{email.subject} {unescape(email.html)}"
    return " ".join(words.replace("\N{NO-BREAK SPACE}", " ").split())


@each_language
@pytest.mark.parametrize("kind", ABOUT_A_SLOT)
def test_a_letter_about_it_speaks_of_no_deposit(kind: Kind, language: Language) -> None:
    words = said(letter(kind, of_a_slot(language)))
    assert [word for word in OF_A_DEPOSIT[language] if word in words] == []
    assert kind not in NAMES_IT or TO_COLLECT[language] in words


@each_language
@pytest.mark.parametrize("kind", [Kind.CONVOCATION, Kind.APPOINTMENT_REMINDER])
def test_it_says_what_to_bring(kind: Kind, language: Language) -> None:
    assert PAPERS[language] in said(letter(kind, of_a_slot(language)))


@each_language
def test_its_sms_says_what_for_in_one_part(language: Language) -> None:
    given = notice(Kind.APPOINTMENT_REMINDER)
    sms = compose_sms(given, of_a_slot(language), BY_APPOINTMENT, LINKS, DOSSIER, NOW)
    assert {FR: "Papiers : voir", EN: "What to bring"}[language] in sms.text


@each_language
@pytest.mark.parametrize("kind", [Kind.CARD_READY, Kind.CARD_WAITING])
def test_a_card_that_is_collected_by_appointment_is_booked(kind: Kind, language: Language) -> None:
    facts = everything(language)
    by_it, without = said(letter(kind, facts)), said(letter(kind, facts, DESK))
    url = DESK.terms[0].booking_url
    walk_in = {FR: "sans rendez-vous", EN: "without an appointment"}[language]
    assert (url in by_it, walk_in in by_it) == (True, False)
    assert (url in without, walk_in in without) == (False, True)
    sms = compose_sms(notice(kind), facts, BY_APPOINTMENT, LINKS, LONGEST, NOW)
    assert "sans RDV" not in sms.text


@each_language
def test_who_comes_to_ask_reads_of_no_card_without_an_appointment(language: Language) -> None:
    desk = replace(
        BY_APPOINTMENT, terms=tuple(replace(t, helper=None) for t in BY_APPOINTMENT.terms)
    )
    facts, late = everything(language), NOW + timedelta(days=365)
    sms = compose_sms(notice(Kind.NO_NEWS), facts, desk, LINKS, DOSSIER, NOW)
    page = compose_page(Page.DOSSIER, facts, State.DEPOSITED, desk, LINKS, DOSSIER, language, late)
    read = f"{said(letter(Kind.NO_NEWS, facts, desk))} {sms.text} {page}"
    walk_in = {
        FR: ("sans rendez-vous", "sans RDV", "tout de suite"),
        EN: ("without an appointment", "no appointment", "straight away"),
    }
    assert [words for words in walk_in[language] if words in read] == []


@each_language
def test_who_has_an_appointment_for_it_reads_when(language: Language) -> None:
    facts = replace(everything(language), to_collect=Bookings(appointment=SLOT))
    words = said(letter(Kind.CARD_READY, facts))
    assert {FR: "à votre rendez-vous : mardi 14 mai", EN: "at your appointment: Tuesday 14 May"}[
        language
    ] in words
    for desk in (DESK, BY_APPOINTMENT):
        sms = compose_sms(notice(Kind.CARD_READY), facts, desk, LINKS, LONGEST, NOW)
        assert {FR: "Venez au RDV", EN: "At your appointment"}[language] in sms.text
    later = SLOT.starts_at + timedelta(minutes=1)
    past = compose_email(notice(Kind.CARD_READY), facts, BY_APPOINTMENT, LINKS, DOSSIER, later)
    assert "14" not in past.subject


@each_language
@pytest.mark.parametrize("page", [Page.CONFIRM, Page.CONFIRMED, Page.CONVOCATION])
def test_its_pages_speak_of_no_deposit(page: Page, language: Language) -> None:
    words = compose_page(
        page,
        of_a_slot(language),
        State.CONFIRMED,
        BY_APPOINTMENT,
        LINKS,
        DOSSIER,
        language,
        NOW,
    )
    assert [word for word in OF_A_DEPOSIT[language] if word in words] == []


@each_language
def test_its_documents_say_what_it_is_for(language: Language) -> None:
    words = convocation_words(BY_APPOINTMENT, DOSSIER, of_a_slot(language), SLOT)
    assert TO_COLLECT[language] in str(words["purpose"])
    assert PAPERS[language] in str(words["bring"])
    assert words["check"] == []
    entry = calendar_invite(BY_APPOINTMENT, DOSSIER, SLOT, language, NOW).decode()
    assert {FR: "retrait du titre", EN: "collecting the permit"}[language] in entry
    assert PAPERS[language] in entry.replace("\r\n ", "")


# The status page

TO_IT = replace(LINKS, confirm_to_collect="/confirm/C", convocation_to_collect="/convocation/C")
HOUR = {FR: "mardi 14 mai 2019 à 10 h 30", EN: "Tuesday 14 May 2019 at 10:30"}
BEFORE = EarlyEnd(event_id="x", at=NOW, learnt_at=NOW)
LATER, THE_DAY = SLOT.starts_at + timedelta(days=1), SLOT.starts_at + timedelta(hours=1)
DEPOSITED, READY = milestone(date(2019, 2, 1)), milestone(date(2019, 4, 1))
TO_DEPOSIT = replace(appointment(), starts_at=SLOT.starts_at - timedelta(days=3))


def slot(**changes: object) -> Appointment:
    return replace(SLOT, **changes)  # type: ignore[arg-type]  # fields by name


def with_slot(fetched: Appointment, deposit: Appointment | None = None, **facts: object) -> Facts:
    known = Facts(
        known_since=NOW,
        contact=contact(),
        to_deposit=Bookings(appointment=deposit),
        to_collect=Bookings(appointment=fetched),
    )
    return replace(known, **facts)  # type: ignore[arg-type]  # fields by name


def page(facts: Facts, language: Language, now: datetime, desk: Desk = BY_APPOINTMENT) -> str:
    state = state_of(facts)
    return compose_page(Page.DOSSIER, facts, state, desk, TO_IT, DOSSIER, language, now)


def bare(html: str) -> str:
    text = re.sub(r"<(style|title)>.*?</\1>", " ", html, flags=re.DOTALL)
    text = unescape(re.sub(r"<[^>]+>", " ", text))
    return " ".join(text.replace("\N{NON-BREAKING HYPHEN}", "-").split())


def cards(
    facts: Facts, language: Language, now: datetime = NOW, desk: Desk = BY_APPOINTMENT
) -> list[str]:
    html = page(facts, language, now, desk)
    return [
        bare(part.partition("</section>")[0]) for part in html.split('<section class="card')[1:]
    ]


UNCONFIRMED = slot(confirmed_at=None)
BRING, ASK_FIRST = ("Ce qu’il faut apporter", "What to bring"), ("d’abord à ISSO", "First ask ISSO")
BOOK = (
    "Prenez un autre rendez-vous pour retirer votre titre",
    "Book another appointment to collect",
)
COME = ("Venez retirer votre titre de séjour", "Come and collect your residence permit")
SINCE = ("prêt depuis le lundi 1er avril", "ready since Monday 1 April")


@pytest.mark.parametrize(
    ("facts", "now", "said", "unsaid"),
    [
        (
            with_slot(UNCONFIRMED, deposited=DEPOSITED, card_ready=READY),
            NOW,
            [("Confirmez votre rendez-vous pour", "Confirm your appointment to"), SINCE, BRING],
            [COME],
        ),
        (
            with_slot(slot(confirmed_at=None, moved_from=FORMERLY), deposited=DEPOSITED),
            NOW,
            [("a changé : confirmez-le", "has changed: confirm it"), BRING],
            [SINCE, ("en cours de traitement", "being processed")],
        ),
        (
            with_slot(UNCONFIRMED, card_ready=READY),
            THE_DAY,
            [
                ("était aujourd’hui", "was today"),
                ("demandez à l’antenne", "Ask at the prefecture office"),
                BRING,
            ],
            [("votre dossier.", "your file."), ("Confirmer mon", "Confirm my")],
        ),
        (with_slot(SLOT, card_ready=READY), NOW, [COME, SINCE, BRING], [BOOK, ASK_FIRST]),
        (
            with_slot(slot(moved_from=FORMERLY)),
            NOW,
            [COME, ("Cette date remplace", "This date replaces")],
            [SINCE],
        ),
        (
            with_slot(SLOT, deposited=DEPOSITED, withdrawn=(withdrawal(),)),
            NOW,
            [
                ("Demandez si votre rendez-vous est", "Ask whether your appointment"),
                ("Avant de venir, demandez si ce rendez", "ask whether this"),
            ],
            [SINCE, COME],
        ),
        (
            with_slot(SLOT, card_ready=READY),
            LATER,
            [("Vous avez retiré votre titre ?", "Did you collect your permit?")],
            [COME, ("déposé", "hand in")],
        ),
        (
            with_slot(slot(missed=BEFORE), card_ready=READY),
            LATER,
            [BOOK, SINCE, BRING],
            [ASK_FIRST],
        ),
        (with_slot(slot(missed=BEFORE), deposited=DEPOSITED), LATER, [BOOK, ASK_FIRST], [SINCE]),
        (
            with_slot(slot(cancelled=BEFORE), card_ready=READY),
            NOW,
            [BOOK, ("est annulé", "is cancelled"), SINCE, BRING],
            [COME],
        ),
        (with_slot(slot(cancelled=BEFORE)), NOW, [BOOK, ASK_FIRST], [SINCE]),
        (
            with_slot(slot(cancelled=replace(BEFORE, at=LATER)), card_ready=READY),
            LATER,
            [("est passée", "has passed")],
            [BOOK],
        ),
        (
            with_slot(SLOT, collected=milestone(date(2019, 4, 9))),
            NOW,
            [("Vous n’en avez plus besoin", "You no longer need it")],
            [COME],
        ),
        (
            with_slot(slot(closed=BEFORE), closed=milestone(date(2019, 4, 9))),
            NOW,
            [("n’a plus lieu", "will not take place")],
            [COME],
        ),
    ],
    ids=[
        *("chosen", "moved, not ready", "unconfirmed and over", "confirmed", "moved, unknown"),
        *("not ready after all", "past", "missed", "missed, not ready", "cancelled"),
        *("cancelled, unknown", "tidied away", "collected before", "closed"),
    ],
)
@each_language
def test_the_page_says_what_to_do_about_it(
    facts: Facts,
    now: datetime,
    said: list[tuple[str, str]],
    unsaid: list[tuple[str, str]],
    language: Language,
) -> None:
    [card] = cards(facts, language, now)
    number = 0 if language is FR else 1
    assert [words[number] for words in said if words[number] not in card] == []
    assert [words[number] for words in unsaid if words[number] in card] == []
    assert HOUR[language] in card
    assert [words for words in OF_A_DEPOSIT[language] if words in card] == []


@pytest.mark.parametrize(
    ("fetched", "now", "walks_in"),
    [
        (SLOT, NOW, False),
        (SLOT, LATER, True),
        (slot(missed=BEFORE), LATER, True),
        (slot(cancelled=BEFORE), NOW, True),
    ],
    ids=["ahead", "past", "missed", "cancelled"],
)
@each_language
def test_where_cards_are_collected_without_one_only_one_that_is_ahead_counts(
    fetched: Appointment, now: datetime, walks_in: bool, language: Language
) -> None:
    facts = with_slot(fetched, card_ready=READY)
    [card] = cards(facts, language, now, DESK)
    assert ({FR: "sans rendez-vous", EN: "you need no appointment"}[language] in card) is walks_in
    assert (HOUR[language] in card) is not walks_in


@each_language
@pytest.mark.parametrize("kind", [Kind.APPOINTMENT_MISSED, Kind.APPOINTMENT_CANCELLED])
def test_where_cards_are_collected_without_one_no_letter_asks_for_another(
    kind: Kind, language: Language
) -> None:
    words = said(letter(kind, of_a_slot(language), DESK))
    assert DESK.terms[0].booking_url not in words
    assert {FR: "plus besoin de rendez-vous", EN: "no longer need an appointment"}[
        language
    ] in words


@each_language
@pytest.mark.parametrize("kind", [Kind.APPOINTMENT_MISSED, Kind.APPOINTMENT_CANCELLED])
def test_who_may_have_no_card_yet_is_told_to_ask_before_booking(
    kind: Kind, language: Language
) -> None:
    facts = of_a_slot(language)
    asked = {FR: "demandez d’abord à ISSO s’il est prêt", EN: "first ask ISSO whether it is ready"}
    assert asked[language] in said(letter(kind, replace(facts, card_ready=None)))
    assert asked[language] not in said(letter(kind, facts))


@pytest.mark.parametrize(
    ("to_deposit", "fetched", "heads"),
    [
        (
            TO_DEPOSIT,
            UNCONFIRMED,
            ["Faites vérifier votre dossier", "Confirmez votre rendez-vous pour retirer"],
        ),
        (
            replace(TO_DEPOSIT, starts_at=LATER, confirmed_at=None),
            SLOT,
            ["Venez retirer", "Confirmez votre rendez-vous pour déposer votre dossier"],
        ),
        (
            replace(TO_DEPOSIT, cancelled=BEFORE),
            SLOT,
            ["Venez retirer", "Prenez un autre rendez-vous pour déposer votre dossier"],
        ),
        (
            TO_DEPOSIT,
            slot(cancelled=BEFORE),
            ["Faites vérifier votre dossier", "Prenez un autre rendez-vous pour retirer"],
        ),
    ],
    ids=["deposit first", "collect first", "only one is ahead", "only the other is ahead"],
)
def test_of_two_appointments_each_has_a_card_the_nearest_first(
    to_deposit: Appointment, fetched: Appointment, heads: list[str]
) -> None:
    read = cards(with_slot(fetched, to_deposit), FR)
    assert [
        card.partition('lead"> ')[2].startswith(head)
        for card, head in zip(read, heads, strict=True)
    ]
    html = page(with_slot(fetched, to_deposit), FR, NOW)
    assert ("/confirm/C" in html) is (fetched is UNCONFIRMED)


@pytest.mark.parametrize(
    ("facts", "now", "steps"),
    [
        (
            with_slot(SLOT),
            NOW,
            ["unreported"] * 4 + [f"now En ce moment. Votre rendez-vous : {HOUR[FR]}"],
        ),
        (
            with_slot(SLOT, deposited=DEPOSITED),
            NOW,
            [
                *("unreported", "unreported", "done Fait : vendredi 1er février 2019"),
                *("unreported", f"now En ce moment. Votre rendez-vous : {HOUR[FR]}"),
            ],
        ),
        (
            with_slot(SLOT, TO_DEPOSIT, checked=True),
            NOW,
            [
                *("done Confirmé : samedi 11 mai 2019 à 10 h 30", "done Fait"),
                *("now En ce moment", "next", f"next {HOUR[FR]}"),
            ],
        ),
        (
            with_slot(SLOT, deposited=DEPOSITED, card_ready=READY),
            LATER,
            [
                *("unreported", "unreported", "done Fait : vendredi 1er février 2019"),
                *("done Fait : lundi 1er avril 2019", "now En ce moment"),
            ],
        ),
    ],
    ids=["unknown", "deposited", "both", "past"],
)
def test_the_way_shows_when_the_card_is_collected_and_claims_nothing_that_nobody_reported(
    facts: Facts, now: datetime, steps: list[str]
) -> None:
    html = page(facts, FR, now).partition('<ol class="way">')[2].partition("</ol>")[0]
    found = re.findall(r'<li class="(\w+)".*?</strong>(.*?)</li>', html, re.DOTALL)
    assert [f"{name} {bare(on)}".strip() for name, on in found] == steps


# The page and the letter

AWAITED = {SlotPurpose.DEPOSIT: appointment(), SlotPurpose.COLLECT: SLOT}
LETTERS_OF_A_VISIT = (Kind.CONVOCATION, Kind.APPOINTMENT_REMINDER)


@each_language
@pytest.mark.parametrize("purpose", SlotPurpose)
@pytest.mark.parametrize("desk", [DESK, BY_APPOINTMENT], ids=["walk-in", "by appointment"])
def test_page_letter_and_paper_agree_on_the_day_the_hour_the_place_and_the_papers(
    desk: Desk, purpose: SlotPurpose, language: Language
) -> None:
    slots = {purpose: AWAITED[purpose]}
    facts = Facts(
        known_since=NOW,
        contact=contact(language),
        to_deposit=Bookings(appointment=slots.get(SlotPurpose.DEPOSIT)),
        to_collect=Bookings(appointment=slots.get(SlotPurpose.COLLECT)),
    )
    terms, about = desk.terms_on(date(2019, 5, 14)), facts.about(purpose)
    day_and_hour = HOUR[language].split({FR: " à ", EN: " at "}[language])
    told = [*day_and_hour, *terms.counter.address, *terms.papers[purpose][language]]
    paper = convocation_words(desk, DOSSIER, about, AWAITED[purpose])
    read: dict[str, str] = {
        "page": bare(page(facts, language, NOW, desk)),
        "paper": bare(str(paper)),
        **{kind: said(letter(kind, about, desk)) for kind in LETTERS_OF_A_VISIT},
    }
    plain = {name: text.replace("\\xa0", " ").lower() for name, text in read.items()}
    missing = [
        (name, words) for name, text in plain.items() for words in told if words.lower() not in text
    ]
    assert missing == []
    others = set(terms.papers[other_than(purpose)][language]) - set(told)
    assert [words for words in others if words.lower() in plain["page"]] == []


def other_than(purpose: SlotPurpose) -> SlotPurpose:
    return next(other for other in SlotPurpose if other is not purpose)


@each_language
def test_who_is_told_that_the_card_is_not_ready_is_told_to_ask_about_the_appointment_for_it(
    language: Language,
) -> None:
    facts = replace(everything(language), to_collect=Bookings(appointment=SLOT))
    ask = {FR: "demandez-nous s’il est maintenu", EN: "ask whether it is still on"}
    words = said(letter(Kind.CORRECTION, facts))
    assert ask[language] in words
    assert HOUR[language] in words
    assert ask[language] not in said(letter(Kind.CORRECTION, everything(language)))
    sms = compose_sms(notice(Kind.CORRECTION), facts, DESK, LINKS, LONGEST, NOW)
    assert {
        FR: "Avant de venir, demandez par e-mail si le RDV",
        EN: "Before you come, ask by e-mail if your appointment",
    }[language] in sms.text
