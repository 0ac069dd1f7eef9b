"""One click into the desk."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from local.aws.transport import in_process
from local.studio.sign_in import NotAnOperator, known, operators_page
from local.world import World
from tests.builders import paris

START = paris("2019-04-08 10:00")


@pytest.fixture(scope="module")
def desk() -> Iterator[World]:
    with World(start=START, ticks=False, transport=in_process) as world:
        yield world


@pytest.fixture
def world(desk: World) -> World:
    """Long after the test before: a telephone shows codes that nobody has used."""
    desk.travel(desk.now() + timedelta(minutes=5))
    return desk


def cookies_of(world: World, name: str) -> dict[str, str]:
    reply = world.sign_in(name)
    assert (reply.status, reply.header("Location")) == (303, "/desk")
    given = [value for header, value in reply.headers if header == "Set-Cookie"]
    return dict(pair.partition(";")[0].split("=", 1) for pair in given)


@pytest.mark.parametrize("name", known())
def test_everybody_who_is_known_comes_in(world: World, name: str) -> None:
    cookies = cookies_of(world, name)
    assert cookies["__Host-desk"]
    assert cookies["__Host-desk-sign-in"] == ""


def test_after_travelling_too(world: World) -> None:
    world.travel(world.now() + timedelta(days=42))
    assert cookies_of(world, "agent")["__Host-desk"]


def test_three_clicks_in_a_row_use_three_codes_and_a_fourth_has_to_wait(world: World) -> None:
    assert [world.sign_in("admin").status for _ in range(4)] == [303, 303, 303, 403]
    world.travel(world.now() + timedelta(minutes=5))
    assert world.sign_in("admin").status == 303


@pytest.mark.parametrize("name", ["nobody", "nouveau", ""])
def test_nobody_else_does(world: World, name: str) -> None:
    with pytest.raises(NotAnOperator, match="lecture, agent, admin"):
        world.sign_in(name)


def test_the_page_has_a_button_for_each() -> None:
    assert [f'value="{name}"' in operators_page() for name in known()] == [True] * 3


def test_no_password_and_no_code_is_in_the_log(world: World) -> None:
    cookies = cookies_of(world, "lecture")
    assert [world.sign_in("lecture").status for _ in range(3)][-1] == 403
    log = world.log.getvalue()  # type: ignore[attr-defined]  # a StringIO here
    assert "sign_in" in log
    told = ["Prefecture-2019!", *filter(None, cookies.values())]
    assert [word for word in told if word in log] == []
