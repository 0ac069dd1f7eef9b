"""A list of appointments: whose they are and when, row by row, and which rows are of no use."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from chalicelib.decoding.booking_events import AT_MOST
from chalicelib.decoding.card_lists import reference_in
from chalicelib.decoding.cells import Cell, CellKind
from chalicelib.decoding.contacts import contact_of
from chalicelib.decoding.days_and_hours import moment_in
from chalicelib.decoding.list_columns import CALLED, SEVERAL, Headings, columns_called
from chalicelib.decoding.lists import ListRow, folded_heading, given_list
from chalicelib.decoding.visible import visible
from chalicelib.domain.bulk import LAYOUT, Listed, ListedStep, SetAside
from chalicelib.domain.contact import Contact
from chalicelib.domain.desk_calendar import SlotPurpose, at_paris, paris_day
from chalicelib.domain.dossier_lists import DossierList, ListedRow, ListKind
from chalicelib.domain.events import Closing, EventType
from chalicelib.domain.facts import State
from chalicelib.domain.names import are_same

T = TypeVar("T", date, time)

#: Why a dossier goes no further, as a column says it.
_ENDS = {
    **dict.fromkeys(("refuse", "rejete"), Closing.REFUSED),
    **dict.fromkeys(("abandonne", "desiste", "desistement"), Closing.WITHDRAWN),
    **dict.fromkeys(("transfere", "autre prefecture"), Closing.TRANSFERRED),
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

#: What a row says enough without: where such a cell is an error, the row is in doubt, and not of no
#: use.
_OPTIONAL = SEVERAL | {"language", "recepisse", "card_expires_on"}

#: So many characters are taken of a cell, as of a webhook. A longer one is a paragraph, or several
#: cells in one.
_AT_MOST: Mapping[str, int] = {
    "family_name": AT_MOST["student.family_name"],
    "given_name": AT_MOST["student.given_name"],
    "whole_name": AT_MOST["student.family_name"],
    "email": AT_MOST["student.email"],
    "phone": AT_MOST["student.phone"],
    "language": AT_MOST["student.language"],
    "recepisse": AT_MOST["recepisse_number"],
}

#: What appointments are for, as columns say it: words that count whatever others ask for,
_PURPOSES: Mapping[str, SlotPurpose] = {
    **dict.fromkeys(
        ("depot", "depots", "deposer", "remise du dossier", "remise de dossier"),
        SlotPurpose.DEPOSIT,
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
            *("renouvellements", "dossier", "dossiers", "instruction"),
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
    CellKind.GARBLED: "garbled",
    CellKind.UNCOMPUTED: "uncomputed",
}


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
    *,
    now: datetime,
) -> DossierList:
    """The appointments on a list, for that purpose where a row says none; or, of dossiers in
    mid-procedure, where each of them stands `now`; and the rows without that.

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
            says = _READS[kind](replace(row, cells=cells), purpose, now)
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
            without = (*unread, *_passed_over(cells, says))
            rows.append(ListedRow(number=row.number, text=row.text, says=says, unread=without))
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


def _appointment(row: ListRow, purpose: SlotPurpose, _now: datetime) -> Listed:
    """Raises _Aside."""
    _readable(row)
    return Listed(
        dossier_id=_reference(row.cells.get("dossier")),
        purpose=_purpose(row.cells.get("purpose"), purpose),
        starts_at=_starts_at(row.cells.get("day"), row.cells.get("hour")),
        contact=_contact(row.cells),
    )


