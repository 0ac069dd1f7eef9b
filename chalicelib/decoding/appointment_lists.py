"""A list of appointments: whose they are and when, row by row, and which rows are of no use."""

import base64
import binascii
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TypeVar

from chalicelib.decoding.booking_events import AT_MOST
from chalicelib.decoding.card_lists import CALLED_A_REFERENCE, reference_in
from chalicelib.decoding.cells import Cell, CellKind
from chalicelib.decoding.contacts import contact_of
from chalicelib.decoding.days_and_hours import moment_in
from chalicelib.decoding.lists import (
    BYTES_AT_MOST,
    FILE,
    Columns,
    ListRow,
    folded_heading,
    given_list,
)
from chalicelib.decoding.visible import visible
from chalicelib.domain.bulk import LAYOUT, Listed, ListedStep, SetAside
from chalicelib.domain.contact import Contact
from chalicelib.domain.desk_calendar import SlotPurpose, at_paris
from chalicelib.domain.dossier_lists import DossierList, ListedRow, ListKind
from chalicelib.domain.errors import FormRefused
from chalicelib.domain.events import Closing, EventType
from chalicelib.domain.facts import State
from chalicelib.messages.console.words import word

T = TypeVar("T", date, time)

#: Which field each heading stands for, folded: as a person has confirmed it. An empty one says that
#: the column counts for nothing.
Headings = Mapping[str, str]

#: Why a dossier goes no further, as a column says it.
_ENDS = {
    **dict.fromkeys(("refuse", "rejete"), Closing.REFUSED),
    **dict.fromkeys(("abandonne", "desiste", "desistement"), Closing.WITHDRAWN),
    **dict.fromkeys(("transfere", "autre prefecture"), Closing.TRANSFERRED),
}

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
            *("tel usager", "telephone usager", "numero"),
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

#: Where a dossier stands, as a column says it: all of its words.
_STATES: Mapping[str, State] = {
    words: state
    for state, those in {
        State.BOOKED: (
            *("a confirmer", "non confirme", "rendez vous a confirmer", "rdv a confirmer"),
            *("rendez vous pris", "rdv pris", "rendez vous choisi"),
        ),
        State.CONFIRMED: ("confirme", "rendez vous confirme", "rdv confirme", "convoque"),
        State.DEPOSITED: (
            *("depose", "dossier depose", "en instruction", "instruction", "en fabrication"),
            *("titre en fabrication", "carte en fabrication", "titre en cours de fabrication"),
            *("en cours d instruction", "recepisse remis", "depot effectue"),
        ),
        State.CARD_READY: (
            *("titre pret", "carte prete", "pret", "prete", "titre disponible", "a retirer"),
            *("carte disponible", "titre arrive", "carte arrivee", "titre a retirer"),
        ),
        State.COLLECTED: (
            *("titre remis", "carte remise", "remis", "remise", "retire", "titre retire"),
            *("titre delivre", "delivre"),
        ),
        State.CLOSED: ("clos", "cloture", "classe", "classe sans suite", *_ENDS),
    }.items()
    for words in those
}

#: What may stand in several columns: a birth name beside one of use, a mobile beside a telephone.
_SEVERAL = frozenset({"family_name", "given_name", "whole_name", "email", "phone"})
#: What holds days and hours.
_MOMENTS = frozenset({"day", "hour", "deposited_on", "ready_on", "collected_on", "card_expires_on"})
#: What a row says enough without: where such a cell is an error, the row is in doubt, and not of no
#: use.
_OPTIONAL = _SEVERAL | {"language", "recepisse", "card_expires_on"}

#: What the name of a form's field begins with that says what a column stands for.
COLUMN = "column-"

