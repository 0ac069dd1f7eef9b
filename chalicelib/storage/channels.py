"""Which channels are held or have refused our requests, and which are paused: one item each, there
only while it is so.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import DeleteError, PutError, UpdateError

from chalicelib.domain.contact import Channel
from chalicelib.domain.holds import Availability, Hold, Holds, Pause, Refusals, with_pauses
from chalicelib.pipeline.ports import WorkKind
from chalicelib.storage.indexes import work_shard
from chalicelib.storage.table import (
    InstantAttribute,
    Item,
    Table,
    found,
    is_condition_failed,
    storage_errors,
)

_PREFIX, _PAUSE = "CHANNEL#", "PAUSE#"
_SENDING = tuple(channel for channel in Channel if channel is not Channel.DESK)
_KEYS = {f"{_PREFIX}{channel}": channel for channel in _SENDING}
_PAUSE_KEYS = {f"{_PAUSE}{channel}": channel for channel in _SENDING}
#: What says how the channels behave, and what of it is read.
CHANNEL_KEYS = (*_KEYS, *_PAUSE_KEYS)
OF_CHANNELS = ("held_since", "reason", "paused_by", "probe_at", "gap_seconds", "refused_for")
_INSTANT = InstantAttribute()
_NOT_HELD = Item.held_since.does_not_exist()


class DynamoChannels:
    """The pipeline's Channels. A held or paused channel stands on the work list as well."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def holds(self) -> Holds:
        """The channels that are held, whoever holds them, read consistently."""
        return availability_of(found(self._table, CHANNEL_KEYS)).holds

    def refused(self) -> Holds:
        """The channels that a provider refuses us."""
        return _holds(found(self._table, _KEYS))

    def pauses(self) -> Mapping[Channel, Pause]:
        """The channels that a person has stopped."""
        return _pauses(found(self._table, _PAUSE_KEYS))

    def pause(self, pause: Pause) -> bool:
        """Stop a channel; False if it is stopped already, by another word than this."""
        key, at = _PAUSE + pause.channel, _INSTANT.serialize(pause.at)
        attributes = {
            "held_since": {"S": at},
            "paused_by": {"S": pause.by},
            "reason": {"S": pause.why},
            "work_shard": {"S": work_shard(self._table, WorkKind.PAUSE, key)},
            "work_since": {"S": at},
        }
        with storage_errors():
            try:
                self._table.put_item(key, attributes=attributes, condition=Item.pk.does_not_exist())
            except PutError as error:
                return _lost(error) or self.pauses().get(pause.channel) == pause
        return True

    def resume(self, channel: Channel) -> bool:
        """Let it go on; False if it was not stopped."""
        with storage_errors():
            try:
                self._table.delete_item(_PAUSE + channel, condition=Item.pk.exists())
            except DeleteError as error:
                return _lost(error)
        return True

    def hold(self, hold: Hold) -> bool:
        """Hold a channel; False if it is held already, by another hold than this.

        The SDK tries again when an answer is lost, and then meets what it wrote itself.
        """
        key, since = _PREFIX + hold.channel, _INSTANT.serialize(hold.since)
        attributes = {
            "held_since": {"S": since},
            "reason": {"S": hold.reason},
            "probe_at": {"S": _INSTANT.serialize(hold.probe_at)},
            "gap_seconds": {"N": _seconds(hold.gap)},
            "work_shard": {"S": work_shard(self._table, WorkKind.CHANNEL, key)},
            "work_since": {"S": since},
        }
        with storage_errors():
            try:
                self._table.put_item(key, attributes=attributes, condition=_NOT_HELD)
            except PutError as error:
                return _lost(error) or self.refused().get(hold.channel) == hold
        return True

    def probe(self, hold: Hold, now: datetime) -> bool:
        """Take the turn to ask; False if another has, or the hold is over."""
        after = hold.probed(now)
        actions = [
            Item.probe_at.set(after.probe_at),
            Item.gap_seconds.set(int(after.gap.total_seconds())),
        ]
        with storage_errors():
            try:
                self._table.update_item(
                    _PREFIX + hold.channel,
                    actions=actions,
                    condition=(Item.held_since == hold.since) & (Item.probe_at == hold.probe_at),
                )
            except UpdateError as error:
                return _lost(error)
        return True

    def release(self, hold: Hold) -> bool:
        """End this hold; False if it was over, or another has begun."""
        with storage_errors():
            try:
                self._table.delete_item(
                    _PREFIX + hold.channel, condition=Item.held_since == hold.since
                )
            except DeleteError as error:
                return _lost(error)
        return True

    def remember(self, refusals: Refusals) -> None:
        """Keep these in the place of those before. Whoever holds the channel meanwhile is right."""
        actions = [
            Item.reason.set(refusals.reason),
            Item.refused_for.set(set(refusals.dossiers)),
        ]
        with storage_errors():
            try:
                self._table.update_item(
                    _PREFIX + refusals.channel, actions=actions, condition=_NOT_HELD
                )
            except UpdateError as error:
                _lost(error)

    def take_back(self, refusals: Refusals) -> None:
        """The channel has taken a message; a hold that has begun meanwhile stays."""
        with storage_errors():
            try:
                self._table.delete_item(_PREFIX + refusals.channel, condition=_NOT_HELD)
            except DeleteError as error:
                _lost(error)


def availability_of(items: Iterable[Mapping[str, Any]]) -> Availability:
    """How the channels behave, of the items with these keys."""
    known = list(items)
    holds = with_pauses(_holds(known), _pauses(known).values())
    return Availability(holds=holds, refusals=_refusals(known))


def _lost(error: PutError | UpdateError | DeleteError) -> bool:
    """Somebody else was there first. Anything else is no answer at all."""
    if not is_condition_failed(error):
        raise error
    return False


def _holds(items: Iterable[Mapping[str, Any]]) -> Holds:
    ours = (item for item in items if item["pk"]["S"] in _KEYS)
    held = (_hold(item) for item in ours if "held_since" in item)
    return {hold.channel: hold for hold in held}


def _refusals(items: Iterable[Mapping[str, Any]]) -> Mapping[Channel, Refusals]:
    refused = (_refused(item) for item in items if "refused_for" in item)
    return {refusals.channel: refusals for refusals in refused}


def _refused(item: Mapping[str, Any]) -> Refusals:
    return Refusals(
        channel=_KEYS[item["pk"]["S"]],
        reason=item["reason"]["S"],
        dossiers=frozenset(item["refused_for"]["SS"]),
    )


def _pauses(items: Iterable[Mapping[str, Any]]) -> Mapping[Channel, Pause]:
    paused = (_pause(item) for item in items if item["pk"]["S"] in _PAUSE_KEYS)
    return {pause.channel: pause for pause in paused}


def _pause(item: Mapping[str, Any]) -> Pause:
    return Pause(
        channel=_PAUSE_KEYS[item["pk"]["S"]],
        by=item["paused_by"]["S"],
        at=_INSTANT.deserialize(item["held_since"]["S"]),
        why=item["reason"]["S"],
    )


def _hold(item: Mapping[str, Any]) -> Hold:
    return Hold(
        channel=_KEYS[item["pk"]["S"]],
        since=_INSTANT.deserialize(item["held_since"]["S"]),
        reason=item["reason"]["S"],
        probe_at=_INSTANT.deserialize(item["probe_at"]["S"]),
        gap=timedelta(seconds=int(item["gap_seconds"]["N"])),
    )


def _seconds(span: timedelta) -> str:
    return str(int(span.total_seconds()))
