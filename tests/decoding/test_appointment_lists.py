"""A list of appointments is read from whatever people have; what is not clear is set aside."""

from datetime import date, datetime

import pytest

from chalicelib.decoding.appointment_lists import appointment_list
from chalicelib.decoding.list_columns import (
    FIELDS,
    ColumnsRefused,
    are_confirmed,
    chosen_headings,
    lasting,
    wanting,
)
from chalicelib.decoding.lists import packed, unpacked
from chalicelib.domain.bulk import Listed, ListedStep
from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.dossier_lists import DossierList, ListColumn, ListKind
from chalicelib.domain.errors import FormRefused
from chalicelib.domain.events import Closing, EventType
from chalicelib.messages.console.words import codes
from tests.builders import paris
from tests.decoding.spreadsheet_files import ods, ods_row, ods_words, row, table, words, xlsx

AT, NOW = paris("2027-01-18 10:30"), paris("2026-11-30 12:00")


def read(content: str | bytes, **headings: str) -> DossierList:
    return appointment_list(content, headings, SlotPurpose.DEPOSIT, now=NOW)


def only(content: str | bytes) -> Listed:
    [one] = read(content).rows
    return one.says


@pytest.mark.parametrize(
    "content",
    [
        "Dossier;Date;Heure\nG-1;18/01/2027;10h30",
        "N° dossier\tRDV\ng 1\tlundi 18 janvier 2027 à 10 h 30",
        "Référence;Jour;Créneau horaire\nG-1;2027-01-18;10:30 - 10:50",
        "Dossier;Date;Heure\nG-1;18/01/2027 00:00:00;1030",
        "Liste de janvier\n\nDossier;Date;Heure\nG-1;18.1.27;10:30:00;;;",
        "Étudiant;;Rendez-vous;\nDossier;Nom;Date;Heure\nG-1;Sow;18/01/2027;10h30",
        "Dossier;Rendez-vous;\n;Date;Heure\nG-1;18/01/2027;10h30",
        xlsx(
            row(words("Dossier", "Rendez-vous", "") + words("Contact"), 1),
            row("<c/>" + words("Date", "Heure", "E-mail"), 2),
            row(words("G-1") + "<c><v>46405</v></c><c><v>0.4375</v></c>", 3),
            merged=["A1:A2", "B1:C1"],
        ),
        xlsx(
            row(words("Dossier", "Date")),
            row(words("G-1") + '<c s="2"><v>44943.4375</v></c>'),
            book='<workbookPr date1904="1"/>',
        ),
        ods(
            table(
                ods_row(ods_words("Dossier"), ods_words("Date")),
                ods_row(ods_words("G-1"), ods_words("18/01/2027 10:30")),
            )
        ),
        xlsx(
            row(words("Dossier", "Date", "Heure")),
            row(words("G-1", "18/01/2027") + "<c><v>1030</v></c>"),
        ),
        ods(
            table(
                ods_row(*map(ods_words, ("Dossier", "Date", "Heure"))),
                ods_row(
                    *map(ods_words, ("G-1", "18/01/2027")),
                    '<table:table-cell office:value-type="float" office:value="1030"/>',
                ),
            )
        ),
    ],
    ids=range(12),
)
def test_an_appointment_is_read(content: str | bytes) -> None:
    said = only(content)
    assert (said.dossier_id.upper(), said.starts_at) == ("G-1", AT)
    assert said.purpose is SlotPurpose.DEPOSIT


def test_a_day_over_several_rows_is_that_of_each_of_them() -> None:
    content = xlsx(
        row(words("Date", "Heure", "Dossier"), 1),
        row(words("18/01/2027", "10h30", "G-1"), 2),
        row("<c/>" + words("10h50", "G-2"), 3),
        row("<c/>" + words("11h10", "G-3"), 4),
        merged=["A2:A3"],
    )
    given = read(content)
    assert [one.says.starts_at for one in given.rows] == [AT, paris("2027-01-18 10:50")]
    assert [(one.number, one.why) for one in given.aside] == [(4, "no_day")]
    assert given.aside[0].reference == "G-3"


