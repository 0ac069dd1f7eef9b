"""What somebody fills in at the desk becomes an event, or a word about the field to put right."""

from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.decoding.contacts import contact_of
from chalicelib.decoding.desk_forms import ACTIONS, desk_event
from chalicelib.domain.contact import Contact, Language
from chalicelib.domain.errors import FormRefused
from chalicelib.domain.events import Closing, Event, EventType, Source
from chalicelib.domain.recording import Recorded, record
from tests.builders import DESK, a_dossier, paris, selected

NOW = paris("2019-05-14 00:30")  # the day before, by UTC
TODAY = date(2019, 5, 14)
DELAYS = DESK.terms_on(TODAY).delays
NONCE = "nonce-of-this-form"
LEA = {"given_name": "Léa", "family_name": "Benali"}
MESSAGE = "convocation.1.evt.7.email"
WORK = "unreachable.1.dossier.desk"


def event(action: str, **form: str) -> Event:
    return desk_event(action, {"nonce": NONCE, **form}, "D-1", "c.martin", NOW, DELAYS)


#: Each action as it is filled in, and what it says of the event.
READ: list[tuple[str, dict[str, str], EventType, dict[str, Any]]] = [
    (
        "confirmed",
        {"slot": "A1 evt-1"},
        EventType.CONFIRMED,
        {"appointment_id": "A1", "revision": "evt-1"},
    ),
    ("checked", {}, EventType.CHECKED, {}),
    ("deposited", {}, EventType.DEPOSITED, {"day": TODAY}),
    (
        "deposited",
        {"day": "13/5/2019", "recepisse_number": " R  1 "},
        EventType.DEPOSITED,
        {"day": date(2019, 5, 13), "recepisse_number": "R 1"},
    ),
    (
        "incomplete",
        {"day": "2019-05-14", "missing_documents": "Photo\r\n\r\n Relevé  de notes "},
        EventType.INCOMPLETE,
        {"day": TODAY, "missing_documents": ("Photo", "Relevé de notes")},
    ),
    ("missed", {"appointment_id": "A1"}, EventType.MISSED, {"appointment_id": "A1"}),
    ("collected", {}, EventType.COLLECTED, {"day": TODAY, "card_expires_on": None}),
    (
        "collected",
        {"card_expires_on": "2020-06-30"},
        EventType.COLLECTED,
        {"card_expires_on": date(2020, 6, 30)},
    ),
    (
        "collected",
        {"card_expires_on": "2029-05-14"},  # ten years to the day
        EventType.COLLECTED,
        {"card_expires_on": date(2029, 5, 14)},
    ),
    ("deposited", {"day": "2016-05-11"}, EventType.DEPOSITED, {"day": date(2016, 5, 11)}),
    (
        "closed",
        {"reason": "withdrawn"},
        EventType.CLOSED,
        {"day": TODAY, "reason": Closing.WITHDRAWN},
    ),
    (
        "closed",
        {"day": "2019-05-10", "reason": "other"},
        EventType.CLOSED,
        {"day": date(2019, 5, 10), "reason": Closing.OTHER},
    ),
    (
        "withdraw",
        {"subject": "dossier.closed", "why": "rouvert"},
        EventType.WITHDRAWN,
        {"subject": "dossier.closed"},
    ),
    (
        "contact",
        {**LEA, "email": "lea@example.org", "phone": "06 12 34 56 78", "language": "en"},
        EventType.CONTACT_UPDATED,
        {
            "contact": Contact(
                given_name="Léa",
                family_name="Benali",
                email="lea@example.org",
                phone="06 12 34 56 78",
                number="+33612345678",
                mobile="+33612345678",
                language=Language.EN,
            )
        },
    ),
    (
        "contact",
        {"family_name": "Benali", "phone": "04 76 00 00 00"},
        EventType.CONTACT_UPDATED,
        {
            "contact": Contact(
                given_name="", family_name="Benali", phone="04 76 00 00 00", number="+33476000000"
            )
        },
    ),
    (
        "resend",
        {"subject": MESSAGE, "why": "demande au guichet"},
        EventType.ASKED_AGAIN,
        {"subject": MESSAGE, "why": "demande au guichet"},
    ),
    (
        "close",
        {"subject": WORK, "why": "appelée", "outcome": "again"},
        EventType.WORK_CLOSED,
        {"subject": WORK, "why": "appelée", "until": TODAY + timedelta(days=14)},
    ),
    (
        "close",
        {"subject": WORK, "why": "vue", "outcome": "again", "until": "2019-05-20"},
        EventType.WORK_CLOSED,
        {"until": date(2019, 5, 20)},
    ),
    (
        "close",
        {"subject": WORK, "why": "vue", "outcome": "ended", "until": "2019-05-20"},
        EventType.WORK_CLOSED,
        {"until": None},
    ),
    (
        "note",
        {"why": " Rappeler \r\n après  les examens. "},
        EventType.NOTED,
        {"why": "Rappeler après les examens."},
    ),
    (
        "withdraw",
        {"subject": "card.ready", "why": "erreur de dossier"},
        EventType.WITHDRAWN,
        {"subject": "card.ready", "why": "erreur de dossier"},
    ),
    ("new_links", {"why": "boîte partagée"}, EventType.LINKS_RENEWED, {"why": "boîte partagée"}),
    ("erasure", {"reference": " d-1 "}, EventType.ERASURE_REQUESTED, {"subject": None}),
    ("erasure_withdrawn", {}, EventType.ERASURE_WITHDRAWN, {"subject": None}),
]


