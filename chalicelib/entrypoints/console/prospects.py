"""What would follow from each form of a dossier's page, as it stands there before anybody types."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.decoding.desk_fields import Form
from chalicelib.decoding.desk_forms import AGAIN, ENDED, desk_event
from chalicelib.domain.consequences import Consequence, Forecast
from chalicelib.domain.desk_calendar import Delays, SlotPurpose, paris_day
from chalicelib.domain.errors import FormRefused
from chalicelib.domain.events import Closing, Event, EventType
from chalicelib.domain.facts import State
from chalicelib.messages.console import forms as offered
from chalicelib.messages.console.consequences import Prospect, counted_words, prospect
from chalicelib.messages.console.story import lines_of, task_of
from chalicelib.messages.console.views import DayRow, DayView, DossierView
from chalicelib.messages.console.words import word
from chalicelib.pipeline.bulk_actions import foreseen_card

#: What can be said of an appointment without opening its dossier, by the name of the form there,
#: and what then becomes of it. Whatever needs more words, as papers that were missing, is said on
#: its page.
OUTCOMES = {"deposited": State.DEPOSITED, "missed": State.MISSED}

#: What stands in for words that nobody has typed yet.
_SOME_WORDS = "…"
#: Nobody’s: https://www.rfc-editor.org/rfc/rfc2606; and a number that reads as a mobile’s, which
#: those that the Arcep keeps for films do not. Nothing is ever sent to either.
_ANOTHER = {"email": "autre@example.org", "phone": "06 00 00 00 00"}

#: The cases that a form leaves open, by the words for each: what else is then filled in.
_Cases = Mapping[str, Form]


@dataclass(frozen=True, kw_only=True)
class _Prospects:
    """What each form of a dossier's page would lead to, for this operator."""

    view: DossierView
    by: str
    delays: Delays

    def forecast(self, action: str, more: Form) -> Forecast:
        """Raises FormRefused where what is known of the student is no form."""
        view = self.view
        if action == offered.CARD_READY:
            return forecast_of_a_card(view, self.by)
        values = offered.values_for(view)
        filled = {
            "nonce": "foreseen",
            **{name: value for name, value in values.items() if value},
            "family_name": values["family_name"] or _SOME_WORDS,
            "why": _SOME_WORDS,
            "missing_documents": _SOME_WORDS,
            "reason": Closing.OTHER.value,
            "reference": view.dossier_id,
            **more,
        }
        known = view.facts.contact
        event = desk_event(action, filled, view.dossier_id, self.by, view.now, self.delays, known)
        return view.foresee(event, view.now)

    def comes_back(self, subject: str, day: date) -> bool:
        """Whether a task that is put off until then would be seen again."""
        form = {"subject": subject, "outcome": AGAIN, "until": day.isoformat()}
        return not self.forecast("close", form).refusal

    def prospect(self, action: str, cases: _Cases) -> Prospect:
        """What stands beside its button. Of an absence people look for one to take it back."""
        if action == "withdraw" and not cases:
            return Prospect(refusal=word("refusals", "no_step_but_a_slot"))
        known: dict[str, Forecast] = {}
        for case, more in cases.items():
            with suppress(FormRefused):
                known[case] = self.forecast(action, more)
        return prospect(known, self.view.holds)


def prospects_of(
    view: DossierView, by: str, delays: Delays, again_on: Mapping[str, date]
) -> Mapping[str, Prospect]:
    """By the action of each form, with `-subject` where the page has several forms of it. A task
    would be put off until its day of `again_on`.
    """
    page = _Prospects(view=view, by=by, delays=delays)
    return {name: page.prospect(action, cases) for name, action, cases in _forms(view, again_on)}


def again_days(view: DossierView, by: str, delays: Delays) -> Mapping[str, date]:
    """By the subject of each task: the day that "look again" proposes. That is the desk's; where
    the task would not come back then, the day before the appointment, or its own day.
    """
    page, today = _Prospects(view=view, by=by, delays=delays), paris_day(view.now)
    slots = sorted(paris_day(slot.starts_at) for slot in view.facts.appointments)
    days = [today + timedelta(days=delays.look_again_days)]
    days += [day - timedelta(days=n) for day in slots for n in (1, 0)]
    ahead = [day for day in days if day > today]
    tasks = [task_of(entry, view.facts).subject for entry in view.open_work]
    first = {one: next((day for day in ahead if page.comes_back(one, day)), None) for one in tasks}
    return {subject: day for subject, day in first.items() if day}


