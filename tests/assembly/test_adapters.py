"""Each adapter receives the setting that is meant for it, and is as patient as it may be."""

import hashlib
import hmac
import html
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import boto3
import pytest
import segno

from chalicelib.decoding.receipts import GREETING
from chalicelib.domain.operators import Role
from chalicelib.observability.invocations import InvocationFailed
from chalicelib.security.signing import serializer
from local.aws import key_rotation
from local.aws.cognito import CLIENT_ID
from local.aws.lambda_runtime import Context
from local.studio.operators import PASSWORD, TEMPORARY
from tests.assembly.conftest import DIGEST_TO, SECRETS, Assembled, assembled
from tests.assembly.spy import Asked
from tests.builders import paris
from tests.decoding.provider_payloads import in_sns
from tests.entrypoints.console.browser import SIGN_IN, Browser
from tests.entrypoints.doors import PUBLIC_URL, STUDENT

pytestmark = pytest.mark.enable_socket

#: API Gateway gives up on a function after so many seconds, Lambda on one that sends.
PAGES_LAST, LAMBDA_WAITS = 28, 60


@pytest.fixture(scope="module")
def played() -> Assembled:
    """Everything was used once, and is closed: what was asked on the way is left."""
    with assembled() as house:
        play(house)
    return house


def play(house: Assembled) -> None:
    """Use each door, each queue, each schedule, each service."""
    doors = house.doors
    dossier_id = doors.booked()
    house.serve(dossier_id)
    assert doors.ask("POST", house.link("confirm", dossier_id)).status == 200
    house.wait(timedelta(minutes=2))
    house.serve(dossier_id)
    assert doors.ask("GET", house.link("convocation", dossier_id) + "/pdf").status in {302, 303}
    card = doors.new_id()
    for kind in ("dossier.deposited", "card.ready"):
        doors.tell(kind, card, student=STUDENT)
    house.serve(card)
    house.fire("sweep_due")
    house.one_night()
    house.clock.move_to(paris("2019-04-09 08:00"))
    assert [line["outcome"] for line in house.fire("send_digest")] == ["digest"]
    assert house.operator().get("/desk/dead-letters").status == 200
    for event in key_rotation.rotation(house.environment["LINK_KEYS_ID"]):
        doors.app.rotate_keys(event, Context(function_name="rotate_keys", region="eu-west-3"))


#: The address of a sender, without the desk's name.
_NAME = re.compile(r".+<(.+)>")

#: Of each operation the part of a request that a setting decides, and that setting.
RECEIVED: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("sesv2", "SendEmail"): {
        "FromEmailAddress": "MAIL_FROM",
        "ReplyToAddresses": "MAIL_REPLY_TO",
        "ConfigurationSetName": "MAIL_CONFIGURATION_SET",
    },
    ("pinpoint-sms-voice-v2", "SendTextMessage"): {
        "OriginationIdentity": "SMS_SENDER_ID",
        "ConfigurationSetName": "SMS_CONFIGURATION_SET",
    },
    ("dynamodb", "GetItem"): {"TableName": "TABLE_NAME"},
    ("dynamodb", "UpdateItem"): {"TableName": "TABLE_NAME"},
    ("dynamodb", "BatchGetItem"): {"RequestItems": "TABLE_NAME"},
    ("dynamodb", "Query"): {"TableName": "TABLE_NAME"},
    ("sqs", "SendMessageBatch"): {"QueueUrl": "SERVE_QUEUE_URL"},
    ("s3", "PutObject"): {"Bucket": "DOCUMENTS_BUCKET"},
    ("secretsmanager", "PutSecretValue"): {"SecretId": "LINK_KEYS_ID"},
    ("logs", "PutLogEvents"): {"logGroupName": "AUDIT_LOG_GROUP"},
    ("cognito-idp", "InitiateAuth"): {"ClientId": "OPERATORS_CLIENT_ID"},
    ("cognito-idp", "RespondToAuthChallenge"): {"ClientId": "OPERATORS_CLIENT_ID"},
}

#: Seconds to connect, seconds to read, and tries. A provider is asked once: what was lost on its
#: way back has perhaps been sent. A try at a password counts against its owner.
PATIENCE: Mapping[str, tuple[float, float, int]] = {
    "sesv2": (2, 8, 1),
    "pinpoint-sms-voice-v2": (2, 8, 1),
    "cognito-idp": (2, 5, 2),
    "dynamodb": (2, 5, 3),
    "sqs": (2, 5, 3),
    "s3": (2, 5, 3),
    "secretsmanager": (2, 5, 3),
    "logs": (2, 2, 1),  # a page waits for the second copy of its line
}