@pytest.mark.parametrize(("action", "form", "kind", "said"), READ)
def test_a_form_says(
    action: str, form: dict[str, str], kind: EventType, said: dict[str, Any]
) -> None:
    told = event(action, **form)
    assert {name: getattr(told, name) for name in said} == said
    assert (told.type, told.source, told.by) == (kind, Source.DESK, "c.martin")
    assert (told.at, told.received_at, told.event_id) == (NOW, NOW, f"desk-{NONCE}")


def test_every_action_was_tried() -> None:
    assert {action for action, *_ in READ} == set(ACTIONS)


CLOSED = {"subject": WORK, "why": "vue"}

#: What cannot be used, and the field that is named.
REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("note", {"why": " "}, "why"),
    ("note", {"why": "x" * 501}, "why"),
    ("unknown", {}, "action"),
    ("erasure", {}, "reference"),
    ("erasure", {"reference": "D-2"}, "reference"),
    ("checked", {"nonce": "short"}, "nonce"),
    ("checked", {"nonce": ""}, "nonce"),
    ("deposited", {"day": "2019-05-15"}, "day"),  # tomorrow
    ("deposited", {"day": "1999-12-31"}, "day"),
    ("deposited", {"day": "31/02/2019"}, "day"),
    ("deposited", {"day": "hier"}, "day"),
    ("deposited", {"day": "20190514"}, "day"),
    ("incomplete", {"missing_documents": " \r\n "}, "missing_documents"),
    ("incomplete", {"missing_documents": "x" * 301}, "missing_documents"),
    ("incomplete", {"missing_documents": "x\n" * 51}, "missing_documents"),
    ("incomplete", {"missing_documents": f"{'x' * 299}\n" * 14}, "missing_documents"),
    ("confirmed", {}, "slot"),
    ("confirmed", {"slot": "A1"}, "slot"),
    ("confirmed", {"slot": "A.1 evt-1"}, "slot"),
    ("missed", {}, "appointment_id"),
    ("missed", {"appointment_id": "A 1"}, "appointment_id"),
    ("collected", {"card_expires_on": "2019-05-14"}, "card_expires_on"),
    ("collected", {"card_expires_on": "2101-01-01"}, "card_expires_on"),
    ("collected", {"card_expires_on": "2029-05-15"}, "card_expires_on"),
    ("collected", {"day": "2019-05-10", "card_expires_on": "2019-05-10"}, "card_expires_on"),
    ("deposited", {"day": "2016-05-10"}, "day"),
    ("closed", {"reason": "withdrawn", "day": "2019-05-15"}, "day"),
    ("closed", {}, "reason"),
    ("closed", {"reason": "Refusé"}, "reason"),
    ("contact", {"given_name": "Léa"}, "family_name"),
    ("contact", {**LEA, "family_name": "x" * 201}, "family_name"),
    ("contact", {**LEA, "family_name": "Ben\x00ali"}, "family_name"),
    ("contact", {**LEA, "email": "lea@example"}, "email"),
    ("contact", {**LEA, "email": "lea.@example.org"}, "email"),
    ("contact", {**LEA, "email": "lea benali@example.org"}, "email"),
    ("contact", {**LEA, "phone": "06 12"}, "phone"),
    ("contact", {**LEA, "phone": "none"}, "phone"),
    ("contact", {**LEA, "phone": "06 12 34 56 78 ext. 5"}, "phone"),
    ("contact", {**LEA, "language": "de"}, "language"),
    ("resend", {"subject": MESSAGE, "why": " "}, "why"),
    ("resend", {"subject": WORK, "why": "x"}, "subject"),
    ("resend", {"subject": "convocation.one.e1.email", "why": "x"}, "subject"),
    ("resend", {"subject": "convocation.1..email", "why": "x"}, "subject"),
    ("resend", {"subject": "nothing.1.e1.email", "why": "x"}, "subject"),
    ("resend", {"subject": f"convocation.1.{'e' * 300}.email", "why": "x"}, "subject"),
    ("close", {**CLOSED, "subject": MESSAGE}, "subject"),
    ("close", CLOSED, "outcome"),
    ("close", {**CLOSED, "outcome": "again", "until": "2019-05-14"}, "until"),
    ("close", {**CLOSED, "outcome": "again", "until": "2020-05-20"}, "until"),
    ("withdraw", {"subject": "dossier.checked", "why": "x"}, "subject"),
    ("withdraw", {"subject": "card.ready"}, "why"),
]


