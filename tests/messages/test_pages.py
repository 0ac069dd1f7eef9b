"""The pages behind the links, as their student reads them: what is done, now and next."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.appointments import Appointment, EarlyEnd
from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import ConformityAudit, Desk
from chalicelib.domain.events import Closing
from chalicelib.domain.facts import Bookings, Facts, State, state_of
from chalicelib.messages.pages import Page, compose_notice, compose_page, style
from gallery.stages import ABOUT_NOBODY
from tests.messages.samples import (
    DESK,
    DOSSIER,
    FORMERLY,
    LINKS,
    NOW,
    STARTS_AT,
    appointment,
    closed_desk,
    contact,
    everything,
    milestone,
    the_least,
    withdrawal,
)

FR, EN = Language.FR, Language.EN

NOTICES = ABOUT_NOBODY
OF_A_DOSSIER = tuple(page for page in Page if page not in NOTICES)

#: Papers that were missing at a first visit.
MISSING = ("justificatif de domicile",)


def at(day: str, hour: int = 10) -> datetime:
    """An hour of a day, in UTC."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def words(html: str) -> str:
    """What a person reads, with plain spaces and hyphens."""
    bare = re.sub(r"<(style|title)>.*?</\1>|</?strong>", "", html, flags=re.DOTALL)
    bare = re.sub(r"<[^>]+>", " ", bare)
    return " ".join(bare.replace("\N{NON-BREAKING HYPHEN}", "-").split())


def known(appointment: Appointment | None = None, **facts: object) -> Facts:
    """A dossier of which only this much is known."""
    bookings = Bookings(appointment=appointment)
    least = Facts(known_since=NOW, contact=contact(), to_deposit=bookings)
    return replace(least, **facts)  # type: ignore[arg-type]


def slot(**changes: object) -> Appointment:
    """A confirmed appointment on Tuesday 14 May 2019 at 10:30 in Paris, but for these changes."""
    return replace(appointment(), **changes)  # type: ignore[arg-type]


UNCONFIRMED = slot(confirmed_at=None)
FIRST_VISIT = replace(milestone(date(2019, 4, 2)), missing_documents=MISSING)
DEPOSITED = milestone(date(2019, 5, 14))
READY = milestone(date(2019, 7, 1))
NOT_READY = replace(withdrawal(), at=at("2019-07-01"))
CARD = replace(milestone(date(2019, 7, 9)), card_expires_on=date(2020, 7, 8))
COLLECTED = known(deposited=DEPOSITED, card_ready=READY, collected=CARD)


def page(
    facts: Facts,
    language: Language = FR,
    now: datetime = NOW,
    state: State | None = None,
    desk: Desk = DESK,
    shown: Page = Page.DOSSIER,
) -> str:
    """A page of a dossier, as HTML."""
    state = state or state_of(facts)
    return compose_page(shown, facts, state, desk, LINKS, DOSSIER, language, now)


def said(facts: Facts, language: Language = FR, now: datetime = NOW, desk: Desk = DESK) -> str:
    """The words of its first section: what the student is to do now."""
    first = page(facts, language, now, desk=desk).partition("<section")[2].partition("</section>")
    return words("<section" + first[0])


# The way


def way(facts: Facts, language: Language = FR, now: datetime = NOW) -> list[str]:
    """Each step: how far it is, and its day."""
    html = page(facts, language, now).partition('<ol class="way">')[2].partition("</ol>")[0]
    steps = re.findall(r'<li class="(\w+)"( aria-current="step")?>(.*?)</li>', html, re.DOTALL)
    assert [bool(current) for _, current, _ in steps] == [name == "now" for name, _, _ in steps]
    days = [words(step.partition("</strong>")[2]) for _, _, step in steps]
    return [f"{name} {day}".strip() for (name, _, _), day in zip(steps, days, strict=True)]


