"""What a person has to do: the desk notices that stand, and what people said about them."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby

from chalicelib.domain.attempts import Attempt, Kind, Notice, Status, open_line
from chalicelib.domain.candidates import Candidate, complaints
from chalicelib.domain.contact import Channel
from chalicelib.domain.deliveries import Delivery
from chalicelib.domain.desk_calendar import SlotPurpose, at_paris
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.facts import Decision, Facts, State
from chalicelib.domain.retries import UNKNOWN_EXHAUSTED, Standing
from chalicelib.domain.rules import Case

TEXT_FAILED = "text_failed"

#: One open notice a dossier stands for everything that did not arrive.
UNREACHABLE = Notice(kind=Kind.UNREACHABLE, occasion="dossier", channel=Channel.DESK)

#: What has a line of its own, by the code it ends with.
OWN_WORK = {TEXT_FAILED: Kind.TEXT_FAILED, UNKNOWN_EXHAUSTED: Kind.UNKNOWN_EXHAUSTED}


#: Behind an appointment's revision: the first day of the closure that it falls into.
_CLOSURE = re.compile(r"-\d{4}-\d\d-\d\d$", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Work:
    """A desk notice that is, or will be, owed: from when on, and a short code why.

    `losses` are the messages it stands for: whoever ends it has dealt with these, and with no
    others. `is_ended` means that a person has said the last word on it.
    """

    notice: Notice
    at: datetime
    end_at: datetime | None = None
    why: str = ""
    losses: tuple[str, ...] = ()
    is_ended: bool = False


def serve_failed(backed_off_at: datetime) -> Notice:
    """The desk notice of a dossier that was set aside then."""
    name = f"{backed_off_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return Notice(kind=Kind.SERVE_FAILED, occasion=name, channel=Channel.DESK)


def work_of(
    case: Case, candidates: Sequence[Candidate], deliveries: Sequence[Delivery]
) -> list[Work]:
    """Every desk notice the facts and the attempts ask for, after what people decided."""
    wanted = [
        *_by_the_table(case, candidates, deliveries),
        *_too_late_to_send(case, candidates),
        *_texts_and_unknowns(deliveries),
        *_complained(case),
        *_unreachable(case, deliveries),
    ]
    return [after_a_word(case, work) for work in wanted]


def is_to_collect(facts: Facts, notice: Notice) -> bool:
    """Whether a notice is about an appointment to collect the card."""
    names = {notice.occasion, _CLOSURE.sub("", notice.occasion)}
    return SlotPurpose.COLLECT in map(facts.purpose_of, names)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody did last to a dossier, when and by whom."""

    at: datetime
    by: str


def answer_of(dossier: Dossier) -> Answer | None:
    """The answer to all of its open lines; None where one of them waits for it."""
    if not dossier.open_work or unanswered_since(dossier):
        return None
    acts = [Answer(at=event.received_at, by=event.by) for event in dossier.events if event.by]
    return max(acts, key=lambda answer: answer.at)


def unanswered_since(dossier: Dossier) -> datetime | None:
    """Since when the oldest of its open lines waits to which no person has answered; None where
    each had an answer. Whatever somebody does to a dossier answers all that was open then: a note,
    as well as an act. To have read it is no answer.
    """
    acts = (event.received_at for event in dossier.events if event.by)
    answered_at = max(acts, default=None)
    opened = (line.claimed_at for line in dossier.open_work)
    return min((at for at in opened if not answered_at or at > answered_at), default=None)


def stands(case: Case, work: Work) -> bool:
    """Whether a line of the work list says all of this already."""
    line = open_line(case.ledger, str(work.notice))
    return line is not None and set(work.losses) <= set(line.losses)


def _by_the_table(
    case: Case, candidates: Iterable[Candidate], deliveries: Sequence[Delivery]
) -> Iterable[Work]:
    for candidate in candidates:
        if Channel.DESK in candidate.rule.channels:
            notice, end_at = candidate.notice(Channel.DESK), candidate.end_at(case, Channel.DESK)
            why = (
                _expired(case, deliveries) if candidate.rule.tells_expired else candidate.anchor.why
            )
            yield Work(notice=notice, at=candidate.due_at, end_at=end_at, why=why)


def _expired(case: Case, deliveries: Sequence[Delivery]) -> str:
    """What never arrived before it became pointless: whoever asks what happened should know."""
    over = [
        candidate
        for candidate, mine in _by_draft(deliveries)
        if all(x.is_over(case.now) for x in mine)
    ]
    arrived = [candidate for candidate, mine in _by_draft(deliveries) if _has_arrived(mine)]
    return " ".join(f"expired:{d.rule.kind}" for d in over if d not in arrived)


def _too_late_to_send(case: Case, candidates: Iterable[Candidate]) -> Iterable[Work]:
    for candidate in candidates:
        if candidate.is_too_old(case):
            name = f"{candidate.rule.kind}-{candidate.anchor.occasion}"
            losses = tuple(f"{candidate.notice(channel)}#0" for channel in candidate.rule.channels)
            yield _work(
                Kind.TOO_LATE_TO_SEND,
                name,
                candidate.anchor.learnt_at,
                str(candidate.rule.kind),
                losses,
            )


def _texts_and_unknowns(deliveries: Iterable[Delivery]) -> Iterable[Work]:
    for delivery in deliveries:
        kind = OWN_WORK.get(delivery.outlook.why)
        if kind and delivery.outlook.stand is Standing.SPENT:
            n = delivery.notice
            name = f"{n.kind}-{n.number}-{n.occasion}-{n.channel}"
            yield _work(kind, name, delivery.outlook.at, str(n.kind), (delivery.loss,))


