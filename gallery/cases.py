"""The circumstances that texts have to stand: one ordinary student, and what makes others hard."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Contact, Language
from chalicelib.domain.desk_calendar import PARIS, Closure, Desk, paris_day
from local.clock.paris import instant

A_TUESDAY = instant("2019-05-14T10:30:00+02:00")


@dataclass(frozen=True, kw_only=True)
class HardCase:
    """One student, one appointment. `why` says what is hard; `starts_at` is the slot.

    A slot `moved_from` another is moved before it is confirmed; `booked_anew` means that another
    appointment was booked, and cancelled, before this one. `not_for` are notices that nobody in
    this case is owed.
    """

    name: str
    why: str
    given_name: str = "Léa"
    family_name: str = "Benali"
    mobile: str | None = "+33755512501"
    dossier_id: str = "G-2019-0412"
    starts_at: datetime = A_TUESDAY
    moved_from: datetime | None = None
    booked_anew: bool = False
    permit_expires_on: date | None = date(2019, 7, 1)
    checked: bool = False
    recepisse_number: str | None = "3803123456"
    missing_documents: tuple[str, ...] = ("justificatif de domicile", "photo d’identité")
    closed: bool = False
    not_for: frozenset[Kind] = frozenset()

    def contact(self, language: Language) -> Contact:
        """The student, who reads this language."""
        return Contact(
            given_name=self.given_name,
            family_name=self.family_name,
            email="lea.benali@example.org",
            phone=self.mobile,
            number=self.mobile,
            mobile=self.mobile,
            language=language,
        )

    def day(self, days: int) -> date:
        """The Paris day so many days after the slot, or before it."""
        return paris_day(self.starts_at) + timedelta(days=days)

    def earlier(self, days: int) -> "HardCase":
        """The same student, so many days before."""
        before = timedelta(days=days)
        moved_from = self.moved_from and self.moved_from - before
        return replace(self, starts_at=self.starts_at - before, moved_from=moved_from)

    def desk(self, shipped: Desk, written_on: date) -> Desk:
        """The shipped desk; if it closes, then from the tenth day after this one, for a week."""
        if not self.closed:
            return shipped
        first = written_on + timedelta(days=10)
        why = {
            Language.FR: "fermeture annuelle",
            Language.EN: "annual closure",
            Language.ES: "cierre anual",
        }
        closure = Closure(first=first, last=first + timedelta(days=6), why=why)
        return replace(shipped, closures=(*shipped.closures, closure))


ORDINARY = HardCase(name="ordinary", why="A student with everything in order")

_LONGEST_NAME = "Marie-Antoinette Ngozi Chimamanda Oluwaseun Maria do Carmo"

CASES: tuple[HardCase, ...] = (
    ORDINARY,
    replace(ORDINARY, name="no-name", why="No name was given", given_name="", family_name=""),
    replace(
        ORDINARY,
        name="long-name",
        why="A name as long as a greeting takes",
        given_name=_LONGEST_NAME,
        family_name="van der Westhuizen-Ramanantsoavina de la Fontaine y Montenegro",
    ),
    replace(
        ORDINARY,
        name="apostrophe",
        why="A name with an apostrophe",
        given_name="N’Golo D'Arcy",
        family_name="O'Brien",
    ),
    replace(
        ORDINARY,
        name="right-to-left",
        why="A name in a script that runs from right to left",
        given_name="ليلى",
        family_name="بن علي",
    ),
    replace(
        ORDINARY,
        name="other-script",
        why="A name in a script that the paper's fonts lack",
        given_name="思雨",
        family_name="欧阳",
    ),
    replace(
        ORDINARY,
        name="not-a-name",
        why="An order, a link and markup typed in the place of a name and of papers",
        given_name="Payez sur https://evil.example <b>",
        family_name="{{ 7 * 7 }}",
        missing_documents=("<b>passeport</b>\r\nBcc: x@example.org", "a & b < c"),
    ),
    replace(
        ORDINARY,
        name="moved",
        why="The appointment was moved before it was confirmed",
        moved_from=instant("2019-05-02T09:00:00+02:00"),
    ),
    replace(
        ORDINARY,
        name="booked-anew",
        why="Another appointment was booked first, and cancelled",
        booked_anew=True,
    ),
    replace(ORDINARY, name="closed", why="The desk closes for a week soon", closed=True),
    replace(
        ORDINARY,
        name="clock-change",
        why="On the day the clocks go back",
        starts_at=instant("2019-10-27T10:30:00+01:00"),
        permit_expires_on=date(2019, 12, 31),
    ),
    replace(
        ORDINARY,
        name="first-of-month",
        why="On the first of a month, at noon",
        starts_at=instant("2019-07-01T12:00:00+02:00"),
        permit_expires_on=date(2019, 8, 1),
    ),
    replace(
        ORDINARY,
        name="longest-date",
        why="The longest date and the longest reference there are",
        starts_at=datetime(2026, 9, 30, 12, 30, tzinfo=PARIS),
        permit_expires_on=date(2026, 12, 23),
        dossier_id="GRENOBLE-2026-" + "0123456789" * 5,
    ),
    replace(
        ORDINARY,
        name="expired",
        why="The permit had ended before the appointment was booked",
        permit_expires_on=date(2019, 3, 1),
    ),
    replace(
        ORDINARY,
        name="checked",
        why="ISSO has checked the papers already",
        checked=True,
        not_for=frozenset({Kind.CHECK_REMINDER}),
    ),
    replace(
        ORDINARY,
        name="least",
        why="Only what cannot be missing: no mobile, no permit date, no number, no list of papers",
        given_name="",
        family_name="",
        mobile=None,
        permit_expires_on=None,
        recepisse_number=None,
        missing_documents=(),
    ),
)

LATE = replace(
    ORDINARY,
    name="late",
    why="Late in the evening, when many desks are shut",
    starts_at=instant("2019-05-14T20:40:00+02:00"),
)

#: Those of somebody who has an appointment to collect the card.
TO_COLLECT = (
    *(
        case
        for case in CASES
        if case.name in {"ordinary", "long-name", "moved", "closed", "longest-date", "least"}
    ),
    LATE,
)

#: Those in which it matters what the desk does or lacks; in the others it is the person only.
OF_THE_DESK = tuple(
    case for case in CASES if case.name in {"ordinary", "moved", "closed", "checked", "least"}
)
