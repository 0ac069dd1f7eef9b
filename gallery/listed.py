"""A list of appointments beside made-up dossiers: a row of each sort, and whom it leaves out."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from chalicelib.domain.attempts import Kind
from chalicelib.domain.bulk import Bulk, BulkKind, BulkRow, Listed, SetAside
from chalicelib.domain.consequences import Consequence, Effect, Following, Forecast
from chalicelib.domain.contact import Channel, Contact, Language
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.dossier_lists import (
    Difference,
    DossierList,
    Doubt,
    ListColumn,
    ListedRow,
    ListKind,
    Standing,
)
from chalicelib.domain.facts import State
from chalicelib.messages.console.list_views import ComparedRow, GoneRow, ListPreview
from chalicelib.messages.console.views import FoundRow
from local.clock.paris import instant

SLOT, MOVED = instant("2019-06-04T10:30:00+02:00"), instant("2019-06-18T11:10:00+02:00")
EFFECTIVE_AT = instant("2019-05-10T10:30:00+02:00")
NADIA = Contact(
    given_name="Nadia",
    family_name="Haddad",
    email="nadia@example.org",
    phone="06 98 76 54 32",
    number="+33698765432",
    mobile="+33698765432",
)
TOM = Contact(given_name="Tom", family_name="Okafor", email="tom@example.org")


def _leaves(kind: Kind, at: datetime, *channels: Channel) -> Following:
    return Following(effect=Effect.LEAVES, kind=kind, channels=channels, at=at)


_ASKED = Forecast(
    consequence=Consequence(
        state=State.BOOKED,
        following=(
            _leaves(Kind.CONFIRMATION_REQUEST, EFFECTIVE_AT, Channel.EMAIL),
            _leaves(
                Kind.CONFIRMATION_REMINDER, instant("2019-05-11T09:00:00+02:00"), Channel.EMAIL
            ),
        ),
    )
)
_TOLD = Forecast(
    consequence=Consequence(
        state=State.CANCELLED,
        following=(_leaves(Kind.APPOINTMENT_CANCELLED, EFFECTIVE_AT, Channel.EMAIL),),
    )
)
_SHUT = Forecast(
    consequence=Consequence(
        following=(Following(effect=Effect.OPENS, kind=Kind.APPOINTMENT_WHEN_SHUT),)
    )
)


def _found(dossier_id: str, contact: Contact, state: State | None) -> FoundRow:
    return FoundRow(dossier_id=dossier_id, state=state, contact=contact, appointment_at=None)


def _row(number: int, dossier_id: str, contact: Contact, at: datetime = SLOT) -> ListedRow:
    says = Listed(dossier_id=dossier_id, starts_at=at, contact=contact)
    return ListedRow(number=number, text=f"{dossier_id} · 04/06/2019", says=says)


def _doubtful(number: int, *doubts: Doubt, state: State | None = State.BOOKED) -> ComparedRow:
    dossier_id = f"G-2019-{number:04}"
    return ComparedRow(
        row=_row(number, dossier_id, TOM),
        standing=Standing.CHANGED,
        found=_found(dossier_id, NADIA, state),
        differences=(Difference(field="name", was="Haddad Nadia", now="Okafor Tom"),),
        doubts=doubts,
        forecast=_SHUT,
    )


COLUMNS = (
    ListColumn(heading="N° dossier", field="dossier", examples=("G-2019-0501", "G-2019-0502")),
    ListColumn(heading="Date RDV", field="day", examples=("04/06/2019", "04/06/2019")),
    ListColumn(heading="Heure", field="hour", examples=("10h30", "10h50")),
    ListColumn(heading="Usager", field="whole_name", examples=("HADDAD Nadia", "OKAFOR Tom")),
    ListColumn(heading="Langue", field="language", examples=("anglais",), filled=1, of=12),
    ListColumn(heading="Observations", examples=("rappeler",), filled=3, of=12),
    ListColumn(heading="colonne G, sans titre", examples=("06 12 34 56 78",), filled=1, of=12),
)
GIVEN = DossierList(
    read=12,
    columns=COLUMNS,
    rows=(),
    aside=(
        SetAside(number=9, text="#N/A · 04/06/2019", why="error"),
        SetAside(
            number=10, text="G-2019-0510 · mardi", why="day", heading="Date RDV", cell="mardi"
        ),
        SetAside(number=11, text="", why="missing"),
    ),
    layout=(
        SetAside(number=1, text="Rendez-vous de juin", why="above"),
        SetAside(number=14, text="N° dossier · Date RDV", why="headings"),
        SetAside(number=27, text="Total : 12", why="total"),
    ),
    sheet="Juin",
    unread=("Mai", "Avril"),
)
FOR_ANOTHER_PURPOSE = replace(
    GIVEN,
    read=3,
    aside=tuple(
        SetAside(number=n, text=f"G-2019-050{n} · 04/06/2019 · Passeport", why="purpose")
        for n in (4, 5)
    ),
)
PREVIEW = ListPreview(
    given=GIVEN,
    rows=(
        ComparedRow(
            row=_row(2, "G-2019-0501", replace(NADIA, language=Language.EN)),
            standing=Standing.NEW,
            differences=(Difference(field="starts_at", was=None, now=SLOT),),
            forecast=_ASKED,
        ),
        ComparedRow(
            row=_row(3, "G-2019-0502", TOM, MOVED),
            standing=Standing.CHANGED,
            found=_found("G-2019-0502", TOM, State.CONFIRMED),
            differences=(
                Difference(field="starts_at", was=SLOT, now=MOVED),
                Difference(field="email", was="tom@exmaple.org", now="tom@example.org"),
                Difference(field="phone", was="+33628969185", now="0799887766"),
                Difference(field="language", was=None, now="en"),
            ),
            forecast=_ASKED,
        ),
        ComparedRow(
            row=_row(4, "G-2019-0503", TOM),
            standing=Standing.UNCHANGED,
            found=_found("G-2019-0503", TOM, State.BOOKED),
        ),
        _doubtful(5, Doubt.SHUT, Doubt.NAME),
        _doubtful(6, Doubt.DISAGREES),
        _doubtful(7, Doubt.UNREADABLE, state=None),
        replace(
            _doubtful(13, Doubt.PART, Doubt.UNREAD, Doubt.NO_CARD, Doubt.BACK),
            row=replace(
                _row(13, "0502", TOM),
                says=Listed(dossier_id="0502", purpose=SlotPurpose.COLLECT, starts_at=SLOT),
                unread=("phone",),
            ),
        ),
        *(
            replace(_doubtful(n, Doubt.ADDRESS), row=_row(n, f"G-2019-{n:04}", contact))
            for n, contact in (
                (8, replace(TOM, email="tom@@example.org")),
                (12, replace(TOM, phone="06 12")),
            )
        ),
    ),
    gone=(
        GoneRow(
            found=_found("G-2019-0520", NADIA, State.CONFIRMED),
            says=Listed(dossier_id="G-2019-0520", starts_at=SLOT, is_gone=True),
            forecast=_TOLD,
        ),
    ),
    effective_at=EFFECTIVE_AT,
    first=date(2019, 6, 4),
    last=date(2019, 6, 28),
    waiting=(
        Bulk(
            bulk_id="b-8Kc4",
            by="l.petit",
            asked_at=EFFECTIVE_AT - timedelta(minutes=14),
            effective_at=EFFECTIVE_AT - timedelta(minutes=4),
            day=date(2019, 5, 10),
            kind=BulkKind.APPOINTMENTS,
            rows=(BulkRow(dossier_id="G-2019-0503"), BulkRow(dossier_id="G-2019-0504")),
        ),
    ),
)

TAKEN_OVER = ListPreview(
    given=replace(GIVEN, kind=ListKind.TAKEOVER, aside=(), unread=(), sheet=""),
    rows=(
        ComparedRow(
            row=_row(2, "G-2019-0531", NADIA),
            standing=Standing.NEW,
            differences=(
                Difference(field="card.ready", was=None, now=date(2019, 4, 29)),
                Difference(field="dossier.deposited", was=None, now=date(2019, 2, 18)),
                Difference(field="dossier.closed", was=None, now=None),
            ),
            forecast=_SHUT,
        ),
    ),
    gone=(),
    effective_at=EFFECTIVE_AT,
)
