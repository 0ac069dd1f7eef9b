"""Where and when: the desk's dated data, its open days, and the two rules that move a date.

All dates are Paris dates. Instants that leave this module are aware and in UTC.
"""

from calendar import monthrange
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import count
from zoneinfo import ZoneInfo

from chalicelib.domain.contact import Contact, Language

PARIS = ZoneInfo("Europe/Paris")
SUNDAY = 6

#: One text in every language.
Words = Mapping[Language, str]
#: One list in every language.
Lists = Mapping[Language, tuple[str, ...]]


class SlotPurpose(StrEnum):
    """What a student comes to an appointment for."""

    DEPOSIT = "deposit"  #: to hand in the file
    COLLECT = "collect"  #: to collect the card


class Feed(StrEnum):
    """What brings a desk its news of dossiers."""

    BOOKING = "booking"  #: webhooks of the booking system
    APPOINTMENTS = "appointments"  #: lists of appointments
    CARDS = "cards"  #: lists of ready cards


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Open from `opens` to `closes` on these weekdays (Monday is 0) of these months (1 to 12)."""

    weekdays: frozenset[int]
    months: frozenset[int]
    opens: time
    closes: time


@dataclass(frozen=True, kw_only=True, eq=False)
class Place:
    """An office that a student can walk to. Each is itself, however alike two are.

    Within a sentence it is `in_full` where it is first named, and `short` afterwards: with its
    article, if it has one. `hours_of` names what opens at `openings` where that is another than the
    office itself, as the building it is in. `directions`, `phone` and `email` are empty where none
    is published.
    """

    name: Words
    in_full: Words
    short: Words
    address: tuple[str, ...]
    openings: tuple[Opening, ...]
    directions: Words = field(default_factory=dict)
    hours_of: Words = field(default_factory=dict)
    phone: str = ""
    email: str = ""

    @property
    def is_reachable(self) -> bool:
        """Whether it can be asked something from afar."""
        return bool(self.phone or self.email)


@dataclass(frozen=True, kw_only=True, eq=False)
class Counter(Place):
    """Where the desk receives people. `in_brief` names it in a subject line; `is_closed` begins the
    sentence that announces a closure; `sms_place` is where it is, in the few characters of an SMS.
    """

    in_brief: Words
    is_closed: Words
    sms_place: Words = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class Helper(Place):
    """An office that checks dossiers before the appointment. Of what else it does, texts say only
    what is true here: that nobody needs an appointment (`walk_in`), that it helps to complete the
    file, that it is closed on public holidays as the counter is.
    """

    walk_in: bool = False
    completes_files: bool = False
    closed_on_holidays: bool = False


@dataclass(frozen=True, kw_only=True)
class Delays:
    """Every delay, hour and limit that a rule reads. Field names carry the unit."""

    send_at: time
    sms_from: time
    sms_to: time
    confirmation_reminder_hours: int
    unconfirmed_days: int
    unconfirmed_not_before_hours: int
    unconfirmed_latest_hours: int
    check_reminder_days: int
    appointment_reminder_days: int
    appointment_sms_end_hours: int
    reminder_after_confirmation_hours: int
    follow_up_days: int
    not_rebooked_days: int
    no_life_days: int
    renewal_opens_months: int
    renewal_closes_months: int
    renewal_last_call_days: int
    at_once_too_old_days: int
    look_again_days: int
    reminders_a_day: int
    messages_a_day: int
    email_silence_hours: int
    sms_silence_hours: int
    sms_again_days: int
    unknown_minutes: int
    appointment_ahead_days: int
    card_valid_years: int


@dataclass(frozen=True, kw_only=True)
class Retention:
    """For how many months what we know of somebody is kept.

    A dossier, with its documents and the pages behind its links: after it was `finished`, and as
    long as it is not, after the last thing that happened. What waits in quarantine: after a person
    has looked at it, and at the most. A receipt that no message answers to: after it came. Who did
    or read what at the desk: after it was done.
    """

    finished_months: int
    unfinished_months: int
    quarantine_seen_months: int
    quarantine_months: int
    receipts_months: int
    audit_months: int


class Conformity(StrEnum):
    """How accessible the students' pages are, in the words of RGAA 4.1."""

    TOTAL = "total"
    PARTIAL = "partial"  #: half of the criteria or more
    NONE = "none"  #: fewer, or nobody has audited them


