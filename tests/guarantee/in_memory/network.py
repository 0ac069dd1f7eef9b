"""What becomes of a message after a provider took it, and what the provider says of that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.domain.attempts import FailureClass, Status
from tests.guarantee.history import Left

#: Before the provider's answer is back: "it left" comes sooner than we could write it down.
INSIDE = timedelta(seconds=-1)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One word of a provider, so long after it took the message."""

    after: timedelta
    status: Status
    failure_class: FailureClass | None = None


@dataclass(frozen=True, kw_only=True)
class Way:
    """The way of one message: whether the student has it in the end, and what is said of it."""

    is_read: bool
    receipts: Sequence[Receipt]


#: The way of a message; the number says which one of the run it is, from 0.
Network = Callable[[Left, int], Way]

SENT = Receipt(after=timedelta(seconds=1), status=Status.ACCEPTED)
DELIVERED = Receipt(after=timedelta(seconds=4), status=Status.DELIVERED)
NO_SUCH_ADDRESS = Receipt(
    after=timedelta(seconds=4), status=Status.BOUNCED, failure_class=FailureClass.ADDRESS
)
MAILBOX_FULL = Receipt(
    after=timedelta(seconds=4), status=Status.BOUNCED, failure_class=FailureClass.PASSING
)

ARRIVES = Way(is_read=True, receipts=(SENT, DELIVERED))
ARRIVES_AT_ONCE = Way(
    is_read=True, receipts=tuple(replace(one, after=INSIDE) for one in (SENT, DELIVERED))
)
ARRIVES_UNSEEN = Way(is_read=True, receipts=())
VANISHES = Way(is_read=False, receipts=())


def everything_arrives(_left: Left, _number: int) -> Way:
    """No message is lost, and every receipt comes within seconds."""
    return ARRIVES


def no_receipts(_left: Left, _number: int) -> Way:
    """Everything arrives, and no provider ever says a word."""
    return ARRIVES_UNSEEN


def receipts_before_the_answer(_left: Left, _number: int) -> Way:
    """The feedback queue is faster than the provider's answer, let alone our record of it."""
    return ARRIVES_AT_ONCE


def first_card_sms_vanishes(left: Left, _number: int) -> Way:
    """The network swallows the SMS this whole program is about, once, and does not say so."""
    is_the_one = left.tags["notice"] == "card_ready-1" and left.tags["channel"] == "sms"
    return VANISHES if is_the_one and left.attempt == 1 else ARRIVES
