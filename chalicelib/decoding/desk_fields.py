"""The fields of any form at the desk, one by one. What is wrong is said in French."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from chalicelib.decoding.booking_events import YEARS
from chalicelib.decoding.contacts import number_of
from chalicelib.decoding.visible import JOINERS, visible, visible_address
from chalicelib.domain.contact import fault_of
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.errors import FormRefused
from chalicelib.domain.events import BACK_AT_MOST
from chalicelib.messages.console.words import troubles_of

#: A decoded form: each field once.
Form = Mapping[str, str]

#: A form's own token, the idempotency key: with its prefix it has to stay an id of 64 characters.
NONCE = re.compile(r"[A-Za-z0-9_-]{8,56}", re.ASCII)
ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)

ADDRESS_AT_MOST, WORDS_AT_MOST = 320, 300

_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)", re.ASCII)
_FRENCH_DAY = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII)


def nonce_of(form: Form) -> str:
    """The form's own token; raises FormRefused."""
    nonce = form.get("nonce", "")
    if not NONCE.fullmatch(nonce):
        raise FormRefused("nonce", "Ce formulaire n’est plus valable : rechargez la page.")
    return nonce


def line_of(form: Form, field: str, at_most: int = WORDS_AT_MOST) -> str | None:
    """One line of words; None where there is none. Raises FormRefused."""
    words = " ".join(visible(form.get(field, "")).split())
    if len(words) > at_most:
        raise FormRefused(field, f"Ce texte dépasse {at_most} caractères.")
    if not all(c.isprintable() or c in JOINERS for c in words):
        raise FormRefused(field, "Ce texte contient un caractère invisible.")
    return words or None


def words_of(form: Form, field: str, missing: str) -> str:
    """Some words that have to be there; raises FormRefused, with `missing` where they are not."""
    words = line_of(form, field)
    if words is None:
        raise FormRefused(field, missing)
    return words


def phone_of(form: Form, field: str, known: str | None = None) -> str | None:
    """A telephone number as it was typed; None where there is none. Raises FormRefused.

    What stands there already is left alone, whatever it is: others have said it, and may be asked.
    """
    given = line_of(form, field, ADDRESS_AT_MOST)
    if given is None or given == known or number_of(given):
        return given
    raise FormRefused(field, "Ce n’est pas un numéro de téléphone que nous sachions lire.")


def email_of(form: Form, field: str, known: str | None = None) -> str | None:
    """An e-mail address; None where there is none. Raises FormRefused, saying what is wrong.

    What stands there already is left alone, as with a number.
    """
    given = visible_address(line_of(form, field, ADDRESS_AT_MOST) or "")
    if known and given.split() == known.split():
        return known
    if fault := fault_of(given) if given else None:
        raise FormRefused(field, f"{troubles_of(fault)[0].means}.")
    return given or None


def date_of(form: Form, field: str) -> date | None:
    """A day as browsers send it, or as people in France write it; None where there is none.

    Raises FormRefused.
    """
    text = form.get(field, "").strip()
    if not text:
        return None
    found = _ISO_DAY.fullmatch(text) or _FRENCH_DAY.fullmatch(text)
    year, month, day_of_month = found.group("year", "month", "day") if found else (0, 0, 0)
    try:
        day = date(int(year), int(month), int(day_of_month))
    except ValueError as error:
        raise FormRefused(field, "Cette date n’est pas valable : écrivez 14/05/2019.") from error
    if day.year not in YEARS:
        raise FormRefused(field, "Cette année n’est pas plausible.")
    return day


def day_of(form: Form, field: str, now: datetime) -> date:
    """A Paris day that is not ahead, nor years behind; today, where none was given.

    Raises FormRefused.
    """
    today = paris_day(now)
    day = date_of(form, field) or today
    if day > today:
        raise FormRefused(field, "Cette date est dans l’avenir.")
    if day < today - BACK_AT_MOST:
        raise FormRefused(field, "Cette date est trop ancienne : vérifiez l’année.")
    return day
