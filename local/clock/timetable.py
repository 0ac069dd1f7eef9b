"""What happens by itself, and when: receipts, the sweep, what runs daily; and how time travels."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from local.aws.declared import Schedule, sweep_and_others
from local.aws.lambda_runtime import Function
from local.clock.paris import next_minute
from local.clock.travelling import CannotGoBack

#: What is due at the same instant after so many sweeps is not served, but stuck.
MOST_SWEEPS = 10

AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Due:
    """What the next sweep would find first: a dossier, or what was asked for in bulk."""

    key: str
    at: datetime


class StillDue(RuntimeError):
    """Something is due at the same instant again and again: serving it changes nothing."""

    def __init__(self, due: Due) -> None:
        at = due.at.isoformat()
        super().__init__(f"{due.key} is still due at {at} after {MOST_SWEEPS} sweeps")


class Hands(Protocol):
    """The clock's hands: see `Clock`."""

    def now(self) -> datetime: ...
    def move_to(self, instant: datetime) -> None: ...


class Works(Protocol):
    """What runs functions: see `Pump`."""

    def run_until_quiet(self, now: datetime) -> int: ...
    def fire(self, name: str, function: Function, at: datetime) -> None: ...
    def is_waiting(self) -> bool: ...


class Post(Protocol):
    """What brings receipts: see `Receipts`."""

    def next_at(self) -> datetime | None: ...
    def release(self, now: datetime) -> int: ...


class Timetable:
    """Runs what falls due, in the order in which it falls due."""

    def __init__(
        self,
        hands: Hands,
        works: Works,
        post: Post,
        rules: Sequence[Schedule],
        first_due: Callable[[], Due | None],
    ) -> None:
        self._hands = hands
        self._works = works
        self._post = post
        self._first_due = first_due
        self._sweep, others = sweep_and_others(rules)
        self._next_sweep = self._sweep.next_after(hands.now() - AN_INSTANT)
        self._others = [(rule, rule.next_after(hands.now())) for rule in others]
        self._to = hands.now()
        self._asleep: set[int] = set()
        self._seen: Due | None = None
        self._sweeps_of_it = 0

    def settle(self) -> int:
        """What queues do at once, before any time passes. Returns how many batches."""
        return self._works.run_until_quiet(self._hands.now())

    def tick(self) -> None:
        """Whatever has fallen due by now, as time passes by itself."""
        self._to = now = self._hands.now()
        self._asleep.clear()
        self._run(now, sweep=now >= self._next_sweep)

    def travel(self, to: datetime, on_stop: Callable[[datetime], None] | None = None) -> int:
        """Go to an instant, stopping wherever something is due. Returns how many stops.

        What runs daily runs the first time, each time after anything happened, and the last time
        of all: whoever arrives finds what was counted and forgotten meanwhile. A second time in a
        row, with nothing between, it would only read the same again.
        Raises CannotGoBack, StillDue.
        """
        if to < self._hands.now():
            raise CannotGoBack(to, self._hands.now())
        self.settle()
        self._to = to
        self._asleep.clear()
        stops = 0
        while (stop := min(self._stops(), default=None)) and stop <= to:
            self._stop_at(stop)
            stops += 1
            if on_stop:
                on_stop(stop)
        self._forward(to)
        self._sleep_through(to)
        return stops

    def _stops(self) -> Iterable[datetime]:
        """Every instant ahead at which something is known to happen."""
        now = self._hands.now()
        yield from (at for n, (_, at) in enumerate(self._others) if n not in self._asleep)
        lasts = (rule.last_before(self._to) for rule, _ in self._others)
        yield from (last for last in lasts if last > now)
        yield from (at for at in (self._post.next_at(), self._useful_sweep()) if at)
        if self._works.is_waiting():
            yield next_minute(now + AN_INSTANT)

    def _useful_sweep(self) -> datetime | None:
        """The first sweep that would find something."""
        due = self._first_due()
        if due is None:
            return None
        return max(next_minute(max(due.at, self._hands.now())), self._next_sweep)

    def _stop_at(self, stop: datetime) -> None:
        sweep_at = self._useful_sweep()
        is_sweep = sweep_at is not None and sweep_at <= stop
        if is_sweep:
            self._watch()
        self._forward(stop)
        self._run(stop, sweep=is_sweep)

    def _forward(self, instant: datetime) -> None:
        """To that instant, unless the clock has ticked past it meanwhile."""
        if instant > self._hands.now():
            with suppress(CannotGoBack):  # it has ticked since that look
                self._hands.move_to(instant)

    def _run(self, now: datetime, *, sweep: bool) -> None:
        receipts, batches = self._post.release(now), 0
        if sweep:
            self._works.fire(self._sweep.name, self._sweep.function, now)
            self._next_sweep = self._sweep.next_after(now)
        for n, (rule, at) in enumerate(self._others):
            is_last = rule.next_after(now) > self._to
            if at <= now and (is_last or n not in self._asleep):
                self._works.fire(rule.name, rule.function, now)
                self._asleep.add(n)
                batches += max(0, self.settle() - 1)  # a night that finds nothing is one batch
        self._sleep_through(now)
        batches += self.settle()
        if sweep or receipts or batches:
            self._asleep.clear()

    def _sleep_through(self, now: datetime) -> None:
        """What runs daily runs next on the night to come."""
        self._others = [
            (rule, at if at > now else rule.next_after(now)) for rule, at in self._others
        ]

    def _watch(self) -> None:
        """Raise StillDue when sweep after sweep finds the same dossier at the same instant."""
        due = self._first_due()
        self._sweeps_of_it = self._sweeps_of_it + 1 if due == self._seen else 1
        self._seen = due
        if due and self._sweeps_of_it > MOST_SWEEPS:
            raise StillDue(due)
