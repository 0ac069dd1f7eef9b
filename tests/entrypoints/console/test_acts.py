"""What the desk does, through the whole house."""

import json

import boto3
import pytest

from chalicelib.decoding.card_lists import card_list
from chalicelib.decoding.desk_forms import desk_event
from chalicelib.domain.contact import Channel
from chalicelib.domain.dead_letters import DeadLetters
from chalicelib.domain.operators import Operator, Role
from chalicelib.domain.recording import Recorded
from chalicelib.pipeline.quarantines import Because, Chosen, Pressed
from tests.builders import DESK
from tests.entrypoints.doors import STUDENT, Doors
from tests.entrypoints.test_queues import served

pytestmark = pytest.mark.enable_socket

DELAYS = DESK.terms[0].delays
BY = Operator(name="c.martin", role=Role.ADMIN)


def test_a_button_that_is_pressed_twice_is_one_act(doors: Doors) -> None:
    dossier_id, now = doors.booked(), doors.services.now()
    quarantined = doors.items("QUARANTINE#")
    form = {"nonce": doors.new_id("nonce-")}
    event = desk_event("deposited", form, dossier_id, BY.name, now, DELAYS)
    assert [doors.services.desk_actions.act(event).outcome for _ in range(2)] == [
        Recorded.RECORDED,
        Recorded.DUPLICATE,
    ]
    changed = desk_event(
        "deposited", {**form, "day": "2019-04-01"}, dossier_id, BY.name, now, DELAYS
    )
    assert doors.services.desk_actions.act(changed).outcome is Recorded.QUARANTINED
    assert doors.items("QUARANTINE#") == quarantined
    assert doors.dossier(dossier_id).events[-1].by == "c.martin"


def test_what_was_just_sent_is_told_before_it_is_sent_again(doors: Doors) -> None:
    dossier_id, attempt = served(doors)
    assert (
        doors.services.desk_actions.sent_recently(dossier_id, str(attempt.notice))
        == attempt.claimed_at
    )
    assert (
        doors.services.desk_actions.sent_recently(dossier_id, "card_ready.1.2019-04-08.sms") is None
    )


def test_a_stopped_channel_sends_nothing_until_it_goes_on(doors: Doors) -> None:
    dossier_id, before = doors.booked(student=STUDENT), len(doors.sent)
    assert doors.services.channel_pauses.pause(Channel.EMAIL, BY.name, "mauvais texte")
    assert doors.receive("serve_dossier", json.dumps({"dossier_id": dossier_id})) == []
    assert len(doors.sent) == before
    [mail, _] = doors.services.channel_pauses.states()
    assert (mail.pause.by, mail.pause.why) == ("c.martin", "mauvais texte")
    assert doors.services.channel_pauses.resume(Channel.EMAIL)
    assert doors.receive("serve_dossier", json.dumps({"dossier_id": dossier_id})) == []
    assert len(doors.sent) == before + 1


def test_dead_letters_of_each_queue_are_seen_and_put_back(doors: Doors) -> None:
    sqs, ids = boto3.client("sqs"), doors.around.stack.ids
    for queue in DeadLetters:
        name = queue.title()
        letter = json.dumps({"dossier_id": "D-dead"})
        sqs.send_message(QueueUrl=ids[f"{name}DeadLetters"], MessageBody=letter)
        assert doors.services.dead_letters.view(queue).count == 1
        assert doors.services.dead_letters.redrive(queue, 10) == 1
        assert doors.services.dead_letters.view(queue).count == 0
    sqs.close()


def test_an_unusable_webhook_is_seen_and_done_with(doors: Doors) -> None:
    doors.services.intake.quarantine(event_id := doors.new_id("evt"), "type", b"whole")
    [item] = doors.items(f"QUARANTINE#{event_id}")
    key = item["pk"]["S"].removeprefix("QUARANTINE#")
    assert doors.services.quarantines.view(key).body == "whole"
    assert doors.services.quarantines.dismiss(
        Chosen(keys=(key,)), Because.TRIAL, BY.name, BY.role
    ) == Pressed(done=1, keys=(key,))
    assert doors.services.quarantines.view(key).seen_at == doors.services.now()


def test_a_bulk_is_shown_asked_for_and_undone(doors: Doors) -> None:
    dossier_id, today = doors.booked(), doors.services.now().date()
    shown = doors.services.bulk_actions.preview(card_list(f"{dossier_id}\nD-9"), today)
    assert [one.why for one in shown.rows] == ["state", "unknown"]
    bulk = doors.services.bulk_actions.begin("bulk-to-undo", BY.name, today, [dossier_id])
    assert bulk in doors.services.bulk_actions.pending()
    assert doors.services.bulk_actions.waiting_for(dossier_id) == [bulk]
    view = doors.services.bulk_actions.view("bulk-to-undo")
    assert view.rows[0].found.contact.family_name
    undone = doors.services.bulk_actions.undo("bulk-to-undo", BY.name)
    assert doors.services.bulk_actions.find("bulk-to-undo") == undone
    assert doors.services.bulk_actions.find("bulk-of-nobody") is None
