"""One dossier's story in words: what each line of the timeline says."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from chalicelib.domain.attempts import Attempt, Kind, Notice, Status
from chalicelib.domain.contact import Channel, Contact, Language
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.facts import Decision, Facts
from chalicelib.domain.holds import NO_HOLDS, PAUSED, Holds
from chalicelib.domain.retries import HELD
from chalicelib.domain.rules import rule_of
from chalicelib.domain.timeline import Entry, EntryKind
from chalicelib.domain.work import is_to_collect
from chalicelib.messages.console.words import (
    FailureWords,
    notice_words,
    pause_words,
    to_collect,
    troubles_of,
    word,
)
from chalicelib.messages.dates_in_words import day_and_hour, day_in_words
from chalicelib.messages.work import describe_work, title_of

FR = Language.FR

#: From these statuses on a message has left, and can be read again as it was received.
_HAS_LEFT = frozenset(Status) - {Status.CLAIMED, Status.POSTPONED, Status.OPEN, Status.CLOSED}

#: Whatever became known so long after it counts from is told with both instants.
LATE = timedelta(minutes=2)

#: A silence that is shorter is told in hours.
HOURS_ARE_TOLD = 48


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the story, or one open task.

    `at` is None where nobody can know when. `told` are further sentences, `technical` what only a
    technician reads. `subject` names the notice, for the forms beside it; `letter` says that it can
    be read as it was received, and `can_leave_again` that it can be asked for once more here.
    `may_leave` are messages that leave only if a person says so; `seen` tells a task from the same
    one with more on it; `address` is the one that nothing can be sent to.
    """

    at: datetime | None
    what: EntryKind
    title: str
    status: str = ""
    told: Sequence[str] = ()
    troubles: Sequence[FailureWords] = ()
    technical: Sequence[str] = ()
    subject: str = ""
    attempt: int = 1
    letter: bool = False
    can_leave_again: bool = False
    may_leave: Sequence[str] = ()
    seen: str = ""
    advice: str = ""
    address: str = ""
    is_amiss: bool = False

    @property
    def place(self) -> str:
        """Where on the page a message stands."""
        return place_of(self.subject, self.attempt)

    @property
    def can_close(self) -> bool:
        """Whether a person's word ends this task: an erasure is done, or taken back."""
        return not self.subject.startswith(f"{Kind.ERASURE_REQUESTED}.")


def place_of(notice: Notice | str, attempt: int) -> str:
    """The name of the place on a dossier's page where an attempt stands."""
    return f"m.{notice}.{attempt}"


def lines_of(entries: Iterable[Entry], facts: Facts, holds: Holds = NO_HOLDS) -> Sequence[Line]:
    """The whole story. Whoever wants a message sent again says so at its last try.

    Without `holds` nothing is said of who has stopped a channel, and why.
    """
    told = list(entries)
    lines = [_on_its_channel(_for_its_purpose(line_of(e), facts), e, holds) for e in told]
    lines = _silences(_as_people_wanted(lines, told, facts), [one.attempt for one in told])
    last = {line.subject: place for place, line in enumerate(lines) if line.letter}
    return [
        replace(line, can_leave_again=last.get(line.subject) == place)
        for place, line in enumerate(lines)
    ]


def _as_people_wanted(
    lines: Iterable[Line], entries: Iterable[Entry], facts: Facts
) -> Sequence[Line]:
    """The lines, of which a task that somebody has put off is not settled, and a message that
    somebody has asked for is no other try of ours.
    """
    told = list(entries)
    answered = {(a.notice, a.asked) for entry in told if (a := entry.attempt)}
    words = {word.event_id: word for word in facts.work_closed if word.until}
    status = {}
    for place, entry in enumerate(told):
        asked = entry.owed and (entry.owed.notice, entry.owed.next_try.asked)
        word_on_it = words.get(entry.attempt.closed_by) if entry.attempt else None
        if word_on_it:
            status[place] = _put_off(word_on_it)
        elif asked and asked[1] and asked not in answered:
            status[place] = word("story", "asked")
    return [
        replace(line, status=status.get(place, line.status)) for place, line in enumerate(lines)
    ]


def _put_off(decision: Decision) -> str:
    assert decision.until
    return word("story", "put_off").format(day=day_in_words(decision.until, FR))


