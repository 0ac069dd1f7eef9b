"""The console's pages: what the pipeline found, as HTML in French. Each raises TextFailed."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache, partial
from urllib.parse import urlencode

from chalicelib.domain.audit import AuditLine
from chalicelib.domain.bulk import Bulk, BulkStand
from chalicelib.domain.contact import SMS_CODES, Contact, Language
from chalicelib.domain.dead_letters import DeadLettersView
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.operators import Role
from chalicelib.messages.console import forms as offered
from chalicelib.messages.console.figures import HEIGHT, WIDTH, figures
from chalicelib.messages.console.frame import Frame
from chalicelib.messages.console.quarantine import cause_words, heard_words, remedy_words
from chalicelib.messages.console.story import lines_of, task_of
from chalicelib.messages.console.views import (
    BulkPreview,
    BulkView,
    ChannelState,
    DossierView,
    Filters,
    Found,
    QuarantineList,
    QuarantineView,
    Unreached,
    WorkList,
)
from chalicelib.messages.console.words import (
    FOLDER,
    act_word,
    became_of,
    state_word,
    tasks_of,
    troubles_of,
    useless,
    word,
    words_of,
)
from chalicelib.messages.dates_in_words import day_and_hour, day_in_words
from chalicelib.messages.letter import Letter
from chalicelib.messages.rendering import render
from chalicelib.messages.typography import typeset_html
from chalicelib.messages.work import describe_work, title_of

FR = Language.FR

#: The version in the script's address: it may be kept for ever, for another one has another.
HTMX = "2.0.11"

_MENU = (
    ("/desk", "À traiter", Role.READ),
    ("/desk/find", "Rechercher", Role.READ),
    ("/desk/cards", "Cartes prêtes", Role.ACT),
    ("/desk/quarantine", "Quarantaine", Role.ACT),
    ("/desk/channels", "Canaux", Role.READ),
    ("/desk/dead-letters", "Messages bloqués", Role.ADMIN),
    ("/desk/audit", "Journal d’audit", Role.ADMIN),
)


@cache
def style() -> str:
    """The console's one style sheet, for a `style` element and its hash."""
    return (FOLDER / "style.css").read_text(encoding="utf-8").strip()


@cache
def htmx() -> str:
    """The one script, which nothing depends on: see decision 0027."""
    return (FOLDER / "htmx.min.js").read_text(encoding="utf-8")


def console_page(name: str, frame: Frame, **known: object) -> str:
    """The page `name` of the console's templates, in its frame."""
    everything = {**_vocabulary(), **_around(frame), **known}
    return typeset_html(render(f"_console/{name}.html", everything), FR)


def home(work: WorkList, filters: Filters, now: datetime, frame: Frame) -> str:
    """The work list, what holds everybody up, and the figures."""
    return console_page(
        "home",
        frame,
        work=work,
        filters=filters,
        figures=figures(work.figures, now),
        width=WIDTH,
        height=HEIGHT,
        page_link=partial(_page_link, filters),
    )


def find(found: Found | None, frame: Frame, asked: str = "") -> str:
    """The search box, and what it found."""
    return console_page("find", frame, found=found, asked=found.asked if found else asked)


def dossier(
    view: DossierView, desk: Desk, frame: Frame, again_on: date, waiting: Sequence[Bulk] = ()
) -> str:
    """Everything about one dossier, and what can be said of it.

    `again_on` is the day that "look again" proposes; `waiting` are the lists of ready cards that
    have still to say so of it.
    """
    written, contact = desk.language_for(view.facts.contact), view.facts.contact
    wish = contact.other_language or contact.language if contact else written
    known = dict.fromkeys((*desk.languages, *([contact.language] if contact else [])))
    return console_page(
        "dossier",
        frame,
        view=view,
        lines=lines_of(view.timeline, view.facts),
        tasks=[task_of(entry, view.facts) for entry in view.open_work],
        forms=offered.forms_for(view),
        values=offered.values_for(view),
        hints=offered.hints_for(view),
        steps=offered.steps(view.facts),
        missable=offered.missable(view),
        closings=words_of("closings"),
        written_in=written,
        wish=wish if wish != written else None,
        languages={language.value: word("languages", language) for language in known},
        again_on=again_on.isoformat(),
        waiting=waiting,
    )


def sent(message: Letter, dossier_id: str, frame: Frame) -> str:
    """A message as its student received it, in plain text."""
    return console_page("message", frame, message=message, dossier_id=dossier_id)


def cards(frame: Frame, day: date) -> str:
    """Where a list of ready cards is pasted or chosen."""
    return console_page("cards", frame, day=day.isoformat())


