"""Two workers at once, switched at every call of a port: every way with two preemptions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Semaphore, Thread, current_thread

from chalicelib.domain.attempts import Status
from chalicelib.domain.events import EventType
from tests.builders import CONTACT, DOSSIER, a_step, cancelled, paris, rescheduled, selected
from tests.guarantee.figures import Scale
from tests.guarantee.in_memory.faults import Call, Do, plainly
from tests.guarantee.in_memory.network import ARRIVES, DELIVERED, SENT, no_receipts
from tests.guarantee.in_memory.programs import Outcome, Program, outcome_of
from tests.guarantee.in_memory.world import World

#: More calls than any worker makes, whatever races it loses.
TO_THE_END = 1_000
#: A worker that loses races makes more calls than alone: so many more are tried.
MORE = 6
RESTS = timedelta(days=3)

Worker = Callable[[World], None]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Two workers, and the world they find."""

    before: Callable[[World], None]
    first: Worker
    second: Worker
    last_word: str = ""


@dataclass
class Turns:
    """Lets one of two workers go at a time. A turn is a worker, and how many calls it may make."""

    turns: Sequence[tuple[int, int]]
    trace: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._go = (Semaphore(0), Semaphore(0))
        self._over: set[int] = set()
        self._well: set[int] = set()
        self._turn, self._made = 0, 0

    def play(self, workers: Sequence[Callable[[], None]]) -> None:
        """Both to their ends."""
        threads = [
            Thread(target=self._work, args=(n, w), name=str(n)) for n, w in enumerate(workers)
        ]
        for thread in threads:
            thread.start()
        self._go[self.turns[0][0]].release()
        for thread in threads:
            thread.join()
        assert len(self._well) == len(threads), "a worker fell over: its words are above"

    def __call__(self, _call: Call, do: Do) -> object:
        """A call: perhaps another one's turn comes first."""
        me = int(current_thread().name)
        while self._made >= self.turns[self._turn][1]:
            self._turn, self._made = self._turn + 1, 0
            self._hand_over(me)
        self._made += 1
        self.trace.append(me)
        return do()

    def _hand_over(self, me: int) -> None:
        other = 1 - me
        if self.turns[self._turn][0] != me and other not in self._over:
            self._go[other].release()
            self._go[me].acquire()

    def _work(self, me: int, work: Callable[[], None]) -> None:
        self._go[me].acquire()
        try:
            work()
            self._well.add(me)
        finally:
            self._pass_on(me)

    def _pass_on(self, me: int) -> None:
        self._over.add(me)
        if 1 - me not in self._over:
            self._turn, self._made = len(self.turns) - 1, 0
            self._go[1 - me].release()


# The scenes


def _serve(world: World) -> None:
    world.receive(DOSSIER)


def _move(world: World) -> None:
    world.post(rescheduled("2019-04-08 10:00", "2019-06-03 09:00", event_id="r"))


def _move_and_serve(world: World) -> None:
    _move(world)
    _serve(world)


def _confirm_and_serve(world: World) -> None:
    _confirm(world)
    _serve(world)


def _cancel_and_serve(world: World) -> None:
    _cancel(world)
    _serve(world)


def _cancel(world: World) -> None:
    world.post(cancelled("2019-04-08 10:00", event_id="c"))


def _confirm(world: World) -> None:
    world.press("s")


def _hand_in(world: World) -> None:
    world.post(a_step(EventType.DEPOSITED, "2019-04-08 10:00", event_id="d"))


def _hear(world: World) -> None:
    world.hear(world.left[0], DELIVERED)


def _hear_that_it_left(world: World) -> None:
    world.hear(world.left[0], SENT)


def _sweep(world: World) -> None:
    world.sweep_once()


def _booked(world: World) -> None:
    """A slot was chosen, and nobody has served it yet."""
    world.record(selected("2019-04-08 09:00", event_id="s"))
    world.queue.woken.clear()


def _asked(world: World) -> None:
    """The request has left and nothing is known of it; its reminder is due."""
    world.network = no_receipts
    world.record(selected("2019-04-07 08:59", event_id="s"))
    world.run(paris("2019-04-08 08:59"))
    world.at = paris("2019-04-08 10:00")
    world.network = lambda _left, _number: ARRIVES


def _ready(world: World) -> None:
    """A card is ready: an SMS and an e-mail."""
    world.record(a_step(EventType.CARD_READY, "2019-04-08 09:00", event_id="f", contact=CONTACT))
    world.queue.woken.clear()


