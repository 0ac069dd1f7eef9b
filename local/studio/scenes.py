"""Scenes: one click plays a story to the point where it gets interesting, and stops there."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, islice
from typing import Any

from chalicelib.desk_data import load
from chalicelib.domain.desk_calendar import at_paris, paris_day
from local.demo.cast import FORM, NotAsExpected, Student, links_to, lose_ready_sms, slot, webhook
from local.demo.story import begins, ends, steps
from local.surroundings import DESK
from local.world import World

_PEOPLE = (
    ("Léa", "Benali", "fr"),
    ("Sam", "O’Connor", "en"),
    ("Awa", "Diallo", "fr"),
    ("Minh", "Nguyễn", "en"),
    ("Inês", "Carvalho", "fr"),
    ("Yuki", "Tanaka", "en"),
    ("Karim", "Haddad", "fr"),
    ("Olena", "Shevchenko", "en"),
    ("Diego", "Muñoz", "fr"),
    ("Priya", "Iyer", "en"),
    ("Fatou", "Ndiaye", "fr"),
    ("Jonas", "Weber", "en"),
)

#: An appointment lies so far ahead, and the permit that is held ends so long after it.
AHEAD, EXPIRES = 12, timedelta(days=60)
#: When something happens in a scene: the desk is open, and SMS may leave.
AFTERNOON, MORNING = time(14, 30), time(9, 30)
#: More messages than a scene sends.
EVERY = 10_000


def student(number: int, now: datetime) -> Student:
    """The student with this number: each has another name, address and telephone.

    The numbers are the one that everybody writes in forms, counted on.
    """
    turn, who = divmod(number - 1, len(_PEOPLE))
    given, family, language = _PEOPLE[(who + 5 * turn) % len(_PEOPLE)]
    family = _PEOPLE[(who + turn) % len(_PEOPLE)][1]
    return Student(
        dossier_id=f"G-{paris_day(now).year}-{number:04}",
        given_name=given,
        family_name=family,
        email=f"{_plain(given)}.{_plain(family)}{number}@example.org",
        phone=f"+33{612345600 + number}",
        language=language,
        permit_expires_on=(paris_day(now) + timedelta(days=AHEAD) + EXPIRES).isoformat(),
    )


def newcomers(world: World) -> Iterator[Student]:
    """Students of whom nobody has heard yet."""
    known = set(world.dossier_ids())
    people = (student(number, world.now()) for number in count(1))
    return (one for one in people if one.dossier_id not in known)


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.lower())
    return "".join(letter for letter in letters if letter.isascii() and letter.isalpha())


def open_day(after: date, days: int, weekday: int | None = None) -> date:
    """The first day that far ahead on which the desk is open; and three days later too, if it is
    to be a certain weekday.
    """
    desk = load(DESK)
    for day in (after + timedelta(days=n) for n in count(days)):
        is_wanted = weekday is None or (
            day.weekday() == weekday and desk.is_open(day + timedelta(days=3))
        )
        if is_wanted and desk.is_open(day):
            return day
    raise AssertionError  # there is no last day


def slot_at(now: datetime, days: int = AHEAD, hour: time = time(10, 20)) -> datetime:
    """A slot so many days ahead, or on the next day on which the desk is open."""
    return at_paris(open_day(paris_day(now), days), hour)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One student in the world, and what everybody does about them."""

    world: World
    who: Student

    def goes_to(self, days: int, hour: time = AFTERNOON, weekday: int | None = None) -> None:
        day = open_day(paris_day(self.world.now()), days, weekday)
        self.world.travel(at_paris(day, hour))

    def says(self, kind: str, **data: Any) -> None:
        webhook(self.who, kind, **data)(self.world)

    def sets(self, kind: str, days: int, hour: time = time(10, 20)) -> None:
        starts_at = slot_at(self.world.now(), days, hour)
        slot(self.who, kind, f"A-{self.who.dossier_id}", starts_at.isoformat())(self.world)

    def chooses(self, days: int = AHEAD) -> None:
        self.sets("appointment.selected", days)

    def confirms(self) -> None:
        link = links_to(self.world, self.who, "confirm")[-1]
        if self.world.request("POST", link, FORM).status not in {200, 303}:
            raise NotAsExpected("the link of the confirmation does not confirm")

    def passes(self, **span: int) -> None:
        self.world.travel(self.world.now() + timedelta(**span))


