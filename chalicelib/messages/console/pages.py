"""The console's pages: what the pipeline found, as HTML in French. Each raises TextFailed."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache, partial
from html.parser import HTMLParser
from types import MappingProxyType
from urllib.parse import urlencode

from chalicelib.domain.attempts import ARRIVED, Kind
from chalicelib.domain.audit import AuditAsked, AuditPage
from chalicelib.domain.bulk import Bulk, BulkStand
from chalicelib.domain.contact import SMS_CODES, Contact, Language
from chalicelib.domain.daily_figures import DailyFigures
from chalicelib.domain.dead_letters import DeadLettersView
from chalicelib.domain.desk_calendar import PARIS, Desk
from chalicelib.domain.operators import Role
from chalicelib.messages.console import forms as offered
from chalicelib.messages.console.consequences import (
    NO_PROSPECT,
    NO_PROSPECTS,
    Prospect,
    consequence_words,
    counted_words,
)
from chalicelib.messages.console.figures import (
    CHOICES,
    HEIGHT,
    NOTICES,
    WEEKS_WIDE,
    WIDTH,
    figures,
    notice_figures,
)
from chalicelib.messages.console.frame import Frame
from chalicelib.messages.console.quarantine import (
    cause_words,
    expected_words,
    heard_words,
    remedy_words,
    unreadable_words,
)
from chalicelib.messages.console.story import lines_of, put_off_lines, task_of
from chalicelib.messages.console.views import (
    BulkPreview,
    BulkView,
    ChannelState,
    DayView,
    DossierView,
    Filters,
    Found,
    MessageView,
    PutOffRow,
    QuarantineList,
    QuarantineView,
    Unreached,
    WorkList,
)
from chalicelib.messages.console.words import (
    FOLDER,
    act_word,
    aside_word,
    became_of,
    no_call,
    no_mail,
    notice_words,
    pause_words,
    probe_words,
    silence_words,
    state_word,
    tasks_of,
    troubles_of,
    unread_columns,
    useless,
    word,
    words_of,
)
from chalicelib.messages.dates_in_words import day_and_hour, day_in_words, hour_in_words
from chalicelib.messages.rendering import render
from chalicelib.messages.sms_characters import alphabet_of, parts
from chalicelib.messages.typography import typeset_html
from chalicelib.messages.work import describe_work, title_of

FR = Language.FR

#: The version in the script's address: it may be kept for ever, for another one has another.
HTMX = "2.0.11"

_MENU = (
    ("/desk", "À traiter", Role.READ),
    ("/desk/day", "Rendez-vous", Role.READ),
    ("/desk/lists", "Rendez-vous par liste", Role.ACT),
    ("/desk/cards", "Titres prêts", Role.ACT),
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


def waiting(total: int, *, is_cut: bool, shown: int) -> str:
    """What the first page asks for each minute: its title, and a word where its list, which counts
    `shown`, is no longer what there is.
    """
    return console_page("waiting", Frame(), total=total, is_cut=is_cut, shown=shown)


def figures_page(
    counted: DailyFigures | None, now: datetime, weeks: int, kind: Kind | None, frame: Frame
) -> str:
    """The weeks by notice and channel, drawn and in numbers."""
    return console_page(
        "figures",
        frame,
        figures=notice_figures(counted, now, weeks, kind),
        weeks=weeks,
        kind=kind,
        choices=CHOICES,
        notices={one.value: title_of(one) for one in NOTICES},
        width=WEEKS_WIDE,
        height=HEIGHT,
    )


def find(found: Found | None, frame: Frame) -> str:
    """What the search box of every page has found; before anybody asks, what it takes."""
    return console_page("find", frame, found=found, asked=found.asked if found else "")


def dossier(
    view: DossierView,
    desk: Desk,
    frame: Frame,
    again_on: Mapping[str, date] = MappingProxyType({}),
    waiting: Sequence[Bulk] = (),
    prospects: Mapping[str, Prospect] = NO_PROSPECTS,
) -> str:
    """Everything about one dossier, and what can be said of it.

    `again_on` is the day that "look again" proposes, by the subject of each task that would come
    back; `waiting` are the lists of ready cards that
    have still to say so of it; `prospects` are what would follow from each form, by its action,
    with `-subject` where the page has several forms of it.
    """
    written, contact = desk.language_for(view.facts.contact), view.facts.contact
    said = contact.language if contact else None
    wish = (contact and contact.other_language) or said or written
    known = dict.fromkeys((*desk.languages, *([said] if said else [])))
    return console_page(
        "dossier",
        frame,
        view=view,
        lines=lines_of(view.timeline, view.facts, view.holds),
        tasks=[task_of(entry, view.facts, view.holds) for entry in view.open_work],
        forms=offered.forms_for(view),
        values=offered.values_for(view),
        hints=offered.hints_for(view),
        steps=offered.steps(view.facts),
        missable=offered.missable(view),
        confirmable=offered.confirmable(view),
        closings=words_of("closings"),
        written_in=written,
        wish=wish if wish != written else None,
        languages={
            # Whoever asked for none of them goes on being written to in the desk's first.
            "" if said is None and language is written else language.value: word(
                "languages", language
            )
            for language in known
        },
        again_on=again_on,
        put_off=put_off_lines(view.timeline, view.facts),
        waiting=waiting,
        prospects=prospects,
    )


def sent(view: MessageView, frame: Frame, *, is_shown: bool = False) -> str:
    """A message as it left, called received only if it is known to have arrived; to whom in full
    only if somebody asked for that.
    """
    text = view.letter.text
    return console_page(
        "message",
        frame,
        view=view,
        letter=view.letter,
        called=notice_words(view.notice),
        to=view.to if is_shown else masked(view.to),
        is_shown=is_shown,
        has_arrived=any(step.status in ARRIVED for step in view.course),
        steps=[(s.at, word("fates", s.status), troubles_of(s.why)) for s in view.course],
        parts=parts(text),
        alphabet=alphabet_of(text),
    )


def styles_in(html: str) -> Sequence[str]:
    """Every style that an e-mail sets, each once: a page that frames it allows these alone."""
    found = _Styles()
    found.feed(html)
    found.close()
    return list(dict.fromkeys(found.styles))


class _Styles(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.styles: list[str] = []
        self._is_sheet = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_sheet = tag == "style"
        self.styles += [value for name, value in attrs if name == "style" and value]

    def handle_data(self, data: str) -> None:
        if self._is_sheet:
            self.styles.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._is_sheet = self._is_sheet and tag != "style"


def masked(address: str) -> str:
    """An address or a number by which somebody who knows it knows it again."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}" if at else f"… {address[-2:]}"


