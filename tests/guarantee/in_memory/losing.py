"""Lives in which most messages get lost, in every way that a provider has a word for, or none."""

from collections.abc import Sequence

from hypothesis import Phase

from chalicelib.domain.contact import Channel
from chalicelib.domain.errors import Ambiguous
from tests.guarantee.figures import Scale
from tests.guarantee.history import Left
from tests.guarantee.in_memory.anything import LIVES, SEEDS, STEPS, Anything, played
from tests.guarantee.in_memory.heard import way_of
from tests.guarantee.in_memory.network import ARRIVES, Way
from tests.guarantee.in_memory.programs import Outcome, Program, lot
from tests.guarantee.in_memory.providers import LOST
from tests.guarantee.in_memory.world import World

#: Of all messages; and of all answers.
ARRIVING, ANSWERS_LOST = 0.15, 0.1


class Losing(Anything):
    """As anything else, but hardly a message arrives."""

    def _way(self, left: Left, number: int) -> Way:
        """What becomes of it is drawn by what it is, so that a life can be told again."""
        drawn = lot(left.tags, number)
        channel = self.world.mailer if left.notice.channel is Channel.EMAIL else self.world.texter
        if lot("answer", left.tags, number) < ANSWERS_LOST:
            channel.lost = [Ambiguous("ReadTimeoutError")]
        if self.ways or drawn < ARRIVING:
            return self.ways.pop(0) if self.ways else ARRIVES
        names = sorted(LOST[left.notice.channel])
        return way_of(left, names[int(lot("way", left.tags, number) * len(names))])


def every_case() -> Sequence[str]:
    """Seeds, each of which draws so many lives."""
    return [f"seed {number}" for number in range(SEEDS)]


def play(case: str, kind: type[World] = World) -> Outcome:
    """So many lives, of so many steps at most."""
    return played(Losing, case, kind)


def play_closer(case: str, kind: type[World] = World) -> Outcome:
    """The same, and of one that fails the shortest that does."""
    return played(Losing, case, kind, (Phase.generate, Phase.shrink))


LOSING = Program(
    name="losing",
    of=f"{LIVES} lives of {STEPS} steps at most, in which six messages of seven arrive nowhere",
    cases=every_case,
    play=play,
    closer=play_closer,
    samples={Scale.QUICK: 1, Scale.CI: 8, Scale.FULL: 80},
)
