"""What the booking system asks for."""

from chalicelib import wiring
from chalicelib.domain.events import Event
from chalicelib.domain.recording import Recorded
from chalicelib.pipeline import record_event as intake


def webhook_secrets() -> tuple[str, ...]:
    """The active secrets of the booking system, newest first."""
    return tuple(wiring.house().secret("webhook_secrets"))


def record_event(event: Event, body: bytes) -> Recorded:
    """Record one event. Raises LostRace and StorageUnavailable."""
    return intake.record_event(wiring.house().intake, event, body, wiring.now())


def quarantine(event_id: str, reason: str, body: bytes) -> None:
    """Keep an authentic but unusable body for a person. Raises StorageUnavailable."""
    intake.quarantine(wiring.house().intake, event_id, reason, body, wiring.now())
