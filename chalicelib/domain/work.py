"""What a person has to do: the desk notices that stand, and what people said about them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True)
class Work:
    """A desk notice that is, or will be, owed: from when on, and a short code why."""

    notice: Notice
    at: datetime
    end_at: datetime | None = None
    why: str = ""


def work_of(case: Case, drafts: Sequence[Draft], legs: Sequence[Leg]) -> list[Work]:
    """Every desk notice the facts and the attempts ask for, after what people decided."""
    wanted = [
        *_by_the_table(case, drafts),
        *_too_late_to_send(case, drafts),
        *_texts_and_unknowns(legs),
        *_complained(case),
        *_unreachable(case, legs),
    ]
    return [decided for work in wanted if (decided := _after_decision(case, work))]


def stands(case: Case, work: Work) -> bool:
    """Whether this notice is open on the work list already."""
    decision = _decision(case, work.notice)
    return any(a.notice == work.notice for a in _open(case, decision))


def _by_the_table(case: Case, drafts: Iterable[Draft]) -> Iterable[Work]:
    for draft in drafts:
        if Channel.DESK in draft.rule.channels:
            notice, end_at = draft.notice(Channel.DESK), draft.end_at(case, Channel.DESK)
            yield Work(notice=notice, at=draft.due_at, end_at=end_at)


def _too_late_to_send(case: Case, drafts: Iterable[Draft]) -> Iterable[Work]:
    for draft in drafts:
        if draft.is_too_old(case):
            name = f"{draft.rule.kind}-{draft.anchor.occasion}"
            yield _work(Kind.TOO_LATE_TO_SEND, name, draft.anchor.at, str(draft.rule.kind))


def _texts_and_unknowns(legs: Iterable[Leg]) -> Iterable[Work]:
    kinds = {TEXT_FAILED: Kind.TEXT_FAILED, UNKNOWN_EXHAUSTED: Kind.UNKNOWN_EXHAUSTED}
    for leg in legs:
        kind = kinds.get(leg.outlook.why)
        if kind and leg.outlook.stand is Stand.SPENT:
            n = leg.notice
            name = f"{n.kind}-{n.number}-{n.occasion}-{n.channel}"
            yield _work(kind, name, leg.outlook.at, str(n.kind))


def _complained(case: Case) -> Iterable[Work]:
    for address in sorted(complaints(case.ledger)):
        first = min(a.fate_at for a in case.ledger if a.address == address)
        yield _work(Kind.COMPLAINED, address, first, "")


def _unreachable(case: Case, legs: Sequence[Leg]) -> Iterable[Work]:
    """One open notice a dossier, standing for everything that failed on every channel."""
    decision = _last(d for d in case.facts.work_closed if d.subject.startswith(Kind.UNREACHABLE))
    lost = [
        (at, why)
        for at, why in _lost(case, legs)
        if decision is None or at > decision.at or _is_over(case, decision)
    ]
    if lost:
        at, why = min(lost)
        already = next((a for a in _open(case, decision) if _is_unreachable(a)), None)
        name = already.notice.occasion if already else f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        yield _work(Kind.UNREACHABLE, name, at, why)


def _is_unreachable(attempt: Attempt) -> bool:
    return attempt.notice.kind is Kind.UNREACHABLE


def _lost(case: Case, legs: Sequence[Leg]) -> Iterable[tuple[datetime, str]]:
    """When and why each notice was lost that has no channel left and no work of its own."""
    for _, group in groupby(legs, key=lambda leg: id(leg.draft)):
        ends = [leg.outlook for leg in group]
        at = max(o.at for o in ends)
        own_work = any(o.why in {TEXT_FAILED, UNKNOWN_EXHAUSTED} for o in ends)
        if all(o.stand is Stand.SPENT for o in ends) and at <= case.now and not own_work:
            yield at, ends[0].why


def _work(kind: Kind, occasion: str, at: datetime, why: str) -> Work:
    notice = Notice(kind=kind, occasion=occasion, channel=Channel.DESK)
    return Work(notice=notice, at=at, why=why)


def _after_decision(case: Case, work: Work) -> Work | None:
    """Ended by a person: gone. Put off by a person: back on that day."""
    decision = _decision(case, work.notice)
    if decision is None:
        return work
    if decision.until is None:
        return None
    return Work(notice=work.notice, at=_nine(case, decision), end_at=work.end_at, why=work.why)


def _decision(case: Case, notice: Notice) -> Decision | None:
    return _last(d for d in case.facts.work_closed if d.subject == str(notice))


def _is_over(case: Case, decision: Decision) -> bool:
    return decision.until is not None and _nine(case, decision) <= case.now


def _nine(case: Case, decision: Decision) -> datetime:
    day = decision.until
    assert day is not None
    return at_paris(day, case.desk.terms_on(day).delays.send_at)


def _open(case: Case, decision: Decision | None) -> list[Attempt]:
    """The open desk notices, without those that a later word has closed."""
    opened = [a for a in case.ledger if a.fate is Fate.OPEN]
    return [a for a in opened if decision is None or a.claimed_at > decision.at]


def _last(decisions: Iterable[Decision]) -> Decision | None:
    return max(decisions, key=lambda d: d.at, default=None)
