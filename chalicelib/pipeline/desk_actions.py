"""What a person at the desk says of a dossier, and what follows from it: the same before they say
it and after; or why it would have no effect.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.attempts import Kind, Notice, Status
from chalicelib.domain.candidates import complaints
from chalicelib.domain.consequences import (
    NO_CONSEQUENCE,
    Consequence,
    Forecast,
    Planned,
    consequence,
)
from chalicelib.domain.contact import Channel, Contact, NoMail, edition_of
from chalicelib.domain.deliveries import NO_ADDRESS, TOO_MANY
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import Unusable, WithoutEffect
from chalicelib.domain.events import MILESTONES, Event, EventType
from chalicelib.domain.facts import Facts
from chalicelib.domain.holds import PAUSED, Holds
from chalicelib.domain.plan import Owed
from chalicelib.domain.recording import Recorded, record
from chalicelib.domain.retries import HELD
from chalicelib.domain.rules import Series, rule_of
from chalicelib.pipeline.intake import Intake
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Channels, Dossiers

#: Whoever asks for a message again within this time is asked whether they mean it.
RECENTLY = timedelta(hours=24)

#: A dossier holds no more notes: what is written down for ever belongs elsewhere, and an item has
#: an end.
NOTES_AT_MOST = 50

#: Why a task is not put off until a day: nobody would see it again.
GONE_BY_THEN = "gone_by_then"
#: Why a contact is not written over: it is not the one that was on the page.
CONTACT_CHANGED = "contact_changed"

#: Nothing has left, or nothing will arrive of it.
_NOT_SENT = frozenset({Status.POSTPONED, Status.FAILED, Status.BOUNCED})

#: Behind these steps nobody checks the papers any more.
_BEYOND_THE_CHECK = MILESTONES - {EventType.INCOMPLETE}

#: What a message that cannot leave is told for, by why it is stuck; otherwise it is too late.
_STUCK: Mapping[str, str] = {
    **dict.fromkeys((NO_ADDRESS, *NoMail), "no_address"),
    PAUSED: "paused_too_long",
    HELD: "held_too_long",
    TOO_MANY: "too_many_today",
}


@dataclass(frozen=True, kw_only=True)
class Acted:
    """What saying it came to, and what follows from that."""

    outcome: Recorded
    consequence: Consequence = NO_CONSEQUENCE


def foresee(
    dossier: Dossier, planner: Planner, holds: Holds, event: Event, now: datetime
) -> Forecast:
    """What would follow from this event, if it were recorded now."""
    if (check := _CHECKS.get(event.type)) and (why := check(dossier, event, planner, holds, now)):
        return Forecast(refusal=why)
    after, _ = record(dossier, event)
    return Forecast(consequence=consequence_of(dossier, after, planner, holds, now))


def consequence_of(
    before: Dossier, after: Dossier, planner: Planner, holds: Holds, now: datetime
) -> Consequence:
    """What follows for a dossier that gets from one to the other."""
    if after.events == before.events:
        return NO_CONSEQUENCE
    other = Planned(dossier=after, plan=planner.plan_as_it_goes(after, now, holds))
    one = (
        Planned(dossier=before, plan=planner.plan_as_it_goes(before, now, holds))
        if before.events
        else None
    )
    return consequence(one, other, now, _once_arrived(other, planner, holds, now))


def _once_arrived(after: Planned, planner: Planner, holds: Holds, now: datetime) -> Planned | None:
    """How it will be; None where no task stands, or nothing leaves."""
    leaving = [o for o in after.plan.due if o.notice.channel is not Channel.DESK]
    if not leaving or not after.dossier.open_work:
        return None
    dossier = planner.once_arrived(after.dossier, leaving, now)
    return Planned(dossier=dossier, plan=planner.plan(dossier, now, holds))


@dataclass(frozen=True, kw_only=True)
class DeskActions:
    """Records what people at the desk say."""

    intake: Intake
    dossiers: Dossiers
    channels: Channels
    planner: Planner
    now: Callable[[], datetime]

    def act(self, event: Event, seen: str = "") -> Acted:
        """Record what somebody did, and say what follows; QUARANTINED is a form that was sent with
        other words before, and is kept nowhere. `seen` is the edition of what the form replaces,
        the line of the work list or the contact, as they read it.

        Raises WithoutEffect, LostRace and StorageUnavailable.
        """
        now, holds = self.now(), self.channels.holds()
        loaded = self.dossiers.load(event.dossier_id)
        dossier = loaded.dossier
        if not any(known.event_id == event.event_id for known in dossier.events):
            check = _CHECKS.get(event.type, _no_objection)
            reason = check(dossier, event, self.planner, holds, now)
            if reason := reason or _changed_since(dossier, event, seen):
                raise WithoutEffect(reason)
        try:
            taken = self.intake.take_in(event, b"", loaded)
        except Unusable as error:
            raise WithoutEffect("full") from error
        if event.type is EventType.WORK_CLOSED and taken.answer is Recorded.STALE:
            raise WithoutEffect("not_open")  # somebody else, or a fact, was first
        follows = consequence_of(dossier, taken.now.dossier, self.planner, holds, now)
        return Acted(outcome=taken.answer, consequence=follows)

    def sent_recently(self, dossier_id: str, subject: str) -> datetime | None:
        """When this notice (`kind.number.occasion.channel`) last left, if that was just now.

        A claim counts: it may be leaving at this moment. Raises StorageUnavailable.
        """
        now, dossier = self.now(), self.dossiers.load(dossier_id).dossier
        left = [
            a.claimed_at
            for a in dossier.ledger
            if str(a.notice) == subject
            and a.status not in _NOT_SENT
            and now - a.claimed_at < RECENTLY
        ]
        return max(left, default=None)

    def known_contact(self, dossier_id: str) -> Contact | None:
        """How this student is reached, as far as anybody has said. Raises StorageUnavailable."""
        loaded = self.dossiers.load(dossier_id)
        return loaded.dossier.facts.contact if loaded.version else None


def _changed_since(dossier: Dossier, event: Event, seen: str) -> str:
    """Why a form is not taken that was filled in on what stands there no more. The command line has
    seen nothing before.
    """
    if event.type is EventType.WORK_CLOSED:
        line = dossier.open_line(event.subject or "")
        is_the_same = line is not None and line.edition == seen
        return "changed" if seen and not is_the_same else ""
    if event.type is EventType.CONTACT_UPDATED:
        is_the_same = edition_of(dossier.facts.contact if dossier.events else None) == seen
        return CONTACT_CHANGED if seen and not is_the_same else ""
    return ""


#: Why an act would change nothing, as a code; empty where it has its effect.
_Check = Callable[[Dossier, Event, Planner, Holds, datetime], str]


def _no_objection(*_: object) -> str:
    return ""


def _why_not_again(
    dossier: Dossier, event: Event, planner: Planner, holds: Holds, now: datetime
) -> str:
    """A message leaves again if the plan says so once the word is known."""
    if dossier.events and dossier.facts.erasure:
        return "erased_soon"
    notice = Notice.named(event.subject or "")
    after, _ = record(dossier, event)
    plan = planner.plan(after, now, holds)
    owed = next((o for o in (*plan.due, *plan.later) if _is_asked(o, notice, after.facts)), None)
    if owed:
        return "planned" if owed.due_at > now else ""
    stuck = next((o for o in plan.stuck if _is_asked(o, notice, after.facts)), None)
    return _STUCK.get(stuck.why, "too_late") if stuck else _why_not(dossier, notice, planner)


def _is_asked(owed: Owed, notice: Notice, facts: Facts) -> bool:
    """Whether this is the notice that was asked for, whatever its occasion is called by now."""
    one, other = (
        (n.kind, n.number, n.channel, facts.purpose_of(n.occasion)) for n in (owed.notice, notice)
    )
    return owed.next_try.asked > 0 and one == other


def _why_not(dossier: Dossier, notice: Notice, planner: Planner) -> str:
    """Why nobody owes it: its student does not want it, its moment is over, or it never was."""
    facts, addresses = dossier.facts, planner.addresses(dossier.facts.contact)
    if addresses.get(notice.channel) in complaints(dossier.ledger):
        return "complained"
    if facts.closed:
        return "closed"
    if facts.unsubscribed and rule_of(notice.kind).series is Series.RENEW:
        return "unsubscribed"
    return "over" if any(a.notice == notice for a in dossier.ledger) else "never_was"


def _why_not_closed(
    dossier: Dossier, event: Event, planner: Planner, holds: Holds, now: datetime
) -> str:
    """No word ends the line of an erasure: that is done, or taken back. And nothing is put off
    until a day on which it would not come back.
    """
    notice = Notice.named(event.subject or "")
    if notice.kind is Kind.ERASURE_REQUESTED:
        return "erased_soon"
    if not dossier.open_line(str(notice)):
        return "not_open"
    after, _ = record(dossier, event)
    comes_back = {owed.notice for owed in planner.plan(after, now, holds).later}
    return GONE_BY_THEN if event.until and notice not in comes_back else ""


def _why_not_checked(dossier: Dossier, *_: object) -> str:
    """Only before the file is deposited does anybody wait for it to be checked."""
    if dossier.events and dossier.facts.steps.keys() & _BEYOND_THE_CHECK:
        return "checked_late"
    return ""


def _why_not_withdrawn(dossier: Dossier, event: Event, *_: object) -> str:
    return "" if event.subject in dossier.facts.steps else "no_step"


def _why_not_missed(dossier: Dossier, event: Event, *_: object) -> str:
    slots = dossier.facts.appointments if dossier.events else ()
    its = (slot for slot in slots if slot.appointment_id == event.appointment_id)
    return "not_yet" if any(slot.starts_at > event.known_at for slot in its) else ""


def _why_not_confirmed(dossier: Dossier, event: Event, *_: object) -> str:
    """Whoever says that they come means the hour that they were told."""
    slots = dossier.facts.appointments if dossier.events else ()
    its = next((slot for slot in slots if event.revision in slot.revision_events), None)
    if its is None or not its.is_live:
        return "slot_changed"
    if its.confirmed_at:
        return "confirmed_already"
    return "slot_passed" if its.starts_at <= event.known_at else ""


def _why_not_erased(dossier: Dossier, *_: object) -> str:
    """Asking twice is one request; a reference that was mistyped gets no marker that stays."""
    if not dossier.events:
        return "nothing_kept"
    return "erased_soon" if dossier.facts.erasure else ""


def _why_not_kept(dossier: Dossier, *_: object) -> str:
    return "" if dossier.events and dossier.facts.erasure else "no_erasure"


def _why_no_new_links(dossier: Dossier, *_: object) -> str:
    """What never left, nobody reads."""
    if dossier.events and dossier.facts.erasure:
        return "erased_soon"
    return "" if any(a.links for a in dossier.ledger) else "no_links"


def _why_not_noted(dossier: Dossier, *_: object) -> str:
    notes = sum(event.type is EventType.NOTED for event in dossier.events)
    if not dossier.events:
        return "nobody"
    return "" if notes < NOTES_AT_MOST else "too_many_notes"


_CHECKS: Mapping[EventType, _Check] = {
    EventType.ASKED_AGAIN: _why_not_again,
    EventType.WORK_CLOSED: _why_not_closed,
    EventType.CHECKED: _why_not_checked,
    EventType.WITHDRAWN: _why_not_withdrawn,
    EventType.MISSED: _why_not_missed,
    EventType.CONFIRMED: _why_not_confirmed,
    EventType.ERASURE_REQUESTED: _why_not_erased,
    EventType.ERASURE_WITHDRAWN: _why_not_kept,
    EventType.LINKS_RENEWED: _why_no_new_links,
    EventType.NOTED: _why_not_noted,
}
