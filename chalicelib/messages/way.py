"""The way of a dossier in five steps: what is done, where the student is now, what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.facts import Facts, State
from chalicelib.domain.milestones import Milestone
from chalicelib.messages.dates_in_words import day_and_hour, day_in_words


class ProcedureStep(StrEnum):
    """The steps of the procedure, in their order."""

    APPOINTMENT = "appointment"  #: chosen, and confirmed by the student
    CHECK = "check"  #: the helper looks through the file
    DEPOSIT = "deposit"
    PROCESSING = "processing"
    COLLECTION = "collection"


class StepStatus(StrEnum):
    """How far a step has come."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"
    UNREPORTED = "unreported"  #: behind the student; nobody told us that it was done


@dataclass(frozen=True, kw_only=True)
class StepProgress:
    """One step of one dossier. `on` is its day in words, empty where none is known."""

    step: ProcedureStep
    progress: StepStatus
    on: str


#: The step at which a student is. A collected card leaves none, nor does a closed dossier.
_AT: Mapping[State, ProcedureStep | None] = {
    State.KNOWN: ProcedureStep.APPOINTMENT,
    State.BOOKED: ProcedureStep.APPOINTMENT,
    State.CONFIRMED: ProcedureStep.CHECK,
    State.MISSED: ProcedureStep.APPOINTMENT,
    State.CANCELLED: ProcedureStep.APPOINTMENT,
    State.INCOMPLETE: ProcedureStep.APPOINTMENT,
    State.DEPOSITED: ProcedureStep.PROCESSING,
    State.CARD_READY: ProcedureStep.COLLECTION,
    State.COLLECTED: None,
    State.CLOSED: None,
}

_STEPS = tuple(ProcedureStep)
_WITH_AN_APPOINTMENT = frozenset({State.BOOKED, State.CONFIRMED})


def way(
    facts: Facts,
    state: State,
    language: Language,
    today: date,
    *,
    has_helper: bool,
    is_to_collect: bool = False,
) -> tuple[StepProgress, ...]:
    """Every step, in the order of the procedure; of a closed dossier those that were taken. Where
    no office helps, nobody checks the file and nobody waits for it. Whoever is asked for nothing
    else than to collect the card `is_to_collect`, even if nobody told us that it is ready.
    """
    at = ProcedureStep.COLLECTION if is_to_collect else None
    at = at or _at(facts, state, today, has_helper=has_helper)
    stages = tuple(
        StepProgress(
            step=step,
            progress=_progress(step, at, facts, state, today),
            on=_on(step, facts, language, today) if _is_dated(step, facts, state, today) else "",
        )
        for step in _STEPS
        if has_helper or step is not ProcedureStep.CHECK
    )
    return tuple(s for s in stages if state is not State.CLOSED or _was_taken(s, facts))


def _was_taken(stage: StepProgress, facts: Facts) -> bool:
    return bool(stage.on) or (stage.step is ProcedureStep.CHECK and facts.checked)


def is_awaited(facts: Facts, state: State, today: date) -> bool:
    """Whether the student is expected at an appointment, today or later."""
    slot = facts.appointment
    return state in _WITH_AN_APPOINTMENT and slot is not None and not slot.is_over_on(today)


def has_passed(facts: Facts, state: State, today: date) -> bool:
    """Whether the day of the appointment is over, and nobody has said yet what came of it."""
    return state in _WITH_AN_APPOINTMENT and not is_awaited(facts, state, today)


def _at(facts: Facts, state: State, today: date, *, has_helper: bool) -> ProcedureStep | None:
    is_past = has_passed(facts, state, today) or _was_tidied_away(facts, state)
    needs_no_check = facts.checked or not has_helper
    if is_past or (state is State.CONFIRMED and needs_no_check):
        return ProcedureStep.DEPOSIT
    return _AT[state]


def _was_tidied_away(facts: Facts, state: State) -> bool:
    """Cancelled only after its hour: nobody has said what came of it."""
    slot = facts.appointment
    return state is State.CANCELLED and slot is not None and not slot.is_called_off


def _progress(
    step: ProcedureStep, at: ProcedureStep | None, facts: Facts, state: State, today: date
) -> StepStatus:
    if step is at:
        return StepStatus.NOW
    if step is ProcedureStep.CHECK and facts.checked:
        return StepStatus.DONE
    if at and _STEPS.index(step) > _STEPS.index(at):
        return StepStatus.NEXT
    return StepStatus.DONE if _is_told(step, facts, state, today) else StepStatus.UNREPORTED


def _is_told(step: ProcedureStep, facts: Facts, state: State, today: date) -> bool:
    """Whether a step that is behind the student was reported, or follows from where they are."""
    if step is ProcedureStep.APPOINTMENT:
        return state is not State.BOOKED and _is_dated(step, facts, state, today)
    reached = _AT[state]
    is_behind = reached is None or _STEPS.index(step) < _STEPS.index(reached)
    return step is not ProcedureStep.CHECK and is_behind


def _is_dated(step: ProcedureStep, facts: Facts, state: State, today: date) -> bool:
    """Whether its day belongs on the way: an appointment's only if it led, or leads, to a visit.

    After the deposit, one that is still ahead is another matter, which the desk looks into.
    """
    slot = facts.appointment
    if step is not ProcedureStep.APPOINTMENT:
        return True
    if slot is None or not slot.is_live:
        return False
    return state in _WITH_AN_APPOINTMENT or paris_day(slot.starts_at) <= today


def _on(step: ProcedureStep, facts: Facts, language: Language, today: date) -> str:
    if step is ProcedureStep.APPOINTMENT:
        return _hour_of(facts.appointment, language)
    slot = facts.to_collect.appointment
    is_ahead = slot is not None and not slot.is_over_on(today)
    if step is ProcedureStep.COLLECTION and facts.collected is None and is_ahead:
        return _hour_of(slot, language)
    reached: Mapping[ProcedureStep, Milestone | None] = {
        ProcedureStep.DEPOSIT: facts.deposited,
        ProcedureStep.PROCESSING: facts.card_ready,
        ProcedureStep.COLLECTION: facts.collected,
    }
    milestone = reached.get(step)
    return day_in_words(milestone.day, language) if milestone else ""


def _hour_of(slot: Appointment | None, language: Language) -> str:
    return day_and_hour(slot.starts_at, language) if slot else ""
