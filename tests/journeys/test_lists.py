"""A desk without webhooks brings a month in by a list, and another one, and the same once more."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from local.aws.transport import over_http
from local.studio.server import Site
from local.world import World
from tests.builders import DESK, paris
from tests.cli.conftest import Keyboard, Typed

pytestmark = [pytest.mark.enable_socket, pytest.mark.long]

#: The twenty open days from here on, and the slots of each.
FIRST = date(2019, 5, 6)
DAYS = [day for n in range(60) if DESK.is_open(day := FIRST + timedelta(days=n))][:20]
HOURS = [f"{hour}h{minute:02}" for hour in (9, 10) for minute in range(0, 60, 4)][:25]
SLOTS = [f"{day:%d/%m/%Y};{hour}" for day in DAYS for hour in HOURS]


@dataclass(frozen=True, kw_only=True)
class Agent:
    """Somebody with a spreadsheet, in a world where nobody tells Relance anything."""

    desk: Keyboard
    path: Path

    def lists(self, said: Mapping[str, str], *words: str) -> Typed:
        """The command, for a list that says this of each dossier."""
        rows = [f"{dossier_id};{row}" for dossier_id, row in said.items()]
        lines = ["Dossier;Date;Heure;Nom;Prénom;E-mail", *rows]
        self.path.write_text("\n".join(lines), encoding="utf-8")
        return self.desk.type("appointments", str(self.path), *words)

    def sent_after(self, said: Mapping[str, str], *words: str) -> Counter[str]:
        """The messages that have left so far, by kind, once the list has its effect."""
        assert self.lists(said, *words).code == 0
        return self.sent_by_now()

    def sent_by_now(self) -> Counter[str]:
        self.desk.go_on(timedelta(minutes=20))
        return Counter(message.notice for message, _ in self.desk.world.sent)


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Agent]:
    with World(start=paris("2019-04-08 10:00")) as world, over_http(Site(world)) as url:
        yield Agent(desk=Keyboard(world=world, url=url), path=tmp_path / "rdv.csv")


MONTH = {f"G-{n:03}": f"{slot};NOM{n};Awa;a{n}@example.org" for n, slot in enumerate(SLOTS)}
GONE = list(MONTH)[100:110]
#: The next one: 40 are in the afternoon of their day, 10 are not there any more.
NEXT = {
    name: row.replace(";9h", ";14h").replace(";10h", ";15h") if n < 40 else row
    for n, (name, row) in enumerate(MONTH.items())
    if name not in GONE
}


def test_a_month_by_list_is_said_once_and_what_changes_in_it_once(agent: Agent) -> None:
    """500 appointments; one list too many, undone; then 40 are moved and 10 are gone; then the same
    once more, twice.
    """
    assert "Nouveaux : 500." in agent.lists(MONTH).out
    undone = agent.lists(MONTH, "--go", "500", "--json").json["bulk_id"]
    assert agent.desk.type("bulk", undone, "--undo").code == 0
    assert agent.sent_by_now() == {}
    assert agent.desk.type("show", "G-000").code == 1

    assert agent.sent_after(MONTH, "--go", "500") == {"confirmation_request": 500}

    seen = agent.lists(NEXT, "--json").json
    assert sum(row["standing"] == "changed" for row in seen["rows"]) == 40
    assert [one["dossier_id"] for one in seen["gone"]] == GONE
    ticked = [word for one in seen["gone"] for word in ("--gone", one["name"])]
    expected = {"confirmation_request": 540, "appointment_cancelled": 10}
    assert agent.sent_after(NEXT, *ticked, "--go", "50") == expected

    for _ in range(2):
        again = agent.lists(NEXT, "--json").json
        assert {row["standing"] for row in again["rows"]} == {"unchanged"}
        assert agent.lists(NEXT, "--go", "0").code == 1
        assert agent.sent_by_now() == expected
