"""When a dossier is forgotten, what little remains of it, and what it takes in afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from chalicelib.domain.attempts import Attempt, Kind, Status
from chalicelib.domain.channels import address_on
from chalicelib.domain.contact import Channel, Contact, Language
from chalicelib.domain.desk_calendar import Desk, months_after, paris_day
from chalicelib.domain.dossier import Dossier, Forgotten
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.facts import facts_of
from chalicelib.domain.forgetting import (
    REMINDERS,
    forgotten_on_request,
    is_sending,
    kept_until,
    may_have_left_overs,
    taken_in,
    what_remains,
)
from chalicelib.domain.plan import Plan, owed
from chalicelib.domain.recording import Recorded, record
from chalicelib.domain.rules import RULES
from chalicelib.domain.rules.anchors import no_fact
from chalicelib.domain.work import UNREACHABLE
from tests.builders import (
    ADDRESSES,
    CONTACT,
    DESK,
    DOSSIER,
    a_dossier,
    a_line,
    a_notice,
    a_step,
    an_attempt,
    an_event,
    an_ordinary_life,
    cancelled,
    missed,
    paris,
    selected,
)
from tests.domain.lives import Moment, moments

BOOKED = selected("2019-04-08 10:00", "2019-05-14 10:30", event_id="s")
INCOMPLETE = a_step(EventType.INCOMPLETE, "2019-05-20 10:40")
DEPOSITED = a_step(EventType.DEPOSITED, "2019-05-14 10:40")
READY = a_step(EventType.CARD_READY, "2019-07-01 15:00")
COLLECTED = a_step(EventType.COLLECTED, "2019-11-30 10:00")
CARD = replace(COLLECTED, card_expires_on=date(2020, 10, 31))
KNOWN = an_event(EventType.CONTACT_UPDATED, "2019-04-08 10:00", contact=CONTACT)
OVER = paris("2020-03-01 04:00")


def ended(line: Attempt, at: str, **more: Any) -> Event:
    """A person's last word on a line of the work list."""
    subject = str(line.notice)
    return an_event(EventType.WORK_CLOSED, at, source=Source.DESK, subject=subject, **more)


def plan(dossier: Dossier, now: datetime) -> Plan:
    return owed(dossier, DESK, ADDRESSES, now)


#: What the procedure owes, and the SMS about a dead address: all but a person's work about losses.
OF_A_FACT = {rule.kind for rule in RULES if rule.anchor is not no_fact}
TO_STUDENTS_OR_OF_STEPS = OF_A_FACT | {Kind.CONTACT_US}


def foreseen_in(plan: Plan) -> set[Kind]:
    """What is owed now or later."""
    return {o.notice.kind for o in (*plan.due, *plan.later)}


def until(
    *events: Event, now: datetime = OVER, desk: Desk = DESK, ledger: tuple[Attempt, ...] = ()
) -> date:
    dossier = a_dossier(*events, ledger=ledger)
    return kept_until(dossier, owed(dossier, desk, ADDRESSES, now), desk)


def remains(dossier: Dossier, now: datetime = OVER) -> Dossier:
    return what_remains(dossier, plan(dossier, now), DESK, now)


# Until when


@pytest.mark.parametrize(
    ("events", "last_day"),
    [
        # once it is finished, three
        ([BOOKED, DEPOSITED, READY, COLLECTED], date(2020, 2, 29)),
        ([BOOKED, COLLECTED], date(2020, 2, 29)),
        ([BOOKED, cancelled("2019-04-20 09:00")], date(2019, 7, 20)),
        ([BOOKED, cancelled("2019-05-20 03:00")], date(2019, 8, 20)),
        # as long as it is not, twelve
        ([KNOWN], date(2020, 4, 8)),
        ([BOOKED], date(2020, 5, 14)),
        ([BOOKED, INCOMPLETE], date(2020, 5, 20)),
        ([BOOKED, missed("2019-05-14 18:00")], date(2020, 5, 14)),
        ([BOOKED, DEPOSITED], date(2020, 5, 14)),
        ([BOOKED, DEPOSITED, READY], date(2020, 7, 1)),
        ([BOOKED, READY, replace(KNOWN, at=READY.at, received_at=OVER)], date(2021, 3, 1)),
    ],
)
def test_a_dossier_is_kept_some_months_after_its_end_and_longer_without_one(
    events: Sequence[Event], last_day: date
) -> None:
    assert until(*events) == last_day


