"""Load, compose, claim, send, record; then rest."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.attempts import Attempt, FailureClass, Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import (
    Ambiguous,
    BadRecipient,
    BadRequest,
    LostRace,
    NotNow,
    NotSent,
    OurAccount,
    TextFailed,
)
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.holds import Availability
from chalicelib.messages.letter import Email, Letter
from chalicelib.pipeline.ports import Loaded, Write
from chalicelib.pipeline.sender import NotAtRest, Sender
from tests.builders import (
    CONTACT,
    DESK,
    DOSSIER,
    a_step,
    an_event,
    confirmed,
    paris,
    selected,
    shown,
)
from tests.fakes import InMemoryDossiers, open_work
from tests.pipeline.worlds import DeskInMemory

CARD = a_step(EventType.CARD_READY, "2019-07-01 15:00", contact=CONTACT)


class PowerCut(BaseException):
    """The worker dies here: no `except Exception` may notice."""


@pytest.fixture
def desk() -> DeskInMemory:
    return DeskInMemory()


def test_what_is_due_leaves_and_the_dossier_rests_until_the_next_instant(
    desk: DeskInMemory,
) -> None:
    desk.take(selected(event_id="s"))
    (served,) = desk.serve()
    assert (served.owed.notice.kind, served.status) == (Kind.CONFIRMATION_REQUEST, Status.ACCEPTED)
    assert [sent.to for sent in desk.mailer.sent] == ["lea@example.org"]
    assert shown(desk.next_due_at) == "2019-04-09 09:00"
    desk.everything_arrives()
    assert desk.serve() == []


def test_every_message_carries_what_brings_its_receipt_back(desk: DeskInMemory) -> None:
    desk.take(selected(event_id="s"))
    desk.serve()
    assert desk.mailer.sent[0].tags == {
        "dossier": DOSSIER,
        "notice": "confirmation_request-1",
        "occasion": "s",
        "channel": "email",
        "attempt": "1",
    }


def test_a_dossier_nobody_has_heard_of_is_owed_nothing(desk: DeskInMemory) -> None:
    assert desk.serve("unknown") == []


def test_serving_twice_sends_once(desk: DeskInMemory) -> None:
    desk.take(CARD)
    desk.serve()
    desk.serve()
    assert (len(desk.mailer.sent), len(desk.texter.sent)) == (1, 1)


def test_a_lost_race_starts_again_from_what_the_winner_wrote(desk: DeskInMemory) -> None:
    desk.take(selected(event_id="s"))
    desk.dossiers.races = 2
    desk.serve()
    assert len(desk.mailer.sent) == 1


def test_a_reschedule_between_composing_and_claiming_sends_the_new_date(
    desk: DeskInMemory,
) -> None:
    desk.take(selected(event_id="s"))
    change = selected("2019-04-08 10:01", "2019-06-03 09:00", event_id="s2")
    desk.sender = replace(desk.sender, dossiers=Interrupted(desk, lambda: desk.take(change)))
    desk.serve()
    (sent,) = desk.mailer.sent
    assert sent.tags["occasion"] == "s2"


class Interrupted(InMemoryDossiers):
    """Somebody else writes just before our first write."""

    def __init__(self, desk: DeskInMemory, interrupt: Callable[[], object]) -> None:
        self.desk, self.interrupt = desk, interrupt
        self.done = False

    def load_with_channels(self, dossier_id: str) -> tuple[Loaded, Availability]:
        return self.desk.dossiers.load_with_channels(dossier_id)

    def write(self, loaded: Loaded, write: Write) -> Loaded:
        if not self.done:
            self.done = True
            self.interrupt()
        return self.desk.dossiers.write(loaded, write)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Ambiguous("ReadTimeoutError"), Status.UNKNOWN),
        (NotNow("Throttling"), Status.POSTPONED),
        (OurAccount("SendingPaused"), Status.POSTPONED),
        (BadRecipient("not_e164"), Status.FAILED),
        (BadRequest("BadRequestException"), Status.FAILED),
    ],
)
def test_each_answer_of_a_provider_has_its_fate(
    desk: DeskInMemory, answer: NotSent, status: Status
) -> None:
    desk.take(selected(event_id="s"))
    desk.mailer.answers = [answer]
    desk.serve()
    assert (desk.ledger[0].status, desk.ledger[0].reason) == (status, answer.reason)
    assert desk.next_due_at is None or desk.next_due_at > desk.at


def test_not_now_is_tried_again_at_growing_gaps_under_the_same_number(desk: DeskInMemory) -> None:
    desk.take(selected(event_id="s"))
    for minutes in (1, 2, 4, 8):
        desk.mailer.answers = [NotNow("Throttling")]
        desk.serve()
        (attempt,) = desk.ledger
        assert attempt.until == desk.at + timedelta(minutes=minutes)
        desk.at = attempt.until
    desk.serve()
    assert [(a.attempt, a.status) for a in desk.ledger] == [(1, Status.ACCEPTED)]


def test_chance_spreads_the_retries_of_many_dossiers() -> None:
    desk = DeskInMemory(chance=0.5)
    desk.take(selected(event_id="s"))
    desk.mailer.answers = [NotNow("Throttling")]
    desk.serve()
    assert desk.ledger[0].until == desk.at + timedelta(seconds=75)


def test_an_answer_lost_on_the_way_is_sent_again_marked_as_a_possible_duplicate(
    desk: DeskInMemory,
) -> None:
    desk.take(selected(event_id="s"))
    desk.mailer.lost = [Ambiguous("ReadTimeoutError")]
    desk.serve()
    desk.at += timedelta(minutes=15)
    desk.serve()
    assert [(a.attempt, a.status, a.possible_duplicate) for a in desk.ledger] == [
        (1, Status.UNKNOWN, False),
        (2, Status.ACCEPTED, True),
    ]


def test_an_answer_lost_on_the_way_whose_receipt_comes_is_not_sent_again(
    desk: DeskInMemory,
) -> None:
    desk.take(selected(event_id="s"))
    desk.mailer.lost = [Ambiguous("ReadTimeoutError")]
    desk.serve()
    desk.report(desk.ledger[0], Status.DELIVERED)
    desk.at += timedelta(minutes=30)
    desk.serve()
    assert len(desk.mailer.sent) == 1


def test_a_refusal_is_of_the_moment_at_which_it_came(desk: DeskInMemory) -> None:
    desk.take(selected(event_id="s"))
    claimed_at = desk.at

    def send(*_letter, **_to):  # type: ignore[no-untyped-def]
        desk.at += timedelta(seconds=8)
        raise BadRecipient("BadRequest")

    desk.mailer.send = send  # type: ignore[method-assign]
    desk.serve()
    refused = desk.ledger[0]
    assert (refused.claimed_at, refused.status_at) == (
        claimed_at,
        claimed_at + timedelta(seconds=8),
    )


@pytest.mark.parametrize(
    "answer", [None, Ambiguous("reset"), NotNow("Throttling"), BadRecipient("BadRequest")]
)
def test_a_receipt_that_comes_before_our_own_mark_is_not_undone_by_it(
    desk: DeskInMemory, answer: NotSent | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.take(selected(event_id="s"))
    send = desk.mailer.send

    def send_and_hear(letter, *, to, tags):  # type: ignore[no-untyped-def]
        message_id = send(letter, to=to, tags=tags)
        desk.report(desk.ledger[0], Status.DELIVERED)
        if answer:
            raise answer
        return message_id

    monkeypatch.setattr(desk.mailer, "send", send_and_hear)
    desk.serve()
    assert desk.ledger[0].status is Status.DELIVERED


def test_a_text_that_cannot_be_composed_stops_that_notice_only(desk: DeskInMemory) -> None:
    desk.take(CARD)

    def fails(*_args: object) -> Letter:
        raise TextFailed

    desk.composers[Channel.SMS] = fails
    desk.serve()
    assert len(desk.mailer.sent) == 1
    kinds = {a.notice.kind: a.status for a in desk.ledger if a.notice.channel == "desk"}
    assert kinds == {Kind.TEXT_FAILED: Status.OPEN}


def test_what_is_for_a_person_opens_and_closes_on_the_work_list(desk: DeskInMemory) -> None:
    desk.take(selected(event_id="s"))
    desk.serve()
    desk.at = paris("2019-05-11 09:00")
    desk.everything_arrives()
    desk.serve()
    work = [a for a in desk.ledger if a.notice.kind is Kind.UNCONFIRMED]
    assert [a.status for a in work] == [Status.OPEN]
    assert open_work(desk.dossiers, 9) == [(desk.at, f"DOSSIER#{DOSSIER}")]
    desk.take(confirmed("2019-05-11 10:00", "s"))
    desk.serve()
    assert [a.status for a in desk.ledger if a.notice.kind is Kind.UNCONFIRMED] == [Status.CLOSED]
    assert open_work(desk.dossiers, 9) == []


def test_every_step_is_told_in_the_journal_and_names_nobody(desk: DeskInMemory) -> None:
    desk.take(selected(event_id="s"))
    desk.serve()
    desk.everything_arrives()
    told = [line.split(" ", 1)[1] for line in desk.dossiers.journal(DOSSIER)]
    assert told == [
        "booking appointment.selected recorded s",
        "relance confirmation_request.1.s.email attempt 1 claimed",
        "relance confirmation_request.1.s.email attempt 1 accepted",
        "provider confirmation_request.1.s.email attempt 1 delivered",
    ]


def test_the_cached_instant_is_refreshed_when_it_is_wrong(desk: DeskInMemory) -> None:
    desk.take(selected(event_id="s"))
    desk.serve()
    desk.everything_arrives()
    loaded = desk.dossiers.load(DOSSIER)
    wrong = replace(desk.planner.write(loaded.dossier, desk.at), next_due_at=desk.at)
    desk.dossiers.write(loaded, wrong)
    desk.serve()
    assert shown(desk.next_due_at) == "2019-04-09 09:00"


def test_a_dossier_that_was_set_aside_is_taken_up_after_an_hour(desk: DeskInMemory) -> None:
    desk.take(selected(event_id="s"))
    desk.backoff.back_off(DOSSIER)
    desk.backoff.back_off(DOSSIER)
    assert [a.notice.kind for a in desk.ledger] == [Kind.SERVE_FAILED]
    assert desk.serve() == []
    assert desk.next_due_at == desk.at + timedelta(hours=1)
    desk.at += timedelta(hours=1)
    desk.serve()
    assert [(a.notice.kind, a.status) for a in desk.ledger] == [
        (Kind.SERVE_FAILED, Status.CLOSED),
        (Kind.CONFIRMATION_REQUEST, Status.ACCEPTED),
    ]


def test_a_dossier_set_aside_hour_after_hour_is_one_task(desk: DeskInMemory) -> None:
    desk.take(selected(event_id="s"))
    for _ in range(48):
        desk.backoff.back_off(DOSSIER)
        desk.at += timedelta(hours=1)
    assert [(a.notice.kind, a.status) for a in desk.ledger] == [(Kind.SERVE_FAILED, Status.OPEN)]


@pytest.mark.many
@pytest.mark.parametrize("refusals", [80, pytest.param(600, marks=pytest.mark.long)])
def test_whatever_the_number_of_refusals_the_wait_is_an_hour_and_a_half_at_most(
    desk: DeskInMemory, refusals: int
) -> None:
    """Eighty doublings of a minute are longer than any time that Python can tell."""
    desk.take(CARD)
    desk.chance = 1.0
    desk.mailer.answers = [NotNow("Throttling")] * refusals
    waits = [wait_of(desk) for _ in range(refusals)]
    assert waits[:3] == [timedelta(minutes=1.5 * n) for n in (1, 2, 4)]
    assert max(waits) == timedelta(hours=1.5)
    mail = next(a for a in desk.ledger if a.notice.channel == "email")
    assert (mail.tries, mail.begun) == (refusals, CARD.received_at)


def wait_of(desk: DeskInMemory) -> timedelta:
    """How long the mail is put off by one more refusal; time goes there."""
    desk.serve()
    mail = next(a for a in desk.ledger if a.notice.channel == "email")
    assert mail.until is not None
    wait, desk.at = mail.until - desk.at, mail.until
    return wait


def test_a_dossier_that_never_comes_to_rest_is_an_error(
    desk: DeskInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.take(selected(event_id="s"))

    def races(*_args: object, **_more: object) -> None:
        raise LostRace

    monkeypatch.setattr(Sender, "_step", races)
    with pytest.raises(NotAtRest):
        desk.serve()


# The worker dies


class Counted:
    """Counts every call of a desk's ports, and may cut the power before or after one of them."""

    def __init__(self, desk: DeskInMemory, cut_at: int = 0, *, after: bool = False) -> None:
        self.calls, self.cut_at, self.after = 0, cut_at, after
        for owner, name in (
            (desk.dossiers, "load"),
            (desk.dossiers, "load_with_channels"),
            (desk.dossiers, "write"),
            (desk.mailer, "send"),
            (desk.texter, "send"),
        ):
            setattr(owner, name, self.wrapped(getattr(owner, name)))

    def wrapped(self, call: Callable[..., object]) -> Callable[..., object]:
        def counted(*args: object, **kwargs: object) -> object:
            self.calls += 1
            is_last = self.calls == self.cut_at
            if is_last and not self.after:
                raise PowerCut
            answer = call(*args, **kwargs)
            if is_last:
                raise PowerCut
            return answer

        return counted


