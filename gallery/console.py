"""The console's pages with made-up dossiers: empty, on an ordinary day, and refusing a form."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from chalicelib.decoding.list_columns import FIELDS
from chalicelib.desk_data import load
from chalicelib.domain.attempts import Attempt, FailureClass, Kind, NextTry, Notice, Status
from chalicelib.domain.audit import AuditAsked, AuditLine, AuditPage, Knock
from chalicelib.domain.bulk import Bulk, BulkKind, BulkRow, CardList, CardRow, RowStand, SetAside
from chalicelib.domain.consequences import Consequence, Effect, Following, Forecast
from chalicelib.domain.contact import Channel, Contact, Language
from chalicelib.domain.daily_figures import Count, DailyFigures, Row, WeekRow, monday_of
from chalicelib.domain.dead_letters import DeadLetters, DeadLettersView
from chalicelib.domain.desk_calendar import Feed, SlotPurpose
from chalicelib.domain.dossier_lists import DossierList, ListKind
from chalicelib.domain.events import Event, EventType, Repetition, Source
from chalicelib.domain.facts import ErasureRequest, Facts, State, facts_of
from chalicelib.domain.feeds import Silence
from chalicelib.domain.holds import PAUSED, Pause, hold, with_pauses
from chalicelib.domain.operators import Operator, Role
from chalicelib.domain.plan import Owed
from chalicelib.domain.quarantine import Heard
from chalicelib.domain.timeline import Entry, EntryKind
from chalicelib.messages.console import access, list_pages, pages
from chalicelib.messages.console.consequences import Prospect, consequence_words, prospect
from chalicelib.messages.console.frame import FormRefusal, Frame
from chalicelib.messages.console.story import lines_of
from chalicelib.messages.console.views import (
    NO_FORECAST,
    BulkPreview,
    BulkRowView,
    BulkView,
    ChannelState,
    DayRow,
    DayView,
    DossierView,
    Filters,
    Found,
    FoundRow,
    MessageStep,
    MessageView,
    PreviewRow,
    PutOffRow,
    QuarantineGroup,
    QuarantineList,
    QuarantineRow,
    QuarantineView,
    Unlikely,
    Unreached,
    WorkList,
    WorkRow,
)
from chalicelib.messages.console.words import word
from chalicelib.messages.letter import Email, Sms
from gallery import listed
from local.clock.paris import instant

DESK = load("grenoble")
NOW = instant("2019-05-10T10:20:00+02:00")
DAY = date(2019, 5, 10)
SLOT = instant("2019-05-14T10:30:00+02:00")
DOSSIER = "G-2019-0412"
LISTS = "/desk/lists"

LEA = Contact(
    given_name="Léa",
    family_name="Benali",
    email="lea.benali@example.org",
    phone="+33 6 12 34 56 78",
    number="+33612345678",
    mobile="+33612345678",
    language=Language.FR,
)
SOFIA = Contact(given_name="Sofía", family_name="Hernández de la Cruz", email="sofia@example.org")
MINH = Contact(
    given_name="Minh",
    family_name="Nguyễn",
    phone="+33755512501",
    number="+33755512501",
    mobile="+33755512501",
)


def frame(role: Role = Role.ADMIN, path: str = "", **more: object) -> Frame:
    """A page's frame, for somebody who is signed in."""
    operator = Operator(name="c.martin", role=role)
    given: dict[str, object] = {"form_token": "f0rm-t0ken", "nonce": "n0nce-n0nce", **more}
    return Frame(operator=operator, path=path, **given)  # type: ignore[arg-type]  # fields by name


# The work list


#: What providers have said of her address.
SOFIA_MOVED = {Channel.EMAIL: "Bounce.Permanent.General"}


def row(
    number: int, contact: Contact | None, *kinds: Kind, state: State | None, urgent: bool = False
) -> WorkRow:
    """One dossier of the work list."""
    return WorkRow(
        dossier_id=f"G-2019-{number:04}",
        since=NOW - timedelta(days=number % 17, hours=number % 5),
        kinds=kinds,
        state=state,
        contact=contact,
        appointment_at=SLOT if urgent else None,
        is_urgent=urgent,
        refused=SOFIA_MOVED if contact is SOFIA else {},
    )


ROWS = (
    row(412, LEA, Kind.UNREACHABLE, Kind.UNCONFIRMED, state=State.BOOKED, urgent=True),
    row(455, SOFIA, Kind.OUTCOME_UNKNOWN, state=State.CONFIRMED),
    row(301, MINH, Kind.CARD_NOT_COLLECTED, state=State.CARD_READY),
    row(288, None, Kind.CONTRADICTION, state=State.KNOWN),
    row(290, None, Kind.COMPLAINED, state=None),
)

WEBHOOK = QuarantineRow(
    key="evt_9f2#5d41402abc4b2a76",
    event_id="evt_9f2",
    received_at=NOW - timedelta(days=1),
    reason="data.appointment.starts_at: no time zone",
    about=DOSSIER,
    heard=Heard(type=EventType.SELECTED, at=NOW - timedelta(days=1), name="Léa Benali"),
)
UNREADABLE = QuarantineRow(
    key="dossier:G-2019-0290#7d793037a0760186",
    event_id="dossier:G-2019-0290",
    received_at=NOW - timedelta(days=2),
    reason="written by a newer version of this program",
    unreadable="G-2019-0290",
    about="G-2019-0290",
)
#: What a faulty release of the booking system sends: many of one kind, and a few others.
FAULTY = tuple(
    replace(
        WEBHOOK,
        key=f"evt_{n}#5d41402abc4b2a76",
        event_id=f"evt_{n}",
        received_at=NOW - timedelta(minutes=n),
        reason="type: missing",
        about="",
        heard=Heard(),
        body=f'{{"x":{n}}}',
    )
    for n in range(3)
)
GROUPS = tuple(
    QuarantineGroup(cause=row.cause, number=number, since=row.received_at)
    for row, number in (
        (UNREADABLE, 1),
        (FAULTY[2], 1_200),
        (WEBHOOK, 2),
        (replace(WEBHOOK, reason="recorded, but for data.version, data.renews"), 1),
        (replace(WEBHOOK, reason="type: not one that a booking system raises"), 1),
    )
)
IN_QUARANTINE = QuarantineList(groups=GROUPS)
KNOWN_BODY = replace(WEBHOOK, body='{"type":"appointment.selected"}', is_known=True, contact=LEA)
UNKNOWN_BODY = replace(
    FAULTY[0],
    about="G-2019-9999",
    heard=Heard(
        type="appointment.vanished", at=NOW, dossier_id="G-2019-9999", name="Minh", starts_at=SLOT
    ),
)
OF_ONE_CAUSE = replace(IN_QUARANTINE, shown=GROUPS[2], rows=(KNOWN_BODY, UNKNOWN_BODY))
OF_MANY = replace(IN_QUARANTINE, shown=GROUPS[1], rows=FAULTY, page=2, pages=24, is_cut=True)