HEAD = "Dossier;Date;Heure;Motif;E-mail\n"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (";18/01/2027;10h30;;", "missing"),
        ("G-\ufffd1;18/01/2027;10h30;;", "garbled"),
        ("Total : 12;18/01/2027;10h30;;", "no_reference"),
        ("G-1;;10h30;;", "no_day"),
        ("G-1;bientôt;10h30;;", "day"),
        ("G-1;18/01/2027;;;", "no_hour"),
        ("G-1;18/01/2027;matin;;", "hour"),
        (f"G-1;18/01/2027;10h30;;{'x' * 310}@example.org", "too_long"),
        ("G-1;18/01/2027 9h;10h30;;", "hour"),
        ("G-1;18/01/2027 00:00:00;;;", "midnight"),
        ("G-1;18/01/2027;0h;;", "midnight"),
        ("G-1;18/01/2027 00:00;matin;;", "hour"),
        ("G-1;18/01/2027;19/01/2027 10h30;;", "day"),
        ("G-1;18/01/2027;10h30;Naturalisation;", "purpose"),
        ("G-1;18/01/2027;10h30;Dépôt ou retrait du titre;", "purpose"),
        ("G-1;18/01/2027;10h30;Demande de naturalisation;", "purpose"),
        ("G-1;18/01/2027;10h30;Retrait du dossier;", "purpose"),
        ("G-1;18/01/2027;10h30;#N/A;", "error"),
        ("#N/A;18/01/2027;10h30;;", "error"),
        ("G-1;18/01/2027;10h30;Dépôt d’une demande de naturalisation;", "purpose"),
        ("G-1;18/01/2027;10h30;Remise du titre de voyage;", "purpose"),
        ("G-1;18/01/2027;10h30;Dépôt annulé;", "purpose"),
        ("G-1;18/01/2027;10h30;Dépôt, retrait du titre;", "purpose"),
        ("G-1;18/01/2027;10h30;Dépôt / Retrait;", "purpose"),
        ("G-1;18/01/2027;10h30;Déposer, ou retirer;", "purpose"),
        ("G-1;18/01/2027;10h30;Retrait du titre, déposer;", "purpose"),
        ('"G-1;18/01/2027', "quote"),
    ],
)
def test_a_row_that_is_not_clear_is_set_aside_with_the_reason(line: str, why: str) -> None:
    given = read(f"{HEAD}{line}\nG-2;18/01/2027;10h30;;")
    assert [one.why for one in given.aside] == [why]
    assert why in codes("asides")
    assert [one.says.dossier_id for one in given.rows] == ["G-2"]
    assert given.read == 2


@pytest.mark.parametrize(
    ("kind", "line", "unread"),
    [
        (ListKind.APPOINTMENTS, "G-1;#N/A;#REF!;;18/01/2027;10h30;;", ("family_name", "phone")),
        (ListKind.TAKEOVER, "G-1;Diop;;Déposé;;;#N/A;18/01/2026", ("recepisse",)),
        (ListKind.APPOINTMENTS, "G-1;B\ufffd;;;18/01/2027;10h30;;", ("family_name",)),
        (ListKind.TAKEOVER, "G-1;Diop;;Déposé;bientôt;9h;;18/01/2026", ("day",)),
    ],
)
def test_a_row_is_read_without_a_cell_that_is_an_error_where_it_says_enough(
    kind: ListKind, line: str, unread: tuple[str, ...]
) -> None:
    head = "Dossier;Nom;Portable;État;Date;Heure;Récépissé;Date de dépôt"
    without = line.replace("#N/A", "").replace("#REF!", "").replace("bientôt", "")
    without = without.replace("B\ufffd", "")
    [one, other] = appointment_list(
        "\n".join((head, line, without)), {}, SlotPurpose.DEPOSIT, kind, now=NOW
    ).rows
    assert (one.unread, one.says) == (unread, other.says)


def test_a_title_the_headings_again_and_a_total_are_no_rows_of_a_list() -> None:
    again = "Dossier;Nom;Date;Heure"
    lines = ("Rendez-vous de janvier", again, "G-1;Total;18/01/2027;10h30", again)
    given = read("\n".join((*lines, "G-2;;19/01/2027;9h", "Sous-total : 2;;;", ";;Total;40")))
    assert [(one.number, one.why) for one in given.layout] == [
        (1, "above"),
        (4, "headings"),
        (6, "total"),
        (7, "total"),
    ]
    assert {one.why for one in given.layout} <= codes("layouts")
    assert (given.read, len(given.rows), given.aside) == (2, 2, ())