def _in_mid_procedure(row: ListRow, purpose: SlotPurpose, now: datetime) -> Listed:
    """What is behind a dossier counts by the state that its row names; its appointment, of a
    dossier that is not booked any more, where it is ahead. Raises _Aside.
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
    day, hour = row.cells.get("day"), row.cells.get("hour")
    if state not in _LEADS_TO:
        starts_at = _starts_at(day, hour)
        is_confirmed = state is State.CONFIRMED
        return replace(said, starts_at=starts_at, is_confirmed=is_confirmed, purpose=purpose)
    ahead = _ahead(day, hour, now, is_fitting=_is_awaited(purpose, _LEADS_TO[state]))
    return replace(said, starts_at=ahead, purpose=purpose) if ahead else said


def _ahead(
    day: Cell | None, hour: Cell | None, now: datetime, *, is_fitting: bool
) -> datetime | None:
    """The appointment of whoever has a step behind them, None where it is behind them too. Raises
    _Aside where one is ahead that does not fit that step: nobody can tell which of both is wrong.
    """
    first = paris_day(now) + timedelta(days=0 if is_fitting else 1)
    if not any(its and its >= first for its, _ in (moment_in(day), moment_in(hour))):
        return None
    if not is_fitting:
        raise _Aside(why="slot_ahead", field="day" if day else "hour")
    starts_at = _starts_at(day, hour)
    return starts_at if starts_at > now else None


def _passed_over(cells: Mapping[str, Cell], says: Listed) -> Iterator[str]:
    """The day of an appointment that is written and cannot be read, where a row says enough."""
    days = (moment_in(cells.get(field))[0] for field in ("day", "hour"))
    if says.starts_at is None and "day" in cells and not any(days):
        yield "day"


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


#: The steps, the latest first.
_ORDER = (EventType.CLOSED, *_DAYS)


def _is_awaited(purpose: SlotPurpose, step: EventType) -> bool:
    """Whether an appointment for that purpose can be ahead of whoever has this step behind them."""
    return _ORDER.index(_AWAITED[purpose]) < _ORDER.index(step)


def _behind(
    cells: Mapping[str, Cell], its: EventType | None, purpose: SlotPurpose
) -> Iterator[EventType]:
    """The steps before this one, and itself, the latest first. Raises _Aside where one ahead of it
    has a day already: nobody can tell which of both is wrong.
    """
    first = _ORDER.index(its) if its else _ORDER.index(_AWAITED[purpose]) + 1
    for column in (_DAYS[step] for step in _ORDER[1:first]):
        if moment_in(cells.get(column))[0]:
            raise _Aside(why="later_step", field=column)
    yield from (step for step in _ORDER[first:] if step in _DAYS)


def _step(step: EventType, day: date, cells: Mapping[str, Cell]) -> ListedStep:
    is_deposit, is_collected = step is EventType.DEPOSITED, step is EventType.COLLECTED
    number = _words(cells.get("recepisse"))
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
        if field in _AT_MOST and len(_words(cell)) > _AT_MOST[field]:
            raise _Aside(why="too_long", field=field)


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
    # "Demande de retrait": what is asked for counts, not that it is asked for.
    words_mean = {_PURPOSE_WORDS[one] for one in rest - {"demande"} or rest}
    # "Renouvellement (dépôt)": beside such words a file only says what it is about.
    meant |= words_mean & {SlotPurpose.COLLECT} if meant else words_mean
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
    family, given = _parted(said["whole_name"], said["family_name"], said["given_name"])
    if not any((family, given, said["email"], said["phone"])):
        return None
    language = said["language"]
    return contact_of(
        given_name=given,
        family_name=family,
        email=said["email"] or None,
        phone=_LOST_ZERO.sub("0", said["phone"]) or None,
        language=_LANGUAGES.get(folded_heading(language), language) or None,
    )


def _words(cell: Cell | None) -> str:
    return " ".join(visible(cell.text).split()) if cell else ""


def _parted(whole: str, family: str, given: str) -> tuple[str, str]:
    """The family and the given name, as far as they stand in cells of their own; what is missing by
    one in which both stand, without its title: parted where a comma or capitals say where, or where
    the part that is known says it. What cannot be parted is the family name.
    """
    whole = _TITLE.sub("", whole)
    if family or not whole:
        return family, given or _without(whole, family)
    if found := _COMMA.fullmatch(whole) or _CAPITALS.fullmatch(whole):
        return found["family"].strip(), found["given"].strip()
    return _without(whole, given) or whole, given


def _without(whole: str, part: str) -> str:
    """The words of a name without those of this part, with which it begins or ends; none where it
    does neither.
    """
    words, left_out = whole.split(), len(part.split())
    if are_same(tuple(words[:left_out]), (part,)):
        return " ".join(words[left_out:])
    if are_same(tuple(words[-left_out:]), (part,)):
        return " ".join(words[:-left_out])
    return ""
