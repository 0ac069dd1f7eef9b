"""Every notice, in the desk’s languages, on its channels, with much and with little to say."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest

from chalicelib.domain.appointments import EarlyEnd
from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Channel, Language
from chalicelib.domain.errors import TextFailed
from chalicelib.domain.facts import Bookings, Facts
from chalicelib.messages.compose import compose_email, compose_sms
from chalicelib.messages.letter import Attachment, Email, Sms, StudentAddresses
from chalicelib.messages.sms_characters import parts
from chalicelib.messages.variables import SHORT_REFERENCE
from tests.messages.samples import (
    BY_EMAIL,
    BY_SMS,
    DESK,
    DOSSIER,
    FORMERLY,
    LINKS,
    NOW,
    closed_desk,
    contact,
    everything,
    milestone,
    notice,
    the_least,
)
from tests.messages.test_dates_in_words import plain

FR, EN = Language.FR, Language.EN
INVITE = Attachment(filename="a.ics", media_type="text/calendar", content=b"")

#: Where the one thing to do is a click away.
BUTTONS = {
    Kind.CONFIRMATION_REQUEST: LINKS.confirm,
    Kind.CONFIRMATION_REMINDER: LINKS.confirm,
    Kind.CONVOCATION: f"{LINKS.convocation}/pdf",
    Kind.APPOINTMENT_REMINDER: LINKS.convocation,
    Kind.APPOINTMENT_CANCELLED: DESK.terms[0].booking_url,
    Kind.APPOINTMENT_MISSED: DESK.terms[0].booking_url,
    Kind.MISSING_DOCUMENTS: DESK.terms[0].booking_url,
    Kind.RENEWAL_OPENS: DESK.terms[0].booking_url,
    Kind.RENEWAL_LAST_CALL: DESK.terms[0].booking_url,
}

each_language = pytest.mark.parametrize("language", DESK.languages)
each_email = pytest.mark.parametrize("kind", BY_EMAIL)
each_sms = pytest.mark.parametrize("kind", BY_SMS)


#: A phone cuts a subject at 40 characters or so, a mailbox on a desktop at 60 to 70: what matters
#: comes first. Beside it there is room for about a hundred.
LONGEST_SUBJECT, LONGEST_PREHEADER = 72, 105

#: What tells a text message of ours from one that is after money.
NO_LINK = {FR: "SMS sans lien.", EN: "No link."}

OF_A_DAY = (
    Kind.CONFIRMATION_REQUEST,
    Kind.CONFIRMATION_REMINDER,
    Kind.CONVOCATION,
    Kind.CHECK_REMINDER,
    Kind.APPOINTMENT_REMINDER,
    Kind.APPOINTMENT_CANCELLED,
)


def on_the_longest_day(language: Language) -> Facts:
    """Everything happens on a day with a long name, a Wednesday in September."""
    day, facts = date(2026, 9, 30), everything(language)
    assert facts.appointment is not None
    starts_at = datetime(2026, 9, 30, 8, 30, tzinfo=UTC)
    return replace(
        facts,
        to_deposit=Bookings(
            appointment=replace(facts.appointment, starts_at=starts_at, booked_at=starts_at)
        ),
        incomplete=milestone(day),
        deposited=milestone(day),
        card_ready=milestone(day),
        collected=replace(milestone(day), card_expires_on=date(2026, 11, 30)),
    )


def moved(language: Language) -> Facts:
    """The appointment was at another hour, and its first booking is what was in time."""
    facts = everything(language)
    assert facts.appointment is not None
    return replace(
        facts,
        to_deposit=Bookings(
            first_booked_at=NOW - timedelta(days=9),
            appointment=replace(
                facts.appointment, moves=1, moved_from=FORMERLY, permit_expires_on=date(2019, 4, 9)
            ),
        ),
    )


def email(kind: Kind, facts: Facts, *, number: int = 1, now: datetime = NOW) -> Email:
    return compose_email(notice(kind, number=number), facts, closed_desk(), LINKS, DOSSIER, now)


def sms(
    kind: Kind, facts: Facts, *, number: int = 1, dossier_id: str = DOSSIER, now: datetime = NOW
) -> Sms:
    asked = notice(kind, number=number, channel=Channel.SMS)
    return compose_sms(asked, facts, DESK, LINKS, dossier_id, now)


def words_of(html: str) -> list[str]:
    """What the HTML part says under its heading, as the text part would say it."""
    below = re.sub(r"^.*</h1>|<!--.*?-->", "", plain(html), flags=re.DOTALL)
    links = re.sub(r'<a href="(http[^"]*)"[^>]*>(?!http)([^<]*)</a>', r"\2 : \1", below)
    spaced = re.sub(r"(?=</?(p|h2|li|td|br)\b)", " ", links)
    return unescape(re.sub(r"<[^>]*>", "", spaced)).replace(" :", ":").split()


def links_of(html: str) -> set[str]:
    return set(re.findall(r'<a [^>]*href="(http[^"]*)"', html))


def preheader_of(html: str) -> str:
    """What a mailbox shows beside the subject, and an opened letter hides."""
    (hidden,) = re.findall(r'<div style="display:none[^"]*">(.*?)</div>', html)
    return plain(unescape(hidden))


def buttons_of(html: str) -> list[str]:
    return re.findall(r'<td class="button"[^>]*><a href="([^"]*)"', html)


def words_of_text(text: str) -> list[str]:
    return plain(re.sub(r"^-( |-+$)", "", text, flags=re.MULTILINE)).replace(" :", ":").split()


# Whole and parallel


@each_email
@each_language
def test_every_email_says_the_same_in_text_and_in_html(kind: Kind, language: Language) -> None:
    for facts in (everything(language), the_least(language), moved(language)):
        letter = email(kind, facts)

        assert words_of_text(letter.text) == words_of(letter.html)


@each_email
@each_language
def test_both_parts_lead_to_the_same_pages_and_name_the_same_days(
    kind: Kind, language: Language
) -> None:
    letter = email(kind, everything(language))

    day = re.compile(r"\d+(?:er)?\s\w+ 20\d\d(?: (?:à|at) [\d :h]+)?")
    below = letter.html.split("</h1>")[1]
    assert links_of(letter.html) == set(re.findall(r"https?://\S+", letter.text))
    assert day.findall(plain(below)) == day.findall(plain(letter.text)) != []


@each_email
@each_language
def test_every_email_has_one_heading_and_others_below_it(kind: Kind, language: Language) -> None:
    letter = email(kind, everything(language))

    first, *others = re.findall(r"<h(\d)", letter.html)
    assert first == "1"
    assert set(others) <= {"2"}
    assert f"<h1>{letter.subject}</h1>" in plain(letter.html)


@each_email
@each_language
def test_what_is_done_online_has_one_button(kind: Kind, language: Language) -> None:
    letter = email(kind, everything(language))

    leads_to = BUTTONS.get(kind)
    assert buttons_of(letter.html) == ([leads_to] if leads_to else [])


@each_email
@each_language
def test_every_link_says_where_it_leads(kind: Kind, language: Language) -> None:
    html = email(kind, everything(language)).html

    said = dict(re.findall(r'<a [^>]*href="(http[^"]*)"[^>]*>([^<]*)</a>', html))
    assert all(len(words.split()) >= 3 or words == link for link, words in said.items())
    assert len(set(said.values())) == len(said)


@each_email
@each_language
def test_every_email_names_its_reference_its_page_and_whom_to_ask(
    kind: Kind, language: Language
) -> None:
    letter = email(kind, everything(language))

    for part in (letter.text, letter.html):
        assert DOSSIER in part
        assert LINKS.dossier in part
        assert "04 56 52 97 89" in part
        assert "isso@grenoble-univ.fr" in part
    assert letter.language is language
    assert f'<html lang="{language}"' in letter.html


@each_email
@each_language
def test_every_email_warns_of_a_closure_in_the_next_six_weeks(
    kind: Kind, language: Language
) -> None:
    why = closed_desk().closures[0].why[language]

    assert why in email(kind, everything(language)).text
    assert why not in email(kind, everything(language), now=NOW + timedelta(days=30)).text


@each_email
@each_language
def test_every_email_works_with_the_least_there_is_to_know(kind: Kind, language: Language) -> None:
    letter = email(kind, the_least(language))

    greeting = "Bonjour," if language is FR else "Hello,"
    assert letter.text.startswith(f"{greeting}\n\n")


@each_email
def test_a_letter_to_nobody_known_is_in_french(kind: Kind) -> None:
    assert email(kind, the_least()).language is FR


@each_email
@each_language
def test_a_subject_is_one_line_and_names_nobody(kind: Kind, language: Language) -> None:
    subject = email(kind, everything(language)).subject

    assert subject.isprintable()
    assert not subject[0].islower()
    assert "Jean" not in subject
    assert "Dupont" not in subject


@each_language
def test_the_subject_of_a_card_names_the_card(language: Language) -> None:
    named = {FR: "titre de séjour", EN: "residence permit"}[language]
    for kind in (Kind.CARD_READY, Kind.CARD_WAITING):
        assert named in email(kind, everything(language)).subject.lower()


@each_language
def test_no_two_letters_without_news_are_alike(language: Language) -> None:
    letters = [email(Kind.NO_NEWS, everything(language), number=n) for n in (1, 2, 3)]
    assert len({letter.subject for letter in letters}) == len(letters)
    assert len({letter.text.split("\n\n")[1] for letter in letters}) == len(letters)


@each_email
@each_language
def test_a_mailbox_shows_what_to_do_and_when(kind: Kind, language: Language) -> None:
    for facts in (everything(language), on_the_longest_day(language)):
        letter = email(kind, facts, number=3)
        preheader = preheader_of(letter.html)

        assert 30 <= len(letter.subject) <= LONGEST_SUBJECT
        assert 60 <= len(preheader) <= LONGEST_PREHEADER
        assert preheader[0].isupper()
        assert re.search(r" 20\d\d\b", letter.subject + preheader)
        assert "Jean" not in preheader
        assert not set(preheader.split(". ")) & set(letter.text.splitlines())


@each_language
@pytest.mark.parametrize("kind", OF_A_DAY)
def test_the_subject_about_an_appointment_begins_with_its_day(
    kind: Kind, language: Language
) -> None:
    subject = email(kind, everything(language)).subject

    day = {FR: "mardi 14 mai 2019", EN: "Tuesday 14 May 2019"}[language]
    assert subject.lower().find(day.lower()) in {0, len("avant le "), len("before ")}


@each_email
def test_french_is_typeset(kind: Kind) -> None:
    letter = email(kind, everything(FR))

    assert not re.search(r"\w [:;?!»]", letter.text)
    assert "'" not in letter.text
    assert "'" not in re.sub(r"<[^>]*>", "", letter.html)


@each_email
@each_language
def test_nothing_is_left_unwritten(kind: Kind, language: Language) -> None:
    letter = email(kind, everything(language))

    for part in (letter.subject, letter.text, letter.html):
        assert not re.search(r"None|\{\{|\{%|\[\]|\(\)", part)
    assert "\n\n\n" not in letter.text


# What each says


def test_the_subject_of_the_confirmation_request_says_what_to_do_and_when() -> None:
    request = Kind.CONFIRMATION_REQUEST

    assert email(request, everything(FR)).subject == (
        "Mardi 14 mai 2019 à 10 h 30 : confirmez votre rendez-vous"
    )
    assert email(request, everything(EN)).subject == (
        "Tuesday 14 May 2019 at 10:30 am: confirm your appointment"
    )


@each_language
@pytest.mark.parametrize("kind", [Kind.CONFIRMATION_REQUEST, Kind.CONFIRMATION_REMINDER])
def test_whoever_must_confirm_finds_the_button_and_the_warning(
    kind: Kind, language: Language
) -> None:
    text = email(kind, everything(language)).text

    assert "https://rdv.example/confirm/T" in text
    assert {FR: "gratuits et ne se vendent jamais", EN: "free of charge"}[language] in text


@each_language
@pytest.mark.parametrize(
    "kind", [Kind.CONFIRMATION_REQUEST, Kind.CONFIRMATION_REMINDER, Kind.CONVOCATION]
)
def test_whoever_has_another_date_is_told_to_forget_the_former_one(
    kind: Kind, language: Language
) -> None:
    only = {
        FR: "Cette date remplace celle du mardi 7\N{NO-BREAK SPACE}mai 2019",
        EN: "This date replaces your former date, Tuesday 7\N{NO-BREAK SPACE}May 2019",
    }[language]

    assert only in email(kind, moved(language)).text
    assert only not in email(kind, everything(language)).text


@each_language
def test_a_moved_appointment_is_not_said_to_have_been_chosen(language: Language) -> None:
    chosen = {FR: "Vous avez choisi", EN: "You have chosen"}[language]
    changed = {FR: "a changé", EN: "has changed"}[language]

    first, moved_on = (
        email(Kind.CONFIRMATION_REQUEST, facts(language)).text for facts in (everything, moved)
    )
    assert (chosen in first, changed in first) == (True, False)
    assert (chosen in moved_on, changed in moved_on) == (False, True)


@each_language
def test_a_cancellation_leaves_alone_who_has_booked_again(language: Language) -> None:
    text = email(Kind.APPOINTMENT_CANCELLED, everything(language)).text

    nothing_to_do = {FR: "vous n’avez rien à faire de plus", EN: "nothing more you need to do"}
    that_date = {
        FR: "La convocation pour cette date",
        EN: "The convocation (appointment notice) for that date",
    }
    assert nothing_to_do[language] in text
    assert that_date[language] in text


@each_language
def test_whether_the_helper_is_open_is_to_be_asked_only_around_a_closure(
    language: Language,
) -> None:
    asked = {FR: "si ISSO vous reçoit ces jours-là", EN: "whether ISSO is open on those days"}
    near, far = (
        email(Kind.CHECK_REMINDER, everything(language), now=NOW + timedelta(days=days)).text
        for days in (0, 30)
    )
    assert (asked[language] in near, asked[language] in far) == (True, False)


@each_language
def test_the_convocation_is_whole_without_its_attachments(language: Language) -> None:
    text = plain(email(Kind.CONVOCATION, everything(language)).text)

    when = {FR: "mardi 14 mai 2019 à 10 h 30", EN: "Tuesday 14 May 2019 at 10:30 am"}
    booked = {FR: "mercredi 10 avril 2019", EN: "Wednesday 10 April 2019"}
    expiry = {FR: "lundi 1er juillet 2019", EN: "Monday 1 July 2019"}
    for said in (when, booked, expiry):
        assert said[language].lower() in text.lower()
    assert "1025 avenue Centrale" in text
    assert "https://rdv.example/convocation/T/pdf" in text


def test_a_permit_that_ended_before_the_booking_is_not_called_in_time() -> None:
    facts = everything(FR)
    assert facts.appointment is not None
    late = replace(facts.appointment, permit_expires_on=date(2019, 4, 9))

    text = email(Kind.CONVOCATION, replace(facts, to_deposit=Bookings(appointment=late))).text

    assert "mercredi 10" in text
    assert "titre de séjour actuel" not in text


@each_language
def test_a_first_booking_in_time_is_told_where_the_last_one_was_not(language: Language) -> None:
    text = plain(email(Kind.CONVOCATION, moved(language)).text)

    first = {
        FR: "le lundi 1er avril 2019, quand votre titre de séjour actuel était encore",
        EN: "on Monday 1 April 2019, while your current residence permit was still",
    }
    last = {FR: "le mercredi 10 avril 2019. Le", EN: "on Wednesday 10 April 2019. The"}
    assert first[language] in text
    assert last[language] in text


@each_language
def test_a_convocation_that_replaces_another_says_when_the_first_was_booked(
    language: Language,
) -> None:
    facts = everything(language)
    earlier = replace(facts.to_deposit, first_booked_at=NOW - timedelta(days=9))
    facts = replace(facts, to_deposit=earlier)

    said = {FR: "pris le lundi 1er avril 2019", EN: "booked on Monday 1 April 2019"}[language]
    assert said in plain(email(Kind.CONVOCATION, facts).text)
    assert said not in plain(email(Kind.CONVOCATION, everything(language)).text)


def test_the_invite_is_mentioned_when_it_is_there() -> None:
    def text(attachments: tuple[Attachment, ...]) -> str:
        asked = notice(Kind.CONVOCATION)
        letter = compose_email(asked, everything(), DESK, LINKS, DOSSIER, NOW, attachments)
        assert letter.attachments == attachments
        return letter.text

    assert "agenda" in text((INVITE,))
    assert "agenda" not in text(())


def test_papers_that_the_helper_has_checked_are_not_sent_there_again() -> None:
    asked = "faites vérifier votre dossier"

    assert asked in email(Kind.CONVOCATION, everything()).text
    assert asked not in email(Kind.CONVOCATION, replace(everything(), checked=True)).text


@each_language
def test_missing_documents_are_listed_or_the_counter_is_quoted(language: Language) -> None:
    listed = email(Kind.MISSING_DOCUMENTS, everything(language)).text
    quoted = email(Kind.MISSING_DOCUMENTS, the_least(language)).text

    assert "- photo d’identité\n" in listed
    assert ("This list is in French" in listed) is (language is EN)
    assert "This list is in French" not in quoted
    assert {FR: "au guichet", EN: "at the counter"}[language] in quoted


@each_language
def test_an_empty_line_among_the_missing_documents_is_none(language: Language) -> None:
    visit = replace(milestone(date(2019, 5, 14)), missing_documents=(" ", "passeport", "\n"))
    text = email(Kind.MISSING_DOCUMENTS, replace(everything(language), incomplete=visit)).text
    assert [line for line in text.splitlines() if line.startswith("- ")] == ["- passeport"]


@each_language
def test_the_deposit_says_to_keep_the_recepisse_and_when_to_ask(language: Language) -> None:
    text = plain(email(Kind.DEPOSIT_RECEIPT, everything(language)).text)

    six_weeks_later = {FR: "mardi 25 juin 2019", EN: "Tuesday 25 June 2019"}
    assert "R-123" in text
    assert {FR: "6 semaines", EN: "6 weeks"}[language] in text
    assert six_weeks_later[language] in text


def test_an_sms_is_announced_to_those_who_can_receive_one() -> None:
    with_mobile, without = everything(FR), the_least(FR)

    assert "un SMS et un e-mail" in email(Kind.DEPOSIT_RECEIPT, with_mobile).text
    assert "pas de numéro de mobile" in email(Kind.DEPOSIT_RECEIPT, without).text


@pytest.mark.parametrize(("number", "weeks"), [(1, 6), (2, 12), (3, 18)])
def test_silence_is_counted_in_weeks_from_the_data(number: int, weeks: int) -> None:
    facts = everything(FR)

    assert f"{weeks} semaines" in email(Kind.NO_NEWS, facts, number=number).text
    assert f"{weeks} semaines" in sms(Kind.NO_NEWS, facts, number=number).text


@each_language
def test_a_correction_says_whose_mistake_it_was_what_to_do_and_when_it_was_made(
    language: Language,
) -> None:
    letter = email(Kind.CORRECTION, replace(everything(language), to_deposit=Bookings()))
    mistake = {FR: "Erreur de notre part : ne venez pas encore", EN: "Our mistake: please do not"}
    told = {
        FR: ["écrit par erreur que votre titre était prêt"],
        EN: ["told you by mistake that your permit"],
    }
    told[FR] += ["Nous vous préviendrons dès qu’il sera disponible", "Veuillez nous excuser"]
    told[EN] += ["We will write again when it is", "We apologise"]
    on = {FR: "mercredi 10 avril 2019", EN: "Wednesday 10 April 2019"}
    assert plain(letter.subject).startswith(mistake[language])
    assert [words for words in told[language] if words not in plain(letter.text)] == []
    assert on[language] in plain(preheader_of(letter.html))


@each_language
def test_a_correction_calls_nobody_away_from_an_appointment(language: Language) -> None:
    """The card was never there; the visit at which the file is handed in is still ahead."""
    facts = everything(language)
    after = NOW + timedelta(days=60)
    kept = {FR: "rendez-vous du mardi 14 mai 2019", EN: "appointment on Tuesday 14 May 2019"}
    in_short = {FR: "Votre RDV ne change pas", EN: "Your appointment stands"}
    assert kept[language] in plain(email(Kind.CORRECTION, facts).text)
    assert kept[language] not in plain(email(Kind.CORRECTION, facts, now=after).text)
    assert in_short[language] in sms(Kind.CORRECTION, facts).text
    assert in_short[language] not in sms(Kind.CORRECTION, facts, now=after).text
    assert (
        in_short[language] not in sms(Kind.CORRECTION, replace(facts, to_deposit=Bookings())).text
    )


@each_language
@pytest.mark.parametrize("kind", [Kind.CARD_READY, Kind.CARD_WAITING, Kind.NO_NEWS])
def test_whoever_fetches_a_card_knows_what_to_bring(kind: Kind, language: Language) -> None:
    text = email(kind, everything(language)).text

    for paper in DESK.terms[0].papers["collect"][language]:
        assert f"- {paper}\n" in text
    assert "https://timbres.impots.gouv.fr" in text
    assert "€" not in text


def test_a_renewal_names_the_last_good_day_while_it_is_ahead() -> None:
    too_late = datetime(2020, 6, 1, tzinfo=UTC)

    early = email(Kind.RENEWAL_OPENS, everything(FR))
    late = email(Kind.RENEWAL_OPENS, everything(FR), now=too_late)

    assert early.subject == "Renouvellement : réservez au plus tard le vendredi 8 mai 2020"
    assert late.subject == "Renouvellement : réservez dès maintenant"
    assert "8\N{NO-BREAK SPACE}mai" not in late.text


def test_where_the_helper_is_elsewhere_its_own_address_and_hours_are_said() -> None:
    (terms,) = DESK.terms
    assert terms.helper
    helper = replace(terms.helper, address=("Bâtiment MUSE", "80 allée Ampère"))
    desk = replace(DESK, terms=(replace(terms, helper=helper),))
    closed = replace(DESK, terms=(replace(terms, helper=replace(helper, openings=())),))
    asked = notice(Kind.CONVOCATION)

    text = compose_email(asked, everything(), desk, LINKS, DOSSIER, NOW).text
    without_hours = compose_email(asked, everything(), closed, LINKS, DOSSIER, NOW).text

    assert "Bâtiment MUSE, 80 allée Ampère (du lundi" in text
    assert "Bâtiment MUSE, 80 allée Ampère. " in without_hours


def test_a_visit_ahead_is_told_with_the_terms_of_its_day() -> None:
    (terms,) = DESK.terms
    counter = replace(terms.counter, address=("80 allée Ampère",))
    moved = replace(terms, valid_from=date(2019, 5, 10), counter=counter)
    desk = replace(DESK, terms=(terms, moved))

    def text(facts: Facts) -> str:
        asked = notice(Kind.CONFIRMATION_REQUEST)
        return compose_email(asked, facts, desk, LINKS, DOSSIER, NOW).text

    facts = everything()
    assert facts.appointment is not None
    cancelled = replace(
        facts.appointment, cancelled=EarlyEnd(event_id="e-9", at=NOW, learnt_at=NOW)
    )
    assert "80 allée Ampère" in text(facts)
    assert "1025 avenue Centrale" in text(
        replace(facts, to_deposit=Bookings(appointment=cancelled))
    )


# Headers


@each_email
@each_language
def test_machines_are_asked_not_to_answer(kind: Kind, language: Language) -> None:
    headers = dict(email(kind, everything(language)).headers)

    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["X-Auto-Response-Suppress"] == "All"
    assert headers["Content-Language"] == language
    assert all(f"{name}{value}".isascii() for name, value in headers.items())


@each_email
@each_language
def test_an_email_comes_from_the_desk_by_its_name_in_the_language_of_the_letter(
    kind: Kind, language: Language
) -> None:
    assert email(kind, everything(language)).sender == DESK.name[language]


@pytest.mark.parametrize("kind", sorted(set(BY_EMAIL) & set(BY_SMS)))
def test_who_reads_no_language_of_the_desk_is_written_to_in_its_first(kind: Kind) -> None:
    desk = replace(DESK, languages=(FR,))
    for compose, channel in ((compose_email, Channel.EMAIL), (compose_sms, Channel.SMS)):
        told = notice(kind, channel=channel)
        english, french = (
            compose(told, everything(language), desk, LINKS, DOSSIER, NOW) for language in (EN, FR)
        )
        assert english == french


@each_email
def test_only_renewal_reminders_can_be_refused_with_one_click(kind: Kind) -> None:
    letter = email(kind, everything())
    headers = dict(letter.headers)
    is_renewal = kind in {Kind.RENEWAL_OPENS, Kind.RENEWAL_LAST_CALL}

    refusal = f"<{LINKS.unsubscribe}>" if is_renewal else None
    assert headers.get("List-Unsubscribe") == refusal
    assert ("List-Unsubscribe-Post" in headers) is is_renewal
    assert (LINKS.unsubscribe in letter.text) is is_renewal


# Text messages


@each_sms
@each_language
def test_an_sms_with_the_longest_data_is_one_part(kind: Kind, language: Language) -> None:
    longest_day = datetime(2026, 9, 30, 8, 30, tzinfo=UTC)  # a Wednesday
    facts = everything(language)
    assert facts.appointment is not None
    slot = replace(facts.appointment, starts_at=longest_day)
    facts = replace(facts, to_deposit=Bookings(appointment=slot))

    for dossier_id in ("X" * SHORT_REFERENCE, "X" * 64):
        assert parts(sms(kind, facts, number=3, dossier_id=dossier_id).text) == 1
        later = longest_day + timedelta(days=1)  # of what is ahead nothing need be said
        assert parts(sms(kind, facts, number=3, dossier_id=dossier_id, now=later).text) == 1


@each_sms
@each_language
def test_an_sms_says_who_writes_and_names_nobody_and_has_no_link(
    kind: Kind, language: Language
) -> None:
    text = sms(kind, everything(language)).text

    assert text.startswith(DESK.sms_name)
    assert text.endswith(DOSSIER)
    assert "Jean" not in text
    assert "http" not in text
    assert NO_LINK[language] in text


@each_sms
@each_language
def test_an_sms_works_with_the_least_there_is_to_know(kind: Kind, language: Language) -> None:
    assert sms(kind, the_least(language)).language is language


def test_a_long_reference_is_shortened_to_its_end() -> None:
    assert sms(Kind.CARD_READY, everything(), dossier_id="GRENOBLE-2019-00042").text.endswith(
        " 19-00042"
    )


# Failing


def test_a_text_that_lacks_a_fact_fails_and_tells_no_data() -> None:
    facts = replace(everything(), to_deposit=Bookings())

    with pytest.raises(TextFailed) as failure:
        email(Kind.CONVOCATION, facts)

    assert str(failure.value).startswith("convocation/fr/")
    assert "appointment_at" in str(failure.value)
    assert "Jean" not in str(failure.value)


def test_a_dossier_without_a_card_has_no_renewal_to_speak_of() -> None:
    facts = replace(everything(), collected=None, deposited=None, incomplete=None, card_ready=None)

    assert email(Kind.CONVOCATION, facts).text
    with pytest.raises(TextFailed, match="card_expires_on"):
        email(Kind.RENEWAL_OPENS, facts)


def test_a_text_that_lacks_a_link_fails() -> None:
    bare = StudentAddresses(site=LINKS.site, dossier=LINKS.dossier, unsubscribe=LINKS.unsubscribe)

    with pytest.raises(TextFailed, match="confirm_link"):
        compose_email(notice(Kind.CONFIRMATION_REQUEST), everything(), DESK, bare, DOSSIER, NOW)


@pytest.mark.parametrize("kind", [Kind.CONTACT_US, Kind.UNREACHABLE])
def test_a_notice_without_an_email_text_fails(kind: Kind) -> None:
    with pytest.raises(TextFailed, match=f"{kind}/fr/subject.txt"):
        email(kind, everything())


@pytest.mark.parametrize("sms_name", ["Préfecture" * 10, "Préfecture 漢"])
def test_an_sms_that_is_not_one_part_in_gsm_7_fails(sms_name: str) -> None:
    desk = replace(DESK, sms_name=sms_name)
    asked = notice(Kind.CARD_READY, channel=Channel.SMS)

    with pytest.raises(TextFailed, match=r"card_ready/fr/sms\.txt: not one part"):
        compose_sms(asked, everything(), desk, LINKS, DOSSIER, NOW)


# Hostile data

HOSTILE = (
    '<img src=x onerror="alert(1)">',
    "Jean\r\nBcc: victim@example.org",
    "{{ links }}{% include '/etc/passwd' %}",
    "x" * 300,
    "😀" * 20,
    "\u202eevil",
)


@each_email
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_data_never_leaves_its_place(kind: Kind, text: str) -> None:
    facts = replace(
        everything(),
        contact=contact(given_name=text),
        incomplete=replace(milestone(date(2019, 5, 14)), missing_documents=(text,)),
        deposited=replace(milestone(date(2019, 5, 14)), recepisse_number=text),
    )

    letter = email(kind, facts)

    assert "<img" not in letter.html
    assert not re.search(r"^Bcc:", letter.text, flags=re.MULTILINE)
    assert "\u202e" not in letter.text + letter.html
    assert "root:" not in letter.text
    assert text not in letter.subject
    assert words_of_text(letter.text)[0] == "Bonjour," or "evil" in letter.text


def test_an_apostrophe_in_a_name_is_kept_in_text_and_escaped_in_html() -> None:
    letter = email(Kind.CARD_READY, everything(given_name="O'Neil"))

    assert letter.text.startswith("Bonjour O'Neil,")
    assert "<p>Bonjour O&#39;Neil,</p>" in letter.html