ENDED = EarlyEnd(event_id="m", at=NOW, learnt_at=NOW)
HOUR = "mardi 14 mai 2019 à 10 h 30"
MAY, JULY = "mardi 14 mai 2019", "lundi 1er juillet 2019"
LATER = at("2019-05-15")
NOW_FR = "now En ce moment"
CHECKED = "done Fait"


def test_where_no_office_helps_a_page_names_none() -> None:
    alone = replace(DESK, terms=tuple(replace(terms, helper=None) for terms in DESK.terms))
    checks = ("Vérification du dossier", "Faites vérifier votre dossier", "vous aide à préparer")
    said = [page(known(appointment=slot()), desk=desk) for desk in (DESK, alone)]
    assert [[check in text for check in checks] for text in said] == [[True] * 3, [False] * 3]


@pytest.mark.parametrize(
    ("facts", "now", "expected"),
    [
        (known(), NOW, [NOW_FR, "next", "next", "next", "next"]),
        (known(appointment=UNCONFIRMED), NOW, [NOW_FR, *["next"] * 4]),
        (
            known(appointment=UNCONFIRMED),
            LATER,
            [f"unreported {HOUR}", "unreported", NOW_FR, "next", "next"],
        ),
        (known(appointment=slot()), NOW, [f"done Confirmé : {HOUR}", NOW_FR, *["next"] * 3]),
        (
            known(appointment=slot(), checked=True),
            NOW,
            [f"done Confirmé : {HOUR}", CHECKED, NOW_FR, "next", "next"],
        ),
        (
            known(appointment=slot()),
            LATER,
            [f"done Fait : {HOUR}", "unreported", NOW_FR, "next", "next"],
        ),
        (known(incomplete=FIRST_VISIT), NOW, [NOW_FR, *["next"] * 4]),
        (known(incomplete=FIRST_VISIT, checked=True), NOW, [NOW_FR, CHECKED, *["next"] * 3]),
        (
            known(appointment=slot(), deposited=DEPOSITED),
            LATER,
            [f"done Fait : {HOUR}", "unreported", f"done Fait : {MAY}", NOW_FR, "next"],
        ),
        (
            known(appointment=slot(), deposited=milestone(date(2019, 5, 7))),
            at("2019-05-08"),
            ["unreported", "unreported", "done Fait : mardi 7 mai 2019", NOW_FR, "next"],
        ),
        (
            known(appointment=slot(missed=ENDED), deposited=DEPOSITED),
            LATER,
            ["unreported", "unreported", f"done Fait : {MAY}", NOW_FR, "next"],
        ),
        (
            known(card_ready=READY, checked=True),
            LATER,
            ["unreported", CHECKED, "done Fait", f"done Fait : {JULY}", NOW_FR],
        ),
        (
            COLLECTED,
            at("2019-07-10"),
            [
                *("unreported", "unreported", f"done Fait : {MAY}", f"done Fait : {JULY}"),
                "done Fait : mardi 9 juillet 2019",
            ],
        ),
    ],
    ids=[
        *("known", "booked", "booked_and_past", "confirmed", "confirmed_and_checked"),
        *("confirmed_and_past", "incomplete", "incomplete_then_checked", "deposited"),
        *("deposited_before_a_slot_that_is_ahead", "deposited_after_a_missed_one"),
        *("card_ready_in_mid_procedure", "collected"),
    ],
)
def test_the_way_says_what_is_done_and_when_and_claims_no_check_that_nobody_reported(
    facts: Facts, now: datetime, expected: list[str]
) -> None:
    assert way(facts, now=now) == expected


def test_the_way_is_the_same_in_english() -> None:
    french = [step.split()[0] for step in way(COLLECTED)]
    english = way(COLLECTED, EN)
    assert [step.split()[0] for step in english] == french
    assert english[4] == "done Done: Tuesday 9 July 2019"


# What to do now, in every state


