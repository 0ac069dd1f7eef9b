"""A secret that was rotated is seen by running functions in minutes: nobody restarts them."""

import base64
import json
import re
from datetime import timedelta

import pytest

from chalicelib.security.signing import serializer
from tests.assembly.conftest import SECRETS, Assembled
from tests.entrypoints.doors import a_body, signature

pytestmark = pytest.mark.enable_socket

#: The longest that a running function goes by a secret that is no longer so.
SEEN_AFTER = timedelta(minutes=5, seconds=1)
NEWER = f"whsec_{base64.b64encode(b'w' * 32).decode()}"


def knocks(house: Assembled, secret: str) -> int:
    """What a webhook comes to that this secret has signed."""
    event_id, at = house.doors.new_id("evt"), str(int(house.clock.now().timestamp()))
    body = a_body("dossier.deposited", house.doors.new_id())
    signed = signature(secret, f"{event_id}.{at}.".encode() + body)
    return int(house.doors.deliver(body, event_id, webhook_signature=signed).status)


@pytest.mark.parametrize("secret", SECRETS["webhook_secrets"])
def test_each_active_secret_of_the_booking_system_opens_the_door(
    house: Assembled, secret: str
) -> None:
    assert knocks(house, secret) == 202
    assert knocks(house, NEWER) == 401


def test_a_new_webhook_secret_is_taken_and_one_that_was_withdrawn_is_refused(
    house: Assembled,
) -> None:
    newest, old = SECRETS["webhook_secrets"]
    assert [knocks(house, secret) for secret in (newest, old)] == [202, 202]
    house.put_secrets(webhook_secrets=[NEWER, newest])
    house.wait(SEEN_AFTER)
    assert [knocks(house, secret) for secret in (NEWER, newest, old)] == [202, 202, 401]


def test_a_link_of_a_key_that_was_withdrawn_opens_nothing_and_new_ones_are_signed_anew(
    house: Assembled,
) -> None:
    dossier_id = house.doors.booked()
    house.serve(dossier_id)
    before = house.link("confirm", dossier_id)
    assert house.doors.ask("GET", before).status == 200
    house.put_secrets(link_keys=["link-after-next", "link-after"])
    house.wait(SEEN_AFTER)
    assert house.doors.ask("GET", before).status == 404
    other = house.doors.booked()
    house.serve(other)
    token = house.link("confirm", other).rpartition("/")[2]
    signed = serializer(["link-after"], "relance.confirm").loads(token)
    assert signed[:2] == [other, f"{other}-a"]


def test_a_session_of_a_key_that_was_withdrawn_is_over(house: Assembled) -> None:
    browser = house.operator()
    assert browser.get("/desk").status == 200
    house.put_secrets(session_keys=["session-after-next", "session-after"])
    house.wait(SEEN_AFTER)
    assert browser.get("/desk").status == 303


def test_links_and_sessions_of_every_key_that_is_still_there_are_read(house: Assembled) -> None:
    for key in SECRETS["link_keys"]:
        dossier_id = house.doors.booked()
        token = serializer([key], "relance.unsubscribe").dumps([dossier_id])
        assert house.doors.ask("GET", f"/unsubscribe/{token}").status == 200


def test_secrets_manager_is_not_asked_for_each_request(house: Assembled) -> None:
    for _ in range(3):
        house.doors.booked()
        house.wait(timedelta(minutes=1))
    asked = [given["SecretId"] for given in house.spy.of("GetSecretValue")]
    needed = ("WEBHOOK_SECRETS_ID", "ADDRESS_KEY_ID")
    assert asked == [house.environment[name] for name in needed]


def test_while_secrets_manager_is_silent_the_booking_system_is_to_try_again(
    house: Assembled,
) -> None:
    house.spy.refused["GetSecretValue"] = "InternalServiceError"
    assert knocks(house, SECRETS["webhook_secrets"][0]) == 503
    del house.spy.refused["GetSecretValue"]
    assert knocks(house, SECRETS["webhook_secrets"][0]) == 202


def test_no_key_is_in_the_environment_or_in_the_log(house: Assembled) -> None:
    house.serve(house.doors.booked())
    house.operator()
    keys = re.findall(r'"([^"]+)"', json.dumps(list(SECRETS.values())))
    said = house.doors.log.getvalue() + house.doors.metrics.getvalue() + str(house.environment)
    assert [key for key in keys if key in said] == []
