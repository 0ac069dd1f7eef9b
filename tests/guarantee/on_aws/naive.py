"""The control: send first, then write it down. It has to fail, or nothing is proved."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from chalicelib import wiring
from chalicelib.domain.channels import address_on
from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import Attempt, Fate
from chalicelib.domain.plan import Owed
from chalicelib.pipeline.ports import JournalLine
from chalicelib.pipeline.send import Outgoing
from chalicelib.pipeline.serve_dossier import Counter, Served
from chalicelib.wiring import machine
from local.aws.transport import replaced


@contextmanager
def naive_product() -> Iterator[None]:
    """Meanwhile the product's sender is the naive one."""
    with replaced(machine, "serve_dossier", naive_serve):
        yield


def naive_serve(dossier_id: str) -> list[Served]:
    """Send what is due, one after the other; whatever goes wrong, the queue brings it again."""
    counter = wiring.house().counter
    while (owed := _next(counter, dossier_id)) is not None:
        _mark(counter, dossier_id, _send(counter, dossier_id, owed))
    return []


def _next(counter: Counter, dossier_id: str) -> Owed | None:
    loaded = counter.dossiers.load(dossier_id)
    plan = counter.planner.plan(loaded.dossier, counter.now())
    due = (owed for owed in plan.due if owed.notice.channel is not Channel.DESK)
    return next(due, None) if loaded.dossier.events else None


def _send(counter: Counter, dossier_id: str, owed: Owed) -> Attempt:
    dossier, now = counter.dossiers.load(dossier_id).dossier, counter.now()
    facts = dossier.facts
    letter = counter.desktop.compose(dossier, facts, owed.notice, now)
    to = address_on(owed.notice.channel, facts.contact) if facts.contact else None
    attempt = Attempt(
        notice=owed.notice,
        attempt=owed.next_try.attempt,
        fate=Fate.DELIVERED,
        claimed_at=now,
        fate_at=now,
        token="token",
    )
    outgoing = Outgoing(dossier_id=dossier_id, attempt=attempt, letter=letter, to=to or "")
    sender = counter.senders.on[owed.notice.channel]
    message_id = sender.send(letter, to=outgoing.to, tags=outgoing.tags)
    return replace(attempt, message_id=message_id)


def _mark(counter: Counter, dossier_id: str, attempt: Attempt) -> None:
    loaded, now = counter.dossiers.load(dossier_id), counter.now()
    words = f"{attempt.notice} attempt {attempt.attempt} claimed"
    line = JournalLine(at=now, by="naive", what=words)
    dossier = loaded.dossier.with_attempt(attempt)
    counter.dossiers.write(loaded, counter.planner.write(dossier, now, [line]))
