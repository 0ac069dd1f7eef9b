"""How a dossier takes in one more event."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from chalicelib.domain import errors
from chalicelib.domain.delivery import Fate, Kind
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import EventType
from chalicelib.domain.facts import facts_of
from chalicelib.domain.recording import Recorded, record
from tests.builders import (
    DOSSIER,
    a_dossier,
    a_notice,
    a_step,
    an_attempt,
    an_event,
    an_ordinary_life,
    cancelled,
    confirmed,
    paris,
    rescheduled,
    selected,
)


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
        # a resync of the same slot says nothing new, and is not old
        (selected(), selected("2019-04-20 02:00"), "recorded"),
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
        (selected(), selected("2019-04-20 02:00"), selected("2019-04-12 02:00")),
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


def test_a_nightly_resync_does_not_make_a_dossier_grow_for_ever() -> None:
    first = paris("2019-04-08 10:00")
    nights = [
        replace(selected(), event_id=f"n{n:03}", at=at, received_at=at)
        for n in range(200)
        for at in [first + timedelta(days=n)]
    ]
    dossier = a_dossier(*nights)
    assert len(dossier.events) < 40
    slot = facts_of(dossier.events).appointment
    assert slot is not None
    assert (slot.revision, slot.moves) == ("n000", 0)


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


def test_folding_keeps_what_a_link_was_confirmed_for_and_what_a_letter_was_about() -> None:
    """Of four equal slots the inner two may go, but for the one that something names."""
    start = paris("2019-04-08 10:00")
    slots = [
        replace(selected(event_id=name), at=start + timedelta(minutes=n), received_at=start)
        for n, name in enumerate(["s1", "s2", "s3", "s4"])
    ]
    late = an_event(EventType.CHECKED, "2019-05-20 10:00")
    by_link = a_dossier(*slots, confirmed("2019-04-08 18:00", "s2"), late)
    assert [e.event_id for e in by_link.events if e.starts_at] == ["s1", "s2", "s4"]
    letter = an_attempt(
        a_notice(Kind.CONFIRMATION_REQUEST, "s3"), Fate.DELIVERED, "2019-04-08 11:00"
    )
    by_letter = a_dossier(*slots, late, ledger=(letter,))
    assert [e.event_id for e in by_letter.events if e.starts_at] == ["s1", "s3", "s4"]


def test_what_a_person_said_is_never_folded() -> None:
    """How often a step was taken back names what is owed of it."""
    start = paris("2019-04-08 10:00")
    words = [
        an_event(EventType.WITHDRAWN, start + timedelta(minutes=n), f"w{n}", subject="card.ready")
        for n in range(4)
    ]
    late = an_event(EventType.CHECKED, "2019-05-20 10:00")
    assert [e.event_id for e in a_dossier(*words, late).events][:-1] == ["w0", "w1", "w2", "w3"]


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
