"""What a student sees behind a link, and what they may do there."""

from dataclasses import replace

import pytest

from chalicelib.domain.attempts import Kind
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.events import Closing, EventType
from chalicelib.domain.facts import State
from chalicelib.domain.links import Bound, Purpose
from chalicelib.pipeline.students import LinkValidity, StudentView
from tests.builders import (
    CONTACT,
    DOSSIER,
    a_step,
    an_event,
    cancelled,
    confirmed,
    paris,
    rescheduled,
    selected,
)
from tests.pipeline.worlds import DeskInMemory


def bound(purpose: Purpose, revision: str | None = "s", generation: str | None = None) -> Bound:
    return Bound(purpose=purpose, dossier_id=DOSSIER, revision=revision, generation=generation)


CONFIRM, CONVOCATION = bound(Purpose.CONFIRM), bound(Purpose.CONVOCATION)


@pytest.fixture
def desk() -> DeskInMemory:
    desk = DeskInMemory()
    desk.take(selected(event_id="s"))
    return desk


def look(desk: DeskInMemory, link: Bound) -> StudentView | None:
    return desk.students.look(link)


def document(desk: DeskInMemory) -> str | None:
    handed = desk.convocations.document(CONVOCATION)
    return handed[0] if handed else None


def test_a_link_to_a_dossier_nobody_knows_shows_nothing(desk: DeskInMemory) -> None:
    stranger = Bound(purpose=Purpose.DOSSIER, dossier_id="unknown")
    assert look(desk, stranger) is None
    assert desk.students.unsubscribe(stranger) is None


def test_pressing_the_button_twice_confirms_once(desk: DeskInMemory) -> None:
    for _ in range(2):
        view = desk.students.confirm(CONFIRM)
        assert view is not None
        assert view.state == "confirmed"
    desk.serve()
    desk.serve()
    assert desk.notices() == ["convocation.1.email"]


def test_a_link_dies_with_its_revision(desk: DeskInMemory) -> None:
    desk.take(rescheduled("2019-04-09 09:00", "2019-05-16 14:00", event_id="r"))
    view = look(desk, CONFIRM)
    assert view is not None
    assert view.standing is LinkValidity.REPLACED
    assert desk.students.confirm(CONFIRM) == view
    assert document(desk) is None
    again = look(desk, bound(Purpose.CONFIRM, "r"))
    assert again is not None
    assert again.standing is LinkValidity.CURRENT


def test_a_link_dies_with_a_cancellation(desk: DeskInMemory) -> None:
    desk.take(cancelled("2019-04-09 09:00"))
    view = look(desk, CONFIRM)
    assert view is not None
    assert view.standing is LinkValidity.CANCELLED
    desk.take(selected("2019-04-10 09:00", "2019-05-20 10:00", event_id="n", appointment_id="A2"))
    after = look(desk, CONFIRM)
    assert after is not None
    assert after.standing is LinkValidity.REPLACED


@pytest.mark.parametrize("purpose", [Purpose.CONFIRM, Purpose.CONVOCATION, Purpose.PROOF])
def test_a_link_of_an_appointment_ends_with_its_dossier(
    desk: DeskInMemory, purpose: Purpose
) -> None:
    desk.take(
        confirmed("2019-04-08 11:00", "s"),
        a_step(EventType.CLOSED, "2019-05-02 09:00", reason=Closing.WITHDRAWN),
    )
    view = look(desk, bound(purpose))
    assert view is not None
    assert (view.standing, view.state) == (LinkValidity.CLOSED, State.CLOSED)
    assert desk.students.confirm(CONFIRM) == look(desk, CONFIRM)
    assert document(desk) is None
    whole = look(desk, bound(Purpose.DOSSIER, None))
    assert whole is not None
    assert whole.standing is LinkValidity.CURRENT


def test_the_paper_of_a_visit_outlives_the_end_of_its_dossier(desk: DeskInMemory) -> None:
    desk.take(confirmed("2019-04-08 11:00", "s"), a_step(EventType.CLOSED, "2019-06-03 09:00"))
    view = look(desk, bound(Purpose.PROOF))
    assert view is not None
    assert view.standing is LinkValidity.CURRENT


def test_a_link_survives_a_cancellation_at_the_hour_of_the_appointment(desk: DeskInMemory) -> None:
    starts = "2019-05-14 10:30"
    desk.take(confirmed("2019-04-08 11:00", "s"), cancelled(starts))
    desk.at = paris(starts)
    view = look(desk, bound(Purpose.PROOF))
    assert view is not None
    assert view.facts.appointment is not None
    assert view.facts.appointment.starts_at == paris(starts)
    assert view.standing is LinkValidity.CURRENT


