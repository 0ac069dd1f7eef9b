"""The console's French words for the product's own: tables beside the templates, read once."""

import re
import tomllib
from collections.abc import Container, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.attempts import Kind, Notice
from chalicelib.domain.contact import Channel, Contact, Language, NoSms
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.facts import ENDS, State
from chalicelib.domain.feeds import Silence
from chalicelib.domain.holds import Hold, Pause
from chalicelib.domain.work import OWN_WORK
from chalicelib.messages.dates_in_words import day_and_hour, day_in_words
from chalicelib.messages.phrases import TEXTS
from chalicelib.messages.work import title_of

FOLDER = TEXTS / "_console"

#: Before the name of an act that was done on the command line.
FROM_COMMAND_LINE = "cli:"

#: The channels whose present address a provider has refused for good, each with why, as a code.
Refused = Mapping[Channel, str]

#: Behind a code: what somebody said, and cannot be.
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

#: What can be missing or late. Two kinds of the desk's own bear the name of the code they tell of.
_ABOUT = frozenset(Kind).difference(OWN_WORK.values())


@dataclass(frozen=True, kw_only=True)
class FailureWords:
    """Why something did not arrive, and what to do about it, in plain words.

    `about` is what did not arrive, if that is said, and `code` the technical word behind it all.
    A number of which only our SMS are refused `can_be_called`.
    """

    means: str
    advice: str
    about: str = ""
    code: str = ""
    can_be_called: bool = False


def word(table: str, code: str) -> str:
    """The French word for one of ours, such as `word("states", State.BOOKED)`.

    A code that has none stands for itself: the audit of a former version may name an act that
    there is no more.
    """
    return _words()[table].get(str(code), str(code))


def aside_word(why: str) -> str:
    """Why a row of a list is not recorded."""
    table, _, code = why.rpartition(".")
    return word(table or "asides", code)


def words_of(table: str) -> Mapping[str, str]:
    """All words of a table, to choose from."""
    return _words()[table]


def codes(table: str) -> AbstractSet[str]:
    """Every code that has a word in a table."""
    return _words()[table].keys()


def unread_columns(ignored: Mapping[str, int]) -> str:
    """The columns of a list that count for nothing, each with how many cells it has."""
    said = word("lists", "column_unread")
    return ", ".join(
        said.format(heading=heading, cells=cells, s="s" if cells > 1 else "")
        for heading, cells in ignored.items()
    )


def act_word(action: str) -> str:
    """What the audit's reader calls an act, from wherever it was done."""
    if action.startswith(FROM_COMMAND_LINE):
        return f"{word('actions', action.removeprefix(FROM_COMMAND_LINE))} (ligne de commande)"
    return word("actions", action)


def pause_words(pause: Pause) -> str:
    """Who has stopped a channel, since when and why, in sentences."""
    channel, at = word("channels", pause.channel), day_and_hour(pause.at, Language.FR)
    why = pause.why.removesuffix(".")
    return f"Canal {channel} suspendu par {pause.by} depuis le {at}. Motif : {why}."


def probe_words(hold: Hold, pause: Pause | None) -> str:
    """When a channel that its provider blocks is tried next, in a sentence."""
    if pause:
        return (
            "Tant que le canal est suspendu, Relance ne demande pas au service s’il accepte de "
            "nouveau : les messages ne partiront qu’une fois le canal rétabli et le blocage levé."
        )
    at = day_and_hour(hold.probe_at, Language.FR)
    return (
        "Relance demande de temps en temps au service s’il accepte de nouveau ; prochain essai à "
        f"partir du {at}."
    )


def silence_words(silence: Silence) -> str:
    """Which feed is silent since when, and when that was found out, in a sentence."""
    since, known_at = (day_and_hour(at, Language.FR) for at in (silence.since, silence.known_at))
    hours = f"{silence.open_hours} heure{'s' if silence.open_hours > 1 else ''} d’ouverture"
    return f"{word('silences', silence.feed)} {since} : {hours}, d’après le calcul du {known_at}."


def state_word(state: State | None) -> str:
    """Where a dossier stands; of one that cannot be read nobody knows."""
    return word("states", state) if state else word("unreadable", "state")


def became_of(slot: Appointment, state: State | None) -> str:
    """What became of an appointment: its confirmation is awaited only until the dossier is
    further than that.
    """
    is_awaited = state is State.BOOKED if slot.purpose is SlotPurpose.DEPOSIT else state not in ENDS
    ends = {
        "cancelled": slot.cancelled,
        "closed": slot.closed,
        "missed": slot.missed,
        "confirmed": slot.confirmed_at,
    }
    otherwise = "expected" if is_awaited else "unconfirmed"
    return word("slot_stands", next((name for name, at in ends.items() if at), otherwise))


