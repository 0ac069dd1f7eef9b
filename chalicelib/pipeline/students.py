"""What a student sees behind a link, and what they may do there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.facts import Facts, State, state_about
from chalicelib.domain.links import Bound, Purpose
from chalicelib.messages.letter import StudentAddresses
from chalicelib.pipeline.composer import student_links
from chalicelib.pipeline.intake import Intake
from chalicelib.pipeline.ports import Dossiers, Links, Loaded


class LinkValidity(StrEnum):
    """What a link is still worth."""

    CURRENT = "current"  #: it shows what it was made for
    REPLACED = "replaced"  #: it was sent to another address, or new ones were wanted since; or its
    #: appointment was moved or superseded
    CANCELLED = "cancelled"  #: its appointment was cancelled before it began, and there is no other
    CLOSED = "closed"  #: the whole dossier came to its end before the appointment


@dataclass(frozen=True, kw_only=True)
class StudentView:
    """One dossier as its student may see it, at `now`, with the pages that they can open. Of a link
    that is not current any more, show nothing else. A link that was made for an appointment to
    collect the card, of this `purpose`, shows that one.
    """

    loaded: Loaded
    purpose: SlotPurpose
    standing: LinkValidity
    links: StudentAddresses
    now: datetime

    @property
    def dossier_id(self) -> str:
        """Whose it is."""
        return self.loaded.dossier_id

    @property
    def facts(self) -> Facts:
        """What is known."""
        return self.loaded.dossier.facts.about(self.purpose)

    @property
    def state(self) -> State:
        """How far it is, or its appointment."""
        return state_about(self.facts)


@dataclass(frozen=True, kw_only=True)
class Students:
    """What students look at and do, by the links they were sent."""

    dossiers: Dossiers
    intake: Intake
    links: Links
    now: Callable[[], datetime]

    def look(self, bound: Bound) -> StudentView | None:
        """What the link shows; None for what is not, or no longer, to be seen."""
        return self._view(self.dossiers.load(bound.dossier_id), bound)

    def _view(self, loaded: Loaded, bound: Bound) -> StudentView | None:
        dossier = loaded.dossier
        if not dossier.events or dossier.facts.erasure or _is_forgotten(dossier, bound):
            return None
        purpose = dossier.facts.purpose_of(bound.revision)
        facts = dossier.facts.about(purpose)
        to_collect = facts.to_collect.appointment
        view = StudentView(
            loaded=loaded,
            purpose=purpose,
            standing=_standing(facts, bound),
            links=student_links(self.links, bound.dossier_id, facts, to_collect),
            now=self.now(),
        )
        return view if _may_be_seen(view, bound) else None

    def confirm(self, bound: Bound) -> StudentView | None:
        """Record that the student will come; pressing again changes nothing. Raises TryLater."""
        view = self.look(bound)
        if (
            view is None
            or view.standing is not LinkValidity.CURRENT
            or view.facts.appointment is None
        ):
            return view
        event = Event(
            event_id=f"student:confirm:{bound.revision}",
            type=EventType.CONFIRMED,
            dossier_id=bound.dossier_id,
            at=view.now,
            received_at=view.now,
            source=Source.STUDENT,
            appointment_id=view.facts.appointment.appointment_id,
            revision=bound.revision,
        )
        return self._after(event, view, bound)

    def unsubscribe(self, bound: Bound) -> StudentView | None:
        """Record that no renewal reminders are wanted. Raises TryLater."""
        view = self.look(bound)
        if view is None:
            return None
        card = view.facts.collected  # each card is asked for anew
        event = Event(
            event_id=f"student:unsubscribe:{card.day if card else 'early'}",
            type=EventType.UNSUBSCRIBED,
            dossier_id=bound.dossier_id,
            at=view.now,
            received_at=view.now,
            source=Source.STUDENT,
        )
        return self._after(event, view, bound)

    def _after(self, event: Event, view: StudentView, bound: Bound) -> StudentView | None:
        """What the link shows once the student has done this."""
        return self._view(self.intake.take_in(event, b"", view.loaded).now, bound)


def _standing(facts: Facts, bound: Bound) -> LinkValidity:
    if not _is_of_the_present(facts, bound):
        return LinkValidity.REPLACED
    if bound.revision is None:
        return LinkValidity.CURRENT
    appointment = facts.appointment
    if appointment is None or bound.revision not in appointment.revision_events:
        return LinkValidity.REPLACED
    if appointment.is_called_off:
        return LinkValidity.CANCELLED
    return LinkValidity.CLOSED if appointment.closed else LinkValidity.CURRENT


def _is_of_the_present(facts: Facts, bound: Bound) -> bool:
    """Whether it was sent to the present address, and nobody wanted new ones since; or lives on."""
    return bound.generation is None or bound.generation in facts.links.names


def _is_forgotten(dossier: Dossier, bound: Bound) -> bool:
    """Whether the link led to an appointment that was forgotten, or was sent before everything was:
    it looks as if it never was.
    """
    is_known = bound.revision is None or any(
        bound.revision == event.event_id for event in dossier.events
    )
    is_known = is_known and _is_of_the_present(dossier.facts, bound)
    return dossier.forgotten is not None and not is_known


def _may_be_seen(view: StudentView, bound: Bound) -> bool:
    """A link to confirm ends when the appointment begins; the others, when all is forgotten."""
    appointment = view.facts.appointment
    if bound.purpose is not Purpose.CONFIRM or view.standing is not LinkValidity.CURRENT:
        return True
    return appointment is not None and view.now < appointment.starts_at