def day(
    view: DayView,
    frame: Frame,
    prospects: Mapping[str, Prospect] = NO_PROSPECTS,
    together: Prospect = NO_PROSPECT,
) -> str:
    """The appointments of one day, to look at and to print. `prospects` are what would follow from
    an answer, by its dossier; and from one answer for all, `together`.
    """
    return console_page("day", frame, view=view, prospects=prospects, together=together)


def put_off(rows: Sequence[PutOffRow], frame: Frame) -> str:
    """What people have put off, and when it comes back."""
    return console_page("put_off", frame, rows=rows)


def cards(frame: Frame, day: date, last: Sequence[Bulk] = ()) -> str:
    """Where a list of ready cards is pasted or chosen, and the last ones."""
    return console_page("cards", frame, day=day.isoformat(), last=last)


def cards_preview(
    preview: BulkPreview, frame: Frame, carried: str, ticked: Collection[str] | None = None
) -> str:
    """What a list would do, and the number to type before it is done. `carried` is the list as its
    form takes it along; what fits is `ticked` until somebody says otherwise.
    """
    counts = Counter(one.why for one in preview.unlikely)
    return console_page(
        "cards_preview",
        frame,
        preview=preview,
        counts=counts,
        carried=carried,
        ticked=preview.proposed if ticked is None else ticked,
        follow=counted_words((one.forecast.consequence for one in preview.fit), preview.holds),
        said_of=lambda one: consequence_words(one.forecast.consequence, preview.holds),
    )


def bulk(view: BulkView, frame: Frame) -> str:
    """How far a list of ready cards is, and how to undo it."""
    is_moving = view.bulk.stand in {BulkStand.WAITING, BulkStand.RUNNING}
    return console_page(
        "bulk", frame, bulk=view.bulk, rows=view.rows, is_moving=is_moving, aside_word=aside_word
    )


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


def dismissed(keys: Sequence[str], left: int, cause: str, frame: Frame) -> str:
    """What a press has dismissed, for whoever wants it back; so many are `left` of the cause."""
    return console_page("dismissed", frame, taken=keys, left=left, cause=cause)


def channels(states: Sequence[ChannelState], frame: Frame) -> str:
    """How the channels are, and how to pause and resume them."""
    return console_page("channels", frame, states=states)


def dead_letters(views: Sequence[DeadLettersView], frame: Frame) -> str:
    """What failed for good, and how to try it again."""
    return console_page("dead_letters", frame, views=views)


def audit(asked: AuditAsked, found: AuditPage, frame: Frame) -> str:
    """Who did or read what: about one dossier, by one person, or on a Paris day."""
    shown = {"about": asked.about, "by": asked.by, "day": asked.day.isoformat()}
    said = next(name for name, value in shown.items() if value)
    older = urlencode({said: shown[said], "older": found.older})
    return console_page("audit", frame, of=asked, found=found, older=older)


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
        "pause_words": pause_words,
        "probe_words": probe_words,
        "silence_words": silence_words,
        "became_of": became_of,
        "tasks_of": tasks_of,
        "troubles_of": troubles_of,
        "useless": useless,
        "no_mail": no_mail,
        "no_call": no_call,
        "cause_words": cause_words,
        "remedy_words": remedy_words,
        "expected_words": expected_words,
        "heard_words": heard_words,
        "unreadable_words": unreadable_words,
        "describe_work": describe_work,
        "day": lambda day: day_in_words(day, FR),
        "at": lambda instant: day_and_hour(instant, FR),
        "hour": lambda instant: hour_in_words(instant.astimezone(PARIS).time(), FR),
        "phone": phone_in_groups,
        "unread_columns": unread_columns,
        "name_of": name_of,
    }


def _page_link(filters: Filters, page: int) -> str:
    """The address of another page of the same list."""
    asked = {"kind": filters.kind, "urgent": "1" if filters.urgent else None, "page": page}
    return "/desk?" + urlencode({name: value for name, value in asked.items() if value})
