"""Which real thing stands behind each port. The only clock, chance and environment."""

import hashlib
import hmac
import random
import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property, partial
from typing import Any

import boto3
from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.config import Config

from chalicelib import settings
from chalicelib.channels.clients import sending_client
from chalicelib.channels.ses_email import SesMailer
from chalicelib.channels.sms import AwsTexter
from chalicelib.desk_data import load
from chalicelib.documents.paper import DeskPaper
from chalicelib.documents.student_links import StudentLinks
from chalicelib.documents.vault import S3Vault
from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import DeliveryReport, Whose
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.domain.events import Event
from chalicelib.domain.links import Bound, Purpose
from chalicelib.domain.operators import Operator
from chalicelib.domain.recording import Recorded
from chalicelib.domain.signing_in import Challenge, HalfWay, Session
from chalicelib.messages.console.views import (
    AuditLine,
    Bulk,
    BulkPreview,
    ChannelState,
    DeadLetters,
    DeadLettersView,
    DossierView,
    Filters,
    Found,
    QuarantineView,
    WorkList,
    WorkRow,
)
from chalicelib.messages.letter import Email, Sms
from chalicelib.messages.letter import StudentLinks as Addresses
from chalicelib.operators import enrolment
from chalicelib.operators.cognito import CognitoOperators, cognito_client
from chalicelib.operators.sessions import Sessions
from chalicelib.pipeline import bulk as bulk_acts
from chalicelib.pipeline import channel_pauses, desk_actions, quarantines, student_view
from chalicelib.pipeline import digest as digests
from chalicelib.pipeline import dossier_view as dossier_views
from chalicelib.pipeline import find_attempts as finding
from chalicelib.pipeline import find_students as finding_students
from chalicelib.pipeline import forget as forgetting
from chalicelib.pipeline import forget_acts as forgetting_acts
from chalicelib.pipeline import record_delivery as delivery
from chalicelib.pipeline import record_event as intake
from chalicelib.pipeline import replan as replanning
from chalicelib.pipeline import rotate_keys as rotating
from chalicelib.pipeline import sent_message as sent_messages
from chalicelib.pipeline import serve_dossier as serving
from chalicelib.pipeline import set_aside as setting_aside
from chalicelib.pipeline import sheet as sheets
from chalicelib.pipeline import sweep_due as sweeping
from chalicelib.pipeline import work_list as work_lists
from chalicelib.pipeline.compose import Desktop
from chalicelib.pipeline.compose import student_links as addresses_of
from chalicelib.pipeline.forget import Memory
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Quarantined, UnmatchedReceipt
from chalicelib.pipeline.record_event import Intake
from chalicelib.pipeline.send import Senders
from chalicelib.pipeline.serve_dossier import Counter, Served
from chalicelib.pipeline.student_view import View
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


def now() -> datetime:
    """The present, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class House:
    """Everything, made when first needed and kept for the life of the process."""

    settings: settings.Settings

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
        except GetParameterError as error:
            raise StorageUnavailable from error
        assert isinstance(found, dict)
        return found[name]

    def seal(self, address: str) -> str:
        """A keyed hash: the ledger tells two addresses apart without holding either."""
        key = str(self.secret("address_key")).encode()
        return hmac.new(key, address.casefold().encode(), hashlib.sha256).hexdigest()[:16]

    @property
    def links(self) -> StudentLinks:
        return StudentLinks(tuple(self.secret("link_keys")), self.settings.public_url)

    @cached_property
    def vault(self) -> S3Vault:
        client = boto3.client("s3", config=_STORE.merge(Config(signature_version="s3v4")))
        return S3Vault(client, self.settings.documents_bucket)

    @cached_property
    def operators(self) -> CognitoOperators:
        pool, client = self.settings.operators_pool_id, self.settings.operators_client_id
        return CognitoOperators(cognito_client(), pool, client)

    @property
    def sessions(self) -> Sessions:
        return Sessions(tuple(self.secret("session_keys")))

    @cached_property
    def planner(self) -> Planner:
        return Planner(desk=self.desk, seal=self.seal)

    @property
    def desktop(self) -> Desktop:
        return Desktop(
            desk=self.desk, links=self.links, vault=self.vault, paper=DeskPaper(self.desk)
        )

    @cached_property
    def intake(self) -> Intake:
        return Intake(
            dossiers=self.dossiers,
            quarantine=self.quarantine,
            queue=self.queue,
            planner=self.planner,
        )

    @cached_property
    def memory(self) -> Memory:
        return Memory(
            dossiers=self.dossiers,
            vault=self.vault,
            receipts=self.receipts,
            quarantine=self.quarantine,
            planner=self.planner,
        )

    @cached_property
    def senders(self) -> Senders:
        mailer = SesMailer(
            sending_client("sesv2"),
            self.settings.mail_from,
            self.settings.mail_reply_to,
            self.settings.mail_configuration_set,
        )
        texter = AwsTexter(
            sending_client("pinpoint-sms-voice-v2"),
            self.settings.sms_sender_id,
            self.settings.sms_configuration_set,
        )
        return Senders(mailer=mailer, texter=texter, chance=random.random)

    @property
    def counter(self) -> Counter:
        return Counter(
            dossiers=self.dossiers,
            channels=self.channels,
            planner=self.planner,
            desktop=self.desktop,
            senders=self.senders,
            now=now,
            token=partial(secrets.token_urlsafe, 9),
        )


@cache
def house() -> House:
    """The house this process runs in. `house.cache_clear()` forgets it, for another environment."""
    return House(settings.read())


# What the booking system asks for


def webhook_secrets() -> tuple[str, ...]:
    """The active secrets of the booking system, newest first."""
    return tuple(house().secret("webhook_secrets"))


def record_event(event: Event, body: bytes) -> Recorded:
    """Record one event. Raises LostRace and StorageUnavailable."""
    return intake.record_event(house().intake, event, body, now())


def quarantine(event_id: str, reason: str, body: bytes) -> None:
    """Keep an authentic but unusable body for a person. Raises StorageUnavailable."""
    intake.quarantine(house().intake, event_id, reason, body, now())


# What students ask for


def desk() -> Desk:
    """The desk's dated data."""
    return house().desk


