"""The gallery: what it reads out of a document, which links it calls dead, what it writes."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
from werkzeug.test import Client

from chalicelib.domain.contact import Language
from chalicelib.domain.facts import facts_of
from gallery.__main__ import as_on, write
from gallery.as_read import AsRead
from gallery.cases import CASES, ORDINARY
from gallery.expected import expected, kept, otherwise, renew
from gallery.links import HOME, LINKS, dead_links, without_tokens
from gallery.renderings import SHIPPED, Rendering, renderings
from gallery.site import site
from gallery.stages import LETTERS
from local.studio.server import Site
from local.world import World

JUST_BOOKED = LETTERS[0].stage


@cache
def some() -> list[Rendering]:
    """The first notices in all their cases: e-mails, and the third with a PDF."""
    return list(islice(renderings(), 200))


# Reading


def test_a_document_is_read_as_people_see_it() -> None:
    read = AsRead(
        "<!doctype html><html><head><title>T</title><style>p{}</style></head><body>"
        "<div style='display: none'>Pre<br>view\u034f \u200c</div><!-- no -->"
        "<h1>One\n two</h1><p>a <b>b</b><br>c &amp; <a href='/x'>d</a></p>"
        "<ul><li>e<li>f</ul><form><button>Go</button></form><script>no</script></body></html>"
    )

    assert read.lines == ["# One two", "a b", "c & d </x>", "- e", "- f", "[Go]"]
    assert read.preheader == "Preview"
    assert read.links == ["/x"]


def test_what_is_hidden_within_hidden_stays_hidden() -> None:
    read = AsRead("<div hidden><p>a<img><span>b</span></p>c</div><p>d</p>")

    assert read.lines == ["d"]


# Links


def wrongs(*addresses: str) -> list[str]:
    facts = facts_of(JUST_BOOKED.life(ORDINARY, Language.FR))
    return list(dead_links(addresses, {"content"}, SHIPPED, ORDINARY.dossier_id, facts))


MINE, REVISION = ORDINARY.dossier_id, "gallery-appointment.selected"
SENT = facts_of(JUST_BOOKED.life(ORDINARY, Language.FR)).links.name


@pytest.mark.parametrize(
    "address",
    [
        LINKS.dossier(MINE, SENT),
        LINKS.confirm(MINE, REVISION, SENT),
        LINKS.convocation(MINE, REVISION, SENT) + "/pdf",
        LINKS.convocation(MINE, REVISION, SENT) + "/ics",
        "https://www.isere.gouv.fr",
        "mailto:isso@grenoble-univ.fr",
        "tel:+33456529789",
        "?lang=en",
        "#content",
    ],
)
def test_a_link_that_leads_somewhere_is_not_dead(address: str) -> None:
    assert wrongs(address) == []


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        (HOME, "which nobody answers"),
        (f"{HOME}/dossier", "opens nothing"),
        (f"{HOME}/nowhere/abc", "which nobody answers"),
        (LINKS.confirm(MINE, REVISION, SENT) + "/pdf", "which nobody answers"),
        (f"{HOME}/dossier/abc", "opens nothing"),
        (f"{HOME}/confirm/{LINKS.dossier(MINE, SENT).rpartition('/')[2]}", "opens nothing"),
        (LINKS.dossier("another", SENT), "opens nothing"),
        (LINKS.confirm(MINE, "another", SENT), "not the current one"),
        (LINKS.dossier(MINE, "older"), "of older links"),
        ("https://evil.example", "do not name"),
        ("tel:0000000000", "do not name"),
        ("?lang=de", "do not name"),
        ("#nowhere", "do not name"),
        ("javascript:alert(1)", "do not name"),
    ],
)
def test_a_link_that_leads_nowhere_is_called_dead_without_its_token(
    address: str, wrong: str
) -> None:
    (said,) = wrongs(address)

    assert wrong in said
    assert "eyJ" not in said
    assert "WyJ" not in said


def test_tokens_are_left_out_of_what_is_kept() -> None:
    text = f"a {LINKS.convocation(MINE, REVISION, SENT)}/pdf b"

    assert without_tokens(text) == f"a {HOME}/convocation/…/pdf b"


# Cases


def test_a_desk_that_closes_does_so_when_it_is_announced() -> None:
    (closed,) = (case for case in CASES if case.closed)
    desk = closed.desk(SHIPPED, date(2019, 4, 9))

    assert desk.closure_on(date(2019, 4, 19))
    assert not desk.closure_on(date(2019, 4, 26))


# What is kept


def test_the_ordinary_case_is_kept_whole_and_the_others_by_what_they_say_otherwise() -> None:
    text = expected(some())["confirmation_request.fr.txt"]

    assert text.startswith("=== e-mail\n\nSubject: ")
    assert text.count("\nBonjour Léa,\n") == 2  # in the text part and in the HTML part
    assert "\n--- no-name: No name was given\n\n- Bonjour Léa,\n+ Bonjour,\n" in text


def test_a_change_of_one_word_is_seen() -> None:
    first = some()[0]
    changed = replace(first, words=(*first.words[:-1], "other"))

    assert otherwise(first, changed) == [f"- {first.words[-1]}", "+ other"]


def test_renewing_writes_what_changed_and_removes_what_is_gone(tmp_path: Path) -> None:
    assert renew({"a.txt": "1", "b.txt": "2"}, tmp_path) == ["a.txt", "b.txt"]
    assert renew({"a.txt": "1", "c.txt": "é"}, tmp_path) == ["b.txt", "c.txt"]
    assert kept(tmp_path) == {"a.txt": "1", "c.txt": "é"}


# The pages


def test_every_link_and_frame_of_the_gallery_finds_its_file() -> None:
    files = site(some())
    pages = {name: text.decode() for name, text in files.items() if "/" not in name}

    for page in pages.values():
        for address in re.findall(r'(?:href|src)="([^"]*)"', page):
            file, _, anchor = address.partition("#")
            assert not file or file in files
            assert not anchor or f'id="{anchor}"' in (pages[file] if file else page)


def test_what_it_shows_can_do_nothing() -> None:
    files = site(some())
    frames = re.findall(r"<iframe[^>]*>", files["convocation.html"].decode())

    assert frames
    assert all(" sandbox " in frame and " title=" in frame for frame in frames)
    assert not any(b"<script" in page for name, page in files.items() if "/" not in name)


def test_it_can_be_narrowed_down_without_a_script() -> None:
    index = site(some())["index.html"].decode()

    assert '<a href="#only-fr">' in index
    assert '<span id="only-fr"></span>' in index
    assert "#only-fr:target~table tbody tr:not(.fr){display:none}" in index


def test_what_is_amiss_is_said_first() -> None:
    broken = replace(some()[0], wrongs=("leads nowhere",))
    index = site([broken, *some()[1:]])["index.html"].decode()

    assert "leads nowhere" in index
    assert "Nothing is amiss" not in index
    assert "Nothing is amiss" in site(some())["index.html"].decode()


def test_the_index_says_what_an_sms_costs() -> None:
    assert "at 0.05 US dollars a part" in site(some(), price=0.05)["index.html"].decode()


def test_the_index_names_the_desk_that_is_shown() -> None:
    assert "of another desk, in each" in site(some(), desk="another desk")["index.html"].decode()


def test_a_desk_can_be_shown_as_it_will_be_from_a_day_on() -> None:
    [now] = SHIPPED.terms
    later = replace(now, valid_from=date(2026, 9, 1))
    changed = replace(SHIPPED, terms=(now, later))

    assert as_on(changed, date(2026, 8, 31)).terms_on(date(2019, 5, 14)) is now
    assert as_on(changed, date(2026, 9, 1)).terms_on(date(2019, 5, 14)) is later


def test_it_is_written_under_its_folder(tmp_path: Path) -> None:
    files = site(some())
    write(files, tmp_path)

    found = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert found == set(files)
    assert any(name.endswith(".pdf") for name in files)


@pytest.mark.enable_socket
def test_the_local_world_serves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    site = {"index.html": b"<p>", "files/a.ics": b""}
    monkeypatch.setattr("local.studio.routes._gallery", lambda: site)
    with World(start=datetime(2019, 4, 8, 8, 0, tzinfo=UTC)) as world:
        client = Client(Site(world))
        index = client.get("/local/gallery", follow_redirects=True)

        assert (index.status_code, index.mimetype, index.data) == (200, "text/html", b"<p>")
        assert client.get("/local/gallery/files/a.ics").mimetype == "text/calendar"
        assert client.get("/local/gallery/nothing.html").status_code == 404
        assert '<a href="/local/gallery">' in client.get("/").text
