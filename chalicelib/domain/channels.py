"""What is true of each channel: the table of channels.

Who composes what leaves on one, and who sends it, is in the room of the same name.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from chalicelib.domain.attempts import NOT_LEFT, Attempt, Status
from chalicelib.domain.contact import Channel, Contact
from chalicelib.domain.desk_calendar import Delays, Desk, after_rule, at_paris, paris_day

#: An e-mail that came back for a passing reason: again after this wait, so often in all.
BOUNCE_WAIT, BOUNCE_ATTEMPTS = timedelta(hours=24), 3

_A_DAY = timedelta(days=1)

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class ChannelPolicy:
    """One row: how a channel reaches somebody, and what can be expected of it.

    `address` is what it uses of a contact. On an `is_optional` channel a message is owed only to
    whoever has such an address. `opens_at` is the first instant, from another on, at which a
    message may leave; one about an appointment is pointless `ahead` of its hour.

    Once its provider has taken a message, a receipt is awaited for `silence`. `again` says of the
    last try, which did not arrive and may another time, how many tries there are in all, and when
    the next one is; it is told how many the row of the notice grants. Where a provider
    `keeps_a_list` of addresses that refused for good, one is taken off it before another try.
    What leaves on one that `carries_links` opens the student's pages.
    """

    address: Callable[[Contact], str | None]
    opens_at: Callable[[Desk, datetime], datetime]
    silence: Callable[[Delays], timedelta]
    again: Callable[[Attempt, datetime, Delays, int], tuple[int, datetime]]
    ahead: Callable[[Delays], timedelta]
    is_for_students: bool = True
    is_optional: bool = False
    keeps_a_list: bool = False
    carries_links: bool = False


def whole(
    table: str, channels: Iterable[Channel], rows: Mapping[Channel, Row]
) -> Mapping[Channel, Row]:
    """These rows of a table, one for each of these channels and for no other.

    Raises LookupError: a program in which a channel lacks a row must not start.
    """
    differing = ", ".join(sorted(rows.keys() ^ set(channels)))
    if differing:
        message = f"{table} must have a row for each channel that it is about: see {differing}"
        raise LookupError(message)
    return rows


def _at_any_hour(_desk: Desk, at: datetime) -> datetime:
    return at


def _in_sms_hours(desk: Desk, at: datetime) -> datetime:
    """9 to 19 h, not on Sundays or public holidays: out of courtesy, and to be read."""
    day = paris_day(at)
    delays = desk.terms_on(day).delays
    if desk.is_quiet(day) or at >= at_paris(day, delays.sms_to):
        day = after_rule(day + _A_DAY, desk.is_quiet)
        return at_paris(day, delays.sms_from)
    return max(at, at_paris(day, delays.sms_from))


def _once(_last: Attempt, at: datetime, _delays: Delays, _granted: int) -> tuple[int, datetime]:
    return 1, at


def _after_a_bounce(
    last: Attempt, at: datetime, delays: Delays, granted: int
) -> tuple[int, datetime]:
    is_back = last.status is Status.BOUNCED
    return (BOUNCE_ATTEMPTS, at + BOUNCE_WAIT) if is_back else _once(last, at, delays, granted)


def _when_the_phone_may_be_on(
    last: Attempt, at: datetime, delays: Delays, granted: int
) -> tuple[int, datetime]:
    """At once after silence, which has lasted for days; else when SMS leave again some day later:
    a phone that was off is still off in the same second.
    """
    if last.status is not Status.FAILED:
        return granted, at
    day = paris_day(at) + timedelta(days=delays.sms_again_days)
    return granted, at_paris(day, delays.sms_from)


CHANNELS: Mapping[Channel, ChannelPolicy] = whole(
    "CHANNELS of chalicelib/domain/channels.py",
    Channel,
    {
        Channel.EMAIL: ChannelPolicy(
            address=lambda contact: contact.mail_address,
            opens_at=_at_any_hour,
            silence=lambda delays: timedelta(hours=delays.email_silence_hours),
            again=_after_a_bounce,
            ahead=lambda _delays: timedelta(),
            keeps_a_list=True,
            carries_links=True,
        ),
        Channel.SMS: ChannelPolicy(
            address=lambda contact: contact.text_number,
            opens_at=_in_sms_hours,
            silence=lambda delays: timedelta(hours=delays.sms_silence_hours),
            again=_when_the_phone_may_be_on,
            ahead=lambda delays: timedelta(hours=delays.appointment_sms_end_hours),
            is_optional=True,
        ),
        Channel.DESK: ChannelPolicy(  # nothing is sent there: a line waits for a person
            address=lambda _contact: None,
            opens_at=_at_any_hour,
            silence=lambda _delays: timedelta.max,
            again=_once,
            ahead=lambda _delays: timedelta(),
            is_for_students=False,
        ),
    },
)

#: Those by which a student is told something.
TO_STUDENTS = tuple(channel for channel, policy in CHANNELS.items() if policy.is_for_students)


def address_on(channel: Channel, contact: Contact) -> str | None:
    """The address of somebody that a message on this channel would go to, if there is one."""
    return CHANNELS[channel].address(contact)


def is_given_up(attempt: Attempt) -> bool:
    """Whether the provider may deliver nothing any more to the address it went to: what came back
    for good, or was called unwanted, puts an address on its list.
    """
    is_listed = attempt.is_refused_address or attempt.status is Status.COMPLAINED
    return is_listed and CHANNELS[attempt.notice.channel].keeps_a_list


def may_be_suppressed(ledger: Iterable[Attempt], claim: Attempt) -> bool:
    """Whether the address of a claim has to be taken off the provider's list before it is sent: it
    was given up, a person has vouched for it since, and no message has left on their word yet.
    """
    others = [a for a in ledger if a.address == claim.address and not a.is_same_try(claim)]
    has_left = any(a.vouched >= claim.vouched and a.status not in NOT_LEFT for a in others)
    return any(is_given_up(a) and a.vouched < claim.vouched for a in others) and not has_left
