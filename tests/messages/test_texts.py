"""The files themselves: none missing, none unread, all languages alike."""

import inspect
import re
import tomllib
from pathlib import Path

import pytest

from chalicelib.desk_data import load
from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Language
from chalicelib.domain.errors import TextFailed
from chalicelib.domain.facts import Facts, State
from chalicelib.messages.console.outside import Outside
from chalicelib.messages.letter import StudentAddresses
from chalicelib.messages.pages import Page
from chalicelib.messages.phrases import TEXTS
from chalicelib.messages.rendering import THEMES, render
from chalicelib.messages.variables import link_variables, variables
from tests.messages.samples import (
    AT_THE_DESK,
    BY_EMAIL,
    BY_SMS,
    DOSSIER,
    LINKS,
    NOW,
    everything,
    notice,
)

LETTER = ("subject.txt", "preheader.txt", "body.txt", "body.html")
#: What the console is made of, beside what its templates name themselves.
CONSOLE = (
    *("access", "access_file", "audit", "bulk", "cards", "cards_preview", "channels", "day"),
    *(
        "dead_letters",
        "dismissed",
        "dossier",
        "figures",
        "find",
        "home",
        "list",
        "list_columns",
        "list_preview",
        "lists",
        "message",
        "not_found",
        "put_off",
    ),
    *("quarantine", "quarantine_list", "waiting"),
)
TABLES = ("forms.toml", "htmx.min.js", "style.css", "troubles.toml", "words.toml")
FRENCH = sorted(
    path.relative_to(TEXTS) for path in TEXTS.rglob("*.*") if path.parent.name == Language.FR
)

OTHERS = [language for language in Language if language is not Language.FR]


def named() -> set[str]:
    """The texts that the code asks for by name."""
    students = {f"{kind}/{part}" for kind in BY_EMAIL for part in LETTER}
    students |= {f"{kind}/sms.txt" for kind in BY_SMS}
    students |= {
        "_mail/foot.html",
        "_mail/foot.txt",
        "_pages/about.html",
        *(f"_pages/{page}.html" for page in Page),
    }
    students |= {f"_pages/now_{state}.html" for state in State}
    in_each = {name.replace("/", f"/{language}/") for name in students for language in Language}
    in_each |= {f"_words/{language}.toml" for language in Language}
    desk = {f"{kind}/title.txt" for kind in Kind} | {f"{kind}/advice.txt" for kind in AT_THE_DESK}
    console = {f"_console/{page}.html" for page in (*Outside, *CONSOLE)}
    console |= {f"_console/{table}" for table in TABLES}
    agents = {f"{folder}/{part}" for folder in ("_digest", "_unanswered") for part in LETTER}
    return in_each | desk | console | agents | {"_pages/style.css"}


def mentioned_by_texts() -> set[str]:
    """The texts that others include, extend or borrow from."""
    sources = (
        path.read_text(encoding="utf-8") for path in [*TEXTS.rglob("*.*"), *THEMES.rglob("*.*")]
    )
    return {name for source in sources for name in re.findall(r'"(_\w+/[\w/]+\.\w+)"', source)}


def test_every_notice_has_its_texts_and_every_text_its_use() -> None:
    files = {path.relative_to(TEXTS).as_posix() for path in TEXTS.rglob("*.*")}

    assert named() - files == set()
    assert files - named() - mentioned_by_texts() == set()


OFFICE = re.compile(r"\{\{ (?:counter|helper|to_ask)\.short[^}]*\}\}")


def without_words(tag: str) -> str:
    """A tag without what it says, such as on a button; a file or an address is no word. Nor is what
    makes a name fit its sentence.
    """
    plain = re.sub(r" \| (au|du|al|del|begins|map\(\"(au|al)\"\))", "", tag)
    return re.sub(r'"[^"/]*"', "…", re.sub(r'"/\w+"', "", plain))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("french", FRENCH, ids=str)
def test_all_languages_mention_the_same_things(french: Path, language: Language) -> None:
    def mentioned(path: Path) -> list[str]:
        text = (TEXTS / path).read_text(encoding="utf-8").replace(f"/{language}/", "/fr/")
        text = OFFICE.sub("", text)  # a language names one as often as it needs to
        return sorted(without_words(tag) for tag in re.findall(r"\{[{%][^}]*\}", text))

    assert mentioned(french) == mentioned(french.parent.parent / language / french.name)


def phrases_of(language: Language) -> dict[str, dict[str, str]]:
    return tomllib.loads((TEXTS / "_words" / f"{language}.toml").read_text(encoding="utf-8"))


#: The closures name an office, after a preposition or alone; an hour is counted to 24 or to 12.
AS_IT_NEEDS = re.compile(r"\{(\w*office|hour|twelve|half)\}")


@pytest.mark.parametrize("language", OTHERS)
def test_all_languages_have_the_same_short_words(language: Language) -> None:
    def shape(language: Language) -> dict[tuple[str, str], list[str]]:
        return {
            (table, key): sorted(re.findall(r"\{\w*\}", AS_IT_NEEDS.sub("", said)))
            for table, phrases in phrases_of(language).items()
            if table != "hours_elided"
            for key, said in phrases.items()
        }

    assert shape(language) == shape(Language.FR)


@pytest.mark.parametrize("name", [f"{kind}/fr/{part}" for kind in BY_EMAIL for part in LETTER])
def test_a_variable_that_nobody_knows_is_refused(name: str) -> None:
    source = (TEXTS / name).read_text(encoding="utf-8")
    mentioned = set(re.findall(r"\{\{ (\w+) \}\}", source))
    mentioned -= set(re.findall(r"(\w+) is defined", source))
    if name.endswith(("body.txt", "body.html")):
        mentioned.add("salutation")

    for variable in mentioned:
        with pytest.raises(TextFailed, match=name):
            render(name, {"language": "fr"} | dict.fromkeys(mentioned - {variable}, "x"))


GUIDE = Path(__file__).parents[2] / "docs" / "texts.md"
ATTACHED = {"has_invite", "has_convocation"}


def known_from(facts: Facts, links: StudentAddresses) -> set[str]:
    """What a text may mention of a dossier, at a desk that has no more than it must."""
    desk = load("montrevel")
    known = variables(notice(Kind.NO_NEWS), facts, desk, DOSSIER, NOW)
    return {*known, *link_variables(links, Language.FR), *ATTACHED}


def test_the_guide_lists_what_a_text_may_mention_and_marks_what_is_not_always_known() -> None:
    table = GUIDE.read_text(encoding="utf-8").partition("## What a text may mention")[2]
    cells = " ".join(re.findall(r"^\| (`.+?) \|", table.partition("\n## ")[0], re.MULTILINE))
    source = Path(inspect.getfile(variables)).read_text(encoding="utf-8")
    names = set(re.findall(r'^ +(?:\*\*\(\{)?"(\w+)":', source, re.MULTILINE))
    no_links = StudentAddresses(site="s", dossier="d", unsubscribe="u")
    always = known_from(Facts(known_since=NOW), no_links)

    assert set(re.findall(r"`(\w+)`", cells)) == names | known_from(everything(), LINKS)
    assert set(re.findall(r"`(\w+)`(?!\*)", cells)) == always