#: Plays a scene: does a step each time it is asked for the next one, after saying what it is.
Play = Callable[[World, Student], Iterator[str]]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A story up to a point. `then` is what to try from there; one that has a `begins` of its own
    can only be played in a world that begins with it; one that is of many is about nobody first.
    """

    title: str
    tells: str
    then: str
    play: Play
    begins: datetime | None = None
    is_of_many: bool = False


def _deposit(on: Stage) -> Iterator[str]:
    """The ordinary way up to the counter."""
    name = on.who.given_name
    yield f"{name} chooses an appointment, and is asked to confirm it"
    on.chooses()
    yield f"{name} presses “confirm”, and gets the convocation"
    on.confirms()
    yield "ISSO checks the papers"
    on.passes(days=2)
    on.says("dossier.checked")
    yield "the day comes: the dossier is deposited"
    on.goes_to(AHEAD - 2, time(10, 45))
    on.says("dossier.deposited", recepisse_number="3812019412")


def sms_lost(world: World, who: Student) -> Iterator[str]:
    """The known trouble of the desk."""
    on = Stage(world=world, who=who)
    yield from _deposit(on)
    yield "five weeks pass, until a Tuesday"
    on.goes_to(35, weekday=1)
    yield f"the card is ready, and the network loses the SMS to {who.given_name}"
    lose_ready_sms(who)(world)
    on.says("card.ready")
    on.passes(minutes=1)


def moved_twice(world: World, who: Student) -> Iterator[str]:
    """Each link of an hour that is gone says so."""
    on = Stage(world=world, who=who)
    yield f"{who.given_name} chooses an appointment and confirms it"
    on.chooses()
    on.confirms()
    yield "the next day the booking system moves it"
    on.goes_to(1)
    on.sets("appointment.rescheduled", AHEAD + 7, time(14, 0))
    on.passes(minutes=2)
    yield "and an hour later once more"
    on.passes(hours=1)
    on.sets("appointment.rescheduled", AHEAD + 14, time(9, 40))
    on.passes(minutes=2)


def address_dead(world: World, who: Student) -> Iterator[str]:
    """What comes back is told on another way."""
    on = Stage(world=world, who=who)
    yield "a morning on which the desk is open"
    on.goes_to(1, MORNING)
    yield f"there is no mailbox at the address that {who.given_name} gave"
    world.faults.switch({"hard_bounce": {"count": 1, "to": who.email, "channel": "email"}})
    yield f"{who.given_name} chooses an appointment: the request to confirm it comes back"
    on.chooses()
    on.passes(minutes=10)


def no_news(world: World, who: Student) -> Iterator[str]:
    """After six weeks of silence it is time to ask."""
    on = Stage(world=world, who=who)
    yield from _deposit(on)
    yield "six weeks pass, and nobody says a word"
    on.goes_to(42)


def network_down(world: World, who: Student) -> Iterator[str]:
    """Nothing leaves for a day, and nothing is lost."""
    people = [who, *islice((p for p in newcomers(world) if p != who), 3)]
    stages = [Stage(world=world, who=one) for one in people]
    yield "four students deposit their dossiers"
    for on in stages:
        on.says("dossier.deposited")
    yield "five weeks pass"
    stages[0].goes_to(35, MORNING, weekday=1)
    yield "neither the mail service nor the SMS service can be reached"
    world.faults.switch({"not_connected": EVERY})
    yield "four cards are ready, and nothing leaves"
    for on in stages:
        on.says("card.ready")
    yield "a day passes, and the network is back"
    stages[0].passes(days=1)
    world.faults.switch({"not_connected": 0})


def week(world: World, who: Student) -> Iterator[str]:
    """Sixty students; every fifth call is of bad luck."""
    del who
    people = [Stage(world=world, who=one) for one in islice(newcomers(world), 60)]
    bad_luck: list[dict[str, Any]] = [
        {"lost_sms": 1},
        {"hard_bounce": {"count": 1, "channel": "email"}},
    ]
    bad_luck += [{"soft_bounce": 1}, {"out_of_office": 1}, {"receipt_late": 1}]
    for day, name in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")):
        people[0].goes_to(1, MORNING, weekday=None if day else 0)
        world.faults.switch(bad_luck[day])
        today = people[day * 12 : day * 12 + 12]
        yield from _a_day(name, today)


def _a_day(name: str, today: Sequence[Stage]) -> Iterator[str]:
    yield f"{name}: four appointments are chosen"
    for on in today[:4]:
        on.chooses()
    yield f"{name}: three of them are confirmed, one is moved"
    for on in today[:3]:
        on.confirms()
    today[3].sets("appointment.rescheduled", AHEAD + 3)
    yield f"{name}: three dossiers are deposited, one is not complete"
    for on in today[4:7]:
        on.says("dossier.deposited")
    today[7].says("dossier.incomplete", missing_documents=["Justificatif de domicile"])
    yield f"{name}: four cards are ready, two are collected"
    for on in today[8:12]:
        on.says("card.ready")
    next_year = paris_day(today[0].world.now()) + timedelta(days=365)
    for on in today[8:10]:
        on.says("card.collected", card_expires_on=next_year.isoformat())
    yield f"{name}: an afternoon passes"
    today[0].passes(hours=7)


def demo(world: World, who: Student) -> Iterator[str]:
    """What `make demo` prints, to look at."""
    del who
    for act in steps(lambda _name, _content: None):
        yield f"{act.who} {act.says}"
        world.travel(act.at)
        act.deed(world)
    yield "some quiet days pass"
    world.travel(ends())


SCENES: Mapping[str, Scene] = {
    "sms-lost": Scene(
        title="The card is ready, and the SMS is lost",
        tells="The trouble that all of this was made for: taken by the network, never seen again.",
        then="Nobody has said that the SMS is lost. Press “+3 days”: its silence is noticed, and a"
        " second one leaves. Then press “See it at the desk”: both stand under “Ce qui s’est passé”"
        " (the desk reads French).",
        play=sms_lost,
    ),
    "moved-twice": Scene(
        title="An appointment is moved twice",
        tells="Confirmed, then moved, then moved again.",
        then="Open the link of an older e-mail: it says “replaced”, and no date. Open the newest,"
        " and confirm.",
        play=moved_twice,
    ),
    "address-dead": Scene(
        title="The e-mail address is dead",
        tells="The first e-mail comes back: no such mailbox.",
        then="An SMS has asked for another address. Correct it: “Act as”, the booking system,"
        " contact.updated. What is still needed is sent again.",
        play=address_dead,
    ),
    "no-news": Scene(
        title="No news for six weeks",
        tells="Deposited, and then silence: it is time to go to the desk and ask.",
        then="Press “+6 weeks” twice more: after the third time a person at the desk is to find"
        " out.",
        play=no_news,
    ),
    "network-down": Scene(
        title="The network is down for a day",
        tells="Four cards are ready, and neither e-mail nor SMS can leave.",
        then="Press “Next thing due”: one message tries whether it works again, and the others"
        " follow, each once.",
        play=network_down,
        is_of_many=True,
    ),
    "week": Scene(
        title="A normal week, with sixty students",
        tells="Appointments, deposits and cards from Monday to Friday. Takes up to a minute.",
        then="Look for somebody in the list, or press “Next thing due”. Whoever has a mark stands"
        " on the desk’s work list.",
        play=week,
        is_of_many=True,
    ),
    "demo": Scene(
        title="The story of make demo",
        tells="Léa and Sam, from April 2019 to August 2020.",
        then="Everything that make demo printed is here to be opened.",
        play=demo,
        is_of_many=True,
        begins=begins(),
    ),
}
