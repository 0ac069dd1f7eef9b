"""Dossiers keep one contract in memory and in DynamoDB; and what only a table can get wrong."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.attempts import Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import LostRace, NewerDocument, StorageUnavailable, Unreadable
from chalicelib.domain.facts import State
from chalicelib.domain.holds import Pause, hold
from chalicelib.domain.names import in_both_orders
from chalicelib.pipeline.ports import (
    Expected,
    Findable,
    JournalLine,
    Loaded,
    Quarantined,
    WorkItem,
    WorkKind,
    Write,
)
from chalicelib.storage.document import SCHEMA
from chalicelib.storage.dossiers import DynamoDossiers
from chalicelib.storage.table import Table
from tests.builders import a_dossier, a_notice, an_attempt, an_ordinary_life, ids, paris
from tests.fakes import InMemoryDossiers, empty_write, ids_of, open_work
from tests.storage.conftest import Cloud
from tests.storage.wire import Spoiler, answer_is_lost, answers, fails_inside

pytestmark = pytest.mark.enable_socket

Either = InMemoryDossiers | DynamoDossiers

NOON = paris("2019-04-09 12:00")
WHOLE = a_dossier(
    *an_ordinary_life(),
    ledger=(
        an_attempt(a_notice(Kind.CONVOCATION, "e2"), Status.DELIVERED, "2019-04-09 18:01"),
        an_attempt(a_notice(Kind.NO_EXPIRY_DATE, "2019-07-20"), Status.OPEN, "2019-07-20 10:01"),
    ),
)


def line(what: str, at: datetime = NOON) -> JournalLine:
    return JournalLine(at=at, by="booking", what=what)


def a_write(loaded: Loaded, *what: str, due: datetime | None = None) -> Write:
    return replace(empty_write(loaded.dossier, due), journal=tuple(line(w) for w in what))


def store(dossiers: Either, dossier_id: str, due: datetime | None = None, *what: str) -> Loaded:
    loaded = dossiers.load(dossier_id)
    return dossiers.write(loaded, a_write(loaded, *what, due=due))


def waiting(dossiers: Either, dossier_id: str, since: datetime | None) -> None:
    loaded = dossiers.load(dossier_id)
    dossiers.write(loaded, replace(a_write(loaded), work_since=since))


def what_of(journal: Sequence[str]) -> list[str]:
    return [entry.split(" ", 1)[1] for entry in journal]


# One dossier


def test_an_unknown_dossier_is_empty_at_version_0(dossiers: Either) -> None:
    assert dossiers.load("D-1") == Loaded(dossier=Dossier(dossier_id="D-1"), version=0)


def test_what_was_written_is_what_is_loaded(dossiers: Either) -> None:
    loaded = dossiers.load(WHOLE.dossier_id)
    write = replace(a_write(loaded, due=NOON), dossier=WHOLE, state=State.COLLECTED)
    answer = dossiers.write(loaded, write)
    assert answer == Loaded(dossier=WHOLE, version=1, state=State.COLLECTED, next_due_at=NOON)
    assert dossiers.load(WHOLE.dossier_id) == answer


def test_every_write_raises_the_version_by_one(dossiers: Either) -> None:
    assert [store(dossiers, "D-1").version for _ in range(3)] == [1, 2, 3]


def test_a_write_from_an_old_version_loses_and_changes_nothing(dossiers: Either) -> None:
    old = dossiers.load("D-1")
    kept = store(dossiers, "D-1", None, "first")
    with pytest.raises(LostRace):
        dossiers.write(old, a_write(old, "second", due=NOON))
    assert dossiers.load("D-1") == kept
    assert what_of(dossiers.journal("D-1")) == ["booking first"]
    assert ids(dossiers.due(NOON)) == []


@pytest.mark.parametrize("writes_before", [0, 1, 2])
def test_of_two_writers_from_one_version_exactly_one_wins(
    dossiers: Either, writes_before: int
) -> None:
    for _ in range(writes_before):
        store(dossiers, "D-1")
    one, other = dossiers.load("D-1"), dossiers.load("D-1")
    won = dossiers.write(one, a_write(one, "one"))
    with pytest.raises(LostRace):
        dossiers.write(other, a_write(other, "other"))
    assert dossiers.load("D-1") == won
    assert what_of(dossiers.journal("D-1")) == ["booking one"]


def test_who_lost_a_race_wins_from_what_is_there_now(dossiers: Either) -> None:
    old = dossiers.load("D-1")
    store(dossiers, "D-1")
    with pytest.raises(LostRace):
        dossiers.write(old, a_write(old))
    assert store(dossiers, "D-1").version == 2


# What is due, and what waits for a person


def test_what_is_due_comes_oldest_first(dossiers: Either) -> None:
    for n in [7, 2, 9, 0, 4, 11, 5, 8, 1, 10, 3, 6]:
        store(dossiers, f"D-{n}", NOON + timedelta(minutes=n))
    assert ids(dossiers.due(NOON + timedelta(minutes=9))) == [f"D-{n}" for n in range(10)]


def test_a_dossier_is_due_at_its_instant_and_not_a_moment_before(dossiers: Either) -> None:
    store(dossiers, "D-1", NOON)
    assert ids(dossiers.due(NOON - timedelta(microseconds=1))) == []
    assert ids(dossiers.due(NOON)) == ["D-1"]


def test_a_dossier_is_due_once_and_only_for_its_newest_instant(dossiers: Either) -> None:
    store(dossiers, "D-1", NOON)
    store(dossiers, "D-1", NOON + timedelta(days=1))
    assert ids(dossiers.due(NOON)) == []
    assert ids(dossiers.due(NOON + timedelta(days=2))) == ["D-1"]


def test_a_dossier_without_a_next_instant_is_never_due(dossiers: Either) -> None:
    store(dossiers, "D-1", NOON)
    assert store(dossiers, "D-1", None) == dossiers.load("D-1")
    assert ids(dossiers.due(NOON + timedelta(days=10_000))) == []


def test_the_next_due_instant_is_the_first_of_all(dossiers: Either) -> None:
    assert dossiers.next_due() is None
    for n in (3, 1, 2):
        store(dossiers, f"D-{n}", NOON + timedelta(days=n))
    assert dossiers.next_due() == (NOON + timedelta(days=1), "D-1")


def test_open_work_comes_oldest_first(dossiers: Either) -> None:
    for n in (5, 1, 4, 2, 3):
        waiting(dossiers, f"D-{n}", NOON + timedelta(days=n))
    expected = [(NOON + timedelta(days=n), f"DOSSIER#D-{n}") for n in (1, 2, 3, 4, 5)]
    assert open_work(dossiers, 10) == expected
    assert open_work(dossiers, 2) == expected[:2]


def test_work_that_is_done_waits_for_nobody(dossiers: Either) -> None:
    waiting(dossiers, "D-1", NOON)
    waiting(dossiers, "D-1", None)
    assert open_work(dossiers, 10) == []


# What people search by

LEA = Findable(
    reference="g20190412",
    recepisse="number-fingerprint",
    family_first="benali lea",
    given_first="lea benali",
    other_first="amina benali lea",
    email="mail-fingerprint",
    phone="phone-fingerprint",
    deposit_at=NOON,
    collect_at=NOON,
    again_on=NOON.date(),
)
PIERRE = Findable(family_first="leroy pierre", given_first="pierre leroy", email="mail-fingerprint")


def found_by(dossiers: Either, dossier_id: str, findable: Findable) -> Loaded:
    loaded = dossiers.load(dossier_id)
    return dossiers.write(loaded, replace(a_write(loaded), findable=findable))


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("be", ["D-1"]),
        ("benali", ["D-1"]),
        ("benali l", ["D-1"]),
        ("lea ben", ["D-1"]),
        ("ami", ["D-1"]),
        ("le", ["D-1", "D-2"]),  # by the alphabet, whichever name it is
        ("pierre", ["D-2"]),
        ("pierre b", []),
        ("zz", []),
    ],
)
def test_a_name_is_found_by_its_beginning_in_either_order(
    dossiers: Either, prefix: str, expected: list[str]
) -> None:
    found_by(dossiers, "D-2", PIERRE)
    found_by(dossiers, "D-1", LEA)
    assert list(dossiers.by_name(prefix, 10)) == expected


def test_no_more_names_are_found_than_were_asked_for(dossiers: Either) -> None:
    for n in range(5):
        found_by(dossiers, f"D-{n}", replace(LEA, family_first=f"benali {n}"))
    assert list(dossiers.by_name("benali", 3)) == ["D-0", "D-1", "D-2"]


def test_one_whose_two_names_begin_alike_is_found_once(dossiers: Either) -> None:
    found_by(dossiers, "D-1", Findable(family_first="martin marc", given_first="marc martin"))
    assert dossiers.by_name("mar", 10) == {"D-1": "marc martin"}


def test_a_name_of_one_letter_alone_is_found_whole(dossiers: Either) -> None:
    found_by(dossiers, "D-1", Findable(family_first="王"))
    found_by(dossiers, "D-2", Findable(family_first="王 小明"))
    assert list(dossiers.by_name("王", 10)) == ["D-1"]
    assert list(dossiers.by_name("王 ", 10)) == ["D-2"]


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("g20190412", ["D-1"]),
        ("0412", ["D-2", "D-1"]),  # by the alphabet, from the end
        ("12", ["D-2", "D-1"]),
        ("04", []),
        ("xg20190412", []),
    ],
)
def test_a_reference_is_found_by_its_end(
    dossiers: Either, ending: str, expected: list[str]
) -> None:
    found_by(dossiers, "D-1", LEA)
    found_by(dossiers, "D-2", replace(PIERRE, reference="g20180412"))
    assert dossiers.by_reference(ending, 10) == expected
    assert dossiers.by_reference(ending, 1) == expected[:1]


def test_a_recepisse_is_found_by_the_fingerprint_of_its_number(dossiers: Either) -> None:
    found_by(dossiers, "D-1", LEA)
    assert dossiers.by_recepisse("number-fingerprint", 10) == ["D-1"]
    assert dossiers.by_recepisse("phone-fingerprint", 10) == []


def test_an_address_and_a_number_are_found_by_their_seals(dossiers: Either) -> None:
    found_by(dossiers, "D-1", LEA)
    found_by(dossiers, "D-2", PIERRE)
    assert sorted(dossiers.by_email("mail-fingerprint", 10)) == ["D-1", "D-2"]
    assert len(dossiers.by_email("mail-fingerprint", 1)) == 1
    assert dossiers.by_phone("phone-fingerprint", 10) == ["D-1"]
    assert dossiers.by_phone("mail-fingerprint", 10) == []


def test_what_a_dossier_is_found_by_is_loaded_with_it(dossiers: Either) -> None:
    whole = replace(LEA, work=(Kind.UNREACHABLE, Kind.COMPLAINED), appointment_at=NOON)
    written = found_by(dossiers, "D-1", whole)
    assert written.findable == dossiers.load("D-1").findable == whole


def test_what_is_found_by_nothing_is_found_no_more(dossiers: Either) -> None:
    found_by(dossiers, "D-1", LEA)
    assert found_by(dossiers, "D-1", Findable()).findable == Findable()
    assert dossiers.load("D-1").findable == Findable()
    for found in (
        list(dossiers.by_name("benali", 9)),
        list(dossiers.by_name("lea", 9)),
        dossiers.by_reference("12", 9),
        dossiers.by_recepisse("number-fingerprint", 9),
        dossiers.by_email("mail-fingerprint", 9),
        dossiers.by_phone("phone-fingerprint", 9),
    ):
        assert found == []


def test_a_row_of_the_work_list_says_what_it_can_be_sorted_by(dossiers: Either) -> None:
    loaded = dossiers.load("D-1")
    findable = Findable(work=(Kind.UNCONFIRMED,), appointment_at=NOON)
    write = replace(a_write(loaded), work_since=NOON, findable=findable, state=State.BOOKED)
    dossiers.write(loaded, write)
    assert dossiers.work_rows(WorkKind.DOSSIER, 10) == [
        WorkItem(
            kind=WorkKind.DOSSIER,
            name="D-1",
            since=NOON,
            kinds=(Kind.UNCONFIRMED,),
            state=State.BOOKED,
            appointment_at=NOON,
        )
    ]


def test_what_waits_and_has_an_appointment_soon_is_found_by_its_hour(dossiers: Either) -> None:
    first, last, second = NOON, NOON + timedelta(hours=72), timedelta(seconds=1)
    for dossier_id, slot, waits in (
        ("D-last", Findable(collect_at=last, appointment_at=last), True),
        ("D-first", Findable(deposit_at=first, appointment_at=first), True),
        ("D-before", Findable(deposit_at=first - second, appointment_at=first - second), True),
        ("D-after", Findable(deposit_at=last + second, appointment_at=last + second), True),
        ("D-quiet", Findable(deposit_at=first, appointment_at=first), False),
    ):
        loaded = dossiers.load(dossier_id)
        findable = replace(slot, work=(Kind.UNREACHABLE,), unanswered_since=NOON)
        work_since = NOON if waits else None
        dossiers.write(loaded, replace(a_write(loaded), findable=findable, work_since=work_since))
    rows = dossiers.urgent_rows(first, last)
    assert [row.name for row in rows] == ["D-first", "D-last"]
    assert rows[0] == WorkItem(
        kind=WorkKind.DOSSIER,
        name="D-first",
        since=NOON,
        kinds=(Kind.UNREACHABLE,),
        state=State.KNOWN,
        appointment_at=first,
        unanswered_since=NOON,
    )
    assert [row for row in rows if row not in dossiers.work_rows(WorkKind.DOSSIER, 9)] == []


def test_who_has_an_appointment_is_found_by_its_hour_once_for_each_purpose(
    dossiers: Either,
) -> None:
    later = NOON + timedelta(hours=2)
    found_by(dossiers, "D-2", Findable(deposit_at=later, work=(Kind.UNCONFIRMED,)))
    found_by(dossiers, "D-1", Findable(deposit_at=NOON, collect_at=NOON + timedelta(days=60)))
    found_by(dossiers, "D-3", Findable(collect_at=NOON))
    first = Expected(at=NOON, dossier_id="D-1", purpose=SlotPurpose.DEPOSIT)
    expected = [
        first,
        Expected(at=NOON, dossier_id="D-3", purpose=SlotPurpose.COLLECT),
        Expected(at=later, dossier_id="D-2", purpose=SlotPurpose.DEPOSIT, work=(Kind.UNCONFIRMED,)),
    ]
    assert dossiers.expected(NOON, NOON + timedelta(days=1), 10) == expected
    assert dossiers.expected(NOON, later, 10) == expected[:2], "its end is no part of a time"
    assert dossiers.expected(NOON, later, 1) == [first]
    found_by(dossiers, "D-1", Findable())
    assert dossiers.expected(NOON, later, 10) == expected[1:2]


def test_what_was_put_off_is_found_by_the_day_on_which_it_comes_back(dossiers: Either) -> None:
    today = NOON.date()
    for number, days in enumerate((-1, 9, 0, 2)):
        found_by(dossiers, f"D-{number}", Findable(again_on=today + timedelta(days=days)))
    assert dossiers.with_work_put_off(today, 9) == ["D-2", "D-3", "D-1"]
    assert dossiers.with_work_put_off(today, 2) == ["D-2", "D-3"]
    found_by(dossiers, "D-2", Findable())
    assert dossiers.with_work_put_off(today, 9) == ["D-3", "D-1"]


def test_many_are_read_at_once_in_the_order_asked_and_only_those_that_exist(
    dossiers: Either,
) -> None:
    stored = {f"D-{n}": store(dossiers, f"D-{n}", NOON) for n in range(120)}
    asked = [*reversed(stored), "unknown", "D-7"]
    assert dossiers.many(asked) == [*reversed(stored.values())]
    assert dossiers.many([]) == []


def test_what_is_not_due_is_not_put_off(dossiers: Either) -> None:
    store(dossiers, "D-1", NOON)
    store(dossiers, "D-2")
    for dossier_id in ("D-1", "D-2"):
        dossiers.put_off(dossier_id, NOON + timedelta(hours=1), NOON - timedelta(seconds=1))
    assert [dossiers.load(i).next_due_at for i in ("D-1", "D-2")] == [NOON, None]


def test_what_is_due_is_put_off_and_whoever_read_it_before_may_still_write(
    dossiers: Either,
) -> None:
    loaded = store(dossiers, "D-1", NOON)
    dossiers.put_off("D-1", NOON + timedelta(hours=1), NOON)
    assert dossiers.load("D-1").next_due_at == NOON + timedelta(hours=1)
    assert dossiers.write(loaded, a_write(loaded, due=NOON)).next_due_at == NOON


# Failed serves


def test_failed_serves_are_counted_beside_what_is_written_and_of_nobody_there_are_none(
    dossiers: Either,
) -> None:
    before = store(dossiers, "D-1", NOON)
    assert [dossiers.count_failed("D-1") for _ in range(3)] == [1, 2, 3]
    assert dossiers.count_failed("D-1", -1) == 2
    assert dossiers.load("D-1") == before
    dossiers.write(before, a_write(before, due=NOON))
    assert dossiers.count_failed("D-1") == 3
    for dossier_id in ("D-1", "D-1", "nobody"):
        dossiers.forget_failed(dossier_id)
    assert dossiers.count_failed("D-1") == 1
    assert dossiers.count_failed("nobody") == 0
    assert dossiers.load("nobody").version == 0


# The journal, and everybody


def test_a_new_journal_takes_the_place_of_the_old_one(dossiers: Either) -> None:
    store(dossiers, "D-1", None, "first", "second")
    loaded = dossiers.load("D-1")
    dossiers.write(loaded, replace(a_write(loaded, "forgotten"), new_journal=True))
    assert what_of(dossiers.journal("D-1")) == ["booking forgotten"]
    store(dossiers, "D-1", None, "after")
    assert what_of(dossiers.journal("D-1")) == ["booking forgotten", "booking after"]


def test_a_new_journal_is_measured_anew(dossiers: Either) -> None:
    loaded = store(dossiers, "D-1", None, "x" * 1_000)
    dossiers.write(loaded, replace(a_write(loaded, "forgotten"), new_journal=True))
    assert dossiers.load("D-1").size < 200


def test_a_journal_grows_and_keeps_its_order(dossiers: Either) -> None:
    assert dossiers.journal("D-1") == []
    store(dossiers, "D-1", None, "first", "second")
    store(dossiers, "D-1", None, "third")
    assert what_of(dossiers.journal("D-1")) == ["booking first", "booking second", "booking third"]


def test_a_write_without_lines_adds_nothing_to_the_journal(dossiers: Either) -> None:
    store(dossiers, "D-1")
    store(dossiers, "D-1", None, "only")
    store(dossiers, "D-1")
    assert what_of(dossiers.journal("D-1")) == ["booking only"]


def test_a_dossier_tells_how_large_it_is_with_its_history(dossiers: Either) -> None:
    store(dossiers, "D-1", None, "é" * 1_000)
    small = dossiers.load("D-1").size
    store(dossiers, "D-1", None, "x" * 4_000)
    assert dossiers.load("D-1").size > small + 4_000
    assert small > 1_000


def test_a_dossier_of_290_kb_is_changed_again_and_again(dossiers: Either) -> None:
    store(dossiers, "D-1", None, "x" * 289_000)
    for number in range(5):
        store(dossiers, "D-1", None, f"change {number}")
    assert len(dossiers.journal("D-1")) == 6
    assert dossiers.load("D-1").version == 6


def test_every_dossier_is_read_once_as_it_is(dossiers: Either) -> None:
    for n in (1, 2, 3, 1):
        store(dossiers, f"D-{n}", None, "some text")
    found = {one.dossier_id: one for one in dossiers.every()}
    assert found == {one: dossiers.load(one) for one in ("D-1", "D-2", "D-3")}
    assert len(list(dossiers.every())) == 3


def test_whoever_goes_on_after_one_of_them_meets_the_others_and_in_the_same_order(
    dossiers: Either,
) -> None:
    for n in range(5):
        store(dossiers, f"D-{n}")
    order = ids_of(dossiers)
    for n, dossier_id in enumerate(order):
        assert [one.dossier_id for one in dossiers.every(dossier_id)] == order[n + 1 :]
    store(dossiers, order[2])
    assert ids_of(dossiers) == order


# Out of reach


@pytest.fixture(params=["memory", "dynamodb"])
def out_of_reach(request: pytest.FixtureRequest, nowhere: None) -> Either:
    in_memory = InMemoryDossiers()
    in_memory.is_down = True
    return in_memory if request.param == "memory" else DynamoDossiers(Table("any"))


def test_without_storage_nothing_is_read_written_or_due(out_of_reach: Either) -> None:
    unread = Loaded(dossier=Dossier(dossier_id="D-1"), version=0)
    with pytest.raises(StorageUnavailable):
        out_of_reach.load("D-1")
    with pytest.raises(StorageUnavailable):
        out_of_reach.write(unread, a_write(unread))
    with pytest.raises(StorageUnavailable):
        next(out_of_reach.due(NOON))
    with pytest.raises(StorageUnavailable):
        out_of_reach.count_failed("D-1")
    with pytest.raises(StorageUnavailable):
        out_of_reach.forget_failed("D-1")


def test_without_storage_nobody_is_listed_either(nowhere: None) -> None:
    dossiers = DynamoDossiers(Table("any"))
    for look in (
        lambda: dossiers.journal("D-1"),
        lambda: ids_of(dossiers),
        lambda: open_work(dossiers, 1),
        dossiers.next_due,
        lambda: dossiers.many(["D-1"]),
        lambda: dossiers.by_name("be", 1),
        lambda: dossiers.by_reference("0412", 1),
        lambda: dossiers.expected(NOON, NOON, 1),
        lambda: dossiers.urgent_rows(NOON, NOON),
        lambda: dossiers.with_work_put_off(NOON.date(), 1),
        lambda: dossiers.by_recepisse("fingerprint", 1),
        lambda: dossiers.by_email("fingerprint", 1),
        lambda: dossiers.by_phone("fingerprint", 1),
    ):
        with pytest.raises(StorageUnavailable):
            look()


# What only a real table can get wrong


def test_a_service_that_stays_broken_is_unavailable(cloud: Cloud) -> None:
    cloud.wire.spoilers += [fails_inside] * 3
    with pytest.raises(StorageUnavailable):
        cloud.dossiers.load("D-1")


def test_a_service_that_recovers_is_asked_again(cloud: Cloud) -> None:
    cloud.wire.spoilers += [fails_inside]
    assert store(cloud.dossiers, "D-1").version == 1


def test_a_write_that_is_refused_for_another_reason_is_no_lost_race(cloud: Cloud) -> None:
    loaded = cloud.dossiers.load("D-1")
    cloud.wire.spoilers += [answers("400 Bad Request", {"__type": "ValidationException"})]
    with pytest.raises(StorageUnavailable):
        cloud.dossiers.write(loaded, a_write(loaded))


@pytest.mark.parametrize("writes_before", [0, 1])
def test_a_write_whose_answer_was_lost_is_known_again_as_ours(
    cloud: Cloud, writes_before: int
) -> None:
    for _ in range(writes_before):
        store(cloud.dossiers, "D-1")
    loaded = cloud.dossiers.load("D-1")
    cloud.wire.spoilers += [answer_is_lost]
    written = cloud.dossiers.write(loaded, a_write(loaded, "once", due=NOON))
    assert written.version == writes_before + 1
    assert cloud.dossiers.load("D-1") == written
    assert what_of(cloud.dossiers.journal("D-1")) == ["booking once"]


def test_a_write_whose_answer_was_lost_twice_is_still_ours(cloud: Cloud) -> None:
    loaded = cloud.dossiers.load("D-1")
    cloud.wire.spoilers += [answer_is_lost, answer_is_lost]
    assert cloud.dossiers.write(loaded, a_write(loaded)).version == 1
    assert cloud.dossiers.load("D-1").version == 1


def test_a_write_that_never_gets_an_answer_is_unavailable(cloud: Cloud) -> None:
    loaded = cloud.dossiers.load("D-1")
    cloud.wire.spoilers += [answer_is_lost] * 3
    with pytest.raises(StorageUnavailable):
        cloud.dossiers.write(loaded, a_write(loaded))


def test_a_write_whose_answer_was_lost_and_that_was_overtaken_is_a_lost_race(cloud: Cloud) -> None:
    """Ours is in the table, under somebody else's: only a fresh load can tell what is true now."""
    ours, others = DynamoDossiers(Table(cloud.table)), cloud.dossiers
    loaded = ours.load("D-1")
    overtakers = [lambda: store(others, "D-1", None, "theirs")]

    def between_the_tries(**_of_the_request: object) -> None:
        if overtakers:
            overtakers.pop()()

    events = ours._table.connection.client.meta.events
    events.register("needs-retry.dynamodb.UpdateItem", between_the_tries)
    cloud.wire.spoilers += [answer_is_lost]
    with pytest.raises(LostRace):
        ours.write(loaded, a_write(loaded, "ours"))
    assert overtakers == []
    assert cloud.dossiers.load("D-1").version == 2
    assert what_of(cloud.dossiers.journal("D-1")) == ["booking ours", "booking theirs"]


