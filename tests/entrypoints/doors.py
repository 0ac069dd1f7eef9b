"""The product behind its doors: knock, look at what was kept, and hold it to its contract."""

import base64
import hmac
import io
import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from types import ModuleType
from typing import Any

import boto3
import pytest

from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import EventType
from chalicelib.domain.facts import Facts
from chalicelib.domain.plan import Plan
from chalicelib.pipeline.planning import Planner
from local.aws.gateway import Gateway, Reply
from local.aws.lambda_runtime import Context, sqs_event
from local.studio.outbox import Message
from local.surroundings import Surroundings
from tests.builders import an_erasure
from tests.entrypoints.contract import check

PUBLIC_URL = "https://desk.example"
WEBHOOKS = "/webhooks/booking"
STUDENT = {
    "given_name": "Léa",
    "family_name": "Benali",
    "email": "lea.benali@example.org",
    "phone": "+33612345678",
    "language": "fr",
}
SLOT = {"id": "A-1", "starts_at": "2019-05-06T10:20:00+02:00"}
LATER = {"id": "A-1", "starts_at": "2019-05-09T14:00:00+02:00"}
TOLD_AT = "2019-04-08T09:59:00+02:00"

#: All that may stand in an event's data.
EVERYTHING = {
    "dossier_id": "D-1",
    "version": 3,
    "appointment": SLOT | {"purpose": "deposit"},
    "student": STUDENT,
    "permit_expires_on": "2019-06-30",
    "occurred_on": "2019-04-07",
    "correction": True,
    "recepisse_number": "R-1",
    "missing_documents": ["Photo", "Relevé de notes"],
    "card_expires_on": "2020-06-30",
    "renews": "G-2018-0007",
    "reason": "withdrawn",
}


def a_body(kind: str, dossier_id: str, timestamp: str = TOLD_AT, **data: Any) -> bytes:
    """A webhook's body."""
    content = {"type": kind, "timestamp": timestamp, "data": {"dossier_id": dossier_id, **data}}
    return json.dumps(content, ensure_ascii=False).encode()


def everything(kind: str) -> dict[str, Any]:
    """An event that says all that one may."""
    return {"type": kind, "timestamp": TOLD_AT, "data": EVERYTHING}


