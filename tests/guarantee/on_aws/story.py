"""One student's procedure in the embedded world, told by people who try again when it fails."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.documents import paper
from local.aws.gateway import Reply
from local.aws.transport import in_process, replaced
from local.clock.paris import instant
from local.demo.cast import FORM, Student, links_to
from local.world import World
from tests.guarantee.history import Acknowledged
from tests.guarantee.on_aws.backstage import backstage
from tests.guarantee.on_aws.recall import recalling

#: Nothing of this student may ever be seen in a log line.
STUDENT = Student(
    dossier_id="G-2019-0412",
    given_name="Xylophane",
    family_name="Quetzal-Whitby",
    email="xylophane.quetzal@canary.example",
    phone="+33755512501",
    language="fr",
    permit_expires_on="2019-07-10",
)
PRIVATE = (
    STUDENT.given_name,
    STUDENT.family_name,
    STUDENT.email,
    STUDENT.phone,
    STUDENT.phone.removeprefix("+33"),
)

#: How long somebody waits who got no answer, and how often.
A_WHILE, TRIES = timedelta(seconds=30), 20


class Unanswered(AssertionError):
    """Somebody asked again and again, and never got an answer."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Somebody does something, at an instant."""

    at: datetime
    deed: Callable[["Telling", World], None]


@dataclass
class Telling:
    """What the world outside remembers of one telling."""

    acknowledged: list[Acknowledged]

    def say(self, world: World, event_id: str, kind: str, **data: Any) -> None:
        """The booking system tells something, and again under the same id until it is heard."""
        said_at = world.now().isoformat()
        about = {"dossier_id": STUDENT.dossier_id, "student": STUDENT.block, **data}
        event = {"type": kind, "timestamp": said_at, "data": about}
        ask_again(world, lambda: world.deliver(event, event_id))
        told = Acknowledged(event_id=event_id, dossier_id=STUDENT.dossier_id)
        self.acknowledged.append(told)


def ask_again(world: World, ask: Callable[[], Reply]) -> Reply:
    """Ask, and ask again after a while, until there is an answer. Raises Unanswered."""
    for _ in range(TRIES):
        reply = ask()
        if reply.status < 400:
            return reply
        world.travel(world.now() + A_WHILE)
    raise Unanswered(f"nobody answered {TRIES} times")


def _webhook(at: str, event_id: str, kind: str, **data: Any) -> Step:
    return Step(
        at=instant(at), deed=lambda telling, world: telling.say(world, event_id, kind, **data)
    )


def _slot(at: str, event_id: str, kind: str, starts_at: str) -> Step:
    return _webhook(at, event_id, kind, appointment={"id": "A-1", "starts_at": starts_at})


def _confirms(_telling: Telling, world: World) -> None:
    link = links_to(world, STUDENT, "confirm")[-1]
    ask_again(world, lambda: world.request("GET", link))
    ask_again(world, lambda: world.request("POST", link, FORM))


def _fetches(_telling: Telling, world: World) -> None:
    page = links_to(world, STUDENT, "convocation")[-1]
    ask_again(world, lambda: world.request("GET", page))
    ask_again(world, lambda: world.request("GET", f"{page}/pdf"))


def _loses_the_next_card_sms(_telling: Telling, world: World) -> None:
    world.faults.switch({"lost_sms": {"count": 1, "notice": "card_ready"}})


BEGINS, ENDS = instant("2019-04-08T10:00:00+02:00"), instant("2020-07-10T12:00:00+02:00")
#: By then the convocation is out: the control needs no more.
CONFIRMED = instant("2019-04-09T08:00:00+02:00")

STORY: Sequence[Step] = (
    _slot("2019-04-08T10:12:00+02:00", "s1", "appointment.selected", "2019-05-07T10:20:00+02:00"),
    _slot(
        "2019-04-08T11:40:00+02:00", "r1", "appointment.rescheduled", "2019-05-06T10:20:00+02:00"
    ),
    Step(at=instant("2019-04-08T12:41:00+02:00"), deed=_confirms),
    # Whoever sent it may have died: five minutes of a claim, fifteen of not knowing, and a sweep.
    Step(at=instant("2019-04-08T13:50:00+02:00"), deed=_fetches),
    _webhook("2019-04-24T15:05:00+02:00", "k1", "dossier.checked"),
    _webhook(
        "2019-05-06T10:45:00+02:00",
        "d1",
        "dossier.deposited",
        occurred_on="2019-05-06",
        recepisse_number="3812019412",
    ),
    Step(at=instant("2019-06-27T14:29:00+02:00"), deed=_loses_the_next_card_sms),
    _webhook("2019-06-27T14:30:00+02:00", "f1", "card.ready", occurred_on="2019-06-27"),
    _webhook(
        "2019-07-02T11:05:00+02:00",
        "g1",
        "card.collected",
        occurred_on="2019-07-02",
        card_expires_on="2020-09-30",
    ),
)


@contextmanager
def a_world() -> Iterator[World]:
    """The world of the story: no socket and no thread, so that it can be forked at any call.

    Typst has threads: a few bytes stand for the PDF, which is not what is tried here.
    """
    a_pdf = replaced(paper, "convocation_pdf", lambda *_: b"%PDF-1.7")
    world = World(start=BEGINS, ticks=False, transport=in_process)
    with a_pdf, recalling(world.calls), backstage(world.calls), world:
        yield world


def tell(world: World, until: datetime = ENDS) -> Telling:
    """Let the story happen up to an instant. Raises Unanswered, StillDue, NeverQuiet."""
    telling = Telling([])
    for step in STORY:
        if step.at < until:
            world.travel(max(step.at, world.now()))
            step.deed(telling, world)
    world.travel(max(until, world.now()))
    return telling