def test_a_doubtful_write_that_cannot_be_looked_up_is_unavailable(cloud: Cloud) -> None:
    old = cloud.dossiers.load("D-1")
    store(cloud.dossiers, "D-1")
    refused = {"__type": "com.amazonaws.dynamodb#ConditionalCheckFailedException"}
    cloud.wire.spoilers += [answers("400 Bad Request", refused), *[fails_inside] * 3]
    with pytest.raises(StorageUnavailable):
        cloud.dossiers.write(old, a_write(old))


def test_many_dossiers_are_read_in_whole_batches(cloud: Cloud) -> None:
    cloud.dossiers.many([f"D-{n}" for n in range(101)])
    asked = [body["RequestItems"][cloud.table] for body in cloud.wire.bodies("BatchGetItem")]
    assert [(len(one["Keys"]), one["ConsistentRead"]) for one in asked] == [(100, True), (1, True)]


def unprocessed(cloud: Cloud, *dossier_ids: str, items: Sequence[object] = ()) -> Spoiler:
    keys = [{"pk": {"S": f"DOSSIER#{dossier_id}"}} for dossier_id in dossier_ids]
    content = {"Responses": {cloud.table: items}, "UnprocessedKeys": {cloud.table: {"Keys": keys}}}
    return answers("200 OK", content)


