"""Which real thing stands behind each port, made when first needed."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any

import boto3
from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import (
    GetParameterError,
    TransformParameterError,
)
from botocore.config import Config

from chalicelib.channels.table import ADAPTERS, COMPOSERS
from chalicelib.desk_data import load
from chalicelib.documents.paper import DeskPaper
from chalicelib.documents.student_links import StudentLinks
from chalicelib.documents.vault import S3Vault
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.errors import NotSent, StorageUnavailable
from chalicelib.messages.console.views import DeadLetters
from chalicelib.observability import Metric, count, log_failure
from chalicelib.operators.cognito import CognitoOperators, cognito_client
from chalicelib.operators.enrolment import enrolment_picture
from chalicelib.operators.sessions import Sessions
from chalicelib.pipeline.compose import Desktop
from chalicelib.pipeline.forget import Memory
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.record_event import Intake
from chalicelib.pipeline.send import Senders
from chalicelib.pipeline.serve_dossier import Counter
from chalicelib.settings import Settings
from chalicelib.storage.audit import DynamoAudit
from chalicelib.storage.bulks import DynamoBulks
from chalicelib.storage.channels import DynamoChannels
from chalicelib.storage.dead_letters import Route, SqsDeadLetters
from chalicelib.storage.dossiers import DynamoDossiers
from chalicelib.storage.quarantine import DynamoQuarantine
from chalicelib.storage.receipts import DynamoReceipts
from chalicelib.storage.secret_versions import AwsSecretVersions
from chalicelib.storage.serve_queue import SqsServeQueue
from chalicelib.storage.table import Table, connect
from chalicelib.storage.tallies import DynamoTallies

#: A secret that was rotated is seen by running functions after this many seconds.
SECRETS_LIVE = 300

#: Calls that may be repeated without harm: our own storage, never a provider.
_STORE = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3})


@dataclass(frozen=True, kw_only=True)
class House:
    """Everything, made when first needed and kept for the life of the process.

    `chance` is a number from 0 to 1, `token` marks one attempt among all others.
    """

    settings: Settings
    now: Callable[[], datetime]
    chance: Callable[[], float]
    token: Callable[[], str]

    @cached_property
    def desk(self) -> Desk:
        return load(self.settings.desk)

    @cached_property
    def table(self) -> Table:
        return connect(self.settings.table_name)

    @cached_property
    def dossiers(self) -> DynamoDossiers:
        return DynamoDossiers(self.table)

    @cached_property
    def channels(self) -> DynamoChannels:
        return DynamoChannels(self.table)

    @cached_property
    def receipts(self) -> DynamoReceipts:
        return DynamoReceipts(self.table)

    @cached_property
    def tallies(self) -> DynamoTallies:
        return DynamoTallies(self.table)

    @cached_property
    def bulks(self) -> DynamoBulks:
        return DynamoBulks(self.table)

    @cached_property
    def audit(self) -> DynamoAudit:
        return DynamoAudit(self.table)

    @cached_property
    def quarantine(self) -> DynamoQuarantine:
        return DynamoQuarantine(self.table)

    @cached_property
    def queue(self) -> SqsServeQueue:
        return SqsServeQueue(self.settings.serve_queue_url)

    @cached_property
    def dead_letters(self) -> SqsDeadLetters:
        urls = self.settings
        serve = Route(dead=urls.serve_dead_letters_url, back=urls.serve_queue_url)
        feedback = Route(dead=urls.feedback_dead_letters_url, back=urls.feedback_queue_url)
        return SqsDeadLetters({DeadLetters.SERVE: serve, DeadLetters.FEEDBACK: feedback})

    @cached_property
    def _secrets(self) -> SecretsProvider:
        return SecretsProvider(boto_config=_STORE)

    def secret(self, name: str) -> Any:
        """One of the secrets of this stage: read by name, never from the environment.

        Raises StorageUnavailable.
        """
        try:
            found = self._secrets.get(
                self.settings.secrets_id, transform="json", max_age=SECRETS_LIVE
            )
        except (GetParameterError, TransformParameterError) as error:
            raise StorageUnavailable from error
        if not isinstance(found, dict) or name not in found:
            message = f"the secret holds no {name}"
            raise StorageUnavailable(message)
        return found[name]

    def seal(self, address: str) -> str:
        """A keyed hash: the ledger tells two addresses apart without holding either."""
        key = str(self.secret("address_key")).encode()
        return hmac.new(key, address.casefold().encode(), hashlib.sha256).hexdigest()[:16]

    @property
    def links(self) -> StudentLinks:
        return StudentLinks(tuple(self.secret("link_keys")), self.settings.public_url)

    @property
    def secret_versions(self) -> AwsSecretVersions:
        return AwsSecretVersions(self.settings.secrets_id)

    @cached_property
    def vault(self) -> S3Vault:
        client = boto3.client("s3", config=_STORE.merge(Config(signature_version="s3v4")))
        return S3Vault(client, self.settings.documents_bucket)

    @cached_property
    def operators(self) -> CognitoOperators:
        pool, client = self.settings.operators_pool_id, self.settings.operators_client_id
        return CognitoOperators(cognito_client(), pool, client)

    def enrolment_picture(self, name: str, secret: str) -> str:
        """A secret as a square for a telephone's camera: an SVG element."""
        return enrolment_picture(name, secret)

    @property
    def sessions(self) -> Sessions:
        return Sessions(tuple(self.secret("session_keys")))

    @cached_property
    def planner(self) -> Planner:
        return Planner(desk=self.desk, seal=self.seal)

    @property
    def desktop(self) -> Desktop:
        return Desktop(
            desk=self.desk,
            links=self.links,
            vault=self.vault,
            paper=DeskPaper(self.desk),
            composers=COMPOSERS,
        )

    @cached_property
    def intake(self) -> Intake:
        return Intake(
            dossiers=self.dossiers,
            quarantine=self.quarantine,
            queue=self.queue,
            planner=self.planner,
            on_lost_wake=partial(log_failure, outcome="not_woken"),
        )

    @cached_property
    def memory(self) -> Memory:
        return Memory(
            dossiers=self.dossiers,
            vault=self.vault,
            receipts=self.receipts,
            quarantine=self.quarantine,
            planner=self.planner,
            mailer=self.senders.mailer,
            on_still_suppressed=_still_suppressed,
        )

    @cached_property
    def senders(self) -> Senders:
        on = {channel: adapter.connect(self.settings) for channel, adapter in ADAPTERS.items()}
        return Senders(
            on=on,
            mailer=on[Channel.EMAIL],
            chance=self.chance,
            on_still_suppressed=_still_suppressed,
        )

    @property
    def counter(self) -> Counter:
        return Counter(
            dossiers=self.dossiers,
            channels=self.channels,
            planner=self.planner,
            desktop=self.desktop,
            senders=self.senders,
            now=self.now,
            token=self.token,
        )


def _still_suppressed(refusal: NotSent) -> None:
    log_failure(refusal, outcome="still_suppressed", reason=refusal.reason)
    count(Metric.STILL_SUPPRESSED)
