"""A channel that refuses us is left alone for everybody; one of them asks it now and then.

A person can hold a channel as well: then nobody asks, until a person lets go of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from zlib import crc32

from chalicelib.domain.contact import Channel

#: Between two probes: the first gap, doubled each time up to the longest.
FIRST_GAP, LONGEST_GAP = timedelta(minutes=5), timedelta(hours=1)

#: Why a channel is held that no provider refuses.
PAUSED = "paused"

#: One request that a provider refuses is about its message; the same refusal for so many dossiers
#: in a row is about us, whatever they were to be told.
IN_A_ROW = 3


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A channel that a person has stopped: who, when, and why in a few words."""

    channel: Channel
    by: str
    at: datetime
    why: str


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A channel held since an instant, for a short code why; not before `probe_at` is it asked.

    From then on, and over one `gap`, each dossier has its own turn. Whichever comes first is the
    probe; once it was taken, the others follow one by one and not all at once.

    While a person holds it (`pause`) each turn passes untaken, and there is another one gap later:
    so whoever waits is found again within a gap of the end.
    """

    channel: Channel
    since: datetime
    reason: str
    probe_at: datetime
    gap: timedelta
    pause: Pause | None = None

    def turn_of(self, dossier_id: str, now: datetime) -> datetime:
        """When this dossier may try; on a paused channel always later than now."""
        turn = self.probe_at + self.gap * (crc32(dossier_id.encode()) / 2**32)
        passed = (now - turn) // self.gap + 1
        return turn + self.gap * max(0, passed) if self.pause else turn

    def probed(self, now: datetime) -> "Hold":
        """The same hold, as others see it while somebody is asking."""
        gap = min(2 * self.gap, LONGEST_GAP)
        return replace(self, probe_at=now + gap, gap=gap)


@dataclass(frozen=True, kw_only=True)
class Refusals:
    """The dossiers for which a channel has refused our request with one and the same code since it
    last took a message.
    """

    channel: Channel
    reason: str
    dossiers: frozenset[str]

    @property
    def are_about_us(self) -> bool:
        """Whether these are too many to be about their messages."""
        return len(self.dossiers) >= IN_A_ROW


#: The held channels.
Holds = Mapping[Channel, Hold]
NO_HOLDS: Holds = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Availability:
    """How the channels behave: which are held, and which have refused our requests lately."""

    holds: Holds = field(default_factory=dict)
    refusals: Mapping[Channel, Refusals] = field(default_factory=dict)

    @property
    def are_free(self) -> bool:
        """Whether none is held, and none has refused a request lately."""
        return not self.holds and not self.refusals

    def refused(self, channel: Channel, reason: str, dossier_id: str) -> Refusals:
        """Its refusals with one more. Another code begins another row."""
        row = self.refusals.get(channel)
        before = row.dossiers if row and row.reason == reason else frozenset()
        return Refusals(channel=channel, reason=reason, dossiers=before | {dossier_id})

    def is_about_us(self, channel: Channel, reason: str, dossier_id: str) -> bool:
        """Whether one more refusal of this code is about us: the channel is held for it, or it is
        one too many in a row.
        """
        held = self.holds.get(channel)
        is_known = held is not None and held.reason == reason
        return is_known or self.refused(channel, reason, dossier_id).are_about_us


def hold(channel: Channel, reason: str, now: datetime) -> Hold:
    """A hold that begins now."""
    return Hold(channel=channel, since=now, reason=reason, probe_at=now + FIRST_GAP, gap=FIRST_GAP)


def with_pauses(refused: Holds, pauses: Iterable[Pause]) -> Holds:
    """The held channels, whoever holds them. A person's word is the stronger one, and a channel
    that was refused before it was paused has been out of use since then.
    """
    return {**refused, **{p.channel: _paused(p, refused.get(p.channel)) for p in pauses}}


def _paused(pause: Pause, refused: Hold | None) -> Hold:
    return Hold(
        channel=pause.channel,
        since=min(pause.at, refused.since) if refused else pause.at,
        reason=PAUSED,
        probe_at=pause.at,
        gap=LONGEST_GAP,
        pause=pause,
    )