def _silences(lines: Sequence[Line], attempts: Sequence[Attempt | None]) -> list[Line]:
    """The lines, of which one that was tried again for want of news is amiss, and the next try
    says so. Where a person asked for it, or the address is another, that was not the reason.
    """
    places = {(a.notice, a.attempt): place for place, a in enumerate(attempts) if a}
    said = list(lines)
    for attempt in filter(None, attempts):
        before = places.get((attempt.notice, attempt.attempt - 1))
        former = attempts[before] if before is not None else None
        if before is not None and former and _is_for_silence(attempt, former):
            here = places[attempt.notice, attempt.attempt]
            why = _after_silence(attempt.begun - former.status_at)
            said[before] = replace(said[before], is_amiss=True)
            said[here] = replace(said[here], told=[*said[here].told, why])
    return said


def _is_for_silence(attempt: Attempt, former: Attempt) -> bool:
    before, after = ((a.asked, a.vouched, a.address) for a in (former, attempt))
    return former.status is Status.ACCEPTED and before == after


def _after_silence(silence: timedelta) -> str:
    hours = silence // timedelta(hours=1)
    if hours < HOURS_ARE_TOLD:
        span = f"{hours} heure{'s' if hours > 1 else ''}"
    else:
        span = f"{hours // 24} jours"
    return f"Sans nouvelle de l’arrivée après {span} : envoyé de nouveau."


def line_of(entry: Entry) -> Line:
    """What one entry of the timeline says."""
    return _LINES[entry.what](entry)


def task_of(entry: Entry, facts: Facts, holds: Holds = NO_HOLDS) -> Line:
    """An open desk notice: why it is there, what to do, and the address if that is at fault."""
    line = entry.attempt
    assert line
    waiting = line.losses if rule_of(line.notice.kind).holds_back else ()
    return replace(
        _for_its_purpose(_tried(entry), facts),
        told=_pauses(holds) if _waits_for_a_person(line.reason) else (),
        advice=describe_work(line.notice.kind),
        address=_address_at_fault(facts.contact, line.reason),
        may_leave=[loss.partition("#")[0] for loss in waiting],
        seen=line.edition,
    )


def put_off_lines(entries: Iterable[Entry], facts: Facts) -> Sequence[Line]:
    """The tasks that a person has put off: each with its day, and what that person said."""
    told = list(entries)
    said = {entry.event.event_id: entry.event for entry in told if entry.event}
    last = {word.notice: word for word in facts.work_closed}
    lines = []
    for entry in told:
        notice = entry.owed.notice if entry.owed else None
        if notice and (word := last.get(notice)) and word.until:
            line = _for_its_purpose(_planned(entry), facts)
            *_, why = _about(said[word.event_id])
            lines.append(replace(line, status=_put_off(word), told=[why]))
    return lines


def _on_its_channel(line: Line, entry: Entry, holds: Holds) -> Line:
    """The line of what is foreseen, as far as its channel lets anybody say when."""
    held = holds.get(entry.owed.notice.channel) if entry.owed else None
    if held is None or line.at is None:
        return replace(line, told=_pauses(holds)) if held else line
    if entry.why == HELD:
        return replace(line, status="en attente ; prochain essai, au plus tôt, à cette heure")
    if held.pause:
        return replace(line, status=f"{line.status}, si le canal est rétabli d’ici là")
    return line


def _waits_for_a_person(reason: str) -> bool:
    return any(part.rpartition(":")[2] == PAUSED for part in reason.split())


def _pauses(holds: Holds) -> list[str]:
    return [pause_words(held.pause) for held in holds.values() if held.pause]


def _for_its_purpose(line: Line, facts: Facts) -> Line:
    """The line, which says so if it is about an appointment to collect the card."""
    if line.subject and is_to_collect(facts, Notice.named(line.subject)):
        return replace(line, title=to_collect(line.title))
    return line


def _address_at_fault(contact: Contact | None, reason: str) -> str:
    """The e-mail address, if a task stands there because nothing can be sent to it."""
    fault = contact.no_mail if contact else None
    return contact.email or "" if contact and fault and fault in reason else ""


def _happened(entry: Entry) -> Line:
    event = entry.event
    assert event
    return Line(
        at=entry.at,
        what=entry.what,
        title=word("events", event.type),
        told=[*_about(event), _said_by(event), *_taken_over(event)],
    )


def _taken_over(event: Event) -> Iterable[str]:
    return [word("taken_over", "untold")] if event.is_taken_over else []


def _said_by(event: Event) -> str:
    name = f" ({event.by})" if event.by else ""
    return f"Source : {word('sources', event.source)}{name}."