def _complained(case: Case) -> Iterable[Work]:
    """What else a closed dossier might have sent, or one that is erased, nobody has to decide."""
    if case.state is State.CLOSED or case.facts.erasure:
        return
    for address in sorted(complaints(case.ledger)):
        words = (a for a in case.ledger if a.status is Status.COMPLAINED)
        yield _work(
            Kind.COMPLAINED, address, min(a.status_at for a in words if a.address == address)
        )


def _unreachable(case: Case, deliveries: Sequence[Delivery]) -> Iterable[Work]:
    """Opened by the first loss that nobody has looked at; it stands until something arrives."""
    deliveries = [delivery for delivery in deliveries if not delivery.candidate.rule.echo]
    losses, already = sorted(_losses(case, deliveries)), open_line(case.ledger, str(UNREACHABLE))
    dealt_with = {name for line in _ended_by_a_word(case, UNREACHABLE) for name in line.losses}
    news = [loss for loss in losses if not dealt_with.issuperset(loss.names)]
    if losses:
        yield Work(
            notice=UNREACHABLE,
            at=(news or losses)[0].at,
            why=" ".join(f"{loss.kind}:{loss.why}" for loss in losses),
            losses=tuple(sorted({name for loss in losses for name in loss.names})),
        )
    elif already and any(_is_pending(case, mine) for _, mine in _by_draft(deliveries)):
        yield Work(notice=UNREACHABLE, at=already.claimed_at, losses=already.losses)


@dataclass(frozen=True, kw_only=True, order=True)
class _Loss:
    """A message that is lost on every channel: since when, what, why, and by which names."""

    at: datetime
    kind: Kind
    why: str
    names: tuple[str, ...]


def _losses(case: Case, deliveries: Sequence[Delivery]) -> Iterable[_Loss]:
    """What is lost on every channel, but for what has work of its own on every one of them."""
    for candidate, mine in _by_draft(deliveries):
        lost = [delivery.outlook.lost_at for delivery in mine if delivery.outlook.lost_at]
        is_lost = _is_pending(case, mine) and all(delivery.is_lost(case.now) for delivery in mine)
        if is_lost and not all(delivery.outlook.why in OWN_WORK for delivery in mine):
            yield _Loss(
                at=max(lost),
                kind=candidate.rule.kind,
                why=mine[0].outlook.why or "silent",
                names=_names(case, candidate, mine),
            )


def _names(case: Case, candidate: Candidate, deliveries: Iterable[Delivery]) -> tuple[str, ...]:
    """What it is called on each channel; also where it went to a number that is no longer there,
    for whoever has dealt with the others knew nothing of that.
    """
    tries = Counter[Channel]()
    names = dict[Channel, str]()
    for a in candidate.tries(case):
        tries[a.notice.channel] += 1
        names[a.notice.channel] = f"{a.notice}#{tries[a.notice.channel]}"
    return tuple(
        (names | {delivery.notice.channel: delivery.loss for delivery in deliveries}).values()
    )


def _is_pending(case: Case, deliveries: Sequence[Delivery]) -> bool:
    """Whether a message is still owed that has not arrived anywhere."""
    is_over = all(delivery.is_over(case.now) for delivery in deliveries)
    return (
        deliveries[0].candidate.due_at <= case.now and not is_over and not _has_arrived(deliveries)
    )


def _has_arrived(deliveries: Iterable[Delivery]) -> bool:
    return any(delivery.outlook.stand is Standing.ARRIVED for delivery in deliveries)


def _by_draft(deliveries: Iterable[Delivery]) -> Iterable[tuple[Candidate, list[Delivery]]]:
    for _, group in groupby(deliveries, key=lambda delivery: id(delivery.candidate)):
        mine = list(group)
        yield mine[0].candidate, mine


def _work(
    kind: Kind, occasion: str, at: datetime, why: str = "", losses: tuple[str, ...] = ()
) -> Work:
    notice = Notice(kind=kind, occasion=occasion, channel=Channel.DESK)
    return Work(notice=notice, at=at, why=why, losses=losses)


def after_a_word(case: Case, work: Work) -> Work:
    """Ended by a person, or put off until a day: as far as the line said what it says now.

    What the line did not name, or what came up only after it was opened, nobody has dealt with.
    """
    lines = _ended_by_a_word(case, work.notice)
    if not lines or not _was_said(work, lines):
        return work
    day = next((w.until for w in case.facts.work_closed if w.event_id == lines[-1].closed_by), None)
    if day is None:
        return replace(work, is_ended=True)
    return replace(work, at=at_paris(day, case.desk.terms_on(day).delays.send_at))


def put_off(dossier: Dossier) -> Mapping[Notice, Decision]:
    """What a person has put off until a day, as far as anybody has said: by each desk notice, the
    word that closed its last line.
    """
    last = {a.notice: a.closed_by for a in dossier.ledger if a.notice.channel is Channel.DESK}
    words = (word for word in dossier.facts.work_closed if word.until)
    return {word.notice: word for word in words if last.get(word.notice) == word.event_id}


def _ended_by_a_word(case: Case, notice: Notice) -> Sequence[Attempt]:
    return [a for a in case.ledger if a.notice == notice and a.closed_by]


def _was_said(work: Work, lines: Sequence[Attempt]) -> bool:
    if work.losses:
        return {name for line in lines for name in line.losses}.issuperset(work.losses)
    return lines[-1].claimed_at >= work.at
