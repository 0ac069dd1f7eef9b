"""STAND-IN for the desk's forms, until the acts bring the real ones."""

from collections.abc import Mapping
from datetime import date, datetime

from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.errors import FormRefused
from chalicelib.domain.events import Event, EventType, Source


def desk_event(
    action: str, form: Mapping[str, str], dossier_id: str, by: str, now: datetime
) -> Event:
    """The event of a form; raises FormRefused."""
    if action == "incomplete" and not form.get("missing_documents"):
        raise FormRefused("missing_documents", "Indiquez au moins une pièce manquante.")
    return Event(
        event_id=f"desk-{nonce_of(form)}",
        type=EventType.CHECKED,
        dossier_id=dossier_id,
        at=now,
        received_at=now,
        source=Source.DESK,
        subject=form.get("subject"),
        by=by,
    )


def nonce_of(form: Mapping[str, str]) -> str:
    """The form's own token."""
    return form["nonce"]


def day_of(form: Mapping[str, str], field: str, now: datetime) -> date:
    """A Paris day that is not ahead; today, where none was given. Raises FormRefused."""
    try:
        return date.fromisoformat(form[field]) if form.get(field) else paris_day(now)
    except ValueError as error:
        raise FormRefused(field, "Cette date n’est pas valable.") from error


def words_of(form: Mapping[str, str], field: str, missing: str) -> str:
    """Some words that have to be there; raises FormRefused."""
    if not form.get(field, "").strip():
        raise FormRefused(field, missing)
    return form[field]