def test_what_one_answer_had_no_room_for_is_asked_for_again(cloud: Cloud) -> None:
    for n in (1, 2):
        store(cloud.dossiers, f"D-{n}")
    first = next(item for item in cloud.items() if item["pk"]["S"] == "DOSSIER#D-1")
    cloud.wire.spoilers += [unprocessed(cloud, "D-2", items=[first])]
    found = cloud.dossiers.many(["D-1", "D-2"])
    assert [one.dossier_id for one in found] == ["D-1", "D-2"]


def test_a_table_that_answers_nothing_is_unavailable(cloud: Cloud) -> None:
    cloud.wire.spoilers += [unprocessed(cloud, "D-1")]
    with pytest.raises(StorageUnavailable):
        cloud.dossiers.many(["D-1"])


def test_a_kind_of_a_newer_program_hides_no_row(cloud: Cloud) -> None:
    waiting(cloud.dossiers, "D-1", NOON)
    [item] = cloud.items()
    newer = {**item, "work": {"S": "something_new unreachable"}}
    cloud.dynamodb.put_item(TableName=cloud.table, Item=newer)
    assert [row.kinds for row in cloud.dossiers.work_rows(WorkKind.DOSSIER, 9)] == [
        (Kind.UNREACHABLE,)
    ]


def test_the_longest_name_fits_into_its_index(cloud: Cloud) -> None:
    family_first, given_first = in_both_orders("\U00020000" * 200, "\ufdfa" * 200)
    found_by(cloud.dossiers, "D-1", Findable(family_first=family_first, given_first=given_first))
    assert max(len(name.encode()) for name in (family_first, given_first)) <= 1_024
    assert list(cloud.dossiers.by_name(family_first, 9)) == ["D-1"]


