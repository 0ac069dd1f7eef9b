"""Every way in which one call of a port can go wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from chalicelib.domain.errors import Ambiguous, LostRace, NotNow, StorageUnavailable

#: Longer than a lease.
SLOW = timedelta(minutes=6)
#: A fault of a store seldom comes alone: so many calls fail after the first one.
OUTAGE = 2


class PowerCut(BaseException):
    """The worker dies here: no `except Exception` may notice."""


class Fault(StrEnum):
    """What happens to one call."""

    DIES_BEFORE = "dies before"  #: the worker, and nothing was done
    DIES_AFTER = "dies after"  #: the worker, and it was done
    ANSWER_LOST = "answer lost"  #: it was done, and looks as if it had failed
    THROTTLED = "throttled"  #: not done: come back later
    BROKEN = "500"  #: the service fails; a store fails for the next calls as well
    LOST_RACE = "condition failed"  #: somebody else was first
    SLOW_BEFORE = "slow before"  #: done after six minutes in which others work
    SLOW_AFTER = "slow after"  #: done, and answered after six minutes in which others work


CRASHES = (Fault.DIES_BEFORE, Fault.DIES_AFTER)


#: Who comes second here is told so by a "no".
_TURNS = frozenset({"channels.hold", "channels.probe", "channels.release"})


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a port: which one of the run, and its name (`dossiers.write`)."""

    number: int
    name: str

    @property
    def is_sending(self) -> bool:
        """Whether a provider is asked, and not one of our own stores."""
        return self.name.endswith(".send")

    @property
    def is_conditional(self) -> bool:
        """Whether it can lose a race."""
        return self.name in {"dossiers.write", *_TURNS}

    def can_suffer(self, fault: Fault) -> bool:
        """Whether this fault makes sense here."""
        return fault is not Fault.LOST_RACE or self.is_conditional


#: What really makes a call.
Do = Callable[[], object]
#: What stands between a caller and a port.
Between = Callable[[Call, Do], object]


def plainly(_call: Call, do: Do) -> object:
    """Nothing goes wrong."""
    return do()


@dataclass
class Hurting:
    """Hurts the calls with these numbers. `wait` lets time pass while others work."""

    at: Mapping[int, Fault]
    wait: Callable[[timedelta], None]

    def __post_init__(self) -> None:
        self._down: dict[str, int] = {}
        self._hurts: Mapping[Fault, Callable[[Call, Do], object]] = {
            Fault.DIES_BEFORE: _die_before,
            Fault.DIES_AFTER: _die_after,
            Fault.ANSWER_LOST: _lose_the_answer,
            Fault.THROTTLED: _throttle,
            Fault.BROKEN: self._break,
            Fault.LOST_RACE: _lose_the_race,
            Fault.SLOW_BEFORE: self._be_slow_before,
            Fault.SLOW_AFTER: self._be_slow_after,
        }

    def __call__(self, call: Call, do: Do) -> object:
        """The call, with what is to go wrong."""
        if self._down.get(call.name, 0):
            self._down[call.name] -= 1
            raise StorageUnavailable
        fault = self.at.get(call.number)
        can_suffer = fault is not None and call.can_suffer(fault)
        return self._hurts[fault](call, do) if fault and can_suffer else do()

    def _break(self, call: Call, _do: Do) -> object:
        if call.is_sending:
            raise Ambiguous("InternalServerError")
        self._down[call.name] = OUTAGE
        raise StorageUnavailable

    def _be_slow_before(self, _call: Call, do: Do) -> object:
        self.wait(SLOW)
        return do()

    def _be_slow_after(self, _call: Call, do: Do) -> object:
        answer = do()
        self.wait(SLOW)
        return answer


def _die_before(_call: Call, _do: Do) -> object:
    raise PowerCut


def _die_after(_call: Call, do: Do) -> object:
    do()
    raise PowerCut


def _lose_the_answer(call: Call, do: Do) -> object:
    do()
    if call.is_sending:
        raise Ambiguous("ReadTimeoutError")
    raise StorageUnavailable


def _throttle(call: Call, _do: Do) -> object:
    if call.is_sending:
        raise NotNow("Throttling")
    raise StorageUnavailable


def _lose_the_race(call: Call, _do: Do) -> object:
    if call.name in _TURNS:
        return False
    raise LostRace