#: From which rate of met criteria on, in per cent.
_CONFORMITY = ((100, Conformity.TOTAL), (50, Conformity.PARTIAL), (0, Conformity.NONE))
_AUDIT_HOLDS_MONTHS = 36


@dataclass(frozen=True, kw_only=True)
class ConformityAudit:
    """What an audit of the students' pages after RGAA found: on which day, who made it, how many of
    the criteria that apply are met (in per cent), and what is not accessible, and why.
    """

    on: date
    by: str
    rate: int
    failures: Lists = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Legal:
    """Who answers for the pages and for what is kept of people.

    Letters reach them at `address`; `data_protection` is an e-mail address or a postal one, for
    questions about data; `host` is who keeps the pages, with an address. What is empty is not
    known yet. Without an `audit` nobody has found out how accessible the pages are.
    """

    controller: Words
    publisher: Words
    address: tuple[str, ...]
    phone: str
    data_protection: str
    host: tuple[str, ...]
    audit: ConformityAudit | None = None

    def conformity_on(self, day: date) -> Conformity:
        """What the pages may call themselves. An audit holds for three years: decree 2019-768 of
        24 July 2019.
        """
        audit = self.audit
        if audit is None or day >= months_after(audit.on, _AUDIT_HOLDS_MONTHS):
            return Conformity.NONE
        return next(one for least, one in _CONFORMITY if audit.rate >= least)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What holds from `valid_from` until the next terms: places, papers, links, delays, retention.

    `papers` is keyed by what they are for: "deposit", "collect" (the fee included), and
    "collect_sms", which is the latter in the few characters of a text message, as "deposit_sms" is
    the former where it is given. `appointments` are for these purposes, and where nobody says
    which, for the first. `booking_section` is the part of the booking site to go to, as it follows
    "dans la" or "in the"; `booking_note` is said beside it, `paper_note` at the foot of the
    convocation, which goes with its e-mail where `attaches_convocation`. What a desk does not have
    is empty: stamps that pay the tax, somebody who reads what people answer.
    """

    valid_from: date
    counter: Counter
    papers: Mapping[str, Lists]
    appointments: tuple[SlotPurpose, ...]
    booking_url: str
    booking_section: Words
    appointment_minutes: int
    delays: Delays
    retention: Retention
    helper: Helper | None = None
    stamps_url: str = ""
    booking_note: Words = field(default_factory=dict)
    paper_note: Words = field(default_factory=dict)
    replies_read_by: Words = field(default_factory=dict)
    attaches_convocation: bool = False

    @property
    def to_ask(self) -> Place:
        """Who answers a question about a file on the telephone or by e-mail."""
        return self.helper if self.helper and self.helper.is_reachable else self.counter

    @property
    def to_ask_of_visits(self) -> Place:
        """Who answers one about an appointment or a card."""
        return self.counter if self.counter.is_reachable else self.to_ask


@dataclass(frozen=True, kw_only=True)
class WorkRules:
    """What becomes of work that nobody answers: an urgent line is told to a `second_person`, by an
    e-mail, once the counter was open for so many hours. Empty while nobody has said to whom.

    A feed is silent that brought nothing while the counter was open for so many hours; one that is
    not named may be for ever.
    """

    escalate_after_open_hours: int
    second_person: str
    silent_after_open_hours: Mapping[Feed, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Closure:
    """The desk is closed from `first` to `last`, both included."""

    first: date
    last: date
    why: Words


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One prefecture's desk: dated terms (oldest first), closures, public holidays.

    It writes in its `languages`, and in the first of them to whoever reads none. `name` is who an
    e-mail comes from, `sms_sender` what an SMS comes from, `sms_name` how its words begin.
    """

    languages: tuple[Language, ...]
    name: Words
    sms_name: str
    sms_sender: str
    legal: Legal
    terms: tuple[Terms, ...]
    closures: tuple[Closure, ...]
    holidays: Container[date]
    work: WorkRules | None = None

    def language_for(self, contact: Contact | None) -> Language:
        """The language somebody is written to in: as they wish, where the desk offers it."""
        wish = contact.language if contact else None
        return wish if wish in self.languages else self.languages[0]

    def terms_on(self, day: date) -> Terms:
        """The terms in force on a day; before the first ones, the first ones."""
        return next((t for t in reversed(self.terms) if t.valid_from <= day), self.terms[0])

    def closure_on(self, day: date) -> Closure | None:
        """The closure that covers a day, if one does."""
        return next((c for c in self.closures if c.first <= day <= c.last), None)

    def is_quiet(self, day: date) -> bool:
        """Whether a day is a Sunday or a public holiday: no reminder is dated on it."""
        return day.weekday() == SUNDAY or day in self.holidays

    def openings_on(self, day: date) -> tuple[Opening, ...]:
        """The hours of the counter's building on a day; empty when it is closed."""
        if day in self.holidays or self.closure_on(day):
            return ()
        openings = self.terms_on(day).counter.openings
        return tuple(o for o in openings if day.weekday() in o.weekdays and day.month in o.months)

    def is_open(self, day: date) -> bool:
        """Whether somebody is at the counter on a day."""
        return bool(self.openings_on(day))

    def is_staffed(self, instant: datetime) -> bool:
        """Whether somebody is at the counter at an instant."""
        local = instant.astimezone(PARIS)
        return any(o.opens <= local.time() < o.closes for o in self.openings_on(local.date()))

    def has_opened(self, instant: datetime) -> bool:
        """Whether the counter opens on the day of an instant, and not after it."""
        day = paris_day(instant)
        return any(at_paris(day, o.opens) <= instant for o in self.openings_on(day))

    def open_between(self, first: datetime, last: datetime) -> timedelta:
        """For how long somebody is at the counter from one instant to another."""
        day, days = paris_day(first), (paris_day(last) - paris_day(first)).days
        spans = (
            min(last, at_paris(on, o.closes)) - max(first, at_paris(on, o.opens))
            for on in (day + timedelta(days=n) for n in range(days + 1))
            for o in self.openings_on(on)
        )
        return sum((max(span, timedelta()) for span in spans), timedelta())

    def is_shut(self, day: date) -> bool:
        """Quiet, or closed: no day to send anybody to the counter."""
        return self.is_quiet(day) or self.closure_on(day) is not None


