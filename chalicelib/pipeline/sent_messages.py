"""A message once more, as its student received it: for the person at the desk whom they ask."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.attempts import Attempt, Status
from chalicelib.domain.channels import address_on
from chalicelib.domain.contact import Channel
from chalicelib.domain.dossier import Dossier
from chalicelib.messages.console.views import MessageStep, MessageView
from chalicelib.messages.letter import Letter
from chalicelib.pipeline.composer import Composer
from chalicelib.pipeline.ports import EveryDossier


class ClosedLinks:
    """Addresses that open nothing: nobody at the desk may confirm in a student's place."""

    site = "https://…"

    def confirm(self, dossier_id: str, revision: str, _generation: str) -> str:
        return _closed("confirm", f"{dossier_id}.{revision}")

    def convocation(self, dossier_id: str, revision: str, _generation: str) -> str:
        return _closed("convocation", f"{dossier_id}.{revision}")

    def proof(self, dossier_id: str, revision: str) -> str:
        return _closed("proof", f"{dossier_id}.{revision}")

    def dossier(self, dossier_id: str, _generation: str) -> str:
        return _closed("dossier", dossier_id)

    def unsubscribe(self, dossier_id: str) -> str:
        return _closed("unsubscribe", dossier_id)


@dataclass(frozen=True, kw_only=True)
class SentMessages:
    """Writes messages anew that have left already."""

    dossiers: EveryDossier
    composer: Composer

    def find(self, dossier_id: str, notice: str, attempt: int) -> MessageView | None:
        """One attempt: its letter, written anew from what was known when it was claimed, the
        address that was known then, and what the journal says of it.

        `notice` is `kind.number.occasion.channel`. No words are kept anywhere: they are those of
        today's texts. None where there is no such message, or no longer. Raises StorageUnavailable
        and TextFailed.
        """
        dossier = self.dossiers.load(dossier_id).dossier
        sent = next((a for a in dossier.ledger if _is_meant(a, notice, attempt)), None)
        written = self.written(dossier, sent) if sent else None
        if sent is None or written is None:
            return None
        to, letter = written
        return MessageView(
            dossier_id=dossier_id,
            notice=sent.notice,
            attempt=attempt,
            claimed_at=sent.claimed_at,
            letter=letter,
            to=to,
            course=tuple(_course(sent, self.dossiers.journal(dossier_id))),
        )

    def written(self, dossier: Dossier, sent: Attempt) -> tuple[str, Letter] | None:
        """The address and the letter of one attempt; None where there was no address.

        Raises TextFailed.
        """
        then = _as_known_at(dossier, sent.claimed_at)
        facts = then.facts
        to = facts.contact and address_on(sent.notice.channel, facts.contact)
        if not to:
            return None
        closed = replace(self.composer, links=ClosedLinks())
        return to, closed.letter(then, facts, sent.notice, sent.claimed_at)


def _is_meant(attempt: Attempt, notice: str, number: int) -> bool:
    is_message = attempt.notice.channel is not Channel.DESK
    return is_message and str(attempt.notice) == notice and attempt.attempt == number


def _course(sent: Attempt, journal: Sequence[str]) -> Iterator[MessageStep]:
    """What the journal says of it, line by line; without these lines, where it stands now."""
    name = f"{sent.notice} attempt {sent.attempt} "
    steps = []
    for line in journal:
        at, _, what = line.split(" ", 2)
        status, _, why = what.removeprefix(name).partition(" ")
        if what.startswith(name) and status in set(Status):
            step = MessageStep(at=datetime.fromisoformat(at), status=Status(status), why=why)
            steps.append(step)
    now = MessageStep(at=sent.status_at, status=sent.status, why=sent.reason)
    yield from steps or [now]


def _as_known_at(dossier: Dossier, at: datetime) -> Dossier:
    return replace(dossier, events=tuple(e for e in dossier.events if e.received_at <= at))


def _closed(page: str, bound_to: str) -> str:
    return f"{ClosedLinks.site}/{page}/{bound_to}…"