def notice_words(notice: Notice) -> str:
    """What one notice is called, with its number in a row and its channel."""
    name = title_of(notice.kind)
    if notice.channel is Channel.DESK:
        return name
    number = f", n° {notice.number}" if notice.number > 1 else ""
    return f"{name}{number} ({word('channels', notice.channel)})"


def to_collect(title: str) -> str:
    """What is called so, of an appointment to collect the card: of one to deposit nobody has to say
    what it is for.
    """
    return f"{title} : {word('purposes', SlotPurpose.COLLECT)}"


def tasks_of(kinds: Iterable[Kind], about_collecting: Container[Kind]) -> str:
    """What a dossier of the work list asks for, in a row."""
    titles = ((kind, title_of(kind)) for kind in kinds)
    return ", ".join(to_collect(t) if kind in about_collecting else t for kind, t in titles)


def troubles_of(why: str) -> Sequence[FailureWords]:
    """What a code says: one of a provider's, one of ours, or several as `what:why what:why`."""
    return [_trouble(part) for part in _parts(why)]


def useless(contact: Contact | None, refused: Refused) -> Sequence[str]:
    """What of a contact nothing can be sent to, and why, in sentences."""
    if contact is None:
        return []
    no_sms = word("no_sms", contact.no_sms) if contact.no_sms else no_number(contact, refused)
    return [said for said in (no_mail(contact, refused), no_sms) if said]


def dead(contact: Contact | None, refused: Refused) -> Sequence[str]:
    """The same of what is no use to whoever writes or calls: there nobody has to try."""
    if contact is None:
        return []
    return [said for said in (no_mail(contact, refused), no_call(contact, refused)) if said]


def no_mail(contact: Contact, refused: Refused) -> str:
    """What is wrong with the e-mail address, in a sentence; empty where nothing is."""
    return _sentences(contact.no_mail or refused.get(Channel.EMAIL, ""))


def no_call(contact: Contact, refused: Refused) -> str:
    """Why the number cannot be called, in a sentence; empty where it can, or there is none."""
    can_be_called = any(one.can_be_called for one in troubles_of(refused.get(Channel.SMS, "")))
    return "" if can_be_called else no_number(contact, refused)


def no_number(contact: Contact, refused: Refused) -> str:
    """What is wrong with the number itself, in a sentence; empty where nothing is."""
    if contact.no_sms is NoSms.UNREADABLE:
        return word("no_sms", NoSms.UNREADABLE)
    return _sentences(refused.get(Channel.SMS, ""))


def _sentences(code: str) -> str:
    return " ".join(f"{trouble.means}." for trouble in troubles_of(code))


def _parts(why: str) -> list[str]:
    """A provider's code may hold a space; only ours, which name what they are about, are lists."""
    return why.split() if ":" in why else [why] if why else []


def _trouble(part: str) -> FailureWords:
    """`kind:code`, `code:kind`, `code.day`, a code, or a kind: that is all there is to say."""
    names = part.split(":")
    kind = next((Kind(name) for name in names if name in _ABOUT), None)
    if kind is None:
        return _meant(part, part)
    if names == [kind]:
        return FailureWords(means=title_of(kind), advice="", code=part)
    code = ":".join(name for name in names if name != kind)
    return replace(_meant(code, part), about=title_of(kind))


def _meant(code: str, part: str) -> FailureWords:
    meaning = _meaning(code)
    day = _DAY.fullmatch(code.rpartition(".")[2])
    said = f" : {day_in_words(date.fromisoformat(day[0]), Language.FR)}" if day else ""
    return replace(meaning, means=f"{meaning.means}{said}", code=part)


def _meaning(code: str) -> FailureWords:
    """By its whole name or, as a provider's sub-type adds little, by as much of it as is known."""
    known, otherwise = _troubles()
    while code not in known and "." in code:
        code = code.rpartition(".")[0]
    return known.get(code, otherwise)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))


@cache
def _troubles() -> tuple[Mapping[str, FailureWords], FailureWords]:
    rows = tomllib.loads((FOLDER / "troubles.toml").read_text(encoding="utf-8"))["troubles"]
    meanings = [(row.pop("codes"), FailureWords(**row)) for row in rows]
    return {code: words for codes, words in meanings for code in codes}, meanings[-1][1]
