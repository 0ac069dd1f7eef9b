"""What is owed, to whom, when, and for how long: the table of rules.

Source of every row: the desk's procedure. Adding a notice is one row here and one folder of texts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from chalicelib.domain import when
from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import Kind
from chalicelib.domain.events import EventType
from chalicelib.domain.facts import State
from chalicelib.domain.when import Anchor, Case

EMAIL, SMS, DESK = (Channel.EMAIL,), (Channel.SMS,), (Channel.DESK,)
EMAIL_AND_SMS = (Channel.EMAIL, Channel.SMS)
SMS_AND_EMAIL = (Channel.SMS, Channel.EMAIL)


class Series(StrEnum):
    """Notices that replace one another: of several due at once only the latest is sent."""

    ASK = "ask"
    MEET = "meet"
    WAIT = "wait"
    FETCH = "fetch"
    RENEW = "renew"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row: this notice is owed in these states, because of `anchor`, from `due` to `end`.

    `reminder` rows count against the daily cap and stop after a complaint; `at_once` rows are for
    the desk to decide when they are learnt too late, unless `ever` says they still matter.
    `goes_by` says on which of its channels a notice is owed. Of the kinds it `silences` whatever
    was due by the end of its day and had not begun to leave is dropped.
    `fresh_address` rows are sent anew to a changed address, whatever became of them at the old one:
    the latest of a series speaks for all of it. `steady` rows say the hour of an appointment, or
    that it is gone: a change of what was announced waits until the next one is unlikely to follow.
    """

    kind: Kind
    channels: Sequence[Channel]
    states: Sequence[State]
    anchor: Callable[[Case], Anchor | None]
    due: Callable[[Case, Anchor, int], datetime]
    end: Callable[[Case, Anchor, Channel], datetime | None] = when.never
    series: Series | None = None
    numbers: Sequence[int] = (1,)
    unless: Callable[[Case, Anchor], bool] = when.no_exception
    goes_by: Callable[[Case, Anchor, Channel], bool] = when.by_each
    silences: Sequence[Kind] = ()
    reminder: bool = False
    at_once: bool = False
    ever: bool = False
    fresh_address: bool = False
    steady: bool = False


_BOOKED, _CONFIRMED = (State.BOOKED,), (State.CONFIRMED,)
_DEPOSITED, _CARD_READY, _COLLECTED = (State.DEPOSITED,), (State.CARD_READY,), (State.COLLECTED,)
_CLOSED = (State.CLOSED,)

