"""The driver of the deployed package: real HTTP, queues and schedules, and no clock to move."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chalicelib.bootstrap import services
from chalicelib.domain.desk_calendar import PARIS
from cli.stage import on_aws
from local.aws.embedded import EmbeddedAws
from local.aws.sms_service import SmsService
from local.aws.suppression import SuppressionList
from local.faults.receipts import Receipts
from local.faults.switches import Faults
from local.product import environment_of
from local.studio import readable
from local.studio.outbox import Message as Sent
from local.studio.outbox import Outbox, in_full
from local.surroundings import email, text_message
from tests.emulator.beside import passed_on_to
from tests.emulator.deployment import Account, package
from tests.emulator.differences import Template, take_away
from tests.emulator.hours import MORNING, write_paris
from tests.emulator.ministack import a_port, ministack
from tests.journeys.driver import FORM, Answer, BookingSystem, Message, Signed, fetch

#: Seconds within which everything that is on its way has come in, and between two looks. Old news
#: waits a minute, and the first run of a schedule can take another.
PATIENCE, BETWEEN = 240.0, 0.2
SOON = timedelta(minutes=3)

QUEUES = ("ServeQueue", "FeedbackQueue", "NightQueue")
DEAD_LETTERS = ("ServeDeadLetters", "FeedbackDeadLetters", "NightDeadLetters")
WAITING = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


class NeverQuiet(AssertionError):
    """Something is still on its way after a long time."""


@dataclass
class Providers:
    """What SES and the SMS service took, and the receipts that they owe for it.

    The emulator keeps neither tags nor attachments and publishes no events: the request itself is
    read on its way there, and the test publishes what a provider would.
    """

    outbox: Outbox = field(default_factory=Outbox)
    faults: Faults = field(default_factory=Faults)
    pending: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self._receipts = Receipts(self.outbox, self.faults, self.pending.append, SuppressionList())

    def email(self, request: Any, message_id: str) -> None:
        """SES took this request."""
        self._accepted(email(request, message_id, datetime.now(UTC)))

    def text(self, request: Any, message_id: str) -> None:
        """The SMS service took this request."""
        self._accepted(text_message(request, message_id, datetime.now(UTC)))

    def receipts(self) -> list[str]:
        """What has to be published by now."""
        with self.lock:
            self._receipts.release(datetime.now(UTC))
            events = list(self.pending)
            self.pending.clear()
        return events

    def owe_receipts(self) -> bool:
        """Whether any is still to come."""
        with self.lock:
            return self._receipts.next_at() is not None

    def messages(self) -> list[Message]:
        """Every message so far, in the order in which they left."""
        with self.lock:
            return [in_full(message, status) for message, status in self.outbox]

    def _accepted(self, message: Sent) -> None:
        with self.lock:
            self._receipts.accepted(message)


@dataclass
class EmulatedWorld(BookingSystem):
    """The deployed stack, told and asked as the booking system and the students do."""

    account: Account
    providers: Providers
    template: Template

    def __post_init__(self) -> None:
        self._sqs, self._sns = self.account.client("sqs"), self.account.client("sns")
        self._table = self.account.table()
        self._topic = self.account.id_of("FeedbackTopic")
        self._queues = {name: self.account.id_of(name) for name in (*QUEUES, *DEAD_LETTERS)}

    # What happens

    def now(self) -> datetime:
        return datetime.now(PARIS)

    def webhook_secret(self) -> str:
        secret: str = self.account.stored_keys("webhook_secrets")["webhook_secrets"][0]
        return secret

    def post(self, webhook: Signed) -> Answer:
        url = f"{self.account.api}/webhooks/booking"
        return fetch("POST", url, webhook.headers, webhook.body)

    def ask(self, method: str, address: str) -> Answer:
        """What a browser gets: by a link of a message, or by path."""
        url = address if address.startswith("http") else f"{self.account.api}{address}"
        is_form = method == "POST"
        return fetch(method, url, FORM if is_form else {}, b"" if is_form else None)

    def lose_next_sms(self, notice: str) -> None:
        self.providers.faults.switch({"lost_sms": {"count": 1, "notice": notice}})

    def set_hour(self, function: str, hour: clock_time) -> None:
        """Let it be another hour for one function."""
        client, name = self.account.client("lambda"), self.account.id_of(function)
        found = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        zones = write_paris(self.account.folder / function, datetime.now(UTC), hour)
        environment = {"Variables": {**found, "PYTHONTZPATH": zones}}
        client.update_function_configuration(FunctionName=name, Environment=environment)

    def rest(self) -> None:
        """Until nothing is on its way, nor due in the next minutes. Raises NeverQuiet."""
        if not until(self._is_quiet, PATIENCE):
            raise NeverQuiet(self._queued(), self._soon())

    def _is_quiet(self) -> bool:
        for receipt in self.providers.receipts():
            self._sns.publish(TopicArn=self._topic, Message=receipt)
        return not (self.providers.owe_receipts() or self._queued() or self._soon())

    def _queued(self) -> int:
        return sum(self._waiting(name) for name in QUEUES)

    def _soon(self) -> list[str]:
        """Which dossiers the sweep is about to wake."""
        soon = datetime.now(UTC) + SOON
        items = self._table.scan(ProjectionExpression="pk, due_at")["Items"]
        due = (item for item in items if "due_at" in item)
        return [item["pk"] for item in due if datetime.fromisoformat(item["due_at"]) <= soon]

    # What there is to see

    def outbox(self, dossier_id: str) -> list[Message]:
        return [m for m in self.providers.messages() if m["dossier"] == dossier_id]

    def dossier(self, dossier_id: str) -> Message:
        with environment_of(self.account.environment()), on_aws(self.account.stage):
            sheet = services().dossier_views.report(dossier_id)
            assert sheet is not None, f"nobody has heard of {dossier_id}"
            whole: Message = json.loads(readable.dumps(readable.whole(sheet)))
        return whole

    def log(self, function: str, word: str) -> list[str]:
        """What a function has written with this word in it."""
        group = f"/aws/lambda/{self.account.id_of(function)}"
        logs = self.account.client("logs")
        lines: list[str] = []
        for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]:
            found = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])
            lines += (event["message"] for event in found["events"] if word in event["message"])
        return lines

    def figures(self) -> Iterator[str]:
        """What was made and what has happened, line by line."""
        messages = Counter(message["channel"] for message in self.providers.messages())
        runs = {name: len(self.log(name, "START RequestId")) for name in self.account.functions}
        dossiers = sum(str(i["pk"]).startswith("DOSSIER#") for i in self._table.scan()["Items"])
        yield f"resources made: {self.account.made}, left out: {self.account.left_out}"
        yield f"statements of roles that were enforced: {self.account.enforced}"
        yield f"dossiers: {dossiers}, e-mails: {messages['email']}, SMS: {messages['sms']}"
        yield "invocations: " + ", ".join(f"{name} {count}" for name, count in runs.items())

    def dead_letters(self) -> int:
        """How many messages could not be consumed."""
        return sum(self._waiting(name) for name in DEAD_LETTERS)

    def _waiting(self, name: str) -> int:
        found = self._sqs.get_queue_attributes(
            QueueUrl=self._queues[name], AttributeNames=list(WAITING)
        )["Attributes"]
        return sum(int(found.get(attribute, 0)) for attribute in WAITING)


def until(holds: Callable[[], object], seconds: float) -> bool:
    """Whether it holds, now or before so many seconds have passed."""
    end = time.monotonic() + seconds
    while not (found := holds()) and time.monotonic() < end:
        time.sleep(BETWEEN)
    return bool(found)


@contextmanager
def emulated_world(*, without: str | None = None) -> Iterator[EmulatedWorld]:
    """The package of this checkout, made, deployed and given its secret.

    `without` names a statement that is left out of a role. Raises NotThere, NoSuchStatement.
    """
    port, providers = a_port(), Providers()
    address = f"http://127.0.0.1:{port}"
    with TemporaryDirectory() as name:
        folder = Path(name)
        template = package(folder)
        if without:
            take_away(template, without)
        beside = EmbeddedAws(providers.email, plays=lambda: passed_on_to(address))
        sms = SmsService(frozenset({"SmsConfigurationSet"}), providers.text)
        with beside, sms:
            functions = {
                "AWS_ENDPOINT_URL_SESV2": beside.endpoint,
                "PYTHONTZPATH": write_paris(folder / "morning", datetime.now(UTC), MORNING),
                **sms.environment(),
            }
            with ministack(port, functions):
                account = Account(address, folder)
                account.prepare()
                yield _deployed(account, template, providers)


def beside(world: EmulatedWorld, stage: str, desk: str) -> EmulatedWorld:
    """Another stage, of another desk, in the same account and of the same package."""
    account = Account(world.account.address, world.account.folder, stage, desk)
    return _deployed(account, world.template, world.providers)


def _deployed(account: Account, template: Template, providers: Providers) -> EmulatedWorld:
    """Twice, for nobody knows the address of the API before there is one, nor rotates no keys."""
    account.deploy(template)
    account.fill_in()
    account.deploy(template, PublicUrl=account.api, KeysAreThere="yes")
    return EmulatedWorld(account, providers, template)