@pytest.mark.parametrize("said", [date(2019, 11, 1), date(2029, 12, 1), date(2099, 1, 1)])
def test_a_card_of_which_nothing_believable_was_said_leaves_no_remnant(said: date) -> None:
    """Collected on 29 November 2019: such a card ends on a later day, within ten years."""
    dossier = a_dossier(replace(COLLECTED, card_expires_on=said))
    assert remains(dossier, paris("2020-03-01 03:00")).events == ()


@pytest.mark.parametrize(
    ("day", "begins"), [(None, True), (date(2031, 1, 1), True), (date(2009, 1, 1), False)]
)
def test_a_step_of_a_day_that_cannot_be_begins_anew_only_if_it_is_not_of_before(
    day: date | None, begins: bool
) -> None:
    gone = Dossier(dossier_id=DOSSIER, forgotten=Forgotten(at=paris("2020-03-01 03:00")))
    told = an_event(EventType.DEPOSITED, "2020-04-01 10:00", day=day)
    assert (taken_in(gone, told) is not None) is begins


def test_a_visit_that_led_nowhere_is_finished_once_the_desk_says_so_and_everybody_knows() -> None:
    line = a_line(Kind.NOT_REBOOKED, "2019-05-20", "2019-06-03 09:00")
    said = ended(line, "2019-06-03 11:00")
    told = an_attempt(
        a_notice(Kind.MISSING_DOCUMENTS, "2019-05-20"), Status.DELIVERED, "2019-05-20 10:41"
    )
    assert until(BOOKED, INCOMPLETE, said, ledger=(line,)) == date(2020, 6, 3)
    dossier = a_dossier(BOOKED, INCOMPLETE, said, ledger=(told, line))
    assert kept_until(dossier, plan(dossier, OVER), DESK) == date(2019, 9, 3)


def test_a_card_may_still_come_of_papers_that_the_desk_has_done_with() -> None:
    line = a_line(Kind.NO_NEWS_EXHAUSTED, "2019-05-14", "2019-11-04 09:00")
    exhausted = ended(line, "2019-11-04 11:00")
    assert until(BOOKED, DEPOSITED, exhausted, ledger=(line,)) == date(2020, 11, 4)


def test_what_a_person_will_look_at_again_is_kept_until_after_that() -> None:
    line = a_line(Kind.NO_LIFE, "known", "2019-05-02 09:00")
    later = ended(line, "2019-05-02 11:00", until=date(2019, 9, 1))
    assert until(KNOWN, later, ledger=(line,)) == date(2020, 9, 1)


def test_what_a_person_has_ended_is_kept_some_months_from_then() -> None:
    line = a_line(Kind.NO_LIFE, "known", "2019-05-02 09:00")
    assert until(KNOWN, ended(line, "2019-05-02 11:00"), ledger=(line,)) == date(2019, 8, 2)


@pytest.mark.parametrize("end", [COLLECTED, cancelled("2019-11-30 10:00")])
def test_an_end_that_is_told_late_counts_from_when_it_was_told(end: Event) -> None:
    told = replace(end, received_at=paris("2020-05-05 10:00"))
    assert until(BOOKED, told, now=paris("2020-05-05 10:00")) == date(2020, 8, 5)


def test_each_end_is_judged_by_the_terms_of_its_day() -> None:
    old = DESK.terms[0]
    longer = replace(old.retention, finished_months=6, unfinished_months=24)
    new = replace(old, valid_from=date(2019, 7, 1), retention=longer)
    desk = replace(DESK, terms=(old, new))
    lives = [BOOKED, DEPOSITED], [BOOKED, DEPOSITED, READY], [BOOKED, COLLECTED]
    assert [until(*life, desk=desk) for life in lives] == [
        date(2020, 5, 14),
        date(2021, 7, 1),
        date(2020, 5, 30),
    ]


