"""The composition root: which real thing stands behind each port of the use cases.

The only clock and the only chance.
"""

import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property, partial
from typing import Any

from chalicelib import aws, settings
from chalicelib.channels.table import ADAPTERS, COMPOSERS
from chalicelib.desk_data import load
from chalicelib.documents.paper import DeskPaper
from chalicelib.documents.vault import S3Vault
from chalicelib.domain.audit import AuditLine
from chalicelib.domain.contact import Channel
from chalicelib.domain.dead_letters import DeadLetters
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.errors import NotSent, StorageUnavailable
from chalicelib.observability import Metric, count, log, log_failure
from chalicelib.pipeline.access_files import AccessFiles
from chalicelib.pipeline.appointment_days import AppointmentDays
from chalicelib.pipeline.appointment_lists import AppointmentLists
from chalicelib.pipeline.back_off import Backoff, Trouble
from chalicelib.pipeline.bulk_actions import BulkActions
from chalicelib.pipeline.channel_pauses import ChannelPauses
from chalicelib.pipeline.composer import Composer
from chalicelib.pipeline.convocations import Convocations
from chalicelib.pipeline.delivery_reports import DeliveryReports
from chalicelib.pipeline.desk_actions import DeskActions
from chalicelib.pipeline.digest import MorningDigest
from chalicelib.pipeline.dossier_views import DossierViews
from chalicelib.pipeline.eraser import Eraser
from chalicelib.pipeline.escalator import Escalator
from chalicelib.pipeline.intake import Intake
from chalicelib.pipeline.key_rotation import KeyRotation
from chalicelib.pipeline.naming import Naming
from chalicelib.pipeline.night import Night
from chalicelib.pipeline.operator_accounts import OperatorAccounts
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Mailer
from chalicelib.pipeline.providers import Providers
from chalicelib.pipeline.put_off_tasks import PutOffTasks
from chalicelib.pipeline.quarantines import Quarantines
from chalicelib.pipeline.receipt_matching import ReceiptMatching
from chalicelib.pipeline.search import Search
from chalicelib.pipeline.sender import Sender
from chalicelib.pipeline.sent_messages import SentMessages
from chalicelib.pipeline.students import Students
from chalicelib.pipeline.sweep import Sweep
from chalicelib.pipeline.work_lists import WorkLists
from chalicelib.security.accounts import CognitoAccounts
from chalicelib.security.cognito import CognitoOperators, cognito_client
from chalicelib.security.fingerprints import Fingerprints
from chalicelib.security.sessions import Sessions
from chalicelib.security.stage_secrets import StageSecrets
from chalicelib.security.student_links import StudentLinks
from chalicelib.storage.addresses import DynamoAddresses
from chalicelib.storage.audit import DynamoAudit
from chalicelib.storage.audit_log import CloudWatchAuditLog
from chalicelib.storage.bulks import DynamoBulks
from chalicelib.storage.channels import DynamoChannels
from chalicelib.storage.daily_figures import DynamoDailyFigures
from chalicelib.storage.dead_letters import Route, SqsDeadLetters
from chalicelib.storage.dossiers import DynamoDossiers
from chalicelib.storage.escalation import DynamoEscalation
from chalicelib.storage.generations import DynamoGenerations
from chalicelib.storage.list_headings import DynamoListHeadings
from chalicelib.storage.night_queue import SqsNightQueue
from chalicelib.storage.quarantine import DynamoQuarantine
from chalicelib.storage.receipts import DynamoReceipts
from chalicelib.storage.secret_versions import AwsSecretVersions
from chalicelib.storage.serve_queue import SqsServeQueue
from chalicelib.storage.table import SHARDS, Table

#: So much chance is in what tells one attempt, form or session from all others.
TOKEN_BYTES, NONCE_BYTES, SESSION_ID_BYTES = 9, 12, 16
#: And so much in a password that is typed once: sixteen hexadecimal digits.
PASSWORD_BYTES = 8


def now() -> datetime:
    """The present, aware, in UTC. Whoever works here asks by this name, each time anew: another
    clock is then one for all of them.
    """
    return datetime.now(UTC)


@cache
def services() -> "Services":
    """What this process works with; `services.cache_clear()` forgets it, as for another stage."""
    return Services(
        settings=settings.read(),
        now=lambda: now(),  # noqa: PLW0108  by its name, each time anew
        chance=random.random,
        random_text=secrets.token_hex,
        random_bytes=secrets.token_bytes,
    )


