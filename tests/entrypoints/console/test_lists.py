"""Appointments by list at the console: columns are confirmed once, and a number begins it."""

import re
from datetime import timedelta

import pytest

from chalicelib.decoding.lists import packed
from chalicelib.domain.bulk import RowStand
from chalicelib.domain.errors import Unusable
from chalicelib.domain.operators import Role
from local.aws.gateway import Reply
from tests.entrypoints.console.browser import Browser
from tests.entrypoints.doors import Doors

pytestmark = pytest.mark.enable_socket

HEAD = "Dossier;Date du RDV;Heure;Nom;Prénom;E-mail;Vu par"
COLUMNS = {
    "column-Dossier": "dossier",
    "column-Date du RDV": "day",
    "column-Heure": "hour",
    "column-Nom": "family_name",
    "column-Prénom": "given_name",
    "column-E-mail": "email",
    "column-Vu par": "",
}


class Agent:
    """Somebody who is in, with the form of the page that they see."""

    def __init__(self, doors: Doors) -> None:
        self.doors, self.browser = doors, Browser(doors)
        self.token = self.browser.be("c.martin", Role.ACT)
        self.ids = [doors.new_id("L") for _ in range(2)]

    def content(self, hour: str = "10h30") -> str:
        """A list of two on a day on which the desk is open."""
        day = self.doors.services.now() + timedelta(days=28)
        while not self.doors.services.desk.is_open(day.date()):
            day += timedelta(days=1)
        rows = (f"{one};{day:%d/%m/%Y};{hour};Diop;Awa;{one}@example.org;" for one in self.ids)
        return "\n".join((HEAD, *rows))

    def press(self, path: str, **form: str) -> Reply:
        nonce = self.doors.new_id("nonce-list-")
        return self.browser.press(
            f"/desk/lists{path}", {"form": self.token, "nonce": nonce, **form}
        )


def says(reply: Reply) -> str:
    """What a page says, with plain blanks."""
    return reply.text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def agent(doors: Doors) -> Agent:
    return Agent(doors)


def test_a_list_goes_from_its_columns_to_its_effect(agent: Agent) -> None:
    assert "Lignes collées" in agent.browser.get("/desk/lists").text
    asked = agent.press("", pasted=agent.content())
    assert "Vérifiez les colonnes" in asked.text
    assert f"{agent.ids[0]} · {agent.ids[1]}" in asked.text
    assert "État du dossier" not in asked.text, "which a list of appointments does not say"
    [held] = re.findall(r'name="list" value="([^"]+)"', asked.text)
    seen = agent.press("/preview", list=held, purpose="deposit", **COLUMNS)
    assert "Nouveaux" in seen.text
    assert "Demande de confirmation (e-mail)" in seen.text
    assert not agent.doors.services.dossiers.load(agent.ids[0]).version

    refused = agent.press("/begin", list=held, purpose="deposit", count="1", **COLUMNS)
    assert (refused.status, "Relisez la liste" in refused.text) == (422, True)
    begun = agent.press("/begin", list=held, purpose="deposit", count="2", **COLUMNS)
    where = str(begun.header("Location"))
    assert (begun.status, where.startswith("/desk/bulks/")) == (303, True)
    assert f'<a href="{where}">' in agent.browser.get("/desk/lists").text
    followed = says(agent.browser.get(where))
    assert "Rendez-vous par liste : suivi" in followed
    assert "Diop Awa" in followed
    assert f"/desk/dossiers/{agent.ids[0]}" not in followed, "there is no such page before"
    bulk = agent.doors.services.bulk_actions.undo(where.rpartition("/")[2], "c.martin")
    assert {row.stand for row in bulk.rows} == {RowStand.UNDONE}

    # What its columns stand for is remembered, and can be said otherwise.
    assert "Vérifiez la liste" in agent.press("", pasted=agent.content()).text
    assert "Vérifiez les colonnes" in agent.press("/columns", list=held).text


def test_dossiers_in_mid_procedure_are_taken_over(agent: Agent) -> None:
    content = f"Dossier;État;Date de dépôt\n{agent.ids[0]};Déposé;01/04/2019"
    columns = {"column-Dossier": "dossier", "column-État": "state"}
    columns["column-Date de dépôt"] = "deposited_on"
    form = {"list": packed(content), "kind": "takeover", **columns}
    seen = says(agent.press("/columns", **form))
    assert "Numéro de récépissé" in seen
    seen = says(agent.press("/preview", **form))
    assert "ce qui devait être dit avant aujourd’hui n’est annoncé à personne" in seen
    assert "Dépôt : lundi 1er avril 2019" in seen
    begun = agent.press("/begin", count="1", **form)
    followed = says(agent.browser.get(str(begun.header("Location"))))
    assert "Dossiers repris en cours : suivi" in followed