def test_the_longest_way_of_the_procedure_ends_before_its_dossier_is_forgotten() -> None:
    """Three follow-ups after the deposit, three after the card is ready, and a last wait each.

    So long may the day of booking have to be proved even if nobody ever says that the card is
    ready.
    """
    delays, kept = DESK.terms[0].delays, DESK.terms[0].retention
    longest = timedelta(days=2 * 4 * delays.follow_up_days)
    day = paris_day(DEPOSITED.at)
    assert months_after(day, kept.unfinished_months) >= day + longest


# What remains


def test_until_its_last_day_is_over_a_dossier_is_kept_as_it_is() -> None:
    dossier = a_dossier(BOOKED, COLLECTED)
    assert remains(dossier, paris("2020-02-29 23:59")) is dossier
    gone = remains(dossier, now := paris("2020-03-01 00:00"))
    assert gone == Dossier(dossier_id=DOSSIER, forgotten=Forgotten(at=now))


def test_nothing_remains_of_an_id_that_nothing_is_known_of() -> None:
    empty = Dossier(dossier_id=DOSSIER)
    assert remains(empty) is empty


def test_for_the_renewal_reminders_an_address_a_language_and_two_days_remain() -> None:
    told = an_attempt(a_notice(Kind.CONVOCATION, "s"), Status.DELIVERED, "2019-04-08 11:00")
    whole = a_dossier(
        replace(BOOKED, contact=replace(CONTACT, language=Language.EN)),
        a_step(EventType.DEPOSITED, "2019-05-14 10:40", recepisse_number="3812019412"),
        CARD,
        ledger=(told,),
    )
    rest = remains(whole)
    facts = facts_of(rest.events)
    assert (rest.forgotten, rest.ledger) == (Forgotten(at=OVER), ())
    assert facts.contact == replace(
        CONTACT,
        given_name="",
        family_name="",
        phone=None,
        number=None,
        mobile=None,
        language=Language.EN,
    )
    assert (facts.appointment, facts.deposited, facts.card_ready) == (None, None, None)
    assert facts.collected is not None
    assert facts.collected.card_expires_on == CARD.card_expires_on


def reminders(dossier: Dossier, now: datetime) -> list[tuple[str, int, datetime]]:
    foreseen = plan(dossier, now)
    ahead = (*foreseen.due, *foreseen.later)
    return [(str(o.notice), o.next_try.attempt, o.ready_at) for o in ahead]


@pytest.mark.parametrize(
    "status", [Status.CLAIMED, Status.ACCEPTED, Status.UNKNOWN, Status.DELIVERED]
)
def test_what_remains_is_reminded_as_the_whole_would_have_been(status: Status) -> None:
    opens = an_attempt(a_notice(Kind.RENEWAL_OPENS, "2020-05-31"), status, "2020-02-29 09:00")
    early = replace(CARD, card_expires_on=date(2020, 5, 31))
    whole = a_dossier(BOOKED, early, ledger=(replace(opens, until=paris("2020-02-29 09:05")),))
    rest = remains(whole)
    assert rest.ledger == whole.ledger
    assert reminders(rest, OVER) == reminders(whole, OVER) != []


def test_a_reminder_keeps_its_name_though_the_collection_was_once_taken_back() -> None:
    """Else what has left before would leave once more."""
    off = an_event(EventType.WITHDRAWN, "2019-11-30 11:00", subject=EventType.COLLECTED.value)
    at = paris("2019-11-30 12:00")
    again = replace(CARD, event_id="again", at=at, received_at=at)
    opens = an_attempt(
        a_notice(Kind.RENEWAL_OPENS, "2020-10-31-2"), Status.DELIVERED, "2020-02-29 09:00"
    )
    off = replace(off, why="une erreur", by="agnes")
    whole = a_dossier(BOOKED, CARD, off, again, ledger=(opens,))
    rest = remains(whole)
    assert rest.forgotten
    assert reminders(rest, OVER) == reminders(whole, OVER) != []
    assert [(event.why, event.by) for event in rest.events] == [(None, None)] * 2


