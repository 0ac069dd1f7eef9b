"""The whole procedure as one story of one student, and what must come of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from chalicelib.domain.errors import OurAccount
from chalicelib.domain.events import Event, EventType
from tests.builders import a_step, an_event, cancelled, paris, rescheduled, selected
from tests.guarantee.history import Left
from tests.guarantee.in_memory.network import DELIVERED, first_card_sms_vanishes
from tests.guarantee.in_memory.world import World

#: The next application of the same student.
RENEWAL = "G-2020-0088"
BEGINS, ENDS = "2019-04-08 00:00", "2020-07-15 12:00"


@dataclass(frozen=True, kw_only=True)
class Press:
    """The student presses the button behind the link of a revision."""

    at: str
    revision: str


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """The provider of e-mails refuses our account, once."""

    at: str


@dataclass(frozen=True, kw_only=True)
class Stray:
    """A receipt comes that no attempt of ours answers to."""

    at: str
    tags: Mapping[str, str]


Step = Event | Press | Refusal | Stray


_OF_NOBODY = {
    "dossier": "G-2019-0412",
    "notice": "convocation-1",
    "occasion": "s0",
    "channel": "email",
    "attempt": "1",
}

#: The name under which its receipt is kept.
STRAY = "convocation.1.s0.email-1-delivered"

STORY: Sequence[Step] = (
    selected("2019-04-08 10:00", "2019-05-14 10:30", event_id="s1"),
    rescheduled("2019-04-10 11:00", "2019-05-16 14:00", event_id="r1"),
    cancelled("2019-04-12 09:30", event_id="c1"),
    replace(cancelled("2019-04-12 09:40", event_id="c1"), digest="another body"),
    Stray(at="2019-04-12 12:00", tags=_OF_NOBODY),
    Refusal(at="2019-04-15 13:59"),
    selected("2019-04-15 14:00", "2019-05-27 10:30", event_id="s2", appointment_id="A2"),
    Press(at="2019-04-16 18:00", revision="s2"),
    an_event(EventType.CHECKED, "2019-05-14 11:00", "k1"),
    a_step(EventType.DEPOSITED, "2019-05-27 10:50", event_id="d1"),
    a_step(EventType.CARD_READY, "2019-07-15 15:00", event_id="f1"),
    a_step(
        EventType.COLLECTED,
        "2019-09-05 10:00",
        event_id="g1",
        card_expires_on=date(2020, 8, 31),
    ),
    replace(
        selected(
            "2020-06-10 10:00",
            "2020-06-22 10:30",
            event_id="n1",
            appointment_id="N1",
            renews="G-2019-0412",
        ),
        dossier_id=RENEWAL,
    ),
)

#: What has to leave, and when: notice, occasion, channel. The last two rows are the next dossier's.
TOLD: Sequence[tuple[str, str]] = (
    ("2019-04-08 10:00", "confirmation_request.1.s1.email"),
    ("2019-04-09 09:00", "confirmation_reminder.1.s1.email"),
    ("2019-04-10 11:02", "confirmation_request.1.r1.email"),
    ("2019-04-11 09:00", "confirmation_reminder.1.r1.email"),
    ("2019-04-12 09:32", "appointment_cancelled.1.c1.email"),
    ("2019-04-15 14:02", "confirmation_request.1.s2.email"),
    ("2019-04-16 09:00", "confirmation_reminder.1.s2.email"),
    ("2019-04-16 18:00", "convocation.1.s2.email"),
    ("2019-05-13 09:00", "check_reminder.1.s2.email"),
    ("2019-05-25 09:00", "appointment_reminder.1.s2.email"),
    ("2019-05-25 09:00", "appointment_reminder.1.s2.sms"),
    ("2019-05-27 10:50", "deposit_receipt.1.2019-05-27.email"),
    ("2019-07-08 09:00", "no_news.1.2019-05-27.email"),
    ("2019-07-08 09:00", "no_news.1.2019-05-27.sms"),
    ("2019-07-15 15:00", "card_ready.1.2019-07-15.email"),
    ("2019-07-15 15:00", "card_ready.1.2019-07-15.sms"),
    ("2019-08-26 09:00", "card_waiting.1.2019-07-15.email"),
    ("2019-08-26 09:00", "card_waiting.1.2019-07-15.sms"),
    ("2020-06-02 09:00", "renewal_opens.1.2020-08-31.email"),
    ("2020-06-10 10:00", "confirmation_request.1.n1.email"),
    ("2020-06-11 09:00", "confirmation_reminder.1.n1.email"),
)
#: The refused channel is asked when it is this student's turn.
LATER = {"confirmation_request.1.s2.email": "2019-04-15 14:09"}
#: What stands on the work list at the end, and of whom.
WORK = {RENEWAL: "outcome_unknown.1.n1.desk"}

#: A fault may hold a message back for a redelivery or two, for a lost answer, for an hour aside.
LATE_AT_MOST = timedelta(hours=2)


def a_world(kind: type[World] = World) -> World:
    """The world of the story: the network swallows the first SMS about the card."""
    return kind(at=paris(BEGINS), network=first_card_sms_vanishes)


def tell(world: World, until: str = ENDS) -> World:
    """Let the story happen in a world, up to a moment."""
    for step in STORY:
        at = step.received_at if isinstance(step, Event) else paris(step.at)
        world.at_time(at, lambda one=step: _happens(world, one))  # type: ignore[misc]
    world.run(paris(until))
    return world


def _happens(world: World, step: Step) -> None:
    match step:
        case Event():
            world.post(step)
        case Press():
            world.press(step.revision)
        case Refusal():
            world.mailer.answers = [OurAccount("SendingPaused")]
        case Stray():
            left = Left(tags=step.tags, to="", at=world.at)
            world.hear(left, DELIVERED)


def missing(world: World) -> list[str]:
    """What should have left by now and did not, and what left at another time."""
    wanted = {notice: paris(at) for at, notice in TOLD if paris(at) + LATE_AT_MOST <= world.at}
    first: dict[str, timedelta] = {}
    for left in world.left:
        name = str(left.notice)
        first.setdefault(name, left.at - wanted.get(name, left.at))
    never = [f"{notice} never left" for notice in wanted if notice not in first]
    late = [f"{n} left after {d}" for n, d in first.items() if d < timedelta() or d > LATE_AT_MOST]
    return never + late


def _not_kept(world: World) -> list[str]:
    """What cannot be used waits for somebody."""
    quarantined = [item.event_id for item in world.quarantine.items]
    places = {
        "quarantine": (quarantined, ["c1"]),
        "receipts": (list(world.receipts.items), [STRAY]),
    }
    is_past = world.at > paris("2019-04-12 14:00")
    return [f"{p} holds {h}" for p, (h, wanted) in places.items() if is_past and h != wanted]


def wrong(world: World) -> list[str]:
    """What left although nobody is owed it, and what should be kept and is not."""
    wanted = {notice for _, notice in TOLD}
    strange = [str(one.notice) for one in world.left if str(one.notice) not in wanted]
    advice = "if it should be, add it to TOLD in tests/guarantee/in_memory/story.py"
    return [*(f"{notice} is not owed; {advice}" for notice in strange), *_not_kept(world)]