def paris_day(instant: datetime) -> date:
    """The date in Paris at an instant."""
    return instant.astimezone(PARIS).date()


def at_paris(day: date, hour: time) -> datetime:
    """The instant of a wall-clock hour in Paris, in UTC."""
    return datetime.combine(day, hour, tzinfo=PARIS).astimezone(UTC)


def after_rule(day: date, avoid: Callable[[date], bool]) -> date:
    """That day, or the next one that need not be avoided."""
    return next(d for n in count() if not avoid(d := day + timedelta(days=n)))


def before_rule(day: date, avoid: Callable[[date], bool]) -> date:
    """That day, or one at most three days earlier that need not be avoided, else that day."""
    earlier = (day - timedelta(days=n) for n in range(4))
    return next((d for d in earlier if not avoid(d)), day)


def follow_up_day(desk: Desk, since: date, number: int) -> date:
    """When one who has heard nothing since then goes and asks: after so many times six weeks.

    Never on a Sunday, a holiday or in a closure. How long "six weeks" are is dated data.
    """
    days = desk.terms_on(since).delays.follow_up_days
    return after_rule(since + timedelta(days=number * days), desk.is_shut)


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's end: 31 May − 3 months = 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's end: 30 November + 3 months = 28 February."""
    return months_before(day, -months)


def believable_expiry(said: date | None, held_on: date, desk: Desk) -> date | None:
    """The last day of a card that somebody held on a day; None if no card is made for so long."""
    years = desk.terms_on(held_on).delays.card_valid_years
    return said if said and said <= months_after(held_on, 12 * years) else None
