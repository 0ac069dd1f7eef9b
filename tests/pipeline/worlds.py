"""A whole desk in memory, with a clock that is set by hand."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.channels.table import COMPOSERS
from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import Attempt, Blame, DeliveryReport, Fate
from chalicelib.domain.errors import NotSent, StorageUnavailable
from chalicelib.domain.events import Event
from chalicelib.domain.recording import Recorded
from chalicelib.pipeline.compose import Desktop
from chalicelib.pipeline.desk_actions import act
from chalicelib.pipeline.forget import Memory, forget
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.record_delivery import record_delivery
from chalicelib.pipeline.record_event import Intake, record_event
from chalicelib.pipeline.send import Senders
from chalicelib.pipeline.serve_dossier import Counter, Served, serve_dossier
from tests.builders import DESK, DOSSIER, paris
from tests.fakes import (
    FakeMailer,
    FakeTexter,
    FakeVault,
    InMemoryChannels,
    InMemoryDossiers,
    InMemoryQuarantine,
    InMemoryReceipts,
    InMemoryServeQueue,
    PlainLinks,
    PlainPaper,
)


@dataclass
class DeskInMemory:
    """Every port faked; `at` is the time."""

    at: datetime = field(default_factory=lambda: paris("2019-04-08 10:00"))
    chance: float = 0.0

    def __post_init__(self) -> None:
        self.dossiers = InMemoryDossiers()
        self.quarantine, self.channels = InMemoryQuarantine(), InMemoryChannels()
        self.queue, self.receipts = InMemoryServeQueue(), InMemoryReceipts()
        self.lost_wakes: list[StorageUnavailable] = []
        self.still_suppressed: list[NotSent] = []
        self.mailer, self.texter, self.vault = FakeMailer(), FakeTexter(), FakeVault()
        self.planner = Planner(desk=DESK, seal=lambda address: f"sealed-{len(address)}")
        self.composers = dict(COMPOSERS)
        self.desktop = Desktop(
            desk=DESK,
            links=PlainLinks(),
            vault=self.vault,
            paper=PlainPaper(),
            composers=self.composers,
        )
        self.intake = Intake(
            dossiers=self.dossiers,
            quarantine=self.quarantine,
            queue=self.queue,
            planner=self.planner,
            on_lost_wake=self.lost_wakes.append,
        )
        self.memory = Memory(
            dossiers=self.dossiers,
            vault=self.vault,
            receipts=self.receipts,
            quarantine=self.quarantine,
            planner=self.planner,
            mailer=self.mailer,
            on_still_suppressed=self.still_suppressed.append,
        )
        self.counter = Counter(
            dossiers=self.dossiers,
            channels=self.channels,
            planner=self.planner,
            desktop=self.desktop,
            senders=Senders(
                on={Channel.EMAIL: self.mailer, Channel.SMS: self.texter},
                mailer=self.mailer,
                chance=lambda: self.chance,
                on_still_suppressed=self.still_suppressed.append,
            ),
            now=lambda: self.at,
            token=lambda: "token",
        )

    def take(self, *events: Event) -> list[Recorded]:
        """Record events, each at the time it arrives."""
        return [self._take(event) for event in events]

    def _take(self, event: Event) -> Recorded:
        self.at = max(self.at, event.received_at)
        return record_event(self.intake, event, b"body", self.at)

    def act(self, event: Event, seen: str = "") -> Recorded:
        """Somebody at the desk says it, now."""
        said = replace(event, at=self.at, received_at=self.at)
        return act(self.intake, said, self.channels.holds(), self.at, seen)

    def serve(self, dossier_id: str = DOSSIER) -> list[Served]:
        return serve_dossier(self.counter, dossier_id)

    def report(self, attempt: Attempt, fate: Fate, blame: Blame | None = None) -> str:
        """What a provider says of an attempt, now."""
        report = DeliveryReport(
            dossier_id=DOSSIER,
            notice=attempt.notice,
            attempt=attempt.attempt,
            fate=fate,
            at=self.at,
            receipt_id="receipt",
            blame=blame,
        )
        return record_delivery(self.dossiers, self.queue, self.planner, report, self.at)

    def forget(self, dossier_id: str = DOSSIER) -> bool:
        """Somebody asks for it, now."""
        return forget(self.memory, dossier_id, self.at)

    def everything_arrives(self) -> None:
        """A receipt for whatever a provider holds."""
        for attempt in self.ledger:
            if attempt.fate is Fate.ACCEPTED:
                self.report(attempt, Fate.DELIVERED)

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
            if a.fate is not Fate.OPEN and a.fate is not Fate.CLOSED
        ]