#: What appointments are for, as columns say it: words that count whatever others ask for,
_PURPOSES: Mapping[str, SlotPurpose] = {
    **dict.fromkeys(
        ("depot", "depots", "remise du dossier", "remise de dossier"), SlotPurpose.DEPOSIT
    ),
    **dict.fromkeys(
        (
            *("retrait du titre", "retrait de titre", "retrait titre", "retrait de la carte"),
            *("remise du titre", "remise de titre", "remise titre", "remise de la carte"),
            *("retrait carte", "remise carte", "delivrance du titre", "delivrance de titre"),
        ),
        SlotPurpose.COLLECT,
    ),
}
#: and single words. Both count where we know every other word of the cell too: a permit of another
#: kind, or a naturalisation, is asked for in the same words, and what is called off has its name.
_PURPOSE_WORDS: Mapping[str, SlotPurpose] = {
    **dict.fromkeys(
        (
            *("demande", "demandes", "premiere", "1ere", "1re", "renouvellement", "renouveler"),
            *("renouvellements", "deposer", "dossier", "dossiers", "instruction"),
        ),
        SlotPurpose.DEPOSIT,
    ),
    **dict.fromkeys(
        (
            *("retrait", "retraits", "retirer", "remise", "remises", "recuperation", "recuperer"),
            *("delivrance",),
        ),
        SlotPurpose.COLLECT,
    ),
}
#: These name a permit or an appointment, and leave open what for.
_OF_A_PERMIT = frozenset(
    {
        *("titre", "titres", "sejour", "carte", "etudiant", "etudiante", "etudiants", "permis"),
        *("rdv", "rendez", "vous", "pour", "son", "mon", "votre", "au", "guichet", "visa", "long"),
        *("de", "du", "des", "d", "un", "une", "le", "la", "l", "en", "prefecture", "ts", "tse"),
        *("etranger", "etrangers", "etrangere", "etrangeres", "etude", "etudes", "premier"),
    }
)
_LANGUAGES = {
    **dict.fromkeys(("francais", "francaise", "french", "fr"), "fr"),
    **dict.fromkeys(("anglais", "anglaise", "english", "en", "gb", "uk"), "en"),
    **dict.fromkeys(("espagnol", "espagnole", "spanish", "espanol", "es"), "es"),
}
#: The family name in capitals parts it from the given one; or a comma does.
_CAPITALS = re.compile(r"(?P<family>[^a-zß-öø-ÿ]{2,})[ ](?P<given>\S*[a-zß-öø-ÿ].*)")
_COMMA = re.compile(r"(?P<family>[^,]+),(?P<given>.+)")
#: What stands before a name and is no part of it.
_TITLE = re.compile(r"(?:M|Mr|Mme|Mlle|Monsieur|Madame|Mademoiselle)\b\.?[ ]+(?=\S)", re.IGNORECASE)

#: What a spreadsheet takes from a number of France that it takes for a number.
_LOST_ZERO = re.compile(r"\A(?=[1-9][0-9]{8}\Z)", re.ASCII)

_MIDNIGHT = time()
#: So much is shown of a cell that is why its row is of no use.
CELL_AT_MOST = 200

_UNREADABLE = {
    CellKind.ERROR: "error",
    CellKind.UNCOMPUTED: "uncomputed",
}


class ColumnsRefused(FormRefused):
    """What the columns of a list were said to hold cannot be."""

    def __init__(self, message: str) -> None:
        super().__init__(COLUMN, message)


@dataclass(frozen=True, kw_only=True)
class _Aside(Exception):
    """This row says nothing that could be used; `why` is a code, `field` where it is written."""

    why: str
    field: str = ""


