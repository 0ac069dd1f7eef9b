"""What starts each function, as AWS is told, holds the rule that it serves: by Paris' clocks."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from chalicelib.desk_data import load
from chalicelib.domain.desk_calendar import PARIS, paris_day
from chalicelib.pipeline.digest import is_time
from infra.packaging.template import merged

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
#: Two years that hold four clock changes and a leap day.
DAYS = [date(2027, 1, 1) + n * DAY for n in range(731)]


@pytest.fixture(scope="module")
def functions() -> dict[str, dict[str, Any]]:
    """The functions that AWS gets, by their names."""
    resources = merged()["Resources"]
    kind = "AWS::Serverless::Function"
    return {n: r["Properties"] for n, r in resources.items() if r.get("Type") == kind}


def trigger_of(function: dict[str, Any]) -> dict[str, Any]:
    """The one thing that starts a function."""
    [event] = function["Events"].values()
    found: dict[str, Any] = event["Properties"]
    return found


def starts(function: dict[str, Any], day: date) -> list[datetime]:
    """When EventBridge starts it on a day of UTC: `cron(minute hour day month weekday year)`.

    Raises ValueError for what is not understood here: a rule nobody has held against its purpose.
    """
    kind, _, fields = trigger_of(function)["Schedule"].rstrip(")").partition("(")
    minute, hour, *days = fields.split()
    if (kind, days) != ("cron", ["*", "*", "?", "*"]):
        message = f"not each day: {kind}({fields})"
        raise ValueError(message)
    times = product(map(int, hour.split(",")), map(int, minute.split(",")))
    return [datetime(day.year, day.month, day.day, h, m, tzinfo=UTC) for h, m in times]


def nights(functions: dict[str, dict[str, Any]]) -> Iterator[tuple[datetime, datetime]]:
    """When each night begins, and when its first delivery is over at the latest."""
    lasts = timedelta(seconds=functions["Reconcile"]["Timeout"])
    for day in DAYS:
        [start] = starts(functions["BeginNight"], day)
        yield start, start + lasts


def test_the_digest_comes_once_at_eight_in_paris_on_each_open_day_winter_and_summer(
    functions: dict[str, dict[str, Any]],
) -> None:
    desk = load("grenoble")
    for day in DAYS:
        every = [at.astimezone(PARIS) for at in starts(functions["SendDigest"], day)]
        [eight] = [at for at in every if at.hour == 8]
        assert (eight.date(), eight.minute) == (day, 0)
        assert is_time(desk, eight) is desk.is_open(day)
        assert [at for at in every if at != eight and is_time(desk, at)] == []
        assert len(every) == 2, "each start in vain is paid for"


def test_the_night_is_never_inside_a_clock_change(functions: dict[str, dict[str, Any]]) -> None:
    """It reckons in days of Paris: an hour that comes twice, or not at all, is no time for that."""
    for start, end in nights(functions):
        around = {at.astimezone(PARIS).utcoffset() for at in (start - MINUTE, start, end)}
        assert len(around) == 1, start
        for at in (start.astimezone(PARIS), end.astimezone(PARIS)):
            assert at.replace(fold=0).utcoffset() == at.replace(fold=1).utcoffset(), start


def test_the_night_is_over_before_anybody_works_and_before_the_digest_that_tells_of_it(
    functions: dict[str, dict[str, Any]],
) -> None:
    desk = load("grenoble")
    for start, end in nights(functions):
        local = start.astimezone(PARIS)
        assert 0 < local.hour < 6, "when nobody waits for an answer"
        assert paris_day(start) == paris_day(end) == start.date()
        assert not any(desk.is_staffed(at) for at in (start, end))
        digests = (at for at in starts(functions["SendDigest"], start.date()) if is_time(desk, at))
        assert all(end < at for at in digests)


def test_the_sweep_comes_each_minute_because_a_change_rests_for_one(
    functions: dict[str, dict[str, Any]],
) -> None:
    assert trigger_of(functions["SweepDue"])["Schedule"] == "rate(1 minute)"


CONSUMERS = ("ServeDossier", "RecordDelivery", "Reconcile")


def test_each_queue_is_consumed_by_its_own_function(functions: dict[str, dict[str, Any]]) -> None:
    consumers = {n: trigger_of(functions[n])["Queue"] for n in CONSUMERS}
    assert consumers == {
        "ServeDossier": {"Fn::Sub": "${ServeQueue.Arn}"},
        "RecordDelivery": {"Fn::Sub": "${FeedbackQueue.Arn}"},
        "Reconcile": {"Fn::Sub": "${NightQueue.Arn}"},
    }


def test_one_dossier_is_served_at_a_time_and_so_many_at_once_as_providers_take(
    functions: dict[str, dict[str, Any]],
) -> None:
    """Of a second dossier in the batch nothing would be known when the first uses up the time.

    Half a second a serve: five at once are the ten parts of SMS that a sender may send a second.
    """
    assert trigger_of(functions["ServeDossier"])["BatchSize"] == 1
    assert at_once(functions, "ServeDossier") == ("ServeAtOnce", 10 * 0.5)


def test_receipts_take_no_more_of_the_account_than_the_messages_they_are_of(
    functions: dict[str, dict[str, Any]],
) -> None:
    """Without a limit Lambda would run a thousand at once, and webhooks would be refused."""
    assert at_once(functions, "RecordDelivery") == ("ReceiptsAtOnce", 5)


def at_once(functions: dict[str, dict[str, Any]], name: str) -> tuple[str, float]:
    """The parameter that says how many run at once, and its default; two is the least."""
    parameter = trigger_of(functions[name])["ScalingConfig"]["MaximumConcurrency"]["Ref"]
    said = merged()["Parameters"][parameter]
    assert said["MinValue"] == 2
    return parameter, said["Default"]


def test_receipts_come_ten_at_a_time_which_is_what_a_queue_gives_without_waiting(
    functions: dict[str, dict[str, Any]],
) -> None:
    trigger = trigger_of(functions["RecordDelivery"])
    assert trigger["BatchSize"] == 10
    assert trigger["MaximumBatchingWindowInSeconds"] == 0


def test_the_night_goes_on_one_message_at_a_time(functions: dict[str, dict[str, Any]]) -> None:
    """While it is handed on there are two, and two is the least that AWS takes."""
    trigger = trigger_of(functions["Reconcile"])
    assert trigger["BatchSize"] == 1
    assert trigger["ScalingConfig"]["MaximumConcurrency"] == 2
    assert "FunctionResponseTypes" not in trigger, "what fails is an error of the function"


def test_nothing_starts_a_function_that_is_not_said_here(
    functions: dict[str, dict[str, Any]],
) -> None:
    started = {n: {e["Type"] for e in f.get("Events", {}).values()} for n, f in functions.items()}
    assert started == {
        "APIHandler": set(),
        "SweepDue": {"Schedule"},
        "BeginNight": {"Schedule"},
        "Reconcile": {"SQS"},
        "SendDigest": {"Schedule"},
        "ServeDossier": {"SQS"},
        "RecordDelivery": {"SQS"},
        "RotateKeys": set(),
    }


def test_a_file_passes_the_gateway_as_the_bytes_it_is() -> None:
    """Whatever is not named here is taken for text: each byte that is no UTF-8 would be lost."""
    api = merged()["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    assert "multipart/form-data" in api["x-amazon-apigateway-binary-media-types"]
