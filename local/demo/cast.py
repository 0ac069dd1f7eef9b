"""The people of the demo, and what they and the offices do: each doing is one call on the world."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from local.aws.gateway import Reply
from local.world import World

FORM = {"Content-Type": "application/x-www-form-urlencoded"}

#: Does something in the world, and says in a word or two what came of it.
Deed = Callable[[World], str]


class NotAsExpected(Exception):
    """The product did not answer as the story goes."""


@dataclass(frozen=True, kw_only=True)
class Student:
    """One student, with one application; a renewal is the same student with another dossier."""

    dossier_id: str
    given_name: str
    family_name: str
    email: str
    phone: str
    language: str
    permit_expires_on: str

    def renewing(self, dossier_id: str, permit_expires_on: str) -> "Student":
        """The same student, one application later."""
        return replace(self, dossier_id=dossier_id, permit_expires_on=permit_expires_on)

    @property
    def block(self) -> dict[str, str]:
        """The student as the booking system says it."""
        return {
            "given_name": self.given_name,
            "family_name": self.family_name,
            "email": self.email,
            "phone": self.phone,
            "language": self.language,
        }


def webhook(student: Student, kind: str, **data: Any) -> Deed:
    """The booking system tells something about a student's dossier."""

    def deed(world: World) -> str:
        body = {"dossier_id": student.dossier_id, "student": student.block, **data}
        reply = _expect(world.deliver({"type": kind, "data": body}), 202)
        return str(json.loads(reply.body)["status"])

    return deed


def slot(student: Student, kind: str, appointment: str, starts_at: str, **data: Any) -> Deed:
    """The booking system tells of an appointment."""
    where = {"id": appointment, "starts_at": starts_at}
    expiry = student.permit_expires_on
    return webhook(student, kind, appointment=where, permit_expires_on=expiry, **data)


def links_to(world: World, student: Student, page: str) -> list[str]:
    """Every link to a page that this student was sent about this dossier, oldest first."""
    sent = (m for m, _ in world.sent if m.tags.get("dossier") == student.dossier_id)
    links = [link for message in sent for link in message.links if f"/{page}/" in link]
    if not links:
        raise NotAsExpected(f"no message to {student.given_name} has a link to /{page}/")
    return links


def opens_confirm_page(student: Student) -> Deed:
    """Looking is not confirming: mail scanners open links too."""

    def deed(world: World) -> str:
        before = len(world.sent)
        _expect(world.request("GET", links_to(world, student, "confirm")[-1]), 200)
        if len(world.sent) != before:
            raise NotAsExpected("looking at the page sent something")
        return "nothing is sent yet"

    return deed


def opens_dossier_page(student: Student) -> Deed:
    """Where is my dossier?"""

    def deed(world: World) -> str:
        page = _expect(world.request("GET", links_to(world, student, "dossier")[-1]), 200)
        return f"a page of {len(page.body) // 1000} kB"

    return deed


def confirms_twice(student: Student) -> Deed:
    """A double click on the button."""

    def deed(world: World) -> str:
        link = links_to(world, student, "confirm")[-1]
        for _ in range(2):
            _expect(world.request("POST", link, FORM), 200, 303)
        return "confirmed, once"

    return deed


def old_link_is_dead(student: Student) -> Deed:
    """A link of an old revision says nothing but that it was replaced."""

    def deed(world: World) -> str:
        old, *_, new = links_to(world, student, "confirm")
        _expect(world.request("GET", old), 200, 404, 410)
        before = len(world.sent)
        world.request("POST", old, FORM)
        if old == new or len(world.sent) != before:
            raise NotAsExpected("the old link still works")
        return "replaced: nothing is confirmed"

    return deed


def lose_ready_sms(student: Student) -> Deed:
    """The known trouble of the desk: accepted by the provider, and never seen again."""

    def deed(world: World) -> str:
        only = {"count": 1, "notice": "card_ready", "to": student.phone}
        world.faults.switch({"lost_sms": only})
        return "and nobody will say so"

    return deed


def downloads(student: Student, keep: Callable[[str, bytes], None]) -> Deed:
    """The convocation as PDF and for the calendar, from its page."""

    def deed(world: World) -> str:
        page = links_to(world, student, "convocation")[-1]
        _expect(world.request("GET", page), 200)
        where = _expect(world.request("GET", f"{page}/pdf"), 303).header("Location")
        pdf = world.download(where or "")
        if not pdf.startswith(b"%PDF-"):
            raise NotAsExpected("the convocation is not a PDF")
        keep(f"convocation_{student.dossier_id}.pdf", pdf)
        invite = _expect(world.request("GET", f"{page}/ics"), 200)
        keep(f"convocation_{student.dossier_id}.ics", invite.body)
        return f"PDF of {len(pdf) // 1000} kB, and an entry for the calendar"

    return deed


def unsubscribes(student: Student) -> Deed:
    """The one-click button of a mail program."""

    def deed(world: World) -> str:
        link = links_to(world, student, "unsubscribe")[-1]
        _expect(world.request("POST", link, FORM, b"List-Unsubscribe=One-Click"), 200)
        return "no more renewal reminders"

    return deed


def _expect(reply: Reply, *statuses: int) -> Reply:
    if reply.status not in statuses:
        raise NotAsExpected(f"answered {reply.status}: {reply.body[:200]!r}")
    return reply
