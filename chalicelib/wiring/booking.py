"""What the booking system asks for."""

from collections.abc import Sequence
from typing import Any

from chalicelib import wiring
from chalicelib.domain.events import Event
from chalicelib.domain.recording import Recorded
from chalicelib.pipeline import record_event as intake


def webhook_secrets() -> Sequence[Any]:
    """The active secrets of the booking system, newest first: texts, unless people spoilt them.

    Raises StorageUnavailable.
    """
    kept = wiring.house().secret("webhook_secrets")
    return kept if isinstance(kept, list) else [kept]


def record_event(event: Event, body: bytes) -> Recorded:
    """Record one event. Raises LostRace and StorageUnavailable."""
    return intake.record_event(wiring.house().intake, event, body, wiring.now())


def quarantine(event_id: str, reason: str, body: bytes) -> None:
    """Keep an authentic but unusable body for a person. Raises StorageUnavailable."""
    intake.quarantine(wiring.house().intake, event_id, reason, body, wiring.now())
