"""What the desk asks for and does, in its console and from a terminal."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from chalicelib import wiring
from chalicelib.domain.contact import Channel, Contact
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import Event
from chalicelib.domain.operators import Operator
from chalicelib.domain.recording import Recorded
from chalicelib.messages.console.views import (
    AuditLine,
    Bulk,
    BulkPreview,
    ChannelState,
    DeadLetters,
    DeadLettersView,
    DossierView,
    Filters,
    Found,
    QuarantineView,
    WorkList,
    WorkRow,
)
from chalicelib.messages.letter import Letter
from chalicelib.pipeline import bulk as bulk_acts
from chalicelib.pipeline import channel_pauses, desk_actions, quarantines
from chalicelib.pipeline import dossier_view as dossier_views
from chalicelib.pipeline import find_students as finding_students
from chalicelib.pipeline import sent_message as sent_messages
from chalicelib.pipeline import work_list as work_lists
from chalicelib.pipeline.ports import Quarantined

# What waits, and what became of it


def work_list(
    filters: Filters, channels: Sequence[ChannelState] = (), bulks: Sequence[Bulk] = ()
) -> WorkList:
    """One page of what waits for a person. Raises StorageUnavailable."""
    at_home = wiring.house()
    sources = work_lists.Sources(
        dossiers=at_home.dossiers, tallies=at_home.tallies, channels=channels, bulks=bulks
    )
    return work_lists.work_list(sources, filters, wiring.now())


def unreached() -> Sequence[WorkRow]:
    """Whom to call or write to. Raises StorageUnavailable."""
    return work_lists.unreached(wiring.house().dossiers, wiring.now())


def find_students(asked: str) -> Found:
    """The dossiers that somebody may have meant. Raises StorageUnavailable."""
    return finding_students.find_students(wiring.house().dossiers, wiring.house().seal, asked)


def dossier_view(dossier_id: str) -> DossierView | None:
    """Everything about one dossier; None when there never was one. Raises StorageUnavailable."""
    at_home = wiring.house()
    holds = at_home.channels.holds()
    return dossier_views.dossier_view(
        at_home.dossiers, at_home.planner, dossier_id, holds, wiring.now()
    )


def sent_message(dossier_id: str, notice: str, attempt: int) -> Letter | None:
    """A message once more, as its student received it. Raises StorageUnavailable, TextFailed."""
    at_home = wiring.house()
    return sent_messages.sent_message(
        at_home.dossiers, at_home.desktop, dossier_id, notice, attempt
    )


# One dossier


def act(event: Event, seen: str = "") -> Recorded:
    """Record what somebody did at the desk; QUARANTINED is a form that was sent with other words
    before, and is kept nowhere. `seen` is the line of the work list as they read it.

    Raises WithoutEffect, LostRace and StorageUnavailable.
    """
    at_home = wiring.house()
    holds = at_home.channels.holds()
    return desk_actions.act(at_home.intake, event, holds, wiring.now(), seen)


def dossier(dossier_id: str) -> Dossier | None:
    """What is known of one dossier; None when there never was one. Raises StorageUnavailable."""
    loaded = wiring.house().dossiers.load(dossier_id)
    return loaded.dossier if loaded.version else None


def known_contact(dossier_id: str) -> Contact | None:
    """How this student is reached, as far as anybody has said. Raises StorageUnavailable."""
    known = dossier(dossier_id)
    return known.facts.contact if known else None


def sent_recently(dossier_id: str, subject: str) -> datetime | None:
    """When this notice last left, if that was within a day."""
    dossier = wiring.house().dossiers.load(dossier_id).dossier
    return desk_actions.sent_recently(dossier, subject, wiring.now())


# Many cards at once


def preview_bulk(references: Iterable[str], day: date) -> BulkPreview:
    """What these references would do. Raises Unusable for too many."""
    return bulk_acts.preview(wiring.house().dossiers, references, day)


def begin_bulk(bulk_id: str, by: str, day: date, references: Iterable[str]) -> Bulk:
    """Ask for it, under the form's own token. Raises Unusable for none or too many."""
    return bulk_acts.begin(wiring.house().bulks, bulk_id, by, day, references, wiring.now())


def find_bulk(bulk_id: str) -> Bulk | None:
    """One bulk action, finished or not."""
    found = wiring.house().bulks.find(bulk_id)
    return found.bulk if found else None


def pending_bulks() -> Sequence[Bulk]:
    """What is still to come, then what is over and has refused rows that nobody has read."""
    return bulk_acts.pending(wiring.house().bulks)


def undo_bulk(bulk_id: str, references: Collection[str] | None = None) -> Bulk | None:
    """Take these rows back, or all of them, as far as they wait. Raises LostRace."""
    return bulk_acts.undo(wiring.house().bulks, bulk_id, references)


def see_bulk(bulk_id: str) -> Bulk | None:
    """A person has read which rows were refused. Raises LostRace."""
    return bulk_acts.see(wiring.house().bulks, bulk_id, wiring.now())


# The machine


def quarantined(key: str) -> QuarantineView | None:
    """One webhook in quarantine, as it came."""
    return quarantines.view(wiring.house().quarantine, key)


def find_quarantined(key: str) -> Quarantined | None:
    """The same, to be read again."""
    return wiring.house().quarantine.find(key)


def unreadable_still(item: Quarantined) -> str:
    """Why the dossier of this item cannot be read now; nothing if it can."""
    at_home = wiring.house()
    return quarantines.unreadable_still(
        at_home.dossiers, at_home.planner, item.dossier_id, wiring.now()
    )


def leave_quarantine(item: Quarantined) -> None:
    """It was recorded after all: it waits for nobody."""
    wiring.house().quarantine.see(item, wiring.now())


def dismiss_quarantined(key: str, why: quarantines.Because, by: Operator) -> bool:
    """A person is done with it, for a reason; False if there is none of this name."""
    at_home = wiring.house()
    return quarantines.dismiss(at_home.quarantine, at_home.audit, key, why, by, wiring.now())


def channel_states() -> Sequence[ChannelState]:
    """How each channel is that messages leave by."""
    return channel_pauses.channel_states(wiring.house().channels)


def pause_channel(channel: Channel, by: str, why: str) -> bool:
    """Stop a channel; False if it is stopped already."""
    return channel_pauses.pause(wiring.house().channels, channel, by, why, wiring.now())


def resume_channel(channel: Channel) -> bool:
    """Let a channel go on; False if it was not stopped."""
    return channel_pauses.resume(wiring.house().channels, channel)


def dead_letters(queue: DeadLetters) -> DeadLettersView:
    """What lies among the dead letters of a queue. Raises StorageUnavailable."""
    return wiring.house().dead_letters.view(queue)


def redrive(queue: DeadLetters, at_most: int) -> int:
    """Put dead letters back into their queue; how many. Raises StorageUnavailable."""
    return wiring.house().dead_letters.redrive(queue, at_most)


# Who did what


def audit(line: AuditLine) -> None:
    """Say who did or read what. Codes and ids only. Raises StorageUnavailable."""
    wiring.house().audit.append(line)


def audited_on(day: date, limit: int = 500) -> Sequence[AuditLine]:
    """The newest lines of the audit of a Paris day, newest first."""
    return wiring.house().audit.of_day(day, limit)
