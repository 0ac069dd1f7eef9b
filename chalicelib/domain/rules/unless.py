"""Because of what a notice is not owed, although everything else asks for it."""

from datetime import datetime, timedelta

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Channel
from chalicelib.domain.rules.case import Anchor, Case
from chalicelib.domain.rules.due import for_the_appointment, for_the_check

_TELL_OF_AN_END = frozenset({Kind.APPOINTMENT_CANCELLED, Kind.APPOINTMENT_MISSED})


def no_exception(_case: Case, _anchor: Anchor) -> bool:
    """The states say it all."""
    return False


def expected_to_collect(case: Case, _anchor: Anchor) -> bool:
    """An appointment to collect the card says when to come; after its day somebody has to say
    what came of it.
    """
    slot = case.facts.to_collect.appointment
    return slot is not None and slot.is_live


def the_end_is_no_news(case: Case, anchor: Anchor) -> bool:
    """Nobody waits for an appointment that had begun, or of which no message ever spoke."""
    slot = case.facts.appointment
    return slot is None or not slot.is_called_off or _never_mentioned(case, anchor)


def _never_mentioned(case: Case, anchor: Anchor) -> bool:
    """Whether no message spoke of an appointment for this purpose since one told of an end."""
    about = case.facts.bookings.slot_events
    letters = [
        a
        for a in case.ledger
        if a.notice.channel is not Channel.DESK and a.notice.occasion in about - {anchor.occasion}
    ]
    ends = [a.claimed_at for a in letters if a.notice.kind in _TELL_OF_AN_END]
    spoken = [a.claimed_at for a in letters if a.notice.kind not in _TELL_OF_AN_END]
    return not spoken or max(spoken) < max(ends, default=min(spoken))


def just_confirmed(case: Case, anchor: Anchor) -> bool:
    """The convocation, just sent, says the same."""
    return _soon_after_confirmation(case, anchor, for_the_appointment(case, anchor, 1))


def checked_or_just_confirmed(case: Case, anchor: Anchor) -> bool:
    """The helper has seen the papers, or the convocation has just asked for it; or nobody helps."""
    due, terms = for_the_check(case, anchor, 1), case.desk.terms_on(anchor.day)
    is_needless = case.facts.checked or terms.helper is None
    return is_needless or _soon_after_confirmation(case, anchor, due)


def _soon_after_confirmation(case: Case, anchor: Anchor, due: datetime) -> bool:
    """Whether a reminder would follow the confirmation, or the sent convocation, too closely."""
    sent = [a.claimed_at for a in case.tries(Kind.CONVOCATION, 1, anchor)]
    told_at = max([anchor.at, *sent[:1]])
    return due <= told_at + timedelta(hours=case.delays(anchor).reminder_after_confirmation_hours)