@pytest.mark.parametrize(
    ("facts", "now", "french", "english"),
    [
        (
            known(),
            NOW,
            ["Prenez rendez-vous", "entre 2 et 3 mois avant la fin", "moins de 2 mois"],
            ["Book an appointment", "between 2 and 3 months before", "less than 2 months"],
        ),
        (
            known(appointment=UNCONFIRMED),
            NOW,
            ["Confirmez votre rendez-vous", HOUR, "Confirmer mon rendez-vous"],
            ["Confirm your appointment", "Tuesday 14 May 2019 at 10:30 am"],
        ),
        (
            known(appointment=replace(UNCONFIRMED, moves=1, moved_from=FORMERLY)),
            NOW,
            [
                "Votre rendez-vous a changé : confirmez-le",
                "Cette date remplace celle du mardi 7 mai 2019 à 9 h",
            ],
            [
                "Your appointment has changed: confirm it",
                "This date replaces that of Tuesday 7 May 2019 at 9 am",
            ],
        ),
        (
            known(appointment=UNCONFIRMED, incomplete=FIRST_VISIT),
            NOW,
            ["Confirmez votre rendez-vous", "Le mardi 2 avril 2019, il manquait", *MISSING],
            ["Confirm your appointment", "On Tuesday 2 April 2019, these papers", *MISSING],
        ),
        (
            known(appointment=UNCONFIRMED),
            at("2019-05-14"),
            ["Votre rendez-vous était aujourd’hui", "demandez à l’antenne"],
            ["Your appointment was today", "Ask at the prefecture office"],
        ),
        (
            known(appointment=slot()),
            at("2019-05-14"),
            ["puis venez au rendez-vous", "Voir ma convocation"],
            ["then come to the appointment", "See my convocation"],
        ),
        (
            known(appointment=slot()),
            LATER,
            ["La date de votre rendez-vous est passée", "Vous n’avez pas pu venir ?"],
            ["The date of your appointment has passed", "Could you not come?"],
        ),
        (
            known(appointment=slot()),
            NOW,
            ["Faites vérifier votre dossier", "votre dossier complet", "sans rendez-vous"],
            ["Have your file checked", "your complete application file", "no appointment"],
        ),
        (
            known(appointment=slot(moves=1, moved_from=FORMERLY), checked=True),
            NOW,
            ["Venez à votre rendez-vous", "Cette date remplace", "ISSO a vérifié votre dossier"],
            ["Come to your appointment", "This date replaces", "ISSO has checked"],
        ),
        (
            known(appointment=slot(), incomplete=FIRST_VISIT),
            NOW,
            [*MISSING],
            [*MISSING],
        ),
        (
            known(incomplete=FIRST_VISIT),
            NOW,
            ["Complétez votre dossier et prenez un nouveau rendez-vous", *MISSING, "par ISSO"],
            ["Complete your file and book a new appointment", *MISSING, "by ISSO"],
        ),
        (
            known(incomplete=replace(FIRST_VISIT, missing_documents=())),
            NOW,
            ["La liste des pièces qui manquent vous a été donnée au guichet"],
            ["You were given the list of missing papers at the counter"],
        ),
        (
            known(incomplete=FIRST_VISIT, checked=True),
            NOW,
            ["ISSO a vérifié votre dossier depuis"],
            ["ISSO has checked your file since then"],
        ),
        (
            known(deposited=replace(DEPOSITED, recepisse_number="R-123")),
            LATER,
            [
                "demande est en cours de traitement",
                "Toujours rien le mardi 25 juin 2019 ?",
                "R-123",
            ],
            ["application is being processed", "Still nothing on Tuesday 25 June 2019?", "R-123"],
        ),
        (
            known(deposited=DEPOSITED),
            at("2019-06-25"),
            ["Allez demander à l’antenne", "au moins 6 semaines", "votre passeport", "timbres"],
            ["Go and ask at the prefecture office", "at least 6 weeks", "passport", "stamps"],
        ),
        (
            known(deposited=DEPOSITED, withdrawn=(NOT_READY,)),
            at("2019-07-02"),
            ["demande est en cours", "Toujours rien le mardi 6 août 2019 ?", "fera 12 semaines"],
            ["is being processed", "Still nothing on Tuesday 6 August 2019?", "be 12 weeks"],
        ),
        (
            known(deposited=DEPOSITED, withdrawn=(NOT_READY,)),
            at("2019-08-06"),
            ["Allez demander à l’antenne", "au moins 12 semaines"],
            ["Go and ask at the prefecture office", "at least 12 weeks"],
        ),
        (
            known(deposited=DEPOSITED, withdrawn=(replace(NOT_READY, at=at("2019-06-24")),)),
            at("2019-06-25"),
            ["Allez demander à l’antenne", "au moins 6 semaines"],
            ["Go and ask at the prefecture office", "at least 6 weeks"],
        ),
        (
            known(card_ready=READY),
            at("2019-07-02"),
            ["Venez chercher votre titre", "prêt depuis le lundi 1er juillet", "sans rendez-vous"],
            ["Come and collect your residence permit", "ready since Monday 1 July", "passport"],
        ),
    ],
    ids=[
        *("known", "booked", "moved", "booked_again_after_a_refusal"),
        *("booked_and_its_hour_is_past", "confirmed_and_its_hour_is_past", "no_news_of_the_visit"),
        *("confirmed", "moved_and_checked", "still_owes_papers"),
        *("incomplete", "incomplete_without_a_list", "incomplete_then_checked"),
        *("deposited", "six_weeks_later"),
        *("not_ready_after_all", "six_weeks_after_that", "not_ready_before_six_weeks"),
        "card_ready",
    ],
)
def test_what_to_do_now_is_said_in_both_languages(
    facts: Facts, now: datetime, french: list[str], english: list[str]
) -> None:
    for language, expected in ((FR, french), (EN, english)):
        shown = said(facts, language, now)
        assert [words for words in expected if words not in shown] == []


