"""What waits for a person: urgent first, by the page, from a bounded number of reads."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.attempts import Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.daily_figures import DailyFigures
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.events import EventType, Source
from chalicelib.domain.facts import State
from chalicelib.domain.work import Answer
from chalicelib.messages.console.views import ChannelState, Filters, Unreached, WorkList
from chalicelib.messages.console.words import tasks_of
from chalicelib.pipeline import work_lists as lists
from chalicelib.pipeline.ports import Quarantined, WorkItem, WorkKind
from chalicelib.pipeline.work_lists import WorkLists
from tests.builders import (
    CONTACT,
    DOSSIER,
    a_dossier,
    a_notice,
    an_attempt,
    an_event,
    paris,
    selected,
)
from tests.fakes import InMemoryDailyFigures
from tests.pipeline.worlds import DeskInMemory

NOW = paris("2019-05-13 08:00")


def desk_with(*rows: tuple[str, Kind, str, str]) -> DeskInMemory:
    """A desk with dossiers, each with one open notice: id, kind, since when, its appointment."""
    desk = DeskInMemory()
    for dossier_id, kind, since, starts in rows:
        opened = an_attempt(a_notice(kind, "x", Channel.DESK), Status.OPEN, since)
        event = selected("2019-04-01 09:00", starts)
        dossier = replace(a_dossier(event, ledger=(opened,)), dossier_id=dossier_id)
        desk.dossiers.write(desk.dossiers.load(dossier_id), desk.planner.write(dossier, NOW))
    return desk


def lists_of(desk: DeskInMemory) -> WorkLists:
    return replace(desk.work_lists, now=lambda: NOW)


SMALL = (
    ("D-far", Kind.UNREACHABLE, "2019-05-02 09:00", "2019-06-14 10:30"),
    ("D-old", Kind.COMPLAINED, "2019-05-01 09:00", "2019-06-14 10:30"),
    ("D-past", Kind.OUTCOME_UNKNOWN, "2019-05-03 09:00", "2019-05-02 10:30"),
    ("D-near", Kind.UNCONFIRMED, "2019-05-12 09:00", "2019-05-15 10:30"),
    ("D-next", Kind.UNCONFIRMED, "2019-05-13 07:00", "2019-05-13 10:30"),
)


def test_appointments_that_are_near_come_first_then_what_has_waited_longest() -> None:
    shown = lists_of(desk_with(*SMALL)).page(Filters())
    assert [row.dossier_id for row in shown.rows] == [
        "D-next",
        "D-near",
        "D-old",
        "D-far",
        "D-past",
    ]
    assert [row.is_urgent for row in shown.rows] == [True, True, False, False, False]
    assert (shown.urgent, shown.total, shown.pages) == (2, 5, 1)


def test_a_row_says_who_it_is_about_and_what_is_to_do() -> None:
    [row] = lists_of(desk_with(SMALL[0])).page(Filters()).rows
    assert (row.contact, row.kinds, row.state) == (CONTACT, (Kind.UNREACHABLE,), State.BOOKED)
    assert (row.since, row.appointment_at) == (
        paris("2019-05-02 09:00"),
        paris("2019-06-14 10:30"),
    )


def test_a_row_says_who_has_answered_last_where_nothing_waits_for_an_answer() -> None:
    desk = desk_with(SMALL[0])
    [row] = lists_of(desk).page(Filters()).rows
    assert row.answered is None
    said = {"source": Source.DESK, "by": "c.martin", "why": "Rappelée."}
    note = an_event(EventType.NOTED, "2019-05-12 10:00", "n", **said)
    desk.take(replace(note, dossier_id="D-far"))
    [row] = lists_of(desk).page(Filters()).rows
    assert row.answered == Answer(at=note.received_at, by="c.martin")


def test_a_row_says_which_of_its_tasks_are_only_about_an_appointment_to_collect() -> None:
    ledger = tuple(
        an_attempt(a_notice(kind, occasion, Channel.DESK), Status.OPEN, "2019-05-02 09:00")
        for kind, occasion in (
            (Kind.UNCONFIRMED, "c"),
            (Kind.APPOINTMENT_WHEN_SHUT, "c-2019-05-13"),
            (Kind.APPOINTMENT_WHEN_SHUT, "d"),
            (Kind.UNREACHABLE, "dossier"),
        )
    )
    to_collect = selected(
        "2019-04-02 09:00",
        event_id="c",
        appointment_id="C1",
        purpose=SlotPurpose.COLLECT,
        is_purpose_said=True,
    )
    desk = DeskInMemory()
    dossier = a_dossier(selected("2019-04-01 09:00", event_id="d"), to_collect, ledger=ledger)
    desk.dossiers.write(desk.dossiers.load(DOSSIER), desk.planner.write(dossier, NOW))
    [row] = lists_of(desk).page(Filters()).rows
    assert set(row.kinds) == {line.notice.kind for line in ledger}
    assert row.to_collect == (Kind.UNCONFIRMED,)
    told = tasks_of(row.kinds, row.to_collect)
    assert "Rendez-vous non confirmé : remise du titre" in told.replace("\N{NO-BREAK SPACE}", " ")
    assert told.count("remise du titre") == 1


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(kind=Kind.COMPLAINED), ["D-old"]),
        (Filters(kind=Kind.UNCONFIRMED), ["D-next", "D-near"]),
        (Filters(urgent=True), ["D-next", "D-near"]),
        (Filters(urgent=True, kind=Kind.COMPLAINED), []),
        (Filters(page=2), []),
        (Filters(page=0, kind=Kind.COMPLAINED), ["D-old"]),
    ],
)
def test_filters_choose_the_rows_and_leave_the_counts(
    filters: Filters, expected: list[str]
) -> None:
    shown = lists_of(desk_with(*SMALL)).page(filters)
    assert [row.dossier_id for row in shown.rows] == expected
    assert shown.counts == {
        Kind.UNCONFIRMED: 2,
        Kind.COMPLAINED: 1,
        Kind.UNREACHABLE: 1,
        Kind.OUTCOME_UNKNOWN: 1,
    }
    assert (shown.total, shown.pages) == (5, 1)


@pytest.mark.parametrize("kind", [Kind.APPOINTMENT_WHEN_SHUT, Kind.UNCONFIRMED])
def test_a_list_about_appointments_is_in_the_order_of_their_hours(kind: Kind) -> None:
    """Whom a closure hits was found in one night: their lines are all as old as each other."""
    rows = (
        ("D-later", kind, "2019-05-01 09:00", "2019-06-18 10:30"),
        ("D-sooner", kind, "2019-05-02 09:00", "2019-06-17 10:30"),
        ("D-urgent", kind, "2019-05-03 09:00", "2019-05-13 10:30"),
    )
    shown = lists_of(desk_with(*rows)).page(Filters(kind=kind))
    assert [row.dossier_id for row in shown.rows] == ["D-urgent", "D-sooner", "D-later"]


@pytest.mark.parametrize(
    ("starts", "is_urgent"),
    [
        ("2019-05-16 08:00", True),
        ("2019-05-16 08:01", False),
        ("2019-05-13 08:00", True),
        ("2019-05-13 07:59", False),
    ],
)
def test_an_appointment_is_near_for_72_hours(starts: str, is_urgent: bool) -> None:
    desk = desk_with(("D-1", Kind.UNCONFIRMED, "2019-05-01 09:00", starts))
    assert lists_of(desk).page(Filters()).urgent == is_urgent


def test_a_long_list_comes_by_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    desk = desk_with(*SMALL)
    asked: list[int] = []
    many = desk.dossiers.many
    monkeypatch.setattr(desk.dossiers, "many", lambda ids: asked.append(len(ids)) or many(ids))  # type: ignore[func-returns-value]  # None, then the dossiers
    pages = [lists_of(desk).page(Filters(page=n)) for n in (1, 2, 3)]
    assert [[row.dossier_id for row in page.rows] for page in pages] == [
        ["D-next", "D-near"],
        ["D-old", "D-far"],
        ["D-past"],
    ]
    assert [page.pages for page in pages] == [3, 3, 3]
    assert asked == [2, 2, 1], "only what is shown is read"


def other(name: str, since: datetime = NOW, kind: WorkKind = WorkKind.DOSSIER) -> WorkItem:
    return WorkItem(kind=kind, name=name, since=since)


def flood(desk: DeskInMemory, number: int) -> None:
    """So many webhooks of no use, all older than whatever else waits."""
    for n in range(number):
        body = b'{"x":%d}' % n
        desk.quarantine.items.append(
            Quarantined(event_id=f"e-{n}", received_at=LONG_AGO, reason="type: no", body=body)
        )


LONG_AGO = paris("2019-01-01 09:00")


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(lambda lists: lists.page(Filters()), id="home"),
        pytest.param(lambda lists: lists.page(Filters(kind=Kind.UNREACHABLE)), id="filter"),
        pytest.param(lambda lists: lists.page(Filters(urgent=True)), id="urgent"),
        pytest.param(lambda lists: lists.unreached(), id="printed list, CSV"),
    ],
)
def test_no_flood_of_another_kind_takes_a_line_off_any_list(
    look: Callable[[WorkLists], WorkList | Unreached],
) -> None:
    desk = desk_with(("D-1", Kind.UNREACHABLE, "2019-05-13 07:00", "2019-05-14 10:30"))
    flood(desk, 1_200)
    desk.dossiers.others = [
        other(f"{kind}-{n}", LONG_AGO, kind)
        for kind in (WorkKind.CHANNEL, WorkKind.PAUSE, WorkKind.UNREADABLE)
        for n in range(1_200)
    ]
    assert [row.dossier_id for row in look(lists_of(desk)).rows] == ["D-1"]


def crowd(number: int) -> list[WorkItem]:
    """So many dossiers with a task that have waited longer than any other."""
    return [
        replace(other(f"D-old-{n}", LONG_AGO), kinds=(Kind.OUTCOME_UNKNOWN,)) for n in range(number)
    ]


def test_an_urgent_line_comes_first_however_many_have_waited_longer() -> None:
    desk = desk_with(("D-1", Kind.UNREACHABLE, "2019-05-13 07:00", "2019-05-14 10:30"))
    desk.dossiers.others = crowd(1_200)
    shown = lists_of(desk).page(Filters())
    assert (shown.rows[0].dossier_id, shown.urgent, shown.total) == ("D-1", 1, 1_201)
    assert (shown.pages, shown.is_cut) == (25, False)
    of_its_kind = lists_of(desk).page(Filters(kind=Kind.UNREACHABLE))
    assert [row.dossier_id for row in of_its_kind.rows] == ["D-1"]
    assert [row.dossier_id for row in lists_of(desk).unreached().rows] == ["D-1"]


def test_beyond_what_is_read_every_urgent_line_comes_first_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lists, "READ_AT_MOST", 3)
    desk = desk_with(*SMALL)
    desk.dossiers.others = crowd(3)
    shown = lists_of(desk).page(Filters())
    assert [row.dossier_id for row in shown.rows][:2] == ["D-next", "D-near"]
    assert [row.is_urgent for row in shown.rows] == [True, True, False, False, False]
    assert (shown.urgent, shown.total, shown.is_cut) == (2, 3, True)
    assert lists_of(desk).count() == (3, True)


def test_an_urgent_line_that_is_read_already_is_there_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "READ_AT_MOST", 5)
    shown = lists_of(desk_with(*SMALL)).page(Filters())
    assert len({row.dossier_id for row in shown.rows}) == len(shown.rows) == 5


def test_a_list_that_is_not_read_to_its_end_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "READ_AT_MOST", 5)
    desk = desk_with(*SMALL)
    desk.dossiers.others = crowd(1)
    for found in (lists_of(desk).page(Filters()), lists_of(desk).unreached()):
        assert found.is_cut
    desk.dossiers.others = []
    monkeypatch.setattr(lists, "READ_AT_MOST", 6)
    for found in (lists_of(desk).page(Filters()), lists_of(desk).unreached()):
        assert not found.is_cut


def test_a_dossier_that_is_gone_by_now_is_a_row_without_a_contact() -> None:
    desk = DeskInMemory()
    desk.dossiers.others = [other("D-gone")]
    [row] = lists_of(desk).page(Filters()).rows
    assert (row.dossier_id, row.contact, row.kinds, row.state) == (
        "D-gone",
        None,
        (),
        State.KNOWN,
    )


def test_an_empty_list_has_one_page_and_what_it_was_given() -> None:
    held = ChannelState(channel=Channel.SMS)
    daily_figures = InMemoryDailyFigures(kept=DailyFigures(counted_at=NOW, rows=()))
    shown = replace(lists_of(DeskInMemory()), daily_figures=daily_figures).page(
        Filters(), channels=[held]
    )
    assert (shown.rows, shown.pages, shown.total) == ([], 1, 0)
    assert (shown.channels, shown.bulks, shown.figures) == ([held], (), daily_figures.kept)


def test_whom_to_call_is_whoever_no_message_reaches_urgent_first() -> None:
    found = lists_of(desk_with(*SMALL)).unreached()
    assert [row.dossier_id for row in found.rows] == ["D-next", "D-near", "D-old", "D-far"]
    assert {row.contact for row in found.rows} == {CONTACT}
    assert (found.total, found.page, found.pages) == (4, 1, 1)


def test_a_list_to_call_comes_by_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "UNREACHED_PAGE", 3)
    pages = [lists_of(desk_with(*SMALL)).unreached(n) for n in (1, 2)]
    assert [[row.dossier_id for row in page.rows] for page in pages] == [
        ["D-next", "D-near", "D-old"],
        ["D-far"],
    ]
    assert [(page.total, page.page, page.pages) for page in pages] == [(4, 1, 2), (4, 2, 2)]


# One that cannot be read


def test_a_dossier_that_cannot_be_read_hides_no_other_one() -> None:
    desk = desk_with(*SMALL)
    desk.dossiers.spoil("D-near")
    shown = lists_of(desk).page(Filters()).rows
    assert [row.dossier_id for row in shown] == ["D-next", "D-near", "D-old", "D-far", "D-past"]
    assert [row.state is None for row in shown] == [False, True, False, False, False]
    assert shown[1].contact is None
    assert [row.dossier_id for row in lists_of(desk).unreached().rows] == [
        "D-next",
        "D-near",
        "D-old",
        "D-far",
    ]


def test_of_dossiers_that_cannot_be_read_the_oldest_are_named_and_all_are_counted() -> None:
    desk = desk_with()
    flood(desk, 30)
    for n in range(30):
        since = NOW + timedelta(seconds=n)
        desk.quarantine.keep(Quarantined.of_dossier(Unreadable("why", f"D-{n}"), since))
    shown = lists_of(desk).page(Filters())
    most = lists.UNREADABLE_AT_MOST
    assert [row.unreadable for row in shown.unreadable] == [f"D-{n}" for n in range(most)]
    assert shown.unreadable_total == 30
    assert {row.reason for row in shown.unreadable} == {"why"}
