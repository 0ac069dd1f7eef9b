"""The console's pages: whole, in French, safe with whatever anybody typed."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings

from chalicelib.decoding.contacts import contact_of
from chalicelib.domain.attempts import ARRIVED, Kind, Status
from chalicelib.domain.contact import Channel, Contact, Language
from chalicelib.domain.facts import facts_of
from chalicelib.domain.operators import Operator, Role
from chalicelib.domain.quarantine import Heard
from chalicelib.domain.timeline import Entry
from chalicelib.messages.console import pages
from chalicelib.messages.console.frame import Frame
from chalicelib.messages.console.views import Filters, MessageStep
from chalicelib.messages.console.words import codes
from gallery import console
from gallery.console import PAGES, frame
from tests.messages.hostile import PLAIN, Elements, Typed, hostile

#: What a page of the console may not have under its policy, or for its reader's sake.
FORBIDDEN = {"style", "onclick", "onload", "onsubmit", "onerror"}


class Ids(HTMLParser):
    """The ids of a page, what refers to them, its fields, and what names them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.refers: set[str] = set()
        self.fields: set[str] = set()
        self.forms: list[dict[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if "id" in has:
            self.ids.append(has["id"])
        described = has.get("aria-describedby", "") + " " + has.get("aria-labelledby", "")
        self.refers |= {*described.split(), *filter(None, [has.get("for")])}
        if has.get("href", "").startswith("#"):
            self.refers.add(has["href"][1:])
        if tag == "form":
            self.forms.append({"method": has.get("method", "get"), "action": has["action"]})
        if tag == "input" and has.get("type") == "hidden" and self.forms:
            self.forms[-1][has["name"]] = has["value"]


def words(html: str) -> str:
    """What a person reads."""
    bare = re.sub(r"<(style|title)>.*?</\1>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", bare).replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.fixture(scope="module", params=PAGES)
def html(request: pytest.FixtureRequest) -> str:
    return PAGES[request.param]()


def test_every_page_is_french_and_has_one_heading_that_is_its_title(html: str) -> None:
    assert html.startswith('<!doctype html>\n<html lang="fr">')
    (heading,) = re.findall(r"<h1>(.*?)</h1>", html)
    assert f"{heading} – Relance</title>" in html


def test_no_page_needs_what_its_policy_forbids(html: str) -> None:
    elements = Elements(html).found
    attributes = {name for _, attrs in elements for name, _ in attrs}
    assert attributes & FORBIDDEN == set()
    assert [tag for tag, _ in elements].count("style") == 1
    scripts = [dict(attrs) for tag, attrs in elements if tag == "script"]
    assert all(str(script["src"]).startswith("/desk/htmx.js?v=") for script in scripts)


def test_whatever_a_page_refers_to_is_on_it_once(html: str) -> None:
    page = Ids(html)
    assert page.refers - set(page.ids) == set()
    assert len(page.ids) == len(set(page.ids))


def test_every_form_that_changes_something_carries_both_keys(html: str) -> None:
    posts = [form for form in Ids(html).forms if form["method"] == "post"]
    assert posts
    assert all((f["form"], f["nonce"]) == ("f0rm-t0ken", "n0nce-n0nce") for f in posts)


def test_what_has_to_be_chosen_begins_with_no_choice(html: str) -> None:
    beginnings = re.findall(r"<select [^>]*required[^>]*>\s*(<option[^>]*>[^<]*)", html)
    assert set(beginnings) <= {'<option value="">Choisissez'}


def test_whoever_is_in_can_sign_out_from_every_page(html: str) -> None:
    assert [form["action"] for form in Ids(html).forms].count("/desk/sign-out") == 1


def test_no_page_says_none_or_shows_a_code_as_a_word(html: str) -> None:
    assert "None" not in words(html)
    assert not re.search(r"\b(Kind|State|Fate)\.", words(html))


def test_the_style_sheet_is_small() -> None:
    assert len(pages.style().encode()) < 12_000


def test_the_script_is_the_version_that_its_address_names() -> None:
    assert f'version:"{pages.HTMX}"' in pages.htmx()


def test_the_first_page_says_what_holds_everybody_up() -> None:
    said = words(PAGES["home"]())
    for part in (
        "Canal e-mail bloqué par le service d’envoi",
        "Canal SMS suspendu par a.durand",
        "Titres prêts : 4 dossiers",
        "12 messages du système de réservation en quarantaine",
        "Personne injoignable (12)",
        "Page 1 sur 3",
    ):
        assert part in said
    assert "Les chiffres manquent" in words(PAGES["home, empty"]())
    silent = words(PAGES["home, told"]())
    assert "Relance n’a rien enregistré du système de réservation depuis le" in silent
    assert "72 heures d’ouverture, d’après le calcul du" in silent


def test_every_field_that_somebody_types_into_has_a_name_when_it_is_shown_again() -> None:
    forms = re.findall(
        r'<form[^>]*"post".*?</form>', "".join(page() for page in PAGES.values()), re.DOTALL
    )
    fields = re.findall(r"<(?:input|textarea) [^>]*>", "".join(forms))
    typed = [one for one in fields if not re.search(r'"(hidden|checkbox|radio|file)"', one)]
    assert set(re.findall(r' name="(\w+)"', "".join(typed))) == codes("typed")


def test_another_page_of_a_list_keeps_its_filters() -> None:
    assert "/desk?kind=unreachable&amp;urgent=1&amp;page=3" in PAGES["home, filtered"]()


@pytest.mark.parametrize(
    ("role", "seen", "unseen"),
    [
        (Role.READ, {"Rechercher", "Canaux"}, {"Titres prêts", "Messages bloqués"}),
        (Role.ACT, {"Titres prêts"}, {"Messages bloqués", "Journal d’audit"}),
        (Role.ADMIN, {"Messages bloqués", "Journal d’audit"}, set()),
    ],
)
def test_the_menu_shows_what_a_role_may_open(role: Role, seen: set[str], unseen: set[str]) -> None:
    said = words(pages.home(console.QUIET, Filters(), console.NOW, frame(role)))
    assert [part for part in seen if part not in said] == []
    assert [part for part in unseen if part in said] == []


def test_who_may_only_read_finds_no_form_to_act() -> None:
    forms = Ids(PAGES["dossier, read"]()).forms
    assert [form["action"] for form in forms] == ["/desk/find", "/desk/sign-out"]


@pytest.mark.parametrize(
    ("address", "outline"),
    [
        ("lea.benali@example.org", "l…@example.org"),
        ("+33612345678", "… 78"),
        ("@example.org", "…@example.org"),
    ],
)
def test_an_address_in_outline_is_known_again_by_whoever_knows_it(
    address: str, outline: str
) -> None:
    assert pages.masked(address) == outline


@pytest.mark.parametrize(
    "status", [Status.DELIVERED, Status.COMPLAINED, Status.ACCEPTED, Status.BOUNCED]
)
def test_only_a_message_that_arrived_is_called_received(status: Status) -> None:
    course = (MessageStep(at=console.NOW, status=status),)
    said = words(pages.sent(replace(console.SENT, course=course), frame()))
    assert ("Message reçu par la personne" in said) == (status in ARRIVED)
    assert "Recomposé avec ce qui était connu à l’envoi" in said


def test_a_role_that_is_called_as_its_holder_is_said_once() -> None:
    agent = replace(frame(), operator=Operator(name="agent", role=Role.ACT))
    assert "agent, agent" not in words(pages.sent(console.SENT, agent))


def test_a_text_message_is_told_with_its_parts_and_its_alphabet() -> None:
    said = words(PAGES["message, sms"]())
    assert "1 SMS, 52 caractères, codage GSM-7" in said


@pytest.mark.parametrize(
    ("page", "title"),
    [("home", "(107) À traiter – Relance"), ("home, empty", "À traiter – Relance")],
)
def test_a_tab_says_how_much_waits(page: str, title: str) -> None:
    [said] = re.findall("<title>(.*?)</title>", PAGES[page]().replace("\N{NO-BREAK SPACE}", " "))
    assert said == title


def test_before_the_sign_in_there_is_neither_menu_nor_name() -> None:
    html = pages.not_found(Frame())
    assert "<nav" not in html
    assert "Se déconnecter" not in html


def test_a_refused_form_stands_open_with_what_was_typed_and_what_is_wrong() -> None:
    html = PAGES["dossier, refused"]()
    assert "<title>Erreur : Dossier" in html.replace("\N{NO-BREAK SPACE}", " ")
    assert 'href="#incomplete-missing_documents"' in html
    assert 'value="2019-05-09"' in html
    assert html.count('<details class="act" open>') == 1
    assert 'aria-invalid="true"' in html


def test_a_second_press_sends_what_left_today() -> None:
    html = PAGES["dossier, twice"]()
    assert '<input type="hidden" name="even_so" value="1">' in html
    assert "Envoyer quand même" in html
    assert "Elle ne le trouve pas." in html


def test_only_a_dossier_that_moves_asks_for_news() -> None:
    moving, still = PAGES["dossier, moving"](), PAGES["dossier"]()
    assert 'hx-select="#now"' in moving
    assert "hx-get" not in still


def test_what_nobody_could_send_to_is_no_link() -> None:
    html = PAGES["dossier, useless"]()
    assert "mailto:" not in html


@pytest.mark.parametrize("page", ["dossier", "home", "list", "day", "find"])
@pytest.mark.parametrize(
    ("code", "can_be_called"), [("TEXT_INVALID", False), ("TEXT_BLOCKED", True)]
)
def test_what_came_back_for_good_is_no_link_and_says_so(
    page: str, code: str, can_be_called: bool
) -> None:
    refused = {Channel.EMAIL: "Bounce.Permanent.General", Channel.SMS: code}
    row = replace(console.ROWS[0], refused=refused)
    found = replace(console.FOUND.rows[0], refused=refused)
    day = replace(console.EXPECTED, rows=(replace(console.EXPECTED.rows[1], refused=refused),))
    html = {
        "dossier": lambda: pages.dossier(
            replace(console.VIEW, refused=refused), console.DESK, frame(), console.AGAIN_ON
        ),
        "home": lambda: pages.home(
            replace(console.BUSY, rows=(row,)), Filters(), console.NOW, frame()
        ),
        "list": lambda: pages.unreached(replace(console.LISTED, rows=(row,)), console.NOW, frame()),
        "day": lambda: pages.day(day, frame()),
        "find": lambda: pages.find(replace(console.FOUND, rows=(found,)), frame()),
    }[page]()
    assert "mailto:" not in html
    assert ("tel:" in html) is can_be_called
    assert html.count("(ne fonctionne pas)") == (1 if can_be_called else 2)


def test_only_who_looks_after_the_machine_reads_a_technical_reason() -> None:
    reason = console.HELD_BODY.row.reason
    assert reason in pages.quarantine(console.HELD_BODY, frame())
    assert reason not in pages.quarantine(console.HELD_BODY, frame(Role.ACT))


def test_only_a_bulk_that_moves_asks_for_news() -> None:
    done = replace(console.RUNNING, rows=console.RUNNING.rows[:3])
    still = pages.bulk(console.viewed(done), frame())
    assert 'hx-trigger="every 15s"' in PAGES["bulk"]()
    assert '"allowEval":false' in PAGES["bulk"]()
    assert "htmx" not in still
    assert "Annuler" not in words(still)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+33612345678", "06 12 34 56 78"),
        ("+33 6 12 34 56 78", "06 12 34 56 78"),
        ("06.12.34.56.78", "06 12 34 56 78"),
        ("+262692123456", "06 92 12 34 56"),
        ("+4917612345678", "+4917612345678"),
        ("+33 6 12", "+33 6 12"),
        ("٠٦١٢٣٤٥٦٧٨", "٠٦١٢٣٤٥٦٧٨"),
    ],
)
def test_a_number_is_shown_as_it_is_read_out(number: str, shown: str) -> None:
    assert pages.phone_in_groups(number).replace("\N{NO-BREAK SPACE}", " ") == shown


