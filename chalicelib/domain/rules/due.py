"""From when a notice is owed."""

from datetime import date, datetime, timedelta

from chalicelib.domain.attempts import Kind
from chalicelib.domain.desk_calendar import (
    PARIS,
    Desk,
    after_rule,
    before_rule,
    follow_up_day,
    months_before,
    paris_day,
)
from chalicelib.domain.rules.case import Anchor, Case


def at_once(_case: Case, anchor: Anchor, _number: int) -> datetime:
    """As soon as the fact is known."""
    return anchor.at


def a_day_after_booking(case: Case, anchor: Anchor, _number: int) -> datetime:
    """The day after the slot was chosen, by the after-rule."""
    delay = timedelta(hours=case.delays(anchor).confirmation_reminder_hours)
    by_the_clock = anchor.at.astimezone(PARIS) + delay  # a day is a day, whatever the clocks do
    return case.nine(anchor, after_rule(by_the_clock.date(), case.desk.is_quiet))


def before_the_slot_is_lost(case: Case, anchor: Anchor, _number: int) -> datetime:
    """Some days before the appointment, leaving the student time to answer and the desk to call."""
    delays, starts_at = case.delays(anchor), case.starts_at
    day = before_rule(anchor.day - timedelta(days=delays.unconfirmed_days), case.desk.is_shut)
    not_before = anchor.at + timedelta(hours=delays.unconfirmed_not_before_hours)
    latest = starts_at - timedelta(hours=delays.unconfirmed_latest_hours)
    return min(max(case.nine(anchor, day), not_before), latest)


def for_the_check(case: Case, anchor: Anchor, _number: int) -> datetime:
    """In time to have the papers checked by the helper, by the before-rule."""
    return _days_before(case, anchor, case.delays(anchor).check_reminder_days)


def for_the_appointment(case: Case, anchor: Anchor, _number: int) -> datetime:
    """Shortly before the appointment, by the before-rule."""
    return _days_before(case, anchor, case.delays(anchor).appointment_reminder_days)


def _days_before(case: Case, anchor: Anchor, days: int) -> datetime:
    return case.nine(anchor, before_rule(anchor.day - timedelta(days=days), case.desk.is_quiet))


def the_open_day_after(case: Case, anchor: Anchor, _number: int) -> datetime:
    """The first open day after the appointment."""
    return case.nine(anchor, _next_open_day(case.desk, anchor.day + timedelta(days=1)))


def too_long_without_a_slot(case: Case, anchor: Anchor, _number: int) -> datetime:
    """When the desk asks why no new appointment was made."""
    return _desk_days_after(case, anchor, anchor.day, case.delays(anchor).not_rebooked_days)


def too_long_without_life(case: Case, anchor: Anchor, _number: int) -> datetime:
    """When the desk asks why nothing ever followed a contact."""
    return _desk_days_after(case, anchor, anchor.day, case.delays(anchor).no_life_days)


def weeks_later(case: Case, anchor: Anchor, number: int) -> datetime:
    """The six-week rhythm, by the after-rule."""
    day = anchor.day + timedelta(days=number * case.delays(anchor).follow_up_days)
    return case.nine(anchor, after_rule(day, case.desk.is_quiet))


def weeks_later_on_an_open_day(case: Case, anchor: Anchor, number: int) -> datetime:
    """The six-week rhythm, moved past closures: this notice sends people to a counter."""
    return case.nine(anchor, follow_up_day(case.desk, anchor.day, number))


def after_the_last(kind: Kind, case: Case, anchor: Anchor, _number: int) -> datetime:
    """One more delay after the third notice of a kind was sent, or should have been."""
    days = case.delays(anchor).follow_up_days
    sent = max((a.claimed_at for a in case.tries(kind, 3, anchor)), default=None)
    third = paris_day(sent) if sent else anchor.day + timedelta(days=3 * days)
    return _desk_days_after(case, anchor, third, days)


def _desk_days_after(case: Case, anchor: Anchor, day: date, days: int) -> datetime:
    return case.nine(anchor, _next_open_day(case.desk, day + timedelta(days=days)))


def _next_open_day(desk: Desk, day: date) -> date:
    return after_rule(day, lambda d: not desk.is_open(d))


def the_renewal_opens(case: Case, anchor: Anchor, _number: int) -> datetime:
    """Some months before the card expires, clamped to the month's end, by the after-rule."""
    day = months_before(anchor.day, case.delays(anchor).renewal_opens_months)
    return case.nine(anchor, after_rule(day, case.desk.is_quiet))


def the_renewal_closes(case: Case, anchor: Anchor, _number: int) -> datetime:
    """Before the online filing window ends (day −60, CESEDA R.431-5), with a week in hand."""
    return _days_before(case, anchor, case.delays(anchor).renewal_last_call_days)