OVER = milestone(date(2019, 5, 20))


@pytest.mark.parametrize(
    ("reason", "french", "english"),
    [
        (Closing.REFUSED, "Votre demande a été refusée.", "Your application was refused."),
        (Closing.WITHDRAWN, "Votre demande a été retirée.", "Your application was withdrawn."),
        (Closing.TRANSFERRED, "transmis à un autre service", "handed over to another office"),
        (
            Closing.OTHER,
            "ne se poursuit pas à l’antenne",
            "does not go on at the prefecture office",
        ),
        (None, "ne se poursuit pas à l’antenne", "does not go on at the prefecture office"),
    ],
)
def test_a_closed_dossier_says_why_and_whom_to_ask(
    reason: Closing | None, french: str, english: str
) -> None:
    facts = known(closed=replace(OVER, reason=reason), deposited=DEPOSITED)
    for language, why, since, ask in (
        (FR, french, "clos depuis le lundi 20 mai 2019", "demandez à l’antenne"),
        (EN, english, "closed on Monday 20 May 2019", "ask at the prefecture office"),
    ):
        shown = said(facts, language, at("2019-05-21"))
        assert [words for words in (why, since, ask) if words not in shown] == []


def test_of_a_closed_dossier_the_way_ends_where_it_ended() -> None:
    today = at("2019-05-21")
    past = known(appointment=slot(), deposited=DEPOSITED, checked=True, closed=OVER)
    assert way(past, now=today) == [f"done Fait : {HOUR}", CHECKED, f"done Fait : {MAY}"]
    early = known(appointment=slot(closed=ENDED), closed=OVER)
    assert "Les étapes" not in page(early, now=today)
    assert "ne venez pas" in said(early, now=NOW)


@pytest.mark.parametrize(
    ("state", "french", "english"),
    [
        (State.MISSED, "n’a pas été enregistrée", "10:30 am was not recorded"),
        (State.CANCELLED, "est annulé. Ne venez pas", "is cancelled. Do not come"),
    ],
)
def test_a_lost_appointment_asks_for_another(state: State, french: str, english: str) -> None:
    ended = {State.MISSED: "missed", State.CANCELLED: "cancelled"}[state]
    facts = known(appointment=slot(**{ended: ENDED}), incomplete=FIRST_VISIT)
    for language, expected in ((FR, french), (EN, english)):
        shown = words(page(facts, language, state=state))
        assert expected in shown
        assert MISSING[0] in shown
        assert DESK.terms[0].booking_url in shown


