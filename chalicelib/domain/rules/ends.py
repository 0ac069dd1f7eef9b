"""Until when a notice is of use."""

from datetime import datetime, time

from chalicelib.domain.channels import CHANNELS
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import at_paris
from chalicelib.domain.rules.case import Anchor, Case

_MIDNIGHT = time()


def never(_case: Case, _anchor: Anchor, _channel: Channel) -> None:
    """It stays useful as long as the state lasts."""


def the_appointment(case: Case, _anchor: Anchor, _channel: Channel) -> datetime:
    """The hour of the appointment."""
    return case.starts_at


def the_way_to_the_appointment(case: Case, anchor: Anchor, channel: Channel) -> datetime:
    """The hour of the appointment, or as long ahead of it as people are on their way."""
    return case.starts_at - CHANNELS[channel].ahead(case.delays(anchor))


def the_expiry_day(_case: Case, anchor: Anchor, _channel: Channel) -> datetime:
    """The beginning of the card's last day: nobody can still renew it by then."""
    return at_paris(anchor.day, _MIDNIGHT)
