"""How a dossier takes in one more event."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import errors
from chalicelib.domain.contact import Contact
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.facts import Bookings, Facts, State, facts_of
from chalicelib.domain.plan import owed
from chalicelib.domain.recording import Recorded, record
from tests.builders import (
    ADDRESSES,
    CONTACT,
    DESK,
    DOSSIER,
    a_dossier,
    a_step,
    an_event,
    an_ordinary_life,
    cancelled,
    confirmed,
    every_end,
    missed,
    paris,
    rescheduled,
    selected,
)

OTHER = Contact(given_name="Léa", family_name="Benali", email="new@example.org")


def outcomes(*events) -> list[Recorded]:  # type: ignore[no-untyped-def]
    dossier, said = Dossier(dossier_id=DOSSIER), []
    for event in events:
        dossier, outcome = record(dossier, event)
        said.append(outcome)
    return said


def test_every_event_of_a_life_in_order_is_recorded() -> None:
    assert outcomes(*an_ordinary_life()) == [Recorded.RECORDED] * 7


def test_the_same_delivery_again_is_a_duplicate() -> None:
    event = selected(digest="d")
    later = replace(event, received_at=event.received_at + timedelta(hours=1))
    assert outcomes(event, later) == [Recorded.RECORDED, Recorded.DUPLICATE]


def test_another_body_under_a_known_id_is_quarantined() -> None:
    event = selected(event_id="e", digest="d")
    assert outcomes(event, replace(event, digest="other"))[1] is Recorded.QUARANTINED


def test_an_event_from_the_future_is_quarantined() -> None:
    event = selected()
    ahead = timedelta(minutes=10)
    assert outcomes(replace(event, received_at=event.at - ahead)) == [Recorded.RECORDED]
    too_far = replace(event, received_at=event.at - ahead - timedelta(seconds=1))
    assert outcomes(too_far) == [Recorded.QUARANTINED]


@pytest.mark.parametrize(
    ("known", "late", "expected"),
    [
        # an older word on the same appointment
        (rescheduled("2019-04-09 09:00", "2019-05-16 14:00"), selected(contact=None), "stale"),
        # another appointment, superseded before it came
        (
            selected("2019-04-09 09:00", appointment_id="A2"),
            selected("2019-04-08 09:00", "2019-05-02 09:00"),
            "stale",
        ),
        # an older one that fills in a date
        (
            a_step(EventType.CARD_READY, "2019-07-01 10:00"),
            a_step(EventType.DEPOSITED, "2019-05-14 10:00"),
            "recorded",
        ),
        # a resync of the same slot says nothing new
        (selected(), selected("2019-04-20 02:00"), "duplicate"),
        (cancelled("2019-04-09 09:00"), selected("2019-04-08 10:00", contact=None), "recorded"),
        (selected(), confirmed("2019-04-08 11:00"), "recorded"),
    ],
)
def test_what_comes_late_is_stale_only_if_it_changes_nothing(known, late, expected) -> None:  # type: ignore[no-untyped-def]
    assert outcomes(known, late)[1] == expected


@pytest.mark.parametrize(
    "known_then_late",
    [
        # a repeat of the slot, between two that say the same
        (
            selected(),
            rescheduled("2019-04-20 02:00", "2019-05-14 10:30"),
            selected("2019-04-12 02:00"),
        ),
        # another slot, which was left again before it came
        (
            selected(),
            rescheduled("2019-04-20 09:00", "2019-05-20 14:00"),
            rescheduled("2019-04-12 09:00", "2019-05-16 14:00"),
        ),
        # a day of the deposit that was put right before it came
        (
            a_step(EventType.DEPOSITED, "2019-05-14 10:00"),
            a_step(EventType.DEPOSITED, "2019-05-16 10:00", day=date(2019, 5, 13), correction=True),
            a_step(EventType.DEPOSITED, "2019-05-15 10:00"),
        ),
    ],
)
def test_what_lies_between_two_known_words_is_stale(known_then_late) -> None:  # type: ignore[no-untyped-def]
    assert outcomes(*known_then_late) == ["recorded", "recorded", "stale"]


def test_a_stale_event_is_kept_and_its_repetition_is_a_duplicate() -> None:
    newer, older = rescheduled("2019-04-09 09:00", "2019-05-16 14:00"), selected(contact=None)
    assert outcomes(newer, older, older) == ["recorded", "stale", "duplicate"]
    assert len(a_dossier(newer, older).events) == 2


NIGHT = timedelta(days=1)
LIFE = [
    selected(event_id="s"),
    rescheduled("2019-04-09 09:00", "2019-05-16 14:00", event_id="r"),
    confirmed("2019-04-09 18:00", event_id="y"),
    an_event(EventType.CHECKED, "2019-05-02 11:00", "k"),
    a_step(EventType.INCOMPLETE, "2019-05-16 14:10", event_id="i", missing_documents=("photo",)),
    a_step(EventType.DEPOSITED, "2019-05-20 14:10", event_id="d", recepisse_number="R-1"),
    a_step(EventType.CARD_READY, "2019-07-01 15:00", event_id="b"),
    a_step(
        EventType.COLLECTED, "2019-07-20 10:00", event_id="z", card_expires_on=date(2020, 6, 30)
    ),
]
ALONE = [
    selected(event_id="s"),
    rescheduled("2019-04-09 09:00", "2019-05-16 14:00", event_id="r"),
    an_event(EventType.CONTACT_UPDATED, "2019-04-08 09:00", "u", contact=CONTACT),
    an_event(EventType.RENEWAL_BOOKED, "2019-04-08 09:00", "n"),
    an_event(EventType.DEPOSITED, "2019-05-14 10:00", "d"),  # its day is not said
    cancelled("2019-04-09 09:00", event_id="c"),
    missed("2019-05-14 12:00", event_id="m"),
    a_step(EventType.DEPOSITED, "2019-05-14 10:00", day=date(2029, 5, 14), event_id="doubted"),
]


def told_again(event: Event, night: int) -> Event:
    at = event.at + night * NIGHT
    return replace(event, event_id=f"{event.event_id}-{night}", at=at, received_at=at)


@pytest.mark.parametrize("event", ALONE, ids=lambda e: e.event_id)
def test_what_is_told_again_each_night_is_a_duplicate_of_which_a_week_is_kept(
    event: Event,
) -> None:
    before = after = a_dossier(selected(), event)
    for night in range(1, 61):
        after, outcome = record(after, told_again(event, night))
        assert outcome is Recorded.DUPLICATE
        assert after.facts is before.facts
    assert after.events == before.events
    assert list(after.said_again) == [told_again(event, night) for night in range(54, 61)]


@pytest.mark.parametrize("length", range(1, len(LIFE) + 1))
def test_whatever_has_happened_a_resync_of_the_last_step_changes_nothing(length: int) -> None:
    before = a_dossier(*LIFE[:length])
    after, outcome = record(before, told_again(LIFE[length - 1], 3))
    assert (after.events, outcome) == (before.events, Recorded.DUPLICATE)


@pytest.mark.parametrize(
    "known_then_news",
    [
        # back at a former hour
        (
            rescheduled("2019-04-09 09:00", "2019-05-14 10:30"),
            rescheduled("2019-04-10 09:00", "2019-05-16 14:00"),
            rescheduled("2019-04-11 09:00", "2019-05-14 10:30"),
        ),
        # told by another name
        (selected(), rescheduled("2019-04-09 09:00", "2019-05-14 10:30")),
        # booked anew after a cancellation
        (selected(), cancelled("2019-04-09 09:00"), selected("2019-04-10 09:00")),
        # a miss that its sender takes back
        (selected(), missed("2019-05-14 12:00"), selected("2019-05-14 13:00")),
        # an address that had been another one meanwhile
        (
            selected(),
            an_event(EventType.CONTACT_UPDATED, "2019-04-09 09:00", contact=OTHER),
            selected("2019-04-10 09:00"),
        ),
        # a check after a refusal
        (
            an_event(EventType.CHECKED, "2019-05-02 11:00"),
            a_step(EventType.INCOMPLETE, "2019-05-14 10:00"),
            an_event(EventType.CHECKED, "2019-05-20 11:00"),
        ),
        # a renewal that is booked again
        (
            an_event(EventType.RENEWAL_BOOKED, "2019-05-02 11:00"),
            an_event(EventType.WITHDRAWN, "2019-05-03 11:00", subject=EventType.RENEWAL_BOOKED),
            an_event(EventType.RENEWAL_BOOKED, "2019-05-04 11:00"),
        ),
        # another visit to the counter, on another day
        (
            an_event(EventType.INCOMPLETE, "2019-05-14 10:00"),
            an_event(EventType.INCOMPLETE, "2019-05-20 10:00"),
        ),
        # a person's word is never a resync
        (
            an_event(EventType.CHECKED, "2019-05-02 11:00", source=Source.DESK),
            an_event(EventType.CHECKED, "2019-05-03 11:00", source=Source.DESK),
        ),
        # a history: what lay between may still come
        (
            selected(),
            replace(selected("2019-04-10 10:00"), received_at=paris("2019-04-11 10:01")),
        ),
    ],
)
def test_a_repetition_that_says_something_new_is_recorded(known_then_news) -> None:  # type: ignore[no-untyped-def]
    *known, news = known_then_news
    before = a_dossier(*known)
    after, outcome = record(before, news)
    assert outcome is Recorded.RECORDED
    assert len(after.events) == len(before.events) + 1


def test_the_same_said_twice_of_one_instant_is_said_once_whatever_the_ids() -> None:
    """A resync may tell when it happened, and not when it tells of it."""
    first = selected(event_id="e2")
    for event_id in ("e1", "e3"):
        again = replace(first, event_id=event_id, received_at=first.received_at + 40 * NIGHT)
        assert outcomes(first, again) == [Recorded.RECORDED, Recorded.DUPLICATE]


TO_COLLECT: dict[str, Any] = {"purpose": SlotPurpose.COLLECT, "is_purpose_said": True}
REPEATED = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *LIFE,
                *ALONE,
                selected("2019-04-08 09:00", appointment_id="A2"),
                *(replace(event, appointment_id="C1", **TO_COLLECT) for event in ALONE[:2]),
                cancelled("2019-04-09 09:00", appointment_id="C1"),
            ]
        ),
        st.sampled_from([Source.BOOKING, Source.BOOKING, Source.DESK]),
    ),
    max_size=12,
)


@given(REPEATED)
def test_told_in_order_nothing_is_missing_for_what_was_not_kept(told) -> None:  # type: ignore[no-untyped-def]
    now, everything = paris("2019-05-14 10:30"), []
    for n, (event, source) in enumerate(told):
        at = now + 5 * n * timedelta(hours=1)
        everything.append(replace(event, event_id=f"e{n}", at=at, received_at=at, source=source))
    if everything:
        kept = a_dossier(*everything)
        assert seen(kept.events) == seen(everything)


AT_HOME, ELSEWHERE = (
    an_event(EventType.CONTACT_UPDATED, "2019-05-02 09:00", contact=one) for one in (CONTACT, OTHER)
)
FIRST, SECOND = (
    rescheduled("2019-05-02 09:00", f"2019-05-{day} 10:30", contact=CONTACT) for day in (14, 16)
)
GONE, KEPT = cancelled("2019-05-02 09:00"), confirmed("2019-05-02 09:00")
CHECK = an_event(EventType.CHECKED, "2019-05-02 09:00")
VISIT = an_event(EventType.INCOMPLETE, "2019-05-02 09:00")
DAY = a_step(EventType.DEPOSITED, "2019-05-02 09:00")
OTHER_DAY = a_step(EventType.DEPOSITED, "2019-05-01 09:00", correction=True)
RENEWED = an_event(EventType.RENEWAL_BOOKED, "2019-05-02 09:00")
BY_DESK: dict[str, Any] = {"source": Source.DESK, "by": "sofia"}
NOT_DAY, NOT_RENEWED = (
    an_event(EventType.WITHDRAWN, "2019-05-02 09:00", subject=kind.value, **BY_DESK)
    for kind in (EventType.DEPOSITED, EventType.RENEWAL_BOOKED)
)


#: Each says again what its sender had said before, after something else.
SAID_AGAIN = {
    "moved, and back": (FIRST, SECOND, FIRST),
    "moved, back, and a resync": (FIRST, SECOND, FIRST, FIRST),
    "moved, back, and moved": (FIRST, SECOND, FIRST, SECOND),
    "cancelled twice": (FIRST, GONE, FIRST, GONE),
    "set anew at the desk": (GONE, FIRST, GONE, replace(FIRST, **BY_DESK)),
    "confirmed twice": (FIRST, SECOND, KEPT, FIRST, KEPT),
    "confirmed at the desk too": (SECOND, FIRST, KEPT, replace(KEPT, **BY_DESK)),
    "an address, and back": (AT_HOME, ELSEWHERE, AT_HOME),
    "an address, back, and another": (AT_HOME, ELSEWHERE, AT_HOME, ELSEWHERE),
    "an address beside a slot": (ELSEWHERE, FIRST, ELSEWHERE, FIRST, FIRST),
    "an address beside the desk's": (AT_HOME, replace(ELSEWHERE, **BY_DESK), AT_HOME, AT_HOME),
    "checked after a visit": (CHECK, VISIT, CHECK, VISIT),
    "a day, corrected": (DAY, OTHER_DAY, DAY, OTHER_DAY),
    "a step, withdrawn twice": (OTHER_DAY, NOT_DAY, OTHER_DAY, NOT_DAY),
    "a renewal, withdrawn": (RENEWED, NOT_RENEWED, RENEWED),
}


@pytest.mark.parametrize(
    ("are_versioned", "gap"),
    [(False, timedelta(minutes=7)), (False, NIGHT), (True, timedelta(minutes=7))],
    ids=["within a day", "by days", "by version"],
)
@pytest.mark.parametrize("words", SAID_AGAIN.values(), ids=SAID_AGAIN)
def test_what_is_said_again_is_not_lost_if_what_lay_between_comes_later(
    words: Sequence[Event], are_versioned: bool, gap: timedelta
) -> None:
    """Each order of arrival ends in the same facts, state and plan."""
    told = [as_said(word, n, gap, are_versioned) for n, word in enumerate(words)]
    ends = {what_matters(dossier, told[-1].at) for dossier in every_end(told)}
    assert ends == {what_matters(Dossier(dossier_id=DOSSIER, events=tuple(told)), told[-1].at)}


@given(
    REPEATED,
    st.randoms(use_true_random=False),
    st.sampled_from([timedelta(hours=5), NIGHT]),
    st.sampled_from([(None,), (1, 2, 3, 4, 5, 6), (None, 1)]),
)
def test_told_in_any_order_nothing_is_missing_either(told, random, gap, versions) -> None:  # type: ignore[no-untyped-def]
    """Whatever versions its sender gives, be they of another order than the times."""
    everything = [
        replace(as_said(replace(event, source=source), n, gap), version=random.choice(versions))
        for n, (event, source) in enumerate(told[:8])
    ]
    if everything:
        disordered = random.sample(everything, len(everything))
        assert seen(a_dossier(*disordered).events) == seen(everything)


def as_said(word: Event, n: int, gap: timedelta, is_versioned: bool = False) -> Event:
    """The word as the nth of several; what people say has no version."""
    at = paris("2019-05-02 09:00") + n * gap
    version = n + 1 if is_versioned and word.source is Source.BOOKING else None
    return replace(word, event_id=f"e{n}", at=at, received_at=at, version=version)


def what_matters(dossier: Dossier, last: datetime) -> tuple[Facts, State, str]:
    plan = owed(dossier, DESK, ADDRESSES, last + NIGHT)
    owed_then = sorted((str(o.notice), o.due_at) for o in (*plan.due, *plan.later))
    return seen(dossier.events), dossier.state, str(owed_then)


def test_a_repetition_that_is_delivered_again_is_known_and_another_body_under_its_id_is_not() -> (
    None
):
    first = selected(digest="d")
    again = replace(told_again(first, 1), digest="e")
    dossier = a_dossier(first, again)
    assert record(dossier, again) == (dossier, Recorded.DUPLICATE)
    assert record(dossier, replace(again, digest="f")) == (dossier, Recorded.QUARANTINED)
    assert record(dossier, replace(again, event_id="x")) == (dossier, Recorded.DUPLICATE)


def test_what_comes_late_and_makes_no_news_of_a_repetition_leaves_it_one() -> None:
    check = an_event(EventType.CHECKED, "2019-04-08 12:00")
    dossier = a_dossier(first := selected(), told_again(first, 1), check)
    assert [one.of for one in dossier.repetitions] == [first.event_id]
    assert len(dossier.events) == 2


def test_a_repetition_among_words_with_and_without_a_version_is_kept_as_a_word() -> None:
    known = a_dossier(selected(version=1))
    assert record(known, told_again(selected(), 1))[1] is Recorded.RECORDED


def seen(events: Iterable[Event]) -> Facts:
    """What a student or the desk could notice of it."""
    facts = facts_of(events)
    steps = ("incomplete", "deposited", "card_ready", "collected")
    known = {step: getattr(facts, step) for step in steps}
    plain = {step: replace(m, days=frozenset(), learnt_at=m.at) for step, m in known.items() if m}
    to_deposit, to_collect = _plainly(facts.to_deposit), _plainly(facts.to_collect)
    links = replace(facts.links, names=frozenset[str]())
    return replace(facts, links=links, to_deposit=to_deposit, to_collect=to_collect, **plain)


def _plainly(bookings: Bookings) -> Bookings:
    slot, nothing = bookings.appointment, frozenset[str]()
    if slot:
        slot = replace(slot, revision_events=nothing, appointment_events=nothing)
    return Bookings(appointment=slot)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        an_event(EventType.CHECKED, datetime(2019, 5, 2, 11, 0))


def test_every_error_says_in_one_sentence_what_it_is() -> None:
    tree: list[type[errors.RelanceError]] = [
        errors.RelanceError,
        *all_below(errors.RelanceError),
    ]
    assert all(str(kind("why")) == "why" for kind in tree if issubclass(kind, errors.NotSent))
    plain = [kind for kind in tree if not issubclass(kind, errors.NotSent)]
    assert all(str(kind()) == kind.__doc__ for kind in plain)


def all_below(kind: type[errors.RelanceError]) -> list[type[errors.RelanceError]]:
    below = kind.__subclasses__()
    ours = [k for k in below if k.__module__ == errors.__name__]
    return [*ours, *(deeper for k in ours for deeper in all_below(k))]


@pytest.mark.parametrize(
    "kind",
    [EventType.INCOMPLETE, EventType.DEPOSITED, EventType.CARD_READY, EventType.COLLECTED],
)
def test_an_older_word_that_changes_a_step_is_not_stale(kind: EventType) -> None:
    known = a_step(kind, "2019-05-14 10:00", event_id="known")
    older_day = a_step(kind, "2019-05-13 09:00", event_id="late")
    says_more = replace(
        an_event(kind, "2019-05-13 09:00", "more", day=known.day),
        card_expires_on=date(2020, 6, 30),
    )
    if kind is not EventType.INCOMPLETE:  # of visits the last counts
        assert outcomes(known, older_day) == ["recorded", "recorded"]
    assert outcomes(known, says_more) == ["recorded", "recorded"]
    nothing_new = an_event(kind, "2019-05-14 10:30", "resync", day=known.day)
    assert outcomes(nothing_new, known)[0] == "recorded"
