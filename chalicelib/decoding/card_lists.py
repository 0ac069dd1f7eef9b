"""A list of ready cards: which dossiers it names, row by row, and which rows name none."""

import re
from collections.abc import Iterable

import msgspec

from chalicelib.decoding.cells import Cell, CellKind
from chalicelib.decoding.desk_fields import ID
from chalicelib.decoding.lists import FILE, Columns, ListRow, given_list
from chalicelib.decoding.visible import visible
from chalicelib.domain.bulk import LAYOUT, CardList, CardRow, SetAside
from chalicelib.domain.dossier_lists import ignored
from chalicelib.domain.errors import FormRefused
from chalicelib.domain.names import compact
from chalicelib.messages.console.words import word

_REFERENCE = "dossier"
#: What a column of references is called, as headings are compared.
CALLED_A_REFERENCE = frozenset(
    {
        *("dossier", "dossiers", "reference", "references", "ref", "dossier id", "id dossier"),
        *("reference dossier", "reference du dossier", "ref dossier", "ref du dossier"),
        *("no dossier", "no de dossier", "n dossier", "n de dossier", "nodossier"),
        *("numero dossier", "numero de dossier", "numero du dossier", "num dossier"),
    }
)
#: Where somebody's name stands: whole, or in parts.
_NAMES = {
    "family_name": frozenset(
        {
            *("nom", "noms", "nom de famille", "nom famille", "nom usage", "nom d usage"),
            *("nom de naissance", "nom naissance", "patronyme", "last name", "surname"),
        }
    ),
    "given_name": frozenset({"prenom", "prenoms", "first name", "given name"}),
    "name": frozenset(
        {
            *("nom prenom", "nom et prenom", "nom prenoms", "nom et prenoms", "nom complet"),
            *("prenom nom", "prenom et nom", "titulaire", "beneficiaire", "demandeur", "usager"),
            *("etudiant", "etudiante", "personne", "identite", "name", "full name", "student"),
        }
    ),
}
#: Dashes and blanks between the parts of a reference, as word processors and people write them.
_DASH, _BLANKS = re.compile("[-\u2010-\u2015\u2212]"), re.compile(r"[^\S\n]+")
#: What else somebody puts around one.
_AROUND = " \u00a0\u202f\t'\"«»‘’“”.:#"


def card_list(content: str | bytes) -> CardList:
    """The references on a list, and the rows without one. Raises FormRefused."""
    given = given_list(content, _COLUMNS)
    rows = [(row, reference_in(row.cells.get(_REFERENCE))) for row in given.rows]
    aside = list(_set_aside(row for row, reference in rows if row.why or not reference))
    layout = tuple(row for row in aside if row.why in LAYOUT)
    return CardList(
        read=len({row.number for row in given.rows}) - len(layout),
        rows=tuple(
            CardRow(number=row.number, reference=reference, text=row.text, name=tuple(_names(row)))
            for row, reference in rows
            if reference and not row.why
        ),
        aside=tuple(row for row in aside if row.why not in LAYOUT),
        sheet=given.sheet,
        unread=given.unread,
        ignored=ignored(given.columns),
        layout=layout,
    )


def spellings(reference: str) -> tuple[str, ...]:
    """How this reference may be kept: as it is written, with other blanks, in capitals."""
    joined = "".join(reference.split("-"))
    return tuple(dict.fromkeys((reference, reference.upper(), joined, joined.upper())))


def carried(cards: CardList) -> str:
    """A list as a form carries it from its preview to its beginning."""
    return msgspec.json.encode(cards).decode()


def carried_back(text: str) -> CardList:
    """The list that a form carries. Raises FormRefused."""
    try:
        return msgspec.json.decode(text, type=CardList)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise FormRefused(FILE, word("lists", "not_carried")) from error


def reference_in(cell: Cell | None) -> str:
    """What is written in a cell, if it can be a reference; empty where it cannot."""
    if cell is None or cell.kind not in {CellKind.TEXT, CellKind.NUMBER}:
        return ""
    parts = _DASH.split(visible(cell.text).strip(_AROUND))
    written = "-".join(_BLANKS.sub("-", part.strip()) for part in parts)
    return written if ID.fullmatch(written) and compact(written) else ""


def _names(row: ListRow) -> Iterable[str]:
    cells = (row.cells.get(column) for column in _NAMES)
    texts = (visible(cell.text).strip() for cell in cells if cell and cell.kind is CellKind.TEXT)
    return filter(None, texts)


def _set_aside(rows: Iterable[ListRow]) -> Iterable[SetAside]:
    for row in rows:
        cell = row.cells.get(_REFERENCE)
        why = row.why or (_WHY.get(cell.kind, "no_reference") if cell else "missing")
        yield SetAside(number=row.number, text=row.text, why=why)


def _looks_like_one(text: str) -> bool:
    """A word in a column without a heading is somebody's name; a reference has a digit."""
    return bool(reference_in(Cell(text=text))) and any(c.isdigit() for c in text)


_WHY = {
    CellKind.ERROR: "error",
    CellKind.GARBLED: "garbled",
    CellKind.DATE: "date",
    CellKind.UNCOMPUTED: "uncomputed",
}
_COLUMNS = Columns(
    called={_REFERENCE: CALLED_A_REFERENCE, **_NAMES},
    several=_NAMES.keys(),
    alone=_REFERENCE,
    like=_looks_like_one,
)
