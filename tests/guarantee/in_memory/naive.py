"""The control: a sender as one writes it first. It has to fail, or the programs prove nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.domain.attempts import Attempt, Status
from chalicelib.domain.channels import address_on
from chalicelib.domain.contact import Channel
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import NotSent
from chalicelib.domain.plan import Owed
from chalicelib.pipeline.ports import JournalLine, Loaded, Write
from chalicelib.pipeline.providers import Outgoing
from chalicelib.pipeline.sender import Served
from tests.builders import DOSSIER
from tests.guarantee.figures import WHOLE, Figures, Part, Scale
from tests.guarantee.history import Left
from tests.guarantee.in_memory import cohort, crashes, hearsay, interleavings
from tests.guarantee.in_memory.network import Receipt
from tests.guarantee.in_memory.programs import Program, lot
from tests.guarantee.in_memory.world import World

LEASE = timedelta(minutes=5)


@dataclass
class NaiveWorld(World):
    """Lease, send, mark as sent; again when a lease runs out. Receipts go to the log. No desk."""

    def consume(self, dossier_id: str, receives: int = 1) -> bool:
        """Nobody is set aside: it is tried until the queue gives up."""
        self.serve(dossier_id)
        return receives > 0

    def settle(self, left: Left, receipt: Receipt, name: str) -> bool:
        """A line in the log."""
        return bool(left and receipt and name)

    def serve(self, dossier_id: str = DOSSIER) -> list[Served]:
        """Send whatever is due, and whatever a lease was left behind for."""
        while (attempt := self._leased(dossier_id)) is not None:
            try:
                message_id = self._send(dossier_id, attempt)
            except NotSent:
                continue  # the lease will run out
            sent = replace(attempt, status=Status.DELIVERED, until=None, message_id=message_id)
            loaded = self.dossiers.load(dossier_id)
            self._store(loaded, loaded.dossier.with_attempt(sent), "sent")
        return []

    def _leased(self, dossier_id: str) -> Attempt | None:
        """The next message to send, leased to us; None once nothing is due."""
        loaded = self.dossiers.load(dossier_id)
        dossier = loaded.dossier
        if not dossier.events:
            return None
        attempt = self._next(dossier)
        if attempt is None:
            self._rest(loaded)
            return None
        words = f"{attempt.notice} attempt {attempt.attempt} claimed"
        self._store(loaded, dossier.with_attempt(attempt), words)
        return attempt

    def _next(self, dossier: Dossier) -> Attempt | None:
        over = (a for a in dossier.ledger if a.status is Status.CLAIMED and a.until)
        left_behind = next((a for a in over if a.until and a.until <= self.at), None)
        if left_behind:
            return replace(left_behind, until=self.at + LEASE)
        due = _messages(self.planner.plan(dossier, self.at).due)
        return self._lease(dossier, due[0]) if due else None

    def _lease(self, dossier: Dossier, owed: Owed) -> Attempt:
        addresses = self.planner.addresses(dossier.facts.contact)
        return Attempt(
            notice=owed.notice,
            attempt=owed.next_try.attempt,
            status=Status.CLAIMED,
            claimed_at=self.at,
            status_at=self.at,
            token="token",
            until=self.at + LEASE,
            address=addresses[owed.notice.channel],
        )

    def _send(self, dossier_id: str, attempt: Attempt) -> str:
        dossier = self.dossiers.load(dossier_id).dossier
        facts = dossier.facts
        letter = self.composer.compose(dossier, facts, attempt.notice, self.at)
        to = address_on(attempt.notice.channel, facts.contact) if facts.contact else None
        outgoing = Outgoing(dossier_id=dossier_id, attempt=attempt, letter=letter, to=to or "")
        speaker = self.sender.providers.speakers[attempt.notice.channel]
        return speaker.send(letter, to=outgoing.to, tags=outgoing.tags)

    def _rest(self, loaded: Loaded) -> None:
        if self._write(loaded.dossier).next_due_at != loaded.next_due_at:
            self._store(loaded, loaded.dossier)

    def _store(self, loaded: Loaded, dossier: Dossier, words: str = "") -> None:
        lines = (JournalLine(at=self.at, by="naive", what=words),) if words else ()
        self.dossiers.write(loaded, replace(self._write(dossier), journal=lines))

    def _write(self, dossier: Dossier) -> Write:
        plan = self.planner.plan(dossier, self.at)
        ends = [a.until for a in dossier.ledger if a.status is Status.CLAIMED and a.until]
        ahead = [*ends, *(owed.ready_at for owed in _messages(plan.later))]
        return Write(
            dossier=dossier,
            state=plan.state,
            next_due_at=self.at if _messages(plan.due) else min(ahead, default=None),
            work_since=None,
        )


def _messages(owed: Iterable[Owed]) -> list[Owed]:
    return [one for one in owed if one.notice.channel is not Channel.DESK]


#: What the control is put through, and through how many cases of it at each scale: a sample is
#: enough to see it fail, and it has to fail in each.
PUT_THROUGH: Mapping[str, tuple[Program, int]] = {
    "naive singles": (crashes.SINGLES, 80),
    "naive unheard": (crashes.UNHEARD, 80),
    "naive receipts": (hearsay.RECEIPTS, 27),
    "naive interleavings": (interleavings.INTERLEAVINGS, 400),
    "naive cohort": (cohort.COHORT, 1),
}


def run(name: str, scale: Scale, seed: int, part: Part = WHOLE) -> Figures:
    """What the control lost and doubled in one program."""
    program, most = PUT_THROUGH[name]
    every = program.quick() if program.quick else program.chosen(scale, seed)
    drawn = sorted(every, key=lambda case: lot(seed, case))[:most]
    figures = program.played(part.share(drawn), scale, NaiveWorld)
    what = "the control: lease, send, mark as sent; receipts only logged; no desk"
    return replace(figures, program=name, of=what)
