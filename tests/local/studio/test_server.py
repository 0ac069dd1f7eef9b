"""The world on a port: the product's routes, and beside them `/local`."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any

import pytest
from standardwebhooks import Webhook

from chalicelib.domain.errors import StillSending
from local.clock.paris import instant
from local.studio.server import HOST, Server
from local.world import World

pytestmark = pytest.mark.enable_socket

START = datetime(2019, 4, 8, 8, 0, tzinfo=UTC)
SLOT = {"id": "A-1", "starts_at": "2019-06-06T10:20:00+02:00"}
STUDENT = {"given_name": "Léa", "family_name": "Benali", "email": "lea@example.org"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class Client:
    """Speaks HTTP to one server, and signs as the booking system."""

    def __init__(self, port: int) -> None:
        self._port = port

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        connection = HTTPConnection(HOST, self._port, timeout=30)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers=names)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def json(self, method: str, path: str, body: object = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        return json.loads(self.ask(method, path, content)[1])

    def status(self, method: str, path: str, body: bytes | None = None) -> int:
        return self.ask(method, path, body)[0]

    def book(self, dossier_id: str, event_id: str) -> int:
        settings = self.json("GET", "/local/settings")
        now = instant(self.json("GET", "/local/clock")["now"])
        data = {"dossier_id": dossier_id, "appointment": SLOT, "student": STUDENT}
        event = {"type": "appointment.selected", "timestamp": now.isoformat(), "data": data}
        body = json.dumps(event)
        signature = Webhook(settings["webhook_secret"]).sign(event_id, now, body)
        return self.ask(
            "POST",
            "/webhooks/booking",
            body.encode(),
            webhook_id=event_id,
            webhook_timestamp=str(int(now.timestamp())),
            webhook_signature=signature,
        )[0]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    port = free_port()
    with World(start=START, public_url=f"http://{HOST}:{port}") as world, Server(world, port):
        yield Client(port)


def test_a_dossier_is_forgotten_on_request_and_a_wrong_request_is_told_so(client: Client) -> None:
    client.book("D-forget", "evt_forget")
    path, wanted = "/local/forget", {"dossier_id": "D-forget"}
    assert client.json("POST", path, wanted) == {"forgotten": "D-forget"}
    assert client.status("GET", "/local/dossiers/D-forget") == 404
    assert client.json("POST", path, wanted) == {"forgotten": "D-forget"}
    assert client.status("POST", path, b'{"dossier_id": "D-nobody"}') == 404
    assert client.status("POST", path, b'{"dossier_id": 1}') == 400


def test_a_dossier_is_not_forgotten_while_its_message_is_being_sent(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_world: World, _dossier_id: str) -> bool:
        raise StillSending

    monkeypatch.setattr(World, "forget", busy)
    status, answer = client.ask("POST", "/local/forget", b'{"dossier_id": "D-1"}')
    assert (status, b"being sent" in answer) == (409, True)


def test_the_clock_says_paris_time_and_moves_on_request(client: Client) -> None:
    before = instant(client.json("GET", "/local/clock")["now"])
    told = client.json("POST", "/local/clock", {"advance": "PT3H"})
    assert told["now"].endswith("+02:00")
    assert (instant(told["now"]) - before).total_seconds() == pytest.approx(3 * 3600, abs=60)


def test_the_clock_goes_to_an_instant(client: Client) -> None:
    now = instant(client.json("GET", "/local/clock")["now"])
    to = now.replace(year=now.year, hour=23, minute=30)
    told = client.json("POST", "/local/clock", {"to": to.isoformat()})
    assert instant(told["now"]) >= to.replace(microsecond=0)


@pytest.mark.parametrize(
    "wanted",
    [
        {"advance": "42 days"},
        {"advance": "P0Y0X"},
        {"to": "2019-05-01T09:00:00"},  # no offset
        {"to": "1999-01-01T00:00:00Z"},  # back
        {"to": 12},
        {"to": "9998-01-01T00:00:00Z"},
        {"advance": "P9998Y"},
        {},
        {"advance": "P1D", "to": "2030-01-01T00:00:00Z"},
        [],
    ],
)
def test_what_the_clock_cannot_do_is_a_400(client: Client, wanted: object) -> None:
    assert client.status("POST", "/local/clock", json.dumps(wanted).encode()) == 400


def test_a_body_that_is_no_json_is_a_400(client: Client) -> None:
    assert client.status("POST", "/local/clock", b"{") == 400


def test_a_webhook_over_http_leads_to_an_email(client: Client) -> None:
    assert client.book("D-http", "e-http-1") == 202
    sent = [m for m in client.json("GET", "/local/outbox") if m["dossier"] == "D-http"]
    assert [(m["notice"], m["channel"], m["to"]) for m in sent] == [
        ("confirmation_request", "email", "lea@example.org")
    ]
    assert {"at", "subject", "text", "html", "headers", "links", "fate", "attempt"} <= set(sent[0])


def test_the_same_webhook_again_is_a_duplicate(client: Client) -> None:
    assert client.book("D-twice", "e-twice-1") == 202
    assert client.book("D-twice", "e-twice-1") in (200, 202)
    sent = [m for m in client.json("GET", "/local/outbox") if m["dossier"] == "D-twice"]
    assert len(sent) == 1


def test_a_dossier_can_be_read_whole(client: Client) -> None:
    client.book("D-read", "e-read-1")
    listed = {d["dossier_id"]: d for d in client.json("GET", "/local/dossiers")}
    assert listed["D-read"]["state"] == "booked"
    whole = client.json("GET", "/local/dossiers/D-read")
    assert {"facts", "ledger", "journal", "plan", "state"} <= set(whole)
    assert whole["facts"]["appointment"]["starts_at"] == "2019-06-06T10:20:00+02:00"
    [attempt] = whole["ledger"]
    assert {"notice", "attempt", "fate", "fate_at", "claimed_at", "address"} <= set(attempt)


def test_an_unsigned_webhook_is_refused(client: Client) -> None:
    assert client.status("POST", "/webhooks/booking", b"{}") == 401


def test_unknown_addresses_are_not_found(client: Client) -> None:
    for path in ("/nowhere", "/local/nowhere", "/local/dossiers/D-none"):
        assert client.status("GET", path) == 404


def test_a_wrong_method_is_refused(client: Client) -> None:
    assert client.status("DELETE", "/local/clock") == 405


def test_more_than_api_gateway_takes_is_a_413(client: Client) -> None:
    assert client.status("POST", "/webhooks/booking", bytes(10_000_001)) == 413


def test_faults_can_be_switched_and_read(client: Client) -> None:
    client.json("POST", "/local/faults", {"lost_sms": {"count": 2, "notice": "card_ready"}})
    assert client.json("GET", "/local/faults")["lost_sms"]["count"] == 2
    assert client.status("POST", "/local/faults", b'{"lost_mail": 1}') == 400
    client.json("POST", "/local/faults", {"lost_sms": 0})


def test_there_is_a_page_for_a_person(client: Client) -> None:
    status, body = client.ask("GET", "/")
    assert status == 200
    assert b'<a href="/local/outbox">' in body


def test_head_is_answered_without_a_body(client: Client) -> None:
    assert client.ask("HEAD", "/health") == (200, b"")


def test_settings_say_where_to_knock(client: Client) -> None:
    settings = client.json("GET", "/local/settings")
    assert settings["stage"] == "local"
    assert settings["webhook_secret"].startswith("whsec_")
    assert settings["webhook_url"].endswith("/webhooks/booking")
    assert set(settings["endpoints"]) == {"aws", "sms", "operators"}
