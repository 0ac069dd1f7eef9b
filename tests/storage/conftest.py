"""Each port twice: in memory, and as the real thing on embedded AWS."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any
from wsgiref.types import WSGIApplication

import pytest

from chalicelib.domain.audit import AuditLine
from chalicelib.storage.addresses import DynamoAddresses
from chalicelib.storage.audit import DynamoAudit
from chalicelib.storage.bulks import DynamoBulks
from chalicelib.storage.channels import DynamoChannels
from chalicelib.storage.daily_figures import DynamoDailyFigures
from chalicelib.storage.dossiers import DynamoDossiers
from chalicelib.storage.escalation import DynamoEscalation
from chalicelib.storage.generations import DynamoGenerations
from chalicelib.storage.list_headings import DynamoListHeadings
from chalicelib.storage.quarantine import DynamoQuarantine
from chalicelib.storage.receipts import DynamoReceipts
from chalicelib.storage.serve_queue import SqsServeQueue
from chalicelib.storage.table import Table
from local.aws.embedded import EmbeddedAws, Stack, make_stack, played_by_moto
from tests.emulator.beside import played_by
from tests.emulator.ministack import a_port, ministack
from tests.fakes import (
    InMemoryAudit,
    InMemoryBulks,
    InMemoryChannels,
    InMemoryDailyFigures,
    InMemoryDossiers,
    InMemoryEscalation,
    InMemoryGenerations,
    InMemoryListHeadings,
    InMemoryQuarantine,
    InMemoryReceipts,
    InMemoryServeQueue,
)
from tests.storage.wire import Wire

PARAMETERS = {
    "Stage": "isere-local",
    "Desk": "grenoble",
    "PublicUrl": "https://desk.example",
    "MailFrom": "desk@relance.example",
    "MailReplyTo": "people@relance.example",
    "SmsSenderId": "DESK",
}
_NUMBERS = count()


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """The stack on embedded AWS, and what the product makes of it."""

    aws: EmbeddedAws
    stack: Stack
    wire: Wire
    dynamodb: Any
    sqs: Any
    dossiers: DynamoDossiers
    quarantine: DynamoQuarantine
    receipts: DynamoReceipts
    channels: DynamoChannels
    daily_figures: DynamoDailyFigures
    addresses: DynamoAddresses
    escalation: DynamoEscalation
    list_headings: DynamoListHeadings
    bulks: DynamoBulks
    audit: DynamoAudit
    copied: list[AuditLine]
    generations: DynamoGenerations

    @property
    def table(self) -> str:
        """The table's name."""
        return self.stack.ids["Table"]

    def items(self) -> list[dict[str, Any]]:
        """Everything in the table, as it lies there."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.table)
        return [item for page in pages for item in page["Items"]]

    def forget(self) -> None:
        """Empty the table."""
        for item in self.items():
            self.dynamodb.delete_item(TableName=self.table, Key={"pk": item["pk"]})
        self.wire.asked.clear()
        self.copied.clear()


@pytest.fixture(scope="session")
def plays(request: pytest.FixtureRequest) -> Iterator[Callable[[], WSGIApplication]]:
    """Who plays AWS: moto, or with --emulator ministack."""
    if not request.config.getoption("--emulator"):
        yield played_by_moto
        return
    with ministack(a_port()) as address:
        yield partial(played_by, address)


@pytest.fixture(scope="module")
def stack_on_aws(plays: Callable[[], WSGIApplication]) -> Iterator[Cloud]:
    """One embedded AWS for a file of tests: a second one would empty the first."""
    with EmbeddedAws(plays=plays) as aws:
        stack = make_stack(aws, PARAMETERS)
        table, copied = Table(stack.ids["Table"]), list[AuditLine]()
        yield Cloud(
            aws=aws,
            stack=stack,
            wire=Wire(aws),
            dynamodb=aws.client("dynamodb"),
            sqs=aws.client("sqs"),
            dossiers=DynamoDossiers(table),
            quarantine=DynamoQuarantine(table),
            receipts=DynamoReceipts(table),
            channels=DynamoChannels(table),
            daily_figures=DynamoDailyFigures(table),
            addresses=DynamoAddresses(table),
            escalation=DynamoEscalation(table),
            list_headings=DynamoListHeadings(table),
            bulks=DynamoBulks(table),
            audit=DynamoAudit(table, copied.append),
            copied=copied,
            generations=DynamoGenerations(table),
        )


@pytest.fixture
def cloud(stack_on_aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The same, with nothing left in it from the test before."""
    for name, value in stack_on_aws.aws.environment().items():
        monkeypatch.setenv(name, value)
    stack_on_aws.forget()
    yield stack_on_aws
    assert stack_on_aws.wire.spoilers == [], "every request that was to be spoilt was made"


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that are made now find nobody at home."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")


