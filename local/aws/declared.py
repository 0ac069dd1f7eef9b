"""Reads from the app itself which function consumes which queue, and what runs when."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from types import ModuleType

from chalice.app import ScheduledEventConfig, SQSEventConfig

from local.aws.lambda_runtime import Function
from local.aws.pump import Trigger

_QUEUE = re.compile(r"\$\{(\w+)\.QueueName\}")
_RATE = re.compile(r"rate\((\d+) minutes?\)")
_DAILY = re.compile(r"cron\((\d+) (\d+(?:,\d+)*) \* \* \? \*\)")


class NotPlayed(ValueError):
    """The app declares a trigger that the local world cannot play."""


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Where a queue of the stack is."""

    url: str
    arn: str


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A function that EventBridge starts: every so many minutes, or daily at an hour of UTC."""

    name: str
    function: Function
    every: timedelta
    first: timedelta = timedelta()

    def next_after(self, instant: datetime) -> datetime:
        """The next time it fires, later than this instant."""
        midnight = instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        start = midnight + self.first
        return start + ((instant - start) // self.every + 1) * self.every

    def last_before(self, instant: datetime) -> datetime:
        """The last time it fires, not later than this instant."""
        return self.next_after(instant) - self.every


def triggers_of(module: ModuleType, queues: Mapping[str, Queue]) -> list[Trigger]:
    """Every queue consumer of the app, with its queue in the stack. Raises NotPlayed."""
    sources = [s for s in module.app.event_sources if isinstance(s, SQSEventConfig)]
    return [_trigger(module, source, queues) for source in sources]


def rules_of(module: ModuleType) -> list[Schedule]:
    """Every schedule of the app; one with several hours is as many rules. Raises NotPlayed."""
    sources = [s for s in module.app.event_sources if isinstance(s, ScheduledEventConfig)]
    return [rule for source in sources for rule in _rules(module, source)]


def _trigger(module: ModuleType, source: SQSEventConfig, queues: Mapping[str, Queue]) -> Trigger:
    match = _QUEUE.fullmatch(source.queue or "")
    queue = queues.get(match[1]) if match else None
    if queue is None:
        raise NotPlayed(f"{source.name} consumes {source.queue}, which the stack does not have")
    return Trigger(
        name=source.name,
        url=queue.url,
        arn=queue.arn,
        function=_function(module, source.handler_string),
        batch_size=source.batch_size,
    )


def _rules(module: ModuleType, source: ScheduledEventConfig) -> list[Schedule]:
    expression = source.schedule_expression
    text = expression if isinstance(expression, str) else expression.to_string()
    every, firsts = _rhythm(text)
    function = _function(module, source.handler_string)
    return [
        Schedule(name=source.name, function=function, every=every, first=first) for first in firsts
    ]


def _rhythm(expression: str) -> tuple[timedelta, Sequence[timedelta]]:
    if rate := _RATE.fullmatch(expression):
        return timedelta(minutes=int(rate[1])), [timedelta()]
    if daily := _DAILY.fullmatch(expression):
        hours = (int(hour) for hour in daily[2].split(","))
        return timedelta(days=1), [timedelta(minutes=int(daily[1]), hours=h) for h in hours]
    raise NotPlayed(f"the local world plays rates in minutes and daily hours, not {expression}")


def _function(module: ModuleType, handler: str) -> Function:
    """What Lambda would import and call: it knows nothing but this string."""
    name, _, path = handler.partition(".")
    if name != module.__name__:
        raise NotPlayed(f"{handler} is not in {module.__name__}: its middleware would never run")
    function: Function = attrgetter(path)(module)
    return function


def sweep_and_others(rules: Sequence[Schedule]) -> tuple[Schedule, list[Schedule]]:
    """The sweep, which runs each minute and finds what is due, and what else runs by itself."""
    sweep = next((rule for rule in rules if rule.name == "sweep_due"), None)
    if sweep is None:
        raise NotPlayed("the app declares no sweep_due")
    return sweep, [rule for rule in rules if rule is not sweep]