def appointment_list(
    content: str | bytes,
    said: Headings,
    purpose: SlotPurpose,
    kind: ListKind = ListKind.APPOINTMENTS,
) -> DossierList:
    """The appointments on a list, for that purpose where a row says none; or, of dossiers in
    mid-procedure, where each of them stands; and the rows without that.

    Columns count as is `said` of their headings, and otherwise by what they are called. Raises
    FormRefused.
    """
    given = given_list(content, columns_called(said, kind))
    rows, aside = list[ListedRow](), list[SetAside]()
    headings = {column.field: column.heading for column in given.columns}
    for row in given.rows:
        unread = [f for f, cell in row.cells.items() if f in _OPTIONAL and cell.kind in _UNREADABLE]
        cells = {field: cell for field, cell in row.cells.items() if field not in unread}
        try:
            says = _READS[kind](replace(row, cells=cells), purpose)
        except _Aside as refused:
            wrong = row.cells.get(refused.field)
            aside.append(
                SetAside(
                    number=row.number,
                    text=row.text,
                    why=refused.why,
                    reference=reference_in(row.cells.get("dossier")),
                    heading=headings.get(refused.field, "") if wrong else "",
                    cell=" ".join(wrong.text.split())[:CELL_AT_MOST] if wrong else "",
                )
            )
        else:
            rows.append(
                ListedRow(number=row.number, text=row.text, says=says, unread=tuple(unread))
            )
    layout = tuple(row for row in aside if row.why in LAYOUT)
    return DossierList(
        kind=kind,
        read=len(given.rows) - len(layout),
        columns=given.columns,
        rows=tuple(rows),
        aside=tuple(row for row in aside if row.why not in LAYOUT),
        layout=layout,
        sheet=given.sheet,
        unread=given.unread,
    )


def columns_called(headings: Headings, kind: ListKind = ListKind.APPOINTMENTS) -> Columns:
    """What columns are called, where a person has said of some headings what they stand for."""
    return Columns(
        called={
            field: (known - headings.keys()) | {h for h, said in headings.items() if said == field}
            for field, known in FIELDS[kind].items()
        },
        several=_SEVERAL,
        moments=_MOMENTS,
    )


def wanting(given: DossierList) -> Sequence[str]:
    """What the list cannot do without, and no column of it holds."""
    there = {column.field for column in given.columns}
    return [field for field in NEEDED[given.kind] if field not in there]


def headings_of(given: DossierList) -> Headings:
    """What each of its columns is taken for."""
    return {folded_heading(column.heading): column.field for column in given.columns}


def are_confirmed(given: DossierList, headings: Headings) -> bool:
    """Whether a person has said of each of its columns what it stands for."""
    return headings.keys() >= headings_of(given).keys()


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
        if number > 1 and field not in _SEVERAL:
            message = word("lists", "column_twice").format(field=word("columns", field))
            raise ColumnsRefused(message)
    return said


#: What a list that a form carries begins with: whether it was pasted, or a file.
_TEXT, _BYTES = b"t", b"b"


def packed(content: str | bytes) -> str:
    """A list as a form carries it from page to page."""
    kind, raw = (_TEXT, content.encode()) if isinstance(content, str) else (_BYTES, content)
    return base64.urlsafe_b64encode(zlib.compress(kind + raw)).decode()


def unpacked(text: str) -> str | bytes:
    """The list that a form carries. Raises FormRefused."""
    try:
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(base64.urlsafe_b64decode(text), 4 * BYTES_AT_MOST)
        content = raw[1:].decode() if raw[:1] == _TEXT else raw[1:]
    except (zlib.error, binascii.Error, ValueError) as error:
        raise FormRefused(FILE, word("lists", "not_carried")) from error
    if not unpacker.eof:
        raise FormRefused(FILE, word("lists", "not_carried"))
    return content


def _appointment(row: ListRow, purpose: SlotPurpose) -> Listed:
    """Raises _Aside."""
    _readable(row)
    return Listed(
        dossier_id=_reference(row.cells.get("dossier")),
        purpose=_purpose(row.cells.get("purpose"), purpose),
        starts_at=_starts_at(row.cells.get("day"), row.cells.get("hour")),
        contact=_contact(row.cells),
    )