@dataclass(frozen=True, kw_only=True)
class Doors:
    """One world, for many tests: each works on dossiers of its own."""

    app: ModuleType
    bootstrap: ModuleType
    around: Surroundings
    log: io.StringIO
    metrics: io.StringIO
    sent: list[Message] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def services(self) -> Any:
        """What the product works with."""
        return self.bootstrap.services()

    def new_id(self, prefix: str = "D") -> str:
        """An id that nobody has used."""
        return f"{prefix}-{next(self.numbers)}"

    def request_erasure(self, dossier_id: str) -> None:
        """Somebody asks the desk for it."""
        event = an_erasure(EventType.ERASURE_REQUESTED, self.services.now(), dossier_id)
        self.services.desk_actions.act(event)

    # Knocking

    def ask(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Reply:
        """Ask for a page by path or link."""
        target = address.removeprefix(PUBLIC_URL)
        reply = Gateway(self.app.app).request(method, target, headers, body)
        check(method, target, reply)
        return reply

    def deliver(self, body: bytes, event_id: str = "", **headers: str) -> Reply:
        """Send a webhook, signed now; `headers` go in the place of the real ones."""
        signed = self.signed(body, event_id or self.new_id("evt"))
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", WEBHOOKS, signed | given, body)

    def signed(self, body: bytes, event_id: str) -> dict[str, str]:
        """The headers of an authentic webhook."""
        at, secret = self.services.now(), self.around.stack.webhook_secret
        content = f"{event_id}.{int(at.timestamp())}.".encode() + body
        return {
            "webhook-id": event_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature(secret, content),
        }

    def tell(self, kind: str, dossier_id: str, event_id: str = "", **data: Any) -> str:
        """What recording an event came to."""
        reply = self.deliver(a_body(kind, dossier_id, **data), event_id)
        return str(json.loads(reply.body)["status"])

    def booked(self, *, is_confirmed: bool = False, **data: Any) -> str:
        """A dossier with an appointment whose revision is named after it."""
        dossier_id = self.new_id()
        given = {"appointment": SLOT, "student": STUDENT, **data}
        assert self.tell("appointment.selected", dossier_id, f"{dossier_id}-a", **given)
        if is_confirmed:
            assert self.ask("POST", self.link("confirm", dossier_id)).status == 200
        return dossier_id

    def moved(self, dossier_id: str) -> None:
        """Another hour: the links of the first one are replaced."""
        appointment: dict[str, Any] = {
            "timestamp": "2019-04-08T09:59:30+02:00",
            "appointment": LATER,
        }
        body = a_body("appointment.rescheduled", dossier_id, **appointment)
        assert self.deliver(body, f"{dossier_id}-b").status == 202

    def link(self, purpose: str, dossier_id: str) -> str:
        """The student's link, as their first mail has it; where it is about an appointment, about
        its first hour.
        """
        about = f"{dossier_id}-a"
        first = sha256(about.encode()).hexdigest()[:8]
        said = {"dossier": [first], "unsubscribe": [], "proof": [about]}
        return str(
            getattr(self.services.links, purpose)(dossier_id, *said.get(purpose, [about, first]))
        )

    def receive(
        self, function: str, *bodies: str, receives: int = 1, context: type[Context] = Context
    ) -> list[str]:
        """Let a queue consumer have messages `m-0`, `m-1`, …; which of them it could not handle."""
        named = {f"m-{n}": body for n, body in enumerate(bodies)}
        return self.receive_batch(function, named, receives, context)

    def receive_batch(
        self,
        function: str,
        bodies: Mapping[str, str],
        receives: int,
        context: type[Context] = Context,
    ) -> list[str]:
        """The same, of messages that have these names."""
        messages = [_received(name, body, receives) for name, body in bodies.items()]
        event = sqs_event(messages, "arn:aws:sqs:eu-west-3:123456789012:queue")
        given = context(function_name=function, region="eu-west-3")
        answer = getattr(self.app, function)(event, given)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def deliver_night(self, context: type[Context] = Context) -> None:
        """One delivery of the one message that waits in the night's queue; it is deleted first."""
        sqs, url = self.around.sqs, self.around.queues()["NightQueue"].url
        [message] = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        event = sqs_event([message], "arn:aws:sqs:eu-west-3:123456789012:queue")
        self.app.reconcile(event, context(function_name="reconcile", region="eu-west-3"))

    @contextmanager
    def storage_down(self, setting: str = "TABLE_NAME") -> Iterator[None]:
        """Meanwhile what this setting names is not there: the table, or the secrets."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(setting, "gone")
            self.bootstrap.services.cache_clear()
            yield
        self.bootstrap.services.cache_clear()

    @contextmanager
    def fault_of_ours(self) -> Iterator[None]:
        """Meanwhile our own program fails at whatever a student asks for."""

        def fails(_dossier: Dossier) -> Facts:
            raise ZeroDivisionError

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Dossier, "facts", property(fails))
            yield

    @contextmanager
    def cannot_plan(self, broken: str) -> Iterator[None]:
        """Meanwhile our own program fails at planning this one dossier."""
        plan = Planner.plan

        def fails(planner: Planner, dossier: Dossier, *rest: Any) -> Plan:
            if dossier.dossier_id == broken:
                raise ZeroDivisionError
            return plan(planner, dossier, *rest)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Planner, "plan", fails)
            yield

    # Looking

    def dossier(self, dossier_id: str) -> Dossier:
        """What is kept of one dossier."""
        dossier: Dossier = self.services.dossiers.load(dossier_id).dossier
        return dossier

    def items(self, prefix: str) -> list[dict[str, Any]]:
        """Every item of the table whose key begins so."""
        client = boto3.client("dynamodb")
        table = self.around.stack.ids["Table"]
        found = client.scan(TableName=table, ConsistentRead=True)["Items"]
        client.close()
        return [item for item in found if item["pk"]["S"].startswith(prefix)]

    def put(self, dossier_id: str, **attributes: str) -> None:
        """Write over attributes of a dossier's item, past the product."""
        client = boto3.client("dynamodb")
        client.update_item(
            TableName=self.around.stack.ids["Table"],
            Key={"pk": {"S": f"DOSSIER#{dossier_id}"}},
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in attributes),
            ExpressionAttributeNames={f"#{name}": name for name in attributes},
            ExpressionAttributeValues={f":{n}": {"S": value} for n, value in attributes.items()},
        )
        client.close()


def signature(secret: str, content: bytes) -> str:
    """As the standard says it, without the library."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()


def _received(name: str, body: str, receives: int) -> dict[str, Any]:
    return {
        "MessageId": name,
        "ReceiptHandle": f"handle-of-{name}",
        "Body": body,
        "MD5OfBody": "",
        "Attributes": {"ApproximateReceiveCount": str(receives)},
    }
