"""What the app itself declares."""

from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from chalice.app import Chalice, Cron, Rate

from local.aws.declared import NotPlayed, Queue, Schedule, rules_of, sweep_and_others, triggers_of
from local.aws.lambda_runtime import Context

NOON = datetime(2019, 6, 27, 12, 0, tzinfo=UTC)
QUEUES = {"ServeQueue": Queue(url="http://queue/serve", arn="arn:aws:sqs:eu-west-3:1:serve")}


def house() -> Any:
    """A module like `app.py`, with an app and nothing declared."""
    module = ModuleType("app")
    module.app = Chalice(app_name="house", configure_logs=False)  # type: ignore[attr-defined]  # a module under construction
    return module


def with_queue(name: str) -> Any:
    module = house()

    def serve(_event: Any) -> str:
        return "served"

    decorate = module.app.on_sqs_message(queue=name, batch_size=3, name="serve_dossier")
    module.serve = decorate(serve)
    return module


def with_schedule(expression: Any, name: str = "sweep_due") -> Any:
    module = house()

    def sweep(_event: Any) -> str:
        return "swept"

    module.sweep = module.app.schedule(expression, name=name)(sweep)
    return module


def test_a_queue_consumer_is_called_by_the_string_that_lambda_is_given() -> None:
    [trigger] = triggers_of(with_queue("${ServeQueue.QueueName}"), QUEUES)
    assert (trigger.name, trigger.url, trigger.batch_size) == (
        "serve_dossier", "http://queue/serve", 3,
    )  # fmt: skip
    context = Context(function_name="serve_dossier", region="eu-west-3")
    assert trigger.function({"Records": []}, context) == "served"


@pytest.mark.parametrize("name", ["${OtherQueue.QueueName}", "serve"])
def test_a_queue_that_the_stack_does_not_have_is_refused(name: str) -> None:
    with pytest.raises(NotPlayed):
        triggers_of(with_queue(name), QUEUES)


def test_a_handler_outside_the_app_is_refused() -> None:
    module = with_queue("${ServeQueue.QueueName}")
    module.__name__ = "application"
    with pytest.raises(NotPlayed, match="middleware would never run"):
        triggers_of(module, QUEUES)


def test_a_rate_fires_each_full_minute() -> None:
    [rule] = rules_of(with_schedule(Rate(1, unit=Rate.MINUTES)))
    assert rule.next_after(NOON) == NOON + timedelta(minutes=1)
    assert rule.next_after(NOON + timedelta(seconds=59)) == NOON + timedelta(minutes=1)


def test_a_daily_schedule_fires_at_its_hour_of_utc() -> None:
    [rule] = rules_of(with_schedule(Cron(30, 2, "*", "*", "?", "*")))
    half_past_two = NOON.replace(hour=2, minute=30)
    assert rule.next_after(NOON) == half_past_two + timedelta(days=1)
    assert rule.next_after(half_past_two - timedelta(seconds=1)) == half_past_two
    assert rule.next_after(half_past_two) == half_past_two + timedelta(days=1)


@pytest.mark.parametrize("expression", [Rate(2, unit=Rate.HOURS), "cron(0 2 1 * ? *)", "rate(x)"])
def test_a_schedule_that_cannot_be_played_is_refused(expression: Any) -> None:
    with pytest.raises(NotPlayed):
        rules_of(with_schedule(expression))


def test_without_a_sweep_nothing_would_ever_be_found() -> None:
    other = Schedule(name="reconcile", function=lambda _e, _c: None, every=timedelta(days=1))
    with pytest.raises(NotPlayed):
        sweep_and_others([other])