def forecast_of_a_card(view: DossierView, by: str) -> Forecast:
    """What would follow from a card that is ready: it is a list of one, which waits."""
    day = paris_day(view.now)
    return foreseen_card(view.foresee, view.dossier_id, by, day, view.now)


def prospects_of_day(
    view: DayView, by: str, now: datetime, delays: Delays
) -> tuple[Mapping[str, Prospect], Prospect]:
    """What would follow from each answer, by its dossier; and from one answer for all of them."""
    each: dict[str, Mapping[str, Forecast]] = {}
    for row in view.rows:
        if row.foresee:
            told = {a: outcome(row, a, view.day, "foreseen", by, now, delays) for a in OUTCOMES}
            each[row.dossier_id] = {
                word("events", event.type): row.foresee(event, now)
                for event in told.values()
                if event.type is EventType.MISSED or row.purpose is SlotPurpose.DEPOSIT
            }
    together: dict[str, list[Consequence]] = {}
    for case, forecast in (pair for forecasts in each.values() for pair in forecasts.items()):
        together.setdefault(case, []).append(forecast.consequence)
    for_all = Prospect(
        cases=tuple(
            (word("cases", "all").format(n=len(them), case=case), counted_words(them, view.holds))
            for case, them in together.items()
            if len(them) > 1
        )
    )
    return {one: prospect(forecasts, view.holds) for one, forecasts in each.items()}, for_all


def outcome(
    row: DayRow, action: str, on: date, nonce: str, by: str, now: datetime, delays: Delays
) -> Event:
    """What one of the `OUTCOMES` says of an appointment."""
    slot = row.slot.appointment_id if row.slot else ""
    form = {"nonce": nonce, "day": on.isoformat(), "appointment_id": slot}
    return desk_event(action, form, row.dossier_id, by, now, delays)


def _forms(view: DossierView, again_on: Mapping[str, date]) -> Iterator[tuple[str, str, _Cases]]:
    for form in offered.forms_for(view):
        yield form.action, form.action, _cases(form, view)
    tasks = [task_of(entry, view.facts) for entry in view.open_work]
    for task in tasks:
        ends: dict[str, Form] = {word("cases", ENDED): {"outcome": ENDED}}
        if day := again_on.get(task.subject):
            ends[word("cases", AGAIN)] = {"outcome": AGAIN, "until": day.isoformat()}
        yield f"close-{task.subject}", "close", _about(task.subject, ends)
    again = [line.subject for line in lines_of(view.timeline, view.facts) if line.can_leave_again]
    for subject in [*again, *(subject for task in tasks for subject in task.may_leave)]:
        yield f"resend-{subject}", "resend", _about(subject, {"": {}})


def _as_it_is(view: DossierView) -> _Cases:
    """Whoever saves an address again that was refused, or that is many people's, vouches for it."""
    contact = view.facts.contact
    is_in_doubt = view.refused or (contact and contact.crowded)
    return {word("cases", "same"): {}} if is_in_doubt else {}


def _about(subject: str, cases: _Cases) -> _Cases:
    return {case: {**more, "subject": subject} for case, more in cases.items()}


def _cases(form: offered.Form, view: DossierView) -> _Cases:
    match form.action:
        case "contact":
            one = {word("cases", name): {name: value} for name, value in _ANOTHER.items()}
            return {**_as_it_is(view), **one, word("cases", "both"): _ANOTHER}
        case "missed":
            slots = offered.missable(view).items()
            return {words: {"appointment_id": slot} for slot, words in slots}
        case "confirmed":
            slots = offered.confirmable(view).items()
            return {words: {"slot": slot} for slot, words in slots}
        case "withdraw":
            return {words: {"subject": step} for step, words in offered.steps(view.facts).items()}
        case "collected":
            return {word("cases", "no_expiry"): {}}
        case _:
            has_a_day = any(field.kind == "day" for field in form.fields)
            return {word("cases", "today") if has_a_day else "": {}}
