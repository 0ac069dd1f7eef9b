"""Who integrates a booking system sends events and looks at requests, with no stage at all."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from cli.webhooks import captured_in
from tests.cli.conftest import SLOT, START, STUDENT, Keyboard, Typed
from tests.cli.test_refusals import answering

pytestmark = pytest.mark.enable_socket

_numbers = count(9_000)
KEY = b"k" * 32
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
AT = 1_554_710_400  # 2019-04-08T08:00:00Z
ARRIVED = "2019-04-08T10:01:00+02:00"
BODY = json.dumps(
    {
        "type": "card.ready",
        "timestamp": "2019-04-08T10:00:00+02:00",
        "data": {"dossier_id": "G-1", "missing_documents": ["Relevé"]},
    },
    ensure_ascii=False,
).encode()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(f"{SECRET}\n", encoding="utf-8")
    return path


def digest(content: bytes, key: bytes = KEY) -> bytes:
    return hmac.digest(key, content, "sha256")


def base64_of(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def signature(body: bytes, key: bytes = KEY) -> str:
    return f"v1,{base64_of(digest(f'msg_1.{AT}.'.encode() + body, key))}"


# Sending


@pytest.fixture
def sent(desk: Keyboard, tmp_path: Path) -> Callable[..., Typed]:
    """Send an event of a dossier of the test's own to the desk's world, signed with its secret or
    another.
    """
    settings, dossier_id = desk.world.settings(), f"G-2019-{next(_numbers)}"

    def send(kind: str, *more: str, key: str = "", end: str = "", **data: Any) -> Typed:
        told = START.isoformat()
        event = {"type": kind, "timestamp": told, "data": {"dossier_id": dossier_id, **data}}
        (tmp_path / "event.json").write_text(json.dumps(event, indent="\t") + end, encoding="utf-8")
        (tmp_path / "key").write_text(key or settings["webhook_secret"], encoding="utf-8")
        to = ["--to", f"{desk.url}/webhooks/booking", "--secret-file", str(tmp_path / "key")]
        words = ["webhook", "send", str(tmp_path / "event.json"), *to, *more]
        return desk.type_anywhere(*words)

    return send


def test_an_event_is_signed_and_sent_and_the_answer_said_without_the_secret(
    desk: Keyboard, sent: Callable[..., Typed]
) -> None:
    done = sent("appointment.selected", "--id", "msg_1", appointment=SLOT, student=STUDENT)
    assert (done.code, done.err) == (0, "Enregistré.\n")
    for said in ("webhook-id: msg_1\n", "webhook-signature: v1,", '"A-1"', "HTTP 202"):
        assert said in done.out
    assert desk.world.settings()["webhook_secret"].removeprefix("whsec_") not in done.out


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        ({"kind": "dossier.checked", "version": "3"}, 0, "à corriger : data.version"),
        ({"kind": "weather.changed"}, 1, "quarantaine"),
        ({"kind": "card.ready", "key": SECRET}, 1, "vérifiez le secret"),
    ],
)
def test_each_answer_says_what_to_do(
    sent: Callable[..., Typed], how: dict[str, Any], code: int, said: str
) -> None:
    done = sent(**how)
    assert done.code == code
    assert said in done.err


def test_the_same_event_twice_is_known_already(sent: Callable[..., Typed]) -> None:
    for said in ("Enregistré.", "Déjà connu"):
        assert said in sent("dossier.deposited", "--id", "msg_2").err


@pytest.mark.parametrize(
    ("ahead", "code", "said"),
    [(timedelta(minutes=4), 0, "Enregistré."), (timedelta(minutes=6), 1, "vérifiez le secret")],
)
def test_an_event_is_signed_for_the_hour_that_it_is_where_it_goes(
    sent: Callable[..., Typed], ahead: timedelta, code: int, said: str
) -> None:
    there = START + ahead
    done = sent("dossier.checked", "--at", there.isoformat())
    assert (done.code, said in done.err) == (code, True)
    assert f"webhook-timestamp: {int(there.timestamp())}\n" in done.out


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_what_was_printed_of_a_sending_is_a_request_that_can_be_checked(
    desk: Keyboard, sent: Callable[..., Typed], tmp_path: Path, end: str
) -> None:
    printed = sent("dossier.checked", end=end).out.encode()
    key = ("--secret-file", str(tmp_path / "key"))
    assert said_of(desk, printed, tmp_path, *key).out == "Rien à redire.\n"
    other = printed.replace(b"dossier.checked", b"dossier.pending")
    assert "pas celle de ces octets" in said_of(desk, other, tmp_path, *key).out


@pytest.mark.parametrize(
    ("status", "body", "code", "said"),
    [
        (503, b"", 3, "--id msg_3"),
        (429, b"", 3, "--id msg_3"),
        (400, b"", 1, "mal formé"),
        (404, b"", 1, "pas une réponse de Relance"),
        (301, b"", 1, "pas une réponse de Relance"),
        (200, b"<html>", 1, "pas une réponse de Relance"),
        (200, b'{"status": "ok"}', 1, "pas une réponse de Relance"),
        (200, b"\x1b[2J[]", 1, "pas une réponse de Relance"),
    ],
)
def test_whoever_answers_is_not_believed_beyond_the_contract(
    desk: Keyboard, secret: Path, tmp_path: Path, status: int, body: bytes, code: int, said: str
) -> None:
    class Somebody(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            self.send_header("location", "http://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    (tmp_path / "event.json").write_bytes(BODY)
    with answering(Somebody) as url:
        words = ["webhook", "send", str(tmp_path / "event.json"), "--to", url]
        done = desk.type_anywhere(*words, "--secret-file", str(secret), "--id", "msg_3")
    assert (done.code, said in done.err, "\x1b" in done.out) == (code, True, False)


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"--to": "http://example.org/webhooks/booking"}, 1, "https://"),
        ({"--to": "file:///etc/passwd"}, 1, "https://"),
        ({"--to": "http://127.0.0.1:1/"}, 3, "Personne ne répond"),
        ({"--secret-file": "/nowhere"}, 1, "ne se lit pas"),
        ({"--secret-file": __file__}, 1, "un secret"),
        ({"--id": "é"}, 1, "--id"),
        ({"--at": "yesterday"}, 2, "--at"),
    ],
)
def test_what_cannot_be_sent_is_refused(
    desk: Keyboard, secret: Path, tmp_path: Path, changed: dict[str, str], code: int, said: str
) -> None:
    (tmp_path / "event.json").write_bytes(BODY)
    given = {"--to": "https://127.0.0.1:1/", "--secret-file": str(secret)} | changed
    options = [word for pair in given.items() for word in pair]
    done = desk.type_anywhere("webhook", "send", str(tmp_path / "event.json"), *options)
    assert (done.code, said in done.err) == (code, True)


# Checking


def captured(body: bytes = BODY, end: str = "\n", **changed: str | None) -> bytes:
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(AT),
        "webhook-signature": signature(body),
        "content-length": str(len(body)),
    }
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}  # type: ignore[misc]  # None takes one away
    lines = ["POST /webhooks/booking HTTP/1.1", "Host: relance.example"]
    lines += [f"{name.title()}: {value}" for name, value in headers.items() if value is not None]
    return (end.join(lines) + 2 * end).encode() + body


def said_of(desk: Keyboard, raw: bytes, tmp_path: Path, *more: str) -> Typed:
    (tmp_path / "request.txt").write_bytes(raw)
    return desk.type_anywhere("webhook", "check", str(tmp_path / "request.txt"), *more)


@pytest.mark.parametrize(
    "raw",
    [
        captured(),
        captured(end="\r\n"),
        captured() + b"\n",
        b"\xef\xbb\xbf" + captured(),
        captured(webhook_signature=f"v1,{'A' * 43}= {signature(BODY)}"),
    ],
)
def test_of_a_good_request_nothing_is_said(
    desk: Keyboard, secret: Path, tmp_path: Path, raw: bytes
) -> None:
    done = said_of(desk, raw, tmp_path, "--secret-file", str(secret), "--at", ARRIVED)
    assert (done.code, done.out) == (0, "Rien à redire.\n")


COMPACT = json.dumps(json.loads(BODY), separators=(",", ":")).encode()
ALL_OF_IT = f"msg_1.{AT}.".encode() + BODY


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (captured(webhook_id=None), "webhook-id : absent"),
        (captured(webhook_id="a b"), "webhook-id : mal formé"),
        (captured(webhook_timestamp=f"{AT}000"), "des secondes depuis 1970"),
        (captured(webhook_signature="x"), "webhook-signature : ce n’est pas celle"),
        (captured(webhook_signature=None), "webhook-signature : absent"),
        (captured(date="Mon, 08 Apr 2019 08:06:00 GMT"), "6 min 0 s après"),
        (captured(date="Mon, 08 Apr 2019 06:55:00 GMT"), "1 h 5 min avant"),
        (captured(date="Wed, 10 Apr 2019 11:06:00 GMT"), "2 j 3 h après"),
        (captured(content_length="3"), "content-length : 3, mais"),
        (captured(b"{}" + b" " * 65_536), "65536 au plus"),
        (captured(webhook_signature=digest(ALL_OF_IT).hex()), "base64, après « v1, »"),
        (captured(webhook_signature=base64_of(digest(ALL_OF_IT))), "base64, après « v1, »"),
        (captured(webhook_signature=signature(BODY, SECRET.encode())), "servi tel quel"),
        (captured(webhook_signature=signature(BODY, SECRET[6:].encode())), "servi tel quel"),
        (captured(webhook_signature=f"sha256={digest(BODY).hex()}"), "seul le corps"),
        (captured(webhook_signature=signature(BODY + b"\n")), "fin de ligne"),
        (captured(webhook_signature=signature(COMPACT)), "écrit autrement"),
        (captured(webhook_signature=signature(b"other")), "pas celle de ces octets"),
        (captured(b"{"), "corps : "),
        (captured(BODY.replace(b'"G-1"', b'"G 1"')), "data.dossier_id"),
        (captured(BODY.replace(b'["Relev\xc3\xa9"]', b"3")), "data.missing_documents"),
        (b"", "webhook-id : absent"),
    ],
)
def test_of_a_bad_request_what_is_wrong_is_said(
    desk: Keyboard, secret: Path, tmp_path: Path, raw: bytes, said: str
) -> None:
    when = () if b"Date:" in raw else ("--at", ARRIVED)
    done = said_of(desk, raw, tmp_path, "--secret-file", str(secret), *when)
    assert (done.code, said in done.out) == (1, True), done.out
    assert SECRET[6:] not in done.out + done.err


def test_without_a_secret_the_rest_is_checked(desk: Keyboard, tmp_path: Path) -> None:
    done = said_of(desk, captured(), tmp_path, "--at", ARRIVED)
    assert (done.code, "sans la signature" in done.out) == (0, True)
    assert "1554710400" not in said_of(desk, captured(), tmp_path).out
    assert said_of(desk, captured(), tmp_path, "--at", "yesterday").code == 2


def test_a_body_is_cut_to_its_length_only_where_an_editor_added_a_line() -> None:
    assert captured_in(captured() + b"\r\n").body == BODY
    assert captured_in(captured() + b" ").body == BODY + b" "