UNSUBSCRIBED = an_event(EventType.UNSUBSCRIBED, "2020-01-05 10:00", source=Source.STUDENT)
RENEWED = an_event(EventType.RENEWAL_BOOKED, "2020-01-05 10:00")
OPENS = a_notice(Kind.RENEWAL_OPENS, "2020-10-31")
LAST_CALL = a_notice(Kind.RENEWAL_LAST_CALL, "2020-10-31")


@pytest.mark.parametrize(
    ("events", "status", "addresses"),
    [
        ([BOOKED, CARD, UNSUBSCRIBED], Status.DELIVERED, ADDRESSES),
        ([BOOKED, CARD, RENEWED], Status.DELIVERED, ADDRESSES),
        ([BOOKED, COLLECTED], Status.DELIVERED, ADDRESSES),
        (
            [BOOKED, replace(CARD, card_expires_on=date(2020, 2, 29))],
            Status.DELIVERED,
            ADDRESSES,
        ),
        ([BOOKED, CARD], Status.DELIVERED, {Channel.SMS: "sms-key"}),
        ([replace(BOOKED, contact=None), CARD], Status.DELIVERED, {}),
        ([BOOKED, CARD], Status.BOUNCED, ADDRESSES),
        ([BOOKED, CARD], Status.COMPLAINED, ADDRESSES),
    ],
    ids=[
        "unsubscribed",
        "renewed",
        "nobody knows until when",
        "expired",
        "no address",
        "no contact",
        "a dead address",
        "a complaint",
    ],
)
def test_where_nothing_can_remind_anybody_nothing_remains(
    events: Sequence[Event], status: Status, addresses: Mapping[Channel, str]
) -> None:
    sent = an_attempt(a_notice(Kind.CONFIRMATION_REQUEST, "s"), status, "2019-04-08 10:01")
    whole = a_dossier(*events, ledger=(sent,))
    rest = what_remains(whole, owed(whole, DESK, addresses, OVER), DESK, OVER)
    assert rest == Dossier(dossier_id=DOSSIER, forgotten=Forgotten(at=OVER))


def rest_with(*statuses: tuple[object, Status]) -> Dossier:
    rest = remains(a_dossier(BOOKED, CARD))
    tries = (an_attempt(notice, status, "2020-08-25 09:00") for notice, status in statuses)  # type: ignore[arg-type]  # a notice
    return replace(rest, ledger=tuple(tries))


def test_after_the_last_reminder_has_arrived_nothing_remains() -> None:
    now = paris("2020-08-26 04:00")
    assert remains(rest_with((OPENS, Status.DELIVERED)), now).events
    both = rest_with((OPENS, Status.DELIVERED), (LAST_CALL, Status.DELIVERED))
    assert remains(both, now) == Dossier(dossier_id=DOSSIER, forgotten=Forgotten(at=now))


def test_a_reminder_under_way_or_in_front_of_a_person_is_waited_for_until_the_card_expires() -> (
    None
):
    for rest in (
        rest_with((OPENS, Status.DELIVERED), (LAST_CALL, Status.ACCEPTED)),
        rest_with((LAST_CALL, Status.BOUNCED), (UNREACHABLE, Status.OPEN)),
    ):
        assert remains(rest, paris("2020-08-25 10:00")) is rest
        assert remains(rest, paris("2020-10-31 23:00")) is rest
        assert remains(rest, paris("2020-11-01 04:00")).events == ()


@pytest.mark.parametrize("end", [UNSUBSCRIBED, RENEWED])
def test_what_ends_the_reminders_ends_what_was_kept_for_them(end: Event) -> None:
    said = replace(end, contact=CONTACT, why="Léa called", at=OVER, received_at=OVER)
    rest, outcome = record(remains(a_dossier(BOOKED, CARD)), said)
    assert outcome is Recorded.RECORDED
    assert (rest.events[-1].contact, rest.events[-1].why) == (None, None)
    assert remains(rest, OVER).events == ()


# What it takes in afterwards

GONE = remains(a_dossier(BOOKED, COLLECTED))
REST = remains(a_dossier(BOOKED, CARD))
NEW_SLOT = selected("2020-03-02 10:00", "2020-04-14 10:30", event_id="new", appointment_id="A2")
NEW_CARD = a_step(EventType.CARD_READY, "2020-03-01 10:00", event_id="new")


