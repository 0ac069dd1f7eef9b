"""Forms made from the contract, and what they say."""

from typing import Any

import pytest
from standardwebhooks import Webhook

from local.studio.booking_system import event_forms, event_of, signed
from tests.builders import paris

NOW = paris("2019-04-08 10:00")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_what_an_example_of_the_contract_has_comes_first() -> None:
    fields = event_forms()["dossier.incomplete"].fields
    usual = [field.path for field in fields if field.is_usual]
    assert usual == ["dossier_id", "occurred_on", "missing_documents"]
    assert [field.path for field in fields][:3] == usual
    assert {f.path: f.kind for f in fields}["student.given_name"] == "text"


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        ("version", "3", 3),
        ("version", "three", "three"),  # what cannot be can be tried
        ("correction", "true", True),
        ("missing_documents", "Passeport\n\n Photo ", ["Passeport", "Photo"]),
        ("card_expires_on", "2020-09-30", "2020-09-30"),
        ("student.phone", "06 12 34 56 78", {"phone": "06 12 34 56 78"}),
    ],
)
def test_a_filled_form_says_it_as_the_contract_has_it(path: str, typed: str, said: Any) -> None:
    event = event_of("contact.updated", {"dossier_id": "D-1", path: typed, "reason": " "}, NOW)
    assert event == {
        "type": "contact.updated",
        "timestamp": "2019-04-08T10:00:00+02:00",
        "data": {"dossier_id": "D-1", path.partition(".")[0]: said},
    }


def test_a_signature_is_as_the_standards_own_library_makes_it() -> None:
    request = signed(SECRET, "evt_1", NOW, b'{"type": "card.ready"}')
    theirs = Webhook(SECRET).sign("evt_1", NOW, request.body.decode())
    assert request.headers["webhook-signature"] == theirs


def test_what_is_copied_is_a_command_or_a_program_that_says_the_same() -> None:
    request = signed(SECRET, "evt_1", NOW, '{"data": {"name": "Léa’s"}}'.encode())
    assert '--data-binary \'{"data": {"name": "Léa’s"}}\'' in request.as_curl("http://x")
    program = request.as_python("http://127.0.0.1:8000")
    compile(program, "copied", "exec")
    assert "event = {'data': {'name': 'Léa’s'}}" in program
