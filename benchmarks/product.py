"""The product as a contestant: each unit is an event as Lambda hands it to a handler of `app`.

It measures the `app` that is first on the path: of the zip, or of this checkout.
"""

import json
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import count
from typing import Any

import msgspec
from chalice.local import LambdaEventConverter, RouteMatcher
from standardwebhooks import Webhook

import app
from benchmarks.contestant import Work, ask, obey
from benchmarks.profiled import by_calls, by_samples
from chalicelib import bootstrap
from chalicelib.documents.convocation_pdf import convocation_pdf
from chalicelib.domain.daily_figures import DailyFigures
from chalicelib.domain.desk_calendar import at_paris
from chalicelib.pipeline.ports.night import Progress
from chalicelib.pipeline.sweep import GAUGED_EVERY
from local.aws.lambda_runtime import Context, schedule_event, sqs_event
from local.faults.provider_events import email_delivered
from local.studio.outbox import Message

REGION = "eu-west-3"
QUEUE = f"arn:aws:sqs:{REGION}:123456789012:queue"
NAMES = (("Léa", "Benali"), ("Sofía", "Hernández"), ("Minh", "Nguyễn"), ("Noor", "de la Croix"))

Event = dict[str, Any]

_numbers = count(1)
_converter = LambdaEventConverter(RouteMatcher(list(app.app.routes)))

#: Dossiers that wait for their turn: nothing sent yet; a mail sent, and not yet looked at; looked
#: at, and no receipt.
_booked: deque[str] = deque()
_served: deque[str] = deque()
_sent: deque[Message] = deque()


class NotAsExpected(Exception):
    """The product did not do what was to be measured."""


def _now() -> datetime:
    return datetime.now(UTC)


def _run(events: Sequence[Event], function: str, is_done: Callable[[Any], bool]) -> None:
    """What is measured: each event in an invocation of its own."""
    handler = getattr(app, function)
    for event in events:
        answer = handler(event, Context(function_name=function, region=REGION))
        if not is_done(answer):
            raise NotAsExpected(function, answer)


# Over HTTP


def accept(units: int) -> Callable[[], object]:
    """The webhook of a new booking each."""
    secret = Webhook(json.loads(ask("secret"))["webhook_secrets"][0])
    booked = [f"G-2026-{next(_numbers):06}" for _ in range(units)]
    events = [_webhook(secret, dossier_id) for dossier_id in booked]
    _booked.extend(booked)
    return partial(_run, events, "app", lambda answer: answer["statusCode"] == 202)


def _webhook(secret: Webhook, dossier_id: str) -> Event:
    body = json.dumps(_booking(dossier_id, _now()), ensure_ascii=False)
    event_id, now = f"evt_{dossier_id}", _now()
    headers = {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": secret.sign(event_id, now, body),
    }
    return _request("POST", "/webhooks/booking", headers, body)


def _booking(dossier_id: str, now: datetime) -> Mapping[str, Any]:
    number = int(dossier_id[-6:])
    given, family = NAMES[number % len(NAMES)]
    return {
        "type": "appointment.selected",
        "timestamp": now.isoformat(),
        "data": {
            "dossier_id": dossier_id,
            "student": {
                "given_name": given,
                "family_name": family,
                "email": f"student.{number}@example.org",
                "phone": f"+336{10_000_000 + number}",
                "language": "fr",
            },
            "appointment": {"id": f"A-{number}", "starts_at": _slot(now).isoformat()},
            "permit_expires_on": (now + timedelta(days=90)).date().isoformat(),
        },
    }


def _slot(now: datetime) -> datetime:
    """An ordinary appointment: in five weeks, when the desk receives people."""
    days = (now.date() + timedelta(weeks=5, days=n) for n in range(60))
    desk = bootstrap.services().desk
    return at_paris(next(day for day in days if not desk.is_shut(day)), time(10, 30))


def _request(method: str, path: str, headers: Mapping[str, str], body: str | None = None) -> Event:
    """What API Gateway makes of a request."""
    usual = {
        "accept": "*/*",
        "accept-encoding": "gzip",
        "host": "relance.example",
        "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "x-amzn-trace-id": "Root=1-5caae0f0-5d1e9d6a1b2c3d4e5f6a7b8c",
        "x-forwarded-for": "192.0.2.1",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    }
    event: Event = _converter.create_lambda_event(method, path, {**usual, **headers})
    return {**event, "body": body}


def page(units: int) -> Callable[[], object]:
    """A student looks where the dossier is."""
    links = [next(x for x in m.links if "/dossier/" in x) for m in _of_mails(units)]
    paths = [link.removeprefix("https://relance.example") for link in links]
    events = [_request("GET", path, {"accept": "text/html"}) for path in paths]
    return partial(_run, events, "app", lambda answer: answer["statusCode"] == 200)


# From the queues


def serve(units: int) -> Callable[[], object]:
    """A dossier each that was just booked: it is owed its first e-mail."""
    if len(_booked) < units:
        accept(units - len(_booked))()
    woken = [_booked.popleft() for _ in range(units)]
    _served.extend(woken)
    events = [_from_queue([json.dumps({"dossier_id": dossier_id})]) for dossier_id in woken]
    return partial(_run, events, "serve_dossier", _has_no_failure)


