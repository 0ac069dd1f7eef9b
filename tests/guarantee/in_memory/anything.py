"""Whatever may happen to a dossier, in whatever order, with whatever goes wrong meanwhile."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from chalicelib.domain.attempts import FailureClass, Status
from chalicelib.domain.contact import Contact
from chalicelib.domain.desk_calendar import Desk, SlotPurpose
from chalicelib.domain.errors import BadRecipient, NotNow, NotSent, OurAccount
from chalicelib.domain.events import MILESTONES, SLOTS, Closing, Event, EventType, Source
from tests.builders import CONTACT, DESK, DOSSIER, an_event, paris
from tests.domain.lives import AHEAD, KINDS, LATE, OF_AN_APPOINTMENT
from tests.guarantee.figures import Scale
from tests.guarantee.history import Left
from tests.guarantee.in_memory.faults import Fault, Hurting
from tests.guarantee.in_memory.network import (
    ARRIVES,
    DELIVERED,
    INSIDE,
    MAILBOX_FULL,
    NO_SUCH_ADDRESS,
    SENT,
    Receipt,
    Way,
)
from tests.guarantee.in_memory.programs import Outcome, Program
from tests.guarantee.in_memory.slots import BY_APPOINTMENT
from tests.guarantee.in_memory.world import World
from tests.guarantee.invariants import broken

SECOND, MINUTE, HOUR, DAY = (
    timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days")
)
#: Whatever went wrong is over after this: redeliveries, an hour aside, a second hour aside.
CALM = 4 * HOUR

CONTACTS: tuple[Contact | None, ...] = (
    None,
    CONTACT,
    replace(CONTACT, mobile=None),
    replace(CONTACT, email="l.benali@example.net"),
    replace(CONTACT, email=None, mobile="+33698765432"),
    replace(CONTACT, email="not an address", mobile=None),
)
WAITS = (MINUTE, 7 * MINUTE, HOUR, 20 * HOUR, DAY, 4 * DAY, 9 * DAY, 45 * DAY, 120 * DAY)
COMPLAINED = Receipt(after=HOUR, status=Status.COMPLAINED)
REFUSED = Receipt(after=3 * SECOND, status=Status.FAILED, failure_class=FailureClass.MESSAGE)
GONE_LATER = replace(NO_SUCH_ADDRESS, after=2 * DAY)
UNREACHABLE = Receipt(after=HOUR, status=Status.FAILED, failure_class=FailureClass.PASSING)
WAYS = (
    *([ARRIVES] * 3),
    Way(is_read=True, receipts=()),
    Way(is_read=False, receipts=(SENT,)),
    Way(is_read=False, receipts=(SENT, NO_SUCH_ADDRESS)),
    Way(is_read=False, receipts=(SENT, MAILBOX_FULL)),
    Way(is_read=False, receipts=(SENT, DELIVERED, GONE_LATER)),
    Way(is_read=True, receipts=(SENT, DELIVERED, COMPLAINED)),
    Way(is_read=False, receipts=(REFUSED,)),
    Way(is_read=False, receipts=(SENT, UNREACHABLE)),
    Way(is_read=True, receipts=(replace(DELIVERED, after=INSIDE), replace(SENT, after=INSIDE))),
    Way(is_read=True, receipts=(DELIVERED, replace(SENT, after=HOUR), DELIVERED)),
    Way(is_read=True, receipts=(SENT, replace(DELIVERED, after=3 * DAY))),
)
REFUSALS: tuple[NotSent, ...] = (NotNow("Throttling"), OurAccount("Paused"), BadRecipient("No"))


class Anything(RuleBasedStateMachine):
    """Events, clicks, a desk, a network and a bad day; the promises hold whenever it is calm."""

    world_of = World

    def __init__(self) -> None:
        super().__init__()
        self.world = self.world_of(at=paris("2019-04-08 10:00"), network=self._way)
        self.ways: list[Way] = []
        self.hits: dict[int, Fault] = {}
        self.world.between = Hurting(at=self.hits, wait=self.world.wait)
        self.events: list[Event] = []

    def _way(self, _left: Left, _number: int) -> Way:
        return self.ways.pop(0) if self.ways else ARRIVES

    def _post(self, event: Event) -> None:
        self.events.append(event)
        self.world.post(event)

    @initialize(desk=st.sampled_from([DESK, BY_APPOINTMENT]))
    def a_desk(self, desk: Desk) -> None:
        """Its appointments are to deposit, or to collect, where nobody says which."""
        self.world.becomes(desk)

    @rule(
        kind=st.sampled_from(KINDS),
        late=st.sampled_from(LATE),
        ahead=st.sampled_from(AHEAD),
        contact=st.sampled_from(CONTACTS),
        appointment=st.sampled_from(["A1", "A2", "C1", "C2"]),
        is_said=st.booleans(),
        days=st.sampled_from([0, 0, 0, 1, 20]),
        expiry=st.sampled_from([None, date(2020, 2, 29), date(2019, 8, 31)]),
    )
    def something_happens(
        self,
        kind: EventType,
        late: timedelta,
        ahead: timedelta,
        contact: Contact | None,
        appointment: str,
        is_said: bool,
        days: int,
        expiry: date | None,
    ) -> None:
        """The booking system tells of it."""
        at = self.world.at - late
        event = an_event(kind, at, f"e{len(self.events)}", contact=contact, received_at=at)
        if kind in OF_AN_APPOINTMENT:
            purpose = SlotPurpose.COLLECT if appointment.startswith("C") else SlotPurpose.DEPOSIT
            event = replace(event, appointment_id=appointment)
            event = replace(event, purpose=purpose, is_purpose_said=True) if is_said else event
        if kind in SLOTS:
            event = replace(event, starts_at=at + ahead)
        if kind in MILESTONES:
            event = replace(event, day=(at - days * DAY).date())
        if kind is EventType.COLLECTED:
            event = replace(event, card_expires_on=expiry)
        if kind is EventType.CLOSED:
            event = replace(event, reason=list(Closing)[days % len(Closing)])
        self._post(event)

    @rule(place=st.integers(0, 40))
    def it_is_told_again(self, place: int) -> None:
        """The same webhook a second time, or the same form."""
        if self.events:
            event = self.events[place % len(self.events)]
            tell = self.world.say if event.source is Source.DESK else self.world.post
            tell(event)

    @rule(place=st.integers(0, 40))
    def the_student_confirms(self, place: int) -> None:
        """By the link of some slot, perhaps of one that is no more."""
        slots = [event for event in self.events if event.type in SLOTS]
        if slots:
            self.world.press(slots[place % len(slots)].event_id)

    @rule(kind=st.sampled_from([EventType.RENEWAL_BOOKED, EventType.UNSUBSCRIBED]))
    def the_renewal_is_settled(self, kind: EventType) -> None:
        """Nothing need remind of it any more."""
        source = Source.STUDENT if kind is EventType.UNSUBSCRIBED else Source.BOOKING
        at = self.world.at
        self._post(an_event(kind, at, f"e{len(self.events)}", source=source, received_at=at))

    @rule(place=st.integers(0, 40), days=st.sampled_from([None, 1, 14]))
    def the_desk_has_done_it(self, place: int, days: int | None) -> None:
        """A person ends an open notice, or puts it off."""
        opened = [str(a.notice) for a in self.world.ledger if a.status is Status.OPEN]
        if opened:
            until = self.world.at.date() + days * DAY if days else None
            self._word(EventType.WORK_CLOSED, subject=opened[place % len(opened)], until=until)

    @rule(place=st.integers(0, 40))
    def the_desk_asks_again(self, place: int) -> None:
        """A person wants a message sent once more."""
        if self.world.left:
            left = self.world.left[place % len(self.world.left)]
            self._word(EventType.ASKED_AGAIN, subject=str(left.notice))

    @rule(kind=st.sampled_from(sorted(MILESTONES)))
    def the_desk_takes_it_back(self, kind: EventType) -> None:
        """A milestone was entered for the wrong student."""
        if any(event.type is kind for event in self.events):
            self._word(EventType.WITHDRAWN, subject=kind.value)

    def _word(self, kind: EventType, **more: object) -> None:
        at, event_id = self.world.at, f"e{len(self.events)}"
        said = an_event(kind, at, event_id, source=Source.DESK, received_at=at)
        word = replace(said, **more)  # type: ignore[arg-type]
        self.events.append(word)
        self.world.say(word)

    @rule(contact=st.sampled_from(CONTACTS[1:]))
    def the_address_is_corrected(self, contact: Contact) -> None:
        """By the desk."""
        self._word(EventType.CONTACT_UPDATED, contact=contact)

    @rule()
    def the_address_is_right(self) -> None:
        """The desk saves what it finds there."""
        known = [event.contact for event in self.events if event.contact]
        if known:
            self._word(EventType.CONTACT_UPDATED, contact=known[-1])

    @rule()
    def the_card_is_on_a_list(self) -> None:
        """Of many, which takes effect in ten minutes."""
        self.world.list_cards(f"list-{len(self.world.calls)}", [DOSSIER])

    @rule(really=st.sampled_from([False] * 7 + [True]))
    def is_forgotten(self, really: bool) -> None:
        """Now and then somebody asks for it; whatever comes after that comes to nothing."""
        if really:
            self.world.ask_to_forget()

    @rule()
    def a_night_goes_by(self) -> None:
        """Whatever is over is forgotten."""
        self.world.one_night()

    @rule(after=st.integers(1, 12), fault=st.sampled_from(Fault))
    def a_call_will_fail(self, after: int, fault: Fault) -> None:
        """One of the next calls of any port."""
        self.hits[len(self.world.calls) + after] = fault

    @rule(way=st.sampled_from(WAYS))
    def the_next_message_goes(self, way: Way) -> None:
        """Its own way."""
        self.ways.append(way)

    @rule(refusal=st.sampled_from(REFUSALS), times=st.sampled_from([1, 2, 30]))
    def the_provider_refuses(self, refusal: NotSent, times: int) -> None:
        """The next e-mails."""
        self.world.mailer.answers = [refusal] * times

    @rule(wait=st.sampled_from(WAITS))
    def time_goes_by(self, wait: timedelta) -> None:
        """And once it is calm, every promise holds."""
        self.world.run(self.world.at + wait)
        if self.hits or self.world.mailer.answers:
            self.hits.clear()
            self.world.mailer.answers = []
            self.world.run(self.world.at + CALM)
        self.world.run(self.world.at + MINUTE)
        found = broken(self.world.history())
        assert not found, "; ".join(map(str, found))

    def teardown(self) -> None:
        """However it ended, it comes to rest."""
        self.time_goes_by(30 * DAY)


LIVES, STEPS, SEEDS = 25, 40, 800


def every_case() -> Sequence[str]:
    """Seeds, each of which draws so many lives."""
    return [f"seed {number}" for number in range(SEEDS)]


def play(case: str, kind: type[World] = World) -> Outcome:
    """So many lives, of so many steps at most."""
    return played(Anything, case, kind)


def play_closer(case: str, kind: type[World] = World) -> Outcome:
    """The same, and of one that fails the shortest that does: in some minutes."""
    return played(Anything, case, kind, (Phase.generate, Phase.shrink))


def played(
    machine: type[Anything],
    case: str,
    kind: type[World],
    phases: Sequence[Phase] = (Phase.generate,),
) -> Outcome:
    """The lives of a case, as this machine draws them."""

    @seed(int(case.removeprefix("seed ")))
    class Drawn(machine):  # type: ignore[misc, valid-type]  # which one is an argument
        world_of = kind

    how = settings(
        max_examples=LIVES,
        stateful_step_count=STEPS,
        phases=phases,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
        report_multiple_bugs=False,
    )
    try:
        run_state_machine_as_test(Drawn, settings=how)
    except AssertionError as error:
        return Outcome(words=(str(error), *getattr(error, "__notes__", [])))
    return Outcome()


ANYTHING = Program(
    name="anything",
    of=f"{LIVES} lives of {STEPS} steps of any kind at most, with anything going wrong meanwhile",
    cases=every_case,
    play=play,
    closer=play_closer,
    samples={Scale.QUICK: 1, Scale.CI: 16, Scale.FULL: 120},
)
