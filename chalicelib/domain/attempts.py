"""What became of an attempt: the statuses, and how one follows another."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.contact import Channel


class Kind(StrEnum):
    """Everything Relance can owe somebody, student or desk."""

    CONFIRMATION_REQUEST = "confirmation_request"
    CONFIRMATION_REMINDER = "confirmation_reminder"
    UNCONFIRMED = "unconfirmed"
    CONVOCATION = "convocation"
    CHECK_REMINDER = "check_reminder"
    APPOINTMENT_REMINDER = "appointment_reminder"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    APPOINTMENT_MISSED = "appointment_missed"
    MISSING_DOCUMENTS = "missing_documents"
    OUTCOME_UNKNOWN = "outcome_unknown"
    NOT_REBOOKED = "not_rebooked"
    NO_LIFE = "no_life"
    DEPOSIT_RECEIPT = "deposit_receipt"
    NO_NEWS = "no_news"
    CARD_READY = "card_ready"
    CARD_WAITING = "card_waiting"
    NO_NEWS_EXHAUSTED = "no_news_exhausted"
    CARD_NOT_COLLECTED = "card_not_collected"
    CORRECTION = "correction"
    RENEWAL_OPENS = "renewal_opens"
    RENEWAL_LAST_CALL = "renewal_last_call"
    NO_EXPIRY_DATE = "no_expiry_date"
    CONTACT_US = "contact_us"
    UNREACHABLE = "unreachable"
    TEXT_FAILED = "text_failed"
    SERVE_FAILED = "serve_failed"
    UNKNOWN_EXHAUSTED = "unknown_exhausted"
    COMPLAINED = "complained"
    CONTRADICTION = "contradiction"
    APPOINTMENT_AFTER_DEPOSIT = "appointment_after_deposit"
    TELL_THE_STUDENT = "tell_the_student"
    APPOINTMENT_WHEN_SHUT = "appointment_when_shut"
    TOO_LATE_TO_SEND = "too_late_to_send"
    ERASURE_REQUESTED = "erasure_requested"


@dataclass(frozen=True, kw_only=True, order=True)
class Notice:
    """The identity of something owed: what, which of a row, because of which fact, and where."""

    kind: Kind
    number: int = 1
    occasion: str
    channel: Channel

    def __str__(self) -> str:
        return f"{self.kind}.{self.number}.{self.occasion}.{self.channel}"

    @classmethod
    def named(cls, text: str) -> "Notice":
        """The notice that is written so; raises ValueError for what is none."""
        kind, _, rest = text.partition(".")
        number, _, place = rest.partition(".")
        occasion, _, channel = place.rpartition(".")
        if not (occasion and number.isascii() and number.isdecimal()):
            message = "not the name of a notice"
            raise ValueError(message)
        return cls(kind=Kind(kind), number=int(number), occasion=occasion, channel=Channel(channel))


class Status(StrEnum):
    """What became of one attempt."""

    CLAIMED = "claimed"  #: a worker holds it until `until`; nothing is known to have left
    POSTPONED = "postponed"  #: nothing has left; the provider said "not now": again at `until`
    ACCEPTED = "accepted"  #: the provider took it
    UNKNOWN = "unknown"  #: it may have left: the provider's answer was lost
    DELIVERED = "delivered"  #: the provider saw it arrive
    BOUNCED = "bounced"  #: returned, at once or after a delivery
    COMPLAINED = "complained"  #: arrived, and was called unwanted
    FAILED = "failed"  #: refused by the provider or the carrier
    OPEN = "open"  #: on the desk's work list
    CLOSED = "closed"  #: off the work list, by a fact or a person


class FailureClass(StrEnum):
    """What a failure was about: that decides what may be tried next."""

    ADDRESS = "address"  #: nothing will ever arrive there
    PASSING = "passing"  #: it may work another time
    MESSAGE = "message"  #: these words were refused; others may arrive at the same address
    NOTHING = "nothing"  #: perhaps nothing failed: an automatic answer, a complaint taken back


#: Fates in which nobody knows yet whether the message arrived.
UNDECIDED = frozenset({Status.CLAIMED, Status.POSTPONED, Status.ACCEPTED, Status.UNKNOWN})

#: Fates of a message that no provider has been asked to take, or did not take now.
NOT_LEFT = frozenset({Status.CLAIMED, Status.POSTPONED})

#: Fates of a message that somebody received, and may not have liked.
ARRIVED = frozenset({Status.DELIVERED, Status.COMPLAINED})

#: What a provider's word says: a status, and what a failure is about where that makes a difference.
Word = tuple[Status, FailureClass | None]

#: What providers say of one message, the softest first. They say it twice, late and out of order:
#: a softer word never undoes a harder one, so every order ends in the same.
SOFTEST_FIRST: tuple[tuple[Word, ...], ...] = (
    ((Status.CLAIMED, None), (Status.POSTPONED, None), (Status.UNKNOWN, None)),
    ((Status.ACCEPTED, None),),
    ((Status.BOUNCED, FailureClass.NOTHING),),  # an automatic answer to what had arrived, or not
    ((Status.FAILED, FailureClass.PASSING),),
    ((Status.FAILED, None),),
    ((Status.FAILED, FailureClass.ADDRESS),),
    ((Status.DELIVERED, None),),  # a carrier can change its mind
    ((Status.BOUNCED, FailureClass.PASSING),),  # mail can come back after delivery
    ((Status.BOUNCED, None),),
    (
        (Status.COMPLAINED, None),
        (Status.DELIVERED, FailureClass.NOTHING),
    ),  # the later of the two counts
    ((Status.BOUNCED, FailureClass.ADDRESS),),
)
_HARDNESS = {word: rank for rank, words in enumerate(SOFTEST_FIRST) for word in words}
_UNSAID, _ACCEPTED = _HARDNESS[Status.CLAIMED, None], _HARDNESS[Status.ACCEPTED, None]
_COMPLAINED = _HARDNESS[Status.COMPLAINED, None]


@dataclass(frozen=True, kw_only=True)
class NextTry:
    """The try that comes next at one notice, from the plan to its claim.

    `attempt` is its number, `tries` how often that one was put off already since `begun_at`, and
    `asked` how often a person has asked for the notice by now. `why`, a short code, is what makes
    it owed, or what keeps it from leaving.
    """

    attempt: int = 1
    tries: int = 0
    begun_at: datetime | None = None
    possible_duplicate: bool = False
    why: str = ""
    asked: int = 0

    def resuming(self, postponed: "Attempt") -> "NextTry":
        """The same number again: a try that was put off consumed none."""
        return replace(
            self,
            attempt=postponed.attempt,
            tries=postponed.tries,
            begun_at=postponed.begun,
            possible_duplicate=postponed.possible_duplicate,
        )

    def claimed(self, notice: "Notice", now: datetime, until: datetime) -> "Attempt":
        """The attempt that it becomes before anything is sent, ours for a lease."""
        return Attempt(
            notice=notice,
            attempt=self.attempt,
            status=Status.CLAIMED,
            claimed_at=now,
            begun_at=self.begun_at,
            status_at=now,
            until=until,
            possible_duplicate=self.possible_duplicate,
            tries=self.tries,
            asked=self.asked,
        )

    def ended(self, notice: "Notice", status: Status, now: datetime) -> "Attempt":
        """The attempt that it becomes without a claim: nothing of it is sent."""
        return Attempt(
            notice=notice,
            attempt=self.attempt,
            status=status,
            claimed_at=now,
            status_at=now,
            reason=self.why,
            asked=self.asked,
        )


#: Nothing was tried yet, and nobody has asked.
FIRST_TRY = NextTry()


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One try at one notice. The ledger is a tuple of these, oldest first.

    `begun_at` is when it was first claimed, if "not now" made us claim it again at `claimed_at`.
    `until` ends the lease of a claim or the wait of a postponed one. `address` is a keyed hash of
    the address used, never the address. `failure_class` says what a failure was about, and
    `reason`, a short code from the provider or from us, what exactly: for logs and the desk.
    `learnt_at` is when a provider's word of this status reached us, which can be long after
    `status_at`.

    What a person's word has changed is told by counting, never by comparing clocks: `asked` is how
    often somebody had asked for this notice by the time of the claim, `vouched` how often somebody
    had said that its address is good. A line of the work list says in `losses` which messages it
    stands for (each as its name, `#`, and how often it was tried by then), and in `closed_by` the
    id of the word that ended it. `links` names the generation of the links that it carries; it is
    empty where it carries none.
    """

    notice: Notice
    attempt: int = 1
    status: Status
    claimed_at: datetime
    begun_at: datetime | None = None
    status_at: datetime
    token: str = ""
    until: datetime | None = None
    address: str = ""
    message_id: str = ""
    reason: str = ""
    failure_class: FailureClass | None = None
    possible_duplicate: bool = False
    tries: int = 0
    learnt_at: datetime | None = None
    asked: int = 0
    vouched: int = 0
    links: str = ""
    losses: tuple[str, ...] = ()
    closed_by: str = ""

    @property
    def begun(self) -> datetime:
        """When it was first claimed."""
        return self.begun_at or self.claimed_at

    @property
    def edition(self) -> str:
        """What tells a line of the work list from the same line with more on it."""
        return self.status_at.isoformat()

    @property
    def is_refused_address(self) -> bool:
        """Whether its provider said that nothing will ever arrive at this address."""
        is_refused = (
            self.status in {Status.BOUNCED, Status.FAILED}
            and self.failure_class is FailureClass.ADDRESS
        )
        return is_refused and bool(self.address)

    @property
    def may_have_been_read(self) -> bool:
        """Whether its student may know what it said: not while it waits, nor once it came back
        for good. A passing failure may be an answer by a machine.
        """
        if self.status in {Status.BOUNCED, Status.FAILED}:
            return self.failure_class is FailureClass.PASSING
        return self.status is not Status.POSTPONED

    def is_same_try(self, other: "Attempt") -> bool:
        """Whether both are the same try at the same notice, whatever became of it."""
        return self.notice == other.notice and self.attempt == other.attempt


