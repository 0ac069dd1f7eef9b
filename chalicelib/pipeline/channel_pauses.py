"""A person stops a channel, and lets it go on."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.domain.contact import Channel
from chalicelib.domain.holds import Pause
from chalicelib.messages.console.views import ChannelState
from chalicelib.pipeline.ports import Channels


def channel_states(channels: Channels) -> Sequence[ChannelState]:
    """How each channel is that messages leave by. Raises StorageUnavailable."""
    refused, pauses = channels.refused(), channels.pauses()
    return [
        ChannelState(
            channel=channel,
            hold=refused.get(channel),
            paused_by=pause.by if pause else None,
            paused_at=pause.at if pause else None,
            pause_why=pause.why if pause else "",
        )
        for channel in Channel
        if channel is not Channel.DESK
        for pause in [pauses.get(channel)]
    ]


def pause(channels: Channels, channel: Channel, by: str, why: str, now: datetime) -> bool:
    """Stop a channel; False if it is stopped already. What is on its way at this moment leaves."""
    return channels.pause(Pause(channel=channel, by=by, at=now, why=why))


def resume(channels: Channels, channel: Channel) -> bool:
    """Let it go on; False if it was not stopped. What waits leaves within the hour, turn by turn.

    If a provider refuses the channel as well, that is as it was.
    """
    return channels.resume(channel)