def student_links(view: View) -> Addresses:
    """The addresses of the pages that this student can open now."""
    return addresses_of(house().links, view.dossier_id, view.facts.appointment)


def read_link(purpose: Purpose, token: str) -> Bound | None:
    """What a link was made for; None when we did not make it."""
    return house().links.read(purpose, token)


def look(bound: Bound) -> View | None:
    """What a link shows now."""
    return student_view.look(house().dossiers, bound, now())


def confirm(bound: Bound) -> View | None:
    """Confirm the appointment of a link. Raises LostRace and StorageUnavailable."""
    return student_view.confirm(house().intake, bound, now())


def unsubscribe(bound: Bound) -> View | None:
    """Send no more renewal reminders. Raises LostRace and StorageUnavailable."""
    return student_view.unsubscribe(house().intake, bound, now())


def convocation_document(bound: Bound) -> str | None:
    """A short-lived address of the convocation's PDF."""
    at_home = house()
    return student_view.convocation_document(
        at_home.dossiers, at_home.desktop, at_home.vault, bound, now()
    )


def convocation_invite(bound: Bound) -> bytes | None:
    """The appointment for a calendar."""
    return student_view.convocation_invite(house().dossiers, house().desktop, bound, now())


# What operators ask for, to come in


def begin_sign_in(name: str, password: str) -> Challenge:
    """The first step of a sign-in. Raises SignInRefused and SignInUnavailable."""
    return house().operators.begin(name, password)


def set_password(challenge: Challenge, password: str) -> Challenge:
    """A password of their own. Raises PasswordTooWeak, SignInRefused and SignInUnavailable."""
    return house().operators.set_password(challenge, password)


def new_secret(challenge: Challenge) -> tuple[Challenge, str]:
    """A secret for a telephone. Raises SignInRefused and SignInUnavailable."""
    return house().operators.new_secret(challenge)


def enrolment_picture(name: str, secret: str) -> str:
    """The same secret as a square for a telephone's camera: an SVG element."""
    return enrolment.enrolment_picture(name, secret)


def enrol(challenge: Challenge, code: str) -> Operator:
    """Who has enrolled their telephone. Raises SignInRefused and SignInUnavailable."""
    return house().operators.enrol(challenge, code)


def give_code(challenge: Challenge, code: str) -> Operator:
    """Who has given a code. Raises SignInRefused and SignInUnavailable."""
    return house().operators.give_code(challenge, code)


def seal_half_way(challenge: Challenge, onwards: str) -> str:
    """A sign-in that is going on, as a cookie's value."""
    half_way = HalfWay(challenge=challenge, since=now(), onwards=onwards)
    return house().sessions.seal_half_way(half_way)


def read_half_way(cookie: str) -> HalfWay | None:
    """The sign-in of a cookie, if it holds."""
    return house().sessions.read_half_way(cookie, now())


def open_session(operator: Operator) -> Session:
    """A session that begins now."""
    at = now()
    session_id = secrets.token_urlsafe(16)
    return Session(session_id=session_id, operator=operator, signed_in_at=at, seen_at=at)


def seal_session(session: Session) -> str:
    """A session as a cookie's value, seen now."""
    return house().sessions.seal(session.seen(now()))


def read_session(cookie: str) -> Session | None:
    """The session of a cookie, if it holds."""
    return house().sessions.read(cookie, now())