def test_what_nothing_can_be_sent_to_is_said_with_the_reason() -> None:
    said = words(PAGES["dossier, useless"]())
    for part in (
        "Un point est mal placé avant l’arobase de l’adresse e-mail : rien ne peut y être envoyé.",
        "Pas de SMS : ce numéro n’est pas celui d’un mobile.",
        "français (demandée : « es », dans laquelle nous n’écrivons pas)",
        "Adresse e-mail : lea.@example.org Demande de confirmation : Un point est mal placé",
        "Champs non lus, ou pas en entier : le numéro de version.",
    ):
        assert part in said
    assert "Pas de SMS" not in words(PAGES["dossier"]())
    assert "Pas de SMS" not in words(PAGES["dossier, forgotten"]())


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (None, "Pas de SMS : aucun numéro n’est connu"),
        ("call my mother", "Pas de SMS : ce n’est pas un numéro de téléphone"),
        ("+4915123456789", "Pas de SMS : ils ne partent que vers les mobiles de France"),
    ],
)
def test_who_gets_no_sms_is_said_on_the_page(number: str | None, why: str) -> None:
    contact = contact_of(
        given_name="", family_name="Benali", email=None, phone=number, language=None
    )
    view = replace(console.VIEW, facts=replace(console.FACTS, contact=contact))
    assert why in words(pages.dossier(view, console.DESK, frame(), console.AGAIN_ON))