def test_no_two_settings_of_this_house_are_the_same(house: Assembled) -> None:
    given = [value for name, value in house.environment.items() if not name.startswith("AWS_")]
    assert len(set(given)) == len(given)


def test_each_adapter_receives_its_own_settings(played: Assembled) -> None:
    for (service, operation), parts in RECEIVED.items():
        calls = played.spy.of(operation, service)
        assert calls, f"nobody asked for {operation}"
        for part, setting in parts.items():
            found = {_NAME.sub(r"\1", _only(given[part])) for given in calls}
            assert (operation, part, found) == (operation, part, {played.environment[setting]})


def test_each_secret_is_read_by_its_own_setting(played: Assembled) -> None:
    """That each is asked for what it holds, the tests of keys say below."""
    asked = {given["SecretId"] for given in played.spy.of("GetSecretValue", "secretsmanager")}
    assert asked == {played.environment[f"{name.upper()}_ID"] for name in SECRETS}


def _only(value: Any) -> str:
    """A value, or the one in a list or a dictionary."""
    [found] = [value] if isinstance(value, str) else value
    return str(found)


def test_each_service_is_asked_with_its_own_patience(played: Assembled) -> None:
    found: dict[str, set[tuple[float, float, int]]] = {}
    for one in _of_the_product(played):
        patience = (one.connect_seconds, one.read_seconds, one.tries)
        found.setdefault(one.service, set()).add(patience)
    assert found == {service: {patience} for service, patience in PATIENCE.items()}


def test_whoever_waits_is_told_before_they_give_up(played: Assembled) -> None:
    """A service that says nothing is a 503 of ours, not a time-out of the function or the gateway.
    Three of them, one after another, and a serve still ends by itself.
    """
    worst = {one.service: one.at_worst for one in _of_the_product(played)}
    assert max(worst.values()) < PAGES_LAST
    senders = worst["sesv2"] + worst["pinpoint-sms-voice-v2"]
    assert senders + worst["dynamodb"] < LAMBDA_WAITS


def _of_the_product(house: Assembled) -> list[Asked]:
    """Without the calls of the tests themselves, which are not made to be quick."""
    ours = {"Scan", "ReceiveMessage", "DeleteMessage"}
    return [one for one in house.spy.calls if one.operation not in ours]


def test_the_digest_goes_to_the_desk_and_to_nobody_else(played: Assembled) -> None:
    digests = [g for g in played.spy.of("SendEmail") if g["EmailTags"][0]["Name"] == "digest"]
    assert [given["Destination"] for given in digests] == [{"ToAddresses": [DIGEST_TO]}]


def test_a_document_is_opened_by_a_signature_that_s3_still_takes(house: Assembled) -> None:
    dossier_id = house.doors.booked(is_confirmed=False)
    house.serve(dossier_id)
    house.doors.ask("POST", house.link("confirm", dossier_id))
    house.wait(timedelta(minutes=2))
    house.serve(dossier_id)
    reply = house.doors.ask("GET", house.link("convocation", dossier_id) + "/pdf")
    address = str(reply.header("Location"))
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in address
    assert house.environment["DOCUMENTS_BUCKET"] in address


# Keys


def test_links_are_signed_by_the_second_of_their_own_keys_and_lead_to_our_pages(
    house: Assembled,
) -> None:
    dossier_id = house.doors.booked()
    house.serve(dossier_id)
    token = house.link("confirm", dossier_id).rpartition("/")[2]
    signed = serializer([SECRETS["link_keys"][1]], "relance.confirm").loads(token)
    assert signed[:2] == [dossier_id, f"{dossier_id}-a"]
    assert f"{PUBLIC_URL}/confirm/" in house.mailed(dossier_id)[0].text


def test_sessions_are_signed_by_the_second_of_their_own_keys(house: Assembled) -> None:
    cookie = house.operator("agent").cookies["__Host-desk"]
    signed = serializer([SECRETS["session_keys"][1]], "relance.session").loads(cookie)
    assert signed[1:3] == ["agent", "act"]