@pytest.mark.parametrize(
    ("language", "said_then", "asked"),
    [
        (
            FR,
            "Ne venez pas",
            ["date de votre rendez-vous est passée", HOUR, "avez déposé"],
        ),
        (EN, "Do not come", ["date of your appointment has passed", "Did you hand in your file?"]),
    ],
)
def test_nobody_is_told_not_to_come_to_what_was_cancelled_after_its_hour(
    language: Language, said_then: str, asked: list[str]
) -> None:
    late = replace(ENDED, at=STARTS_AT + timedelta(hours=1))
    facts = known(appointment=slot(cancelled=late), incomplete=FIRST_VISIT)
    shown = said(facts, language, LATER)
    assert said_then not in shown
    assert [words for words in [*asked, *MISSING] if words not in shown] == []


@pytest.mark.parametrize(
    ("change", "day", "french", "english"),
    [
        ({}, "2019-07-10", "Nous vous le rappellerons par e-mail", "We will remind you by e-mail"),
        (
            {},
            "2020-04-07",
            "du mercredi 8 avril 2020 au vendredi 8 mai",
            "from Wednesday 8 April 2020 to",
        ),
        (
            {"unsubscribed": True},
            "2019-07-10",
            "Vous avez arrêté nos rappels",
            "You turned off our",
        ),
        ({}, "2020-04-08", "maintenant, au plus tard le vendredi 8 mai 2020", "by Friday 8 May"),
        ({}, "2020-05-08", "Prenez rendez-vous pour renouveler", "Book an appointment to renew"),
        ({}, "2020-05-09", "Prenez rendez-vous sans attendre", "without delay"),
        ({}, "2020-07-08", "Prenez rendez-vous sans attendre", "without delay"),
        ({}, "2020-07-09", "Votre titre de séjour a expiré", "permit has expired"),
        ({"renewal_booked": True}, "2020-06-01", "renouvellement est commencé", "has begun"),
        ({"collected": DEPOSITED}, "2019-07-10", "Regardez sa date de fin", "Look up the date"),
        (
            {"collected": DEPOSITED, "renewal_booked": True},
            *("2019-07-10", "Vous avez votre titre de séjour, et vous avez pris", "has begun"),
        ),
    ],
    ids=[
        *("ahead", "the_day_before", "no_reminders_wanted", "first_day", "last_day", "late"),
        *("expiry", "expired", "booked", "no_expiry_date", "booked_without_expiry_date"),
    ],
)
def test_who_has_the_card_reads_when_to_book_the_next_appointment(
    change: dict[str, object], day: str, french: str, english: str
) -> None:
    facts = replace(COLLECTED, **change)  # type: ignore[arg-type]
    assert french in said(facts, FR, at(day))
    assert english in said(facts, EN, at(day))


def test_who_has_no_mobile_is_promised_no_text_message() -> None:
    for mobile, promise in (("+33612345678", "Un SMS et un e-mail"), (None, "Un e-mail vous dira")):
        facts = known(deposited=DEPOSITED, contact=replace(contact(), mobile=mobile))
        assert promise in said(facts, now=LATER)


# Whether the counter is open


