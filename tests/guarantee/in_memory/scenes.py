"""Where a dossier stands when people and providers begin to say things about it, and what they say.

A step is one thing that somebody says. What a step is about is looked up when it happens: the
newest message, whatever stands on the work list.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.attempts import FailureClass, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.errors import Ambiguous
from chalicelib.domain.events import Event, EventType, Source
from tests.builders import CONTACT, DOSSIER, a_step, an_event, confirmed, paris, selected
from tests.guarantee.history import Left
from tests.guarantee.in_memory.network import (
    DELIVERED,
    MAILBOX_FULL,
    NO_SUCH_ADDRESS,
    SENT,
    Network,
    Receipt,
    Way,
)
from tests.guarantee.in_memory.world import World
from tests.guarantee.rest import FOR_A_PERSON

SECOND, MINUTE, HOUR, DAY = (
    timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days")
)
#: A Tuesday on which everything begins.
BEGINS = paris("2019-05-07 10:00")
NO_PHONE = replace(CONTACT, phone=None, mobile=None)
OTHER = replace(CONTACT, email="l.benali@example.net")

PHONE_OFF = Receipt(after=6 * SECOND, status=Status.FAILED, failure_class=FailureClass.PASSING)
NO_SUCH_NUMBER = Receipt(after=6 * SECOND, status=Status.FAILED, failure_class=FailureClass.ADDRESS)
UNWANTED = Receipt(after=HOUR, status=Status.COMPLAINED)


# What becomes of every message


def _by_channel(mail: Sequence[Receipt], text: Sequence[Receipt]) -> Network:
    is_read = DELIVERED in mail

    def network(left: Left, _number: int) -> Way:
        is_text = left.notice.channel is Channel.SMS
        return Way(is_read=is_read, receipts=text if is_text else mail)

    return network


#: By a word: no message but those that a scene has seen leave.
FATES: Mapping[str, Network] = {
    "arrives": _by_channel((SENT, DELIVERED), (SENT, DELIVERED)),
    "silence": _by_channel((SENT,), (SENT,)),
    "bounces": _by_channel((SENT, NO_SUCH_ADDRESS), (SENT, NO_SUCH_NUMBER)),
    "full": _by_channel((SENT, MAILBOX_FULL), (SENT, PHONE_OFF)),
    "unwanted": _by_channel((SENT, DELIVERED, UNWANTED), (SENT,)),
}


# Where a dossier stands


def _begun(world: World, status: str, *events: Event) -> None:
    """These events, each at its time, while this becomes of what leaves."""
    world.network = FATES[status]
    for event in events:
        world.at_time(event.at, lambda one=event: world.post(one))  # type: ignore[misc]
        world.run(event.at + MINUTE)


def _asked(world: World) -> None:
    """The request to confirm has left, and nobody tells more."""
    _begun(world, "silence", selected("2019-05-07 10:00", "2019-07-16 10:30", event_id="s"))


def _older(world: World) -> None:
    """The request came back three times, a person knows; by now the convocation is on its way."""
    _begun(world, "full", selected("2019-05-07 10:00", "2019-07-16 10:30", event_id="s"))
    world.run(BEGINS + 4 * DAY)
    _begun(world, "silence", confirmed("2019-05-11 10:04", event_id="y"))


def _turned_away(world: World) -> None:
    """Papers were missing, and a person has been written to."""
    step = a_step(EventType.INCOMPLETE, "2019-05-07 10:00", event_id="i", contact=CONTACT)
    _begun(world, "silence", step)


def _deposited(world: World) -> None:
    """The whole way so far, and the receipt of the deposit is out."""
    _begun(
        world,
        "arrives",
        selected("2019-04-08 10:00", "2019-05-07 09:30", event_id="s"),
        confirmed("2019-04-08 11:00", "s", event_id="y"),
    )
    _begun(world, "silence", a_step(EventType.DEPOSITED, "2019-05-07 10:00", event_id="d"))


def _dead(world: World) -> None:
    """Deposited; there is no phone, the mail came back for good, and a person knows."""
    step = a_step(EventType.DEPOSITED, "2019-05-07 10:00", event_id="d", contact=NO_PHONE)
    _begun(world, "bounces", step)


def _unwanted(world: World) -> None:
    """Deposited; there is no phone, and the mail was called unwanted."""
    step = a_step(EventType.DEPOSITED, "2019-05-07 10:00", event_id="d", contact=NO_PHONE)
    _begun(world, "unwanted", step)
    world.run(world.at + 2 * HOUR)


def _told_late(world: World) -> None:
    """The deposit was told after three weeks: a person has to say whether to write."""
    step = a_step(EventType.DEPOSITED, "2019-04-16 10:00", event_id="d", contact=CONTACT)
    late = replace(step, received_at=BEGINS)
    world.at_time(BEGINS, lambda: world.post(late))
    world.run(BEGINS + 3 * MINUTE)


def _ready(world: World) -> None:
    """The card is there; a mail and an SMS are out."""
    _deposited(world)
    world.run(BEGINS + 2 * DAY)
    step = a_step(EventType.CARD_READY, "2019-05-09 10:00", event_id="f")
    _begun(world, "silence", step)


def _unknown(world: World) -> None:
    """The card is there; three answers to its SMS were lost, and the mail is out."""
    _deposited(world)
    world.texter.lost = [Ambiguous("ReadTimeoutError")] * 3
    world.run(BEGINS + 2 * DAY)
    world.network = lambda left, _: Way(
        is_read=False, receipts=(SENT,) if left.notice.channel is Channel.EMAIL else ()
    )
    step = a_step(EventType.CARD_READY, "2019-05-09 10:00", event_id="f")
    world.at_time(step.at, lambda: world.post(step))
    world.run(step.at + 50 * MINUTE)


#: By a word.
SCENES: Mapping[str, Callable[[World], None]] = {
    "asked": _asked,
    "older": _older,
    "turned-away": _turned_away,
    "deposited": _deposited,
    "dead": _dead,
    "unwanted": _unwanted,
    "told-late": _told_late,
    "ready": _ready,
    "unknown": _unknown,
}


# What somebody says

Step = Callable[[World], None]


def _word(world: World, kind: EventType, **more: object) -> None:
    """Somebody at the desk."""
    event_id = f"desk-{len(world.acknowledged)}-{len(world.calls)}"
    said = an_event(kind, world.at, event_id, source=Source.DESK, received_at=world.at)
    world.say(replace(said, **more))  # type: ignore[arg-type]


def _ends(until: timedelta | None = None) -> Step:
    """Ends whatever stands on the list for a message that did not arrive, or puts it off."""

    def step(world: World) -> None:
        day = paris_day(world.at + until) if until else None
        for line in world.ledger:
            if line.status is Status.OPEN and line.notice.kind in FOR_A_PERSON:
                _word(world, EventType.WORK_CLOSED, subject=str(line.notice), until=day)

    return step


def _asks_for(channel: Channel, *, oldest: bool = False) -> Step:
    """Wants the newest message once more, or the very first one."""

    def step(world: World) -> None:
        left = [one for one in world.left if one.notice.channel is channel]
        if left:
            one = left[0] if oldest else left[-1]
            _word(world, EventType.ASKED_AGAIN, subject=str(one.notice))

    return step


def _asks_for_what_is_late(world: World) -> None:
    """Wants the message sent that came too late by itself."""
    _word(world, EventType.ASKED_AGAIN, subject="deposit_receipt.1.2019-04-16.email")


def _saves(email: str | None = None) -> Step:
    """Says how the student is reached: at another address, or that the one there is, is good."""

    def step(world: World) -> None:
        events = world.dossiers.kept[DOSSIER][1].dossier.events
        known = next((e.contact for e in reversed(events) if e.contact), CONTACT)
        contact = replace(known, email=email) if email else known
        _word(world, EventType.CONTACT_UPDATED, contact=contact)

    return step


def _withdraws(world: World) -> None:
    """Takes the last step back."""
    steps = (EventType.CARD_READY, EventType.DEPOSITED, EventType.INCOMPLETE)
    events = world.dossiers.kept[DOSSIER][1].dossier.events
    done = {event.type for event in events}
    last = next((step for step in steps if step in done), None)
    if last:
        _word(world, EventType.WITHDRAWN, subject=last.value)


def _hears(channel: Channel, receipt: Receipt) -> Step:
    """The provider tells of the newest message, long after it left."""

    def step(world: World) -> None:
        left = [one for one in world.left if one.notice.channel is channel]
        if left:
            world.hear(left[-1], receipt)

    return step


def _gets_a_card(dated: timedelta) -> Step:
    """The booking system tells that the card is there; by its own clock that was so long ago."""

    def step(world: World) -> None:
        at = world.at - dated
        event = an_event(EventType.CARD_READY, at, f"card-{len(world.calls)}", day=paris_day(at))
        world.post(replace(event, received_at=world.at))

    return step


#: By a word.
STEPS: Mapping[str, Step] = {
    "ends": _ends(),
    "puts-off": _ends(3 * DAY),
    "resends": _asks_for(Channel.EMAIL),
    "resends-sms": _asks_for(Channel.SMS),
    "resends-the-first": _asks_for(Channel.EMAIL, oldest=True),
    "sends-the-late": _asks_for_what_is_late,
    "same-address": _saves(),
    "other-address": _saves(OTHER.email),
    "withdraws": _withdraws,
    "bounces": _hears(Channel.EMAIL, NO_SUCH_ADDRESS),
    "is-full": _hears(Channel.EMAIL, MAILBOX_FULL),
    "is-unwanted": _hears(Channel.EMAIL, UNWANTED),
    "arrives": _hears(Channel.EMAIL, DELIVERED),
    "phone-off": _hears(Channel.SMS, PHONE_OFF),
    "no-number": _hears(Channel.SMS, NO_SUCH_NUMBER),
    "card": _gets_a_card(timedelta()),
    "card-before": _gets_a_card(DAY),
}
