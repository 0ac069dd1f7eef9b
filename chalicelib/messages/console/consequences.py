"""What follows from an act, in sentences: the same beside its button and after it was pressed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from chalicelib.domain.attempts import Kind
from chalicelib.domain.consequences import Consequence, Effect, Following, Forecast
from chalicelib.domain.contact import Channel, Language
from chalicelib.domain.holds import Holds
from chalicelib.messages.console.words import codes, pause_words, state_word, troubles_of, word
from chalicelib.messages.dates_in_words import day_and_hour
from chalicelib.messages.work import title_of

_OF_MESSAGES = frozenset({Effect.LEAVES, Effect.WAITS, Effect.STUCK})


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """What stands beside a button: why there is none, or what would follow, in each of the `cases`
    that the form leaves open.
    """

    refusal: str = ""
    cases: tuple[tuple[str, Sequence[str]], ...] = ()


NO_PROSPECT = Prospect()
NO_PROSPECTS: Mapping[str, Prospect] = MappingProxyType({})


def prospect(forecasts: Mapping[str, Forecast], holds: Holds) -> Prospect:
    """The same in words, by the words for each case."""
    refusals = [one.refusal for one in forecasts.values()]
    if refusals and all(refusals):
        return Prospect(refusal=word("refusals", refusals[0]))
    possible = {case: one for case, one in forecasts.items() if not one.refusal}
    return Prospect(
        cases=tuple(
            (case, consequence_words(one.consequence, holds)) for case, one in possible.items()
        )
    )


def consequence_words(consequence: Consequence, holds: Holds) -> Sequence[str]:
    """All that follows, a sentence each; where no message is among it, that too."""
    said = [_sentence(one, holds) for one in consequence.following]
    if not any(one.effect in _OF_MESSAGES for one in consequence.following):
        said.insert(0, word("effects", "nothing"))
    if consequence.state:
        said.append(word("effects", "state").format(state=state_word(consequence.state)))
    return said


def counted_words(all_of_them: Iterable[Consequence], holds: Holds) -> Sequence[str]:
    """What follows for many, a sentence for each kind of thing, with how many of them have it. Each
    message is told by channel: not everybody has the same ones.
    """
    each = Counter(one for these in all_of_them for one in _by_kind(these))
    said = [_sentence(one, holds, n) for one, n in each.items()]
    if not any(one.effect in _OF_MESSAGES for one in each):
        said.insert(0, word("effects", "nothing"))
    return said


def _by_kind(these: Consequence) -> Iterable[Following]:
    """Without their instants, each on one channel."""
    each: dict[Following, None] = {}
    for one in these.following:
        apart: list[tuple[Channel, ...]] = [(channel,) for channel in one.channels]
        each |= {replace(one, channels=c, at=None): None for c in apart or [()]}
    return each


def _sentence(one: Following, holds: Holds, many: int = 0) -> str:
    of_many = f"many_{one.effect}" if many else _case_of(one)
    return (
        word("effects", of_many)
        .format(
            what=following_words(one.kind, one.channels),
            n=many,
            at=day_and_hour(one.at, Language.FR) if one.at else "",
            why=_why(one.why),
            pause=" ".join(_pauses(one.channels, holds)),
        )
        .strip()
    )


def _case_of(one: Following) -> str:
    """The name of its sentence: when it leaves, and what puts it off, make others of it."""
    if one.effect is not Effect.LEAVES:
        return one.effect
    when = "later" if one.at else "now"
    return f"{when}_{one.why}" if f"{when}_{one.why}" in codes("effects") else when


def following_words(kind: Kind, channels: Iterable[Channel]) -> str:
    """What a message or a task is called, with the channels that a message goes by."""
    named = ", ".join(word("channels", channel) for channel in channels)
    return f"{title_of(kind)} ({named})" if named else title_of(kind)


def _why(code: str) -> str:
    """Why it cannot leave, and what to do: of what is still ahead, or as for what was tried."""
    if code in codes("stuck"):
        return word("stuck", code)
    return " ".join(f"{one.means}. {one.advice}" for one in troubles_of(code))


def _pauses(channels: Iterable[Channel], holds: Holds) -> Iterable[str]:
    held = (holds[channel].pause for channel in channels if channel in holds)
    return (pause_words(pause) for pause in held if pause)
