"""Functions whose clocks differ by up to five seconds, and a sender who is minutes ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, product

from chalicelib.domain.events import EventType
from tests.builders import CONTACT, a_step, an_event, rescheduled, shown
from tests.guarantee.figures import Scale
from tests.guarantee.in_memory.desk_words import looked_at
from tests.guarantee.in_memory.programs import Outcome, Program, outcome_of
from tests.guarantee.in_memory.scenes import (
    BEGINS,
    DAY,
    FATES,
    MINUTE,
    OTHER,
    SCENES,
    SECOND,
    STEPS,
    Step,
)
from tests.guarantee.in_memory.world import World
from tests.pipeline.worlds import Function

#: Each alone, in each direction; and every two of them as far apart as can be.
SECONDS = (0.05, 0.2, 0.5, 1, 2, 5)
FARTHEST = 5


def _said(*names: str, gap: timedelta = MINUTE, then: str = "arrives") -> Step:
    """These steps of the scenes, one after the other."""

    def acts(world: World) -> None:
        world.network = FATES[then]
        for number, name in enumerate(names):
            world.at_time(world.at + number * gap, lambda one=name: STEPS[one](world))  # type: ignore[misc]

    return acts


def _moves(world: World) -> None:
    """The hour is moved in the second in which the student confirms the old one."""
    world.network = FATES["arrives"]
    moved = rescheduled(shown(world.at) or "", "2019-07-18 14:00", event_id="r")
    world.at_time(world.at, lambda: world.press("s"))
    world.at_time(world.at, lambda: world.post(replace(moved, received_at=world.at)))


def _ahead(kind: EventType, step: str) -> Step:
    """What the booking system tells is dated five minutes ahead; then the desk says otherwise."""

    def acts(world: World) -> None:
        world.network = FATES["arrives"]
        at = world.at
        told = replace(
            a_step(kind, shown(at) or "", event_id="ahead", contact=CONTACT),
            at=at + 5 * MINUTE,
            received_at=at,
        )
        world.post(told)
        world.at_time(at + MINUTE, lambda: STEPS[step](world))

    return acts


def _ahead_with_an_address(world: World) -> None:
    """The booking system gives an address, dated five minutes ahead; the desk corrects it."""
    world.network = FATES["arrives"]
    at = world.at
    given = an_event(EventType.CONTACT_UPDATED, at + 5 * MINUTE, "ahead", received_at=at)
    typo = replace(CONTACT, email="lea@exmaple.org")
    world.post(replace(given, contact=typo))
    world.at_time(at + MINUTE, lambda: STEPS["other-address"](world))


#: A scene, and what is said there: each crosses two functions at least.
MEETINGS: Mapping[str, tuple[str, Step]] = {
    "a resend": ("asked", _said("arrives", "resends", gap=5 * SECOND)),
    "a resend of a card": ("ready", _said("arrives", "resends-sms", "resends", gap=5 * SECOND)),
    "two resends": ("asked", _said("arrives", "resends", "resends", gap=20 * SECOND)),
    "a resend that comes back": ("asked", _said("bounces", "resends", gap=5 * SECOND)),
    "the same address": ("asked", _said("bounces", "same-address", gap=10 * SECOND)),
    "a line ended as a loss is heard": ("older", _said("ends", "bounces", gap=SECOND)),
    "a loss heard as a line is ended": ("older", _said("bounces", "ends", gap=SECOND)),
    "a card as a line is ended": ("dead", _said("ends", "card", gap=SECOND, then="bounces")),
    "a card taken back": ("ready", _said("arrives", "withdraws", gap=20 * SECOND)),
    "another address as the mail comes back": (
        "asked",
        _said("bounces", "other-address", gap=SECOND),
    ),
    "a move as the student confirms": ("asked", _moves),
    "a sender ahead, a card taken back": ("deposited", _ahead(EventType.CARD_READY, "withdraws")),
    "a sender ahead, an address corrected": ("deposited", _ahead_with_an_address),
}


def every_case() -> Sequence[str]:
    """What is said, and whose clock is off by how many seconds."""
    alone = [f"{one}{sign}{n}" for one, n, sign in product(Function, SECONDS, "+-")]
    pairs = [
        f"{one}+{FARTHEST},{other}-{FARTHEST}"
        for both in combinations(Function, 2)
        for one, other in (both, both[::-1])
    ]
    return [f"{what}: {skewed}" for what in MEETINGS for skewed in ["none", *alone, *pairs]]


def skews_of(text: str) -> Mapping[Function, timedelta]:
    """What a case says: "worker-0.2,console+5"."""
    if text == "none":
        return {}
    parts = [one.replace("-", "+-").split("+") for one in text.split(",")]
    return {Function(name): timedelta(seconds=float(by)) for name, by in parts}


def play(case: str, kind: type[World] = World) -> Outcome:
    """The scene by clocks that agree; from then on they do not."""
    what, skewed = case.split(": ")
    scene, acts = MEETINGS[what]
    world = kind(at=BEGINS - 40 * DAY)
    SCENES[scene](world)
    world.skews = skews_of(skewed)
    acts(world)
    found = looked_at(world)
    wrong = _not_corrected(world) if "ahead, an address" in what else []
    return outcome_of(world, wrong=wrong) if wrong and not found.words else found


def _not_corrected(world: World) -> list[str]:
    """The last word is the desk's."""
    kept = world.history().kept
    contacts = [one.facts.contact for one in kept.values()]
    is_other = all(c is not None and c.email == OTHER.email for c in contacts)
    return [] if is_other else ["the sender's address stands, not the desk's"]


SKEW = Program(
    name="skew",
    of="each clock up to five seconds off, every two of them ten; a sender five minutes ahead",
    cases=every_case,
    play=play,
    samples={Scale.QUICK: 3, Scale.CI: 300},
    seen=(
        "a resend: worker-0.2",
        "a resend: worker-5",
        "a resend: console+5,worker-5",
        "a sender ahead, a card taken back: none",
        "a sender ahead, an address corrected: none",
    ),
)
