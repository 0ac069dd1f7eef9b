"""A desk in memory with all that is around it: queues that deliver again, sweeps, providers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import TypeVar

from chalicelib.decoding.receipts import receipt_of
from chalicelib.domain.attempts import Attempt, DeliveryReport, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Desk, paris_day
from chalicelib.domain.errors import RelanceError, Unreadable, WithoutEffect
from chalicelib.domain.events import Event
from chalicelib.domain.links import Bound, Purpose
from chalicelib.domain.plan import Plan
from chalicelib.pipeline.delivery_reports import Settled
from chalicelib.pipeline.ports import Loaded, Write
from chalicelib.pipeline.ports.night import Progress
from chalicelib.pipeline.students import LinkValidity
from tests.builders import DOSSIER
from tests.fakes import FakeChannel
from tests.guarantee.history import Acknowledged, History, Kept, Left, Told
from tests.guarantee.in_memory.faults import Between, Call, PowerCut, plainly
from tests.guarantee.in_memory.network import INSIDE, Network, Receipt, everything_arrives
from tests.guarantee.in_memory.providers import Word
from tests.pipeline.worlds import DeskInMemory, Function

T = TypeVar("T")

#: As in infra/resources.yaml.
VISIBILITY, RECEIVES_AT_MOST = timedelta(seconds=360), 8
MOMENT, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
#: A sender that got no success tries again after this.
KNOCKS_AGAIN = timedelta(seconds=30)
#: So many sweeps in a row that change nothing: something is due for ever.
VAIN_SWEEPS = 200
#: The same of the night's queue, and how many dossiers one delivery has time for.
NIGHT_HIDDEN, NIGHT_RECEIVES_AT_MOST, A_WHILE = timedelta(seconds=5400), 5, 3


PORTS = {
    "dossiers": (
        *("load", "load_with_channels", "many", "write", "due", "every"),
        *("count_failed", "forget_failed"),
    ),
    "channels": ("holds", "hold", "probe", "release", "remember", "take_back"),
    "queue": ("wake", "backlog"),
    "mailer": ("send",),
    "texter": ("send",),
    "vault": ("has", "keep", "forget"),
    "quarantine": ("keep", "everything"),
    "receipts": ("keep", "waiting"),
}
#: What must never be written where it does not belong.
PRIVATE = ("Léa", "Benali", "@", "+33", "612345678")


class NeverAtRest(AssertionError):
    """The sweeps find the same dossier due for ever."""


@dataclass
class World(DeskInMemory):
    """One run. `between` stands before every port; `network` is what providers do with messages.

    `stops` is a time in which neither sweeps nor workers run, while doors stay open. `index_lag`
    says for how long the index does not know a version of a dossier. `on_read` is the student.
    `skews` say whose clock is ahead, and by how much.
    """

    between: Between = plainly
    network: Network = everything_arrives
    stops: tuple[datetime, datetime] | None = None
    index_lag: Callable[[str, int], timedelta] | None = None
    on_read: Callable[[Left], None] | None = None
    skews: Mapping[Function, timedelta] = field(default_factory=dict)
    unread: list[Left] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    dead_letters: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.planner = replace(self.planner, fingerprint=lambda address: f"{hash_of(address):08x}")
        self.becomes(self.planner.desk)
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers, self._swept_at, self._vain = 0, self.at, 0
        self._swept_for: tuple[datetime, str] | None = None
        self._versions: dict[str, list[tuple[datetime, datetime | None]]] = {}
        self._let_the_index_lag()
        for channel in (self.mailer, self.texter):
            self._listen(channel)
        for port, names in PORTS.items():
            for name in names:
                self._tap(port, name)

    def clock(self, function: Function) -> datetime:
        """The time, as a function has it."""
        return self.at + self.skews.get(function, timedelta())

    def becomes(self, desk: Desk) -> None:
        """The desk's data are these from now on; the night makes every plan anew."""
        self.planner = replace(self.planner, desk=desk)
        self.composer = replace(self.composer, desk=desk)
        self.sender = replace(self.sender, planner=self.planner, composer=self.composer)

    # What stands between the pipeline and its ports

    def _tap(self, port: str, name: str) -> None:
        owner = getattr(self, port)
        really = getattr(owner, name)

        def tapped(*args: object, **kwargs: object) -> object:
            self.calls.append(f"{port}.{name}")
            call = Call(number=len(self.calls), name=self.calls[-1])
            return self.between(call, lambda: really(*args, **kwargs))

        setattr(owner, name, tapped)

    def _let_the_index_lag(self) -> None:
        """The real index is read some time after the table was written."""
        really_write, really_due = self.dossiers.write, self.dossiers.due

        def write(loaded: Loaded, write: Write) -> Loaded:
            after = really_write(loaded, write)
            dossier_id = write.dossier.dossier_id
            lag = self.index_lag(dossier_id, after.version) if self.index_lag else timedelta()
            rows = self._versions.setdefault(dossier_id, [])
            rows.append((self.at + lag, write.next_due_at))
            return after

        def due(now: datetime) -> Iterator[tuple[datetime, str]]:
            if self.index_lag is None:
                return really_due(now)
            seen = {one: self._as_seen(one) for one in self._versions}
            return ((at, one) for one, at in seen.items() if at and at <= now)

        self.dossiers.write, self.dossiers.due = write, due  # type: ignore[method-assign]

    def _as_seen(self, dossier_id: str) -> datetime | None:
        rows = [due_at for seen_from, due_at in self._versions[dossier_id] if seen_from <= self.at]
        return rows[-1] if rows else None

    def _listen(self, channel: FakeChannel) -> None:
        really = channel.send  # type: ignore[attr-defined]  # both kinds of channel have it

        def send(letter: object, *, to: str, tags: dict[str, str]) -> object:
            message_id = really(letter, to=to, tags=tags)
            self._took(Left(tags=dict(tags), to=to, at=self.at))
            return message_id

        setattr(channel, "send", send)  # noqa: B010  the type of a method cannot be assigned to

    def _took(self, left: Left) -> None:
        way = self.network(left, len(self.left))
        self.left.append(left)
        if way.is_read and self.on_read:
            self.on_read(left)
        for number, receipt in enumerate(way.receipts):
            name = f"receipt-{len(self.left)}-{number}"
            if receipt.after == INSIDE:
                self._tell(left, receipt, name, receives=1)
            else:
                self._tell_at(self.at + receipt.after, left, receipt, name, receives=1)

    # Time

    def at_time(self, at: datetime, action: Callable[[], None]) -> None:
        """Let something happen then."""
        self._numbers += 1
        heappush(self._agenda, (max(at, self.at), self._numbers, action))

    def run(self, until: datetime) -> None:
        """Let everything happen that is to happen until then."""
        while (at := self._next_instant()) is not None and at <= until:
            self.at = max(self.at, at)
            self._happen()
        self.at = max(self.at, until)

    def wait(self, time: timedelta) -> None:
        """Somebody is slow, and the others work on."""
        self.run(self.at + time)

    def _next_instant(self) -> datetime | None:
        self._take_wakes()
        nexts = [self._agenda[0][0]] if self._agenda else []
        sweep = self._next_sweep()
        return min([*nexts, *([sweep] if sweep else [])], default=None)

    def _happen(self) -> None:
        if self._agenda and self._agenda[0][0] <= self.at:
            _, _, action = heappop(self._agenda)
            action()
        else:
            self.sweep_once()

    def _is_stopped(self) -> bool:
        return self.stops is not None and self.stops[0] <= self.at < self.stops[1]

    # The sweep

    def _next_sweep(self) -> datetime | None:
        due = self._next_due()
        if due is None:
            return None
        at = max(_whole_minute(max(due[0], self.at)), self._swept_at + MINUTE)
        is_stopped = self.stops and self.stops[0] <= at < self.stops[1]
        return self.stops[1] if self.stops and is_stopped else at

    def sweep_once(self) -> None:
        """What the schedule starts each minute."""
        self._swept_at, due = self.at, self._next_due()
        self._vain = self._vain + 1 if due == self._swept_for else 0
        self._swept_for = due
        if self._vain > VAIN_SWEEPS:
            message = f"{due} is swept for ever"
            raise NeverAtRest(message)
        self.survives(self.sweep.run)

    def _next_due(self) -> tuple[datetime, str] | None:
        """What nobody can read may be due for ever."""
        kept = self.dossiers.kept.items()
        readable = [(w.next_due_at, i) for i, (_, w) in kept if i not in self.dossiers.unreadable]
        return min(((at, i) for at, i in readable if at), default=None)

    # The serve queue

    def _take_wakes(self) -> None:
        woken, self.queue.woken = self.queue.woken, []
        for dossier_id in woken:
            self.at_time(self.at, lambda one=dossier_id: self.receive(one))  # type: ignore[misc]

    def receive(self, dossier_id: str, receives: int = 1) -> None:
        """One delivery of one wake-up; if it fails it comes back."""
        if self._is_stopped() and self.stops:
            self.at_time(self.stops[1], lambda: self.receive(dossier_id, receives))
            return
        done = self.survives(lambda: self.consume(dossier_id, receives))
        if done is None:
            self._again(dossier_id, receives, lambda: self.receive(dossier_id, receives + 1))

    def _again(self, what: str, receives: int, action: Callable[[], None]) -> None:
        if receives >= RECEIVES_AT_MOST:
            self.dead_letters.append(what)
        else:
            self.at_time(self.at + VISIBILITY, action)

    def consume(self, dossier_id: str, receives: int = 1) -> bool:
        """One wake-up, as the queue's consumer takes it."""
        self.backoff.serve(dossier_id, lambda: self.serve(dossier_id), is_again=receives > 1)
        return True

    # The doors

    def post(self, event: Event) -> None:
        """The booking system, or the desk, tells; again and again until it is told "yes"."""
        self.knock(event.event_id, event.dossier_id, lambda: self.record(event), event)

    def press(self, revision: str, dossier_id: str = DOSSIER) -> None:
        """The student presses the button behind the link of a revision, until it says "done"."""
        event_id = f"student:confirm:{revision}"
        self.knock(event_id, dossier_id, lambda: self.confirm(revision, dossier_id))

    def say(self, event: Event) -> None:
        """Somebody at the desk says it, now, and again until it is taken in or refused."""
        event_id, dossier_id = event.event_id, event.dossier_id
        self.knock(event_id, dossier_id, lambda: self.acts(event))

    def acts(self, event: Event) -> bool:
        """One press of a button at the desk. False for what is refused before it is recorded."""
        now = self.clock(Function.CONSOLE)
        said = replace(event, at=now, received_at=now)
        try:
            self.desk_actions.act(said)
        except WithoutEffect:
            return False
        return True

    def record(self, event: Event) -> bool:
        """One delivery of a webhook, now."""
        now = self.clock(Function.DOOR)
        arrived = replace(event, received_at=max(now, event.received_at))
        try:
            self.intake.record(arrived, b"body")
        except Unreadable:
            self.intake.quarantine(event.event_id, "it cannot be read", b"body")
        return True

    def confirm(self, revision: str, dossier_id: str = DOSSIER) -> bool:
        """One press of the button, now. False for a link that was replaced."""
        bound = Bound(purpose=Purpose.CONFIRM, dossier_id=dossier_id, revision=revision)
        seen = self.students.confirm(bound)
        return seen is not None and seen.standing is LinkValidity.CURRENT

    def knock(
        self,
        event_id: str,
        dossier_id: str,
        protected_route: Callable[[], bool],
        told: Event | None = None,
    ) -> None:
        """Try a door until it answers."""
        answer = self.survives(protected_route)
        if answer is None:
            again = self.at + KNOCKS_AGAIN
            self.at_time(again, lambda: self.knock(event_id, dossier_id, protected_route, told))
        elif answer:
            done = Acknowledged(event_id=event_id, dossier_id=dossier_id, told=told)
            self.acknowledged.append(done)

    # Lists of cards

    def list_cards(self, bulk_id: str, dossier_ids: Sequence[str]) -> None:
        """Somebody at the desk says of all of these that their card is there."""
        day, console = paris_day(self.clock(Function.CONSOLE)), Function.CONSOLE
        asked = self.bulk_actions_of(console).begin(bulk_id, "c.martin", day, dossier_ids)
        self.at_time(asked.effective_at, self._run_lists)

    def _run_lists(self) -> None:
        """Each minute, until nothing of it is to come."""
        self.survives(self.bulk_actions_of(Function.SWEEP).run_due)
        if self.bulks.unfinished():
            self.at_time(self.at + MINUTE, self._run_lists)

    # To forget

    def ask_to_forget(self, dossier_id: str = DOSSIER) -> None:
        """Somebody asks for it until it is done; the night after looks once more."""
        if self.survives(lambda: [self.forget(dossier_id)]) is None:
            self.at_time(self.at + KNOCKS_AGAIN, lambda: self.ask_to_forget(dossier_id))
        else:
            self.at_time(self.at + timedelta(days=1), self.one_night)

    def one_night(self) -> None:
        """What the schedule puts onto the night's queue, and what follows from it.

        Whatever failed comes again; what was given up waits for the next night.
        """
        self.receive_night(self.night_begins())

    def receive_night(self, progress: Progress, receives: int = 1) -> None:
        """One delivery of a message of the night's queue."""
        left = iter([True] * (A_WHILE - 1))
        done = self.survives(lambda: self.night.run(progress, receives, lambda: next(left, False)))
        if done is None and receives < NIGHT_RECEIVES_AT_MOST:
            self.at_time(self.at + NIGHT_HIDDEN, lambda: self.receive_night(progress, receives + 1))
        handed_on, self.night_queue.waiting = self.night_queue.waiting, []
        for rest in handed_on:
            self.at_time(self.at, lambda rest=rest: self.receive_night(rest))  # type: ignore[misc]

    # The feedback queue

    def _tell_at(
        self, at: datetime, left: Left, receipt: Receipt, name: str, *, receives: int
    ) -> None:
        self.at_time(at, lambda: self._tell(left, receipt, name, receives=receives))

    def _tell(self, left: Left, receipt: Receipt, name: str, *, receives: int) -> None:
        if self.survives(lambda: self.settle(left, receipt, name)) is None:
            self._again(
                name, receives, lambda: self._tell(left, receipt, name, receives=receives + 1)
            )
        else:
            self._was_told(left, receipt)

    def _was_told(self, left: Left, receipt: Receipt) -> None:
        told = Told(
            tags=left.tags, status=receipt.status, at=self.at, failure_class=receipt.failure_class
        )
        self.told.append(told)
        if isinstance(receipt, Word) and receipt.status in {Status.BOUNCED, Status.FAILED}:
            self.unread.append(left)

    def settle(self, left: Left, receipt: Receipt, name: str) -> bool:
        """One receipt, as the queue's consumer takes it."""
        report = self._report(left, receipt, name)
        if report is None:
            return True
        if self.delivery_reports.record(report) is Settled.UNMATCHED:
            self.delivery_reports.keep(name, b"receipt")
        return True

    def _report(self, left: Left, receipt: Receipt, name: str) -> DeliveryReport | None:
        """What the door makes of it: of a provider's own words, or of ours."""
        if isinstance(receipt, Word):
            heard = receipt_of(receipt.text(left, self.at, name))
            return heard.report if heard.is_news else None
        return DeliveryReport(
            dossier_id=left.dossier_id,
            notice=left.notice,
            attempt=left.attempt,
            status=receipt.status,
            at=max(left.at, left.at + receipt.after),
            receipt_id=name,
            reason=receipt.failure_class or "",
            failure_class=receipt.failure_class,
        )

    def hear(self, left: Left, receipt: Receipt) -> None:
        """A receipt comes in now, whatever the network does."""
        self._tell(left, receipt, f"{left.notice}-{left.attempt}-{receipt.status}", receives=1)

    # The edge of a function

    def survives(self, function: Callable[[], T]) -> T | None:
        """What a function returns; None if it failed or died, as a queue or a caller sees it."""
        try:
            return function()
        except (PowerCut, RelanceError) as error:
            self.failures.append(f"{self.at.isoformat()} {type(error).__name__}")
            return None

    # What can be known afterwards

    @property
    def ledger(self) -> tuple[Attempt, ...]:
        """The attempts of the one student, read past the ports."""
        kept = self.dossiers.kept.get(DOSSIER)
        return kept[1].dossier.ledger if kept else ()

    def history(self) -> History:
        """Everything that the promises are checked on, of all that can be read."""
        return History(
            desk=self.planner.desk,
            now=self.at,
            kept={
                i: self._kept(i) for i in self.dossiers.kept if i not in self.dossiers.unreadable
            },
            left=[one for one in self.left if one.dossier_id not in self.dossiers.unreadable],
            told=self.told,
            acknowledged=[
                a for a in self.acknowledged if a.dossier_id not in self.dossiers.unreadable
            ],
            quarantined=frozenset(item.event_id for item in self.quarantine.items),
            private=PRIVATE,
            documents=list(self.vault.kept),
            unread=self.unread,
        )

    def _kept(self, dossier_id: str) -> Kept:
        _, write = self.dossiers.kept[dossier_id]
        return Kept(
            dossier=write.dossier,
            state=write.state,
            next_due_at=write.next_due_at,
            work_since=write.work_since,
            journal=self.dossiers.lines[dossier_id],
            plan=self._plan(write, self.at),
            asleep=[self._plan(write, at) for at in _before(self.at, write.next_due_at)],
            addresses=self._addresses(write),
        )

    def _addresses(self, write: Write) -> Mapping[Channel, str]:
        dossier = write.dossier
        return self.planner.addresses(dossier.facts.contact) if dossier.events else {}

    def _plan(self, write: Write, at: datetime) -> Plan:
        return self.planner.plan(write.dossier, at, dict(self.channels.held))


def hash_of(text: str) -> int:
    """The same number for the same text in every process."""
    return int.from_bytes(text.encode(), "big") % 4_294_967_291


def _before(now: datetime, next_due_at: datetime | None) -> list[datetime]:
    """Instants at which a dossier may sleep: until it is looked at again, or for ever."""
    if next_due_at is None:
        return [now + timedelta(days=days) for days in (1, 30, 400)]
    gap = next_due_at - now
    asleep = [gap * n / 6 - MOMENT for n in range(1, 7)]
    asleep += [timedelta(minutes=16), timedelta(hours=2), timedelta(hours=26)]
    return [now + wait for wait in asleep if timedelta() < wait < gap]


def _whole_minute(at: datetime) -> datetime:
    floor = at.replace(second=0, microsecond=0)
    return floor if floor == at else floor + MINUTE