def _in_mid_procedure(row: ListRow, purpose: SlotPurpose) -> Listed:
    """What is behind a dossier counts by the state that its row names: an appointment stands ahead
    of a booked one only. Raises _Aside.
    """
    _readable(row)
    state = _STATES.get(folded_heading(_words(row.cells.get("state"))))
    if state is None:
        raise _Aside(why="state", field="state")
    purpose = _purpose(row.cells.get("purpose"), purpose)
    said = Listed(
        dossier_id=_reference(row.cells.get("dossier")),
        contact=_contact(row.cells),
        steps=tuple(_steps(row.cells, state, purpose)),
    )
    if state in _LEADS_TO:
        return said
    starts_at = _starts_at(row.cells.get("day"), row.cells.get("hour"))
    is_confirmed = state is State.CONFIRMED
    return replace(said, starts_at=starts_at, is_confirmed=is_confirmed, purpose=purpose)


#: By the state that a row names, the step that leads there: of a booked dossier there is none. By
#: the step, the latest first, the column with its day.
_LEADS_TO: Mapping[State, EventType] = {
    State.CLOSED: EventType.CLOSED,
    State.COLLECTED: EventType.COLLECTED,
    State.CARD_READY: EventType.CARD_READY,
    State.DEPOSITED: EventType.DEPOSITED,
}
_DAYS: Mapping[EventType, str] = {
    EventType.COLLECTED: "collected_on",
    EventType.CARD_READY: "ready_on",
    EventType.DEPOSITED: "deposited_on",
}
#: How each kind of list is read, row by row.
_READS = {ListKind.APPOINTMENTS: _appointment, ListKind.TAKEOVER: _in_mid_procedure}


#: The step that is awaited of whoever has an appointment: it and those after it are ahead.
_AWAITED: Mapping[SlotPurpose, EventType] = {
    SlotPurpose.COLLECT: EventType.COLLECTED,
    SlotPurpose.DEPOSIT: EventType.DEPOSITED,
}


def _steps(cells: Mapping[str, Cell], state: State, purpose: SlotPurpose) -> Iterator[ListedStep]:
    """The step of its state, which needs its day but where a dossier is closed, and those before it
    of which a day is given; the latest first. Raises _Aside.
    """
    its = _LEADS_TO.get(state)
    if its is EventType.CLOSED:
        words = folded_heading(_words(cells.get("state")))
        yield ListedStep(type=its, reason=_ENDS.get(words, Closing.OTHER))
    for step in _behind(cells, its, purpose):
        day = _day_of(cells, _DAYS[step])
        if day is None and step is its:
            raise _Aside(why="no_step_day")
        if day:
            yield _step(step, day, cells)


def _behind(
    cells: Mapping[str, Cell], its: EventType | None, purpose: SlotPurpose
) -> Iterator[EventType]:
    """The steps before this one, and itself, the latest first. Raises _Aside where one ahead of it
    has a day already: nobody can tell which of both is wrong.
    """
    order = [EventType.CLOSED, *_DAYS]
    first = order.index(its) if its else order.index(_AWAITED[purpose]) + 1
    for column in (_DAYS[step] for step in order[1:first]):
        if moment_in(cells.get(column))[0]:
            raise _Aside(why="later_step", field=column)
    yield from (step for step in order[first:] if step in _DAYS)


def _step(step: EventType, day: date, cells: Mapping[str, Cell]) -> ListedStep:
    is_deposit, is_collected = step is EventType.DEPOSITED, step is EventType.COLLECTED
    number = _words(cells.get("recepisse"))[: AT_MOST["recepisse_number"]]
    return ListedStep(
        type=step,
        day=day,
        recepisse_number=(number or None) if is_deposit else None,
        card_expires_on=_day_of(cells, "card_expires_on") if is_collected else None,
    )


def _day_of(cells: Mapping[str, Cell], field: str) -> date | None:
    """None where none is given. Raises _Aside where it is none."""
    day, _ = moment_in(cells.get(field))
    if field in cells and day is None:
        raise _Aside(why="day", field=field)
    return day