BULK = Bulk(
    bulk_id="b-7Hq2",
    by="c.martin",
    asked_at=NOW - timedelta(minutes=4),
    effective_at=NOW + timedelta(minutes=6),
    day=DAY,
    rows=tuple(BulkRow(dossier_id=f"G-2019-{n:04}") for n in (101, 102, 117, 120)),
)
APPOINTMENTS = replace(
    BULK,
    kind=BulkKind.APPOINTMENTS,
    rows=(
        BulkRow(dossier_id="G-2019-0501", says=listed.PREVIEW.rows[0].row.says),
        BulkRow(dossier_id="G-2019-0101", says=listed.PREVIEW.gone[0].says),
        BulkRow(dossier_id="G-2019-0117", stand=RowStand.DONE),
    ),
    aside=listed.PREVIEW.left(),
)
RUNNING = replace(
    BULK,
    rows=(
        replace(BULK.rows[0], stand=RowStand.DONE),
        replace(BULK.rows[1], stand=RowStand.REFUSED, why="forgotten"),
        replace(BULK.rows[2], stand=RowStand.UNDONE),
        BULK.rows[3],
    ),
)

OPEN = (ChannelState(channel=Channel.EMAIL), ChannelState(channel=Channel.SMS))
PAUSE = Pause(
    channel=Channel.SMS,
    by="a.durand",
    at=NOW - timedelta(hours=1),
    why="Envois en double signalés par trois étudiants.",
)
HELD = (
    ChannelState(
        channel=Channel.EMAIL,
        hold=replace(
            hold(Channel.EMAIL, "SendingPausedException", NOW - timedelta(hours=3)),
            probe_at=NOW + timedelta(minutes=12),
        ),
    ),
    ChannelState(
        channel=Channel.SMS,
        pause=PAUSE,
    ),
)


