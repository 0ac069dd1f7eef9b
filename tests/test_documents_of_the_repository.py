"""What people look for when they pick the repository up is there, whole, and leads on."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.domain.events import Closing
from chalicelib.messages.console import story
from chalicelib.messages.console.words import FOLDER
from chalicelib.messages.phrases import TEXTS
from chalicelib.pipeline.quarantines import Because
from infra.packaging.target import project
from local.studio.scenes import SCENES
from tests.entrypoints.contract import CONTRACT, fields_of

ROOT = Path(__file__).parents[1]
DECISIONS = ROOT / "docs" / "decisions"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
#: In French; and the last of them quotes letters, line by line.
OF_FRENCH = {"aipd.md", "console.md", "guide-agent.md", "registre.md", "statements.md"}
DATA_MODEL = ROOT / "docs" / "architecture.md"
RECORDS = sorted(path for path in DECISIONS.glob("[0-9]*.md") if not path.name.startswith("0000"))

_RECORD = re.compile(
    r"# (?P<number>\d{4})\. (?P<title>.+)\n\n"
    r"- Date: (?P<date>\d{4}-\d\d-\d\d)\n"
    r"- Status: (?P<status>(?:accepted(?:, amended by)?|superseded by)(?:,? \[\d{4}\]\([^)]+\))*)\n"
    r"(?:- (?:Amends|Supersedes): (?P<former>\[\d{4}\]\(.+\).*)\n)?"
    r"\n## Context\n"
)
_LINKED = re.compile(r"\[(\d{4})\]\([^)]+\)")

#: What an English page only repeats: code, and French.
_REPEATED = re.compile(r"```.*?```|`[^`\n]*`|«.*?»", re.DOTALL)
#: What tells of a dossier in words of its own.
STORY = Path(story.__file__)
#: What a page for agents quotes; and of a page what nobody reads, and what is filled in.
_QUOTED = re.compile(r"«\s*([^»]+?)\s*»")
_TAGS = re.compile(r"<[^>]+>|{%.*?%}|{#.*?#}", re.DOTALL)
_FILLED, _LITERAL = re.compile(r"{{.*?}}", re.DOTALL), re.compile('"([^"]*)"')

#: A test that a page names, with its file or without.
_NAMED = re.compile(r"`(?:([\w/]+\.py)::)?(test_\w+)`")
#: One line of a table of docs/security.md: points of the standard, and the verdict on them.
_JUDGED = re.compile(r"^\| (\d[\d., –]*) \| .+? \| ([a-z A-Z]+) \| .+ \|$", re.MULTILINE)
_COUNTED = re.compile(r"^\| ([a-z A-Z]+) \| (\d+) \| (.+) \|$", re.MULTILINE)
#: So many have levels 1 and 2 of ASVS 5.0.0.
_POINTS = 253


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def record_of(path: Path) -> re.Match[str]:
    record = _RECORD.match(text_of(path))
    assert record, f"{path.name} does not begin as docs/decisions/0000-template.md does"
    return record


@pytest.mark.parametrize("path", RECORDS, ids=name_of)
def test_a_decision_has_its_number_a_date_a_status_and_a_line_in_the_list(path: Path) -> None:
    record = record_of(path)
    number, title, date = record["number"], record["title"], record["date"]
    status = _LINKED.sub(r"\1", record["status"])
    assert path.name.startswith(f"{number}-")
    line = f"| [{number}]({path.name}) | {title} | {date} | {status} |"
    assert line in text_of(DECISIONS / "README.md").splitlines()


def test_the_list_of_decisions_has_each_once_in_order() -> None:
    listed = re.findall(r"^\| \[(\d{4})\]", text_of(DECISIONS / "README.md"), re.MULTILINE)
    assert listed == [path.name[:4] for path in RECORDS]
    assert len(set(listed)) == len(listed)


def test_a_changed_decision_and_the_one_that_changes_it_name_each_other() -> None:
    records = [record_of(path) for path in RECORDS]
    said_by_the_former = {
        (later, record["number"])
        for record in records
        for later in _LINKED.findall(record["status"])
    }
    assert said_by_the_former
    assert said_by_the_former == {
        (record["number"], former)
        for record in records
        for former in _LINKED.findall(record["former"] or "")
    }


def anchors_of(path: Path) -> set[str]:
    """What GitHub calls the headings of a page in links."""
    headings = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_link_to_a_heading_finds_it(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]*)#([^)]+)\)", text_of(path))
    pages = [(path if not page else path.parent / page, anchor) for page, anchor in links]
    markdown = [(page, anchor) for page, anchor in pages if page.suffix == ".md"]
    assert [anchor for page, anchor in markdown if anchor not in anchors_of(page)] == []


def test_the_data_model_has_every_index_and_key_of_the_table() -> None:
    resources, page = text_of(ROOT / "infra" / "resources.yaml"), text_of(DATA_MODEL)
    names = re.findall(r"IndexName: (\w+)|AttributeName: (\w+), AttributeType", resources)
    wanted = [index or attribute for index, attribute in names]
    assert wanted
    assert [name for name in wanted if f"`{name}`" not in page] == []


def test_a_commit_is_checked_by_whatever_make_check_does() -> None:
    check = re.search(r"^check: (.+?) ##", text_of(ROOT / "Makefile"), re.MULTILINE)
    hooks = re.findall(r"entry: make (\w+)", text_of(ROOT / ".pre-commit-config.yaml"))
    assert check
    assert hooks == check[1].split()


def test_no_word_of_the_glossary_stands_for_two_things() -> None:
    glossary = text_of(ROOT / "docs" / "glossary.md")
    cells = re.findall(r"^\| ([\w*][^|`]*?) \|", glossary, re.MULTILINE)
    words = Counter(word.strip("* ") for cell in cells for word in cell.split(", "))
    headings = {"word", "event", "state", "notice", "outcome"}  # of its tables
    assert {word for word, times in words.items() if times > 1} - headings == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_of_make_that_a_page_quotes_is_one(page: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE)
    quoted = re.findall(r"`make ([a-z-]+)|^make ([a-z-]+) +#", text_of(page), re.MULTILINE)
    assert [name for pair in quoted for name in filter(None, pair) if name not in targets] == []


def test_the_readme_quotes_nobody_and_its_version_address_and_scenes_are_the_true_ones() -> None:
    """What stands between quotation marks is said by somebody: there is nothing of the kind."""
    readme = text_of(ROOT / "README.md")
    assert re.findall(r"[«“”»]", readme) == []
    port = re.search(r"^PORT \?= (\d+)$", text_of(ROOT / "Makefile"), re.MULTILINE)
    assert port
    assert f"http://127.0.0.1:{port[1]}:" in readme
    assert f"Status: {project()['version']}. " in readme
    scenes = re.findall(r"SCENE=([\w-]+)", readme)
    assert scenes
    assert [scene for scene in scenes if scene not in SCENES] == []


def test_the_integrators_guide_names_every_event_and_field_of_the_contract() -> None:
    events = CONTRACT["components"]["schemas"]["Event"]["discriminator"]["mapping"]
    page = text_of(ROOT / "docs" / "integrate.md")
    assert [name for name in (*events, *fields_of("Data")) if name not in page] == []


@pytest.mark.parametrize("words", [Because, Closing])
def test_the_page_of_the_command_line_has_each_reason_that_may_be_given(
    words: type[Because | Closing],
) -> None:
    choice = r"\|".join(words)
    assert f" {choice}" in text_of(ROOT / "docs" / "command-line.md")


def test_an_english_page_has_straight_apostrophes_but_in_what_it_quotes() -> None:
    english = [page for page in PAGES if page.name not in OF_FRENCH]
    own = {name_of(page): _REPEATED.sub("", text_of(page)) for page in english}
    assert [name for name, words in own.items() if re.search(r"\w’s?(?!\w)", words)] == []


def test_the_index_has_every_page_once() -> None:
    docs = ROOT / "docs"
    listed = re.findall(r"^- \[.+?\]\((.+?)\)", text_of(docs / "README.md"), re.MULTILINE)
    pages = {page.name for page in docs.glob("*.md") if page.name != "README.md"}
    folders = {f"{page.parent.name}/{page.name}" for page in docs.glob("*/README.md")}
    elsewhere = {name for name in listed if name.startswith("../")}
    assert sorted(listed) == sorted(pages | folders | elsewhere)


def names_by_file() -> dict[str, set[str]]:
    tests = ROOT / "tests"
    return {
        str(path.relative_to(tests)): set(re.findall(r"def (test_\w+)", text_of(path)))
        for path in tests.rglob("test_*.py")
    }


def test_every_test_that_a_page_names_is_there() -> None:
    known = names_by_file()
    anywhere = set().union(*known.values())
    named = [(name_of(page), *found) for page in PAGES for found in _NAMED.findall(text_of(page))]
    assert named
    assert [
        (page, file, name)
        for page, file, name in named
        if name not in (known.get(file, set()) if file else anywhere)
    ] == []


def points_in(text: str) -> Iterator[str]:
    """One by one: `12.3.3, 12.3.4` are two of them, `4.4.1–4.4.4` are four."""
    for part in text.split(", "):
        first, _, last = part.partition("–")
        section, _, number = first.rpartition(".")
        end = (last or first).rpartition(".")[2]
        yield from (f"{section}.{n}" for n in range(int(number), int(end) + 1))


def test_each_point_of_the_standard_has_one_verdict_and_the_page_counts_them() -> None:
    page = text_of(ROOT / "docs" / "security.md")
    judged = [
        (point, verdict) for points, verdict in _JUDGED.findall(page) for point in points_in(points)
    ]
    assert len({point for point, _ in judged}) == len(judged) == _POINTS
    in_order = sorted(judged, key=lambda row: [int(part) for part in row[0].split(".")])
    assert [point for point, _ in judged] == [point for point, _ in in_order]
    counted = {verdict: (int(number), says) for verdict, number, says in _COUNTED.findall(page)}
    verdicts = Counter(verdict for _, verdict in judged)
    assert {verdict: number for verdict, (number, _) in counted.items()} == dict(verdicts)
    failed = [point for point, verdict in judged if verdict == "fail"]
    assert re.findall(r"\d+\.\d+\.\d+", counted["fail"][1]) == failed


def on_screen() -> str:
    """The words of the console's pages, tables and stories, and of the titles of notices."""
    pages = [*FOLDER.glob("*.html"), *FOLDER.glob("*.toml"), *TEXTS.glob("*/title.txt"), STORY]
    written = " ".join(map(text_of, pages))
    said = _FILLED.sub(lambda found: " ".join(_LITERAL.findall(found[0])), _TAGS.sub(" ", written))
    return as_read(said)


def as_read(words: str) -> str:
    return " ".join(words.split()).casefold()


@pytest.mark.parametrize("page", ["guide-agent.md", "console.md"])
def test_every_word_that_a_page_for_agents_quotes_is_on_their_screen(page: str) -> None:
    """An ellipsis stands for words that are left out."""
    shown, said = on_screen(), _QUOTED.findall(text_of(ROOT / "docs" / page))
    quoted = {as_read(part) for words in said for part in words.split("…")}
    assert len(quoted) > 50
    assert [words for words in sorted(quoted) if words not in shown] == []