def test_fingerprints_of_addresses_are_made_by_the_key_that_never_changes_and_found_by_it(
    house: Assembled,
) -> None:
    dossier_id = house.doors.booked()
    [item] = house.doors.items(f"DOSSIER#{dossier_id}")
    key = SECRETS["address_key"].encode()
    for name, address in (("email_key", STUDENT["email"]), ("phone_key", STUDENT["phone"])):
        fingerprint = hmac.digest(key, address.encode(), hashlib.sha256).hex()[:16]
        assert item[name]["S"] == fingerprint
    browser = house.operator()
    token = browser.be("agent", Role.READ)
    for address in (STUDENT["email"], STUDENT["phone"]):
        assert dossier_id in browser.press("/desk/find", {"form": token, "q": address}).text
    assert house.serve(dossier_id) == []
    [attempt] = house.kept(dossier_id)["ledger"]
    assert hmac.digest(key, STUDENT["email"].encode(), hashlib.sha256).hex()[:16] in str(attempt)


# The way in


def test_a_telephone_is_shown_the_secret_and_the_name_of_who_comes_in(house: Assembled) -> None:
    browser = Browser(house.doors)
    browser.press(SIGN_IN, {"name": "nouveau", "password": TEMPORARY})
    own = "Un-mot-2-passe-a-moi"
    browser.press(f"{SIGN_IN}/password", {"password": own, "again": own})
    page = browser.get(f"{SIGN_IN}/enrol").text
    [secret] = re.findall(r"<strong>([A-Z2-7 ]+)</strong>", page)
    whose, key = "Relance%20local", secret.replace(" ", "")
    address = f"otpauth://totp/{whose}:nouveau?secret={key}&issuer={whose}"
    code = segno.make(address, error="m", micro=False)
    assert code.svg_inline(scale=5, border=4, dark="#000", light="#fff") in html.unescape(page)


def test_an_operator_of_another_pool_does_not_come_in(house: Assembled) -> None:
    with house.where(OPERATORS_POOL_ID="eu-west-3_another"):
        browser = Browser(house.doors)
        browser.press(SIGN_IN, {"name": "admin", "password": PASSWORD})
        assert browser.press(f"{SIGN_IN}/code", {"code": browser.code("admin")}).status == 403
    assert house.spy.of("InitiateAuth")[0]["ClientId"] == CLIENT_ID


def test_the_desk_is_the_one_that_is_named_and_no_other_in_its_place(house: Assembled) -> None:
    with house.where(DESK="nowhere"), pytest.raises(InvocationFailed):
        house.fire("sweep_due")


# Dead letters

LETTERS = {
    "SERVE": json.dumps({"dossier_id": "D-of-serve"}),
    "FEEDBACK": json.dumps({"Message": "{}"}),
}


@pytest.mark.parametrize("queue", LETTERS)
def test_dead_letters_go_back_to_the_queue_they_came_from_and_to_no_other(
    house: Assembled, queue: str
) -> None:
    environment, sqs = house.environment, boto3.client("sqs")
    sqs.send_message(QueueUrl=environment[f"{queue}_DEAD_LETTERS_URL"], MessageBody=LETTERS[queue])
    browser, path = house.operator(), "/desk/dead-letters"
    page = browser.get(path).text
    assert ("D-of-serve" in page) is (queue == "SERVE")
    [token] = set(re.findall(r'name="form" value="([^"]+)"', page))
    form = {"form": token, "shown": "1", "count": "1"}
    assert browser.press(f"{path}/{queue.lower()}", form).status == 303
    for other in LETTERS:
        url = environment[f"{other}_QUEUE_URL"]
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        assert [one["Body"] for one in found] == ([LETTERS[queue]] if other == queue else [])
    sqs.close()


def test_a_receipt_that_came_back_is_taken_from_its_own_queue(house: Assembled) -> None:
    house.doors.receive("record_delivery", in_sns(GREETING), receives=2)
    [given] = house.spy.of("DeleteMessage", "sqs")
    assert given["QueueUrl"] == house.environment["FEEDBACK_QUEUE_URL"]


# What is said when something is lost


def test_a_wake_up_that_is_lost_is_said_and_the_event_is_kept_all_the_same(
    house: Assembled,
) -> None:
    house.spy.refused["SendMessageBatch"] = "ServiceUnavailable"
    dossier_id = house.doors.booked()
    assert '"outcome":"not_woken"' in house.doors.log.getvalue().replace(" ", "")
    assert house.kept(dossier_id)["events"]
