"""The one clock goes on for everybody, and no two draws of the one chance are the same."""

import json
import re
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.security.signing import serializer
from local.aws import key_rotation
from local.aws.lambda_runtime import Context
from tests.assembly.conftest import SECRETS, Assembled

pytestmark = pytest.mark.enable_socket


def stamp(house: Assembled) -> str:
    """The present as documents have it."""
    return f"{house.clock.now():%Y-%m-%dT%H:%M:%S}"


def attempts(house: Assembled, dossier_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.kept(dossier_id)["ledger"]
    return found


def test_whatever_is_recorded_is_of_the_moment_at_which_it_happens(house: Assembled) -> None:
    for _ in range(2):
        dossier_id = house.doors.booked()
        [event] = house.kept(dossier_id)["events"]
        assert event["received_at"].startswith(stamp(house))
        house.wait(timedelta(minutes=3))
        house.serve(dossier_id)
        [attempt] = attempts(house, dossier_id)
        assert attempt["claimed_at"].startswith(stamp(house))
        house.wait(timedelta(hours=2))


def test_each_attempt_has_a_token_of_its_own(house: Assembled) -> None:
    dossiers = [house.doors.booked() for _ in range(3)]
    for dossier_id in dossiers:
        house.serve(dossier_id)
    tokens = [attempts(house, dossier_id)[0]["token"] for dossier_id in dossiers]
    assert len(set(tokens)) == 3
    assert all(len(token) >= 12 for token in tokens)


def test_what_a_provider_puts_off_does_not_come_back_all_at_once(house: Assembled) -> None:
    house.spy.refused["SendEmail"] = "TooManyRequestsException"
    dossiers = [house.doors.booked() for _ in range(3)]
    for dossier_id in dossiers:
        house.serve(dossier_id)
    due = [house.doors.items(f"DOSSIER#{one}")[0]["due_at"]["S"] for one in dossiers]
    assert len(set(due)) == 3


def test_each_form_acts_once_and_no_other_form_is_taken_for_it(house: Assembled) -> None:
    browser = house.operator()
    shown = [browser.get("/desk/cards").text for _ in range(2)]
    nonces = [set(re.findall(r'name="nonce" value="([^"]+)"', page)) for page in shown]
    assert all(nonces)
    assert not set.intersection(*nonces)
    # no hyphen in front: it names a list of cards on the command line, where that is an option
    assert all(re.fullmatch("[0-9a-f]{16,}", nonce) for nonce in set.union(*nonces))


def test_each_sign_in_is_a_session_of_its_own(house: Assembled) -> None:
    reader = serializer([SECRETS["session_keys"][1]], "relance.session")
    browsers = [house.operator(name) for name in ("agent", "admin")]
    names = [reader.loads(browser.cookies["__Host-desk"])[0] for browser in browsers]
    assert names[0] != names[1]
    assert all(len(name) >= 16 for name in names)


def test_keys_that_rotate_are_drawn_each_by_itself(house: Assembled) -> None:
    client, content = boto3.client("secretsmanager"), dict[str, Any]()
    context = Context(function_name="rotate_keys", region="eu-west-3")
    for name in ("link_keys", "session_keys"):
        secret = house.environment[f"{name.upper()}_ID"]
        for event in key_rotation.rotation(secret):
            house.doors.app.rotate_keys(event, context)
        content |= json.loads(client.get_secret_value(SecretId=secret)["SecretString"])
    client.close()
    fresh = [content[name][0] for name in ("link_keys", "session_keys")]
    known = {key for kept in SECRETS.values() for key in kept}
    assert len({*fresh} - known) == 2
    assert all(len(set(key)) > 8 for key in fresh)
    assert content.keys() == {"link_keys", "session_keys", "rotated_at"}
