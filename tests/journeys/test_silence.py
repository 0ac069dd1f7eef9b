"""A booking system stops talking, and the desk reads it until it talks again."""

from datetime import timedelta

import pytest

from local.aws.transport import over_http
from local.studio.server import Site
from local.world import World
from tests.builders import paris
from tests.cli.conftest import DEPOSITED, Keyboard

pytestmark = pytest.mark.enable_socket


def test_the_desk_reads_that_its_booking_system_is_silent_until_it_talks_again() -> None:
    with World(start=paris("2019-04-08 10:00")) as world, over_http(Site(world)) as url:
        desk = Keyboard(world=world, url=url)
        desk.deliver("dossier.deposited", DEPOSITED)
        assert _silences(desk, timedelta(days=1)) == {}
        assert _silences(desk, timedelta(days=2)) == {"booking": 22}
        said = "Relance n’a rien enregistré du système de réservation depuis le lundi 8 avril 2019"
        assert said in desk.type("worklist").out.replace("\N{NO-BREAK SPACE}", " ")
        desk.deliver("card.ready", DEPOSITED)
        assert _silences(desk, timedelta(days=1)) == {}


def _silences(desk: Keyboard, later: timedelta) -> dict[str, int]:
    """What is silent after that time, by the hours that the counter was open."""
    desk.go_on(later)
    found = desk.type("worklist", "--json").json["silences"]
    return {one["feed"]: one["open_hours"] for one in found}