def _readable(row: ListRow) -> None:
    """Raises _Aside."""
    if row.why:
        raise _Aside(why=row.why)
    for field, cell in row.cells.items():
        if cell.kind in _UNREADABLE:
            raise _Aside(why=_UNREADABLE[cell.kind], field=field)


def _reference(cell: Cell | None) -> str:
    if cell is None:
        raise _Aside(why="missing")
    if cell.kind is CellKind.DATE:
        raise _Aside(why="date", field="dossier")
    reference = reference_in(cell)
    if not reference:
        raise _Aside(why="no_reference", field="dossier")
    return reference


def _purpose(cell: Cell | None, purpose: SlotPurpose) -> SlotPurpose:
    """That of its list where it says none. An appointment for something else is none of ours."""
    said, meant = folded_heading(cell.text) if cell else "", set[SlotPurpose]()
    for words, one in _PURPOSES.items():
        said, times = re.subn(rf"\b{words}\b", "", said)
        meant |= {one} if times else set()
    rest = set(said.split()) - _OF_A_PERMIT
    if not rest <= _PURPOSE_WORDS.keys():
        raise _Aside(why="purpose", field="purpose")
    if not meant:
        # "Demande de retrait": what is asked for counts, not that it is asked for.
        meant = {_PURPOSE_WORDS[one] for one in rest - {"demande"} or rest}
    if len(meant) > 1:
        raise _Aside(why="purpose", field="purpose")
    return meant.pop() if meant else purpose


def _starts_at(day_cell: Cell | None, hour_cell: Cell | None) -> datetime:
    """A day with its hour in one cell, or in two of which neither says what the other does. A day
    at midnight is how a day without an hour is exported; nobody has an appointment then.
    """
    (its_day, its_hour), (other_day, other_hour) = moment_in(day_cell), moment_in(hour_cell)
    if its_hour == _MIDNIGHT and hour_cell:
        its_hour = None
    day, hour = _one_of(its_day, other_day, "day"), _one_of(its_hour, other_hour, "hour")
    if day is None:
        raise _Aside(why="no_day" if day_cell is None else "day", field="day")
    if hour is None:
        raise _Aside(why="no_hour" if hour_cell is None else "hour", field="hour")
    if hour == _MIDNIGHT:
        raise _Aside(why="midnight", field="hour" if hour_cell else "day")
    return at_paris(day, hour)


def _one_of(one: T | None, other: T | None, why: str) -> T | None:
    if one is not None and other is not None and one != other:
        raise _Aside(why=why, field=why)
    return other if one is None else one


def _contact(cells: Mapping[str, Cell]) -> Contact | None:
    """As far as the row says it; None where it says nothing."""
    said = {field: _words(cells.get(field)) for field in CALLED}
    family, given = said["family_name"], said["given_name"]
    if not family and said["whole_name"]:
        family, given = _parted(said["whole_name"][: AT_MOST["student.family_name"]])
    if not any((family, given, said["email"], said["phone"])):
        return None
    language = said["language"]
    return contact_of(
        given_name=given[: AT_MOST["student.given_name"]],
        family_name=family[: AT_MOST["student.family_name"]],
        email=said["email"][: AT_MOST["student.email"]] or None,
        phone=_LOST_ZERO.sub("0", said["phone"][: AT_MOST["student.phone"]]) or None,
        language=_LANGUAGES.get(folded_heading(language), language)[:100] or None,
    )


def _words(cell: Cell | None) -> str:
    return " ".join(visible(cell.text).split()) if cell else ""


def _parted(name: str) -> tuple[str, str]:
    """A name in one cell, family name first, without its title: parted where a comma or capitals
    say where, and otherwise kept whole.
    """
    name = _TITLE.sub("", name)
    found = _COMMA.fullmatch(name) or _CAPITALS.fullmatch(name)
    if found is None:
        return name, ""
    return found["family"].strip(), found["given"].strip()
