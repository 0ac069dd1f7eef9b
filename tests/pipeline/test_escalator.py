"""What is urgent and nobody at the desk answers is told to a second person, by reference alone."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.attempts import Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Closure, Desk, WorkRules
from chalicelib.domain.errors import Ambiguous, LostRace, NotNow, NotSent
from chalicelib.domain.escalation import LEASE, NOBODY_TOLD, Escalation
from chalicelib.domain.events import Event, EventType
from chalicelib.messages.console.views import Filters
from chalicelib.messages.letter import Email
from chalicelib.pipeline import escalator
from chalicelib.pipeline.escalator import Escalator
from chalicelib.pipeline.ports import WorkItem, WorkKind
from chalicelib.pipeline.waiting import READ_AT_MOST
from tests.builders import DESK, DOSSIER, a_dossier, a_notice, a_word, an_attempt, paris, selected
from tests.pipeline.worlds import DeskInMemory

SECOND = "chef@prefecture.example"
#: Open from nine to five on weekdays.
OURS = replace(DESK, work=WorkRules(escalate_after_open_hours=4, second_person=SECOND))
#: A Friday; the appointment is on the Monday after it.
OPENED, STARTS = "2019-05-10 10:00", "2019-05-13 13:00"


def desk_with(
    opened: str = OPENED, starts: str = STARTS, *words: Event, dossier_id: str = DOSSIER
) -> DeskInMemory:
    """A desk with one open line, and what somebody said of it since."""
    desk = DeskInMemory(at=paris(opened))
    add(desk, opened, starts, *words, dossier_id=dossier_id)
    return desk


def add(
    desk: DeskInMemory, opened: str, starts: str, *words: Event, dossier_id: str = DOSSIER
) -> None:
    line = an_attempt(a_notice(Kind.UNREACHABLE, "dossier", Channel.DESK), Status.OPEN, opened)
    kept = a_dossier(selected("2019-04-01 09:00", starts), *words, ledger=(line,))
    dossier = replace(kept, dossier_id=dossier_id)
    write = desk.planner.write(dossier, paris(opened))
    desk.dossiers.write(desk.dossiers.load(dossier_id), write)


def told(desk: DeskInMemory, at: str, ours: Desk = OURS, digest_to: str = "antenne@x.fr") -> int:
    """What one sweep at this time tells the second person of."""
    desk.at = paris(at)
    return of(desk, ours, digest_to).run(desk.dossiers.work_rows(WorkKind.DOSSIER, READ_AT_MOST))


def of(desk: DeskInMemory, ours: Desk = OURS, digest_to: str = "antenne@x.fr") -> Escalator:
    return Escalator(
        dossiers=desk.dossiers,
        escalation=desk.escalation,
        desk=ours,
        mailer=desk.mailer,
        digest_to=digest_to,
        now=lambda: desk.at,
    )


@pytest.mark.parametrize(
    ("opened", "first_told"),
    [
        ("2019-05-10 10:00", "2019-05-10 14:00"),
        ("2019-05-10 08:00", "2019-05-10 13:00"),  # it opens at nine
        ("2019-05-10 15:30", "2019-05-13 11:30"),  # the weekend is nobody's time
        ("2019-05-12 12:00", "2019-05-13 13:00"),
    ],
)
def test_it_is_told_once_the_counter_was_open_for_so_long(opened: str, first_told: str) -> None:
    desk = desk_with(opened)
    just_before = f"{first_told[:-5]}{int(first_told[-5:-3]) - 1:02}:59"
    if first_told.endswith("30"):
        just_before = first_told.replace(":30", ":29")
    assert told(desk, just_before) == 0
    assert told(desk, first_told) == 1


def test_a_closure_and_a_public_holiday_are_nobodys_time() -> None:
    shut = Closure(first=date(2019, 5, 9), last=date(2019, 5, 10), why={})
    ours = replace(OURS, closures=(shut,))
    desk = desk_with("2019-05-07 16:00")  # the eighth is a holiday, then the closure, then Sunday
    assert told(desk, "2019-05-10 16:00", ours) == 0
    assert told(desk, "2019-05-13 11:59", ours) == 0
    assert told(desk, "2019-05-13 12:00", ours) == 1


@pytest.mark.parametrize(
    ("starts", "is_told"),
    [
        ("2019-05-13 14:00", True),
        ("2019-05-13 14:01", False),  # not within 72 hours yet
        ("2019-05-10 13:59", False),  # it has passed
    ],
)
def test_only_what_is_urgent_is_told(starts: str, is_told: bool) -> None:
    assert told(desk_with(OPENED, starts), "2019-05-10 14:00") == is_told


ANSWERS = {
    "a note": a_word(EventType.NOTED, "2019-05-10 10:30", why="Rappelée.", by="sofia"),
    "an act": a_word(EventType.CONTACT_UPDATED, "2019-05-10 10:30", by="sofia"),
}


@pytest.mark.parametrize("word", ANSWERS.values(), ids=ANSWERS)
def test_whatever_a_person_does_since_is_an_answer(word: Event) -> None:
    assert told(desk_with(OPENED, STARTS, word), "2019-05-10 16:00") == 0


@pytest.mark.parametrize(
    "word",
    [
        a_word(EventType.NOTED, "2019-05-10 09:59", why="Rappelée.", by="sofia"),  # before it
        a_word(EventType.CONFIRMED, "2019-05-10 10:30", appointment_id="A1"),  # by no person here
    ],
)
def test_what_was_done_before_or_by_nobody_of_the_desk_is_none(word: Event) -> None:
    assert told(desk_with(OPENED, STARTS, word), "2019-05-10 16:00") == 1


def test_what_opens_after_an_answer_is_asked_anew() -> None:
    note = a_word(EventType.NOTED, "2019-05-10 09:30", why="Rappelée.", by="sofia")
    desk = desk_with("2019-05-10 10:00", STARTS, note)
    assert told(desk, "2019-05-10 14:00") == 1


def test_the_mail_names_the_dossier_and_nothing_else_of_it() -> None:
    desk = desk_with()
    told(desk, "2019-05-10 14:00")
    [sent] = desk.mailer.sent
    assert (sent.to, sent.tags) == (SECOND, {"digest": "unanswered-2019-05-10"})
    assert isinstance(sent.letter, Email)
    said = sent.letter.subject + sent.letter.text + sent.letter.html
    assert DOSSIER in said
    for private in ("Benali", "Léa", "example.org", "612345678", "13 mai", "injoignable"):
        assert private not in said


def test_it_is_told_once_a_day_and_again_each_open_day_while_it_lasts() -> None:
    desk = desk_with("2019-05-09 09:00", "2019-05-14 16:00")
    days = []
    for minutes in range(0, 4 * 24 * 60, 10):
        desk.at = paris("2019-05-11 00:00") + timedelta(minutes=minutes)
        if of(desk).run(desk.dossiers.work_rows(WorkKind.DOSSIER, READ_AT_MOST)):
            days.append(desk.at)
    assert days == [paris("2019-05-13 09:00"), paris("2019-05-14 09:00")]


def test_another_one_is_told_the_same_day_and_by_itself() -> None:
    desk = desk_with()
    assert told(desk, "2019-05-10 14:00") == 1
    add(desk, "2019-05-10 11:00", STARTS, dossier_id="D-2")
    assert told(desk, "2019-05-10 14:50") == 0
    assert told(desk, "2019-05-10 15:00") == 1
    texts = [sent.letter.text for sent in desk.mailer.sent if isinstance(sent.letter, Email)]
    assert [("D-2" in text, DOSSIER in text) for text in texts] == [(False, True), (True, False)]


def test_what_is_answered_is_not_remembered() -> None:
    desk = desk_with()
    told(desk, "2019-05-10 14:00")
    assert set(desk.escalation.kept.told) == {DOSSIER}
    note = a_word(EventType.NOTED, "2019-05-10 14:05", why="Rappelée.", by="sofia")
    add(desk, OPENED, STARTS, note)
    told(desk, "2019-05-10 14:10")
    assert desk.escalation.kept == NOBODY_TOLD


class Died(Exception):
    """The machine went away."""


def test_if_the_sweep_dies_while_it_sends_another_sends_it_once_its_claim_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = desk_with()

    def die(*_: object, **__: object) -> str:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(desk.mailer, "send", die)
        with pytest.raises(Died):
            told(desk, "2019-05-10 14:00")
    assert told(desk, "2019-05-10 14:00") == 0
    assert desk.mailer.sent == []
    after = paris("2019-05-10 14:00") + LEASE
    desk.at = after
    assert of(desk).run(desk.dossiers.work_rows(WorkKind.DOSSIER, READ_AT_MOST)) == 1
    assert told(desk, "2019-05-10 14:20") == 0
    assert len(desk.mailer.sent) == 1


@pytest.mark.parametrize("error", [NotNow("Throttling"), Ambiguous("timeout")])
def test_what_did_not_leave_is_raised_shown_and_tried_again(error: NotSent) -> None:
    desk = desk_with()
    desk.mailer.answers = [error, error]
    for at in ("2019-05-10 14:00", "2019-05-10 14:10"):
        with pytest.raises(NotSent):
            told(desk, at)
    shown = desk.work_lists.page(Filters())
    assert shown.failing_since == paris("2019-05-10 14:00")
    assert told(desk, "2019-05-10 14:20") == 1
    assert desk.work_lists.page(Filters()).failing_since is None


def test_what_did_not_leave_and_is_over_meanwhile_fails_no_longer() -> None:
    desk = desk_with()
    desk.mailer.answers = [NotNow("Throttling")]
    with pytest.raises(NotSent):
        told(desk, "2019-05-10 14:00")
    assert told(desk, "2019-05-13 16:10") == 0  # the appointment has passed
    assert desk.escalation.kept == NOBODY_TOLD


def test_of_two_sweeps_at_once_one_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_with()

    def lose(*_: Escalation) -> None:
        raise LostRace

    monkeypatch.setattr(desk.escalation, "write", lose)
    assert told(desk, "2019-05-10 14:00") == 0
    assert desk.mailer.sent == []


NOBODY = replace(OURS, work=WorkRules(escalate_after_open_hours=4, second_person=""))


@pytest.mark.parametrize(
    ("ours", "digest_to"),
    [(replace(OURS, work=None), "a@x.fr"), (NOBODY, "a@x.fr"), (OURS, "")],
    ids=["no rule", "nobody is named", "a stage without a digest"],
)
def test_where_there_is_nobody_to_tell_nothing_is_read(ours: Desk, digest_to: str) -> None:
    desk = desk_with()
    assert told(desk, "2019-05-10 14:00", ours, digest_to) == 0
    assert (desk.mailer.sent, desk.escalation.kept) == ([], NOBODY_TOLD)


def test_of_very_many_the_nearest_are_named_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(escalator, "NAMED_AT_MOST", 1)
    desk = desk_with(OPENED, "2019-05-13 10:00")
    add(desk, OPENED, "2019-05-13 09:30", dossier_id="D-sooner")
    assert told(desk, "2019-05-10 14:00") == 1
    assert set(desk.escalation.kept.told) == {"D-sooner"}


def test_one_that_is_behind_more_than_are_read_is_told_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(escalator, "READ_AT_MOST", 2)
    desk = desk_with()
    old = paris("2019-01-01 09:00")
    desk.at = paris("2019-05-10 14:00")
    rows = [WorkItem(kind=WorkKind.DOSSIER, name=f"D-{n}", since=old) for n in range(2)]
    assert of(desk).run(rows) == 1


def test_the_first_page_says_which_lines_were_told_and_when() -> None:
    desk = desk_with()
    add(desk, "2019-05-10 13:00", STARTS, dossier_id="D-2")
    told(desk, "2019-05-10 14:00")
    rows = desk.work_lists.page(Filters()).rows
    assert {row.dossier_id: row.told_at for row in rows} == {
        DOSSIER: paris("2019-05-10 14:00"),
        "D-2": None,
    }


def test_the_digest_says_so_too() -> None:
    desk = desk_with()
    told(desk, "2019-05-10 14:00")
    digest = desk.digest.digest(paris("2019-05-13 08:00"))
    assert (digest.unanswered, digest.unanswered_since) == (1, paris(OPENED))
    note = a_word(EventType.NOTED, "2019-05-10 14:05", why="Rappelée.", by="sofia")
    add(desk, OPENED, STARTS, note)
    assert desk.digest.digest(paris("2019-05-13 08:00")).unanswered == 0
