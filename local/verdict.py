"""Whether every promise was kept: compares what was sent with what the story owes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chalicelib.domain.desk_calendar import PARIS
from local.outbox import Fate, Message
from local.readable import open_work
from local.story import Promise
from local.world import World


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of every promise."""

    missing: Sequence[Promise]
    unowed: Sequence[Promise]  #: sent twice, at another time, or never owed
    silently_lost: Sequence[str]
    open_work: Sequence[str]
    failures: Sequence[str]

    @property
    def is_good(self) -> bool:
        """Whether there is nothing to complain of."""
        return not any([self.missing, self.unowed, self.silently_lost, self.failures])

    def complaints(self) -> list[str]:
        """What is wrong, line by line."""
        return [
            *(f"owed and not sent: {promise}" for promise in self.missing),
            *(f"sent and not owed: {promise}" for promise in self.unowed),
            *(f"silently lost: {notice}" for notice in self.silently_lost),
            *self.failures,
        ]


def verdict(world: World, promises: Iterable[Promise]) -> Verdict:
    """Judge what this world has sent."""
    sent = Counter(kept(message, world.fate(message)) for message in world.messages)
    owed = Counter(promises)
    work = [f"{s.dossier.dossier_id}: {n}" for s in world.sheets() for n in open_work(s)]
    return Verdict(
        missing=sorted((owed - sent).elements()),
        unowed=sorted((sent - owed).elements()),
        silently_lost=silently_lost(world, work),
        open_work=work,
        failures=[str(failure) for failure in world.failures],
    )


def kept(message: Message, fate: Fate) -> Promise:
    """The promise that a message keeps."""
    return Promise(
        at=f"{message.at.astimezone(PARIS):%Y-%m-%d %H:%M}",
        dossier_id=message.tags.get("dossier", ""),
        notice=message.notice,
        channel=message.channel,
        attempt=message.attempt,
        fate=fate,
    )


def silently_lost(world: World, work: Sequence[str]) -> list[str]:
    """Notices of which nothing arrived on any channel, and which nobody at the desk hears of."""
    fates: dict[str, set[Fate]] = defaultdict(set)
    for message in world.messages:
        notice = f"{message.tags.get('dossier')}: {message.notice}.{message.number}"
        fates[f"{notice}.{message.tags.get('occasion')}"].add(world.fate(message))
    nowhere = [notice for notice, known in fates.items() if Fate.DELIVERED not in known]
    return [notice for notice in nowhere if not any(w.startswith(notice) for w in work)]
