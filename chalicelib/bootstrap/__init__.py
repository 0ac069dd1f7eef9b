"""The composition root: the use cases, and which real thing stands behind each of their ports.

The only clock and the only chance. What most functions need is imported above; what one of them
needs, where it is made: a function that starts waits for all that it imports.
"""

import random
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from chalicelib import settings
from chalicelib.bootstrap.adapters import TOKEN_BYTES, Adapters
from chalicelib.channels.table import COMPOSERS
from chalicelib.documents.paper import DeskPaper
from chalicelib.domain.errors import NotSent
from chalicelib.observability import Metric, count, log, log_failure
from chalicelib.pipeline.composer import Composer
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.providers import Providers
from chalicelib.pipeline.sender import Sender

if TYPE_CHECKING:
    from chalicelib.pipeline.access_files import AccessFiles
    from chalicelib.pipeline.appointment_days import AppointmentDays
    from chalicelib.pipeline.appointment_lists import AppointmentLists
    from chalicelib.pipeline.back_off import Backoff, Trouble
    from chalicelib.pipeline.bulk_actions import BulkActions
    from chalicelib.pipeline.channel_pauses import ChannelPauses
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
    from chalicelib.pipeline.put_off_tasks import PutOffTasks
    from chalicelib.pipeline.quarantines import Quarantines
    from chalicelib.pipeline.receipt_matching import ReceiptMatching
    from chalicelib.pipeline.search import Search
    from chalicelib.pipeline.sent_messages import SentMessages
    from chalicelib.pipeline.students import Students
    from chalicelib.pipeline.sweep import Sweep
    from chalicelib.pipeline.work_lists import WorkLists

