"""The demo's story: two students, from the chosen appointment to the card and the next renewal.

The desk is the one of April 2019. Every instant is a Paris hour.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from chalicelib.domain.desk_calendar import at_paris
from local.demo.cast import (
    Deed,
    Student,
    confirms_twice,
    downloads,
    lose_ready_sms,
    old_link_is_dead,
    opens_confirm_page,
    opens_dossier_page,
    slot,
    unsubscribes,
    webhook,
)

# A number of the AWS SMS simulator, one that everybody writes in forms, and addresses that RFC 2606
# keeps free for examples.
LEA = Student(
    dossier_id="G-2019-0412",
    given_name="Léa",
    family_name="Benali",
    email="lea.benali@example.org",
    phone="+33755512501",
    language="fr",
    permit_expires_on="2019-07-10",
)
SAM = Student(
    dossier_id="G-2019-0455",
    given_name="Sam",
    family_name="O’Connor",
    email="sam.oconnor@example.org",
    phone="+33612345678",
    language="en",
    permit_expires_on="2019-07-20",
)
LEA_AGAIN = LEA.renewing("G-2020-0731", "2020-09-30")


@dataclass(frozen=True, kw_only=True)
class Act:
    """Somebody does something, at an instant."""

    at: datetime
    who: str
    says: str
    deed: Deed


@dataclass(frozen=True, kw_only=True, order=True)
class Promise:
    """A message that this story owes: when, to whom, what, where, which try, and its fate."""

    at: str
    dossier_id: str
    notice: str
    channel: str
    attempt: int = 1
    status: str = "delivered"

    def __str__(self) -> str:
        what = f"{self.notice} by {self.channel}, try {self.attempt}, {self.status}"
        return f"{self.at} {self.dossier_id} {what}"


def begins() -> datetime:
    """The morning of the first day."""
    return _at("2019-04-08 09:30")


def ends() -> datetime:
    """Some quiet days after the last step: nothing more may come."""
    return _at("2020-08-07 12:00")


def steps(keep: Callable[[str, bytes], None]) -> Sequence[Act]:
    """What happens, oldest first; `keep` is given the documents that are downloaded."""
    return sorted([*_lea(keep), *_sam(keep)], key=lambda step: step.at)


def _lea(keep: Callable[[str, bytes], None]) -> list[Act]:
    """The ordinary way, with one lost SMS."""
    day, card = "2019-05-06", "2019-06-27"
    deposited = webhook(LEA, "dossier.deposited", occurred_on=day, recepisse_number="3812019412")
    collected = webhook(
        LEA, "card.collected", occurred_on="2019-07-02", card_expires_on="2020-09-30"
    )
    renewal = "2020-09-02T10:40:00+02:00"
    booked = slot(LEA_AGAIN, "appointment.selected", "A-9120", renewal, renews=LEA.dossier_id)
    first = slot(LEA, "appointment.selected", "A-4711", "2019-05-06T10:20:00+02:00")
    return [
        _step("2019-04-08 10:12", "Léa", "chooses Monday 6 May, 10:20", first),
        _step("2019-04-08 18:40", "Léa", "opens the confirmation page", opens_confirm_page(LEA)),
        _step("2019-04-08 18:41", "Léa", "clicks on “confirm”, twice", confirms_twice(LEA)),
        _step("2019-04-08 18:44", "Léa", "fetches the convocation", downloads(LEA, keep)),
        _step("2019-04-24 15:05", "ISSO", "checks Léa’s papers", webhook(LEA, "dossier.checked")),
        _step("2019-05-06 10:45", "desk", "takes Léa’s dossier, gives a récépissé", deposited),
        _step("2019-05-21 22:10", "Léa", "looks where the dossier is", opens_dossier_page(LEA)),
        _step("2019-06-27 14:29", "the network", "will lose Léa’s next SMS", lose_ready_sms(LEA)),
        _step(
            "2019-06-27 14:30",
            "desk",
            "has Léa’s card",
            webhook(LEA, "card.ready", occurred_on=card),
        ),
        _step("2019-07-02 11:05", "desk", "hands Léa the card, valid to 30 Sept 2020", collected),
        _step("2020-07-27 20:15", "Léa", "books the renewal: a new dossier", booked),
        _step("2020-07-27 20:18", "Léa", "confirms it", confirms_twice(LEA_AGAIN)),
    ]


def _sam(keep: Callable[[str, bytes], None]) -> list[Act]:
    """Forgetful, moves the appointment, is away all summer, and leaves France in the end."""
    day, card = "2019-05-16", "2019-07-04"
    deposited = webhook(SAM, "dossier.deposited", occurred_on=day, recepisse_number="3812019455")
    collected = webhook(
        SAM, "card.collected", occurred_on="2019-09-03", card_expires_on="2020-08-31"
    )
    first = slot(SAM, "appointment.selected", "B-4802", "2019-05-14T14:00:00+02:00")
    moved = slot(SAM, "appointment.rescheduled", "B-4802", "2019-05-16T09:40:00+02:00")
    return [
        _step("2019-04-09 16:30", "Sam", "chooses Tuesday 14 May, 14:00, and forgets", first),
        _step("2019-04-11 11:00", "Sam", "moves it to Thursday 16 May, 9:40", moved),
        _step("2019-04-11 11:05", "Sam", "tries the old link", old_link_is_dead(SAM)),
        _step("2019-04-11 12:00", "Sam", "confirms the new slot", confirms_twice(SAM)),
        _step("2019-04-11 12:03", "Sam", "fetches the convocation", downloads(SAM, keep)),
        _step("2019-05-06 14:10", "ISSO", "checks Sam’s papers", webhook(SAM, "dossier.checked")),
        _step("2019-05-16 10:02", "desk", "takes Sam’s dossier, gives a récépissé", deposited),
        _step(
            "2019-07-04 15:20",
            "desk",
            "has Sam’s card",
            webhook(SAM, "card.ready", occurred_on=card),
        ),
        _step("2019-09-03 09:30", "desk", "hands Sam the card, valid to 31 Aug 2020", collected),
        _step("2020-06-04 19:00", "Sam", "is leaving, unsubscribes", unsubscribes(SAM)),
    ]


def _step(at: str, who: str, says: str, deed: Deed) -> Act:
    return Act(at=_at(at), who=who, says=says, deed=deed)


def _at(text: str) -> datetime:
    day, _, hour = text.partition(" ")
    return at_paris(date.fromisoformat(day), time.fromisoformat(hour))


#: Everything that is owed, and nothing else. Why each of them is due when it is: see the comments.
PROMISES: Sequence[Promise] = (
    *(
        Promise(at=at, dossier_id=LEA.dossier_id, notice=notice, channel=channel)
        for at, notice, channel in (
            ("2019-04-08 10:12", "confirmation_request", "email"),
            ("2019-04-08 18:41", "convocation", "email"),
            ("2019-04-20 09:00", "check_reminder", "email"),  # Saturday: 22 April is Easter Monday
            ("2019-05-04 09:00", "appointment_reminder", "email"),  # two days before
            ("2019-05-04 09:00", "appointment_reminder", "sms"),
            ("2019-05-06 10:45", "deposit_receipt", "email"),
            ("2019-06-17 09:00", "no_news", "email"),  # six weeks later
            ("2019-06-17 09:00", "no_news", "sms"),
            ("2019-06-27 14:30", "card_ready", "email"),
            ("2020-06-30 09:00", "renewal_opens", "email"),  # three months before
            ("2020-07-25 09:00", "renewal_last_call", "email"),  # 67 days before
        )
    ),
    Promise(
        at="2019-06-27 14:30",
        dossier_id=LEA.dossier_id,
        notice="card_ready",
        channel="sms",
        status="lost",
    ),
    Promise(  # silent for 72 hours on Sunday 30 June: again on Monday morning
        at="2019-07-01 09:00",
        dossier_id=LEA.dossier_id,
        notice="card_ready",
        channel="sms",
        attempt=2,
    ),
    *(
        Promise(at=at, dossier_id=SAM.dossier_id, notice=notice, channel=channel)
        for at, notice, channel in (
            ("2019-04-09 16:30", "confirmation_request", "email"),
            ("2019-04-10 09:00", "confirmation_reminder", "email"),  # the day after
            (
                "2019-04-11 11:01",
                "confirmation_request",
                "email",
            ),  # another slot, and it has stayed so
            ("2019-04-11 12:00", "convocation", "email"),
            ("2019-05-02 09:00", "check_reminder", "email"),
            ("2019-05-14 09:00", "appointment_reminder", "email"),
            ("2019-05-14 09:00", "appointment_reminder", "sms"),
            ("2019-05-16 10:02", "deposit_receipt", "email"),
            ("2019-06-27 09:00", "no_news", "email"),
            ("2019-06-27 09:00", "no_news", "sms"),
            ("2019-07-04 15:20", "card_ready", "email"),
            ("2019-07-04 15:20", "card_ready", "sms"),
            ("2019-08-16 09:00", "card_waiting", "email"),  # 15 August is a holiday
            ("2019-08-16 09:00", "card_waiting", "sms"),
            ("2020-06-02 09:00", "renewal_opens", "email"),  # 31 May: Sunday; 1 June: Whit Monday
        )
    ),
    *(
        Promise(at=at, dossier_id=LEA_AGAIN.dossier_id, notice=notice, channel="email")
        for at, notice in (
            ("2020-07-27 20:15", "confirmation_request"),
            ("2020-07-27 20:18", "convocation"),
        )
    ),
)
