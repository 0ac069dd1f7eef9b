"""On which of its channels a notice is owed."""

from chalicelib.domain.channels import CHANNELS
from chalicelib.domain.contact import Channel
from chalicelib.domain.rules.anchors import TellOf, tidings
from chalicelib.domain.rules.case import Anchor, Case


def by_each(_case: Case, _anchor: Anchor, _channel: Channel) -> bool:
    """By all that the row names."""
    return True


def as_it_was_told(tell_of: TellOf, case: Case, anchor: Anchor, channel: Channel) -> bool:
    """In any case by what everybody has; by an optional channel only what was said there."""
    withdrawn = next(w for w in case.facts.withdrawn if w.event_id == anchor.occasion)
    used = {attempt.notice.channel for attempt in tidings(tell_of, case, withdrawn)}
    return not CHANNELS[channel].is_optional or channel in used