@pytest.mark.parametrize(("action", "form", "field"), REFUSED)
def test_a_form_is_refused_by_its_field(action: str, form: dict[str, str], field: str) -> None:
    with pytest.raises(FormRefused) as refused:
        event(action, **form)
    assert refused.value.field == field
    assert refused.value.message.endswith((".", "?"))


def test_what_was_typed_is_not_repeated() -> None:
    with pytest.raises(FormRefused) as refused:
        event("contact", **LEA, email="lea(at)example.org")
    assert "lea" not in str(refused.value)


def test_a_reference_from_the_address_is_checked_as_well() -> None:
    with pytest.raises(FormRefused, match="dossier_id"):
        desk_event("checked", {"nonce": NONCE}, "D 1", "c.martin", NOW, DELAYS)


def test_a_second_press_is_a_duplicate_whatever_else_stands_on_the_page() -> None:
    first = event("resend", subject=MESSAGE, why="guichet", csrf="a")
    again = desk_event(
        "resend",
        {"nonce": NONCE, "subject": MESSAGE, "why": "guichet", "csrf": "b", "even_so": "1"},
        "D-1",
        "c.martin",
        NOW + timedelta(seconds=2),
        DELAYS,
    )
    dossier, _ = record(a_dossier(selected()), first)
    assert record(dossier, again) == (dossier, Recorded.DUPLICATE)


@pytest.mark.parametrize("other", [{"day": "2019-05-13"}, {"recepisse_number": "R-2"}])
def test_the_same_form_with_other_words_is_another_form(other: dict[str, str]) -> None:
    assert event("deposited").digest != event("deposited", **other).digest


# A contact that is pasted, or was never right


@pytest.mark.parametrize("unseen", ["\u200b", "\u202a", "\u200e", "\ufeff", "\u00a0", "\u00ad"])
def test_what_nobody_sees_is_not_refused_but_taken_out(unseen: str) -> None:
    contact = event(
        "contact",
        given_name=f"{unseen}Léa",
        family_name=f"Benali{unseen}",
        email=f"{unseen}lea@example.org{unseen}",
        phone=f"{unseen}06 12 34 56 78{unseen}",
    ).contact
    assert contact == contact_of(
        **LEA, email="lea@example.org", phone="06 12 34 56 78", language=None
    )


def test_a_name_keeps_the_joiners_of_its_script() -> None:
    contact = event("contact", family_name="می\u200cخواهم").contact
    assert contact
    assert contact.family_name == "می\u200cخواهم"


@pytest.mark.parametrize(
    ("email", "phone"),
    [
        ("lea.@example.org", "call my mother"),
        ("lea benali@example.org", "06 12"),
        ("lea\nbenali@example.org", "+33 6 12 34 56 78 ext. 5"),
    ],
)
def test_what_stands_there_already_can_be_saved_as_it_is(email: str, phone: str) -> None:
    known = contact_of(**LEA, email=email, phone=phone, language="de")
    form = {
        "nonce": NONCE,
        **LEA,
        "email": email.replace("\n", " "),
        "phone": phone,
        "language": "",
    }
    assert desk_event("contact", form, "D-1", "c.martin", NOW, DELAYS, known).contact == known
    mended = {**form, "email": "lea@example.org", "phone": "", "language": "en"}
    saved = desk_event("contact", mended, "D-1", "c.martin", NOW, DELAYS, known).contact
    assert saved == contact_of(**LEA, email="lea@example.org", phone=None, language="en")


@pytest.mark.parametrize("field", ["email", "phone"])
def test_another_value_that_cannot_be_used_is_refused(field: str) -> None:
    known = contact_of(**LEA, email="lea.@example.org", phone="call my mother", language=None)
    form = {"nonce": NONCE, **LEA, "email": "lea.@example.org", "phone": "call my mother"}
    with pytest.raises(FormRefused) as refused:
        desk_event("contact", {**form, field: "x@"}, "D-1", "c.martin", NOW, DELAYS, known)
    assert refused.value.field == field