SCENES = {
    "serve-serve": Scene(before=_ready, first=_serve, second=_serve),
    "serve-sweep": Scene(before=_ready, first=_serve, second=_sweep),
    "serve-move": Scene(
        before=_booked, first=_serve, second=_move, last_word="confirmation_request.1.r.email"
    ),
    "serve-cancel": Scene(before=_booked, first=_serve, second=_cancel),
    "serve-confirm": Scene(
        before=_booked, first=_serve, second=_confirm, last_word="convocation.1.s.email"
    ),
    "serve-deposit": Scene(
        before=_booked,
        first=_serve,
        second=_hand_in,
        last_word="deposit_receipt.1.2019-04-08.email",
    ),
    "serve-moved": Scene(
        before=_booked,
        first=_serve,
        second=_move_and_serve,
        last_word="confirmation_request.1.r.email",
    ),
    "serve-confirmed": Scene(
        before=_booked, first=_serve, second=_confirm_and_serve, last_word="convocation.1.s.email"
    ),
    "serve-cancelled": Scene(before=_booked, first=_serve, second=_cancel_and_serve),
    "serve-receipt": Scene(before=_asked, first=_serve, second=_hear),
    "receipt-receipt": Scene(before=_asked, first=_hear, second=_hear_that_it_left),
    "receipt-confirm": Scene(
        before=_asked, first=_hear, second=_confirm, last_word="convocation.1.s.email"
    ),
    "confirm-confirm": Scene(
        before=_booked, first=_confirm, second=_confirm, last_word="convocation.1.s.email"
    ),
    "confirm-cancel": Scene(before=_booked, first=_confirm, second=_cancel),
    "move-move": Scene(
        before=_booked, first=_move, second=_move, last_word="confirmation_request.1.r.email"
    ),
    "move-cancel": Scene(before=_booked, first=_move, second=_cancel),
}


def every_case() -> Sequence[str]:
    """Scene, who begins, its calls before the first preemption, the other's before the second."""
    return [case for name, scene in SCENES.items() for case in _of_scene(name, scene)]


def _of_scene(name: str, scene: Scene) -> Sequence[str]:
    alone = [_calls_alone(scene, scene.first), _calls_alone(scene, scene.second)]
    return [
        f"{name} {begins} {mine} {others}"
        for begins in (0, 1)
        for mine in range(1, alone[begins] + 1)
        for others in range(1, alone[1 - begins] + MORE)
    ]


def _calls_alone(scene: Scene, worker: Worker) -> int:
    world = _a_world(scene)
    before = len(world.calls)
    worker(world)
    return len(world.calls) - before


def _a_world(scene: Scene, kind: type[World] = World) -> World:
    world = kind(at=paris("2019-04-08 10:00") - timedelta(days=1))
    scene.before(world)
    world.at = paris("2019-04-08 10:00")
    return world


def play(case: str, kind: type[World] = World) -> Outcome:
    """Both workers in these turns; then time goes on."""
    name, begins, mine, others = case.split(" ")
    scene, one = SCENES[name], int(begins)
    world = _a_world(scene, kind)
    turns = Turns(
        [(one, int(mine)), (1 - one, int(others)), (one, TO_THE_END), (1 - one, TO_THE_END)]
    )
    world.between = turns
    turns.play([lambda: scene.first(world), lambda: scene.second(world)])
    world.between = plainly
    world.run(world.at + timedelta(hours=1))
    late = _last_word_late(world, scene)
    world.run(world.at + RESTS)
    return outcome_of(world, _missing(world, scene), late)


def _last_word_late(world: World, scene: Scene) -> list[str]:
    """The last message that leaves is about the last facts, whoever was slow."""
    last = str(world.left[-1].notice) if world.left else ""
    is_last = not scene.last_word or last == scene.last_word
    return [] if is_last else [f"{last} left after {scene.last_word}"]


def _missing(world: World, scene: Scene) -> list[str]:
    arrived = [str(a.notice) for a in world.ledger if a.status is Status.DELIVERED]
    is_there = not scene.last_word or scene.last_word in arrived
    return [] if is_there else [f"{scene.last_word} never arrived"]


INTERLEAVINGS = Program(
    name="interleavings",
    of="two workers, switched at each call of a port, up to two preemptions",
    cases=every_case,
    play=play,
    samples={Scale.QUICK: 12},
)