def receipts(size: int) -> Work:
    """That a mail arrived, in batches of so many."""

    def prepare(units: int) -> Callable[[], object]:
        messages = _of_mails(units)
        for _ in range(units):
            _sent.popleft()
        told = [json.dumps(_notification(message)) for message in messages]
        batches = [_from_queue(told[n : n + size]) for n in range(0, units, size)]
        return partial(_run, batches, "record_delivery", _has_no_failure)

    return prepare


def _notification(message: Message) -> Mapping[str, str]:
    """SNS' envelope around an event of SES."""
    return {
        "Type": "Notification",
        "MessageId": "5f3b8c52-7c9e-5c0e-9d4f-dd0b6f8f6f5d",
        "TopicArn": f"arn:aws:sns:{REGION}:123456789012:relance-feedback",
        "Message": json.dumps(email_delivered(message, _now())),
        "Timestamp": _now().isoformat(),
        "SignatureVersion": "1",
        "Signature": "EXAMPLE" * 49,
        "SigningCertURL": f"https://sns.{REGION}.amazonaws.com/SimpleNotificationService.pem",
    }


def _of_mails(units: int) -> list[Message]:
    """Mails that were sent, and of which nothing was heard since: the next ones."""
    missing = units - len(_sent) - len(_served)
    if missing > 0:
        serve(missing)()
    if _served:
        _sent.extend(map(_message, ask("sent", json.dumps([*_served]).encode())))
        _served.clear()
    return [_sent[n] for n in range(units)]


def _message(sent: tuple[str, Mapping[str, Any]]) -> Message:
    message_id, request = sent
    return Message(
        message_id=message_id,
        at=_now(),
        channel="email",
        sender=request["FromEmailAddress"],
        to=request["Destination"]["ToAddresses"][0],
        text=request["Content"]["Simple"]["Body"]["Text"]["Data"],
        tags={tag["Name"]: tag["Value"] for tag in request["EmailTags"]},
    )


def _from_queue(bodies: Sequence[str]) -> Event:
    messages = [
        {
            "MessageId": f"059f36b4-87a3-44ab-83d2-{n:012}",
            "ReceiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a" * 4,
            "Body": body,
            "MD5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
            "Attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": "1554710400000",
                "SenderId": "AIDAIENQZJOLO23YVJ4VO",
                "ApproximateFirstReceiveTimestamp": "1554710400001",
            },
        }
        for n, body in enumerate(bodies)
    ]
    return sqs_event(messages, QUEUE)


def _has_no_failure(answer: Mapping[str, Any]) -> bool:
    return not answer["batchItemFailures"]


# By the clock


def sweep(minute: int) -> Work:
    """Sweeps, over what there is, in the next such minute of each ten: one of them counts more."""

    def prepare(units: int) -> Callable[[], object]:
        bootstrap.services().sweep.woken.clear()  # as in a new process: else it wakes nobody twice
        at = _now() + timedelta(minutes=(minute - _now().minute) % GAUGED_EVERY)
        events = [schedule_event("sweep_due", at, REGION) for _ in range(units)]
        return partial(_run_at, at, events)

    return prepare


def _run_at(at: datetime, events: Sequence[Event]) -> None:
    real, bootstrap.now = bootstrap.now, lambda: at
    try:
        _run(events, "sweep_due", lambda _: True)
    finally:
        bootstrap.now = real


def night(_units: int) -> Callable[[], object]:
    """One night over every dossier there is: however many were served before."""
    begun = Progress(figures=DailyFigures(counted_at=_now(), is_whole=False))
    message = msgspec.json.encode(begun).decode()
    return partial(_run, [_from_queue([message])], "reconcile", lambda _: True)


# Documents


def pdf(units: int) -> Callable[[], object]:
    """The convocation of one dossier, made anew each time."""
    return again(one_pdf(), units)


def one_pdf() -> Callable[[], bytes]:
    """Makes the convocation of a dossier that was booked and served before."""
    message = _of_mails(1)[0]
    proof = next(x for x in message.links if "/dossier/" in x).replace("/dossier/", "/proof/")
    dossier = bootstrap.services().dossiers.load(message.tags["dossier"]).dossier
    appointment = dossier.facts.appointment
    assert appointment
    desk = bootstrap.services().desk
    return partial(convocation_pdf, desk, dossier.dossier_id, dossier.facts, appointment, proof)


def again(make: Callable[[], bytes], units: int) -> Callable[[], object]:
    """Make so many. Raises NotAsExpected where one is no PDF."""

    def do() -> None:
        for _ in range(units):
            if not make().startswith(b"%PDF-"):
                raise NotAsExpected("pdf")

    return do


WORK: Mapping[str, Work] = {
    "accept": accept,
    "serve": serve,
    "receipts_10": receipts(10),
    "receipts_1": receipts(1),
    "page": page,
    "sweep": sweep(minute=1),
    "sweep_gauges": sweep(minute=0),
    "night": night,
    "pdf": pdf,
}


if __name__ == "__main__":
    sys.stderr.write(f"{app.__file__}\n")
    obey(WORK, {"samples": by_samples, "calls": by_calls})