def test_what_else_waits_for_a_person_says_why(cloud: Cloud) -> None:
    cloud.quarantine.keep(
        Quarantined(event_id="e-1", received_at=NOON, reason="no type", body=b"{}", about="D-1")
    )
    [row] = cloud.dossiers.work_rows(WorkKind.QUARANTINE, 9)
    assert (row.name.partition("#")[0], row.since) == ("e-1", NOON)
    assert (row.reason, row.about, row.kinds, row.state) == ("no type", "D-1", (), None)


@pytest.mark.parametrize("kind", WorkKind)
def test_however_much_there_is_of_another_kind_each_is_found(cloud: Cloud, kind: WorkKind) -> None:
    for n in range(3):
        early = NOON - timedelta(days=1)
        cloud.quarantine.keep(
            Quarantined(event_id=f"e-{n}", received_at=early, reason="type", body=b"{}")
        )
        cloud.quarantine.keep(Quarantined.of_dossier(Unreadable("why", f"D-{n}"), early))
        waiting(cloud.dossiers, f"D-{n}", NOON + timedelta(minutes=n))
    cloud.channels.hold(hold(Channel.SMS, "QUOTA", NOON))
    cloud.channels.pause(Pause(channel=Channel.EMAIL, by="c.martin", at=NOON, why="essai"))
    [row] = cloud.dossiers.work_rows(kind, 1)
    assert (row.kind, bool(row.name)) == (kind, True)


