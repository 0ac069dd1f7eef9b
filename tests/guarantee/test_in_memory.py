"""Nobody is lost, whatever goes wrong: a quick sample of every program, and what they bite on."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.domain import appointments, candidates, facts
from chalicelib.domain.attempts import Attempt, Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.errors import OurAccount
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.facts import State
from chalicelib.domain.rules import RULES, unless
from chalicelib.pipeline import intake
from tests.builders import (
    CONTACT,
    DESK,
    DOSSIER,
    a_notice,
    a_step,
    an_attempt,
    an_event,
    paris,
    selected,
    shown,
)
from tests.guarantee.checkout import OF_THE_TESTS
from tests.guarantee.figures import Scale
from tests.guarantee.history import Acknowledged, History, Told
from tests.guarantee.in_memory import cohort, crashes, interleavings, naive, slots, story
from tests.guarantee.in_memory.anything import GONE_LATER, Anything
from tests.guarantee.in_memory.everything import PROGRAMS
from tests.guarantee.in_memory.faults import Fault, Hurting
from tests.guarantee.in_memory.naive import NaiveWorld
from tests.guarantee.in_memory.network import DELIVERED, SENT, Way
from tests.guarantee.in_memory.programs import Outcome
from tests.guarantee.in_memory.scenes import NO_PHONE
from tests.guarantee.in_memory.world import NeverAtRest, World
from tests.guarantee.invariants import Broken, Promise, broken

#: One life of these takes as long as ten of the others.
SLOW = frozenset({"anything", "losing"})


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.long] if name in SLOW else []) for name in PROGRAMS],
)
def test_the_promise_holds_in_a_sample_of(name: str) -> None:
    figures = PROGRAMS[name].run(Scale.QUICK, OF_THE_TESTS)
    assert figures.runs > 0
    assert figures.holds, "\n".join(figures.broken)


# The story


def test_the_story_is_told_as_its_table_says_and_ends_with_a_person() -> None:
    world = story.tell(story.a_world())
    assert story.missing(world) + story.wrong(world) == []
    first = [(shown(left.at), str(left.notice)) for left in world.left if left.attempt == 1]
    assert sorted(first) == sorted((story.LATER.get(name, at), name) for at, name in story.TOLD)
    opened = {
        dossier_id: str(a.notice)
        for dossier_id, (_, kept) in world.dossiers.kept.items()
        for a in kept.dossier.ledger
        if a.status is Status.OPEN
    }
    assert opened == story.WORK
    assert (world.failures, world.dead_letters) == ([], [])
    assert broken(world.history()) == []


def test_every_port_of_a_serve_is_among_the_calls_that_are_hurt() -> None:
    names = {call.name for call in crashes.calls()}
    assert names >= {
        "dossiers.load",
        "dossiers.load_with_channels",
        "dossiers.write",
        "dossiers.due",
        "channels.hold",
        "channels.probe",
        "channels.release",
        "quarantine.keep",
        "receipts.keep",
        "queue.wake",
        "queue.backlog",
        "mailer.send",
        "texter.send",
        "vault.keep",
    }


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_felt(fault: Fault) -> None:
    call = next(call for call in crashes.calls() if call.can_suffer(fault))
    world = story.a_world()
    world.between = Hurting(at={call.number: fault}, wait=world.wait)
    story.tell(world, "2019-04-09 12:00")
    quiet = story.tell(story.a_world(), "2019-04-09 12:00")
    assert _course(world) != _course(quiet)


def _course(world: World) -> tuple[object, ...]:
    return world.failures, world.calls, [left.at for left in world.left]


def test_a_turn_is_as_long_as_it_was_asked_for() -> None:
    turns = interleavings.Turns([(0, 2), (1, 3), (0, 9), (1, 9)])

    def work() -> None:
        for _ in range(4):
            turns(crashes.calls()[0], lambda: None)

    turns.play([work, work])
    assert turns.trace == [0, 0, 1, 1, 1, 0, 0, 1]


# The control


@pytest.mark.parametrize(
    ("program", "case", "what"),
    [
        ("singles", "{sends} dies after", Promise.ONCE),
        ("singles", "{sends} answer lost", Promise.ONCE),
        ("interleavings", "serve-confirm 0 5 8", Promise.TRUE),
    ],
)
def test_a_naive_sender_breaks(program: str, case: str, what: Promise) -> None:
    words = case.format(sends=_first_naive_send())
    naive = PROGRAMS[program].play(words, NaiveWorld)
    assert any(one.startswith(f"{what}:") for one in naive.words)


def _first_naive_send() -> int:
    world = story.tell(story.a_world(NaiveWorld), "2019-04-08 12:00")
    return world.calls.index("mailer.send") + 1


def test_a_naive_sender_loses_students_in_silence() -> None:
    (case,) = cohort.a_few()
    ends = cohort.played(case, NaiveWorld)
    assert [one for one in ends.ids if ends.ending(one) == cohort.SILENCE]


def test_a_naive_sender_fails_the_programs() -> None:
    figures = naive.run("naive receipts", Scale.QUICK, 0)
    assert not figures.holds
    assert 'python -m tests.guarantee.in_memory receipts "' in figures.broken[0]


def test_students_of_a_cohort_end_in_more_ways_than_one() -> None:
    (case,) = cohort.a_few()
    ends = cohort.played(case)
    assert {ends.ending(one) for one in ends.ids} == {"collected", "work list"}


# The checks themselves: each of them finds what it is there for


@pytest.fixture
def history() -> History:
    """A card is ready, an SMS and an e-mail have arrived: nothing is wrong."""
    world = World(at=paris("2019-07-01 15:00"))
    world.post(a_step(EventType.CARD_READY, "2019-07-01 15:00", event_id="f", contact=CONTACT))
    world.run(paris("2019-07-10 12:00"))
    return world.history()


def test_what_a_person_asked_for_is_no_double_whatever_follows() -> None:
    """Another application begins, and the word belonged to the one before."""
    world = World(at=paris("2019-04-08 10:00"))
    card = a_step(EventType.COLLECTED, "2019-04-08 10:00", event_id="g", contact=CONTACT)
    world.post(replace(card, card_expires_on=date(2019, 8, 31)))
    world.run(paris("2019-06-09 12:00"))
    opens = [left.notice for left in world.left]
    assert [notice.kind for notice in opens] == [Kind.RENEWAL_OPENS]
    word = an_event(EventType.ASKED_AGAIN, "2019-06-09 12:00", "w", source=Source.DESK)
    world.post(replace(word, subject=str(opens[0])))
    world.run(paris("2019-06-10 10:00"))
    world.post(a_step(EventType.INCOMPLETE, "2019-06-10 10:00", event_id="i"))
    world.run(paris("2019-06-11 10:00"))
    assert [left.notice.kind for left in world.left] == [
        Kind.RENEWAL_OPENS,
        Kind.RENEWAL_OPENS,
        Kind.MISSING_DOCUMENTS,
    ]
    assert broken(world.history()) == []


@pytest.mark.parametrize(("on", "is_unheard"), [("2019-08-15", False), ("2019-08-21", True)])
def test_who_asks_again_and_takes_the_number_away_waits_from_when_it_is_back(
    on: str, is_unheard: bool
) -> None:
    """It is back on a holiday, when no SMS leaves: the next day is soon enough, six are not."""
    world = World(at=paris("2019-08-01 10:00"))
    world.post(a_step(EventType.CARD_READY, "2019-08-01 10:00", event_id="f", contact=CONTACT))
    world.run(paris("2019-08-06 10:00"))
    word = an_event(EventType.ASKED_AGAIN, "2019-08-06 10:00", "w", source=Source.DESK)
    sms = next(left.notice for left in world.left if left.notice.channel is Channel.SMS)
    world.say(replace(word, subject=str(sms)))
    for at, contact in [("2019-08-06 10:00", NO_PHONE), ("2019-08-15 10:00", CONTACT)]:
        corrected = an_event(EventType.CONTACT_UPDATED, at, f"c{at[:10]}", source=Source.DESK)
        world.at_time(paris(at), partial(world.say, replace(corrected, contact=contact)))
    world.run(paris("2019-08-15 12:00"))
    assert [left.attempt for left in world.left if left.notice == sms] == [1]
    history = replace(world.history(), now=paris(f"{on} 12:00"))
    assert (Promise.HEARD in _promises(broken(history))) == is_unheard


def test_a_word_that_was_taken_in_slowly_is_not_answered_by_what_left_meanwhile() -> None:
    """The desk asks for the SMS again, which takes six minutes; the number is new, and one leaves
    in the third of them. So the news of the card still counts, and may leave beside its reminder.
    """
    life = Anything()
    life.a_desk(DESK)
    life.the_address_is_corrected(replace(CONTACT, email=None))
    life.the_card_is_on_a_list()
    life.time_goes_by(timedelta(hours=1))
    life.the_next_message_goes(Way(is_read=False, receipts=(SENT, DELIVERED, GONE_LATER)))
    life.the_desk_asks_again(place=0)
    life.time_goes_by(timedelta(days=120))
    life.the_provider_refuses(OurAccount("Paused"), times=3)
    life.a_call_will_fail(after=12, fault=Fault.SLOW_BEFORE)
    life.the_address_is_corrected(replace(CONTACT, mobile="+33698765432"))
    life.a_night_goes_by()
    life.the_desk_asks_again(place=0)
    life.the_address_is_corrected(replace(CONTACT, mobile=None))
    life.teardown()
    kept = life.world.history().kept[DOSSIER]
    word = kept.said(EventType.ASKED_AGAIN)[-1]
    [recorded] = [line for line in kept.lines if line.number == kept.written(word)]
    assert recorded.at - word.at == timedelta(minutes=6)
    last = [str(left.notice) for left in life.world.left][-3:-1]
    assert last == ["card_ready.1.2019-04-08.email", "card_waiting.2.2019-04-08.email"]


def test_nothing_is_found_where_nothing_is_wrong(history: History) -> None:
    assert broken(history) == []


def _promises(found: list[Broken]) -> set[Promise]:
    return {one.promise for one in found}


def test_an_acknowledged_webhook_that_is_nowhere_is_found(history: History) -> None:
    lost = Acknowledged(event_id="nowhere", dossier_id=DOSSIER)
    other = replace(lost, told=an_event(EventType.CHECKED, "2019-04-09 09:00"))
    found = broken(replace(history, acknowledged=[lost, other]))
    assert _promises(found) == {Promise.REMEMBERED}


def test_a_repetition_that_was_not_kept_is_no_loss(history: History) -> None:
    first = history.kept[DOSSIER].dossier.events[0]
    again = Acknowledged(event_id="again", dossier_id=DOSSIER, told=replace(first, event_id="x"))
    assert broken(replace(history, acknowledged=[again])) == []


def test_what_arrived_nowhere_and_stands_before_nobody_is_found(history: History) -> None:
    kept = history.kept[DOSSIER]
    ledger = tuple(replace(a, status=Status.FAILED) for a in kept.dossier.ledger)
    lost = replace(kept, dossier=replace(kept.dossier, ledger=ledger))
    found = broken(replace(history, kept={DOSSIER: lost}, told=[]))
    assert _promises(found) == {Promise.NOT_LOST}


# Who is with a person

LINE = an_attempt(
    a_notice(Kind.UNREACHABLE, "dossier", Channel.DESK), Status.OPEN, "2019-07-02 15:00"
)
WORD = replace(
    an_event(EventType.WORK_CLOSED, "2019-07-03 10:00", "word", source=Source.DESK),
    subject=str(LINE.notice),
)


def lost(history: History, line: Attempt, word: Event | None = None) -> History:
    """The card's mail and SMS have failed; there is this line, and perhaps a person's word."""
    kept = history.kept[DOSSIER]
    failed = [replace(a, status=Status.FAILED) for a in kept.dossier.ledger]
    at = "2019-07-02T13:00:00+00:00"
    journal = [*kept.journal, *(f"{at} provider {a.notice} attempt 1 failed" for a in failed)]
    events = kept.dossier.events
    if word:
        events, journal = (*events, word), [*journal, f"{at} desk work.closed recorded word"]
    dossier = replace(kept.dossier, events=events, ledger=(*failed, line))
    since = line.claimed_at if line.status is Status.OPEN else None
    now = replace(kept, dossier=dossier, journal=journal, work_since=since)
    return replace(history, kept={DOSSIER: now}, told=[])


def named(tries: int, **more: Any) -> Attempt:
    names = [f"card_ready.1.2019-07-01.{channel}#{tries}" for channel in ("email", "sms")]
    return replace(LINE, losses=tuple(names), **more)


CLOSED: dict[str, Any] = {"status": Status.CLOSED, "closed_by": "word"}


@pytest.mark.parametrize(
    ("line", "word", "is_found"),
    [
        (named(1), None, False),
        (LINE, None, True),  # names nothing
        (named(0), None, True),  # names what was lost before the last try
        (replace(LINE, losses=named(1).losses[:1]), None, True),  # of one channel
        (replace(LINE, losses=("deposit_receipt.1.2019-05-14.email#1",)), None, True),
        (named(1, **CLOSED), WORD, False),
        (named(1, status=Status.CLOSED), WORD, True),  # a fact has ended it
        (named(1, **CLOSED), None, True),  # nobody has said that word
        (named(1, **CLOSED), replace(WORD, until=date(2019, 7, 20)), False),
        (named(1, **CLOSED), replace(WORD, until=date(2019, 7, 4)), True),  # it should be back
    ],
)
def test_a_loss_is_with_a_person_where_a_line_names_it(
    history: History, line: Attempt, word: Event | None, is_found: bool
) -> None:
    found = broken(lost(history, line, word))
    assert (Promise.NOT_LOST in _promises(found)) is is_found


def test_a_word_that_came_before_the_loss_excuses_nothing(history: History) -> None:
    known = lost(history, named(1, **CLOSED), WORD)
    kept = known.kept[DOSSIER]
    *rest, mail, sms, word = kept.journal
    early = replace(kept, journal=[*rest, mail, word, sms])
    found = broken(replace(known, kept={DOSSIER: early}))
    assert Promise.NOT_LOST in _promises(found)


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_went_wrong_once_is_one_of_all_cases(name: str) -> None:
    seen = PROGRAMS[name].seen
    assert set(seen) <= (set(PROGRAMS[name].cases()) if seen else set())


def test_a_dossier_that_nothing_will_ever_wake_is_found(history: History) -> None:
    stuck = replace(history.kept[DOSSIER], next_due_at=None)
    found = broken(replace(history, kept={DOSSIER: stuck}))
    assert _promises(found) == {Promise.NOT_STUCK}


def test_a_message_leaves_once_more_where_the_address_had_been_another() -> None:
    """Whoever could read at the other one meanwhile is not known: the links of before are dead."""
    world = World(at=paris("2019-07-01 15:00"))
    world.post(a_step(EventType.CARD_READY, "2019-07-01 15:00", event_id="f", contact=CONTACT))
    world.run(paris("2019-07-02 10:00"))
    for second, email in ((10, "other@example.org"), (20, CONTACT.email)):
        at, contact = f"2019-07-02 10:00:{second}", replace(CONTACT, email=email)
        word = an_event(EventType.CONTACT_UPDATED, at, f"c{second}", source=Source.DESK)
        world.post(replace(word, contact=contact))
    world.run(paris("2019-07-03 10:00"))
    letters = [left for left in world.left if left.notice.channel is Channel.EMAIL]
    assert [left.attempt for left in letters if left.notice.kind is Kind.CARD_READY][-1] > 1
    assert broken(world.history()) == []


def test_a_message_that_left_twice_is_found(history: History) -> None:
    again = replace(history.left[0], at=history.left[0].at + timedelta(minutes=6))
    found = broken(replace(history, left=[*history.left, again]))
    assert _promises(found) == {Promise.ONCE}


def test_a_second_attempt_that_does_not_say_so_is_found(history: History) -> None:
    left, kept = history.left[0], history.kept[DOSSIER]
    mine = next(a for a in kept.dossier.ledger if a.notice == left.notice)
    second = replace(mine, attempt=2)
    dossier = kept.dossier.with_attempt(second)
    line = f"{left.at.isoformat()} relance {left.notice} attempt 2 claimed"
    journal = [*kept.journal, line]
    tags = {**left.tags, "attempt": "2"}
    twice = replace(left, tags=tags, at=left.at + timedelta(minutes=6))
    changed = replace(
        history,
        kept={DOSSIER: replace(kept, dossier=dossier, journal=journal)},
        left=[*history.left, twice],
        told=[Told(tags=tags, status=Status.DELIVERED, at=twice.at)]
        + [replace(t, at=t.at + timedelta(hours=1)) for t in history.told],
    )
    assert _promises(broken(changed)) == {Promise.MARKED}


def test_a_message_without_a_claim_is_found(history: History) -> None:
    stray = replace(history.left[0], tags={**history.left[0].tags, "attempt": "7"})
    found = broken(replace(history, left=[*history.left, stray]))
    assert Promise.IN_ORDER in _promises(found)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("2019-07-01T18:00:00+00:00 relance card_waiting.1.2019-07-01.sms", Promise.IN_TIME),
        ("2019-08-09T09:00:00+02:00 relance card_waiting.1.2019-07-01.email", Promise.IN_TIME),
        ("2019-07-02T09:00:00+00:00 relance no_news.1.2019-05-14.email", Promise.TRUE),
        ("2019-07-02T09:00:00+00:00 relance convocation.1.s.email", Promise.TRUE),
        ("2019-07-02T09:00:00+00:00 relance contact_us.1.lea@example.org.sms", Promise.DISCREET),
    ],
)
def test_a_claim_that_should_not_have_been_made_is_found(
    history: History, line: str, what: Promise
) -> None:
    kept = history.kept[DOSSIER]
    journal = [*kept.journal, f"{line} attempt 1 claimed"]
    if what is Promise.DISCREET:
        journal[-1] = f"{line} attempt 1 accepted"
    found = broken(replace(history, kept={DOSSIER: replace(kept, journal=journal)}))
    assert what in _promises(found)


def test_a_state_that_the_facts_do_not_bear_out_is_found(history: History) -> None:
    other = replace(history.kept[DOSSIER], state=State.BOOKED)
    assert _promises(broken(replace(history, kept={DOSSIER: other}))) == {Promise.IN_ORDER}


def test_a_delivery_that_nobody_told_is_found(history: History) -> None:
    told = [one for one in history.told if one.status is not Status.DELIVERED]
    assert _promises(broken(replace(history, told=told))) == {Promise.IN_ORDER}


# What stands beside the appointment to deposit

DEPOSIT, COLLECT = SlotPurpose.DEPOSIT, SlotPurpose.COLLECT


def _none_to_collect(*given: Any) -> facts.Bookings:
    return facts.Bookings() if COLLECT in given else BOOKINGS(*given)


BOOKINGS = facts._bookings
#: What the product could do wrong: where, what instead, in which case, and what is found then.
FAULTS: dict[str, tuple[Any, str, Any, str, str]] = {
    "it is overlooked": (
        facts,
        "_bookings",
        _none_to_collect,
        "said expected confirmed-to-collect 5min arrives",
        "is expected to collect the card, and no word and no line speaks of it",
    ),
    "it is one to deposit": (
        appointments,
        "purpose_of",
        lambda *_: DEPOSIT,
        "said expected confirmed-to-collect 5min arrives",
        "is taken for one to deposit",
    ),
    "the desk's data say nothing": (
        intake,
        "_for_a_purpose",
        lambda event, _desk: event,
        "presumed expected confirmed-to-collect 5min arrives",
        "is taken for one to deposit",
    ),
    "nobody hears that it is gone": (
        unless,
        "_never_mentioned",
        lambda *_: True,
        "said expected cancelled-to-collect 9d arrives",
        "is the newest, and says",
    ),
    "who has one is asked to come": (
        candidates,
        "RULES",
        tuple(replace(rule, unless=unless.no_exception) for rule in RULES),
        "said expected confirmed-to-collect 5min arrives",
        "card_waiting.1.2019-05-07.email was claimed",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_product_that_errs_about_an_appointment_to_collect_is_found(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name, instead, case, words = FAULTS[fault]
    assert slots.play(case) == Outcome()
    monkeypatch.setattr(module, name, instead)
    assert words in " ".join(slots.play(case).words)


def test_a_dossier_that_is_due_for_ever_is_found() -> None:
    world = World(at=paris("2019-04-08 10:00"))
    world.record(selected(event_id="s"))
    world.consume = lambda dossier_id, receives=1: True  # type: ignore[method-assign]
    with pytest.raises(NeverAtRest):
        world.run(paris("2019-04-09 10:00"))


def test_an_outcome_counts_what_it_found() -> None:
    outcome = crashes.play(f"{_first_send()} answer lost")
    assert outcome == Outcome()
    unheard = crashes.play_unheard(f"{_first_send()} answer lost")
    assert (unheard.marked, unheard.unmarked, unheard.words) == (1, 0, ())


def _first_send() -> int:
    return next(call.number for call in crashes.calls() if call.name == "mailer.send")


def test_a_receipt_that_comes_by_hand_is_taken_in() -> None:
    world = World(at=paris("2019-07-01 15:00"))
    world.post(a_step(EventType.CARD_READY, "2019-07-01 15:00", event_id="f", contact=CONTACT))
    world.run(paris("2019-07-01 15:00"))
    for receipt in (SENT, DELIVERED):
        world.hear(world.left[0], receipt)
    assert [a.status for a in world.ledger if a.notice == world.left[0].notice] == [
        Status.DELIVERED
    ]
