"""What the screen shows: the world as it is, of which the address says what is looked at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.domain.attempts import Notice
from chalicelib.domain.contact import Contact
from chalicelib.domain.desk_calendar import PARIS
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.events import EventType
from chalicelib.domain.rules import kinds_where
from chalicelib.domain.timeline import Entry, EntryKind
from chalicelib.messages.console.views import DossierView
from chalicelib.messages.sms_characters import parts
from gallery.site import PRICE
from local.demo.keepsakes import mime
from local.faults.switches import SWITCHES
from local.studio.booking_system import WAYS, WEBHOOKS, EventForm, Sent, event_forms
from local.studio.documents import CalendarEntry, entries_of
from local.studio.journeys import Journey
from local.studio.operators import seeded
from local.studio.outbox import Message, Outcome
from local.studio.scenes import SCENES, Scene
from local.studio.sensible import NEXT, values_for
from local.world import World

PAGES = Path(__file__).parent / "pages"

#: So many are on one page of a list.
MESSAGES, DOSSIERS, HAPPENINGS, MISHAPS = 20, 25, 60, 40

#: What an address may say. Whatever else stands in one is left out.
SAYS = ("dossier", "message", "view", "side", "event", "page", "people", "q")

SIDES = {"scenes": "Scenes", "dossier": "Dossier", "act": "Act as", "wrong": "What goes wrong"}
VIEWS = {"light": "Light", "dark": "Dark", "narrow": "320 px", "text": "Text", "source": "Source"}
ATTACHED = "attached"

#: What the student's pages are, by the first part of their addresses.
STUDENT_PAGES = {
    "confirm": "Confirm the appointment",
    "convocation": "The convocation",
    "dossier": "Where is my dossier?",
    "unsubscribe": "No more renewal reminders",
}
#: Those of them with a button that does something.
PRESSED = {"confirm": "Confirm", "unsubscribe": "Unsubscribe"}

OUTCOMES = {
    Outcome.ACCEPTED: "on its way",
    Outcome.DELIVERED: "arrived",
    Outcome.BOUNCED: "came back",
    Outcome.COMPLAINED: "arrived, and called unwanted",
    Outcome.LOST: "lost, and nobody says so",
}

#: What happened to a dossier and is no event of the booking system's contract.
EVENTS = {
    EventType.UNSUBSCRIBED: "No more renewal reminders are wanted",
    EventType.WITHDRAWN: "The desk takes a step back",
    EventType.ASKED_AGAIN: "The desk wants a notice sent once more",
    EventType.WORK_CLOSED: "The desk has seen to a task",
    EventType.ERASURE_REQUESTED: "Nothing is to be kept",
    EventType.ERASURE_WITHDRAWN: "The request to keep nothing is taken back",
    EventType.NOTED: "The desk wrote a note",
    EventType.LINKS_RENEWED: "The links of this dossier are new, and the old ones dead",
}

#: One click of the clock, as buttons.
LEAPS = {"PT1H": "+1 h", "P1D": "+1 day", "P3D": "+3 days", "P42D": "+6 weeks"}

_NUMBERED = kinds_where(lambda rule: len(rule.numbers) > 1)


class Address:
    """What is looked at, as it stands in the address."""

    def __init__(self, says: Mapping[str, str]) -> None:
        self._says = {name: says[name] for name in SAYS if says.get(name)}

    @classmethod
    def parsed(cls, query: str) -> Self:
        return cls(dict(parse_qsl(query)))

    def __getattr__(self, name: str) -> str:
        if name not in SAYS:
            raise AttributeError(name)
        return self._says.get(name, "")

    def number(self, name: str, otherwise: int = 0) -> int:
        """A number that it says, or another one where it says none."""
        said = self._says.get(name, "")
        return int(said) if said.isascii() and said.isdecimal() else otherwise

    def with_(self, **changes: object) -> str:
        """The same with something else in it; None takes it away."""
        says = {**self._says, **changes}
        kept = {name: str(says[name]) for name in SAYS if says.get(name)}
        return f"/?{urlencode(kept)}" if kept else "/"

    def __str__(self) -> str:
        return self.with_()


@dataclass(kw_only=True)
class Playing:
    """A scene that is played, or was the last to be; `told` are its steps so far."""

    scene: Scene
    name: str
    told: list[str] = field(default_factory=list)
    is_over: bool = False


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A message in the list, by its number in the outbox."""

    number: int
    message: Message
    outcome: Outcome

    @property
    def parts(self) -> int:
        """How many parts of an SMS are paid for."""
        return parts(self.message.text)


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link in a message: where it leads, and which page of ours that is, if it is one."""

    address: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Paged:
    """One page of a list, the first of `pages` being 1."""

    rows: Sequence[Any]
    total: int
    page: int
    pages: int


def paged(rows: Sequence[Any], page: int, size: int) -> Paged:
    """The page that is asked for, or the nearest that there is."""
    pages = max(1, ceil(len(rows) / size))
    page = min(max(page, 1), pages)
    start = (page - 1) * size
    return Paged(rows=rows[start : start + size], total=len(rows), page=page, pages=pages)


@dataclass(frozen=True, kw_only=True)
class Screen:
    """Everything on the screen, at one moment."""

    world: World
    at: Address
    journey: Journey | None
    playing: Playing | None
    sent: Sent | None
    said: str
    version: str

    def page(self) -> str:
        """The whole page."""
        return render("screen.html.j2", **self._shown())

    def _shown(self) -> dict[str, Any]:
        every = self.world.dossiers()
        dossier = next((one for one in every if one.dossier_id == self.at.dossier), None)
        chosen = self._message()
        return {
            "at": self.at,
            "now": self.world.now(),
            "version": self.version,
            "said": self.said,
            "playing": self.playing if self.playing and not self.playing.is_over else None,
            "played": self.playing,
            "journey": self.journey,
            "is_empty": not every and not self.world.sent,
            "names": {one.dossier_id: name_of(one) for one in every},
            "dossiers": paged(self._people(every), self.at.number("people", 1), DOSSIERS),
            "dossier": dossier,
            "messages": paged(self._messages(), self.at.number("page", 1), MESSAGES),
            "chosen": chosen,
            **(self._reader(chosen) if chosen else {}),
            **self._beside(dossier, self._side(dossier, is_empty=not every)),
        }

    # Lists

    def _people(self, every: Iterable[Dossier]) -> list[Dossier]:
        """Whoever something happened to last comes first."""
        wanted = self.at.q.casefold()
        found = (d for d in every if wanted in f"{name_of(d)} {d.dossier_id}".casefold())
        return sorted(found, key=lambda one: one.events[-1].received_at, reverse=True)

    def _messages(self) -> list[Listed]:
        """The newest first: all, or those about the dossier that is looked at."""
        wanted = self.at.dossier
        found = [
            Listed(number=number, message=message, outcome=outcome)
            for number, (message, outcome) in enumerate(self.world.sent, start=1)
            if wanted in ("", message.tags.get("dossier"))
        ]
        return found[::-1]

    def _message(self) -> Listed | None:
        number, sent = self.at.number("message"), self.world.sent
        if not 0 < number <= len(sent):
            return None
        message, outcome = sent[number - 1]
        return Listed(number=number, message=message, outcome=outcome)

    # One message

    def _reader(self, chosen: Listed) -> dict[str, Any]:
        message = chosen.message
        if message.channel == "sms":
            return {"bubbles": self._talk(message.to)}
        views = dict(VIEWS)
        papers = list(_papers(message))
        if message.attachments or papers:
            views[ATTACHED] = "PDF and calendar" if papers else "Calendar"
        view = self.at.view if self.at.view in views else "light"
        return {
            "view": view,
            "views": views,
            "links": list(_links(message, self.world.public_url)),
            "has_paper": bool(papers),
            "entries": list(_entries(message)) if view == ATTACHED else [],
            "source": mime(message).decode(errors="replace") if view == "source" else "",
        }

    def _talk(self, number: str) -> list[Listed]:
        """Every SMS to one telephone, oldest first."""
        return [
            Listed(number=n, message=message, outcome=outcome)
            for n, (message, outcome) in enumerate(self.world.sent, start=1)
            if message.to == number
        ]

    # Beside it

    def _side(self, dossier: Dossier | None, *, is_empty: bool) -> str:
        if self.at.side in SIDES:
            return self.at.side
        if dossier:
            return "dossier"
        return "act" if is_empty else "wrong"

    def _beside(self, dossier: Dossier | None, side: str) -> dict[str, Any]:
        shown: dict[str, Any] = {"side": side}
        if side == "act":
            return shown | self._act(dossier)
        if side == "wrong":
            done = self.world.faults.done[: -MISHAPS - 1 : -1]
            return shown | {"stands": self.world.faults.as_json(), "mishaps": done}
        return shown | (
            {"story": self._story(dossier), **self._links_of(dossier)} if dossier else {}
        )

    def _act(self, dossier: Dossier | None) -> dict[str, Any]:
        first = EventType.SELECTED
        kind = self.at.event if self.at.event in event_forms() else str(first)
        return {
            "form": event_forms()[kind],
            "forms": event_forms(),
            "values": values_for(kind, self.world, dossier),
            "sent": self.sent,
            "url": self.world.public_url + WEBHOOKS,
            "base": self.world.public_url,
            **self._links_of(dossier),
        }

    def _story(self, dossier: Dossier) -> DossierView | None:
        try:
            return self.world.story(dossier.dossier_id)
        except Unreadable:
            return None

    def _links_of(self, dossier: Dossier | None) -> dict[str, Any]:
        return {
            "pages": newest_links(self.world, dossier.dossier_id) if dossier else {},
            "next": NEXT[dossier.state] if dossier else (),
            "numbers": {m.message_id: n for n, (m, _) in enumerate(self.world.sent, start=1)},
        }


def newest_links(world: World, dossier_id: str) -> dict[str, str]:
    """The newest link to each page of a student that was sent about a dossier."""
    mine = (m for m, _ in world.sent if m.tags.get("dossier") == dossier_id)
    every = (link.removesuffix("/pdf") for message in mine for link in message.links)
    ours = [link for link in every if link.startswith(world.public_url)]
    newest = {urlsplit(link).path.split("/")[1]: link for link in ours}
    return {page: newest[page] for page in STUDENT_PAGES if page in newest}


def _links(message: Message, public_url: str) -> Iterator[Link]:
    for address in message.links:
        page = urlsplit(address).path.strip("/").split("/")
        title = STUDENT_PAGES.get(page[0], "") if address.startswith(public_url) else ""
        yield Link(address=address, title=f"{title} (PDF)" if page[-1] == "pdf" else title)


def _papers(message: Message) -> Iterator[str]:
    return (link for link in message.links if "/convocation/" in link)


def _entries(message: Message) -> Iterator[CalendarEntry]:
    for attached in message.attachments:
        if attached.media_type.startswith("text/calendar"):
            yield from entries_of(attached.content)


def name_of(dossier: Dossier) -> str:
    """Whose dossier it is, as far as anybody has said."""
    contact: Contact | None = dossier.facts.contact
    return f"{contact.given_name} {contact.family_name}" if contact else "Nobody yet"


# Words


def _when(at: datetime, now: datetime | None = None) -> str:
    """A Paris hour; without its year where that is the present one."""
    local = at.astimezone(PARIS)
    year = "" if now and local.year == now.astimezone(PARIS).year else f" {local.year}"
    return f"{local:%a %-d %b}{year}, {local:%H:%M}"


def _day(at: datetime) -> str:
    return f"{at.astimezone(PARIS):%a %-d %b %Y}"


def _hour(at: datetime) -> str:
    return f"{at.astimezone(PARIS):%H:%M}"


def _words(code: object) -> str:
    return str(code).replace("_", " ").replace("email", "e-mail").replace("sms", "SMS")


def _notice(notice: Notice) -> str:
    number = f" {notice.number}" if notice.kind in _NUMBERED else ""
    return f"{_words(notice.kind)}{number}"


def told(kind: EventType) -> str:
    """What happened, in words: the contract's own where it is an event of the contract."""
    form: EventForm | None = event_forms().get(kind)
    return form.title if form else EVENTS[kind]