def test_every_read_of_a_dossier_is_consistent(cloud: Cloud) -> None:
    store(cloud.dossiers, "D-1", None, "line")
    cloud.dossiers.journal("D-1")
    assert [body["ConsistentRead"] for body in cloud.wire.bodies("GetItem")] == [True, True]


def test_the_sender_neither_reads_the_journal_nor_gets_it_back(cloud: Cloud) -> None:
    store(cloud.dossiers, "D-1", None, "line")
    [read], [written] = cloud.wire.bodies("GetItem"), cloud.wire.bodies("UpdateItem")
    assert "journal" not in read["ExpressionAttributeNames"].values()
    assert written.get("ReturnValues", "NONE") == "NONE"


def test_what_a_newer_program_added_survives_a_write(cloud: Cloud) -> None:
    store(cloud.dossiers, "D-1")
    cloud.dynamodb.update_item(
        TableName=cloud.table,
        Key={"pk": {"S": "DOSSIER#D-1"}},
        UpdateExpression="SET later = :v",
        ExpressionAttributeValues={":v": {"S": "kept"}},
    )
    store(cloud.dossiers, "D-1")
    [item] = cloud.items()
    assert item["later"] == {"S": "kept"}


NEWER = json.dumps({"schema": SCHEMA + 1, "dossier_id": "D-1"})
SINCE = "2019-04-09T10:00:00.000000Z"
ANOTHER = json.dumps({"schema": SCHEMA, "dossier_id": "D-9"})