@dataclass(frozen=True, kw_only=True)
class Services:
    """The ports and the use cases, made when first needed and kept for the life of the process.

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
    def addresses(self) -> DynamoAddresses:
        return DynamoAddresses(self.table)

    @cached_property
    def channels(self) -> DynamoChannels:
        return DynamoChannels(self.table)

    @cached_property
    def receipts(self) -> DynamoReceipts:
        return DynamoReceipts(self.table)

    @cached_property
    def daily_figures(self) -> DynamoDailyFigures:
        return DynamoDailyFigures(self.table)

    @cached_property
    def escalation(self) -> DynamoEscalation:
        return DynamoEscalation(self.table)

    @cached_property
    def bulks(self) -> DynamoBulks:
        return DynamoBulks(self.table)

    @cached_property
    def list_headings(self) -> DynamoListHeadings:
        return DynamoListHeadings(self.table)

    @cached_property
    def audit(self) -> DynamoAudit:
        return DynamoAudit(self.table, copy=self._copy)

    @cached_property
    def audit_log(self) -> CloudWatchAuditLog:
        return CloudWatchAuditLog(self.settings.audit_log_group, self.random_text(TOKEN_BYTES))

    def _copy(self, line: AuditLine) -> None:
        """What is kept is not taken back for want of a copy: an alarm rings."""
        try:
            self.audit_log.write(line)
        except StorageUnavailable as error:
            log_failure(error, "not_copied", reason=line.action)
            count(Metric.AUDIT_NOT_COPIED)

    @cached_property
    def quarantine(self) -> DynamoQuarantine:
        return DynamoQuarantine(self.table)

    @cached_property
    def queue(self) -> SqsServeQueue:
        return SqsServeQueue(self.settings.serve_queue_url)

    @cached_property
    def night_queue(self) -> SqsNightQueue:
        return SqsNightQueue(self.settings.night_queue_url)

    @cached_property
    def dead_letters(self) -> SqsDeadLetters:
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
        return StageSecrets(ids, aws.config())

    @cached_property
    def fingerprint(self) -> Fingerprints:
        return Fingerprints(key=partial(self.secrets.read, "address_key"))

    @property
    def links(self) -> StudentLinks:
        return StudentLinks(tuple(self.secrets.read("link_keys")), self.settings.public_url)

    @property
    def rotating(self) -> Sequence[AwsSecretVersions]:
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
    def operators(self) -> CognitoOperators:
        pool, client = self.settings.operators_pool_id, self.settings.operators_client_id
        return CognitoOperators(cognito_client(), pool, client, self.settings.stage)

    @cached_property
    def generations(self) -> DynamoGenerations:
        return DynamoGenerations(self.table)

    @property
    def sessions(self) -> Sessions:
        keys = tuple(self.secrets.read("session_keys"))
        return Sessions(keys, now=self.now, new_id=partial(self.random_text, SESSION_ID_BYTES))

    # The use cases. What signs links or cookies is made anew each time: its keys rotate.

    @cached_property
    def planner(self) -> Planner:
        return Planner(desk=self.desk, fingerprint=self.fingerprint)

    @cached_property
    def intake(self) -> Intake:
        return Intake(
            dossiers=self.dossiers,
            addresses=self.addresses,
            quarantined=self.quarantine,
            queue=self.queue,
            planner=self.planner,
            on_lost_wake=partial(log_failure, outcome="not_woken"),
            now=self.now,
        )

    @property
    def composer(self) -> Composer:
        return Composer(
            desk=self.desk,
            links=self.links,
            vault=self.vault,
            paper=DeskPaper(self.desk),
            composers=COMPOSERS,
        )

    @cached_property
    def providers(self) -> Providers:
        return Providers(
            speakers=self.speakers,
            mailer=self.mailer,
            chance=self.chance,
            on_still_suppressed=_still_suppressed,
            now=self.now,
        )

    @property
    def sender(self) -> Sender:
        return Sender(
            dossiers=self.dossiers,
            channels=self.channels,
            planner=self.planner,
            composer=self.composer,
            providers=self.providers,
            now=self.now,
            token=partial(self.random_text, TOKEN_BYTES),
        )

    @cached_property
    def delivery_reports(self) -> DeliveryReports:
        return DeliveryReports(
            dossiers=self.dossiers,
            queue=self.queue,
            planner=self.planner,
            receipts=self.receipts,
            now=self.now,
        )

    @cached_property
    def backoff(self) -> Backoff:
        return Backoff(dossiers=self.dossiers, quarantine=self.quarantine, now=self.now)

    @cached_property
    def sweep(self) -> Sweep:
        return Sweep(dossiers=self.dossiers, queue=self.queue, now=self.now)

    @cached_property
    def receipt_matching(self) -> ReceiptMatching:
        return ReceiptMatching(
            receipts=self.receipts, delivery_reports=self.delivery_reports, on_trouble=passed_over
        )

    @cached_property
    def night(self) -> Night:
        return Night(
            dossiers=self.dossiers,
            channels=self.channels,
            daily_figures=self.daily_figures,
            planner=self.planner,
            backoff=self.backoff,
            eraser=self.eraser,
            matching=self.receipt_matching,
            queue=self.night_queue,
            on_stranded=_stranded,
            on_trouble=passed_over,
            now=self.now,
        )

    @cached_property
    def naming(self) -> Naming:
        return Naming(dossiers=self.dossiers, fingerprint=self.fingerprint)

    @cached_property
    def eraser(self) -> Eraser:
        return Eraser(
            dossiers=self.dossiers,
            had=self.addresses,
            vault=self.vault,
            receipts=self.receipts,
            quarantine=self.quarantine,
            naming=self.naming,
            planner=self.planner,
            mailer=self.mailer,
            audit=self.audit,
            bulks=self.bulks,
            on_still_suppressed=_still_suppressed,
            now=self.now,
        )

    @cached_property
    def digest(self) -> MorningDigest:
        return MorningDigest(
            dossiers=self.dossiers,
            channels=self.channels,
            daily_figures=self.daily_figures,
            escalation=self.escalation,
            desk=self.desk,
            mailer=self.mailer,
            to=self.settings.digest_to,
            now=self.now,
        )

    @cached_property
    def escalator(self) -> Escalator:
        return Escalator(
            dossiers=self.dossiers,
            escalation=self.escalation,
            desk=self.desk,
            mailer=self.mailer,
            digest_to=self.settings.digest_to,
            now=self.now,
        )

    @property
    def key_rotation(self) -> KeyRotation:
        return KeyRotation(secrets=self.rotating, now=self.now, chance=self.random_bytes)

    @property
    def students(self) -> Students:
        return Students(dossiers=self.dossiers, intake=self.intake, links=self.links, now=self.now)

    @property
    def convocations(self) -> Convocations:
        return Convocations(
            students=self.students,
            composer=self.composer,
            vault=self.vault,
        )

    @cached_property
    def work_lists(self) -> WorkLists:
        return WorkLists(
            dossiers=self.dossiers,
            daily_figures=self.daily_figures,
            escalation=self.escalation,
            now=self.now,
        )

    @cached_property
    def put_off_tasks(self) -> PutOffTasks:
        return PutOffTasks(dossiers=self.dossiers, planner=self.planner, now=self.now)

    @cached_property
    def search(self) -> Search:
        return Search(dossiers=self.dossiers, fingerprint=self.fingerprint)

    @cached_property
    def appointment_days(self) -> AppointmentDays:
        return AppointmentDays(dossiers=self.dossiers, desk=self.desk)

    @cached_property
    def dossier_views(self) -> DossierViews:
        return DossierViews(
            dossiers=self.dossiers, channels=self.channels, planner=self.planner, now=self.now
        )

    @property
    def sent_messages(self) -> SentMessages:
        return SentMessages(dossiers=self.dossiers, composer=self.composer)

    @property
    def access_files(self) -> AccessFiles:
        return AccessFiles(
            dossiers=self.dossiers,
            dossier_views=self.dossier_views,
            sent_messages=self.sent_messages,
            quarantine=self.quarantine,
            receipts=self.receipts,
            audit=self.audit,
            naming=self.naming,
            planner=self.planner,
            now=self.now,
        )

    @cached_property
    def desk_actions(self) -> DeskActions:
        return DeskActions(
            intake=self.intake,
            dossiers=self.dossiers,
            channels=self.channels,
            planner=self.planner,
            now=self.now,
        )

    @cached_property
    def bulk_actions(self) -> BulkActions:
        return BulkActions(
            dossiers=self.dossiers, bulks=self.bulks, intake=self.intake, now=self.now
        )

    @cached_property
    def appointment_lists(self) -> AppointmentLists:
        return AppointmentLists(
            dossiers=self.dossiers,
            headings=self.list_headings,
            bulk_actions=self.bulk_actions,
            channels=self.channels,
            planner=self.planner,
            now=self.now,
        )

    @cached_property
    def channel_pauses(self) -> ChannelPauses:
        return ChannelPauses(channels=self.channels, now=self.now)

    @cached_property
    def operator_accounts(self) -> OperatorAccounts:
        return OperatorAccounts(
            accounts=CognitoAccounts(cognito_client(), self.settings.operators_pool_id),
            generations=self.generations,
            new_password=lambda: self.random_text(PASSWORD_BYTES),
        )

    @cached_property
    def quarantines(self) -> Quarantines:
        return Quarantines(
            quarantine=self.quarantine,
            audit=self.audit,
            dossiers=self.dossiers,
            planner=self.planner,
            intake=self.intake,
            now=self.now,
        )


def passed_over(trouble: Trouble) -> None:
    """Something was left as it is, because our own program fails at it, or a newer one wrote it:
    people have it before them, and can do little about it.
    """
    about = {"dossier_id": trouble.dossier_id, "event_id": trouble.receipt_id}
    reason = type(trouble.error).__name__
    log_failure(
        trouble.error, "passed_over", reason=reason, **{k: v for k, v in about.items() if v}
    )
    count(Metric.PASSED_OVER)


def _stranded(dossier_id: str) -> None:
    log("stranded", dossier_id=dossier_id)
    count(Metric.STRANDED)


def _still_suppressed(refusal: NotSent) -> None:
    log_failure(refusal, outcome="still_suppressed", reason=refusal.reason)
    count(Metric.STILL_SUPPRESSED)