@pytest.mark.parametrize(
    ("tag", "offered", "said"),
    [
        ("en", (Language.FR, Language.EN), "anglais"),
        ("en", (Language.FR,), "français (demandée : « en », dans laquelle nous n’écrivons pas)"),
        ("es", (Language.EN, Language.FR), "anglais (demandée : « es », dans laquelle"),
        (None, (Language.FR,), "français"),
    ],
)
def test_the_page_says_what_a_student_is_written_to_in_and_what_they_wished(
    tag: str | None, offered: tuple[Language, ...], said: str
) -> None:
    contact = contact_of(given_name="", family_name="B", email=None, phone=None, language=tag)
    view = replace(console.VIEW, facts=replace(console.FACTS, contact=contact))
    desk = replace(console.DESK, languages=offered)
    html = pages.dossier(view, desk, frame(), console.AGAIN_ON)
    assert f"Langue {said}" in " ".join(words(html).split())
    # Whoever corrects the rest of a contact does not take the wish away.
    shown = contact.language or ""
    assert f'<option value="{shown}" selected' in html


def test_a_number_is_dialled_as_it_was_read() -> None:
    contact = replace(console.LEA, phone="06 12 34 56 78", number="+33612345678")
    view = replace(console.VIEW, facts=replace(console.FACTS, contact=contact))
    assert 'href="tel:+33612345678"' in pages.dossier(view, console.DESK, frame(), console.AGAIN_ON)


