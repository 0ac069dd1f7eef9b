"""The control: send first, then write it down. It has to fail, or nothing is proved."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from chalicelib.domain.attempts import Attempt, Status
from chalicelib.domain.channels import address_on
from chalicelib.domain.contact import Channel
from chalicelib.domain.plan import Owed
from chalicelib.pipeline.ports import JournalLine
from chalicelib.pipeline.providers import Outgoing
from chalicelib.pipeline.sender import Sender, Served
from local.aws.transport import replaced


@contextmanager
def naive_product() -> Iterator[None]:
    """Meanwhile the product's sender is the naive one."""
    with replaced(Sender, "serve", naive_serve):
        yield


def naive_serve(sender: Sender, dossier_id: str) -> list[Served]:
    """Send what is due, one after the other; whatever goes wrong, the queue brings it again."""
    while (owed := _next(sender, dossier_id)) is not None:
        _mark(sender, dossier_id, _send(sender, dossier_id, owed))
    return []


def _next(sender: Sender, dossier_id: str) -> Owed | None:
    loaded = sender.dossiers.load(dossier_id)
    plan = sender.planner.plan(loaded.dossier, sender.now())
    due = (owed for owed in plan.due if owed.notice.channel is not Channel.DESK)
    return next(due, None) if loaded.dossier.events else None


def _send(sender: Sender, dossier_id: str, owed: Owed) -> Attempt:
    dossier, now = sender.dossiers.load(dossier_id).dossier, sender.now()
    facts = dossier.facts
    letter = sender.composer.compose(dossier, facts, owed.notice, now)
    to = address_on(owed.notice.channel, facts.contact) if facts.contact else None
    attempt = Attempt(
        notice=owed.notice,
        attempt=owed.next_try.attempt,
        status=Status.DELIVERED,
        claimed_at=now,
        status_at=now,
        token="token",
    )
    outgoing = Outgoing(dossier_id=dossier_id, attempt=attempt, letter=letter, to=to or "")
    speaker = sender.providers.speakers[owed.notice.channel]
    message_id = speaker.send(letter, to=outgoing.to, tags=outgoing.tags)
    return replace(attempt, message_id=message_id)


def _mark(sender: Sender, dossier_id: str, attempt: Attempt) -> None:
    loaded, now = sender.dossiers.load(dossier_id), sender.now()
    words = f"{attempt.notice} attempt {attempt.attempt} claimed"
    line = JournalLine(at=now, by="naive", what=words)
    dossier = loaded.dossier.with_attempt(attempt)
    sender.dossiers.write(loaded, sender.planner.write(dossier, now, [line]))
