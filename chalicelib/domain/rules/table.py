"""What is owed, to whom, when, and for how long: the table of rules.

Source of every row: the desk's procedure. Adding a notice is one row here and one folder of texts.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.events import EventType
from chalicelib.domain.facts import State
from chalicelib.domain.rules import anchors, contradictions, due, ends, goes_by, unless
from chalicelib.domain.rules.rule import Rule, Series

EMAIL, SMS, DESK = (Channel.EMAIL,), (Channel.SMS,), (Channel.DESK,)
EMAIL_AND_SMS = (Channel.EMAIL, Channel.SMS)
SMS_AND_EMAIL = (Channel.SMS, Channel.EMAIL)


def kinds_where(is_one: Callable[[Rule], bool]) -> frozenset[Kind]:
    """The kinds of the rows of which this holds."""
    return frozenset(rule.kind for rule in RULES if is_one(rule))


def rule_of(kind: Kind) -> Rule:
    """What is said of a kind: by its row, or by each of several that differ in their facts only."""
    return _ROWS[kind]


@cache
def tell_of(step: EventType) -> frozenset[Kind]:
    """The messages that tell a student of a step: those that it makes owed."""
    its = anchors.STEPS[step]
    return frozenset(r.kind for r in RULES if r.anchor is its and not r.is_for_the_desk)


_BOOKED, _CONFIRMED = (State.BOOKED,), (State.CONFIRMED,)
_DEPOSITED, _CARD_READY, _COLLECTED = (State.DEPOSITED,), (State.CARD_READY,), (State.COLLECTED,)
_CLOSED = (State.CLOSED,)

_NOT_CLOSED = tuple(s for s in State if s not in _CLOSED)

_TO_DEPOSIT, _TO_COLLECT = (SlotPurpose.DEPOSIT,), (SlotPurpose.COLLECT,)
_EVERY_SLOT = tuple(SlotPurpose)
#: What asks to come to the desk, and says nothing that an appointment to collect does not.
_COME = (Kind.NO_NEWS, Kind.CARD_WAITING)

RULES: tuple[Rule, ...] = (
    # The ask series: will you come
    Rule(
        kind=Kind.CONFIRMATION_REQUEST,
        channels=EMAIL,
        series=Series.ASK,
        states=_BOOKED,
        purposes=_EVERY_SLOT,
        anchor=anchors.the_slot,
        due=due.at_once,
        end=ends.the_appointment,
        at_once=True,
        fresh_address=True,
        steady=True,
    ),
    Rule(
        kind=Kind.CONFIRMATION_REMINDER,
        channels=EMAIL,
        series=Series.ASK,
        states=_BOOKED,
        purposes=_EVERY_SLOT,
        anchor=anchors.the_slot,
        due=due.a_day_after_booking,
        end=ends.the_appointment,
        reminder=True,
        fresh_address=True,
    ),
    Rule(
        kind=Kind.UNCONFIRMED,
        channels=DESK,
        states=_BOOKED,
        purposes=_EVERY_SLOT,
        anchor=anchors.the_slot,
        due=due.before_the_slot_is_lost,
        end=ends.the_appointment,
        by_phone=True,
        by_hour=True,
    ),
    # The meet series: when and where
    Rule(
        kind=Kind.CONVOCATION,  # in no series: nothing may take its place
        channels=EMAIL,
        states=_CONFIRMED,
        purposes=_EVERY_SLOT,
        anchor=anchors.the_confirmed_slot,
        due=due.at_once,
        end=ends.the_appointment,
        at_once=True,
        ever=True,
        fresh_address=True,
        steady=True,
        with_invite=True,
        with_convocation=True,
    ),
    Rule(
        kind=Kind.CHECK_REMINDER,
        channels=EMAIL,
        series=Series.MEET,
        states=_CONFIRMED,
        anchor=anchors.the_confirmed_slot,
        due=due.for_the_check,
        end=ends.the_appointment,
        unless=unless.checked_or_just_confirmed,
        reminder=True,
    ),
    Rule(
        kind=Kind.APPOINTMENT_REMINDER,
        channels=EMAIL_AND_SMS,
        series=Series.MEET,
        states=_CONFIRMED,
        purposes=_EVERY_SLOT,
        anchor=anchors.the_confirmed_slot,
        due=due.for_the_appointment,
        end=ends.the_way_to_the_appointment,
        unless=unless.just_confirmed,
        reminder=True,
    ),
    # what became of the appointment
    Rule(
        kind=Kind.APPOINTMENT_CANCELLED,
        channels=EMAIL,
        states=(State.CANCELLED,),
        purposes=_EVERY_SLOT,
        anchor=anchors.the_cancellation,
        due=due.at_once,
        unless=unless.the_end_is_no_news,
        silences=_COME,
        at_once=True,
        fresh_address=True,
        steady=True,
        with_invite=True,
    ),
    Rule(
        kind=Kind.APPOINTMENT_MISSED,
        channels=EMAIL,
        states=(State.MISSED,),
        purposes=_EVERY_SLOT,
        anchor=anchors.the_miss,
        due=due.at_once,
        silences=_COME,
        at_once=True,
        fresh_address=True,
    ),
    Rule(
        kind=Kind.MISSING_DOCUMENTS,
        channels=EMAIL,
        states=(State.INCOMPLETE, State.BOOKED, State.CONFIRMED),  # booked anew before we heard
        anchor=anchors.the_visit,
        due=due.at_once,
        at_once=True,
        fresh_address=True,
    ),
    Rule(
        kind=Kind.OUTCOME_UNKNOWN,
        channels=DESK,
        states=(State.BOOKED, State.CONFIRMED),
        purposes=_EVERY_SLOT,
        anchor=anchors.the_slot,
        due=due.the_open_day_after,
        tells_expired=True,
    ),
    Rule(
        kind=Kind.NOT_REBOOKED,
        channels=DESK,
        states=(State.MISSED, State.INCOMPLETE, State.CANCELLED),
        purposes=_EVERY_SLOT,
        anchor=anchors.the_setback,
        due=due.too_long_without_a_slot,
    ),
    Rule(
        kind=Kind.NO_LIFE,
        channels=DESK,
        states=(State.KNOWN,),
        anchor=anchors.the_first_news,
        due=due.too_long_without_life,
        unless=unless.expected_to_collect,
    ),
    # The wait series: no news yet
    Rule(
        kind=Kind.DEPOSIT_RECEIPT,
        channels=EMAIL,
        series=Series.WAIT,
        states=_DEPOSITED,
        anchor=anchors.the_deposit,
        due=due.at_once,
        at_once=True,
        fresh_address=True,
    ),
    Rule(
        kind=Kind.NO_NEWS,
        channels=EMAIL_AND_SMS,
        series=Series.WAIT,
        states=_DEPOSITED,
        anchor=anchors.the_deposit,
        due=due.weeks_later_on_an_open_day,
        unless=unless.expected_to_collect,
        numbers=(1, 2, 3),
        reminder=True,
        fresh_address=True,
    ),
    Rule(
        kind=Kind.NO_NEWS_EXHAUSTED,
        channels=DESK,
        states=_DEPOSITED,
        anchor=anchors.the_deposit,
        due=partial(due.after_the_last, Kind.NO_NEWS),
        by_phone=True,
    ),
    # The collect series: your card is here
    Rule(
        kind=Kind.CARD_READY,
        channels=SMS_AND_EMAIL,
        series=Series.COLLECT,
        states=_CARD_READY,
        anchor=anchors.the_card,
        due=due.at_once,
        at_once=True,
        ever=True,
        fresh_address=True,
        sms_attempts=2,  # what this whole program exists for
    ),
    Rule(
        kind=Kind.CARD_WAITING,
        channels=EMAIL_AND_SMS,
        series=Series.COLLECT,
        states=_CARD_READY,
        anchor=anchors.the_card,
        due=due.weeks_later,
        unless=unless.expected_to_collect,
        numbers=(1, 2, 3),
        reminder=True,
        fresh_address=True,
    ),
    Rule(
        kind=Kind.CARD_NOT_COLLECTED,
        channels=DESK,
        states=_CARD_READY,
        anchor=anchors.the_card,
        due=partial(due.after_the_last, Kind.CARD_WAITING),
        by_phone=True,
    ),
    # what was taken back
    Rule(
        kind=Kind.CORRECTION,
        channels=SMS_AND_EMAIL,
        states=tuple(s for s in State if s not in {*_CARD_READY, *_COLLECTED, *_CLOSED}),
        anchor=partial(anchors.the_withdrawal, tell_of, EventType.CARD_READY),
        due=due.at_once,
        goes_by=partial(goes_by.as_it_was_told, tell_of),
        silences=(Kind.NO_NEWS,),  # "come and ask"
        at_once=True,
        fresh_address=True,
    ),
    *(
        Rule(
            kind=Kind.TELL_THE_STUDENT,
            channels=DESK,
            states=states,
            anchor=partial(anchors.the_withdrawal, tell_of, step),
            due=due.at_once,
        )
        for step, states in (
            (EventType.INCOMPLETE, tuple(State)),
            (EventType.DEPOSITED, tuple(State)),
            (EventType.CARD_READY, _CLOSED),  # the correction promises another message
            (EventType.COLLECTED, tuple(State)),
        )
    ),
    # The renew series: think of the next one
    Rule(
        kind=Kind.RENEWAL_OPENS,
        channels=EMAIL,
        series=Series.RENEW,
        states=_COLLECTED,
        anchor=anchors.the_expiry,
        due=due.the_renewal_opens,
        end=ends.the_expiry_day,
        reminder=True,
        refusable=True,
    ),
    Rule(
        kind=Kind.RENEWAL_LAST_CALL,
        channels=EMAIL,
        series=Series.RENEW,
        states=_COLLECTED,
        anchor=anchors.the_expiry,
        due=due.the_renewal_closes,
        end=ends.the_expiry_day,
        reminder=True,
        refusable=True,
    ),
    Rule(
        kind=Kind.NO_EXPIRY_DATE,
        channels=DESK,
        states=_COLLECTED,
        anchor=contradictions.the_collection_without_expiry,
        due=due.at_once,
    ),
    # what does not add up
    *(
        Rule(
            kind=Kind.CONTRADICTION,
            channels=DESK,
            states=states,
            purposes=purposes,
            anchor=contradiction,
            due=due.at_once,
        )
        for states, purposes, those in (
            (_NOT_CLOSED, _TO_DEPOSIT, contradictions.CONTRADICTIONS),
            (_NOT_CLOSED, _EVERY_SLOT, contradictions.CONTRADICTIONS_OF_A_SLOT),
            (_NOT_CLOSED, _TO_COLLECT, contradictions.CONTRADICTIONS_OF_A_SLOT_TO_COLLECT),
            (_CLOSED, _TO_DEPOSIT, contradictions.CONTRADICTIONS_OF_THE_CLOSED),
        )
        for contradiction in those
    ),
    Rule(
        kind=Kind.APPOINTMENT_AFTER_DEPOSIT,
        channels=DESK,
        states=(State.DEPOSITED, State.CARD_READY),
        anchor=contradictions.the_slot_after_the_deposit,
        due=due.at_once,
    ),
    Rule(
        kind=Kind.APPOINTMENT_WHEN_SHUT,
        channels=DESK,
        states=(State.BOOKED, State.CONFIRMED),
        purposes=_EVERY_SLOT,
        anchor=contradictions.the_slot_when_shut,
        due=due.at_once,
        end=ends.the_appointment,
        by_hour=True,
    ),
    # what somebody has a right to
    Rule(
        kind=Kind.ERASURE_REQUESTED,
        channels=DESK,
        states=tuple(State),
        anchor=anchors.the_erasure_request,
        due=due.at_once,
        while_erased=True,
    ),
    # what follows from what became of others, and from no fact of the procedure
    Rule(
        kind=Kind.CONTACT_US,
        channels=SMS,
        states=tuple(State),
        anchor=anchors.no_fact,
        due=due.at_once,
        echo=True,
    ),
    Rule(
        kind=Kind.UNREACHABLE,
        channels=DESK,
        states=tuple(State),
        anchor=anchors.no_fact,
        due=due.at_once,
        by_phone=True,
    ),
    Rule(
        kind=Kind.COMPLAINED,
        channels=DESK,
        states=tuple(State),
        anchor=anchors.no_fact,
        due=due.at_once,
        by_phone=True,
    ),
    Rule(
        kind=Kind.TOO_LATE_TO_SEND,
        channels=DESK,
        states=tuple(State),
        anchor=anchors.no_fact,
        due=due.at_once,
        holds_back=True,
    ),
    *(
        Rule(
            kind=kind,
            channels=DESK,
            states=tuple(State),
            anchor=anchors.no_fact,
            due=due.at_once,
        )
        for kind in (Kind.TEXT_FAILED, Kind.UNKNOWN_EXHAUSTED, Kind.SERVE_FAILED)
    ),
)

_ROWS: Mapping[Kind, Rule] = {rule.kind: rule for rule in RULES}