def put(cloud: Cloud, dossier_id: str, **spoilt: dict[str, str] | None) -> None:
    """As it lies in the table, but for these attributes; without those that are None."""
    store(cloud.dossiers, dossier_id, NOON)
    key = {"pk": {"S": f"DOSSIER#{dossier_id}"}}
    item = cloud.dynamodb.get_item(TableName=cloud.table, Key=key)["Item"] | spoilt
    whole = {name: value for name, value in item.items() if value is not None}
    cloud.dynamodb.put_item(TableName=cloud.table, Item=whole)


@pytest.mark.parametrize(
    ("spoilt", "kind"),
    [
        ({"document": {"S": NEWER}}, NewerDocument),
        ({"document": {"S": "{"}}, Unreadable),
        ({"document": {"B": b"{}"}}, Unreadable),
        ({"document": None}, Unreadable),
        ({"document": {"S": ANOTHER}}, Unreadable),
        ({"state": {"S": "archived"}}, Unreadable),
        ({"state": None}, Unreadable),
        ({"version": None}, Unreadable),
        ({"appointment_at": {"S": "next week"}}, Unreadable),
        ({"journal_bytes": {"N": "1.5"}}, Unreadable),
    ],
    ids=str,
)
def test_a_dossier_that_cannot_be_read_says_whose_it_is_and_the_others_are_read(
    cloud: Cloud, spoilt: dict[str, dict[str, str] | None], kind: type[Unreadable]
) -> None:
    put(cloud, "D-1", **spoilt)
    store(cloud.dossiers, "D-2")
    with pytest.raises(kind) as refused:
        cloud.dossiers.load("D-1")
    assert refused.value.dossier_id == "D-1"
    [one, other] = cloud.dossiers.many(["D-1", "D-2"])
    assert isinstance(one, kind)
    assert one.dossier_id == "D-1"
    assert other == cloud.dossiers.load("D-2")