def test_the_page_of_a_dossier_leads_to_the_pages_of_both_appointments(desk: DeskInMemory) -> None:
    of_the_dossier = bound(Purpose.DOSSIER, None)
    alone = look(desk, of_the_dossier)
    assert alone is not None
    assert (alone.links.confirm_to_collect, alone.links.convocation_to_collect) == (None, None)
    desk.take(
        selected(
            "2019-04-09 10:00",
            "2019-06-18 10:30",
            event_id="c",
            appointment_id="C1",
            purpose=SlotPurpose.COLLECT,
            is_purpose_said=True,
        )
    )
    view = look(desk, of_the_dossier)
    assert view is not None
    assert view.links.confirm == alone.links.confirm
    of_the_other = look(desk, bound(Purpose.CONFIRM, "c"))
    assert of_the_other is not None
    about = view.links.about(SlotPurpose.COLLECT)
    assert about.confirm == of_the_other.links.confirm != view.links.confirm
    assert about.convocation == of_the_other.links.convocation
    assert view.links.about(SlotPurpose.DEPOSIT) == view.links


def test_each_card_is_unsubscribed_from_by_itself(desk: DeskInMemory) -> None:
    link = bound(Purpose.UNSUBSCRIBE, None)
    desk.students.unsubscribe(link)
    desk.take(a_step(EventType.COLLECTED, "2019-07-20 10:00"))
    desk.students.unsubscribe(link)
    pressed = [
        e.event_id
        for e in desk.dossiers.load(DOSSIER).dossier.events
        if e.type is EventType.UNSUBSCRIBED
    ]
    assert pressed == ["student:unsubscribe:early", "student:unsubscribe:2019-07-20"]


def test_a_document_is_made_once_and_opened_as_what_it_is(desk: DeskInMemory) -> None:
    desk.take(confirmed("2019-04-08 11:00", "s"))
    first = document(desk)
    (key,) = desk.vault.kept
    desk.vault.kept[key] = b"kept"
    assert document(desk) == first == f"https://vault.example/{key}?as=convocation-{DOSSIER}.pdf"
    assert desk.vault.kept == {key: b"kept"}
    assert desk.vault.media_types == {key: "application/pdf"}


def test_an_invite_says_when_it_was_asked_for(desk: DeskInMemory) -> None:
    desk.take(confirmed("2019-04-08 11:00", "s"))
    invite = desk.convocations.invite(CONVOCATION)
    assert invite is not None
    assert invite[0].startswith(DOSSIER.encode())
    assert invite[0].endswith(str(desk.at).encode())


def test_a_link_survives_a_cancellation_that_comes_after_the_appointment(
    desk: DeskInMemory,
) -> None:
    """A booking system that tidies up takes no proof away."""
    desk.take(confirmed("2019-04-08 11:00", "s"), cancelled("2019-05-20 03:00"))
    desk.at = paris("2019-05-20 12:00")
    view = look(desk, bound(Purpose.PROOF))
    assert view is not None
    assert view.standing is LinkValidity.CURRENT
    assert document(desk) is not None


def test_a_link_survives_an_earlier_event_of_the_same_slot(desk: DeskInMemory) -> None:
    desk.take(selected("2019-04-08 09:00", event_id="earlier"))
    view = desk.students.confirm(CONFIRM)
    assert view is not None
    assert view.state == "confirmed"


def test_a_link_to_confirm_ends_when_the_appointment_begins(desk: DeskInMemory) -> None:
    desk.at = paris("2019-05-14 10:29")
    assert look(desk, CONFIRM) is not None
    desk.at = paris("2019-05-14 10:30")
    assert look(desk, CONFIRM) is None
    assert desk.students.confirm(CONFIRM) is None


def test_the_page_of_the_dossier_survives_every_revision(desk: DeskInMemory) -> None:
    desk.take(rescheduled("2019-04-09 09:00", "2019-05-16 14:00"))
    view = look(desk, bound(Purpose.DOSSIER, None))
    assert view is not None
    assert view.standing is LinkValidity.CURRENT


def test_there_is_no_document_before_the_confirmation(desk: DeskInMemory) -> None:
    assert document(desk) is None
    assert desk.convocations.invite(CONVOCATION) is None


def test_the_document_is_made_once_and_opened_often(desk: DeskInMemory) -> None:
    desk.take(confirmed("2019-04-08 11:00", "s"))
    assert document(desk) == document(desk)
    assert len(desk.vault.kept) == 1
    invite = desk.convocations.invite(CONVOCATION)
    assert invite is not None
    assert DOSSIER in invite[0].decode()


def test_a_corrected_name_makes_a_new_document(desk: DeskInMemory) -> None:
    desk.take(confirmed("2019-04-08 11:00", "s"))
    document(desk)
    other = {**CONTACT.__dict__, "family_name": "Ben Ali"}
    desk.take(
        an_event(EventType.CONTACT_UPDATED, "2019-04-08 12:00", contact=type(CONTACT)(**other))
    )
    document(desk)
    assert len(desk.vault.kept) == 2