@pytest.mark.parametrize(
    ("page", "links", "replays"),
    [
        ("quarantine", False, True),
        ("quarantine, known", True, True),
        ("quarantine, recorded", True, False),
    ],
)
def test_a_webhook_is_settled_in_a_dossier_only_where_there_is_one(
    page: str, links: bool, replays: bool
) -> None:
    html = PAGES[page]()
    assert (f'href="/desk/dossiers/{console.DOSSIER}"' in html) is links
    assert ("/replay" in html) is replays
    assert ("n’est pas encore connu ici" in words(html)) is not links


def test_what_is_in_quarantine_is_told_by_cause_in_words() -> None:
    said = words(PAGES["quarantine_list"]())
    for heading in (
        "Dossiers que Relance ne peut pas lire : 1",
        "Il manque le type d’événement : 1 200",
        "Illisible : la date et l’heure du rendez-vous : 2",
        "Enregistrés, mais sans le numéro de version, le dossier renouvelé : 1",
        "Type d’événement inconnu : 1",
    ):
        assert heading in said
    assert "Quarantaine (4)" in said
    assert "data." not in said
    assert "Rien n’est en quarantaine" in words(PAGES["quarantine_list, empty"]())


def test_each_in_quarantine_says_what_of_whom_and_leads_to_its_dossier() -> None:
    html = PAGES["quarantine_list, group"]()
    said = words(html)
    assert "Rendez-vous choisi, du jeudi 9 mai 2019, pour Léa Benali" in said
    assert (
        "Événement inconnu « appointment.vanished », du vendredi 10 mai 2019, pour Minh, "
        "rendez-vous du mardi 14 mai 2019 à 10 h 30" in said
    )
    assert f'href="/desk/dossiers/{console.DOSSIER}"' in html
    assert "Dossier G-2019-9999, inconnu de Relance" in said
    assert 'href="/desk/dossiers/G-2019-9999"' not in html


