"""Each scene leads to where something follows, in a world of its own."""

from collections.abc import Iterator

import pytest

from local.aws.transport import in_process
from local.studio.scenes import SCENES
from local.studio.screen import MESSAGES
from local.world import World
from tests.local.studio.test_studio import START, Person


@pytest.fixture
def me() -> Iterator[Person]:
    with World(start=START, ticks=False, transport=in_process) as world:
        yield Person(world, [])


@pytest.mark.long
@pytest.mark.parametrize(
    ("scene", "arrived"),
    [
        ("sms-lost", "card ready, try 2"),
        ("address-dead", "contact us"),
        ("no-news", "no news"),
        ("network-down", "card ready"),
    ],
)
def test_every_scene_plays_to_where_something_follows(me: Person, scene: str, arrived: str) -> None:
    where = me.plays(scene)
    seen = me.look(where)
    me.press("clock", next="1")
    assert arrived in seen + me.look(where)


@pytest.mark.long
def test_a_week_of_sixty_students_is_looked_at_page_by_page(me: Person) -> None:
    me.plays("week")
    page = me.look()
    assert page.count('id="m-') == MESSAGES
    assert f"1 of {-(-len(me.world.sent) // MESSAGES)}" in page
    assert me.world.failures == []


@pytest.mark.long
@pytest.mark.enable_socket
def test_the_story_of_make_demo_plays_in_a_world_whose_clock_ticks() -> None:
    with World(start=SCENES["demo"].begins) as world:
        me = Person(world, [])
        me.site.studio.stage("demo")
        while me.site.studio.play_on():
            pass
        page = me.look("/?side=scenes")
    assert "some quiet days pass" in page
    assert "The scene went otherwise" not in page