@dataclass(frozen=True, kw_only=True)
class AttemptRef:
    """Which attempt a provider's word is about."""

    dossier_id: str
    notice: Notice
    attempt: int


@dataclass(frozen=True, kw_only=True)
class DeliveryReport:
    """A provider's word on one attempt, in our words.

    `receipt_id` identifies the provider's event, so that the same one twice changes nothing.
    `failure_class` says what a failure was about.
    """

    dossier_id: str
    notice: Notice
    attempt: int
    status: Status
    at: datetime
    receipt_id: str
    message_id: str = ""
    reason: str = ""
    failure_class: FailureClass | None = None


def hardness(status: Status, failure_class: FailureClass | None) -> int:
    """How hard a provider's word is: the softer of two never undoes the harder one."""
    return _HARDNESS.get((status, failure_class), _HARDNESS.get((status, None), _UNSAID))


def settled(attempt: Attempt, report: DeliveryReport, now: datetime) -> Attempt:
    """The attempt after a provider's report that came in now; the same one if it changes nothing.

    A provider's clock is not believed further than ours reaches: nothing became of a message before
    we claimed it, nor after we heard of it.
    """
    said = replace(
        attempt,
        status=report.status,
        status_at=max(attempt.claimed_at, min(report.at, now)),
        until=None,
        reason=report.reason,
        failure_class=report.failure_class,
        message_id=attempt.message_id or report.message_id,
        learnt_at=now,
    )
    return said if _overrules(said, attempt) else attempt


def open_line(ledger: Iterable[Attempt], name: str) -> Attempt | None:
    """The line by which the notice of this name stands on the work list, if it does."""
    return next((a for a in ledger if a.status is Status.OPEN and str(a.notice) == name), None)


def _overrules(said: Attempt, known: Attempt) -> bool:
    """Whether it is the harder word, and about a message at all. Of two as hard as each other the
    earlier one counts; but a correction follows its complaint: of these the later one.
    """
    if known.status in {Status.OPEN, Status.CLOSED}:
        return False
    before, after = (
        hardness(known.status, known.failure_class),
        hardness(said.status, said.failure_class),
    )
    if before != after:
        return before < after
    if after == _COMPLAINED:
        return _later(known) < _later(said)
    return after > _ACCEPTED and (said.status_at, said.reason) < (known.status_at, known.reason)


def _later(word: Attempt) -> tuple[datetime, bool, str]:
    """By their reasons, where two are of one instant: they come in any order."""
    return word.status_at, word.failure_class is FailureClass.NOTHING, word.reason
