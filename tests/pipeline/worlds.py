"""A whole desk in memory, with a clock that is set by hand."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zlib import crc32

from chalicelib.channels.table import COMPOSERS
from chalicelib.domain.attempts import Attempt, DeliveryReport, FailureClass, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.daily_figures import DailyFigures
from chalicelib.domain.errors import NotSent, StorageUnavailable, WithoutEffect
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.recording import Recorded
from chalicelib.pipeline.access_files import AccessFiles
from chalicelib.pipeline.appointment_lists import AppointmentLists
from chalicelib.pipeline.back_off import Backoff, Trouble
from chalicelib.pipeline.bulk_actions import BulkActions
from chalicelib.pipeline.channel_pauses import ChannelPauses
from chalicelib.pipeline.composer import Composer
from chalicelib.pipeline.convocations import Convocations
from chalicelib.pipeline.delivery_reports import DeliveryReports
from chalicelib.pipeline.desk_actions import Acted, DeskActions
from chalicelib.pipeline.digest import MorningDigest
from chalicelib.pipeline.dossier_views import DossierViews
from chalicelib.pipeline.eraser import Eraser
from chalicelib.pipeline.intake import Intake
from chalicelib.pipeline.naming import Naming
from chalicelib.pipeline.night import Night
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports.night import Progress
from chalicelib.pipeline.providers import Providers
from chalicelib.pipeline.quarantines import Quarantines
from chalicelib.pipeline.receipt_matching import ReceiptMatching
from chalicelib.pipeline.search import Search
from chalicelib.pipeline.sender import Sender, Served
from chalicelib.pipeline.sent_messages import SentMessages
from chalicelib.pipeline.students import Students
from chalicelib.pipeline.sweep import Sweep
from chalicelib.pipeline.work_lists import WorkLists
from tests.builders import DESK, DOSSIER, an_erasure, paris
from tests.fakes import (
    FakeMailer,
    FakeTexter,
    FakeVault,
    InMemoryAddresses,
    InMemoryAudit,
    InMemoryBulks,
    InMemoryChannels,
    InMemoryDailyFigures,
    InMemoryDossiers,
    InMemoryEscalation,
    InMemoryListHeadings,
    InMemoryNightQueue,
    InMemoryQuarantine,
    InMemoryReceipts,
    InMemoryServeQueue,
    PlainLinks,
    PlainPaper,
)


class Function(StrEnum):
    """Who looks at a clock: each runs on a machine of its own."""

    DOOR = "door"  #: webhooks, and the students' pages
    WORKER = "worker"
    FEEDBACK = "feedback"
    CONSOLE = "console"
    NIGHT = "night"
    SWEEP = "sweep"  #: each minute, and the lists of cards


@dataclass
class DeskInMemory:
    """Every port faked; `at` is the time."""

    at: datetime = field(default_factory=lambda: paris("2019-04-08 10:00"))
    chance: float = 0.0

    def __post_init__(self) -> None:
        self.quarantine, self.channels = InMemoryQuarantine(), InMemoryChannels()
        self.dossiers = InMemoryDossiers(self.channels, self.quarantine)
        self.addresses = InMemoryAddresses()
        self.woken: dict[str, tuple[datetime, datetime]] = {}
        self.queue, self.receipts = InMemoryServeQueue(), InMemoryReceipts()
        self.night_queue = InMemoryNightQueue()
        self.stranded: list[str] = []
        self.troubles: list[Trouble] = []
        self.lost_wakes: list[StorageUnavailable] = []
        self.still_suppressed: list[NotSent] = []
        self.mailer, self.texter, self.vault = FakeMailer(), FakeTexter(), FakeVault()
        self.escalation = InMemoryEscalation()
        self.list_headings = InMemoryListHeadings()
        self.bulks, self.audit, self.daily_figures = (
            InMemoryBulks(),
            InMemoryAudit(),
            InMemoryDailyFigures(),
        )
        self.planner = Planner(
            desk=DESK, fingerprint=lambda address: f"of-{crc32(address.encode())}"
        )
        self.composers = dict(COMPOSERS)
        self.composer = Composer(
            desk=DESK,
            links=PlainLinks(),
            vault=self.vault,
            paper=PlainPaper(),
            composers=self.composers,
        )
        self.sender = Sender(
            dossiers=self.dossiers,
            channels=self.channels,
            planner=self.planner,
            composer=self.composer,
            providers=self._providers(),
            now=lambda: self.clock(Function.WORKER),
            token=lambda: "token",
        )

    def _providers(self) -> Providers:
        return Providers(
            speakers={Channel.EMAIL: self.mailer, Channel.SMS: self.texter},
            mailer=self.mailer,
            chance=lambda: self.chance,
            on_still_suppressed=self.still_suppressed.append,
            now=lambda: self.clock(Function.WORKER),
        )

    def clock(self, _function: Function) -> datetime:
        """The time, as a function has it."""
        return self.at

    # The use cases, over whatever the ports are by now

    def intake_of(self, function: Function) -> Intake:
        """What takes events in, in one of the functions that do."""
        return Intake(
            dossiers=self.dossiers,
            addresses=self.addresses,
            quarantined=self.quarantine,
            queue=self.queue,
            planner=self.planner,
            on_lost_wake=self.lost_wakes.append,
            now=lambda: self.clock(function),
        )

    @property
    def intake(self) -> Intake:
        return self.intake_of(Function.DOOR)

    @property
    def students(self) -> Students:
        return Students(
            dossiers=self.dossiers,
            intake=self.intake,
            links=self.composer.links,
            now=lambda: self.clock(Function.DOOR),
        )

    @property
    def convocations(self) -> Convocations:
        return Convocations(
            students=self.students,
            composer=self.composer,
            vault=self.vault,
        )

    @property
    def desk_actions(self) -> DeskActions:
        return DeskActions(
            intake=self.intake_of(Function.CONSOLE),
            dossiers=self.dossiers,
            channels=self.channels,
            planner=self.planner,
            now=lambda: self.clock(Function.CONSOLE),
        )

    @property
    def channel_pauses(self) -> ChannelPauses:
        return ChannelPauses(channels=self.channels, now=lambda: self.clock(Function.CONSOLE))

    @property
    def dossier_views(self) -> DossierViews:
        return DossierViews(
            dossiers=self.dossiers,
            channels=self.channels,
            planner=self.planner,
            now=lambda: self.clock(Function.CONSOLE),
        )

    @property
    def sent_messages(self) -> SentMessages:
        return SentMessages(dossiers=self.dossiers, composer=self.composer)

    @property
    def work_lists(self) -> WorkLists:
        return WorkLists(
            dossiers=self.dossiers,
            daily_figures=self.daily_figures,
            escalation=self.escalation,
            desk=self.planner.desk,
            now=lambda: self.clock(Function.CONSOLE),
        )

    @property
    def search(self) -> Search:
        return Search(dossiers=self.dossiers, fingerprint=self.planner.fingerprint)

    @property
    def quarantines(self) -> Quarantines:
        return Quarantines(
            quarantine=self.quarantine,
            audit=self.audit,
            dossiers=self.dossiers,
            planner=self.planner,
            intake=self.intake_of(Function.CONSOLE),
            now=lambda: self.clock(Function.CONSOLE),
        )

    def bulk_actions_of(self, function: Function) -> BulkActions:
        """Lists of cards, asked for at the console or applied by the sweep."""
        return BulkActions(
            dossiers=self.dossiers,
            bulks=self.bulks,
            intake=self.intake_of(function),
            planner=self.planner,
            channels=self.channels,
            now=lambda: self.clock(function),
        )

    @property
    def appointment_lists(self) -> AppointmentLists:
        return AppointmentLists(
            dossiers=self.dossiers,
            headings=self.list_headings,
            bulk_actions=self.bulk_actions_of(Function.CONSOLE),
            channels=self.channels,
            planner=self.planner,
            now=lambda: self.clock(Function.CONSOLE),
        )

    @property
    def sweep(self) -> Sweep:
        return Sweep(
            dossiers=self.dossiers,
            queue=self.queue,
            now=lambda: self.clock(Function.SWEEP),
            woken=self.woken,
        )

    @property
    def delivery_reports(self) -> DeliveryReports:
        return DeliveryReports(
            dossiers=self.dossiers,
            queue=self.queue,
            planner=self.planner,
            receipts=self.receipts,
            now=lambda: self.clock(Function.FEEDBACK),
        )

    def backoff_of(self, function: Function) -> Backoff:
        """What holds dossiers back, for a worker or for the night."""
        return Backoff(
            dossiers=self.dossiers,
            quarantine=self.quarantine,
            now=lambda: self.clock(function),
        )

    @property
    def backoff(self) -> Backoff:
        return self.backoff_of(Function.WORKER)

    @property
    def night(self) -> Night:
        return Night(
            dossiers=self.dossiers,
            channels=self.channels,
            daily_figures=self.daily_figures,
            planner=self.planner,
            backoff=self.backoff_of(Function.NIGHT),
            eraser=self.eraser_by(lambda: self.clock(Function.NIGHT)),
            matching=ReceiptMatching(
                receipts=self.receipts,
                delivery_reports=self.delivery_reports,
                on_trouble=self.troubles.append,
            ),
            queue=self.night_queue,
            on_stranded=self.stranded.append,
            on_trouble=self.troubles.append,
            now=lambda: self.clock(Function.NIGHT),
        )

    def night_begins(self) -> Progress:
        """What the schedule puts onto the night's queue."""
        began = self.clock(Function.NIGHT)
        return Progress(figures=DailyFigures(counted_at=began, is_whole=False))

    def whole_night(self, night: Night | None = None) -> Progress:
        """A night that has time for all of them."""
        return (night or self.night).run(self.night_begins(), 1, lambda: True)

    @property
    def naming(self) -> Naming:
        return Naming(dossiers=self.dossiers, fingerprint=self.planner.fingerprint)

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
            now=lambda: self.clock(Function.CONSOLE),
        )

    @property
    def eraser(self) -> Eraser:
        """What forgets at once, on request."""
        return self.eraser_by(lambda: self.at)

    def eraser_by(self, clock: Callable[[], datetime]) -> Eraser:
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
            on_still_suppressed=self.still_suppressed.append,
            now=clock,
        )

    @property
    def digest(self) -> MorningDigest:
        return MorningDigest(
            dossiers=self.dossiers,
            channels=self.channels,
            daily_figures=self.daily_figures,
            escalation=self.escalation,
            desk=self.planner.desk,
            mailer=self.mailer,
            to="antenne@prefecture.example",
            now=lambda: self.at,
        )

    # What happens

    def take(self, *events: Event) -> list[Recorded]:
        """Record events, each at the time it arrives."""
        return [self._take(event) for event in events]

    def _take(self, event: Event) -> Recorded:
        self.at = max(self.at, event.received_at)
        return self.intake.record(event, b"body")

    def act(self, event: Event, seen: str = "") -> Recorded:
        """Somebody at the desk says it, now."""
        return self.acted(event, seen).outcome

    def acted(self, event: Event, seen: str = "") -> Acted:
        """The same, with what follows from it."""
        said = replace(event, at=self.at, received_at=self.at)
        return self.desk_actions.act(said, seen)

    def serve(self, dossier_id: str = DOSSIER) -> list[Served]:
        return self.sender.serve(dossier_id)

    def report(
        self, attempt: Attempt, status: Status, failure_class: FailureClass | None = None
    ) -> str:
        """What a provider says of an attempt, now."""
        report = DeliveryReport(
            dossier_id=DOSSIER,
            notice=attempt.notice,
            attempt=attempt.attempt,
            status=status,
            at=self.at,
            receipt_id="receipt",
            failure_class=failure_class,
        )
        return self.delivery_reports.record(report)

    def request_erasure(self, dossier_id: str = DOSSIER) -> Recorded:
        """Somebody asks the desk for it, now. Raises WithoutEffect."""
        return self.act(an_erasure(EventType.ERASURE_REQUESTED, self.at, dossier_id))

    def forget(self, dossier_id: str = DOSSIER) -> bool:
        """Somebody asks for it, and a night comes at once."""
        with suppress(WithoutEffect):
            self.request_erasure(dossier_id)
        return self.eraser.forget(dossier_id)

    def everything_arrives(self) -> None:
        """A receipt for whatever a provider holds."""
        for attempt in self.ledger:
            if attempt.status is Status.ACCEPTED:
                self.report(attempt, Status.DELIVERED)

    def travel(self, to: str) -> None:
        """Serve at every instant that something is due until then; whatever is sent arrives."""
        end = paris(to)
        while (due := self.dossiers.next_due()) and due[0] <= end:
            self.at = max(self.at, due[0])
            self.serve(due[1])
            self.at += timedelta(seconds=5)
            self.everything_arrives()
        self.at = max(self.at, end)

    @property
    def ledger(self) -> tuple[Attempt, ...]:
        return self.dossiers.load(DOSSIER).dossier.ledger

    @property
    def next_due_at(self) -> datetime | None:
        return self.dossiers.load(DOSSIER).next_due_at

    def notices(self) -> list[str]:
        """Every message that left, in order."""
        return [
            f"{a.notice.kind}.{a.notice.number}.{a.notice.channel}"
            for a in self.ledger
            if a.status is not Status.OPEN and a.status is not Status.CLOSED
        ]
