"""What people have put off is listed with its day, until it comes back or a fact settles it."""

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.attempts import Attempt, Kind, Notice, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.facts import Facts, facts_of
from chalicelib.messages.console.views import PutOffRow
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.put_off_tasks import PutOffTasks
from tests.builders import (
    CONTACT,
    DESK,
    a_dossier,
    a_notice,
    an_attempt,
    an_event,
    confirmed,
    paris,
    selected,
)
from tests.fakes import InMemoryDossiers

NOW = paris("2019-05-11 12:00")
MONDAY = date(2019, 5, 13)
PLANNER = Planner(desk=DESK, fingerprint=lambda address: f"<{address}>")
TASK = a_notice(Kind.UNCONFIRMED, "s", Channel.DESK)
BOOKED = selected(event_id="s")


def a_word(until: date | None, subject: Notice = TASK) -> Event:
    said = {"source": Source.DESK, "by": "c.martin", "why": "Ne répond pas.", "until": until}
    return an_event(EventType.WORK_CLOSED, "2019-05-11 10:00", "w", subject=str(subject), **said)


def opened(at: str = "2019-05-11 09:00", attempt: int = 1) -> Attempt:
    return an_attempt(TASK, Status.OPEN, at, address="", attempt=attempt)


def a_task(*events: Event) -> Dossier:
    """A dossier whose task stood open when the first of these happened."""
    return a_dossier(BOOKED, *events, ledger=(opened(),))


def kept(**dossiers: Dossier) -> InMemoryDossiers:
    found = InMemoryDossiers()
    for dossier_id, dossier in dossiers.items():
        write = PLANNER.write(replace(dossier, dossier_id=dossier_id), NOW)
        found.write(found.load(dossier_id), write)
    return found


def rows(dossiers: InMemoryDossiers) -> list[PutOffRow]:
    return list(PutOffTasks(dossiers=dossiers, planner=PLANNER, now=lambda: NOW).rows())


def test_it_is_said_what_comes_back_when_and_who_put_it_off() -> None:
    assert rows(kept(lea=a_task(a_word(MONDAY)))) == [
        PutOffRow(
            dossier_id="lea",
            contact=CONTACT,
            kind=Kind.UNCONFIRMED,
            until=MONDAY,
            by="c.martin",
            why="Ne répond pas.",
        )
    ]


@pytest.mark.parametrize(
    "dossier",
    [
        a_task(a_word(None)),
        a_task(a_word(MONDAY)).with_attempt(opened("2019-05-11 11:00", 2)),
        a_task(a_word(MONDAY), confirmed("2019-05-11 11:00", "s")),
        a_task(a_word(date(2019, 5, 10))),
        a_task(),
    ],
    ids=["ended", "open again", "settled by a fact", "passed", "never put off"],
)
def test_what_does_not_come_back_is_not_listed(dossier: Dossier) -> None:
    assert rows(kept(lea=dossier)) == []


def test_one_that_cannot_be_read_or_planned_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(dossier: Dossier) -> Facts:
        if dossier.dossier_id == "broken":
            raise ZeroDivisionError
        return facts_of(dossier.events)

    task = a_task(a_word(MONDAY))
    dossiers = kept(unreadable=task, broken=task, lea=task)
    dossiers.spoil("unreadable")
    monkeypatch.setattr(Dossier, "facts", property(fails))
    assert [row.dossier_id for row in rows(dossiers)] == ["lea"]