def cards_preview(
    preview: BulkPreview, frame: Frame, carried: str, ticked: Collection[str] = ()
) -> str:
    """What a list would do, and the number to type before it is done. `carried` is the list as its
    form takes it along.
    """
    counts = Counter(one.why for one in preview.unlikely)
    return console_page(
        "cards_preview", frame, preview=preview, counts=counts, carried=carried, ticked=ticked
    )


def bulk(view: BulkView, frame: Frame) -> str:
    """How far a list of ready cards is, and how to undo it."""
    is_moving = view.bulk.stand in {BulkStand.WAITING, BulkStand.RUNNING}
    return console_page("bulk", frame, bulk=view.bulk, rows=view.rows, is_moving=is_moving)


def quarantine(view: QuarantineView, frame: Frame) -> str:
    """One webhook that could not be used, as it came; or a dossier that cannot be read."""
    return console_page("quarantine", frame, view=view, because=words_of("because"))


def quarantine_list(
    found: QuarantineList, frame: Frame, *, at_once: int, read_at_most: int, skip: int = 0
) -> str:
    """What is in quarantine, by cause, or one page of what is there for one cause.

    One press takes so many `at_once`; the first `skip` were read again before, and stayed.
    """
    return console_page(
        "quarantine_list",
        frame,
        found=found,
        because=words_of("because"),
        at_once=at_once,
        read_at_most=read_at_most,
        skip=skip,
    )


def channels(states: Sequence[ChannelState], frame: Frame) -> str:
    """How the channels are, and how to pause and resume them."""
    return console_page("channels", frame, states=states)


def dead_letters(views: Sequence[DeadLettersView], frame: Frame) -> str:
    """What failed for good, and how to try it again."""
    return console_page("dead_letters", frame, views=views)


def audit(day: date, lines: Sequence[AuditLine], frame: Frame) -> str:
    """Who did or read what on a Paris day."""
    return console_page("audit", frame, day_shown=day, lines=lines)


def unreached(found: Unreached, now: datetime, frame: Frame) -> str:
    """The list to call and write from, for paper: one row a person, room to tick."""
    return console_page("list", frame, found=found, now=now)


def not_found(frame: Frame) -> str:
    """There is nothing at this address."""
    return console_page("not_found", frame)


def phone_in_groups(number: str) -> str:
    """A French number by two digits, as people read it out; another as it was given."""
    code = next(filter(number.startswith, SMS_CODES), None)
    national = "0" + number.removeprefix(code) if code else number
    digits = national.replace(" ", "").replace(".", "")
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()):
        return number
    return "\N{NO-BREAK SPACE}".join(digits[at : at + 2] for at in range(0, 10, 2))


def number_in_a_cell(number: str | None) -> str:
    """A number for a spreadsheet, which takes a plus for the beginning of a formula: one of France
    in groups, one from abroad as it is dialled from France.

    By plain blanks: with them it is text to every spreadsheet, and a number to every telephone.
    """
    grouped = phone_in_groups(number or "").replace("\N{NO-BREAK SPACE}", " ")
    return f"00{grouped[1:]}" if grouped.startswith("+") else grouped


def name_of(contact: Contact | None) -> str:
    """Family name first, as lists are read."""
    named = f"{contact.family_name} {contact.given_name}".strip() if contact else ""
    return named or "Sans nom"


def instant_in_words(instant: datetime | None) -> str:
    """An instant by Paris' clocks; empty if there is none."""
    return day_and_hour(instant, FR) if instant else ""


def _around(frame: Frame) -> Mapping[str, object]:
    """What every page's layout reads."""
    operator = frame.operator
    menu = [(path, title) for path, title, role in _MENU if operator and operator.role.may(role)]
    return {
        "language": FR.value,
        "frame": frame,
        "menu": menu,
        "may_act": bool(operator and operator.role.may(Role.ACT)),
        "is_admin": bool(operator and operator.role.may(Role.ADMIN)),
        "style": style(),
        "htmx_version": HTMX,
    }


def _vocabulary() -> Mapping[str, object]:
    """The words that templates ask for."""
    return {
        "word": word,
        "act_word": act_word,
        "title_of": title_of,
        "state_word": state_word,
        "became_of": became_of,
        "tasks_of": tasks_of,
        "troubles_of": troubles_of,
        "useless": useless,
        "cause_words": cause_words,
        "remedy_words": remedy_words,
        "heard_words": heard_words,
        "describe_work": describe_work,
        "day": lambda day: day_in_words(day, FR),
        "at": lambda instant: day_and_hour(instant, FR),
        "phone": phone_in_groups,
        "name_of": name_of,
    }


def _page_link(filters: Filters, page: int) -> str:
    """The address of another page of the same list."""
    asked = {"kind": filters.kind, "urgent": "1" if filters.urgent else None, "page": page}
    return "/desk?" + urlencode({name: value for name, value in asked.items() if value})