def test_what_is_due_and_cannot_be_read_is_put_off_and_nothing_else_of_it_changes(
    cloud: Cloud,
) -> None:
    put(cloud, "D-1", document={"S": NEWER})
    [before] = cloud.items()
    cloud.dossiers.put_off("D-1", NOON + timedelta(hours=1), NOON)
    [after] = cloud.items()
    assert ids(cloud.dossiers.due(NOON)) == []
    assert ids(cloud.dossiers.due(NOON + timedelta(hours=1))) == ["D-1"]
    assert after | {"due_at": before["due_at"]} == before


def test_what_a_newer_program_says_of_it_stands_on_the_work_list_all_the_same(cloud: Cloud) -> None:
    waits = {"work_shard": {"S": "DOSSIER#0"}, "work_since": {"S": SINCE}}
    newer = {name: {"S": "of a newer program"} for name in ("state", "work", "appointment_at")}
    put(cloud, "D-1", **newer, **waits)
    [row] = cloud.dossiers.work_rows(WorkKind.DOSSIER, 9)
    assert row == WorkItem(kind=WorkKind.DOSSIER, name="D-1", since=NOON)


def test_only_dossiers_are_named_among_the_items_of_the_table(cloud: Cloud) -> None:
    store(cloud.dossiers, "D-1")
    for pk in ("RECEIPT#D-2", "QUARANTINE#DOSSIER#D-3#x"):
        cloud.dynamodb.put_item(TableName=cloud.table, Item={"pk": {"S": pk}})
    assert ids_of(cloud.dossiers) == ["D-1"]


