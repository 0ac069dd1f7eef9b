"""Which real thing stands behind each port of the use cases.

What most functions need is imported above; what one of them needs, where it is made.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from chalicelib import aws, settings
from chalicelib.channels.table import ADAPTERS
from chalicelib.desk_data import load
from chalicelib.documents.vault import S3Vault
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.observability import Metric, count, log_failure
from chalicelib.pipeline.ports import Mailer
from chalicelib.security.fingerprints import Fingerprints
from chalicelib.security.stage_secrets import StageSecrets
from chalicelib.security.student_links import StudentLinks
from chalicelib.storage.channels import DynamoChannels
from chalicelib.storage.dossiers import DynamoDossiers
from chalicelib.storage.serve_queue import SqsServeQueue
from chalicelib.storage.table import SHARDS, Table

if TYPE_CHECKING:
    from chalicelib.domain.audit import AuditLine
    from chalicelib.security.cognito import CognitoOperators
    from chalicelib.security.sessions import Sessions
    from chalicelib.storage.addresses import DynamoAddresses
    from chalicelib.storage.audit import DynamoAudit
    from chalicelib.storage.audit_log import CloudWatchAuditLog
    from chalicelib.storage.bulks import DynamoBulks
    from chalicelib.storage.daily_figures import DynamoDailyFigures
    from chalicelib.storage.dead_letters import SqsDeadLetters
    from chalicelib.storage.escalation import DynamoEscalation
    from chalicelib.storage.feedback_queue import SqsFeedbackQueue
    from chalicelib.storage.generations import DynamoGenerations
    from chalicelib.storage.list_headings import DynamoListHeadings
    from chalicelib.storage.night_queue import SqsNightQueue
    from chalicelib.storage.quarantine import DynamoQuarantine
    from chalicelib.storage.receipts import DynamoReceipts
    from chalicelib.storage.secret_versions import AwsSecretVersions

#: So much chance is in what tells one attempt, form or session from all others.
TOKEN_BYTES, NONCE_BYTES, SESSION_ID_BYTES = 9, 12, 16


@dataclass(frozen=True, kw_only=True)
class Adapters:
    """The ports, made when first needed and kept for the life of the process.

    `chance` is a number from 0 to 1; `random_text`, of letters and digits, and `random_bytes` are
    of so many bytes that nobody can guess.
    """

    settings: settings.Settings
    now: Callable[[], datetime]
    chance: Callable[[], float]
    random_text: Callable[[int], str]
    random_bytes: Callable[[int], bytes]

    def nonce(self) -> str:
        """Fresh chance: a form that carries it acts once, however often it is pressed."""
        return self.random_text(NONCE_BYTES)

    @cached_property
    def desk(self) -> Desk:
        return load(self.settings.desk)

    @cached_property
    def table(self) -> Table:
        return Table(self.settings.table_name, int(self.settings.index_shards or SHARDS))

    @cached_property
    def dossiers(self) -> DynamoDossiers:
        return DynamoDossiers(self.table)

    @cached_property
    def addresses(self) -> "DynamoAddresses":
        from chalicelib.storage.addresses import DynamoAddresses

        return DynamoAddresses(self.table)

    @cached_property
    def channels(self) -> DynamoChannels:
        return DynamoChannels(self.table)

    @cached_property
    def receipts(self) -> "DynamoReceipts":
        from chalicelib.storage.receipts import DynamoReceipts

        return DynamoReceipts(self.table)

    @cached_property
    def daily_figures(self) -> "DynamoDailyFigures":
        from chalicelib.storage.daily_figures import DynamoDailyFigures

        return DynamoDailyFigures(self.table)

    @cached_property
    def escalation(self) -> "DynamoEscalation":
        from chalicelib.storage.escalation import DynamoEscalation

        return DynamoEscalation(self.table)

    @cached_property
    def bulks(self) -> "DynamoBulks":
        from chalicelib.storage.bulks import DynamoBulks

        return DynamoBulks(self.table)

    @cached_property
    def list_headings(self) -> "DynamoListHeadings":
        from chalicelib.storage.list_headings import DynamoListHeadings

        return DynamoListHeadings(self.table)

    @cached_property
    def audit(self) -> "DynamoAudit":
        from chalicelib.storage.audit import DynamoAudit

        return DynamoAudit(self.table, copy=self._copy)

    @cached_property
    def audit_log(self) -> "CloudWatchAuditLog":
        from chalicelib.storage.audit_log import CloudWatchAuditLog

        return CloudWatchAuditLog(self.settings.audit_log_group, self.random_text(TOKEN_BYTES))

    def _copy(self, line: "AuditLine") -> None:
        """What is kept is not taken back for want of a copy: an alarm rings."""
        try:
            self.audit_log.write(line)
        except StorageUnavailable as error:
            log_failure(error, "not_copied", reason=line.action)
            count(Metric.AUDIT_NOT_COPIED)

    @cached_property
    def quarantine(self) -> "DynamoQuarantine":
        from chalicelib.storage.quarantine import DynamoQuarantine

        return DynamoQuarantine(self.table)

    @cached_property
    def queue(self) -> SqsServeQueue:
        return SqsServeQueue(self.settings.serve_queue_url)

    @cached_property
    def night_queue(self) -> "SqsNightQueue":
        from chalicelib.storage.night_queue import SqsNightQueue

        return SqsNightQueue(self.settings.night_queue_url)

    @cached_property
    def feedback_queue(self) -> "SqsFeedbackQueue":
        from chalicelib.storage.feedback_queue import SqsFeedbackQueue

        return SqsFeedbackQueue(self.settings.feedback_queue_url)

    @cached_property
    def dead_letters(self) -> "SqsDeadLetters":
        from chalicelib.domain.dead_letters import DeadLetters
        from chalicelib.storage.dead_letters import Route, SqsDeadLetters

        urls = self.settings
        serve = Route(dead=urls.serve_dead_letters_url, back=urls.serve_queue_url)
        feedback = Route(dead=urls.feedback_dead_letters_url, back=urls.feedback_queue_url)
        night = Route(dead=urls.night_dead_letters_url, back=urls.night_queue_url)
        return SqsDeadLetters(
            {DeadLetters.SERVE: serve, DeadLetters.FEEDBACK: feedback, DeadLetters.NIGHT: night}
        )

    @cached_property
    def secrets(self) -> StageSecrets:
        named = self.settings
        ids = {
            "webhook_secrets": named.webhook_secrets_id,
            "link_keys": named.link_keys_id,
            "session_keys": named.session_keys_id,
            "address_key": named.address_key_id,
        }
        return StageSecrets(ids, self.now)

    @cached_property
    def fingerprint(self) -> Fingerprints:
        return Fingerprints(key=partial(self.secrets.read, "address_key"))

    @property
    def links(self) -> StudentLinks:
        return StudentLinks(tuple(self.secrets.read("link_keys")), self.settings.public_url)

    @property
    def rotating(self) -> "Sequence[AwsSecretVersions]":
        from chalicelib.storage.secret_versions import AwsSecretVersions

        ids = (self.settings.link_keys_id, self.settings.session_keys_id)
        return [AwsSecretVersions(one) for one in ids]

    @cached_property
    def vault(self) -> S3Vault:
        return S3Vault(aws.client("s3", signature_version="s3v4"), self.settings.documents_bucket)

    @cached_property
    def speakers(self) -> Mapping[Channel, Any]:
        connected = {Channel.EMAIL: self.mailer}
        return {
            channel: connected.get(channel) or adapter.connect(self.settings)
            for channel, adapter in ADAPTERS.items()
        }

    @cached_property
    def mailer(self) -> Mailer:
        """By itself: whoever only mails the desk, or erases, needs no other client."""
        mailer: Mailer = ADAPTERS[Channel.EMAIL].connect(self.settings)
        return mailer

    @cached_property
    def operators(self) -> "CognitoOperators":
        from chalicelib.security.cognito import CognitoOperators, cognito_client

        pool, client = self.settings.operators_pool_id, self.settings.operators_client_id
        return CognitoOperators(cognito_client(), pool, client, self.settings.stage)

    @cached_property
    def generations(self) -> "DynamoGenerations":
        from chalicelib.storage.generations import DynamoGenerations

        return DynamoGenerations(self.table)

    @property
    def sessions(self) -> "Sessions":
        from chalicelib.security.sessions import Sessions

        keys = tuple(self.secrets.read("session_keys"))
        return Sessions(keys, now=self.now, new_id=partial(self.random_text, SESSION_ID_BYTES))
