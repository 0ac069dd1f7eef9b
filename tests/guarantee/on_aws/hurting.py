"""The ways in which one call to AWS goes wrong, as harm to the embedded world."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from itertools import count

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError

from local.aws.transport import Send
from local.faults.calls import Call, Harm
from local.faults.harms import (
    ANSWER_LOST,
    CONDITION_FAILED,
    DIES_AFTER,
    DIES_BEFORE,
    FAILS_INSIDE,
    THROTTLED,
    TOO_OFTEN,
    waits,
)
from local.world import World

#: Longer than a lease, and as long as a message is hidden from other workers.
SLOW = timedelta(minutes=6)


class Fault(StrEnum):
    """What happens to one call."""

    DIES_BEFORE = "dies before"  #: the worker, and nothing was carried out
    DIES_AFTER = "dies after"  #: the worker, and it was carried out
    ANSWER_LOST = "answer lost"  #: carried out, each time the SDK tries, and never answered
    THROTTLED = "throttled"  #: not carried out: too often
    BROKEN = "500"  #: not carried out: the service fails
    LOST_RACE = "condition failed"  #: not carried out: somebody else was first
    SLOW = "slow"  #: carried out after six minutes in which others work
    TRY_LOST = "try lost"  #: carried out, its answer lost, and tried again: it meets its own write

    def can_hurt(self, call: Call) -> bool:
        """Whether it makes sense there. What sends is tried once only."""
        if self is Fault.TRY_LOST:
            return call.service not in _SENDING
        return self is not Fault.LOST_RACE or call.is_conditional


_SENDING = frozenset({"sesv2", "pinpoint-sms-voice-v2"})
#: What a worker meets; and what the SDK meets by itself.
OF_A_CALL = tuple(fault for fault in Fault if fault is not Fault.TRY_LOST)
OF_A_TRY = (Fault.TRY_LOST,)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One call of the story, and what happens to it."""

    number: int
    name: str
    fault: Fault

    def __str__(self) -> str:
        return f"{self.number} {self.name} {self.fault}"


def cases(calls: Sequence[Call], faults: Sequence[Fault] = OF_A_CALL) -> list[Case]:
    """Every call with every one of these faults that it can suffer."""
    return [
        Case(number=call.number, name=call.name, fault=fault)
        for call in calls
        for fault in faults
        if fault.can_hurt(call)
    ]


def harm(fault: Fault, world: World, call: Call) -> Harm:
    """What the call meets."""
    if fault is Fault.SLOW:
        return waits(partial(_others_work, world))
    if fault is Fault.TRY_LOST:
        return _first_try_lost()
    if fault is Fault.THROTTLED:
        return TOO_OFTEN.get(call.service, THROTTLED)
    return _HARMS[fault]


_HARMS: Mapping[Fault, Harm] = {
    Fault.DIES_BEFORE: DIES_BEFORE,
    Fault.DIES_AFTER: DIES_AFTER,
    Fault.ANSWER_LOST: ANSWER_LOST,
    Fault.BROKEN: FAILS_INSIDE,
    Fault.LOST_RACE: CONDITION_FAILED,
}


def _first_try_lost() -> Harm:
    tries = count()

    def wire(request: AWSPreparedRequest, send: Send) -> AWSResponse:
        response = send(request)
        if next(tries) == 0:
            raise ConnectionClosedError(endpoint_url=request.url)
        return response

    return Harm(wire=wire)


#: Lets time pass.
PassTime = Callable[[], None]


def _others_work(world: World) -> None:
    with world.calls.outside():
        world.travel(world.now() + SLOW)