def test_one_that_cannot_be_read_is_told_among_the_others(cloud: Cloud) -> None:
    put(cloud, "D-1", document={"S": NEWER})
    store(cloud.dossiers, "D-2")
    found = {one.dossier_id: one for one in cloud.dossiers.every()}
    assert isinstance(found["D-1"], NewerDocument)
    assert found["D-2"] == cloud.dossiers.load("D-2")


#: Two of these are more than half of what one page of an answer holds.
LONG = "x" * 350_000


def test_everybody_is_named_from_every_page(cloud: Cloud) -> None:
    expected = [store(cloud.dossiers, f"D-{n}", None, LONG).dossier.dossier_id for n in range(7)]
    assert sorted(order := ids_of(cloud.dossiers)) == expected
    assert [one.dossier_id for one in cloud.dossiers.every(order[4])] == order[5:]
    assert len(cloud.wire.bodies("Scan")) > 1


@pytest.mark.moto  # whose pages are as short as if the index held whole dossiers
def test_what_is_due_comes_from_every_page(cloud: Cloud) -> None:
    expected = [f"D-{n}" for n in range(7)]
    for minutes, dossier_id in enumerate(expected):
        store(cloud.dossiers, dossier_id, NOON + timedelta(minutes=minutes), LONG)
    due = cloud.dossiers.due(NOON + timedelta(hours=1))
    next(due)
    [_first_page] = cloud.wire.bodies("Query")
    assert ids(due) == expected[1:]
    assert len(cloud.wire.bodies("Query")) > 1


@pytest.mark.parametrize(
    "index",
    [
        *("due", "work", "to_deposit", "to_collect", "put_off", "by_reference", "by_recepisse"),
        *("by_family", "by_given", "by_other", "by_email", "by_phone"),
    ],
)
def test_a_dossier_with_nothing_ahead_is_in_no_index(cloud: Cloud, index: str) -> None:
    found_by(cloud.dossiers, "D-1", LEA)
    waiting(cloud.dossiers, "D-1", NOON)
    waiting(cloud.dossiers, "D-1", None)
    rows = cloud.dynamodb.scan(TableName=cloud.table, IndexName=index)
    assert rows["Items"] == []


def test_an_index_may_be_spread_over_several_keys_and_is_read_as_one(cloud: Cloud) -> None:
    table = Table(cloud.table, shards=4)
    dossiers, numbers = DynamoDossiers(table), [7, 2, 9, 0, 4, 11, 5, 8, 1, 10, 3, 6]
    for n in numbers:
        store(dossiers, f"D-{n}", NOON + timedelta(minutes=n))
    assert {item["due_shard"]["S"] for item in cloud.items()} == set("0123")
    assert ids(dossiers.due(NOON + timedelta(minutes=9))) == [f"D-{n}" for n in range(10)]
    waiting(dossiers, "D-3", NOON)
    assert dossiers.next_due() == (NOON, "D-0")
    assert open_work(dossiers, 9) == [(NOON, "DOSSIER#D-3")]


def test_more_shards_find_what_was_written_with_fewer(cloud: Cloud) -> None:
    store(cloud.dossiers, "D-1", NOON)
    assert ids(DynamoDossiers(Table(cloud.table, shards=4)).due(NOON)) == ["D-1"]


def test_dossiers_spread_evenly_over_the_shards() -> None:
    table = Table("any", shards=4)
    shards = [table.shard_of(f"G-2019-{n:04}") for n in range(400)]
    assert all(80 <= shards.count(shard) <= 120 for shard in table.shards)
