"""The smoke test of a stage, tried against the local world."""

import base64
import io
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.error import URLError

import pytest
from botocore.exceptions import NoCredentialsError
from standardwebhooks import Webhook

from chalicelib.domain.attempts import Attempt
from chalicelib.domain.errors import StorageUnavailable
from infra import smoke, stages
from infra.smoke import (
    SUCCESS_EMAIL,
    SUCCESS_PHONE,
    DeployedStage,
    NotASimulator,
    Simulator,
    SmokeFailed,
    heard,
    signed,
)
from local.aws.transport import LOOKS_EACH, in_process
from local.studio.contract import WEBHOOKS
from local.world import World
from tests.builders import paris
from tests.infra.accounts import (
    ALL_THERE,
    GONE,
    MAIL_SANDBOX,
    OUTPUTS,
    SMS_SANDBOX,
    STACK,
    STOPPED,
    Account,
    Call,
    asked,
    stack,
)

MORNING = paris("2019-05-14 10:00")


@dataclass(frozen=True)
class LocalStage:
    """The local world, as a stage is seen from outside."""

    world: World

    def now(self) -> datetime:
        return self.world.now()

    def knock(self, event_id: str, body: str) -> str:
        webhook = Webhook(self.world.settings()["webhook_secret"])
        headers = signed(webhook, event_id, self.now(), body)
        reply = self.world.request("POST", WEBHOOKS, headers, body.encode())
        return heard(reply.status, reply.body)

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
    monkeypatch.setattr(LocalStage, "knock", lambda *_: "202 quarantined")
    said = r"appointment\.selected: answered 202 quarantined, not recorded"
    with pytest.raises(SmokeFailed, match=said):
        smoke.smoke(stage, Simulator())


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (202, {"status": "recorded", "unread": ["nickname"]}, "recorded"),
        (202, {"status": "quarantined", "reason": "no day"}, "202 quarantined no day"),
        (200, {"status": "duplicate"}, "200 duplicate"),
        (401, {"error": "Unauthorized", "detail": "too old"}, "401 too old"),
        (202, ["not ours"], "202"),
        (200, None, "200"),
    ],
)
def test_only_what_was_recorded_passes_and_202_may_be_a_quarantine(
    status: int, body: Any, said: str
) -> None:
    assert heard(status, json.dumps(body).encode() if body else b"<html>") == said


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
    reached = smoke.able(asked(SMS_SANDBOX), Simulator(), MORNING)
    assert "SMS production" in capsys.readouterr().out
    smoke.smoke(stage, reached)
    assert {message.channel for message, _ in stage.world.sent} == {"email"}


@pytest.mark.parametrize("answers", [{}, MAIL_SANDBOX])
def test_the_simulator_of_mail_is_reached_in_the_sandbox_too(answers: Any) -> None:
    assert smoke.able(asked(answers), Simulator(), MORNING, needs_sms=True) == Simulator()


@pytest.mark.parametrize(
    ("answers", "why"), [(STOPPED, "SES sending"), (SMS_SANDBOX, "SMS production")]
)
def test_where_what_is_needed_would_be_refused_nobody_is_knocked_at(answers: Any, why: str) -> None:
    with pytest.raises(SmokeFailed, match=why):
        smoke.able(asked(answers), Simulator(), MORNING, needs_sms=True)


