"""The shipped desk says what its procedure says; a wrong file is refused by the name of its key."""

import re
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path

import pytest

from chalicelib.desk_data import load
from chalicelib.desk_data.__main__ import main
from chalicelib.desk_data.desks import HERE, parse
from chalicelib.domain.contact import Language
from chalicelib.domain.errors import Unusable

GRENOBLE = (HERE / "grenoble.toml").read_text(encoding="utf-8")
CLOSURE = """[[closures]]
first = 2019-12-23
last = 2020-01-03
why = { fr = "fermeture de fin d’année", en = "end-of-year closure" }
"""


def test_the_shipped_desk_is_the_one_of_the_procedure() -> None:
    terms = load("grenoble").terms_on(date(2019, 4, 3))

    assert terms.helper
    assert "1025 avenue Centrale" in terms.counter.address
    assert terms.counter.address == terms.helper.address
    assert (terms.helper.phone, terms.helper.email) == ("04 56 52 97 89", "isso@grenoble-univ.fr")
    assert "tram B ou C" in terms.helper.directions[Language.FR]
    assert terms.delays.follow_up_days == 6 * 7
    assert len(terms.papers["collect"][Language.FR]) == 3


def test_the_counter_has_no_hours_of_its_own_and_the_file_says_whose_they_are() -> None:
    counter = load("grenoble").terms[0].counter

    assert "Espace Accueil Information" in counter.hours_of[Language.FR]


@pytest.mark.parametrize(
    ("day", "closes"),
    [
        (date(2019, 9, 3), time(18)),  # a Tuesday in September
        (date(2019, 10, 1), time(17)),  # a Tuesday
        (date(2019, 10, 5), None),  # a Saturday
        (date(2019, 11, 11), None),  # Armistice Day, a Monday
    ],
)
def test_the_building_is_open_on_weekdays_and_longer_in_september(
    day: date, closes: time | None
) -> None:
    openings = load("grenoble").openings_on(day)

    assert [o.closes for o in openings] == ([closes] if closes else [])


def test_the_shipped_terms_hold_today_and_no_closure_is_invented() -> None:
    desk = load("grenoble")

    assert desk.terms_on(date(2050, 1, 1)) == desk.terms[-1]
    assert desk.closures == ()


def test_a_closure_is_read() -> None:
    desk = parse(GRENOBLE.replace("closures = []", "") + CLOSURE, source="a.toml")

    assert not desk.is_open(date(2019, 12, 24))


def _without(line_start: str) -> str:
    return "\n".join(x for x in GRENOBLE.splitlines() if not x.startswith(line_start))


CLOSED_BACKWARDS = CLOSURE.replace("last = 2020-01-03", "last = 2019-12-01")
TOP, BLOCK, FIRST_TERMS = GRENOBLE.partition("\n[[terms]]\n")
HOURS = "opens = 09:00:00, closes = 17:00:00"

