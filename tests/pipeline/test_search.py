"""One box finds a dossier by its reference, an address, a telephone number or a name."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decoding.contacts import contact_of
from chalicelib.domain.contact import Contact
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import EventType
from chalicelib.domain.facts import Facts, State, facts_of
from chalicelib.messages.console.views import FoundRow
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.search import SHOWN_AT_MOST, Search, says_enough
from tests.builders import DESK, DOSSIER, a_dossier, a_step, paris, selected
from tests.fakes import InMemoryDossiers
from tests.spellings import overseas, spellings

PLANNER = Planner(desk=DESK, fingerprint=lambda address: f"<{address.casefold()}>")
NOW = paris("2019-04-09 12:00")


def a_student(
    family: str, given: str, email: str | None = None, phone: str | None = None
) -> Contact:
    return contact_of(family_name=family, given_name=given, email=email, phone=phone, language=None)


STUDENTS = {
    "D-1": a_student("Durand", "Camille", email="Camille@example.org"),
    "D-2": a_student("Durand-Lévêque", "Zoé", phone="06 12 34 56 78"),
    "D-3": a_student("Benali", "Léa Marie", email="lea@example.org"),
    "D-4": a_student("王", "小明"),
    "D-5": a_student("Camille", "Ludovic", phone="04 76 60 34 00"),
    "D-6": a_student("Hoareau", "Anaïs", "anais@université.example", "0692 12 34 56"),
    "D-7": a_student("García Márquez", "Gabriel José"),
    "D-8": a_student("El Amrani", "Youssef"),
    "D-9": a_student("da Silva Santos", "João"),
    "D-10": a_student("Hernández de la Cruz", "Sofía"),
    "D-11": a_student("N’Diaye", "Jean-Pierre"),
    "D-12": a_student("García Márquez López", "María José"),
    "D-13": a_student("Saint-Exupéry de la Tour", "Anne"),
    "D-14": a_student("O Neill", "Ciara", email="ciara o'neill@example.org"),
    "D-15": a_student("Benali", "Zoë Anne Marie", email="zoe@example.org"),
    "D-16": a_student("欧阳", "明"),
    "D-17": a_student("김", "민준"),
    "D-18": a_student("明王", ""),
    "D-19": a_student("O’Brien Walsh", "Kate"),
    "D-20": a_student("Ben Omar", "Karim"),
    "D-21": a_student("O'Connor", "Ciara", email="ciara.o'connor@example.org"),
}


def kept(students: dict[str, Contact]) -> InMemoryDossiers:
    dossiers = InMemoryDossiers()
    for dossier_id, contact in students.items():
        dossier = replace(a_dossier(selected(contact=contact)), dossier_id=dossier_id)
        dossiers.write(dossiers.load(dossier_id), PLANNER.write(dossier, NOW))
    return dossiers


def found(asked: str, dossiers: InMemoryDossiers | None = None) -> list[str]:
    where = dossiers or kept(STUDENTS)
    return [
        row.dossier_id
        for row in Search(dossiers=where, fingerprint=PLANNER.fingerprint).find(asked).rows
    ]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("D-3", ["D-3"]),
        ("  D-3 ", ["D-3"]),
        ("d-3", ["D-3"]),
        ("d 3", ["D-3"]),
        ("D.3", ["D-3"]),
        ("3", []),
        ("D-99", []),
        ("camille@EXAMPLE.org", ["D-1"]),
        ("nobody@example.org", []),
        ("06 12 34 56 78", ["D-2"]),
        ("+33 6 12 34 56 78", ["D-2"]),
        ("0033612345678", ["D-2"]),
        ("04.76.60.34.00", ["D-5"]),
        ("\u202a+33 (0)4 76 60 34 00\u202c", ["D-5"]),
        ("+262 692 12 34 56", ["D-6"]),
        ("+33 6 92 12 34 56", ["D-6"]),
        (" anais@université.example\u200b", ["D-6"]),
        ("Anais@UNIVERSITÉ.example", ["D-6"]),
        ("anais@xn--universit-j4a.example", ["D-6"]),
        ("lea@\u200bexample.org", ["D-3"]),
        ("\u200eD-3", ["D-3"]),
        ("hoa\u00adreau", ["D-6"]),
        ("06 12 34 56 78x", []),
        ("a" * 5000, []),
        ("06 00 00 00 00", []),
        ("durand", ["D-1", "D-2"]),
        ("DURAND camille", ["D-1"]),
        ("camille dur", ["D-1"]),
        ("camille", ["D-1", "D-5"]),
        ("durand leveque", ["D-2"]),
        ("Durand, Camille", ["D-1"]),
        ("Léa Benali", ["D-3"]),  # whose second given name nobody says
        ("leveque zoe", ["D-2"]),
        ("Márquez", ["D-7"]),
        ("marq", ["D-7"]),
        ("gabriel marquez", ["D-7"]),
        ("jose garcia", ["D-7", "D-12"]),
        ("GARCÍA LÓPEZ, María José", ["D-12"]),
        ("garcía márquez", ["D-7", "D-12"]),
        ("Maria Marquez", ["D-12"]),
        ("j. garcia", ["D-7", "D-12"]),
        ("N'Diaye", ["D-11"]),
        ("ndiaye", ["D-11"]),
        ("n diaye", ["D-11"]),
        ("pierre", ["D-11"]),
        ("pierre n diaye", ["D-11"]),
        ("connor", ["D-21"]),
        ("o connor", ["D-21"]),
        ("O'Neill", ["D-14"]),
        ("oneill", ["D-14"]),
        ("o neill", ["D-14"]),
        ("neill c", ["D-14"]),
        ("o brien", ["D-19"]),
        ("exupery", ["D-13"]),
        ("saint-exupéry", ["D-13"]),
        ("anne de la tour", ["D-13"]),
        ("anne benali", ["D-15"]),
        ("benali anne marie", ["D-15"]),
        ("Zoë Benali <nobody@example.org>", ["D-15"]),
        ("Nobody <zoe@example.org>", ["D-15"]),
        ("mailto:zoe@example.org", ["D-15"]),
        ("zoe @ example.org,", ["D-15"]),
        ("<@>", []),
        ("ciara.o’connor@example.org", ["D-21"]),
        ("ciara o'neill@example.org", ["D-14"]),
        ("amrani", ["D-8"]),
        ("el amrani", ["D-8"]),
        ("youssef amrani", ["D-8"]),
        ("silva", ["D-9"]),
        ("da silva", ["D-9"]),
        ("joao silva santos", ["D-9"]),
        ("cruz", ["D-10"]),
        ("de la cruz", ["D-10"]),
        ("sofia de la cruz", ["D-10"]),
        ("marie", ["D-3", "D-15"]),
        ("marie benali", ["D-3", "D-15"]),
        ("benomar", ["D-20"]),
        ("ben omar karim", ["D-20"]),
        ("karim benomar", ["D-20"]),
        ("王 小明", ["D-4"]),
        ("小明", ["D-4"]),
        ("王小明", ["D-4"]),
        ("王", ["D-4"]),
        ("欧阳明", ["D-16"]),
        ("김민준", ["D-17"]),
        ("明 王", ["D-18"]),
        ("b", []),
        ("b x", []),
        ("", []),
        ("??", []),
    ],
)
def test_it_finds(asked: str, expected: list[str]) -> None:
    assert found(asked) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("benali camille", ["D-3", "D-15", "D-1", "D-5"]),
        ("Mme Durand Zoé", ["D-2"]),  # who has two of the three, and others one
        ("dossier de Youssef", ["D-8"]),
        ("de nobody", []),
        ("de la Croix", []),  # particles alone tell nobody
        ("durand", None),
    ],
)
def test_where_nobody_has_all_of_the_words_it_shows_who_has_most_and_says_so(
    asked: str, expected: list[str] | None
) -> None:
    result = Search(dossiers=kept(STUDENTS), fingerprint=PLANNER.fingerprint).find(asked)
    assert result.is_nearest is bool(expected)
    assert expected is None or [row.dossier_id for row in result.rows] == expected


@pytest.mark.parametrize(
    ("asked", "is_enough"),
    [("", False), (" b ", False), ("1", False), ("be", True), ("王", True), ("김", True)],
)
def test_one_letter_is_too_little_but_where_it_is_a_word(asked: str, *, is_enough: bool) -> None:
    assert says_enough(asked) is is_enough


def test_a_reference_comes_before_a_name_that_has_only_some_of_its_words() -> None:
    dossiers = kept({"etu-durand": STUDENTS["D-3"], "D-1": STUDENTS["D-1"]})
    assert found("ETU durand", dossiers) == ["etu-durand"]


def deposited_as(number: str, dossier_id: str = "D-1") -> Dossier:
    deposit = a_step(EventType.DEPOSITED, "2019-05-14", recepisse_number=number)
    return replace(a_dossier(selected(), deposit), dossier_id=dossier_id)


@pytest.mark.parametrize(
    "asked",
    [
        *("R-23", "r 23", "r23", " R.23 ", "N° R-23", "n°R-23", "no R-23", "numéro : R 23"),
        *("récépissé n° R-23", "Récépissé : R-23", "numéro du récépissé R-23"),
    ],
)
def test_a_dossier_is_found_by_the_number_of_its_recepisse(asked: str) -> None:
    dossiers = InMemoryDossiers()
    for dossier in (deposited_as("R-23"), deposited_as("R-231", "D-2")):
        dossiers.write(dossiers.load(dossier.dossier_id), PLANNER.write(dossier, NOW))
    assert found(asked, dossiers) == ["D-1"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("G-2026-0423", ["G-2026-0423"]),
        ("G 2026 0423", ["G-2026-0423"]),
        ("g-2026-0423", ["G-2026-0423"]),
        ("g20260423", ["G-2026-0423"]),
        ("2026/0423", ["G-2026-0423"]),
        ("0423", ["G-2025-0423", "G-2026-0423"]),
        ("-0423", ["G-2025-0423", "G-2026-0423"]),
        ("dossier G-2026-0423", ["G-2026-0423"]),
        ("réf. G-2026-0423", ["G-2026-0423"]),
        ("Référence : G-2026-0423", ["G-2026-0423"]),
        ("#G-2026-0423", ["G-2026-0423"]),
        ("dossier n° G-2026-0423", ["G-2026-0423"]),
        ("0424", []),
    ],
)
def test_a_reference_is_found_however_it_is_written_and_by_its_end(
    asked: str, expected: list[str]
) -> None:
    student = STUDENTS["D-1"]
    assert found(asked, kept(dict.fromkeys(("G-2026-0423", "G-2025-0423"), student))) == expected


@pytest.mark.parametrize("asked", ["E-desk", "e desk", "EDESK", "desk"])
def test_a_reference_without_a_digit_is_found_where_nobody_is_called_so(asked: str) -> None:
    assert found(asked, kept({"E-desk": STUDENTS["D-1"]})) == ["E-desk"]


def test_a_name_is_no_reference_of_others() -> None:
    dossiers = kept({"X-durand": STUDENTS["D-3"], "D-1": STUDENTS["D-1"]})
    assert found("durand", dossiers) == ["D-1"]


@given(
    reference=st.from_regex(r"[A-Za-z0-9_-]{0,28}[0-9][A-Za-z0-9]{1,3}", fullmatch=True),
    data=st.data(),
)
def test_any_reference_is_found_in_any_case_with_any_punctuation(
    reference: str, data: st.DataObject
) -> None:
    parted = st.sampled_from(["", " ", ".", " / ", "-"])
    letters = [c for c in reference if c.isalnum()]
    written = "".join(
        data.draw(parted) + data.draw(st.sampled_from([c, c.upper()])) for c in letters
    )
    assert found(written, kept({reference: STUDENTS["D-1"]})) == [reference]


NUMBERS = [("+33612345678", "0612345678"), ("+33476603400", "0476603400"), *overseas()]


@given(number=st.sampled_from(NUMBERS), data=st.data())
def test_a_number_kept_in_any_spelling_is_found_by_any_other(
    number: tuple[str, str], data: st.DataObject
) -> None:
    kept_as, asked = (data.draw(st.sampled_from(spellings(*number))) for _ in range(2))
    dossiers = kept({"D-1": a_student("Durand", "Camille", phone=kept_as)})
    assert found(asked, dossiers) == ["D-1"]


def test_a_row_says_who_it_is_and_where_the_dossier_stands() -> None:
    [row] = Search(dossiers=kept(STUDENTS), fingerprint=PLANNER.fingerprint).find("D-1").rows
    assert (row.contact, row.state, row.appointment_at) == (
        STUDENTS["D-1"],
        State.BOOKED,
        paris("2019-05-14 10:30"),
    )


def test_a_dossier_without_an_appointment_is_found_as_well() -> None:
    dossiers = InMemoryDossiers()
    dossiers.write(dossiers.load(DOSSIER), PLANNER.write(replace(a_dossier(), events=()), NOW))
    assert found(DOSSIER, dossiers) == [], "nothing has happened to it, or it was forgotten"


@pytest.mark.parametrize(
    ("namesakes", "shown", "more"),
    [
        (SHOWN_AT_MOST, SHOWN_AT_MOST, False),
        (SHOWN_AT_MOST + 1, SHOWN_AT_MOST, True),
        (SHOWN_AT_MOST + 9, SHOWN_AT_MOST, True),
    ],
)
def test_of_many_namesakes_the_first_are_shown_and_it_says_so(
    namesakes: int,
    shown: int,
    more: bool,
) -> None:
    students = {f"D-{n:02}": a_student("Nguyen", f"Anh {n:02}") for n in range(namesakes)}
    result = Search(dossiers=kept(students), fingerprint=PLANNER.fingerprint).find(" nguyen ")
    assert (len(result.rows), result.more, result.asked) == (shown, more, "nguyen")
    assert [row.dossier_id for row in result.rows] == sorted(students)[:shown]


# One that cannot be read


@pytest.mark.parametrize(
    "asked", ["D-1", "durand", "camille@example.org", "camille dur", "durand lévêque"]
)
def test_a_dossier_that_cannot_be_read_is_found_and_says_no_more_than_that(asked: str) -> None:
    dossiers = kept(STUDENTS)
    expected = found(asked, dossiers)
    dossiers.spoil("D-1")
    shown = Search(dossiers=dossiers, fingerprint=PLANNER.fingerprint).find(asked).rows
    assert [row.dossier_id for row in shown] == expected
    unreadable = FoundRow(dossier_id="D-1", state=None, contact=None, appointment_at=None)
    assert [row for row in shown if row.state is None] == [unreadable][: "D-1" in expected]


def test_one_at_which_our_own_program_fails_hides_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(dossier: Dossier) -> Facts:
        if dossier.events[0].contact == STUDENTS["D-1"]:
            raise ZeroDivisionError
        return facts_of(dossier.events)

    dossiers = kept(STUDENTS)
    monkeypatch.setattr(Dossier, "facts", property(fails))
    shown = Search(dossiers=dossiers, fingerprint=PLANNER.fingerprint).find("durand").rows
    assert [(row.dossier_id, row.state) for row in shown] == [("D-1", None), ("D-2", State.BOOKED)]


def test_the_audit_can_tell_one_search_from_another_and_not_what_was_asked() -> None:
    search = Search(dossiers=InMemoryDossiers(), fingerprint=lambda text: str(hash(text)))
    assert search.traced(" Lea  Benali") == search.traced("Lea Benali")
    assert search.traced("Lea Benali") != search.traced("Lea Benal")
    assert "Lea" not in search.traced("Lea Benali")
