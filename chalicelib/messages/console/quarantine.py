"""What is in quarantine, in French for people: what was sent, why it is there, and what to do."""

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.events import EventType
from chalicelib.domain.quarantine import Cause, CauseKind, Heard, cause_of
from chalicelib.messages.console.words import codes, word
from chalicelib.messages.dates_in_words import day_and_hour, day_in_words

FR = Language.FR


def cause_words(cause: Cause) -> str:
    """Why they are there, as the heading of a group."""
    fields = ", ".join(word("fields", name) for name in cause.fields)
    return word("causes", cause.kind).format(fields=fields)


def remedy_words(cause: Cause) -> str:
    """What a person can do about them; of a field that cannot be read also what it should be."""
    return f"{word('remedies', cause.kind)} {expected_words(cause)}".rstrip()


def expected_words(cause: Cause) -> str:
    """How the fields have to be written that cannot be read; empty where there are none."""
    fields = cause.fields if cause.kind is CauseKind.WRONG else ()
    said = (f"{word('fields', name)}, {word('forms', name)}" for name in fields)
    return f"Attendu : {' ; '.join(said)}." if fields else ""


def reason_words(reason: str, *, of_dossier: bool = False) -> str:
    """Why one of them is there: a message, or a dossier."""
    return unreadable_words(reason) if of_dossier else cause_words(cause_of(reason))


def unreadable_words(why: str) -> str:
    """Why a dossier cannot be read. Where in it that is, or which error it was, stays as it
    is: it is for whoever mends it.
    """
    code = next((known for known in codes("illegible") if why.startswith(known)), "")
    where = why.removeprefix(code).strip(" :")
    return f"{word('illegible', code)}{f' ({where})' if where else ''}"


def heard_words(heard: Heard) -> str:
    """What somebody sent: which event, of which day, about whom. Nothing of it is believed."""
    said = [_event(heard.type)]
    if heard.at:
        said.append(f"du {day_in_words(paris_day(heard.at), FR)}")
    if heard.name:
        said.append(f"pour {heard.name}")
    if heard.starts_at:
        said.append(f"rendez-vous du {day_and_hour(heard.starts_at, FR)}")
    return ", ".join(said)


def _event(kind: EventType | str) -> str:
    if isinstance(kind, EventType):
        return word("events", kind)
    return f"Événement inconnu « {kind} »" if kind else "Événement sans type"
