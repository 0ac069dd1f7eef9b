"""What has one cause has one remedy, whatever the reason's words."""

import pytest

from chalicelib.decoding.booking_events import NEEDS, TELLING
from chalicelib.domain.quarantine import CONFLICT, cause_of
from chalicelib.messages.console.words import codes


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("data.appointment: missing", "missing:data.appointment"),
        ("Object missing required field `type`", "missing:type"),
        ("type: missing", "missing:type"),
        ("type: not a text", "wrong:type"),
        ("body: not an object", "body"),
        ("data.appointment.purpose: not deposit or collect", "wrong:data.appointment.purpose"),
        ("data.appointment.starts_at: Invalid RFC3339", "wrong:data.appointment.starts_at"),
        ("data: Expected `object`, got `null`", "wrong:data"),
        ("Expected `str`, got `int` - at `type`", "wrong:type"),
        ("timestamp: not a year of this century", "wrong:timestamp"),
        ("type: not one that a booking system raises", "type"),
        ("Expected `object`, got `array`", "body"),
        ("body: not JSON", "body"),
        ("recorded, but for data.version, data.renews", "left_out:data.version,data.renews"),
        (CONFLICT, "conflict"),
        ("dossier G-2019-0412 cannot be read: the document is no JSON", "its_dossier"),
        ("dossier: holds more than 300,000 bytes already", "full"),
        ("not recorded: KeyError", "other"),
        ("", "other"),
    ],
)
def test_a_reason_has_its_cause(reason: str, cause: str) -> None:
    assert str(cause_of(reason)) == cause


def test_of_each_field_that_an_event_cannot_do_without_it_is_said_how_it_is_written() -> None:
    needed = {path for those in (*NEEDS.values(), *TELLING.values()) for path in those}
    strict = {"type", "timestamp", "data", "data.dossier_id", *(f"data.{one}" for one in needed)}
    assert codes("forms") == strict
