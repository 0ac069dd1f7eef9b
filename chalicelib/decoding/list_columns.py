"""What the columns of a list of dossiers are called, and what a person says that they hold."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from chalicelib.decoding.card_lists import CALLED_A_REFERENCE
from chalicelib.decoding.contacts import contact_of
from chalicelib.decoding.lists import FILE, Columns, folded_heading, untitled_headings
from chalicelib.domain.dossier_lists import DossierList, ListKind
from chalicelib.domain.errors import FormRefused
from chalicelib.messages.console.words import word

#: Which field each heading stands for, folded: as a person has confirmed it. An empty one says that
#: the column counts for nothing.
Headings = Mapping[str, str]

#: What the columns of such a list are called, by what we take from them.
CALLED: Mapping[str, frozenset[str]] = {
    "dossier": CALLED_A_REFERENCE,
    "day": frozenset(
        {
            *(
                "date",
                "jour",
                "le",
                "date rdv",
                "date du rdv",
                "date de rdv",
                "jour du rendez vous",
            ),
            *("date rendez vous", "date du rendez vous", "date de rendez vous", "jour du rdv"),
            *("rdv", "rendez vous", "date et heure", "date heure", "date et heure du rendez vous"),
            *("date et heure du rdv", "creneau", "horodatage", "debut", "jour rdv", "date debut"),
        }
    ),
    "hour": frozenset(
        {
            *("heure", "horaire", "heure rdv", "heure du rdv", "heure de rdv", "heures"),
            *("heure rendez vous", "heure du rendez vous", "heure de rendez vous", "heure debut"),
            *("heure de debut", "creneau horaire"),
        }
    ),
    "family_name": frozenset(
        {
            *("nom", "nom de famille", "nom d usage", "nom usage", "noms", "nom usager"),
            *("nom usuel", "nom de naissance", "nom naissance", "nom famille", "patronyme"),
        }
    ),
    "given_name": frozenset({"prenom", "prenoms", "prenom usager", "prenom s"}),
    "whole_name": frozenset(
        {
            *("nom prenom", "nom et prenom", "nom prenoms", "nom et prenoms", "prenom nom"),
            *("prenom et nom", "usager", "demandeur", "beneficiaire", "etudiant", "etudiante"),
            *("nom complet", "identite", "personne", "interesse", "nom prenom usager"),
        }
    ),
    "email": frozenset(
        {
            *("email", "e mail", "mail", "courriel", "adresse mail", "adresse email", "mel"),
            *("adresse e mail", "adresse electronique", "adresse courriel", "mail usager"),
            *("courrier electronique", "adresse de courriel", "email usager"),
        }
    ),
    "phone": frozenset(
        {
            *("telephone", "tel", "portable", "mobile", "numero de telephone", "no de telephone"),
            *("n de telephone", "telephone portable", "telephone mobile", "tel portable", "gsm"),
            *("no de portable", "numero de portable", "tel mobile", "n tel", "no tel", "num tel"),
            *("tel usager", "telephone usager"),
        }
    ),
    "language": frozenset({"langue", "langues", "language", "langue de contact"}),
    "purpose": frozenset(
        {"motif", "objet", "motif du rendez vous", "objet du rendez vous", "type de rendez vous"}
        | {"motif du rdv", "motif rdv", "type de rdv", "type rdv", "nature"}
    ),
}

#: What else the columns of a list of dossiers in mid-procedure are called.
_OF_STEPS: Mapping[str, frozenset[str]] = {
    "state": frozenset(
        {
            *("etat", "statut", "situation", "etape", "etat du dossier", "statut du dossier"),
            *("situation du dossier", "avancement", "status"),
        }
    ),
    "deposited_on": frozenset(
        {"date de depot", "date du depot", "date depot", "depose le", "depot", "depot le"}
    ),
    "recepisse": frozenset(
        {"recepisse", "no recepisse", "no de recepisse", "n recepisse", "numero de recepisse"}
        | {"numero recepisse", "n de recepisse", "no du recepisse"}
    ),
    "ready_on": frozenset(
        {
            *("titre pret le", "carte prete le", "titre arrive le", "carte arrivee le"),
            *("date d arrivee du titre", "titre disponible le", "mise a disposition"),
            *("date de mise a disposition", "date titre pret", "disponible le"),
        }
    ),
    "collected_on": frozenset(
        {"remis le", "titre remis le", "date de remise", "carte remise le", "retire le"}
        | {"date de retrait", "date de remise du titre"}
    ),
    "card_expires_on": frozenset(
        {"expire le", "fin de validite", "date d expiration", "date de fin de validite"}
        | {"validite", "valable jusqu au", "date de fin", "expiration"}
    ),
}

#: By what a list is of, what its columns are called; and what it cannot do without.
FIELDS: Mapping[ListKind, Mapping[str, frozenset[str]]] = {
    ListKind.APPOINTMENTS: CALLED,
    ListKind.TAKEOVER: {**CALLED, **_OF_STEPS},
}
NEEDED: Mapping[ListKind, Sequence[str]] = {
    ListKind.APPOINTMENTS: ("dossier", "day"),
    ListKind.TAKEOVER: ("dossier", "state"),
}

#: What may stand in several columns: a birth name beside one of use, a mobile beside a telephone.
SEVERAL = frozenset({"family_name", "given_name", "whole_name", "email", "phone"})

#: What holds days and hours.
_MOMENTS = frozenset({"day", "hour", "deposited_on", "ready_on", "collected_on", "card_expires_on"})

#: What the name of a form's field begins with that says what a column stands for.
COLUMN = "column-"


class ColumnsRefused(FormRefused):
    """What the columns of a list were said to hold cannot be."""

    def __init__(self, message: str) -> None:
        super().__init__(COLUMN, message)


def _use_of_an_address(written: str) -> int:
    """None but where something can be sent to it."""
    said = contact_of(given_name="", family_name="", email=written, phone=None, language=None)
    return 0 if said.no_mail else 1


def _use_of_a_number(written: str) -> int:
    """Most where it takes SMS, some where it is a number."""
    said = contact_of(given_name="", family_name="", email=None, phone=written, language=None)
    return 2 if said.mobile else 1 if said.number else 0


#: Of several cells of a row, what speaks for one.
_USE: Mapping[str, Callable[[str], int]] = {
    "email": _use_of_an_address,
    "phone": _use_of_a_number,
}


def columns_called(headings: Headings, kind: ListKind = ListKind.APPOINTMENTS) -> Columns:
    """What columns are called, where a person has said of some headings what they stand for."""
    return Columns(
        called={
            field: (known - headings.keys()) | {h for h, said in headings.items() if said == field}
            for field, known in FIELDS[kind].items()
        },
        several=SEVERAL,
        use=_USE,
        moments=_MOMENTS,
    )


def wanting(given: DossierList) -> Sequence[str]:
    """What the list cannot do without, and no column of it holds."""
    there = {column.field for column in given.columns}
    return [field for field in NEEDED[given.kind] if field not in there]


def headings_of(given: DossierList) -> Headings:
    """What each of its columns is taken for."""
    return {folded_heading(column.heading): column.field for column in given.columns}


def lasting(headings: Headings) -> Headings:
    """Those that hold for every list with the same ones: what is said of a column without a heading
    is said of this list alone.
    """
    return {one: field for one, field in headings.items() if one not in untitled_headings()}


def are_confirmed(given: DossierList, headings: Headings) -> bool:
    """Whether a person has said of each of its headings what it stands for."""
    return headings.keys() >= lasting(headings_of(given)).keys()


def chosen_headings(form: Mapping[str, str]) -> Headings:
    """What a form says of each heading. Raises ColumnsRefused where two are for one thing that may
    not stand in several.
    """
    said = {
        folded_heading(name.removeprefix(COLUMN)): field
        for name, field in form.items()
        if name.startswith(COLUMN)
    }
    if not FIELDS[ListKind.TAKEOVER].keys() >= set(filter(None, said.values())):
        raise FormRefused(FILE, word("lists", "not_carried"))
    for field, number in Counter(filter(None, said.values())).items():
        if number > 1 and field not in SEVERAL:
            message = word("lists", "column_twice").format(field=word("columns", field))
            raise ColumnsRefused(message)
    return said
