"""What a person has to do: the desk notices that stand, and what people said about them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import Attempt, Fate, Kind, Notice
from chalicelib.domain.desk_calendar import at_paris
from chalicelib.domain.dossier import Decision
from chalicelib.domain.drafts import Draft
from chalicelib.domain.legs import Leg, complaints
from chalicelib.domain.outlook import UNKNOWN_EXHAUSTED, Stand
from chalicelib.domain.when import Case

TEXT_FAILED = "text_failed"

#: One open notice a dossier stands for everything that did not arrive.
UNREACHABLE = Notice(kind=Kind.UNREACHABLE, occasion="dossier", channel=Channel.DESK)

_OWN_WORK = {TEXT_FAILED: Kind.TEXT_FAILED, UNKNOWN_EXHAUSTED: Kind.UNKNOWN_EXHAUSTED}


@dataclass(frozen=True, kw_only=True)
class Work:
    """A desk notice that is, or will be, owed: from when on, and a short code why.

    `is_ended` means that a person has said the last word on it.
    """

    notice: Notice
    at: datetime
    end_at: datetime | None = None
    why: str = ""
    is_ended: bool = False


def serve_failed(set_aside_at: datetime) -> Notice:
    """The desk notice of a dossier that was set aside then."""
    name = f"{set_aside_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return Notice(kind=Kind.SERVE_FAILED, occasion=name, channel=Channel.DESK)


def work_of(case: Case, drafts: Sequence[Draft], legs: Sequence[Leg]) -> list[Work]:
    """Every desk notice the facts and the attempts ask for, after what people decided."""
    wanted = [
        *_by_the_table(case, drafts, legs),
        *_too_late_to_send(case, drafts),
        *_texts_and_unknowns(legs),
        *_complained(case),
        *_unreachable(case, legs),
    ]
    return [_after_decision(case, work) for work in wanted]


def stands(case: Case, work: Work) -> bool:
    """Whether this notice is open on the work list already."""
    return _open(case, work.notice) is not None


def _by_the_table(case: Case, drafts: Iterable[Draft], legs: Sequence[Leg]) -> Iterable[Work]:
    for draft in drafts:
        if Channel.DESK in draft.rule.channels:
            notice, end_at = draft.notice(Channel.DESK), draft.end_at(case, Channel.DESK)
            is_outcome = draft.rule.kind is Kind.OUTCOME_UNKNOWN
            why = _expired(case, legs) if is_outcome else ""
            yield Work(notice=notice, at=draft.due_at, end_at=end_at, why=why)


def _expired(case: Case, legs: Sequence[Leg]) -> str:
    """What never arrived before it became pointless: whoever asks what happened should know."""
    over = [draft for draft, mine in _by_draft(legs) if all(x.is_over(case.now) for x in mine)]
    arrived = [draft for draft, mine in _by_draft(legs) if _has_arrived(mine)]
    return " ".join(f"expired:{d.rule.kind}" for d in over if d not in arrived)


def _too_late_to_send(case: Case, drafts: Iterable[Draft]) -> Iterable[Work]:
    for draft in drafts:
        if draft.is_too_old(case):
            name = f"{draft.rule.kind}-{draft.anchor.occasion}"
            yield _work(Kind.TOO_LATE_TO_SEND, name, draft.anchor.learnt_at, str(draft.rule.kind))


def _texts_and_unknowns(legs: Iterable[Leg]) -> Iterable[Work]:
    for leg in legs:
        kind = _OWN_WORK.get(leg.outlook.why)
        if kind and leg.outlook.stand is Stand.SPENT:
            n = leg.notice
            name = f"{n.kind}-{n.number}-{n.occasion}-{n.channel}"
            yield _work(kind, name, leg.outlook.at, str(n.kind))


def _complained(case: Case) -> Iterable[Work]:
    for address in sorted(complaints(case.ledger)):
        words = (a for a in case.ledger if a.fate is Fate.COMPLAINED)
        yield _work(
            Kind.COMPLAINED, address, min(a.fate_at for a in words if a.address == address), ""
        )


def _unreachable(case: Case, legs: Sequence[Leg]) -> Iterable[Work]:
    """Opened by the first loss that nobody has looked at; it stands until something arrives."""
    legs = [leg for leg in legs if leg.notice.kind is not Kind.CONTACT_US]  # an echo of a loss
    losses, decision = sorted(_losses(case, legs)), _decision(case, UNREACHABLE)
    news = [loss for loss in losses if decision is None or loss[0] > decision.at]
    already = _open(case, UNREACHABLE)
    if losses:
        why = " ".join(f"{what}:{why}" for _, what, why in losses)
        yield Work(notice=UNREACHABLE, at=(news or losses)[0][0], why=why)
    elif already and any(_is_pending(case, mine) for _, mine in _by_draft(legs)):
        yield Work(notice=UNREACHABLE, at=already.claimed_at)


def _losses(case: Case, legs: Sequence[Leg]) -> Iterable[tuple[datetime, str, str]]:
    """When, what and why: each notice that is lost on every channel and has no work of its own."""
    for draft, mine in _by_draft(legs):
        own_work = any(leg.outlook.why in _OWN_WORK for leg in mine)
        if _is_pending(case, mine) and all(x.is_lost(case.now) for x in mine) and not own_work:
            lost_at = max(x.outlook.lost_at for x in mine if x.outlook.lost_at)
            yield lost_at, str(draft.rule.kind), mine[0].outlook.why or "silent"


def _is_pending(case: Case, legs: Sequence[Leg]) -> bool:
    """Whether a message is still owed that has not arrived anywhere."""
    is_over = all(leg.is_over(case.now) for leg in legs)
    return legs[0].draft.due_at <= case.now and not is_over and not _has_arrived(legs)


def _has_arrived(legs: Iterable[Leg]) -> bool:
    return any(leg.outlook.stand is Stand.ARRIVED for leg in legs)


def _by_draft(legs: Iterable[Leg]) -> Iterable[tuple[Draft, list[Leg]]]:
    for _, group in groupby(legs, key=lambda leg: id(leg.draft)):
        mine = list(group)
        yield mine[0].draft, mine


def _work(kind: Kind, occasion: str, at: datetime, why: str) -> Work:
    notice = Notice(kind=kind, occasion=occasion, channel=Channel.DESK)
    return Work(notice=notice, at=at, why=why)


def _after_decision(case: Case, work: Work) -> Work:
    """Ended by a person, or put off until a day; what came up only after their word stands."""
    decision = _decision(case, work.notice)
    if decision is None or decision.at < work.at:
        return work
    if decision.until is None:
        return replace(work, is_ended=True)
    day = decision.until
    return replace(work, at=at_paris(day, case.desk.terms_on(day).delays.send_at))


def _decision(case: Case, notice: Notice) -> Decision | None:
    """A person's last word on it."""
    words = (d for d in case.facts.work_closed if d.subject == str(notice))
    return max(words, key=lambda d: d.at, default=None)


def _open(case: Case, notice: Notice) -> Attempt | None:
    """The notice as it stands on the work list, unless a later word has taken it off."""
    decision = _decision(case, notice)
    opened = (a for a in case.ledger if a.notice == notice and a.fate is Fate.OPEN)
    return next((a for a in opened if decision is None or a.claimed_at > decision.at), None)