def test_what_was_left_aside_and_what_was_undone_are_said_so(agent: Agent) -> None:
    form = {"list": packed(agent.content()), "skip-3": "1", **COLUMNS}
    assert agent.press("/begin", count="2", **form).status == 422
    none = agent.press("/begin", count="0", **form, **{"skip-2": "1"})
    assert (none.status, "Il n’y a rien à enregistrer" in says(none)) == (422, True)
    where = str(agent.press("/begin", count="1", **form).header("Location"))
    aside = agent.browser.get(f"{where}/aside.csv")
    assert f"3;{agent.ids[1]};Laissée de côté" in aside.text
    agent.doors.services.bulk_actions.undo(where.rpartition("/")[2], "c.martin")
    undone = says(agent.browser.get(where))
    assert "Ligne annulée : rien n’est enregistré" in undone
    assert "Dossier inconnu" not in undone
    assert agent.browser.get("/desk/bulks/none/aside.csv").status == 404


def test_an_address_that_is_none_is_shown_as_it_is_written(agent: Agent) -> None:
    head, first, second = agent.content().split("\n")
    content = f"{head};Tél\n{first.replace('@', '@@')};06 12 34 56 78\n{second};06 12"
    form = {"list": packed(content), **COLUMNS, "column-Tél": "phone"}
    seen = says(agent.press("/preview", **form))
    assert f"Adresse e-mail qui n’est pas valable : « {agent.ids[0]}@@example.org »" in seen
    assert "Téléphone qui n’est pas valable : « 06 12 »" in seen
    assert seen.count("pas valable") == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"column-Vu par": "day"}, "Deux colonnes sont indiquées"),
        ({"column-Date du RDV": ""}, "Indiquez quelle colonne contient : Date"),
    ],
)
def test_columns_that_cannot_be_are_asked_for_again(
    agent: Agent, change: dict[str, str], said: str
) -> None:
    reply = agent.press("/preview", list=packed(agent.content()), **{**COLUMNS, **change})
    assert (reply.status, said in says(reply)) == (422, True)
    assert "Vérifiez les colonnes" in reply.text


NONSENSE: list[tuple[str, dict[str, str], str]] = [
    ("", {"pasted": " "}, "Choisissez un fichier ou collez"),
    ("", {"pasted": "a;b\n1;2"}, "chaque colonne"),
    ("", {"pasted": HEAD, "purpose": "holiday"}, "recommencez depuis le fichier"),
    ("", {"pasted": HEAD, "kind": "cards"}, "recommencez depuis le fichier"),
    ("/columns", {"list": "x"}, "recommencez depuis le fichier"),
    ("/preview", {"list": "x"}, "recommencez depuis le fichier"),
    ("/preview", {"list": packed(f"{HEAD}\nG-1"), "column-Heure": "y"}, "recommencez depuis"),
    ("/begin", {}, "recommencez depuis le fichier"),
]


def test_what_a_list_is_of_stays_chosen_when_it_is_asked_for_again(agent: Agent) -> None:
    assert 'value="takeover" checked' in agent.press("", kind="takeover").text


@pytest.mark.parametrize(("path", "form", "said"), NONSENSE, ids=range(len(NONSENSE)))
def test_what_cannot_be_read_is_asked_for_again(
    agent: Agent, path: str, form: dict[str, str], said: str
) -> None:
    reply = agent.press(path, **form)
    assert (reply.status, said in says(reply)) == (422, True)


@pytest.mark.parametrize(
    ("verb", "said"), [("judge", "1 000 dossiers au plus"), ("begin", "partagez-la en deux")]
)
def test_a_list_that_is_too_long_or_says_too_much_is_refused(
    agent: Agent, verb: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise Unusable(verb)

    monkeypatch.setattr(type(agent.doors.services.appointment_lists), verb, refuses)
    form = {"list": packed(agent.content()), "count": "2", **COLUMNS}
    reply = agent.press("/begin", **form)
    assert (reply.status, said in says(reply)) == (422, True)


def test_whoever_only_reads_gives_no_list(doors: Doors) -> None:
    reader = Browser(doors)
    reader.be("l.petit", Role.READ)
    assert reader.get("/desk/lists").status == 403
