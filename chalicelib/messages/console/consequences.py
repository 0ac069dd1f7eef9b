"""What follows from an act, in sentences: the same beside its button and after it was pressed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

from chalicelib.domain.attempts import Kind
from chalicelib.domain.consequences import Consequence, Effect, Following, Forecast
from chalicelib.domain.contact import Channel, Language
from chalicelib.domain.holds import Holds
from chalicelib.messages.console.words import codes, pause_words, state_word, troubles_of, word
from chalicelib.messages.dates_in_words import day_and_hour
from chalicelib.messages.work import title_of

_AT_ONCE = datetime.min.replace(tzinfo=UTC)

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
    message is told by channel: not everybody has the same ones. Of what leaves later the first hour
    is told.
    """
    all_told = [one for these in all_of_them for one in _by_channel(these)]
    each = Counter(map(_kind_of, all_told))
    hours = {_kind_of(one): one.at for one in sorted(all_told, key=_hour, reverse=True)}
    said = [
        _sentence(replace(one, at=hours[one, is_later]), holds, n)
        for (one, is_later), n in each.items()
    ]
    if not any(one.effect in _OF_MESSAGES for one, _ in each):
        said.insert(0, word("effects", "nothing"))
    return said


def _by_channel(these: Consequence) -> Iterable[Following]:
    """Each on one channel, and each kind of thing once for everybody."""
    each: dict[tuple[Following, bool], Following] = {}
    for one in these.following:
        apart: list[tuple[Channel, ...]] = [(channel,) for channel in one.channels]
        for channels in apart or [()]:
            of_one = replace(one, channels=channels)
            each.setdefault(_kind_of(of_one), of_one)
    return each.values()


def _kind_of(one: Following) -> tuple[Following, bool]:
    """Without its instant; but what leaves later is another thing than what leaves now."""
    return replace(one, at=None), one.effect is Effect.LEAVES and one.at is not None


def _hour(one: Following) -> datetime:
    return one.at or _AT_ONCE


def _sentence(one: Following, holds: Holds, many: int = 0) -> str:
    return (
        word("effects", _case_of_many(one, many) if many else _case_of(one))
        .format(
            what=following_words(one.kind, one.channels),
            n=many,
            at=day_and_hour(one.at, Language.FR) if one.at else "",
            why=_why(one.why),
            pause=" ".join(_pauses(one.channels, holds)),
        )
        .strip()
    )


def _case_of_many(one: Following, number: int) -> str:
    """Of one alone it is told in the singular."""
    is_later = one.effect is Effect.LEAVES and one.at is not None
    effect = "leaves_later" if is_later else one.effect
    return f"one_{effect}" if number == 1 else f"many_{effect}"


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