def test_a_cell_that_is_the_reason_is_shown_whole_under_its_heading() -> None:
    long = "Naturalisation " * 9
    head = "Dossier;Jour;Heure;Objet"
    given = read(f"{head}\nG-1;18/01/2027;10h30;{long}\nG-1;18/01/2027;;\nG-1;hier;9h;")
    assert [(one.heading, one.cell, one.reference) for one in given.aside] == [
        ("Objet", long.strip(), "G-1"),
        ("", "", "G-1"),
        ("Jour", "hier", "G-1"),
    ]


def test_a_reference_that_excel_made_a_day_of_is_set_aside() -> None:
    content = xlsx(
        row(words("Dossier", "Date")),
        row('<c s="1"><v>43599</v></c>' + words("18/01/2027 10h30")),
        row("<c><f>A1</f></c>" + words("18/01/2027 10h30")),
    )
    assert [one.why for one in read(content).aside] == ["date", "uncomputed"]


@pytest.mark.parametrize(
    ("said", "purpose"),
    [
        ("", SlotPurpose.DEPOSIT),
        ("Dépôt d’un dossier étudiant", SlotPurpose.DEPOSIT),
        ("Première demande", SlotPurpose.DEPOSIT),
        ("Renouvellement", SlotPurpose.DEPOSIT),
        ("Titre de séjour étudiant", SlotPurpose.DEPOSIT),
        ("Demande de titre de séjour", SlotPurpose.DEPOSIT),
        ("RDV étudiant", SlotPurpose.DEPOSIT),
        ("Remise du dossier", SlotPurpose.DEPOSIT),
        ("Dépôts", SlotPurpose.DEPOSIT),
        ("Renouvellement de titre de séjour étudiant (dépôt)", SlotPurpose.DEPOSIT),
        ("Renouvellement : retrait du titre", SlotPurpose.COLLECT),
        ("RETRAIT DU TITRE", SlotPurpose.COLLECT),
        ("Retrait", SlotPurpose.COLLECT),
        ("Remise", SlotPurpose.COLLECT),
        ("Récupération du titre de séjour", SlotPurpose.COLLECT),
        ("Demande de retrait", SlotPurpose.COLLECT),
    ],
)
def test_what_an_appointment_is_for_is_what_its_row_says(said: str, purpose: SlotPurpose) -> None:
    assert only(f"{HEAD}G-1;18/01/2027;10h30;{said};").purpose is purpose


def test_why_most_rows_are_of_no_use_is_said_of_the_list() -> None:
    other, ours = "G-1;18/01/2027;10h30;Passeport;\n", "G-1;18/01/2027;10h30;;\n"
    said = [read(HEAD + lines).mostly_aside for lines in (other * 2 + ours, other + ours)]
    assert said == ["purpose", ""]


@pytest.mark.parametrize(
    ("heading", "cells", "names"),
    [
        ("Nom;Prénom", "Sow;Awa", ("Sow", "Awa")),
        ("Nom;Prénom", ";Awa", ("", "Awa")),
        ("Usager;x", "SOW DIALLO Awa;", ("SOW DIALLO", "Awa")),
        ("Usager;x", "Sow, Awa;", ("Sow", "Awa")),
        ("Usager;x", "Awa Sow;", ("Awa Sow", "")),
        ("Usager;x", "SOW, Awa, Fatou;", ("SOW", "Awa, Fatou")),
        ("Usager;x", "M. Ali SOW;", ("Ali SOW", "")),
        ("Usager;x", "Mme SOW Awa;", ("SOW", "Awa")),
        ("Usager;x", "M;", ("M", "")),
        ("Nom;Usager", "Sow;DIOP Ali", ("Sow", "")),
        ("Prénom;Usager", "Awa;SOW Awa", ("SOW", "Awa")),
        ("Demandeur;Prénom", "SOW;Awa", ("SOW", "Awa")),
        ("Prénom;Étudiant", "Awa;M. Sow", ("Sow", "Awa")),
        ("Prénom;Usager", "Awa;Sow awa", ("Sow", "Awa")),
        ("Prénom;Usager", "Awa Fatou;Fatou Awa Sow", ("Sow", "Awa Fatou")),
        ("Nom;Usager", "Sow;Mme SOW Awa", ("Sow", "Awa")),
        ("Nom;Usager", "Sow;", ("Sow", "")),
        ("Nom d'usage;Nom de naissance;Prénom", ";Sow;Awa", ("Sow", "Awa")),
        ("Nom d'usage;Nom de naissance;Prénom", "Diop;Sow;Awa", ("Diop", "Awa")),
    ],
)
def test_a_name_stands_in_one_column_or_two(
    heading: str, cells: str, names: tuple[str, str]
) -> None:
    said = only(f"Dossier;Date;{heading}\nG-1;18/01/2027 10h30;{cells}").contact
    assert said
    assert (said.family_name, said.given_name) == names


