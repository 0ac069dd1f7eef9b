"""The shipped desk says what its procedure says; a wrong file is refused by the name of its key."""

import copy
import re
import tomllib
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.desk_data import load
from chalicelib.desk_data.__main__ import main
from chalicelib.desk_data.desks import HERE, described, parse
from chalicelib.desk_data.marks import values
from chalicelib.domain.contact import Language
from chalicelib.domain.errors import Unusable

GRENOBLE = (HERE / "grenoble.toml").read_text(encoding="utf-8")
CLOSURE = """
[[closures]]
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


def _without(line_start: str | tuple[str, ...]) -> str:
    return "\n".join(x for x in GRENOBLE.splitlines() if not x.startswith(line_start))


CLOSED_BACKWARDS = CLOSURE.replace("last = 2020-01-03", "last = 2019-12-01")
TOP, BLOCK, FIRST_TERMS = GRENOBLE.partition("\n[[terms]]\n")


def changed(old: str, new: str) -> str:
    assert old in GRENOBLE, old
    return GRENOBLE.replace(old, new, 1)


NAME_EN = ', en = "Prefecture of Isère, on-campus office"'
HOURS_17 = "opens = 09:00:00, closes = 17:00:00"
SEPTEMBER = "months = [9], opens"
APPOINTMENTS = 'appointments = ["deposit"]'

#: A wrong file, what is said of it, and how the line begins on which it is.
WRONG: Mapping[str, tuple[str, str, str]] = {
    "a key is missing": (
        _without("booking_url"),
        "missing key `$.terms[0].booking_url`",
        "[[terms]]",
    ),
    "a delay is missing": (
        _without("follow_up_days"),
        "missing key `$.terms[0].delays.follow_up_days`",
        "[terms.delays]",
    ),
    "a key is missing on top": (
        _without("sms_sender"),
        "missing key `$.sms_sender`",
        "# The prefecture's desk",
    ),
    "a misspelt key": (
        changed("[terms.helper]", "[terms.helper]\nfax = 'x'"),
        "unknown key `$.terms[0].helper.fax`",
        "fax",
    ),
    "an unknown key on top": ("fax = 1\n" + GRENOBLE, "unknown key `$.fax`", "fax"),
    "an unknown key in a list": (
        changed("{ weekdays", "{ fax = 1, weekdays"),
        "unknown key `$.terms[0].counter.openings[0].fax`",
        "{ fax",
    ),
    "a number where a text belongs": (
        changed('phone = "04 56 52 97 89"', "phone = 456529789"),
        "`$.terms[0].helper.phone`: must be a text in quotation marks",
        "phone",
    ),
    "a text where a number belongs": (
        changed("appointment_minutes = 30 ", 'appointment_minutes = "30" '),
        "`$.terms[0].appointment_minutes`: must be a whole number without quotation marks",
        "appointment_minutes",
    ),
    "a text where a list belongs": (
        changed("closures = []", 'closures = "none"'),
        "`$.closures`: must be a list in [ ]",
        "closures",
    ),
    "one text for all languages": (
        changed('short = { fr = "l’antenne", en = "the prefecture office" }', 'short = "x"'),
        "`$.terms[0].counter.short`: must be a table, as { fr = …, en = … }",
        "short",
    ),
    "an hour that there is not": (
        changed("send_at = 09:00:00", 'send_at = "9 h"'),
        "`$.terms[0].delays.send_at`: must be an hour as 09:00:00, without quotation marks",
        "send_at",
    ),
    "a day in words": (
        changed("valid_from = 2019-04-03", 'valid_from = "3 avril 2019"'),
        "`$.terms[0].valid_from`: must be a day as 2026-09-01, without quotation marks",
        "valid_from",
    ),
    "a misspelt key that is then missing": (
        changed("booking_url =", "booking_ulr ="),
        "unknown key `$.terms[0].booking_ulr`; did you mean `booking_url`? (line",
        "booking_ulr",
    ),
    "an empty text": (
        changed('stamps_url = "https://timbres.impots.gouv.fr"', 'stamps_url = ""'),
        "`$.terms[0].stamps_url`: empty",
        "stamps_url",
    ),
    "a text of blanks": (
        changed('sms_name = "Préfecture, campus Grenoble"', 'sms_name = " "'),
        "`$.sms_name`: blank",
        "sms_name",
    ),
    "a text on two lines": (
        changed('sms_name = "Préfecture, campus', 'sms_name = "Préfecture,\\ncampus'),
        "`$.sms_name`: a line break",
        "sms_name",
    ),
    "no papers": (
        changed('fr = ["passeport", "titre actuel", "récépissé", "timbres fiscaux"]', "fr = []"),
        "`$.terms[0].papers.collect_sms.fr`: empty",
        "fr = []",
    ),
    "a text without its English": (changed(NAME_EN, ""), "missing key `$.name.en`", "name"),
    "a text in a language that is not offered": (
        changed('languages = ["fr", "en"]', 'languages = ["fr"]'),
        "`$.name.en`: not one of the desk’s `languages`",
        "name",
    ),
    "a language twice": (
        changed('languages = ["fr", "en"]', 'languages = ["fr", "en", "fr"]'),
        "`$.languages`: one of them twice",
        "languages",
    ),
    "no French": (
        changed('languages = ["fr", "en"]', 'languages = ["en"]'),
        "`$.languages`: without `fr`",
        "languages",
    ),
    "a language that no text is in": (
        changed('languages = ["fr", "en"]', 'languages = ["fr", "de"]'),
        "`$.languages[1]`: “de” is none of what it may be",
        "languages",
    ),
    "no terms": ("terms = []\n" + TOP, "`$.terms`: a desk needs at least one block", "terms"),
    "terms in disorder": (
        GRENOBLE + BLOCK + FIRST_TERMS.replace("2019-04-03", "2018-04-03", 1),
        "`$.terms[1].valid_from`: not after those before",
        "valid_from = 2018",
    ),
    "two terms of one day": (
        GRENOBLE + BLOCK + FIRST_TERMS,
        "`$.terms[1].valid_from`: not after those before",
        "valid_from",
    ),
    "a closure that ends before it begins": (
        changed("closures = []", "") + CLOSED_BACKWARDS,
        "`$.closures[0].last`: before its `first`",
        "last",
    ),
    "papers nobody reads": (
        changed("[terms.papers.deposit_sms]", "[terms.papers.deposit_smss]"),
        "unknown key `$.terms[0].papers.deposit_smss`; did you mean `deposit_sms`? (line",
        "[terms.papers.deposit_smss]",
    ),
    "papers nobody lists": (
        changed("[terms.papers.collect]", "[terms.papers.fetch]"),
        "`$.terms[0].papers.collect`: missing",
        "[[terms]]",
    ),
    "a link that is not https": (
        changed("https://timbres", "http://timbres"),
        "`$.terms[0].stamps_url`: must begin with https://",
        "stamps_url",
    ),
    "a delay of nothing": (
        changed("follow_up_days = 42", "follow_up_days = 0"),
        "`$.terms[0].delays.follow_up_days`: must be at least 1",
        "follow_up_days",
    ),
    "a dossier that is never kept": (
        changed("\nfinished_months = 3", "\nfinished_months = 0"),
        "`$.terms[0].retention.finished_months`: must be at least 1",
        "finished_months",
    ),
    "a dossier that is forgotten before its last follow-up": (
        changed("unfinished_months = 12", "unfinished_months = 6"),
        "`$.terms[0].retention.unfinished_months`: shorter than the waits",
        "unfinished_months",
    ),
    "a quarantine that is shorter for what nobody has seen": (
        changed("quarantine_seen_months = 1", "quarantine_seen_months = 7"),
        "`$.terms[0].retention.quarantine_months`: shorter than `quarantine_seen_months`",
        "quarantine_months",
    ),
    "closing before opening": (
        changed(HOURS_17, "opens = 17:00:00, closes = 09:00:00"),
        "`$.terms[0].counter.openings[0].closes`: not after it opens",
        "{ weekdays",
    ),
    "hours that overlap": (
        changed(SEPTEMBER, "months = [8, 9], opens"),
        "`$.terms[0].counter.openings[1]`: overlaps openings[0]",
        "{ weekdays = [0, 1, 2, 3, 4], months = [8, 9]",
    ),
    "hours of no day": (
        changed(SEPTEMBER, "months = [], opens"),
        "`$.terms[0].counter.openings[1].months`: empty",
        "{ weekdays = [0, 1, 2, 3, 4], months = []",
    ),
    "an eighth day of the week": (
        changed("weekdays = [0,", "weekdays = [7,"),
        "`$.terms[0].counter.openings[0].weekdays`: must be of 0 to 6",
        "{ weekdays = [7",
    ),
    "a desk that never opens": (
        re.sub(r"openings = \[.*?\n\]", "openings = []", GRENOBLE, count=1, flags=re.DOTALL),
        "`$.terms[0].counter.openings`: nobody can be sent",
        "openings",
    ),
    "hours for text messages that end before they begin": (
        changed("sms_to = 19:00:00", "sms_to = 08:00:00"),
        "`$.terms[0].delays.sms_to`: not after `sms_from`",
        "sms_to",
    ),
    "holidays of nowhere": (
        changed('holidays = "mainland"', 'holidays = "Mars"'),
        "`$.holidays`: “Mars” is none of what it may be",
        "holidays",
    ),
    "an appointment of no length": (
        changed("appointment_minutes = 30", "appointment_minutes = 0"),
        "`$.terms[0].appointment_minutes`: must be at least 1",
        "appointment_minutes",
    ),
    "appointments for nothing": (
        changed(APPOINTMENTS, "appointments = []"),
        "`$.terms[0].appointments`: empty",
        "appointments",
    ),
    "appointments for the same twice": (
        changed(APPOINTMENTS, 'appointments = ["deposit", "deposit"]'),
        "`$.terms[0].appointments`: one of them twice",
        "appointments",
    ),
    "a counter without its article": (
        changed('short = { fr = "l’antenne"', 'short = { fr = "antenne"'),
        "`$.terms[0].counter.short.fr`: must begin with its article",
        "short",
    ),
    "nobody to ask": (
        _without(("email = ", 'phone = "0')),
        "`$.terms[0].counter.email`: missing, and nobody can be asked",
        "[terms.counter]",
    ),
    "an address that is none": (
        changed("isso@grenoble-univ.fr", "isso@grenoble"),
        "`$.terms[0].helper.email`: no e-mail address",
        "email",
    ),
    "a value that comes from nowhere": (
        changed('"retention",\n', ""),
        "`$.terms[0].retention.finished_months`: comes from nowhere",
        "finished_months",
    ),
    "a mark of no value": (
        changed('"counter.openings",', '"counter.fax",'),
        "`$.terms[0].sources.procedure[7]`: marks `$.terms[0].counter.fax`, and there is no",
        '"counter.fax"',
    ),
    "a mark that longer ones leave nothing to": (
        changed('labour_code = ["holidays"]', 'labour_code = ["holidays", "legal"]'),
        "`$.sources.labour_code[1]`: marks `$.legal`, and there is no such value",
        "labour_code = [",
    ),
    "two marks of one value": (
        changed('ours = ["languages", "name"', 'ours = ["holidays", "languages", "name"'),
        "`$.holidays`: has more than one mark",
        "holidays",
    ),
    "a mark that is no document": (
        changed('labour_code = ["holidays"]', 'labor_code = ["holidays"]'),
        "`$.sources.labor_code[0]`: no document of `$.documents`, nor ours or unknown",
        "labor_code",
    ),
    "a document of which nothing comes": (
        changed("[documents]", '[documents]\nfax = { title = "Fax", date = 2019-04-03 }'),
        "`$.documents.fax`: nothing comes from it",
        "fax",
    ),
    "a document without its date": (
        changed('L3133-1", date = 2016-08-10 }', 'L3133-1" }'),
        "missing key `$.documents[...].date`",
        "[documents]",
    ),
    "a document that is called ours": (
        changed("[documents]", '[documents]\nours = { title = "Ours", date = 2019-04-03 }'),
        "`$.documents.ours`: no document can be called so",
        "ours = {",
    ),
    "a controller whom nobody knows": (
        changed('"closures", "legal.controller", ', '"closures", ').replace(
            'unknown = ["legal', 'unknown = ["legal.controller", "legal'
        ),
        "`$.legal.controller.fr`: cannot be unknown",
        "controller",
    ),
    "an officer who is known and said to be unknown": (
        changed('data_protection = ""', 'data_protection = "dpo@prefecture.test"'),
        "`$.legal.data_protection`: empty where it is marked unknown, and only there",
        "data_protection",
    ),
    "an officer who is said to be known and is not": (
        changed(
            'unknown = ["legal.address", "legal.phone", "legal',
            'unknown = ["legal.address", "legal.phone"]\nlabour_code = ["legal',
        )
        .replace('labour_code = ["holidays"]\n', "")
        .replace('"sms_name", ', '"sms_name", "holidays", '),
        "`$.legal.data_protection`: empty where it is marked unknown, and only there",
        "data_protection",
    ),
    **{
        f"a second person {address!r} after {hours} hours": (
            changed("escalate_after_open_hours = 4", f"escalate_after_open_hours = {hours}")
            .replace('second_person = ""', f'second_person = "{address}"')
            .replace(', "work.second_person"]', "]")
            .replace('"work.escalate_after_open_hours"', '"work"'),
            f"`$.work.{wrong}",
            wrong.partition("`")[0],
        )
        for hours, address, wrong in (
            (0, "chef@prefecture.test", "escalate_after_open_hours`: must be at least 1"),
            ('"4"', "chef@prefecture.test", "escalate_after_open_hours`: must be a whole number"),
            (4, "le chef", "second_person`: no e-mail address"),
            (4, "", "second_person`: empty where it is marked unknown, and only there"),
        )
    },
    **{
        f"a feed that may be silent so: {said}": (
            changed("{ booking = 16,", f"{{ {said},"),
            wrong,
            "silent_after_open_hours",
        )
        for said, wrong in (
            ("booking = 0", "`$.work.silent_after_open_hours.booking`: must be at least 1"),
            ("bookings = 16", "unknown key `$.work.silent_after_open_hours.bookings`"),
        )
    },
    **{
        f"an audit that found {rate} per cent": (
            changed(
                "[documents]\n",
                f'[legal.audit]\non = 2019-01-01\nby = "X"\nrate = {rate}\n[documents]\n',
            ).replace('"legal.host"]', '"legal.host", "legal.audit"]'),
            wrong,
            key,
        )
        for rate, wrong, key in (
            (101, "`$.legal.audit.rate`: must be of 0 to 100, per cent", "rate = 101"),
            (-1, "`$.legal.audit.rate`: must be of 0 to 100, per cent", "rate = -1"),
            (99, "`$.legal.audit.failures`: missing: below 100 per cent", "[legal.audit]"),
        )
    },
    **{
        f"an SMS from {sender!r}": (
            changed('sms_sender = "PREFISERE"', f'sms_sender = "{sender}"'),
            f"`$.sms_sender`: {wrong}",
            "sms_sender",
        )
        for sender, wrong in {
            "AB": "must be 3 to 11",
            "PREFECTURE38": "must be 3 to 11",
            "PREF ISERE": "must be 3 to 11",
            "PRÉFISERE": "must be 3 to 11",
            "PREF-ISERE": "must be 3 to 11",
            "38000": "must be 3 to 11",
            "Rdv": "a common word",
        }.items()
    },
}


@pytest.mark.parametrize(("text", "wrong", "begins"), WRONG.values(), ids=WRONG)
def test_each_fault_of_a_file_is_said_in_one_line_with_its_key_and_its_line(
    text: str, wrong: str, begins: str
) -> None:
    with pytest.raises(Unusable) as refusal:
        parse(text, source="a.toml")

    said = str(refusal.value).splitlines()
    assert all(re.fullmatch(r"a\.toml: .*`\$.*`.* \(line \d+\)", one) for one in said)
    one = next(one for one in said if one.startswith(f"a.toml: {wrong}"))
    [line] = re.findall(r"\(line (\d+)\)$", one)
    assert text.splitlines()[int(line) - 1].strip().startswith(begins)


def hours(opens: str) -> bytes:
    """A file with another first hour at the counter."""
    return changed("opens = 09:00:00", f"opens = {opens}").encode()


def day(first: str) -> bytes:
    """A file whose terms begin on another day."""
    return changed("valid_from = 2019-04-03", f"valid_from = {first}").encode()


#: What is no desk's file at all, as it is read.
UNREADABLE: Mapping[str, tuple[bytes, str]] = {
    "no TOML": (GRENOBLE.replace("name =", "name", 1).encode(), "Expected '=' after a key"),
    "a key twice": (b"name = 1\nname = 2\n", "Cannot overwrite a value (at line 2, "),
    "an hour without its zero": (hours("9:00"), "`opens`: 9:00 is not an hour as 09:00:00"),
    "an hour without seconds": (hours("09:00"), "`opens`: 09:00 is not an hour as 09:00:00"),
    "an hour in words": (hours("9h30"), "`opens`: 9h30 is not an hour as 09:00:00"),
    "an hour after the last": (hours("24:00:00"), "`opens`: 24:00:00 is not an hour as"),
    "a day that there is not": (day("2027-02-30"), "`valid_from`: 2027-02-30 is not a day as"),
    "a day without its zero": (
        day("2027-2-3"),
        "`valid_from`: 2027-2-3 is not a day as 2026-09-01",
    ),
    "a day the French way": (day("03/02/2027"), "`valid_from`: 03/02/2027 is not a day as 2026-"),
    "a text without its end": (b'name = "x\n', "Illegal character"),
    "nothing": (b"", "missing key `$.documents` (line 1)"),
    "another encoding": (GRENOBLE.encode("latin-1", "replace"), "is not in UTF-8 (line "),
    "a byte order mark": (GRENOBLE.encode("utf-8-sig"), "begins with a byte order mark"),
}


@pytest.mark.parametrize(("content", "wrong"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_desks_file_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, wrong: str
) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(content)
    assert main([str(file)]) == 1
    [said] = capsys.readouterr().err.splitlines()
    assert said.startswith(f"a.toml: {wrong}")
    assert re.search(r"line \d", said)


@pytest.mark.parametrize(
    ("name", "wrong"), [(".", "Is a directory"), ("nobody.toml", "No such file or directory")]
)
def test_what_is_no_file_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, wrong: str
) -> None:
    assert main([str(tmp_path / name)]) == 1
    [said] = capsys.readouterr().err.splitlines()
    assert said.endswith(f": {wrong}")


def test_a_desk_that_does_not_ship_is_not_loaded() -> None:
    with pytest.raises(Unusable, match=r"^nobody\.toml: No such file"):
        load("nobody")


#: Anything that TOML can hold in the place of one value.
ANYTHING = st.sampled_from(["", " ", "x", 0, -1, 1.5, True, [], {}, ["x"], {"fr": "x"}, [[]], [{}]])
DOCUMENT = tomllib.loads(GRENOBLE)
KEYS = [key for key, _ in values(DOCUMENT)]


@given(st.sampled_from(KEYS), ANYTHING)
def test_whatever_stands_in_a_value_s_place_it_is_read_or_refused_by_its_key(
    key: str, value: Any
) -> None:
    document = copy.deepcopy(DOCUMENT)
    place: Any = document
    *way, last = [int(p) if p.isdigit() else p for p in re.findall(r"\w+", key)]
    for step in way:
        place = place[step]
    place[last] = value
    try:
        described(document, source="a.toml")
    except Unusable as refusal:
        said = str(refusal)
    else:
        said = "a.toml: `$`"
    assert all(re.fullmatch(r"a\.toml: .*`\$.*`.*", one) for one in said.splitlines())


def test_the_command_shows_each_value_of_a_good_file_and_says_what_is_wrong_with_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(
        GRENOBLE.replace("follow_up_days = 42", "follow_up_days = 0"), encoding="utf-8"
    )

    assert main([str(HERE / "grenoble.toml")]) == 0
    *said, last = capsys.readouterr().out.splitlines()
    assert {
        "terms[0].delays.follow_up_days = 42  [procedure]",
        "terms[0].delays.no_life_days = 14  [ours]",
        "terms[0].counter.in_brief.en = the prefecture office  [ours]",
        "legal.address = []  [unknown]",
        "[procedure]: « Demander un titre de séjour : la procédure à Grenoble », 2019-04-03",
    } <= {*said}
    assert last == (
        "grenoble.toml: nothing is wrong; still unknown: "
        "legal.address, legal.phone, legal.data_protection, work.second_person"
    )
    assert main([str(wrong)]) == 1
    assert "must be at least 1 (line " in capsys.readouterr().err
    assert main([]) == 2


@pytest.mark.parametrize("file", sorted(HERE.glob("*.toml")), ids=lambda file: file.name)
def test_every_desk_that_ships_is_right(file: Path) -> None:
    assert load(file.stem).terms