def test_a_press_says_how_many_are_done_and_how_many_are_left() -> None:
    said = words(PAGES["quarantine_list, many"]())
    assert "Rejoués et enregistrés : 12. Toujours en quarantaine : 188." in said
    assert "Pas encore rejoués : 1000." in said
    assert "Quarantaine (1 000 ou plus)" in said
    assert "Il y en a plus que Relance n’en lit à la fois (10 000)" in said


def test_a_list_that_is_cut_says_so_with_its_numbers() -> None:
    home = words(PAGES["home, cut"]())
    assert "Plus de 10 000 dossiers attendent" in home
    assert "31 dossiers que Relance ne peut pas lire" in home
    assert "Au moins 1 000 messages du système de réservation en quarantaine" in home
    paper = words(PAGES["list, cut"]())
    assert "1 204 personnes ou plus, page 2 sur 3" in paper


def test_an_export_writes_instants_in_words() -> None:
    said = pages.instant_in_words(console.SLOT).replace("\N{NO-BREAK SPACE}", " ")
    assert said == "mardi 14 mai 2019 à 10 h 30"
    assert pages.instant_in_words(None) == ""


def test_what_somebody_sent_is_shown_to_the_letter() -> None:
    view = replace(console.HELD_BODY, body='{"a" : 1, "b" ; 2}')
    assert "{&#34;a&#34; : 1, &#34;b&#34; ; 2}" in pages.quarantine(view, frame())


# Whatever anybody types


def in_every_page(typed: Typed) -> dict[str, str]:
    """The pages with these words in every field that somebody outside can fill."""
    contact = Contact(
        given_name=typed.given_name,
        family_name=typed.family_name,
        email=typed.family_name,
        phone=typed.phone,
        number="+33612345678",
        mobile="+33612345678",
    )
    selected = replace(console.SELECTED, contact=contact, recepisse_number=typed.recepisse_number)
    incomplete = replace(console.RESENT, missing_documents=typed.missing_documents, why=typed.phone)
    facts = facts_of((selected, console.CONFIRMED))
    told = (Entry(at=e.at, what=console.STORY[0].what, event=e) for e in (selected, incomplete))
    view = replace(
        console.VIEW, facts=facts, timeline=(*told, *console.STORY[1:]), journal=(typed.phone,)
    )
    refusal = replace(console.REFUSED, typed={"missing_documents": typed.given_name})
    row = replace(console.ROWS[0], contact=contact)
    found = replace(
        console.FOUND,
        asked=typed.phone,
        rows=(replace(console.FOUND.rows[0], contact=contact),),
    )
    body = replace(
        console.HELD_BODY,
        body=typed.phone,
        row=replace(console.WEBHOOK, reason=typed.given_name, key=typed.family_name),
    )
    paused = replace(console.HELD[1], pause=replace(console.PAUSE, why=typed.phone))
    busy = replace(
        console.BUSY, rows=(row,), unreadable=(body.row,), channels=(console.HELD[0], paused)
    )
    mail = replace(console.MAIL, text=typed.phone, subject=typed.given_name, html=typed.family_name)
    sent = replace(console.SENT, letter=mail, to=typed.phone)
    expected = replace(console.EXPECTED.rows[1], contact=contact, missing=(typed.phone,))
    put_off = replace(console.PUT_OFF[0], contact=contact, why=typed.phone, by=typed.given_name)
    heard = Heard(type=typed.phone, dossier_id="D-1", name=typed.family_name)
    held = replace(console.KNOWN_BODY, heard=heard, body=typed.given_name, contact=contact)
    rendered: dict[str, Callable[[], str]] = {
        "home": lambda: pages.home(busy, Filters(), console.NOW, frame()),
        "find": lambda: pages.find(found, frame()),
        "dossier": lambda: pages.dossier(
            view, console.DESK, frame(refusal=refusal), console.AGAIN_ON
        ),
        "quarantine": lambda: pages.quarantine(body, frame()),
        "quarantine_list": lambda: console.in_quarantine(
            replace(console.OF_ONE_CAUSE, rows=(held,))
        ),
        "channels": lambda: pages.channels((console.HELD[0], paused), frame()),
        "list": lambda: pages.unreached(replace(console.LISTED, rows=(row,)), console.NOW, frame()),
        "message": lambda: pages.sent(sent, frame(), is_shown=True),
        "day": lambda: pages.day(replace(console.EXPECTED, rows=(expected,)), frame()),
        "put_off": lambda: pages.put_off((put_off,), frame()),
    }
    return {name: render() for name, render in rendered.items()}