#: Of two messages: read, claim, send, record with the other one's claim, send, record.
CALLS_OF_A_SERVE = 6


def test_every_call_of_a_serve_is_among_those_it_dies_at(desk: DeskInMemory) -> None:
    desk.take(CARD)
    counted = Counted(desk)
    desk.serve()
    assert counted.calls == CALLS_OF_A_SERVE


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at_call", range(1, CALLS_OF_A_SERVE + 1))
def test_a_worker_that_dies_at_any_call_loses_nothing_and_hides_no_duplicate(
    at_call: int, after: bool
) -> None:
    desk = DeskInMemory()
    desk.take(CARD)
    Counted(desk, at_call, after=after)
    with pytest.raises(PowerCut):
        desk.serve()
    desk.everything_arrives()
    desk.travel("2019-07-02 12:00")
    for kind in ("sms", "email"):
        tries = [a for a in desk.ledger if a.notice.channel == kind]
        sent = [*desk.mailer.sent, *desk.texter.sent]
        times = sum(1 for s in sent if s.tags["channel"] == kind)
        assert arrived(tries)
        assert times == 1 or any(a.possible_duplicate for a in tries)
        assert times <= 2
    assert desk.next_due_at is None or desk.next_due_at > desk.at


def arrived(tries: list[Attempt]) -> bool:
    return any(a.status is Status.DELIVERED for a in tries)


