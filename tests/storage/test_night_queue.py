"""The night hands itself on: how far it has come, and nobody's data."""

import pytest

from chalicelib.domain.channels import TO_STUDENTS
from chalicelib.domain.contact import Channel
from chalicelib.domain.daily_figures import DAYS, WEEKS, Count, DailyFigures, Row, WeekRow
from chalicelib.domain.desk_calendar import Feed
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.domain.facts import State
from chalicelib.messages.console.figures import NOTICES
from chalicelib.pipeline.ports.night import Progress
from chalicelib.storage.night_queue import SqsNightQueue
from tests.builders import paris
from tests.storage.conftest import Cloud
from tests.storage.wire import fails_inside

pytestmark = pytest.mark.enable_socket

NOW = paris("2019-05-14 04:00")
#: As much as a night can have counted.
ROWS = tuple(
    Row(day=NOW.date().replace(day=1), count=count, channel=channel, number=9_999_999)
    for _ in range(DAYS + 1)
    for count in Count
    for channel in Channel
)
WEEKLY = tuple(
    WeekRow(
        week=NOW.date(),
        kind=kind,
        channel=channel,
        numbers=dict.fromkeys(Count, 9_999_999),
    )
    for _ in range(WEEKS)
    for kind in NOTICES
    for channel in TO_STUDENTS
)
PROGRESS = Progress(
    figures=DailyFigures(
        counted_at=NOW,
        rows=ROWS,
        weeks=WEEKLY,
        dossiers=12,
        states={State.BOOKED: 12},
        is_whole=False,
        heard=dict.fromkeys(Feed, NOW),
    ),
    after="G-2019-0412",
    at_most=1_000,
    is_alone=True,
    repaired=3,
    forgotten=2,
    others=7,
    matched=1,
)


@pytest.fixture
def queue(cloud: Cloud) -> SqsNightQueue:
    return SqsNightQueue(cloud.stack.ids["NightQueue"])


def test_what_was_handed_on_is_read_as_it_was(cloud: Cloud, queue: SqsNightQueue) -> None:
    queue.hand_on(PROGRESS)
    url = cloud.stack.ids["NightQueue"]
    [message] = cloud.sqs.receive_message(QueueUrl=url)["Messages"]
    assert queue.progress_of(message["Body"]) == PROGRESS
    assert len(message["Body"]) < 256 * 1024, "what a queue takes"


def test_what_is_no_message_of_ours_is_refused(queue: SqsNightQueue) -> None:
    for body in ("", "{}", '{"figures": {}}'):
        with pytest.raises(ValueError):  # noqa: PT011  msgspec's errors are of this kind
            queue.progress_of(body)


def test_without_the_queue_nothing_is_believed_handed_on(
    cloud: Cloud, queue: SqsNightQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
    cloud.wire.spoilers += [fails_inside] * 3
    with pytest.raises(StorageUnavailable):
        queue.hand_on(PROGRESS)