def form_token(session: Session) -> str:
    """What every form of a session carries."""
    return house().sessions.form_token(session)


def is_form_of(session: Session, token: str) -> bool:
    """Whether a form is one of this session's."""
    return house().sessions.is_form_of(session, token)


def nonce() -> str:
    """Fresh chance: a form that carries it acts once, however often it is pressed."""
    return secrets.token_urlsafe(12)


# What schedules and queues ask for


def sweep_due() -> sweeping.Swept:
    """Wake every dossier whose instant has come; how many were, and what waits for a person."""
    return sweeping.sweep_due(house().dossiers, house().queue, now())


def serve_dossier(dossier_id: str) -> list[Served]:
    """Give a dossier what it is owed now."""
    return serving.serve_dossier(house().counter, dossier_id)


def set_aside(dossier_id: str) -> None:
    """Hold a dossier back whose serve keeps failing, in front of a person."""
    setting_aside.set_aside(house().dossiers, dossier_id, now())


def record_delivery(report: DeliveryReport) -> delivery.Settled:
    """Settle one attempt by a provider's word."""
    at_home = house()
    return delivery.record_delivery(at_home.dossiers, at_home.queue, at_home.planner, report, now())


def keep_receipt(receipt_id: str, body: bytes) -> None:
    """Keep a receipt that matches nothing yet."""
    item = UnmatchedReceipt(receipt_id=receipt_id, received_at=now(), body=body)
    house().receipts.keep(item)


def waiting_receipts() -> Iterator[UnmatchedReceipt]:
    """The receipts that matched nothing when they came."""
    return house().receipts.waiting()


def find_attempts(message_ids: AbstractSet[str]) -> dict[str, Whose]:
    """The attempts that left under these ids."""
    return finding.find_attempts(house().dossiers, message_ids)


def drop_receipt(receipt_id: str) -> None:
    """Forget a receipt that was matched."""
    house().receipts.drop(receipt_id)


def replan() -> replanning.Replanned:
    """Recompute every dossier's next instant; say which have neither future, work nor end.

    Who reads them all counts the last days too, for the digest.
    """
    at_home = house()
    holds = at_home.channels.holds()
    done = replanning.replan(at_home.dossiers, at_home.planner, now(), holds)
    at_home.tallies.keep(done.tally)
    return done


def send_digest() -> bool:
    """Send the desk its digest, if it wants one and it is time; whether it left.

    Raises NotSent, StorageUnavailable and TextFailed.
    """
    at_home = house()
    to = at_home.settings.digest_to
    if not to:
        return False
    sources = digests.Sources(
        dossiers=at_home.dossiers,
        channels=at_home.channels,
        tallies=at_home.tallies,
        desk=at_home.desk,
    )
    return digests.send_digest(sources, at_home.senders.mailer, to, now())


def forget_what_is_over(dossier_ids: Iterable[str]) -> int:
    """Forget each of these dossiers whose time is over; how many there were."""
    return forgetting.forget_what_is_over(house().memory, dossier_ids, now())


def forget_what_waits() -> int:
    """Forget what has waited long enough in quarantine, or for its message, and what the desk did
    long ago; how much.
    """
    at_home = house()
    acts = forgetting_acts.forget_acts(at_home.audit, at_home.bulks, at_home.desk, now())
    return acts + forgetting.forget_what_waits(at_home.memory, now())


# What Secrets Manager asks for


def rotate_keys(turn: rotating.Turn) -> None:
    """Take one step of a rotation. Raises RotationRefused and StorageUnavailable."""
    secret = AwsSecretVersions(house().settings.secrets_id)
    rotating.rotate_keys(secret, turn, now(), secrets.token_bytes)


# What the desk does


def act(event: Event) -> Recorded:
    """Record what somebody did at the desk; QUARANTINED is a form that was sent with other words
    before, and is kept nowhere. Raises LostRace and StorageUnavailable.
    """
    return record_event(event, b"")


def sent_recently(dossier_id: str, subject: str) -> datetime | None:
    """When this notice last left, if that was within a day."""
    dossier = house().dossiers.load(dossier_id).dossier
    return desk_actions.sent_recently(dossier, subject, now())


def preview_bulk(references: Iterable[str], day: date) -> BulkPreview:
    """What these references would do. Raises Unusable for too many."""
    return bulk_acts.preview(house().dossiers, references, day)


def begin_bulk(bulk_id: str, by: str, day: date, references: Iterable[str]) -> Bulk:
    """Ask for it, under the form's own token. Raises Unusable for none or too many."""
    return bulk_acts.begin(house().bulks, bulk_id, by, day, references, now())


def find_bulk(bulk_id: str) -> Bulk | None:
    """One bulk action, finished or not."""
    found = house().bulks.find(bulk_id)
    return found.bulk if found else None


