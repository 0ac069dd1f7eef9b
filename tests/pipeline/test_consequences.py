"""What an act is said to lead to is what it leads to, before it is pressed and after."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempts import Kind, Status
from chalicelib.domain.consequences import Consequence, Effect, Foreseen
from chalicelib.domain.contact import Channel
from chalicelib.domain.errors import WithoutEffect
from chalicelib.domain.events import Closing, Event, EventType
from chalicelib.pipeline.desk_actions import foresee
from tests.builders import CONTACT, DOSSIER, an_event
from tests.domain.lives import Moment, moments
from tests.pipeline.worlds import DeskInMemory


def foreseen(desk: DeskInMemory, event: Event) -> Foreseen:
    said = replace(event, at=desk.at, received_at=desk.at)
    dossier = desk.dossiers.load(DOSSIER).dossier
    return foresee(dossier, desk.planner, desk.channels.holds(), said, desk.at)


def leaving_now(consequence: Consequence) -> set[tuple[Kind, Channel]]:
    return {
        (one.kind, channel)
        for one in consequence.following
        for channel in one.channels
        if one.effect is Effect.LEAVES and one.at is None
    }


def lived(moment: Moment) -> DeskInMemory:
    desk = DeskInMemory(at=moment.now)
    stored = desk.planner.write(moment.dossier, moment.now)
    desk.dossiers.write(desk.dossiers.load(DOSSIER), stored)
    desk.serve()
    return desk


def acts(moment: Moment) -> st.SearchStrategy[Event]:
    asked = [str(a.notice) for a in moment.dossier.ledger if a.notice.channel is not Channel.DESK]
    tasks = [str(a.notice) for a in moment.dossier.open_work]
    now, day = moment.now, moment.now.date()

    def act(kind: EventType, **more: object) -> Event:
        return an_event(kind, now, "act", **more)

    moved = replace(CONTACT, email="autre@example.org")
    return st.sampled_from(
        [
            act(EventType.CHECKED),
            act(EventType.CLOSED, day=day, reason=Closing.REFUSED),
            *(
                act(kind, day=day)
                for kind in (EventType.DEPOSITED, EventType.CARD_READY, EventType.COLLECTED)
            ),
            act(EventType.CONTACT_UPDATED, contact=moved),
            act(EventType.NOTED, why="…"),
            act(EventType.ERASURE_REQUESTED),
            *(act(EventType.ASKED_AGAIN, subject=subject, why="…") for subject in asked),
            *(act(EventType.WORK_CLOSED, subject=subject, why="…") for subject in tasks),
            *(
                act(EventType.WITHDRAWN, subject=step.value, why="…")
                for step in moment.dossier.facts.steps
            ),
        ]
    )


@given(st.data())
def test_what_was_said_to_leave_now_leaves_and_nothing_else_does(data: st.DataObject) -> None:
    moment = data.draw(moments())
    desk, act = lived(moment), data.draw(acts(moment))
    said = foreseen(desk, act)
    if said.refusal:
        with pytest.raises(WithoutEffect, match=said.refusal):
            desk.acted(act)
        return
    acted = desk.acted(act)
    assert said == Foreseen(consequence=acted.consequence)
    before = desk.ledger
    desk.serve()
    left = {
        (a.notice.kind, a.notice.channel)
        for a in desk.ledger
        if a not in before and a.status is Status.ACCEPTED
    }
    assert left == leaving_now(acted.consequence)