def test_an_event_while_a_message_is_being_sent_loses_neither(desk: DeskInMemory) -> None:
    desk.take(selected(event_id="s"))
    send = desk.mailer.send
    told: list[bool] = []

    def send_meanwhile(letter, *, to, tags):  # type: ignore[no-untyped-def]
        if not told:
            told.append(True)
            desk.take(an_event(EventType.CHECKED, "2019-04-08 10:00"))
        return send(letter, to=to, tags=tags)

    desk.mailer.send = send_meanwhile  # type: ignore[method-assign]
    desk.serve()
    loaded = desk.dossiers.load(DOSSIER).dossier
    assert [e.type for e in loaded.events].count(EventType.CHECKED) == 1
    assert [a.status for a in loaded.ledger] == [Status.ACCEPTED]


# The next message's claim is part of the record of the one before


def test_the_claim_of_the_second_is_written_with_the_answer_to_the_first(
    desk: DeskInMemory,
) -> None:
    desk.take(CARD)
    states: list[list[Status]] = []
    really_write = desk.dossiers.write

    def write(loaded: Loaded, write: Write) -> Loaded:
        states.append([a.status for a in write.dossier.ledger])
        return really_write(loaded, write)

    desk.dossiers.write = write  # type: ignore[method-assign]
    desk.serve()
    assert states == [
        [Status.CLAIMED],
        [Status.ACCEPTED, Status.CLAIMED],
        [Status.ACCEPTED, Status.ACCEPTED],
    ]
    lines = [line.split(" ", 2)[2] for line in desk.dossiers.journal(DOSSIER)[1:]]
    assert [line.split(" ")[-1] for line in lines] == ["claimed", "accepted"] * 2