def test_of_two_columns_for_one_thing_the_first_that_is_not_mostly_empty_is_read() -> None:
    numbers = ("G-1;;18/01/2027 10h30;;06 12 34 56 78", "G-2;;19/01/2027 9h;612345678;")
    lines = "\n".join((*numbers, "G-3;;20/01/2027 9h;;", "G-4;x;;;"))
    given = read(f"Dossier;Date;Date du RDV;Téléphone;Portable\n{lines}")
    assert [c.field for c in given.columns] == ["dossier", "", "day", "phone", "phone"]
    phones = [one.says.contact.phone for one in given.rows if one.says.contact]
    assert phones == ["06 12 34 56 78", "0612345678"], "the zero that spreadsheets take away"
    assert [c.heading for c in given.nearly_empty] == []
    few = read("Dossier;Date;Langue\n" + "G-1;18/01/2027 10h30;\n" * 6)
    assert [(c.heading, c.filled, c.of) for c in few.nearly_empty] == [("Langue", 0, 6)]


@pytest.mark.parametrize(
    ("heading", "cells", "email", "phone"),
    [
        ("Téléphone;Portable", "04 76 00 00 01;06 12 34 56 78", None, "06 12 34 56 78"),
        ("Téléphone;Portable", "aucun;06 12 34 56 78", None, "06 12 34 56 78"),
        ("Téléphone;Portable", "#N/A;612345678", None, "0612345678"),
        ("Téléphone;Portable", "aucun;04 76 00 00 01", None, "04 76 00 00 01"),
        ("Téléphone;Portable", "06 12 34 56 78;07 12 34 56 78", None, "06 12 34 56 78"),
        ("Téléphone;Portable", "aucun;néant", None, "aucun"),
        ("Numéro;Téléphone", "1;06 12 34 56 78", None, "06 12 34 56 78"),
        ("E-mail;Courriel", "aucune;awa@example.org", "awa@example.org", None),
        ("E-mail;Courriel", "sow@example.org;awa@example.org", "sow@example.org", None),
    ],
)
def test_of_several_addresses_or_numbers_that_counts_by_which_one_is_reached(
    heading: str, cells: str, email: str | None, phone: str | None
) -> None:
    [one] = read(f"Dossier;RDV;{heading}\nG-1;18/01/2027 10h30;{cells}").rows
    said = one.says.contact
    assert said
    assert (said.email, said.phone, one.unread) == (email, phone, ())


def test_whom_to_reach_is_read_as_everywhere() -> None:
    head = "Dossier;RDV;Courriel;N° de téléphone;Langue"
    said = only(f"{head}\nG-1;18/01/2027 10h30; awa@example.org ;06 12 34 56 78;Anglais").contact
    assert said
    assert (said.email, said.mobile, said.language) == (
        "awa@example.org",
        "+33612345678",
        Language.EN,
    )
    assert only(f"{head}\nG-1;18/01/2027 10h30;;;en").contact is None


