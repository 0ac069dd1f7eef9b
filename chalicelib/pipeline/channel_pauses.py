"""How the channels are, and how a person stops one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.channels import TO_STUDENTS
from chalicelib.domain.contact import Channel
from chalicelib.domain.holds import Pause
from chalicelib.messages.console.views import ChannelState
from chalicelib.pipeline.ports import Channels


@dataclass(frozen=True, kw_only=True)
class ChannelPauses:
    """Stops a channel for everybody, and lets it go on."""

    channels: Channels
    now: Callable[[], datetime]

    def states(self) -> Sequence[ChannelState]:
        """How each channel is that messages leave by. Raises StorageUnavailable."""
        refused, pauses = self.channels.refused(), self.channels.pauses()
        return [
            ChannelState(
                channel=channel,
                hold=refused.get(channel),
                pause=pauses.get(channel),
            )
            for channel in TO_STUDENTS
        ]

    def pause(self, channel: Channel, by: str, why: str) -> bool:
        """Stop a channel; False if it is stopped already. What is on its way leaves."""
        return self.channels.pause(Pause(channel=channel, by=by, at=self.now(), why=why))

    def resume(self, channel: Channel) -> ChannelState | None:
        """Let a channel go on; how it is then, which its provider may refuse us all the same. None
        if it was not stopped. Raises StorageUnavailable.
        """
        if not self.channels.resume(channel):
            return None
        return ChannelState(channel=channel, hold=self.channels.refused().get(channel))