NOT_TAKEN = [
    Ambiguous("ReadTimeoutError"),
    NotNow("Throttling"),
    OurAccount("SendingPausedException"),
    BadRequest("BadRequestException"),
    BadRecipient("not_e164"),
]


@pytest.mark.parametrize("answer", NOT_TAKEN, ids=lambda error: type(error).__name__)
def test_after_a_message_that_was_not_taken_the_channels_are_read_again(
    desk: DeskInMemory, answer: NotSent
) -> None:
    desk.take(CARD)
    desk.texter.answers = desk.mailer.answers = [answer]
    reads = Reads(desk)
    desk.serve()
    assert reads.number > 1
    assert all(len(attempts) == 1 for attempts in by_channel(desk).values())


def test_what_is_cancelled_while_the_first_is_sent_is_not_claimed(desk: DeskInMemory) -> None:
    desk.take(CARD)
    withdrawn = an_event(
        EventType.WITHDRAWN, CARD.at, "w", subject=EventType.CARD_READY.value, received_at=desk.at
    )
    whoever_sends(desk, lambda: desk.take(withdrawn))
    desk.serve()
    kinds = [(a.notice.kind, a.status) for a in desk.ledger]
    assert kinds.count((Kind.CARD_READY, Status.ACCEPTED)) == 1
    assert (Kind.CARD_READY, Status.CLAIMED) not in kinds


