"""The smoke test of a stage, tried against the local world."""

import base64
import io
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from standardwebhooks import Webhook

from chalicelib.domain.attempts import Attempt
from infra import smoke
from infra.smoke import (
    SUCCESS_EMAIL,
    SUCCESS_PHONE,
    DeployedStage,
    NotASimulator,
    Simulator,
    SmokeFailed,
    signed,
)
from local.aws.transport import LOOKS_EACH, in_process
from local.studio.contract import WEBHOOKS
from local.world import World
from tests.builders import paris
from tests.infra.accounts import ALL_THERE, MAIL_SANDBOX, SMS_SANDBOX, STOPPED, Account, asked

MORNING = paris("2019-05-14 10:00")


@dataclass(frozen=True)
class LocalStage:
    """The local world, as a stage is seen from outside."""

    world: World

    def now(self) -> datetime:
        return self.world.now()

    def knock(self, event_id: str, body: str) -> int:
        webhook = Webhook(self.world.settings()["webhook_secret"])
        headers = signed(webhook, event_id, self.now(), body)
        return self.world.request("POST", WEBHOOKS, headers, body.encode()).status

    def ledger(self, dossier_id: str) -> Sequence[Attempt]:
        sheet = self.world.sheet(dossier_id)
        return sheet.dossier.ledger if sheet else ()

    def rest(self) -> None:
        self.world.travel(self.now() + timedelta(seconds=smoke.REST))


@pytest.fixture
def stage() -> Iterator[LocalStage]:
    with World(start=MORNING, ticks=False, transport=in_process, log=io.StringIO()) as world:
        yield LocalStage(world)


def test_every_message_is_followed_to_its_receipt_and_then_nothing_is_owed(
    stage: LocalStage,
) -> None:
    dossier_id = smoke.smoke(stage, Simulator())
    sent = [(message.channel, message.to) for message, _ in stage.world.sent]
    assert sorted(sent) == [("email", SUCCESS_EMAIL)] * 2 + [("sms", SUCCESS_PHONE)]
    sheet = stage.world.sheet(dossier_id)
    assert sheet
    assert (sheet.plan.due, sheet.plan.later, sheet.dossier.open_work) == ((), (), ())
    assert stage.world.failures == []


def test_what_is_not_seen_to_arrive_is_named(
    stage: LocalStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "LOOKS", 3)
    stage.world.faults.switch({"lost_sms": {"count": 1, "notice": "card_ready"}})
    with pytest.raises(SmokeFailed, match=r"not seen to arrive: card_ready by sms$"):
        smoke.smoke(stage, Simulator())


def test_a_stage_that_does_not_answer_as_it_should_is_told(
    stage: LocalStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalStage, "knock", lambda *_: 401)
    with pytest.raises(SmokeFailed, match=r"appointment\.selected: answered 401, not 202"):
        smoke.smoke(stage, Simulator())


@pytest.mark.parametrize(
    "email",
    [
        "lea@example.org",
        "bounce@simulator.amazonses.com",
        "success@simulator.amazonses.com.example.org",
        "success@simulator.amazonses.com\n",
        "",
    ],
)
def test_an_address_that_may_be_somebodys_is_refused_and_not_repeated(email: str) -> None:
    with pytest.raises(NotASimulator) as refused:
        Simulator(email=email)
    assert email == "" or email not in str(refused.value)


@pytest.mark.parametrize("phone", ["+33612345678", "+33755512502", "0755512501", ""])
def test_a_number_that_may_be_somebodys_is_refused(phone: str) -> None:
    with pytest.raises(NotASimulator):
        Simulator(phone=phone)


def test_the_simulator_takes_a_label() -> None:
    assert Simulator(email="success+campus-1@simulator.amazonses.com")


