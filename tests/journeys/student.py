"""One student and their dossier, as the booking system, the mailbox and the browser see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zlib import crc32

from tests.builders import DESK
from tests.journeys.driver import STUDENT, Answer, Driver, Message, Signed, TimeTraveller

#: What arrived: the notice and its channel.
Arrived = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Student:
    """Says what happens to one dossier, and reads what came of it."""

    world: Driver
    dossier_id: str
    is_another: bool = (
        False  #: one of many in a world: an address of one person is not all of theirs
    )

    @property
    def contact(self) -> Mapping[str, Any]:
        """How they are reached."""
        own = f"{crc32(self.dossier_id.encode()) % 10**6:06}"
        other = {"email": f"lea.{own}@example.org", "phone": f"+33612{own}"}
        return {**STUDENT, **(other if self.is_another else {})}

    def event(self, kind: str, at: datetime | None = None, **data: Any) -> Signed:
        return self.world.event(kind, at=at, dossier_id=self.dossier_id, **data)

    def say(self, kind: str, at: datetime | None = None, **data: Any) -> str:
        return self.world.say(kind, at=at, dossier_id=self.dossier_id, **data)

    def selects(self, days: int = 30, **data: Any) -> datetime:
        """Choose a slot so many days ahead; when it begins."""
        starts_at = slot(self.world.now(), days)
        appointment = {"id": f"A-{self.dossier_id}", "starts_at": starts_at.isoformat()}
        said = self.say(
            "appointment.selected", appointment=appointment, **{"student": self.contact, **data}
        )
        assert said == "recorded"
        return starts_at

    def moves_to(self, days: int) -> datetime:
        """Another slot, and no further one in the minute in which that is waited for."""
        starts_at = slot(self.world.now(), days)
        appointment = {"id": f"A-{self.dossier_id}", "starts_at": starts_at.isoformat()}
        assert self.say("appointment.rescheduled", appointment=appointment) == "recorded"
        self.world.rest()
        return starts_at

    def is_missed(self, world: TimeTraveller) -> None:
        """The hour of the appointment passes, and nobody came."""
        slot = self.world.dossier(self.dossier_id)["facts"]["appointment"]
        ahead = datetime.fromisoformat(slot["starts_at"]) - self.world.now()
        world.travel(f"PT{int(ahead.total_seconds()) + 1200}S")
        said = self.say("appointment.missed", appointment={"id": slot["appointment_id"]})
        assert said == "recorded"

    def confirms(self) -> Answer:
        return self.world.ask("POST", self.link("confirm"))

    def messages(self) -> list[Message]:
        return self.world.outbox(self.dossier_id)

    def received(self) -> list[Arrived]:
        """Every message so far, in the order in which they left."""
        return [(m["notice"], m["channel"]) for m in self.messages()]

    def links(self, page: str) -> list[str]:
        every = (link for m in self.messages() for link in m["links"])
        return list(dict.fromkeys(link for link in every if f"/{page}/" in link))

    def link(self, page: str) -> str:
        """The newest link to a page."""
        return self.links(page)[-1].removesuffix("/pdf")

    def state(self) -> str:
        return str(self.world.dossier(self.dossier_id)["state"])

    def is_known(self) -> bool:
        """Whether there is a dossier of theirs."""
        return self.world.ask("GET", f"/local/dossiers/{self.dossier_id}").status == 200

    def work(self) -> list[str]:
        """What stands on the desk's work list for this dossier."""
        return list(self.world.dossier(self.dossier_id)["open_work"])

    def event_ids(self) -> set[str]:
        events: list[Mapping[str, Any]] = self.world.dossier(self.dossier_id)["events"]
        return {event["event_id"] for event in events}


def slot(now: datetime, days: int) -> datetime:
    """10:20 in Paris so many days ahead, or on the next day on which the desk is open."""
    at = (now + timedelta(days=days)).replace(hour=10, minute=20, second=0, microsecond=0)
    return next(day for n in count() if DESK.is_open((day := at + timedelta(days=n)).date()))
