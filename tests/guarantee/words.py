"""A person's word has its effect, or it is refused: resends, corrections, what is taken back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from chalicelib.domain.attempts import ARRIVED, Attempt, FailureClass, Kind, Notice, Status
from chalicelib.domain.channels import address_on
from chalicelib.domain.contact import Channel
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.facts import Facts, State, facts_of, state_of
from tests.guarantee.history import Claim, History, Kept
from tests.guarantee.losses import (
    PATIENCE,
    SKEW,
    Debt,
    case_about,
    debts_of,
    has_arrived,
    is_over,
    is_unwanted,
    occasions_of,
    owed_on,
    replaces,
)
from tests.guarantee.rest import is_about_facts
from tests.guarantee.truth import may_leave


def unheard(history: History, kept: Kept) -> Iterable[str]:
    """Each word that was taken in and came to nothing."""
    if not kept.dossier.events or kept.is_forgotten:
        return
    yield from _resends(history, kept)
    yield from _corrections(history, kept)
    yield from _withdrawals(history, kept)


# Once more, please


def _resends(history: History, kept: Kept) -> Iterable[str]:
    for word in kept.said(EventType.ASKED_AGAIN):
        notice, since = Notice.named(word.subject or ""), kept.written(word)
        has_left = any(c.number > since and is_same(kept, c.notice, notice) for c in kept.claims)
        is_waited_for = _possible_since(kept, notice.channel, word) + PATIENCE > history.now
        if has_left or is_waited_for or _was_overtaken(history, kept, notice, since):
            continue
        if not _is_told(kept, f"{notice}#", since):
            yield f"was asked for {notice} again, and nothing left"


def is_same(kept: Kept, one: Notice, other: Notice) -> bool:
    """Whether both are one notice, under whatever names its occasion has had."""
    is_kind = (one.kind, one.number, one.channel) == (other.kind, other.number, other.channel)
    return is_kind and kept.is_one_occasion(one.occasion, other.occasion)


def _course(kept: Kept, since: int) -> tuple[Facts, Sequence[tuple[Event, Facts]]]:
    """The facts as a line of the journal found them, and what each event since made of them."""
    told = sorted(kept.dossier.events, key=kept.written)
    before = [event for event in told if kept.written(event) <= since]
    later = range(len(before), len(told))
    return facts_of(before), [(told[n], facts_of(told[: n + 1])) for n in later]


def _possible_since(kept: Kept, channel: Channel, word: Event) -> datetime:
    """Since when it could leave: the address may have gone after the word, and come back."""
    then, later = _course(kept, kept.written(word))
    had, times = _has_address(channel, then), [word.received_at]
    for event, facts in later:
        has = _has_address(channel, facts)
        if has and not had:
            times.append(event.received_at)
        had = has
    return max(times)


def _has_address(channel: Channel, facts: Facts) -> bool:
    return facts.contact is not None and address_on(channel, facts.contact) is not None


def _was_overtaken(history: History, kept: Kept, notice: Notice, since: int) -> bool:
    """Whether it could have left when somebody asked for it, and something has happened since."""
    then, later = _course(kept, since)
    if not _could_leave(history, kept, notice, then):
        return False
    if notice.kind is Kind.CONTACT_US:
        return any(_email(facts) != _email(then) for _, facts in later)
    is_gone = _has_address(notice.channel, then) and notice.channel not in kept.addresses
    return is_gone or not all(_could_leave(history, kept, notice, facts) for _, facts in later)


def _email(facts: Facts) -> tuple[str | None, int]:
    """The e-mail address, and how often a person has said that it is good: it is useless no more,
    and who asked for an SMS about it has overtaken themselves.
    """
    email = facts.contact.email if facts.contact else None
    return email, facts.vouched.count(Channel.EMAIL)


def _could_leave(history: History, kept: Kept, notice: Notice, facts: Facts) -> bool:
    """Whether these facts bear it out, under this name."""
    purpose = kept.purpose_of(notice)
    slot = facts.about(purpose).appointment
    at = slot.made_at if slot else facts.known_since
    if at is None or notice.kind is Kind.CONTACT_US:
        return at is not None
    case = case_about(purpose, facts, kept, history.desk, history.now)
    names = occasions_of(case, notice.kind) if case else frozenset()
    claim = Claim(number=0, notice=notice, attempt=0, at=at, facts=facts, purpose=purpose)
    return notice.occasion in names and may_leave(claim)


def _is_told(kept: Kept, name: str, since: int) -> bool:
    """Whether a line that came after the word names it to a person: it was tried, or cannot be."""
    new = opened_after(kept, since)
    lines = (a for a in kept.dossier.ledger if str(a.notice) in new)
    return any(loss.startswith(name) for line in lines for loss in line.losses)


def opened_after(kept: Kept, since: int) -> set[str]:
    """The desk notices that came onto the work list after a line of the journal."""
    lines = (x for x in kept.lines if x.number > since and len(x.words) > 1)
    return {x.notice for x in lines if x.words[1] == "open"}


# This is the right address


def _corrections(history: History, kept: Kept) -> Iterable[str]:
    """Who has just been given an address is written to, if anything is still owed there."""
    word = _last_correction(kept)
    if word is None or word.received_at + PATIENCE > history.now:
        return
    debts = debts_of(kept, history.desk, history.now)
    for debt in debts:
        is_latest = not any(replaces(other, debt) for other in debts)
        if is_latest and _is_owed(history, kept, debt, word) and not _was_tried(kept, debt, word):
            yield f"was told the right address, and {debt} was not tried again"


def _last_correction(kept: Kept) -> Event | None:
    """The last word of a person on how somebody is reached, if it is what we go by."""
    said = [e for e in kept.dossier.events if e.contact and e.source is not Source.BOOKING]
    last = max(said, key=kept.written, default=None)
    return last if last and last.contact == kept.facts.contact else None


def _is_owed(history: History, kept: Kept, debt: Debt, word: Event) -> bool:
    """Whether it is owed on a channel that the word is about, and failed or never left there."""
    is_settled = has_arrived(kept, debt) or is_over(debt, history.now) or is_unwanted(kept, debt)
    if is_settled or word.contact is None or _is_too_late(kept, debt):
        return False
    channels = [c for c in owed_on(kept, debt) if address_on(c, word.contact)]
    return bool(channels) and not any(_is_in_vain(kept, debt, c, word) for c in channels)


def _is_in_vain(kept: Kept, debt: Debt, channel: Channel, word: Event) -> bool:
    """Whether it may be on its way there already; or whether the one try that a word earns an
    address was made, and did not arrive.
    """
    address, since = kept.addresses.get(channel), kept.written(word)
    there = [a for a in kept.dossier.ledger if a.address == address]
    claimed = {(c.notice, c.attempt) for c in kept.claims if c.number > since}
    earned = [a for a in there if (a.notice, a.attempt) in claimed]
    has_arrived_there = any(a.status in ARRIVED for a in earned)
    is_dead_again = any(_is_about_the_address(a) for a in earned)
    is_spent = bool(earned) and (is_dead_again or not has_arrived_there)
    return is_spent or any(a in debt.tries for a in there if not _is_about_the_address(a))


def _is_about_the_address(attempt: Attempt) -> bool:
    """Whether a person who says that the address is good says something new."""
    has_returned = attempt.status in {Status.BOUNCED, Status.FAILED}
    return has_returned and attempt.failure_class is FailureClass.ADDRESS


def _is_too_late(kept: Kept, debt: Debt) -> bool:
    """Whether a person was asked if it should still be sent."""
    name = f"{debt.rule.kind}-{debt.anchor.occasion}"
    lines = (a for a in kept.dossier.ledger if a.notice.kind is Kind.TOO_LATE_TO_SEND)
    return not debt.tries and any(a.notice.occasion == name for a in lines)


def _was_tried(kept: Kept, debt: Debt, word: Event) -> bool:
    """Whether it was tried since."""
    since = kept.written(word)
    names = {(a.notice, a.attempt) for a in debt.tries}
    tried = [c for c in kept.claims if (c.notice, c.attempt) in names]
    return any(claim.number > since for claim in tried)


# It was a mistake

#: What a student hears of a step, and no longer should if the step is taken back.
SAYS: Mapping[EventType, frozenset[Kind]] = {
    EventType.INCOMPLETE: frozenset({Kind.MISSING_DOCUMENTS}),
    EventType.DEPOSITED: frozenset({Kind.DEPOSIT_RECEIPT, Kind.NO_NEWS}),
    EventType.CARD_READY: frozenset({Kind.CARD_READY, Kind.CARD_WAITING}),
}


def _withdrawals(history: History, kept: Kept) -> Iterable[str]:
    for step, kinds in SAYS.items():
        word = _last_withdrawal(kept, step)
        if word is None or word.received_at + PATIENCE > history.now:
            continue
        if _stands_still(kept, step, word):
            yield f"took {step} back, and it stands"
        elif _was_heard(kept, step, kinds, word) and not _is_put_right(kept, step, word):
            yield f"took {step} back, and who had heard of it hears no more"


def _last_withdrawal(kept: Kept, step: EventType) -> Event | None:
    """The last word about a step, if it takes that back, and nothing has begun since."""
    words = [e for e in kept.said(EventType.WITHDRAWN) if e.subject == step.value]
    if not words or state_of(kept.facts) is State.COLLECTED:
        return None
    said = [e for e in kept.dossier.events if e.type is step]
    is_last = all(kept.written(e) < kept.written(words[-1]) for e in said)
    return words[-1] if is_last and said else None


def _stands_still(kept: Kept, step: EventType, word: Event) -> bool:
    """Whether it had no effect. Clocks that differ may turn what happened within seconds."""
    said = [e for e in kept.dossier.events if e.type is step]
    is_close = any(abs(e.received_at - word.received_at) < SKEW for e in said)
    standing = {
        EventType.INCOMPLETE: kept.facts.incomplete,
        EventType.DEPOSITED: kept.facts.deposited,
        EventType.CARD_READY: kept.facts.card_ready,
    }
    return standing[step] is not None and not is_close


def _was_heard(kept: Kept, step: EventType, kinds: frozenset[Kind], word: Event) -> bool:
    """Whether any message arrived that spoke of it since it was last taken back."""
    words = [e for e in kept.said(EventType.WITHDRAWN) if e.subject == step.value]
    before = max((kept.written(e) for e in words if e is not word), default=-1)
    spoke = [
        (c.notice, c.attempt)
        for c in kept.claims
        if before < c.number < kept.written(word) and c.notice.kind in kinds
    ]
    ledger = (a for a in kept.dossier.ledger if (a.notice, a.attempt) in spoke)
    return any(a.status in ARRIVED for a in ledger)


def _is_put_right(kept: Kept, step: EventType, word: Event) -> bool:
    """Whether the student was written to, or somebody at the desk has to tell them."""
    since = kept.written(word)
    if any(is_about_facts(Notice.named(one)) for one in opened_after(kept, since)):
        return True
    claims = (c for c in kept.claims if c.number > since and c.notice.kind is Kind.CORRECTION)
    is_told = any(True for _ in claims) or _is_told(kept, f"{Kind.CORRECTION}.", since)
    return step is EventType.CARD_READY and is_told