def test_nothing_is_asked_of_aws_before_the_recipient_is_known_to_be_a_simulator(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert smoke.main(["--stage", "isere-dev", "--email", "lea@example.org"]) == 1
    assert "simulator" in capsys.readouterr().err


def test_in_the_sandbox_of_sms_no_sms_is_tried_and_no_channel_stops(
    stage: LocalStage, capsys: pytest.CaptureFixture[str]
) -> None:
    reached = smoke.able(asked(SMS_SANDBOX), Simulator())
    assert "SMS production" in capsys.readouterr().out
    smoke.smoke(stage, reached)
    assert {message.channel for message, _ in stage.world.sent} == {"email"}


@pytest.mark.parametrize("answers", [{}, MAIL_SANDBOX])
def test_the_simulator_of_mail_is_reached_in_the_sandbox_too(answers: Any) -> None:
    assert smoke.able(asked(answers), Simulator()) == Simulator()


def test_where_mail_would_be_refused_nobody_is_knocked_at() -> None:
    with pytest.raises(SmokeFailed, match="SES sending"):
        smoke.able(asked(STOPPED), Simulator())


def test_a_deployed_stage_is_found_by_the_name_of_its_stack_and_its_ledger_read(
    stage: LocalStage,
) -> None:
    """By what the stack says of its parts: a restored table is no resource of it."""
    local = stage.world.settings()
    cloudformation, secretsmanager = boto3.client("cloudformation"), boto3.client("secretsmanager")
    held = {"SecretString": json.dumps({"webhook_secrets": [local["webhook_secret"]]})}
    outputs = {
        "PublicUrl": "https://rdv.example.org",
        "TableName": local["environment"]["TABLE_NAME"],
        "WebhookSecretsId": "the-secret",
    }
    with Stubber(cloudformation) as stack, Stubber(secretsmanager) as secrets:
        stack.add_response("describe_stacks", a_stack(outputs))
        secrets.add_response("get_secret_value", held, {"SecretId": "the-secret"})
        told = smoke.described("relance-isere-dev", cloudformation)
        deployed = smoke.find(told, secretsmanager)
    assert told.parameters == {"Desk": "grenoble"}
    dossier_id = smoke.smoke(stage, Simulator())
    assert deployed.ledger(dossier_id) == stage.ledger(dossier_id) != ()
    secret = local["webhook_secret"]
    with pytest.raises(SmokeFailed, match="the table cannot be read"):
        DeployedStage("https://rdv.example.org", secret, "no-table").ledger(dossier_id)


def a_stack(outputs: Mapping[str, str]) -> dict[str, Any]:
    stack = {
        "StackName": "relance-isere-dev",
        "CreationTime": MORNING,
        "StackStatus": "CREATE_COMPLETE",
        "Parameters": [{"ParameterKey": "Desk", "ParameterValue": "grenoble"}],
    }
    said = [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()]
    return {"Stacks": [{**stack, "Outputs": said}]}


def test_a_stage_that_is_not_there_or_says_too_little_fails_with_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ("cloudformation", "describe_stacks")
    for answer, said in (("ValidationError", "ValidationError"), (a_stack({}), "WebhookSecretsId")):
        monkeypatch.setattr(boto3, "client", Account({**ALL_THERE, call: answer}).client)
        monkeypatch.setattr(smoke, "able", lambda _, recipient: recipient)
        assert smoke.main(["--stage", "isere-dev"]) == 1
        told = capsys.readouterr().err
        assert (said in told, "Traceback" in told) == (True, False)


@pytest.mark.enable_socket
def test_where_nobody_listens_it_is_told() -> None:
    secret = "whsec_" + base64.b64encode(b"0" * 32).decode()
    nowhere = DeployedStage("http://127.0.0.1:9/webhooks/booking", secret, "no-table")
    with pytest.raises(SmokeFailed, match="not reached"):
        nowhere.knock("an-id", "{}")


@pytest.mark.enable_socket
@pytest.mark.parametrize("status", [202, 401])
def test_a_knock_is_signed_as_the_booking_system_signs_and_says_the_answer(status: int) -> None:
    secret = "whsec_" + base64.b64encode(b"0" * 32).decode()
    with a_door(status) as (url, knocks):
        stage = DeployedStage(f"{url}/webhooks/booking", secret, "no-table")
        assert stage.knock("an-id", '{"type": "card.ready"}') == status
    [(path, headers, body)] = knocks
    assert path == "/webhooks/booking"
    assert Webhook(secret).verify(body, headers) == {"type": "card.ready"}


@contextmanager
def a_door(status: int) -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    """Somebody who listens on this machine, remembers each knock, and answers all of them so."""
    knocks: list[tuple[str, dict[str, str], bytes]] = []

    class ProtectedRoute(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            knocks.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Be silent."""

    with HTTPServer(("127.0.0.1", 0), ProtectedRoute) as server:
        thread = threading.Thread(target=server.serve_forever, args=(LOOKS_EACH,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", knocks
        finally:
            server.shutdown()
            thread.join()