def pending_bulks() -> Sequence[Bulk]:
    """What is still to come, then what is over and has refused rows that nobody has read."""
    return bulk_acts.pending(house().bulks)


def undo_bulk(bulk_id: str, references: Collection[str] | None = None) -> Bulk | None:
    """Take these rows back, or all of them, as far as they wait. Raises LostRace."""
    return bulk_acts.undo(house().bulks, bulk_id, references)


def see_bulk(bulk_id: str) -> Bulk | None:
    """A person has read which rows were refused. Raises LostRace."""
    return bulk_acts.see(house().bulks, bulk_id, now())


def run_bulks() -> bulk_acts.BulkRun:
    """Apply what can no longer be undone. Raises LostRace and StorageUnavailable."""
    return bulk_acts.run_due(house().bulks, house().intake, now())


def quarantined(key: str) -> QuarantineView | None:
    """One webhook in quarantine, as it came."""
    return quarantines.view(house().quarantine, key)


def find_quarantined(key: str) -> Quarantined | None:
    """The same, to be read again."""
    return house().quarantine.find(key)


def leave_quarantine(item: Quarantined) -> None:
    """It was recorded after all: it waits for nobody."""
    house().quarantine.see(item, now())


def dismiss_quarantined(key: str, why: quarantines.Because, by: Operator) -> bool:
    """A person is done with it, for a reason; False if there is none of this name."""
    return quarantines.dismiss(house().quarantine, house().audit, key, why, by, now())


def channel_states() -> Sequence[ChannelState]:
    """How each channel is that messages leave by."""
    return channel_pauses.channel_states(house().channels)


def pause_channel(channel: Channel, by: str, why: str) -> bool:
    """Stop a channel; False if it is stopped already."""
    return channel_pauses.pause(house().channels, channel, by, why, now())


def resume_channel(channel: Channel) -> bool:
    """Let a channel go on; False if it was not stopped."""
    return channel_pauses.resume(house().channels, channel)


def dead_letters(queue: DeadLetters) -> DeadLettersView:
    """What lies among the dead letters of a queue. Raises StorageUnavailable."""
    return house().dead_letters.view(queue)


def redrive(queue: DeadLetters, at_most: int) -> int:
    """Put dead letters back into their queue; how many. Raises StorageUnavailable."""
    return house().dead_letters.redrive(queue, at_most)


def audit(line: AuditLine) -> None:
    """Say who did or read what. Codes and ids only. Raises StorageUnavailable."""
    house().audit.append(line)


def audited_on(day: date, limit: int = 500) -> Sequence[AuditLine]:
    """The newest lines of the audit of a Paris day, newest first."""
    return house().audit.of_day(day, limit)


# What the desk asks for


def work_list(
    filters: Filters, channels: Sequence[ChannelState] = (), bulks: Sequence[Bulk] = ()
) -> WorkList:
    """One page of what waits for a person. Raises StorageUnavailable."""
    at_home = house()
    sources = work_lists.Sources(
        dossiers=at_home.dossiers, tallies=at_home.tallies, channels=channels, bulks=bulks
    )
    return work_lists.work_list(sources, filters, now())


def unreached() -> Sequence[WorkRow]:
    """Whom to call or write to. Raises StorageUnavailable."""
    return work_lists.unreached(house().dossiers, now())


def find_students(asked: str) -> Found:
    """The dossiers that somebody may have meant. Raises StorageUnavailable."""
    return finding_students.find_students(house().dossiers, house().seal, asked)


def dossier_view(dossier_id: str) -> DossierView | None:
    """Everything about one dossier; None when there never was one. Raises StorageUnavailable."""
    at_home = house()
    holds = at_home.channels.holds()
    return dossier_views.dossier_view(at_home.dossiers, at_home.planner, dossier_id, holds, now())


def sent_message(dossier_id: str, notice: str, attempt: int) -> Email | Sms | None:
    """A message once more, as its student received it. Raises StorageUnavailable, TextFailed."""
    at_home = house()
    return sent_messages.sent_message(
        at_home.dossiers, at_home.desktop, dossier_id, notice, attempt
    )


# What people ask for


def forget(dossier_id: str) -> bool:
    """Forget all of a dossier at once and for good; False if there is none of this id.

    Raises StillSending, LostRace and StorageUnavailable: then ask again.
    """
    return forgetting.forget(house().memory, dossier_id, now())


def sheet(dossier_id: str) -> sheets.Sheet | None:
    """One dossier as people read it: facts, ledger, plan, journal."""
    return sheets.sheet(house().dossiers, house().planner, dossier_id, now())


def dossier_ids() -> Iterator[str]:
    """Every dossier there is. A scan: for small worlds and for repair only."""
    return house().dossiers.ids()