@pytest.fixture(params=["memory", "dynamodb"])
def dossiers(request: pytest.FixtureRequest) -> InMemoryDossiers | DynamoDossiers:
    """The port Dossiers, twice."""
    return (
        InMemoryDossiers(is_measured=True)
        if request.param == "memory"
        else _cloud(request).dossiers
    )


@pytest.fixture(params=["memory", "dynamodb"])
def quarantine(request: pytest.FixtureRequest) -> InMemoryQuarantine | DynamoQuarantine:
    """The port Quarantine, twice."""
    return InMemoryQuarantine() if request.param == "memory" else _cloud(request).quarantine


@pytest.fixture(params=["memory", "dynamodb"])
def receipts(request: pytest.FixtureRequest) -> InMemoryReceipts | DynamoReceipts:
    """The port Receipts, twice."""
    return InMemoryReceipts() if request.param == "memory" else _cloud(request).receipts


@pytest.fixture(params=["memory", "dynamodb"])
def channels(request: pytest.FixtureRequest) -> InMemoryChannels | DynamoChannels:
    """The port Channels, twice."""
    return InMemoryChannels() if request.param == "memory" else _cloud(request).channels


@pytest.fixture(params=["memory", "dynamodb"])
def daily_figures(request: pytest.FixtureRequest) -> InMemoryDailyFigures | DynamoDailyFigures:
    """The port Tallies, twice."""
    return InMemoryDailyFigures() if request.param == "memory" else _cloud(request).daily_figures


@pytest.fixture(params=["memory", "dynamodb"])
def escalation(request: pytest.FixtureRequest) -> InMemoryEscalation | DynamoEscalation:
    """The port EscalationStore, twice."""
    return InMemoryEscalation() if request.param == "memory" else _cloud(request).escalation


@pytest.fixture(params=["memory", "dynamodb"])
def list_headings(request: pytest.FixtureRequest) -> InMemoryListHeadings | DynamoListHeadings:
    """The port EscalationStore, twice."""
    return InMemoryListHeadings() if request.param == "memory" else _cloud(request).list_headings


@pytest.fixture(params=["memory", "dynamodb"])
def bulks(request: pytest.FixtureRequest) -> InMemoryBulks | DynamoBulks:
    """The port Bulks, twice."""
    return InMemoryBulks() if request.param == "memory" else _cloud(request).bulks


@pytest.fixture(params=["memory", "dynamodb"])
def audit(request: pytest.FixtureRequest) -> InMemoryAudit | DynamoAudit:
    """The port Audit, twice."""
    return InMemoryAudit() if request.param == "memory" else _cloud(request).audit


@pytest.fixture(params=["memory", "dynamodb"])
def generations(request: pytest.FixtureRequest) -> InMemoryGenerations | DynamoGenerations:
    """The port Generations, twice."""
    return InMemoryGenerations() if request.param == "memory" else _cloud(request).generations


@pytest.fixture
def queue_url(cloud: Cloud) -> str:
    """A fresh queue: SQS empties one only once a minute."""
    url: str = cloud.sqs.create_queue(QueueName=f"serve-{next(_NUMBERS)}")["QueueUrl"]
    return url


@pytest.fixture(params=["memory", "sqs"])
def queue(request: pytest.FixtureRequest) -> InMemoryServeQueue | SqsServeQueue:
    """The port ServeQueue, twice."""
    if request.param == "memory":
        return InMemoryServeQueue()
    return SqsServeQueue(request.getfixturevalue("queue_url"))


def _cloud(request: pytest.FixtureRequest) -> Cloud:
    found: Cloud = request.getfixturevalue("cloud")
    return found