@pytest.mark.parametrize("gone", [GONE, REST], ids=["nothing", "reminders"])
@pytest.mark.parametrize(
    "late",
    [
        *an_ordinary_life(),
        cancelled("2019-04-20 09:00"),
        KNOWN,
        replace(KNOWN, at=paris("2020-03-02 10:00"), event_id="newer"),
        replace(BOOKED, at=paris("2020-03-02 10:00"), event_id="a resync"),
        replace(DEPOSITED, at=paris("2020-03-02 10:00"), event_id="a resync"),
        replace(NEW_SLOT, at=paris("2020-02-28 10:00")),
        replace(KNOWN, at=paris("2091-03-02 10:00"), event_id="a wrong clock"),
    ],
    ids=lambda event: f"{event.type} of {event.at:%Y-%m-%d}",
)
def test_what_comes_late_begins_nothing_anew(gone: Dossier, late: Event) -> None:
    assert record(gone, replace(late, received_at=paris("2020-03-02 10:01"))) == (
        gone,
        Recorded.STALE,
    )


@pytest.mark.parametrize("gone", [GONE, REST], ids=["nothing", "reminders"])
@pytest.mark.parametrize("new", [NEW_SLOT, NEW_CARD], ids=["a slot", "a card, the same day"])
def test_what_happens_afterwards_begins_a_new_life(gone: Dossier, new: Event) -> None:
    dossier, outcome = record(gone, new)
    assert outcome is Recorded.RECORDED
    follows = replace(KNOWN, at=new.at + timedelta(hours=1), received_at=new.at, event_id="after")
    dossier, outcome = record(dossier, replace(follows, received_at=follows.at))
    assert outcome is Recorded.RECORDED
    assert plan(dossier, follows.at).state in {"booked", "card_ready"}
    assert dossier.facts.contact == CONTACT
    assert record(dossier, BOOKED) == (dossier, Recorded.STALE)
    assert remains(dossier, paris("2020-06-01 04:00")) is dossier
    assert remains(dossier, paris("2021-12-01 04:00")).events == ()


@pytest.mark.parametrize("event", [*an_ordinary_life(), NEW_SLOT, NEW_CARD, UNSUBSCRIBED])
def test_who_asked_to_be_forgotten_is_never_begun_anew(event: Event) -> None:
    gone = forgotten_on_request(a_dossier(BOOKED), paris("2019-04-09 10:00"))
    assert taken_in(gone, event) is None
    assert record(gone, event) == (gone, Recorded.STALE)


def test_to_be_forgotten_twice_is_to_be_forgotten_once() -> None:
    gone = forgotten_on_request(a_dossier(BOOKED), OVER)
    assert gone == Dossier(dossier_id=DOSSIER, forgotten=Forgotten(at=OVER, on_request=True))
    assert forgotten_on_request(gone, OVER + timedelta(days=1)) is gone
    assert forgotten_on_request(REST, OVER).forgotten == gone.forgotten


# While somebody is at work


def test_a_message_is_in_somebodys_hands_as_long_as_its_claim_lives() -> None:
    claim = an_attempt(OPENS, Status.CLAIMED, "2020-02-29 09:00", until=paris("2020-02-29 09:05"))
    dossier = a_dossier(CARD, ledger=(claim,))
    assert is_sending(dossier, paris("2020-02-29 09:04"))
    assert not is_sending(dossier, paris("2020-02-29 09:05"))
    settled = replace(dossier, ledger=(replace(claim, status=Status.ACCEPTED),))
    assert not is_sending(settled, paris("2020-02-29 09:01"))


def test_documents_are_looked_for_again_for_two_days_unless_they_are_of_a_new_life() -> None:
    assert may_have_left_overs(GONE, OVER + timedelta(hours=47))
    assert not may_have_left_overs(GONE, OVER + timedelta(hours=48))
    assert not may_have_left_overs(record(GONE, NEW_SLOT)[0], OVER + timedelta(hours=30))
    assert not may_have_left_overs(a_dossier(BOOKED), OVER)


