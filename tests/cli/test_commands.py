"""Every command once as it is meant, and once as it is not, in a local world."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import boto3
import pytest

from chalicelib.bootstrap import services
from chalicelib.domain.bulk import BulkStand
from chalicelib.domain.contact import Channel
from chalicelib.domain.holds import hold
from chalicelib.pipeline import access_files, quarantines, search, work_lists
from cli import machine
from cli.cards import watched
from cli.stage import in_local_world
from tests.cli.conftest import BUSY, DEPOSITED, SLOT, STUDENT, TASK, Keyboard
from tests.decoding import spreadsheet_files as files

pytestmark = pytest.mark.enable_socket


def a_list(folder: Path, *references: str) -> str:
    path = folder / "cards.csv"
    path.write_text("\n".join(["dossier", *references]), encoding="utf-8")
    return str(path)


def of_quarantine(desk: Keyboard, **content: object) -> str:
    """The key of a webhook that just went there."""
    before = quarantined(desk)
    desk.deliver(**content)  # type: ignore[arg-type]  # a table of words
    [key] = quarantined(desk) - before
    return key


def quarantined(desk: Keyboard) -> set[str]:
    """The keys of whatever is in quarantine, dossiers that cannot be read among them."""
    groups = [row["cause"] for row in desk.type("quarantine", "--json").json]
    rows = [desk.type("quarantine", "--cause", cause, "--json").json for cause in groups]
    return {row["key"] for group in rows for row in group}


# Looking


def test_the_work_list_says_who_waits_and_since_when(desk: Keyboard) -> None:
    work = desk.type("worklist", "--json").json
    [row] = [row for row in work["rows"] if row["dossier_id"] == BUSY]
    assert (row["kinds"], row["family_name"]) == ([TASK], "Benali")
    assert work["counts"][TASK] == 1
    shown = desk.type("worklist").out
    assert BUSY in shown
    assert "Dossiers : " in shown


def test_the_work_list_can_be_asked_for_one_kind_and_for_the_urgent(desk: Keyboard) -> None:
    assert desk.type("worklist", "--kind", "no_life").out.startswith("Rien.")
    assert BUSY not in desk.type("worklist", "--urgent").out
    assert desk.type("worklist", "--page", "2", "--json").json["rows"] == []


def test_a_spreadsheet_opens_the_same(desk: Keyboard) -> None:
    text = desk.type("worklist", "--csv").out
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert [row["nom"] for row in rows if row["dossier"] == BUSY] == ["Benali"]


def test_whom_to_reach_is_read_or_taken_away_which_the_audit_tells_apart(desk: Keyboard) -> None:
    assert BUSY not in [row["dossier_id"] for row in desk.type("list", "--json").json]
    assert desk.type("list", "--csv").code == 0
    assert desk.audited()[:2] == ["cli:export_list  done", "cli:read_list  done"]


@pytest.fixture
def many(desk: Keyboard) -> Keyboard:
    """More than one of whatever is listed by pages."""
    for dossier_id in ("G-2019-0531", "G-2019-0532"):
        lost = {"given_name": "Ana", "family_name": "Coupé", "email": "ana.@x.org"}
        data = {"dossier_id": dossier_id, "student": lost}
        for kind in ("card.ready", "weather.changed"):
            desk.world.deliver({"type": kind, "data": data})  # said again, the first is a duplicate
    desk.world.settle()
    return desk


@pytest.mark.parametrize(
    ("words", "limit", "said"),
    [
        (["worklist"], (work_lists, "PAGE"), "La suite : --page 2."),
        (["worklist", "--page", "2"], (work_lists, "PAGE"), "Page 2 sur "),
        (["worklist"], (work_lists, "READ_AT_MOST"), "les plus récents manquent"),
        (["list"], (work_lists, "UNREACHED_PAGE"), " ; en tout : "),
        (["list"], (work_lists, "READ_AT_MOST"), "les plus récents manquent"),
        (["find", "Coupé"], (search, "SHOWN_AT_MOST"), "Il y en a d’autres : précisez."),
        (["quarantine", "--cause", "type"], (quarantines, "PAGE"), "La suite : --page 2."),
        (["quarantine"], (quarantines, "READ_AT_MOST"), "les plus récents manquent"),
    ],
)
def test_what_a_program_reads_is_not_cut_without_a_word(
    many: Keyboard,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    limit: tuple[ModuleType, str],
    said: str,
) -> None:
    forms = ("--csv", "--json")
    assert [many.type(*words, form).err for form in forms] == ["", ""]
    monkeypatch.setattr(*limit, 1)
    for cut in (many.type(*words, form) for form in forms):
        assert (cut.code, said in cut.err, said in cut.out) == (0, True, False)


@pytest.mark.parametrize("asked", ["Benali", BUSY, STUDENT["email"]])
def test_somebody_is_found(desk: Keyboard, asked: str) -> None:
    found = desk.type("find", asked, "--json").json
    assert BUSY in [row["dossier_id"] for row in found]


def test_who_has_only_some_of_the_words_is_shown_and_it_says_so(desk: Keyboard) -> None:
    done = desk.type("find", "Benali Nobodyhere")
    assert (BUSY in done.out, "ne porte tous ces mots" in done.err) == (True, True)


def test_who_is_looked_for_can_be_typed_where_the_list_of_processes_does_not_show_it(
    desk: Keyboard,
) -> None:
    assert BUSY in desk.type("find", keys="benali\n").out


@pytest.mark.parametrize("asked", ["Nobody-here", "q"])
def test_who_is_not_found_is_not_named_in_the_error(desk: Keyboard, asked: str) -> None:
    done = desk.type("find", asked)
    assert (done.code, done.out) == (1, "")
    assert asked not in done.err
    assert desk.audited()[0] == "cli:find_students  refused"


def test_a_dossier_is_told_as_a_story_with_the_names_that_other_commands_take(
    desk: Keyboard,
) -> None:
    told = desk.type("show", BUSY).out
    assert "Benali Léa" in told
    assert "Rendez-vous : 06/05/2019 10:20 (confirmé)." in told
    assert "À faire depuis le" in told
    story = desk.type("show", BUSY, "--json").json
    assert story["open_work"][0]["notice"] in told
    assert {"event", "attempt", "work"} <= {line["what"] for line in story["timeline"]}
    assert desk.type("show", BUSY, "--csv").out.count("\n") == len(story["timeline"]) + 1


def test_a_message_can_be_read_as_it_arrived(desk: Keyboard) -> None:
    assert desk.type("message", BUSY, "convocation").out.startswith("Objet : ")
    letter = desk.type("message", BUSY, "convocation", "1", "--json").json
    assert "https://…/" in letter["text"]
    assert letter["language"] == "fr"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "G-1"], "Aucun dossier"),
        (["message", "G-1", "convocation"], "Aucun dossier"),
        (["message", BUSY, "card_ready"], "rien de ce nom"),
        (["message", BUSY, "convocation", "9"], "n’existe pas"),
        (["message", DEPOSITED, "card_ready"], "rien de ce nom"),
        (["bulk", "nobody-s"], "Aucune liste"),
        (["replay", "nobody-s"], "Rien ne porte ce nom"),
        (["replay", "nobody-s", "--go"], "Rien ne porte ce nom"),
        (["dismiss", "nobody-s", "--why", "trial"], "Rien ne porte ce nom"),
        (["resume", "sms"], "n’était pas suspendu"),
        (["pause", "sms", "--why", " "], "Dites pourquoi"),
        (["dead-letters", "serve", "--redrive", "5"], "rien à remettre"),
        (["contact", BUSY], "Rien à corriger"),
        (["close-dossier", "G-1", "--reason", "refused"], "Aucun dossier"),
        (["close-dossier", BUSY, "--reason", "refused", "--day", "2030-01-01"], "dans l’avenir"),
        (["contact", BUSY, "--email", "benali@"], "adresse e-mail est incomplète"),
        (["close", BUSY, TASK, "--why", "vu", "--until", "2019-01-01"], "à venir"),
        (["audit", "--day", "2030-01-01"], "dans l’avenir"),
        (["logs"], "n’a pas CloudWatch"),
        (["logs", "--since", "soon"], "durée"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_without_anybody_in_it(
    desk: Keyboard, words: list[str], said: str
) -> None:
    done = desk.type(*words)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert said in done.err
    assert "benali" not in done.err.lower()
    assert desk.audited()[0].endswith(" refused")


@pytest.mark.parametrize(
    "words",
    [
        ["worklist", "--kind", "nothing"],
        ["replay"],
        ["replay", "nobody-s", "--cause", "type"],
        ["dismiss", "--why", "trial"],
        ["dismiss", "nobody-s", "--why", "bored"],
        ["pause", "desk", "--why", "x"],
        ["resend", BUSY, "convocation"],
        ["card-ready", "/no/such/file.csv"],
        ["no-such-command"],
    ],
)
def test_what_is_misused_says_how_it_is_used(desk: Keyboard, words: list[str]) -> None:
    done = desk.type(*words)
    assert (done.code, done.out) == (2, "")
    assert "--help" in done.err


# One dossier


def test_a_message_that_left_today_leaves_again_only_if_somebody_means_it(desk: Keyboard) -> None:
    again = ["resend", DEPOSITED, "deposit_receipt", "--why", "perdu"]
    assert "24 heures" in desk.type(*again).err
    before = len(desk.world.sent)
    tried = desk.type(*again, "--dry-run")
    assert "Rien n’est enregistré." in tried.out
    done = desk.type(*again, "--even-so")
    assert done.code == 0
    assert "Suite du dépôt (e-mail) : part maintenant." in done.out
    assert tried.out.splitlines()[1:] == done.out.splitlines()[1:]
    desk.world.settle()
    assert len(desk.world.sent) == before + 1


def test_a_task_is_put_off_or_ended_once(desk: Keyboard) -> None:
    for dossier_id, until in (("G-2019-0501", ["--until", "12/04/2019"]), ("G-2019-0502", [])):
        desk.deliver("card.collected", dossier_id)
        close = ["close", dossier_id, TASK, "--why", "on rappelle", *until]
        assert desk.type(*close).code == 0
        desk.world.settle()
        assert desk.type("show", dossier_id, "--json").json["open_work"] == []
        assert desk.type(*close).code == 1


def test_a_corrected_address_leaves_the_rest_as_it_was(desk: Keyboard) -> None:
    desk.deliver("dossier.deposited", "G-2019-0503")
    done = desk.type("contact", "G-2019-0503", "--email", "lea@example.net", "--phone", "")
    assert done.code == 0
    told = desk.type("show", "G-2019-0503", "--json").json
    assert [told[name] for name in ("family_name", "email", "phone", "language")] == [
        "Benali", "lea@example.net", "", "",
    ]  # fmt: skip
    assert desk.audited()[1] == "cli:dossier_contact G-2019-0503 done"
    assert "Pas de SMS : aucun numéro n’est connu." in desk.type("show", "G-2019-0503").out


def test_beside_what_cannot_be_used_the_rest_is_corrected_all_the_same(desk: Keyboard) -> None:
    student = {
        "given_name": "Léa",
        "family_name": "Benaly",
        "email": "lea.@x.org",
        "phone": "06 12",
    }
    desk.deliver("contact.updated", "G-2019-0521", student=student)
    assert desk.type("contact", "G-2019-0521", "--family-name", "Benali").code == 0
    told = desk.type("show", "G-2019-0521", "--json").json
    assert [told[name] for name in ("family_name", "email", "phone")] == [
        "Benali", "lea.@x.org", "06 12",
    ]  # fmt: skip
    shown = desk.type("show", "G-2019-0521").out
    assert "Un point est mal placé" in shown
    assert "Pas de SMS" in shown


def test_a_dossier_is_closed_for_a_reason(desk: Keyboard) -> None:
    desk.deliver("dossier.deposited", "G-2019-0520")
    closing = ["close-dossier", "G-2019-0520", "--reason", "transferred", "--day", "05/04/2019"]
    assert desk.type(*closing).code == 0
    told = desk.type("show", "G-2019-0520").out
    assert "Dossier clos" in told
    assert "transmis à un autre service" in told
    assert desk.audited()[1] == "cli:dossier_closed G-2019-0520 done"


def test_what_would_follow_is_asked_without_doing_it_and_is_refused_alike(desk: Keyboard) -> None:
    desk.deliver("dossier.deposited", "G-2019-0522")
    before = desk.type("show", "G-2019-0522", "--json").out
    said = desk.type("close-dossier", "G-2019-0522", "--reason", "other", "--dry-run").out
    assert said.splitlines()[0] == "Rien n’est enregistré. Ce qui suivrait :"
    assert "Le dossier passe à : Dossier clos." in said
    assert desk.audited()[0] == "cli:read_dossier G-2019-0522 done"
    assert desk.type("show", "G-2019-0522", "--json").out == before
    assert "Aucun effacement" in desk.type("forget", "G-2019-0522", "--take-back", "--dry-run").err


# Cards


def test_a_list_of_cards_changes_nothing_without_its_number(desk: Keyboard, tmp_path: Path) -> None:
    path = a_list(tmp_path, DEPOSITED, "G-9")
    before = desk.type("show", DEPOSITED, "--json").out
    shown = desk.type("card-ready", path).out
    assert "Lignes lues : 2." in shown
    assert "À vérifier, ligne 3 : G-9. Inconnu de Relance." in shown
    assert "--go 1" in shown
    whole = desk.type("card-ready", path, "--json").json
    assert (whole["read"], whole["fit"], whole["aside"]) == (2, [DEPOSITED], [])
    assert [(one["row"], one["why"]) for one in whole["unlikely"]] == [(3, "unknown")]
    refused = desk.type("card-ready", path, "--go", "2")
    assert (refused.code, refused.out) == (1, "")
    assert desk.type("show", DEPOSITED, "--json").out == before
    assert desk.type("worklist", "--json").json["bulks"] == []


def test_a_list_of_nobody_is_refused(desk: Keyboard, tmp_path: Path) -> None:
    assert desk.type("card-ready", a_list(tmp_path, "G-9"), "--go", "0").code == 1
    path = a_list(tmp_path, "#N/A;;G-8")
    told = desk.type("card-ready", path).out
    assert "ligne 2 : La cellule contient une erreur de calcul (#N/A · G-8)." in told
    assert "Colonnes non lues : « colonne C, sans titre » (1 cellule)." in told
    ignored = desk.type("card-ready", path, "--json").json["ignored"]
    assert ignored == {"colonne C, sans titre": 1}


def test_what_surprises_is_marked_ready_only_by_its_name(desk: Keyboard, tmp_path: Path) -> None:
    late = "G-2019-0577"
    desk.deliver("dossier.checked", late)
    path = a_list(tmp_path, DEPOSITED, late, *(f"G-2019-06{n}" for n in range(10, 12)))
    also = ["card-ready", path, "--also", late]
    shown = desk.type(*also).out
    assert "Dossier qui n’est pas déposé. Enregistré quand même." in shown
    assert f"--also {late} --go 2" in shown
    assert desk.type("card-ready", path, "--go", "2").code == 1
    for go in ([], ["--go", "2"]):
        unknown = desk.type("card-ready", path, "--also", late, "--also", "G-2019-0610", *go)
        assert (unknown.code, unknown.out) == (1, "")
        assert unknown.err == "--also : aucune ligne à cocher n’est de G-2019-0610.\n"
    begun = desk.type(*also, "--go", "2", "--json").json["bulk_id"]
    assert "Benali" in desk.type("bulk", begun).out
    assert desk.type("bulk", begun, "--undo").code == 0


def test_a_card_on_a_list_can_be_undone_alone_and_the_rest_is_watched_to_its_end(
    desk: Keyboard, tmp_path: Path
) -> None:
    cards = ["G-2019-0504", "G-2019-0505"]
    for dossier_id in cards:
        desk.deliver("dossier.deposited", dossier_id)
    begun = desk.type("card-ready", a_list(tmp_path, *cards), "--go", "2").out
    bulk = ["bulk", begun.rpartition("bulk ")[2].split()[0]]
    assert "tout peut être annulé" in desk.type(*bulk).out
    assert [desk.type(*bulk, cards[0], "--undo").code for _ in range(2)] == [0, 1]
    desk.go_on(timedelta(minutes=11))
    services().bulk_actions.run_due()
    done = desk.type(*bulk, "--watch")
    assert "2/2" in done.out
    assert [row["stand"] for row in desk.type(*bulk, "--json").json] == ["undone", "done"]
    assert "Titre déjà annoncé" in desk.type("card-ready", a_list(tmp_path, cards[1])).out


HEAD = "Dossier;Date;Heure;Nom;Prénom;E-mail"


def appointments(folder: Path, *rows: str, head: str = HEAD) -> str:
    path = folder / "rdv.csv"
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    return str(path)


def test_a_list_of_appointments_says_what_it_would_do_and_does_it_by_its_number(
    desk: Keyboard, tmp_path: Path
) -> None:
    new = [f"G-2019-08{n};06/06/2019;{n}h;Diop;Awa;awa{n}@example.org" for n in range(10, 16)]
    new += [f"G-2019-08{n + 6};06/06/2019;{n}h30;Diop;Awa;" for n in range(10, 16)]
    kept, left = "G-2019-0830", "G-2019-0831"
    for dossier_id, slot in ((kept, "A-30"), (left, "A-31")):
        booked = {"appointment": {"id": slot, "starts_at": "2019-06-06T14:20:00+02:00"}}
        # an address is that of twelve dossiers, and this world has many
        own = {**STUDENT, "email": f"lea.{slot.lower()}@example.org"}
        desk.deliver("appointment.selected", dossier_id, **booked, student=own)
    rows = [*new, f"{kept};06/06/2019;9h;;;", "G-2019-0840;09/06/2019;9h;;;", "x;#N/A"]
    path = appointments(tmp_path, *rows)
    shown = desk.type("appointments", path).out
    assert "Nouveaux : 12. Modifiés : 1. Inchangés : 0. À vérifier : 1." in shown
    assert "Demande de confirmation (e-mail) : 7 dès la prise d’effet, 0 plus tard." in shown
    assert "À vérifier, ligne 15 : G-2019-0840 : Sans nom. Le guichet est fermé" in shown
    assert f"Absent : {left} : Benali Léa, le 06/06/2019 14:20." in shown
    assert all(said in shown for said in ("Laissée de côté, ligne 16", "… et 3 de plus."))
    options = ["--also", "15", "--gone", left]
    whole = desk.type("appointments", path, *options).out
    seen = ["--also", "15.shut", "--gone", f"{left}.deposit.20190606T1220"]
    assert f"Pour le faire : {' '.join(seen)} --go 15" in whole
    assert _unknown(desk, path, ("--also", "99"), ("--also", "2"), ("--gone", kept)) == 3
    as_seen = (["--also", "2.shut", "--go", "13"], ["--gone", f"{left}.deposit", "--go", "13"])
    for wrong in (["--go", "15"], [*options, "--go", "15"], *as_seen):
        assert desk.type("appointments", path, *wrong).code == 1
    begun = desk.type("appointments", path, *seen, "--go", "15", "--json").json["bulk_id"]
    told = desk.type("bulk", begun).out
    assert ("Rendez-vous par liste" in told, "Diop Awa" in told) == (True, True)
    assert desk.type("bulk", begun, "--undo").code == 0


def _unknown(desk: Keyboard, path: str, *options: tuple[str, str]) -> int:
    """How many of these a preview refuses because nothing that can be ticked is called so."""
    said = (f"{option} : rien à cocher ne s’appelle {name}.\n" for option, name in options)
    typed = (desk.type("appointments", path, *one) for one in options)
    return sum((done.code, done.err) == (1, one) for done, one in zip(typed, said, strict=True))


def test_columns_are_said_once_and_remembered(desk: Keyboard, tmp_path: Path) -> None:
    path = appointments(tmp_path, "G-2019-0850;06/06/2019 10h", head="Dossier;Quand ?")
    refused = desk.type("appointments", path)
    assert (refused.code, "--column TITRE=day" in refused.err) == (1, True)
    assert "ne connaît pas : jour" in desk.type("appointments", path, "--column", "x=jour").err
    absent = desk.type("appointments", path, "--column", "quand=day", "--column", "Le nom=")
    assert (absent.code, "ne s’appelle Le nom." in absent.err) == (1, True)
    column = ["--column", "Quand ?=day", "--purpose", "collect"]
    also = ["--also", "2.no_card"]
    begun = desk.type("appointments", path, *column, *also, "--go", "1", "--json").json["bulk_id"]
    assert desk.type("bulk", begun, "--undo").code == 0
    seen = desk.type("appointments", path, "--json").json
    assert seen["columns"] == {"Dossier": "dossier", "Quand ?": "day"}
    assert [one["standing"] for one in seen["rows"]] == ["new"]
    nothing = desk.type("appointments", appointments(tmp_path, "x;y"), "--go", "0")
    assert (nothing.code, "rien à enregistrer" in nothing.err) == (1, True)


def test_dossiers_in_mid_procedure_are_taken_over(desk: Keyboard, tmp_path: Path) -> None:
    head = "Dossier;État;Date de dépôt;E-mail"
    path = appointments(tmp_path, "G-2019-0870;Déposé;01/10/2018;", head=head)
    shown = desk.type("appointments", path, "--takeover").out
    assert "Dépôt : lundi 1er octobre 2018" in shown.replace("\u00a0", " ")
    assert "Tâche qui s’ouvrira : " in shown
    begun = desk.type("appointments", path, "--takeover", "--go", "1", "--json").json["bulk_id"]
    assert "Dossiers repris en cours" in desk.type("bulk", begun, "--undo").out


def test_a_sheet_that_was_not_read_is_named(desk: Keyboard, tmp_path: Path) -> None:
    path = tmp_path / "rdv.xlsx"
    others = [("Mai", "visible", files.row(files.words("x")))]
    said = (("Dossier", "Date"), ("G-2019-0860", "06/06/2019 10h"))
    path.write_bytes(files.xlsx(*(files.row(files.words(*one)) for one in said), others=others))
    assert "Feuille non lue : Mai." in desk.type("appointments", str(path)).out


def test_who_watches_sees_it_go_on_until_they_have_seen_enough(
    desk: Keyboard, tmp_path: Path
) -> None:
    desk.deliver("dossier.deposited", "G-2019-0506")
    listed = a_list(tmp_path, "G-2019-0506")
    begun = desk.type("card-ready", listed, "--day", "2019-04-05", "--go", "1", "--json").json

    def enough() -> None:
        raise KeyboardInterrupt

    with in_local_world(desk.url):
        found = services().bulk_actions.find(begun["bulk_id"])
        assert found
        assert watched(found, enough) == found
        over = watched(found, lambda: _undone(begun["bulk_id"]))
    assert over.stand is BulkStand.UNDONE


def _undone(bulk_id: str) -> None:
    """Somebody else takes it back meanwhile."""
    services().bulk_actions.undo(bulk_id, "c.martin")


# The machine


def test_a_channel_is_paused_once_and_resumed_once(desk: Keyboard) -> None:
    pause = ["pause", "sms", "--why", "mauvais texte"]
    assert [desk.type(*pause).code for _ in range(2)] == [0, 1]
    said = desk.type("worklist").out
    assert "Canal SMS suspendu par " in said
    assert "Motif : mauvais texte." in said
    with in_local_world(desk.url):
        blocked = hold(Channel.SMS, "SendingPausedException", services().now())
        services().channels.hold(blocked)
    said = desk.type("worklist").out
    assert "Canal SMS suspendu par " in said
    assert "Canal SMS : bloqué par le service d’envoi depuis le " in said
    resumed = [desk.type("resume", "sms") for _ in range(2)]
    assert [done.code for done in resumed] == [0, 1]
    assert "le service d’envoi le bloque toujours" in resumed[0].out
    with in_local_world(desk.url):
        services().channels.release(blocked)


def test_dead_letters_are_counted_and_put_back(desk: Keyboard) -> None:
    environment = desk.world.settings()["environment"]
    with in_local_world(desk.url):
        queue = services().queue._client
        body = json.dumps({"dossier_id": BUSY})
        queue.send_message(QueueUrl=environment["SERVE_DEAD_LETTERS_URL"], MessageBody=body)
    assert BUSY in desk.type("dead-letters", "serve").out
    assert desk.type("dead-letters", "serve", "--json").json["count"] == 1
    assert desk.type("dead-letters", "serve", "--redrive", "1").code == 0
    assert desk.type("dead-letters", "serve", "--json").json["count"] == 0
    desk.world.settle()


def test_a_webhook_in_quarantine_is_read_again_dry_then_for_good(desk: Keyboard) -> None:
    before = quarantined(desk)
    ahead = f"{desk.world.now() + timedelta(minutes=11):%Y-%m-%dT%H:%M:%SZ}"
    event = {"type": "dossier.deposited", "timestamp": ahead}
    data = {"dossier_id": "G-2019-0507", "student": STUDENT}
    assert desk.world.deliver({**event, "data": data}).status == 202
    [key] = quarantined(desk) - before
    refused = desk.type("replay", key, "--go")
    assert (refused.code, "toujours inutilisable" in refused.err) == (1, True)
    desk.go_on(timedelta(minutes=2))
    dry = desk.type("replay", key)
    assert "dossier.deposited" in dry.out
    assert "Benali" not in dry.out
    assert desk.type("replay", key, "--json").json["contact"][0] == "given_name"
    assert desk.type("show", "G-2019-0507").code == 1
    assert desk.type("replay", key, "--go").code == 0
    assert desk.type("show", "G-2019-0507").code == 0


def test_a_dossier_that_cannot_be_read_is_said_so_and_the_others_are_shown(
    desk: Keyboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.deliver("dossier.deposited", "G-2019-0601")
    document = spoiled(desk, "G-2019-0601", '{"schema": 99}')
    before = quarantined(desk)
    with in_local_world(desk.url):
        services().backoff.put_before_a_person("G-2019-0601")
    [key] = quarantined(desk) - before
    assert "Dossier illisible : G-2019-0601" in desk.type("worklist").out
    monkeypatch.setattr(work_lists, "UNREADABLE_AT_MOST", 0)
    assert "illisibles : 1, dont 0 ici" in desk.type("worklist", "--json").err
    assert "Illisible" in desk.type("find", "G-2019-0601").out
    assert BUSY in desk.type("find", "Benali").out
    refused = desk.type("show", "G-2019-0601")
    assert (refused.code, "ne sait pas lire" in refused.err) == (1, True)
    listed = desk.type("card-ready", a_list(tmp_path, "G-2019-0601", DEPOSITED))
    assert "Dossier que Relance ne peut pas lire" in listed.out
    assert "ne se lit toujours pas" in desk.type("replay", key).err
    assert "ne se lit toujours pas" in desk.type("replay", key, "--go").err
    spoiled(desk, "G-2019-0601", document)
    assert "G-2019-0601" in desk.type("replay", key).out
    assert "se lit de nouveau" in desk.type("replay", key, "--go").out
    assert quarantined(desk) == before
    assert desk.type("show", "G-2019-0601").code == 0
    assert desk.world.forget("G-2019-0601")


def spoiled(desk: Keyboard, dossier_id: str, document: str) -> str:
    """Another document for a dossier, past the product; the former one."""
    client = boto3.client("dynamodb")
    before = client.update_item(
        TableName=desk.world.settings()["environment"]["TABLE_NAME"],
        Key={"pk": {"S": f"DOSSIER#{dossier_id}"}},
        UpdateExpression="SET document = :d",
        ExpressionAttributeValues={":d": {"S": document}},
        ReturnValues="ALL_OLD",
    )["Attributes"]["document"]["S"]
    client.close()
    return str(before)


def test_what_stays_unusable_says_which_field_it_is(desk: Keyboard) -> None:
    key = of_quarantine(desk, kind="appointment.vanished", dossier_id="G-2019-0508")
    assert "type:" in desk.type("replay", key).err


def test_what_is_in_quarantine_is_listed_by_cause(desk: Keyboard) -> None:
    key = of_quarantine(desk, kind="appointment.vanished", dossier_id="G-2019-0508")
    [group] = [row for row in desk.type("quarantine", "--json").json if row["cause"] == "type"]
    assert group["why"] == "Type d’événement inconnu"
    shown = desk.type("quarantine", "--cause", "type")
    assert key in shown.out
    assert "Événement inconnu « appointment.vanished »" in shown.out
    assert "G-2019-0508" in desk.type("quarantine", "--cause", "type", "--csv").out
    assert "Type d’événement inconnu" in desk.type("quarantine").out
    refused = desk.type("quarantine", "--cause", "full")
    assert (refused.code, "pour cette raison" in refused.err) == (1, True)
    assert desk.type("worklist", "--json").json["quarantined"] >= 1


def test_many_in_quarantine_are_read_again_and_dismissed_by_cause(
    desk: Keyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantines, "AT_ONCE", 2)
    monkeypatch.setattr(machine, "AT_ONCE", 2)
    for n in range(3):
        desk.deliver(kind=f"weather.changed_{n}", dossier_id="G-2019-0508")
    before = desk.type("quarantine", "--cause", "type", "--json").json
    many = len(before)
    assert f"De cette raison : {many}. Rien" in desk.type("replay", "--cause", "type").out
    replayed = desk.type("replay", "--cause", "type", "--go").out
    assert f"enregistrés : 0. Toujours en quarantaine : {many}. Pas encore" in replayed
    one = desk.type("dismiss", before[0]["key"], "--why", "trial")
    assert (one.code, one.out) == (0, "Écartés : 1.\n")
    assert (
        desk.type("dismiss", "--cause", "type", "--why", "trial").out == f"Écartés : {many - 1}.\n"
    )
    for words in (["dismiss", "--cause", "type", "--why", "trial"], ["replay", "--cause", "type"]):
        assert "pour cette raison" in desk.type(*words).err
    assert "pour cette raison" in desk.type("replay", "--cause", "type", "--go").err
    lines = desk.type("audit", "--json").json
    dismissed = [line for line in lines if line["action"] == "quarantine.dismissed"]
    assert {line["object"] for line in dismissed} >= {row["key"] for row in before}
    assert {(line["by"], line["role"], line["detail"]) for line in dismissed[:many]} == {
        ("moto", None, "trial")
    }


def test_operators_are_made_changed_and_put_out_by_name(desk: Keyboard) -> None:
    made = desk.type("operators", "add", "d.petit", "read")
    assert (made.code, len(made.out.strip())) == (0, 16)
    assert desk.type("operators", "add", "d.petit", "read").code == 1
    for words in (("role", "d.petit", "act"), ("disable", "d.petit"), ("enable", "d.petit")):
        assert desk.type("operators", *words).code == 0
    renewed = [desk.type("operators", what, "d.petit") for what in ("password", "telephone")]
    assert len({made.out, *(one.out for one in renewed)}) == 3
    [row] = [r for r in desk.type("operators", "list", "--json").json if r["name"] == "d.petit"]
    assert row == {"name": "d.petit", "role": "act", "is_enabled": True, "is_new": True}
    assert "d.petit" in desk.type("operators", "list").out
    assert "cli:reset_telephone d.petit done" in desk.audited()
    for words in (("role", "nobody", "act"), ("disable", "nobody"), ("enable", "nobody")):
        refused = desk.type("operators", *words)
        assert (refused.code, refused.err.strip()) == (1, "Personne ne porte ce nom.")
    assert desk.type("operators", "password", "nobody").code == 1


def test_every_act_and_every_look_is_in_the_audit_by_name(desk: Keyboard) -> None:
    desk.type("show", BUSY)
    lines = desk.type("audit", "--json").json
    assert lines[0]["action"] == "cli:read_dossier"
    assert (lines[0]["by"], lines[0]["role"], lines[0]["object"]) == ("moto", None, BUSY)
    assert "Dossier consulté (ligne de commande)" in desk.type("audit").out


# What somebody has a right to


def of_a_new_student(desk: Keyboard, dossier_id: str) -> None:
    desk.deliver("appointment.selected", dossier_id, appointment=SLOT)


def test_an_erasure_is_asked_for_and_taken_back_in_words(desk: Keyboard) -> None:
    of_a_new_student(desk, "G-2019-0701")
    assert "enregistré" in desk.type("forget", "G-2019-0701").out
    again = desk.type("forget", "G-2019-0701")
    assert (again.code, "déjà demandé" in again.err) == (1, True)
    assert "Effacement demandé" in desk.type("worklist", "--kind", "erasure_requested").out
    assert "enregistré" in desk.type("forget", "G-2019-0701", "--take-back").out
    assert "Aucun effacement" in desk.type("forget", "G-2019-0701", "--take-back").err
    assert "Rien n’est connu" in desk.type("forget", "G-nobody").err
    acts = [line for line in desk.audited() if "erasure" in line]
    assert "cli:dossier_erasure G-2019-0701 done" in acts
    assert "cli:dossier_erasure_withdrawn G-2019-0701 done" in acts


def test_whoever_reads_the_mails_of_a_student_is_left_with_dead_links(desk: Keyboard) -> None:
    nobody = desk.type("new-links", "G-nobody", "--why", "boîte partagée")
    assert (nobody.code, "Aucun message avec un lien" in nobody.err) == (1, True)
    of_busy = desk.type("new-links", BUSY, "--why", "boîte partagée")
    assert (of_busy.code, "enregistré" in of_busy.out) == (0, True)
    assert f"cli:dossier_new_links {BUSY} done" in desk.audited()


def test_a_person_is_handed_what_is_known_of_them(
    desk: Keyboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in ("G-2019-0702", "G-2019-0703"):
        of_a_new_student(desk, one)
    assert "même adresse e-mail" in desk.type("access", "G-2019-0702").out
    with monkeypatch.context() as few:
        few.setattr(access_files, "KIN_AT_MOST", 0)
        assert "Il y en a d’autres" in desk.type("access", "G-2019-0702").out
    page, data = tmp_path / "lea.html", tmp_path / "lea.json"
    assert desk.type("access", "G-2019-0702", "G-2019-0703", "--out", str(page)).code == 0
    assert "lea.benali@example.org" in page.read_text(encoding="utf-8")
    assert (page.stat().st_mode & 0o077, "<script" in page.read_text()) == (0, False)
    assert desk.type("access", "G-2019-0702", "--out", str(data)).code == 0
    assert [d["dossier_id"] for d in json.loads(data.read_text())["dossiers"]] == ["G-2019-0702"]
    acts = [line for line in desk.audited() if "make_access_file" in line]
    assert {f"cli:make_access_file G-2019-070{n} done" for n in (2, 3)} <= set(acts)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["G-nobody"], 1, "Rien n’est connu"),
        (["G-nobody", "--out", "x.html"], 1, "Rien n’est connu"),
        ([BUSY, "G-nobody", "--out", "x.html"], 1, "rien en commun"),
        ([BUSY, "--out", "x.txt"], 2, ".html ou .json"),
    ],
)
def test_nothing_is_written_that_is_not_theirs(
    desk: Keyboard, words: list[str], code: int, said: str
) -> None:
    refused = desk.type("access", *words)
    assert (refused.code, said in refused.err) == (code, True)


def test_what_may_be_another_s_is_said_beside_it(desk: Keyboard) -> None:
    of_a_new_student(desk, "G-2019-0799")
    desk.world.deliver({"type": "unknown", "data": {"student": {"family_name": "Benali"}}})
    assert "quelqu’un d’autre" in desk.type("access", "G-2019-0799").out


def test_a_number_in_a_spreadsheet_is_a_number(desk: Keyboard) -> None:
    text = desk.type("worklist", "--csv").out + desk.type("list", "--csv").out
    assert "'+33" not in text


def test_the_audit_is_read_whole_by_day_by_person_and_by_dossier(desk: Keyboard) -> None:
    desk.type("show", BUSY)
    about = desk.type("audit", "--about", BUSY, "--json").json
    assert {line["object"] for line in about} == {BUSY}
    [mine] = {line["by"] for line in about if line["action"] == "cli:read_dossier"}
    by = desk.type("audit", "--by", mine, "--json").json
    assert {line["by"] for line in by} == {mine}
    assert by[0]["which"] == f"about={BUSY}"
    desk.type("find", "Benali")
    assert desk.type("audit", "--json").json[0]["which"].startswith("search=")