def test_a_second_text_that_cannot_be_composed_does_not_touch_the_first(
    desk: DeskInMemory,
) -> None:
    desk.take(CARD)
    second = desk.sender.planner.plan(*seen(desk)).due[1].notice.channel
    desk.composers[second] = no_words
    desk.serve()
    assert [(a.status, a.reason) for a in desk.ledger if a.notice.channel != Channel.DESK] == [
        (Status.ACCEPTED, ""),
        (Status.FAILED, "text_failed"),
    ]


def seen(desk: DeskInMemory) -> tuple[Dossier, datetime]:
    return desk.dossiers.load(DOSSIER).dossier, desk.at


def no_words(*_args: object) -> Letter:
    raise TextFailed


def by_channel(desk: DeskInMemory) -> dict[Channel, list[Attempt]]:
    ours = [a for a in desk.ledger if a.notice.kind is Kind.CARD_READY]
    return {c: [a for a in ours if a.notice.channel is c] for c in (Channel.EMAIL, Channel.SMS)}


def whoever_sends(desk: DeskInMemory, act: Callable[[], object]) -> None:
    """This happens while the first message is on its way, whatever its channel."""
    done: list[bool] = []
    for channel in (desk.mailer, desk.texter):
        channel.send = during(channel.send, act, done)  # type: ignore[method-assign]


def during(
    send: Callable[..., str], act: Callable[[], object], done: list[bool]
) -> Callable[..., str]:
    def sends(letter: object, *, to: str, tags: dict[str, str]) -> str:
        if not done:
            done.append(True)
            act()
        return send(letter, to=to, tags=tags)

    return sends


class Reads:
    """Counts how often a worker reads."""

    def __init__(self, desk: DeskInMemory) -> None:
        self.number, self.really = 0, desk.dossiers.load_with_channels
        desk.dossiers.load_with_channels = self  # type: ignore[method-assign]

    def __call__(self, dossier_id: str) -> tuple[Loaded, Availability]:
        self.number += 1
        return self.really(dossier_id)


# The provider's list of addresses to which it delivers nothing any more

LEA = "lea@example.org"


def vouched(desk: DeskInMemory, number: int = 1) -> Event:
    """Somebody at the desk asks for the first message again."""
    subject = str(desk.ledger[0].notice)
    return an_event(
        EventType.ASKED_AGAIN, desk.at, f"v{number}", source=Source.DESK, subject=subject
    )


def given_up(desk: DeskInMemory, status: Status = Status.BOUNCED) -> None:
    """A deposit, whose receipt bounced for good, or was called unwanted."""
    desk.take(a_step(EventType.DEPOSITED, "2019-05-14 10:50", contact=CONTACT))
    desk.serve()
    desk.report(desk.ledger[0], status, FailureClass.ADDRESS if status is Status.BOUNCED else None)
    desk.mailer.suppressed.add(LEA)
    desk.serve()
    desk.at += timedelta(hours=1)