def test_columns_are_proposed_by_their_headings_with_what_stands_first_below() -> None:
    given = read("Réf.;Date du rendez-vous;Nom;Vu par\n" + "G-1;18/01/2027 10h;Sow;\n" * 4)
    assert given.columns == (
        ListColumn(heading="Réf.", field="dossier", examples=("G-1",) * 3, filled=4, of=4),
        ListColumn(
            heading="Date du rendez-vous",
            field="day",
            examples=("18/01/2027 10h",) * 3,
            filled=4,
            of=4,
        ),
        ListColumn(heading="Nom", field="family_name", examples=("Sow",) * 3, filled=4, of=4),
        ListColumn(heading="Vu par", of=4),
    )
    serial = "<c><v>46405</v></c>" * 2
    dated = read(xlsx(row(words("Dossier", "Date", "Âge")), row(words("G-1") + serial)))
    assert [c.examples for c in dated.columns] == [("G-1",), ("2027-01-18",), ("46405",)]
    assert not wanting(given)
    assert wanting(read("Dossier;Quand\nG-1;18/01/2027 10h")) == ["day"]


def test_what_somebody_has_said_of_a_heading_counts_instead() -> None:
    content = "Dossier;Date;Le patient;Nom\nG-1;01/12/2026;18/01/2027 10h30;Sow"
    said = {"date": "", "le patient": "day", "nom": ""}
    [one] = read(content, **said).rows
    assert (one.says.starts_at, one.says.contact) == (AT, None)
    assert not are_confirmed(read(content), said)
    assert are_confirmed(read(content), {**said, "dossier": "dossier"})


def test_of_two_columns_with_one_heading_each_is_said_what_it_holds() -> None:
    content = "Dossier;Date;DATE;Date (2);#;*\nG-1;1/12/2000;18/01/2027 10h30;1/1/2027;x;y"
    given = read(content)
    form = {f"column-{column.heading}": column.field for column in given.columns}
    assert list(form) == [
        *("column-Dossier", "column-Date", "column-DATE (2)", "column-Date (2) (2)"),
        *("column-#", "column-* (2)"),
    ]
    assert form["column-Date"] == "day", "the first one counts until somebody has said otherwise"
    said = chosen_headings({**form, "column-Date": "", "column-DATE (2)": "day"})
    assert are_confirmed(given, said)
    assert [one.says.starts_at for one in read(content, **said).rows] == [AT]


@pytest.mark.parametrize("head", ["Dossier;RDV;Nom;", "Dossier;RDV;Nom"])
def test_a_column_without_a_heading_is_named_and_may_be_read_of_this_list(head: str) -> None:
    content = f"{head}\nG-1;18/01/2027 10h30;Sow;06 12 34 56 78\nG-2;19/01/2027 9h;Diop;"
    given = read(content)
    assert given.ignored == {"colonne D, sans titre": 1}
    assert given.columns[3].examples == ("06 12 34 56 78",)
    known = chosen_headings({f"column-{c.heading}": c.field for c in given.columns[:3]})
    assert are_confirmed(given, known), "it is named, and keeps nobody from the preview"
    said = chosen_headings({"column-colonne D, sans titre": "phone"})
    assert lasting({**known, **said}) == known
    phones = [one.says.contact and one.says.contact.mobile for one in read(content, **said).rows]
    assert phones == ["+33612345678", None]


def test_a_cell_too_many_leaves_no_address_behind_without_a_word() -> None:
    given = read("Dossier;RDV;Nom;Email\nG-1;18/01/2027 10h30;Sow;Awa;awa@example.org")
    [one] = given.rows
    assert one.says.contact
    assert one.says.contact.no_mail
    assert given.ignored == {"colonne E, sans titre": 1}


def test_names_are_not_swapped_under_headings_of_another_order() -> None:
    head, line = "Dossier;RDV;Nom;Prénom", "G-1;18/01/2027 10h30;Sow;Awa"
    given = read(f"{head}\n{line}\n\nAprès-midi\nDossier;RDV;Prénom;Nom\nG-2;19/01/2027 9h;Ali;Sy")
    assert [one.says.dossier_id for one in given.rows] == ["G-1"]
    assert [(one.number, one.why, one.reference) for one in given.aside] == [
        (4, "no_reference", ""),
        (6, "other_table", "G-2"),
    ]
    assert {one.why for one in given.aside} <= codes("asides")
    assert {one.why for one in given.layout} == {"other_headings"} <= codes("layouts")


