"""What the queues have given up is shown without anybody's data, and put back without a loss."""

import json
from collections.abc import Iterator

import pytest

from chalicelib.domain.dead_letters import DeadLetters
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.storage.dead_letters import Route, SqsDeadLetters
from tests.storage.conftest import Cloud

pytestmark = pytest.mark.enable_socket

SERVE, FEEDBACK, NIGHT = DeadLetters.SERVE, DeadLetters.FEEDBACK, DeadLetters.NIGHT


def receipt(**event: object) -> str:
    return json.dumps({"Type": "Notification", "Message": json.dumps(event)})


@pytest.fixture
def routes(cloud: Cloud) -> Iterator[dict[DeadLetters, Route]]:
    ids = cloud.stack.ids
    yield {
        SERVE: Route(dead=ids["ServeDeadLetters"], back=ids["ServeQueue"]),
        FEEDBACK: Route(dead=ids["FeedbackDeadLetters"], back=ids["FeedbackQueue"]),
        NIGHT: Route(dead=ids["NightDeadLetters"], back=ids["NightQueue"]),
    }
    for name in ("Serve", "Feedback", "Night"):
        take(cloud, ids[f"{name}DeadLetters"])
        take(cloud, ids[f"{name}Queue"])


def take(cloud: Cloud, url: str) -> list[str]:
    """Every body in a queue, which is empty afterwards."""
    bodies: list[str] = []
    while found := cloud.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            bodies.append(message["Body"])
            cloud.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return bodies


def put(cloud: Cloud, route: Route, *bodies: str) -> list[str]:
    """Bury these letters; their ids."""
    sent = [cloud.sqs.send_message(QueueUrl=route.dead, MessageBody=body) for body in bodies]
    return [one["MessageId"] for one in sent]


def test_where_nothing_lies_nothing_is_shown(routes: dict[DeadLetters, Route]) -> None:
    for queue in DeadLetters:
        seen = SqsDeadLetters(routes).view(queue)
        assert (seen.queue, seen.count, seen.examples) == (queue, 0, [])
        assert SqsDeadLetters(routes).redrive(queue, 100) == 0


def test_a_failed_serve_is_shown_as_its_dossier(
    cloud: Cloud, routes: dict[DeadLetters, Route]
) -> None:
    bodies = ['{"dossier_id": "D-1"}', "no json", '{"dossier_id": "l\\u00e9a@example.org"}']
    _, second, third = put(cloud, routes[SERVE], *bodies)
    seen = SqsDeadLetters(routes).view(SERVE)
    assert (seen.count, sorted(seen.examples)) == (3, sorted(["D-1", second, third]))


def test_a_failed_receipt_is_shown_as_an_id_and_a_kind(
    cloud: Cloud, routes: dict[DeadLetters, Route]
) -> None:
    mail = {"destination": ["lea@example.org"]}
    bodies = [
        receipt(eventType="Bounce", mail=mail),
        receipt(notificationType="Complaint", mail=mail),
        receipt(eventType="lea@example.org"),
        '{"Message": ["lea@example.org"]}',
        "[" * 100_000,
    ]
    ids = put(cloud, routes[FEEDBACK], *bodies)
    shown = [f"{ids[0]} Bounce", f"{ids[1]} Complaint", *ids[2:]]
    assert sorted(SqsDeadLetters(routes).view(FEEDBACK).examples) == sorted(shown)


def test_a_night_is_shown_as_the_last_dossier_before_it_stopped(
    cloud: Cloud, routes: dict[DeadLetters, Route]
) -> None:
    _, second = put(cloud, routes[NIGHT], '{"after": "D-1", "figures": {}}', '{"after": ""}')
    assert sorted(SqsDeadLetters(routes).view(NIGHT).examples) == sorted(["D-1", second])


def test_looking_takes_nothing_away(cloud: Cloud, routes: dict[DeadLetters, Route]) -> None:
    put(cloud, routes[SERVE], *(json.dumps({"dossier_id": f"D-{n}"}) for n in range(12)))
    letters = SqsDeadLetters(routes)
    assert [letters.view(SERVE).count for _ in range(2)] == [12, 12]
    assert len(letters.view(SERVE).examples) == 10


def test_letters_go_back_whole_where_they_came_from(
    cloud: Cloud, routes: dict[DeadLetters, Route]
) -> None:
    bodies = [receipt(eventType="Bounce", number=n) for n in range(23)]
    put(cloud, routes[FEEDBACK], *bodies)
    assert SqsDeadLetters(routes).redrive(FEEDBACK, 100) == 23
    assert sorted(take(cloud, routes[FEEDBACK].back)) == sorted(bodies)
    assert take(cloud, routes[FEEDBACK].dead) == []


def test_no_more_go_back_than_were_asked_for(
    cloud: Cloud, routes: dict[DeadLetters, Route]
) -> None:
    put(cloud, routes[SERVE], *(str(n) for n in range(15)))
    letters = SqsDeadLetters(routes)
    assert letters.redrive(SERVE, 12) == 12
    assert letters.view(SERVE).count == 3
    assert letters.redrive(SERVE, 0) == 0


def test_what_cannot_be_sent_back_is_not_lost(
    cloud: Cloud, routes: dict[DeadLetters, Route]
) -> None:
    put(cloud, routes[SERVE], "letter")
    astray = Route(dead=routes[SERVE].dead, back=routes[SERVE].back + "-gone")
    with pytest.raises(StorageUnavailable):
        SqsDeadLetters({SERVE: astray}).redrive(SERVE, 10)
    attributes = ["ApproximateNumberOfMessagesNotVisible"]
    hidden = cloud.sqs.get_queue_attributes(QueueUrl=routes[SERVE].dead, AttributeNames=attributes)[
        "Attributes"
    ]
    assert hidden == {attributes[0]: "1"}
    cloud.sqs.purge_queue(QueueUrl=routes[SERVE].dead)


def test_without_queues_nothing_can_be_shown(
    nowhere: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    route = Route(dead="http://127.0.0.1:1/q", back="http://127.0.0.1:1/b")
    with pytest.raises(StorageUnavailable):
        SqsDeadLetters({SERVE: route}).view(SERVE)
