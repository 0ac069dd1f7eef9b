"""Each open morning the desk hears what waits for it, from a number of reads that does not grow."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Channel
from chalicelib.domain.errors import NotNow, StorageUnavailable, Unreadable
from chalicelib.domain.events import Source
from chalicelib.domain.holds import hold
from chalicelib.messages.console.views import Filters
from chalicelib.messages.digest import OpenWork
from chalicelib.messages.letter import Email
from chalicelib.pipeline import digest
from chalicelib.pipeline.digest import TOLD_AT_MOST, MorningDigest, is_time
from chalicelib.pipeline.ports import Quarantined, WorkItem, WorkKind
from tests.builders import DESK, DOSSIER, a_contact_of, confirmed, paris, selected
from tests.pipeline.worlds import DeskInMemory

TO = "antenne@prefecture.example"


def digest_of(desk: DeskInMemory) -> MorningDigest:
    return replace(desk.digest, to=TO)


def unconfirmed(dossiers: int = 1) -> DeskInMemory:
    """A desk on the morning after nobody came, and nobody had confirmed."""
    desk = DeskInMemory()
    ids = [DOSSIER, *(f"D-{n:03}" for n in range(1, dossiers))]
    for dossier_id in ids:
        booked = selected(event_id=f"e-{dossier_id}", contact=a_contact_of(dossier_id))
        desk.take(replace(booked, dossier_id=dossier_id))
    desk.at = paris("2019-05-11 09:00")
    for dossier_id in ids:
        desk.serve(dossier_id)
    desk.at = paris("2019-05-13 08:00")
    return desk


@pytest.mark.parametrize(
    ("at", "is_now"),
    [
        ("2019-05-14 08:00", True),
        ("2019-05-14 08:59", True),
        ("2019-05-14 09:00", False),
        ("2019-05-14 07:59", False),
        ("2019-01-15 08:00", True),  # winter: the other of the two hours of UTC
        ("2019-01-15 09:00", False),
        ("2019-05-12 08:00", False),  # a Sunday
        ("2019-05-08 08:00", False),  # a public holiday
    ],
)
def test_it_leaves_at_eight_in_paris_on_open_days(at: str, is_now: bool) -> None:
    assert is_time(DESK, paris(at)) is is_now
    desk = DeskInMemory(at=paris(at))
    assert digest_of(desk).send() is is_now
    assert len(desk.mailer.sent) == is_now


def test_it_goes_to_the_desk_with_a_tag_that_tells_it_from_a_students_message() -> None:
    desk = unconfirmed()
    digest_of(desk).send()
    sent = desk.mailer.sent[-1]
    assert (sent.to, sent.tags) == (TO, {"digest": "2019-05-13"})
    assert isinstance(sent.letter, Email)
    assert DOSSIER in sent.letter.text
    assert "Benali" not in sent.letter.text + sent.letter.html


def test_it_tells_what_waits_since_when() -> None:
    told = digest_of(unconfirmed()).digest(paris("2019-05-13 08:00"))
    assert told.work == (
        OpenWork(since=date(2019, 5, 11), dossier_id=DOSSIER, kind=Kind.UNCONFIRMED),
    )
    assert (told.dossiers, told.unread, told.quarantined) == (1, 0, 0)


def test_of_a_long_list_the_oldest_are_told_and_the_others_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = unconfirmed(TOLD_AT_MOST + 3)
    reads: list[str] = []
    load = desk.dossiers.load
    monkeypatch.setattr(desk.dossiers, "load", lambda one: reads.append(one) or load(one))  # type: ignore[func-returns-value]  # None, then the dossier
    told = digest_of(desk).digest(desk.at)
    assert len(reads) == TOLD_AT_MOST
    assert (told.dossiers, told.unread, len(told.work)) == (TOLD_AT_MOST + 3, 3, TOLD_AT_MOST)


def test_an_appointment_that_is_near_is_told_first_whatever_has_waited_longer() -> None:
    desk = unconfirmed()
    old = desk.at - timedelta(days=30)
    desk.dossiers.others = [
        WorkItem(kind=WorkKind.DOSSIER, name=f"D-{n}", since=old) for n in range(TOLD_AT_MOST)
    ]
    told = digest_of(desk).digest(desk.at)
    assert [(one.dossier_id, one.urgent_at) for one in told.work] == [
        (DOSSIER, paris("2019-05-14 10:30"))
    ]
    assert (told.unread, told.cut_at) == (1, None)


def test_no_flood_of_webhooks_takes_a_line_out_of_it() -> None:
    desk = unconfirmed()
    desk.at -= timedelta(days=3)
    for n in range(1_200):
        desk.intake.quarantine(f"e-{n}", "type: unknown", b"{}")
    desk.at += timedelta(days=3)
    told = digest_of(desk).digest(desk.at)
    assert [one.dossier_id for one in told.work] == [DOSSIER]
    assert (told.dossiers, told.quarantined, told.cut_at) == (1, 1_200, None)


def test_a_list_that_is_not_read_to_its_end_is_said_to_be_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(digest, "READ_AT_MOST", 2)
    desk = unconfirmed()
    for n in range(3):
        desk.intake.quarantine(f"e-{n}", "type: unknown", b"{}")
    told = digest_of(desk).digest(desk.at)
    assert (told.dossiers, told.quarantined, told.cut_at) == (1, 2, 2)


def test_it_tells_of_quarantine_and_of_a_channel_that_is_held_and_paused() -> None:
    desk = unconfirmed()
    desk.intake.quarantine("e", "type: unknown", b"{}")
    desk.channels.hold(hold(Channel.SMS, "MONTHLY_SPEND_LIMIT", desk.at))
    desk.channel_pauses.pause(Channel.SMS, "c.martin", "doublons")
    told = digest_of(desk).digest(desk.at)
    assert (told.dossiers, told.quarantined) == (1, 1)
    assert [one.reason for one in told.holds] == ["MONTHLY_SPEND_LIMIT"]
    assert [one.by for one in told.pauses] == ["c.martin"]


@pytest.mark.parametrize(
    ("today", "since"),
    [
        ("2019-05-14", "2019-05-13"),
        ("2019-05-13", "2019-05-10"),  # a Monday tells of Friday, Saturday and Sunday
        ("2019-05-09", "2019-05-07"),  # after a public holiday
    ],
)
def test_it_tells_of_every_day_since_the_desk_last_read(today: str, since: str) -> None:
    told = digest_of(DeskInMemory()).digest(paris(f"{today} 08:00"))
    assert (told.since.isoformat(), told.until) == (
        since,
        date.fromisoformat(today) - timedelta(days=1),
    )


def test_what_was_sent_is_what_the_night_counted() -> None:
    desk = unconfirmed()
    at, desk.at = desk.at, paris("2019-05-13 04:00")
    desk.whole_night()
    desk.at = at
    told = digest_of(desk).digest(desk.at)
    assert told.figures is not None
    assert sum(row.number for row in told.figures.rows) == 2


def test_a_silent_booking_system_is_told_each_morning_and_at_the_console_until_it_speaks() -> None:
    desk = DeskInMemory(at=paris("2019-05-06 09:30"))
    desk.take(selected("2019-05-06 09:29", "2019-06-14 10:30"))
    told: list[list[int]] = []
    for day in ("07", "09", "10", "13"):
        desk.at = paris(f"2019-05-{day} 04:00")
        desk.whole_night()
        desk.at += timedelta(hours=4)
        digest = digest_of(desk).digest(desk.at)
        assert digest.silences == desk.work_lists.page(Filters()).silences
        told.append([one.open_hours for one in digest.silences])
        if day == "10":
            desk.take(confirmed("2019-05-10 08:00", source=Source.BOOKING))
    assert told == [[], [], [23], []]


def test_what_goes_wrong_is_not_hidden() -> None:
    desk = unconfirmed()
    desk.mailer.answers = [NotNow("Throttling")]
    with pytest.raises(NotNow):
        digest_of(desk).send()
    desk.dossiers.is_down = True
    with pytest.raises(StorageUnavailable):
        digest_of(desk).send()


def test_a_dossier_that_cannot_be_read_is_counted_and_the_others_are_told() -> None:
    desk = unconfirmed(dossiers=2)
    desk.dossiers.spoil("D-001")
    item = Quarantined.of_dossier(Unreadable("why", "D-001"), desk.at)
    desk.quarantine.keep(item)
    desk.intake.quarantine("e", "type: unknown", b"{}")
    told = digest_of(desk).digest(desk.at)
    assert {one.dossier_id for one in told.work} == {DOSSIER}
    assert (told.dossiers, told.quarantined, told.unreadable) == (2, 1, 1)
