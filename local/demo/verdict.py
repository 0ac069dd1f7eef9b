"""Whether every promise was kept: compares what was sent with what the story owes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chalicelib.domain.desk_calendar import PARIS
from local.demo.story import Promise
from local.studio.outbox import ARRIVED, Message, Outcome
from local.world import World

#: A message and what became of it.
Sent = tuple[Message, Outcome]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of every promise."""

    missing: Sequence[Promise]
    unowed: Sequence[Promise]  #: sent twice, at another time, or never owed
    silently_lost: Sequence[str]

    def complaints(self) -> list[str]:
        """What is wrong, line by line."""
        return [
            *(f"owed and not sent: {promise}" for promise in self.missing),
            *(f"sent and not owed: {promise}" for promise in self.unowed),
            *(f"silently lost: {notice}" for notice in self.silently_lost),
        ]


def became(world: World) -> str:
    """What each dossier has come to; of one that is forgotten there is only that to say."""
    sheets = {dossier_id: world.sheet(dossier_id) for dossier_id in world.dossier_ids()}
    states = {one: sheet.plan.state if sheet else "forgotten" for one, sheet in sheets.items()}
    return ", ".join(f"{dossier_id} {state}" for dossier_id, state in states.items())


def verdict(sent: Sequence[Sent], promises: Iterable[Promise], open_work: Sequence[str]) -> Verdict:
    """Judge what was sent by what was promised; what the desk has to do is not lost in silence."""
    kept_ones, owed = Counter(kept(*message) for message in sent), Counter(promises)
    return Verdict(
        missing=sorted((owed - kept_ones).elements()),
        unowed=sorted((kept_ones - owed).elements()),
        silently_lost=silently_lost(sent, open_work),
    )


def kept(message: Message, status: Outcome) -> Promise:
    """The promise that a message keeps."""
    return Promise(
        at=f"{message.at.astimezone(PARIS):%Y-%m-%d %H:%M}",
        dossier_id=message.tags.get("dossier", ""),
        notice=message.notice,
        channel=message.channel,
        attempt=message.attempt,
        status=status,
    )


def silently_lost(sent: Iterable[Sent], open_work: Sequence[str]) -> list[str]:
    """Notices of which nothing arrived on any channel, and of which nobody at the desk hears."""
    statuses: dict[str, set[Outcome]] = defaultdict(set)
    for message, status in sent:
        what = f"{message.notice}.{message.number}.{message.tags.get('occasion')}"
        statuses[f"{message.tags.get('dossier')}: {what}"].add(status)
    nowhere = [notice for notice, known in statuses.items() if not known & ARRIVED]
    return [notice for notice in nowhere if not any(w.startswith(notice) for w in open_work)]
