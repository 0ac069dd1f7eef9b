"""A day and an hour are read as people in France write them; what could be two is neither."""

from datetime import date, time

import pytest

from chalicelib.decoding.cells import Cell, CellKind, numbered
from chalicelib.decoding.days_and_hours import WRITTEN_AT_MOST, moment_in

DAY, HALF_PAST_TEN = date(2027, 1, 18), time(10, 30)


@pytest.mark.parametrize(
    ("text", "day", "hour"),
    [
        ("18/01/2027", DAY, None),
        ("18.1.27", DAY, None),
        ("18-01-2027", DAY, None),
        ("2027-01-18", DAY, None),
        ("2027/1/18", DAY, None),
        ("18 janvier 2027", DAY, None),
        ("1er août 2027", date(2027, 8, 1), None),
        ("18 DÉCEMBRE 2027", date(2027, 12, 18), None),
        ("18 janv. 2027", DAY, None),
        ("18-janv.-2027", DAY, None),
        ("18-janv-27", DAY, None),
        ("18-janv.-27 10:30", DAY, HALF_PAST_TEN),
        ("lundi 18 janvier 2027", DAY, None),
        ("1030", None, HALF_PAST_TEN),
        ("10.30", None, HALF_PAST_TEN),
        ("18/01/2027 10.30", DAY, HALF_PAST_TEN),
        ("Lun. 18/01/2027", DAY, None),
        ("10:30", None, HALF_PAST_TEN),
        ("10:30:00", None, HALF_PAST_TEN),
        ("10h30", None, HALF_PAST_TEN),
        ("10 H 30", None, HALF_PAST_TEN),
        ("10h30 mn", None, HALF_PAST_TEN),
        ("10 heures 30", None, HALF_PAST_TEN),
        ("à 9h", None, time(9)),
        ("10h30 - 10h50", None, HALF_PAST_TEN),
        ("de 10:30 à 10:50", None, HALF_PAST_TEN),
        ("18/01/2027 10:30", DAY, HALF_PAST_TEN),
        ("2027-01-18T10:30:00", DAY, HALF_PAST_TEN),
        ("lundi 18 janvier 2027 à 10 h 30", DAY, HALF_PAST_TEN),
        ("18/01/2027 - 10h30", DAY, HALF_PAST_TEN),
        ("18/01/2027\n10h30-10h50", DAY, HALF_PAST_TEN),
    ],
)
def test_what_people_write_is_read(text: str, day: date | None, hour: time | None) -> None:
    assert moment_in(Cell(text=text)) == (day, hour)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "x",
            "18/01",
            "18 janvier",
            "18 janvier 10 h",
            "18-janv-271",
            "01/18/2027",
            "31/02/2027",
            "18/01/1927",
            "46405",
        ),
        *(
            "mardi 18 janvier 2027",
            "18 brumaire 2027",
            "10",
            "24:00",
            "10h75",
            "1075",
            "930",
            "18/01/2027 matin",
        ),
        *("10:30 ou 11:30", "18/01/2027 ou 19/01/2027", "1" * (WRITTEN_AT_MOST + 1)),
    ],
)
def test_what_could_be_anything_is_nothing(text: str) -> None:
    assert moment_in(Cell(text=text)) == (None, None)


def test_no_cell_says_nothing_and_a_number_what_its_workbook_makes_of_it() -> None:
    assert moment_in(None) == (None, None)
    number = Cell(text="46405.4375", kind=CellKind.NUMBER, moment="2027-01-18 10:30")
    assert moment_in(number) == (DAY, HALF_PAST_TEN)
    assert moment_in(numbered("1030.0")) == (None, HALF_PAST_TEN)
    assert moment_in(numbered("1075")) == moment_in(numbered("2400")) == (None, None)
    assert moment_in(Cell(text="18", kind=CellKind.NUMBER)) == (None, None)
    assert moment_in(Cell(text="2027-01-18", kind=CellKind.DATE)) == (DAY, None)