#: So much chance is in a password that is typed once: sixteen hexadecimal digits.
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
class Services(Adapters):
    """The use cases, made when first needed. What signs links or cookies is made anew each time:
    its keys rotate.
    """

    @cached_property
    def planner(self) -> Planner:
        return Planner(desk=self.desk, fingerprint=self.fingerprint)

    @cached_property
    def intake(self) -> "Intake":
        from chalicelib.pipeline.intake import Intake

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
    def delivery_reports(self) -> "DeliveryReports":
        from chalicelib.pipeline.delivery_reports import DeliveryReports

        return DeliveryReports(
            dossiers=self.dossiers,
            queue=self.queue,
            planner=self.planner,
            receipts=self.receipts,
            now=self.now,
        )

    @cached_property
    def backoff(self) -> "Backoff":
        from chalicelib.pipeline.back_off import Backoff

        return Backoff(dossiers=self.dossiers, quarantine=self.quarantine, now=self.now)

    @cached_property
    def sweep(self) -> "Sweep":
        from chalicelib.pipeline.sweep import Sweep

        return Sweep(dossiers=self.dossiers, queue=self.queue, now=self.now)

    @cached_property
    def receipt_matching(self) -> "ReceiptMatching":
        from chalicelib.pipeline.receipt_matching import ReceiptMatching

        return ReceiptMatching(
            receipts=self.receipts, delivery_reports=self.delivery_reports, on_trouble=passed_over
        )

    @cached_property
    def night(self) -> "Night":
        from chalicelib.pipeline.night import Night

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
    def naming(self) -> "Naming":
        from chalicelib.pipeline.naming import Naming

        return Naming(dossiers=self.dossiers, fingerprint=self.fingerprint)

    @cached_property
    def eraser(self) -> "Eraser":
        from chalicelib.pipeline.eraser import Eraser

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
    def digest(self) -> "MorningDigest":
        from chalicelib.pipeline.digest import MorningDigest

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
    def escalator(self) -> "Escalator":
        from chalicelib.pipeline.escalator import Escalator

        return Escalator(
            dossiers=self.dossiers,
            escalation=self.escalation,
            desk=self.desk,
            mailer=self.mailer,
            digest_to=self.settings.digest_to,
            now=self.now,
        )

    @property
    def key_rotation(self) -> "KeyRotation":
        from chalicelib.pipeline.key_rotation import KeyRotation

        return KeyRotation(secrets=self.rotating, now=self.now, chance=self.random_bytes)

    @property
    def students(self) -> "Students":
        from chalicelib.pipeline.students import Students

        return Students(dossiers=self.dossiers, intake=self.intake, links=self.links, now=self.now)

    @property
    def convocations(self) -> "Convocations":
        from chalicelib.pipeline.convocations import Convocations

        return Convocations(
            students=self.students,
            composer=self.composer,
            vault=self.vault,
        )

    @cached_property
    def work_lists(self) -> "WorkLists":
        from chalicelib.pipeline.work_lists import WorkLists

        return WorkLists(
            dossiers=self.dossiers,
            daily_figures=self.daily_figures,
            escalation=self.escalation,
            desk=self.desk,
            now=self.now,
        )

    @cached_property
    def put_off_tasks(self) -> "PutOffTasks":
        from chalicelib.pipeline.put_off_tasks import PutOffTasks

        return PutOffTasks(dossiers=self.dossiers, planner=self.planner, now=self.now)

    @cached_property
    def search(self) -> "Search":
        from chalicelib.pipeline.search import Search

        return Search(dossiers=self.dossiers, fingerprint=self.fingerprint)

    @cached_property
    def appointment_days(self) -> "AppointmentDays":
        from chalicelib.pipeline.appointment_days import AppointmentDays

        return AppointmentDays(
            dossiers=self.dossiers, channels=self.channels, planner=self.planner, desk=self.desk
        )

    @cached_property
    def dossier_views(self) -> "DossierViews":
        from chalicelib.pipeline.dossier_views import DossierViews

        return DossierViews(
            dossiers=self.dossiers, channels=self.channels, planner=self.planner, now=self.now
        )

    @property
    def sent_messages(self) -> "SentMessages":
        from chalicelib.pipeline.sent_messages import SentMessages

        return SentMessages(dossiers=self.dossiers, composer=self.composer)

    @property
    def access_files(self) -> "AccessFiles":
        from chalicelib.pipeline.access_files import AccessFiles

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
    def desk_actions(self) -> "DeskActions":
        from chalicelib.pipeline.desk_actions import DeskActions

        return DeskActions(
            intake=self.intake,
            dossiers=self.dossiers,
            channels=self.channels,
            planner=self.planner,
            now=self.now,
        )

    @cached_property
    def bulk_actions(self) -> "BulkActions":
        from chalicelib.pipeline.bulk_actions import BulkActions

        return BulkActions(
            dossiers=self.dossiers,
            bulks=self.bulks,
            intake=self.intake,
            planner=self.planner,
            channels=self.channels,
            now=self.now,
        )

    @cached_property
    def appointment_lists(self) -> "AppointmentLists":
        from chalicelib.pipeline.appointment_lists import AppointmentLists

        return AppointmentLists(
            dossiers=self.dossiers,
            headings=self.list_headings,
            bulk_actions=self.bulk_actions,
            channels=self.channels,
            planner=self.planner,
            now=self.now,
        )

    @cached_property
    def channel_pauses(self) -> "ChannelPauses":
        from chalicelib.pipeline.channel_pauses import ChannelPauses

        return ChannelPauses(channels=self.channels, now=self.now)

    @cached_property
    def operator_accounts(self) -> "OperatorAccounts":
        from chalicelib.pipeline.operator_accounts import OperatorAccounts
        from chalicelib.security.accounts import CognitoAccounts
        from chalicelib.security.cognito import cognito_client

        return OperatorAccounts(
            accounts=CognitoAccounts(cognito_client(), self.settings.operators_pool_id),
            generations=self.generations,
            new_password=lambda: self.random_text(PASSWORD_BYTES),
        )

    @cached_property
    def quarantines(self) -> "Quarantines":
        from chalicelib.pipeline.quarantines import Quarantines

        return Quarantines(
            quarantine=self.quarantine,
            audit=self.audit,
            dossiers=self.dossiers,
            planner=self.planner,
            intake=self.intake,
            now=self.now,
        )


def passed_over(trouble: "Trouble") -> None:
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