def shape(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """The elements of a page with the names of their attributes, and no values."""
    return [(tag, tuple(name for name, _ in attrs)) for tag, attrs in Elements(html).found]


IN_GOOD_FAITH = {name: shape(html) for name, html in in_every_page(PLAIN).items()}


@settings(max_examples=25, deadline=None)
@given(typed=hostile)
def test_nothing_that_anybody_types_becomes_an_element(typed: Typed) -> None:
    for name, html in in_every_page(with_something_everywhere(typed)).items():
        assert shape(html) == IN_GOOD_FAITH[name], name


def with_something_everywhere(typed: Typed) -> Typed:
    """An empty field has no line of its own: each holds at least a letter."""
    given: dict[str, Any] = {
        name: f"x{getattr(typed, name)}"
        for name in ("given_name", "family_name", "phone", "recepisse_number")
    }
    return replace(typed, **given)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+33612345637", "06 12 34 56 37"),
        ("06 12 34 56 37", "06 12 34 56 37"),
        ("+4915112345678", "004915112345678"),
        (None, ""),
    ],
)
def test_a_number_in_a_spreadsheet_is_one_that_can_be_dialled(
    number: str | None, shown: str
) -> None:
    assert pages.number_in_a_cell(number) == shown


def test_the_styles_of_a_framed_email_are_its_sheets_and_attributes_each_once() -> None:
    html = (
        '<style>p { color: red }</style><p style="margin:0">Bonjour</p>'
        '<p style="margin:0">encore</p><p style="">rien</p><style>a { color: blue }</style>'
    )
    assert pages.styles_in(html) == ["p { color: red }", "margin:0", "a { color: blue }"]


def test_whose_file_it_may_be_besides_is_told_by_their_dossiers() -> None:
    assert console.ASKED_FOR.may_be_theirs == [kin.row.dossier_id for kin in console.ASKED_FOR.kin]


@pytest.mark.parametrize(
    ("total", "is_cut", "title", "said"),
    [
        (107, False, "(107) À traiter – Relance", ""),
        (0, False, "À traiter – Relance", "À présent : 0 dossier à traiter. Actualiser la liste"),
        (
            10_000,
            True,
            "(10000+) À traiter – Relance",
            "À présent : 10 000 dossiers ou plus à traiter. Actualiser la liste",
        ),
    ],
)
def test_what_the_first_page_asks_for_is_its_title_and_a_word_where_there_is_news(
    total: int, is_cut: bool, title: str, said: str
) -> None:
    html = pages.waiting(total, is_cut=is_cut, shown=107)
    plain = html.replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ")
    assert re.findall("<title>(.*?)</title>", plain) == [title]
    assert " ".join(re.sub(r"<title>.*?</title>|<[^>]+>", "", plain).split()) == said


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (Filters(), "page=1"),
        (Filters(urgent=True, page=2), "urgent page=2"),
        (Filters(kind=Kind.UNREACHABLE, urgent=True), "unreachable urgent page=1"),
    ],
)
def test_the_audit_says_which_list_was_read(filters: Filters, said: str) -> None:
    assert str(filters) == said