@pytest.mark.parametrize(
    ("hour", "phone"),
    [
        ("2019-05-14 08:59", None),
        ("2019-05-14 18:30", SUCCESS_PHONE),
        ("2019-05-14 18:45", None),  # by the time the card is ready it would be too late
        ("2019-05-19 10:00", None),  # a Sunday
    ],
)
def test_an_sms_that_would_wait_for_the_morning_is_not_waited_for(
    hour: str, phone: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert smoke.able(asked({}), Simulator(), paris(hour), needs_sms=True).phone == phone
    assert ("Without SMS" in capsys.readouterr().out) == (phone is None)


def secret(content: str) -> Mapping[Call, Any]:
    return {("secretsmanager", "get_secret_value"): {"SecretString": content}}


def test_a_deployed_stage_is_found_by_its_stack_and_its_ledger_read(stage: LocalStage) -> None:
    """By what the stack says of itself: a table that was restored is no resource of it."""
    local = stage.world.settings()
    keys = secret(json.dumps({"webhook_secrets": [local["webhook_secret"]]}))
    outputs = {**OUTPUTS, "TableName": local["environment"]["TABLE_NAME"]}
    client = Account({**keys, **stack(outputs)}).client
    told = stages.deployed("isere-dev", client("cloudformation"))
    assert told is not None
    found = smoke.find(told, client("secretsmanager"))
    dossier_id = smoke.smoke(stage, Simulator())
    assert found.ledger(dossier_id) == stage.ledger(dossier_id) != ()


SECRET = secret(json.dumps({"webhook_secrets": ["whsec_" + base64.b64encode(b"0" * 32).decode()]}))


def test_what_arrived_is_said_with_the_version_that_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(smoke, "smoke", lambda _stage, _recipient: "smoke-1")
    monkeypatch.setattr(smoke, "able", lambda _asked, recipient, _now, needs_sms: recipient)
    client = Account({**ALL_THERE, **SECRET}).client
    assert smoke.tried("isere-dev", Simulator(), client) == "smoke-1, version 0.1.0"
    monkeypatch.setattr(smoke, "tried", lambda *_, needs_sms: f"smoke-1, {needs_sms}")
    assert smoke.main(["--stage", "isere-dev", "--require-sms"]) == 0
    assert capsys.readouterr().out == "smoke-1, True: all arrived\n"


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({(STACK, "describe_stacks"): "ValidationError"}, "no relance-isere-dev in this account"),
        ({(STACK, "describe_stacks"): "AccessDenied"}, "AccessDenied to DescribeStacks: docs/"),
        (stack({}), "does not say its TableName, WebhookSecretsId: deploy it again"),
        ({("secretsmanager", "get_secret_value"): GONE}, "the secrets are empty: `make secret`"),
        (secret("{}"), "holds no key in `webhook_secrets`"),
        (secret("[]"), "holds no key in `webhook_secrets`"),
        (secret("whsec_"), "holds no key in `webhook_secrets`"),
        ({("secretsmanager", "get_secret_value"): "AccessDenied"}, "to GetSecretValue: docs/"),
        ({**SECRET, **STOPPED}, "SES sending"),
    ],
)
def test_what_is_in_the_way_is_said_with_what_to_do_and_no_traceback(
    answers: Mapping[Call, Any],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    client = Account({**ALL_THERE, **answers}).client
    monkeypatch.setattr(smoke, "tried", partial(smoke.tried, client=client))
    assert smoke.main(["--stage", "isere-dev"]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (URLError("unknown"), "PublicUrl does not answer: URLError: make preflight"),
        (TimeoutError(), "PublicUrl does not answer: TimeoutError: make preflight"),
        (StorageUnavailable(), "could not be read: dynamodb:GetItem"),
        (NoCredentialsError(), "NoCredentialsError: aws sts get-caller-identity?"),
    ],
)
def test_what_does_not_answer_is_said_in_a_line(
    error: Exception,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr(smoke, "tried", fail)
    assert smoke.main(["--stage", "isere-dev"]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("isere-dev: ")
    assert told in line


@pytest.mark.enable_socket
@pytest.mark.parametrize(("status", "said"), [(202, "202"), (401, "401")])
def test_a_knock_is_signed_as_the_booking_system_signs_and_says_the_answer(
    status: int, said: str
) -> None:
    secret = "whsec_" + base64.b64encode(b"0" * 32).decode()
    with a_door(status) as (url, knocks):
        stage = DeployedStage(f"{url}/webhooks/booking", secret, "no-table")
        assert stage.knock("an-id", '{"type": "card.ready"}') == said
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
