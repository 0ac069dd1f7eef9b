"""Each word of a provider in its own shape: what is lost is told, what arrived stays so."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product

from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.events import Event, EventType
from tests.builders import CONTACT, a_step, confirmed, paris, selected
from tests.guarantee.figures import Scale
from tests.guarantee.history import Left
from tests.guarantee.in_memory.network import Network, Way
from tests.guarantee.in_memory.programs import Outcome, Program, outcome_of
from tests.guarantee.in_memory.providers import ARRIVING, LOST, LOST_MAILS, LOST_TEXTS, Word
from tests.guarantee.in_memory.scenes import NO_PHONE
from tests.guarantee.in_memory.world import World
from tests.guarantee.invariants import broken

BEGINS = paris("2019-05-07 10:00")
DAY = timedelta(days=1)

_SLOT = selected("2019-05-07 10:00", "2019-06-18 10:30", event_id="s")
_TO_COLLECT = replace(_SLOT, purpose=SlotPurpose.COLLECT, is_purpose_said=True)
#: What a student is written about.
ABOUT: Mapping[str, Sequence[Event]] = {
    "request": (_SLOT,),
    "convocation": (_SLOT, confirmed("2019-05-07 11:00", "s", event_id="y")),
    "to-collect": (
        a_step(EventType.CARD_READY, "2019-05-07 09:00", event_id="f", contact=CONTACT),
        _TO_COLLECT,
        confirmed("2019-05-07 11:00", "s", event_id="y"),
    ),
    "deposit": (a_step(EventType.DEPOSITED, "2019-05-07 10:00", event_id="d", contact=CONTACT),),
    "card": (a_step(EventType.CARD_READY, "2019-05-07 10:00", event_id="f", contact=CONTACT),),
    "card-by-mail": (
        a_step(EventType.CARD_READY, "2019-05-07 10:00", event_id="f", contact=NO_PHONE),
    ),
}
#: A mail arrives where an SMS may, and the other way round.
PLAINLY = "plainly"


def every_case() -> Sequence[str]:
    """What it is about, and what becomes of each mail and of each SMS."""
    lost = [f"{about}: {mail} / {text}" for about, mail, text in product(ABOUT, LOST_MAILS, TEXTS)]
    ways = product(ABOUT, ARRIVING[Channel.EMAIL], ARRIVING[Channel.SMS])
    return [*lost, *(f"{about}: {mail} / {text}" for about, mail, text in ways)]


TEXTS = (*LOST_TEXTS, PLAINLY)


def play(case: str, kind: type[World] = World) -> Outcome:
    """All that leaves goes this way; it is looked at after a fortnight and after two months."""
    about, _, ways = case.partition(": ")
    mail, _, text = ways.partition(" / ")
    world = kind(at=BEGINS)
    world.network = network({Channel.EMAIL: mail, Channel.SMS: text})
    for event in ABOUT[about]:
        world.at_time(event.at, lambda one=event: world.post(one))  # type: ignore[misc]
    world.run(BEGINS + 14 * DAY)
    soon = [f"{one} [after a fortnight]" for one in broken(world.history())]
    world.run(BEGINS + 60 * DAY)
    found = outcome_of(world)
    return found if found.words else outcome_of(world, wrong=soon)


def network(names: Mapping[Channel, str]) -> Network:
    """Every message of a channel goes the way of this name."""
    return lambda left, _number: way_of(left, names[left.notice.channel])


def way_of(left: Left, name: str) -> Way:
    """One way by its name; what arrives is read."""
    channel = left.notice.channel
    lost = LOST[channel].get(name)
    words: Sequence[Word] = ARRIVING[channel][name] if lost is None else lost
    return Way(is_read=lost is None, receipts=words)


HEARD = Program(
    name="heard",
    of="each word of SES and of the SMS service, in its own shape, of six kinds of message",
    cases=every_case,
    play=play,
    samples={Scale.QUICK: 2, Scale.CI: 200},
    seen=(
        "card-by-mail: complaint of the suppression list / silence",
        "convocation: and is answered by a machine / plainly",
        "convocation: no such domain / silence",
        "request: no such mailbox, passing / silence",
        "card: silence / taken, then phone off",
        "card: no such mailbox / taken, then no such number",
        "card: no such mailbox / phone off",
        "card: no such mailbox / phone off, dated ahead",
        "deposit: dated ahead / silence",
        "request: full, dated ahead / silence",
        "request: a bounce of tomorrow / silence",
        "deposit: full, then gone / silence",
        "card: plainly / after a try that was not the last",
    ),
)