def test_a_form_says_what_each_column_is() -> None:
    form = {"column-N° Dossier": "dossier", "column-Date": "", "nonce": "n"}
    assert chosen_headings(form) == {"no dossier": "dossier", "date": ""}
    two = {"column-a": "phone", "column-b": "phone"}
    assert set(chosen_headings(two).values()) == {"phone"}
    with pytest.raises(ColumnsRefused, match="Heure"):
        chosen_headings({"column-a": "hour", "column-b": "hour"})
    with pytest.raises(FormRefused):
        chosen_headings({"column-a": "salary"})


def test_a_form_carries_a_list_as_it_was_given_and_refuses_another() -> None:
    for content in ("é;x", b"PK\x03\x04\x00"):
        assert unpacked(packed(content)) == content
    for text in ("", "é", "AAAA", packed(b"")[:6]):
        with pytest.raises(FormRefused):
            unpacked(text)


def test_every_field_has_a_word_and_no_heading_names_two() -> None:
    every = FIELDS[ListKind.TAKEOVER]
    assert set(every) == codes("columns")
    headings = [one for those in every.values() for one in those]
    assert len(headings) == len(set(headings))


def test_a_long_heading_is_known_by_all_of_its_words() -> None:
    heading = "Date " + "du rendez-vous " * 9
    given = read(f"Dossier;{heading}\nG-1;18/01/2027 10h30")
    [_, column] = given.columns
    said = chosen_headings({f"column-{column.heading}": "day"})
    [one] = appointment_list(
        f"Dossier;{heading}\nG-1;18/01/2027 10h30", said, SlotPurpose.COLLECT, now=NOW
    ).rows
    assert one.says == Listed(dossier_id="G-1", purpose=SlotPurpose.COLLECT, starts_at=AT)
    assert isinstance(one.says.starts_at, datetime)


# Dossiers in mid-procedure

STEPS = (
    "Dossier;Statut;Date de dépôt;N° récépissé;Titre arrivé le;Remis le;Fin de validité;Date;Heure"
    ";Motif"
)
DAY, LATER = date(2026, 9, 1), date(2026, 11, 2)
DEPOSIT = ListedStep(type=EventType.DEPOSITED, day=DAY, recepisse_number="R 23")
READY = ListedStep(type=EventType.CARD_READY, day=LATER)