def _about(event: Event) -> list[str]:
    """What an event says beyond its name; a note says what somebody wrote."""
    if event.type is EventType.NOTED:
        return [f"« {event.why} »"]
    said = {
        "Rendez-vous du": _when(event.starts_at),
        "Objet :": _purpose(event),
        "Jour :": _day(event.day),
        "Récépissé": event.recepisse_number or "",
        "Pièces manquantes :": ", ".join(event.missing_documents),
        "Titre valable jusqu’au": _day(event.card_expires_on),
        "À propos de :": _subject(event),
        "À revoir le": _day(event.until),
        "Raison :": word("closings", event.reason) if event.reason else "",
        "Motif :": event.why or "",
        "Champs non lus, ou pas en entier :": ", ".join(word("fields", f) for f in event.unread),
        "Pris en compte le": _when(event.received_at) if _is_told_late(event) else "",
    }
    return [f"{name} {what.removesuffix('.')}." for name, what in said.items() if what]


def _is_told_late(event: Event) -> bool:
    return event.received_at - event.known_at >= LATE


def _purpose(event: Event) -> str:
    """What an appointment is for, where it is told: of the ordinary one nobody has to say it."""
    is_told = event.is_purpose_said or event.purpose is not SlotPurpose.DEPOSIT
    return word("purposes", event.purpose) if is_told else ""


def _subject(event: Event) -> str:
    """What a desk event is about: a step, or a notice by its name."""
    if not event.subject:
        return ""
    if event.type is EventType.WITHDRAWN:
        return word("events", event.subject)
    kind = event.subject.partition(".")[0]
    return title_of(Kind(kind)) if kind in set(Kind) else event.subject


def _tried(entry: Entry) -> Line:
    attempt = entry.attempt
    assert attempt
    why = entry.why or attempt.reason
    return Line(
        at=entry.at,
        what=entry.what,
        title=notice_words(attempt.notice),
        status=word("fates", attempt.status),
        told=_course(attempt),
        troubles=troubles_of(why),
        technical=_technical(attempt, why),
        subject=str(attempt.notice),
        attempt=attempt.attempt,
        letter=attempt.notice.channel is not Channel.DESK and attempt.status in _HAS_LEFT,
        is_amiss=attempt.status in {Status.BOUNCED, Status.COMPLAINED, Status.FAILED, Status.OPEN},
    )


def _asked_of_the_desk(entry: Entry) -> Line:
    """What still stands open is told in full above the story; what is over asks for nothing."""
    line = _tried(entry)
    is_open = entry.attempt is not None and entry.attempt.status is Status.OPEN
    over = [replace(trouble, advice="") for trouble in line.troubles]
    return replace(line, troubles=() if is_open else over)


def _course(attempt: Attempt) -> list[str]:
    """How a try went on: its number, its status's hour, what comes next."""
    told = [f"Essai n° {attempt.attempt}."] if attempt.attempt > 1 else []
    if attempt.status_at != attempt.claimed_at:
        told.append(f"Dernière nouvelle : {day_and_hour(attempt.status_at, FR)}.")
    if attempt.status is Status.POSTPONED and attempt.until:
        told.append(f"Prochain essai : {day_and_hour(attempt.until, FR)}.")
    if attempt.possible_duplicate:
        told.append("La personne l’a peut-être reçu deux fois.")
    return told


def _technical(attempt: Attempt, why: str) -> list[str]:
    said = [str(attempt.notice), why, attempt.message_id]
    return [one for one in said if one]


def _not_sent(entry: Entry) -> Line:
    assert entry.notice
    why = _not_sent_because(entry.why)
    return Line(
        at=entry.at,
        what=entry.what,
        title=notice_words(entry.notice),
        status=f"non envoyé : {why}" if why else "non envoyé",
        subject=str(entry.notice),
    )


def _not_sent_because(why: str) -> str:
    if why in set(EventType):
        return word("not_sent", why)
    return " ; ".join(trouble.means.lower() for trouble in troubles_of(why))


def _planned(entry: Entry) -> Line:
    owed = entry.owed
    assert owed
    is_work = owed.notice.channel is Channel.DESK
    again = ("comes_back" if is_work else "tried_again") if owed.next_try.attempt > 1 else "planned"
    line = Line(
        at=entry.at,
        what=entry.what,
        title=notice_words(owed.notice),
        status=word("story", again),
        troubles=troubles_of(owed.why),
        subject=str(owed.notice),
    )
    if owed.why == PAUSED:
        return replace(line, at=None, status="en attente, jusqu’à ce que le canal soit rétabli")
    return line


def _day(day: date | None) -> str:
    return day_in_words(day, FR) if day else ""


def _when(instant: datetime | None) -> str:
    return day_and_hour(instant, FR) if instant else ""


_LINES: Mapping[EntryKind, Callable[[Entry], Line]] = {
    EntryKind.EVENT: _happened,
    EntryKind.ATTEMPT: _tried,
    EntryKind.WORK: _asked_of_the_desk,
    EntryKind.NOT_SENT: _not_sent,
    EntryKind.PLANNED: _planned,
}