@pytest.mark.parametrize(
    ("now", "french", "english"),
    [
        (at("2019-04-10", 5), "Oui, de 9 h à 17 h.", "Yes, from 9 am to 5 pm."),
        (at("2019-04-10", 14), "Oui, de 9 h à 17 h.", "Yes, from 9 am to 5 pm."),
        (
            at("2019-04-12", 15),
            "Non, c’est fini pour aujourd’hui. Prochaine ouverture : lundi 15 avril 2019, de 9 h",
            "No, it has closed for today. It opens next on Monday 15 April 2019, from 9 am",
        ),
        (
            at("2019-04-13"),
            "Non. Prochaine ouverture : lundi 15 avril 2019, de 9 h à 17 h.",
            "No. It opens next on Monday 15 April 2019, from 9 am to 5 pm.",
        ),
        (
            at("2019-04-22"),
            "Non : c’est un jour férié. Prochaine ouverture : mardi 23 avril 2019",
            "No: it is a public holiday. It opens next on Tuesday 23 April 2019",
        ),
        (
            at("2019-05-02"),
            "Non : pont du 1er mai. Prochaine ouverture : lundi 6 mai 2019",
            "No: Labour Day break. It opens next on Monday 6 May 2019",
        ),
        (at("2019-09-30", 15), "Oui, de 9 h à 18 h.", "Yes, from 9 am to 6 pm."),
    ],
    ids=["early", "open", "friday_evening", "saturday", "easter_monday", "closure", "september"],
)
def test_the_page_says_whether_one_can_go_today_and_if_not_when_next(
    now: datetime, french: str, english: str
) -> None:
    assert french in words(page(known(), FR, now, desk=closed_desk()))
    assert english in words(page(known(), EN, now, desk=closed_desk()))


def test_a_closure_is_announced_with_its_days() -> None:
    assert "est fermée du mercredi 1er mai 2019 au vendredi 3 mai 2019 inclus" in words(
        page(known(), desk=closed_desk())
    )


def without_hours() -> Desk:
    [terms] = DESK.terms
    return replace(DESK, terms=(replace(terms, counter=replace(terms.counter, openings=())),))


def test_where_no_hours_are_published_none_are_made_up() -> None:
    shown = words(page(known(), desk=without_hours()))
    assert "Les horaires ne sont pas publiés" in shown
    assert "Oui," not in shown


@given(now=st.datetimes(datetime(2019, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC)))
def test_an_open_day_is_always_found_and_it_is_open(now: datetime) -> None:
    shown = words(page(known(), EN, now))
    assert ("Yes, from" in shown) is not ("It opens next on" in shown)
    assert "opens next on Saturday" not in shown
    assert "opens next on Sunday" not in shown


# Whom to talk to


@pytest.mark.parametrize("language", DESK.languages)
def test_the_page_of_the_dossier_names_both_counters_and_their_addresses(
    language: Language,
) -> None:
    html = page(known(), language)
    [terms] = DESK.terms
    assert all(line in words(html) for line in terms.counter.address)
    assert terms.helper
    assert f'href="mailto:{terms.helper.email}"' in html
    assert 'href="tel:+33456529789"' in html


def test_counters_in_two_places_are_both_described() -> None:
    [terms] = DESK.terms
    assert terms.helper
    elsewhere = replace(terms.helper, address=("2 rue Haute", "38000 Grenoble"), openings=())
    desk = replace(DESK, terms=(replace(terms, helper=elsewhere),))
    shown = words(page(known(appointment=slot()), desk=desk))
    assert shown.count("2 rue Haute, 38000 Grenoble") == 2
    assert "dans les mêmes locaux" not in shown


# The other pages


@pytest.mark.many
@pytest.mark.parametrize("language", DESK.languages)
@pytest.mark.parametrize("shown", OF_A_DOSSIER)
@pytest.mark.parametrize("state", State)
def test_every_page_reads_in_every_state_whatever_little_is_known(
    shown: Page, state: State, language: Language
) -> None:
    for facts in (everything(language), the_least()):
        for now in (NOW, STARTS_AT + timedelta(hours=1), at("2020-06-01")):
            html = page(facts, language, now, state, shown=shown)
            assert f'<html lang="{language}">' in html
            assert "None" not in words(html)


def any_page(shown: Page, language: Language, desk: Desk = DESK) -> str:
    """A page, whether it is about a dossier or about none."""
    if shown in NOTICES:
        return compose_notice(shown, desk, language, LINKS.site, NOW)
    return page(everything(language), language, desk=desk, shown=shown)


