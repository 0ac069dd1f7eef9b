"""What wakes the sender, what may stop it, and who speaks for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from chalicelib.domain.contact import Channel
from chalicelib.domain.holds import Hold, Holds, Pause, Refusals

#: The tag that the desk's own mail travels with, so that its receipts are known for what they are.
DIGEST_TAG = "digest"


class ServeQueue(Protocol):
    """What wakes the sender."""

    def wake(self, dossier_ids: Sequence[str], event_id: str = "") -> None:
        """Ask for these dossiers to be served soon, because of an event: a webhook's, a student's
        or a provider's. Raises StorageUnavailable.
        """

    def backlog(self) -> int:
        """About how many are still waiting."""


class Channels(Protocol):
    """Which channels refuse us, or were stopped by a person. Raises StorageUnavailable."""

    def holds(self) -> Holds:
        """The channels that are held, whoever holds them."""

    def refused(self) -> Holds:
        """The channels that a provider refuses us."""

    def pauses(self) -> Mapping[Channel, Pause]:
        """The channels that a person has stopped."""

    def pause(self, pause: Pause) -> bool:
        """Stop a channel; False if it is stopped already, by another word than this."""

    def resume(self, channel: Channel) -> bool:
        """Let it go on; False if it was not stopped.

        What waits leaves within the hour, turn by turn. If a provider refuses the channel as well,
        that is as it was.
        """

    def hold(self, hold: Hold) -> bool:
        """Hold a channel; False if it is held already."""

    def probe(self, hold: Hold, now: datetime) -> bool:
        """Take the turn to ask a held channel; False if another has, or the hold is over."""

    def release(self, hold: Hold) -> bool:
        """End this hold; False if it was over."""

    def remember(self, refusals: Refusals) -> None:
        """Keep these in the place of those before; a channel that is held keeps its hold."""

    def take_back(self, refusals: Refusals) -> None:
        """The channel has taken a message: what it refused before is no row any more."""


class Speaker(Protocol):
    """Speaks on one channel, and is given what was composed for that one."""

    def send(self, letter: Any, /, *, to: str, tags: Mapping[str, str]) -> str:
        """Send once and return the provider's message id. Raises NotSent."""


class Mailer(Speaker, Protocol):
    """Speaks e-mail."""

    def unsuppress(self, address: str) -> None:
        """Take an address off the list of those to which the provider delivers nothing any more;
        one that is not on it is fine. Raises NotNow (nothing is known to have been done, and
        asking again does no harm), OurAccount, BadRequest.
        """