def _mark(entry: Entry) -> str:
    """How an entry stands on the line: what is amiss is seen at a glance."""
    attempt = entry.attempt
    if attempt and attempt.status.value in {"bounced", "failed", "complained", "unknown", "open"}:
        return "amiss"
    return entry.what.value


def _ago(story: DossierView) -> tuple[list[Entry], list[Entry]]:
    """What was, and what is to come."""
    past = [entry for entry in story.timeline if entry.what is not EntryKind.PLANNED]
    return past, [entry for entry in story.timeline if entry.what is EntryKind.PLANNED]


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"when": _when, "day": _day, "hour": _hour, "words": _words}
    made.filters |= {"notice": _notice, "event": told, "mark": _mark, "parted": _ago}
    made.globals |= {
        "SIDES": SIDES,
        "OUTCOMES": OUTCOMES,
        "STUDENT_PAGES": STUDENT_PAGES,
        "PRESSED": PRESSED,
        "LEAPS": LEAPS,
        "SCENES": {name: scene for name, scene in SCENES.items() if not scene.begins},
        "SWITCHES": SWITCHES,
        "WAYS": WAYS,
        "PRICE": PRICE,
        "HAPPENINGS": HAPPENINGS,
        "OPERATORS": [one for one in seeded().values() if not one.is_temporary],
    }
    return made


def render(name: str, **shown: Any) -> str:
    """A template of the studio, filled in."""
    return _environment().get_template(name).render(**shown)
