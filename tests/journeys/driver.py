"""What a journey asks of a world, and the local world that answers over HTTP."""

import base64
import json
import socket
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from http.client import HTTPConnection, HTTPMessage
from itertools import count
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

import boto3
import pypdfium2
from standardwebhooks.webhooks import hmac_data

from chalicelib.domain.desk_calendar import PARIS
from local.clock.paris import instant, iso
from local.studio.server import HOST, Server
from local.world import World

Message = Mapping[str, Any]

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
STUDENT = {
    "given_name": "Léa",
    "family_name": "Benali",
    "email": "lea@example.org",
    "phone": "+33612345678",
    "language": "fr",
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A webhook ready to be sent: as often as one likes, or spoilt."""

    headers: Mapping[str, str]
    body: bytes

    def but(self, **headers: str) -> Self:
        """The same with other headers; an empty one is left out."""
        changed = {**self.headers, **{n.replace("_", "-"): v for n, v in headers.items()}}
        kept = {name: value for name, value in changed.items() if value}
        return type(self)(headers=kept, body=self.body)

    @property
    def event_id(self) -> str:
        return self.headers["webhook-id"]


class Driver(Protocol):
    """A world that can be told what happens, asked for its pages, and looked at."""

    def now(self) -> datetime: ...
    def say(self, kind: str, at: datetime | None = None, **data: Any) -> str: ...
    def event(self, kind: str, at: datetime | None = None, **data: Any) -> Signed: ...
    def signed(self, body: str | bytes, event_id: str = "") -> Signed: ...
    def webhook_secret(self) -> str: ...
    def post(self, webhook: Signed) -> Answer: ...
    def ask(self, method: str, address: str) -> Answer: ...
    def rest(self) -> None: ...
    def outbox(self, dossier_id: str) -> list[Message]: ...
    def dossier(self, dossier_id: str) -> Message: ...
    def lose_next_sms(self, notice: str) -> None: ...


class TimeTraveller(Driver, Protocol):
    """A world whose clock can be moved, and that can be searched to the last byte."""

    def travel(self, span: str) -> Message: ...
    def travel_to(self, to: datetime) -> Message: ...
    def quarantine(self) -> set[str]: ...
    def forget(self, dossier_id: str) -> None: ...
    def tell_receipt(self, body: str) -> None: ...
    def remembered(self) -> str: ...


@dataclass
class BookingSystem(ABC):
    """What tells a world of its events, signed at the time that it is there."""

    _ids: Iterator[int] = field(default_factory=lambda: count(1), kw_only=True)

    @abstractmethod
    def now(self) -> datetime: ...
    @abstractmethod
    def webhook_secret(self) -> str: ...
    @abstractmethod
    def post(self, webhook: Signed) -> Answer: ...

    def say(self, kind: str, at: datetime | None = None, **data: Any) -> str:
        """Tell an event of now, or of `at`; the answer is the status that the body names."""
        answer = self.post(self.event(kind, at, **data))
        assert answer.status in (200, 202), answer.body
        status: str = answer.json()["status"]
        return status

    def event(self, kind: str, at: datetime | None = None, **data: Any) -> Signed:
        """The same, signed and not yet sent."""
        return self.signed(
            json.dumps({"type": kind, "timestamp": iso(at or self.now()), "data": data})
        )

    def signed(self, body: str | bytes, event_id: str = "") -> Signed:
        """Any body, signed as the booking system signs."""
        event_id = event_id or f"evt_{next(self._ids):06}"  # ties are broken by id: keep the order
        content = body if isinstance(body, bytes) else body.encode()
        return sign(self.webhook_secret(), event_id, self.now(), content)


@dataclass
class LocalWorld(BookingSystem):
    """The driver of the local world: its routes, and for the quarantine its table."""

    address: str
    _clients: dict[str, Any] = field(default_factory=dict)

    # Time

    def now(self) -> datetime:
        return instant(self._local("GET", "/local/clock")["now"]).astimezone(PARIS)

    def travel(self, span: str) -> Message:
        return self._moved({"advance": span})

    def travel_to(self, to: datetime) -> Message:
        return self._moved({"to": iso(to)})

    def rest(self) -> None:
        """Until whatever is on its way has come in: old news waits a minute for more of it."""
        self.travel("PT2M")

    def _moved(self, wanted: Message) -> Message:
        moved: Message = self._local("POST", "/local/clock", wanted)
        assert "error" not in moved, moved
        return moved

    # What happens

    def webhook_secret(self) -> str:
        secret: str = self._local("GET", "/local/settings")["webhook_secret"]
        return secret

    def post(self, webhook: Signed) -> Answer:
        return self._request("POST", "/webhooks/booking", webhook.headers, webhook.body)

    def ask(self, method: str, address: str) -> Answer:
        """What a browser gets: by a link of a message, or by path."""
        headers = FORM if method == "POST" else {}
        return self._request(method, address, headers, b"" if method == "POST" else None)

    def lose_next_sms(self, notice: str) -> None:
        self._local("POST", "/local/faults", {"lost_sms": {"count": 1, "notice": notice}})

    def fault(self, switches: Mapping[str, Any]) -> None:
        """What goes wrong next, as docs/try-it.md has it."""
        self._local("POST", "/local/faults", switches)

    def forget(self, dossier_id: str) -> None:
        answer = self._local("POST", "/local/forget", {"dossier_id": dossier_id})
        assert answer == {"forgotten": dossier_id}, answer

    def tell_receipt(self, body: str) -> None:
        """A provider's event comes in, whatever it is about."""
        sqs = self._client("sqs")
        sqs.send_message(QueueUrl=self._queue("FeedbackQueue"), MessageBody=body)
        self.travel("PT1M")

    # What there is to see

    def remembered(self) -> str:
        """Every byte that is kept anywhere: table, documents in all versions, queues."""
        found = [repr(self._table.scan()["Items"]), *self._documents(), *self._waiting()]
        return "\n".join(found)

    def _documents(self) -> Iterator[str]:
        s3, bucket = self._client("s3"), self._environment["DOCUMENTS_BUCKET"]
        for version in s3.list_object_versions(Bucket=bucket).get("Versions", ()):
            what = {"Key": version["Key"], "VersionId": version["VersionId"]}
            paper = pypdfium2.PdfDocument(s3.get_object(Bucket=bucket, **what)["Body"].read())
            yield f"{version['Key']} {paper[0].get_textpage().get_text_bounded()}"

    def _waiting(self) -> Iterator[str]:
        sqs = self._client("sqs")
        for url in sqs.list_queues()["QueueUrls"]:
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
            yield from (message["Body"] for message in answer.get("Messages", ()))

    def _queue(self, name: str) -> str:
        urls: list[str] = self._client("sqs").list_queues()["QueueUrls"]
        return next(url for url in urls if name in url)

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            endpoint = self._local("GET", "/local/settings")["endpoints"]["aws"]
            self._clients[service] = boto3.client(service, endpoint_url=endpoint)  # type: ignore[call-overload]  # any name
        return self._clients[service]

    @cached_property
    def _environment(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self._local("GET", "/local/settings")["environment"]
        return found

    def outbox(self, dossier_id: str) -> list[Message]:
        return [m for m in self._local("GET", "/local/outbox") if m["dossier"] == dossier_id]

    def dossier(self, dossier_id: str) -> Message:
        whole: Message = self._local("GET", f"/local/dossiers/{dossier_id}")
        return whole

    def quarantine(self) -> set[str]:
        """The id of every webhook that waits for a person, as the work list has them."""
        keys = [str(item["pk"]).split("#") for item in self._table.scan(IndexName="work")["Items"]]
        return {key[1] for key in keys if key[0] == "QUARANTINE"}

    @cached_property
    def _table(self) -> Any:
        settings = self._local("GET", "/local/settings")
        tables = boto3.resource("dynamodb", endpoint_url=settings["endpoints"]["aws"])
        return tables.Table(settings["environment"]["TABLE_NAME"])

    # HTTP

    def _local(self, method: str, path: str, wanted: Message | None = None) -> Any:
        body = None if wanted is None else json.dumps(wanted).encode()
        return self._request(method, path, {}, body).json()

    def _request(
        self, method: str, address: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        url = address if address.startswith("http") else f"{self.address}{address}"
        return fetch(method, url, headers, body)


def fetch(
    method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Answer:
    """What an address of this machine answers. Redirections are not followed."""
    parts = urlsplit(url)
    connection = HTTPConnection(HOST, parts.port, timeout=60)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, body=body, headers=dict(headers or {}))
        reply = connection.getresponse()
        return Answer(status=reply.status, headers=reply.headers, body=reply.read())
    finally:
        connection.close()


def sign(secret: str, event_id: str, at: datetime, body: bytes) -> Signed:
    """A body signed by the standard's own library. It signs text; what is no text, by its parts."""
    seconds = str(int(at.timestamp()))
    content = f"{event_id}.{seconds}.".encode() + body
    digest = hmac_data(base64.b64decode(secret.removeprefix("whsec_")), content)
    headers = {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    return Signed(headers=headers, body=body)


@contextmanager
def local_world(start: datetime) -> Iterator[LocalWorld]:
    """A world of its own on a free port."""
    port = free_port()
    address = f"http://{HOST}:{port}"
    with World(start=start, public_url=address) as world, Server(world, port):
        yield LocalWorld(address)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
