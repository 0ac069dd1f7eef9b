"""What the desk looks at costs as much with thousands of dossiers as with a hundred."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.domain.attempts import Kind, Status
from chalicelib.domain.contact import Channel, Contact
from chalicelib.domain.dossier import Dossier
from chalicelib.messages.console.views import Filters
from chalicelib.pipeline.appointment_days import AppointmentDays
from chalicelib.pipeline.dossier_views import DossierViews
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Quarantined, WorkKind
from chalicelib.pipeline.put_off_tasks import PutOffTasks
from chalicelib.pipeline.quarantines import quarantine_row
from chalicelib.pipeline.search import Search
from chalicelib.pipeline.waiting import READ_AT_MOST
from chalicelib.pipeline.work_lists import WorkLists
from tests.builders import DESK, a_dossier, a_notice, an_attempt, paris, selected
from tests.fakes import InMemoryChannels
from tests.storage.conftest import Cloud

pytestmark = pytest.mark.enable_socket

NOW = paris("2019-05-13 08:00")
PLANNER = Planner(desk=DESK, fingerprint=lambda address: f"<{address}>")
FAMILIES = ("Durand", "Leroy", "Benali")
FEW = 100
#: As many of them wait for a person, however many there are.
WAITING = 30
#: DynamoDB takes so many items at once.
BATCH = 25


def a_student(number: int) -> Dossier:
    contact = Contact(
        family_name=FAMILIES[number % len(FAMILIES)],
        given_name=f"Camille {number:05}",
        email=f"student-{number}@example.org",
        number=f"+336{number:08}",
    )
    work = an_attempt(
        a_notice(Kind.UNREACHABLE, "dossier", Channel.DESK), Status.OPEN, "2019-05-11 09:00"
    )
    ledger = (work,) if number < WAITING else ()
    starts = "2019-05-14 10:30" if number < WAITING else "2019-09-03 10:30"
    booked = selected(starts=starts, contact=contact)
    return replace(a_dossier(booked, ledger=ledger), dossier_id=f"D-{number}")


def store(cloud: Cloud, numbers: range) -> None:
    """A few as the product writes them; the others after the pattern of the last of these."""
    for number in (n for n in numbers if n <= WAITING):
        dossier = a_student(number)
        cloud.dossiers.write(cloud.dossiers.load(dossier.dossier_id), PLANNER.write(dossier, NOW))
    pattern = json.dumps(
        next(item for item in cloud.items() if item["pk"]["S"] == f"DOSSIER#D-{WAITING}")
    )
    for n in range(max(numbers.start, WAITING + 1), numbers.stop, BATCH):
        batch = range(n, min(n + BATCH, numbers.stop))
        puts = [{"PutRequest": {"Item": like(pattern, number)}} for number in batch]
        cloud.dynamodb.batch_write_item(RequestItems={cloud.table: puts})


def flood(cloud: Cloud, number: int) -> None:
    """So many webhooks of no use, all older than whatever else waits: after the pattern of one."""
    since = paris("2019-01-01 09:00")
    told = [
        Quarantined(event_id=f"evt-{n}", received_at=since, reason="type: no", body=b'{"x":%d}' % n)
        for n in range(number)
    ]
    cloud.quarantine.keep(told[0])
    [pattern] = [item for item in cloud.items() if item["pk"]["S"].startswith("QUARANTINE#")]
    for start in range(1, number, BATCH):
        puts = [
            {
                "PutRequest": {
                    "Item": pattern
                    | {"pk": {"S": f"QUARANTINE#{one.key}"}, "body": {"B": one.body}}
                }
            }
            for one in told[start : start + BATCH]
        ]
        cloud.dynamodb.batch_write_item(RequestItems={cloud.table: puts})


def like(pattern: str, number: int) -> dict[str, Any]:
    old, new = WAITING, number
    given = FAMILIES[old % len(FAMILIES)], FAMILIES[new % len(FAMILIES)]
    text = pattern
    for was, becomes in (
        (f"D-{old}", f"D-{new}"),
        (f"{old:05}", f"{new:05}"),
        (f"{old:08}", f"{new:08}"),
        (f"student-{old}@", f"student-{new}@"),
        ("".join(reversed(f"d{old}")), "".join(reversed(f"d{new}"))),
        given,
        (given[0].casefold(), given[1].casefold()),
        (f'"{old}"'[::-1], json.dumps(f"d{new}"[::-1][:2])),
        ('"du"', json.dumps(given[1].casefold()[:2])),
    ):
        text = text.replace(was, becomes)
    item: dict[str, Any] = json.loads(text)
    return item


def looks(cloud: Cloud) -> Iterator[tuple[str, Callable[[], object]]]:
    """Each page, and the opening of it."""
    dossiers = cloud.dossiers
    lists = WorkLists(
        dossiers=dossiers,
        daily_figures=cloud.daily_figures,
        escalation=cloud.escalation,
        desk=DESK,
        now=lambda: NOW,
    )
    views = DossierViews(
        dossiers=dossiers, channels=InMemoryChannels(), planner=PLANNER, now=lambda: NOW
    )
    search = Search(dossiers=dossiers, fingerprint=PLANNER.fingerprint)
    yield "home", lambda: lists.page(Filters())
    yield "list", lists.unreached
    days = AppointmentDays(
        dossiers=dossiers, channels=InMemoryChannels(), planner=PLANNER, desk=DESK
    )
    yield "day", lambda: days.of(date(2019, 5, 14))
    put_off = PutOffTasks(dossiers=dossiers, planner=PLANNER, now=lambda: NOW)
    yield "put off", lambda: [put_off.rows()]
    yield "dossier", lambda: views.view("D-42")
    for asked in (
        "D-42",
        "d 42",
        "durand",
        "camille 00042 durand",
        "camille",
        "benali 00",
        "student-42@example.org",
        "+33600000042",
    ):
        yield asked, lambda asked=asked: search.find(asked)  # type: ignore[misc]  # bound at once


def reads_of(cloud: Cloud, look: Callable[[], object]) -> list[tuple[str, int]]:
    """Every read of one page, and how many items or rows it can bring at most."""
    cloud.wire.asked.clear()
    assert look()
    return [(asked.operation, size_of(cloud, asked.body)) for asked in cloud.wire.asked]


def size_of(cloud: Cloud, body: dict[str, Any]) -> int:
    if "RequestItems" in body:
        return len(body["RequestItems"][cloud.table]["Keys"])
    return int(body.get("Limit", 1))


@pytest.mark.parametrize(
    ("number", "webhooks"),
    [
        (400, 300),
        # Ten thousand dossiers gave the same, and took the better part of a minute. So many
        # webhooks a faulty release of the booking system sent within seconds.
        pytest.param(2_000, 1_200, marks=pytest.mark.long),
    ],
)
def test_every_page_reads_as_little_of_many_dossiers_as_of_a_hundred(
    cloud: Cloud, number: int, webhooks: int
) -> None:
    store(cloud, range(FEW))
    few = {name: reads_of(cloud, look) for name, look in looks(cloud)}
    store(cloud, range(FEW, number))
    flood(cloud, webhooks)
    many = {name: reads_of(cloud, look) for name, look in looks(cloud)}
    assert len(cloud.dossiers.by_name("durand", number)) == pytest.approx(
        number / len(FAMILIES), abs=1
    )
    assert many == few
    assert {op for reads in many.values() for op, _ in reads} == {
        "GetItem",
        "Query",
        "BatchGetItem",
    }
    assert max(len(reads) for reads in many.values()) <= 15
    home = WorkLists(
        dossiers=cloud.dossiers,
        daily_figures=cloud.daily_figures,
        escalation=cloud.escalation,
        desk=DESK,
        now=lambda: NOW,
    )
    assert home.page(Filters()).total == home.unreached().total == WAITING
    cloud.wire.asked.clear()
    rows = [*map(quarantine_row, cloud.dossiers.work_rows(WorkKind.QUARANTINE, READ_AT_MOST))]
    assert len(cloud.quarantine.many([row.key for row in rows[:50]])) == 50
    assert (len(rows), len(cloud.wire.asked)) == (webhooks, 2)
