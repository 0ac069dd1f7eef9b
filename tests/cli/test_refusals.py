"""What a command refuses, believes, repeats and ends with: nothing that a stranger has chosen."""

import json
import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import IO, Any

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError, NoRegionError

from chalicelib import bootstrap
from chalicelib.domain.errors import Unusable
from cli.dossiers import notice_of
from cli.endings import CommandRefused, ExitCode, told
from cli.stage import in_local_world
from infra.packaging.target import project
from tests.assembly.spy import Spy, refused, spying
from tests.cli.conftest import BUSY, DEPOSITED, SLOT, TASK, Keyboard
from tests.cli.test_commands import a_list, spoiled

pytestmark = pytest.mark.enable_socket

FULL = "La sortie ne peut pas être écrite : le disque est plein.\n"

#: What a terminal would take for an order, in a name.
HOSTILE = "Ben\x1b[2J\x1b]0;title\x07\x9b31mali\x08\r[red]x[/red]"
ORDERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@pytest.fixture
def spy() -> Iterator[Spy]:
    with spying() as spy:
        yield spy


# What it says of itself


def _closed() -> IO[bytes]:
    """A pipe at whose other end nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "wb")


@pytest.mark.parametrize(
    ("typed", "is_full", "said"),
    [
        ("webhook send {event} --to http://127.0.0.1:9 --secret-file {secret}", True, FULL),
        ("webhook send {event} --to http://127.0.0.1:9 --secret-file {secret}", False, ""),
        ("--help", False, ""),
    ],
)
def test_an_output_that_takes_no_more_ends_a_command_and_is_no_mystery(
    tmp_path: Path, typed: str, said: str, *, is_full: bool
) -> None:
    secret, event = tmp_path / "secret", tmp_path / "event.json"
    secret.write_text(f"whsec_{b64encode(bytes(24)).decode()}")
    event.write_text("{}")
    command = [sys.executable, "-m", "cli", *typed.format(event=event, secret=secret).split()]
    with Path("/dev/full").open("wb") if is_full else _closed() as out:
        ended = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, said)


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("--help", 0, "2 erreur d’utilisation"),
        ("--version", 0, f"Relance {project()['version']}\n"),
        ("pause --help", 0, "Afficher cette aide."),
        ("pause --help", 0, "[obligatoire]"),
        ("", 2, "Commandes :"),
        ("worklist", 2, "Erreur d’utilisation : Dites où"),
        ("--local {url} nope", 2, "la commande 'nope' n’existe pas. Vouliez-vous dire 'note'?"),
        ("--local {url} pause sms", 2, "il manque l’option '--why'."),
        ("--local {url} show", 2, "il manque l’argument 'DOSSIER'."),
        ("--local {url} show a b", 2, "argument en trop (b)"),
        ("--local {url} pause --foo", 2, "l’option --foo n’existe pas."),
        ("--local {url} pause sms --why", 2, "l’option '--why' demande une valeur."),
        ("--local {url} pause fax --why a", 2, "'fax' n’est pas parmi 'email', 'sms'."),
        ("--local {url} worklist --page x", 2, "un nombre entier est attendu."),
        ("--local {url} worklist --page 0", 2, "c’est 1 au moins."),
        ("--local {url} close A B --why a --until x", 2, "'x' n’a pas la forme"),
    ],
)
def test_it_speaks_of_its_use_in_one_language(
    desk: Keyboard, typed: str, code: int, said: str
) -> None:
    done = desk.type_anywhere(*typed.format(url=desk.url).split())
    assert done.code == code
    assert said in done.out + done.err
    english = r"Usage:|Options:|Commands:|Error|required|Try |Show |Missing|Invalid|No such|exit"
    assert not re.search(english, done.out + done.err)


# Where it acts


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org:8000",
        "http://192.168.1.10:8000",
        "http://10.0.0.1",
        "http://0.0.0.0:8000",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org:8000",
        "http://example.org/127.0.0.1",
        "http://example.org?localhost",
        "http://example.org#localhost",
        "http://127.0.0.1:8000@example.org",
        "http://localhost@example.org",
        "https://127.0.0.1:8000",
        "ftp://localhost",
        "file:///etc/passwd",
        "127.0.0.1:8000",
        "localhost",
    ],
)
def test_a_local_world_is_on_this_machine_and_no_other_is_even_asked(
    desk: Keyboard, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *asked, **_: pytest.fail(f"asked {asked}"))
    done = desk.type_anywhere("--local", url, "worklist")
    assert (done.code, done.out) == (1, "")
    assert "est sur cette machine" in done.err


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_this_machine_has_three_names_and_says_when_no_world_is_there(
    desk: Keyboard, host: str
) -> None:
    done = desk.type_anywhere("--local", f"http://{host}:1", "worklist")
    assert (done.code, done.out) == (1, "")
    assert "Aucun monde local" in done.err


@contextmanager
def answering(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Somebody who listens on this machine."""
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Something on this machine that sends on whoever asks."""

    class SendsOn(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", f"http://example.org{self.path}")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with answering(SendsOn) as url:
        yield url


def test_whoever_sends_the_command_elsewhere_is_not_followed(
    desk: Keyboard, elsewhere: str
) -> None:
    done = desk.type_anywhere("--local", elsewhere, "worklist")
    assert (done.code, "Aucun monde local" in done.err) == (1, True)


def test_no_proxy_answers_for_this_machine(
    desk: Keyboard, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, elsewhere)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert desk.type("worklist").code == 0


@pytest.mark.parametrize("words", [[], ["--stage", "isere-dev", "--local", "http://127.0.0.1:1"]])
def test_a_command_says_where_and_only_once(desk: Keyboard, words: list[str]) -> None:
    done = desk.type_anywhere(*words, "worklist")
    assert (done.code, done.out) == (2, "")
    assert "--stage" in done.err


# Whose words it repeats


@pytest.fixture(scope="module")
def hostile(desk: Keyboard) -> Iterator[str]:
    """A dossier whose name in the table holds orders; at the door they would be taken away."""
    dossier_id = "G-2019-0701"
    desk.deliver("appointment.selected", dossier_id, appointment=SLOT | {"id": "A-9"})
    desk.deliver("appointment.confirmed", dossier_id, appointment=SLOT | {"id": "A-9"})
    desk.deliver("card.collected", dossier_id)
    escaped = "".join(f"\\u{ord(c):04x}" if ORDERS.match(c) else c for c in HOSTILE)
    document = spoiled(desk, dossier_id, "{")
    spoiled(desk, dossier_id, document.replace("Benali", escaped))
    yield dossier_id
    spoiled(desk, dossier_id, document)
    assert desk.world.forget(dossier_id)


@pytest.mark.parametrize("form", [[], ["--json"], ["--csv"]], ids=["table", "json", "csv"])
@pytest.mark.parametrize("command", ["worklist", "find", "show", "message"])
def test_no_name_gives_orders_to_a_terminal(
    desk: Keyboard, hostile: str, command: str, form: list[str]
) -> None:
    named = {"worklist": [], "message": [hostile, "convocation"]}.get(command, [hostile])
    if (command, form) == ("message", ["--csv"]):
        return  # a message is no table
    done = desk.type(command, *named, *form)
    assert (done.code, done.err) == (0, "")
    assert ORDERS.findall(done.out.replace("\r\n", "\n")) == []
    if command != "message" and (command, form) != ("show", ["--csv"]):
        assert "[red]x[/red]" in done.out, "nor is it read as markup"


def test_a_list_of_cards_names_people_without_their_orders(desk: Keyboard, tmp_path: Path) -> None:
    dossier_id = "G-2019-0702"
    desk.deliver("dossier.deposited", dossier_id)
    document = spoiled(desk, dossier_id, "{")
    spoiled(desk, dossier_id, document.replace("Benali", "\\u001b[2J\\u009bBenali"))
    shown = desk.type("card-ready", a_list(tmp_path, dossier_id))
    spoiled(desk, dossier_id, document)
    assert "Benali" in shown.out
    assert ORDERS.findall(shown.out) == []


# How it ends

CUT = EndpointConnectionError(endpoint_url="https://lea.benali@example.org")
ENDS = [
    ("GetCallerIdentity", "AccessDenied", 1, "AWS refuse cet accès (AccessDenied)"),
    ("GetCallerIdentity", "ExpiredToken", 1, "AWS refuse cet accès (ExpiredToken)"),
    ("GetCallerIdentity", "InvalidClientTokenId", 1, "AWS refuse cet accès"),
    ("GetCallerIdentity", "Throttling", 3, "réessayez"),
    ("GetCallerIdentity", CUT, 3, "AWS ne répond pas"),
    ("GetCallerIdentity", NoCredentialsError(), 1, "connectez-vous"),
    ("GetCallerIdentity", NoRegionError(), 1, "AWS_REGION"),
    ("GetItem", "InternalServerError", 3, "Relance ne répond pas"),
    ("GetItem", CUT, 3, "Relance ne répond pas"),
    ("GetItem", RuntimeError("Léa Benali"), 1, "Erreur inattendue (RuntimeError)."),
    ("GetItem", Unusable("Léa Benali"), 1, "ne peut pas être utilisée"),
]


@pytest.mark.parametrize(("operation", "error", "code", "said"), ENDS)
def test_an_error_of_others_is_one_line_without_their_words_and_no_success(
    desk: Keyboard, spy: Spy, operation: str, error: str | Exception, code: int, said: str
) -> None:
    spy.refused[operation] = error
    done = desk.type("show", BUSY)
    assert (done.code, done.out, done.err.count("\n")) == (code, "", 1)
    assert said in done.err
    assert "benali" not in done.err.lower()


def test_what_failed_is_in_the_audit_as_failed_and_by_its_kind_alone(
    desk: Keyboard, spy: Spy
) -> None:
    spy.refused["GetItem"] = RuntimeError("Léa Benali")
    desk.type("show", BUSY)
    spy.refused.clear()
    line = desk.type("audit", "--json").json[0]
    assert (line["action"], line["result"]) == ("cli:read_dossier", "failed")
    assert line["detail"] == "RuntimeError"


def test_a_race_that_is_lost_is_to_be_run_again(desk: Keyboard, spy: Spy) -> None:
    spy.refused["UpdateItem"] = refused("ConditionalCheckFailedException", "UpdateItem")
    closing = ["close", BUSY, TASK, "--why", "vu"]
    done = desk.type(*closing)
    assert (done.code, done.out) == (3, "")
    assert "Quelqu’un d’autre y travaille" in done.err
    spy.refused.clear()
    assert desk.audited()[0] == f"cli:dossier_close {BUSY} failed"


@pytest.mark.parametrize("words", ["Léa Benali", "\x1b[2J"])
def test_what_nobody_has_foreseen_is_named_by_its_kind_alone(words: str) -> None:
    class Strange(Exception):
        """Of a library that quotes what it was given."""

    assert told(Strange(words)) == (ExitCode.REFUSED, "Erreur inattendue (Strange).")


def test_a_line_of_ours_that_quotes_gives_no_orders_either(desk: Keyboard, spy: Spy) -> None:
    spy.refused["GetCallerIdentity"] = "Odd\x1b[2J\x9bCode"
    done = desk.type("show", BUSY)
    assert done.code == 3
    assert ORDERS.findall(done.err) == []


# What it asks for before it acts


@pytest.mark.parametrize("number", ["0", "1", "3", "-2"])
def test_a_list_of_cards_starts_for_its_exact_number_and_no_other(
    desk: Keyboard, tmp_path: Path, number: str
) -> None:
    cards = [f"G-2019-071-{number}", f"G-2019-072-{number}"]
    for dossier_id in cards:
        desk.deliver("dossier.deposited", dossier_id)
    before = desk.type("worklist", "--json").json["bulks"]
    done = desk.type("card-ready", a_list(tmp_path, *cards), "--go", number)
    assert (done.code, done.out) == (1, "")
    assert "nombre" in done.err
    assert desk.type("worklist", "--json").json["bulks"] == before
    assert desk.audited()[0].startswith("cli:read_home")
    assert "cli:begin_cards  refused" in desk.audited()[:4]


def test_a_list_on_which_nobody_waits_is_refused_whatever_its_number(
    desk: Keyboard, tmp_path: Path
) -> None:
    for number in ("0", "1"):
        done = desk.type("card-ready", a_list(tmp_path, "G-9"), "--go", number)
        assert (done.code, "n’attend sa carte" in done.err) == (1, True)


def test_what_is_of_another_list_or_done_cannot_be_undone(desk: Keyboard, tmp_path: Path) -> None:
    desk.deliver("dossier.deposited", "G-2019-0713")
    listed = a_list(tmp_path, "G-2019-0713")
    begun = desk.type("card-ready", listed, "--go", "1", "--json").json["bulk_id"]
    work = desk.type("worklist", "--json").json
    assert begun in [bulk["bulk_id"] for bulk in work["bulks"]]
    other = desk.type("bulk", begun, DEPOSITED, "--undo")
    assert (other.code, "rien à annuler" in other.err) == (1, True)
    assert [row["stand"] for row in desk.type("bulk", begun, "--json").json] == ["waiting"]
    assert desk.type("bulk", begun, "--undo").code == 0
    again = desk.type("bulk", begun, "--undo")
    assert (again.code, "rien à annuler" in again.err) == (1, True)


def test_a_name_that_several_have_is_asked_for_whole() -> None:
    known = ["no_news.1.2019-05-20.email", "no_news.2.2019-07-01.email"]
    with pytest.raises(CommandRefused, match="Plusieurs ont ce nom"):
        notice_of(known, "no_news")
    assert notice_of(known, "no_news.2") == known[1]


def test_a_channel_that_is_stopped_already_stays_as_it_was_stopped(desk: Keyboard) -> None:
    assert desk.type("pause", "email", "--why", "premier motif").code == 0
    again = desk.type("pause", "email", "--why", "autre motif")
    assert (again.code, "déjà suspendu" in again.err) == (1, True)
    assert desk.type("resume", "email").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--dossier", 'D" || $.level = "INFO'], "référence de dossier"),
        (["--notice", 'x"'], "nom de message"),
        (["--since", "0m"], "durée"),
        (["--since", "1h "], "durée"),
        (["--since", "99999h"], "durée"),
    ],
)
def test_the_log_is_not_asked_for_what_makes_no_sense(
    desk: Keyboard, words: list[str], said: str
) -> None:
    done = desk.type("logs", *words)
    assert (done.code, said in done.err) == (1, True)


@pytest.fixture
def in_2031() -> Iterator[str]:
    """A world that has travelled further than this process has."""
    said = {
        "/local/clock": {"now": "2031-05-06T10:20:00+02:00"},
        "/local/settings": {"environment": {}},
    }

    class Says(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(said[self.path]).encode())

        def log_message(self, *_: Any) -> None:
            pass

    with answering(Says) as url:
        yield url


def test_in_a_world_that_has_travelled_a_command_acts_at_the_time_that_it_is_there(
    in_2031: str,
) -> None:
    with in_local_world(in_2031):
        there = bootstrap.now()
    assert f"{there:%Y-%m-%d %H:%M}" == "2031-05-06 08:20"
    assert bootstrap.now() < there
