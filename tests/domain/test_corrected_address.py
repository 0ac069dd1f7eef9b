"""A corrected address gets what its student still needs, whatever became of the old one."""

from dataclasses import replace

import pytest

from chalicelib.domain.attempts import Attempt, FailureClass, Kind, NextTry, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.facts import facts_of
from chalicelib.domain.plan import Owed, owed
from tests.builders import (
    CONTACT,
    DESK,
    a_dossier,
    a_notice,
    a_step,
    an_attempt,
    an_event,
    cancelled,
    confirmed,
    missed,
    paris,
    selected,
)

NOW = {Channel.EMAIL: "new"}
READY = a_notice(Kind.CARD_READY, "2019-07-01")
WAITING = a_notice(Kind.CARD_WAITING, "2019-07-01")
CARD = [a_step(EventType.CARD_READY, "2019-07-01 10:00", contact=CONTACT)]


def due(events: list[Event], at: str, *ledger: Attempt) -> list[Owed]:
    plan = owed(a_dossier(*events, ledger=ledger), DESK, NOW, paris(at))
    return [o for o in plan.due if o.notice.channel is Channel.EMAIL]


def at_old(status: Status, at: str = "2019-07-01 10:01", attempt: int = 1) -> Attempt:
    return an_attempt(READY, status, at, address="old", attempt=attempt)


@pytest.mark.parametrize(
    "status", [Status.DELIVERED, Status.BOUNCED, Status.ACCEPTED, Status.UNKNOWN]
)
def test_whatever_became_of_it_at_the_old_address_it_leaves_again(status: Status) -> None:
    (again,) = due(CARD, "2019-07-02 10:00", at_old(status))
    assert (again.notice, again.next_try) == (READY, NextTry(attempt=2))


def test_a_fresh_attempt_that_was_put_off_is_taken_up_again() -> None:
    """The delivery at the wrong address must not count for the right one."""
    held = an_attempt(
        READY,
        Status.POSTPONED,
        "2019-07-02 10:01",
        address="new",
        attempt=2,
        until=paris("2019-07-02 10:03"),
        tries=1,
    )
    (again,) = due(CARD, "2019-07-02 10:03", at_old(Status.DELIVERED), held)
    assert again.next_try.attempt == 2


def test_a_bounce_at_the_new_address_is_a_loss_though_the_old_one_took_it() -> None:
    bounce = an_attempt(READY, Status.BOUNCED, "2019-07-02 10:01", address="new", attempt=2)
    plan = owed(
        a_dossier(*CARD, ledger=(at_old(Status.DELIVERED), bounce)),
        DESK,
        NOW,
        paris("2019-07-02 10:02"),
    )
    assert [o.notice.kind for o in plan.due] == [Kind.UNREACHABLE]


def test_back_at_the_first_address_the_numbers_go_on() -> None:
    """Receipts find their attempt by its number: no two may share one."""
    there = an_attempt(READY, Status.ACCEPTED, "2019-07-01 11:00", address="other", attempt=2)
    first = an_attempt(
        READY, Status.BOUNCED, "2019-07-01 10:01", address="new", failure_class=FailureClass.PASSING
    )
    (again,) = due(CARD, "2019-07-02 10:01", first, there)
    assert again.next_try.attempt == 3


@pytest.mark.parametrize("status", [Status.BOUNCED, Status.DELIVERED])
def test_the_latest_of_a_series_speaks_for_all_of_it(status: Status) -> None:
    ready = at_old(Status.BOUNCED)
    waiting = an_attempt(WAITING, status, "2019-08-12 09:00", address="old")
    (again,) = due(CARD, "2019-08-20 10:00", ready, waiting)
    assert (again.notice, again.next_try.attempt) == (WAITING, 2)


def test_a_student_who_has_not_confirmed_is_asked_at_the_new_address() -> None:
    request = an_attempt(
        a_notice(Kind.CONFIRMATION_REQUEST, "s"), Status.ACCEPTED, "2019-04-08 10:01", address="old"
    )
    reminder = a_notice(Kind.CONFIRMATION_REMINDER, "s")
    bounced = an_attempt(reminder, Status.BOUNCED, "2019-04-09 09:00", address="old")
    (again,) = due([selected(event_id="s")], "2019-04-10 12:00", request, bounced)
    assert again.notice == reminder


def test_what_arrived_and_is_only_a_reminder_is_not_repeated_elsewhere() -> None:
    notice = a_notice(Kind.RENEWAL_OPENS, "2020-06-30")
    collected = a_step(
        EventType.COLLECTED,
        "2019-07-20 10:00",
        contact=CONTACT,
        card_expires_on=paris("2020-06-30 12:00").date(),
    )
    told = an_attempt(notice, Status.DELIVERED, "2020-03-30 09:00", address="old")
    assert due([collected], "2020-04-01 09:00", told) == []
    lost = replace(told, status=Status.BOUNCED)
    assert [o.notice for o in due([collected], "2020-04-01 09:00", lost)] == [notice]


BACK = [
    an_event(EventType.CONTACT_UPDATED, f"2019-07-02 0{hour}:00", contact=contact)
    for hour, contact in ((8, replace(CONTACT, email="elsewhere@example.org")), (9, CONTACT))
]
WANTED = an_event(EventType.LINKS_RENEWED, "2019-07-02 09:00", "new", source=Source.DESK)


@pytest.mark.parametrize("since", [BACK, [WANTED]], ids=["back at it", "new ones were wanted"])
def test_what_arrived_here_with_links_that_are_dead_leaves_again(since: list[Event]) -> None:
    sent = replace(at_old(Status.DELIVERED), address="new", links=facts_of(CARD).links.name)
    assert due(CARD, "2019-07-02 10:00", sent) == []
    (again,) = due([*CARD, *since], "2019-07-02 10:00", sent)
    assert (again.notice, again.next_try) == (READY, NextTry(attempt=2))
    anew = replace(sent, attempt=2, links=facts_of([*CARD, *since]).links.name)
    assert due([*CARD, *since], "2019-07-02 10:00", sent, anew) == []


def test_what_carries_no_links_does_not_leave_again_for_their_sake() -> None:
    """An SMS has none."""
    text = an_attempt(
        replace(READY, channel=Channel.SMS), Status.DELIVERED, "2019-07-01 10:01", address="mobile"
    )
    plan = owed(
        a_dossier(*CARD, WANTED, ledger=(text,)),
        DESK,
        {**NOW, Channel.SMS: "mobile"},
        paris("2019-07-02 10:00"),
    )
    assert [o.notice.channel for o in plan.due] == [Channel.EMAIL]


ENDED = {
    Kind.APPOINTMENT_CANCELLED: [
        selected(event_id="s"),
        cancelled("2019-04-09 09:00", event_id="end"),
    ],
    Kind.APPOINTMENT_MISSED: [
        selected(event_id="s"),
        confirmed("2019-04-08 11:00", "s"),
        missed("2019-05-14 12:00", event_id="end"),
    ],
}


@pytest.mark.parametrize("kind", ENDED)
def test_whoever_has_to_book_anew_reads_so_at_the_new_address(kind: Kind) -> None:
    asked = an_attempt(
        a_notice(Kind.CONFIRMATION_REQUEST, "s"),
        Status.DELIVERED,
        "2019-04-08 10:01",
        address="old",
    )
    told = an_attempt(a_notice(kind, "end"), Status.DELIVERED, "2019-05-14 12:01", address="old")
    (again,) = due(ENDED[kind], "2019-05-15 10:00", asked, told)
    assert again.notice == told.notice