def _weeks() -> DailyFigures:
    days = [DAY - timedelta(days=ago) for ago in range(1, 43)]
    busy = [(day, 0 if day.weekday() == 6 else 20 + (day.toordinal() * 37) % 61) for day in days]
    left = [Row(day=d, count=Count.LEFT, channel=Channel.EMAIL, number=n) for d, n in busy]
    texts = [Row(day=d, count=Count.LEFT, channel=Channel.SMS, number=n // 3) for d, n in busy]
    lost = [Row(day=d, count=Count.FAILED, channel=Channel.EMAIL, number=n // 11) for d, n in busy]
    arrived = [replace(r, count=Count.ARRIVED, number=r.number - 2) for r in left[:1] + texts[:1]]
    weeks = [monday_of(DAY) - timedelta(weeks=ago) for ago in range(12)]
    notices = tuple(
        WeekRow(
            week=week,
            kind=kind,
            channel=channel,
            numbers={
                Count.LEFT: number,
                Count.ARRIVED: number - number // 9,
                Count.FAILED: number // 12,
                Count.UNKNOWN: number % 3,
            },
        )
        for week in reversed(weeks)
        for kind, channel, least in (
            (Kind.CONFIRMATION_REQUEST, Channel.EMAIL, 140),
            (Kind.CONVOCATION, Channel.EMAIL, 1_120),
            (Kind.APPOINTMENT_REMINDER, Channel.EMAIL, 90),
            (Kind.APPOINTMENT_REMINDER, Channel.SMS, 60),
            (Kind.CARD_READY, Channel.SMS, 20),
        )
        for number in [least + (week.toordinal() * 37) % 61]
    )
    opened = Row(day=days[0], count=Count.OPENED, channel=Channel.DESK, number=3)
    return DailyFigures(
        states={State.BOOKED: 212, State.CONFIRMED: 480, State.DEPOSITED: 1_204, State.CLOSED: 35},
        counted_at=NOW - timedelta(hours=6),
        rows=(*left, *texts, *lost, *arrived, opened),
        weeks=notices,
    )


WEEKLY = _weeks()
SILENCES = tuple(
    Silence(feed=feed, since=NOW - timedelta(days=14), known_at=NOW, open_hours=72) for feed in Feed
)
QUIET = WorkList(
    rows=(),
    counts={},
    urgent=0,
    total=0,
    pages=1,
    unreadable=(),
    unreadable_total=0,
    channels=OPEN,
    bulks=(),
    figures=None,
)
BUSY = WorkList(
    rows=ROWS,
    counts={
        Kind.UNREACHABLE: 12,
        Kind.OUTCOME_UNKNOWN: 31,
        Kind.UNCONFIRMED: 4,
        Kind.CARD_NOT_COLLECTED: 60,
    },
    urgent=1,
    total=107,
    pages=3,
    unreadable=(UNREADABLE,),
    unreadable_total=1,
    channels=HELD,
    bulks=(BULK, APPOINTMENTS, replace(RUNNING, rows=RUNNING.rows[:3])),
    figures=WEEKLY,
)


# One dossier


def happened(kind: EventType, at: datetime, **more: object) -> Event:
    """An event of this dossier."""
    given: dict[str, object] = {"event_id": f"evt-{kind}-{at:%m%d%H}", "received_at": at, **more}
    return Event(type=kind, dossier_id=DOSSIER, at=at, **given)  # type: ignore[arg-type]  # by name


def tried(kind: Kind, at: datetime, status: Status, **more: object) -> Attempt:
    """An attempt of this dossier."""
    channel = more.pop("channel", Channel.EMAIL)
    assert isinstance(channel, Channel)
    notice = Notice(kind=kind, occasion="evt-1", channel=channel)
    given: dict[str, object] = {"status_at": at + timedelta(minutes=2), **more}
    return Attempt(notice=notice, status=status, claimed_at=at, **given)  # type: ignore[arg-type]  # by name


def _at(text: str) -> datetime:
    return instant(f"2019-{text}:00+02:00")


SELECTED = happened(
    EventType.SELECTED, _at("04-08T10:00"), contact=LEA, appointment_id="A-1", starts_at=SLOT
)
CONFIRMED = happened(
    EventType.CONFIRMED, _at("04-09T09:12"), appointment_id="A-1", source=Source.STUDENT
)
RESENT = happened(
    EventType.ASKED_AGAIN,
    _at("05-09T11:00"),
    source=Source.DESK,
    subject="convocation.1.evt-1.email",
    why="L’étudiante dit n’avoir rien reçu.",
    by="c.martin",
)
WORK = tried(
    Kind.UNREACHABLE,
    _at("05-09T12:00"),
    Status.OPEN,
    channel=Channel.DESK,
    reason="convocation:dead_address appointment_reminder:silent",
)
LETTERS = (
    tried(Kind.CONFIRMATION_REQUEST, _at("04-08T10:01"), Status.DELIVERED, message_id="0102-a"),
    tried(
        Kind.CONVOCATION, _at("04-09T09:13"), Status.BOUNCED, reason="Bounce.Transient.MailboxFull"
    ),
    tried(
        Kind.CONVOCATION,
        _at("04-10T09:13"),
        Status.BOUNCED,
        reason="Bounce.Permanent.General",
        failure_class=FailureClass.ADDRESS,
        attempt=2,
        possible_duplicate=True,
    ),
    tried(
        Kind.APPOINTMENT_REMINDER,
        _at("05-10T09:00"),
        Status.POSTPONED,
        channel=Channel.SMS,
        reason="ThrottlingException",
        until=_at("05-10T10:40"),
    ),
)

FACTS: Facts = facts_of((SELECTED, CONFIRMED))

TASK = Entry(at=WORK.claimed_at, what=EntryKind.WORK, attempt=WORK)
STORY = (
    Entry(at=SELECTED.at, what=EntryKind.EVENT, event=SELECTED),
    Entry(at=LETTERS[0].claimed_at, what=EntryKind.ATTEMPT, attempt=LETTERS[0]),
    Entry(at=CONFIRMED.at, what=EntryKind.EVENT, event=CONFIRMED),
    Entry(
        at=CONFIRMED.at,
        what=EntryKind.NOT_SENT,
        notice=Notice(kind=Kind.CONFIRMATION_REMINDER, occasion="evt-1", channel=Channel.EMAIL),
        why=EventType.CONFIRMED.value,
    ),
    Entry(at=LETTERS[1].claimed_at, what=EntryKind.ATTEMPT, attempt=LETTERS[1]),
    Entry(at=LETTERS[2].claimed_at, what=EntryKind.ATTEMPT, attempt=LETTERS[2]),
    Entry(at=RESENT.at, what=EntryKind.EVENT, event=RESENT),
    TASK,
    Entry(at=LETTERS[3].claimed_at, what=EntryKind.ATTEMPT, attempt=LETTERS[3]),
    Entry(
        at=_at("05-12T09:00"),
        what=EntryKind.PLANNED,
        owed=Owed(
            notice=Notice(kind=Kind.APPOINTMENT_REMINDER, occasion="evt-1", channel=Channel.EMAIL),
            due_at=_at("05-12T09:00"),
            ready_at=_at("05-12T09:00"),
        ),
    ),
)
VIEW = DossierView(
    foresee=lambda _event, _at: Forecast(),
    dossier_id=DOSSIER,
    state=State.CONFIRMED,
    facts=FACTS,
    timeline=STORY,
    open_work=(TASK,),
    is_forgotten=False,
    journal=("2019-04-08T08:00:00Z booking appointment.selected evt-1 recorded",),
    now=NOW,
)
NOTHING = replace(
    VIEW, state=State.KNOWN, facts=Facts(known_since=NOW), timeline=(), open_work=(), journal=()
)
#: Nothing can be sent to this student, by any channel, in the language that was asked for.
HARD_TO_REACH = replace(
    LEA,
    email="lea.@example.org",
    phone="04 76 82 70 00",
    number="+33476827000",
    mobile=None,
    language=None,
    language_given="es",
)
NO_WAY = Entry(
    at=WORK.claimed_at,
    what=EntryKind.WORK,
    attempt=replace(WORK, reason=f"confirmation_request:{HARD_TO_REACH.no_mail}"),
)
USELESS = replace(
    VIEW,
    facts=replace(FACTS, contact=HARD_TO_REACH),
    timeline=(replace(STORY[0], event=replace(SELECTED, unread=("data.version",))), NO_WAY),
    open_work=(NO_WAY,),
)
COMES_FOR_BOTH = facts_of(
    (
        SELECTED,
        CONFIRMED,
        happened(
            EventType.SELECTED,
            _at("04-20T10:00"),
            event_id="evt-2",
            appointment_id="A-2",
            starts_at=_at("05-10T09:30"),
            purpose=SlotPurpose.COLLECT,
            is_purpose_said=True,
        ),
    )
)
NOT_CONFIRMED = Entry(
    at=WORK.claimed_at,
    what=EntryKind.WORK,
    attempt=replace(
        WORK,
        notice=Notice(kind=Kind.UNCONFIRMED, occasion="evt-2", channel=Channel.DESK),
        reason="",
    ),
)
BOTH = replace(
    VIEW, facts=COMES_FOR_BOTH, timeline=(STORY[0], NOT_CONFIRMED), open_work=(NOT_CONFIRMED,)
)
AGAIN_ON = {
    str(line.notice): date(2019, 5, 24)
    for line in (TASK.attempt, NO_WAY.attempt, NOT_CONFIRMED.attempt)
    if line
}

# What follows from an act


def follows(effect: Effect, kind: Kind, *channels: Channel, **more: object) -> Following:
    """One thing that follows."""
    return Following(effect=effect, kind=kind, channels=channels, **more)  # type: ignore[arg-type]  # by name


MAIL_AND_SMS = (Channel.EMAIL, Channel.SMS)
RESEND = "resend-convocation.1.evt-1.email"
ANSWERED = {"n": 2, "others": 0, "leaving": 1, "later": 3, "stuck": 1}
DEPOSIT = Consequence(
    state=State.DEPOSITED,
    following=(
        follows(Effect.LEAVES, Kind.DEPOSIT_RECEIPT, Channel.EMAIL),
        follows(Effect.LEAVES, Kind.NO_NEWS, Channel.EMAIL, at=_at("07-09T09:00")),
        follows(Effect.WITHDRAWN, Kind.APPOINTMENT_REMINDER, *MAIL_AND_SMS),
        follows(Effect.ENDS, Kind.OUTCOME_UNKNOWN),
    ),
)
#: The evening after the hours of SMS, and nothing can be sent to the address.
CARD = Consequence(
    state=State.CARD_READY,
    following=(
        follows(Effect.LEAVES, Kind.CARD_READY, Channel.SMS, at=BULK.effective_at),
        follows(Effect.STUCK, Kind.CARD_READY, Channel.EMAIL, why="dead_address"),
        follows(Effect.LEAVES, Kind.CARD_WAITING, *MAIL_AND_SMS, at=_at("05-24T09:00")),
    ),
)
MOVED = Consequence(following=(follows(Effect.LEAVES, Kind.CONVOCATION, Channel.EMAIL),))
WAITING = Consequence(following=(follows(Effect.WAITS, Kind.CONVOCATION, Channel.SMS),))
CLOSED = Consequence(
    state=State.CLOSED,
    following=(follows(Effect.WITHDRAWN, Kind.APPOINTMENT_REMINDER, *MAIL_AND_SMS),),
)
PROSPECTS = {
    "checked": prospect({"": Forecast(refusal="checked_late")}, {}),
    "deposited": prospect({"": Forecast(consequence=DEPOSIT)}, {}),
    "card_ready": prospect({"": Forecast(consequence=CARD)}, {}),
    "closed": prospect({"": Forecast(consequence=CLOSED)}, {}),
    "contact": prospect(
        {
            word("cases", "email"): Forecast(consequence=MOVED),
            word("cases", "phone"): Forecast(),
        },
        {},
    ),
    "note": prospect({"": Forecast()}, {}),
    f"close-{WORK.notice}": prospect(
        {
            word("cases", "ended"): Forecast(
                consequence=Consequence(following=(follows(Effect.ENDS, Kind.UNREACHABLE),))
            ),
            word("cases", "again"): Forecast(
                consequence=Consequence(
                    following=(follows(Effect.COMES_BACK, Kind.UNREACHABLE, at=_at("05-24T09:00")),)
                )
            ),
        },
        {},
    ),
    "resend-confirmation_request.1.evt-1.email": prospect({"": Forecast(refusal="over")}, {}),
    RESEND: prospect({"": Forecast(consequence=MOVED)}, {}),
}
STOPPED = replace(
    VIEW,
    holds=with_pauses({}, [PAUSE]),
    timeline=(
        *STORY[:7],
        *(
            Entry(
                at=at,
                what=EntryKind.PLANNED,
                owed=Owed(
                    notice=Notice(kind=kind, occasion="evt-1", channel=Channel.SMS),
                    due_at=at,
                    ready_at=at,
                    next_try=NextTry(why=why),
                ),
                why=why,
            )
            for kind, at, why in (
                (Kind.CARD_READY, _at("05-10T10:58"), PAUSED),
                (Kind.CARD_WAITING, _at("05-24T09:00"), ""),
            )
        ),
    ),
    open_work=(
        Entry(
            at=WORK.claimed_at,
            what=EntryKind.WORK,
            attempt=replace(WORK, reason="card_ready:paused"),
        ),
    ),
)

REFUSED = FormRefusal(
    form="incomplete",
    field="missing_documents",
    message="Indiquez au moins une pièce manquante, une par ligne.",
    typed={"day": "2019-05-09", "missing_documents": ""},
)
TWICE = FormRefusal(
    form="resend-confirmation_request.1.evt-1.email",
    field="even_so",
    message="Ce message est déjà parti il y a moins de 24 heures. "
    "Appuyez encore une fois pour l’envoyer quand même.",
    typed={"why": "Elle ne le trouve pas."},
)
OLD_FILE = FormRefusal(
    form="cards", field="list", message=word("lists", "xls"), typed={"pasted": ""}
)
TWO_COLUMNS = FormRefusal(
    form="columns",
    field="column-",
    message=word("lists", "column_twice").format(field=word("columns", "day")),
    typed={"column-Observations": "day"},
)
WRONG_NUMBER = FormRefusal(
    form="begin", field="count", message=word("refusals", "number"), typed={"count": "3"}
)
NOTHING_CHOSEN = replace(
    WRONG_NUMBER, message=word("refusals", "nothing_chosen"), typed={"count": "0"}
)
MAIL = Email(
    language=Language.FR,
    sender=DESK.name[Language.FR],
    subject="Confirmez votre rendez-vous du mardi 14 mai 2019",
    text="Bonjour Léa,\n\nVous avez choisi ce rendez-vous :\nmardi 14 mai 2019 à 10 h 30\n\n"
    "Confirmez-le ici : https://rdv.example/confirm/…\n",
    html='<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Rendez-vous</title>'
    '<style>p{line-height:1.5}</style></head><body><h1 style="font-size:20px">Bonjour Léa</h1>'
    '<p style="color:#0d5a54">Vous avez choisi ce rendez-vous : mardi 14 mai 2019 à 10 h 30.</p>'
    '<p><a href="https://…/confirm">Confirmez-le ici</a></p></body></html>',
    headers=(),
)
TEXT = Sms(language=Language.EN, text="Your residence permit is ready. Bring your passport.")
SENT = MessageView(
    dossier_id=DOSSIER,
    notice=Notice(kind=Kind.CONFIRMATION_REQUEST, occasion="s", channel=Channel.EMAIL),
    attempt=1,
    claimed_at=NOW,
    letter=MAIL,
    to="lea.benali@example.org",
    course=(
        MessageStep(at=NOW, status=Status.ACCEPTED),
        MessageStep(
            at=NOW + timedelta(minutes=4), status=Status.BOUNCED, why="Bounce.Permanent.NoEmail"
        ),
    ),
)
SENT_TEXT = replace(
    SENT,
    notice=Notice(kind=Kind.CARD_READY, occasion="2019-05-10", channel=Channel.SMS),
    letter=TEXT,
    to="+33612345678",
    course=(MessageStep(at=NOW, status=Status.DELIVERED),),
)

# A day's appointments

LEAS_SLOT = facts_of(
    [
        Event(
            event_id="s",
            type=EventType.SELECTED,
            dossier_id=DOSSIER,
            at=NOW,
            received_at=NOW,
            appointment_id="A-1",
            starts_at=SLOT,
        )
    ]
).appointment
EXPECTED = DayView(
    day=date(2019, 5, 14),
    rows=(
        DayRow(
            dossier_id="G-2019-0290",
            at=SLOT - timedelta(minutes=20),
            purpose=SlotPurpose.DEPOSIT,
            kinds=(),
        ),
        DayRow(
            dossier_id=DOSSIER,
            at=SLOT,
            purpose=SlotPurpose.DEPOSIT,
            kinds=(Kind.UNCONFIRMED,),
            state=State.BOOKED,
            contact=LEA,
            slot=LEAS_SLOT,
            missing=("Justificatif de domicile de moins de six mois",),
        ),
        DayRow(
            dossier_id="G-2018-1200",
            at=SLOT + timedelta(minutes=20),
            purpose=SlotPurpose.COLLECT,
            kinds=(),
            state=State.CARD_READY,
            contact=SOFIA,
            slot=LEAS_SLOT and replace(LEAS_SLOT, confirmed_at=NOW),
            refused=SOFIA_MOVED,
        ),
    ),
    more=False,
    is_open=True,
    papers={
        SlotPurpose.DEPOSIT: ("la convocation", "le passeport"),
        SlotPurpose.COLLECT: ("le passeport", "le récépissé"),
    },
    before=date(2019, 5, 13),
    after=date(2019, 5, 15),
)
PASSED = replace(
    EXPECTED,
    day=DAY,
    rows=tuple(
        replace(row, kinds=(Kind.OUTCOME_UNKNOWN,), is_unanswered=True) for row in EXPECTED.rows[1:]
    ),
)
OUTCOMES = Prospect(cases=(("Absence", ("Rendez-vous manqué (e-mail) : part maintenant.",)),))
TOGETHER = Prospect(
    cases=(
        (
            "« Absence », pour les 2 à la fois",
            ("Rendez-vous manqué (e-mail) : 2, qui partent maintenant.",),
        ),
    )
)
NO_OUTCOME = FormRefusal(
    form="day",
    field="outcome",
    message="Choisissez la suite d’au moins un rendez-vous.",
    typed={},
)
NOBODY_EXPECTED = replace(
    EXPECTED, day=date(2019, 5, 12), rows=(), papers={}, is_open=False, before=None
)

PUT_OFF = (
    PutOffRow(
        dossier_id=DOSSIER,
        contact=LEA,
        kind=Kind.UNREACHABLE,
        until=date(2019, 5, 17),
        by="c.martin",
        why="Un message a été laissé sur son répondeur.",
    ),
)

# The rest

TOO_SHORT = FormRefusal(
    form="find", field="q", message="Saisissez au moins deux caractères.", typed={"q": "b"}
)
FOUND = Found(
    asked="ben",
    rows=(
        FoundRow(dossier_id=DOSSIER, state=State.CONFIRMED, contact=LEA, appointment_at=SLOT),
        FoundRow(
            dossier_id="G-2018-1200",
            state=State.COLLECTED,
            contact=SOFIA,
            appointment_at=None,
            refused=SOFIA_MOVED,
        ),
        FoundRow(dossier_id="G-2019-0290", state=None, contact=None, appointment_at=None),
    ),
    more=True,
)


def _found(dossier_id: str, contact: Contact | None, state: State | None) -> FoundRow:
    return FoundRow(dossier_id=dossier_id, state=state, contact=contact, appointment_at=None)


def card_row(
    number: int, found: FoundRow | None, why: Unlikely | None = None, name: tuple[str, ...] = ()
) -> PreviewRow:
    """One row of a list of ready cards."""
    reference = found.dossier_id if found else "G-2019-9999"
    text = reference if found else "Martin · Jeanne · G-2019-9999"
    row = CardRow(number=number, reference=reference, text=text, name=name)
    forecast = NO_FORECAST if why else Forecast(consequence=CARD)
    return PreviewRow(row=row, found=found, why=why, forecast=forecast)


_LISTED = (
    card_row(2, _found("G-2019-0101", MINH, State.DEPOSITED)),
    card_row(3, _found("G-2019-0102", LEA, State.DEPOSITED), name=("BENALI", "Lea S.")),
    card_row(4, _found("G-2019-0117", SOFIA, State.DEPOSITED)),
    card_row(5, None, Unlikely.UNKNOWN),
    replace(
        card_row(13, None, Unlikely.PART), row=CardRow(number=13, reference="0412", text="0412")
    ),
    card_row(6, _found("G-2019-0301", None, None), Unlikely.UNREADABLE),
    card_row(8, _found("G-2019-0101", MINH, State.DEPOSITED), Unlikely.DOUBLE),
    card_row(7, _found("G-2019-0121", MINH, State.DEPOSITED), Unlikely.WAITING),
    card_row(9, _found("G-2019-0044", LEA, State.CARD_READY), Unlikely.ANNOUNCED),
    card_row(10, _found("G-2019-0412", SOFIA, State.INCOMPLETE), Unlikely.STATE),
    card_row(12, _found("G-2019-0118", LEA, State.DEPOSITED), Unlikely.NAME, ("Zhang", "Wei")),
)
PREVIEW = BulkPreview(
    day=DAY,
    cards=CardList(
        read=11,
        rows=tuple(one.row for one in _LISTED),
        aside=(
            SetAside(number=7, text="#N/A · Petit · Chloé", why="error"),
            SetAside(number=11, text="14/05/2019", why="date"),
        ),
        sheet="Titres reçus",
        unread=("Archives 2018",),
        ignored={"Observations": 3, "Dossier (2)": 1},
        layout=(
            SetAside(number=1, text="Titres reçus le 14 mai", why="above"),
            SetAside(number=14, text="Total : 9", why="total"),
        ),
    ),
    rows=_LISTED,
)
_NAMED = {
    "G-2019-0101": _found("G-2019-0101", MINH, State.CARD_READY),
    "G-2019-0117": _found("G-2019-0117", SOFIA, State.DEPOSITED),
    "G-2019-0120": _found("G-2019-0120", None, None),
}
_ARRIVED = {Channel.EMAIL: Status.DELIVERED, Channel.SMS: Status.ACCEPTED}


def list_columns(given: DossierList, around: Frame) -> str:
    """The page of the columns of a list."""
    fields = FIELDS[given.kind].keys()
    return list_pages.columns(given, around, "bGlzdGU", SlotPurpose.DEPOSIT, fields)


def viewed(bulk: Bulk) -> BulkView:
    """A list with the names of its rows: one dossier is unknown, one cannot be read."""
    rows = [
        BulkRowView(
            row=row,
            found=_NAMED.get(row.dossier_id),
            messages=_ARRIVED if row.stand is RowStand.DONE else {},
        )
        for row in bulk.rows
    ]
    return BulkView(bulk=bulk, rows=tuple(rows))


HELD_BODY = QuarantineView(
    row=WEBHOOK,
    body='{"type":"appointment.selected","timestamp":"2019-05-09T08:12:00+02:00",'
    '"data":{"dossier_id":"G-2019-0999","appointment":{"id":"A-9","starts_at":"2019-06-03T09:00"}}}',
    seen_at=None,
)
HELD_DOSSIER = QuarantineView(row=UNREADABLE, body="", seen_at=None)
DEAD = (
    DeadLettersView(queue=DeadLetters.SERVE, count=2, examples=("G-2019-0001", "G-2019-0002")),
    DeadLettersView(queue=DeadLetters.FEEDBACK, count=0, examples=()),
    DeadLettersView(queue=DeadLetters.NIGHT, count=1, examples=("G-2019-0003",)),
)
AUDIT_LINES = (
    AuditLine(
        at=NOW,
        by="c.martin",
        role=Role.ACT,
        action="dossier_resend",
        object=DOSSIER,
        which="convocation.1.evt-1.email",
        source="192.0.2.7",
    ),
    AuditLine(
        at=NOW,
        by="a.durand",
        role=Role.READ,
        action="find_students",
        which="search=3f9a0c1be27d4458",
        source="2001:db8::7f",
    ),
    AuditLine(
        at=NOW,
        by="a.durand",
        role=Role.READ,
        action="read_audit",
        result="refused",
        detail="role",
        source="192.0.2.7",
    ),
    AuditLine(at=NOW, by="d.petit", role=None, action="cli:read_list", which="page=2"),
)
AUDIT = AuditPage(
    lines=AUDIT_LINES,
    older="2019-05-06T08:20:00.000000Z#0123456789ab",
    knocks={Knock.SIGN_IN: 1_520, Knock.SESSION: 12},
)

NO_ROWS = FormRefusal(
    form="many",
    field="scope",
    message="Cochez au moins une ligne, ou choisissez toutes celles de cette raison.",
    typed={"why": "trial"},
)
LISTED = Unreached(rows=ROWS, total=len(ROWS), page=1, pages=1)


def in_quarantine(found: QuarantineList, **more: object) -> str:
    """The page of what is in quarantine."""
    given: dict[str, object] = {"quarantined": 4, **more}
    around = frame(Role.ACT, "/desk/quarantine", **given)
    return pages.quarantine_list(found, around, at_once=200, read_at_most=10_000)


# What a person has a right to

ERASURE = Event(
    event_id="desk-erasure",
    type=EventType.ERASURE_REQUESTED,
    dossier_id=DOSSIER,
    at=NOW,
    received_at=NOW,
    source=Source.DESK,
    by="c.martin",
)
ERASURE_LINE = Attempt(
    notice=Notice(kind=Kind.ERASURE_REQUESTED, occasion="desk-erasure", channel=Channel.DESK),
    status=Status.OPEN,
    claimed_at=NOW,
    status_at=NOW,
)
TO_BE_ERASED = replace(
    VIEW,
    facts=replace(FACTS, erasure=ErasureRequest(event_id="desk-erasure", at=NOW, by="c.martin")),
    timeline=(
        *STORY[:4],
        Entry(at=NOW, what=EntryKind.EVENT, event=ERASURE),
        Entry(at=NOW, what=EntryKind.WORK, attempt=ERASURE_LINE),
    ),
    open_work=(Entry(at=NOW, what=EntryKind.WORK, attempt=ERASURE_LINE),),
)
ASKED_FOR = access.AskedFor(
    row=FoundRow(dossier_id=DOSSIER, state=State.CONFIRMED, contact=LEA, appointment_at=SLOT),
    kin=(
        access.Kin(row=FOUND.rows[1], by=("phone",)),
        access.Kin(row=FOUND.rows[2], by=("renews", "email")),
    ),
    perhaps=("evt-77#0a1b2c3d4e5f6071",),
)
ACCESS_FILE = access.AccessFile(
    made_at=NOW,
    dossiers=(
        access.DossierFile(
            dossier_id=DOSSIER,
            state=State.CONFIRMED,
            contact=LEA,
            appointments=FACTS.appointments,
            lines=lines_of(STORY, FACTS),
            events=(SELECTED, CONFIRMED),
            repetitions=(
                Repetition(of=SELECTED.event_id, event_id="evt-9", at=NOW, received_at=NOW),
            ),
            attempts=LETTERS,
            messages=(
                access.Sent(
                    at=NOW,
                    notice="confirmation_request.1.evt-1.email",
                    medium="E-mail",
                    subject=MAIL.subject,
                    text=MAIL.text,
                ),
            ),
            bodies=(access.KeptBody(at=NOW, reason="type: unknown", text=HELD_BODY.body),),
            looks=(
                access.Look(at=NOW, role=Role.ACT, action="dossier_resend", result="done"),
                access.Look(at=NOW, role=None, action="cli:read_dossier", result="failed"),
            ),
            journal=tuple(VIEW.journal),
            kept_until=DAY,
        ),
        access.DossierFile(
            dossier_id="G-2018-1200",
            state=State.COLLECTED,
            contact=None,
            appointments=(),
            lines=(),
            events=(),
            repetitions=(),
            attempts=(),
            messages=(),
            bodies=(),
            looks=(),
            journal=(),
            kept_until=None,
            erasure_at=NOW,
        ),
    ),
)

#: Every page in every state worth a look, by name.
PAGES: Mapping[str, Callable[[], str]] = {
    "home": lambda: pages.home(BUSY, Filters(), NOW, frame(path="/desk", quarantined=12)),
    "home, filtered": lambda: pages.home(
        BUSY,
        Filters(kind=Kind.UNREACHABLE, urgent=True, page=2),
        NOW,
        frame(Role.READ, "/desk", notice="dismissed"),
    ),
    "home, cut": lambda: pages.home(
        replace(BUSY, total=10_000, is_cut=True, pages=200, unreadable_total=31),
        Filters(),
        NOW,
        frame(path="/desk", quarantined=1_000, counted_at_most=1_000),
    ),
    "home, told": lambda: pages.home(
        replace(
            BUSY,
            rows=(replace(ROWS[0], told_at=NOW), *ROWS[1:]),
            failing_since=NOW,
            silences=SILENCES,
        ),
        Filters(),
        NOW,
        frame(path="/desk"),
    ),
    "home, empty": lambda: pages.home(QUIET, Filters(), NOW, frame(Role.ACT, "/desk")),
    "figures": lambda: pages.figures_page(WEEKLY, NOW, 12, None, frame()),
    "figures, of one": lambda: pages.figures_page(
        replace(WEEKLY, is_whole=False, dossiers=412), NOW, 4, Kind.CARD_READY, frame(Role.READ)
    ),
    "figures, none": lambda: pages.figures_page(replace(WEEKLY, weeks=()), NOW, 8, None, frame()),
    "figures, missing": lambda: pages.figures_page(None, NOW, 4, None, frame()),
    "find": lambda: pages.find(FOUND, frame()),
    "find, nearest": lambda: pages.find(
        replace(FOUND, asked="benali sofia", is_nearest=True), frame()
    ),
    "find, nothing": lambda: pages.find(Found(asked="xyz", rows=(), more=False), frame()),
    "find, refused": lambda: pages.find(None, frame(refusal=TOO_SHORT)),
    "day": lambda: pages.day(EXPECTED, frame(path="/desk/day")),
    "day, passed": lambda: pages.day(
        PASSED,
        frame(Role.ACT, "/desk/day", notice="answered", counted=ANSWERED),
        {row.dossier_id: OUTCOMES for row in PASSED.rows},
        TOGETHER,
    ),
    "day, refused": lambda: pages.day(PASSED, frame(refusal=NO_OUTCOME)),
    "day, shut": lambda: pages.day(NOBODY_EXPECTED, frame(path="/desk/day")),
    "put_off": lambda: pages.put_off(PUT_OFF, frame()),
    "put_off, nothing": lambda: pages.put_off((), frame()),
    "dossier": lambda: pages.dossier(
        VIEW,
        DESK,
        frame(notice="recorded", follows=consequence_words(DEPOSIT, {})),
        AGAIN_ON,
        prospects=PROSPECTS,
    ),
    "dossier, paused": lambda: pages.dossier(
        STOPPED,
        DESK,
        frame(notice="recorded", follows=consequence_words(WAITING, STOPPED.holds)),
        AGAIN_ON,
        prospects={RESEND: prospect({"": Forecast(consequence=WAITING)}, STOPPED.holds)},
    ),
    "dossier, refused": lambda: pages.dossier(VIEW, DESK, frame(refusal=REFUSED), AGAIN_ON),
    "dossier, card waiting": lambda: pages.dossier(VIEW, DESK, frame(), AGAIN_ON, (BULK,)),
    "dossier, twice": lambda: pages.dossier(VIEW, DESK, frame(refusal=TWICE), AGAIN_ON),
    "dossier, read": lambda: pages.dossier(VIEW, DESK, frame(Role.READ), AGAIN_ON),
    "dossier, useless": lambda: pages.dossier(USELESS, DESK, frame(), AGAIN_ON),
    "dossier, both": lambda: pages.dossier(BOTH, DESK, frame(), AGAIN_ON),
    "dossier, empty": lambda: pages.dossier(NOTHING, DESK, frame(), AGAIN_ON),
    "dossier, forgotten": lambda: pages.dossier(
        replace(NOTHING, is_forgotten=True), DESK, frame(), AGAIN_ON
    ),
    "dossier, to be erased": lambda: pages.dossier(
        TO_BE_ERASED, DESK, frame(notice="recorded"), AGAIN_ON
    ),
    "access": lambda: access.access(ASKED_FOR, frame()),
    "access, alone": lambda: access.access(replace(ASKED_FOR, kin=(), perhaps=()), frame()),
    "message": lambda: pages.sent(SENT, frame()),
    "message, sms": lambda: pages.sent(SENT_TEXT, frame(), is_shown=True),
    "lists": lambda: list_pages.lists(
        frame(path=LISTS), (SlotPurpose.DEPOSIT,), (APPOINTMENTS, *listed.PREVIEW.waiting)
    ),
    "lists, refused": lambda: list_pages.lists(
        frame(path=LISTS, refusal=replace(OLD_FILE, form="lists")), tuple(SlotPurpose)
    ),
    "list_columns": lambda: list_columns(listed.GIVEN, frame(path=LISTS)),
    "list_columns, refused": lambda: list_columns(
        replace(listed.GIVEN, kind=ListKind.TAKEOVER, sheet=""),
        frame(path=LISTS, refusal=TWO_COLUMNS),
    ),
    "list_preview": lambda: list_pages.preview(
        listed.PREVIEW, frame(path=LISTS), "bGlzdGU", SlotPurpose.DEPOSIT
    ),
    "list_preview, ticked": lambda: list_pages.preview(
        replace(listed.PREVIEW, first=date(2019, 6, 28), is_cut=True),
        frame(path=LISTS, refusal=WRONG_NUMBER),
        "bGlzdGU",
        SlotPurpose.DEPOSIT,
        {
            *(f"also-{one.name}" for one in listed.PREVIEW.doubtful if one.row.number == 5),
            *(f"gone-{one.name}" for one in listed.PREVIEW.gone),
        },
    ),
    "list_preview, takeover": lambda: list_pages.preview(
        listed.TAKEN_OVER, frame(path=LISTS), "bGlzdGU", SlotPurpose.DEPOSIT
    ),
    "list_preview, nothing": lambda: list_pages.preview(
        replace(
            listed.PREVIEW,
            given=replace(listed.GIVEN, aside=(), unread=("Mai",), sheet=""),
            rows=listed.PREVIEW.rows[2:3],
            gone=(),
            first=None,
        ),
        frame(path=LISTS),
        "bGlzdGU",
        SlotPurpose.DEPOSIT,
    ),
    "list_preview, only absent": lambda: list_pages.preview(
        replace(
            listed.PREVIEW,
            given=replace(listed.GIVEN, aside=(), unread=()),
            rows=listed.PREVIEW.rows[2:3],
        ),
        frame(path=LISTS, refusal=NOTHING_CHOSEN),
        "bGlzdGU",
        SlotPurpose.DEPOSIT,
    ),
    "list_preview, silent": lambda: list_pages.preview(
        replace(
            listed.PREVIEW,
            given=listed.FOR_ANOTHER_PURPOSE,
            rows=(replace(listed.PREVIEW.rows[1], forecast=Forecast()),),
            gone=(),
        ),
        frame(path=LISTS),
        "bGlzdGU",
        SlotPurpose.DEPOSIT,
    ),
    "cards": lambda: pages.cards(frame(path="/desk/cards"), DAY, (BULK,)),
    "cards, refused": lambda: pages.cards(frame(path="/desk/cards", refusal=OLD_FILE), DAY),
    "cards, preview": lambda: pages.cards_preview(PREVIEW, frame(path="/desk/cards"), "{}"),
    "cards, ticked": lambda: pages.cards_preview(
        PREVIEW, frame(path="/desk/cards", refusal=WRONG_NUMBER), "{}", {"G-2019-0412"}
    ),
    "dossier, moving": lambda: pages.dossier(
        replace(VIEW, is_moving=True), DESK, frame(), AGAIN_ON
    ),
    "cards, none": lambda: pages.cards_preview(
        replace(PREVIEW, rows=_LISTED[3:7]), frame(path="/desk/cards"), "{}"
    ),
    "bulk": lambda: pages.bulk(
        viewed(BULK),
        frame(path="/desk/cards", notice="begun", follows=consequence_words(CARD, {})),
    ),
    "bulk, appointments": lambda: pages.bulk(viewed(APPOINTMENTS), frame(path=LISTS)),
    "bulk, running": lambda: pages.bulk(viewed(RUNNING), frame(path="/desk/cards")),
    "bulk, done": lambda: pages.bulk(
        viewed(replace(RUNNING, rows=RUNNING.rows[:3])), frame(path="/desk/cards")
    ),
    "bulk, undone": lambda: pages.bulk(
        viewed(replace(BULK, rows=tuple(replace(r, stand=RowStand.UNDONE) for r in BULK.rows))),
        frame(path="/desk/cards", notice="undone"),
    ),
    "quarantine_list": lambda: in_quarantine(IN_QUARANTINE),
    "quarantine_list, empty": lambda: in_quarantine(QuarantineList(groups=())),
    "quarantine_list, group": lambda: in_quarantine(OF_ONE_CAUSE),
    "quarantine_list, many": lambda: in_quarantine(
        OF_MANY,
        notice="replayed_many",
        counted={"n": 12, "stayed": 188, "left": 1_000},
        quarantined=1_000,
        counted_at_most=1_000,
    ),
    "quarantine_list, refused": lambda: in_quarantine(OF_ONE_CAUSE, refusal=NO_ROWS),
    "quarantine_list, dossiers": lambda: in_quarantine(
        replace(IN_QUARANTINE, shown=GROUPS[0], rows=(UNREADABLE,))
    ),
    "quarantine": lambda: pages.quarantine(HELD_BODY, frame()),
    "quarantine, seen": lambda: pages.quarantine(replace(HELD_BODY, seen_at=NOW), frame()),
    "quarantine, perhaps erased": lambda: pages.quarantine(
        replace(HELD_BODY, erased=("G-2019-0413",)), frame()
    ),
    "quarantine, known": lambda: pages.quarantine(replace(HELD_BODY, dossier_id=DOSSIER), frame()),
    "quarantine, recorded": lambda: pages.quarantine(
        replace(
            HELD_BODY,
            row=replace(WEBHOOK, reason="recorded, but for data.version"),
            dossier_id=DOSSIER,
            is_recorded=True,
        ),
        frame(),
    ),
    "quarantine, waiting": lambda: pages.quarantine(
        replace(
            HELD_BODY,
            row=replace(WEBHOOK, reason=f"dossier {DOSSIER} cannot be read: {UNREADABLE.reason}"),
            dossier_id=DOSSIER,
            is_unreadable=True,
        ),
        frame(),
    ),
    "quarantine, unnamed": lambda: pages.quarantine(
        replace(HELD_BODY, row=replace(HELD_BODY.row, about="")), frame(Role.ACT)
    ),
    "quarantine, dismissed": lambda: pages.dismissed(("Q#1", "Q#2"), 40, "missing:type", frame()),
    "quarantine, nothing dismissed": lambda: pages.dismissed((), 0, "", frame()),
    "quarantine, dossier": lambda: pages.quarantine(HELD_DOSSIER, frame()),
    "channels": lambda: pages.channels(HELD, frame(path="/desk/channels")),
    "channels, blocked and paused": lambda: pages.channels(
        (replace(HELD[0], pause=replace(PAUSE, channel=Channel.EMAIL)),),
        frame(path="/desk/channels"),
    ),
    "channels, open": lambda: pages.channels(OPEN, frame(path="/desk/channels")),
    "dead_letters": lambda: pages.dead_letters(DEAD, frame(path="/desk/dead-letters")),
    "audit": lambda: pages.audit(AuditAsked(day=DAY), AUDIT, frame(path="/desk/audit")),
    "audit, person": lambda: pages.audit(
        AuditAsked(day=DAY, by="a.durand"),
        AuditPage(lines=AUDIT_LINES[1:3]),
        frame(path="/desk/audit"),
    ),
    "audit, dossier": lambda: pages.audit(
        AuditAsked(day=DAY, about=DOSSIER),
        AuditPage(lines=AUDIT_LINES[:1]),
        frame(path="/desk/audit"),
    ),
    "audit, empty": lambda: pages.audit(
        AuditAsked(day=DAY), AuditPage(lines=()), frame(path="/desk/audit")
    ),
    "list": lambda: pages.unreached(LISTED, NOW, frame()),
    "list, cut": lambda: pages.unreached(
        replace(LISTED, total=1_204, page=2, pages=3, is_cut=True), NOW, frame()
    ),
    "list, empty": lambda: pages.unreached(replace(LISTED, rows=(), total=0), NOW, frame()),
    "not_found": lambda: pages.not_found(frame()),
}

#: What is handed over, and is no page of the console.
FILES: Mapping[str, Callable[[], str]] = {
    "access, the file": lambda: access.as_html(ACCESS_FILE, "Guichet des étrangers"),
}
