"""A year of students whose SMS are lost and whose e-mails bounce: where does each of them end?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from chalicelib.domain.attempts import Kind, Status
from chalicelib.domain.contact import Channel, Contact
from chalicelib.domain.desk_calendar import at_paris, paris_day
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.facts import State
from tests.builders import DESK, a_step, missed, paris, selected, shown
from tests.guarantee.figures import Scale
from tests.guarantee.history import Left
from tests.guarantee.in_memory.network import (
    ARRIVES,
    DELIVERED,
    MAILBOX_FULL,
    NO_SUCH_ADDRESS,
    SENT,
    Receipt,
    Way,
)
from tests.guarantee.in_memory.programs import Outcome, Program, lot, outcome_of
from tests.guarantee.in_memory.world import World

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BEGINS, ENDS = "2019-04-01 08:00", "2020-10-01 12:00"
STUDENTS, FEW, SEEDS = 200, 12, 10

#: Of all phones, and of all SMS to the others. No receipt of an SMS ever comes.
PHONE_DEAD, SMS_LOST = 0.3, 0.4
#: Of all mailboxes, and of all mails to the others.
MAILBOX_DEAD, MAIL_RETURNED, MAIL_SWALLOWED = 0.15, 0.05, 0.1

#: What tells a student that it is time to come.
_COME = frozenset({Kind.CARD_READY, Kind.CARD_WAITING, Kind.NO_NEWS})
#: What must never be the end.
SILENCE = "silence"
_SLOT = frozenset({Kind.CONFIRMATION_REQUEST, Kind.CONFIRMATION_REMINDER})


@dataclass
class Cohort:
    """The students of one world. They do what a message that reached them asks for."""

    world: World
    size: int
    seed: str
    slots: dict[str, datetime] = field(default_factory=dict)
    ready: dict[str, datetime] = field(default_factory=dict)
    informed: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    coming: set[str] = field(default_factory=set)

    @property
    def ids(self) -> Sequence[str]:
        """Every dossier."""
        return [f"G-2019-{number:04}" for number in range(self.size)]

    def begin(self) -> None:
        """Each of them chooses a slot, in the first three weeks."""
        self.world.network, self.world.on_read = self.way, self.read
        for dossier_id in self.ids:
            chosen = paris(BEGINS) + self._lot(dossier_id, "chosen") * 21 * DAY
            starts = _counter_day(chosen + (14 + self._lot(dossier_id, "starts") * 20) * DAY)
            self.slots[dossier_id] = starts
            event = selected(_text(chosen), _text(starts), contact=_contact(dossier_id))
            self._post(dossier_id, chosen, event)
            self.world.at_time(starts + HOUR, lambda one=dossier_id: self.meet(one))  # type: ignore[misc]

    def way(self, left: Left, number: int) -> Way:
        """What becomes of a message: providers tell of e-mails, and of no SMS."""
        chance = self._lot(left.dossier_id, f"{left.tags} {number}")
        if left.notice.channel is Channel.SMS:
            is_dead = self._lot(left.dossier_id, "phone") < PHONE_DEAD
            return Way(is_read=chance >= SMS_LOST and not is_dead, receipts=())
        if self._lot(left.dossier_id, "mailbox") < MAILBOX_DEAD:
            return Way(is_read=False, receipts=(SENT, DELIVERED, _later(left)))
        if chance < MAIL_RETURNED:
            return Way(is_read=False, receipts=(SENT, MAILBOX_FULL))
        if chance < MAIL_RETURNED + MAIL_SWALLOWED:
            return Way(is_read=False, receipts=(SENT,))
        return ARRIVES

    def read(self, left: Left) -> None:
        """A message reached its student."""
        dossier_id, kind = left.dossier_id, left.notice.kind
        self.informed.add(dossier_id)
        if kind in _SLOT:
            soon = self.world.at + self._lot(dossier_id, "soon") * 10 * HOUR
            revision = left.notice.occasion
            self.world.at_time(soon, lambda: self.world.press(revision, dossier_id))
        if kind in _COME:
            self.called.add(dossier_id)
            self._comes(dossier_id)

    def meet(self, dossier_id: str) -> None:
        """The hour of the appointment: who has been told of it, comes; the card takes weeks."""
        starts = self.slots[dossier_id]
        if dossier_id not in self.informed:
            self._post(dossier_id, self.world.at, missed(_text(starts + HOUR)))
            return
        deposit = a_step(EventType.DEPOSITED, _text(starts + HOUR))
        self._post(dossier_id, starts + HOUR, deposit)
        made = starts + (20 + self._lot(dossier_id, "made") * 60) * DAY
        self.ready[dossier_id] = made
        self._post(dossier_id, made, a_step(EventType.CARD_READY, _text(made)))

    def _comes(self, dossier_id: str) -> None:
        """In a week or so: and takes the card, if it is there by then."""
        comes = _counter_day(self.world.at + (1 + self._lot(dossier_id, "comes") * 8) * DAY)
        is_there = dossier_id in self.ready and self.ready[dossier_id] < comes
        if is_there and dossier_id not in self.coming:
            self.coming.add(dossier_id)
            expiry = date(2021, 1, 31)
            taken = a_step(EventType.COLLECTED, _text(comes), card_expires_on=expiry)
            self._post(dossier_id, comes, taken)

    def ending(self, dossier_id: str) -> str:
        """How it ended for one of them."""
        kept = self.world.dossiers.kept[dossier_id][1]
        if kept.state is State.COLLECTED:
            return "collected"
        if any(a.status is Status.OPEN for a in kept.dossier.ledger):
            return "work list"
        return "told to come" if dossier_id in self.called else SILENCE

    def _post(self, dossier_id: str, at: datetime, event: Event) -> None:
        mine = replace(event, dossier_id=dossier_id, event_id=f"{event.event_id}-{dossier_id}")
        self.world.at_time(at, lambda: self.world.post(mine))

    def _lot(self, *what: str) -> float:
        return lot(self.seed, *what)


def _later(left: Left) -> Receipt:
    after = timedelta(seconds=5 + 7_200 * lot("bounce", left.tags))
    return replace(NO_SUCH_ADDRESS, after=after)


def _contact(dossier_id: str) -> Contact:
    number = int(dossier_id[-4:])
    phone = f"+336{number:08}"
    return Contact(
        given_name="Léa",
        family_name="Benali",
        email=f"s{number}@example.org",
        phone=phone,
        number=phone,
        mobile=phone,
    )


def _counter_day(at: datetime) -> datetime:
    """Half past two of that day or of the next one on which the counter is open."""
    day = paris_day(at)
    while not DESK.is_open(day):
        day += DAY
    return at_paris(day, time(14, 30))


def _text(at: datetime) -> str:
    return shown(at) or ""


def every_case() -> Sequence[str]:
    """How many students, and the seed of their chances."""
    return [f"{STUDENTS} {seed}" for seed in range(SEEDS)]


def a_few() -> Sequence[str]:
    """The same with few students, for every day."""
    return [f"{FEW} 0"]


def play(case: str, kind: type[World] = World) -> Outcome:
    """A year and a half of them."""
    cohort = played(case, kind)
    endings = {one: cohort.ending(one) for one in cohort.ids}
    silent = [f"{one} ended in {end}" for one, end in endings.items() if end == SILENCE]
    return replace(outcome_of(cohort.world, silent), endings=Counter(endings.values()))


def played(case: str, kind: type[World] = World) -> Cohort:
    """The students of a case, at their ends."""
    size, seed = case.split(" ")
    cohort = Cohort(world=kind(at=paris(BEGINS)), size=int(size), seed=seed)
    cohort.begin()
    cohort.world.run(paris(ENDS))
    return cohort


COHORT = Program(
    name="cohort",
    of="200 students, no receipt of any SMS, dead phones, lost SMS, dead mailboxes, lost mails",
    cases=every_case,
    play=play,
    samples={Scale.CI: 1, Scale.FULL: 5},
    quick=a_few,
)