def test_an_address_that_nobody_vouched_for_stays_on_the_list(desk: DeskInMemory) -> None:
    given_up(desk)
    desk.at += timedelta(days=60)
    desk.serve()
    assert desk.mailer.suppressed == {LEA}


@pytest.mark.parametrize("status", [Status.BOUNCED, Status.COMPLAINED])
def test_an_address_leaves_the_list_before_the_try_that_a_person_s_word_has_earned(
    desk: DeskInMemory, status: Status
) -> None:
    given_up(desk, status)
    suppressed_then: list[bool] = []
    send = desk.mailer.send

    def send_and_see(letter, *, to, tags):  # type: ignore[no-untyped-def]
        suppressed_then.append(to in desk.mailer.suppressed)
        return send(letter, to=to, tags=tags)

    desk.mailer.send = send_and_see  # type: ignore[method-assign]
    desk.take(vouched(desk))
    desk.serve()
    assert suppressed_then == [False]
    assert (desk.ledger[-1].vouched, desk.still_suppressed) == (1, [])


def test_one_word_takes_it_off_the_list_once(desk: DeskInMemory) -> None:
    given_up(desk)
    desk.take(vouched(desk))
    desk.serve()
    desk.everything_arrives()
    desk.mailer.suppressed.add(LEA)  # by somebody else's message
    desk.take(replace(CARD, at=desk.at, received_at=desk.at))
    desk.serve()
    assert [sent.tags["notice"] for sent in desk.mailer.sent][-1] == "card_ready-1"
    assert desk.mailer.suppressed == {LEA}


def test_an_address_that_never_came_back_is_not_asked_about(desk: DeskInMemory) -> None:
    desk.take(a_step(EventType.DEPOSITED, "2019-05-14 10:50", contact=CONTACT))
    desk.serve()
    desk.mailer.keeps = [OurAccount("AccessDeniedException")]
    desk.at += timedelta(hours=1)
    desk.take(vouched(desk))
    desk.serve()
    assert (len(desk.mailer.sent), desk.still_suppressed) == (2, [])


def test_while_the_provider_is_too_busy_to_take_it_off_the_message_waits(
    desk: DeskInMemory,
) -> None:
    given_up(desk)
    desk.mailer.keeps = [NotNow("TooManyRequestsException")]
    desk.take(vouched(desk))
    desk.serve()
    waiting = next(a for a in desk.ledger if a.status is Status.POSTPONED)
    assert (waiting.reason, len(desk.mailer.sent)) == ("TooManyRequestsException", 1)
    assert waiting.until
    desk.at = waiting.until
    desk.serve()
    assert (desk.mailer.suppressed, len(desk.mailer.sent)) == (set(), 2)


@pytest.mark.parametrize(
    "refusal", [OurAccount("AccessDeniedException"), BadRequest("BadRequestException")]
)
def test_if_it_may_not_be_taken_off_the_message_leaves_and_an_alarm_rings(
    desk: DeskInMemory, refusal: NotSent
) -> None:
    given_up(desk)
    desk.mailer.keeps = [refusal]
    desk.take(vouched(desk))
    desk.serve()
    assert (len(desk.mailer.sent), desk.still_suppressed) == (2, [refusal])
    assert desk.channels.holds() == {}


@pytest.mark.parametrize("is_attached", [False, True])
def test_the_pdf_goes_with_its_e_mail_where_the_desk_says_so(
    desk: DeskInMemory, *, is_attached: bool
) -> None:
    terms = tuple(replace(t, attaches_convocation=is_attached) for t in DESK.terms)
    composer = replace(desk.composer, desk=replace(DESK, terms=terms))
    desk.sender = replace(desk.sender, composer=composer)
    desk.take(selected(event_id="s"), confirmed("2019-04-08 11:00", "s"))
    desk.serve()
    letter = desk.mailer.sent[-1].letter
    assert isinstance(letter, Email)
    assert ("convocation.pdf" in {a.filename for a in letter.attachments}) == is_attached
    assert ("est jointe" in letter.text) == is_attached