WRONG: Mapping[str, tuple[str, str]] = {
    "not TOML at all": ("name =", "Invalid value"),
    "a key is missing": (_without("booking_url"), "`booking_url` - at `$.terms[0]`"),
    "a delay is missing": (_without("follow_up_days"), "`follow_up_days`"),
    "a misspelt key": (
        GRENOBLE.replace("[terms.helper]", "[terms.helper]\nfax = 'x'"),
        "unknown key `$.terms[0].helper.fax`",
    ),
    "an unknown key on top": ("fax = 1\n" + GRENOBLE, "unknown field `fax`"),
    "a number where a text belongs": (
        GRENOBLE.replace('phone = "04 56 52 97 89"', "phone = 456529789"),
        "$.terms[0].helper.phone",
    ),
    "a text without its English": (
        GRENOBLE.replace(', en = "Prefecture of Isère, on-campus office"', ""),
        "missing key `$.name.en`",
    ),
    "no terms": (TOP + "\nterms = []", "`$.terms`: a desk needs at least one block"),
    "terms in disorder": (
        GRENOBLE + BLOCK + FIRST_TERMS,
        "`$.terms`: oldest `valid_from` first",
    ),
    "a closure that ends before it begins": (
        GRENOBLE.replace("closures = []", "") + CLOSED_BACKWARDS,
        "`$.closures[0].last`",
    ),
    "papers nobody lists": (
        GRENOBLE.replace("[terms.papers.collect]", "[terms.papers.fetch]"),
        "`$.terms[0].papers.collect`: missing",
    ),
    "a link that is not https": (
        GRENOBLE.replace("https://timbres", "http://timbres"),
        "`$.terms[0].stamps_url`",
    ),
    "a delay of nothing": (
        GRENOBLE.replace("follow_up_days = 42", "follow_up_days = 0"),
        "`$.terms[0].delays.follow_up_days`: must be at least 1",
    ),
    "a dossier that is never kept": (
        GRENOBLE.replace("\nfinished_months = 3", "\nfinished_months = 0"),
        "`$.terms[0].retention.finished_months`: must be at least 1",
    ),
    "nothing said of how long a dossier is kept": (
        _without("finished_months"),
        "`finished_months`",
    ),
    "a dossier that is forgotten before its last follow-up": (
        GRENOBLE.replace("unfinished_months = 12", "unfinished_months = 6"),
        "`$.terms[0].retention.unfinished_months`: shorter than the waits",
    ),
    "a quarantine that is shorter for what nobody has seen": (
        GRENOBLE.replace("quarantine_seen_months = 1", "quarantine_seen_months = 7"),
        "`$.terms[0].retention.quarantine_months`: shorter than `quarantine_seen_months`",
    ),
    "closing before opening": (
        GRENOBLE.replace(HOURS, "opens = 17:00:00, closes = 09:00:00", 1),
        "`$.terms[0].counter.openings[0].closes`",
    ),
    "a desk that never opens": (
        re.sub(r"openings = \[.*?\n\]", "openings = []", GRENOBLE, count=1, flags=re.DOTALL),
        "`$.terms[0].counter.openings`",
    ),
    "hours for text messages that end before they begin": (
        GRENOBLE.replace("sms_to = 19:00:00", "sms_to = 08:00:00"),
        "`$.terms[0].delays.sms_to`",
    ),
    "holidays of nowhere": (
        GRENOBLE.replace('holidays = "mainland"', 'holidays = "Mars"'),
        "Invalid enum value 'Mars' - at `$.holidays`",
    ),
    "an appointment of no length": (
        GRENOBLE.replace("appointment_minutes = 30", "appointment_minutes = 0"),
        "`$.terms[0].appointment_minutes`: must be at least 1",
    ),
    "a counter without its article": (
        GRENOBLE.replace('short = { fr = "l’antenne"', 'short = { fr = "antenne"'),
        "`$.terms[0].counter.short.fr`: must begin with its article",
    ),
    "nowhere to book": (
        GRENOBLE.replace("https://www.isere.gouv.fr", ""),
        "`$.terms[0].booking_url`: missing",
    ),
    "an eighth day of the week": (
        GRENOBLE.replace("weekdays = [0,", "weekdays = [7,", 1),
        "`$.terms[0].counter.openings[0]`: weekdays",
    ),
    "nobody to ask": (
        GRENOBLE.replace('email = "isso@grenoble-univ.fr"', 'email = ""'),
        "`$.terms[0].helper.email`: missing",
    ),
}


@pytest.mark.parametrize(("text", "key"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_and_the_key_is_named(text: str, key: str) -> None:
    with pytest.raises(Unusable) as refusal:
        parse(text, source="a.toml")

    assert str(refusal.value).startswith("a.toml: ")
    assert key in str(refusal.value)


@pytest.mark.parametrize(
    ("wrong", "line_says"),
    [
        ("follow_up_days = 42", "follow_up_days = 0"),
        ('email = "isso@grenoble-univ.fr"', 'email = ""'),
        ("opens = 09:00:00, closes = 17:00:00", "opens = 17:00:00, closes = 09:00:00"),
    ],
)
def test_the_line_of_what_is_wrong_is_named(wrong: str, line_says: str) -> None:
    text = GRENOBLE.replace(wrong, line_says, 1)

    with pytest.raises(Unusable) as refused:
        parse(text, source="a.toml")
    said = re.search(r"line (\d+)", str(refused.value))
    assert said
    about = "\n".join(text.splitlines()[int(said[1]) - 1 :][:3])
    assert line_says in about


def test_the_command_shows_each_value_of_a_good_file_and_says_what_is_wrong_with_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(
        GRENOBLE.replace("follow_up_days = 42", "follow_up_days = 0"), encoding="utf-8"
    )

    assert main([str(HERE / "grenoble.toml")]) == 0
    assert "terms[0].delays.follow_up_days = 42" in capsys.readouterr().out
    assert main([str(wrong)]) == 1
    assert "must be at least 1 (line " in capsys.readouterr().err
    assert main([]) == 2


@pytest.mark.parametrize("file", sorted(HERE.glob("*.toml")), ids=lambda file: file.name)
def test_every_desk_that_ships_is_right(file: Path) -> None:
    assert load(file.stem).terms