@pytest.mark.parametrize("language", DESK.languages)
@pytest.mark.parametrize("shown", NOTICES)
def test_a_page_about_nobody_names_the_desk_and_whom_to_ask(
    shown: Page, language: Language
) -> None:
    html = compose_notice(shown, DESK, language, LINKS.site, NOW)
    assert DESK.name[language] in words(html)
    assert DESK.terms[0].to_ask.email in words(html)


@pytest.mark.parametrize("language", DESK.languages)
@pytest.mark.parametrize("shown", Page)
def test_the_title_says_the_page_and_the_desk(shown: Page, language: Language) -> None:
    html = any_page(shown, language)
    [title] = re.findall(r"<title>(.*?)</title>", html)
    [heading] = re.findall(r"<h1>(.*?)</h1>", html)
    assert title == f"{heading} – {DESK.name[language]}"


@pytest.mark.parametrize("language", DESK.languages)
@pytest.mark.parametrize("shown", Page)
def test_every_page_can_be_switched_to_the_other_language(shown: Page, language: Language) -> None:
    html = any_page(shown, language)
    other = {FR: "en", EN: "fr"}[language]
    assert f'href="?lang={other}" lang="{other}" hreflang="{other}"' in html


@pytest.mark.parametrize("shown", [Page.DOSSIER, Page.UNKNOWN])
def test_a_desk_of_one_language_offers_no_switch(shown: Page) -> None:
    desk = replace(DESK, languages=(FR,))
    html = any_page(shown, FR, desk)
    assert "<nav" not in html
    assert "lang=en" not in html


@pytest.mark.parametrize("language", DESK.languages)
def test_a_page_is_in_the_language_that_it_was_asked_for_whatever_was_wished(
    language: Language,
) -> None:
    wish = replace(contact(EN), language_given="es")
    html = page(replace(everything(), contact=wish), language, shown=Page.DOSSIER)
    assert DESK.name[language] in html
    assert {FR: "Référence", EN: "Reference"}[language] in html


def test_a_convocation_whose_day_has_passed_asks_for_nothing_any_more() -> None:
    facts = known(appointment=slot(), deposited=DEPOSITED)
    before = words(page(known(appointment=slot()), shown=Page.CONVOCATION))
    after = words(page(facts, now=LATER, shown=Page.CONVOCATION))
    assert "Ce qu’il faut apporter" in before
    assert "Ce qu’il faut apporter" not in after
    assert "La date de ce rendez-vous est passée" in after
    assert "Elle indique que vous avez pris rendez-vous le mercredi 10 avril 2019" in after


def test_a_link_that_no_longer_works_is_not_offered() -> None:
    for shown in (Page.DOSSIER, Page.UNCONFIRMED):
        facts = known(appointment=UNCONFIRMED)
        assert "/confirm/" in page(facts, shown=shown)
        assert "/confirm/" not in page(facts, now=STARTS_AT, shown=shown)


def test_the_style_is_small_and_loads_nothing() -> None:
    sheet = style.__wrapped__()  # read anew: others, who are not traced, may have asked before
    assert len(sheet.encode()) < 10_000
    assert not re.search(r"url\(|@import|\bexpression\b", sheet)
    assert "</" not in sheet


# Two terms


def test_a_moved_counter_is_described_by_the_day_that_a_page_speaks_of() -> None:
    """The paper names the place of its day; whether one can go today is said of today's place."""
    old = DESK.terms[0]
    elsewhere = replace(old.counter, address=("80 allée Ampère", "38400 Saint-Martin-d’Hères"))
    new = replace(old, valid_from=date(2019, 9, 1), counter=elsewhere)
    desk = replace(DESK, terms=(old, new))
    paper = words(
        page(known(appointment=slot()), now=at("2019-10-01"), desk=desk, shown=Page.CONVOCATION)
    )
    assert "1025 avenue Centrale" in paper
    assert "80 allée Ampère" not in paper


def test_a_convocation_whose_day_has_passed_offers_no_calendar_entry() -> None:
    facts = known(appointment=slot())
    assert "/ics" in page(facts, now=at("2019-05-13"), shown=Page.CONVOCATION)
    assert "/ics" not in page(facts, now=at("2019-05-15"), shown=Page.CONVOCATION)


