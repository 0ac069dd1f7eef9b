"""To forget: at somebody's request, and each night whatever has been kept long enough."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.attempts import FailureClass, Kind, Status
from chalicelib.domain.dossier import Dossier, Forgotten
from chalicelib.domain.errors import (
    BadRequest,
    NotNow,
    NotSent,
    OurAccount,
    StillSending,
    StillSuppressed,
    StorageUnavailable,
    Unreadable,
    WithoutEffect,
)
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.facts import facts_of
from chalicelib.domain.links import Bound, Purpose
from chalicelib.domain.plan import Plan
from chalicelib.domain.recording import Recorded
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import UNFINDABLE, Quarantined, UnmatchedReceipt
from tests.builders import (
    CONTACT,
    DOSSIER,
    a_notice,
    a_step,
    an_attempt,
    an_erasure,
    an_event,
    an_ordinary_life,
    cancelled,
    confirmed,
    missed,
    paris,
    selected,
    shown,
)
from tests.fakes import ids_of, open_work
from tests.pipeline.worlds import DeskInMemory

SENT = facts_of([selected(event_id="s")]).links.name
LINKS = [
    Bound(purpose=purpose, dossier_id=DOSSIER, revision=revision, generation=generation)
    for purpose, revision, generation in (
        (Purpose.CONFIRM, "s", SENT),
        (Purpose.CONVOCATION, "s", SENT),
        (Purpose.PROOF, "s", None),
        (Purpose.DOSSIER, None, SENT),
        (Purpose.UNSUBSCRIBE, None, None),
    )
]
LIFE = an_ordinary_life()
COLLECTED = a_step(
    EventType.COLLECTED, "2019-07-20 10:00", event_id="c", card_expires_on=date(2020, 6, 30)
)


@pytest.fixture
def desk() -> DeskInMemory:
    """A student with a convocation."""
    desk = DeskInMemory()
    desk.take(selected(event_id="s"), confirmed("2019-04-08 11:00", "s"))
    desk.serve()
    desk.everything_arrives()
    return desk


def dossier(desk: DeskInMemory) -> Dossier:
    return desk.dossiers.load(DOSSIER).dossier


def opened(desk: DeskInMemory) -> list[Bound]:
    """The links that still lead anywhere."""
    return [link for link in LINKS if desk.students.look(link)]


def night(desk: DeskInMemory, at: str) -> int:
    """What one night forgets."""
    desk.at = paris(at)
    return desk.whole_night().forgotten


# At somebody's request


def test_nothing_is_left_but_a_marker(desk: DeskInMemory) -> None:
    assert desk.vault.kept
    assert desk.forget()
    gone = Forgotten(at=desk.at, on_request=True)
    assert dossier(desk) == Dossier(dossier_id=DOSSIER, forgotten=gone)
    assert desk.dossiers.journal(DOSSIER) == [f"{desk.at.isoformat()} relance forgotten"]
    assert desk.vault.kept == {}
    assert (desk.next_due_at, open_work(desk.dossiers, 9)) == (None, [])
    assert desk.dossier_views.report(DOSSIER) is None


def test_nobody_finds_it_any_more(desk: DeskInMemory) -> None:
    assert list(desk.dossiers.by_name("benali", 9)) == [DOSSIER]
    desk.forget()
    assert desk.dossiers.load(DOSSIER).findable == UNFINDABLE
    for asked in (DOSSIER, "Benali", "lea@example.org", "06 12 34 56 78"):
        assert desk.search.find(asked).rows == ()


def test_what_is_kept_for_a_reminder_is_found_by_nobody(desk: DeskInMemory) -> None:
    desk.take(COLLECTED)
    assert night(desk, "2019-11-01 04:00") == 1
    assert dossier(desk).events != ()
    assert desk.dossiers.load(DOSSIER).findable == UNFINDABLE


def test_documents_of_others_stay(desk: DeskInMemory) -> None:
    desk.vault.keep(f"convocations/{DOSSIER}-2/e.pdf", b"another", "application/pdf")
    desk.forget()
    assert list(desk.vault.kept) == [f"convocations/{DOSSIER}-2/e.pdf"]


def test_every_link_looks_as_if_it_had_never_existed(desk: DeskInMemory) -> None:
    assert opened(desk) == LINKS
    desk.forget()
    assert opened(desk) == []
    for press in (desk.students.confirm, desk.students.unsubscribe):
        assert press(LINKS[0]) is None
    assert dossier(desk).events == ()


def test_whatever_is_told_afterwards_is_stale_and_kept_nowhere(desk: DeskInMemory) -> None:
    desk.forget()
    before = desk.dossiers.load(DOSSIER)
    later = selected("2019-05-01 10:00", "2019-07-14 10:30", event_id="x", renews="former")
    ahead = replace(selected(event_id="ahead"), at=paris("2091-01-01 10:00"))
    said = desk.take(later, ahead, selected(event_id="s"), COLLECTED)
    assert set(said) == {Recorded.STALE}
    assert desk.dossiers.load(DOSSIER) == before
    assert (desk.quarantine.items, ids_of(desk.dossiers)) == ([], [DOSSIER])


def test_a_renewal_tells_the_forgotten_nothing(desk: DeskInMemory) -> None:
    desk.forget()
    before = desk.dossiers.load(DOSSIER)
    renewal = replace(selected("2019-05-01 10:00", renews=DOSSIER), dossier_id="new")
    assert desk.take(renewal) == [Recorded.RECORDED]
    assert desk.dossiers.load(DOSSIER) == before


def test_a_receipt_that_comes_afterwards_is_dropped(desk: DeskInMemory) -> None:
    sent = desk.ledger[0]
    desk.forget()
    before = desk.dossiers.load(DOSSIER)
    assert desk.report(sent, Status.BOUNCED) == "unchanged"
    assert desk.dossiers.load(DOSSIER) == before


def test_a_serve_that_failed_thrice_puts_nothing_back(desk: DeskInMemory) -> None:
    desk.forget()
    before = desk.dossiers.load(DOSSIER)
    desk.backoff.back_off(DOSSIER)
    assert desk.serve() == []
    assert desk.dossiers.load(DOSSIER) == before


def test_an_id_that_nobody_knows_gets_no_marker() -> None:
    desk = DeskInMemory()
    assert not desk.forget()
    assert ids_of(desk.dossiers) == []


def test_to_ask_once_more_changes_nothing_more(desk: DeskInMemory) -> None:
    desk.forget()
    before = desk.dossiers.load(DOSSIER)
    desk.at += timedelta(days=1)
    assert not desk.forget()
    assert desk.dossiers.load(DOSSIER) == before


def nested(content: object) -> bytes:
    """As SNS delivers it: JSON inside JSON."""
    return json.dumps({"MessageId": "sns-1", "Message": json.dumps(content)}).encode()


MINE = {
    "tagged": nested({"mail": {"tags": {"dossier": [DOSSIER], "attempt": ["1"]}}}),
    "a text message": nested({"messageId": "x", "context": {"dossier": DOSSIER}}),
    "without tags": nested({"mail": {"messageId": "id-1", "destination": ["lea@example.org"]}}),
    "unwrapped": json.dumps({"mail": {"tags": {"dossier": [DOSSIER]}}}, indent=1).encode(),
}
ANOTHERS = {
    "another id": nested({"mail": {"tags": {"dossier": [f"{DOSSIER}-2"]}}}),
    "another message": nested({"mail": {"messageId": "id-17", "tags": {"occasion": [DOSSIER]}}}),
    "no JSON": b"\xff\x00",
}


def test_bodies_and_receipts_that_are_about_it_go_and_others_stay(desk: DeskInMemory) -> None:
    for name, body in {**MINE, **ANOTHERS}.items():
        desk.receipts.keep(UnmatchedReceipt(receipt_id=name, received_at=desk.at, body=body))
    bodies = [f'{{"data": {{"dossier_id" : "{one}"}}}}' for one in (DOSSIER, "other")]
    for body in (b.encode() for b in bodies):
        item = Quarantined(event_id="q", received_at=desk.at, reason="type", body=body)
        desk.quarantine.keep(item)
    desk.forget()
    assert set(desk.receipts.items) == set(ANOTHERS)
    assert [item.body.decode() for item in desk.quarantine.items] == bodies[1:]


# What names somebody elsewhere


def waits(desk: DeskInMemory, body: str, event_id: str = "q", *, seen: bool = False) -> Quarantined:
    item = Quarantined(event_id=event_id, received_at=desk.at, reason="type", body=body.encode())
    desk.quarantine.keep(item)
    if seen:
        desk.quarantine.see(item, desk.at)
    return item


OTHER = '"data": {"dossier_id": "D-2"}'

#: What a body says, and what becomes of it when D-2 is somebody's who goes on.
BODIES = {
    '{"data": {"dossier_id": "G-2019-0412"}}': "gone",
    '{"dossier": {"id": "G-2019-0412"}}': "gone",
    "dossier_id=G-2019-0412": "gone",
    '{"renews": "G-2019-0412"}': "gone",
    '{"to": "lea@example.org"}': "gone",
    "06 12 34 56 78": "gone",
    "nom=Benali&prenom=Lea": "gone",
    f'{{{OTHER}, "renews": "G-2019-0412"}}': "shown",
    f'{{{OTHER}, "phone": "0612345678"}}': "shown",
    '{"data": {"dossier_id": "G-2019-0412", "other_dossier": "D-2"}}': "gone",
    '{"student": {"family_name": "Benali", "given_name": "Karim"}}': "shown",
    f"{{{OTHER}}}": "kept",
    '{"data": {"dossier_id": "D-3"}, "to": "lea@example.org"}': "gone",
    "nothing": "kept",
}


def becomes(desk: DeskInMemory, item: Quarantined) -> str:
    kept = desk.quarantine.find(item.key)
    if kept is None:
        return "gone"
    return "shown" if kept.erased == (DOSSIER,) and kept.seen_at is None else "kept"


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_names_them_goes_and_one_that_may_be_another_s_is_shown_once_more(
    desk: DeskInMemory, body: str
) -> None:
    stranger = replace(CONTACT, family_name="Roux", email="r@example.org", number="+4930901820")
    desk.take(replace(selected(event_id="o", contact=stranger), dossier_id="D-2"))
    waiting, seen = waits(desk, body), waits(desk, body, "seen", seen=True)
    desk.forget()
    assert [becomes(desk, item) for item in (waiting, seen)] == [BODIES[body]] * 2


@pytest.mark.parametrize("what", ["email", "number", "name"])
def test_a_body_with_what_another_dossier_has_too_is_shown_to_a_person(
    desk: DeskInMemory, what: str
) -> None:
    unlike = replace(CONTACT, given_name="Zoé", email="z@example.org", number="+33698765432")
    same = {"name": {"given_name": "Léa"}}.get(what, {what: getattr(CONTACT, what, None)})
    desk.take(replace(selected(event_id="o", contact=replace(unlike, **same)), dossier_id="D-2"))
    item = waits(desk, {"name": "Léa Benali"}.get(what) or str(getattr(CONTACT, what, "")))
    desk.forget()
    assert becomes(desk, item) == "shown"


def test_a_body_about_a_dossier_that_cannot_be_read_is_shown_to_a_person(
    desk: DeskInMemory,
) -> None:
    desk.take(replace(COLLECTED, dossier_id="D-2"))
    desk.dossiers.spoil("D-2")
    item = waits(desk, f'{{{OTHER}, "to": "lea@example.org"}}')
    desk.forget()
    assert becomes(desk, item) == "shown"


def test_what_was_shown_once_more_goes_the_night_after_a_person_is_done_with_it(
    desk: DeskInMemory,
) -> None:
    item = waits(desk, "Benali")
    desk.forget()
    desk.take(replace(selected(event_id="o"), dossier_id="D-2"))
    desk.forget("D-2")
    [shown] = desk.quarantine.items
    assert shown.erased == (DOSSIER, "D-2")
    assert shown.reason.endswith("; type")
    assert desk.eraser.forget_what_waits() == 0
    desk.quarantine.see(item, desk.at)
    assert desk.eraser.forget_what_waits() == 1


def test_a_night_that_begins_anew_shows_nothing_twice(desk: DeskInMemory) -> None:
    item = waits(desk, "Benali")
    desk.mailer.keeps = [NotNow("TooManyRequestsException")]
    with pytest.raises(StillSuppressed):
        desk.forget()
    desk.quarantine.see(item, desk.at)
    assert desk.forget()
    assert desk.quarantine.items[0].seen_at == desk.at


# The request


def test_a_request_silences_at_once_and_the_night_does_it(desk: DeskInMemory) -> None:
    desk.take(COLLECTED)
    desk.request_erasure()
    assert opened(desk) == []
    assert desk.serve()[0].owed.notice.kind is Kind.ERASURE_REQUESTED
    sent = len(desk.mailer.sent) + len(desk.texter.sent)
    assert desk.planner.plan(dossier(desk), paris("2020-03-01 10:00")).due == ()
    assert night(desk, "2019-07-21 04:00") == 1
    assert dossier(desk).forgotten == Forgotten(at=desk.at, on_request=True)
    assert len(desk.mailer.sent) + len(desk.texter.sent) == sent
    [line] = desk.audit.lines
    assert (line.by, line.action, line.object) == ("relance", "dossier_erased", DOSSIER)


def test_every_other_line_leaves_the_work_list(desk: DeskInMemory) -> None:
    desk.take(missed("2019-05-16 18:00"))
    desk.report(desk.ledger[0], Status.COMPLAINED)
    desk.travel("2019-07-10 10:00")
    assert dossier(desk).open_work
    desk.request_erasure()
    desk.serve()
    assert [a.notice.kind for a in dossier(desk).open_work] == [Kind.ERASURE_REQUESTED]


def test_until_the_night_it_can_be_taken_back_and_all_is_as_it_was(desk: DeskInMemory) -> None:
    desk.request_erasure()
    desk.serve()
    desk.at += timedelta(hours=2)
    desk.act(an_erasure(EventType.ERASURE_WITHDRAWN, desk.at))
    desk.serve()
    assert opened(desk) == LINKS
    assert dossier(desk).open_work == ()
    assert desk.eraser.forget(DOSSIER) is False
    assert night(desk, "2019-04-09 04:00") == 0
    assert dossier(desk).facts.contact == CONTACT


def test_taken_back_while_the_night_is_at_it_nothing_of_the_dossier_goes(
    desk: DeskInMemory,
) -> None:
    desk.request_erasure()
    really = desk.vault.forget

    def forget(prefix: str) -> int:
        desk.at += timedelta(seconds=1)
        desk.act(an_erasure(EventType.ERASURE_WITHDRAWN, desk.at))
        return really(prefix)

    desk.vault.forget = forget  # type: ignore[method-assign]
    assert desk.eraser.forget(DOSSIER) is False
    assert dossier(desk).events
    assert desk.audit.lines == []


WORDS = {
    "asking twice": (EventType.ERASURE_REQUESTED, "erased_soon"),
    "taking back twice": (EventType.ERASURE_WITHDRAWN, "no_erasure"),
}


@pytest.mark.parametrize("word", WORDS)
def test_saying_it_twice_is_saying_it_once(desk: DeskInMemory, word: str) -> None:
    kind, reason = WORDS[word]
    desk.request_erasure()
    desk.at += timedelta(minutes=1)
    if kind is EventType.ERASURE_WITHDRAWN:
        desk.act(an_erasure(kind, desk.at))
        desk.at += timedelta(minutes=1)
    with pytest.raises(WithoutEffect) as refused:
        desk.act(an_erasure(kind, desk.at))
    assert refused.value.reason == reason


def test_of_two_agents_at_once_the_first_has_asked(desk: DeskInMemory) -> None:
    first = desk.at
    desk.request_erasure()
    desk.take(an_erasure(EventType.ERASURE_REQUESTED, first + timedelta(seconds=1)))
    asked = dossier(desk).facts.erasure
    assert asked is not None
    assert (asked.at, asked.by) == (first, "sofia")


@pytest.mark.parametrize("dossier_id", ["nobody", DOSSIER])
def test_what_is_not_there_cannot_be_asked_for(desk: DeskInMemory, dossier_id: str) -> None:
    desk.forget()
    with pytest.raises(WithoutEffect) as refused:
        desk.request_erasure(dossier_id)
    assert refused.value.reason == "nothing_kept"


def test_no_other_word_ends_it_and_no_message_is_sent_again(desk: DeskInMemory) -> None:
    desk.request_erasure()
    desk.serve()
    [line] = dossier(desk).open_work
    message = next(a.notice for a in dossier(desk).ledger if a.notice != line.notice)
    for kind, subject in (
        (EventType.WORK_CLOSED, line.notice),
        (EventType.ASKED_AGAIN, message),
    ):
        word = an_event(kind, desk.at, event_id=f"w-{kind}", subject=str(subject))
        with pytest.raises(WithoutEffect) as refused:
            desk.act(word)
        assert refused.value.reason == "erased_soon"


def test_what_a_provider_refuses_stays_before_a_person_and_is_tried_the_next_night(
    desk: DeskInMemory,
) -> None:
    desk.request_erasure()
    desk.serve()
    desk.mailer.keeps = [NotNow("TooManyRequestsException")]
    assert night(desk, "2019-04-09 04:00") == 0
    assert [type(one.error) for one in desk.troubles] == [StillSuppressed]
    assert [a.notice.kind for a in dossier(desk).open_work] == [Kind.ERASURE_REQUESTED]
    assert night(desk, "2019-04-10 04:00") == 1


def test_one_that_is_being_written_at_this_moment_waits_for_the_next_night(
    desk: DeskInMemory,
) -> None:
    desk.request_erasure()
    desk.dossiers.races = 9
    assert night(desk, "2019-04-09 04:00") == 0
    desk.dossiers.races = 0
    assert desk.troubles == []
    assert night(desk, "2019-04-10 04:00") == 1


def test_what_reminders_keep_can_be_asked_for_too(desk: DeskInMemory) -> None:
    desk.take(COLLECTED)
    night(desk, "2019-10-21 04:00")
    desk.request_erasure()
    assert night(desk, "2019-10-22 04:00") == 1
    assert dossier(desk).events == ()


def test_a_line_of_the_audit_that_a_crash_cost_is_written_the_night_after(
    desk: DeskInMemory,
) -> None:
    mend = breaks(desk, "audit", "append")
    with pytest.raises(StorageUnavailable):
        desk.forget()
    mend()
    assert dossier(desk).forgotten
    gone_at = desk.at
    for at in ("2019-04-09 04:00", "2019-04-10 04:00"):
        night(desk, at)
    assert [(line.action, line.at) for line in desk.audit.lines] == [("dossier_erased", gone_at)]


# What comes afterwards


@pytest.mark.parametrize(
    "body",
    [
        '{"type": "unknown", "data": {"dossier_id": "G-2019-0412"}}',
        '{"dossier": {"id": "g-2019-0412"}, "student": "Léa',
        "dossier_id=G-2019-0412&email=lea@example.org",
        '{"renews": "G-2019-0412"}',
    ],
)
def test_a_webhook_that_cannot_be_used_is_kept_nowhere(desk: DeskInMemory, body: str) -> None:
    assert desk.intake.quarantine("before", "type", body.encode()) is Recorded.QUARANTINED
    desk.forget()
    assert desk.intake.quarantine("after", "type", body.encode()) is Recorded.STALE
    assert desk.quarantine.items == []


@pytest.mark.parametrize(
    "body",
    [
        '{"data": {"dossier_id": "D-9", "renews": "G-2019-0412"}}',
        '{"dossier": "D-2", "other_dossier": "G-2019-0412"}',
        '{"type": "unknown"}',
    ],
)
def test_a_webhook_about_another_waits_for_a_person(desk: DeskInMemory, body: str) -> None:
    desk.take(replace(selected(event_id="o"), dossier_id="D-2"))
    desk.forget()
    assert desk.intake.quarantine("q", "type", body.encode()) is Recorded.QUARANTINED


def test_a_webhook_about_what_cannot_be_read_waits_for_a_person(desk: DeskInMemory) -> None:
    desk.dossiers.spoil(DOSSIER)
    body = b'{"data": {"dossier_id": "G-2019-0412"}}'
    assert desk.intake.quarantine("q", "type", body) is Recorded.QUARANTINED


STAGES: dict[str, list[Event]] = {
    "known": [an_event(EventType.CONTACT_UPDATED, "2019-04-08 10:00", contact=CONTACT)],
    "booked": LIFE[:2],
    "confirmed": LIFE[:4],
    "cancelled": [*LIFE[:3], cancelled("2019-04-20 10:00")],
    "missed": [*LIFE[:3], missed("2019-05-16 18:00")],
    "incomplete": [*LIFE[:3], a_step(EventType.INCOMPLETE, "2019-05-16 14:10")],
    "deposited": LIFE[:5],
    "card_ready": LIFE[:6],
    "collected": LIFE,
}


@pytest.mark.parametrize("stage", STAGES)
def test_at_every_stage_nothing_is_left_and_nothing_leaves_afterwards(stage: str) -> None:
    desk = DeskInMemory()
    for event in STAGES[stage]:
        desk.travel(shown(event.at) or "")
        desk.take(event)
        desk.serve()
        desk.at += timedelta(seconds=5)
        desk.everything_arrives()
    assert desk.dossiers.load(DOSSIER).state == stage
    sent = len(desk.mailer.sent) + len(desk.texter.sent)
    desk.forget()
    assert set(desk.take(*LIFE, *STAGES[stage])) == {Recorded.STALE}
    desk.travel("2020-12-31 10:00")
    assert len(desk.mailer.sent) + len(desk.texter.sent) == sent
    gone = dossier(desk)
    assert gone == Dossier(dossier_id=DOSSIER, forgotten=gone.forgotten)
    assert (desk.vault.kept, len(desk.dossiers.journal(DOSSIER))) == ({}, 1)


# While somebody is at work


def test_nobody_is_forgotten_while_a_message_is_being_sent() -> None:
    """What has answered "forgotten" sends nothing afterwards."""
    desk = DeskInMemory()
    desk.take(selected(event_id="s"), confirmed("2019-04-08 11:00", "s"))
    refused: list[datetime] = []
    really = desk.mailer.send

    def send(*args, **more):  # type: ignore[no-untyped-def]
        with pytest.raises(StillSending):
            desk.forget()
        refused.append(desk.at)
        return really(*args, **more)

    desk.mailer.send = send  # type: ignore[method-assign]
    desk.serve()
    assert refused
    assert dossier(desk).forgotten is None
    assert desk.forget()


def test_a_worker_that_comes_back_after_its_claim_ran_out_writes_nothing() -> None:
    desk = DeskInMemory()
    desk.take(selected(event_id="s"), confirmed("2019-04-08 11:00", "s"))
    really = desk.mailer.send

    def send(*args, **more):  # type: ignore[no-untyped-def]
        desk.at += timedelta(minutes=6)
        desk.forget()
        return really(*args, **more)

    desk.mailer.send = send  # type: ignore[method-assign]
    desk.serve()
    assert (dossier(desk).ledger, len(desk.dossiers.journal(DOSSIER))) == ((), 1)


def test_a_claim_that_comes_between_the_documents_and_the_write_wins(desk: DeskInMemory) -> None:
    claim = an_attempt(a_notice(Kind.CONVOCATION, "s"), Status.CLAIMED, "2019-04-08 12:00")
    claim = replace(claim, until=desk.at + timedelta(minutes=5))
    really = desk.vault.forget

    def forget(prefix: str) -> int:
        loaded = desk.dossiers.load(DOSSIER)
        taken = desk.planner.write(loaded.dossier.with_attempt(claim), desk.at)
        desk.dossiers.write(loaded, taken)
        return really(prefix)

    desk.vault.forget = forget  # type: ignore[method-assign]
    with pytest.raises(StillSending):
        desk.forget()
    assert dossier(desk).events


def breaks(desk: DeskInMemory, port: str, name: str) -> Callable[[], None]:
    """Let a port fail; call the answer to mend it."""
    owner = getattr(desk, port)
    really = getattr(owner, name)

    def broken(*_args: object) -> None:
        raise StorageUnavailable

    setattr(owner, name, broken)
    return lambda: setattr(owner, name, really)


@pytest.mark.parametrize(
    ("port", "name"),
    [
        ("dossiers", "load"),
        ("quarantine", "everything"),
        ("receipts", "waiting"),
        ("receipts", "drop"),
        ("vault", "forget"),
        ("dossiers", "write"),
    ],
)
def test_whatever_fails_on_the_way_asking_again_finishes(
    desk: DeskInMemory, port: str, name: str
) -> None:
    body = UnmatchedReceipt(receipt_id="r", received_at=desk.at, body=MINE["tagged"])
    desk.receipts.keep(body)
    mend = breaks(desk, port, name)
    with pytest.raises(StorageUnavailable):
        desk.forget()
    mend()
    assert dossier(desk).forgotten is None
    assert desk.forget()
    assert (dossier(desk).events, desk.vault.kept, desk.receipts.items) == ((), {}, {})


def test_a_document_that_a_slow_click_leaves_behind_goes_the_night_after(
    desk: DeskInMemory,
) -> None:
    desk.forget()
    desk.vault.keep(f"convocations/{DOSSIER}/late.pdf", b"late", "application/pdf")
    assert night(desk, "2019-04-09 04:00") == 0
    assert desk.vault.kept == {}


# Each night


def test_a_night_forgets_what_is_over_and_nothing_else(desk: DeskInMemory) -> None:
    desk.take(COLLECTED)
    other = replace(selected(event_id="o"), dossier_id="other")
    desk.take(replace(other, at=desk.at, received_at=desk.at))
    assert night(desk, "2019-10-20 04:00") == 0
    assert opened(desk)
    assert night(desk, "2019-10-21 04:00") == 1
    assert desk.vault.kept == {}
    assert [b.purpose for b in opened(desk)] == [Purpose.UNSUBSCRIBE]
    assert desk.dossiers.load("other").dossier.events
    assert night(desk, "2019-10-22 04:00") == 0


@pytest.mark.many
def test_a_night_forgets_as_many_as_are_over(desk: DeskInMemory) -> None:
    for number in range(350):
        desk.take(replace(COLLECTED, dossier_id=f"D-{number}", event_id=f"c-{number}"))
    assert night(desk, "2019-10-21 04:00") == 350
    assert night(desk, "2019-10-22 04:00") == 0


def test_the_reminders_still_go_and_after_the_last_one_nothing_is_left(desk: DeskInMemory) -> None:
    desk.take(COLLECTED)
    assert night(desk, "2019-10-21 04:00") == 1
    sent = len(desk.mailer.sent)
    desk.travel("2020-06-29 12:00")
    reminded = [(s.to, s.tags["notice"]) for s in desk.mailer.sent[sent:]]
    assert reminded == [
        (CONTACT.email, "renewal_opens-1"),
        (CONTACT.email, "renewal_last_call-1"),
    ]
    assert night(desk, "2020-06-30 04:00") == 1
    assert dossier(desk).events == ()
    assert len(desk.dossiers.journal(DOSSIER)) == 1


def test_after_unsubscribing_nothing_is_left_by_the_morning(desk: DeskInMemory) -> None:
    desk.take(COLLECTED)
    night(desk, "2019-10-21 04:00")
    for _ in range(2):
        view = desk.students.unsubscribe(LINKS[-1])
        assert view is not None
        assert view.facts.unsubscribed
    assert night(desk, "2019-10-22 04:00") == 1
    assert dossier(desk).events == ()


def test_who_asks_is_forgotten_although_reminders_are_ahead(desk: DeskInMemory) -> None:
    desk.take(COLLECTED)
    night(desk, "2019-10-21 04:00")
    assert desk.forget()
    assert dossier(desk).forgotten == Forgotten(at=desk.at, on_request=True)
    assert dossier(desk).events == ()


def test_a_slot_that_is_booked_after_the_night_is_served_like_any_other(desk: DeskInMemory) -> None:
    desk.take(cancelled("2019-04-10 10:00"))
    desk.serve()
    assert night(desk, "2019-07-11 04:00") == 1
    later = selected("2019-07-12 10:00", "2019-08-20 10:30", event_id="n", appointment_id="A2")
    assert desk.take(later, selected(event_id="s")) == [Recorded.RECORDED, Recorded.STALE]
    desk.serve()
    assert desk.notices() == ["confirmation_request.1.email"]


def test_what_changes_at_this_moment_waits_for_the_next_night(desk: DeskInMemory) -> None:
    desk.take(COLLECTED)
    desk.at = paris("2019-10-21 04:00")
    desk.dossiers.races = 9
    assert not desk.eraser.forget_if_over(DOSSIER)
    desk.dossiers.races = 0
    assert desk.eraser.forget_if_over(DOSSIER)


def test_what_has_begun_anew_since_the_look_is_kept(desk: DeskInMemory) -> None:
    desk.take(cancelled("2019-04-10 10:00"))
    desk.take(selected("2019-07-11 04:00", "2019-08-20 10:30", event_id="n", appointment_id="A2"))
    assert not desk.eraser.forget_if_over(DOSSIER)
    assert dossier(desk).events


def two_that_are_over(desk: DeskInMemory) -> None:
    desk.take(COLLECTED, replace(COLLECTED, dossier_id="D-2"))
    desk.at = paris("2019-10-21 04:00")


def test_one_that_cannot_be_read_stops_no_other_from_being_forgotten(desk: DeskInMemory) -> None:
    two_that_are_over(desk)
    desk.dossiers.spoil(DOSSIER)
    kept = desk.dossiers.kept[DOSSIER]
    assert desk.whole_night().forgotten == 1
    assert [one.dossier_id for one in desk.troubles] == [DOSSIER]
    assert desk.dossiers.kept[DOSSIER][1].dossier == kept[1].dossier
    assert desk.dossiers.load("D-2").dossier.forgotten


def test_one_that_cannot_be_planned_stops_no_other_from_being_forgotten(
    desk: DeskInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_that_are_over(desk)
    plan = Planner.plan

    def fails(planner: Planner, dossier: Dossier, *rest: Any) -> Plan:
        if dossier.dossier_id == DOSSIER:
            raise ZeroDivisionError
        return plan(planner, dossier, *rest)

    monkeypatch.setattr(Planner, "plan", fails)
    assert desk.whole_night().forgotten == 1
    assert [type(one.error) for one in desk.troubles] == [ZeroDivisionError]
    assert desk.dossiers.load("D-2").dossier.forgotten


def test_while_storage_is_down_nothing_is_forgotten(desk: DeskInMemory) -> None:
    two_that_are_over(desk)
    desk.dossiers.is_down = True
    with pytest.raises(StorageUnavailable):
        desk.eraser.forget_if_over(DOSSIER)


def test_on_request_one_is_forgotten_whatever_is_wrong_with_the_others(desk: DeskInMemory) -> None:
    desk.take(replace(COLLECTED, dossier_id="D-2"))
    desk.dossiers.spoil("D-2")
    desk.quarantine.keep(Quarantined.of_dossier(Unreadable("why", "D-2"), desk.at))
    assert desk.forget()
    assert [item.dossier_id for item in desk.quarantine.items] == ["D-2"]


def test_a_dossier_that_cannot_be_read_is_not_believed_forgotten(desk: DeskInMemory) -> None:
    desk.dossiers.spoil(DOSSIER)
    with pytest.raises(Unreadable):
        desk.forget()


def test_whoever_asks_once_it_can_be_read_again_is_forgotten_in_the_quarantine_too(
    desk: DeskInMemory,
) -> None:
    desk.quarantine.keep(Quarantined.of_dossier(Unreadable("why", DOSSIER), desk.at))
    assert desk.forget()
    assert desk.quarantine.items == []


# What waits elsewhere


RECEIVED = paris("2019-04-08 10:00")


def quarantined(desk: DeskInMemory) -> Quarantined:
    item = Quarantined(event_id="q", received_at=RECEIVED, reason="type", body=b"whole")
    desk.quarantine.keep(item)
    return item


def test_a_body_that_nobody_looks_at_is_kept_for_half_a_year(desk: DeskInMemory) -> None:
    quarantined(desk)
    assert desk.eraser_by(lambda: paris("2019-10-08 23:00")).forget_what_waits() == 0
    assert desk.eraser_by(lambda: paris("2019-10-09 04:00")).forget_what_waits() == 1
    assert desk.quarantine.items == []


def test_a_body_that_a_person_is_done_with_is_kept_a_month_more(desk: DeskInMemory) -> None:
    desk.quarantine.see(quarantined(desk), paris("2019-04-10 10:00"))
    assert desk.eraser_by(lambda: paris("2019-05-10 23:00")).forget_what_waits() == 0
    assert desk.eraser_by(lambda: paris("2019-05-11 04:00")).forget_what_waits() == 1


def test_a_receipt_of_no_message_is_kept_for_a_month(desk: DeskInMemory) -> None:
    desk.receipts.keep(UnmatchedReceipt(receipt_id="r", received_at=RECEIVED, body=b"x"))
    assert desk.eraser_by(lambda: paris("2019-05-08 23:00")).forget_what_waits() == 0
    assert desk.eraser_by(lambda: paris("2019-05-09 04:00")).forget_what_waits() == 1
    assert desk.receipts.items == {}


# The provider's list of addresses to which it delivers nothing any more

LEA = "lea@example.org"


def returned(desk: DeskInMemory, status: Status = Status.BOUNCED) -> None:
    """A message came back for good, or was called unwanted: the address is on the list."""
    failure_class = FailureClass.ADDRESS if status is Status.BOUNCED else None
    desk.report(desk.ledger[0], status, failure_class)
    desk.mailer.suppressed.add(LEA)


@pytest.mark.parametrize("status", [Status.BOUNCED, Status.COMPLAINED])
def test_an_address_that_is_forgotten_leaves_the_list(desk: DeskInMemory, status: Status) -> None:
    returned(desk, status)
    desk.forget()
    assert desk.mailer.suppressed == set()


def test_an_address_that_was_corrected_since_leaves_the_list_as_well(desk: DeskInMemory) -> None:
    returned(desk)
    new = replace(CONTACT, email="lea.benali@example.org")
    desk.take(an_event(EventType.CONTACT_UPDATED, desk.at + timedelta(hours=1), contact=new))
    desk.forget()
    assert desk.mailer.suppressed == set()


def test_an_address_that_never_came_back_is_asked_about_on_request_and_not_at_night(
    desk: DeskInMemory,
) -> None:
    desk.mailer.suppressed.add(LEA)  # of which no receipt has told us
    desk.take(cancelled("2019-04-20 10:00"))
    desk.take(replace(selected(event_id="o", contact=CONTACT), dossier_id="D-2"))
    assert night(desk, "2019-07-21 04:00") == 1
    assert desk.mailer.suppressed == {LEA}
    assert desk.forget("D-2")
    assert desk.mailer.suppressed == set()


def test_what_is_no_address_is_not_asked_about(desk: DeskInMemory) -> None:
    no_address = replace(CONTACT, email="lea at home")
    desk.take(an_event(EventType.CONTACT_UPDATED, "2019-04-09 10:00", contact=no_address))
    desk.mailer.suppressed.add("lea at home")
    assert desk.forget()
    assert desk.mailer.suppressed == {"lea at home"}


def test_an_address_that_another_dossier_has_stays_on_the_list(desk: DeskInMemory) -> None:
    returned(desk)
    desk.take(replace(selected(event_id="other"), dossier_id="D-2"))
    desk.forget()
    assert desk.mailer.suppressed == {LEA}


def test_the_night_takes_what_it_forgets_off_the_list(desk: DeskInMemory) -> None:
    returned(desk)
    desk.take(cancelled("2019-04-20 10:00"))
    assert night(desk, "2019-07-20 04:00") == 0
    assert desk.mailer.suppressed == {LEA}, "not before it forgets"
    assert night(desk, "2019-07-21 04:00") == 1
    assert desk.mailer.suppressed == set()


@pytest.mark.parametrize(
    ("refusal", "rings"),
    [(NotNow("TooManyRequestsException"), False), (OurAccount("AccessDeniedException"), True)],
)
def test_what_cannot_be_taken_off_the_list_is_forgotten_the_next_night(
    desk: DeskInMemory, refusal: NotSent, rings: bool
) -> None:
    returned(desk)
    desk.take(cancelled("2019-04-20 10:00"))
    desk.mailer.keeps = [refusal]
    assert night(desk, "2019-07-21 04:00") == 0
    assert dossier(desk).events
    assert desk.still_suppressed == ([refusal] if rings else [])
    assert night(desk, "2019-07-22 04:00") == 1
    assert desk.mailer.suppressed == set()


def test_on_request_it_is_said_that_an_address_is_still_on_the_list(desk: DeskInMemory) -> None:
    returned(desk)
    desk.mailer.keeps = [NotNow("TooManyRequestsException")]
    with pytest.raises(StillSuppressed):
        desk.forget()
    assert dossier(desk).events
    assert desk.forget()
    assert desk.mailer.suppressed == set()


def test_an_address_that_the_provider_cannot_be_asked_about_keeps_nobody_remembered(
    desk: DeskInMemory,
) -> None:
    returned(desk)
    refusal = BadRequest("BadRequestException")
    desk.mailer.keeps = [refusal]
    assert desk.forget()
    assert desk.still_suppressed == [refusal]
