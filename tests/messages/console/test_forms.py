"""The forms of a dossier: those that make sense, with what is known filled in."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.contact import Channel, Language
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.events import EventType
from chalicelib.domain.facts import Bookings, Facts, facts_of
from chalicelib.messages.console.forms import (
    actions,
    confirmable,
    forms,
    forms_for,
    hints_for,
    missable,
    steps,
    values_for,
)
from chalicelib.messages.console.words import codes
from chalicelib.messages.dates_in_words import day_and_hour
from gallery.console import FACTS, LEA, NOTHING, SELECTED, USELESS, VIEW, happened
from tests.messages.samples import appointment, milestone

MISSED = facts_of(
    (
        SELECTED,
        happened(EventType.MISSED, SELECTED.at + timedelta(days=60), appointment_id="A-1"),
    )
)


def offered(facts: Facts, now: datetime = VIEW.now) -> set[str]:
    return {form.action for form in forms_for(replace(VIEW, facts=facts, now=now))}


def test_every_form_has_its_word_in_the_audit() -> None:
    assert {f"dossier_{action}" for action in actions()} <= codes("actions")
    assert len(set(actions())) == len(actions())


def test_only_who_was_expected_can_be_missed() -> None:
    ended = replace(appointment(), missed=object())  # type: ignore[arg-type]  # any ending
    assert FACTS.appointment
    then = FACTS.appointment.starts_at
    assert "missed" in offered(FACTS, then)
    assert "missed" not in offered(FACTS, then - timedelta(minutes=1)), "nobody is missed before"
    assert "missed" not in offered(replace(FACTS, to_deposit=Bookings()), then)
    assert "missed" not in offered(replace(FACTS, to_deposit=Bookings(appointment=ended)), then)


def test_only_an_appointment_ahead_that_nobody_has_confirmed_can_be_confirmed() -> None:
    slot = facts_of((SELECTED,)).appointment
    assert slot
    booked = replace(VIEW, facts=facts_of((SELECTED,)))
    assert confirmable(booked) == {
        f"A-1 {SELECTED.event_id}": f"{day_and_hour(slot.starts_at, Language.FR)}, dépôt du dossier"
    }
    assert "confirmed" in offered(booked.facts)
    assert "confirmed" not in offered(booked.facts, slot.starts_at)
    assert "confirmed" not in offered(FACTS), "it is confirmed"
    assert "confirmed" not in offered(replace(booked.facts, deposited=milestone(slot_day(slot))))


def slot_day(slot: Appointment) -> date:
    return slot.starts_at.date()


def test_only_a_step_that_was_taken_can_be_taken_back() -> None:
    assert "withdraw" not in offered(FACTS)
    assert "withdraw" in offered(MISSED), "whoever looks for it reads why not"
    ready = replace(FACTS, card_ready=milestone(date(2019, 5, 9)))
    assert "withdraw" in offered(ready)
    assert steps(ready) == {"card.ready": "Titre prêt"}
    over = replace(FACTS, closed=milestone(date(2019, 5, 9)))
    assert steps(over) == {"dossier.closed": "Dossier clos"}


def test_what_is_known_of_the_student_is_in_the_fields() -> None:
    values = values_for(VIEW)
    assert (values["family_name"], values["email"]) == ("Benali", "lea.benali@example.org")
    assert values["day"] == "2019-05-10"
    assert values_for(NOTHING)["email"] == ""


def test_each_appointment_that_may_have_been_missed_can_be_chosen_the_last_first() -> None:
    assert FACTS.appointment
    then = FACTS.appointment.starts_at
    later = replace(
        FACTS.appointment,
        appointment_id="A-2",
        starts_at=then + timedelta(days=1),
        purpose=SlotPurpose.COLLECT,
    )
    both = replace(VIEW, facts=replace(FACTS, to_collect=Bookings(appointment=later)))
    first = {"A-1": f"{day_and_hour(then, Language.FR)}, dépôt du dossier"}
    assert missable(both) == {}
    assert missable(replace(both, now=then)) == first
    choices = missable(replace(both, now=later.starts_at))
    assert list(choices.items()) == [
        ("A-2", f"{day_and_hour(later.starts_at, Language.FR)}, remise du titre"),
        *first.items(),
    ]


def test_a_field_says_what_is_wrong_with_what_it_holds() -> None:
    assert set(hints_for(USELESS)) == {"email"}
    assert hints_for(USELESS)["email"].startswith("Un point est mal placé")
    contact = replace(LEA, phone="call my mother", number=None, mobile=None)
    unreadable = replace(VIEW, facts=replace(FACTS, contact=contact))
    assert set(hints_for(unreadable)) == {"phone"}
    assert hints_for(VIEW) == hints_for(NOTHING) == {}


def test_an_address_that_came_back_says_what_saving_it_again_does() -> None:
    refused = {Channel.EMAIL: "Bounce.Permanent.General", Channel.SMS: "TEXT_BLOCKED"}
    hints = hints_for(replace(VIEW, refused=refused))
    assert hints["email"].startswith("L’adresse e-mail n’existe pas. Enregistrée telle quelle")
    assert hints["phone"].startswith("Ce numéro n’accepte pas nos SMS. Enregistré tel quel")


def test_every_field_says_what_it_wants() -> None:
    kinds = {field.kind for form in forms() for field in form.fields}
    known = {"text", "day", "date", "lines", "language", "milestone", "closing", "appointment"}
    known |= {"slot", "hidden"}
    assert kinds <= known
    fields = [field for form in forms() for field in form.fields]
    assert all(bool(field.label) is (field.kind != "hidden") for field in fields)