def test_an_appointment_that_was_tidied_away_is_behind_the_student() -> None:
    tidied = EarlyEnd(event_id="c", at=at("2019-05-14", 18), learnt_at=at("2019-05-14", 18))
    facts = known(appointment=slot(cancelled=tidied))
    assert way(facts, now=LATER) == ["unreported", "unreported", NOW_FR, "next", "next"]
    assert "Ne venez pas" not in said(facts, now=LATER)


ON_EVERY_PAGE = ("privacy", "legal", "accessibility")


@pytest.mark.parametrize("language", DESK.languages)
@pytest.mark.parametrize("shown", Page)
def test_every_page_leads_to_who_answers_for_what_is_kept(shown: Page, language: Language) -> None:
    html = any_page(shown, language)
    for name in ON_EVERY_PAGE:
        assert f'href="{LINKS.site}/{name}?lang={language}"' in html


def test_what_is_kept_and_for_how_long_is_the_desk_s_data() -> None:
    retention = replace(
        DESK.terms[0].retention, finished_months=71, unfinished_months=72, audit_months=73
    )
    desk = replace(DESK, terms=(replace(DESK.terms[0], retention=retention),))
    text = words(compose_notice(Page.PRIVACY, desk, FR, LINKS.site, NOW))
    for months in (71, 72, 73):
        assert f"{months} mois" in text


KNOWN = replace(
    DESK.legal,
    address=("1 place de la Loi", "38000 Grenoble"),
    phone="04 00 00 00 00",
    data_protection="dpo@prefecture.test",
)


@pytest.mark.parametrize("language", DESK.languages)
def test_whoever_answers_is_named_with_an_address_once_it_is_known(language: Language) -> None:
    desk = replace(DESK, legal=KNOWN)
    privacy, legal = (
        compose_notice(page, desk, language, LINKS.site, NOW) for page in (Page.PRIVACY, Page.LEGAL)
    )
    for html in (privacy, legal):
        assert KNOWN.controller[language] in words(html)
        assert "1 place de la Loi" in words(html)
        assert 'href="tel:+33400000000"' in html
    assert 'href="mailto:dpo@prefecture.test"' in privacy
    assert KNOWN.publisher[language] in words(legal)
    assert KNOWN.host[0] in words(legal)


@pytest.mark.parametrize("language", DESK.languages)
def test_while_no_address_is_known_one_asks_at_the_counter(language: Language) -> None:
    text = words(compose_notice(Page.PRIVACY, DESK, language, LINKS.site, NOW))
    assert DESK.terms[0].counter.address[0] in text


def audited(rate: int, on: date) -> Desk:
    failures = {FR: ("les cartes",), EN: ("the maps",)}
    audit = ConformityAudit(on=on, by="Cabinet Essai", rate=rate, failures=failures)
    return replace(DESK, legal=replace(DESK.legal, audit=audit))


@pytest.mark.parametrize(
    ("desk", "said"),
    [
        (DESK, "non conforme"),
        (audited(100, NOW.date()), "totalement conforme"),
        (audited(99, NOW.date()), "partiellement conforme"),
        (audited(50, NOW.date()), "partiellement conforme"),
        (audited(49, NOW.date()), "non conforme"),
        (audited(100, date(NOW.year - 3, NOW.month, NOW.day)), "non conforme"),
        (audited(100, date(NOW.year - 3, NOW.month, NOW.day + 1)), "totalement conforme"),
    ],
)
def test_how_accessible_the_pages_are_is_what_an_audit_of_three_years_at_most_found(
    desk: Desk, said: str
) -> None:
    text = words(compose_notice(Page.ACCESSIBILITY, desk, FR, LINKS.site, NOW))
    assert f"Accessibilité : {said}" in text
    assert said in text.partition("RGAA")[0]
    assert ("Cabinet Essai" in text) == ("les cartes" in text) == (desk is not DESK)