def test_a_document_for_somebody_without_a_name_can_still_be_made() -> None:
    desk = DeskInMemory()
    desk.take(selected(event_id="s", contact=None), confirmed("2019-04-08 11:00", "s"))
    assert document(desk) is not None


def test_unsubscribing_stops_the_renewal_reminders() -> None:
    desk = DeskInMemory()
    desk.take(a_step(EventType.COLLECTED, "2019-07-20 10:00", contact=CONTACT))
    view = desk.students.unsubscribe(bound(Purpose.UNSUBSCRIBE, None))
    assert view is not None
    assert view.facts.unsubscribed


def test_unsubscribing_is_for_one_card_and_asked_anew_for_the_next() -> None:
    desk = DeskInMemory()
    for year in (2019, 2020):
        desk.take(
            a_step(
                EventType.DEPOSITED, f"{year}-05-16 10:00", event_id=f"d{year}", contact=CONTACT
            ),
            a_step(EventType.COLLECTED, f"{year}-07-20 10:00", event_id=f"c{year}"),
        )
        seen = look(desk, bound(Purpose.DOSSIER, None))
        assert seen is not None
        assert not seen.facts.unsubscribed
        view = desk.students.unsubscribe(bound(Purpose.UNSUBSCRIBE, None))
        assert view is not None
        assert view.facts.unsubscribed


def test_a_link_without_an_appointment_behind_it_is_replaced() -> None:
    desk = DeskInMemory()
    desk.take(an_event(EventType.CONTACT_UPDATED, "2019-04-08 10:00", contact=CONTACT))
    view = look(desk, CONFIRM)
    assert view is not None
    assert view.standing is LinkValidity.REPLACED


def test_the_document_opens_under_a_name_that_says_whose_it_is(desk: DeskInMemory) -> None:
    desk.take(confirmed("2019-04-08 11:00", "s"))
    assert f"convocation-{DOSSIER}.pdf" in (document(desk) or "")


#: What a first mail and its paper led to, and whether it still does once the address is another.
SENT = {
    Purpose.CONFIRM: ("s", True, LinkValidity.REPLACED),
    Purpose.CONVOCATION: ("s", True, LinkValidity.REPLACED),
    Purpose.DOSSIER: (None, True, LinkValidity.REPLACED),
    Purpose.PROOF: ("s", False, LinkValidity.CURRENT),
    Purpose.UNSUBSCRIBE: (None, False, LinkValidity.CURRENT),
}
CORRECTED = an_event(
    EventType.CONTACT_UPDATED,
    "2019-04-08 10:30",
    contact=replace(CONTACT, email="lea@example.com"),
)


@pytest.mark.parametrize("purpose", SENT)
def test_whoever_reads_the_mail_at_a_former_address_opens_nothing(
    desk: DeskInMemory, purpose: Purpose
) -> None:
    revision, ends, becomes = SENT[purpose]
    former = desk.dossiers.load(DOSSIER).dossier.facts.links.name if ends else None
    link = bound(purpose, revision, former)
    before = look(desk, link)
    assert before is not None
    assert before.standing is LinkValidity.CURRENT
    desk.take(CORRECTED)
    after = look(desk, link)
    assert after is not None
    assert after.standing is becomes


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_link_to_a_former_address_confirms_nothing_and_hands_out_nothing(
    desk: DeskInMemory, *, is_confirmed: bool
) -> None:
    former = desk.dossiers.load(DOSSIER).dossier.facts.links.name
    if is_confirmed:
        desk.take(confirmed("2019-04-08 10:20", "s"))
    desk.take(CORRECTED)
    known = desk.dossiers.load(DOSSIER)
    desk.students.confirm(bound(Purpose.CONFIRM, "s", former))
    link = bound(Purpose.CONVOCATION, "s", former)
    assert (desk.convocations.document(link), desk.convocations.invite(link)) == (None, None)
    assert desk.dossiers.load(DOSSIER) == known


def test_the_new_address_gets_links_of_its_own_at_once(desk: DeskInMemory) -> None:
    desk.serve()
    desk.take(CORRECTED)
    desk.serve()
    sent = desk.dossiers.load(DOSSIER).dossier
    former, newer = (a.links for a in sent.ledger)
    assert [a.notice.kind for a in sent.ledger] == [Kind.CONFIRMATION_REQUEST] * 2
    assert former not in sent.facts.links.names
    assert newer == sent.facts.links.name
    view = desk.students.confirm(bound(Purpose.CONFIRM, "s", newer))
    assert view is not None
    assert view.state is State.CONFIRMED
