"""What would follow from each form of a dossier's page, before anybody types."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.domain.attempts import FailureClass, Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.errors import WithoutEffect
from chalicelib.domain.events import EventType, Source
from chalicelib.entrypoints.console.prospects import again_days, prospects_of
from chalicelib.messages.console.consequences import Prospect
from chalicelib.messages.console.views import DossierView
from tests.builders import CONTACT, DOSSIER, a_notice, an_event, selected
from tests.pipeline.worlds import DeskInMemory


def seen(desk: DeskInMemory) -> DossierView:
    view = desk.dossier_views.view(DOSSIER)
    assert view
    return view


def days(desk: DeskInMemory) -> dict[str, date]:
    delays = desk.planner.desk.terms_on(paris_day(desk.at)).delays
    return dict(again_days(seen(desk), "c.martin", delays))


def beside(desk: DeskInMemory, form: str) -> Prospect:
    view = seen(desk)
    delays = desk.planner.desk.terms_on(paris_day(desk.at)).delays
    return prospects_of(view, "c.martin", delays, again_days(view, "c.martin", delays))[form]


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def told(desk: DeskInMemory, form: str) -> dict[str, str]:
    return {plain(case): plain(" ".join(said)) for case, said in beside(desk, form).cases}


def bounced(**contact: Any) -> DeskInMemory:
    """A request for confirmation that came back for good."""
    desk = DeskInMemory()
    desk.take(selected(event_id="s", contact=replace(CONTACT, **contact)))
    desk.serve()
    desk.report(desk.ledger[0], Status.BOUNCED, FailureClass.ADDRESS)
    desk.serve()
    return desk


def unconfirmed(at: str) -> DeskInMemory:
    """Nobody has confirmed the appointment of the 14th of May, and a person is to call."""
    desk = DeskInMemory()
    desk.take(selected(event_id="s"))
    desk.serve()
    desk.travel(at)
    return desk


@pytest.mark.parametrize(
    ("make", "cases"),
    [
        pytest.param(
            lambda: bounced(mobile=None, number=None, phone=None),
            {
                "Si rien ne change": True,
                "Si l’adresse e-mail change": True,
                "Si le numéro change": True,
                "Si les deux changent": True,
            },
            id="an address that is saved again is tried again",
        ),
        pytest.param(
            lambda: unconfirmed("2019-04-08 12:00"),
            {
                "Si l’adresse e-mail change": True,
                "Si le numéro change": False,
                "Si les deux changent": True,
            },
            id="one that works is not",
        ),
    ],
)
def test_saving_a_contact_tells_each_case_with_what_leaves(
    make: Callable[[], DeskInMemory], cases: dict[str, bool]
) -> None:
    said = told(make(), "contact")
    assert {case: "part maintenant" in words for case, words in said.items()} == cases


UNCONFIRMED = str(a_notice(Kind.UNCONFIRMED, "s", Channel.DESK))


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2019-05-11 12:00", date(2019, 5, 13)),
        ("2019-05-13 12:00", date(2019, 5, 14)),
        ("2019-05-14 08:00", None),
    ],
)
def test_a_task_is_put_off_to_a_day_on_which_it_comes_back(at: str, until: date | None) -> None:
    desk = unconfirmed(at)
    assert days(desk).get(UNCONFIRMED) == until
    said = told(desk, f"close-{UNCONFIRMED}")
    assert set(said) == {"Si c’est terminé", *(["Si elle est à revoir"] if until else [])}
    assert all("La tâche reviendra" in said[case] for case in said if "revoir" in case)


def test_a_task_that_ends_with_no_appointment_is_put_off_as_the_desk_does() -> None:
    desk = bounced(mobile=None, number=None, phone=None)
    [(_, day)] = days(desk).items()
    assert day == date(2019, 4, 22)


def test_nothing_is_put_off_until_nobody_would_see_it_again() -> None:
    desk = unconfirmed("2019-05-11 12:00")
    word = an_event(
        EventType.WORK_CLOSED,
        desk.at,
        "w",
        source=Source.DESK,
        subject=UNCONFIRMED,
        why="Ne répond pas.",
        until=date(2019, 5, 25),
    )
    with pytest.raises(WithoutEffect, match="gone_by_then"):
        desk.acted(word)
    desk.acted(replace(word, until=date(2019, 5, 13)))


def test_an_absence_is_no_step_and_the_page_says_what_to_do_instead() -> None:
    desk = unconfirmed("2019-05-14 12:00")
    desk.take(an_event(EventType.MISSED, desk.at, source=Source.DESK, appointment_id="A1"))
    assert beside(desk, "withdraw").refusal.startswith("Aucune étape à retirer.")


def test_the_appointment_that_stands_is_the_one_that_is_confirmed() -> None:
    desk = unconfirmed("2019-05-11 12:00")
    [(case, said)] = told(desk, "confirmed").items()
    assert case == "mardi 14 mai 2019 à 10 h 30, dépôt du dossier"
    assert "Convocation (e-mail) : part maintenant." in said
    assert "Tâche achevée : Rendez-vous non confirmé." in said
