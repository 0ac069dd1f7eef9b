"""What each use is given beside its adapters: the holds, the counts, and who hears of a failure."""

import re
from datetime import timedelta

import pytest

from tests.assembly.conftest import Assembled
from tests.decoding.provider_payloads import in_sns, ses
from tests.entrypoints.console.browser import Browser

pytestmark = pytest.mark.enable_socket


def press(browser: Browser, page: str, path: str, **form: str) -> None:
    """Press a button of a page."""
    tokens = re.findall(r'name="form" value="([^"]+)"', browser.get(page).text)
    assert browser.press(path, {"form": tokens[0], **form}).status == 303


def shown(browser: Browser, path: str) -> str:
    """A page, without what is fresh in each of them."""
    return re.sub(r'value="[^"]*"', "", browser.get(path).text)


def test_a_paused_channel_is_known_to_the_night_the_work_list_and_the_page_of_a_dossier(
    house: Assembled,
) -> None:
    browser, dossier_id = house.operator(), house.doors.booked()
    before = shown(browser, f"/desk/dossiers/{dossier_id}")
    press(browser, "/desk/channels", "/desk/channels/email/pause", why="mauvais texte")
    assert shown(browser, f"/desk/dossiers/{dossier_id}") != before
    assert "mauvais texte" in browser.get("/desk").text
    house.serve(dossier_id)
    assert house.mailed(dossier_id) == []
    assert [line["reason"] for line in house.one_night()] == ["0 of 1"]


def test_the_night_counts_for_the_digest(house: Assembled) -> None:
    house.serve(house.doors.booked())
    house.wait(timedelta(days=1))
    house.one_night()
    [figures] = house.doors.items("TALLY#")
    assert f"{house.clock.now():%Y-%m-%dT%H:%M}" in figures["document"]["S"]


def test_an_address_that_stays_suppressed_when_its_dossier_is_forgotten_is_said(
    house: Assembled,
) -> None:
    dossier_id = house.doors.booked()
    house.serve(dossier_id)
    [message] = house.mailed(dossier_id)
    event = ses("Bounce.Permanent.NoEmail", tags=dict(message.tags))
    assert house.doors.receive("record_delivery", in_sns(event)) == []
    house.spy.refused["DeleteSuppressedDestination"] = "AccessDeniedException"
    house.doors.tell("appointment.cancelled", dossier_id, appointment={"id": "A-1"})
    house.wait(timedelta(days=500))
    lines = house.one_night()
    assert "still_suppressed" in [line.get("outcome") for line in lines]
    assert '"StillSuppressed":[1.0]' in house.doors.metrics.getvalue().replace(" ", "")


def test_a_line_says_nothing_of_the_invocation_before_it(house: Assembled) -> None:
    dossier_id = house.doors.booked()
    assert house.serve(dossier_id) == []
    lines = house.one_night()
    assert [line for line in lines if line.get("dossier_id") == dossier_id] == []
