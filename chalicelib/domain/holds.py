"""A channel that refuses us is left alone for everybody; one of them asks it now and then."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from zlib import crc32

from chalicelib.domain.contact import Channel

#: Between two probes: the first gap, doubled each time up to the longest.
FIRST_GAP, LONGEST_GAP = timedelta(minutes=5), timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A channel held since an instant, for a short code why; not before `probe_at` is it asked.

    From then on, and over one `gap`, each dossier has its own turn. Whichever comes first is the
    probe; once it was taken, the others follow one by one and not all at once.
    """

    channel: Channel
    since: datetime
    reason: str
    probe_at: datetime
    gap: timedelta

    def turn_of(self, dossier_id: str) -> datetime:
        """When this dossier may try."""
        return self.probe_at + self.gap * (crc32(dossier_id.encode()) / 2**32)

    def probed(self, now: datetime) -> "Hold":
        """The same hold, as others see it while somebody is asking."""
        gap = min(2 * self.gap, LONGEST_GAP)
        return replace(self, probe_at=now + gap, gap=gap)


#: The held channels.
Holds = Mapping[Channel, Hold]
NO_HOLDS: Holds = MappingProxyType({})


def hold(channel: Channel, reason: str, now: datetime) -> Hold:
    """A hold that begins now."""
    return Hold(channel=channel, since=now, reason=reason, probe_at=now + FIRST_GAP, gap=FIRST_GAP)