# At every instant of every life


@given(moments())
def test_nobody_is_forgotten_before_the_last_message_that_is_foreseen(moment: Moment) -> None:
    """Whatever a life has come to: only a card or a cancellation cuts short what is ahead."""
    foreseen = owed(moment.dossier, DESK, moment.addresses, moment.now)
    last_day = kept_until(moment.dossier, foreseen, DESK)
    ahead = [paris_day(o.ready_at) for o in (*foreseen.due, *foreseen.later)]
    assert foreseen.state in {"collected", "cancelled"} or max(ahead, default=last_day) <= last_day


@given(moments())
def test_whatever_a_life_was_only_its_reminders_outlive_it(moment: Moment) -> None:
    foreseen = owed(moment.dossier, DESK, moment.addresses, moment.now)
    night = max(moment.now, paris(f"{kept_until(moment.dossier, foreseen, DESK)} 23:59"))
    night += timedelta(hours=4)
    then = owed(moment.dossier, DESK, moment.addresses, night)
    rest = what_remains(moment.dossier, then, DESK, night)
    if rest is moment.dossier:  # what stood open has closed meanwhile, or the other way round
        assert kept_until(moment.dossier, then, DESK) >= paris_day(night)
        return
    assert rest.forgotten == Forgotten(at=night)
    assert {attempt.notice.kind for attempt in rest.ledger} <= REMINDERS
    left = owed(rest, DESK, _left_of(moment.addresses, rest), night)
    # whatever else is owed tells a person of a reminder that did not arrive
    assert foreseen_in(left) & TO_STUDENTS_OR_OF_STEPS <= REMINDERS
    assert {e.type for e in rest.events} <= {EventType.COLLECTED, EventType.WITHDRAWN}


def _left_of(addresses: Mapping[Channel, str], rest: Dossier) -> Mapping[Channel, str]:
    """What its contact still has: the number is forgotten, and nothing is sent to it any more."""
    contact = facts_of(rest.events).contact
    return {c: key for c, key in addresses.items() if contact and address_on(c, contact)}


def test_the_number_is_forgotten_before_the_address() -> None:
    """A reminder that came back is told to a person, not to a telephone that nobody knows."""
    expiry = "2020-04-30"
    opens = an_attempt(a_notice(Kind.RENEWAL_OPENS, expiry), Status.ACCEPTED, "2020-01-31 09:00")
    call = an_attempt(a_notice(Kind.RENEWAL_LAST_CALL, expiry), Status.BOUNCED, "2020-02-24 09:00")
    card = replace(CARD, card_expires_on=date.fromisoformat(expiry))
    whole = a_dossier(BOOKED, card, ledger=(opens, call))
    rest = remains(whole)
    assert Kind.CONTACT_US in foreseen_in(plan(whole, OVER))
    left = owed(rest, DESK, _left_of(ADDRESSES, rest), OVER)
    assert foreseen_in(left) == {Kind.UNREACHABLE}


def test_of_what_ends_the_reminders_only_that_it_happened_is_kept() -> None:
    told = replace(
        UNSUBSCRIBED,
        at=OVER,
        received_at=OVER + timedelta(minutes=1),
        source=Source.DESK,
        digest="of its body",
        subject="renewal",
        until=date(2020, 9, 1),
        by="c.martin",
    )
    said = replace(
        told,
        contact=CONTACT,
        why="Léa a appelé",
        recepisse_number="R-1",
        missing_documents=("passeport",),
        appointment_id="A9",
        version=3,
    )
    assert taken_in(REST, said) == told


def test_what_reminds_of_a_renewal_is_an_event_like_another_of_the_night_it_was_made() -> None:
    [event] = REST.events
    assert event == Event(
        event_id="relance:forgotten",
        type=EventType.COLLECTED,
        dossier_id=DOSSIER,
        at=OVER,
        received_at=OVER,
        contact=Contact(
            given_name="",
            family_name="",
            email=CONTACT.email,
            language=CONTACT.language,
        ),
        day=CARD.day,
        card_expires_on=CARD.card_expires_on,
    )
