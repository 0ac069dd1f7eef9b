"""The console's first page, its figures, the search, the list to print, and the one script."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from http import HTTPStatus

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.decoding.desk_fields import date_of
from chalicelib.domain.attempts import Kind
from chalicelib.domain.consequences import Effect
from chalicelib.domain.contact import Contact
from chalicelib.domain.desk_calendar import Delays, paris_day
from chalicelib.domain.errors import FormRefused, WithoutEffect
from chalicelib.domain.facts import State
from chalicelib.domain.operators import Role
from chalicelib.domain.recording import Recorded
from chalicelib.entrypoints.console.answers import (
    again,
    csv_answer,
    done,
    frame,
    number_in,
    refusal_word,
    refused,
)
from chalicelib.entrypoints.console.prospects import OUTCOMES, outcome, prospects_of_day
from chalicelib.entrypoints.console.protected_routes import Visit, audit_of, protected_route
from chalicelib.entrypoints.headers import console_page
from chalicelib.messages.console import pages
from chalicelib.messages.console.figures import CHOICES, COUNTS, NOTICES, numbers_of, week_rows
from chalicelib.messages.console.frame import Flash, Frame
from chalicelib.messages.console.views import DayRow, Filters, Unreached, WorkRow
from chalicelib.messages.console.words import dead, state_word, tasks_of, word
from chalicelib.messages.work import title_of
from chalicelib.pipeline.desk_actions import Acted
from chalicelib.pipeline.search import says_enough

desk_home = Blueprint(__name__)

_FIND, _DAY = "/desk/find", "/desk/day"

_HEADER = (
    "dossier",
    "nom",
    "prénom",
    "téléphone",
    "e-mail",
    "ne fonctionne pas",
    "pourquoi",
    "état",
    "rendez-vous",
)


@protected_route(desk_home, "/desk", ["GET"], needs=Role.READ, action="read_home")
def home(visit: Visit) -> str:
    """What waits for a person."""
    filters = _filters(visit)
    visit.told.append(str(filters))
    work = services().work_lists.page(
        filters, services().channel_pauses.states(), services().bulk_actions.pending()
    )
    return pages.home(work, filters, visit.now, frame(visit, "/desk"))


@protected_route(
    desk_home, "/desk/waiting", ["GET"], needs=Role.READ, action="poll_waiting", poll=True
)
def waiting(visit: Visit) -> str:
    """How many dossiers wait, for the first page that shows so many."""
    total, is_cut = services().work_lists.count()
    return pages.waiting(total, is_cut=is_cut, shown=number_in(visit.query, "shown"))


@protected_route(desk_home, "/desk/figures", ["GET"], needs=Role.READ, action="read_figures")
def figures(visit: Visit) -> str:
    """What became of each notice on each channel, week by week."""
    kind = visit.query.get("kind", "")
    asked = Kind(kind) if kind in set(NOTICES) else None
    counted = services().daily_figures.last()
    return pages.figures_page(counted, visit.now, _weeks(visit), asked, frame(visit))


@protected_route(desk_home, "/desk/figures.csv", ["GET"], needs=Role.READ, action="export_figures")
def export_figures(visit: Visit) -> Response:
    """The same for a spreadsheet: a line a week, notice and channel."""
    counted = services().daily_figures.last()
    rows = week_rows(counted, visit.now, _weeks(visit)) if counted else ()
    header = ("semaine du", "message", "canal", *(word("counts", count) for count in COUNTS))
    lines = (
        (
            row.week.isoformat(),
            title_of(row.kind),
            word("channels", row.channel),
            *map(str, numbers_of(row.numbers)),
        )
        for row in rows
    )
    return csv_answer("chiffres.csv", header, lines)


def _weeks(visit: Visit) -> int:
    asked = number_in(visit.query, "weeks")
    return asked if asked in CHOICES else CHOICES[0]


def _filters(visit: Visit) -> Filters:
    """Whatever an address asks for that cannot be is not asked for."""
    kind = visit.query.get("kind", "")
    return Filters(
        kind=Kind(kind) if kind in set(Kind) else None,
        urgent=visit.query.get("urgent") == "1",
        page=_page_of(visit),
    )


def _page_of(visit: Visit) -> int:
    return max(1, number_in(visit.query, "page"))


@protected_route(desk_home, _FIND, ["GET"], needs=Role.READ, action="read_find")
def ask(visit: Visit) -> str:
    """What can be looked for. Whatever stands in the address is not: it would stay in the history
    of a computer that others use.
    """
    return pages.find(None, frame(visit))


@protected_route(desk_home, _FIND, ["POST"], needs=Role.READ, action="find_students")
def find(visit: Visit) -> Response | str:
    """Look for somebody. Nothing is changed: it is a POST because what is asked is a name."""
    asked = visit.form.get("q", "").strip()
    if not says_enough(asked):
        wrong = FormRefused("q", refusal_word("asked"))
        return again(pages.find(None, frame(visit, refusal=refused("find", wrong, {"q": asked}))))
    visit.told.append(services().search.traced(asked))
    return pages.find(services().search.find(asked), frame(visit))


@protected_route(desk_home, _DAY, ["GET"], needs=Role.READ, action="read_day")
def day(visit: Visit) -> Response | str:
    """Who has an appointment on a day; today, unless another is asked for."""
    today = paris_day(visit.now)
    try:
        on = date_of(visit.query, "on") or today
    except FormRefused as error:
        around = frame(visit, _DAY, refused("day", error, visit.query))
        return again(_day(visit, today, around))
    visit.told.append(f"on={on}")
    return _day(visit, on, frame(visit, _DAY))


def _day(visit: Visit, on: date, around: Frame) -> str:
    view, by = services().appointment_days.of(on), visit.operator
    if not by.role.may(Role.ACT):
        return pages.day(view, around)
    each, together = prospects_of_day(view, by.name, visit.now, _delays(visit))
    return pages.day(view, around, each, together)


def _delays(visit: Visit) -> Delays:
    return services().desk.terms_on(paris_day(visit.now)).delays


@protected_route(desk_home, _DAY, ["POST"], needs=Role.ACT, action="answer_day")
def answer(visit: Visit) -> Response:
    """Say of several of them at once what came of it; what is not chosen stays open."""
    on = date_of(visit.form, "on") or paris_day(visit.now)
    visit.told.append(f"on={on}")
    rows = services().appointment_days.of(on).rows
    said = [(row, visit.form.get(f"outcome-{row.dossier_id}", "")) for row in rows]
    chosen = [(row, action) for row, action in said if action in OUTCOMES and row.is_unanswered]
    others = [(row, action) for row, action in said if action in OUTCOMES and not row.is_unanswered]
    different = [row for row, action in others if _became(row) is not OUTCOMES[action]]
    if not chosen and others and not different:
        return done(visit, _DAY, Flash(code=Recorded.DUPLICATE), on=on.isoformat())
    if not chosen:
        wrong = FormRefused("outcome", _why_none(different))
        around = frame(visit, _DAY, refused("day", wrong, {}))
        return again(_day(visit, on, around))
    acted = []
    for row, action in chosen:
        act = _record(visit, row, action, on)
        audit_of(visit, "answer_day", row.dossier_id, action, result="done" if act else "refused")
        acted += [act] if act else []
    counted = {**_counted(acted), "others": len(others) + len(chosen) - len(acted)}
    return done(visit, _DAY, Flash(code="answered", counted=counted), on=on.isoformat())


def _why_none(different: Sequence[DayRow]) -> str:
    """Why nothing is recorded: nothing was chosen, or something else was said of these before."""
    if not different:
        return refusal_word("no_outcome")
    each = (f"{pages.name_of(row.contact)} ({state_word(_became(row))})" for row in different)
    return refusal_word("answered").format(each=", ".join(each))


def _became(row: DayRow) -> State | None:
    """What came of it, as far as anybody has said; None where the dossier cannot be read."""
    return State.MISSED if row.slot and row.slot.missed else row.state


def _counted(acted: Sequence[Acted]) -> Mapping[str, int]:
    """Of how many there was an answer, and how many messages leave because of them, or cannot."""
    effects: Counter[tuple[Effect, bool]] = Counter()
    for one in (one for act in acted for one in act.consequence.following):
        effects[one.effect, one.at is None] += len(one.channels)
    later = effects[Effect.LEAVES, False] + effects[Effect.WAITS, True]
    leaving, stuck = effects[Effect.LEAVES, True], effects[Effect.STUCK, True]
    return {"n": len(acted), "leaving": leaving, "later": later, "stuck": stuck}


def _record(visit: Visit, row: DayRow, action: str, on: date) -> Acted | None:
    """One answer; somebody else's that was first stands. A second press records nothing twice: each
    event bears the token of the page.
    """
    nonce, by = visit.form.get("nonce", ""), visit.operator.name
    event = outcome(row, action, on, nonce, by, visit.now, _delays(visit))
    with suppress(WithoutEffect):
        return services().desk_actions.act(event)
    return None


@protected_route(desk_home, "/desk/put-off", ["GET"], needs=Role.READ, action="read_put_off")
def put_off(visit: Visit) -> str:
    """What comes back on a day, because somebody said so."""
    return pages.put_off(services().put_off_tasks.rows(), frame(visit))


@protected_route(desk_home, "/desk/list", ["GET"], needs=Role.READ, action="read_list")
def unreached(visit: Visit) -> str:
    """Whom to call and write to, on paper."""
    return pages.unreached(_unreached(visit), visit.now, frame(visit))


@protected_route(desk_home, "/desk/export.csv", ["GET"], needs=Role.ACT, action="export_list")
def export(visit: Visit) -> Response:
    """The same for a spreadsheet."""
    found = _unreached(visit)
    return csv_answer("a-joindre.csv", _HEADER, [*map(_row, found.rows), *_beyond(found)])


def _unreached(visit: Visit) -> Unreached:
    page = _page_of(visit)
    visit.told.append(f"page={page}")
    return services().work_lists.unreached(page)


def _beyond(found: Unreached) -> Sequence[Sequence[str]]:
    """A last line that says so, where these are not all."""
    if found.pages == 1 and not found.is_cut:
        return ()
    total = f"{found.total}{' ou plus' if found.is_cut else ''}"
    said = f"Page {found.page} sur {found.pages} ; en tout : {total}"
    return [[said, *[""] * (len(_HEADER) - 1)]]


def _row(row: WorkRow) -> tuple[str, ...]:
    contact = row.contact or Contact(given_name="", family_name="")
    return (
        row.dossier_id,
        contact.family_name,
        contact.given_name,
        pages.number_in_a_cell(contact.number or contact.phone),
        contact.email or "",
        " ".join(dead(row.contact, row.refused)),
        tasks_of(row.kinds, row.to_collect),
        state_word(row.state),
        pages.instant_in_words(row.appointment_at),
    )


@desk_home.route("/desk/htmx.js", methods=["GET"])
def htmx() -> Response:
    """The script that refreshes a page: the same for everybody, and kept by the browser."""
    headers = console_page() | {
        "Content-Type": "text/javascript; charset=utf-8",
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    return Response(pages.htmx(), status_code=HTTPStatus.OK, headers=headers)