RULES: tuple[Rule, ...] = (
    # The ask series: will you come
    Rule(
        kind=Kind.CONFIRMATION_REQUEST,
        channels=EMAIL,
        series=Series.ASK,
        states=_BOOKED,
        anchor=when.the_slot,
        due=when.at_once,
        end=when.the_appointment,
        at_once=True,
        fresh_address=True,
        steady=True,
    ),
    Rule(
        kind=Kind.CONFIRMATION_REMINDER,
        channels=EMAIL,
        series=Series.ASK,
        states=_BOOKED,
        anchor=when.the_slot,
        due=when.a_day_after_booking,
        end=when.the_appointment,
        reminder=True,
        fresh_address=True,
    ),
    Rule(
        kind=Kind.UNCONFIRMED,
        channels=DESK,
        states=_BOOKED,
        anchor=when.the_slot,
        due=when.before_the_slot_is_lost,
        end=when.the_appointment,
    ),
    # The meet series: when and where
    Rule(
        kind=Kind.CONVOCATION,  # in no series: nothing may take its place
        channels=EMAIL,
        states=_CONFIRMED,
        anchor=when.the_confirmed_slot,
        due=when.at_once,
        end=when.the_appointment,
        at_once=True,
        ever=True,
        fresh_address=True,
        steady=True,
    ),
    Rule(
        kind=Kind.CHECK_REMINDER,
        channels=EMAIL,
        series=Series.MEET,
        states=_CONFIRMED,
        anchor=when.the_confirmed_slot,
        due=when.for_the_check,
        end=when.the_appointment,
        unless=when.checked_or_just_confirmed,
        reminder=True,
    ),
    Rule(
        kind=Kind.APPOINTMENT_REMINDER,
        channels=EMAIL_AND_SMS,
        series=Series.MEET,
        states=_CONFIRMED,
        anchor=when.the_confirmed_slot,
        due=when.for_the_appointment,
        end=when.the_way_to_the_appointment,
        unless=when.just_confirmed,
        reminder=True,
    ),
    # what became of the appointment
    Rule(
        kind=Kind.APPOINTMENT_CANCELLED,
        channels=EMAIL,
        states=(State.CANCELLED,),
        anchor=when.the_cancellation,
        due=when.at_once,
        unless=when.the_end_is_no_news,
        at_once=True,
        steady=True,
    ),
    Rule(
        kind=Kind.APPOINTMENT_MISSED,
        channels=EMAIL,
        states=(State.MISSED,),
        anchor=when.the_miss,
        due=when.at_once,
        at_once=True,
    ),
    Rule(
        kind=Kind.MISSING_DOCUMENTS,
        channels=EMAIL,
        states=(State.INCOMPLETE, State.BOOKED, State.CONFIRMED),  # booked anew before we heard
        anchor=when.the_visit,
        due=when.at_once,
        at_once=True,
        fresh_address=True,
    ),
    Rule(
        kind=Kind.OUTCOME_UNKNOWN,
        channels=DESK,
        states=(State.BOOKED, State.CONFIRMED),
        anchor=when.the_slot,
        due=when.the_open_day_after,
    ),
    Rule(
        kind=Kind.NOT_REBOOKED,
        channels=DESK,
        states=(State.MISSED, State.INCOMPLETE, State.CANCELLED),
        anchor=when.the_setback,
        due=when.too_long_without_a_slot,
    ),
    Rule(
        kind=Kind.NO_LIFE,
        channels=DESK,
        states=(State.KNOWN,),
        anchor=when.the_first_news,
        due=when.too_long_without_life,
    ),
    # The wait series: no news yet
    Rule(
        kind=Kind.DEPOSIT_RECEIPT,
        channels=EMAIL,
        series=Series.WAIT,
        states=_DEPOSITED,
        anchor=when.the_deposit,
        due=when.at_once,
        at_once=True,
        fresh_address=True,
    ),
    Rule(
        kind=Kind.NO_NEWS,
        channels=EMAIL_AND_SMS,
        series=Series.WAIT,
        states=_DEPOSITED,
        anchor=when.the_deposit,
        due=when.weeks_later_on_an_open_day,
        numbers=(1, 2, 3),
        reminder=True,
        fresh_address=True,
    ),
    Rule(
        kind=Kind.NO_NEWS_EXHAUSTED,
        channels=DESK,
        states=_DEPOSITED,
        anchor=when.the_deposit,
        due=partial(when.after_the_last, Kind.NO_NEWS),
    ),
    # The fetch series: your card is here
    Rule(
        kind=Kind.CARD_READY,
        channels=SMS_AND_EMAIL,
        series=Series.FETCH,
        states=_CARD_READY,
        anchor=when.the_card,
        due=when.at_once,
        at_once=True,
        ever=True,
        fresh_address=True,
    ),
    Rule(
        kind=Kind.CARD_WAITING,
        channels=EMAIL_AND_SMS,
        series=Series.FETCH,
        states=_CARD_READY,
        anchor=when.the_card,
        due=when.weeks_later,
        numbers=(1, 2, 3),
        reminder=True,
        fresh_address=True,
    ),
    Rule(
        kind=Kind.CARD_NOT_COLLECTED,
        channels=DESK,
        states=_CARD_READY,
        anchor=when.the_card,
        due=partial(when.after_the_last, Kind.CARD_WAITING),
    ),
    # what was taken back
    Rule(
        kind=Kind.CORRECTION,
        channels=SMS_AND_EMAIL,
        states=tuple(s for s in State if s not in {*_CARD_READY, *_COLLECTED, *_CLOSED}),
        anchor=partial(when.the_withdrawal, EventType.CARD_READY),
        due=when.at_once,
        goes_by=when.as_it_was_told,
        silences=(Kind.NO_NEWS,),  # "come and ask"
        at_once=True,
        fresh_address=True,
    ),
    *(
        Rule(
            kind=Kind.TELL_THE_STUDENT,
            channels=DESK,
            states=states,
            anchor=partial(when.the_withdrawal, step),
            due=when.at_once,
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
        anchor=when.the_expiry,
        due=when.the_renewal_opens,
        end=when.the_expiry_day,
        reminder=True,
    ),
    Rule(
        kind=Kind.RENEWAL_LAST_CALL,
        channels=EMAIL,
        series=Series.RENEW,
        states=_COLLECTED,
        anchor=when.the_expiry,
        due=when.the_renewal_closes,
        end=when.the_expiry_day,
        reminder=True,
    ),
    Rule(
        kind=Kind.NO_EXPIRY_DATE,
        channels=DESK,
        states=_COLLECTED,
        anchor=when.the_collection_without_expiry,
        due=when.at_once,
    ),
    # what does not add up
    *(
        Rule(
            kind=Kind.CONTRADICTION,
            channels=DESK,
            states=states,
            anchor=contradiction,
            due=when.at_once,
        )
        for states, contradictions in (
            (tuple(s for s in State if s not in _CLOSED), when.CONTRADICTIONS),
            (_CLOSED, when.CONTRADICTIONS_OF_THE_CLOSED),
        )
        for contradiction in contradictions
    ),
    Rule(
        kind=Kind.APPOINTMENT_AFTER_DEPOSIT,
        channels=DESK,
        states=(State.DEPOSITED, State.CARD_READY),
        anchor=when.the_slot_after_the_deposit,
        due=when.at_once,
    ),
    Rule(
        kind=Kind.APPOINTMENT_WHEN_SHUT,
        channels=DESK,
        states=(State.BOOKED, State.CONFIRMED),
        anchor=when.the_slot_when_shut,
        due=when.at_once,
        end=when.the_appointment,
    ),
)
