"""What would follow from each form of a dossier's page, as it stands there before anybody types."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from chalicelib.decoding.desk_fields import Form
from chalicelib.decoding.desk_forms import AGAIN, ENDED, desk_event
from chalicelib.domain.consequences import Forecast
from chalicelib.domain.desk_calendar import Delays, paris_day
from chalicelib.domain.errors import FormRefused
from chalicelib.domain.events import Closing
from chalicelib.messages.console import forms as offered
from chalicelib.messages.console.consequences import Prospect, prospect
from chalicelib.messages.console.story import lines_of, task_of
from chalicelib.messages.console.views import DossierView
from chalicelib.messages.console.words import word
from chalicelib.pipeline.bulk_actions import asked_for, event_of

#: What stands in for words that nobody has typed yet.
_SOME_WORDS = "…"
#: Nobody’s: https://www.rfc-editor.org/rfc/rfc2606, and a number that the Arcep keeps for films.
_ANOTHER = {"email": "autre@example.org", "phone": "06 39 98 00 00"}

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

    def prospect(self, action: str, cases: _Cases) -> Prospect:
        """What stands beside its button."""
        known: dict[str, Forecast] = {}
        for case, more in cases.items():
            with suppress(FormRefused):
                known[case] = self.forecast(action, more)
        return prospect(known, self.view.holds)


def prospects_of(view: DossierView, by: str, delays: Delays) -> Mapping[str, Prospect]:
    """By the action of each form, with `-subject` where the page has several forms of it."""
    page = _Prospects(view=view, by=by, delays=delays)
    return {name: page.prospect(action, cases) for name, action, cases in _forms(view)}


def forecast_of_a_card(view: DossierView, by: str) -> Forecast:
    """What would follow from a card that is ready: it is a list of one, which waits."""
    bulk = asked_for("foreseen", by, paris_day(view.now), [view.dossier_id], view.now)
    at = bulk.effective_at
    found = view.foresee(event_of(bulk, 0, at), at)
    return Forecast(consequence=found.consequence.said_before(at), refusal=found.refusal)


def _forms(view: DossierView) -> Iterator[tuple[str, str, _Cases]]:
    for form in offered.forms_for(view):
        yield form.action, form.action, _cases(form, view)
    tasks = [task_of(entry, view.facts) for entry in view.open_work]
    for task in tasks:
        ends = {word("cases", outcome): {"outcome": outcome} for outcome in (ENDED, AGAIN)}
        yield f"close-{task.subject}", "close", _about(task.subject, ends)
    again = [line.subject for line in lines_of(view.timeline, view.facts) if line.can_leave_again]
    for subject in [*again, *(subject for task in tasks for subject in task.may_leave)]:
        yield f"resend-{subject}", "resend", _about(subject, {"": {}})


def _about(subject: str, cases: _Cases) -> _Cases:
    return {case: {**more, "subject": subject} for case, more in cases.items()}


def _cases(form: offered.Form, view: DossierView) -> _Cases:
    match form.action:
        case "contact":
            return {word("cases", name): {name: value} for name, value in _ANOTHER.items()}
        case "missed":
            slots = offered.missable(view).items()
            return {words: {"appointment_id": slot} for slot, words in slots}
        case "withdraw":
            return {words: {"subject": step} for step, words in offered.steps(view.facts).items()}
        case "collected":
            return {word("cases", "no_expiry"): {}}
        case _:
            has_a_day = any(field.kind == "day" for field in form.fields)
            return {word("cases", "today") if has_a_day else "": {}}
