"""What every e-mail wears: compiled anew, asking nobody for anything, and easy to change."""

import re
from pathlib import Path
from shutil import copytree

import pytest

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Language
from chalicelib.messages import rendering
from chalicelib.messages.compose import compose_email
from gallery.theme import COMPILED, SOURCE, compiled, themes
from tests.messages.samples import BY_EMAIL, DESK, DOSSIER, LINKS, NOW, everything, notice

PRODUCT = Path(rendering.__file__).parents[1]

each_theme = pytest.mark.parametrize("theme", themes(), ids=lambda folder: folder.name)
each_email = pytest.mark.parametrize("kind", BY_EMAIL)


def html(kind: Kind = Kind.CONFIRMATION_REQUEST, language: Language = Language.FR) -> str:
    return compose_email(notice(kind), everything(language), DESK, LINKS, DOSSIER, NOW).html


@each_theme
def test_the_layout_is_what_its_source_compiles_to(theme: Path) -> None:
    kept = (theme / COMPILED).read_text(encoding="utf-8")

    assert kept == compiled(theme), "python -m gallery.theme compiles it anew"


def test_the_theme_in_use_is_one_of_them() -> None:
    assert rendering.THEME in {theme.name for theme in themes()}


def test_the_product_compiles_nothing_itself() -> None:
    sources = [path.read_text(encoding="utf-8") for path in PRODUCT.rglob("*.py")]

    assert not any(re.search(r"^\s*(import|from) mrml", source, re.MULTILINE) for source in sources)


@each_theme
def test_a_theme_asks_the_network_for_nothing(theme: Path) -> None:
    for path in theme.iterdir():
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|<img|<link|<script|@import|url\(", source), path.name


@each_theme
def test_a_theme_adds_no_words_of_its_own(theme: Path) -> None:
    layout = (theme / COMPILED).read_text(encoding="utf-8")

    body = re.sub(r"^.*?<body|<!--.*?-->|<[^>]*>|\{.*?\}+", "", layout, flags=re.DOTALL)
    assert re.sub(r"^[^>]*>", "", body).split() == []


@each_email
def test_tables_are_there_for_the_look_alone(kind: Kind) -> None:
    tables = re.findall(r"<table[^>]*>", html(kind))

    assert tables
    assert all('role="presentation"' in table for table in tables)


def test_readers_are_told_of_both_schemes() -> None:
    assert '<meta name="color-scheme" content="light dark"' in html()
    assert "@media (prefers-color-scheme: dark)" in html()


@each_email
def test_no_mailbox_cuts_the_letter(kind: Kind) -> None:
    """Gmail shows the first 102 kB and hides the rest behind a link."""
    assert len(html(kind).encode()) < 30_000


@each_email
def test_words_are_typeset_and_what_programs_read_is_not(kind: Kind) -> None:
    for markup in re.findall(r"<style.*?</style>|<!--.*?-->|<[^>]*>", html(kind), flags=re.DOTALL):
        assert "\N{NO-BREAK SPACE}" not in markup


def test_another_theme_is_a_folder_and_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "other"
    copytree(rendering.THEMES / rendering.THEME, source)
    mjml = (source / SOURCE).read_text(encoding="utf-8").replace("#0b5563", "#5a1a6b")
    (source / SOURCE).write_text(mjml, encoding="utf-8")
    (source / COMPILED).write_text(compiled(source), encoding="utf-8")
    before = html()

    monkeypatch.setattr(rendering, "THEMES", tmp_path)
    monkeypatch.setattr(rendering, "THEME", "other")

    assert html() == before.replace("a { color: #0b5563", "a { color: #5a1a6b") != before
