"""Keys rotate in the local world, and nobody who reads or works there notices."""

import io
import re
from datetime import timedelta

from chalicelib.domain.keys import APART
from local.aws.transport import in_process
from local.world import World
from tests.builders import paris

BOOKED = {
    "type": "appointment.selected",
    "data": {
        "dossier_id": "G-1",
        "student": {"given_name": "Léa", "family_name": "Benali", "email": "lea@example.org"},
        "appointment": {"id": "A-1", "starts_at": "2020-01-07T10:20:00+01:00"},
    },
}


def cookies(world: World) -> str:
    """Those of an admin who comes in now."""
    came_in = world.sign_in("admin").headers
    return "; ".join(v.partition(";")[0] for name, v in came_in if name == "Set-Cookie")


def test_links_open_and_sessions_go_on_over_rotations() -> None:
    start = paris("2019-04-08 10:00")
    with World(start=start, ticks=False, transport=in_process, log=io.StringIO()) as world:
        world.deliver(BOOKED)
        [(message, _)] = world.sent
        [link] = set(re.findall(r"http://\S+/confirm/\S+", message.text))
        for _ in range(3):
            came_in = {"cookie": cookies(world)}
            world.rotate_keys()
            world.travel(world.now() + timedelta(minutes=6))  # until it is seen everywhere
            assert world.request("GET", link.removeprefix(world.public_url)).status == 200
            assert world.request("GET", "/desk", came_in).status == 200
            world.travel(world.now() + APART)