def taken_over(line: str) -> DossierList:
    kind = ListKind.TAKEOVER
    return appointment_list(f"{STEPS}\n{line}", {}, SlotPurpose.DEPOSIT, kind, now=NOW)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("G-1;Déposé;01/09/2026;R 23;;;;;", Listed(dossier_id="G-1", steps=(DEPOSIT,))),
        (
            "G-1;TITRE PRÊT;01/09/2026;R 23;02/11/2026;;;01/09/2026;x",
            Listed(dossier_id="G-1", steps=(READY, DEPOSIT)),
        ),
        (
            "G-1;Titre en fabrication;01/09/2026;R 23;;;;;",
            Listed(dossier_id="G-1", steps=(DEPOSIT,)),
        ),
        ("G-1;titre prêt;;;02/11/2026;;;;", Listed(dossier_id="G-1", steps=(READY,))),
        (
            "G-1;Titre remis;;;;02/11/2026;01/11/2027;;",
            Listed(
                dossier_id="G-1",
                steps=(
                    ListedStep(
                        type=EventType.COLLECTED, day=LATER, card_expires_on=date(2027, 11, 1)
                    ),
                ),
            ),
        ),
        (
            "G-1;Refusé;01/09/2026;R 23;;;;;",
            Listed(
                dossier_id="G-1",
                steps=(ListedStep(type=EventType.CLOSED, reason=Closing.REFUSED), DEPOSIT),
            ),
        ),
        (
            "G-1;Clos;;;;;;;",
            Listed(
                dossier_id="G-1", steps=(ListedStep(type=EventType.CLOSED, reason=Closing.OTHER),)
            ),
        ),
        (
            "G-1;Confirmé;;;;;;18/01/2027;10h30",
            Listed(dossier_id="G-1", starts_at=AT, is_confirmed=True),
        ),
        (
            "G-1;Confirmé;01/09/2026;;02/11/2026;;;18/01/2027;10h30;Retrait",
            Listed(
                dossier_id="G-1",
                starts_at=AT,
                is_confirmed=True,
                purpose=SlotPurpose.COLLECT,
                steps=(READY, ListedStep(type=EventType.DEPOSITED, day=DAY)),
            ),
        ),
        ("G-1;À confirmer;;;;;;18/01/2027;10h30", Listed(dossier_id="G-1", starts_at=AT)),
        (
            "G-1;Titre prêt;;;02/11/2026;;;18/01/2027;10h30;Retrait du titre",
            Listed(dossier_id="G-1", starts_at=AT, purpose=SlotPurpose.COLLECT, steps=(READY,)),
        ),
        (
            "G-1;En fabrication;01/09/2026;R 23;;;;18/01/2027;10h30;Retrait",
            Listed(dossier_id="G-1", starts_at=AT, purpose=SlotPurpose.COLLECT, steps=(DEPOSIT,)),
        ),
        (
            "G-1;Titre prêt;;;02/11/2026;;;30/11/2026;11h50;Retrait du titre",
            Listed(dossier_id="G-1", steps=(READY,)),
        ),
        (
            "G-1;Déposé;01/09/2026;R 23;;;;30/11/2026;15h;Dépôt",
            Listed(dossier_id="G-1", steps=(DEPOSIT,)),
        ),
    ],
)
def test_a_dossier_in_mid_procedure_is_read_by_its_state(line: str, says: Listed) -> None:
    [one] = taken_over(line).rows
    assert one.says == says


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("G-1;;01/09/2026;;;;;;", "state"),
        ("G-1;En cours;01/09/2026;;;;;;", "state"),
        ("G-1;Incomplet;01/09/2026;;;;;;", "state"),
        ("G-1;Déposé;;;;;;;", "no_step_day"),
        ("G-1;Déposé;hier;;;;;;", "day"),
        ("G-1;Déposé;01/09/2026;;02/11/2026;;;;", "later_step"),
        ("G-1;Titre prêt;;;02/11/2026;03/11/2026;;;", "later_step"),
        ("G-1;Confirmé;01/09/2026;;;;;18/01/2027;10h30", "later_step"),
        ("G-1;Confirmé;;;;;;18/01/2027;10h30;Naturalisation", "purpose"),
        ("G-1;Confirmé;;;;;;;", "no_day"),
        ("G-1;Titre prêt;;;02/11/2026;;;18/01/2027;;Retrait", "no_hour"),
        ("G-1;Titre prêt;;;02/11/2026;;;18/01/2027;10h30;", "slot_ahead"),
        ("G-1;Déposé;01/09/2026;;;;;18/01/2027;;Dépôt", "slot_ahead"),
        ("G-1;Titre remis;;;;02/11/2026;;18/01/2027;9h;Retrait", "slot_ahead"),
        ("G-1;Clos;;;;;;lundi 18/01/2027 à 9h;;Retrait", "slot_ahead"),
        (";Déposé;01/09/2026;;;;;;", "missing"),
        (f"G-1;Déposé;01/09/2026;{'R' * 301};;;;;", "too_long"),
    ],
)
def test_a_dossier_of_which_the_state_is_not_clear_is_set_aside(line: str, why: str) -> None:
    given = taken_over(line)
    assert ([one.why for one in given.aside], given.rows) == ([why], ())
    assert why in codes("asides")


def test_an_appointment_that_its_state_leaves_no_room_for_is_named() -> None:
    [one] = taken_over("G-1;Déposé;01/09/2026;;;;;18/01/2027;10h30;").aside
    assert (one.heading, one.cell, one.reference) == ("Date", "18/01/2027", "G-1")


def test_dossiers_in_mid_procedure_need_a_state_and_no_appointment() -> None:
    assert not wanting(taken_over("G-1;Clos"))
    kind = ListKind.TAKEOVER
    without = appointment_list("Dossier;Nom\nG-1;Sow", {}, SlotPurpose.DEPOSIT, kind, now=NOW)
    assert wanting(without) == ["state"]
